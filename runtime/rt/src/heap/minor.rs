//! Minor collection: what is reachable from the roots and from dirty cards leaves the nursery.
//!
//! The functions here are called while a minor collection is going on: buffers are closed, roots are gathered, and no other thread uses the
//! heap. A slot that they visit holds an object reference or null, or something that lies outside of the heap.

use super::Heap;
use super::address::{Address, BlockIndex, ObjectRef, Slot};
use super::collect::{Embedder, RING};
use super::space::{BlockState, CARD_SHIFT};
use super::weak::Kind;
use crate::arch::prefetch;
use crate::world::WorldStopped;

/// Bytes of a card.
const CARD: usize = 1 << CARD_SHIFT;

impl Heap {
    /// Visits a slot.
    ///
    /// # Safety
    /// A minor collection is going on; the slot is valid and holds a reference or null.
    #[inline(always)]
    unsafe fn minor_slot(&mut self, slot: Slot) {
        // SAFETY: what lies in nursery or large-object space is an object there, and an address there is not zero.
        unsafe {
            let v = slot.get();
            if self.space.in_nursery(v) {
                let o = ObjectRef::at(v);
                if self.space.state_of(v) == BlockState::Young || !self.space.marked(o) {
                    let new = match o.forwarded() {
                        Some(new) => new,
                        None => self.copy(o),
                    };
                    slot.set(new.address());
                } else {
                    self.minor_stay(slot, o);
                }
            } else if self.space.in_large(v) {
                let o = ObjectRef::at(v);
                if self.space.set_mark(o) && !o.method_table().gc_layout.is_null() {
                    self.stack.push(o);
                }
            }
        }
    }

    /// A reference to a pinned object: it stays young, so an old slot stays on a dirty card.
    #[cold]
    #[inline(never)]
    fn minor_stay(&mut self, slot: Slot, o: ObjectRef) {
        self.space.cards().record_store(slot, o.address());
    }

    /// Visits an object that no slot of the heap refers to: its place.
    ///
    /// # Safety
    /// A minor collection is going on; what was an object before it.
    unsafe fn minor_object(&mut self, o: ObjectRef) -> Address {
        let mut word = o.address();
        // SAFETY: a local slot, which no card belongs to.
        unsafe { self.minor_slot(Slot::of(&raw mut word)) }
        word
    }

    /// Visits a slot that may hold an interior pointer.
    ///
    /// # Safety
    /// A minor collection is going on; the slot is valid.
    unsafe fn minor_interior(&mut self, slot: Slot) {
        // SAFETY: promised.
        unsafe {
            let v = slot.get();
            if !self.space.in_nursery(v.before()) && !self.space.in_large(v.before()) {
                return;
            }
            if let Some(o) = self.find(v) {
                let new = self.minor_object(o);
                slot.set(new + v.distance(o.address()));
            }
        }
    }

    /// Scans everything that was reached.
    ///
    /// # Safety
    /// A minor collection is going on.
    unsafe fn minor_drain(&mut self) {
        // Slots wait in a short queue until the memory that they refer to has arrived: most of the time goes to these misses.
        let mut ring = [Slot::at(Address::ZERO); RING];
        let (mut head, mut n) = (0, 0);
        // SAFETY: objects on the stack are at their final place, so their slots stay where they are.
        unsafe {
            loop {
                if let Some(o) = self.stack.pop() {
                    o.each_slot(o.method_table(), |s| {
                        let v = s.get();
                        if !self.space.in_nursery(v) {
                            return self.minor_slot(s);
                        }
                        prefetch(v.ptr());
                        if n == RING {
                            self.minor_slot(ring[head]);
                            ring[head] = s;
                            head = (head + 1) % RING;
                        } else {
                            ring[(head + n) % RING] = s;
                            n += 1;
                        }
                    });
                } else if n > 0 {
                    self.minor_slot(ring[head]);
                    head = (head + 1) % RING;
                    n -= 1;
                } else {
                    return;
                }
            }
        }
    }

    /// Pins a young object: its mark says so.
    ///
    /// # Safety
    /// A minor collection is going on, and nothing was copied so far.
    unsafe fn pin_young(&mut self, p: Address) {
        // SAFETY: promised.
        unsafe {
            let Some(o) = self.find(p) else { return };
            if !self.space.in_nursery(o.address()) {
                self.minor_object(o);
                return;
            }
            self.space.set_state(self.space.block_of(o.address()), BlockState::Pinned);
            if self.space.set_mark(o) {
                self.stack.push(o);
            }
        }
    }

    // ---- cards

    /// Calls `f` with the first address of each dirty card in `lo..hi`, after cleaning it.
    ///
    /// # Safety
    /// The range has cards, and a minor collection is going on.
    #[inline(always)]
    unsafe fn dirty_cards(&mut self, lo: Address, hi: Address, mut f: impl FnMut(&mut Self, Address)) {
        if lo >= hi {
            return;
        }
        let mut card = self.space.cards().card_of(lo);
        let end = self.space.cards().card_of(hi.before()) + 1;
        // SAFETY: one byte per card of the range; no other thread stores references now.
        unsafe {
            while card < end {
                if card.get().is_multiple_of(8) && card + 8 <= end && card.read::<u64>() == 0 {
                    card = card + 8;
                    continue;
                }
                if card.read::<u8>() != 0 {
                    card.write(0u8);
                    let at = self.space.cards().address_of(card);
                    f(self, at);
                }
                card = card + 1;
            }
        }
    }

    /// Visits what old large objects refer to.
    ///
    /// # Safety
    /// A minor collection is going on.
    unsafe fn scan_large_cards(&mut self) {
        let (lo, hi) = (self.space.large_base(), self.large.top());
        // SAFETY: cards of the large-object space; the slots are an old object's.
        unsafe {
            self.dirty_cards(lo, hi, |heap, at| {
                // A young object is scanned as a whole if it is reached.
                if let Some(o) = heap.find_large(at)
                    && heap.space.marked(o)
                {
                    o.each_slot_in(o.method_table(), at, at + CARD, |s| heap.minor_slot(s));
                }
            });
        }
    }

    /// Visits what objects of the old space refer to.
    ///
    /// # Safety
    /// A minor collection is going on.
    unsafe fn scan_old_cards(&mut self) {
        let (lo, hi) = (self.space.old_base(), self.space.block_start(self.old.top));
        // SAFETY: cards of the old space, where marks say where objects start. Objects that were copied here during this collection may be
        // scanned twice, which changes nothing.
        unsafe {
            self.dirty_cards(lo, hi, |heap, at| {
                if heap.space.state_of(at) != BlockState::Old {
                    return;
                }
                let end = at + CARD;
                if let Some(first) = heap.find_old(at)
                    && first.address() < at
                {
                    first.each_slot_in(first.method_table(), at, end, |s| heap.minor_slot(s));
                }
                let mut marks = heap.space.marks_of_card(at);
                while marks != 0 {
                    let o = ObjectRef::at(at + marks.trailing_zeros() as usize * 8);
                    marks &= marks - 1;
                    o.each_slot_in(o.method_table(), at, end, |s| heap.minor_slot(s));
                }
            });
        }
    }

    // ---- the collection

    /// The minor collection.
    ///
    /// # Safety
    /// Buffers are closed.
    pub(super) unsafe fn minor(&mut self, world: &mut WorldStopped<'_>, embedder: &mut dyn Embedder) {
        let promoted = self.stats.promoted;
        self.stats.minor += 1;
        self.old.surviving = true;
        // SAFETY: the embedder reports all roots, and the world is stopped.
        unsafe {
            // What earlier look-ups noted about the nursery is out of date.
            let end = self.nursery.end();
            self.space.forget_starts(end);
            self.roots.clear(self.space.base(), self.space.end());
            embedder.roots(world, &self.threads, &mut self.roots);
            // What was held for a pin is evacuated now unless it is pinned again.
            for i in 0..self.nursery.held.len() {
                let block: BlockIndex = self.nursery.held.get(i);
                self.space.set_state(block, BlockState::Young);
            }
            for i in 0..self.roots.pinned.len() {
                let p = self.roots.pinned.get(i);
                self.pin_young(p);
            }
            for i in 0..self.handles.len() {
                if let Some(o) = self.handles.pinned(i) {
                    self.pin_young(o.address());
                }
            }
            self.scan_large_cards();
            self.scan_old_cards();
            for i in 0..self.roots.exact.len() {
                let slot = self.roots.exact.get(i);
                self.minor_slot(slot);
            }
            for i in 0..self.roots.interior.len() {
                let slot = self.roots.interior.get(i);
                self.minor_interior(slot);
            }
            self.trace_handles::<Minor>();
            self.minor_drain();
            self.process_weak::<Minor>();
            self.sweep_young_large();
            self.release_nursery();
        }
        self.old.surviving = false;
        let survivors = (self.stats.promoted - promoted) as usize;
        let cost = survivors + self.roots.interior.len() * 64 + self.roots.exact.len() * 8;
        self.nursery.adapt(cost, self.limit);
    }
}

/// Minor collections.
pub(super) struct Minor;

impl Kind for Minor {
    #[inline(always)]
    unsafe fn visit(heap: &mut Heap, slot: Slot) {
        // SAFETY: promised.
        unsafe { heap.minor_slot(slot) }
    }

    unsafe fn drain(heap: &mut Heap) {
        // SAFETY: promised.
        unsafe { heap.minor_drain() }
    }

    unsafe fn status(heap: &Heap, o: ObjectRef) -> Option<ObjectRef> {
        let a = o.address();
        // SAFETY: in the nursery or the large-object space, what was an object is one, or was copied away.
        unsafe {
            if heap.space.in_nursery(a) {
                if heap.space.state_of(a) == BlockState::Young || !heap.space.marked(o) {
                    return o.forwarded();
                }
                return Some(o);
            }
            if heap.space.in_large(a) && !heap.space.marked(o) {
                return None;
            }
        }
        Some(o)
    }
}
