//! Interface and generic virtual dispatch (contract §7).
//!
//! A cell remembers one receiver type. Behind it is one table for the whole program: (receiver, interface, slot) → entry. Behind
//! that are the types' dispatch maps: an exact match first, then an interface that converts by variance. Which of several is meant
//! was decided when the maps were made: then there is an exact row.

use kiln_abi::dispatch::{DispatchCell, DispatchEntry, GvmHandle, POLYMORPHIC, rows};
use kiln_abi::helpers::throw_kind;
use kiln_abi::templates::{GenericVirtual, OfVectors, Templates};

use crate::arch::RhpThrowNullReference;
use crate::cast;
use crate::eh;
use crate::mt::{self, Mt, Obj, mt_of, program};
use crate::pal;

/// What cells point to at first.
#[unsafe(no_mangle)]
pub static kiln_empty_dispatch_entry: EmptyEntry = EmptyEntry(DispatchEntry { method_table: core::ptr::null(), target: core::ptr::null() });

/// A shareable entry.
#[repr(transparent)]
pub struct EmptyEntry(DispatchEntry);
// SAFETY: never written.
unsafe impl Sync for EmptyEntry {}

/// An entry with the rest of its key.
#[repr(C)]
struct Known {
    entry: DispatchEntry,
    interface: usize,
    slot: u32,
    next: *mut Known,
}

const BUCKETS: usize = 2048;
static mut TABLE: [*mut Known; BUCKETS] = [core::ptr::null_mut(); BUCKETS];

#[inline(always)]
fn bucket(a: usize, b: usize, c: usize) -> usize {
    let h = (a >> 3) ^ (b >> 3).wrapping_mul(0x9E37_79B1) ^ c.wrapping_mul(0x85EB_CA6B);
    (h ^ (h >> 11)) % BUCKETS
}

/// Finds or makes the entry of a key.
unsafe fn lookup(a: Mt, b: usize, c: u32, find: impl FnOnce() -> *const u8) -> *const DispatchEntry {
    // SAFETY: one thread; entries are never freed.
    unsafe {
        let head = &raw mut TABLE[bucket(a as usize, b, c as usize)];
        let mut at = *head;
        while !at.is_null() {
            if (*at).entry.method_table == a && (*at).interface == b && (*at).slot == c {
                return &raw const (*at).entry;
            }
            at = (*at).next;
        }
        let target = find();
        let k = pal::memory::allocate(size_of::<Known>()).cast::<Known>();
        k.write(Known { entry: DispatchEntry { method_table: a, target }, interface: b, slot: c, next: *head });
        *head = k;
        &raw const (*k).entry
    }
}

/// A recent result; direct-mapped in front of the table.
#[derive(Clone, Copy)]
struct Recent {
    method_table: Mt,
    /// Interface and slot: addresses have 48 bits.
    key: usize,
    target: *const u8,
    entry: *const DispatchEntry,
}

const RECENT: usize = 1024;
static mut RECENTS: [Recent; RECENT] =
    [Recent { method_table: core::ptr::null(), key: 0, target: core::ptr::null(), entry: core::ptr::null() }; RECENT];
/// Cells that missed: one in sixteen gets the new receiver, so that sites with many receivers do not write all the time.
static mut MISSES: u32 = 0;

/// Code for an interface call whose cell has another receiver.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpResolveInterface(o: Obj, cell: *mut DispatchCell) -> *const u8 {
    // SAFETY: an object or null, and a cell; one thread runs managed code.
    unsafe {
        if o.is_null() {
            RhpThrowNullReference();
        }
        let mt = mt_of(o);
        if (*cell).misses < POLYMORPHIC {
            (*cell).misses += 1;
            if (*cell).misses == POLYMORPHIC && (*cell).vtable_offset != 0 {
                (*cell).entry = &raw const kiln_empty_dispatch_entry.0;
                (*cell).active_offset = u64::from((*cell).vtable_offset);
                return mt.byte_add((*cell).vtable_offset as usize).cast::<*const u8>().read();
            }
        }
        let key = (*cell).interface as usize ^ ((*cell).slot as usize) << 48;
        let at = (mt as usize >> 4) ^ (key >> 4) ^ (key >> 45);
        let recent = &raw mut RECENTS[at % RECENT];
        if (*recent).method_table == mt && (*recent).key == key {
            MISSES = MISSES.wrapping_add(1);
            if MISSES.is_multiple_of(16) {
                (*cell).entry = (*recent).entry;
            }
            return (*recent).target;
        }
        resolve_cell(mt, cell, recent, key)
    }
}

#[inline(never)]
unsafe fn resolve_cell(mt: Mt, cell: *mut DispatchCell, recent: *mut Recent, key: usize) -> *const u8 {
    // SAFETY: as above.
    unsafe {
        let (interface, slot) = ((*cell).interface, u32::from((*cell).slot));
        let entry = lookup(mt, interface as usize, slot, || resolve(mt, interface, slot));
        (*cell).entry = entry;
        *recent = Recent { method_table: mt, key, target: (*entry).target, entry };
        (*entry).target
    }
}

/// The target, or None when the type has none; null stands for an ambiguity.
unsafe fn search(mt: Mt, interface: Mt, slot: u32) -> Option<*const u8> {
    // SAFETY: dispatch maps are program data.
    unsafe {
        let map = (*mt).dispatch_map;
        let found = if map.is_null() {
            None
        } else {
            let entries = rows(map);
            let of_slot = || entries.clone().filter(|e| e.slot == u64::from(slot));
            let exact = of_slot().find(|e| e.interface == interface);
            exact.or_else(|| of_slot().find(|e| cast::variant(e.interface, interface, 0))).map(|e| e.target)
        };
        if found.is_none() && mt::is_sz_array(&*mt) && cast::castable(mt, interface) { of_vectors(interface, slot) } else { found }
    }
}

/// What vectors have for a method of one of their generic interfaces: the interface says it.
unsafe fn of_vectors(interface: Mt, slot: u32) -> Option<*const u8> {
    // SAFETY: dispatch maps are program data.
    unsafe {
        let map = (*interface).dispatch_map;
        let compiled = if map.is_null() { None } else { rows(map).find(|e| e.slot == u64::from(slot)).map(|e| e.target) };
        compiled.or_else(|| Some(made_of_vectors(interface, slot)).filter(|code| !code.is_null()))
    }
}

unsafe fn resolve(mt: Mt, interface: Mt, slot: u32) -> *const u8 {
    // SAFETY: promised.
    match unsafe { search(mt, interface, slot) } {
        Some(target) if !target.is_null() => target,
        Some(_) => missing(mt, interface, throw_kind::AMBIGUOUS_IMPLEMENTATION),
        None => missing(mt, interface, throw_kind::ENTRY_POINT_NOT_FOUND),
    }
}

#[cold]
fn missing(mt: Mt, interface: Mt, kind: i32) -> ! {
    let mut message: pal::Buf<u8> = pal::Buf::new();
    let mut put = |bytes: &[u8]| bytes.iter().for_each(|&b| message.push(b));
    // SAFETY: MethodTables; thrown from a call that may throw.
    unsafe {
        put(b"'");
        crate::text::type_name(mt, &mut put);
        put(b"' has no unique implementation of a method of '");
        crate::text::type_name(interface, &mut put);
        put(b"'.");
        eh::throw_text(kind, message.as_slice())
    }
}

/// Slot number that marks generic virtual methods in the table.
const GENERIC: u32 = u32::MAX;

/// Code for a generic virtual call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpResolveGenericVirtual(o: Obj, method: *const GvmHandle) -> *const u8 {
    // SAFETY: an object or null, and a handle of the program.
    unsafe {
        if o.is_null() {
            RhpThrowNullReference();
        }
        let mt = mt_of(o);
        (*lookup(mt, method as usize, GENERIC, || resolve_generic(mt, method))).target
    }
}

/// What the program has for types that are made at run time.
fn templates() -> Option<&'static Templates> {
    // SAFETY: null or immutable data of the program.
    unsafe { program().reflection.as_ref().and_then(|r| r.templates.as_ref()) }
}

/// Code for a generic virtual call that no row of the program answers; null where there is none.
unsafe fn made_generic(mt: Mt, method: *const GvmHandle) -> *const u8 {
    // SAFETY: a function of the type that the field says (`abi::templates`), or null.
    let code = templates().and_then(|t| unsafe { core::mem::transmute::<*const u8, Option<GenericVirtual>>(t.generic_virtual) });
    // SAFETY: a type and a handle.
    code.map_or(core::ptr::null(), |f| unsafe { f(mt, method) })
}

/// What vectors have for a method of one of their generic interfaces, by slot, that only code over types that are made calls; null where nothing has.
unsafe fn made_of_vectors(interface: Mt, slot: u32) -> *const u8 {
    // SAFETY: as above.
    let code = templates().and_then(|t| unsafe { core::mem::transmute::<*const u8, Option<OfVectors>>(t.of_vectors) });
    // SAFETY: an interface.
    code.map_or(core::ptr::null(), |f| unsafe { f(interface, slot) })
}

unsafe fn resolve_generic(mt: Mt, method: *const GvmHandle) -> *const u8 {
    let p = program();
    // SAFETY: the header's own count.
    unsafe {
        let entries = core::slice::from_raw_parts(p.gvm, p.gvm_count as usize);
        match entries.iter().find(|e| e.method_table == mt && core::ptr::eq(e.handle, method)) {
            Some(e) if !e.target.is_null() => e.target,
            Some(_) => missing(mt, (*method).owner, throw_kind::AMBIGUOUS_IMPLEMENTATION),
            None => {
                let made = made_generic(mt, method);
                if made.is_null() { missing(mt, (*method).owner, throw_kind::ENTRY_POINT_NOT_FOUND) } else { made }
            }
        }
    }
}

/// A vtable slot or method that the compiler proved unreachable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpUnreachable(name: *const core::ffi::c_char) {
    pal::print("unreachable code was reached: ");
    // SAFETY: NUL-terminated or null.
    pal::print_bytes(unsafe { crate::text::c_bytes(name.cast()) });
    pal::print("\n");
    pal::fatal("this is a bug of the compiler")
}

/// What unused vtable slots hold.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kiln_unreachable() {
    pal::fatal("an unused vtable slot was called: this is a bug of the compiler")
}
