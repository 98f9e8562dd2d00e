//! Allocation for compiled code and natives: objects, arrays, boxes (contract §4), and what `GC.*` asks.
//!
//! The fast path is assembly (`RhpNewObject`, `RhpNewArray`); here is what it leaves: no room in the buffer, finalizers, sizes that it does not
//! compute. Sizes cannot overflow: lengths are checked against `MAX_LENGTH` before they are multiplied (elements have less than 2^16 bytes).

use kiln_abi::method_table::{BEYOND_BASE_SIZE, MethodTable, flags};
use kiln_abi::object::{ARRAY_LENGTH_OFFSET, BOX_DATA_OFFSET, HEADER_FINALIZABLE, HEADER_SIZE, MD_ARRAY_BOUNDS_OFFSET, STRING_BASE_SIZE};
use kiln_abi::program::exception_kind;

use crate::arch::{RhpThrowNullReference, RhpThrowOverflow};
use crate::barrier;
use crate::eh;
use crate::heap::address::{Address, ObjectRef};
use crate::heap::allocate::{Answer, Request};
use crate::heap::object::size_of;
use crate::heap::quiet::Quiet;
use crate::heap::tlab::Tlab;
use crate::heap::{Heap, Stats};
use crate::mt::{self, Mt, Obj, mt_of};
use crate::roots;
use crate::thread::{self, Roots};
use crate::world::{Inside, InsideCell};

/// The program's heap.
pub static HEAP: InsideCell<Heap> = InsideCell::new(Heap::unreserved());

/// Array.MaxLength.
const MAX_LENGTH: usize = 0x7FFF_FFC7;
/// The longest string: CoreCLR's, so that its bytes with header and terminator stay below 2^31.
const MAX_STRING: usize = 0x3FFF_FFDF;

/// The longest array or string of a type.
#[inline(always)]
const fn max_length(mt: &MethodTable) -> usize {
    // Arrays have larger ones.
    if mt.base_size == STRING_BASE_SIZE { MAX_STRING } else { MAX_LENGTH }
}

/// Memory for an object of `size` bytes from the heap, and the collections that it takes. None: there is none.
///
/// # Safety
/// The calling thread is attached; references are in slots that the collector knows. The caller makes an object of the memory at once.
unsafe fn slow_memory(inside: &mut Inside<'_>, size: usize) -> Option<Address> {
    let mut request = Request::new(size);
    loop {
        // SAFETY: this thread's own block; the heap was reserved at start.
        match unsafe { HEAP.get(inside).advance(&mut request, Tlab::of(thread::current())) } {
            Answer::Memory(a) => return Some(a),
            Answer::Exhausted => return None,
            Answer::Collect(scope) => {
                let (mut world, heap) = inside.stop_the_world(&HEAP);
                heap.collect(&mut world, &mut roots::Program, scope);
            }
        }
    }
}

/// An object from the heap; may collect and throw.
///
/// # Safety
/// As for `slow_memory`; `size` is that of an object of this type.
#[cold]
#[inline(never)]
unsafe fn slow(mt: Mt, size: usize) -> Obj {
    // Compiled loops that allocate give way to other threads.
    crate::lock::RhpPoll();
    // SAFETY: a MethodTable.
    if unsafe { (*mt).base_size } == BEYOND_BASE_SIZE {
        // SAFETY: every allocation may throw.
        unsafe { crate::types::beyond() }
    }
    // SAFETY: compiled code calls from inside, and what it holds is in its GC tables.
    unsafe {
        let mut inside = Inside::assume();
        let memory = slow_memory(&mut inside, size);
        // Before a finalizer thread is started for it, which allocates nothing, the memory is an object.
        if let Some(a) = memory {
            (a + HEADER_SIZE).write(mt);
        }
        crate::finalize::after_collection(&mut inside);
        match memory {
            Some(a) => (a + HEADER_SIZE).ptr(),
            None => eh::throw_kind(exception_kind::OUT_OF_MEMORY),
        }
    }
}

/// Zeroed memory with a MethodTable; may collect and throw.
///
/// # Safety
/// As for `slow`.
#[inline(always)]
unsafe fn memory(mt: Mt, size: usize) -> Obj {
    // SAFETY: this thread's own buffer.
    unsafe {
        if let Some(a) = Tlab::of(thread::current()).take(size) {
            (a + HEADER_SIZE).write(mt);
            return (a + HEADER_SIZE).ptr();
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
    // SAFETY: a MethodTable of a type without components.
    unsafe {
        let o = memory(mt, size_of(&*mt, 0));
        if (*mt).flags & flags::HAS_FINALIZER != 0 {
            register_finalizer(o);
        }
        o
    }
}

/// Notes that a new object has a finalizer.
///
/// # Safety
/// An object, and the caller is inside.
#[cold]
unsafe fn register_finalizer(o: Obj) {
    // SAFETY: promised; its header word is in front of it.
    unsafe {
        if (*mt_of(o)).finalizer.is_null() {
            return;
        }
        let header = o.sub(HEADER_SIZE).cast::<u64>();
        header.write(header.read() | HEADER_FINALIZABLE);
        if let Some(o) = ObjectRef::from_raw(o) {
            HEAP.get(&mut Inside::assume()).finalizers.register(o);
        }
    }
}

/// A vector or a string of `length` elements; may collect and throw.
///
/// # Safety
/// An array or string MethodTable; as for every allocation, the caller is inside and what it holds is known to the collector.
#[inline(always)]
pub unsafe fn new_array(mt: Mt, length: usize) -> Obj {
    // SAFETY: promised; the length is that of the memory.
    unsafe {
        if length > max_length(&*mt) {
            too_long(mt);
        }
        let o = memory(mt, size_of(&*mt, length as u32));
        o.add(ARRAY_LENGTH_OFFSET).cast::<u32>().write(length as u32);
        o
    }
}

/// No array is as long, however much memory there is, and no string.
///
/// # Safety
/// A MethodTable; called where an exception may be thrown.
#[cold]
unsafe fn too_long(mt: Mt) -> ! {
    // SAFETY: promised.
    unsafe {
        if crate::mt::is_array(&*mt) {
            eh::throw_text(exception_kind::OUT_OF_MEMORY, b"Array dimensions exceeded supported range.")
        }
        eh::throw_kind(exception_kind::OUT_OF_MEMORY)
    }
}

/// A vector made without collecting; null when memory is exhausted.
///
/// # Safety
/// An array MethodTable; the caller is inside.
pub unsafe fn new_array_no_gc(mt: Mt, length: usize) -> Obj {
    if length > MAX_LENGTH {
        return core::ptr::null_mut();
    }
    // SAFETY: this thread's own block; the memory becomes an object at once.
    unsafe {
        let size = size_of(&*mt, length as u32);
        let Some(a) = HEAP.get(&mut Inside::assume()).allocate_without_collecting(Tlab::of(thread::current()), size) else {
            return core::ptr::null_mut();
        };
        let o: Obj = (a + HEADER_SIZE).ptr();
        o.cast::<Mt>().write(mt);
        o.add(ARRAY_LENGTH_OFFSET).cast::<u32>().write(length as u32);
        o
    }
}

/// A length as a program gives it: numbers of more than 31 bits are not too many for the memory, but no lengths (as on CoreCLR).
///
/// # Safety
/// The caller's frames may be left by an exception.
#[inline(always)]
unsafe fn checked_length(length: isize) -> usize {
    if !(0..=i32::MAX as isize).contains(&length) {
        // SAFETY: promised.
        unsafe { RhpThrowOverflow() }
    }
    length.cast_unsigned()
}

/// What `RhpNewArray` leaves to us.
pub unsafe extern "C" fn new_array_checked(mt: Mt, length: isize) -> Obj {
    // SAFETY: an array or string MethodTable.
    unsafe { new_array(mt, checked_length(length)) }
}

/// A vector that never moves (GC.AllocateArray with pinned: true). May collect.
///
/// # Safety
/// Called inside; an array MethodTable.
pub unsafe fn new_pinned_array(mt: Mt, length: isize) -> Obj {
    // SAFETY: promised; large objects never move, whatever their size.
    unsafe {
        let length = checked_length(length);
        if length > MAX_LENGTH {
            too_long(mt);
        }
        let size = size_of(&*mt, length as u32).max(crate::heap::LARGE + 8);
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
        let mut total = 1u32;
        let mut any_too_long = false;
        for i in 0..rank {
            let n = lengths.add(i).read();
            if n < 0 {
                RhpThrowOverflow();
            }
            any_too_long |= n as usize > MAX_LENGTH;
            // The last index must be an index.
            if n > 0 && !lower_bounds.is_null() && lower_bounds.add(i).read().checked_add(n - 1).is_none() {
                eh::throw_kind(exception_kind::ARGUMENT_OUT_OF_RANGE);
            }
            total = match total.checked_mul(n as u32) {
                Some(total) => total,
                None => too_long(mt),
            };
        }
        // No dimension may be longer than a vector, even if there are no elements.
        if any_too_long {
            too_long(mt);
        }
        let total = total as usize;
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
///
/// # Safety
/// The MethodTables of a Nullable and of its argument.
pub(crate) unsafe fn nullable_value_offset(nullable: Mt, argument: Mt) -> usize {
    // SAFETY: promised. The total is the value's alignment plus its size (II, Nullable<T>'s two fields).
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
        if !(*mt).gc_layout.is_null() {
            // The object may be outside of the nursery.
            barrier::record_range(o, BOX_DATA_OFFSET + size);
        }
        o
    }
}

/// Copies a value; references in it as whole words.
///
/// # Safety
/// `size` bytes of both may be used, and they do not overlap.
#[inline(always)]
unsafe fn copy_value(to: *mut u8, from: *const u8, size: usize) {
    // SAFETY: promised; the words need not be aligned.
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
    let mut inside = unsafe { Inside::assume() };
    let scope = HEAP.get(&mut inside).request(u8::try_from(generation).unwrap_or(2).min(2));
    let (mut world, heap) = inside.stop_the_world(&HEAP);
    heap.collect(&mut world, &mut roots::Program, scope);
    crate::finalize::after_collection(&mut inside);
}

/// What the collector counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// Bytes in use.
    Used,
    /// Bytes allocated since the start.
    Allocated,
    /// Bytes that this thread has allocated.
    Thread,
    /// Collections of the nursery.
    Minor,
    /// Collections of generation 1 or more.
    Middle,
    /// Collections of everything.
    Major,
}

/// A number of the collector.
///
/// # Safety
/// Called inside.
pub unsafe fn counter(what: Counter) -> u64 {
    // SAFETY: promised; so the other threads are stopped, and their buffers may be looked at.
    unsafe {
        let mut inside = Inside::assume();
        let heap = HEAP.get(&mut inside);
        match what {
            Counter::Used => heap.used() as u64 + heap.young_bytes() as u64,
            Counter::Allocated => heap.stats().allocated + heap.threads().iter().map(|t| Tlab::of(t).used() as u64).sum::<u64>(),
            Counter::Thread => Tlab::of(thread::current()).allocated(),
            Counter::Minor => heap.stats().minor,
            Counter::Middle => heap.stats().middle,
            Counter::Major => heap.stats().major,
        }
    }
}

/// Bytes that the nursery may hold between collections.
///
/// # Safety
/// Called inside.
pub unsafe fn nursery_size() -> usize {
    // SAFETY: promised.
    let mut inside = unsafe { Inside::assume() };
    HEAP.get(&mut inside).nursery_size()
}

/// The collector's numbers.
///
/// # Safety
/// Called inside.
pub unsafe fn stats() -> Stats {
    // SAFETY: promised.
    let mut inside = unsafe { Inside::assume() };
    HEAP.get(&mut inside).stats()
}

/// Generation of an object for `GC.GetGeneration`; that of objects outside of the heap is `i32::MAX`, as on CoreCLR.
///
/// # Safety
/// Called inside.
pub unsafe fn generation(o: Obj) -> i32 {
    // SAFETY: promised.
    let mut inside = unsafe { Inside::assume() };
    ObjectRef::from_raw(o).and_then(|o| HEAP.get(&mut inside).generation(o)).map_or(i32::MAX, i32::from)
}

/// While it is on, allocations need neither collections nor what the heap's limit leaves: an OutOfMemoryException is being made.
///
/// # Safety
/// Called inside.
pub(crate) unsafe fn set_emergency(on: bool) {
    // SAFETY: promised.
    let mut inside = unsafe { Inside::assume() };
    HEAP.get(&mut inside).set_emergency(on);
}

/// Whether collections are put off.
///
/// # Safety
/// Called inside.
pub unsafe fn quiet() -> Quiet {
    // SAFETY: promised.
    let mut inside = unsafe { Inside::assume() };
    HEAP.get(&mut inside).quiet()
}

/// Puts collections off while less than `bytes` are allocated.
///
/// # Safety
/// Called inside.
pub unsafe fn begin_quiet(bytes: usize) {
    // SAFETY: promised.
    let mut inside = unsafe { Inside::assume() };
    HEAP.get(&mut inside).begin_quiet(bytes);
}

/// Ends that: what it was until now.
///
/// # Safety
/// Called inside.
pub unsafe fn end_quiet() -> Quiet {
    // SAFETY: promised.
    let mut inside = unsafe { Inside::assume() };
    HEAP.get(&mut inside).end_quiet()
}
