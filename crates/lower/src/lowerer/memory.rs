//! Slots, memory behind addresses, blocks of bytes (III.3.30, III.3.36–3.62, III.4.4, III.4.5, III.4.13, III.4.29).

use super::{Lowerer, unexpected};
use crate::LowerError;
use crate::cx::{Loc, Place, Val};
use crate::types::{Kind, Rep, rep};
use kiln_lir::{self as lir, CastOp, LTy, MemFlags, ValueId};
use kiln_mir::{self as mir, Inst, LocalKind, MemTy};

/// How a scalar is in memory; `None` for structs.
pub(super) fn kind(t: MemTy) -> Option<Kind> {
    Some(match t {
        MemTy::I8 => Kind::I8,
        MemTy::U8 => Kind::U8,
        MemTy::I16 => Kind::I16,
        MemTy::U16 => Kind::U16,
        MemTy::I32 => Kind::I32,
        MemTy::I64 | MemTy::NInt => Kind::I64,
        MemTy::F32 => Kind::F32,
        MemTy::F64 => Kind::F64,
        MemTy::Ref | MemTy::ByRef => Kind::Ref,
        MemTy::Struct(_) => return None,
    })
}

pub(super) fn flags(volatile: bool, unaligned: bool) -> MemFlags {
    MemFlags { volatile, align: u8::from(unaligned), ..MemFlags::default() }
}

impl Lowerer<'_> {
    /// Slots.
    pub(super) fn slot(&mut self, r: Option<mir::ValueId>, i: &Inst) -> Result<(), LowerError> {
        match i {
            Inst::LoadSlot(s) => {
                let slot = &self.f.slots[s.index()];
                if s.index() == 0
                    && self.this_const
                    && self.abi.has_this
                    && slot.kind == LocalKind::Arg(0)
                    && self.filter.is_none()
                    && let Some(t) = self.bound.this
                {
                    return self.set_reg(r, t);
                }
                let ty = slot.ty;
                let l = self.home(*s)?;
                let v = self.load_ty(ty, l, MemFlags::default())?;
                self.set(r, v)
            }
            Inst::StoreSlot(s, v) => {
                let ty = self.f.slots[s.index()].ty;
                let v = self.val(*v)?;
                let l = self.home(*s)?;
                self.store_ty(ty, l, v, MemFlags::default())
            }
            Inst::SlotAddr(s) => {
                let l = self.home(*s)?;
                let v = self.addr_ref(l);
                self.facts.nonnull.insert(v);
                self.set_reg(r, v)
            }
            other => Err(unexpected(other)),
        }
    }

    /// Memory behind an address.
    pub(super) fn memory(&mut self, r: Option<mir::ValueId>, i: &Inst) -> Result<(), LowerError> {
        match i {
            Inst::Load { ty, addr, volatile, unaligned } => {
                let a = self.address(*addr)?;
                if r.is_none_or(|r| self.uses[r.index()] == 0) {
                    self.cx.guard_always(a);
                }
                self.cx.guard(a);
                let l = self.cx.deref(a);
                let fl = flags(*volatile, *unaligned);
                let v = match (ty, kind(*ty)) {
                    (_, Some(k)) => Val::Reg(self.cx.load_kind(k, l, fl)),
                    (MemTy::Struct(t), _) => self.load_ty(*t, l, fl)?,
                    _ => return Err(LowerError::Unsupported("load".to_owned())),
                };
                self.set(r, v)
            }
            Inst::Store { ty, addr, value, volatile, unaligned } => {
                let a = self.address(*addr)?;
                self.cx.guard(a);
                let l = self.cx.deref(a);
                let v = self.val(*value)?;
                let fl = flags(*volatile, *unaligned);
                match (ty, kind(*ty)) {
                    (MemTy::ByRef, Some(k)) => {
                        let v = self.reg(*value)?;
                        self.cx.store_kind(k, Loc { place: Place::Plain, ..l }, v, fl);
                    }
                    (_, Some(k)) => {
                        let v = self.reg(*value)?;
                        self.cx.store_kind(k, l, v, fl);
                    }
                    (MemTy::Struct(t), _) => self.store_ty(*t, l, v, fl)?,
                    _ => {}
                }
                Ok(())
            }
            Inst::InitObj { ty, addr } => {
                let a = self.address(*addr)?;
                self.cx.guard(a);
                let l = self.cx.deref(a);
                match rep(self.ts, *ty)? {
                    Rep::Void => Ok(()),
                    Rep::Scalar(k) => {
                        let z = self.b.zero(k.mem());
                        self.b.store(k.mem(), l.base, l.off, z, MemFlags::default());
                        Ok(())
                    }
                    Rep::Struct => self.zero_struct(*ty, l),
                }
            }
            Inst::CopyObj { ty, dst, src } => {
                let (d, s) = (self.address(*dst)?, self.address(*src)?);
                self.cx.guard(s);
                self.cx.guard(d);
                let (d, s) = (self.cx.deref(d), self.cx.deref(s));
                match rep(self.ts, *ty)? {
                    Rep::Struct => self.copy_struct(*ty, d, s, MemFlags::default()),
                    _ => {
                        let v = self.load_ty(*ty, s, MemFlags::default())?;
                        self.store_ty(*ty, d, v, MemFlags::default())
                    }
                }
            }
            other => Err(unexpected(other)),
        }
    }

    /// Blocks of bytes.
    pub(super) fn block_memory(&mut self, r: Option<mir::ValueId>, i: &Inst) -> Result<(), LowerError> {
        match i {
            Inst::CopyBlock { dst, src, size } => {
                let (dst, src) = (self.address(*dst)?, self.address(*src)?);
                let size = self.size(*size)?;
                self.guard_block(src, size);
                self.guard_block(dst, size);
                self.b.eff(lir::Inst::MemMove { dst, src, size });
                Ok(())
            }
            Inst::InitBlock { addr, value, size } => {
                let dst = self.address(*addr)?;
                let byte = self.reg_as(*value, LTy::I8)?;
                let size = self.size(*size)?;
                self.guard_block(dst, size);
                self.b.eff(lir::Inst::MemSet { dst, byte, size });
                Ok(())
            }
            Inst::LocAlloc(n) => {
                let size = self.size(*n)?;
                let zero = self.f.init_locals;
                let p = self.b.op(lir::Inst::StackAlloc { size, zero }, LTy::Ptr);
                let mut p = self.b.coerce(p, LTy::I64);
                // Nothing is allocated: no memory, and whoever reads it meets null (as on CoreCLR).
                if self.const_of(*n).is_none_or(|n| n == 0) {
                    let none = self.b.is_zero(size);
                    let null = self.b.iconst(LTy::I64, 0);
                    p = self.b.op(lir::Inst::Select(LTy::I64, none, null, p), LTy::I64);
                }
                self.set_reg(r, p)
            }
            other => Err(unexpected(other)),
        }
    }

    /// As `Cx::guard`, before a block of bytes: none is no access.
    fn guard_block(&mut self, at: ValueId, size: ValueId) {
        if self.b.unwind.is_none() || self.facts.nonnull.contains(&at) || self.b.ty(at) == LTy::Ptr {
            return;
        }
        let null = self.b.is_zero(at);
        let zero = self.b.iconst(LTy::I64, 0);
        let some = self.b.icmp(lir::IntCond::Ne, size, zero);
        let both = self.b.bin(lir::BinOp::And, LTy::I1, null, some);
        self.b.throw_if(both, kiln_abi::helpers::Helper::RhpThrowNullReference);
    }

    fn size(&mut self, v: mir::ValueId) -> Result<ValueId, LowerError> {
        let s = self.reg(v)?;
        // Block sizes are unsigned int32 or native.
        Ok(if self.b.ty(s) == LTy::I32 { self.b.cast(CastOp::ZExt, LTy::I64, s) } else { self.b.coerce(s, LTy::I64) })
    }

    /// An address operand: byref or native int.
    pub(super) fn address(&mut self, v: mir::ValueId) -> Result<ValueId, LowerError> {
        let a = self.reg(v)?;
        Ok(match self.b.ty(a) {
            LTy::Ref | LTy::I64 | LTy::Ptr => a,
            _ => self.b.coerce(a, LTy::I64),
        })
    }
}
