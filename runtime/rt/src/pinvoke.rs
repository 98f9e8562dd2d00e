//! P/Invoke targets that the linker did not bind: found at run time, once per call site (ECMA-335 II.15.5.2).

use core::ffi::{CStr, c_char};

use kiln_abi::program::exception_kind;

use crate::eh;
use crate::pal::{Buf, library};
use crate::text::c_bytes;

/// Code of a P/Invoke.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpResolvePInvoke(library: *const c_char, entry: *const c_char, cache: *mut *const u8) -> *const u8 {
    // SAFETY: compiled code passes names of its constant data, which end with a NUL, and a word of its own that only this function writes, with
    // the same value whoever is first.
    unsafe {
        let known = cache.read();
        if !known.is_null() {
            return known;
        }
        let name = c_bytes(library.cast());
        let symbol = CStr::from_ptr(entry);
        // What the program itself exports needs no library.
        let mut target = library::own_symbol(symbol);
        if target.is_null() {
            let handle = library::of_import(name);
            if handle.is_null() {
                fail(exception_kind::DLL_NOT_FOUND, &[b"Unable to load shared library '", name, b"' or one of its dependencies."]);
            }
            target = library::symbol(handle, symbol);
        }
        if target.is_null() {
            fail(
                exception_kind::ENTRY_POINT_NOT_FOUND,
                &[b"Unable to find an entry point named '", c_bytes(entry.cast()), b"' in shared library '", name, b"'."],
            );
        }
        cache.write(target);
        target
    }
}

#[cold]
unsafe fn fail(kind: i32, parts: &[&[u8]]) -> ! {
    let mut message: Buf<u8> = Buf::new();
    for part in parts {
        part.iter().for_each(|&b| message.push(b));
    }
    // SAFETY: thrown from a call that may throw.
    unsafe { eh::throw_text(kind, message.as_slice()) }
}
