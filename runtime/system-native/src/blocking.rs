//! Calls that may block: the thread leaves managed code for their duration, so that others may run (see `kiln_rt::lock`).

use kiln_rt::lock::{frame, outside};

/// Runs a call that may block. Memory it touches is not the collector's, or pinned. The error number survives the way back.
#[inline(always)]
pub fn blocking<R>(call: impl FnOnce() -> R) -> R {
    // The frame is the exported function's, which compiled code called.
    outside(frame(), call)
}
