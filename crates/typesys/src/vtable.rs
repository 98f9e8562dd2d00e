//! Vtables (ECMA-335 II.10.3, II.12.2, II.22.27; covariant returns: the runtime's augmentation of II.10.3.2).
//!
//! Computed once per definition, over its own variables, and substituted for instantiations: so every instantiation has the same
//! positions and shared code can use them. A class that is itself generic has one word for its dictionary, directly behind the
//! slots of its base. A method keeps the slot that its declaration gives it, whatever an explicit override puts there.

use crate::TypeSystem;
use crate::desc::*;
use crate::error::{Result, TypeSysError};
use crate::types::DefClass;
use kiln_metadata::MethodDefOrRef;
use kiln_metadata::flags::method_attributes as ma;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Attribute on methods whose further overrides also replace the slots that they took by explicit override.
const PRESERVE: &str = "System.Runtime.CompilerServices.PreserveBaseOverridesAttribute";

/// The vtable of a definition, and which slot each of its own virtual methods has.
#[derive(Debug)]
pub(crate) struct Built {
    entries: Rc<[VtableEntry]>,
    own: FxHashMap<MethodDesc, u32>,
}

/// A chain of bases that is longer does not end.
const MAX_BASES: usize = 1000;

impl TypeSystem {
    /// Slots and dictionary pointers; arrays have System.Array's; interfaces only their dictionary.
    pub fn vtable(&self, t: TypeDesc) -> Result<Rc<[VtableEntry]>> {
        let t = match self.kind(t) {
            TypeKind::Def { .. } => t,
            TypeKind::SzArray(_) | TypeKind::MdArray(..) => self.well_known(WellKnown::Array),
            TypeKind::RuntimeDetermined { canon, .. } => return self.vtable(canon),
            _ => return Ok(Rc::from([])),
        };
        let cycle = || TypeSysError::Recursive(self.type_display(t));
        self.memo.vtables.get_acyclic(t, cycle, || {
            let def = self.generic_definition(t);
            if def == t {
                return Ok(self.built(t)?.entries.clone());
            }
            let args = GenericArgs { type_args: self.type_args(t), method_args: self.empty.clone() };
            Ok(self.vtable(def)?.iter().map(|&e| self.substitute_entry(e, &args)).collect())
        })
    }

    fn substitute_entry(&self, e: VtableEntry, args: &GenericArgs) -> VtableEntry {
        match e {
            VtableEntry::Method(s) => {
                VtableEntry::Method(VtableSlot { decl: self.substitute_owner(s.decl, args), imp: self.substitute_owner(s.imp, args) })
            }
            VtableEntry::Dictionary(t) => VtableEntry::Dictionary(self.substitute(t, args)),
        }
    }

    /// Substitutes in the owner; a generic method stays over its own variables.
    pub(crate) fn substitute_owner(&self, m: MethodDesc, args: &GenericArgs) -> MethodDesc {
        let owner = self.method_owner(m);
        let to = self.substitute(owner, args);
        if to == owner { m } else { self.method_on(m, to) }
    }

    fn built(&self, def: TypeDesc) -> Result<Rc<Built>> {
        let cycle = || TypeSysError::Recursive(self.type_display(def));
        self.memo.built_vtables.get_acyclic(def, cycle, || Ok(Rc::new(self.build_vtable(def)?)))
    }

    /// Of a definition over its own variables.
    fn build_vtable(&self, t: TypeDesc) -> Result<Built> {
        let own_args = !self.type_args(t).is_empty();
        let mut own = FxHashMap::default();
        if self.is_interface(t) {
            let entries = if own_args { Rc::from([VtableEntry::Dictionary(t)]) } else { Rc::from([]) };
            return Ok(Built { entries, own });
        }
        let mut entries = match self.try_base_type(t)? {
            Some(base) => self.vtable(base)?.to_vec(),
            None => Vec::new(),
        };
        let base_len = entries.len();
        if own_args {
            entries.push(VtableEntry::Dictionary(t));
        }
        for &m in self.methods(t).iter() {
            if !self.is_virtual(m) || self.is_static_method(m) {
                continue;
            }
            let found = if self.is_newslot(m) { None } else { self.overridden(&entries[..base_len], m)? };
            let at = found.unwrap_or(entries.len());
            match found {
                Some(i) => self.override_slot(&mut entries, i, m),
                None => entries.push(VtableEntry::Method(VtableSlot { decl: m, imp: m })),
            }
            own.insert(m, at as u32);
        }
        // An explicit override decides about a slot that another method of the class has by its name, too.
        for &(body, decl) in self.method_impls(t)?.iter() {
            if self.is_static_method(decl) || self.is_interface(self.method_owner(decl)) {
                continue;
            }
            let at = self.slot_to_override(t, decl, &own)?;
            self.override_slot(&mut entries, at as usize, body);
        }
        Ok(Built { entries: entries.into(), own })
    }

    /// The slot of the declaration that an explicit override names: of the class itself or of one it derives from.
    fn slot_to_override(&self, t: TypeDesc, decl: MethodDesc, own: &FxHashMap<MethodDesc, u32>) -> Result<u32> {
        let owner = self.type_def(self.method_owner(decl));
        let found = if owner == self.type_def(t) {
            own.get(&self.method_definition(decl)).copied()
        } else {
            let bases = std::iter::successors(self.base_type(t), |&b| self.base_type(b)).take(MAX_BASES);
            bases.into_iter().any(|b| self.type_def(b) == owner).then(|| self.vtable_slot(decl).ok()).flatten()
        };
        found.ok_or_else(|| self.bad_type(t, format!("it overrides {}, which has no slot", self.method_display(decl))))
    }

    /// The slot of the bases that a method without `newslot` takes: the last one with its name and signature that it can see.
    fn overridden(&self, base: &[VtableEntry], m: MethodDesc) -> Result<Option<usize>> {
        let name = self.method_name(m);
        let sig = self.method_sig(m)?;
        for (i, e) in base.iter().enumerate().rev() {
            let VtableEntry::Method(slot) = e else { continue };
            if self.method_name(slot.decl) != name || !self.may_override(m, slot.decl) {
                continue;
            }
            let decl = self.method_sig(slot.decl)?;
            if decl.params == sig.params && decl.ret == sig.ret && decl.generic_count == sig.generic_count {
                return Ok(Some(i));
            }
        }
        Ok(None)
    }

    /// Whether a declaration that only those may override who can access it (`strict`, II.23.1.10) is accessible to `m`'s class.
    fn may_override(&self, m: MethodDesc, decl: MethodDesc) -> bool {
        let flags = self.method_flags(decl).0;
        if flags & ma::STRICT == 0 {
            return true;
        }
        let (Some((own, _)), Some((of, _))) = (self.method_def(m), self.method_def(decl)) else { return false };
        match flags & ma::ACCESS_MASK {
            ma::PUBLIC | ma::FAMILY | ma::FAM_OR_ASSEM => true,
            ma::ASSEMBLY | ma::FAM_AND_ASSEM => own == of || self.is_friend(of, own),
            _ => false,
        }
    }

    fn override_slot(&self, entries: &mut [VtableEntry], at: usize, by: MethodDesc) {
        let VtableEntry::Method(old) = entries[at] else { return };
        entries[at] = VtableEntry::Method(VtableSlot { decl: old.decl, imp: by });
        // An override with a more derived return type took its base's slot too: so does whoever overrides it.
        if old.imp != by && self.has_attribute(old.imp, PRESERVE) {
            for e in entries.iter_mut() {
                if let VtableEntry::Method(s) = e
                    && s.imp == old.imp
                {
                    s.imp = by;
                }
            }
        }
    }

    /// Explicit overrides of a definition or instantiation: (body, declaration), both substituted.
    pub(crate) fn method_impls(&self, t: TypeDesc) -> Result<Rc<[(MethodDesc, MethodDesc)]>> {
        let Some((module, def)) = self.type_def(t) else { return Ok(Rc::from([])) };
        self.memo.method_impls.get(t, || {
            let data = self.module_data(module);
            let args = GenericArgs { type_args: self.type_args(t), method_args: self.empty.clone() };
            let mut out = Vec::new();
            let token = |m: MethodDefOrRef| match m {
                MethodDefOrRef::MethodDef(id) => id.token(),
                MethodDefOrRef::MemberRef(id) => id.token(),
            };
            for id in data.metadata.method_impls_of(def) {
                let row = data.metadata.method_impl(id).map_err(self.meta_err(module))?;
                let body = self.resolve_method(module, token(row.body), &GenericArgs::empty())?;
                let decl = self.resolve_method(module, token(row.declaration), &GenericArgs::empty())?;
                out.push((self.substitute_owner(body, &args), self.substitute_owner(decl, &args)));
            }
            Ok(out.into())
        })
    }

    /// Number of entries.
    pub fn vtable_len(&self, t: TypeDesc) -> Result<u32> {
        Ok(self.vtable(t)?.len() as u32)
    }

    /// Position of a virtual class method: the slot that it introduces, or that it overrides by its name.
    pub fn vtable_slot(&self, m: MethodDesc) -> Result<u32> {
        let built = self.built(self.generic_definition(self.method_owner(m)))?;
        let found = built.own.get(&self.method_definition(m)).copied();
        found.ok_or_else(|| TypeSysError::MissingMethod(format!("{} has no vtable slot", self.method_display(m))))
    }

    /// What a call of exactly this method runs: another method of its class may override it there, explicitly.
    pub fn own_implementation(&self, m: MethodDesc) -> MethodDesc {
        if !self.is_virtual(m) || self.is_static_method(m) || self.method_impls(self.method_owner(m)).is_ok_and(|i| i.is_empty()) {
            return m;
        }
        self.resolve_slot(m, self.method_owner(m)).unwrap_or(m)
    }

    /// Position of the dictionary pointer of this generic class, value type or interface.
    pub fn dictionary_slot(&self, owner: TypeDesc) -> Option<u32> {
        let def = self.generic_definition(self.strip_rd(owner));
        if self.type_args(def).is_empty() {
            return None;
        }
        let table = self.vtable(def).ok()?;
        table.iter().position(|&e| e == VtableEntry::Dictionary(def)).map(|i| i as u32)
    }

    /// Position of a virtual instance method among its interface's virtual instance methods.
    pub fn interface_slot(&self, m: MethodDesc) -> u32 {
        let Some((module, def)) = self.method_def(m) else { return 0 };
        self.memo.interface_slots.get((module, def), || {
            let methods = self.methods(self.generic_definition(self.method_owner(m)));
            let before = methods.iter().take_while(|&&x| self.method_def(x) != Some((module, def)));
            before.filter(|&&x| self.is_virtual(x) && !self.is_static_method(x)).count() as u32
        })
    }

    /// Whether a type is a class or value type (has slots for virtual methods).
    pub(crate) fn has_slots(&self, t: TypeDesc) -> bool {
        self.info(t).is_none_or(|i| i.class != DefClass::Interface)
    }
}
