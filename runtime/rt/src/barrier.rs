//! Stores of references (contract §5): store, then note the card of a slot outside of the nursery. The plain stores are in `arch`.
//!
//! All of them read `BARRIER`, which is written once, before managed code runs.

use core::sync::atomic::AtomicPtr;
use core::sync::atomic::Ordering::SeqCst;

use crate::heap::address::{Address, Slot};
use crate::heap::cards::Cards;
use crate::mt::{self, Mt, Obj};

/// What stores of references are compared with.
pub(crate) static mut BARRIER: Cards = Cards::unreserved();

/// Says where the heap's cards are.
///
/// # Safety
/// Once, before managed code runs.
pub(crate) unsafe fn publish(cards: Cards) {
    // SAFETY: promised: nobody reads it meanwhile.
    unsafe { BARRIER = cards }
}

/// Where the heap's cards are.
#[inline(always)]
fn cards() -> &'static Cards {
    // SAFETY: not written any more (`publish`).
    unsafe { &*(&raw const BARRIER) }
}

/// Notes that `value` was stored in a slot, of the heap or not.
#[inline(always)]
fn record_store(slot: *mut Obj, value: Obj) {
    cards().record_store(Slot::of(slot), Address::new(value.expose_provenance()));
}

/// Notes that references may have been stored anywhere in a range, which lies in one object or outside of the heap.
pub(crate) fn record_range(from: *mut u8, size: usize) {
    cards().record_range(Address::new(from.expose_provenance()), size);
}

/// Stores with barrier.
///
/// # Safety
/// A valid slot.
#[inline(always)]
pub unsafe fn store(slot: *mut Obj, value: Obj) {
    // SAFETY: promised.
    unsafe { slot.write_volatile(value) }
    record_store(slot, value);
}

/// Copies a value with references.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpCopyStruct(to: *mut u8, from: *const u8, mt: Mt) {
    // SAFETY: both hold a value of the type.
    let size = unsafe {
        let size = mt::value_size(&*mt);
        core::ptr::copy(from, to, size);
        size
    };
    record_range(to, size);
}

/// memmove of memory with references.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpBulkMoveWithBarrier(to: *mut u8, from: *const u8, size: isize) {
    // SAFETY: both ranges are valid, and each lies in one object or outside of the heap.
    unsafe { core::ptr::copy(from, to, size.cast_unsigned()) }
    record_range(to, size.cast_unsigned());
}

/// The slot as an atomic. An access through null is a fault that becomes an exception (`faults`): nothing may happen before.
///
/// # Safety
/// An aligned slot or null, which other threads access as an atomic or from compiled code.
#[inline(always)]
unsafe fn atomic<'a>(slot: *mut Obj) -> &'a AtomicPtr<u8> {
    // SAFETY: promised.
    unsafe { AtomicPtr::from_ptr(slot) }
}

/// Interlocked.Exchange.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpInterlockedExchangeRef(slot: *mut Obj, value: Obj) -> Obj {
    // SAFETY: a managed reference to a field, an element or a local; those are aligned.
    let old = unsafe { atomic(slot) }.swap(value, SeqCst);
    record_store(slot, value);
    old
}

/// Interlocked.CompareExchange.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpInterlockedCasRef(slot: *mut Obj, value: Obj, comparand: Obj) -> Obj {
    // SAFETY: as above.
    match unsafe { atomic(slot) }.compare_exchange(comparand, value, SeqCst, SeqCst) {
        Ok(old) => {
            record_store(slot, value);
            old
        }
        Err(old) => old,
    }
}
