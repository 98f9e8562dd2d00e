//! `System.Exception`'s natives and messages that CoreCLR keeps in native resources.

use kiln_rt::mt::Obj;

use crate::qcall::StringHandle;
use crate::text;

#[unsafe(export_name = "Kiln.Natives::ListenToExceptions(System.Int32,System.Void*):System.Void")]
unsafe extern "C" fn listen(what: i32, function: *const u8) {
    // SAFETY: a function of the overlay that takes an exception.
    unsafe { kiln_rt::eh::report::listen(what, function) }
}

/// Preallocated exceptions of the runtime that must not be changed: Kiln has none.
#[unsafe(export_name = "System.Exception::IsImmutableAgileException(System.Exception):System.Boolean")]
extern "C" fn is_immutable(_exception: Obj) -> i32 {
    0
}

#[unsafe(export_name = "System.Exception::PrepareForForeignExceptionRaise():System.Void")]
extern "C" fn prepare_for_foreign_raise() {
    // SAFETY: this thread's block; the next throw reads the field.
    unsafe { (*kiln_rt::thread::current()).foreign_raise = 1 }
}

/// The trace as `ExceptionDispatchInfo` keeps it.
#[unsafe(export_name = "System.Exception::GetFrozenStackTrace(System.Exception):System.Object")]
unsafe extern "C" fn frozen_stack_trace(exception: Obj) -> Obj {
    // SAFETY: a fixed field of an exception.
    unsafe { exception.add(kiln_abi::managed::EXCEPTION_STACK_TRACE).cast::<Obj>().read() }
}

#[unsafe(export_name = "System.Exception::GetExceptionCount():System.UInt32")]
extern "C" fn exception_count() -> u32 {
    0
}

/// `ExceptionMessageKind`: 1 ThreadAbort, 2 ThreadInterrupted, 3 OutOfMemory.
#[unsafe(no_mangle)]
unsafe extern "C" fn ExceptionNative_GetMessageFromNativeResources(kind: i32, result: StringHandle) {
    let message: &[u8] = match kind {
        1 => b"Thread was being aborted.",
        2 => b"Thread was interrupted from a waiting state.",
        _ => b"Insufficient memory to continue the execution of the program.",
    };
    // SAFETY: a stack slot of the caller.
    unsafe { result.set(text::string_from_utf8(message)) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn GetTypeLoadExceptionMessage(_resource: i32, result: StringHandle) {
    // SAFETY: a stack slot of the caller.
    unsafe { result.set(text::string_from_utf8(b"Could not load type '{0}' from assembly '{1}'.")) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn GetFileLoadExceptionMessage(_code: i32, result: StringHandle) {
    // SAFETY: a stack slot of the caller.
    unsafe { result.set(text::string_from_utf8(b"Could not load file or assembly '{0}'. {1}")) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn FileLoadException_GetMessageForHR(_code: i32, result: StringHandle) {
    // SAFETY: a stack slot of the caller.
    unsafe { result.set(text::string_from_utf8(b"The system cannot find the file specified.")) }
}

#[unsafe(export_name = "System.Runtime.InteropServices.Marshal::GetExceptionPointers():System.IntPtr")]
extern "C" fn exception_pointers() -> usize {
    0
}

#[unsafe(export_name = "System.Runtime.InteropServices.Marshal::GetExceptionCode():System.Int32")]
extern "C" fn exception_code() -> i32 {
    0
}
