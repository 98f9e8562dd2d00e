//! Uniform access to operands (by the list in `text::insts`) and successors, and what an instruction may do besides computing its result.

use crate::function::{BlockId, SlotId, ValueId};
use crate::inst::{BinOp, ConvRange, Inst, IntrinsicOp, Term};
use crate::text::Part;

impl Inst {
    /// Calls `f` on every operand.
    pub fn for_each_operand(&self, mut f: impl FnMut(ValueId)) {
        self.operands(&mut f);
    }

    /// Calls `f` on every operand, which it may replace.
    pub fn for_each_operand_mut(&mut self, mut f: impl FnMut(&mut ValueId)) {
        self.operands_mut(&mut f);
    }

    /// The slot that is read, written or whose address is taken.
    #[must_use]
    pub fn slot(&self) -> Option<SlotId> {
        match self {
            Inst::LoadSlot(s) | Inst::StoreSlot(s, _) | Inst::SlotAddr(s) => Some(*s),
            _ => None,
        }
    }

    /// Whether the instruction only computes its result: without a use of the result it can go. (Allocations count as pure here.)
    #[must_use]
    pub fn is_removable(&self) -> bool {
        use Inst as I;
        match self {
            I::ConstI32(_)
            | I::ConstI64(_)
            | I::ConstNInt(_)
            | I::ConstF32(_)
            | I::ConstF64(_)
            | I::Null
            | I::String(_)
            | I::Default(_)
            | I::TypeHandle(_)
            | I::TypeOf(_)
            | I::FieldHandle(_)
            | I::MethodHandle(_)
            | I::FnAddr(_)
            | I::FnAddrConstrained { .. }
            | I::RvaData(_)
            | I::SizeOf(_)
            | I::LoadSlot(_)
            | I::SlotAddr(_)
            | I::Compare(..)
            | I::Box { .. }
            | I::IsInst { .. }
            | I::Reinterpret(_)
            | I::BitCastValue { .. } => true,
            I::Bin(op, ..) => !matches!(
                op,
                BinOp::Div
                    | BinOp::DivUn
                    | BinOp::Rem
                    | BinOp::RemUn
                    | BinOp::AddOvf
                    | BinOp::AddOvfUn
                    | BinOp::SubOvf
                    | BinOp::SubOvfUn
                    | BinOp::MulOvf
                    | BinOp::MulOvfUn
            ),
            I::Un(op, _) => *op != crate::UnOp::CkFinite,
            I::Conv { range, .. } => *range == ConvRange::Unchecked,
            I::CpuHas(_) => true,
            I::Vector { op, needs, .. } => needs.is_empty() && !op.has_effect(),
            I::Intrinsic(op, _) => !matches!(op, IntrinsicOp::MemoryBarrier | IntrinsicOp::KeepAlive),
            _ => false,
        }
    }
}

impl Term {
    /// Calls `f` on every operand, block arguments included.
    pub fn for_each_operand(&self, mut f: impl FnMut(ValueId)) {
        self.operands(&mut f);
    }

    /// Calls `f` on every operand, which it may replace.
    pub fn for_each_operand_mut(&mut self, mut f: impl FnMut(&mut ValueId)) {
        self.operands_mut(&mut f);
    }

    /// Calls `f` on every successor and the arguments that go there (`leave`: none). Handlers are not successors.
    pub fn for_each_successor(&self, mut f: impl FnMut(BlockId, &[ValueId])) {
        match self {
            Term::Jump(b, args) => f(*b, args),
            Term::Branch { then_to, else_to, .. } => {
                f(then_to.0, &then_to.1);
                f(else_to.0, &else_to.1);
            }
            Term::Switch { targets, default, .. } => {
                for t in targets {
                    f(t.0, &t.1);
                }
                f(default.0, &default.1);
            }
            Term::Leave(b) => f(*b, &[]),
            _ => {}
        }
    }

    /// Calls `f` on every successor, which it may replace.
    pub fn for_each_successor_mut(&mut self, mut f: impl FnMut(&mut BlockId)) {
        match self {
            Term::Jump(to, _) | Term::Leave(to) => f(to),
            Term::Branch { then_to, else_to, .. } => {
                f(&mut then_to.0);
                f(&mut else_to.0);
            }
            Term::Switch { targets, default, .. } => {
                for t in targets {
                    f(&mut t.0);
                }
                f(&mut default.0);
            }
            _ => {}
        }
    }
}
