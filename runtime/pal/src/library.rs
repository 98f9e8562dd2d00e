//! Shared libraries: found at run time, as P/Invoke and `NativeLibrary` need them.

use core::ffi::{CStr, c_void};

use crate::Buf;

/// A loaded library, or null.
pub type Library = *mut c_void;

/// Prefix of a library's file name.
const PREFIX: &[u8] = b"lib";
/// End of a library's file name.
const SUFFIX: &[u8] = b".so";
/// The variations of a name that .NET tries on Unix: (prefix, suffix).
const FORMS: [(&[u8], &[u8]); 4] = [(b"", SUFFIX), (PREFIX, SUFFIX), (b"", b""), (PREFIX, b"")];

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

/// The library that an import names: with prefix and suffix first, unless the name has a suffix already. Null when there is none.
///
/// # Safety
/// As `open`.
#[must_use]
pub unsafe fn of_import(name: &[u8]) -> Library {
    // The file of that name is a linker script; .NET knows it as well.
    let name = if name == b"libc" { b"libc.so.6" } else { name };
    let has_suffix = name.windows(SUFFIX.len()).any(|w| w == SUFFIX);
    // SAFETY: promised.
    unsafe { first(name, if has_suffix { [2, 3, 0, 1] } else { [0, 1, 2, 3] }) }
}

/// The library that a program asks for by name: as it stands first. Null when there is none.
///
/// # Safety
/// As `open`.
#[must_use]
pub unsafe fn by_name(name: &[u8]) -> Library {
    // SAFETY: promised.
    unsafe { first(name, [2, 1, 0, 3]) }
}

/// The first of a name's forms, in an order, that there is. Paths get no prefix.
unsafe fn first(name: &[u8], order: [usize; 4]) -> Library {
    let is_path = name.contains(&b'/');
    for (prefix, suffix) in order.map(|i| FORMS[i]) {
        if is_path && !prefix.is_empty() {
            continue;
        }
        let mut path: Buf<u8> = Buf::new();
        for &b in prefix.iter().chain(name).chain(suffix).chain(&[0]) {
            path.push(b);
        }
        // SAFETY: NUL-terminated; the rest is promised.
        let library = unsafe { open(CStr::from_ptr(path.as_slice().as_ptr().cast())) };
        if !library.is_null() {
            return library;
        }
    }
    core::ptr::null_mut()
}
