//! `LowLevelMonitor`: a mutex and a condition variable.

use crate::blocking::blocking;
use core::mem::MaybeUninit;

struct Monitor {
    mutex: libc::pthread_mutex_t,
    condition: libc::pthread_cond_t,
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_LowLevelMonitor_Create() -> *mut Monitor {
    // SAFETY: the block is large enough; both halves are initialised before use; the condition waits on the monotonic clock.
    unsafe {
        let monitor = libc::malloc(size_of::<Monitor>()).cast::<Monitor>();
        if monitor.is_null() {
            return monitor;
        }
        libc::pthread_mutex_init(&raw mut (*monitor).mutex, core::ptr::null());
        let mut attributes = MaybeUninit::<libc::pthread_condattr_t>::uninit();
        libc::pthread_condattr_init(attributes.as_mut_ptr());
        libc::pthread_condattr_setclock(attributes.as_mut_ptr(), libc::CLOCK_MONOTONIC);
        libc::pthread_cond_init(&raw mut (*monitor).condition, attributes.as_ptr());
        libc::pthread_condattr_destroy(attributes.as_mut_ptr());
        monitor
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_LowLevelMonitor_Destroy(monitor: *mut Monitor) {
    // SAFETY: made by Create, no longer used.
    unsafe {
        libc::pthread_cond_destroy(&raw mut (*monitor).condition);
        libc::pthread_mutex_destroy(&raw mut (*monitor).mutex);
        libc::free(monitor.cast());
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_LowLevelMonitor_Acquire(monitor: *mut Monitor) {
    // SAFETY: made by Create.
    blocking(|| unsafe { libc::pthread_mutex_lock(&raw mut (*monitor).mutex) });
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_LowLevelMonitor_Release(monitor: *mut Monitor) {
    // SAFETY: made by Create, held.
    unsafe { libc::pthread_mutex_unlock(&raw mut (*monitor).mutex) };
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_LowLevelMonitor_Wait(monitor: *mut Monitor) {
    // SAFETY: made by Create, held.
    blocking(|| unsafe { libc::pthread_cond_wait(&raw mut (*monitor).condition, &raw mut (*monitor).mutex) });
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_LowLevelMonitor_TimedWait(monitor: *mut Monitor, milliseconds: i32) -> i32 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `t` lives across the calls; the monitor is held.
    unsafe {
        libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut t);
        let nanos = t.tv_nsec + i64::from(milliseconds % 1000) * 1_000_000;
        t.tv_sec += i64::from(milliseconds / 1000) + nanos / 1_000_000_000;
        t.tv_nsec = nanos % 1_000_000_000;
        i32::from(blocking(|| libc::pthread_cond_timedwait(&raw mut (*monitor).condition, &raw mut (*monitor).mutex, &raw const t)) == 0)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_LowLevelMonitor_Signal_Release(monitor: *mut Monitor) {
    // SAFETY: made by Create, held.
    unsafe {
        libc::pthread_cond_signal(&raw mut (*monitor).condition);
        libc::pthread_mutex_unlock(&raw mut (*monitor).mutex);
    }
}
