//! Faults: what the system tells of an invalid memory access, and a stack of its own to tell it on.

use core::ffi::{c_int, c_void};
use core::sync::atomic::{AtomicPtr, Ordering};

const STACK: usize = 64 * 1024;
static mut ALTERNATE: [u8; STACK] = [0; STACK];
/// The [`Handler`].
static HANDLER: AtomicPtr<()> = AtomicPtr::new(core::ptr::null_mut());

/// An invalid memory access, and the registers at it.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// What was accessed.
    pub address: usize,
    /// The instruction.
    pub ip: usize,
    /// Stack pointer.
    pub sp: usize,
    /// Frame pointer.
    pub fp: usize,
}

/// Is told of faults, on a stack of its own; does not return.
pub type Handler = fn(&Fault) -> !;

/// Installs the handler for the process. Only the calling thread has another stack for it, so only there an overflow of the stack arrives.
/// Also: writing to a closed pipe becomes an error code.
///
/// # Safety
/// Called once, at start.
pub unsafe fn install(handler: Handler) {
    HANDLER.store(handler as *mut (), Ordering::Relaxed);
    // SAFETY: plain system calls on static memory.
    unsafe {
        let stack = libc::stack_t { ss_sp: (&raw mut ALTERNATE).cast(), ss_flags: 0, ss_size: STACK };
        libc::sigaltstack(&raw const stack, core::ptr::null_mut());
        let mut action: libc::sigaction = core::mem::zeroed();
        action.sa_sigaction = on_fault as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESETHAND;
        libc::sigaction(libc::SIGSEGV, &raw const action, core::ptr::null_mut());
        libc::sigaction(libc::SIGBUS, &raw const action, core::ptr::null_mut());
        let mut ignore: libc::sigaction = core::mem::zeroed();
        ignore.sa_sigaction = libc::SIG_IGN;
        libc::sigaction(libc::SIGPIPE, &raw const ignore, core::ptr::null_mut());
    }
}

/// (instruction, stack pointer, frame pointer) of what was interrupted.
#[cfg(target_arch = "x86_64")]
fn registers(context: &libc::ucontext_t) -> (usize, usize, usize) {
    let registers = &context.uc_mcontext.gregs;
    let register = |n: c_int| registers[n as usize] as usize;
    (register(libc::REG_RIP), register(libc::REG_RSP), register(libc::REG_RBP))
}

/// (instruction, stack pointer, frame pointer) of what was interrupted.
#[cfg(target_arch = "aarch64")]
fn registers(context: &libc::ucontext_t) -> (usize, usize, usize) {
    let registers = &context.uc_mcontext;
    (registers.pc as usize, registers.sp as usize, registers.regs[29] as usize)
}

unsafe extern "C" fn on_fault(_: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    let handler = HANDLER.load(Ordering::Relaxed);
    // SAFETY: the kernel's arguments; only `install` writes the word, before it makes this the handler.
    unsafe {
        let (ip, sp, fp) = registers(&*context.cast());
        let handler: Handler = core::mem::transmute(handler);
        handler(&Fault { address: (*info).si_addr() as usize, ip, sp, fp })
    }
}
