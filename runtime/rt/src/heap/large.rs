//! The large-object space: whole 4 KB pages, first fit, never moved.

use super::{Heap, Obj};
use crate::pal::{self, Buf};

const PAGE_SHIFT: usize = 12;
const PAGE: usize = 1 << PAGE_SHIFT;
/// Freed ranges of at least this size go back to the system at once.
const DECOMMIT: usize = 1 << 20;
/// Young large objects beyond this many bytes start a minor collection.
const YOUNG_BUDGET: usize = 16 << 20;

#[derive(Clone, Copy)]
struct Run {
    at: usize,
    pages: usize,
}

/// State of the space.
pub(super) struct Large {
    base: usize,
    end: usize,
    top: usize,
    free: Buf<Run>,
    old: Buf<Run>,
    young: Buf<Run>,
    young_bytes: usize,
    /// Bytes in use.
    pub bytes: usize,
}

impl Large {
    pub const fn new() -> Self {
        Self { base: 0, end: 0, top: 0, free: Buf::new(), old: Buf::new(), young: Buf::new(), young_bytes: 0, bytes: 0 }
    }

    pub fn init(&mut self, base: usize, end: usize) {
        (self.base, self.top, self.end) = (base, base, end);
    }

    /// Pages, and whether they are known to be zero.
    fn take(&mut self, pages: usize) -> Option<(usize, bool)> {
        for i in 0..self.free.len() {
            let run = self.free.get(i);
            if run.pages >= pages {
                if run.pages == pages {
                    self.free.remove(i);
                } else {
                    self.free.as_mut_slice()[i] = Run { at: run.at + (pages << PAGE_SHIFT), pages: run.pages - pages };
                }
                return Some((run.at, false));
            }
        }
        let size = pages << PAGE_SHIFT;
        if size > self.end - self.top {
            return None;
        }
        let at = self.top;
        self.top += size;
        Some((at, true))
    }

    fn give(&mut self, run: Run) {
        let size = run.pages << PAGE_SHIFT;
        if size >= DECOMMIT {
            // SAFETY: a dead object's pages.
            unsafe { pal::decommit(run.at, size) }
        }
        self.bytes -= size;
        let at = self.free.as_slice().partition_point(|r| r.at < run.at);
        self.free.insert(at, run);
        let list = self.free.as_mut_slice();
        let ends_at = |r: Run| r.at + (r.pages << PAGE_SHIFT);
        if at + 1 < list.len() && ends_at(list[at]) == list[at + 1].at {
            list[at].pages += list[at + 1].pages;
            self.free.remove(at + 1);
        }
        let list = self.free.as_mut_slice();
        if at > 0 && ends_at(list[at - 1]) == list[at].at {
            list[at - 1].pages += list[at].pages;
            self.free.remove(at);
        }
    }
}

impl Heap {
    /// A large object; may collect. 0: out of memory.
    pub(super) unsafe fn alloc_large(&mut self, size: usize) -> usize {
        // SAFETY: as for `alloc_slow`.
        unsafe {
            if size > self.limit || size > self.large.end - self.large.base {
                return 0;
            }
            if self.large.young_bytes + size > YOUNG_BUDGET.max(self.large.bytes / 4) || self.used() + size > self.threshold.max(size) {
                let full = self.used() + size > self.threshold;
                self.collect(full);
                if self.used() + size > self.threshold {
                    // Nothing to gain by trying again at once.
                    self.threshold = (self.used() + size).saturating_add(self.used() / 2);
                }
            }
            if self.used() + size > self.limit {
                self.collect(true);
                if self.used() + size > self.limit {
                    return 0;
                }
            }
            self.large_memory(size)
        }
    }

    /// Pages for a large object, without collecting.
    pub(super) unsafe fn large_memory(&mut self, size: usize) -> usize {
        let pages = size.div_ceil(PAGE);
        let Some((at, zero)) = self.large.take(pages) else { return 0 };
        // SAFETY: the page table covers the space.
        unsafe {
            if !zero {
                core::ptr::write_bytes(at as *mut u8, 0, size);
            }
            let first = (at - self.large_base) >> PAGE_SHIFT;
            let table = self.pages as *mut u32;
            for i in 0..pages {
                table.add(first + i).write(first as u32 + 1);
            }
        }
        self.large.young.push(Run { at, pages });
        self.large.young_bytes += pages << PAGE_SHIFT;
        self.large.bytes += pages << PAGE_SHIFT;
        self.stats.allocated += size as u64;
        at
    }

    /// The large object around an address.
    pub(super) unsafe fn find_large(&self, a: usize) -> Obj {
        // SAFETY: in the table.
        unsafe {
            let first = (self.pages as *const u32).add((a - self.large_base) >> PAGE_SHIFT).read();
            if first == 0 {
                return core::ptr::null_mut();
            }
            let o = (self.large_base + ((first as usize - 1) << PAGE_SHIFT) + 8) as Obj;
            // The object being allocated right now has no MethodTable yet.
            if o.cast::<usize>().read() == 0 || a >= o as usize - 8 + self.size_of(o) {
                return core::ptr::null_mut();
            }
            o
        }
    }

    /// Is it a large object that no collection has seen?
    #[inline(always)]
    pub(super) unsafe fn is_young_large(&self, o: usize) -> bool {
        // Old ones keep their mark between collections.
        // SAFETY: in the reservation.
        self.in_large(o) && !unsafe { self.marked(o) }
    }

    unsafe fn free_run(&mut self, run: Run) {
        // SAFETY: a dead object's pages.
        unsafe {
            let first = (run.at - self.large_base) >> PAGE_SHIFT;
            core::ptr::write_bytes((self.pages as *mut u32).add(first), 0, run.pages);
            self.clear_mark(run.at + 8);
            let card = self.card_of(run.at);
            core::ptr::write_bytes(card, 0, (run.pages << PAGE_SHIFT) >> super::CARD_SHIFT);
        }
        self.large.give(run);
    }

    /// After a minor collection: survivors are old, the rest is free.
    pub(super) unsafe fn sweep_young_large(&mut self) {
        // SAFETY: marks are up to date.
        unsafe {
            for i in 0..self.large.young.len() {
                let run = self.large.young.get(i);
                if self.marked(run.at + 8) {
                    self.large.old.push(run);
                } else {
                    self.free_run(run);
                }
            }
        }
        self.large.young.truncate(0);
        self.large.young_bytes = 0;
    }

    /// Before marking in a major collection.
    pub(super) unsafe fn clear_large_marks(&mut self) {
        for run in self.large.old.as_slice() {
            // SAFETY: in the reservation.
            unsafe { self.clear_mark(run.at + 8) }
        }
    }

    /// After marking in a major collection.
    pub(super) unsafe fn sweep_large(&mut self) {
        let mut i = 0;
        while i < self.large.old.len() {
            let run = self.large.old.get(i);
            // SAFETY: marks are up to date.
            unsafe {
                if self.marked(run.at + 8) {
                    i += 1;
                } else {
                    self.large.old.swap_remove(i);
                    self.free_run(run);
                }
            }
        }
    }

    /// All cards of the space in use: (first address, end).
    pub(super) fn large_range(&self) -> (usize, usize) {
        (self.large_base, self.large.top)
    }
}
