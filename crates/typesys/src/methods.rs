//! Methods and their properties (ECMA-335 II.15, II.22.26, II.23.1.10, II.23.1.11); methods of arrays (II.14.2).

use crate::TypeSystem;
use crate::desc::*;
use crate::error::Result;
use crate::types::DefClass;
use kiln_metadata::flags::{method_attributes as ma, method_impl_attributes as mi};
use kiln_metadata::{MethodDefId, TypeDefId};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::Arc;

impl TypeSystem {
    /// Own methods in declared order; generic ones over their own variables.
    pub fn methods(&self, t: TypeDesc) -> Rc<[MethodDesc]> {
        let Some((module, def)) = self.type_def(t) else { return Rc::from([]) };
        self.memo.own_methods.get(t, || {
            let data = self.module_data(module);
            let ids = data.metadata.methods_of(def).into_iter().flatten();
            ids.map(|id| self.method_in(t, module, id)).collect()
        })
    }

    pub(crate) fn methods_named(&self, module: ModuleId, def: TypeDefId) -> Rc<FxHashMap<String, Vec<MethodDefId>>> {
        self.memo.method_names.get((module, def), || {
            let data = self.module_data(module);
            let mut out: FxHashMap<String, Vec<MethodDefId>> = FxHashMap::default();
            for id in data.metadata.methods_of(def).into_iter().flatten() {
                if let Ok(row) = data.metadata.method_def(id) {
                    out.entry(row.name.to_owned()).or_default().push(id);
                }
            }
            Rc::new(out)
        })
    }

    /// Owner (instantiated).
    pub fn method_owner(&self, m: MethodDesc) -> TypeDesc {
        self.with_method(m, |k| match *k {
            MethodKind::Def { owner, .. } | MethodKind::Array { owner, .. } => owner,
        })
    }

    /// Name.
    pub fn method_name(&self, m: MethodDesc) -> String {
        match self.method_kind(m) {
            MethodKind::Def { module, def, .. } => {
                self.module_data(module).metadata.method_def(def).map_or_else(|_| "?".to_owned(), |r| r.name.to_owned())
            }
            MethodKind::Array { method, .. } => match method {
                ArrayMethod::Ctor(_) => ".ctor",
                ArrayMethod::Get => "Get",
                ArrayMethod::Set => "Set",
                ArrayMethod::Address => "Address",
            }
            .to_owned(),
        }
    }

    /// Signature, fully substituted.
    pub fn method_sig(&self, m: MethodDesc) -> Result<Arc<MethodSig>> {
        self.memo.sigs.get(m, || match self.method_kind(m) {
            MethodKind::Def { module, def, .. } => {
                let open = self.open_sig(module, def)?;
                Ok(Arc::new(self.substitute_sig(&open, &self.method_generic_context(m))))
            }
            MethodKind::Array { owner, method } => {
                let (element, rank) = match self.kind(owner) {
                    TypeKind::SzArray(e) => (e, 1),
                    TypeKind::MdArray(e, r) => (e, r as usize),
                    _ => return Err(self.bad_type(owner, "not an array")),
                };
                let int = self.well_known(WellKnown::Int32);
                let void = self.well_known(WellKnown::Void);
                let (ret, params) = match method {
                    ArrayMethod::Ctor(n) => (void, vec![int; n as usize]),
                    ArrayMethod::Get => (element, vec![int; rank]),
                    ArrayMethod::Address => (self.byref(element), vec![int; rank]),
                    ArrayMethod::Set => {
                        let mut p = vec![int; rank];
                        p.push(element);
                        (void, p)
                    }
                };
                Ok(Arc::new(MethodSig { has_this: true, call_conv: 0, generic_count: 0, ret, params }))
            }
        })
    }

    /// Method arguments.
    pub fn method_args(&self, m: MethodDesc) -> Instantiation {
        self.with_method(m, |k| match k {
            MethodKind::Def { args, .. } => args.clone(),
            MethodKind::Array { .. } => self.empty.clone(),
        })
    }

    /// Definition row (`None`: array method).
    pub fn method_def(&self, m: MethodDesc) -> Option<(ModuleId, MethodDefId)> {
        self.with_method(m, |k| match *k {
            MethodKind::Def { module, def, .. } => Some((module, def)),
            MethodKind::Array { .. } => None,
        })
    }

    /// On the owner's definition, over its own variables.
    pub fn method_definition(&self, m: MethodDesc) -> MethodDesc {
        match self.method_kind(m) {
            MethodKind::Def { owner, module, def, .. } => self.method_in(self.generic_definition(owner), module, def),
            MethodKind::Array { .. } => m,
        }
    }

    /// Number of generic parameters of the method itself.
    pub fn method_generic_count(&self, m: MethodDesc) -> usize {
        self.method_args(m).len()
    }

    /// The method of `def`'s row on `owner` (an instantiation of the same type) over method arguments.
    pub fn instantiate_method(&self, def: MethodDesc, owner: TypeDesc, args: &[TypeDesc]) -> MethodDesc {
        match self.method_kind(def) {
            MethodKind::Def { module, def, .. } => {
                let args = if args.is_empty() { self.empty.clone() } else { args.into() };
                self.intern_method(MethodKind::Def { owner, module, def, args })
            }
            MethodKind::Array { method, .. } => self.intern_method(MethodKind::Array { owner, method }),
        }
    }

    /// `m` with another instantiation of its owner, same method arguments.
    pub fn method_on(&self, m: MethodDesc, owner: TypeDesc) -> MethodDesc {
        match self.method_kind(m) {
            MethodKind::Def { module, def, args, .. } => self.intern_method(MethodKind::Def { owner, module, def, args }),
            MethodKind::Array { method, .. } => self.intern_method(MethodKind::Array { owner, method }),
        }
    }

    /// First own method with this name and number of parameters (`this` not counted).
    pub fn find_method(&self, t: TypeDesc, name: &str, param_count: usize) -> Option<MethodDesc> {
        self.find_methods(t, name).into_iter().find(|&m| self.method_sig(m).is_ok_and(|s| s.params.len() == param_count))
    }

    /// All own methods with this name.
    pub fn find_methods(&self, t: TypeDesc, name: &str) -> Vec<MethodDesc> {
        let Some((module, def)) = self.type_def(t) else { return Vec::new() };
        let named = self.methods_named(module, def);
        named.get(name).into_iter().flatten().map(|&id| self.method_in(t, module, id)).collect()
    }

    /// MethodAttributes and MethodImplAttributes.
    pub fn method_flags(&self, m: MethodDesc) -> (u16, u16) {
        match self.method_def(m) {
            Some((module, def)) => self.module_data(module).metadata.method_def(def).map_or((0, 0), |r| (r.flags, r.impl_flags)),
            None => (ma::PUBLIC, mi::RUNTIME),
        }
    }

    fn flag(&self, m: MethodDesc, bit: u16) -> bool {
        self.method_flags(m).0 & bit != 0
    }

    fn impl_flag(&self, m: MethodDesc, bit: u16) -> bool {
        self.method_flags(m).1 & bit != 0
    }

    /// Static.
    pub fn is_static_method(&self, m: MethodDesc) -> bool {
        self.flag(m, ma::STATIC)
    }

    /// Virtual.
    pub fn is_virtual(&self, m: MethodDesc) -> bool {
        self.flag(m, ma::VIRTUAL)
    }

    /// Abstract.
    pub fn is_abstract_method(&self, m: MethodDesc) -> bool {
        self.flag(m, ma::ABSTRACT)
    }

    /// Final.
    pub fn is_final(&self, m: MethodDesc) -> bool {
        self.flag(m, ma::FINAL)
    }

    /// `newslot`.
    pub fn is_newslot(&self, m: MethodDesc) -> bool {
        self.flag(m, ma::NEW_SLOT)
    }

    /// Instance constructor.
    pub fn is_ctor(&self, m: MethodDesc) -> bool {
        !self.is_static_method(m) && self.method_name(m) == ".ctor"
    }

    /// Class constructor.
    pub fn is_cctor(&self, m: MethodDesc) -> bool {
        self.is_static_method(m) && self.method_name(m) == ".cctor"
    }

    /// P/Invoke or QCall.
    pub fn is_pinvoke(&self, m: MethodDesc) -> bool {
        self.flag(m, ma::PINVOKE_IMPL) && self.native_of_overlay(m).is_none()
    }

    /// FCall, also one that the overlay made of another method.
    pub fn is_internal_call(&self, m: MethodDesc) -> bool {
        self.impl_flag(m, mi::INTERNAL_CALL) || self.native_of_overlay(m).is_some()
    }

    /// The native that the overlay says is the method.
    pub(crate) fn native_of_overlay(&self, m: MethodDesc) -> Option<Rc<str>> {
        let place = self.method_def(m)?;
        self.memo.natives.borrow().get(&place).cloned()
    }

    /// Provided by the runtime: delegate methods, array methods.
    pub fn is_runtime_impl(&self, m: MethodDesc) -> bool {
        self.method_flags(m).1 & mi::CODE_TYPE_MASK == mi::RUNTIME
    }

    /// NoInlining.
    pub fn is_no_inlining(&self, m: MethodDesc) -> bool {
        self.impl_flag(m, mi::NO_INLINING)
    }

    /// Looks at its caller's frame (`StackCrawlMark`; the flag that the runtime reads for it is `RequireSecObject`, II.23.1.10).
    pub fn sees_caller(&self, m: MethodDesc) -> bool {
        self.flag(m, ma::REQUIRE_SEC_OBJECT)
    }

    /// AggressiveInlining.
    pub fn is_aggressive_inlining(&self, m: MethodDesc) -> bool {
        self.impl_flag(m, mi::AGGRESSIVE_INLINING)
    }

    /// Synchronized.
    pub fn is_synchronized(&self, m: MethodDesc) -> bool {
        self.impl_flag(m, mi::SYNCHRONIZED)
    }

    /// `[Intrinsic]` on the method or its type.
    pub fn is_intrinsic(&self, m: MethodDesc) -> bool {
        const NAME: &str = "System.Runtime.CompilerServices.IntrinsicAttribute";
        let Some(key) = self.method_def(m) else { return false };
        self.memo.intrinsic.get(key, || self.has_attribute(m, NAME) || self.has_attribute(self.method_owner(m), NAME))
    }

    /// Native target of a P/Invoke.
    pub fn impl_map(&self, m: MethodDesc) -> Option<PInvoke> {
        let (module, def) = self.method_def(m)?;
        let data = self.module_data(module);
        let row = data.metadata.impl_map_of(def).ok()??;
        let library = data.metadata.module_ref(row.import_scope).ok()?.name.to_owned();
        let entry = if row.import_name.is_empty() { self.method_name(m) } else { row.import_name.to_owned() };
        Some(PInvoke { library, entry, flags: row.flags })
    }

    /// Owner's and own arguments.
    pub fn method_generic_context(&self, m: MethodDesc) -> GenericArgs {
        GenericArgs { type_args: self.type_args(self.method_owner(m)), method_args: self.method_args(m) }
    }

    /// Where the IL is; honours overlay replacements. `None`: abstract, extern or runtime-provided.
    pub fn method_body(&self, m: MethodDesc) -> Result<Option<MethodIl>> {
        let Some((module, def)) = self.method_def(m) else { return Ok(None) };
        if self.memo.natives.borrow().contains_key(&(module, def)) {
            return Ok(None);
        }
        let own = self.method_generic_context(m);
        if let Some(&(rm, rd)) = self.memo.overlay.borrow().get(&(module, def)) {
            let mut il = MethodIl { module: rm, metadata: self.module(rm), def: rd, args: own.clone(), replaced: true };
            il.args = il.map_context(&own);
            return Ok(Some(il));
        }
        let metadata = self.module(module);
        let row = metadata.method_def(def).map_err(self.meta_err(module))?;
        if row.rva == 0 || row.impl_flags & mi::CODE_TYPE_MASK != mi::IL {
            return Ok(None);
        }
        Ok(Some(MethodIl { module, metadata: metadata.clone(), def, args: own, replaced: false }))
    }

    /// For methods of array types.
    pub fn array_method_kind(&self, m: MethodDesc) -> Option<ArrayMethod> {
        self.with_method(m, |k| match *k {
            MethodKind::Array { method, .. } => Some(method),
            MethodKind::Def { .. } => None,
        })
    }

    /// `Invoke` of a delegate type.
    pub fn is_delegate_invoke(&self, m: MethodDesc) -> bool {
        self.is_runtime_impl(m)
            && self.info(self.method_owner(m)).is_some_and(|i| i.class == DefClass::Delegate)
            && self.method_name(m) == "Invoke"
    }

    /// `Invoke` of a delegate type.
    pub fn delegate_invoke(&self, t: TypeDesc) -> Option<MethodDesc> {
        if self.is_delegate(t) { self.find_methods(t, "Invoke").first().copied() } else { None }
    }
}
