//! Memory-mapped files (`Interop.Sys` of System.IO.MemoryMappedFiles). Protections are the platform's own numbers.

use core::ffi::{c_char, c_int, c_void};

use crate::file::open_flags;
use crate::retry;

/// (`MemoryMappedFlags`, MAP_*).
const KINDS: [(i32, c_int); 3] = [(1, libc::MAP_SHARED), (2, libc::MAP_PRIVATE), (0x10, libc::MAP_ANONYMOUS)];
/// (`MemoryMappedSyncFlags`, MS_*).
const SYNC: [(i32, c_int); 3] = [(1, libc::MS_ASYNC), (2, libc::MS_SYNC), (0x10, libc::MS_INVALIDATE)];
/// `MemoryAdvice.MADV_DONTFORK`.
const DONT_FORK: i32 = 1;

fn translate(pairs: &[(i32, c_int)], flags: i32) -> c_int {
    pairs.iter().filter(|p| flags & p.0 != 0).fold(0, |all, p| all | p.1)
}

/// Null when it failed.
#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_MMap(
    address: *mut c_void,
    size: u64,
    protection: i32,
    flags: i32,
    file: isize,
    offset: i64,
) -> *mut c_void {
    // SAFETY: a new mapping; the class library asks for no fixed address.
    let place =
        unsafe { libc::mmap(address, size as usize, protection, translate(&KINDS, flags), c_int::try_from(file).unwrap_or(-1), offset) };
    if place == libc::MAP_FAILED { core::ptr::null_mut() } else { place }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_MSync(address: *mut c_void, size: u64, flags: i32) -> i32 {
    // SAFETY: a mapping of the caller.
    unsafe { libc::msync(address, size as usize, translate(&SYNC, flags)) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_MAdvise(address: *mut c_void, size: u64, advice: i32) -> i32 {
    if advice != DONT_FORK {
        crate::errors::set_errno(libc::EINVAL);
        return -1;
    }
    // SAFETY: a mapping of the caller.
    unsafe { libc::madvise(address, size as usize, libc::MADV_DONTFORK) }
}

/// Linux has had them since 3.17.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_IsMemfdSupported() -> i32 {
    1
}

/// A file without a name in any folder. Who maps it to read only asks for that when mapping.
#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_MemfdCreate(name: *const c_char, _read_only: i32) -> isize {
    // SAFETY: a NUL-terminated name.
    (unsafe { libc::memfd_create(name, libc::MFD_CLOEXEC) }) as isize
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_ShmOpen(name: *const c_char, flags: i32, mode: i32) -> isize {
    let Some(flags) = open_flags(flags) else {
        crate::errors::set_errno(libc::EINVAL);
        return -1;
    };
    // SAFETY: a NUL-terminated name.
    retry!(unsafe { libc::shm_open(name, flags, mode as libc::mode_t) }) as isize
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_ShmUnlink(name: *const c_char) -> i32 {
    // SAFETY: a NUL-terminated name.
    unsafe { libc::shm_unlink(name) }
}
