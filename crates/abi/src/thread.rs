//! The thread block: one TLS variable named `kiln_thread`, whose first words compiled code uses inline, and the records that
//! natives link into it.

use crate::record;
use core::mem::offset_of;

/// Offset of the allocation cursor (next free byte of the thread's allocation buffer). Memory up to the limit is zeroed.
pub const THREAD_ALLOC_PTR: u32 = offset_of!(ThreadBlock, alloc_ptr) as u32;
/// Offset of the allocation limit.
pub const THREAD_ALLOC_LIMIT: u32 = offset_of!(ThreadBlock, alloc_limit) as u32;
/// Name of the TLS variable.
pub const THREAD_SYMBOL: &str = "kiln_thread";
/// Bytes reserved for the TLS variable.
pub const THREAD_SIZE: usize = 256;

record! {
    /// The thread block. Natives may use the fields from `local_roots` to `foreign_raise`.
    pub struct ThreadBlock {
        /// Next free byte of the allocation buffer; an object's header word comes first.
        pub alloc_ptr: usize,
        /// End of the zeroed part of the allocation buffer.
        pub alloc_limit: usize,
        /// Innermost local roots of natives.
        pub local_roots: *mut LocalRoots,
        /// The managed System.Threading.Thread of this thread, or null (a root).
        pub thread_object: *mut u8,
        /// Not zero: the next throw keeps the exception's stack trace (`Exception.PrepareForForeignExceptionRaise`).
        pub foreign_raise: u64,
        /// Innermost exception in flight (the runtime's own).
        pub exceptions: *mut u8,
        /// Innermost registered filter frame.
        pub filter_frames: *mut FilterFrame,
        /// Blocks of thread statics, by descriptor index.
        pub thread_statics: *mut ThreadStaticBlock,
        /// Length of `thread_statics`.
        pub thread_static_count: usize,
        /// Where the walk of this thread's stack starts while it is outside: the frame pointer of the native that it left managed code in,
        /// or, with bit 0 set, a [`NativeCall`]. 0 while it is inside.
        pub parked_frame: usize,
        /// The next thread's block (list of all attached threads).
        pub next_thread: *mut ThreadBlock,
        /// Frame pointer where walks of this thread's stack end.
        pub stack_end: usize,
        /// Start of the allocation buffer: of a nursery block, or of a gap in one.
        pub alloc_start: usize,
        /// Its end.
        pub alloc_end: usize,
        /// Bytes allocated in earlier buffers.
        pub allocated: u64,
        /// Innermost callback from native code.
        pub callbacks: *mut CallbackFrame,
    }
}
const _: () = assert!(core::mem::size_of::<ThreadBlock>() <= THREAD_SIZE);

record! {
    /// References in a native's frame that the collector visits and updates: `count` words at `slots`. Pushed with `push_roots`,
    /// popped with `pop_roots` (`kiln_rt::thread`); an exception that unwinds the frame pops it by itself.
    pub struct LocalRoots {
        /// The next outer record.
        pub next: *mut LocalRoots,
        /// Number of slots.
        pub count: usize,
        /// First slot; each holds an object reference, a byref into an object, or null.
        pub slots: *mut *mut u8,
    }
}

record! {
    /// What compiled code registers with `RhpPushFilterFrame`.
    pub struct FilterFrame {
        /// The next outer record.
        pub next: *mut FilterFrame,
        /// The frame struct to pass to the filters of this frame.
        pub frame: *mut u8,
    }
}

record! {
    /// One type's thread statics of one thread.
    pub struct ThreadStaticBlock {
        /// Zero-initialised storage or null.
        pub data: *mut u8,
        /// Its descriptor.
        pub descriptor: *const crate::statics::ThreadStaticsDescriptor,
    }
}

record! {
    /// A call of a C function with the lock given away: the frame of the wrapper, as it was when it called `RhpPInvokeBegin`.
    pub struct NativeCall {
        /// Its frame pointer.
        pub fp: usize,
        /// Return address of the call.
        pub ip: usize,
        /// Its stack pointer at the call.
        pub sp: usize,
    }
}

record! {
    /// A callback from native code, in the frame of its entry. The walk goes on where managed code was left: native frames in between need
    /// not have frame pointers.
    pub struct CallbackFrame {
        /// The next outer one.
        pub next: *mut CallbackFrame,
        /// `parked_frame` when native code called; 0 when the thread was inside.
        pub parked: usize,
        /// The thread was not known before.
        pub attached: usize,
    }
}
