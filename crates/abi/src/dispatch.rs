//! Interface dispatch: cells, entries, per-type maps.

use crate::method_table::MethodTable;
use crate::record;
use crate::record::{Relative, made_at, mark_made};

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
    /// Interface methods a type implements, inherited ones included, as the program has them.
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
        pub interface: Relative,
        /// Code with the plain signature; null: ambiguous default implementation.
        pub target: Relative,
        /// Slot in the interface.
        pub slot: u32,
    }
}

record! {
    /// The same of a type that was made at run time.
    pub struct MadeDispatchMap {
        /// Number of entries.
        pub count: u64,
        /// First of `count` entries.
        pub entries: [DispatchRow; 0],
    }
}

record! {
    /// An entry of either.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct DispatchRow {
        /// Exact interface.
        pub interface: *const MethodTable,
        /// Slot in the interface.
        pub slot: u64,
        /// Code with the plain signature; null: ambiguous default implementation.
        pub target: *const u8,
    }
}

/// What a MethodTable has of a map that was made at run time.
#[must_use]
pub fn made(map: *const MadeDispatchMap) -> *const DispatchMap {
    mark_made(map)
}

/// The entries of the map that a MethodTable has.
///
/// # Safety
/// `MethodTable::dispatch_map`; not null.
pub unsafe fn rows(map: *const DispatchMap) -> impl Iterator<Item = DispatchRow> + Clone {
    let made: *const MadeDispatchMap = made_at(map);
    // SAFETY: either of the two, by the mark.
    let count = unsafe { if made.is_null() { (*map).count as usize } else { (*made).count as usize } };
    (0..count).map(move |i| {
        // SAFETY: as above; so many entries follow.
        unsafe {
            if !made.is_null() {
                return (&raw const (*made).entries).cast::<DispatchRow>().add(i).read();
            }
            let e = &*(&raw const (*map).entries).cast::<DispatchMapEntry>().add(i);
            DispatchRow { interface: e.interface.pointer(), slot: u64::from(e.slot), target: e.target.pointer() }
        }
    })
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
