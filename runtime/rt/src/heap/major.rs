//! Major collection: marks everything, evacuates sparse blocks, frees lines, blocks and large objects.
//!
//! A minor collection has just emptied the nursery, except for pinned blocks, whose objects take part but stay.

use super::minor::Kind;
use super::{BLOCK, Heap, LINE, LINES, state};
use crate::arch::prefetch;
use crate::mt::{Obj, each_ref, mt_of, size_with};
use crate::pal::{self, Buf};

/// An interior root: its slot, the object, the distance.
#[derive(Clone, Copy)]
struct Interior {
    slot: usize,
    object: usize,
    offset: usize,
}

/// Objects whose memory was asked for but not yet scanned.
pub(super) const RING: usize = 16;
/// Free blocks beyond this many return their memory to the system.
const KEEP_FREE: usize = 256;

impl Heap {
    /// Visits a slot that holds an object reference.
    #[inline(always)]
    pub(super) unsafe fn major_slot(&mut self, slot: *mut usize) {
        // SAFETY: a valid slot.
        unsafe {
            let v = slot.read();
            if !self.contains(v) {
                return;
            }
            if self.state(v) == state::EVACUATE {
                let word = (v as *const usize).read();
                slot.write(if word & 1 != 0 { word & !1 } else { self.copy(v as Obj) as usize });
            } else if self.set_mark(v) {
                self.stack.push(v as Obj);
            }
            self.still_young(slot);
        }
    }

    /// Cards were cleared with the mark bits: an old slot that refers to a pinned young object needs its card.
    #[inline(always)]
    unsafe fn still_young(&self, slot: *mut usize) {
        // SAFETY: a valid slot.
        unsafe {
            let v = slot.read();
            if self.in_nursery(v) {
                self.record_store(slot as usize, v);
            }
        }
    }

    unsafe fn major_drain(&mut self) {
        let heap: *mut Heap = self;
        // Marking waits for memory: a short queue between the stack and the scan gives prefetches time.
        let mut ring = [core::ptr::null_mut::<u8>(); RING];
        let (mut head, mut n) = (0, 0);
        // SAFETY: live objects.
        unsafe {
            loop {
                while n < RING
                    && let Some(o) = self.stack.pop()
                {
                    prefetch(o);
                    ring[(head + n) % RING] = o;
                    n += 1;
                }
                if n == 0 {
                    return;
                }
                let o = ring[head];
                head = (head + 1) % RING;
                n -= 1;
                let mt = &*mt_of(o);
                if self.state(o as usize) == state::OLD {
                    self.mark_lines(o as usize, size_with(mt, o));
                }
                each_ref(mt, o, |s| (*heap).major_slot(s.cast()));
            }
        }
    }

    /// The major collection; the roots of the minor one are still valid.
    pub(super) unsafe fn major(&mut self) {
        self.stats.major += 1;
        // SAFETY: called right after `minor`.
        unsafe {
            // Interior pointers are resolved while the marks still say where objects start.
            let mut interior: Buf<Interior> = Buf::new();
            for i in 0..self.roots.interior.len() {
                let slot = self.roots.interior.get(i);
                let v = (slot as *const usize).read();
                let o = self.find(v) as usize;
                if o != 0 {
                    interior.push(Interior { slot, object: o, offset: v.wrapping_sub(o) });
                }
            }
            let mut pinned: Buf<usize> = Buf::new();
            for i in 0..self.roots.pinned.len() {
                let o = self.find(self.roots.pinned.get(i)) as usize;
                if o != 0 {
                    pinned.push(o);
                }
            }
            for i in 0..self.weak.len() {
                let o = self.weak.pinned(i);
                if o != 0 && self.contains(o) {
                    pinned.push(o);
                }
            }
            self.choose_evacuation();
            for &o in pinned.as_slice() {
                let s = self.state_at(self.block_of(o));
                if *s == state::EVACUATE {
                    *s = state::OLD;
                }
            }
            self.clear_marks();
            for &o in pinned.as_slice() {
                let mut slot = o;
                self.major_slot(&raw mut slot);
            }
            for i in 0..self.roots.exact.len() {
                let slot = self.roots.exact.get(i);
                self.major_slot(slot as *mut usize);
            }
            for &Interior { slot, object, offset } in interior.as_slice() {
                let mut base = object;
                self.major_slot(&raw mut base);
                (slot as *mut usize).write(base.wrapping_add(offset));
            }
            self.trace_handles::<Major>();
            self.major_drain();
            self.process_weak::<Major>();
            self.sweep_old();
            self.sweep_large();
            for i in 0..self.held.len() {
                let b = self.held.get(i);
                core::ptr::write_bytes((self.mark as *mut u8).add(b * BLOCK / 64), 0, BLOCK / 64);
            }
            let live = self.used();
            let next = live + live.max(24 << 20);
            self.threshold = next.min(self.limit.saturating_sub(self.budget * BLOCK)).max(live + (2 << 20));
        }
    }

    /// Sparse blocks are emptied; under stress all are.
    unsafe fn choose_evacuation(&mut self) {
        // SAFETY: line marks of blocks in use.
        unsafe {
            if self.stress != 0 {
                for b in (self.old_base - self.base) / BLOCK..self.old_top {
                    if *self.state_at(b) == state::OLD {
                        *self.state_at(b) = state::EVACUATE;
                    }
                }
            } else {
                for &b in self.recyclable.as_slice() {
                    let used = (0..LINES).filter(|&l| *((self.lines + b * LINES + l) as *const u8) != 0).count();
                    if used * 4 < LINES {
                        *self.state_at(b) = state::EVACUATE;
                    }
                }
            }
        }
        // Copies go to fresh blocks: line marks are about to be rebuilt.
        self.recyclable.truncate(0);
        self.hole_block = 0;
        (self.cur, self.lim, self.medium_cur, self.medium_lim) = (0, 0, 0, 0);
    }

    unsafe fn clear_block(&mut self, b: usize) {
        // SAFETY: tables of one block.
        unsafe {
            core::ptr::write_bytes((self.mark as *mut u8).add(b * BLOCK / 64), 0, BLOCK / 64);
            core::ptr::write_bytes((self.lines as *mut u8).add(b * LINES), 0, LINES);
        }
    }

    unsafe fn clear_marks(&mut self) {
        // SAFETY: tables of blocks in use.
        unsafe {
            for b in (self.old_base - self.base) / BLOCK..self.old_top {
                if *self.state_at(b) != state::FREE {
                    self.clear_block(b);
                }
            }
        }
        // SAFETY: as above.
        unsafe { self.clear_large_marks() }
    }

    unsafe fn sweep_old(&mut self) {
        (self.cur, self.lim, self.medium_cur, self.medium_lim) = (0, 0, 0, 0);
        self.hole_block = 0;
        self.recyclable.truncate(0);
        self.free.truncate(0);
        self.old_bytes = 0;
        let first = (self.old_base - self.base) / BLOCK;
        // SAFETY: tables of blocks in use.
        unsafe {
            for b in (first..self.old_top).rev() {
                let s = self.state_at(b);
                let mut used = 0;
                if *s == state::OLD {
                    let lines = (self.lines + b * LINES) as *const u64;
                    for i in 0..LINES / 8 {
                        used += lines.add(i).read().count_ones() as usize;
                    }
                }
                if used == 0 {
                    if *s != state::FREE {
                        *s = state::FREE;
                        self.clear_block(b);
                        let at = self.base + b * BLOCK;
                        core::ptr::write_bytes(self.card_of(at), 0, BLOCK >> super::CARD_SHIFT);
                        if self.stress != 0 {
                            core::ptr::write_bytes(at as *mut u8, 0xDB, BLOCK);
                        } else if self.free.len() > KEEP_FREE {
                            pal::decommit(at, BLOCK);
                        }
                    }
                    self.free.push(b);
                } else if used * 8 < LINES * 7 {
                    self.recyclable.push(b);
                    self.old_bytes += used * LINE;
                } else {
                    self.old_bytes += BLOCK;
                }
            }
            while self.old_top > first && *self.state_at(self.old_top - 1) == state::FREE {
                self.old_top -= 1;
            }
        }
        let top = self.old_top;
        let mut kept = 0;
        let list = self.free.as_mut_slice();
        for i in 0..list.len() {
            if list[i] < top {
                list[kept] = list[i];
                kept += 1;
            }
        }
        self.free.truncate(kept);
    }
}

/// Major collections.
pub(super) struct Major;

impl Kind for Major {
    #[inline(always)]
    unsafe fn visit(heap: &mut Heap, slot: *mut usize) {
        // SAFETY: a valid slot.
        unsafe { heap.major_slot(slot) }
    }

    unsafe fn drain(heap: &mut Heap) {
        // SAFETY: during a major collection.
        unsafe { heap.major_drain() }
    }

    unsafe fn status(heap: &Heap, o: usize) -> Option<usize> {
        // SAFETY: an object of this heap or outside of it.
        unsafe {
            if !heap.contains(o) {
                return Some(o);
            }
            if heap.state(o) == state::EVACUATE {
                let word = (o as *const usize).read();
                return if word & 1 != 0 { Some(word & !1) } else { None };
            }
            if heap.marked(o) { Some(o) } else { None }
        }
    }
}
