//! Classification of types and the class hierarchy: categories (ECMA-335 I.8.2, II.22.37), bases and interface maps (II.12.2).

use crate::TypeSystem;
use crate::desc::*;
use crate::error::{Result, TypeSysError};
use kiln_metadata::flags::{generic_param_attributes as gp, type_attributes as ta};
use kiln_metadata::{MethodDefId, TypeDefId};
use kiln_support::FxIndexSet;
use std::rc::Rc;

/// What a definition is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum DefClass {
    Class,
    Interface,
    Struct,
    Enum,
    Delegate,
}

/// Facts of a definition that do not depend on arguments.
#[derive(Debug)]
pub(crate) struct DefInfo {
    pub class: DefClass,
    pub flags: u32,
    pub by_ref_like: bool,
    /// Underlying type of an enum.
    pub underlying: Option<TypeDesc>,
    pub namespace: String,
    /// `Outer+Inner`.
    pub name: String,
    pub cctor: Option<MethodDefId>,
}

impl TypeSystem {
    pub(crate) fn bad_type(&self, t: TypeDesc, reason: impl Into<String>) -> TypeSysError {
        TypeSysError::BadType { ty: self.type_display(t), reason: reason.into() }
    }

    pub(crate) fn def_info(&self, module: ModuleId, def: TypeDefId) -> Rc<DefInfo> {
        self.memo.def_info.get((module, def), || Rc::new(self.compute_def_info(module, def)))
    }

    fn compute_def_info(&self, module: ModuleId, def: TypeDefId) -> DefInfo {
        let data = self.module_data(module);
        let m = &*data.metadata;
        let (mut flags, mut namespace, mut name, mut extends) = (0, String::new(), "?".to_owned(), None);
        if let Ok(row) = m.type_def(def) {
            (flags, namespace, name, extends) = (row.flags, row.namespace.to_owned(), row.name.to_owned(), row.extends);
        }
        let core = module == self.corelib();
        let base = extends.and_then(|e| m.type_name(e).ok().flatten());
        let class = if flags & ta::INTERFACE != 0 {
            DefClass::Interface
        } else {
            match base {
                // System.Enum itself derives from ValueType and is a class.
                Some(("System", "ValueType")) if !(core && namespace == "System" && name == "Enum") => DefClass::Struct,
                Some(("System", "Enum")) => DefClass::Enum,
                Some(("System", "MulticastDelegate")) => DefClass::Delegate,
                _ => DefClass::Class,
            }
        };
        let by_ref_like = class == DefClass::Struct
            && (m.find_attribute(def, "System.Runtime.CompilerServices", "IsByRefLikeAttribute").ok().flatten().is_some()
                || (core && namespace == "System" && name == "TypedReference"));
        let mut underlying = None;
        if class == DefClass::Enum {
            for f in m.fields_of(def).into_iter().flatten() {
                if m.field(f).is_ok_and(|r| !r.is_static()) {
                    underlying = m.field_sig(f).ok().and_then(|s| self.sig_type(module, &s).ok());
                }
            }
        }
        let mut cctor = None;
        for id in m.methods_of(def).into_iter().flatten() {
            if m.method_def(id).is_ok_and(|r| r.name == ".cctor" && r.is_static()) {
                cctor = Some(id);
            }
        }
        let mut at = def;
        let mut steps = 0;
        while let Some(outer) = data.enclosing(at) {
            let Ok(row) = m.type_def(outer) else { break };
            name = format!("{}+{name}", row.name);
            // Nested types have no namespace of their own.
            namespace = row.namespace.to_owned();
            at = outer;
            steps += 1;
            if steps > 64 {
                break;
            }
        }
        DefInfo { class, flags, by_ref_like, underlying, namespace, name, cctor }
    }

    pub(crate) fn info(&self, t: TypeDesc) -> Option<Rc<DefInfo>> {
        let (m, d) = self.type_def(t)?;
        Some(self.def_info(m, d))
    }

    fn class_of(&self, t: TypeDesc) -> Option<DefClass> {
        self.info(self.strip_rd(t)).map(|i| i.class)
    }

    /// RD → its canonical form, others unchanged.
    pub(crate) fn strip_rd(&self, t: TypeDesc) -> TypeDesc {
        match self.kind(t) {
            TypeKind::RuntimeDetermined { canon, .. } => canon,
            _ => t,
        }
    }

    /// Stack and memory behaviour.
    pub fn type_class(&self, t: TypeDesc) -> TypeClass {
        match self.kind(t) {
            TypeKind::Def { module, def, .. } => {
                if let Some(p) = self.prim(t) {
                    return TypeClass::Prim(p);
                }
                match self.def_info(module, def).class {
                    DefClass::Struct | DefClass::Enum => TypeClass::Struct,
                    _ => TypeClass::Ref,
                }
            }
            TypeKind::SzArray(_) | TypeKind::MdArray(..) => TypeClass::Ref,
            TypeKind::ByRef(_) => TypeClass::ByRef,
            TypeKind::Ptr(_) | TypeKind::FnPtr(_) => TypeClass::Ptr,
            TypeKind::Var(_) | TypeKind::MVar(_) => TypeClass::Unknown,
            TypeKind::RuntimeDetermined { canon, .. } => self.type_class(canon),
        }
    }

    /// Primitive that this type or its enum base is.
    pub fn prim(&self, t: TypeDesc) -> Option<Prim> {
        if let Some(&p) = self.prims.get().and_then(|p| p.get(&t)) {
            return Some(p);
        }
        let u = self.enum_underlying(t)?;
        self.prims.get().and_then(|p| p.get(&u)).copied()
    }

    /// Value type, primitives and enums included (RD: of the canonical form).
    pub fn is_value_type(&self, t: TypeDesc) -> bool {
        matches!(self.class_of(t), Some(DefClass::Struct | DefClass::Enum))
    }

    /// Interface.
    pub fn is_interface(&self, t: TypeDesc) -> bool {
        self.class_of(t) == Some(DefClass::Interface)
    }

    /// Abstract class or interface.
    pub fn is_abstract(&self, t: TypeDesc) -> bool {
        self.type_flags(t) & ta::ABSTRACT != 0 || self.is_interface(t)
    }

    /// Cannot be derived from (value types, sealed classes, arrays of such).
    pub fn is_sealed(&self, t: TypeDesc) -> bool {
        match self.kind(t) {
            // Arrays of primitives are compatible with arrays of same-sized ones, but there is no other MethodTable to meet.
            TypeKind::SzArray(e) | TypeKind::MdArray(e, _) => self.is_sealed(e),
            TypeKind::Def { .. } => self.type_flags(t) & ta::SEALED != 0 || self.is_value_type(t),
            TypeKind::RuntimeDetermined { canon, .. } => self.is_value_type(canon),
            _ => false,
        }
    }

    /// Class derived from MulticastDelegate.
    pub fn is_delegate(&self, t: TypeDesc) -> bool {
        self.class_of(t) == Some(DefClass::Delegate)
    }

    /// Enum.
    pub fn is_enum(&self, t: TypeDesc) -> bool {
        self.class_of(t) == Some(DefClass::Enum)
    }

    /// `Nullable<T>`.
    pub fn is_nullable(&self, t: TypeDesc) -> bool {
        self.is_well_known(self.strip_rd(t), WellKnown::Nullable)
    }

    /// `ref struct` (or TypedReference).
    pub fn is_by_ref_like(&self, t: TypeDesc) -> bool {
        self.info(self.strip_rd(t)).is_some_and(|i| i.by_ref_like)
    }

    /// Vector or general array.
    pub fn is_array(&self, t: TypeDesc) -> bool {
        matches!(self.kind(t), TypeKind::SzArray(_) | TypeKind::MdArray(..))
    }

    /// Has type arguments.
    pub fn is_generic(&self, t: TypeDesc) -> bool {
        !self.type_args(t).is_empty()
    }

    /// Underlying primitive of an enum.
    pub fn enum_underlying(&self, t: TypeDesc) -> Option<TypeDesc> {
        self.info(self.strip_rd(t))?.underlying
    }

    /// Element of an array, byref or pointer.
    pub fn element_type(&self, t: TypeDesc) -> Option<TypeDesc> {
        match self.kind(t) {
            TypeKind::SzArray(e) | TypeKind::MdArray(e, _) | TypeKind::ByRef(e) | TypeKind::Ptr(e) => Some(e),
            _ => None,
        }
    }

    /// TypeAttributes of the definition (0 for constructed types).
    pub fn type_flags(&self, t: TypeDesc) -> u32 {
        self.info(self.strip_rd(t)).map_or(0, |i| i.flags)
    }

    /// Number of generic parameters of the definition.
    pub fn generic_param_count(&self, t: TypeDesc) -> usize {
        self.type_args(t).len()
    }

    /// Variance of the generic parameters of an interface or delegate.
    pub fn variance(&self, t: TypeDesc) -> Rc<[Variance]> {
        let Some((module, def)) = self.type_def(t) else { return Rc::from([]) };
        self.memo.variances.get((module, def), || {
            let n = self.type_args(t).len();
            if n == 0 {
                return Rc::from([]);
            }
            let mut out = vec![Variance::None; n];
            let data = self.module_data(module);
            for id in data.metadata.generic_params_of(def) {
                if let Ok(row) = data.metadata.generic_param(id)
                    && let Some(slot) = out.get_mut(usize::from(row.number))
                {
                    *slot = match row.flags & gp::VARIANCE_MASK {
                        gp::COVARIANT => Variance::Covariant,
                        gp::CONTRAVARIANT => Variance::Contravariant,
                        _ => Variance::None,
                    };
                }
            }
            out.into()
        })
    }

    /// The type that `t`'s definition is nested in (definition over its own variables).
    pub fn enclosing_type(&self, t: TypeDesc) -> Option<TypeDesc> {
        let (module, def) = self.type_def(t)?;
        let outer = self.module_data(module).enclosing(def)?;
        Some(self.type_of_def(module, outer))
    }

    /// Base class, instantiated; arrays: System.Array; interfaces: none. `None` also when the base does not load: see `check_type`.
    pub fn base_type(&self, t: TypeDesc) -> Option<TypeDesc> {
        self.try_base_type(t).ok().flatten()
    }

    /// The base class or why it does not load.
    pub fn try_base_type(&self, t: TypeDesc) -> Result<Option<TypeDesc>> {
        match self.kind(t) {
            TypeKind::Def { module, def, args } => {
                self.check_depth(t)?;
                let own = GenericArgs { type_args: args, method_args: self.empty.clone() };
                let open = self.type_of_def(module, def);
                let base = self.memo.bases.get(open, || {
                    let data = self.module_data(module);
                    let row = data.metadata.type_def(def).map_err(self.meta_err(module))?;
                    row.extends.map(|e| self.type_def_or_ref(module, e)).transpose()
                })?;
                Ok(base.map(|b| self.substitute(b, &own)))
            }
            TypeKind::SzArray(_) | TypeKind::MdArray(..) => Ok(Some(self.well_known(WellKnown::Array))),
            TypeKind::RuntimeDetermined { canon, .. } => self.try_base_type(canon),
            _ => Ok(None),
        }
    }

    /// All interfaces, transitive, exact, base's first; arrays with the generic collection interfaces.
    pub fn interfaces(&self, t: TypeDesc) -> Rc<[TypeDesc]> {
        self.try_interfaces(t).unwrap_or_else(|_| Rc::from([]))
    }

    /// The interface map or why it does not load.
    pub fn try_interfaces(&self, t: TypeDesc) -> Result<Rc<[TypeDesc]>> {
        let cycle = || TypeSysError::Recursive(self.type_display(t));
        self.memo.interfaces.get_acyclic(t, cycle, || {
            let mut out = FxIndexSet::default();
            if let Some(base) = self.try_base_type(t)? {
                out.extend(self.try_interfaces(base)?.iter().copied());
            }
            match self.kind(t) {
                TypeKind::Def { .. } => out.extend(self.declared_interfaces(t)?.iter().copied()),
                TypeKind::SzArray(e) if self.vector_element(t).is_some() => {
                    for name in SZ_ARRAY_INTERFACES {
                        if let Some(def) = self.find_type(self.corelib(), "System.Collections.Generic", name) {
                            out.insert(self.instantiate(def, &[e]));
                        }
                    }
                }
                TypeKind::RuntimeDetermined { canon, .. } => return self.try_interfaces(canon),
                _ => {}
            }
            Ok(out.into_iter().collect())
        })
    }

    /// The interfaces that a definition names itself, in order.
    pub(crate) fn listed_interfaces(&self, t: TypeDesc) -> Result<Rc<[TypeDesc]>> {
        let Some((module, def)) = self.type_def(t) else { return Ok(Rc::from([])) };
        self.check_depth(t)?;
        self.memo.listed_interfaces.get(t, || {
            let args = GenericArgs { type_args: self.type_args(t), method_args: self.empty.clone() };
            let data = self.module_data(module);
            let mut out = FxIndexSet::default();
            for id in data.metadata.interface_impls_of(def) {
                let row = data.metadata.interface_impl(id).map_err(self.meta_err(module))?;
                let i = self.substitute(self.type_def_or_ref(module, row.interface)?, &args);
                if !self.is_interface(i) {
                    return Err(self.bad_type(t, format!("{} is not an interface", self.type_display(i))));
                }
                out.insert(i);
            }
            Ok(out.into_iter().collect())
        })
    }

    /// The interfaces that a definition names, with what those extend (in the order of declaration, depth first).
    fn declared_interfaces(&self, t: TypeDesc) -> Result<Rc<[TypeDesc]>> {
        let mut out = FxIndexSet::default();
        for &i in self.listed_interfaces(t)?.iter() {
            out.insert(i);
            out.extend(self.try_interfaces(i)?.iter().copied());
        }
        Ok(out.into_iter().collect())
    }

    /// Forces everything a MethodTable needs (base, interfaces, layout, vtable): the error that the infallible accessors hide.
    pub fn check_type(&self, t: TypeDesc) -> Result<()> {
        self.check_depth(t)?;
        self.check_loads(t)?;
        let mut at = Some(t);
        let mut steps = 0u32;
        while let Some(b) = at {
            at = self.try_base_type(b)?;
            steps += 1;
            if steps > 1000 {
                return Err(TypeSysError::Recursive(self.type_display(t)));
            }
        }
        self.try_interfaces(t)?;
        self.vtable(t)?;
        match self.kind(t) {
            TypeKind::SzArray(e) | TypeKind::MdArray(e, _) => {
                self.value_size(e)?;
            }
            TypeKind::Def { .. } if !self.is_interface(t) && !self.contains_vars(t) => {
                self.layout(t)?;
                self.static_layout(t)?;
                self.thread_static_layout(t)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// The class constructor.
    pub fn has_cctor(&self, t: TypeDesc) -> Option<MethodDesc> {
        let (module, _) = self.type_def(t)?;
        let def = self.info(t)?.cctor?;
        Some(self.method_in(t, module, def))
    }

    /// `<Module>` of a module with an initialiser, which is its class constructor (II.10.5.3): it runs before anything else of the module.
    pub fn initialized_module(&self, module: ModuleId) -> Option<TypeDesc> {
        let first = TypeDefId(1);
        let name = self.module_data(module).metadata.type_def(first).ok()?.name == "<Module>";
        (name && self.def_info(module, first).cctor.is_some()).then(|| self.type_of_def(module, first))
    }

    /// `beforefieldinit`.
    pub fn is_before_field_init(&self, t: TypeDesc) -> bool {
        self.type_flags(t) & ta::BEFORE_FIELD_INIT != 0
    }

    /// The most derived override of Object.Finalize, if any but Object's.
    pub fn finalizer(&self, t: TypeDesc) -> Option<MethodDesc> {
        if self.is_value_type(t) || self.is_interface(t) {
            return None;
        }
        let object = self.well_known(WellKnown::Object);
        let base = self.find_method(object, "Finalize", 0)?;
        let m = self.resolve_virtual(base, t)?;
        (m != base).then_some(m)
    }

    /// Parameterless instance constructor.
    pub fn default_ctor(&self, t: TypeDesc) -> Option<MethodDesc> {
        self.find_methods(t, ".ctor").into_iter().find(|&m| self.method_sig(m).is_ok_and(|s| s.params.is_empty()))
    }
}

/// Generic interfaces of vectors, besides those of System.Array (ECMA-335 I.8.9.1).
pub(crate) const SZ_ARRAY_INTERFACES: &[&str] = &["IList`1", "ICollection`1", "IEnumerable`1", "IReadOnlyList`1", "IReadOnlyCollection`1"];
