//! The finalizer thread (ECMA-335 I.8.9.6.7): started when a collection finds the first object that is due, a background thread as on
//! .NET. An exception that leaves a finalizer ends the program; finalizers do not run at exit.

use core::ffi::c_void;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::finalize;
use crate::lock::{self, frame};
use crate::pal::wait;
use crate::thread::records;

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
    if !STARTED.swap(true, Ordering::Relaxed) && !records::start_runtime_thread(run) {
        // Without a thread they wait for the next collection.
        STARTED.store(false, Ordering::Relaxed);
        return;
    }
    WORK.fetch_add(1, Ordering::Release);
    wait::wake(&WORK, 1);
}

extern "C" fn run(_: *mut c_void) -> *mut c_void {
    records::enter_runtime_thread(frame());
    loop {
        let seen = WORK.load(Ordering::Acquire);
        BUSY.store(true, Ordering::Relaxed);
        // SAFETY: inside, at a point where every root is known.
        unsafe { finalize::run_due() }
        BUSY.store(false, Ordering::Relaxed);
        ROUNDS.fetch_add(1, Ordering::Release);
        wait::wake(&ROUNDS, i32::MAX);
        lock::outside(frame(), || wait::wait(&WORK, seen, -1));
    }
}

/// Waits until every finalizer that is due has run, unless this is the thread that runs them.
pub fn wait_for_pending() {
    if records::is_runtime_thread() {
        return;
    }
    loop {
        let seen = ROUNDS.load(Ordering::Acquire);
        // SAFETY: a native waits, inside until it calls `outside` below.
        if unsafe { finalize::due() } == 0 && !BUSY.load(Ordering::Relaxed) {
            return;
        }
        wake();
        records::set_waiting(true);
        lock::outside(frame(), || wait::wait(&ROUNDS, seen, -1));
        records::set_waiting(false);
    }
}
