//! Vectors and multi-dimensional arrays (III.4.7–4.27, II.14.2).

use super::Lowerer;
use crate::LowerError;
use crate::cx::{Loc, Place};
use crate::types::{Rep, rep};
use kiln_abi::helpers::Helper as h;
use kiln_abi::object::{ARRAY_DATA_OFFSET, ARRAY_LENGTH_OFFSET, MD_ARRAY_BOUNDS_OFFSET};
use kiln_lir::{self as lir, CastOp, IntCond, LTy, MemFlags, ValueId};
use kiln_mir::{self as mir, Inst};
use kiln_typesys::{TypeDesc, TypeKind};

/// Offset of `element_type` in a MethodTable.
const MT_ELEMENT_TYPE: i32 = 48;

impl Lowerer<'_> {
    pub(super) fn array(&mut self, r: Option<mir::ValueId>, i: &Inst) -> Result<(), LowerError> {
        match i {
            Inst::ArrayLen(a) => {
                let a = self.reg_as(*a, LTy::Ref)?;
                self.cx.null_check(a);
                let n = self.b.load_inv(LTy::I32, a, ARRAY_LENGTH_OFFSET as i32);
                let n = self.b.cast(CastOp::ZExt, LTy::I64, n);
                self.set_reg(r, n)
            }
            Inst::ArrayDataAddr(a) => {
                let a = self.reg_as(*a, LTy::Ref)?;
                self.cx.null_check(a);
                let v = self.b.offset(a, ARRAY_DATA_OFFSET as i32);
                self.places.insert(v, Place::Heap);
                self.facts.nonnull.insert(v);
                self.set_reg(r, v)
            }
            Inst::LoadElem { ty, array, index } => {
                let l = self.element(*ty, *array, *index)?;
                let v = self.load_ty(*ty, l, MemFlags::default())?;
                self.set(r, v)
            }
            Inst::StoreElem { ty, array, index, value } => {
                let l = self.element(*ty, *array, *index)?;
                if rep(self.ts, *ty)? == Rep::Scalar(crate::types::Kind::Ref) {
                    self.covariance_check(*ty, *array, *value)?;
                }
                let v = self.val(*value)?;
                self.store_ty(*ty, l, v, MemFlags::default())
            }
            Inst::CheckArrayStore { array, value } => {
                let (a, v) = (self.reg_as(*array, LTy::Ref)?, self.reg_as(*value, LTy::Ref)?);
                self.cx.null_check(a);
                self.check_store(a, v)
            }
            Inst::ElemAddr { ty, array, index, readonly } => {
                // The index comes first: where both are wrong, it is what is reported.
                let l = self.element(*ty, *array, *index)?;
                if !readonly && !self.exact_element(*ty) {
                    let a = self.reg_as(*array, LTy::Ref)?;
                    let mt = self.cx.mt(*ty, false)?;
                    let amt = self.cx.mt_of(a);
                    let emt = self.b.load_inv(LTy::Ptr, amt, MT_ELEMENT_TYPE);
                    let c = self.b.icmp(IntCond::Eq, emt, mt);
                    let (slow, next) = (self.b.cold_block(), self.b.block());
                    self.b.branch(c, next, slow, Some(true));
                    self.b.switch_to(slow);
                    self.b.helper(h::RhpCheckArrayElementType, &[a, mt]);
                    self.b.jump(next, Vec::new());
                    self.b.switch_to(next);
                }
                let v = self.addr_ref(l);
                self.facts.nonnull.insert(v);
                self.set_reg(r, v)
            }
            Inst::NewArr { elem, len } => {
                let at = self.ts.sz_array(*elem);
                let mt = self.cx.mt(at, true)?;
                let n = self.reg_as(*len, LTy::I64)?;
                let v = self.b.helper1(h::RhpNewArray, &[mt, n]);
                self.facts.nonnull.insert(v);
                self.set_reg(r, v)
            }
            Inst::MdElemAddr { array_ty, array, indices, readonly } => self.md_element(r, *array_ty, *array, indices, *readonly),
            Inst::NewMdArr { array_ty, lengths, lower_bounds } => {
                let mt = self.cx.mt(*array_ty, true)?;
                let lens = self.i32_list(lengths)?;
                let lows = if lower_bounds.is_empty() { self.b.iconst(LTy::Ptr, 0) } else { self.i32_list(lower_bounds)? };
                let rank = self.b.iconst(LTy::I32, lengths.len() as i64);
                let v = self.b.helper1(h::RhpNewMdArray, &[mt, rank, lens, lows]);
                self.facts.nonnull.insert(v);
                self.set_reg(r, v)
            }
            _ => Err(LowerError::Unsupported("array instruction".to_owned())),
        }
    }

    fn i32_list(&mut self, vs: &[mir::ValueId]) -> Result<ValueId, LowerError> {
        let s = self.b.slot(4 * vs.len() as u32, 8, Vec::new(), None, "dims");
        let a = self.b.slot_addr(s, 0);
        for (i, &v) in vs.iter().enumerate() {
            let v = self.reg_as(v, LTy::I32)?;
            self.b.store(LTy::I32, a, 4 * i as i32, v, MemFlags::default());
        }
        Ok(a)
    }

    /// Elements of such a static type are exactly of it: no covariance.
    fn exact_element(&self, t: TypeDesc) -> bool {
        let ts = self.ts;
        if rep(ts, t).is_ok_and(|r| r != Rep::Scalar(crate::types::Kind::Ref)) {
            return true;
        }
        !ts.is_runtime_determined(t) && !ts.is_array(t) && ts.is_sealed(t) && !ts.is_delegate(t)
    }

    fn covariance_check(&mut self, t: TypeDesc, array: mir::ValueId, value: mir::ValueId) -> Result<(), LowerError> {
        let v = self.reg_as(value, LTy::Ref)?;
        if self.exact_element(t) || self.nulls.contains(&v) {
            return Ok(());
        }
        if let Some(Inst::NewArr { elem, .. }) = self.defs.get(&array)
            && *elem == t
        {
            return Ok(());
        }
        let a = self.reg_as(array, LTy::Ref)?;
        self.check_store(a, v)
    }

    /// ArrayTypeMismatch unless null, an element exactly of the array's element type, or a helper agrees.
    fn check_store(&mut self, a: ValueId, v: ValueId) -> Result<(), LowerError> {
        let (test, slow, next) = (self.b.block(), self.b.block(), self.b.block());
        let z = self.b.is_zero(v);
        self.b.branch(z, next, test, Some(false));
        self.b.switch_to(test);
        let amt = self.cx.mt_of(a);
        let emt = self.b.load_inv(LTy::Ptr, amt, MT_ELEMENT_TYPE);
        let vmt = self.cx.mt_of(v);
        let c = self.b.icmp(IntCond::Eq, emt, vmt);
        self.b.branch(c, next, slow, Some(true));
        self.b.switch_to(slow);
        // object[] takes everything.
        let object = self.ts.well_known(kiln_typesys::WellKnown::Object);
        let omt = self.cx.mt(object, false)?;
        let c = self.b.icmp(IntCond::Eq, emt, omt);
        let check = self.b.cold_block();
        self.b.branch(c, next, check, Some(true));
        self.b.switch_to(check);
        self.b.helper(h::RhpCheckArrayStore, &[a, v]);
        self.b.jump(next, Vec::new());
        self.b.switch_to(next);
        Ok(())
    }

    /// Checked location of a vector element.
    fn element(&mut self, t: TypeDesc, array: mir::ValueId, index: mir::ValueId) -> Result<Loc, LowerError> {
        let a = self.reg_as(array, LTy::Ref)?;
        self.cx.null_check(a);
        let n = self.b.load_inv(LTy::I32, a, ARRAY_LENGTH_OFFSET as i32);
        let i = self.reg(index)?;
        let i = if self.b.ty(i) == LTy::I32 {
            let c = self.b.icmp(IntCond::Uge, i, n);
            self.b.throw_if(c, h::RhpThrowIndexOutOfRange);
            self.b.cast(CastOp::ZExt, LTy::I64, i)
        } else {
            let i = self.b.coerce(i, LTy::I64);
            let n = self.b.cast(CastOp::ZExt, LTy::I64, n);
            let c = self.b.icmp(IntCond::Uge, i, n);
            self.b.throw_if(c, h::RhpThrowIndexOutOfRange);
            i
        };
        let (scale, _) = self.ts.value_size(t)?;
        let base = self.b.op(lir::Inst::Addr { base: a, index: Some(i), scale, offset: ARRAY_DATA_OFFSET as i32 }, LTy::Ref);
        self.places.insert(base, Place::Heap);
        Ok(Loc { base, off: 0, place: Place::Heap })
    }

    fn md_element(
        &mut self,
        r: Option<mir::ValueId>,
        array_ty: TypeDesc,
        array: mir::ValueId,
        indices: &[mir::ValueId],
        readonly: bool,
    ) -> Result<(), LowerError> {
        let elem = match self.ts.kind(array_ty) {
            TypeKind::MdArray(e, _) | TypeKind::SzArray(e) => e,
            _ => return Err(LowerError::Unsupported("element of something that is no array".to_owned())),
        };
        let a = self.reg_as(array, LTy::Ref)?;
        self.cx.null_check(a);
        if !readonly && !self.exact_element(elem) {
            let mt = self.cx.mt(elem, false)?;
            self.b.helper(h::RhpCheckArrayElementType, &[a, mt]);
        }
        let rank = indices.len() as i32;
        let bounds = MD_ARRAY_BOUNDS_OFFSET as i32;
        let mut flat = None;
        for (d, &i) in indices.iter().enumerate() {
            let i = self.reg_as(i, LTy::I32)?;
            let d = d as i32;
            let len = self.b.load_inv(LTy::I32, a, bounds + 4 * d);
            let low = self.b.load_inv(LTy::I32, a, bounds + 4 * (rank + d));
            let i = self.b.bin(lir::BinOp::Sub, LTy::I32, i, low);
            let c = self.b.icmp(IntCond::Uge, i, len);
            self.b.throw_if(c, h::RhpThrowIndexOutOfRange);
            let i = self.b.cast(CastOp::ZExt, LTy::I64, i);
            flat = Some(match flat {
                None => i,
                Some(f) => {
                    let len = self.b.cast(CastOp::ZExt, LTy::I64, len);
                    let f = self.b.bin(lir::BinOp::Mul, LTy::I64, f, len);
                    self.b.bin(lir::BinOp::Add, LTy::I64, f, i)
                }
            });
        }
        let (scale, _) = self.ts.value_size(elem)?;
        let v = self.b.op(lir::Inst::Addr { base: a, index: flat, scale, offset: bounds + 8 * rank }, LTy::Ref);
        self.places.insert(v, Place::Heap);
        self.facts.nonnull.insert(v);
        self.set_reg(r, v)
    }
}
