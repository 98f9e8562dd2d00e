//! Faults: stack overflow and invalid memory accesses are reported and end the program like CoreCLR ends it (SIGABRT, status 134).
//!
//! Compiled code checks for null itself, so a fault is never turned into an exception.

use core::ffi::{c_int, c_void};

use crate::pal;

const STACK: usize = 64 * 1024;
static mut ALTERNATE: [u8; STACK] = [0; STACK];
/// A fault this far around the stack pointer is taken as an overflow (probes of big frames included).
const NEAR: usize = 1 << 20;

/// Installs the handlers.
///
/// # Safety
/// Called once, at start.
pub unsafe fn init() {
    // SAFETY: plain system calls on static memory.
    unsafe {
        let stack = libc::stack_t { ss_sp: (&raw mut ALTERNATE).cast(), ss_flags: 0, ss_size: STACK };
        libc::sigaltstack(&raw const stack, core::ptr::null_mut());
        let mut action: libc::sigaction = core::mem::zeroed();
        action.sa_sigaction = on_fault as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESETHAND;
        libc::sigaction(libc::SIGSEGV, &raw const action, core::ptr::null_mut());
        libc::sigaction(libc::SIGBUS, &raw const action, core::ptr::null_mut());
        // Writing to a closed pipe is an error code, not the end.
        let mut ignore: libc::sigaction = core::mem::zeroed();
        ignore.sa_sigaction = libc::SIG_IGN;
        libc::sigaction(libc::SIGPIPE, &raw const ignore, core::ptr::null_mut());
    }
}

unsafe extern "C" fn on_fault(_: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel's arguments.
    unsafe {
        let address = (*info).si_addr() as usize;
        let registers = &(*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs;
        let sp = registers[libc::REG_RSP as usize] as usize;
        let ip = registers[libc::REG_RIP as usize] as usize;
        let fp = registers[libc::REG_RBP as usize] as usize;
        if address.abs_diff(sp) < NEAR {
            pal::print("Stack overflow.\n");
            pal::abort();
        }
        pal::print("Fatal error: invalid memory access at address ");
        pal::print_hex(address as u64);
        pal::print(", instruction ");
        pal::print_hex(ip as u64);
        pal::print(".\n");
        crate::eh::trace::print_frame(ip + 1);
        crate::eh::trace::print_stack(fp);
        pal::abort()
    }
}
