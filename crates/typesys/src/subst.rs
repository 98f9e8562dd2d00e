//! Substitution of generic variables (ECMA-335 II.9) and canonical forms with runtime-determined arguments (contract §2).

use crate::TypeSystem;
use crate::context::{FieldRec, HAS_CANON, HAS_RD, HAS_VARS};
use crate::desc::*;
use std::sync::Arc;

impl TypeSystem {
    /// Replaces variables; RD by what its variable becomes. Variables that the arguments leave open stay.
    pub fn substitute(&self, t: TypeDesc, args: &GenericArgs) -> TypeDesc {
        if args.is_empty() || self.flags(t) & (HAS_VARS | HAS_RD) == 0 {
            return t;
        }
        match self.kind(t) {
            TypeKind::Def { module, def, args: own } => {
                let new = self.substitute_all(&own, args);
                self.intern(TypeKind::Def { module, def, args: new })
            }
            TypeKind::SzArray(e) => self.sz_array(self.substitute(e, args)),
            TypeKind::MdArray(e, r) => self.md_array(self.substitute(e, args), r),
            TypeKind::ByRef(e) => self.byref(self.substitute(e, args)),
            TypeKind::Ptr(e) => self.ptr(self.substitute(e, args)),
            TypeKind::FnPtr(sig) => self.intern(TypeKind::FnPtr(Arc::new(self.substitute_sig(&sig, args)))),
            TypeKind::Var(i) => args.type_args.get(i as usize).copied().unwrap_or(t),
            TypeKind::MVar(i) => args.method_args.get(i as usize).copied().unwrap_or(t),
            TypeKind::RuntimeDetermined { var, .. } => {
                let v = self.substitute(var, args);
                if v == var { t } else { v }
            }
        }
    }

    pub(crate) fn substitute_all(&self, list: &Instantiation, args: &GenericArgs) -> Instantiation {
        if list.iter().all(|&a| self.flags(a) & (HAS_VARS | HAS_RD) == 0) {
            return list.clone();
        }
        list.iter().map(|&a| self.substitute(a, args)).collect()
    }

    pub(crate) fn substitute_sig(&self, sig: &MethodSig, args: &GenericArgs) -> MethodSig {
        MethodSig { ret: self.substitute(sig.ret, args), params: sig.params.iter().map(|&p| self.substitute(p, args)).collect(), ..*sig }
    }

    /// The same in owner and method arguments.
    pub fn substitute_method(&self, m: MethodDesc, args: &GenericArgs) -> MethodDesc {
        if args.is_empty() {
            return m;
        }
        match self.method_kind(m) {
            MethodKind::Def { owner, module, def, args: own } => {
                let (o, a) = (self.substitute(owner, args), self.substitute_all(&own, args));
                if o == owner && a == own { m } else { self.intern_method(MethodKind::Def { owner: o, module, def, args: a }) }
            }
            MethodKind::Array { owner, method } => {
                let o = self.substitute(owner, args);
                if o == owner { m } else { self.intern_method(MethodKind::Array { owner: o, method }) }
            }
        }
    }

    /// The same in the owner.
    pub fn substitute_field(&self, f: FieldDesc, args: &GenericArgs) -> FieldDesc {
        let rec = self.field_rec(f);
        let owner = self.substitute(rec.owner, args);
        if owner == rec.owner { f } else { self.intern_field(FieldRec { owner, ..rec }) }
    }

    /// Canonical form as a type argument: reference type → __Canon.
    pub fn canonical_arg(&self, t: TypeDesc) -> TypeDesc {
        self.memo.canonical_args.get(t, || match self.kind(t) {
            TypeKind::Def { module, def, args } => {
                if !self.is_value_type(t) {
                    self.well_known(WellKnown::Canon)
                } else if args.is_empty() {
                    t
                } else {
                    let args = args.iter().map(|&a| self.canonical_arg(a)).collect();
                    self.intern(TypeKind::Def { module, def, args })
                }
            }
            TypeKind::SzArray(_) | TypeKind::MdArray(..) => self.well_known(WellKnown::Canon),
            _ => self.canonical_type(t),
        })
    }

    /// Canonical form of a type as subject: arguments and array elements canonical, RD → canon.
    pub fn canonical_type(&self, t: TypeDesc) -> TypeDesc {
        self.memo.canonical_types.get(t, || match self.kind(t) {
            TypeKind::Def { module, def, args } if !args.is_empty() => {
                let args = args.iter().map(|&a| self.canonical_arg(a)).collect();
                self.intern(TypeKind::Def { module, def, args })
            }
            TypeKind::SzArray(e) => self.sz_array(self.canonical_arg(e)),
            TypeKind::MdArray(e, r) => self.md_array(self.canonical_arg(e), r),
            TypeKind::ByRef(e) => self.byref(self.canonical_arg(e)),
            TypeKind::Ptr(e) => self.ptr(self.canonical_arg(e)),
            TypeKind::FnPtr(sig) => {
                let sig = MethodSig {
                    ret: self.canonical_arg(sig.ret),
                    params: sig.params.iter().map(|&p| self.canonical_arg(p)).collect(),
                    ..*sig
                };
                self.intern(TypeKind::FnPtr(Arc::new(sig)))
            }
            TypeKind::RuntimeDetermined { canon, .. } => canon,
            TypeKind::Def { .. } | TypeKind::Var(_) | TypeKind::MVar(_) => t,
        })
    }

    /// Canonical form of a method.
    pub fn canonical_method(&self, m: MethodDesc) -> MethodDesc {
        match self.method_kind(m) {
            MethodKind::Def { owner, module, def, args } => {
                let owner = self.canonical_type(owner);
                let args = if args.is_empty() { args } else { args.iter().map(|&a| self.canonical_arg(a)).collect() };
                self.intern_method(MethodKind::Def { owner, module, def, args })
            }
            MethodKind::Array { owner, method } => {
                let owner = self.canonical_type(owner);
                self.intern_method(MethodKind::Array { owner, method })
            }
        }
    }

    /// Canonical form of a field.
    pub fn canonical_field(&self, f: FieldDesc) -> FieldDesc {
        let rec = self.field_rec(f);
        self.intern_field(FieldRec { owner: self.canonical_type(rec.owner), ..rec })
    }

    /// Mentions __Canon.
    pub fn contains_canon(&self, t: TypeDesc) -> bool {
        self.flags(t) & HAS_CANON != 0
    }

    /// Mentions `!i` / `!!i` outside of RD.
    pub fn contains_vars(&self, t: TypeDesc) -> bool {
        self.flags(t) & HAS_VARS != 0
    }

    /// Mentions `!i` / `!!i` outside of RD, in owner or method arguments.
    pub fn contains_vars_method(&self, m: MethodDesc) -> bool {
        self.contains_vars(self.method_owner(m)) || self.method_args(m).iter().any(|&a| self.contains_vars(a))
    }

    /// A canonical method whose owner's arguments or own arguments mention __Canon.
    pub fn is_shared_method(&self, m: MethodDesc) -> bool {
        self.with_owner_args(m).any(|a| self.contains_canon(a))
    }

    fn with_owner_args(&self, m: MethodDesc) -> impl Iterator<Item = TypeDesc> {
        let (owner, own) = (self.type_args(self.method_owner(m)), self.method_args(m));
        (0..owner.len() + own.len()).map(move |i| if i < owner.len() { owner[i] } else { own[i - owner.len()] })
    }

    /// Mentions RD.
    pub fn is_runtime_determined(&self, t: TypeDesc) -> bool {
        self.flags(t) & HAS_RD != 0
    }

    /// Mentions RD.
    pub fn is_runtime_determined_method(&self, m: MethodDesc) -> bool {
        self.is_runtime_determined(self.method_owner(m)) || self.method_args(m).iter().any(|&a| self.is_runtime_determined(a))
    }

    /// Mentions RD.
    pub fn is_runtime_determined_field(&self, f: FieldDesc) -> bool {
        self.is_runtime_determined(self.field_owner(f))
    }

    /// Generic context for importing a canonical method: arguments with __Canon become RD.
    pub fn shared_context(&self, m: MethodDesc) -> GenericArgs {
        let rd = |list: Instantiation, var: fn(u32) -> TypeKind| -> Instantiation {
            if !list.iter().any(|&a| self.contains_canon(a)) {
                return list;
            }
            let each = |(i, &a): (usize, &TypeDesc)| {
                if self.contains_canon(a) {
                    let var = self.intern(var(i as u32));
                    self.intern(TypeKind::RuntimeDetermined { var, canon: a })
                } else {
                    a
                }
            };
            list.iter().enumerate().map(each).collect()
        };
        GenericArgs {
            type_args: rd(self.type_args(self.method_owner(m)), TypeKind::Var),
            method_args: rd(self.method_args(m), TypeKind::MVar),
        }
    }

    /// The hidden parameter of a canonical shared method. A generic method always has a dictionary of its own, even if only its owner's
    /// arguments are shared: if its lookups were in the owner's dictionary, every instantiation of the owner would need them for every
    /// instantiation of the method, and types that name their own instances there (`F<T,U>.M<V>` makes an `F<T,F<U,V>>`) would
    /// multiply without end.
    pub fn hidden_param(&self, m: MethodDesc) -> HiddenParam {
        let owner = self.method_owner(m);
        let own = self.method_args(m);
        let shared_owner = self.type_args(owner).iter().any(|&a| self.contains_canon(a));
        if !own.is_empty() && (shared_owner || own.iter().any(|&a| self.contains_canon(a))) {
            return HiddenParam::MethodDictionary;
        }
        if shared_owner && (self.is_static_method(m) || self.is_value_type(owner) || self.is_interface(owner)) {
            HiddenParam::MethodTable
        } else {
            HiddenParam::None
        }
    }
}
