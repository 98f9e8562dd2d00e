//! Interface dispatch: cells, entries, per-type maps.

use crate::method_table::MethodTable;

/// What a dispatch cell points to: the last receiver type seen and its target.
#[repr(C)]
#[derive(Debug)]
pub struct DispatchEntry {
    /// Receiver type (null in the empty entry).
    pub method_table: *const MethodTable,
    /// Code to call with the plain signature.
    pub target: *const u8,
}

/// A call site's (or dictionary slot's) cell.
#[repr(C)]
#[derive(Debug)]
pub struct DispatchCell {
    /// Current entry; starts at the runtime's `kiln_empty_dispatch_entry`.
    pub entry: *const DispatchEntry,
    /// Exact interface.
    pub interface: *const MethodTable,
    /// Slot in the interface's own method list.
    pub slot: u16,
    /// Calls that met another receiver than the entry's, up to `POLYMORPHIC`.
    pub misses: u16,
    /// Offset in the MethodTable of the vtable slot that holds the target for every receiver there can be; 0: there is no such slot.
    pub vtable_offset: u32,
    /// `vtable_offset` once the cell has met `POLYMORPHIC` other receivers, until then 0: compiled code reads the slot itself.
    pub active_offset: u64,
}

/// A cell with so many misses no longer remembers receivers, if `vtable_offset` says where the target is.
pub const POLYMORPHIC: u16 = 64;

/// Interface methods a type implements (its own map; bases are searched after it).
#[repr(C)]
#[derive(Debug)]
pub struct DispatchMap {
    /// Number of entries.
    pub count: u32,
    /// Reserved.
    pub reserved: u32,
    /// First of `count` entries.
    pub entries: [DispatchMapEntry; 0],
}

/// One implemented interface method.
#[repr(C)]
#[derive(Debug)]
pub struct DispatchMapEntry {
    /// Exact interface.
    pub interface: *const MethodTable,
    /// Slot in the interface.
    pub slot: u64,
    /// Code with the plain signature; null: ambiguous default implementation.
    pub target: *const u8,
}

/// One resolved generic virtual method: key (receiver type, handle) → entry. The program table is an array of these, ended by nulls.
#[repr(C)]
#[derive(Debug)]
pub struct GvmEntry {
    /// Receiver type (exact).
    pub method_table: *const MethodTable,
    /// `Sym::GvmHandle` record address.
    pub handle: *const u8,
    /// Code with the plain signature.
    pub target: *const u8,
}
