//! The thread block's storage (`kiln_abi::thread`): thread-local variables of stable Rust need `std`, so it is declared in assembly, and
//! compiled code reaches it by name.

use kiln_abi::thread::{THREAD_SIZE, THREAD_SYMBOL, ThreadBlock};

const _: () = assert!(matches!(THREAD_SYMBOL.as_bytes(), b"kiln_thread"));

core::arch::global_asm!(
    ".pushsection .tbss,\"awT\",@nobits",
    ".globl kiln_thread",
    ".hidden kiln_thread",
    ".type kiln_thread,@object",
    ".size kiln_thread,{size}",
    ".p2align 4",
    "kiln_thread:",
    ".zero {size}",
    ".popsection",
    size = const THREAD_SIZE,
);

/// This thread's block; zeroed when the thread starts.
#[inline(always)]
#[must_use]
pub fn block() -> *mut ThreadBlock {
    let block: *mut ThreadBlock;
    // SAFETY: reads the thread pointer and the (link-time constant) offset of the block: the initial-exec model of ELF.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        core::arch::asm!(
            "mov {0}, qword ptr [rip + kiln_thread@GOTTPOFF]",
            "add {0}, qword ptr fs:[0]",
            out(reg) block, options(pure, readonly, nostack)
        );
        #[cfg(target_arch = "aarch64")]
        core::arch::asm!(
            "mrs {0}, tpidr_el0",
            "adrp {1}, :gottprel:kiln_thread",
            "ldr {1}, [{1}, :gottprel_lo12:kiln_thread]",
            "add {0}, {0}, {1}",
            out(reg) block, out(reg) _, options(nostack, pure, readonly),
        );
    }
    block
}
