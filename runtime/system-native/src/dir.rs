//! Directory enumeration.

use crate::errors::{errno, set_errno};
use core::ffi::{c_char, c_int};
use kiln_abi::managed::system_native::DirectoryEntry;

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_OpenDir(path: *const c_char) -> isize {
    // SAFETY: `path` is NUL-terminated.
    unsafe { libc::opendir(path) as isize }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_CloseDir(dir: isize) -> i32 {
    // SAFETY: `dir` came from OpenDir.
    unsafe { libc::closedir(dir as *mut libc::DIR) }
}

/// No caller buffer is needed: readdir's own lives as long as the stream.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetReadDirRBufferSize() -> i32 {
    0
}

/// The name since .NET 10.
#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_ReadDir(dir: isize, out: *mut DirectoryEntry) -> c_int {
    // SAFETY: the caller's stream and record.
    unsafe { read(dir, out) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_ReadDirR(dir: isize, _buffer: *mut u8, _size: i32, out: *mut DirectoryEntry) -> c_int {
    // SAFETY: the caller's stream and record.
    unsafe { read(dir, out) }
}

/// 0 = an entry, -1 = end, else an errno.
unsafe fn read(dir: isize, out: *mut DirectoryEntry) -> c_int {
    set_errno(0);
    // SAFETY: `dir` came from OpenDir; streams are used by one thread at a time.
    let entry = unsafe { libc::readdir(dir as *mut libc::DIR) };
    if entry.is_null() {
        let e = errno();
        return if e == 0 { -1 } else { e };
    }
    // SAFETY: readdir returned a valid entry; the caller owns `out`. DT_* values are .NET's NodeType values.
    unsafe {
        *out = DirectoryEntry { name: (&raw const (*entry).d_name).cast(), name_length: -1, inode_type: i32::from((*entry).d_type) };
    }
    0
}
