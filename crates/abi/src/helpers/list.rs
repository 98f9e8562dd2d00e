//! The list of helpers. Who needs something of each of them expands it with a macro of its own.

/// Calls `$each! { … }` with one line for each helper: `/// what it does` `Name(parameter: Kind, …) -> Kind, Effect;`.
///
/// Kinds are those of [`kind`](crate::helpers::kind), effects those of [`Effect`](crate::helpers::Effect).
#[macro_export]
macro_rules! for_each_helper {
    ($each:ident) => {
        $each! {
            /// Allocates an object of a fixed-size type, zeroed.
            RhpNewObject(mt: Table) -> Object, Gc;
            /// The same for a type with a finalizer: the result is known elsewhere, so stores to it count even when nobody here reads them.
            RhpNewFinalizable(mt: Table) -> Object, Gc;
            /// Allocates a vector; a negative length is an OverflowException.
            RhpNewArray(mt: Table, length: NativeInt) -> Object, Gc;
            /// Allocates a multi-dimensional array: `rank` lengths, and as many lower bounds or null.
            RhpNewMdArray(mt: Table, rank: Int32, lengths: Bounds, lower_bounds: Bounds) -> Object, Gc;
            /// Boxes a value; a Nullable<T> becomes null or a boxed T.
            RhpBox(mt: Table, value: ReadOnlyByRef) -> Object, Gc;
            /// Byref to the value in a box, whose type must be `mt` (or the enum over it, or the reverse). Throws InvalidCast, NullReference.
            RhpUnbox(mt: Table, object: Object) -> ByRef, Gc;
            /// unbox.any to a Nullable<T>: writes to a stack slot.
            RhpUnboxNullable(mt: Table, object: Object, to: Memory) -> Nothing, Gc;
            /// isinst: the object or null.
            RhpIsInstance(mt: Table, object: Object) -> Object, Leaf;
            /// castclass: the object, or throws.
            RhpCastClass(mt: Table, object: Object) -> Object, Gc;
            /// Covariance check of stelem.ref: throws ArrayTypeMismatch.
            RhpCheckArrayStore(array: Object, value: Object) -> Nothing, Gc;
            /// ldelema without `readonly.` on reference arrays: throws ArrayTypeMismatch.
            RhpCheckArrayElementType(array: Object, element: Table) -> Nothing, Gc;
            /// Stores a reference into the heap, with the write barrier.
            RhpAssignRef(slot: Slot, value: Object) -> Nothing, Leaf;
            /// Same when the slot may be on the stack or static.
            RhpCheckedAssignRef(slot: Slot, value: Object) -> Nothing, Leaf;
            /// Copies a value with references; both may be on the stack or in the heap.
            RhpCopyStruct(to: ByRef, from: ReadOnlyByRef, mt: Table) -> Nothing, Leaf;
            /// memmove of bytes that hold references (Buffer.BulkMove…).
            RhpBulkMoveWithBarrier(to: ByRef, from: ReadOnlyByRef, size: NativeInt) -> Nothing, Leaf;
            /// Interlocked.Exchange of a reference: gives the old one.
            RhpInterlockedExchangeRef(slot: Slot, value: Object) -> Object, Leaf;
            /// Interlocked.CompareExchange of a reference: gives the old one.
            RhpInterlockedCasRef(slot: Slot, value: Object, comparand: Object) -> Object, Leaf;
            /// Runs the class constructor of a statics block (once; recursion and failure per II.10.5.3.3).
            RhpRunClassConstructor(block: Statics) -> Nothing, Gc;
            /// This thread's block for a thread-statics descriptor.
            RhpThreadStaticBase(descriptor: ThreadStatics) -> Memory, Gc;
            /// Slow path of interface dispatch: the code. A null object throws.
            RhpResolveInterface(object: Object, cell: Cell) -> Address, Gc;
            /// Code of a generic virtual method (its handle) on an object. A null object throws.
            RhpResolveGenericVirtual(object: Object, method: GenericVirtual) -> Address, Gc;
            /// Type object (RuntimeType) of a MethodTable; never moves.
            RhpGetRuntimeType(mt: Table) -> Object, Gc;
            /// Throws the object (null → NullReferenceException).
            RhpThrowEx(exception: Object) -> Nothing, NoReturn;
            /// `rethrow`: throws again, keeping the trace.
            RhpRethrow(exception: Object) -> Nothing, NoReturn;
            /// NullReferenceException.
            RhpThrowNullReference() -> Nothing, NoReturn;
            /// IndexOutOfRangeException.
            RhpThrowIndexOutOfRange() -> Nothing, NoReturn;
            /// OverflowException.
            RhpThrowOverflow() -> Nothing, NoReturn;
            /// DivideByZeroException.
            RhpThrowDivideByZero() -> Nothing, NoReturn;
            /// ArithmeticException (ckfinite).
            RhpThrowArithmetic() -> Nothing, NoReturn;
            /// Throws for a body that could not be compiled: a `throw_kind` (or `exception_kind`).
            RhpThrowHelper(kind: Int32, text: Text) -> Nothing, NoReturn;
            /// Landing pad: does the current exception match this MethodTable?
            RhpMatchCatch(mt: Table) -> Int32, Leaf;
            /// Landing pad: did this filter function accept the current exception in this frame in phase 1?
            RhpMatchFilter(function: Address) -> Int32, Leaf;
            /// Landing pad: takes the current exception (pops it).
            RhpBeginCatch() -> Object, Leaf;
            /// End of a finally/fault entered by unwinding, or no clause matched: raise the current exception further.
            RhpResume() -> Nothing, NoReturn;
            /// Registers the record of a frame that has filters.
            RhpPushFilterFrame(record: Filters) -> Nothing, Leaf;
            /// Removes it.
            RhpPopFilterFrame(record: Filters) -> Nothing, Leaf;
            /// Fails loudly: a vtable slot or method that the analysis proved unreachable was reached.
            RhpUnreachable(name: Text) -> Nothing, NoReturn;
            /// Resolves a P/Invoke and keeps the code in the cell; throws DllNotFound, EntryPointNotFound.
            RhpResolvePInvoke(library: Text, entry: Text, cell: CodeCell) -> Address, Gc;
            /// In loops that wait for other threads: gives way if one wants to run.
            RhpPoll() -> Nothing, Gc;
            /// Before a C function runs. The thread is outside from here on.
            RhpPInvokeBegin(record: Outside) -> Nothing, Gc;
            /// After it.
            RhpPInvokeEnd() -> Nothing, Leaf;
            /// Native code calls a method. The thread is inside from here on.
            RhpCallbackBegin(record: Callback) -> Nothing, Leaf;
            /// The method has returned.
            RhpCallbackEnd(record: Callback) -> Nothing, Leaf;
            /// An exception would leave a callback: ends the program.
            RhpUnhandled(exception: Object) -> Nothing, NoReturn;
        }
    };
}
