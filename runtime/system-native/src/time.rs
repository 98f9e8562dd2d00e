//! Clocks.

fn clock(id: libc::clockid_t) -> libc::timespec {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `t` lives across the call.
    unsafe { libc::clock_gettime(id, &raw mut t) };
    t
}

/// 100 ns ticks since the Unix epoch.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetSystemTimeAsTicks() -> i64 {
    let t = clock(libc::CLOCK_REALTIME);
    t.tv_sec * 10_000_000 + t.tv_nsec / 100
}

/// Nanoseconds of the monotonic clock.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetTimestamp() -> u64 {
    let t = clock(libc::CLOCK_MONOTONIC);
    t.tv_sec as u64 * 1_000_000_000 + t.tv_nsec as u64
}

/// Milliseconds of the monotonic clock, as of the last tick of the system.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetLowResolutionTimestamp() -> i64 {
    let t = clock(libc::CLOCK_MONOTONIC_COARSE);
    t.tv_sec * 1000 + t.tv_nsec / 1_000_000
}

/// Nanoseconds per tick of `GetTimestamp`, as a frequency.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetTimestampResolution() -> u64 {
    1_000_000_000
}
