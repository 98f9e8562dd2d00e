//! The processor: registers, the frames of the stack, and every function that cannot be written in Rust.
//!
//! Rust built with panic=abort gives its functions unwind tables but no landing pads, so an exception may pass them; it may not
//! start in one (the raise must come from a frame whose registers the unwinder can restore) or stop in one. Hence the assembly.
//!
//! A module of an architecture (`arch/x64.rs`) provides:
//!
//! * `frame_pointer() -> usize`: frame pointer of the function that it is inlined into (`#[inline(always)]`).
//! * `unsafe fn caller(fp: usize) -> Caller`: the frame that called the one with this frame pointer. Where the distance between a
//!   frame pointer and the caller's stack pointer is not fixed, `Caller::sp` is any address of the callee's frame: it is compared with
//!   addresses of records in frames, and added to slots of `SlotBase::Sp`, of which the compiler then emits none.
//! * `FRAME_REGISTER: i32`, `STACK_REGISTER: i32`, `CALLEE_SAVED: &[i32]`: DWARF numbers of the frame pointer, the stack pointer and the registers
//!   that calls preserve, for the unwinder.
//! * `unsafe fn call_from(fault, ip, sp, function)`: makes an interrupted thread go on in a function as if it had been called.
//! * `instruction_sets() -> u64`: what the processor has of `kiln_abi::processor::InstructionSet`.
//! * `prefetch(address)`: asks for a cache line.
//! * In tests, `valgrind(request: &[usize; 6]) -> usize`: Valgrind's client request, 0 without Valgrind.
//! * `macro_rules! throw_stub`: one of the stubs of [`for_each_throw_stub`]: a frame with a frame pointer, a call of
//!   `prepare(first argument, second argument, frame pointer)` that makes the exception record, a call of `raise(record)`, and, when
//!   that comes back, of `eh::unhandled(its result)`.
//! * `unsafe extern "C" fn call_filter(object, frame, function, forged_fp) -> i32`: calls `function(object, frame)`, a filter, below the
//!   unwinder's frames, which have no frame pointers. The frame record it leaves for the stack walk is (`forged_fp`, its own return
//!   address), so that the walk goes on at the thrower. An exception that arrives (personality `eh::lsda::shim_personality`, whose data
//!   area is the pad, 32 bits, self-relative) means 0, after `eh::drop_exception`.
//! * `unsafe extern "C" fn try_call(function, a, b, c, exception) -> usize`: calls `function(a, b, c)`, compiled code. On an exception
//!   (the same personality) the result is 0, and what `eh::RhpBeginCatch` gives is stored to `*exception` (by a leaf, so nothing can
//!   collect in between).
//! * `RhpNewObject`, `RhpNewArray`: from the thread's buffer when there is room and the type has no finalizer; else they go on in
//!   `alloc::new_object` and `alloc::new_array`, which may always be done.
//! * `RhpAssignRef`, `RhpCheckedAssignRef`: `*slot = value`, then what `Cards::record_store` does, over the numbers in `barrier::BARRIER`.
//! * What the class library asks of this processor alone (`X86Base.CpuId`).
//!
//! Offsets come in as `const` operands and functions as `sym` operands: no bare numbers of records, no link names.
//!
//! The thread block is found by `kiln_pal::tls`, because that is a matter of the system as much as of the processor.

use crate::eh::unwinder::{_Unwind_RaiseException, _Unwind_Resume};

/// The frame that called another one.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    /// Return address into its function.
    pub ip: usize,
    /// Its stack pointer at the call.
    pub sp: usize,
    /// Its frame pointer.
    pub fp: usize,
}

/// The functions that throw: name, parameters, what makes the record, and how the record is raised. A stub does not return, but is not
/// declared so: the Rust frames that call it are left by unwinding.
macro_rules! for_each_throw_stub {
    ($stub:ident) => {
        $stub! {
            /// `throw`.
            #[unsafe(no_mangle)]
            RhpThrowEx(exception: Obj) prepare_throw _Unwind_RaiseException;
            /// `rethrow`.
            #[unsafe(no_mangle)]
            RhpRethrow(exception: Obj) prepare_rethrow _Unwind_RaiseException;
            /// End of a finally. The handler was found when the exception was raised: the second phase goes on, and filters are not asked again.
            #[unsafe(no_mangle)]
            RhpResume() prepare_resume _Unwind_Resume;
            /// NullReferenceException.
            #[unsafe(no_mangle)]
            RhpThrowNullReference() prepare_null_reference _Unwind_RaiseException;
            /// IndexOutOfRangeException.
            #[unsafe(no_mangle)]
            RhpThrowIndexOutOfRange() prepare_index_out_of_range _Unwind_RaiseException;
            /// OverflowException.
            #[unsafe(no_mangle)]
            RhpThrowOverflow() prepare_overflow _Unwind_RaiseException;
            /// DivideByZeroException.
            #[unsafe(no_mangle)]
            RhpThrowDivideByZero() prepare_divide_by_zero _Unwind_RaiseException;
            /// ArithmeticException.
            #[unsafe(no_mangle)]
            RhpThrowArithmetic() prepare_arithmetic _Unwind_RaiseException;
            /// An exception of a kind with a text, or null.
            #[unsafe(no_mangle)]
            RhpThrowHelper(kind: i32, text: *const core::ffi::c_char) prepare_helper _Unwind_RaiseException;
            /// NullReferenceException of an access without check, as if called by the caller of the function that made it (`faults`).
            throw_fault() prepare_fault _Unwind_RaiseException;
            /// An exception of a kind with a message, a string or null: for the runtime.
            throw_new(kind: i32, message: Obj) prepare_kind _Unwind_RaiseException;
        }
    };
}

#[cfg(target_arch = "x86_64")]
mod x64;
#[cfg(target_arch = "x86_64")]
pub use x64::*;

#[cfg(target_arch = "aarch64")]
mod arm64;
#[cfg(target_arch = "aarch64")]
pub use arm64::*;

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
compile_error!("kiln-rt: this architecture's module is missing");
