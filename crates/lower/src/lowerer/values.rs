//! MIR values as LIR values: registers for scalars, slots for structs, and memory of a type.

use super::Lowerer;
use crate::LowerError;
use crate::cx::{Loc, Place, Val};
use crate::types::{Rep, rep};
use kiln_lir::{LTy, MemFlags, ValueId};
use kiln_mir::{self as mir, Inst, Ty};
use kiln_typesys::{TypeClass, TypeDesc};

impl Lowerer<'_> {
    /// Register type of a MIR value; `None` for structs.
    pub(super) fn lty(&self, v: mir::ValueId) -> Result<Option<LTy>, LowerError> {
        Ok(match self.f.values[v.index()] {
            Ty::I32 => Some(LTy::I32),
            Ty::I64 | Ty::NInt => Some(LTy::I64),
            Ty::F32 => Some(LTy::F32),
            Ty::F64 => Some(LTy::F64),
            Ty::Ref(_) | Ty::ByRef(_) => Some(LTy::Ref),
            Ty::Value(t) => match rep(self.ts, t)? {
                Rep::Scalar(k) => Some(k.reg()),
                _ => None,
            },
        })
    }

    pub(super) fn set(&mut self, r: Option<mir::ValueId>, v: Val) -> Result<(), LowerError> {
        let Some(r) = r else { return Ok(()) };
        // A struct with one scalar the importer treats as a scalar, or the reverse.
        let v = match (self.lty(r)?, v) {
            (Some(t), Val::Reg(x)) => {
                let x2 = self.b.coerce(x, t);
                if x2 != x {
                    if self.facts.nonnull.contains(&x) {
                        self.facts.nonnull.insert(x2);
                    }
                    if let Some(&p) = self.places.get(&x) {
                        self.places.insert(x2, p);
                    }
                }
                Val::Reg(x2)
            }
            (Some(t), Val::Slot(s)) => {
                let l = self.cx.slot_loc(s);
                Val::Reg(self.b.load(t, l.base, 0, MemFlags::default()))
            }
            (None, Val::Reg(x)) => {
                let Ty::Value(t) = self.f.values[r.index()] else { return Err(LowerError::Unsupported("value type".to_owned())) };
                let s = self.cx.struct_slot(t, "wrap")?;
                let l = self.cx.slot_loc(s);
                let ty = self.b.ty(x);
                self.b.store(ty, l.base, 0, x, MemFlags::default());
                Val::Slot(s)
            }
            (None, v) => v,
        };
        self.vals[r.index()] = Some(v);
        self.set_in[r.index()] = self.here;
        Ok(())
    }

    pub(super) fn set_reg(&mut self, r: Option<mir::ValueId>, v: ValueId) -> Result<(), LowerError> {
        self.set(r, Val::Reg(v))
    }

    pub(super) fn val(&self, v: mir::ValueId) -> Result<Val, LowerError> {
        self.vals[v.index()].ok_or_else(|| LowerError::Unsupported(format!("{v} is used before its definition")))
    }

    pub(super) fn reg(&mut self, v: mir::ValueId) -> Result<ValueId, LowerError> {
        match self.val(v)? {
            Val::Reg(r) => Ok(r),
            Val::Slot(s) => {
                // The only scalar of a struct wanted as such.
                let l = self.cx.slot_loc(s);
                let refs = !self.b.slots[s.index()].ref_offsets.is_empty();
                let ty = match (self.b.slots[s.index()].size, refs) {
                    (8, true) => LTy::Ref,
                    (8, false) => LTy::I64,
                    (4, _) => LTy::I32,
                    _ => return Err(LowerError::Unsupported(format!("{v} is a struct where a scalar is wanted"))),
                };
                Ok(self.b.load(ty, l.base, 0, MemFlags::default()))
            }
        }
    }

    /// Register value of a wanted type.
    pub(super) fn reg_as(&mut self, v: mir::ValueId, ty: LTy) -> Result<ValueId, LowerError> {
        let r = self.reg(v)?;
        Ok(self.b.coerce(r, ty))
    }

    /// Whether the slot of a struct operand can be given away: its only use is now, in the block that made it (not in a loop after it).
    pub(super) fn owned(&self, v: mir::ValueId) -> bool {
        self.uses[v.index()] == 1 && self.set_in[v.index()] == self.here && matches!(self.val(v), Ok(Val::Slot(_)))
    }

    pub(super) fn const_of(&self, v: mir::ValueId) -> Option<i64> {
        match self.defs.get(&v)? {
            Inst::ConstI32(c) => Some(i64::from(*c)),
            Inst::ConstI64(c) | Inst::ConstNInt(c) => Some(*c),
            _ => None,
        }
    }

    /// Loads a value of a type.
    pub(super) fn load_ty(&mut self, t: TypeDesc, l: Loc, flags: MemFlags) -> Result<Val, LowerError> {
        match rep(self.ts, t)? {
            Rep::Void => Err(LowerError::Unsupported("load of void".to_owned())),
            Rep::Scalar(k) => Ok(Val::Reg(self.cx.load_kind(k, l, flags))),
            Rep::Struct => {
                let s = self.cx.struct_slot(t, "val")?;
                let d = self.cx.slot_loc(s);
                self.cx.copy_struct(t, d, l, flags)?;
                Ok(Val::Slot(s))
            }
        }
    }

    /// Stores a value of a type.
    pub(super) fn store_ty(&mut self, t: TypeDesc, l: Loc, v: Val, flags: MemFlags) -> Result<(), LowerError> {
        match (rep(self.ts, t)?, v) {
            (Rep::Scalar(k), Val::Reg(v)) => {
                let l = if matches!(self.ts.type_class(t), TypeClass::ByRef) { Loc { place: Place::Plain, ..l } } else { l };
                self.cx.store_kind(k, l, v, flags);
            }
            (Rep::Struct, Val::Slot(s)) => {
                let src = self.cx.slot_loc(s);
                self.cx.copy_struct(t, l, src, flags)?;
            }
            (Rep::Scalar(k), Val::Slot(s)) => {
                let src = self.cx.slot_loc(s);
                let v = self.cx.load_kind(k, src, MemFlags::default());
                self.cx.store_kind(k, l, v, flags);
            }
            (Rep::Struct, Val::Reg(v)) => {
                let ty = self.b.ty(v);
                self.b.store(ty, l.base, l.off, v, flags);
            }
            (Rep::Void, _) => {}
        }
        Ok(())
    }
}
