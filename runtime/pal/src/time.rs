//! Clocks that do not jump, and sleeping.

fn clock(id: libc::clockid_t) -> libc::timespec {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: an out parameter.
    unsafe { libc::clock_gettime(id, &raw mut t) };
    t
}

/// Nanoseconds since some point in the past.
#[must_use]
pub fn nanoseconds() -> u64 {
    let t = clock(libc::CLOCK_MONOTONIC);
    t.tv_sec as u64 * 1_000_000_000 + t.tv_nsec as u64
}

/// Milliseconds on the same clock.
#[must_use]
pub fn milliseconds() -> i64 {
    let t = clock(libc::CLOCK_MONOTONIC);
    t.tv_sec * 1000 + t.tv_nsec / 1_000_000
}

/// Milliseconds on a clock that costs next to nothing and is some milliseconds coarse.
#[must_use]
pub fn coarse_milliseconds() -> i64 {
    let t = clock(libc::CLOCK_MONOTONIC_COARSE);
    t.tv_sec * 1000 + t.tv_nsec / 1_000_000
}

/// Sleeps.
pub fn sleep_microseconds(time: u32) {
    // SAFETY: plain system call.
    unsafe {
        libc::usleep(time);
    }
}
