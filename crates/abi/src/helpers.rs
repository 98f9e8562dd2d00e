//! Runtime helpers called by compiled code: name, parameters, result, effects. Both sides expand this list.
//!
//! Types: `r` Ref, `p` Ptr, `i` I32, `l` I64, `v` void. Effects: `gc` may collect and throw (a statepoint), `leaf` neither,
//! `noreturn` = gc + never returns.

/// One helper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HelperSig {
    /// Link name.
    pub name: &'static str,
    /// Parameter letters.
    pub params: &'static str,
    /// Result letter.
    pub ret: char,
    /// "gc", "leaf" or "noreturn".
    pub effect: &'static str,
}

macro_rules! helpers {
    ($($(#[$doc:meta])* $name:ident($params:literal) -> $ret:literal $effect:ident;)*) => {
        /// All helpers.
        pub const HELPERS: &[HelperSig] = &[$(HelperSig { name: stringify!($name), params: $params, ret: $ret, effect: stringify!($effect) }),*];
        $( $(#[$doc])* #[allow(non_upper_case_globals, reason = "link names")] pub const $name: &str = stringify!($name); )*
    };
}

helpers! {
    /// Allocates an object of a fixed-size type (mt) with or without finalizer, zeroed.
    RhpNewObject("p") -> 'r' gc;
    /// The same for a type with a finalizer: the result is known elsewhere, so stores to it count even when nobody here reads them.
    RhpNewFinalizable("p") -> 'r' gc;
    /// Allocates a vector: (mt, length as native int; negative → OverflowException).
    RhpNewArray("pl") -> 'r' gc;
    /// Allocates a multi-dimensional array: (mt, rank, pointer to i32 lengths, pointer to i32 lower bounds or null).
    RhpNewMdArray("pipp") -> 'r' gc;
    /// Boxes: (mt, pointer to the value as Ref or stack byref); Nullable<T> handled (null or boxed T).
    RhpBox("pr") -> 'r' gc;
    /// Unboxes: checks type (enum/underlying compatible), returns byref to the value: (mt, obj). Throws InvalidCast / NullReference.
    RhpUnbox("pr") -> 'r' gc;
    /// unbox.any to Nullable<T>: (nullable mt, obj, destination Ptr to a stack slot).
    RhpUnboxNullable("prp") -> 'v' gc;
    /// isinst: (mt, obj) → obj or null.
    RhpIsInstance("pr") -> 'r' leaf;
    /// castclass: (mt, obj) → obj or throws.
    RhpCastClass("pr") -> 'r' gc;
    /// Covariance check of stelem.ref: (array, value) throws ArrayTypeMismatch.
    RhpCheckArrayStore("rr") -> 'v' gc;
    /// ldelema without `readonly.` on reference arrays: (array, element mt) throws ArrayTypeMismatch.
    RhpCheckArrayElementType("rp") -> 'v' gc;
    /// Stores a reference into the heap with write barrier: (slot, value).
    RhpAssignRef("rr") -> 'v' leaf;
    /// Same when the slot may be on the stack or static.
    RhpCheckedAssignRef("rr") -> 'v' leaf;
    /// Copies one value of type mt with references (barriers, may be stack or heap): (dst, src, mt).
    RhpCopyStruct("rrp") -> 'v' leaf;
    /// memmove of bytes that hold references (Buffer.BulkMove…): (dst, src, size).
    RhpBulkMoveWithBarrier("rrl") -> 'v' leaf;
    /// Interlocked.Exchange of a reference: (slot, value) → old.
    RhpInterlockedExchangeRef("rr") -> 'r' leaf;
    /// Interlocked.CompareExchange of a reference: (slot, value, comparand) → old.
    RhpInterlockedCasRef("rrr") -> 'r' leaf;
    /// Runs the class constructor of a statics block (once; recursion and failure per II.10.5.3.3).
    RhpRunClassConstructor("p") -> 'v' gc;
    /// This thread's block for a thread-statics descriptor.
    RhpThreadStaticBase("p") -> 'p' gc;
    /// Interface dispatch slow path: (obj, cell) → code. Null obj throws.
    RhpResolveInterface("rp") -> 'p' gc;
    /// ldvirtftn / delegate to interface method on obj uses the same.
    RhpResolveGenericVirtual("rp") -> 'p' gc;
    /// Type object (RuntimeType) of a MethodTable; never moves.
    RhpGetRuntimeType("p") -> 'r' gc;
    /// Throws the object (null → NullReferenceException).
    RhpThrowEx("r") -> 'v' noreturn;
    /// `rethrow`: throws again, keeping the trace.
    RhpRethrow("r") -> 'v' noreturn;
    /// NullReferenceException.
    RhpThrowNullReference("") -> 'v' noreturn;
    /// IndexOutOfRangeException.
    RhpThrowIndexOutOfRange("") -> 'v' noreturn;
    /// OverflowException.
    RhpThrowOverflow("") -> 'v' noreturn;
    /// DivideByZeroException.
    RhpThrowDivideByZero("") -> 'v' noreturn;
    /// ArithmeticException (ckfinite).
    RhpThrowArithmetic("") -> 'v' noreturn;
    /// InvalidProgram/TypeLoad/MissingMethod… for bodies that could not be compiled: kind (see `throw_kind`), NUL-terminated UTF-8 text.
    RhpThrowHelper("ip") -> 'v' noreturn;
    /// Landing pad: does the current exception match this MethodTable?
    RhpMatchCatch("p") -> 'i' leaf;
    /// Landing pad: did this filter function accept the current exception in this frame in phase 1?
    RhpMatchFilter("p") -> 'i' leaf;
    /// Landing pad: takes the current exception (pops it).
    RhpBeginCatch("") -> 'r' leaf;
    /// End of a finally/fault entered by unwinding, or no clause matched: raise the current exception further.
    RhpResume("") -> 'v' noreturn;
    /// Registers the frame record for filters: {next, frame struct pointer}.
    RhpPushFilterFrame("p") -> 'v' leaf;
    /// Removes it.
    RhpPopFilterFrame("p") -> 'v' leaf;
    /// Fails loudly: a vtable slot or method that the analysis proved unreachable was reached (name).
    RhpUnreachable("p") -> 'v' noreturn;
    /// Delegate over a virtual method etc. needs nothing else; checks for null target of closed instance delegates are inline.
    /// Resolves a P/Invoke lazily: (library name, entry name, NUL-terminated; cache slot) → code or throws DllNotFound/EntryPointNotFound.
    RhpResolvePInvoke("ppp") -> 'p' gc;
    /// In loops that wait for other threads: gives way if one wants to run.
    RhpPoll("") -> 'v' gc;
    /// Before a C function runs: (NativeCall record). The thread is outside from here on.
    RhpPInvokeBegin("p") -> 'v' gc;
    /// After it.
    RhpPInvokeEnd("") -> 'v' leaf;
    /// Native code calls a method: (CallbackFrame record). The thread is inside from here on.
    RhpCallbackBegin("p") -> 'v' leaf;
    /// The method has returned: (CallbackFrame record).
    RhpCallbackEnd("p") -> 'v' leaf;
    /// An exception would leave a callback: ends the program.
    RhpUnhandled("r") -> 'v' noreturn;
}

/// `RhpThrowHelper` kinds.
pub mod throw_kind {
    /// TypeLoadException.
    pub const TYPE_LOAD: i32 = 1;
    /// MissingMethodException.
    pub const MISSING_METHOD: i32 = 2;
    /// MissingFieldException.
    pub const MISSING_FIELD: i32 = 3;
    /// FileNotFoundException (assembly).
    pub const FILE_NOT_FOUND: i32 = 4;
    /// InvalidProgramException.
    pub const INVALID_PROGRAM: i32 = 5;
    /// PlatformNotSupportedException.
    pub const PLATFORM_NOT_SUPPORTED: i32 = 6;
    /// AmbiguousImplementationException.
    pub const AMBIGUOUS_IMPLEMENTATION: i32 = 7;
    /// NotSupportedException.
    pub const NOT_SUPPORTED: i32 = 8;
    /// EntryPointNotFoundException (interface method missing on the receiver).
    pub const ENTRY_POINT_NOT_FOUND: i32 = 9;
}

/// Finds a helper's signature.
#[must_use]
pub fn find(name: &str) -> Option<&'static HelperSig> {
    HELPERS.iter().find(|h| h.name == name)
}
