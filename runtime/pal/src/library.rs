//! Shared libraries: found at run time, as P/Invoke and `NativeLibrary` need them.

use core::ffi::{CStr, c_void};

/// A loaded library, or null.
pub type Library = *mut c_void;

/// The variations of a library's name that .NET tries: (prefix, suffix).
pub const PREFIX: &[u8] = b"lib";
/// See `PREFIX`.
pub const SUFFIX: &[u8] = b".so";

/// Loads a library by path, or by name along the system's search path; null when there is none.
///
/// # Safety
/// Its initialisers run: the caller asked for them.
#[must_use]
pub unsafe fn open(name: &CStr) -> Library {
    // SAFETY: NUL-terminated.
    unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_LAZY) }
}

/// Gives a library back.
///
/// # Safety
/// From `open`; nothing of it is used again.
pub unsafe fn close(library: Library) {
    // SAFETY: promised.
    unsafe {
        libc::dlclose(library);
    }
}

/// Address of a symbol of a library, or null.
///
/// # Safety
/// From `open`, and loaded.
#[must_use]
pub unsafe fn symbol(library: Library, name: &CStr) -> *const u8 {
    // SAFETY: promised.
    unsafe { libc::dlsym(library, name.as_ptr()).cast() }
}

/// Address of a symbol of the program or of what it was linked with, or null.
#[must_use]
pub fn own_symbol(name: &CStr) -> *const u8 {
    // SAFETY: NUL-terminated.
    unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()).cast() }
}

/// The file that stands for a library whose own name is not one of a library: `libc.so` is a linker script.
#[must_use]
pub fn known_as(name: &[u8]) -> &[u8] {
    if name == b"libc" { b"libc.so.6" } else { name }
}
