//! Strings, boxes and casts (ECMA-335 III.4.1, III.4.3, III.4.6, III.4.16, III.4.32, III.4.33).

use crate::build::{Fact, Importer, Res};
use crate::error::invalid;
use crate::fold::same_type;
use kiln_il::{Instr, Opcode as O, Operand};
use kiln_mir::{Inst, Ty, ValueId};
use kiln_typesys::{TypeDesc, WellKnown};

impl Importer<'_> {
    /// Strings, tokens, boxes and casts: whether the opcode is one of them; then it is done.
    pub fn object_op(&mut self, i: &Instr<'_>) -> Res<bool> {
        match (i.opcode, i.operand) {
            (O::Ldstr, Operand::String(at)) => self.ldstr(at)?,
            (O::Ldtoken, Operand::Token(t)) => self.ldtoken(t.token())?,
            (O::Box | O::Unbox | O::UnboxAny | O::Isinst | O::Castclass | O::Sizeof, _) => {
                let t = self.ty_operand(i)?;
                if i.opcode != O::Sizeof && self.refuses_type(t) {
                    return Ok(true);
                }
                match i.opcode {
                    O::Box if self.ts.is_by_ref_like(t) && !self.box_is_tested(i) => return invalid("box of a type that has none"),
                    O::Box => self.box_op(t)?,
                    O::Unbox => self.unbox(t)?,
                    O::UnboxAny => self.unbox_any(t)?,
                    O::Isinst => self.isinst(t)?,
                    O::Castclass => self.castclass(t)?,
                    _ => {
                        let v = self.size_of(t)?;
                        self.push(v);
                    }
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// `ldstr`.
    pub fn ldstr(&mut self, at: u32) -> Res {
        let meta = self.meta.clone();
        let text = meta
            .user_string(at)
            .map_err(|source| kiln_typesys::TypeSysError::Metadata { module: self.ts.assembly_name(self.module), source })?;
        let units: std::sync::Arc<[u16]> = text.units().collect();
        let t = self.wk(WellKnown::String);
        let v = self.def_fact(Inst::String(units), Ty::Ref(Some(t)), Fact::Exact(t));
        self.push(v);
        Ok(())
    }

    /// `box`.
    pub fn box_op(&mut self, t: TypeDesc) -> Res {
        let v = self.pop()?;
        let v = self.box_value(t, v)?;
        self.push(v);
        Ok(())
    }

    /// A value as an object.
    pub fn box_value(&mut self, t: TypeDesc, v: ValueId) -> Res<ValueId> {
        if self.is_ref(t) {
            return self.object(v);
        }
        let ty = self.stack_ty(t);
        let v = self.coerce(v, ty)?;
        let fact = if self.is_value(t) && !self.may_be_nullable(t) { Fact::Boxed(t, v) } else { Fact::None };
        Ok(self.def_fact(Inst::Box { ty: t, value: v }, Ty::Ref(None), fact))
    }

    /// `unbox`.
    pub fn unbox(&mut self, t: TypeDesc) -> Res {
        if self.may_be_nullable(t) && self.is_value(t) {
            // There is no Nullable inside a box: the address is that of a copy.
            self.unbox_any(t)?;
            let v = self.pop()?;
            let s = self.temp(t);
            self.store_slot(s, v)?;
            let a = self.slot_addr(s);
            self.push(a);
            return Ok(());
        }
        let obj = self.pop()?;
        let obj = self.object(obj)?;
        self.push_def(Inst::Unbox { ty: t, obj }, Ty::ByRef(Some(t)));
        Ok(())
    }

    /// `unbox.any`.
    pub fn unbox_any(&mut self, t: TypeDesc) -> Res {
        if self.is_ref(t) {
            return self.castclass(t);
        }
        let obj = self.pop()?;
        let obj = self.object(obj)?;
        if let Some((b, v)) = self.fresh_box(obj)
            && same_type(self.ts, b, t) == Some(true)
        {
            self.push(v);
            return Ok(());
        }
        let ty = self.stack_ty(t);
        self.push_def(Inst::UnboxAny { ty: t, obj }, ty);
        Ok(())
    }

    /// Type and content of a box that nothing can have written since it was made: methods of the value, `unbox` and delegates write to it.
    pub fn fresh_box(&self, obj: ValueId) -> Option<(TypeDesc, ValueId)> {
        let Fact::Boxed(t, v) = *self.fact(obj) else { return None };
        // Whoever has no copy of the reference cannot write, and these only make copies.
        let (mut copied, mut harmless) = (false, true);
        for (result, inst, _) in self.blocks[self.cur].insts.iter().rev() {
            if *result == Some(obj) {
                return (!copied || harmless).then_some((t, v));
            }
            inst.for_each_operand(|o| copied |= o == obj);
            harmless &= matches!(inst, Inst::Box { .. } | Inst::StoreSlot { .. } | Inst::IsInst { .. } | Inst::CastClass { .. })
                || inst.is_removable();
        }
        None
    }

    /// The exact type of an object, when known.
    pub fn exact_type(&self, v: ValueId) -> Option<TypeDesc> {
        match self.fact(v) {
            Fact::Exact(t) | Fact::Boxed(t, _) => Some(*t),
            Fact::TypeOf(_) => Some(self.wk(WellKnown::RuntimeType)),
            _ => None,
        }
    }

    /// Whether a cast of the object succeeds (of a non-null one), when known.
    fn cast_known(&self, obj: ValueId, to: TypeDesc) -> Option<bool> {
        let to = if self.ts.is_nullable(to) { self.ts.type_args(to).first().copied().unwrap_or(to) } else { to };
        if let Some(from) = self.exact_type(obj) {
            if self.is_exact(from) && self.is_exact(to) {
                return Some(self.ts.can_cast_to(from, to));
            }
            if self.is_value(from) && self.is_value(to) && !self.may_be_nullable(to) {
                return same_type(self.ts, from, to);
            }
            if to == self.wk(WellKnown::Object) {
                return Some(true);
            }
        }
        match self.ty(obj) {
            Ty::Ref(Some(s)) if s == to => Some(true),
            Ty::Ref(Some(s)) if self.is_exact(s) && self.is_exact(to) && self.is_ref(s) && self.ts.can_cast_to(s, to) => Some(true),
            _ => None,
        }
    }

    /// `isinst`.
    pub fn isinst(&mut self, t: TypeDesc) -> Res {
        let obj = self.pop()?;
        let obj = self.object(obj)?;
        let r = if *self.fact(obj) == Fact::Null {
            obj
        } else {
            match self.cast_known(obj, t) {
                Some(true) => obj,
                Some(false) => self.null(),
                None => {
                    let ty = Ty::Ref(self.is_ref(t).then_some(t));
                    self.def(Inst::IsInst { ty: t, obj }, ty)
                }
            }
        };
        self.push(r);
        Ok(())
    }

    /// `castclass`.
    pub fn castclass(&mut self, t: TypeDesc) -> Res {
        let obj = self.pop()?;
        if matches!(self.ty(obj), Ty::Value(_)) {
            return invalid("castclass of a value");
        }
        let obj = self.object(obj)?;
        let r = if *self.fact(obj) == Fact::Null || self.cast_known(obj, t) == Some(true) {
            obj
        } else {
            let ty = Ty::Ref(self.is_ref(t).then_some(t));
            let fact = if self.fact(obj).non_null() { Fact::NonNull } else { Fact::None };
            self.def_fact(Inst::CastClass { ty: t, obj }, ty, fact)
        };
        self.push(r);
        Ok(())
    }
}
