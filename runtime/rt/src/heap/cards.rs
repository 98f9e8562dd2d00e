//! The card table: one byte per 512 bytes, not zero where a reference to something that may be young was stored outside of the nursery.
//!
//! `RhpAssignRef` (assembly) compares with the same five numbers as `Cards::record_store`, which is why they are a record of their own: it
//! is copied to `barrier::BARRIER` once, when the heap is reserved, and never changes. Threads write cards as single bytes at any time; the
//! collector reads and cleans them while no other thread runs managed code.

use core::sync::atomic::{AtomicU8, Ordering};

use super::address::{Address, Slot};
use super::space::CARD_SHIFT;

/// What the write barrier compares with.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Cards {
    /// Start of the nursery; values from here on may be young (large objects may be, so one test covers both spaces) …
    pub(crate) young: Address,
    /// … for this many bytes.
    pub(crate) young_size: usize,
    /// Slots from here on have cards (the address test leaves out stacks and static memory) …
    pub(crate) carded: Address,
    /// … for this many bytes.
    pub(crate) carded_size: usize,
    /// Card of the first of them.
    pub(crate) first: Address,
}

impl Cards {
    /// Before the heap is reserved: no value is young, no slot has a card.
    pub const fn unreserved() -> Self {
        Self { young: Address::ZERO, young_size: 0, carded: Address::ZERO, carded_size: 0, first: Address::ZERO }
    }

    /// For a reservation `[base: nursery | large_base | old_base .. end]`, and a table with a byte for each of its cards.
    pub(super) fn new(base: Address, large_base: Address, old_base: Address, end: Address, table: Address) -> Self {
        Self {
            young: base,
            young_size: old_base - base,
            carded: large_base,
            carded_size: end - large_base,
            first: table + ((large_base - base) >> CARD_SHIFT),
        }
    }

    /// Start of the nursery.
    pub const fn nursery(&self) -> Address {
        self.young
    }

    /// Does the slot have a card?
    #[inline(always)]
    const fn has_card(&self, a: Address) -> bool {
        a.distance(self.carded) < self.carded_size
    }

    /// The card of an address that has one.
    #[inline(always)]
    pub(super) const fn card_of(&self, a: Address) -> Address {
        self.first.moved(a.distance(self.carded) >> CARD_SHIFT)
    }

    /// The first address of a card.
    #[inline(always)]
    pub(super) fn address_of(&self, card: Address) -> Address {
        self.carded + ((card - self.first) << CARD_SHIFT)
    }

    /// The write barrier's second half: a reference was stored in a slot.
    #[inline(always)]
    pub fn record_store(&self, slot: Slot, value: Address) {
        if value.distance(self.young) < self.young_size && self.has_card(slot.address()) {
            // SAFETY: the slot has a card, so the table has its byte; all threads access it as an atomic or from assembly.
            let card = unsafe { AtomicU8::from_ptr(self.card_of(slot.address()).ptr()) };
            if card.load(Ordering::Relaxed) == 0 {
                card.store(1, Ordering::Relaxed);
            }
        }
    }

    /// References may have been stored anywhere in a range, which lies in one object or outside of the heap.
    pub fn record_range(&self, from: Address, size: usize) {
        if size != 0 && self.has_card(from) {
            let mut card = self.card_of(from);
            let last = self.card_of(from.moved(size - 1));
            while card <= last {
                // SAFETY: the range begins and, being part of one object, ends where slots have cards.
                unsafe { AtomicU8::from_ptr(card.ptr()) }.store(1, Ordering::Relaxed);
                card = card + 1;
            }
        }
    }

    /// Is the slot's card dirty?
    ///
    /// # Safety
    /// The slot has a card.
    pub(super) unsafe fn is_dirty(&self, slot: Slot) -> bool {
        // SAFETY: promised.
        unsafe { AtomicU8::from_ptr(self.card_of(slot.address()).ptr()) }.load(Ordering::Relaxed) != 0
    }

    /// Cleans the cards of some memory.
    ///
    /// # Safety
    /// `size` bytes from `from` on have cards of their own, and no other thread stores references meanwhile.
    pub(super) unsafe fn clean(&self, from: Address, size: usize) {
        // SAFETY: promised.
        unsafe { self.card_of(from).fill(0, size >> CARD_SHIFT) }
    }
}
