//! The roots of one collection, gathered before anything moves.

use crate::pal::Buf;

/// A pointer that follows its base: new = new base + difference.
#[derive(Clone, Copy)]
struct Derived {
    slot: usize,
    base: usize,
    difference: usize,
}

/// Roots by kind. Slots that do not point into the heap are not kept.
pub struct RootSet {
    /// Reservation.
    lo: usize,
    hi: usize,
    /// Slots with object references.
    pub exact: Buf<usize>,
    /// Slots whose pointers may be interior.
    pub interior: Buf<usize>,
    /// Pointers (values) to objects that must not move.
    pub pinned: Buf<usize>,
    derived: Buf<Derived>,
}

impl RootSet {
    /// Empty.
    #[must_use]
    pub const fn new() -> Self {
        Self { lo: 0, hi: 0, exact: Buf::new(), interior: Buf::new(), pinned: Buf::new(), derived: Buf::new() }
    }

    /// Starts anew for a heap in `lo..hi`.
    pub fn clear(&mut self, lo: usize, hi: usize) {
        (self.lo, self.hi) = (lo, hi);
        self.exact.truncate(0);
        self.interior.truncate(0);
        self.pinned.truncate(0);
        self.derived.truncate(0);
    }

    #[inline(always)]
    unsafe fn inside(&self, slot: usize) -> bool {
        // SAFETY: a readable slot.
        let v = unsafe { (slot as *const usize).read() };
        v > self.lo && v <= self.hi
    }

    /// A slot with an object reference or null.
    ///
    /// # Safety
    /// The slot stays valid during the collection.
    #[inline(always)]
    pub unsafe fn add(&mut self, slot: usize) {
        // SAFETY: promised.
        if unsafe { self.inside(slot) } {
            self.exact.push(slot);
        }
    }

    /// A slot with any pointer.
    ///
    /// # Safety
    /// As `add`.
    #[inline(always)]
    pub unsafe fn add_interior(&mut self, slot: usize) {
        // SAFETY: promised.
        if unsafe { self.inside(slot) } {
            self.interior.push(slot);
        }
    }

    /// A slot whose object must stay where it is.
    ///
    /// # Safety
    /// As `add`.
    #[inline(always)]
    pub unsafe fn add_pinned(&mut self, slot: usize) {
        // SAFETY: promised.
        unsafe {
            if self.inside(slot) {
                self.pinned.push((slot as *const usize).read());
            }
        }
    }

    /// A pointer derived from the one in another slot.
    ///
    /// # Safety
    /// As `add`, for both.
    pub unsafe fn add_derived(&mut self, slot: usize, base: usize) {
        // SAFETY: promised.
        unsafe {
            if self.inside(base) {
                let difference = (slot as *const usize).read().wrapping_sub((base as *const usize).read());
                self.derived.push(Derived { slot, base, difference });
            }
        }
    }

    /// After all roots have their new values.
    ///
    /// # Safety
    /// The slots are still valid.
    pub unsafe fn update_derived(&mut self) {
        for d in self.derived.as_slice() {
            // SAFETY: promised.
            unsafe { (d.slot as *mut usize).write((d.base as *const usize).read().wrapping_add(d.difference)) }
        }
        self.derived.truncate(0);
    }
}

impl Default for RootSet {
    fn default() -> Self {
        Self::new()
    }
}
