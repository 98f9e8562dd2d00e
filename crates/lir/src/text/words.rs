//! The words of the text form: one table per enumeration serves printer and parser.

use crate::inst::{AtomicOp, BinOp, CastOp, FloatCond, InstKind, IntCond, LTy, MathOp, UnOp};
use crate::sym::SymKind;

macro_rules! words {
    ($($ty:ident { $($variant:ident $word:literal),* $(,)? })*) => {$(
        impl $ty {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word in the text form.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// The one with this word.
            #[must_use]
            pub fn find(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    )*};
}

words! {
    LTy {
        Void "void", I1 "i1", I8 "i8", I16 "i16", I32 "i32", I64 "i64", F32 "f32", F64 "f64", Ref "ref", Ptr "ptr",
        V128 "v128", V256 "v256", V512 "v512",
    }
    BinOp {
        Add "add", Sub "sub", Mul "mul", SDiv "sdiv", UDiv "udiv", SRem "srem", URem "urem", And "and", Or "or", Xor "xor", Shl "shl",
        LShr "lshr", AShr "ashr", FAdd "fadd", FSub "fsub", FMul "fmul", FDiv "fdiv", FRem "frem",
    }
    UnOp {
        Neg "neg", Not "not", FNeg "fneg", Ctpop "ctpop", Ctlz "ctlz", Cttz "cttz", Bswap "bswap", BitReverse "bitreverse",
    }
    MathOp {
        Sqrt "sqrt", Floor "floor", Ceil "ceil", Trunc "trunc", RoundEven "roundeven", Fabs "fabs", CopySign "copysign", Fma "fma",
        Min "min", Max "max", Pow "pow", Exp "exp", Log "log", Log2 "log2", Log10 "log10", Sin "sin", Cos "cos", Tan "tan",
    }
    IntCond {
        Eq "eq", Ne "ne", Slt "slt", Sle "sle", Sgt "sgt", Sge "sge", Ult "ult", Ule "ule", Ugt "ugt", Uge "uge",
    }
    FloatCond {
        Oeq "oeq", One "one", Olt "olt", Ole "ole", Ogt "ogt", Oge "oge", Ueq "ueq", Une "une", Ult "ult", Ule "ule", Ugt "ugt", Uge "uge",
    }
    CastOp {
        Trunc "trunc", SExt "sext", ZExt "zext", FpExt "fpext", FpTrunc "fptrunc", SiToFp "sitofp", UiToFp "uitofp",
        FpToSiSat "fptosi_sat", FpToUiSat "fptoui_sat", Bitcast "bitcast",
    }
    AtomicOp {
        Xchg "xchg", Add "add", And "and", Or "or",
    }
    InstKind {
        Const "const", SymAddr "addr", FrozenRef "frozen", ThreadAddr "thread", SlotAddr "slot", PtrToRef "ptr_to_ref",
        PtrToInt "ptr_to_int", IntToPtr "int_to_ptr", IntToRef "int_to_ref", RefToInt "ref_to_int", Load "load", Store "store",
        Addr "lea", Bin "binary", BinOverflow "checked", Un "unary", Math "math", Vector "vector", CpuHas "cpu_has", ICmp "icmp", FCmp "fcmp", Select "select", Cast "cast",
        Call "call", MemMove "memmove", MemSet "memset", ZeroSlot "zero", StackAlloc "stack_alloc", AtomicRmw "atomic", AtomicCas "cas",
        Fence "fence",
    }
    SymKind {
        Method "method", MethodEntry "method_entry", UnboxingStub "unboxing_stub", ConstructedType "constructed_type",
        NecessaryType "necessary_type", Statics "statics", ThreadStatics "thread_statics", StringLiteral "string_literal",
        DispatchCell "dispatch_cell", MethodDictionary "method_dictionary", DictSlotOffset "dict_slot_offset", GvmHandle "gvm_handle",
        FieldHandle "field_handle", MethodHandle "method_handle", NativeForm "native_form", FieldRva "field_rva", DelegateShuffle "delegate_shuffle",
        DelegateMulticast "delegate_multicast", VirtualCall "virtual_call", UnmanagedEntry "unmanaged_entry", DelegateEntry "delegate_entry",
        DelegateNative "delegate_native", Invoker "invoker", DelegateObjects "delegate_objects", ProxyMethod "proxy_method", Filter "filter", Version "version", Helper "helper", Native "native", ThrowStub "throw_stub",
        ProgramStub "program_stub", CString "c_string", PInvokeCell "pinvoke_cell",
    }
}
