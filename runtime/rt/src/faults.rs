//! Faults: an access near null by compiled code is a NullReferenceException (ECMA-335 III.4.10 and others; CoreCLR takes the first 64 KB for null).
//! A stack overflow and any other invalid access are reported and end the program like CoreCLR ends it (SIGABRT, status 134).
//!
//! * Instructions that stand for a null check are in the GC record of their function (`kiln_abi::gc_info`): it goes on where the check
//!   would have gone.
//! * Any other access by compiled code is one that no region of its function protects (lowering checks those). The function ends here, as
//!   if its caller had called a throw stub instead of it: the caller's registers are what the unwinder says, and its call has GC records.
//! * The same when compiled code called one of the helpers that access memory for it, or a function of the C library.

use core::ffi::c_void;

use kiln_abi::gc_info::find_fault;

use crate::arch::{self, CALLEE_SAVED, FRAME_REGISTER, STACK_REGISTER};
use crate::eh::trace;
use crate::eh::unwinder::{_Unwind_Backtrace, _Unwind_GetCFA, _Unwind_GetGR, _Unwind_GetIP, _Unwind_GetRegionStart};
use crate::pal::{self, fault::Fault};
use crate::{barrier, roots, thread};

/// A fault this far around the stack pointer is taken as an overflow (probes of big frames included).
const NEAR: usize = 1 << 20;

/// What is taken for null.
const NULL: usize = 1 << 16;

/// Takes over faults.
///
/// # Safety
/// Called once, at start.
pub unsafe fn init() {
    // SAFETY: promised.
    unsafe { pal::fault::install(handle) }
}

fn handle(fault: &mut Fault<'_>) {
    let null = fault.address.is_some_and(|address| address < NULL);
    if !(null && is_inside() && (goes_on(fault) || leaves(fault))) {
        report(fault);
    }
}

/// Does this thread run managed code, or a native for it?
fn is_inside() -> bool {
    // SAFETY: this thread's block.
    unsafe { (*thread::current()).stack_end != 0 && (*thread::current()).parked_frame == 0 }
}

/// A null check.
fn goes_on(fault: &mut Fault<'_>) -> bool {
    let ip = fault.ip();
    let Some(method) = roots::find_method(ip) else { return false };
    let start = roots::address(method);
    let handler = roots::record(method).and_then(|record| find_fault(record, (ip - start) as u32));
    if let Some(handler) = handler {
        fault.set_ip(start + handler as usize);
    }
    handler.is_some()
}

/// The walk from the handler up to the frame that an exception leaves.
struct Walk<'w, 'f> {
    fault: &'w mut Fault<'f>,
    /// The last frame looked at.
    at: Frame,
    /// Address in the compiled code that made the access, like a return address.
    accessed: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// One of the handler.
    Handler,
    /// A function that accesses memory for compiled code.
    Helper,
    /// The compiled code itself.
    Compiled,
    /// Its caller: the registers are set.
    Caller,
}

/// An access without check: the exception comes from the call of its function.
fn leaves(fault: &mut Fault<'_>) -> bool {
    let mut walk = Walk { fault, at: Frame::Handler, accessed: 0 };
    // SAFETY: the unwinder calls `visit` with this walk, and stays within this call.
    unsafe { _Unwind_Backtrace(visit, (&raw mut walk).cast()) };
    let left = walk.at == Frame::Caller;
    if left {
        // SAFETY: this thread's block.
        unsafe { (*thread::local()).fault = walk.accessed }
    }
    left
}

/// Looks at a frame; 0: goes on.
unsafe extern "C" fn visit(context: *mut c_void, walk: *mut c_void) -> i32 {
    const GO_ON: i32 = 0;
    const STOP: i32 = 4;
    // SAFETY: `leaves` passes its walk, and the unwinder a frame. What is asked for are registers that calls preserve, of which it knows where each
    // frame's are.
    unsafe {
        let walk = &mut *walk.cast::<Walk<'_, '_>>();
        let ip = _Unwind_GetIP(context);
        match walk.at {
            Frame::Handler if ip != walk.fault.ip() => return GO_ON,
            Frame::Handler if roots::find_method(ip).is_some() => (walk.at, walk.accessed) = (Frame::Compiled, ip + 1),
            Frame::Helper if roots::find_method(ip - 1).is_some() => {
                // Helpers are no GC points. A call that is one was that of a function that ended with a jump to the helper.
                if roots::is_site(ip) {
                    leave_to(walk, context);
                    return STOP;
                }
                (walk.at, walk.accessed) = (Frame::Compiled, ip);
            }
            Frame::Handler | Frame::Helper if is_helper(ip, _Unwind_GetRegionStart(context)) => walk.at = Frame::Helper,
            Frame::Handler | Frame::Helper | Frame::Caller => return STOP,
            Frame::Compiled => {
                leave_to(walk, context);
                return STOP;
            }
        }
    }
    GO_ON
}

/// The thread goes on in a throw stub, as if this frame had called it.
unsafe fn leave_to(walk: &mut Walk<'_, '_>, context: *mut c_void) {
    // SAFETY: `visit` passes the unwinder's frame, that of a caller of what ends here.
    unsafe {
        for &register in CALLEE_SAVED {
            walk.fault.set_register(register, _Unwind_GetGR(context, register));
        }
        let (ip, sp) = (_Unwind_GetIP(context), _Unwind_GetCFA(context));
        arch::call_from(walk.fault, ip, sp, arch::throw_fault as *const () as usize);
    }
    walk.at = Frame::Caller;
}

/// Does compiled code access memory through this function, by helpers or what LLVM makes of copies?
fn is_helper(ip: usize, start: usize) -> bool {
    let barriers: [*const (); 6] = [
        arch::RhpAssignRef as *const (),
        arch::RhpCheckedAssignRef as *const (),
        barrier::RhpCopyStruct as *const (),
        barrier::RhpBulkMoveWithBarrier as *const (),
        barrier::RhpInterlockedExchangeRef as *const (),
        barrier::RhpInterlockedCasRef as *const (),
    ];
    let mut functions = barriers.into_iter().chain(pal::memory::functions());
    functions.any(|function| function.addr() == start) || !pal::process::image().contains(&ip)
}

fn report(fault: &mut Fault<'_>) -> ! {
    let sp = fault.register(STACK_REGISTER);
    if fault.address.is_some_and(|address| address.abs_diff(sp) < NEAR) {
        pal::print("Stack overflow.\n");
        pal::abort();
    }
    pal::print("Fatal error: invalid memory access");
    if let Some(address) = fault.address {
        pal::print(" at address ");
        pal::print_hex(address as u64);
    }
    pal::print(", instruction ");
    pal::print_hex(fault.ip() as u64);
    pal::print(".\n");
    trace::print_frame(fault.ip() + 1);
    trace::print_stack(fault.register(FRAME_REGISTER));
    pal::abort()
}
