//! x86-64, System V (see `arch`).

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
    unsafe { core::arch::asm!("mov {}, rbp", out(reg) frame, options(nomem, nostack, preserves_flags)) }
    frame
}

/// The caller of a frame: its own return address lies above the saved frame pointer, and above that was the caller's stack at the call.
///
/// # Safety
/// The frame pointer of a live frame.
#[inline(always)]
pub unsafe fn caller(fp: usize) -> Caller {
    // SAFETY: promised.
    unsafe { Caller { ip: ((fp + 8) as *const usize).read(), sp: fp + 16, fp: (fp as *const usize).read() } }
}

/// DWARF number of rbp.
pub const FRAME_REGISTER: i32 = 6;

/// DWARF number of rsp.
pub const STACK_REGISTER: i32 = 7;

/// DWARF numbers of the registers that calls preserve: rbx, rbp, r12 to r15.
pub const CALLEE_SAVED: &[i32] = &[3, 6, 12, 13, 14, 15];

/// Makes a thread go on in a function without parameters as if it had been called: `ip` is the return address, `sp` the caller's stack pointer.
///
/// # Safety
/// A call of the caller at `ip`, whose registers the fault holds; what lay below `sp` is dead.
pub unsafe fn call_from(fault: &mut Fault<'_>, ip: usize, sp: usize, function: usize) {
    // SAFETY: the word below the caller's stack is where a call puts the return address.
    unsafe { (sp as *mut usize).sub(1).write(ip) }
    fault.set_register(STACK_REGISTER, sp - 8);
    fault.set_ip(function);
}

/// Asks for a cache line.
#[inline(always)]
pub fn prefetch(address: *const u8) {
    // SAFETY: a prefetch has no effect but on the cache.
    unsafe { core::arch::x86_64::_mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T0 }>(address.cast()) }
}

macro_rules! throw_stub {
    ($($(#[$attribute:meta])* $name:ident($($parameter:ident: $ty:ty),*) $prepare:ident $raise:ident;)*) => { $(
        $(#[$attribute])*
        #[unsafe(naked)]
        pub unsafe extern "C" fn $name($($parameter: $ty),*) {
            core::arch::naked_asm!(
                ".cfi_startproc",
                "push rbp",
                ".cfi_def_cfa_offset 16",
                ".cfi_offset rbp,-16",
                "mov rbp,rsp",
                ".cfi_def_cfa_register rbp",
                "mov rdx,rbp",
                "call {prepare}",
                "mov rdi,rax",
                "call {raise}@PLT",
                "mov edi,eax",
                "call {unhandled}",
                "ud2",
                ".cfi_endproc",
                prepare = sym eh::$prepare,
                raise = sym $raise,
                unhandled = sym eh::unhandled,
            )
        }
    )* };
}
for_each_throw_stub!(throw_stub);

/// Calls a filter below the unwinder's frames (see `arch`).
#[unsafe(naked)]
pub unsafe extern "C" fn call_filter(object: Obj, frame: *mut u8, function: *const u8, forged_fp: usize) -> i32 {
    core::arch::naked_asm!(
        ".cfi_startproc",
        ".cfi_personality 0x9b, DW.ref.kiln_shim_personality",
        ".cfi_lsda 0x1b, .Lkiln_filter_lsda",
        "push rbp",
        ".cfi_def_cfa_offset 16",
        ".cfi_offset rbp,-16",
        "mov rax,[rsp+8]",
        "push rax",
        ".cfi_def_cfa_offset 24",
        "push rcx",
        ".cfi_def_cfa_offset 32",
        "mov rbp,rsp",
        "call rdx",
        "1:",
        "add rsp,16",
        ".cfi_def_cfa_offset 16",
        "pop rbp",
        ".cfi_def_cfa_offset 8",
        "ret",
        ".Lkiln_filter_pad:",
        ".cfi_def_cfa_offset 32",
        "call {drop_exception}",
        "xor eax,eax",
        "jmp 1b",
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
        "push rbp",
        ".cfi_def_cfa_offset 16",
        ".cfi_offset rbp,-16",
        "mov rbp,rsp",
        ".cfi_def_cfa_register rbp",
        "push r8",
        "push r8",
        "mov rax,rdi",
        "mov rdi,rsi",
        "mov rsi,rdx",
        "mov rdx,rcx",
        "call rax",
        "1:",
        "leave",
        ".cfi_def_cfa rsp,8",
        "ret",
        ".Lkiln_try_pad:",
        ".cfi_def_cfa rbp,16",
        "call {begin_catch}",
        "mov rcx,[rsp]",
        "mov [rcx],rax",
        "xor eax,eax",
        "jmp 1b",
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
    ".quad {personality}",
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
    "mov r10,[rip + {words} + .Lkiln_thunk]",
    "jmp [rip + {words} + .Lkiln_thunk + 8]",
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

// Allocation from the thread's buffer; everything else (finalizers, no room, stress) is Rust's.
function!(
    RhpNewObject {
        "test dword ptr [rdi + {flags}],{has_finalizer}",
        "jnz 2f",
        "mov ecx,[rdi + {base_size}]",
        "mov rax,[rip + kiln_thread@GOTTPOFF]",
        "mov rdx,fs:[rax + {alloc_ptr}]",
        "add rcx,rdx",
        "cmp rcx,fs:[rax + {alloc_limit}]",
        "ja 2f",
        "mov fs:[rax + {alloc_ptr}],rcx",
        "mov [rdx + {header}],rdi",
        "lea rax,[rdx + {header}]",
        "ret",
        "2: jmp {slow}",
    }
    flags = const offset_of!(MethodTable, flags),
    has_finalizer = const flags::HAS_FINALIZER,
    base_size = const offset_of!(MethodTable, base_size),
    alloc_ptr = const THREAD_ALLOC_PTR,
    alloc_limit = const THREAD_ALLOC_LIMIT,
    header = const HEADER_SIZE,
    slow = sym crate::alloc::new_object,
);

/// Longest vector or string that `RhpNewArray` makes itself: its size fits 32 bits whatever its elements are. Negative lengths are
/// greater.
const SHORT: usize = 0x7FFF;

function!(
    RhpNewArray {
        "cmp rsi,{short}",
        "ja 2f",
        // The component size is the low half of the flags.
        "movzx eax,word ptr [rdi + {flags}]",
        "imul rax,rsi",
        "mov ecx,[rdi + {base_size}]",
        "lea rcx,[rcx + rax + 7]",
        "and rcx,-8",
        "mov rax,[rip + kiln_thread@GOTTPOFF]",
        "mov rdx,fs:[rax + {alloc_ptr}]",
        "add rcx,rdx",
        "cmp rcx,fs:[rax + {alloc_limit}]",
        "ja 2f",
        "mov fs:[rax + {alloc_ptr}],rcx",
        "mov [rdx + {header}],rdi",
        "mov [rdx + {header} + {length}],esi",
        "lea rax,[rdx + {header}]",
        "ret",
        "2: jmp {slow}",
    }
    short = const SHORT,
    flags = const offset_of!(MethodTable, flags),
    base_size = const offset_of!(MethodTable, base_size),
    alloc_ptr = const THREAD_ALLOC_PTR,
    alloc_limit = const THREAD_ALLOC_LIMIT,
    header = const HEADER_SIZE,
    length = const ARRAY_LENGTH_OFFSET,
    slow = sym crate::alloc::new_array_checked,
);

macro_rules! assign {
    ($($name:ident)*) => { $(
        function!(
            $name {
                "mov [rdi],rsi",
                "sub rsi,[rip + {barrier} + {young}]",
                "cmp rsi,[rip + {barrier} + {young_size}]",
                "jae 2f",
                "sub rdi,[rip + {barrier} + {carded}]",
                "cmp rdi,[rip + {barrier} + {carded_size}]",
                "jae 2f",
                "shr rdi,{card_shift}",
                "add rdi,[rip + {barrier} + {cards}]",
                "cmp byte ptr [rdi],0",
                "jne 2f",
                "mov byte ptr [rdi],1",
                "2: ret",
            }
            barrier = sym BARRIER,
            young = const offset_of!(Cards, young),
            young_size = const offset_of!(Cards, young_size),
            carded = const offset_of!(Cards, carded),
            carded_size = const offset_of!(Cards, carded_size),
            cards = const offset_of!(Cards, first),
            card_shift = const CARD_SHIFT,
        );
    )* };
}
// The address test of the slot covers stacks and static memory, so both are the same.
assign!(RhpAssignRef RhpCheckedAssignRef);

/// Valgrind's client request (valgrind/valgrind.h): rotations by 128 bits in all, then an exchange of a register with itself.
#[cfg(test)]
pub fn valgrind(request: &[usize; 6]) -> usize {
    let mut answer = 0usize;
    // SAFETY: the instructions do nothing; under Valgrind the request is read and answered.
    unsafe {
        core::arch::asm!(
            "rol rdi,3", "rol rdi,13", "rol rdi,61", "rol rdi,51", "xchg rbx,rbx",
            in("rax") request.as_ptr(), inout("rdx") answer, options(nostack),
        );
    }
    answer
}

/// What the processor and the system have of the instruction sets that programs ask for.
pub fn instruction_sets() -> u64 {
    use kiln_abi::processor::InstructionSet as I;
    let leaf = |number, sub| core::arch::x86_64::__cpuid_count(number, sub);
    let last = leaf(0, 0).eax;
    let (one, extended) = (leaf(1, 0), leaf(0x8000_0001, 0));
    let empty = core::arch::x86_64::CpuidResult { eax: 0, ebx: 0, ecx: 0, edx: 0 };
    let (seven, more) = if last >= 7 { (leaf(7, 0), leaf(7, 1)) } else { (empty, empty) };
    let bit = |word: u32, number: u32| word >> number & 1 == 1;
    // Wide registers are only there when the system keeps them (OSXSAVE, then XCR0).
    let kept = if bit(one.ecx, 27) {
        let low: u32;
        // SAFETY: OSXSAVE says that the instruction exists; it reads a control register.
        unsafe { core::arch::asm!("xgetbv", in("ecx") 0, out("eax") low, out("edx") _, options(nomem, nostack)) };
        low
    } else {
        0
    };
    let (avx, wide) = (kept & 6 == 6, kept & 0xE6 == 0xE6);
    let all = [
        (I::Base, true),
        (I::Sse3, bit(one.ecx, 0)),
        (I::Pclmulqdq, bit(one.ecx, 1)),
        (I::Ssse3, bit(one.ecx, 9)),
        (I::Fma, avx && bit(one.ecx, 12)),
        (I::Sse41, bit(one.ecx, 19)),
        (I::Sse42, bit(one.ecx, 20)),
        (I::Movbe, bit(one.ecx, 22)),
        (I::Popcnt, bit(one.ecx, 23)),
        (I::Aes, bit(one.ecx, 25)),
        (I::Avx, avx && bit(one.ecx, 28)),
        (I::F16c, avx && bit(one.ecx, 29)),
        (I::Lzcnt, bit(extended.ecx, 5)),
        (I::Bmi1, avx && bit(seven.ebx, 3)),
        (I::Avx2, avx && bit(seven.ebx, 5)),
        (I::Bmi2, avx && bit(seven.ebx, 8)),
        (I::Avx512F, wide && bit(seven.ebx, 16)),
        (I::Avx512Dq, wide && bit(seven.ebx, 17)),
        (I::Avx512Cd, wide && bit(seven.ebx, 28)),
        (I::Avx512Bw, wide && bit(seven.ebx, 30)),
        (I::Avx512Vl, wide && bit(seven.ebx, 31)),
        (I::Avx512Vbmi, wide && bit(seven.ecx, 1)),
        (I::Serialize, bit(seven.edx, 14)),
        (I::AvxVnni, avx && bit(more.eax, 4)),
    ];
    all.iter().filter(|(_, has)| *has).fold(0, |bits, (set, _)| bits | set.bit())
}

/// `System.Runtime.Intrinsics.X86.X86Base.CpuId`.
#[unsafe(no_mangle)]
unsafe extern "C" fn X86BaseCpuId(result: *mut i32, function: i32, sub_function: i32) {
    let r = core::arch::x86_64::__cpuid_count(function as u32, sub_function as u32);
    // SAFETY: four words of the caller.
    unsafe {
        for (index, word) in [r.eax, r.ebx, r.ecx, r.edx].into_iter().enumerate() {
            result.add(index).write(word as i32);
        }
    }
}
