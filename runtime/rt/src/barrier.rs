//! Stores of references (contract §5): store, then note the card of a slot outside of the nursery. The plain stores are in `arch`.

use crate::alloc::heap;
use crate::mt::{self, Mt, Obj};

/// What the write barrier compares with.
#[repr(C)]
pub struct Barrier {
    /// Start of the nursery; values from here on may be young …
    pub young: usize,
    /// … for this many bytes.
    pub young_size: usize,
    /// Slots from here on have cards …
    pub carded: usize,
    /// … for this many bytes.
    pub carded_size: usize,
    /// Card of the first of them.
    pub cards: usize,
}

/// Set once, when the heap is reserved.
pub static mut BARRIER: Barrier = Barrier { young: 0, young_size: 0, carded: 0, carded_size: 0, cards: 0 };

/// Stores with barrier.
///
/// # Safety
/// A valid slot.
#[inline(always)]
pub unsafe fn store(slot: *mut Obj, value: Obj) {
    // SAFETY: promised.
    unsafe {
        slot.write_volatile(value);
        heap().record_store(slot as usize, value as usize);
    }
}

/// Copies a value with references.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpCopyStruct(to: *mut u8, from: *const u8, mt: Mt) {
    // SAFETY: both hold a value of the type.
    unsafe {
        let size = mt::value_size(&*mt);
        core::ptr::copy(from, to, size);
        heap().record_range(to as usize, size);
    }
}

/// memmove of memory with references.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpBulkMoveWithBarrier(to: *mut u8, from: *const u8, size: isize) {
    // SAFETY: valid ranges.
    unsafe {
        core::ptr::copy(from, to, size.cast_unsigned());
        heap().record_range(to as usize, size.cast_unsigned());
    }
}

#[inline(always)]
unsafe fn atomic<'a>(slot: *mut Obj) -> &'a core::sync::atomic::AtomicPtr<u8> {
    // SAFETY: promised by the callers: an aligned slot.
    unsafe { core::sync::atomic::AtomicPtr::from_ptr(slot) }
}

/// Interlocked.Exchange.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpInterlockedExchangeRef(slot: *mut Obj, value: Obj) -> Obj {
    // SAFETY: a valid slot.
    unsafe {
        if slot.is_null() {
            crate::arch::RhpThrowNullReference();
        }
        let old = atomic(slot).swap(value, core::sync::atomic::Ordering::SeqCst);
        heap().record_store(slot as usize, value as usize);
        old
    }
}

/// Interlocked.CompareExchange.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpInterlockedCasRef(slot: *mut Obj, value: Obj, comparand: Obj) -> Obj {
    use core::sync::atomic::Ordering::SeqCst;
    // SAFETY: a valid slot.
    unsafe {
        if slot.is_null() {
            crate::arch::RhpThrowNullReference();
        }
        match atomic(slot).compare_exchange(comparand, value, SeqCst, SeqCst) {
            Ok(old) => {
                heap().record_store(slot as usize, value as usize);
                old
            }
            Err(old) => old,
        }
    }
}
