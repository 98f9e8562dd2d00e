//! P/Invoke targets that the linker did not bind: found at run time, once per call site (ECMA-335 II.15.5.2).

use kiln_abi::program::exception_kind;

use crate::eh;
use crate::pal::Buf;
use crate::text::c_bytes;

/// Names to try for a library, as .NET does on Unix: with prefix and suffix first unless the name has a suffix already.
unsafe fn open(library: &[u8]) -> *mut core::ffi::c_void {
    // The file of that name is a linker script; .NET knows it as well.
    let library = if library == b"libc" { b"libc.so.6" } else { library };
    let has_suffix = library.windows(3).any(|w| w == b".so");
    let is_path = library.contains(&b'/');
    let forms: [(&[u8], &[u8]); 4] = [(b"", b".so"), (b"lib", b".so"), (b"", b""), (b"lib", b"")];
    let order: [usize; 4] = if has_suffix { [2, 3, 0, 1] } else { [0, 1, 2, 3] };
    for i in order {
        let (prefix, suffix) = forms[i];
        if is_path && !prefix.is_empty() {
            continue;
        }
        let mut name: Buf<u8> = Buf::new();
        for &b in prefix.iter().chain(library).chain(suffix).chain(&[0]) {
            name.push(b);
        }
        // SAFETY: NUL-terminated.
        let handle = unsafe { libc::dlopen(name.as_slice().as_ptr().cast(), libc::RTLD_LAZY) };
        if !handle.is_null() {
            return handle;
        }
    }
    core::ptr::null_mut()
}

/// Code of a P/Invoke.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpResolvePInvoke(library: *const u8, entry: *const u8, cache: *mut *const u8) -> *const u8 {
    // SAFETY: NUL-terminated names, a writable word.
    unsafe {
        let known = cache.read();
        if !known.is_null() {
            return known;
        }
        let mut handle = libc::RTLD_DEFAULT;
        let name = c_bytes(library);
        // What the program itself exports needs no library.
        let mut target = libc::dlsym(handle, entry.cast());
        if target.is_null() {
            handle = open(name);
            if handle.is_null() {
                fail(exception_kind::DLL_NOT_FOUND, &[b"Unable to load shared library '", name, b"' or one of its dependencies."]);
            }
            target = libc::dlsym(handle, entry.cast());
        }
        if target.is_null() {
            fail(
                exception_kind::ENTRY_POINT_NOT_FOUND,
                &[b"Unable to find an entry point named '", c_bytes(entry), b"' in shared library '", name, b"'."],
            );
        }
        cache.write(target.cast());
        target.cast()
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
