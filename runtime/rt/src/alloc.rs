//! Allocation: objects, arrays, boxes (contract §4).

use kiln_abi::method_table::flags;
use kiln_abi::object::{ARRAY_LENGTH_OFFSET, BOX_DATA_OFFSET, HEADER_FINALIZABLE, HEADER_SIZE, MD_ARRAY_BOUNDS_OFFSET};
use kiln_abi::program::exception_kind;

use crate::arch::{RhpThrowNullReference, RhpThrowOverflow};
use crate::eh;
use crate::heap::Heap;
use crate::mt::{self, Mt, Obj, component_size, mt_of};
use crate::thread::{self, Roots};

static mut HEAP: Heap = Heap::new();

/// The heap.
///
/// # Safety
/// One thread; no two overlapping uses across a call that may collect.
#[inline(always)]
pub unsafe fn heap() -> &'static mut Heap {
    // SAFETY: promised.
    unsafe { &mut *(&raw mut HEAP) }
}

/// Array.MaxLength.
const MAX_LENGTH: usize = 0x7FFF_FFC7;

#[cold]
#[inline(never)]
unsafe fn slow(mt: Mt, size: usize) -> Obj {
    // SAFETY: called for compiled code, whose frames have GC tables.
    unsafe {
        // Compiled loops that allocate give way to other threads.
        crate::lock::RhpPoll();
        let mut a = heap().alloc_slow(thread::current(), size);
        crate::finalize::after_collection();
        if a == 0 {
            eh::throw_kind(exception_kind::OUT_OF_MEMORY);
        }
        a += HEADER_SIZE;
        (a as *mut Mt).write(mt);
        a as Obj
    }
}

/// Zeroed memory with a MethodTable.
#[inline(always)]
unsafe fn memory(mt: Mt, size: usize) -> Obj {
    // SAFETY: the buffer is zeroed up to its limit.
    unsafe {
        let t = thread::current();
        let a = (*t).alloc_ptr;
        if (*t).alloc_limit.wrapping_sub(a) as isize >= size as isize {
            (*t).alloc_ptr = a + size;
            let o = (a + HEADER_SIZE) as Obj;
            o.cast::<Mt>().write(mt);
            return o;
        }
        slow(mt, size)
    }
}

/// Allocates an object of a type with a finalizer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpNewFinalizable(mt: Mt) -> Obj {
    // SAFETY: as for every object.
    unsafe { new_object(mt) }
}

/// What `RhpNewObject` leaves to us.
pub unsafe extern "C" fn new_object(mt: Mt) -> Obj {
    // SAFETY: a MethodTable.
    unsafe {
        let o = memory(mt, ((*mt).base_size as usize + 7) & !7);
        if (*mt).flags & flags::HAS_FINALIZER != 0 {
            register_finalizer(o);
        }
        o
    }
}

#[cold]
unsafe fn register_finalizer(o: Obj) {
    // SAFETY: a new object.
    unsafe {
        if (*mt_of(o)).finalizer.is_null() {
            return;
        }
        let header = o.sub(HEADER_SIZE).cast::<u64>();
        header.write(header.read() | HEADER_FINALIZABLE);
        heap().weak.register_finalizer(o);
    }
}

/// A vector or a string of `length` elements; may collect and throw.
///
/// # Safety
/// An array or string MethodTable.
#[inline(always)]
pub unsafe fn new_array(mt: Mt, length: usize) -> Obj {
    // SAFETY: promised.
    unsafe {
        if length > MAX_LENGTH {
            eh::throw_kind(exception_kind::OUT_OF_MEMORY);
        }
        let o = memory(mt, array_size(mt, length));
        o.add(ARRAY_LENGTH_OFFSET).cast::<u32>().write(length as u32);
        o
    }
}

#[inline(always)]
unsafe fn array_size(mt: Mt, length: usize) -> usize {
    // SAFETY: promised by the callers.
    unsafe { ((*mt).base_size as usize + length * component_size(&*mt) + 7) & !7 }
}

/// A vector made without collecting; null when memory is exhausted.
///
/// # Safety
/// An array MethodTable.
pub unsafe fn new_array_no_gc(mt: Mt, length: usize) -> Obj {
    // SAFETY: promised.
    unsafe {
        let a = heap().alloc_no_gc(thread::current(), array_size(mt, length));
        if a == 0 {
            return core::ptr::null_mut();
        }
        let o = (a + HEADER_SIZE) as Obj;
        o.cast::<Mt>().write(mt);
        o.add(ARRAY_LENGTH_OFFSET).cast::<u32>().write(length as u32);
        o
    }
}

/// What `RhpNewArray` leaves to us.
pub unsafe extern "C" fn new_array_checked(mt: Mt, length: isize) -> Obj {
    // SAFETY: an array MethodTable.
    unsafe {
        if length < 0 {
            RhpThrowOverflow();
        }
        new_array(mt, length.cast_unsigned())
    }
}

/// A vector that never moves (GC.AllocateArray with pinned: true). May collect.
///
/// # Safety
/// Called inside; an array MethodTable.
pub unsafe fn new_pinned_array(mt: Mt, length: isize) -> Obj {
    // SAFETY: promised; large objects never move, whatever their size.
    unsafe {
        if length < 0 {
            RhpThrowOverflow();
        }
        let size = array_size(mt, length.cast_unsigned()).max(crate::heap::LARGE + 8);
        let o = slow(mt, size);
        o.add(ARRAY_LENGTH_OFFSET).cast::<u32>().write(length as u32);
        o
    }
}

/// New multi-dimensional array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpNewMdArray(mt: Mt, rank: i32, lengths: *const i32, lower_bounds: *const i32) -> Obj {
    // SAFETY: `rank` lengths, and as many bounds or none.
    unsafe {
        let rank = rank.max(0) as usize;
        let mut total = 1usize;
        let mut too_big = false;
        for i in 0..rank {
            let n = lengths.add(i).read();
            if n < 0 {
                RhpThrowOverflow();
            }
            total = total.saturating_mul(n as usize);
            too_big |= total > MAX_LENGTH;
        }
        if too_big && total != 0 {
            eh::throw_kind(exception_kind::OUT_OF_MEMORY);
        }
        let o = new_array(mt, total);
        let to = o.add(MD_ARRAY_BOUNDS_OFFSET).cast::<i32>();
        for i in 0..rank {
            to.add(i).write(lengths.add(i).read());
            to.add(rank + i).write(if lower_bounds.is_null() { 0 } else { lower_bounds.add(i).read() });
        }
        o
    }
}

/// Offset of the value in a Nullable.
pub(crate) unsafe fn nullable_value_offset(nullable: Mt, argument: Mt) -> usize {
    // SAFETY: both are MethodTables. The total is the value's alignment plus its size (II, Nullable<T>'s two fields).
    unsafe { mt::value_size(&*nullable) - mt::value_size(&*argument) }
}

/// Boxes a value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpBox(mt: Mt, value: *const u8) -> Obj {
    // SAFETY: `value` points to a value of the type.
    unsafe {
        let (mut mt, mut value) = (mt, value);
        if mt::is_nullable(&*mt) {
            if value.read() == 0 {
                return core::ptr::null_mut();
            }
            let argument = mt::nullable_argument(&*mt);
            value = value.add(nullable_value_offset(mt, argument));
            mt = argument;
        }
        let size = mt::value_size(&*mt);
        // The value may lie in an object that moves.
        let mut roots = Roots::new([value.cast_mut()]);
        roots.push();
        let o = new_object(mt);
        roots.pop();
        copy_value(o.add(BOX_DATA_OFFSET), roots.get(0), size);
        if size > crate::heap::LARGE / 2 {
            heap().record_range(o as usize, size);
        }
        o
    }
}

/// Copies a value; references in it as whole words.
#[inline(always)]
unsafe fn copy_value(to: *mut u8, from: *const u8, size: usize) {
    // SAFETY: promised by the callers.
    unsafe {
        match size {
            4 => to.cast::<u32>().write_unaligned(from.cast::<u32>().read_unaligned()),
            8 => to.cast::<u64>().write_unaligned(from.cast::<u64>().read_unaligned()),
            _ => core::ptr::copy_nonoverlapping(from, to, size),
        }
    }
}

/// Address of the boxed value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpUnbox(mt: Mt, o: Obj) -> *mut u8 {
    // SAFETY: an object or null.
    unsafe {
        if o.is_null() {
            RhpThrowNullReference();
        }
        let have = mt_of(o);
        if have != mt && !unbox_compatible(&*have, &*mt) {
            crate::cast::throw_invalid_cast(have, mt);
        }
        o.add(BOX_DATA_OFFSET)
    }
}

/// Enums and their underlying types unbox to each other (III.4.32).
fn unbox_compatible(have: &mt::MethodTableRef, want: &mt::MethodTableRef) -> bool {
    mt::is_primitive(have) && mt::is_primitive(want) && have.cor_element_type == want.cor_element_type
}

/// Unboxes to a Nullable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpUnboxNullable(mt: Mt, o: Obj, to: *mut u8) {
    // SAFETY: `to` has room for the Nullable.
    unsafe {
        core::ptr::write_bytes(to, 0, mt::value_size(&*mt));
        if o.is_null() {
            return;
        }
        let argument = mt::nullable_argument(&*mt);
        // Exactly: enums and their underlying types are not each other's here.
        if mt_of(o) != argument {
            crate::cast::throw_invalid_cast(mt_of(o), mt);
        }
        to.write(1);
        copy_value(to.add(nullable_value_offset(mt, argument)), o.add(BOX_DATA_OFFSET), mt::value_size(&*argument));
    }
}

/// Collects garbage: everything when `generation` is 2 or -1.
///
/// # Safety
/// Called inside, by a native that keeps no reference across it; its callers have GC tables.
pub unsafe fn collect(generation: i32) {
    // SAFETY: promised.
    unsafe {
        heap().collect(!(0..=1).contains(&generation));
        crate::finalize::after_collection();
    }
}

/// What the collector counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// Bytes in use.
    Used,
    /// Bytes allocated since the start.
    Allocated,
    /// Collections of the nursery.
    Minor,
    /// Collections of everything.
    Major,
}

/// A number of the collector.
///
/// # Safety
/// Called inside.
pub unsafe fn counter(what: Counter) -> u64 {
    // SAFETY: plain reads, as promised.
    unsafe {
        let h = heap();
        match what {
            Counter::Used => h.used() as u64 + h.young_bytes() as u64,
            Counter::Allocated => {
                let mut sum = h.stats.allocated;
                let mut each = h.threads();
                while !each.is_null() {
                    sum += in_buffer(each);
                    each = (*each).next_thread;
                }
                sum
            }
            Counter::Minor => h.stats.minor,
            Counter::Major => h.stats.major,
        }
    }
}

/// Bytes allocated in a thread's current buffer.
unsafe fn in_buffer(t: *mut thread::ThreadBlock) -> u64 {
    // SAFETY: an attached thread.
    unsafe { if (*t).alloc_ptr == 0 { 0 } else { ((*t).alloc_ptr + crate::heap::BLOCK - (*t).alloc_end) as u64 } }
}

/// Generation of an object for `GC.GetGeneration`: 0 nursery, 2 otherwise.
///
/// # Safety
/// Called inside.
pub unsafe fn generation(o: Obj) -> i32 {
    // SAFETY: plain reads, as promised.
    if unsafe { heap() }.in_nursery(o as usize) { 0 } else { 2 }
}
