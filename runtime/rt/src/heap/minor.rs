//! Minor collection: what is reachable from the roots and from dirty cards leaves the nursery.

use super::major::RING;
use super::{BLOCK, CARD_SHIFT, Heap, NURSERY, NURSERY_MAX, state};
use crate::arch::prefetch;
use crate::mt::{Obj, each_ref, each_ref_in, mt_of};

impl Heap {
    /// Visits a slot that holds an object reference.
    #[inline(always)]
    pub(super) unsafe fn minor_slot(&mut self, slot: *mut usize) {
        // SAFETY: a valid slot.
        unsafe {
            let v = slot.read();
            if self.in_nursery(v) {
                if self.state(v) == state::YOUNG {
                    let o = v as Obj;
                    let word = o.cast::<usize>().read();
                    slot.write(if word & 1 != 0 { word & !1 } else { self.copy(o) as usize });
                } else {
                    self.minor_stay(slot, v);
                }
            } else if self.in_large(v) && self.set_mark(v) && !(*mt_of(v as Obj)).gc_layout.is_null() {
                self.stack.push(v as Obj);
            }
        }
    }

    /// A reference to an object in a pinned block: it stays young, so an old slot stays on a dirty card.
    #[cold]
    #[inline(never)]
    unsafe fn minor_stay(&mut self, slot: *mut usize, v: usize) {
        // SAFETY: a valid slot; `v` is an object in a nursery block that is not evacuated.
        unsafe {
            if self.set_mark(v) {
                self.stack.push(v as Obj);
            }
            self.record_store(slot as usize, v);
        }
    }

    /// Visits a slot that may hold an interior pointer.
    pub(super) unsafe fn minor_interior(&mut self, slot: usize) {
        // SAFETY: a valid slot.
        unsafe {
            let v = (slot as *const usize).read();
            if !self.in_nursery(v - 1) && !self.in_large(v - 1) {
                return;
            }
            let o = self.find(v);
            if o.is_null() {
                return;
            }
            let mut base = o as usize;
            self.minor_slot(&raw mut base);
            (slot as *mut usize).write(base + (v - o as usize));
        }
    }

    unsafe fn minor_drain(&mut self) {
        let heap: *mut Heap = self;
        // Slots wait in a short queue until the memory that they refer to has arrived: most of the time goes to these misses.
        let mut ring = [core::ptr::null_mut::<usize>(); RING];
        let (mut head, mut n) = (0, 0);
        // SAFETY: live objects at their final place.
        unsafe {
            loop {
                if let Some(o) = self.stack.pop() {
                    each_ref(&*mt_of(o), o, |s| {
                        let s = s.cast::<usize>();
                        let v = s.read();
                        if !(*heap).in_nursery(v) {
                            return (*heap).minor_slot(s);
                        }
                        prefetch(v as Obj);
                        if n == RING {
                            (*heap).minor_slot(ring[head]);
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

    /// Pins the block of a young object.
    unsafe fn pin_young(&mut self, p: usize) {
        // SAFETY: before anything moved.
        unsafe {
            let o = self.find(p);
            if o.is_null() {
                return;
            }
            if self.in_nursery(o as usize) {
                *self.state_at(self.block_of(o as usize)) = state::PINNED;
            }
            let mut slot = o as usize;
            self.minor_slot(&raw mut slot);
        }
    }

    unsafe fn scan_cards(&mut self) {
        let (lo, hi) = self.large_range();
        // SAFETY: the tables cover both spaces.
        unsafe {
            self.scan_large_cards(lo, hi);
            let hi = self.base + self.old_top * BLOCK;
            self.scan_old_cards(self.old_base, hi);
        }
    }

    /// Calls `f` for each dirty card in a range, after cleaning it.
    #[inline(always)]
    unsafe fn dirty_cards(&mut self, lo: usize, hi: usize, mut f: impl FnMut(&mut Heap, usize)) {
        if lo >= hi {
            return;
        }
        let mut card = self.card_of(lo);
        // SAFETY: one byte per card.
        unsafe {
            let end = self.card_of(hi - 1).add(1);
            while card < end {
                if (card as usize).is_multiple_of(8) && card.add(8) <= end && card.cast::<u64>().read() == 0 {
                    card = card.add(8);
                    continue;
                }
                if card.read() != 0 {
                    card.write(0);
                    let at = self.base + ((card as usize - self.cards) << CARD_SHIFT);
                    f(self, at);
                }
                card = card.add(1);
            }
        }
    }

    unsafe fn scan_large_cards(&mut self, lo: usize, hi: usize) {
        // SAFETY: slots of old large objects.
        unsafe {
            self.dirty_cards(lo, hi, |heap, at| {
                let o = heap.find_large(at);
                // A young object is scanned as a whole if it is reached.
                if !o.is_null() && heap.marked(o as usize) {
                    let me: *mut Heap = heap;
                    each_ref_in(&*mt_of(o), o, at, at + (1 << CARD_SHIFT), |s| (*me).minor_slot(s.cast()));
                }
            });
        }
    }

    unsafe fn scan_old_cards(&mut self, lo: usize, hi: usize) {
        // SAFETY: marks say where the objects of the old space start.
        unsafe {
            self.dirty_cards(lo, hi, |heap, at| {
                if heap.state(at) != state::OLD {
                    return;
                }
                let me: *mut Heap = heap;
                let end = at + (1 << CARD_SHIFT);
                let first = heap.find_old(at);
                if !first.is_null() && (first as usize) < at {
                    each_ref_in(&*mt_of(first), first, at, end, |s| (*me).minor_slot(s.cast()));
                }
                let words = (heap.mark as *const u64).add((at - heap.base) >> 9);
                let mut w = words.read();
                while w != 0 {
                    let o = (at + w.trailing_zeros() as usize * 8) as Obj;
                    w &= w - 1;
                    each_ref_in(&*mt_of(o), o, at, end, |s| (*me).minor_slot(s.cast()));
                }
            });
        }
    }

    /// Gathers the roots and forgets what earlier look-ups noted about the nursery.
    unsafe fn gather(&mut self) {
        // SAFETY: one byte per nursery block.
        unsafe { core::ptr::write_bytes(self.parsed as *mut u8, 0, self.next_block.max(self.held_end())) }
        self.roots.clear(self.base, self.end);
        if let Some(hooks) = self.hooks {
            (hooks.roots)(&mut self.roots);
        }
    }

    fn held_end(&self) -> usize {
        self.held.as_slice().iter().fold(0, |n, &b| n.max(b + 1))
    }

    /// The minor collection.
    pub(super) unsafe fn minor(&mut self) {
        let promoted = self.stats.promoted;
        self.stats.minor += 1;
        // SAFETY: called with closed buffers and valid roots.
        unsafe {
            self.gather();
            // A block that was held for a pin is evacuated now unless it is pinned again.
            for i in 0..self.held.len() {
                *self.state_at(self.held.get(i)) = state::YOUNG;
            }
            for i in 0..self.roots.pinned.len() {
                let p = self.roots.pinned.get(i);
                self.pin_young(p);
            }
            for i in 0..self.weak.len() {
                let p = self.weak.pinned(i);
                if p != 0 {
                    self.pin_young(p);
                }
            }
            self.scan_cards();
            for i in 0..self.roots.exact.len() {
                let slot = self.roots.exact.get(i);
                self.minor_slot(slot as *mut usize);
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
        self.adapt(self.stats.promoted - promoted);
    }

    /// All blocks but the pinned ones are free.
    unsafe fn release_nursery(&mut self) {
        self.held.truncate(0);
        let end = self.touched.max(self.next_block);
        // SAFETY: one state per block.
        unsafe {
            core::ptr::write_bytes(self.parsed as *mut u8, 0, end);
            for i in 0..end {
                let s = self.state_at(i);
                if *s == state::PINNED {
                    self.held.push(i);
                    // Still young: a mark would mean "reached" to the next collection.
                    core::ptr::write_bytes((self.mark as *mut u8).add(i * BLOCK / 64), 0, BLOCK / 64);
                } else if *s == state::YOUNG {
                    *s = state::FREE;
                    if self.stress != 0 {
                        core::ptr::write_bytes((self.base + i * BLOCK) as *mut u8, 0xDB, BLOCK);
                    }
                }
            }
        }
        self.next_block = 0;
    }

    /// Grows the nursery when collecting it costs much: survivors, and roots.
    fn adapt(&mut self, promoted: u64) {
        if self.fixed_budget {
            return;
        }
        let cost = promoted as usize + self.roots.interior.len() * 64 + self.roots.exact.len() * 8;
        let size = self.budget * BLOCK;
        if cost > size / 8 && size < NURSERY_MAX.min(NURSERY / 2) && size < self.limit / 8 {
            self.budget *= 2;
        }
    }
}

/// What differs between the two kinds of collection when weak references are looked at.
pub(super) trait Kind {
    /// Visits a slot.
    unsafe fn visit(heap: &mut Heap, slot: *mut usize);
    /// Traces everything that visits found.
    unsafe fn drain(heap: &mut Heap);
    /// The object's new place, or None when nothing reached it.
    unsafe fn status(heap: &Heap, o: usize) -> Option<usize>;
}

/// Minor collections.
pub(super) struct Minor;

impl Kind for Minor {
    #[inline(always)]
    unsafe fn visit(heap: &mut Heap, slot: *mut usize) {
        // SAFETY: a valid slot.
        unsafe { heap.minor_slot(slot) }
    }

    unsafe fn drain(heap: &mut Heap) {
        // SAFETY: during a minor collection.
        unsafe { heap.minor_drain() }
    }

    unsafe fn status(heap: &Heap, o: usize) -> Option<usize> {
        // SAFETY: an object of this heap or outside of it.
        unsafe {
            if heap.in_nursery(o) {
                if heap.state(o) == state::YOUNG {
                    let word = (o as *const usize).read();
                    return if word & 1 != 0 { Some(word & !1) } else { None };
                }
                return if heap.marked(o) { Some(o) } else { None };
            }
            if heap.in_large(o) && !heap.marked(o) {
                return None;
            }
        }
        Some(o)
    }
}
