//! Threads of the operating system.

use core::ffi::{CStr, c_void};

/// What a thread runs.
pub type Body = extern "C" fn(*mut c_void) -> *mut c_void;

/// Starts a thread that nobody joins; false when there cannot be one. 0 stands for the usual stack size.
///
/// # Safety
/// The body may be called with the argument on another thread.
#[must_use]
pub unsafe fn start(body: Body, argument: *mut c_void, stack_size: usize) -> bool {
    // SAFETY: the attributes are initialised before use; the rest is promised.
    unsafe {
        let mut attributes: libc::pthread_attr_t = core::mem::zeroed();
        libc::pthread_attr_init(&raw mut attributes);
        libc::pthread_attr_setdetachstate(&raw mut attributes, libc::PTHREAD_CREATE_DETACHED);
        if stack_size > 0 {
            libc::pthread_attr_setstacksize(&raw mut attributes, stack_size.max(128 * 1024).next_multiple_of(4096));
        }
        let mut id: libc::pthread_t = core::mem::zeroed();
        let failed = libc::pthread_create(&raw mut id, &raw const attributes, body, argument);
        libc::pthread_attr_destroy(&raw mut attributes);
        failed == 0
    }
}

/// Names this thread for debuggers; the kernel keeps [`NAME_LENGTH`] bytes.
pub fn set_name(name: &CStr) {
    // SAFETY: NUL-terminated.
    unsafe {
        libc::prctl(libc::PR_SET_NAME, name.as_ptr());
    }
}

/// Longest name, without the NUL.
pub const NAME_LENGTH: usize = 15;

/// The system's number of this thread.
#[must_use]
pub fn id() -> u64 {
    // SAFETY: plain system call.
    unsafe { libc::syscall(libc::SYS_gettid) as u64 }
}

/// Lets another thread have the processor.
pub fn give_way() {
    // SAFETY: plain system call.
    unsafe {
        libc::sched_yield();
    }
}

/// Lowest address of this thread's stack.
#[must_use]
pub fn stack_limit() -> Option<usize> {
    // SAFETY: attributes of the current thread, initialised by the first call.
    unsafe {
        let mut attributes: libc::pthread_attr_t = core::mem::zeroed();
        let mut low = core::ptr::null_mut();
        let mut size = 0;
        if libc::pthread_getattr_np(libc::pthread_self(), &raw mut attributes) != 0 {
            return None;
        }
        libc::pthread_attr_getstack(&raw const attributes, &raw mut low, &raw mut size);
        libc::pthread_attr_destroy(&raw mut attributes);
        Some(low.addr())
    }
}
