//! `System.Environment`: exit, processors, clock, environment variables, stack.

use core::sync::atomic::Ordering;

use kiln_pal::{environment, error, memory, processors, threads, time};
use kiln_rt::startup::{self, EXIT_CODE};
use kiln_rt::thread::local;

use kiln_rt::helpers::RhpThrowHelper;
use kiln_rt::mt::{self, Obj};

use crate::qcall::ObjectHandle;
use crate::text::{self, Text};

#[unsafe(export_name = "System.Environment::get_ExitCode():System.Int32")]
extern "C" fn get_exit_code() -> i32 {
    EXIT_CODE.load(Ordering::Relaxed)
}

#[unsafe(export_name = "System.Environment::set_ExitCode(System.Int32):System.Void")]
extern "C" fn set_exit_code(code: i32) {
    EXIT_CODE.store(code, Ordering::Relaxed);
}

#[unsafe(no_mangle)]
extern "C" fn Environment_Exit(code: i32) {
    // SAFETY: called by managed code, which may be thrown at.
    unsafe { startup::exit(code) }
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
            let name = mt::mt_of(exception.get());
            crate::names::write(&mut out, name, crate::names::Kind::Display);
            let message = exception.get().add(kiln_abi::managed::EXCEPTION_MESSAGE).cast::<Obj>().read();
            out.put(b": ");
            out.put_utf16(text::units(message));
            out.put(b"\n");
        }
        kiln_pal::print_bytes(out.bytes());
    }
    kiln_pal::abort()
}

#[unsafe(no_mangle)]
extern "C" fn Environment_GetProcessorCount() -> i32 {
    processors::count()
}

#[unsafe(export_name = "System.Environment::get_TickCount():System.Int32")]
extern "C" fn tick_count() -> i32 {
    time::coarse_milliseconds() as i32
}

#[unsafe(export_name = "System.Environment::get_TickCount64():System.Int64")]
extern "C" fn tick_count_64() -> i64 {
    time::coarse_milliseconds()
}

/// `ERROR_ENVVAR_NOT_FOUND`.
const NOT_FOUND: i32 = 203;

/// Copies a variable's value and a NUL when it fits; returns the length without NUL, or the room needed with it.
#[unsafe(no_mangle)]
unsafe extern "C" fn GetEnvironmentVariableW(name: *const u16, buffer: *mut u16, size: u32) -> u32 {
    let mut key = Text::new();
    // SAFETY: the name is NUL-terminated, the buffer as large as said.
    unsafe {
        key.put_utf16(text::wide(name));
        let value = environment::get(key.c_str());
        key.free();
        let Some(value) = value else {
            error::set(NOT_FOUND);
            return 0;
        };
        let bytes = value.to_bytes();
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
        error::set(0);
        length as u32
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SetEnvironmentVariableW(name: *const u16, value: *const u16) -> i32 {
    let (mut key, mut new) = (Text::new(), Text::new());
    // SAFETY: NUL-terminated strings of the caller; the C library copies.
    unsafe {
        key.put_utf16(text::wide(name));
        let result = if value.is_null() {
            if environment::get(key.c_str()).is_none() {
                error::set(NOT_FOUND);
                false
            } else {
                environment::unset(key.c_str())
            }
        } else {
            new.put_utf16(text::wide(value));
            environment::set(key.c_str(), new.c_str())
        };
        key.free();
        new.free();
        i32::from(result)
    }
}

/// All variables as `name=value\0…\0` in UTF-16, from the C heap.
#[unsafe(no_mangle)]
extern "C" fn GetEnvironmentStringsW() -> *mut u16 {
    let mut all = Text::new();
    environment::each(|entry| {
        for c in text::decode(entry) {
            let mut room = [0; 2];
            for unit in c.encode_utf16(&mut room) {
                all.put(&unit.to_ne_bytes());
            }
        }
        all.put(&[0, 0]);
    });
    all.put(&[0, 0]);
    // 2-aligned, as it comes from the C heap.
    all.into_raw().cast()
}

#[unsafe(no_mangle)]
unsafe extern "C" fn FreeEnvironmentStringsW(block: *mut u16) -> i32 {
    // SAFETY: from `GetEnvironmentStringsW`.
    unsafe { memory::free(block.cast()) }
    1
}

/// Bytes that this thread's stack must have left for `EnsureSufficientExecutionStack` (as .NET on 64 bits).
const STACK_RESERVE: usize = 128 * 1024;

fn stack_is_sufficient() -> bool {
    // SAFETY: this thread's block.
    let limit = unsafe { &mut (*local()).stack_limit };
    if *limit == 0 {
        let Some(low) = threads::stack_limit() else { return true };
        *limit = low;
    }
    let here = 0u8;
    (&raw const here).addr() > *limit + STACK_RESERVE
}

#[unsafe(export_name = "System.Runtime.CompilerServices.RuntimeHelpers::EnsureSufficientExecutionStack():System.Void")]
extern "C" fn ensure_stack() {
    if !stack_is_sufficient() {
        // SAFETY: throws.
        unsafe { RhpThrowHelper(kiln_abi::program::exception_kind::INSUFFICIENT_EXECUTION_STACK, core::ptr::null()) }
    }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.RuntimeHelpers::TryEnsureSufficientExecutionStack():System.Boolean")]
extern "C" fn try_ensure_stack() -> i32 {
    i32::from(stack_is_sufficient())
}
