//! Processor time: what a build costs on a machine that does other things too.

use std::time::Duration;

/// Of this thread.
pub(crate) fn of_thread() -> Duration {
    read(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// Of all threads of this process.
pub(crate) fn of_process() -> Duration {
    read(libc::CLOCK_PROCESS_CPUTIME_ID)
}

fn read(clock: libc::clockid_t) -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes its second argument, which is live.
    let failed = unsafe { libc::clock_gettime(clock, &raw mut time) } != 0;
    if failed { Duration::ZERO } else { Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default()) }
}
