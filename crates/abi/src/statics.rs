//! Statics blocks and thread-statics descriptors.

use crate::method_table::MethodTable;
use crate::record;

record! {
    /// Header in front of the static fields of a type (fields follow at `STATICS_HEADER_SIZE`).
    pub struct StaticsHeader, StaticsHeaderFields {
        /// `STATICS_*`.
        pub state: i32,
        /// Number of the managed thread that runs the class constructor.
        pub thread: i32,
        /// `fn()` or null (shared generics: an instantiating stub, plain signature).
        pub cctor: *const u8,
        /// TypeInitializationException of a failed constructor (a GC root).
        pub exception: *mut u8,
        /// Owner.
        pub method_table: *const MethodTable,
    }
}

/// Offset of the first static field.
pub const STATICS_HEADER_SIZE: u32 = 32;
const _: () = assert!(core::mem::size_of::<StaticsHeader>() == STATICS_HEADER_SIZE as usize);

/// `StaticsHeader::state`: the class constructor has not run.
pub const STATICS_NOT_RUN: i32 = 0;
/// `StaticsHeader::state`: it runs.
pub const STATICS_RUNNING: i32 = 1;
/// `StaticsHeader::state`: ready for use.
pub const STATICS_READY: i32 = 2;
/// `StaticsHeader::state`: it failed.
pub const STATICS_FAILED: i32 = 3;

record! {
    /// Describes the thread statics of one type; `index` is the program-wide number of the descriptor.
    pub struct ThreadStaticsDescriptor, ThreadStaticsDescriptorFields {
        /// Bytes of the block (16-aligned start; no header, offsets from 0).
        pub size: u32,
        /// 0-based number.
        pub index: u32,
        /// Number of reference offsets.
        pub ref_count: u32,
        /// `ref_count` u32 offsets.
        pub ref_offsets: *const u32,
    }
}
