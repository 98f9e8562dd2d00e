//! Uniform access to operands and successors, and what an instruction may do besides computing its result.

use crate::function::{BlockId, SlotId, ValueId};
use crate::inst::{BinOp, Inst, IntrinsicOp, Term};

impl Inst {
    /// Calls `f` on every operand.
    pub fn for_each_operand(&self, mut f: impl FnMut(ValueId)) {
        // Cloning is cheap beside a second copy of the match below, which could drift from it.
        self.clone().for_each_operand_mut(|v| f(*v));
    }

    /// Calls `f` on every operand, which it may replace.
    pub fn for_each_operand_mut(&mut self, mut f: impl FnMut(&mut ValueId)) {
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
            | I::LoadStatic { .. }
            | I::StaticAddr(_)
            | I::EnsureClassInit(_)
            | I::AllocObj(_)
            | I::NewDefaultComparer { .. } => {}
            I::VirtFnAddr { obj: v, .. }
            | I::Un(_, v)
            | I::Conv { value: v, .. }
            | I::StoreSlot(_, v)
            | I::Load { addr: v, .. }
            | I::InitObj { addr: v, .. }
            | I::LocAlloc(v)
            | I::LoadField { obj: v, .. }
            | I::FieldAddr { obj: v, .. }
            | I::StoreStatic { value: v, .. }
            | I::ArrayLen(v)
            | I::ArrayDataAddr(v)
            | I::NewArr { len: v, .. }
            | I::NewDelegate { target: v, .. }
            | I::Box { value: v, .. }
            | I::Unbox { obj: v, .. }
            | I::UnboxAny { obj: v, .. }
            | I::IsInst { obj: v, .. }
            | I::CastClass { obj: v, .. }
            | I::NullCheck(v)
            | I::Reinterpret(v)
            | I::BitCastValue { value: v, .. } => f(v),
            I::Bin(_, a, b)
            | I::Compare(_, a, b)
            | I::Store { addr: a, value: b, .. }
            | I::CopyObj { dst: a, src: b, .. }
            | I::StoreField { obj: a, value: b, .. }
            | I::LoadElem { array: a, index: b, .. }
            | I::ElemAddr { array: a, index: b, .. }
            | I::NewDelegateIndirect { target: a, ptr: b, .. }
            | I::CheckArrayStore { array: a, value: b }
            | I::AtomicXchg { addr: a, value: b, .. }
            | I::AtomicAdd { addr: a, value: b, .. }
            | I::AtomicAnd { addr: a, value: b, .. }
            | I::AtomicOr { addr: a, value: b, .. } => {
                f(a);
                f(b);
            }
            I::CopyBlock { dst: a, src: b, size: c }
            | I::InitBlock { addr: a, value: b, size: c }
            | I::StoreElem { array: a, index: b, value: c, .. }
            | I::AtomicCas { addr: a, value: b, comparand: c, .. } => {
                f(a);
                f(b);
                f(c);
            }
            I::Intrinsic(_, args)
            | I::NewObj { args, .. }
            | I::Call { args, .. }
            | I::CallVirt { args, .. }
            | I::CallConstrained { args, .. } => args.iter_mut().for_each(f),
            I::MdElemAddr { array, indices, .. } => {
                f(array);
                indices.iter_mut().for_each(f);
            }
            I::NewMdArr { lengths, lower_bounds, .. } => lengths.iter_mut().chain(lower_bounds).for_each(f),
            I::CallIndirect { ptr, args, .. } => {
                f(ptr);
                args.iter_mut().for_each(f);
            }
        }
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
            I::Conv { ovf, .. } => !ovf,
            I::Intrinsic(op, _) => !matches!(op, IntrinsicOp::MemoryBarrier | IntrinsicOp::KeepAlive),
            _ => false,
        }
    }
}

impl Term {
    /// Calls `f` on every operand, block arguments included.
    pub fn for_each_operand(&self, mut f: impl FnMut(ValueId)) {
        self.clone().for_each_operand_mut(|v| f(*v));
    }

    /// Calls `f` on every operand, which it may replace.
    pub fn for_each_operand_mut(&mut self, mut f: impl FnMut(&mut ValueId)) {
        match self {
            Term::Jump(_, args) => args.iter_mut().for_each(f),
            Term::Branch { cond, then_to, else_to } => {
                f(cond);
                then_to.1.iter_mut().chain(&mut else_to.1).for_each(f);
            }
            Term::Switch { value, targets, default } => {
                f(value);
                for t in targets {
                    t.1.iter_mut().for_each(&mut f);
                }
                default.1.iter_mut().for_each(f);
            }
            Term::Return(Some(v)) | Term::EndFilter(_, v) | Term::Throw(v) => f(v),
            Term::Return(None) | Term::Leave(_) | Term::EndFinally(_) | Term::Rethrow(_) | Term::ThrowHelper(..) | Term::Unreachable => {}
        }
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
}
