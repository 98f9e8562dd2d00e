//! The finalizer thread (ECMA-335 I.8.9.6.7): started when a collection finds the first object that is due, a background thread as on
//! .NET. An exception that leaves a finalizer ends the program; finalizers do not run at exit.

use core::ffi::c_void;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::gil::{self, frame};
use crate::rt::tls;
use crate::threads;

unsafe extern "C" {
    /// Runs the finalizers that are due, on this thread.
    fn kiln_run_finalizers();
    /// How many wait.
    fn kiln_finalizers_due() -> usize;
}

/// The thread exists.
static STARTED: AtomicBool = AtomicBool::new(false);
/// Changes whenever the thread is to look.
static WORK: AtomicU32 = AtomicU32::new(0);
/// Counts the times that everything due was done.
static ROUNDS: AtomicU32 = AtomicU32::new(0);
/// A finalizer is running.
static BUSY: AtomicBool = AtomicBool::new(false);

/// A collection has found something. Called inside.
pub fn wake() {
    if !STARTED.swap(true, Ordering::Relaxed) && !threads::start_runtime_thread(run) {
        // Without a thread they wait for the next collection.
        STARTED.store(false, Ordering::Relaxed);
        return;
    }
    WORK.fetch_add(1, Ordering::Release);
    gil::futex_wake(&WORK, 1);
}

extern "C" fn run(_: *mut c_void) -> *mut c_void {
    threads::enter_runtime_thread(frame());
    loop {
        let seen = WORK.load(Ordering::Acquire);
        BUSY.store(true, Ordering::Relaxed);
        // SAFETY: inside, at a point where every root is known.
        unsafe { kiln_run_finalizers() }
        BUSY.store(false, Ordering::Relaxed);
        ROUNDS.fetch_add(1, Ordering::Release);
        gil::futex_wake(&ROUNDS, i32::MAX);
        gil::outside(frame(), || gil::futex_wait(&WORK, seen, -1));
    }
}

#[unsafe(no_mangle)]
extern "C" fn GCInterface_WaitForPendingFinalizers() {
    // SAFETY: this thread's block; the queue is read inside.
    unsafe {
        if (*tls()).thread.cast() == threads::runtime_thread() {
            return;
        }
        loop {
            let seen = ROUNDS.load(Ordering::Acquire);
            if kiln_finalizers_due() == 0 && !BUSY.load(Ordering::Relaxed) {
                return;
            }
            wake();
            threads::set_waiting(true);
            gil::outside(frame(), || gil::futex_wait(&ROUNDS, seen, -1));
            threads::set_waiting(false);
        }
    }
}
