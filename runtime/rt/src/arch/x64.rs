//! x86-64: what cannot be written in Rust: every frame that an exception passes or stops in.
//!
//! Rust built with panic=abort gives its functions unwind tables but no landing pads, so an exception may pass them; it may not
//! start in one (the raise must come from a frame whose registers the unwinder can restore) or stop in one.
//!
//! * `RhpThrow*`: a frame, a Rust function that makes the exception record, `_Unwind_RaiseException`; `RhpResume` the same with
//!   `_Unwind_Resume`.
//! * `kiln_call_filter(object, frame, function, forged_fp) -> i32`: calls a filter below the unwinder's frames, which have no frame
//!   pointers; the frame pointer it leaves for the stack walker is the thrower's. An exception that reaches it means "false".
//! * `kiln_try_call(function, arg0, arg1, arg2, &exception) -> result`: calls managed code; on an exception the result is 0 and
//!   `exception` holds it (a leaf stored it, so nothing can collect in between).
//!
//! Besides them, the fast paths of allocation and of the write barrier.

macro_rules! throw_stub {
    ($name:literal, $prepare:literal) => {
        throw_stub!($name, $prepare, "_Unwind_RaiseException");
    };
    ($name:literal, $prepare:literal, $raise:literal) => {
        core::arch::global_asm!(
            concat!(".pushsection .text.", $name, ",\"ax\",@progbits"),
            concat!(".globl ", $name),
            concat!(".type ", $name, ",@function"),
            concat!($name, ":"),
            ".cfi_startproc",
            "push rbp",
            ".cfi_def_cfa_offset 16",
            ".cfi_offset rbp,-16",
            "mov rbp,rsp",
            ".cfi_def_cfa_register rbp",
            "mov rdx,rbp",
            concat!("call ", $prepare),
            "mov rdi,rax",
            concat!("call ", $raise, "@PLT"),
            "mov edi,eax",
            "call kiln_unhandled",
            "ud2",
            ".cfi_endproc",
            concat!(".size ", $name, ", . - ", $name),
            ".popsection",
        );
    };
}
// The handler was found when the exception was raised: the second phase goes on, and filters are not asked again.
throw_stub!("RhpResume", "kiln_prepare_resume", "_Unwind_Resume");
// The prepare functions take (first argument, second argument, frame pointer of the stub).
throw_stub!("RhpThrowEx", "kiln_prepare_throw");
throw_stub!("RhpRethrow", "kiln_prepare_rethrow");
throw_stub!("RhpThrowNullReference", "kiln_prepare_null_reference");
throw_stub!("RhpThrowIndexOutOfRange", "kiln_prepare_index_out_of_range");
throw_stub!("RhpThrowOverflow", "kiln_prepare_overflow");
throw_stub!("RhpThrowDivideByZero", "kiln_prepare_divide_by_zero");
throw_stub!("RhpThrowArithmetic", "kiln_prepare_arithmetic");
throw_stub!("RhpThrowHelper", "kiln_prepare_helper");
// (kind, message string or null): for the runtime and natives.
throw_stub!("kiln_throw", "kiln_prepare_kind");

core::arch::global_asm!(
    ".pushsection .text.kiln_call_filter,\"ax\",@progbits",
    ".globl kiln_call_filter",
    ".hidden kiln_call_filter",
    ".type kiln_call_filter,@function",
    "kiln_call_filter:",
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
    "call kiln_drop_exception",
    "xor eax,eax",
    "jmp 1b",
    ".cfi_endproc",
    ".size kiln_call_filter, . - kiln_call_filter",
    ".popsection",
    ".pushsection .rodata.kiln_filter_lsda,\"a\",@progbits",
    ".p2align 2",
    ".Lkiln_filter_lsda:",
    ".long .Lkiln_filter_pad - .",
    ".popsection",
);

core::arch::global_asm!(
    ".pushsection .text.kiln_try_call,\"ax\",@progbits",
    ".globl kiln_try_call",
    ".type kiln_try_call,@function",
    "kiln_try_call:",
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
    "call RhpBeginCatch",
    "mov rcx,[rsp]",
    "mov [rcx],rax",
    "xor eax,eax",
    "jmp 1b",
    ".cfi_endproc",
    ".size kiln_try_call, . - kiln_try_call",
    ".popsection",
    ".pushsection .rodata.kiln_try_lsda,\"a\",@progbits",
    ".p2align 2",
    ".Lkiln_try_lsda:",
    ".long .Lkiln_try_pad - .",
    ".popsection",
);

core::arch::global_asm!(
    ".hidden DW.ref.kiln_shim_personality",
    ".weak DW.ref.kiln_shim_personality",
    ".pushsection .data.rel.local.DW.ref.kiln_shim_personality,\"awG\",@progbits,DW.ref.kiln_shim_personality,comdat",
    ".p2align 3",
    ".type DW.ref.kiln_shim_personality, @object",
    ".size DW.ref.kiln_shim_personality, 8",
    "DW.ref.kiln_shim_personality:",
    ".quad kiln_shim_personality",
    ".popsection",
);

/// A function in assembly of its own section.
macro_rules! function {
    ($name:literal, $($line:literal),* $(,)?) => {
        core::arch::global_asm!(
            concat!(".pushsection .text.", $name, ",\"ax\",@progbits"),
            ".p2align 4",
            concat!(".globl ", $name),
            concat!(".type ", $name, ",@function"),
            concat!($name, ":"),
            ".cfi_startproc",
            $($line,)*
            ".cfi_endproc",
            concat!(".size ", $name, ", . - ", $name),
            ".popsection",
        );
    };
}

// Allocation from the thread's buffer; everything else (finalizers, no room, stress) is Rust's. The flag is HAS_FINALIZER.
function!(
    "RhpNewObject",
    "test dword ptr [rdi],0x100000",
    "jnz 2f",
    "mov ecx,[rdi+4]",
    "mov rax,[rip + kiln_thread@GOTTPOFF]",
    "mov rdx,fs:[rax]",
    "add rcx,rdx",
    "cmp rcx,fs:[rax+8]",
    "ja 2f",
    "mov fs:[rax],rcx",
    "mov [rdx+8],rdi",
    "lea rax,[rdx+8]",
    "ret",
    "2: jmp kiln_new_object",
);
// Vectors and strings of up to 32767 elements (negative lengths are large ones here).
function!(
    "RhpNewArray",
    "cmp rsi,0x7fff",
    "ja 2f",
    "movzx eax,word ptr [rdi]",
    "imul rax,rsi",
    "mov ecx,[rdi+4]",
    "lea rcx,[rcx+rax+7]",
    "and rcx,-8",
    "mov rax,[rip + kiln_thread@GOTTPOFF]",
    "mov rdx,fs:[rax]",
    "add rcx,rdx",
    "cmp rcx,fs:[rax+8]",
    "ja 2f",
    "mov fs:[rax],rcx",
    "mov [rdx+8],rdi",
    "mov [rdx+16],esi",
    "lea rax,[rdx+8]",
    "ret",
    "2: jmp kiln_new_array",
);

core::arch::global_asm!(
    ".pushsection .bss.kiln_barrier,\"aw\",@nobits",
    ".globl kiln_barrier",
    ".hidden kiln_barrier",
    ".type kiln_barrier,@object",
    ".size kiln_barrier,40",
    ".p2align 3",
    "kiln_barrier:",
    ".zero 40",
    ".popsection",
);

macro_rules! assign {
    ($name:literal) => {
        function!(
            $name,
            "mov [rdi],rsi",
            "sub rsi,[rip + kiln_barrier]",
            "cmp rsi,[rip + kiln_barrier + 8]",
            "jae 2f",
            "sub rdi,[rip + kiln_barrier + 16]",
            "cmp rdi,[rip + kiln_barrier + 24]",
            "jae 2f",
            "shr rdi,9",
            "add rdi,[rip + kiln_barrier + 32]",
            "cmp byte ptr [rdi],0",
            "jne 2f",
            "mov byte ptr [rdi],1",
            "2: ret",
        );
    };
}
// The same as `Heap::record_store`. The address test of the slot covers stacks and static memory.
assign!("RhpAssignRef");
assign!("RhpCheckedAssignRef");

/// What the write barrier compares with.
#[repr(C)]
pub struct Barrier {
    /// Start of the nursery; values from here on may be young …
    pub young: usize,
    /// … for this many bytes.
    pub young_size: usize,
    /// Slots from here on have cards …
    pub carded: usize,
    /// … for this many bytes.
    pub carded_size: usize,
    /// Card of the first of them.
    pub cards: usize,
}

unsafe extern "C" {
    /// Set once, when the heap is reserved.
    pub static mut kiln_barrier: Barrier;
    /// See the module's description.
    pub fn kiln_call_filter(object: *mut u8, frame: *mut u8, function: *const u8, forged_fp: usize) -> i32;
    /// See the module's description.
    pub fn kiln_try_call(function: *const u8, a: usize, b: usize, c: usize, exception: *mut *mut u8) -> usize;
    /// Creates and throws an exception: kind, message string or null. Does not return; not declared so, because Rust frames are
    /// left by unwinding then.
    pub fn kiln_throw(kind: i32, message: *mut u8);
    /// `throw`.
    pub fn RhpThrowEx(exception: *mut u8);
    /// NullReferenceException.
    pub fn RhpThrowNullReference();
    /// OverflowException.
    pub fn RhpThrowOverflow();
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
