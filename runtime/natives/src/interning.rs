//! Interned strings (`String.Intern`, `String.IsInterned`).

use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use kiln_abi::object::{HEADER_SIZE, MIN_OBJECT_SIZE};
use kiln_pal::memory;
use kiln_rt::handles::{self, HandleKind};

use kiln_rt::array;
use kiln_rt::mt::{self, Obj};

use crate::qcall::StringHandle;
use crate::text;

/// Strong handles of strings interned at run time, an open hash table; changed inside (see `kiln_rt::lock`). The program's literals are not
/// in it: they lie in the frozen section.
static TABLE: AtomicPtr<*mut Obj> = AtomicPtr::new(core::ptr::null_mut());
static CAPACITY: AtomicUsize = AtomicUsize::new(0);
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// FNV-1a.
fn hash(units: &[u16]) -> usize {
    units.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, u| (h ^ u64::from(*u)).wrapping_mul(0x0100_0000_01b3)) as usize
}

/// The literal with these characters, if the program has one.
unsafe fn literal(units: &[u16]) -> Option<Obj> {
    let string = mt::well_known().string;
    // SAFETY: the section is a sequence of frozen objects, each with its header word in front, 8-aligned.
    unsafe {
        let (mut at, end) = (kiln_rt::mt::program().frozen_start.cast_mut(), kiln_rt::mt::program().frozen_end.cast_mut());
        while at.addr() + MIN_OBJECT_SIZE <= end.addr() {
            let object = at.add(HEADER_SIZE);
            let mt = mt::mt_of(object);
            if mt.is_null() {
                at = at.add(HEADER_SIZE);
                continue;
            }
            if core::ptr::eq(mt, string) && text::units(object) == units {
                return Some(object);
            }
            let table = &*mt;
            let mut size = table.base_size as usize;
            if table.flags & kiln_abi::method_table::flags::HAS_COMPONENT_SIZE != 0 {
                size += array::length(object) * (table.flags & kiln_abi::method_table::flags::COMPONENT_SIZE_MASK) as usize;
            }
            at = at.add(size.next_multiple_of(8));
        }
        None
    }
}

unsafe fn slot(table: *mut *mut Obj, capacity: usize, units: &[u16]) -> *mut *mut Obj {
    let mut index = hash(units) & (capacity - 1);
    // SAFETY: the table is never full.
    unsafe {
        loop {
            let slot = table.add(index);
            let handle = slot.read();
            if handle.is_null() || text::units(handle.read()) == units {
                return slot;
            }
            index = (index + 1) & (capacity - 1);
        }
    }
}

unsafe fn grow() {
    let old = TABLE.load(Ordering::Relaxed);
    let old_capacity = CAPACITY.load(Ordering::Relaxed);
    let capacity = (old_capacity * 2).max(64);
    // SAFETY: fresh zeroed memory; every old handle moves over.
    unsafe {
        let table = memory::allocate_zeroed(capacity * size_of::<*mut Obj>()).cast::<*mut Obj>();
        for index in 0..old_capacity {
            let handle = old.add(index).read();
            if !handle.is_null() {
                slot(table, capacity, text::units(handle.read())).write(handle);
            }
        }
        memory::free(old.cast());
        TABLE.store(table, Ordering::Relaxed);
        CAPACITY.store(capacity, Ordering::Relaxed);
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn String_Intern(string: StringHandle) {
    // SAFETY: a stack slot with a string; nothing below allocates on the managed heap.
    unsafe {
        if let Some(object) = literal(text::units(string.get())) {
            return string.set(object);
        }
        if COUNT.load(Ordering::Relaxed) * 2 >= CAPACITY.load(Ordering::Relaxed) {
            grow();
        }
        let slot = slot(TABLE.load(Ordering::Relaxed), CAPACITY.load(Ordering::Relaxed), text::units(string.get()));
        if slot.read().is_null() {
            slot.write(handles::new(string.get(), core::ptr::null_mut(), HandleKind::Normal));
            COUNT.fetch_add(1, Ordering::Relaxed);
        }
        string.set(slot.read().read());
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn String_IsInterned(string: StringHandle) {
    // SAFETY: as above.
    unsafe {
        if let Some(object) = literal(text::units(string.get())) {
            return string.set(object);
        }
        let mut found = core::ptr::null_mut();
        if CAPACITY.load(Ordering::Relaxed) != 0 {
            let handle = slot(TABLE.load(Ordering::Relaxed), CAPACITY.load(Ordering::Relaxed), text::units(string.get())).read();
            if !handle.is_null() {
                found = handle.read();
            }
        }
        string.set(found);
    }
}
