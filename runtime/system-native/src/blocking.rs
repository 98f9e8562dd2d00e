//! Calls that may block: the thread leaves managed code for their duration, so that others may run (see `kiln_natives::gil`).

unsafe extern "C" {
    fn kiln_leave(frame: usize);
    fn kiln_enter();
}

/// Frame pointer of the function this is inlined into (the runtime is built with frame pointers).
#[inline(always)]
pub(crate) fn frame() -> usize {
    let frame: usize;
    // SAFETY: reads a register.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        core::arch::asm!("mov {}, rbp", out(reg) frame, options(nomem, nostack, preserves_flags));
        #[cfg(target_arch = "aarch64")]
        core::arch::asm!("mov {}, x29", out(reg) frame, options(nomem, nostack, preserves_flags));
    }
    frame
}

/// Runs a call that may block. Memory it touches is not the collector's, or pinned.
#[inline(always)]
pub fn blocking<R>(call: impl FnOnce() -> R) -> R {
    // SAFETY: the frame is the exported function's, which compiled code called.
    unsafe { kiln_leave(frame()) };
    let result = call();
    // SAFETY: left above. The error number survives it.
    unsafe { kiln_enter() };
    result
}
