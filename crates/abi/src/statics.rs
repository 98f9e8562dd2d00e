//! Statics blocks and thread-statics descriptors.

use crate::method_table::MethodTable;

/// Header in front of the static fields of a type (fields follow at `STATICS_HEADER_SIZE`).
#[repr(C)]
#[derive(Debug)]
pub struct StaticsHeader {
    /// 0 class constructor has not run, 1 running, 2 done (or none), 3 failed.
    pub state: i32,
    /// Reserved.
    pub reserved: i32,
    /// `fn()` or null (shared generics: an instantiating stub, plain signature).
    pub cctor: *const u8,
    /// TypeInitializationException of a failed constructor (a GC root when state is 3).
    pub exception: *mut u8,
    /// Owner.
    pub method_table: *const MethodTable,
}

/// Offset of the first static field.
pub const STATICS_HEADER_SIZE: u32 = 32;
const _: () = assert!(core::mem::size_of::<StaticsHeader>() == STATICS_HEADER_SIZE as usize);

/// `StaticsHeader::state`: ready for use.
pub const STATICS_READY: i32 = 2;

/// Describes the thread statics of one type; `index` is the program-wide number of the descriptor.
#[repr(C)]
#[derive(Debug)]
pub struct ThreadStaticsDescriptor {
    /// Bytes of the block (16-aligned start; no header, offsets from 0).
    pub size: u32,
    /// 0-based number.
    pub index: u32,
    /// Number of reference offsets.
    pub ref_count: u32,
    /// Reserved.
    pub reserved: u32,
    /// `ref_count` u32 offsets.
    pub ref_offsets: *const u32,
}
