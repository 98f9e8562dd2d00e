//! Faults: what the system tells of an invalid memory access, and a stack of its own to tell it on.

use core::ffi::{c_int, c_void};
use core::sync::atomic::{AtomicPtr, Ordering};

const STACK: usize = 64 * 1024;
static mut ALTERNATE: [u8; STACK] = [0; STACK];
/// The [`Handler`].
static HANDLER: AtomicPtr<()> = AtomicPtr::new(core::ptr::null_mut());

/// An invalid memory access, and the registers at it, which may be changed: they are what the thread goes on with.
#[derive(Debug)]
pub struct Fault<'a> {
    /// What was accessed, where the system knows: an address that the processor has no room for comes without.
    pub address: Option<usize>,
    context: &'a mut libc::ucontext_t,
}

/// Is told of faults, on a stack of its own where the thread has one. When it returns, the thread goes on.
pub type Handler = fn(&mut Fault<'_>);

/// Installs the handler for the process. Only the calling thread has another stack for it, so only there an overflow of the stack arrives.
/// Also: writing to a closed pipe becomes an error code.
///
/// # Safety
/// Called once, at start.
pub unsafe fn install(handler: Handler) {
    HANDLER.store(handler as *mut (), Ordering::Relaxed);
    // SAFETY: plain system calls on static memory. The signal stays blocked while it is handled: a fault of the handler ends the process.
    unsafe {
        let stack = libc::stack_t { ss_sp: (&raw mut ALTERNATE).cast(), ss_flags: 0, ss_size: STACK };
        libc::sigaltstack(&raw const stack, core::ptr::null_mut());
        let mut action: libc::sigaction = core::mem::zeroed();
        action.sa_sigaction = on_fault as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigaction(libc::SIGSEGV, &raw const action, core::ptr::null_mut());
        libc::sigaction(libc::SIGBUS, &raw const action, core::ptr::null_mut());
        let mut ignore: libc::sigaction = core::mem::zeroed();
        ignore.sa_sigaction = libc::SIG_IGN;
        libc::sigaction(libc::SIGPIPE, &raw const ignore, core::ptr::null_mut());
    }
}

#[cfg(target_arch = "x86_64")]
impl Fault<'_> {
    /// The general register with this DWARF number.
    fn word(&mut self, register: i32) -> &mut i64 {
        use libc::{REG_R8, REG_RAX, REG_RBP, REG_RBX, REG_RCX, REG_RDI, REG_RDX, REG_RSI, REG_RSP};
        const LOW: [c_int; 8] = [REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP];
        let index = LOW.get(register as usize).copied().unwrap_or(REG_R8 + register - 8);
        &mut self.context.uc_mcontext.gregs[index as usize]
    }

    /// A general register, by its DWARF number.
    #[must_use]
    pub fn register(&mut self, register: i32) -> usize {
        *self.word(register) as usize
    }

    /// Changes one.
    pub fn set_register(&mut self, register: i32, value: usize) {
        *self.word(register) = value as i64;
    }

    /// The instruction.
    #[must_use]
    pub fn ip(&self) -> usize {
        self.context.uc_mcontext.gregs[libc::REG_RIP as usize] as usize
    }

    /// Goes on elsewhere.
    pub fn set_ip(&mut self, ip: usize) {
        self.context.uc_mcontext.gregs[libc::REG_RIP as usize] = ip as i64;
    }
}

/// What the kernel puts behind the general registers: the header of its first record, and the vector registers (`asm/sigcontext.h`).
#[cfg(target_arch = "aarch64")]
#[repr(C)]
struct Vectors {
    magic: u32,
    size: u32,
    status: [u32; 2],
    registers: [[u64; 2]; 32],
}

/// `FPSIMD_MAGIC`.
#[cfg(target_arch = "aarch64")]
const VECTORS_MAGIC: u32 = 0x4650_8001;
/// DWARF number of the first vector register.
#[cfg(target_arch = "aarch64")]
const FIRST_VECTOR: i32 = 64;

#[cfg(target_arch = "aarch64")]
impl Fault<'_> {
    /// The register with this DWARF number (31: the stack pointer); of a vector register the part that calls preserve.
    fn word(&mut self, register: i32) -> Option<&mut u64> {
        let registers = &mut self.context.uc_mcontext;
        if register >= FIRST_VECTOR {
            let end = (&raw mut *registers).wrapping_add(1).cast::<u8>();
            let vectors = end.wrapping_sub(4096).cast::<Vectors>();
            // SAFETY: the context ends with 4096 bytes for records, of which the kernel writes that of the vector registers first.
            return unsafe {
                ((*vectors).magic == VECTORS_MAGIC).then(|| &mut (*vectors).registers[(register - FIRST_VECTOR) as usize][0])
            };
        }
        Some(if register == 31 { &mut registers.sp } else { &mut registers.regs[register as usize] })
    }

    /// A register, by its DWARF number.
    #[must_use]
    pub fn register(&mut self, register: i32) -> usize {
        self.word(register).map_or(0, |word| *word as usize)
    }

    /// Changes one.
    pub fn set_register(&mut self, register: i32, value: usize) {
        if let Some(word) = self.word(register) {
            *word = value as u64;
        }
    }

    /// The instruction.
    #[must_use]
    pub fn ip(&self) -> usize {
        self.context.uc_mcontext.pc as usize
    }

    /// Goes on elsewhere.
    pub fn set_ip(&mut self, ip: usize) {
        self.context.uc_mcontext.pc = ip as u64;
    }
}

/// `si_code` of an address without memory, or without the right to do this to it.
const KNOWN: [c_int; 3] = [SEGV_MAPERR, SEGV_ACCERR, BUS_ADRERR];
const SEGV_MAPERR: c_int = 1;
const SEGV_ACCERR: c_int = 2;
const BUS_ADRERR: c_int = 2;

unsafe extern "C" fn on_fault(_: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    let handler = HANDLER.load(Ordering::Relaxed);
    // SAFETY: the kernel's arguments; only `install` writes the word, before it makes this the handler.
    unsafe {
        let handler: Handler = core::mem::transmute(handler);
        let address = KNOWN.contains(&(*info).si_code).then(|| (*info).si_addr() as usize);
        handler(&mut Fault { address, context: &mut *context.cast() });
    }
}
