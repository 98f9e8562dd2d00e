//! MIR instructions: types, operations, terminators.

use crate::function::{BlockId, RegionId, SlotId, ValueId};
use kiln_simd::{IsaSet, Op};
use kiln_typesys::{FieldDesc, MethodDesc, MethodSig, Prim, TypeClass, TypeDesc, TypeSystem};
use std::sync::Arc;

/// Type of an evaluation-stack value (I.12.3.2.1), float width kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ty {
    /// int32 (and smaller).
    I32,
    /// int64.
    I64,
    /// native int, unmanaged pointers, function pointers.
    NInt,
    /// float32.
    F32,
    /// float64.
    F64,
    /// Object reference; the static type when known (for exactness see `Inst::NewObj`).
    Ref(Option<TypeDesc>),
    /// Managed byref to a location of the type, when known.
    ByRef(Option<TypeDesc>),
    /// A value type that is not a primitive or enum (or an unknown `!T` when importing open code).
    Value(TypeDesc),
}

impl Ty {
    /// The type that the content of a location has on the evaluation stack (III.1.1.1).
    #[must_use]
    pub fn of(ts: &TypeSystem, t: TypeDesc) -> Self {
        match ts.type_class(t) {
            TypeClass::Prim(p) => match p {
                Prim::I8 | Prim::U8 => Ty::I64,
                Prim::R4 => Ty::F32,
                Prim::R8 => Ty::F64,
                Prim::I | Prim::U => Ty::NInt,
                _ => Ty::I32,
            },
            TypeClass::Ref => Ty::Ref(Some(t)),
            TypeClass::ByRef => Ty::ByRef(ts.element_type(t)),
            TypeClass::Ptr => Ty::NInt,
            TypeClass::Struct | TypeClass::Unknown => Ty::Value(t),
        }
    }

    /// Whether values of the types are handled alike: numbers of one size, references, byrefs, or structs.
    #[must_use]
    pub fn is_kind_of(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }
}

/// What a memory access reads or writes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are the CLI's element types")]
pub enum MemTy {
    I8,
    U8,
    I16,
    U16,
    I32,
    I64,
    NInt,
    F32,
    F64,
    /// Object reference.
    Ref,
    /// Managed byref (in by-ref-like structs).
    ByRef,
    /// A value type copied whole.
    Struct(TypeDesc),
}

/// Two-operand operations (III.1.5). `Shr*`: second operand I32/NInt.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are the instructions")]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    Div,
    DivUn,
    Rem,
    RemUn,
    And,
    Or,
    Xor,
    Shl,
    Shr,
    ShrUn,
    AddOvf,
    AddOvfUn,
    SubOvf,
    SubOvfUn,
    MulOvf,
    MulOvfUn,
}

/// One-operand operations.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are the instructions")]
pub enum UnOp {
    Neg,
    Not,
    CkFinite,
}

/// Comparisons; for floats the `Un` forms are true when unordered, the others false, `Ne` = unordered or different, `Eq` ordered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are the instructions")]
pub enum CompareOp {
    Eq,
    Ne,
    Lt,
    LtUn,
    Le,
    LeUn,
    Gt,
    GtUn,
    Ge,
    GeUn,
}

/// Target of a conversion (III.3.27); the result's stack type is I32, I64, NInt, F32 or F64.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are the CLI's element types")]
pub enum ConvTo {
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
    NInt,
    NUInt,
    F32,
    F64,
    /** `conv.r.un`: unsigned integer to float64. */
    FUn,
}

/// What a conversion does with a value that its target cannot hold (III.3.27 to III.3.29).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ConvRange {
    /// `conv.*`: the upper bits go; a float outside of the target's range gives its nearest number.
    Unchecked,
    /// `conv.ovf.*`: OverflowException.
    Checked,
    /// `conv.ovf.*.un`: OverflowException; the operand, if an integer, is unsigned.
    CheckedUn,
}

/// Operations that stand for a call of a class-library method with no useful IL body.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum IntrinsicOp {
    /// `Math.Sqrt` etc.: one float argument, result of the same type.
    Sqrt,
    /** floor */
    Floor,
    /** ceil */
    Ceil,
    /** trunc */
    Trunc,
    /** round half to even */
    Round,
    /** abs */
    Abs,
    /** (x, y) */
    CopySign,
    /** (x, y, z) */
    Fma,
    /** libm */
    Pow,
    /** libm */
    Exp,
    /** libm */
    Log,
    /** libm */
    Log2,
    /** libm */
    Log10,
    /** libm */
    Sin,
    /** libm */
    Cos,
    /** libm */
    Tan,
    /// `BitOperations`: I32/I64 in; result I32 (PopCount, LeadingZeroCount, TrailingZeroCount) or the same type (ReverseEndianness).
    PopCount,
    /** lzcnt */
    Lzcnt,
    /** tzcnt */
    Tzcnt,
    /** bswap */
    Bswap,
    /// Full fence.
    MemoryBarrier,
    /// Bit casts between int and float of the same size (`BitConverter.*Bits*`): result type in `values`.
    BitCast,
    /// `RuntimeHelpers.GetHashCode`-like natives are calls, not intrinsics. This one keeps a reference alive: no code.
    KeepAlive,
}

/// A MIR instruction.
#[allow(missing_docs, reason = "fields are described in the variants' texts")]
#[derive(Clone, PartialEq, Debug)]
pub enum Inst {
    /// int32 constant.
    ConstI32(i32),
    /// int64 constant.
    ConstI64(i64),
    /// native int constant.
    ConstNInt(i64),
    /// float32 constant by bits.
    ConstF32(u32),
    /// float64 constant by bits.
    ConstF64(u64),
    /// `ldnull`.
    Null,
    /// `ldstr`.
    String(Arc<[u16]>),
    /// Zero of a type (`default(T)`), any stack type.
    Default(TypeDesc),
    /// `ldtoken` of a type: the handle value is a native int pointing to the MethodTable (result `Ty::Value(RuntimeTypeHandle)` or folded forms below).
    TypeHandle(TypeDesc),
    /// `typeof(T)`: the RuntimeType object (ldtoken + GetTypeFromHandle).
    TypeOf(TypeDesc),
    /// `ldtoken` of a field.
    FieldHandle(FieldDesc),
    /// `ldtoken` of a method.
    MethodHandle(MethodDesc),
    /// `ldftn`: native int, plain signature.
    FnAddr(MethodDesc),
    /// `constrained. T ldftn` of a static virtual method that could not be resolved while importing.
    FnAddrConstrained { ty: TypeDesc, method: MethodDesc },
    /// Address of the data of a field with an RVA (`has_rva`): native int, read-only data that does not move.
    RvaData(FieldDesc),
    /// `ldvirtftn`.
    VirtFnAddr { obj: ValueId, method: MethodDesc },
    /// `sizeof` when it is not a constant here (layout unknown in open code only).
    SizeOf(TypeDesc),
    /// Two-operand arithmetic (operands agree after the importer's implicit conversions; byref arithmetic: left ByRef, right NInt; ByRef - ByRef = NInt).
    Bin(BinOp, ValueId, ValueId),
    /// One-operand arithmetic.
    Un(UnOp, ValueId),
    /// Comparison: I32 0/1. Operands agree; references compare by identity.
    Compare(CompareOp, ValueId, ValueId),
    /// Conversion.
    Conv { to: ConvTo, range: ConvRange, value: ValueId },
    /// Class-library operation with an instruction of its own.
    Intrinsic(IntrinsicOp, Vec<ValueId>),
    /// An operation of the processor. `needs`: what it must have of that which the program is not compiled for; then `method` is the class
    /// library's method that the operation stands for, which throws on other processors.
    Vector { op: Op, needs: IsaSet, method: Option<MethodDesc>, args: Vec<ValueId> },
    /// Whether the processor has all of these: I32 0/1.
    CpuHas(IsaSet),
    /// Reads a slot (widened to its stack type).
    LoadSlot(SlotId),
    /// Writes a slot (narrowed to its type).
    StoreSlot(SlotId, ValueId),
    /// Address of a slot: ByRef.
    SlotAddr(SlotId),
    /// Reads memory. `addr`: ByRef or NInt. Null check on it when `addr` may be null is lower's business (faults of raw pointers are not checked).
    Load { ty: MemTy, addr: ValueId, volatile: bool, unaligned: bool },
    /// Writes memory; references get a barrier in lower.
    Store { ty: MemTy, addr: ValueId, value: ValueId, volatile: bool, unaligned: bool },
    /// Zeroes a location of the type (`initobj`).
    InitObj { ty: TypeDesc, addr: ValueId },
    /// `cpobj`/`ldobj+stobj`.
    CopyObj { ty: TypeDesc, dst: ValueId, src: ValueId },
    /// `cpblk`: bytes without references.
    CopyBlock { dst: ValueId, src: ValueId, size: ValueId },
    /// `initblk`.
    InitBlock { addr: ValueId, value: ValueId, size: ValueId },
    /// `localloc`.
    LocAlloc(ValueId),
    /// `ldfld` through an object reference, byref or pointer (null-checked), or out of a struct value (`obj` is `Ty::Value`).
    LoadField { obj: ValueId, field: FieldDesc, volatile: bool },
    /// `stfld` through an object reference, byref or pointer.
    StoreField { obj: ValueId, field: FieldDesc, value: ValueId, volatile: bool },
    /// `ldflda`: ByRef (or NInt when `obj` is a NInt).
    FieldAddr { obj: ValueId, field: FieldDesc },
    /// `ldsfld` (class constructor check in lower).
    LoadStatic { field: FieldDesc, volatile: bool },
    /// `stsfld`.
    StoreStatic { field: FieldDesc, value: ValueId, volatile: bool },
    /// `ldsflda`.
    StaticAddr(FieldDesc),
    /// Runs the class constructor of the type if it has not run (precise types: at method entry).
    EnsureClassInit(TypeDesc),
    /// `ldlen`: NInt.
    ArrayLen(ValueId),
    /// `ldelem` of a vector with element type. `index` I32 or NInt.
    LoadElem { ty: TypeDesc, array: ValueId, index: ValueId },
    /// `stelem`; covariance check for reference elements unless provably unneeded.
    StoreElem { ty: TypeDesc, array: ValueId, index: ValueId, value: ValueId },
    /// Covariance check of a store of a reference into an array (vector or general) that is done by address: ArrayTypeMismatch.
    CheckArrayStore { array: ValueId, value: ValueId },
    /// `ldelema`; `readonly` skips the exact type check.
    ElemAddr { ty: TypeDesc, array: ValueId, index: ValueId, readonly: bool },
    /// Byref to the first element of a vector without bounds check (`MemoryMarshal.GetArrayDataReference`); null-checked.
    ArrayDataAddr(ValueId),
    /// Address of an element of a multi-dimensional array (array type, indices I32): ByRef. Get/Set/Address all become this plus Load/Store.
    MdElemAddr { array_ty: TypeDesc, array: ValueId, indices: Vec<ValueId>, readonly: bool },
    /// `newarr`: element type, length (I32 or NInt).
    NewArr { elem: TypeDesc, len: ValueId },
    /// New multi-dimensional array: lengths (I32), optional lower bounds.
    NewMdArr { array_ty: TypeDesc, lengths: Vec<ValueId>, lower_bounds: Vec<ValueId> },
    /// A new, zeroed object of a class: what is left of `newobj` when the call of the constructor is inlined.
    Allocate(TypeDesc),
    /// `newobj` of a class (allocate, then call the constructor). Delegates have `NewDelegate`, value types are slots + Call, strings are calls of `Ctor`.
    NewObj { ctor: MethodDesc, args: Vec<ValueId> },
    /// `newobj` of a delegate over `ldftn`/`ldvirtftn`: `target` object (or null value) and what it calls.
    NewDelegate { delegate: TypeDesc, target: ValueId, method: MethodDesc, virt: bool },
    /// `newobj` of a delegate from an unknown function pointer.
    NewDelegateIndirect { delegate: TypeDesc, target: ValueId, ptr: ValueId },
    /// `box` (Nullable handled in lower/runtime).
    Box { ty: TypeDesc, value: ValueId },
    /// `unbox`: byref to the value inside.
    Unbox { ty: TypeDesc, obj: ValueId },
    /// `unbox.any`.
    UnboxAny { ty: TypeDesc, obj: ValueId },
    /// `isinst`.
    IsInst { ty: TypeDesc, obj: ValueId },
    /// `castclass`.
    CastClass { ty: TypeDesc, obj: ValueId },
    /// `tail.`: if the call that follows is the last of its block and the method returns what it returns, the caller's frame goes first.
    TailPrefix,
    /// A call of a known method, no dispatch (`call`, or devirtualised). `args` include `this`. `null_check`: this must not be null (callvirt of a non-virtual method).
    Call { method: MethodDesc, args: Vec<ValueId>, null_check: bool },
    /// Virtual or interface dispatch on `args[0]`, an object reference.
    CallVirt { method: MethodDesc, args: Vec<ValueId> },
    /// `constrained. T callvirt/call M` that could not be resolved while importing (shared code over runtime-determined `ty`): `args[0]` is a ByRef to a `ty`
    /// (absent for static virtual methods).
    CallConstrained { ty: TypeDesc, method: MethodDesc, args: Vec<ValueId> },
    /// `calli`.
    CallIndirect { sig: Arc<MethodSig>, ptr: ValueId, args: Vec<ValueId> },
    /// Throws NullReferenceException when null.
    NullCheck(ValueId),
    /// Atomic operations on int/native-int memory (`Interlocked`): result is the old value.
    AtomicXchg { ty: MemTy, addr: ValueId, value: ValueId },
    /// Atomic add; old value.
    AtomicAdd { ty: MemTy, addr: ValueId, value: ValueId },
    /// Atomic and; old value.
    AtomicAnd { ty: MemTy, addr: ValueId, value: ValueId },
    /// Atomic or; old value.
    AtomicOr { ty: MemTy, addr: ValueId, value: ValueId },
    /// Atomic compare-exchange; old value. `ty` may be Ref.
    AtomicCas { ty: MemTy, addr: ValueId, value: ValueId, comparand: ValueId },
    /// Object whose class `EqualityComparer<T>.Default` is (`equality`) or `Comparer<T>.Default` is, for T (allocated, stateless).
    NewDefaultComparer { ty: TypeDesc, equality: bool },
    /// Reinterprets a value as another stack type without code (Unsafe.As on references and byrefs, ByRef ↔ ByRef of another type).
    Reinterpret(ValueId),
    /// Reads `Ty::Value` bits from another struct type of the same size or scalar (Unsafe.BitCast, Unsafe.As<TFrom,TTo> on values).
    BitCastValue { to: TypeDesc, value: ValueId },
}

/// How a block ends.
#[allow(missing_docs, reason = "fields are described in the variants' texts")]
#[derive(Clone, PartialEq, Debug)]
pub enum Term {
    /// Jump inside the same regions.
    Jump(BlockId, Vec<ValueId>),
    /// Branch on I32/NInt/I64/reference being non-zero.
    Branch { cond: ValueId, then_to: (BlockId, Vec<ValueId>), else_to: (BlockId, Vec<ValueId>) },
    /// `switch`: case i → targets[i]; else default.
    Switch { value: ValueId, targets: Vec<(BlockId, Vec<ValueId>)>, default: (BlockId, Vec<ValueId>) },
    /// `ret`.
    Return(Option<ValueId>),
    /// `leave`: out of one or more regions, finally blocks in between run. The stack is empty.
    Leave(BlockId),
    /// `endfinally`/`endfault` of the region.
    EndFinally(RegionId),
    /// `endfilter`.
    EndFilter(RegionId, ValueId),
    /// `throw`.
    Throw(ValueId),
    /// `rethrow` of the exception that the enclosing handler of this region caught.
    Rethrow(RegionId),
    /// The rest of the block could not be compiled: throws (kind of `abi::helpers::throw_kind`, text).
    ThrowHelper(i32, String),
    /// Never reached.
    Unreachable,
}
