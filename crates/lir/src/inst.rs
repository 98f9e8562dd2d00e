//! LIR instructions and terminators. All values are scalars; structs live in stack slots or on the heap.

use crate::function::{BlockId, ScopeId, SlotId, ValueId};
use crate::sym::Sym;
use kiln_simd::{IsaSet, Lane, Op, Shape};

/// The type of a LIR value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum LTy {
    /// No value.
    Void,
    /// 1-bit condition (result of compares and overflow flags; never in memory or in signatures).
    I1,
    /// 8-bit integer (memory and small casts only; signatures use I32).
    I8,
    /// 16-bit integer.
    I16,
    /// 32-bit integer.
    I32,
    /// 64-bit integer, native int, native pointer held as an integer.
    I64,
    /// IEEE single.
    F32,
    /// IEEE double.
    F64,
    /// Object reference or managed byref: `ptr addrspace(1)`, tracked by the collector.
    Ref,
    /// Raw pointer: stack slot, symbol, MethodTable, code. Not tracked.
    Ptr,
    /// 16 bytes of a vector register; what is in them is the operation's business.
    V128,
    /// 32 bytes (never in signatures: what a function gets them in depends on what it is compiled for).
    V256,
    /// 64 bytes (never in signatures).
    V512,
}

impl LTy {
    /// The type of an operand or result of an operation. Vectors of 8 bytes are integers.
    #[must_use]
    pub fn of(shape: Shape) -> Self {
        match (shape.bytes, shape.lane) {
            (Shape::NOTHING, _) => Self::Void,
            (Shape::SCALAR, Lane::F32) => Self::F32,
            (Shape::SCALAR, Lane::F64) => Self::F64,
            (Shape::SCALAR, Lane::I64 | Lane::U64) | (8, _) => Self::I64,
            (Shape::SCALAR, _) => Self::I32,
            (16, _) => Self::V128,
            (32, _) => Self::V256,
            _ => Self::V512,
        }
    }

    /// How many values of a list are passed as integers or addresses, and how many as floating-point values or vectors.
    #[must_use]
    pub fn register_kinds(types: impl Iterator<Item = LTy>) -> (usize, usize) {
        types.fold((0, 0), |(integers, floats), t| if t.is_float_register() { (integers, floats + 1) } else { (integers + 1, floats) })
    }

    /// Whether it is passed as floating-point values are.
    #[must_use]
    pub const fn is_float_register(self) -> bool {
        matches!(self, Self::F32 | Self::F64) || self.is_vector()
    }

    /// Whether it is a vector.
    #[must_use]
    pub const fn is_vector(self) -> bool {
        matches!(self, Self::V128 | Self::V256 | Self::V512)
    }
}

/// Two-operand arithmetic; operands and result share one type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are the operations")]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    SDiv,
    UDiv,
    SRem,
    URem,
    And,
    Or,
    Xor,
    Shl,
    LShr,
    AShr,
    FAdd,
    FSub,
    FMul,
    FDiv,
    FRem,
}

/// One-operand arithmetic.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are the operations")]
pub enum UnOp {
    Neg,
    Not,
    FNeg,
    Ctpop,
    Ctlz,
    Cttz,
    Bswap,
    BitReverse,
}

/// Floating-point functions with an LLVM intrinsic or libm symbol (the type is that of the operands).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are the operations")]
pub enum MathOp {
    Sqrt,
    Floor,
    Ceil,
    Trunc,
    RoundEven,
    Fabs,
    CopySign,
    Fma,
    Min,
    Max,
    Pow,
    Exp,
    Log,
    Log2,
    Log10,
    Sin,
    Cos,
    Tan,
}

/// Integer comparison predicate.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are LLVM's predicates")]
pub enum IntCond {
    Eq,
    Ne,
    Slt,
    Sle,
    Sgt,
    Sge,
    Ult,
    Ule,
    Ugt,
    Uge,
}

/// Floating comparison predicate (`O` ordered, `U` unordered-or).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are LLVM's predicates")]
pub enum FloatCond {
    Oeq,
    One,
    Olt,
    Ole,
    Ogt,
    Oge,
    Ueq,
    Une,
    Ult,
    Ule,
    Ugt,
    Uge,
}

/// Scalar casts. Float→int conversions are saturating as .NET 9's are (NaN → 0).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are the operations")]
pub enum CastOp {
    Trunc,
    SExt,
    ZExt,
    FpExt,
    FpTrunc,
    SiToFp,
    UiToFp,
    FpToSiSat,
    FpToUiSat,
    Bitcast,
}

/// Atomic read-modify-write operations (sequentially consistent).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are the operations")]
pub enum AtomicOp {
    Xchg,
    Add,
    And,
    Or,
}

/// How memory is accessed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct MemFlags {
    /// `volatile.` prefix: acquire load / release store.
    pub volatile: bool,
    /// With `volatile`: the value changes once, by whoever needs it; nobody waits for it in a loop (class constructor states, lazy cells).
    pub once: bool,
    /// Address may be less aligned than the type's natural alignment: use this alignment in bytes (0 = natural).
    pub align: u8,
    /// The loaded value never changes once it is there (MethodTable pointer, array length, dictionary slot).
    pub invariant: bool,
}

/// Attributes of one call.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct CallFlags {
    /// The callee neither collects nor throws nor walks the stack (`"gc-leaf-function"`), no deopt, no unwind.
    pub leaf: bool,
    /// The callee never returns.
    pub noreturn: bool,
    /// Call of a C function (P/Invoke): integer returns below 32 bits are not extended by the callee.
    pub native: bool,
    /// A C function that returns a structure in several registers has more results than one: their types, `None` behind the last.
    pub more: [Option<LTy>; 3],
    /// The first argument is the address of a C function's result, which its convention passes in a register of its own.
    pub sret: bool,
    /// The callee is pure given its arguments and memory (may be removed when unused).
    pub readonly: bool,
    /// The function returns what this call returns, at once: its frame goes before the callee runs. The result has
    /// the function's own type; the parameters do as well, or those of both are all in registers: so this is a jump under every
    /// convention. No argument is an address in the frame. It is no GC point of the function, which is gone; the callee may collect and throw.
    pub tail: bool,
    /// Whose call it is: what stack traces tell of the frames that inlining removed.
    pub scope: ScopeId,
}

impl CallFlags {
    /// [`CallFlags::more`] of a list; what is beyond the third is dropped, as no convention has so many.
    pub fn more_of(types: impl Iterator<Item = LTy>) -> [Option<LTy>; 3] {
        let mut more = [None; 3];
        more.iter_mut().zip(types).for_each(|(place, ty)| *place = Some(ty));
        more
    }
}

/// What a call calls.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum CallTarget {
    /// A known function.
    Direct(Sym),
    /// A code pointer held in a `Ptr` or `I64` value.
    Indirect(ValueId),
}

/// A call. It is several times as large as any other instruction, so instructions hold it by address.
#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    /// What is called.
    pub target: CallTarget,
    /// Types of `args`.
    pub params: Vec<LTy>,
    /// Type of the (first) result.
    pub ret: LTy,
    /// Arguments.
    pub args: Vec<ValueId>,
    /// Attributes.
    pub flags: CallFlags,
    /// Landing pad, inside a protected region.
    pub unwind: Option<BlockId>,
}

/// A clause of a landing pad, innermost first.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Clause {
    /// Catches objects whose type derives from this (`Sym::NecessaryType`), known at compile time.
    Catch(Sym),
    /// Runs this filter function in the first phase.
    Filter(Sym),
    /// A finally or fault block runs here in the second phase.
    Cleanup,
}

/// A LIR instruction. The result value(s) are in `BlockData::insts`.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs, reason = "operands have the names of what they are; each variant says the rest")]
pub enum Inst {
    /// Integer constant of the given type (I1…I64; `Ptr`/`Ref` null when 0).
    IConst(LTy, i64),
    /// Single constant, by bits.
    F32Const(u32),
    /// Double constant, by bits.
    F64Const(u64),
    /// Address of a symbol plus a byte offset: `Ptr`.
    SymAddr(Sym, i64),
    /// A frozen object (string literal, type object): `Ref`. The object is never moved.
    FrozenRef(Sym),
    /// Address of a thread-local runtime variable at a byte offset in the thread block (`abi::thread`): `Ptr`.
    ThreadAddr(u32),
    /// Address of a stack slot plus an offset: `Ptr`.
    SlotAddr(SlotId, u32),
    /// `Ptr` → `Ref` (byref to unmanaged or stack memory).
    PtrToRef(ValueId),
    /// `Ptr` ↔ `I64`.
    PtrToInt(ValueId),
    /// `I64` → `Ptr`.
    IntToPtr(ValueId),
    /// `I64` → `Ref`.
    IntToRef(ValueId),
    /// `Ref` → `I64`, opaque to the optimiser.
    RefToInt(ValueId),
    /// Loads a scalar from `base + offset` (`base`: `Ref`, `Ptr` or `I64`).
    Load { ty: LTy, base: ValueId, offset: i32, flags: MemFlags },
    /// Stores a scalar to `base + offset`. No write barrier is implied.
    Store { ty: LTy, base: ValueId, offset: i32, value: ValueId, flags: MemFlags },
    /// `base + index*scale + offset`; keeps the kind of `base` (`Ref`, `Ptr` or `I64`). `index` is I64.
    Addr { base: ValueId, index: Option<ValueId>, scale: u32, offset: i32 },
    /// Two-operand arithmetic.
    Bin(BinOp, LTy, ValueId, ValueId),
    /// Overflow-checked arithmetic (Add, Sub, Mul; signed or not); two results: the value and an `I1` overflow flag.
    BinOverflow { op: BinOp, signed: bool, ty: LTy, a: ValueId, b: ValueId },
    /// One-operand arithmetic.
    Un(UnOp, LTy, ValueId),
    /// Floating-point function.
    Math(MathOp, LTy, Vec<ValueId>),
    /// An operation on vectors, or of an instruction set.
    Vector(Op, Vec<ValueId>),
    /// Whether the processor that runs the program has all of these: `I1`.
    CpuHas(IsaSet),
    /// Integer compare (also `Ref`, `Ptr`): `I1`.
    ICmp(IntCond, LTy, ValueId, ValueId),
    /// Float compare: `I1`.
    FCmp(FloatCond, LTy, ValueId, ValueId),
    /// `cond ? a : b`.
    Select(LTy, ValueId, ValueId, ValueId),
    /// Cast from the operand's type to `to`.
    Cast { op: CastOp, from: LTy, to: LTy, value: ValueId },
    /// A call.
    Call(Box<Call>),
    /// Copies `size` bytes that hold no references (`dst`, `src`: `Ref`, `Ptr` or `I64`); regions may overlap.
    MemMove { dst: ValueId, src: ValueId, size: ValueId },
    /// Fills `size` bytes.
    MemSet { dst: ValueId, byte: ValueId, size: ValueId },
    /// Sets `size` bytes at `slot + offset` to zero (with references or not).
    ZeroSlot { slot: SlotId, offset: u32, size: u32 },
    /// Allocates `size` bytes on the stack, 16-aligned (`localloc`): `Ptr`. Zeroed when `zero`.
    StackAlloc { size: ValueId, zero: bool },
    /// Atomic read-modify-write on integers: old value.
    AtomicRmw { op: AtomicOp, ty: LTy, addr: ValueId, value: ValueId },
    /// Atomic compare-exchange on integers: old value.
    AtomicCas { ty: LTy, addr: ValueId, expected: ValueId, new: ValueId },
    /// Full memory barrier.
    Fence,
}

/// What an instruction is, without its operands: what the lines of the text form begin with. Two-operand, checked and one-operand
/// arithmetic begin with their operation instead.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are those of `Inst`; `Const` is all constants")]
pub enum InstKind {
    Const,
    SymAddr,
    FrozenRef,
    ThreadAddr,
    SlotAddr,
    PtrToRef,
    PtrToInt,
    IntToPtr,
    IntToRef,
    RefToInt,
    Load,
    Store,
    Addr,
    Bin,
    BinOverflow,
    Un,
    Math,
    Vector,
    CpuHas,
    ICmp,
    FCmp,
    Select,
    Cast,
    Call,
    MemMove,
    MemSet,
    ZeroSlot,
    StackAlloc,
    AtomicRmw,
    AtomicCas,
    Fence,
}

impl Inst {
    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> InstKind {
        match self {
            Self::IConst(..) | Self::F32Const(_) | Self::F64Const(_) => InstKind::Const,
            Self::SymAddr(..) => InstKind::SymAddr,
            Self::FrozenRef(_) => InstKind::FrozenRef,
            Self::ThreadAddr(_) => InstKind::ThreadAddr,
            Self::SlotAddr(..) => InstKind::SlotAddr,
            Self::PtrToRef(_) => InstKind::PtrToRef,
            Self::PtrToInt(_) => InstKind::PtrToInt,
            Self::IntToPtr(_) => InstKind::IntToPtr,
            Self::IntToRef(_) => InstKind::IntToRef,
            Self::RefToInt(_) => InstKind::RefToInt,
            Self::Load { .. } => InstKind::Load,
            Self::Store { .. } => InstKind::Store,
            Self::Addr { .. } => InstKind::Addr,
            Self::Bin(..) => InstKind::Bin,
            Self::BinOverflow { .. } => InstKind::BinOverflow,
            Self::Un(..) => InstKind::Un,
            Self::Math(..) => InstKind::Math,
            Self::Vector(..) => InstKind::Vector,
            Self::CpuHas(_) => InstKind::CpuHas,
            Self::ICmp(..) => InstKind::ICmp,
            Self::FCmp(..) => InstKind::FCmp,
            Self::Select(..) => InstKind::Select,
            Self::Cast { .. } => InstKind::Cast,
            Self::Call { .. } => InstKind::Call,
            Self::MemMove { .. } => InstKind::MemMove,
            Self::MemSet { .. } => InstKind::MemSet,
            Self::ZeroSlot { .. } => InstKind::ZeroSlot,
            Self::StackAlloc { .. } => InstKind::StackAlloc,
            Self::AtomicRmw { .. } => InstKind::AtomicRmw,
            Self::AtomicCas { .. } => InstKind::AtomicCas,
            Self::Fence => InstKind::Fence,
        }
    }
}

/// How a block ends.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs, reason = "operands have the names of what they are; each variant says the rest")]
pub enum Term {
    /// Unconditional jump with block arguments.
    Jump(BlockId, Vec<ValueId>),
    /// Conditional jump on an `I1`; `likely`: Some(true) when the first target is the hot one.
    Branch { cond: ValueId, then_to: (BlockId, Vec<ValueId>), else_to: (BlockId, Vec<ValueId>), likely: Option<bool> },
    /// Multi-way jump on an I32/I64 without arguments.
    Switch { value: ValueId, cases: Vec<(i64, BlockId)>, default: BlockId },
    /// Return.
    Return(Option<ValueId>),
    /// Control never gets here (after a noreturn call).
    Unreachable,
}
