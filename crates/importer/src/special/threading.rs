//! `Interlocked`, `Volatile` and barriers.

use super::{Done, Site, done};
use crate::build::{Importer, Prefix, Res};
use kiln_mir::{BinOp, ConvTo, Inst, IntrinsicOp, MemTy, Ty, ValueId};
use kiln_typesys::{TypeDesc, TypeKind};

/// How a location takes part in an atomic operation.
#[derive(Clone, Copy)]
struct Cell {
    mem: MemTy,
    /// Stack type the operation works on.
    work: Ty,
    /// Stack type of the location's own type.
    own: Ty,
}

impl Importer<'_> {
    /// A full fence.
    pub(super) fn barrier(&mut self) -> Res<Done> {
        self.eff(Inst::Intrinsic(IntrinsicOp::MemoryBarrier, Vec::new()));
        Ok(Some(None))
    }

    fn cell(&self, t: TypeDesc) -> Option<Cell> {
        let own = self.stack_ty(t);
        let mem = self.mem_ty(t);
        let (mem, work) = match mem {
            MemTy::F32 => (MemTy::I32, Ty::I32),
            MemTy::F64 => (MemTy::I64, Ty::I64),
            MemTy::Struct(_) | MemTy::ByRef => return None,
            m => (m, own),
        };
        Some(Cell { mem, work, own })
    }

    fn as_work(&mut self, c: Cell, v: ValueId) -> Res<ValueId> {
        if c.own != c.work { Ok(self.def(Inst::Intrinsic(IntrinsicOp::BitCast, vec![v]), c.work)) } else { self.coerce(v, c.own) }
    }

    fn as_own(&mut self, c: Cell, v: ValueId) -> ValueId {
        if c.own == c.work { v } else { self.def(Inst::Intrinsic(IntrinsicOp::BitCast, vec![v]), c.own) }
    }

    pub(super) fn interlocked(&mut self, s: &Site<'_>) -> Res<Done> {
        if matches!(s.name, "MemoryBarrier" | "ReadMemoryBarrier") {
            return self.barrier();
        }
        let (Some(&addr), Some(&pt)) = (s.args.first(), s.sig.params.first()) else { return Ok(None) };
        let TypeKind::ByRef(t) = self.ts.kind(pt) else { return Ok(None) };
        let Some(c) = self.cell(t) else { return Ok(None) };
        let int = matches!(c.own, Ty::I32 | Ty::I64 | Ty::NInt);
        let ty = c.mem;
        let r = match (s.name, &s.args[1..]) {
            ("Exchange" | "ExchangeObject", [v]) => {
                let value = self.as_work(c, *v)?;
                let old = self.def(Inst::AtomicXchg { ty, addr, value }, c.work);
                self.as_own(c, old)
            }
            ("CompareExchange" | "CompareExchangeObject", [v, k]) => {
                let value = self.as_work(c, *v)?;
                let comparand = self.as_work(c, *k)?;
                let old = self.def(Inst::AtomicCas { ty, addr, value, comparand }, c.work);
                self.as_own(c, old)
            }
            ("ExchangeAdd", [v]) if int => {
                let value = self.coerce(*v, c.own)?;
                self.def(Inst::AtomicAdd { ty, addr, value }, c.own)
            }
            ("Add", [v]) if int => {
                let value = self.coerce(*v, c.own)?;
                let old = self.def(Inst::AtomicAdd { ty, addr, value }, c.own);
                self.def(Inst::Bin(BinOp::Add, old, value), c.own)
            }
            ("Increment" | "Decrement", []) if int => {
                let value = self.i32(if s.name == "Increment" { 1 } else { -1 });
                let value = self.coerce(value, c.own)?;
                let old = self.def(Inst::AtomicAdd { ty, addr, value }, c.own);
                self.def(Inst::Bin(BinOp::Add, old, value), c.own)
            }
            ("And", [v]) if int => {
                let value = self.coerce(*v, c.own)?;
                self.def(Inst::AtomicAnd { ty, addr, value }, c.own)
            }
            ("Or", [v]) if int => {
                let value = self.coerce(*v, c.own)?;
                self.def(Inst::AtomicOr { ty, addr, value }, c.own)
            }
            ("Read", []) if c.own == Ty::I64 => {
                let value = self.conv_const_zero(c);
                self.def(Inst::AtomicCas { ty, addr, value, comparand: value }, c.own)
            }
            _ => return Ok(None),
        };
        // The static type of the location.
        let r = match c.own {
            Ty::Ref(_) => self.coerce(r, c.own)?,
            _ => r,
        };
        done(r)
    }

    fn conv_const_zero(&mut self, c: Cell) -> ValueId {
        let z = self.i32(0);
        self.conv(z, if c.own == Ty::I64 { ConvTo::I64 } else { ConvTo::NInt })
    }

    /// The type that the first parameter is a byref to.
    fn location(&self, s: &Site<'_>) -> Option<TypeDesc> {
        match self.ts.kind(*s.sig.params.first()?) {
            TypeKind::ByRef(t) => Some(t),
            _ => None,
        }
    }

    pub(super) fn volatile(&mut self, s: &Site<'_>) -> Res<Done> {
        let volatile = Prefix { volatile: true, ..Prefix::default() };
        match (s.name, s.args) {
            ("ReadBarrier" | "WriteBarrier", []) => self.barrier(),
            ("Read", [addr]) => {
                let Some(t) = self.location(s) else { return Ok(None) };
                if matches!(self.mem_ty(t), MemTy::Struct(_)) {
                    return Ok(None);
                }
                let v = self.load_mem(t, *addr, &volatile)?;
                done(v)
            }
            ("Write", [addr, v]) => {
                let Some(t) = self.location(s) else { return Ok(None) };
                let mem = self.mem_ty(t);
                if matches!(mem, MemTy::Struct(_)) {
                    return Ok(None);
                }
                self.store_mem(mem, *addr, *v, &volatile)?;
                Ok(Some(None))
            }
            _ => Ok(None),
        }
    }
}
