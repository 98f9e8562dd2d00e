//! Calls that may block: the thread leaves managed code for their duration, so that others may run (see `kiln_natives::gil`).

pub(crate) use kiln_abi::thread::frame_pointer as frame;

unsafe extern "C" {
    fn kiln_leave(frame: usize);
    fn kiln_enter();
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
