//! The rules of single instructions and terminators.

use super::dominance::At;
use super::rule::Rule;
use super::{Broken, Verifier, broken};
use crate::function::{BlockId, StackSlot, ValueId};
use crate::inst::{BinOp, Call, CallFlags, CallTarget, CastOp, Clause, Inst, LTy, MathOp, MemFlags, Term, UnOp};
use crate::sym::Sym;
use kiln_simd::{Op, Param};

/// Bits of an integer type.
const fn bits(t: LTy) -> Option<u32> {
    match t {
        LTy::I1 => Some(1),
        LTy::I8 => Some(8),
        LTy::I16 => Some(16),
        LTy::I32 => Some(32),
        LTy::I64 => Some(64),
        LTy::Void | LTy::F32 | LTy::F64 | LTy::Ref | LTy::Ptr | LTy::V128 | LTy::V256 | LTy::V512 => None,
    }
}

const fn is_float(t: LTy) -> bool {
    matches!(t, LTy::F32 | LTy::F64)
}

/// Bytes in memory.
pub(super) const fn size(t: LTy) -> Option<u32> {
    match t {
        LTy::I8 => Some(1),
        LTy::I16 => Some(2),
        LTy::I32 | LTy::F32 => Some(4),
        LTy::I64 | LTy::F64 | LTy::Ref | LTy::Ptr => Some(8),
        LTy::V128 => Some(16),
        LTy::V256 => Some(32),
        LTy::V512 => Some(64),
        LTy::I1 | LTy::Void => None,
    }
}

fn integer(t: LTy, what: &str) -> Result<(), Broken> {
    if bits(t).is_some() { Ok(()) } else { broken(Rule::IntegerOperation, format!("{what} on {}", t.word())) }
}

fn float(t: LTy, what: &str) -> Result<(), Broken> {
    if is_float(t) { Ok(()) } else { broken(Rule::FloatOperation, format!("{what} on {}", t.word())) }
}

fn in_memory(t: LTy) -> Result<(), Broken> {
    if size(t).is_some() { Ok(()) } else { broken(Rule::MemoryType, format!("{} in memory", t.word())) }
}

fn access(t: LTy, flags: MemFlags) -> Result<(), Broken> {
    in_memory(t)?;
    let align = flags.align;
    if align == 0 || align.is_power_of_two() { Ok(()) } else { broken(Rule::AccessAlignment, format!("align {align}")) }
}

fn in_signature(t: LTy) -> Result<(), Broken> {
    match t {
        LTy::I32 | LTy::I64 | LTy::F32 | LTy::F64 | LTy::Ref | LTy::Ptr | LTy::V128 => Ok(()),
        LTy::Void | LTy::I1 | LTy::I8 | LTy::I16 | LTy::V256 | LTy::V512 => {
            broken(Rule::SignatureType, format!("{} in a signature", t.word()))
        }
    }
}

const fn math_arguments(op: MathOp) -> usize {
    match op {
        MathOp::Fma => 3,
        MathOp::CopySign | MathOp::Min | MathOp::Max | MathOp::Pow => 2,
        MathOp::Sqrt
        | MathOp::Floor
        | MathOp::Ceil
        | MathOp::Trunc
        | MathOp::RoundEven
        | MathOp::Fabs
        | MathOp::Exp
        | MathOp::Log
        | MathOp::Log2
        | MathOp::Log10
        | MathOp::Sin
        | MathOp::Cos
        | MathOp::Tan => 1,
    }
}

/// Whether a cast can go between the types; to the same type it is a copy.
fn can_cast(op: CastOp, from: LTy, to: LTy) -> bool {
    let (a, b) = (bits(from), bits(to));
    match op {
        CastOp::Trunc => a.is_some() && b.is_some() && b <= a,
        CastOp::SExt | CastOp::ZExt => a.is_some() && b.is_some() && a <= b,
        CastOp::FpExt => is_float(from) && is_float(to) && from <= to,
        CastOp::FpTrunc => is_float(from) && is_float(to) && to <= from,
        CastOp::SiToFp | CastOp::UiToFp => a.is_some() && is_float(to),
        CastOp::FpToSiSat | CastOp::FpToUiSat => is_float(from) && b.is_some(),
        CastOp::Bitcast => {
            let pairs = [(LTy::I32, LTy::F32), (LTy::I64, LTy::F64), (LTy::I64, LTy::Ptr)];
            from == to || pairs.iter().any(|p| *p == (from, to) || *p == (to, from))
        }
    }
}

impl Verifier<'_> {
    pub(super) fn inst(&self, inst: &Inst, at: At) -> Result<(), Broken> {
        match inst {
            Inst::IConst(..) | Inst::F32Const(_) | Inst::F64Const(_) | Inst::ThreadAddr(_) | Inst::Fence | Inst::CpuHas(_) => {
                constant(inst)
            }
            Inst::Vector(op, args) => self.vector(*op, args, at),
            Inst::SymAddr(sym, _) | Inst::FrozenRef(sym) => self.symbol(sym),
            Inst::SlotAddr(..) | Inst::ZeroSlot { .. } => self.slot_access(inst),
            Inst::PtrToRef(v) | Inst::PtrToInt(v) => self.want(*v, LTy::Ptr, at),
            Inst::IntToPtr(v) | Inst::IntToRef(v) => self.want(*v, LTy::I64, at),
            Inst::RefToInt(v) => self.want(*v, LTy::Ref, at),
            Inst::Load { ty, base, flags, .. } => {
                access(*ty, *flags)?;
                self.address(*base, at)
            }
            Inst::Store { ty, base, value, flags, .. } => {
                access(*ty, *flags)?;
                self.address(*base, at)?;
                self.want(*value, *ty, at)
            }
            Inst::Addr { base, index, .. } => {
                self.address(*base, at)?;
                index.map_or(Ok(()), |i| self.want(i, LTy::I64, at))
            }
            Inst::Call(call) => {
                let Call { target, params, ret, args, flags, unwind } = &**call;
                self.call_target(target, at)?;
                self.arguments(params, args, at)?;
                if flags.sret && (!flags.native || params.first() != Some(&LTy::Ptr)) {
                    return broken(Rule::ResultAddress, format!("call of {target:?}"));
                }
                self.call_result(target, params, *ret, *flags, *unwind)
            }
            Inst::MemMove { dst, src, size } => {
                self.address(*dst, at)?;
                self.address(*src, at)?;
                self.want(*size, LTy::I64, at)
            }
            Inst::MemSet { dst, byte, size } => {
                self.address(*dst, at)?;
                self.want(*byte, LTy::I8, at)?;
                self.want(*size, LTy::I64, at)
            }
            Inst::StackAlloc { size, .. } => self.want(*size, LTy::I64, at),
            Inst::AtomicRmw { ty, addr, value, .. } => {
                in_memory(*ty)?;
                integer(*ty, "an atomic operation")?;
                self.address(*addr, at)?;
                self.want(*value, *ty, at)
            }
            Inst::AtomicCas { ty, addr, expected, new } => {
                in_memory(*ty)?;
                integer(*ty, "an atomic operation")?;
                self.address(*addr, at)?;
                self.want(*expected, *ty, at)?;
                self.want(*new, *ty, at)
            }
            Inst::Bin(..)
            | Inst::BinOverflow { .. }
            | Inst::Un(..)
            | Inst::Math(..)
            | Inst::ICmp(..)
            | Inst::FCmp(..)
            | Inst::Select(..)
            | Inst::Cast { .. } => self.scalar(inst, at),
        }
    }

    fn vector(&self, op: Op, args: &[ValueId], at: At) -> Result<(), Broken> {
        if op.params().is_some_and(|n| n != args.len()) {
            return broken(Rule::VectorOperands, format!("{} of {}", op.word(), args.len()));
        }
        args.iter().enumerate().try_for_each(|(index, &v)| match op.param(index) {
            Param::Value(shape) => self.want(v, LTy::of(shape), at),
            Param::Address => self.address(v, at),
            Param::Any => self.used(v, at).map(|_| ()),
        })
    }

    /// Arithmetic, comparisons, casts.
    fn scalar(&self, inst: &Inst, at: At) -> Result<(), Broken> {
        match inst {
            Inst::Bin(op, t, a, b) => {
                match op {
                    BinOp::FAdd | BinOp::FSub | BinOp::FMul | BinOp::FDiv | BinOp::FRem => float(*t, op.word())?,
                    _ => integer(*t, op.word())?,
                }
                self.want(*a, *t, at)?;
                self.want(*b, *t, at)
            }
            Inst::BinOverflow { op, ty, a, b, .. } => {
                if !matches!(op, BinOp::Add | BinOp::Sub | BinOp::Mul) {
                    return broken(Rule::CheckedOperation, op.word().to_owned());
                }
                integer(*ty, op.word())?;
                self.want(*a, *ty, at)?;
                self.want(*b, *ty, at)
            }
            Inst::Un(op, t, v) => {
                if *op == UnOp::FNeg { float(*t, op.word()) } else { integer(*t, op.word()) }?;
                self.want(*v, *t, at)
            }
            Inst::Math(op, t, args) => {
                float(*t, op.word())?;
                if args.len() != math_arguments(*op) {
                    return broken(Rule::MathArguments, format!("{} of {}", op.word(), args.len()));
                }
                args.iter().try_for_each(|v| self.want(*v, *t, at))
            }
            Inst::ICmp(cond, t, a, b) => {
                if !matches!(t, LTy::Ref | LTy::Ptr) {
                    integer(*t, cond.word())?;
                }
                self.want(*a, *t, at)?;
                self.want(*b, *t, at)
            }
            Inst::FCmp(cond, t, a, b) => {
                float(*t, cond.word())?;
                self.want(*a, *t, at)?;
                self.want(*b, *t, at)
            }
            Inst::Select(t, c, a, b) => {
                if *t == LTy::Void {
                    return broken(Rule::ValueType, "a choice between nothing".to_owned());
                }
                self.want(*c, LTy::I1, at)?;
                self.want(*a, *t, at)?;
                self.want(*b, *t, at)
            }
            Inst::Cast { op, from, to, value } => {
                if !can_cast(*op, *from, *to) {
                    return broken(Rule::CastTypes, format!("{} from {} to {}", op.word(), from.word(), to.word()));
                }
                self.want(*value, *from, at)
            }
            _ => Ok(()),
        }
    }

    fn slot_access(&self, inst: &Inst) -> Result<(), Broken> {
        let (slot, end) = match inst {
            Inst::SlotAddr(slot, offset) => (*slot, u64::from(*offset)),
            Inst::ZeroSlot { slot, offset, size } => (*slot, u64::from(*offset) + u64::from(*size)),
            _ => return Ok(()),
        };
        let fits = |s: &StackSlot| match inst {
            Inst::SlotAddr(..) => end < u64::from(s.size.max(1)),
            _ => end <= u64::from(s.size),
        };
        if self.f.slots.get(slot.index()).is_some_and(fits) { Ok(()) } else { broken(Rule::SlotRange, format!("{slot} up to {end}")) }
    }

    fn call_target(&self, target: &CallTarget, at: At) -> Result<(), Broken> {
        match target {
            CallTarget::Direct(sym) => self.symbol(sym),
            CallTarget::Indirect(v) => match self.used(*v, at)? {
                LTy::Ptr | LTy::I64 => Ok(()),
                t => broken(Rule::CallThrough, format!("call through {}", t.word())),
            },
        }
    }

    fn arguments(&self, params: &[LTy], args: &[ValueId], at: At) -> Result<(), Broken> {
        if params.len() != args.len() {
            return broken(Rule::ArgumentCount, format!("{} arguments for {} parameters", args.len(), params.len()));
        }
        for (a, t) in args.iter().zip(params) {
            in_signature(*t)?;
            self.want(*a, *t, at)?;
        }
        Ok(())
    }

    fn call_result(&self, target: &CallTarget, params: &[LTy], ret: LTy, flags: CallFlags, unwind: Option<BlockId>) -> Result<(), Broken> {
        if ret != LTy::Void {
            in_signature(ret)?;
        }
        let more = flags.more.iter().flatten().count();
        flags.more.iter().flatten().try_for_each(|t| in_signature(*t))?;
        if more > 0 && (!flags.native || ret == LTy::Void || flags.more[..more].contains(&None)) {
            return broken(Rule::MoreResults, format!("{} and {:?} of {target:?}", ret.word(), flags.more));
        }
        if flags.scope.index() > self.f.scopes.len() {
            return broken(Rule::Scope, format!("call of {target:?} in {}", flags.scope));
        }
        let differs = flags.leaf || flags.native || unwind.is_some() || ret != self.f.ret;
        // No target has more of either.
        let in_registers = |types: &mut dyn Iterator<Item = LTy>| matches!(LTy::register_kinds(types), (0..=8, 0..=8));
        let own = || self.f.params.iter().map(|p| p.1);
        let jumps = own().eq(params.iter().copied()) || (in_registers(&mut own()) && in_registers(&mut params.iter().copied()));
        if flags.tail && (differs || !jumps) {
            return broken(Rule::TailCall, format!("call of {target:?}"));
        }
        let Some(pad) = unwind else { return Ok(()) };
        if flags.leaf {
            return broken(Rule::LeafUnwind, format!("leaf unwinds to {pad}"));
        }
        match self.f.blocks.get(pad.index()) {
            Some(b) if b.landing_pad.is_some() => Ok(()),
            _ => broken(Rule::UnwindTarget, format!("{pad} is no landing pad")),
        }
    }

    pub(super) fn clause(&self, clause: &Clause) -> Result<(), Broken> {
        match clause {
            Clause::Catch(sym) | Clause::Filter(sym) => self.symbol(sym),
            Clause::Cleanup => Ok(()),
        }
    }

    fn symbol(&self, sym: &Sym) -> Result<(), Broken> {
        // Their link names are their own.
        let named = matches!(sym, Sym::Helper(_) | Sym::Native(..)) || self.names.contains(sym);
        if named { Ok(()) } else { broken(Rule::SymbolName, format!("{sym:?}")) }
    }

    fn edge(&self, to: BlockId, args: &[ValueId], at: At) -> Result<(), Broken> {
        let Some(b) = self.f.blocks.get(to.index()) else { return broken(Rule::JumpTarget, format!("{to} does not exist")) };
        if b.landing_pad.is_some() {
            return broken(Rule::JumpToPad, format!("jump to {to}"));
        }
        if b.params.len() != args.len() {
            return broken(Rule::JumpArguments, format!("{to} takes {}, {} given", b.params.len(), args.len()));
        }
        args.iter().zip(&b.params).try_for_each(|(a, p)| self.want(*a, p.1, at))
    }

    pub(super) fn term(&self, t: &Term, at: At) -> Result<(), Broken> {
        match t {
            Term::Jump(b, a) => self.edge(*b, a, at),
            Term::Branch { cond, then_to, else_to, .. } => {
                self.want(*cond, LTy::I1, at)?;
                self.edge(then_to.0, &then_to.1, at)?;
                self.edge(else_to.0, &else_to.1, at)
            }
            Term::Switch { value, cases, default } => {
                match self.used(*value, at)? {
                    LTy::I32 | LTy::I64 => {}
                    t => return broken(Rule::SwitchType, format!("switch on {}", t.word())),
                }
                cases.iter().try_for_each(|c| self.edge(c.1, &[], at))?;
                self.edge(*default, &[], at)
            }
            Term::Return(None) if self.f.ret == LTy::Void => Ok(()),
            Term::Return(Some(v)) if self.f.ret != LTy::Void => self.want(*v, self.f.ret, at),
            Term::Return(_) => broken(Rule::ReturnValue, format!("the function returns {}", self.f.ret.word())),
            Term::Unreachable => Ok(()),
        }
    }
}

fn constant(inst: &Inst) -> Result<(), Broken> {
    match inst {
        Inst::IConst(t @ (LTy::F32 | LTy::F64 | LTy::Void), _) => broken(Rule::ConstantType, format!("an integer of type {}", t.word())),
        _ => Ok(()),
    }
}
