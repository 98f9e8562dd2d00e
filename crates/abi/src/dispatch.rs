//! Interface dispatch: cells, entries, per-type maps.

use crate::method_table::MethodTable;
use crate::record;

record! {
    /// What a dispatch cell points to: the last receiver type seen and its target.
    pub struct DispatchEntry {
        /// Receiver type (null in the empty entry).
        pub method_table: *const MethodTable,
        /// Code to call with the plain signature.
        pub target: *const u8,
    }
}

record! {
    /// A call site's (or dictionary slot's) cell.
    pub struct DispatchCell, DispatchCellFields {
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
}

/// A cell with so many misses no longer remembers receivers, if `vtable_offset` says where the target is.
pub const POLYMORPHIC: u16 = 64;

record! {
    /// Interface methods a type implements, inherited ones included.
    pub struct DispatchMap, DispatchMapFields {
        /// Number of entries.
        pub count: u32,
        /// First of `count` entries.
        pub entries: [DispatchMapEntry; 0],
    }
}

record! {
    /// One implemented interface method.
    pub struct DispatchMapEntry, DispatchMapEntryFields {
        /// Exact interface.
        pub interface: *const MethodTable,
        /// Slot in the interface.
        pub slot: u64,
        /// Code with the plain signature; null: ambiguous default implementation.
        pub target: *const u8,
    }
}

record! {
    /// Dictionary of a generic method: its hidden argument (contract §6).
    pub struct MethodDictionary, MethodDictionaryFields {
        /// Exact type that declares the method.
        pub owner: *const MethodTable,
        /// What its code looks up.
        pub slots: [*const u8; 0],
    }
}

record! {
    /// Identity of a generic virtual method instantiation: its address counts.
    pub struct GvmHandle, GvmHandleFields {
        /// The type that declares the method.
        pub owner: *const MethodTable,
        /// Its name, NUL-terminated, for messages.
        pub name: *const u8,
    }
}

record! {
    /// One resolved generic virtual method: key (receiver type, handle) → entry. The program table is an array of these, ended by nulls.
    pub struct GvmEntry, GvmEntryFields {
        /// Receiver type (exact).
        pub method_table: *const MethodTable,
        /// The method.
        pub handle: *const GvmHandle,
        /// Code with the plain signature; null: ambiguous default implementation.
        pub target: *const u8,
    }
}
