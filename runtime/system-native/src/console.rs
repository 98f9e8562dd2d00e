//! Terminal and signals. Terminal settings are restored at exit only when they were changed.

use crate::blocking::blocking;
use crate::retry;
use core::ffi::{c_char, c_int, c_void};

#[unsafe(no_mangle)]
extern "C" fn SystemNative_IsATty(handle: isize) -> i32 {
    // SAFETY: plain call.
    unsafe { libc::isatty(c_int::try_from(handle).unwrap_or(-1)) }
}

/// Nothing has to be prepared: handlers are installed when a program registers one.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_InitializeTerminalAndSignalHandling() -> i32 {
    1
}

/// Nor undone: settings that were changed are restored at exit.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_UninitializeTerminal() {}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_SetTerminalInvalidationHandler(_callback: *const c_void) {}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_SetKeypadXmit(_handle: isize, _text: *const c_char) {}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_InitializeConsoleBeforeRead(_min_chars: u8, _decisecond_timeout: u8) {}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_UninitializeConsoleAfterRead() {}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_ReadStdin(buffer: *mut c_void, size: i32) -> i32 {
    // SAFETY: the caller owns the buffer.
    blocking(|| retry!(unsafe { libc::read(0, buffer, usize::try_from(size).unwrap_or(0)) }) as i32)
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_StdinReady() -> i32 {
    let mut p = libc::pollfd { fd: 0, events: libc::POLLIN, revents: 0 };
    // SAFETY: one descriptor.
    i32::from(unsafe { libc::poll(&raw mut p, 1, 0) } > 0)
}

/// `Interop.Sys.WinSize`.
#[repr(C)]
struct WinSize {
    row: u16,
    col: u16,
    x: u16,
    y: u16,
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetWindowSize(handle: isize, out: *mut WinSize) -> i32 {
    // SAFETY: the caller owns `out`, laid out like winsize.
    let r = unsafe { libc::ioctl(c_int::try_from(handle).unwrap_or(-1), libc::TIOCGWINSZ, out) };
    if r != 0 {
        // SAFETY: the caller owns `out`.
        unsafe { *out = WinSize { row: 0, col: 0, x: 0, y: 0 } };
    }
    r
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetControlCharacters(_names: *const i32, values: *mut u8, n: i32, posix_disable: *mut u8) {
    // SAFETY: the caller owns `n` bytes and the last one.
    unsafe {
        core::ptr::write_bytes(values, 0, usize::try_from(n).unwrap_or(0));
        *posix_disable = 0;
    }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetSignalForBreak() -> i32 {
    1
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_SetSignalForBreak(_value: i32) -> i32 {
    1
}
