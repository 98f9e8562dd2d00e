//! Tokens as values, sizes, and `constrained.` calls (ECMA-335 III.2.1, III.4.17, III.4.25).

use crate::build::{Fact, Importer, Prefix, Res};
use crate::error::invalid;
use kiln_abi::helpers::throw_kind;
use kiln_metadata::Token;
use kiln_mir::{Inst, Term, Ty, ValueId};
use kiln_typesys::{MethodDesc, TypeClass, TypeDesc, TypeKind, WellKnown};

impl Importer<'_> {
    /// `ldtoken`.
    pub fn ldtoken(&mut self, token: Token) -> Res {
        let (inst, wk, fact) = if self.ts.is_field_token(self.module, token) {
            let f = self.field_token(token)?;
            (Inst::FieldHandle(f), WellKnown::RuntimeFieldHandle, Fact::FieldHandle(f))
        } else if self.ts.is_method_token(self.module, token) {
            let m = self.method_token(token)?;
            (Inst::MethodHandle(m), WellKnown::RuntimeMethodHandle, Fact::None)
        } else {
            let t = self.type_token(token)?;
            (Inst::TypeHandle(t), WellKnown::RuntimeTypeHandle, Fact::TypeHandle(t))
        };
        let t = self.wk(wk);
        let v = self.def_fact(inst, Ty::Value(t), fact);
        self.push(v);
        Ok(())
    }

    /// `sizeof(T)` as int32.
    pub fn size_of(&mut self, t: TypeDesc) -> Res<ValueId> {
        if self.ts.contains_vars(t) && !matches!(self.ts.type_class(t), TypeClass::Ref | TypeClass::Ptr | TypeClass::Prim(_)) {
            return Ok(self.def(Inst::SizeOf(t), Ty::I32));
        }
        let (size, _) = self.ts.value_size(self.ts.canonical_type(t))?;
        Ok(self.i32(size as i32))
    }

    /// `constrained. T callvirt M`: raw arguments are on the stack.
    pub fn constrained_call(&mut self, t: TypeDesc, m: MethodDesc) -> Res {
        let sig = self.ts.method_sig(m)?;
        let params = self.pop_params(&sig.params)?;
        let addr = self.pop()?;
        let addr = match self.ty(addr) {
            Ty::ByRef(_) | Ty::NInt => addr,
            // Some compilers load the object and constrain by a reference type.
            Ty::Ref(_) if self.is_ref(t) => {
                let args = std::iter::once(addr).chain(params).collect();
                return self.virtual_call(m, &sig, args);
            }
            _ => return invalid("constrained. on something that is not an address"),
        };
        if self.is_ref(t) {
            let obj = self.load_mem(t, addr, &Prefix::default())?;
            let args = std::iter::once(obj).chain(params).collect();
            return self.virtual_call(m, &sig, args);
        }
        let to = self.ts.byref(t);
        let ty = self.stack_ty(to);
        let this = self.coerce(addr, ty)?;
        let known = match self.ts.kind(t) {
            TypeKind::Var(_) | TypeKind::MVar(_) | TypeKind::RuntimeDetermined { .. } => false,
            _ => !self.ts.contains_vars(t),
        };
        if known {
            if self.ts.is_virtual(m)
                && let Some(target) = self.ts.resolve_constrained(m, t)
            {
                if self.ts.is_value_type(self.ts.method_owner(target)) {
                    let args: Vec<ValueId> = std::iter::once(this).chain(params).collect();
                    return self.direct_call(target, args, false);
                }
                let obj = self.boxed_copy(t, this)?;
                let args: Vec<ValueId> = std::iter::once(obj).chain(params).collect();
                return self.direct_call(target, args, false);
            }
            // Nothing of its own: the inherited method works on a box.
            // Which instantiation of an interface is meant may be known at run time only.
            let open = self.ts.is_interface(self.ts.method_owner(m)) && (!self.is_exact(t) || self.ts.is_runtime_determined_method(m));
            if !open {
                let obj = self.boxed_copy(t, this)?;
                let args = std::iter::once(obj).chain(params).collect();
                return self.virtual_call(m, &sig, args);
            }
        }
        if !self.ts.is_virtual(m) {
            let obj = self.boxed_copy(t, this)?;
            let args = std::iter::once(obj).chain(params).collect();
            return self.virtual_call(m, &sig, args);
        }
        let args = std::iter::once(this).chain(params).collect();
        self.result(Inst::CallConstrained { ty: t, method: m, args }, sig.ret);
        Ok(())
    }

    fn boxed_copy(&mut self, t: TypeDesc, addr: ValueId) -> Res<ValueId> {
        let v = self.load_mem(t, addr, &Prefix::default())?;
        self.box_value(t, v)
    }

    /// `constrained. T call M` of a static virtual method: what it resolves to, if that is known here.
    pub fn static_virtual(&mut self, t: TypeDesc, m: MethodDesc) -> Res<Option<MethodDesc>> {
        let open = matches!(self.ts.kind(t), TypeKind::Var(_) | TypeKind::MVar(_) | TypeKind::RuntimeDetermined { .. });
        if open || self.ts.contains_vars(t) {
            return Ok(None);
        }
        let r = self.ts.resolve_static_virtual(m, t);
        if r.is_none() && self.is_exact(t) && !self.ts.contains_vars(self.ts.method_owner(m)) && !self.ts.is_runtime_determined_method(m) {
            let text = format!("{} on {}", self.ts.method_display(m), self.ts.type_display(t));
            if self.strict {
                return invalid(format!("no implementation of {text}"));
            }
            self.end(Term::ThrowHelper(throw_kind::ENTRY_POINT_NOT_FOUND, text));
        }
        Ok(r)
    }
}
