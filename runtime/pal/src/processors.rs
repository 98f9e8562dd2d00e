//! Processors: how many this process may use, and a barrier on all of them.

/// The processor as `System.Runtime.InteropServices.Architecture` numbers it: X64 = 1, Arm64 = 3.
pub const ARCHITECTURE: i32 = if cfg!(target_arch = "aarch64") { 3 } else { 1 };

/// How many processors the process may use, at least one.
#[must_use]
pub fn count() -> i32 {
    // SAFETY: the set is as large as the call is told.
    unsafe {
        let mut set: libc::cpu_set_t = core::mem::zeroed();
        if libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &raw mut set) == 0 {
            return libc::CPU_COUNT(&set).max(1);
        }
        (libc::sysconf(libc::_SC_NPROCESSORS_ONLN) as i32).max(1)
    }
}

/// A memory barrier on every processor that runs a thread of this process.
pub fn barrier() {
    // SAFETY: asks the kernel to run a barrier on every core; where it does not know the command, a local fence is the best left.
    unsafe {
        libc::syscall(libc::SYS_membarrier, libc::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
        libc::syscall(libc::SYS_membarrier, libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    }
    core::sync::atomic::fence(core::sync::atomic::Ordering::SeqCst);
}
