//! Access to the thread block (`kiln_abi::thread`).

pub use kiln_abi::thread::{FilterFrame, LocalRoots, NativeCall, ThreadBlock, ThreadStaticBlock};

/// This thread's block.
#[inline(always)]
pub fn current() -> *mut ThreadBlock {
    let block: *mut ThreadBlock;
    // SAFETY: reads the thread pointer and the (link-time constant) offset of the block.
    unsafe {
        core::arch::asm!(
            "mov {0}, qword ptr [rip + kiln_thread@GOTTPOFF]",
            "add {0}, qword ptr fs:[0]",
            out(reg) block, options(pure, readonly, nostack)
        );
    }
    block
}

/// This thread's block, for natives.
#[unsafe(no_mangle)]
pub extern "C" fn kiln_current_thread() -> *mut ThreadBlock {
    current()
}

/// Registers this thread; walks of its stack end at a frame pointer. Called inside (see `kiln_natives::gil`).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kiln_thread_attach(stack_end: usize) {
    // SAFETY: this thread's block lives as long as the thread.
    unsafe {
        (*current()).stack_end = stack_end;
        crate::alloc::heap().attach(current());
    }
}

/// Forgets this thread and frees its thread statics. Called inside.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kiln_thread_detach() {
    // SAFETY: attached before; no compiled code runs in it any more.
    unsafe {
        let t = current();
        crate::alloc::heap().detach(t);
        (*t).stack_end = 0;
        for i in 0..(*t).thread_static_count {
            libc::free((*(*t).thread_statics.add(i)).data.cast());
        }
        libc::free((*t).thread_statics.cast());
        (*t).thread_statics = core::ptr::null_mut();
        (*t).thread_static_count = 0;
    }
}

/// Registers local roots of a native.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kiln_push_roots(record: *mut LocalRoots) {
    // SAFETY: the record outlives its registration, as the contract demands.
    unsafe {
        let t = current();
        (*record).next = (*t).local_roots;
        (*t).local_roots = record;
    }
}

/// Removes them (and whatever was left above them).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kiln_pop_roots(record: *mut LocalRoots) {
    // SAFETY: registered before.
    unsafe { (*current()).local_roots = (*record).next }
}

/// Keeps `N` references alive and up to date over calls that may collect.
pub struct Roots<const N: usize> {
    record: LocalRoots,
    slots: [*mut u8; N],
}

impl<const N: usize> Roots<N> {
    /// Holds the references; `push` registers them.
    pub const fn new(slots: [*mut u8; N]) -> Self {
        Self { record: LocalRoots { next: core::ptr::null_mut(), count: N, slots: core::ptr::null_mut() }, slots }
    }

    /// Registers.
    ///
    /// # Safety
    /// The value stays where it is until `pop`.
    pub unsafe fn push(&mut self) {
        self.record.slots = self.slots.as_mut_ptr();
        // SAFETY: promised.
        unsafe { kiln_push_roots(&raw mut self.record) }
    }

    /// Unregisters.
    ///
    /// # Safety
    /// After `push`.
    pub unsafe fn pop(&mut self) {
        // SAFETY: promised.
        unsafe { kiln_pop_roots(&raw mut self.record) }
    }

    /// Current value of a slot.
    pub fn get(&self, i: usize) -> *mut u8 {
        // SAFETY: in range; the collector may have changed it behind the compiler's back.
        unsafe { (&raw const self.slots[i]).read_volatile() }
    }

    /// Changes a slot.
    #[expect(clippy::not_unsafe_ptr_arg_deref, reason = "the pointer is stored, not followed")]
    pub fn set(&mut self, i: usize, value: *mut u8) {
        // SAFETY: in range.
        unsafe { (&raw mut self.slots[i]).write_volatile(value) }
    }
}
