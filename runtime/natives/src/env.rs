//! `System.Environment`: exit, processors, clock, environment variables; `Marshal`'s last P/Invoke error.

use crate::rt::{ObjectHandle, tls};
use crate::text::{self, Text};

unsafe extern "C" {
    /// Runs the process-exit handlers and ends the process.
    fn kiln_exit(code: i32);
    /// What the process returns when Main returns nothing.
    static mut kiln_exit_code: i32;
    /// End of the environment block.
    static mut environ: *mut *mut u8;
}

#[unsafe(export_name = "System.Environment::get_ExitCode():System.Int32")]
extern "C" fn get_exit_code() -> i32 {
    // SAFETY: a plain word.
    unsafe { (&raw const kiln_exit_code).read() }
}

#[unsafe(export_name = "System.Environment::set_ExitCode(System.Int32):System.Void")]
extern "C" fn set_exit_code(code: i32) {
    // SAFETY: a plain word.
    unsafe { (&raw mut kiln_exit_code).write(code) }
}

#[unsafe(no_mangle)]
extern "C" fn Environment_Exit(code: i32) {
    // SAFETY: ends the process.
    unsafe { kiln_exit(code) }
}

fn write_error(bytes: &[u8]) {
    // SAFETY: a plain write of our own bytes; nobody is told when it fails.
    unsafe {
        libc::write(2, bytes.as_ptr().cast(), bytes.len());
    }
}

/// `Environment.FailFast(message, exception, detail)`.
#[unsafe(no_mangle)]
unsafe extern "C" fn Environment_FailFast(_mark: *mut i32, message: *const u16, exception: ObjectHandle, detail: *const u16) {
    let mut out = Text::new();
    out.put(b"Process terminated. ");
    // SAFETY: NUL-terminated strings of the caller.
    unsafe {
        out.put_utf16(text::wide(message));
        out.put(b"\n");
        if !detail.is_null() {
            out.put_utf16(text::wide(detail));
            out.put(b"\n");
        }
        if !exception.0.is_null() && !exception.get().is_null() {
            let name = crate::rt::mt_of(exception.get());
            crate::names::write(&mut out, name, crate::names::Kind::Display);
            let message = exception.get().add(kiln_abi::object::EXCEPTION_MESSAGE).cast::<crate::rt::Obj>().read();
            out.put(b": ");
            out.put_utf16(text::units(message));
            out.put(b"\n");
        }
        write_error(out.bytes());
        libc::abort()
    }
}

#[unsafe(no_mangle)]
extern "C" fn Environment_GetProcessorCount() -> i32 {
    // SAFETY: the set is as large as the call is told.
    unsafe {
        let mut set: libc::cpu_set_t = core::mem::zeroed();
        if libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &mut set) == 0 {
            return libc::CPU_COUNT(&set).max(1);
        }
        (libc::sysconf(libc::_SC_NPROCESSORS_ONLN) as i32).max(1)
    }
}

fn milliseconds() -> i64 {
    // SAFETY: the structure is ours.
    unsafe {
        let mut now: libc::timespec = core::mem::zeroed();
        libc::clock_gettime(libc::CLOCK_MONOTONIC_COARSE, &mut now);
        now.tv_sec * 1000 + now.tv_nsec / 1_000_000
    }
}

#[unsafe(export_name = "System.Environment::get_TickCount():System.Int32")]
extern "C" fn tick_count() -> i32 {
    milliseconds() as i32
}

#[unsafe(export_name = "System.Environment::get_TickCount64():System.Int64")]
extern "C" fn tick_count_64() -> i64 {
    milliseconds()
}

/// `ERROR_ENVVAR_NOT_FOUND`.
const NOT_FOUND: i32 = 203;

fn set_errno(value: i32) {
    // SAFETY: this thread's error number.
    unsafe { libc::__errno_location().write(value) }
}

/// Copies a variable's value and a NUL when it fits; returns the length without NUL, or the room needed with it.
#[unsafe(no_mangle)]
unsafe extern "C" fn GetEnvironmentVariableW(name: *const u16, buffer: *mut u16, size: u32) -> u32 {
    let mut key = Text::new();
    // SAFETY: the name is NUL-terminated, the buffer as large as said.
    unsafe {
        key.put_utf16(text::wide(name));
        key.put(b"\0");
        let value = libc::getenv(key.bytes().as_ptr().cast());
        key.free();
        if value.is_null() {
            set_errno(NOT_FOUND);
            return 0;
        }
        let bytes = text::c_bytes(value.cast());
        let length: usize = text::decode(bytes).map(char::len_utf16).sum();
        if length + 1 > size as usize {
            return length as u32 + 1;
        }
        let mut to = buffer;
        for c in text::decode(bytes) {
            let mut room = [0; 2];
            for unit in c.encode_utf16(&mut room) {
                to.write(*unit);
                to = to.add(1);
            }
        }
        to.write(0);
        set_errno(0);
        length as u32
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SetEnvironmentVariableW(name: *const u16, value: *const u16) -> i32 {
    let (mut key, mut text) = (Text::new(), Text::new());
    // SAFETY: NUL-terminated strings of the caller; the C library copies.
    unsafe {
        key.put_utf16(text::wide(name));
        key.put(b"\0");
        let result = if value.is_null() {
            if libc::getenv(key.bytes().as_ptr().cast()).is_null() {
                set_errno(NOT_FOUND);
                -1
            } else {
                libc::unsetenv(key.bytes().as_ptr().cast())
            }
        } else {
            text.put_utf16(text::wide(value));
            text.put(b"\0");
            libc::setenv(key.bytes().as_ptr().cast(), text.bytes().as_ptr().cast(), 1)
        };
        key.free();
        text.free();
        i32::from(result == 0)
    }
}

/// All variables as `name=value\0…\0` in UTF-16, from the C heap.
#[unsafe(no_mangle)]
unsafe extern "C" fn GetEnvironmentStringsW() -> *mut u16 {
    let mut all = Text::new();
    // SAFETY: the block ends with a null pointer; the text is 2-aligned as it comes from realloc.
    unsafe {
        let mut at = environ;
        while !at.is_null() && !at.read().is_null() {
            for c in text::decode(text::c_bytes(at.read())) {
                let mut room = [0; 2];
                for unit in c.encode_utf16(&mut room) {
                    all.put(&unit.to_ne_bytes());
                }
            }
            all.put(&[0, 0]);
            at = at.add(1);
        }
        all.put(&[0, 0]);
        all.into_raw().cast()
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn FreeEnvironmentStringsW(block: *mut u16) -> i32 {
    // SAFETY: from `GetEnvironmentStringsW`.
    unsafe { libc::free(block.cast()) }
    1
}

#[unsafe(export_name = "System.Runtime.InteropServices.Marshal::GetLastPInvokeError():System.Int32")]
extern "C" fn last_pinvoke_error() -> i32 {
    // SAFETY: this thread's block.
    unsafe { (*tls()).last_error }
}

#[unsafe(export_name = "System.Runtime.InteropServices.Marshal::SetLastPInvokeError(System.Int32):System.Void")]
extern "C" fn set_last_pinvoke_error(error: i32) {
    // SAFETY: this thread's block.
    unsafe { (*tls()).last_error = error }
}

#[unsafe(export_name = "System.Diagnostics.Debugger::get_IsAttached():System.Boolean")]
extern "C" fn debugger_attached() -> i32 {
    0
}

#[unsafe(export_name = "System.Diagnostics.Debugger::IsLogging():System.Boolean")]
extern "C" fn debugger_logging() -> i32 {
    0
}

#[unsafe(no_mangle)]
extern "C" fn DebugDebugger_Launch() -> i32 {
    0
}

#[unsafe(no_mangle)]
extern "C" fn DebugDebugger_Log(_level: i32, _category: *const u16, _message: *const u16) {}

#[unsafe(export_name = "System.Diagnostics.Debugger::BreakInternal():System.Void")]
extern "C" fn debugger_break() {
    // SAFETY: a signal that a debugger catches.
    unsafe {
        libc::raise(libc::SIGTRAP);
    }
}

/// Bytes that this thread's stack must have left for `EnsureSufficientExecutionStack` (as .NET on 64 bits).
const STACK_RESERVE: usize = 128 * 1024;

fn stack_is_sufficient() -> bool {
    // SAFETY: pthread attributes of the current thread; the block is this thread's.
    unsafe {
        let block = tls();
        if (*block).stack_limit == 0 {
            let mut attributes: libc::pthread_attr_t = core::mem::zeroed();
            let mut low = core::ptr::null_mut();
            let mut size = 0;
            if libc::pthread_getattr_np(libc::pthread_self(), &mut attributes) != 0 {
                return true;
            }
            libc::pthread_attr_getstack(&attributes, &mut low, &mut size);
            libc::pthread_attr_destroy(&mut attributes);
            (*block).stack_limit = low.addr();
        }
        let here = 0u8;
        (&raw const here).addr() > (*block).stack_limit + STACK_RESERVE
    }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.RuntimeHelpers::EnsureSufficientExecutionStack():System.Void")]
extern "C" fn ensure_stack() {
    if !stack_is_sufficient() {
        // SAFETY: throws.
        unsafe { crate::rt::RhpThrowHelper(crate::rt::INSUFFICIENT_STACK, core::ptr::null()) }
    }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.RuntimeHelpers::TryEnsureSufficientExecutionStack():System.Boolean")]
extern "C" fn try_ensure_stack() -> i32 {
    i32::from(stack_is_sufficient())
}
