//! AArch64, AAPCS64 as Linux uses it (see `arch`).
//!
//! A frame record, saved frame pointer and return address, is where the frame pointer points to. Callee-saved registers may lie between
//! it and the caller's stack, so the compiler addresses slots from the frame pointer alone (`kiln_target::FrameShape`).

use core::mem::offset_of;

use kiln_abi::method_table::{MethodTable, flags};
use kiln_abi::object::{ARRAY_LENGTH_OFFSET, HEADER_SIZE};
use kiln_abi::thread::{THREAD_ALLOC_LIMIT, THREAD_ALLOC_PTR};

use super::{_Unwind_RaiseException, _Unwind_Resume, Caller};
use crate::barrier::BARRIER;
use crate::eh;
use crate::heap::cards::Cards;
use crate::heap::space::CARD_SHIFT;
use crate::mt::Obj;
use crate::pal::fault::Fault;

/// Frame pointer of the function that this is inlined into: where a thread that leaves managed code is parked. The runtime is built with
/// frame pointers, and they are how the stack walker gets from a native to the compiled code that called it. It is also built without
/// shrink wrapping: the frame pointer is the caller's until the function has set up its own.
#[inline(always)]
#[must_use]
pub fn frame_pointer() -> usize {
    let frame: usize;
    // SAFETY: reads a register.
    unsafe { core::arch::asm!("mov {}, x29", out(reg) frame, options(nomem, nostack, preserves_flags)) }
    frame
}

/// The caller of a frame. Its stack at the call is somewhere above the frame record.
///
/// # Safety
/// The frame pointer of a live frame.
#[inline(always)]
pub unsafe fn caller(fp: usize) -> Caller {
    // SAFETY: promised.
    unsafe { Caller { ip: ((fp + 8) as *const usize).read(), sp: fp + 16, fp: (fp as *const usize).read() } }
}

/// DWARF number of x29.
pub const FRAME_REGISTER: i32 = 29;

/// DWARF number of the stack pointer.
pub const STACK_REGISTER: i32 = 31;

/// DWARF numbers of the registers that calls preserve: x19 to x29, d8 to d15.
pub const CALLEE_SAVED: &[i32] = &[19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 72, 73, 74, 75, 76, 77, 78, 79];

/// Makes a thread go on in a function without parameters as if it had been called: `ip` is the return address, `sp` the caller's stack pointer.
///
/// # Safety
/// A call of the caller at `ip`, whose registers the fault holds; what lay below `sp` is dead.
pub unsafe fn call_from(fault: &mut Fault<'_>, ip: usize, sp: usize, function: usize) {
    const LINK_REGISTER: i32 = 30;
    fault.set_register(LINK_REGISTER, ip);
    fault.set_register(STACK_REGISTER, sp);
    fault.set_ip(function);
}

/// Asks for a cache line.
#[inline(always)]
pub fn prefetch(address: *const u8) {
    // SAFETY: a prefetch has no effect but on the cache.
    unsafe { core::arch::asm!("prfm pldl1keep, [{}]", in(reg) address, options(nostack, preserves_flags, readonly)) }
}

macro_rules! throw_stub {
    ($($(#[$attribute:meta])* $name:ident($($parameter:ident: $ty:ty),*) $prepare:ident $raise:ident;)*) => { $(
        $(#[$attribute])*
        #[unsafe(naked)]
        pub unsafe extern "C" fn $name($($parameter: $ty),*) {
            core::arch::naked_asm!(
                ".cfi_startproc",
                "stp x29,x30,[sp,#-16]!",
                ".cfi_def_cfa_offset 16",
                ".cfi_offset w30,-8",
                ".cfi_offset w29,-16",
                "mov x29,sp",
                ".cfi_def_cfa w29,16",
                "mov x2,x29",
                "bl {prepare}",
                "bl {raise}",
                "bl {unhandled}",
                "brk #1",
                ".cfi_endproc",
                prepare = sym eh::$prepare,
                raise = sym $raise,
                unhandled = sym eh::unhandled,
            )
        }
    )* };
}
for_each_throw_stub!(throw_stub);

/// Calls a filter below the unwinder's frames (see `arch`): above the function's own frame record lies the forged one.
#[unsafe(naked)]
pub unsafe extern "C" fn call_filter(object: Obj, frame: *mut u8, function: *const u8, forged_fp: usize) -> i32 {
    core::arch::naked_asm!(
        ".cfi_startproc",
        ".cfi_personality 0x9b, DW.ref.kiln_shim_personality",
        ".cfi_lsda 0x1b, .Lkiln_filter_lsda",
        "stp x29,x30,[sp,#-32]!",
        ".cfi_def_cfa_offset 32",
        ".cfi_offset w30,-24",
        ".cfi_offset w29,-32",
        "stp x3,x30,[sp,#16]",
        "add x29,sp,#16",
        "blr x2",
        "1:",
        "ldp x29,x30,[sp],#32",
        ".cfi_remember_state",
        ".cfi_def_cfa_offset 0",
        ".cfi_restore w30",
        ".cfi_restore w29",
        "ret",
        ".Lkiln_filter_pad:",
        ".cfi_restore_state",
        "bl {drop_exception}",
        "mov w0,#0",
        "b 1b",
        ".cfi_endproc",
        ".pushsection .rodata.kiln_filter_lsda,\"a\",@progbits",
        ".p2align 2",
        ".Lkiln_filter_lsda:",
        ".long .Lkiln_filter_pad - .",
        ".popsection",
        drop_exception = sym eh::drop_exception,
    )
}

/// Calls compiled code and catches what it throws (see `arch`).
#[unsafe(naked)]
pub unsafe extern "C" fn try_call(function: *const u8, a: usize, b: usize, c: usize, exception: *mut Obj) -> usize {
    core::arch::naked_asm!(
        ".cfi_startproc",
        ".cfi_personality 0x9b, DW.ref.kiln_shim_personality",
        ".cfi_lsda 0x1b, .Lkiln_try_lsda",
        "stp x29,x30,[sp,#-32]!",
        ".cfi_def_cfa_offset 32",
        ".cfi_offset w30,-24",
        ".cfi_offset w29,-32",
        "mov x29,sp",
        "str x4,[sp,#16]",
        "mov x9,x0",
        "mov x0,x1",
        "mov x1,x2",
        "mov x2,x3",
        "blr x9",
        "1:",
        "ldp x29,x30,[sp],#32",
        ".cfi_remember_state",
        ".cfi_def_cfa_offset 0",
        ".cfi_restore w30",
        ".cfi_restore w29",
        "ret",
        ".Lkiln_try_pad:",
        ".cfi_restore_state",
        "bl {begin_catch}",
        "ldr x9,[sp,#16]",
        "str x0,[x9]",
        "mov x0,#0",
        "b 1b",
        ".cfi_endproc",
        ".pushsection .rodata.kiln_try_lsda,\"a\",@progbits",
        ".p2align 2",
        ".Lkiln_try_lsda:",
        ".long .Lkiln_try_pad - .",
        ".popsection",
        begin_catch = sym eh::RhpBeginCatch,
    )
}

// Unwind tables refer to a personality through a word, which relocation may write.
core::arch::global_asm!(
    ".hidden DW.ref.kiln_shim_personality",
    ".weak DW.ref.kiln_shim_personality",
    ".pushsection .data.rel.local.DW.ref.kiln_shim_personality,\"awG\",@progbits,DW.ref.kiln_shim_personality,comdat",
    ".p2align 3",
    ".type DW.ref.kiln_shim_personality, @object",
    ".size DW.ref.kiln_shim_personality, 8",
    "DW.ref.kiln_shim_personality:",
    ".xword {personality}",
    ".popsection",
    personality = sym eh::lsda::shim_personality,
);

// The code of `crate::thunks`: each reads its two words, by their distance. Whole pages, which may be mapped again.
core::arch::global_asm!(
    ".pushsection .text.kiln_thunks,\"ax\",@progbits",
    ".p2align 12",
    ".globl kiln_thunks",
    ".hidden kiln_thunks",
    ".type kiln_thunks,@function",
    "kiln_thunks:",
    ".set .Lkiln_thunk, 0",
    ".rept {capacity}",
    ".p2align 4",
    "adrp x15,{words} + .Lkiln_thunk",
    "add x15,x15,:lo12:{words} + .Lkiln_thunk",
    "ldp x15,x16,[x15]",
    "br x16",
    ".set .Lkiln_thunk, .Lkiln_thunk + 16",
    ".endr",
    ".size kiln_thunks, . - kiln_thunks",
    ".popsection",
    capacity = const crate::thunks::CAPACITY,
    words = sym crate::thunks::WORDS,
);

/// A function of its own section that starts at a cache-friendly address, which naked functions of Rust cannot be asked for.
macro_rules! function {
    ($name:ident { $($line:literal),* $(,)? } $($operand:tt)*) => {
        core::arch::global_asm!(
            concat!(".pushsection .text.", stringify!($name), ",\"ax\",@progbits"),
            ".p2align 4",
            concat!(".globl ", stringify!($name)),
            concat!(".type ", stringify!($name), ",@function"),
            concat!(stringify!($name), ":"),
            ".cfi_startproc",
            $($line,)*
            ".cfi_endproc",
            concat!(".size ", stringify!($name), ", . - ", stringify!($name)),
            ".popsection",
            $($operand)*
        );
    };
}

pub use kiln_abi::helpers::link::{RhpAssignRef, RhpCheckedAssignRef, RhpNewArray, RhpNewObject};

// One instruction loads both.
const _: () = assert!(THREAD_ALLOC_LIMIT == THREAD_ALLOC_PTR + 8);
const _: () = assert!(offset_of!(Cards, young_size) == offset_of!(Cards, young) + 8);
const _: () = assert!(offset_of!(Cards, carded_size) == offset_of!(Cards, carded) + 8);

// Allocation from the thread's buffer; everything else (finalizers, no room, stress) is Rust's.
function!(
    RhpNewObject {
        "ldr w9,[x0,#{flags}]",
        "tst w9,#{has_finalizer}",
        "b.ne 2f",
        "ldr w10,[x0,#{base_size}]",
        "mrs x11,tpidr_el0",
        "adrp x12,:gottprel:kiln_thread",
        "ldr x12,[x12,:gottprel_lo12:kiln_thread]",
        "add x11,x11,x12",
        "ldp x12,x13,[x11,#{alloc_ptr}]",
        "add x10,x10,x12",
        "cmp x10,x13",
        "b.hi 2f",
        "str x10,[x11,#{alloc_ptr}]",
        "str x0,[x12,#{header}]!",
        "mov x0,x12",
        "ret",
        "2: b {slow}",
    }
    flags = const offset_of!(MethodTable, flags),
    has_finalizer = const flags::HAS_FINALIZER,
    base_size = const offset_of!(MethodTable, base_size),
    alloc_ptr = const THREAD_ALLOC_PTR,
    header = const HEADER_SIZE,
    slow = sym crate::alloc::new_object,
);

/// Longest vector or string that `RhpNewArray` makes itself: its size fits 32 bits whatever its elements are. Negative lengths are
/// greater.
const SHORT: usize = 0x7FFF;

function!(
    RhpNewArray {
        "mov x9,#{short}",
        "cmp x1,x9",
        "b.hi 2f",
        // The component size is the low half of the flags.
        "ldrh w9,[x0,#{flags}]",
        "ldr w10,[x0,#{base_size}]",
        "madd x10,x9,x1,x10",
        "add x10,x10,#7",
        "and x10,x10,#-8",
        "mrs x11,tpidr_el0",
        "adrp x12,:gottprel:kiln_thread",
        "ldr x12,[x12,:gottprel_lo12:kiln_thread]",
        "add x11,x11,x12",
        "ldp x12,x13,[x11,#{alloc_ptr}]",
        "add x10,x10,x12",
        "cmp x10,x13",
        "b.hi 2f",
        "str x10,[x11,#{alloc_ptr}]",
        "str x0,[x12,#{header}]!",
        "str w1,[x12,#{length}]",
        "mov x0,x12",
        "ret",
        "2: b {slow}",
    }
    short = const SHORT,
    flags = const offset_of!(MethodTable, flags),
    base_size = const offset_of!(MethodTable, base_size),
    alloc_ptr = const THREAD_ALLOC_PTR,
    header = const HEADER_SIZE,
    length = const ARRAY_LENGTH_OFFSET,
    slow = sym crate::alloc::new_array_checked,
);

macro_rules! assign {
    ($($name:ident)*) => { $(
        function!(
            $name {
                // A release: who sees the reference sees the object whole.
                "stlr x1,[x0]",
                "adrp x9,{barrier}",
                "add x9,x9,:lo12:{barrier}",
                "ldp x10,x11,[x9,#{young}]",
                "sub x10,x1,x10",
                "cmp x10,x11",
                "b.hs 2f",
                "ldp x10,x11,[x9,#{carded}]",
                "sub x10,x0,x10",
                "cmp x10,x11",
                "b.hs 2f",
                "ldr x11,[x9,#{first}]",
                "lsr x10,x10,#{card_shift}",
                "ldrb w12,[x11,x10]",
                "cbnz w12,2f",
                "mov w12,#1",
                "strb w12,[x11,x10]",
                "2: ret",
            }
            barrier = sym BARRIER,
            young = const offset_of!(Cards, young),
            carded = const offset_of!(Cards, carded),
            first = const offset_of!(Cards, first),
            card_shift = const CARD_SHIFT,
        );
    )* };
}
// The address test of the slot covers stacks and static memory, so both are the same.
assign!(RhpAssignRef RhpCheckedAssignRef);

/// None of the instruction sets that programs ask for is of this architecture.
pub const fn instruction_sets() -> u64 {
    0
}
