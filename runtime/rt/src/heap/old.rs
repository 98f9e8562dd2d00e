//! Allocation in the old space: holes of free lines for small objects, fresh blocks for medium ones.

use super::{BLOCK, BLOCK_SHIFT, Heap, LINE, LINE_SHIFT, LINES, state};
use crate::mt::Obj;
use crate::pal;

impl Heap {
    /// A free block, made old.
    unsafe fn fresh_block(&mut self) -> usize {
        let i = match self.free.pop() {
            Some(i) => i,
            None => {
                let i = self.old_top;
                if self.base + (i + 1) * BLOCK > self.end {
                    pal::print("Out of memory.\n");
                    pal::abort();
                }
                self.old_top += 1;
                i
            }
        };
        // SAFETY: the table has an entry per block.
        unsafe { *self.state_at(i) = state::OLD }
        self.old_bytes += BLOCK;
        i
    }

    #[cold]
    #[inline(never)]
    unsafe fn old_slow(&mut self, size: usize) -> usize {
        // SAFETY: line tables cover all blocks.
        unsafe {
            if size > LINE {
                if self.medium_cur + size > self.medium_lim {
                    self.medium_cur = self.base + (self.fresh_block() << BLOCK_SHIFT);
                    self.medium_lim = self.medium_cur + BLOCK;
                }
                let a = self.medium_cur;
                self.medium_cur += size;
                return a;
            }
            loop {
                if self.hole_block != 0 {
                    let lines = (self.lines as *const u8).add(self.hole_block * LINES);
                    let mut i = self.hole_line;
                    while i < LINES && *lines.add(i) != 0 {
                        i += 1;
                    }
                    let first = i;
                    while i < LINES && *lines.add(i) == 0 {
                        i += 1;
                    }
                    self.hole_line = i;
                    if first < LINES {
                        let block = self.base + self.hole_block * BLOCK;
                        self.cur = block + first * LINE;
                        self.lim = block + i * LINE;
                        if self.cur + size <= self.lim {
                            break;
                        }
                        continue;
                    }
                    self.hole_block = 0;
                }
                if let Some(b) = self.recyclable.pop() {
                    self.hole_block = b;
                    self.hole_line = 0;
                    self.old_bytes += BLOCK / 2;
                    continue;
                }
                self.cur = self.base + (self.fresh_block() << BLOCK_SHIFT);
                self.lim = self.cur + BLOCK;
                break;
            }
            let a = self.cur;
            self.cur += size;
            a
        }
    }

    /// Memory for a copy, not zeroed.
    #[inline(always)]
    pub(super) unsafe fn old_alloc(&mut self, size: usize) -> usize {
        let a = self.cur;
        if a + size <= self.lim {
            self.cur = a + size;
            return a;
        }
        // SAFETY: the heap is initialised.
        unsafe { self.old_slow(size) }
    }

    /// Zeroed memory for a new object in the old space, marked.
    pub(super) unsafe fn old_memory(&mut self, size: usize) -> usize {
        // SAFETY: fresh memory of the old space.
        unsafe {
            let a = self.old_alloc(size);
            core::ptr::write_bytes(a as *mut u8, 0, size);
            self.set_mark(a + 8);
            self.mark_lines(a + 8, size);
            a
        }
    }

    /// Marks the lines of an object in the old space.
    #[inline(always)]
    pub(super) unsafe fn mark_lines(&self, o: usize, size: usize) {
        let first = (o - 8 - self.base) >> LINE_SHIFT;
        let last = (o - 8 + size - 1 - self.base) >> LINE_SHIFT;
        // SAFETY: in the table.
        unsafe {
            let lines = self.lines as *mut u8;
            for i in first..=last {
                lines.add(i).write(1);
            }
        }
    }

    /// Copies an object into the old space and leaves a forwarding pointer (its new reference + 1) in its place.
    #[inline(always)]
    pub(super) unsafe fn copy(&mut self, o: Obj) -> Obj {
        // SAFETY: `o` is a live, not yet copied object.
        unsafe {
            let mt = &*crate::mt::mt_of(o);
            let size = crate::mt::size_with(mt, o);
            let to = self.old_alloc(size) as *mut u64;
            let from = o.sub(8).cast::<u64>();
            if size == 32 {
                core::ptr::copy_nonoverlapping(from, to, 4);
            } else if size == 24 {
                core::ptr::copy_nonoverlapping(from, to, 3);
            } else {
                core::ptr::copy_nonoverlapping(from, to, size / 8);
            }
            let new = to.add(1).cast::<u8>();
            o.cast::<usize>().write(new as usize | 1);
            self.stats.promoted += size as u64;
            self.set_mark(new as usize);
            self.mark_lines(new as usize, size);
            if !mt.gc_layout.is_null() {
                self.stack.push(new);
            }
            new
        }
    }
}
