//! Major collection: marks everything, evacuates sparse blocks, frees lines, blocks and large objects.
//!
//! A minor collection has just emptied the nursery, except for pinned blocks, whose objects take part but stay. The functions here are called
//! while a major collection is going on; a slot that they visit holds an object reference, null, or something that lies outside of the heap.

use super::Heap;
#[cfg(test)]
use super::address::LineIndex;
use super::address::{Address, BlockIndex, ObjectRef, Slot};
use super::collect::RING;
use super::memcheck;
use super::space::{BLOCK, BlockState, LINE, LINES};
use super::weak::Kind;
use crate::arch::prefetch;
use crate::pal::{self, Buf};

/// An interior root: its slot, the object, the distance.
#[derive(Clone, Copy)]
struct Interior {
    slot: Slot,
    object: ObjectRef,
    offset: usize,
}

/// Free blocks beyond this many return their memory to the system.
const KEEP_FREE: usize = 256;
/// The next major collection comes when so much more is in use, at least.
const SMALLEST_STEP: usize = 24 << 20;

impl Heap {
    /// Visits a slot.
    ///
    /// # Safety
    /// A major collection is going on; the slot is valid and holds a reference or null.
    #[inline(always)]
    unsafe fn major_slot(&mut self, slot: Slot) {
        // SAFETY: what lies in the heap is an object there, and an address there is not zero.
        unsafe {
            let v = slot.get();
            if !self.space.contains(v) {
                return;
            }
            let o = ObjectRef::at(v);
            if self.space.state_of(v) == BlockState::Evacuate {
                let new = match o.forwarded() {
                    Some(new) => new,
                    None => self.copy(o),
                };
                slot.set(new.address());
            } else {
                if self.space.set_mark(o) {
                    self.stack.push(o);
                }
                // Cards were cleared with the blocks: an old slot that refers to a pinned young object needs its card.
                if self.space.in_nursery(v) {
                    self.space.cards().record_store(slot, v);
                }
            }
        }
    }

    /// Visits an object that no slot of the heap refers to: its place.
    ///
    /// # Safety
    /// A major collection is going on; what was an object before it.
    unsafe fn major_object(&mut self, o: ObjectRef) -> Address {
        let mut word = o.address();
        // SAFETY: a local slot, which no card belongs to.
        unsafe { self.major_slot(Slot::of(&raw mut word)) }
        word
    }

    /// Scans everything that was reached.
    ///
    /// # Safety
    /// A major collection is going on.
    unsafe fn major_drain(&mut self) {
        // Marking waits for memory: a short queue between the stack and the scan gives prefetches time.
        let mut ring: [Option<ObjectRef>; RING] = [None; RING];
        let (mut head, mut n) = (0, 0);
        loop {
            while n < RING
                && let Some(o) = self.stack.pop()
            {
                prefetch(o.raw());
                ring[(head + n) % RING] = Some(o);
                n += 1;
            }
            let Some(o) = ring[head].take() else { return };
            head = (head + 1) % RING;
            n -= 1;
            // SAFETY: objects on the stack are at their final place, so their slots stay where they are.
            unsafe {
                let mt = o.method_table();
                if self.space.state_of(o.address()) == BlockState::Old {
                    self.space.mark_lines(o.start(), o.size_with(mt));
                }
                o.each_slot(mt, |s| self.major_slot(s));
            }
        }
    }

    /// The major collection; the roots of the minor one are still valid.
    ///
    /// # Safety
    /// A minor collection was made, and the world has been stopped since.
    pub(super) unsafe fn major(&mut self) {
        self.stats.major += 1;
        // SAFETY: promised. Slots hold what the minor collection left in them.
        unsafe {
            // Interior pointers are resolved while the marks still say where objects start.
            let mut interior: Buf<Interior> = Buf::new();
            for i in 0..self.roots.interior.len() {
                let slot = self.roots.interior.get(i);
                let v = slot.get();
                if let Some(object) = self.find(v) {
                    interior.push(Interior { slot, object, offset: v.distance(object.address()) });
                }
            }
            let pinned = self.pinned_objects();
            self.choose_evacuation();
            for &o in pinned.as_slice() {
                let block = self.space.block_of(o.address());
                if self.space.state(block) == BlockState::Evacuate {
                    self.space.set_state(block, BlockState::Old);
                }
            }
            self.clear_marks();
            for &o in pinned.as_slice() {
                self.major_object(o);
            }
            for i in 0..self.roots.exact.len() {
                let slot = self.roots.exact.get(i);
                self.major_slot(slot);
            }
            for &Interior { slot, object, offset } in interior.as_slice() {
                let new = self.major_object(object);
                slot.set(new.moved(offset));
            }
            self.trace_handles::<Major>();
            self.major_drain();
            self.process_weak::<Major>();
            self.sweep_old();
            self.sweep_large();
            for i in 0..self.nursery.held.len() {
                let block = self.nursery.held.get(i);
                self.space.clear_marks(block);
            }
        }
        let live = self.used();
        let next = live + live.max(SMALLEST_STEP);
        self.threshold = next.min(self.limit.saturating_sub(self.nursery.size())).max(live + (2 << 20));
    }

    /// The objects that must stay where they are.
    ///
    /// # Safety
    /// As for `major`, of which this is the first step.
    unsafe fn pinned_objects(&mut self) -> Buf<ObjectRef> {
        let mut pinned = Buf::new();
        for i in 0..self.roots.pinned.len() {
            let p = self.roots.pinned.get(i);
            // SAFETY: marks still say where objects start.
            if let Some(o) = unsafe { self.find(p) } {
                pinned.push(o);
            }
        }
        for i in 0..self.handles.len() {
            if let Some(o) = self.handles.pinned(i)
                && self.space.contains(o.address())
            {
                pinned.push(o);
            }
        }
        pinned
    }

    /// Sparse blocks are emptied; under stress all are, but for those whose objects would no longer be known as recent to a program that asked for this.
    ///
    /// # Safety
    /// As for `major`; lines say what is in use.
    unsafe fn choose_evacuation(&mut self) {
        // SAFETY: blocks of the old space in use.
        unsafe {
            if self.stress != 0 {
                for block in self.space.first_old_block().up_to(self.old.top) {
                    let keep = !self.extra && self.old.has_recent(self.space.block_start(block));
                    if self.space.state(block) == BlockState::Old && !keep {
                        self.space.set_state(block, BlockState::Evacuate);
                    }
                }
            } else {
                for &block in self.old.recyclable.as_slice() {
                    if self.space.used_lines(block) * 4 < LINES {
                        self.space.set_state(block, BlockState::Evacuate);
                    }
                }
            }
        }
        // Copies go to fresh blocks.
        self.old.leave_blocks();
    }

    /// Nothing is marked, no line is in use.
    ///
    /// # Safety
    /// As for `major`, after everything was looked up that marks are needed for.
    unsafe fn clear_marks(&mut self) {
        for block in self.space.first_old_block().up_to(self.old.top) {
            // SAFETY: blocks of the old space.
            unsafe {
                if self.space.state(block) != BlockState::Free {
                    self.space.clear_block(block);
                }
            }
        }
        self.clear_large_marks();
    }

    /// Frees what is not in use.
    ///
    /// # Safety
    /// As for `major`; lines say what is in use.
    unsafe fn sweep_old(&mut self) {
        self.old.leave_blocks();
        self.old.free.truncate(0);
        self.old.bytes = 0;
        let first = self.space.first_old_block();
        // SAFETY: blocks of the old space. An evacuated one holds nothing any more.
        unsafe {
            for block in first.up_to(self.old.top).rev() {
                let state = self.space.state(block);
                let used = if state == BlockState::Old { self.space.used_lines(block) } else { 0 };
                if used == 0 {
                    if state != BlockState::Free {
                        self.free_block(block);
                    }
                    self.old.free.push(block);
                } else if used * 8 < LINES * 7 {
                    self.old.recyclable.push(block);
                    #[cfg(test)]
                    self.free_holes(block);
                    self.old.bytes += used * LINE;
                } else {
                    self.old.bytes += BLOCK;
                }
            }
            while self.old.top > first && self.space.state(BlockIndex::new(self.old.top.get() - 1)) == BlockState::Free {
                self.old.top = BlockIndex::new(self.old.top.get() - 1);
            }
        }
        let top = self.old.top;
        let mut kept = 0;
        let list = self.old.free.as_mut_slice();
        for i in 0..list.len() {
            if list[i] < top {
                list[kept] = list[i];
                kept += 1;
            }
        }
        self.old.free.truncate(kept);
    }

    /// Tells memcheck of a block's free lines.
    ///
    /// # Safety
    /// A block of the old space; lines say what is in use.
    #[cfg(test)]
    unsafe fn free_holes(&self, block: BlockIndex) {
        let mut line = LineIndex::FIRST;
        while line.get() < LINES {
            // SAFETY: promised.
            let (first, end) = unsafe { self.space.hole(block, line) };
            memcheck::freed(self.space.block_start(block) + first.get() * LINE, (end.get() - first.get()) * LINE);
            line = end;
        }
    }

    /// Frees a block of the old space.
    ///
    /// # Safety
    /// It holds no object that is in use.
    unsafe fn free_block(&mut self, block: BlockIndex) {
        let at = self.space.block_start(block);
        // SAFETY: promised.
        unsafe {
            self.space.set_state(block, BlockState::Free);
            self.space.clear_block(block);
            self.space.cards().clean(at, BLOCK);
            if self.stress != 0 {
                memcheck::taken(at, BLOCK);
                at.fill(0xDB, BLOCK);
            } else if self.old.free.len() > KEEP_FREE {
                pal::decommit(at.get(), BLOCK);
            }
            memcheck::freed(at, BLOCK);
        }
    }
}

/// Major collections.
pub(super) struct Major;

impl Kind for Major {
    #[inline(always)]
    unsafe fn visit(heap: &mut Heap, slot: Slot) {
        // SAFETY: promised.
        unsafe { heap.major_slot(slot) }
    }

    unsafe fn drain(heap: &mut Heap) {
        // SAFETY: promised.
        unsafe { heap.major_drain() }
    }

    unsafe fn status(heap: &Heap, o: ObjectRef) -> Option<ObjectRef> {
        // SAFETY: in the heap, what was an object is one, or was copied away.
        unsafe {
            if !heap.space.contains(o.address()) {
                return Some(o);
            }
            if heap.space.state_of(o.address()) == BlockState::Evacuate {
                return o.forwarded();
            }
            heap.space.marked(o).then_some(o)
        }
    }
}
