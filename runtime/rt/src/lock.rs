//! The global lock: who may run managed code. One thread at a time does. A native that blocks leaves first and enters again afterwards; the collector
//! runs in a thread that is inside, and every other thread is parked at a known frame.
//!
//! `leave` records the frame pointer of the native that parks, so that the stack walker finds the compiled frames above it.

use core::sync::atomic::{AtomicU32, Ordering};

pub use crate::arch::frame_pointer as frame;
use crate::pal::{error, wait};
use crate::thread;

/// 0 free, 1 taken, 2 taken and somebody sleeps.
static LOCK: AtomicU32 = AtomicU32::new(0);
/// Threads that want to enter.
static WANTED: AtomicU32 = AtomicU32::new(0);
/// Counts entries: `pass` waits for it to change.
static ENTRIES: AtomicU32 = AtomicU32::new(0);

fn lock() {
    if LOCK.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_err() {
        WANTED.fetch_add(1, Ordering::Relaxed);
        while LOCK.swap(2, Ordering::Acquire) != 0 {
            wait::wait(&LOCK, 2, -1);
        }
        WANTED.fetch_sub(1, Ordering::Relaxed);
    }
    ENTRIES.fetch_add(1, Ordering::Relaxed);
    if WANTED.load(Ordering::Relaxed) != 0 {
        wait::wake(&ENTRIES, i32::MAX);
    }
}

fn unlock() {
    if LOCK.swap(0, Ordering::Release) == 2 {
        wait::wake(&LOCK, 1);
    }
}

/// Comes inside: when a thread may run managed code for the first time (the start of the program, a new thread), and after every `leave`.
/// What a blocking call left as the error number is still there afterwards.
#[inline(never)]
pub fn enter() {
    let number = error::get();
    lock();
    error::set(number);
    // SAFETY: this thread's block; other threads read it inside only.
    unsafe { (*thread::current()).parked_frame = 0 }
}

/// Leaves: from here the caller touches no objects. `frame` is the frame pointer of a function that stays active.
pub fn leave(frame: usize) {
    // SAFETY: this thread's block; written while inside, so a collector sees it.
    unsafe { (*thread::current()).parked_frame = frame }
    unlock();
}

/// Runs something that may block, outside.
pub fn outside<R>(frame: usize, work: impl FnOnce() -> R) -> R {
    leave(frame);
    let result = work();
    enter();
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
            wait::wait(&ENTRIES, before, 2);
        }
    });
    true
}

/// Called by the allocator's slow path, and by compiled loops that wait.
#[unsafe(no_mangle)]
pub extern "C" fn RhpPoll() {
    pass(frame());
}
