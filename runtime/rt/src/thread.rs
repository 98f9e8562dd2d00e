//! This thread's block (`kiln_abi::thread`) and the references that its natives hold.

pub mod records;

pub use kiln_abi::thread::{FilterFrame, LocalRoots, NativeCall, ThreadBlock, ThreadStaticBlock};

use crate::alloc::HEAP;
use crate::pal::memory;
use crate::world::Inside;

/// The thread block, and behind it what only the runtime itself keeps per thread.
#[repr(C)]
pub struct Local {
    block: ThreadBlock,
    /// This thread's record, null until asked for (see `records`).
    record: *mut records::Record,
    /// Lowest address of the stack, 0 until asked for.
    pub stack_limit: usize,
    /// `Marshal.GetLastPInvokeError`.
    pub last_error: i32,
    /// Where compiled code accessed null, like a return address: for the trace of the exception that is made of it.
    pub fault: usize,
}
const _: () = assert!(size_of::<Local>() <= kiln_abi::thread::THREAD_SIZE);

/// This thread's block.
#[inline(always)]
pub fn current() -> *mut ThreadBlock {
    crate::pal::tls::block()
}

/// The same with what is behind it.
#[inline(always)]
pub fn local() -> *mut Local {
    current().cast()
}

/// Registers this thread; walks of its stack end at a frame pointer.
///
/// # Safety
/// Called inside (see `lock`), by a thread that is not registered.
#[inline(never)]
pub unsafe fn attach(stack_end: usize) {
    // SAFETY: this thread's block lives as long as the thread.
    unsafe {
        (*current()).stack_end = stack_end;
        HEAP.get(&mut Inside::assume()).attach(current());
    }
}

/// Forgets this thread and frees its thread statics.
///
/// # Safety
/// Called inside, after `attach`; no compiled code runs in this thread any more.
pub unsafe fn detach() {
    // SAFETY: promised; the blocks came from `statics`.
    unsafe {
        let t = current();
        HEAP.get(&mut Inside::assume()).detach(t);
        (*t).stack_end = 0;
        for i in 0..(*t).thread_static_count {
            memory::free((*(*t).thread_statics.add(i)).data);
        }
        memory::free((*t).thread_statics.cast());
        (*t).thread_statics = core::ptr::null_mut();
        (*t).thread_static_count = 0;
    }
}

/// Registers local roots of a native.
///
/// # Safety
/// The record and its slots outlive the registration.
pub unsafe fn push_roots(record: *mut LocalRoots) {
    // SAFETY: promised.
    unsafe {
        let t = current();
        (*record).next = (*t).local_roots;
        (*t).local_roots = record;
    }
}

/// Removes them (and whatever was left above them).
///
/// # Safety
/// Registered before.
pub unsafe fn pop_roots(record: *mut LocalRoots) {
    // SAFETY: promised.
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
        unsafe { push_roots(&raw mut self.record) }
    }

    /// Unregisters.
    ///
    /// # Safety
    /// After `push`.
    pub unsafe fn pop(&mut self) {
        // SAFETY: promised.
        unsafe { pop_roots(&raw mut self.record) }
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
