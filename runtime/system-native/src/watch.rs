//! Changes of files (`Interop.Sys` of System.IO.FileSystem.Watcher): inotify, whose masks are the same on both sides.

use core::ffi::{c_char, c_int};

fn fd(handle: isize) -> c_int {
    c_int::try_from(handle).unwrap_or(-1)
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_INotifyInit() -> isize {
    // SAFETY: plain system call.
    unsafe { libc::inotify_init1(libc::IN_CLOEXEC) as isize }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_INotifyAddWatch(queue: isize, path: *const c_char, mask: u32) -> i32 {
    // SAFETY: a NUL-terminated path.
    crate::retry!(unsafe { libc::inotify_add_watch(fd(queue), path, mask) })
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_INotifyRemoveWatch(queue: isize, watch: i32) -> i32 {
    // SAFETY: plain system call.
    unsafe { libc::inotify_rm_watch(fd(queue), watch) }
}
