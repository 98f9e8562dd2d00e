//! Faults: stack overflow and invalid memory accesses are reported and end the program like CoreCLR ends it (SIGABRT, status 134).
//!
//! Compiled code checks for null itself, so a fault is never turned into an exception.

use crate::eh::trace;
use crate::pal::{self, fault::Fault};

/// A fault this far around the stack pointer is taken as an overflow (probes of big frames included).
const NEAR: usize = 1 << 20;

/// Takes over faults.
///
/// # Safety
/// Called once, at start.
pub unsafe fn init() {
    // SAFETY: promised.
    unsafe { pal::fault::install(report) }
}

fn report(fault: &Fault) -> ! {
    if fault.address.abs_diff(fault.sp) < NEAR {
        pal::print("Stack overflow.\n");
        pal::abort();
    }
    pal::print("Fatal error: invalid memory access at address ");
    pal::print_hex(fault.address as u64);
    pal::print(", instruction ");
    pal::print_hex(fault.ip as u64);
    pal::print(".\n");
    trace::print_frame(fault.ip + 1);
    trace::print_stack(fault.fp);
    pal::abort()
}
