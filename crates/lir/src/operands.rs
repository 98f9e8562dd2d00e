//! Which values an instruction or the end of a block uses, in the order in which they stand in the text form.

use crate::function::ValueId;
use crate::inst::{Call, CallTarget, Inst, Term};

impl Inst {
    /// Calls `f` for every operand.
    pub fn each_operand(&self, mut f: impl FnMut(ValueId)) {
        match self {
            Self::IConst(..)
            | Self::F32Const(_)
            | Self::F64Const(_)
            | Self::SymAddr(..)
            | Self::FrozenRef(_)
            | Self::ThreadAddr(_)
            | Self::SlotAddr(..)
            | Self::CpuHas(_)
            | Self::ZeroSlot { .. }
            | Self::Fence => {}
            Self::PtrToRef(a)
            | Self::PtrToInt(a)
            | Self::IntToPtr(a)
            | Self::IntToRef(a)
            | Self::RefToInt(a)
            | Self::Load { base: a, .. }
            | Self::Un(_, _, a)
            | Self::Cast { value: a, .. }
            | Self::StackAlloc { size: a, .. } => f(*a),
            Self::Store { base: a, value: b, .. }
            | Self::Bin(_, _, a, b)
            | Self::BinOverflow { a, b, .. }
            | Self::ICmp(_, _, a, b)
            | Self::FCmp(_, _, a, b)
            | Self::AtomicRmw { addr: a, value: b, .. } => [a, b].into_iter().for_each(|v| f(*v)),
            Self::Select(_, a, b, c)
            | Self::MemMove { dst: a, src: b, size: c }
            | Self::MemSet { dst: a, byte: b, size: c }
            | Self::AtomicCas { addr: a, expected: b, new: c, .. } => [a, b, c].into_iter().for_each(|v| f(*v)),
            Self::Addr { base, index, .. } => std::iter::once(base).chain(index).for_each(|v| f(*v)),
            Self::Math(_, _, args) | Self::Vector(_, args) => args.iter().for_each(|v| f(*v)),
            Self::Call(call) => {
                let Call { target, args, .. } = &**call;
                if let CallTarget::Indirect(code) = target {
                    f(*code);
                }
                args.iter().for_each(|v| f(*v));
            }
        }
    }
}

impl Term {
    /// Calls `f` for every operand, block arguments included.
    pub fn each_operand(&self, mut f: impl FnMut(ValueId)) {
        match self {
            Self::Jump(_, args) => args.iter().for_each(|v| f(*v)),
            Self::Branch { cond, then_to, else_to, .. } => {
                f(*cond);
                then_to.1.iter().chain(&else_to.1).for_each(|v| f(*v));
            }
            Self::Switch { value, .. } => f(*value),
            Self::Return(value) => value.iter().for_each(|v| f(*v)),
            Self::Unreachable => {}
        }
    }
}
