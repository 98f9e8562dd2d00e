//! Who may run managed code: one thread at a time. A native that blocks leaves first and enters again afterwards; the collector
//! runs in a thread that is inside, and every other thread is parked at a known frame.
//!
//! `leave` records the frame pointer of the native that parks, so that the stack walker finds the compiled frames above it.

use core::sync::atomic::{AtomicU32, Ordering};

use kiln_abi::thread::ThreadBlock;
pub use kiln_abi::thread::frame_pointer as frame;

unsafe extern "C" {
    /// This thread's block.
    fn kiln_current_thread() -> *mut ThreadBlock;
}

/// 0 free, 1 taken, 2 taken and somebody sleeps. The start of the program enters.
static LOCK: AtomicU32 = AtomicU32::new(0);
/// Threads that want to enter.
static WANTED: AtomicU32 = AtomicU32::new(0);
/// Counts entries: `pass` waits for it to change.
static ENTRIES: AtomicU32 = AtomicU32::new(0);

/// Waits while `*word == value`, at most `milliseconds` (negative: for ever). False after the time is over.
pub fn futex_wait(word: &AtomicU32, value: u32, milliseconds: i64) -> bool {
    let time = libc::timespec { tv_sec: milliseconds.max(0) / 1000, tv_nsec: milliseconds.max(0) % 1000 * 1_000_000 };
    let limit = if milliseconds < 0 { core::ptr::null() } else { &raw const time };
    // SAFETY: the word lives during the call.
    let result = unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG, value, limit) };
    // SAFETY: this thread's error number.
    result == 0 || unsafe { *libc::__errno_location() } != libc::ETIMEDOUT
}

/// Wakes up to `count` waiters of a word.
pub fn futex_wake(word: &AtomicU32, count: i32) {
    // SAFETY: the kernel only compares the address.
    unsafe {
        libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG, count);
    }
}

fn lock() {
    if LOCK.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_err() {
        WANTED.fetch_add(1, Ordering::Relaxed);
        while LOCK.swap(2, Ordering::Acquire) != 0 {
            futex_wait(&LOCK, 2, -1);
        }
        WANTED.fetch_sub(1, Ordering::Relaxed);
    }
    ENTRIES.fetch_add(1, Ordering::Relaxed);
    if WANTED.load(Ordering::Relaxed) != 0 {
        futex_wake(&ENTRIES, i32::MAX);
    }
}

fn unlock() {
    if LOCK.swap(0, Ordering::Release) == 2 {
        futex_wake(&LOCK, 1);
    }
}

/// Enters for the first time (a new thread, or the start of the program).
#[unsafe(no_mangle)]
pub extern "C" fn kiln_enter() {
    // SAFETY: this thread's error number and block. What the blocking call left in the former is still wanted.
    unsafe {
        let error = *libc::__errno_location();
        lock();
        *libc::__errno_location() = error;
        (*kiln_current_thread()).parked_frame = 0;
    }
}

/// Leaves: from here the caller touches no objects. `frame` is the frame pointer of a function that stays active.
#[unsafe(no_mangle)]
pub extern "C" fn kiln_leave(frame: usize) {
    // SAFETY: this thread's block; written while inside, so a collector sees it.
    unsafe { (*kiln_current_thread()).parked_frame = frame }
    unlock();
}

/// Runs something that may block, outside.
pub fn outside<R>(frame: usize, work: impl FnOnce() -> R) -> R {
    kiln_leave(frame);
    let result = work();
    kiln_enter();
    result
}

/// Lets others in, if there are any: for spinning and long-running code.
pub fn pass(frame: usize) -> bool {
    if WANTED.load(Ordering::Relaxed) == 0 {
        return false;
    }
    let before = ENTRIES.load(Ordering::Relaxed);
    outside(frame, || {
        // The one who slept has to come first: a free lock alone would be taken back before it wakes up.
        if ENTRIES.load(Ordering::Relaxed) == before {
            futex_wait(&ENTRIES, before, 2);
        }
    });
    true
}

/// Called by the allocator's slow path, and by compiled loops that wait.
#[unsafe(no_mangle)]
pub extern "C" fn RhpPoll() {
    pass(frame());
}
