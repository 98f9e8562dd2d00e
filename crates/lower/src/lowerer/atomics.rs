//! `System.Threading.Interlocked` over memory (I.12.6.5); references through the write barrier's helpers.

use super::memory::kind;
use super::{Lowerer, unexpected};
use crate::LowerError;
use crate::types::Kind;
use kiln_abi::helpers::Helper as h;
use kiln_lir::{self as lir, AtomicOp, LTy, ValueId};
use kiln_mir::{self as mir, Inst, MemTy};

impl Lowerer<'_> {
    pub(super) fn atomics(&mut self, r: Option<mir::ValueId>, i: &Inst) -> Result<(), LowerError> {
        match i {
            Inst::AtomicXchg { ty, addr, value } => self.atomic(r, AtomicOp::Xchg, *ty, *addr, *value),
            Inst::AtomicAdd { ty, addr, value } => self.atomic(r, AtomicOp::Add, *ty, *addr, *value),
            Inst::AtomicAnd { ty, addr, value } => self.atomic(r, AtomicOp::And, *ty, *addr, *value),
            Inst::AtomicOr { ty, addr, value } => self.atomic(r, AtomicOp::Or, *ty, *addr, *value),
            Inst::AtomicCas { ty, addr, value, comparand } => {
                let a = self.address(*addr)?;
                self.cx.guard(a);
                let k = kind(*ty).ok_or_else(|| LowerError::Unsupported("atomic of a struct".to_owned()))?;
                let v = if k == Kind::Ref {
                    let (v, c) = (self.reg_as(*value, LTy::Ref)?, self.reg_as(*comparand, LTy::Ref)?);
                    self.b.helper1(h::RhpInterlockedCasRef, &[a, v, c])
                } else {
                    let (new, ty) = self.atomic_operand(k, *value)?;
                    let (expected, _) = self.atomic_operand(k, *comparand)?;
                    let v = self.b.op(lir::Inst::AtomicCas { ty, addr: a, expected, new }, ty);
                    self.atomic_result(k, v)
                };
                self.set_reg(r, v)
            }
            other => Err(unexpected(other)),
        }
    }

    /// Floats are exchanged as integers of their size.
    pub(super) fn atomic_operand(&mut self, k: Kind, v: mir::ValueId) -> Result<(ValueId, LTy), LowerError> {
        let ty = match k {
            Kind::F32 => LTy::I32,
            Kind::F64 => LTy::I64,
            k => k.mem(),
        };
        let v = self.reg_as(v, k.reg())?;
        Ok((self.b.coerce(v, ty), ty))
    }

    pub(super) fn atomic_result(&mut self, k: Kind, v: ValueId) -> ValueId {
        match k {
            Kind::F32 | Kind::F64 => self.b.coerce(v, k.reg()),
            k => self.cx.widen(k, v),
        }
    }

    pub(super) fn atomic(
        &mut self,
        r: Option<mir::ValueId>,
        op: AtomicOp,
        ty: MemTy,
        addr: mir::ValueId,
        value: mir::ValueId,
    ) -> Result<(), LowerError> {
        let a = self.address(addr)?;
        self.cx.guard(a);
        let k = kind(ty).ok_or_else(|| LowerError::Unsupported("atomic of a struct".to_owned()))?;
        if k == Kind::Ref {
            let v = self.reg_as(value, LTy::Ref)?;
            let v = self.b.helper1(h::RhpInterlockedExchangeRef, &[a, v]);
            return self.set_reg(r, v);
        }
        let (value, ty) = self.atomic_operand(k, value)?;
        let v = self.b.op(lir::Inst::AtomicRmw { op, ty, addr: a, value }, ty);
        let v = self.atomic_result(k, v);
        self.set_reg(r, v)
    }
}
