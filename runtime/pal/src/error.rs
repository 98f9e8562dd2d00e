//! The C library's error number of this thread. Whatever the class library calls last leaves its result here.

/// The number.
#[must_use]
pub fn get() -> i32 {
    // SAFETY: this thread's error number.
    unsafe { *libc::__errno_location() }
}

/// Changes it.
pub fn set(value: i32) {
    // SAFETY: this thread's error number.
    unsafe { *libc::__errno_location() = value }
}
