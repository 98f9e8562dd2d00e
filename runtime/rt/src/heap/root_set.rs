//! The roots of one collection, gathered before anything moves.

use super::address::{Address, Slot};
use crate::pal::Buf;

/// A pointer that follows its base: new = new base + difference.
#[derive(Clone, Copy)]
struct Derived {
    slot: Slot,
    base: Slot,
    difference: usize,
}

/// Roots by kind. Slots that do not point into the heap are not kept.
pub struct RootSet {
    /// The reservation's start.
    lo: Address,
    /// Its end.
    hi: Address,
    /// Slots with object references.
    pub(super) exact: Buf<Slot>,
    /// Slots whose pointers may be interior.
    pub(super) interior: Buf<Slot>,
    /// Pointers (values) to objects that must not move.
    pub(super) pinned: Buf<Address>,
    derived: Buf<Derived>,
}

impl RootSet {
    /// Empty.
    pub(super) const fn new() -> Self {
        Self { lo: Address::ZERO, hi: Address::ZERO, exact: Buf::new(), interior: Buf::new(), pinned: Buf::new(), derived: Buf::new() }
    }

    /// Starts anew for a heap in `lo..hi`.
    pub(super) fn clear(&mut self, lo: Address, hi: Address) {
        (self.lo, self.hi) = (lo, hi);
        self.exact.truncate(0);
        self.interior.truncate(0);
        self.pinned.truncate(0);
        self.derived.truncate(0);
    }

    /// Does the slot point into the heap, or one past its end?
    ///
    /// # Safety
    /// A readable slot.
    #[inline(always)]
    unsafe fn inside(&self, slot: Slot) -> bool {
        // SAFETY: promised.
        let v = unsafe { slot.get() };
        v > self.lo && v <= self.hi
    }

    /// A slot with an object reference or null.
    ///
    /// # Safety
    /// The slot stays valid during the collection, and nobody else uses it meanwhile.
    #[inline(always)]
    pub unsafe fn add(&mut self, slot: Slot) {
        // SAFETY: promised.
        if unsafe { self.inside(slot) } {
            self.exact.push(slot);
        }
    }

    /// A slot with any pointer.
    ///
    /// # Safety
    /// As for `add`.
    #[inline(always)]
    pub unsafe fn add_interior(&mut self, slot: Slot) {
        // SAFETY: promised.
        if unsafe { self.inside(slot) } {
            self.interior.push(slot);
        }
    }

    /// A slot whose object must stay where it is.
    ///
    /// # Safety
    /// As for `add`.
    #[inline(always)]
    pub unsafe fn add_pinned(&mut self, slot: Slot) {
        // SAFETY: promised.
        unsafe {
            if self.inside(slot) {
                self.pinned.push(slot.get());
            }
        }
    }

    /// A pointer derived from the one in another slot.
    ///
    /// # Safety
    /// As for `add`, for both.
    pub unsafe fn add_derived(&mut self, slot: Slot, base: Slot) {
        // SAFETY: promised.
        unsafe {
            if self.inside(base) {
                self.derived.push(Derived { slot, base, difference: slot.get().distance(base.get()) });
            }
        }
    }

    /// After all roots have their new values.
    ///
    /// # Safety
    /// The slots are still valid: the collection that they were added for is not over.
    pub(super) unsafe fn update_derived(&mut self) {
        for d in self.derived.as_slice() {
            // SAFETY: promised.
            unsafe { d.slot.set(d.base.get().moved(d.difference)) }
        }
        self.derived.truncate(0);
    }
}
