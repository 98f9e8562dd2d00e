//! Allocation in the old space: holes of free lines for small objects, fresh blocks for medium ones.

use super::Heap;
use super::address::{Address, BlockIndex, LineIndex, ObjectRef};
use super::memcheck;
use super::space::{BLOCK, BlockState, LINE, LINES};
use crate::pal::{self, Buf};

/// Memory that the next objects go to.
#[derive(Clone, Copy)]
struct Cursor {
    at: Address,
    end: Address,
}

impl Cursor {
    const NONE: Self = Self { at: Address::ZERO, end: Address::ZERO };

    /// Takes memory if there is so much.
    #[inline(always)]
    fn take(&mut self, size: usize) -> Option<Address> {
        let a = self.at;
        if a + size <= self.end {
            self.at = a + size;
            return Some(a);
        }
        None
    }
}

/// State of the old space.
pub(super) struct Old {
    /// The end of the blocks that were ever used since the last of them became free.
    pub top: BlockIndex,
    /// Free blocks below `top`.
    pub free: Buf<BlockIndex>,
    /// Blocks with free lines.
    pub recyclable: Buf<BlockIndex>,
    /// Bytes in use, as an estimate between major collections.
    pub bytes: usize,
    small: Cursor,
    medium: Cursor,
    /// The block whose holes are being filled, and where the next one is looked for.
    hole: Option<(BlockIndex, LineIndex)>,
    /// Where survivors of the last collection went; too many such places are not kept.
    recent: Buf<Cursor>,
    /// A minor collection is going on: what is copied now is recent.
    pub surviving: bool,
}

/// So many places are kept in `recent`.
const MOST_RECENT: usize = 4096;

impl Old {
    pub const fn new() -> Self {
        Self {
            top: BlockIndex::FIRST,
            free: Buf::new(),
            recyclable: Buf::new(),
            bytes: 0,
            small: Cursor::NONE,
            medium: Cursor::NONE,
            hole: None,
            recent: Buf::new(),
            surviving: false,
        }
    }

    /// Nothing is recent any more, but what goes to the rest of the current places is.
    pub fn forget_recent(&mut self) {
        self.recent.truncate(0);
        self.recent.push(self.small);
        self.recent.push(self.medium);
    }

    /// Did this old object survive its first collection when the last one was made?
    pub fn is_recent(&self, a: Address) -> bool {
        self.recent.as_slice().iter().any(|r| a >= r.at && a < r.end)
    }

    /// Are objects in this block that did?
    pub fn has_recent(&self, block: Address) -> bool {
        self.recent.as_slice().iter().any(|r| r.at < block + BLOCK && r.end > block)
    }

    /// The next objects go here.
    fn begin(&mut self, cursor: Cursor) -> Cursor {
        if self.surviving && self.recent.len() < MOST_RECENT {
            self.recent.push(cursor);
        }
        cursor
    }

    /// The next object goes to a fresh block, or to a hole that is found then: lines are about to be rebuilt.
    pub fn leave_blocks(&mut self) {
        self.recyclable.truncate(0);
        self.hole = None;
        self.small = Cursor::NONE;
        self.medium = Cursor::NONE;
    }
}

impl Heap {
    /// A free block, made old: its start.
    ///
    /// # Safety
    /// The heap is reserved.
    unsafe fn fresh_block(&mut self) -> Address {
        let block = self.old.free.pop().unwrap_or_else(|| {
            let block = self.old.top;
            if self.space.block_start(block.next()) > self.space.end() {
                pal::print("Out of memory.\n");
                pal::abort();
            }
            self.old.top = block.next();
            block
        });
        // SAFETY: a block below `top` is one of the reservation's.
        unsafe { self.space.set_state(block, BlockState::Old) }
        self.old.bytes += BLOCK;
        let at = self.space.block_start(block);
        memcheck::freed(at, BLOCK);
        at
    }

    /// # Safety
    /// The heap is reserved; `size` is at most `LARGE`.
    #[cold]
    #[inline(never)]
    unsafe fn old_slow(&mut self, size: usize) -> Address {
        // SAFETY: promised. A fresh block has room for anything that is not large.
        unsafe {
            if size > LINE {
                if self.old.medium.at + size > self.old.medium.end {
                    let at = self.fresh_block();
                    self.old.medium = self.old.begin(Cursor { at, end: at + BLOCK });
                }
                let a = self.old.medium.at;
                self.old.medium.at = a + size;
                return a;
            }
            loop {
                if let Some((block, line)) = self.old.hole {
                    let (first, end) = self.space.hole(block, line);
                    if first.get() == LINES {
                        self.old.hole = None;
                        continue;
                    }
                    self.old.hole = Some((block, end));
                    let start = self.space.block_start(block);
                    let hole = Cursor { at: start + first.get() * LINE, end: start + end.get() * LINE };
                    self.old.small = self.old.begin(hole);
                } else if let Some(block) = self.old.recyclable.pop() {
                    self.old.hole = Some((block, LineIndex::FIRST));
                    self.old.bytes += BLOCK / 2;
                    continue;
                } else {
                    let at = self.fresh_block();
                    self.old.small = self.old.begin(Cursor { at, end: at + BLOCK });
                }
                if let Some(a) = self.old.small.take(size) {
                    return a;
                }
            }
        }
    }

    /// Memory for a copy, not zeroed.
    ///
    /// # Safety
    /// The heap is reserved; `size` is at most `LARGE`.
    #[inline(always)]
    unsafe fn old_alloc(&mut self, size: usize) -> Address {
        if let Some(a) = self.old.small.take(size) {
            return a;
        }
        // SAFETY: promised.
        unsafe { self.old_slow(size) }
    }

    /// Zeroed memory for a new object in the old space, marked.
    ///
    /// # Safety
    /// The heap is reserved; `size` is at most `LARGE`; before the next collection the memory holds an object.
    pub(super) unsafe fn old_memory(&mut self, size: usize) -> Address {
        // SAFETY: promised; the memory is free and lies in the old space, and an address after it is not zero.
        unsafe {
            let a = self.old_alloc(size);
            memcheck::taken(a, size);
            a.fill(0, size);
            self.space.set_mark(ObjectRef::at(a + kiln_abi::object::HEADER_SIZE));
            self.space.mark_lines(a, size);
            a
        }
    }

    /// Copies an object into the old space and leaves a forwarding pointer in its place. The copy is marked and will be scanned.
    ///
    /// # Safety
    /// A collection is going on; the object lies in a block that is being emptied and was not copied yet.
    #[inline(always)]
    pub(super) unsafe fn copy(&mut self, o: ObjectRef) -> ObjectRef {
        // SAFETY: objects in blocks are not large. The copy's memory is free, so the two do not overlap; both are aligned to words.
        unsafe {
            let mt = o.method_table();
            let size = o.size_with(mt);
            let to = self.old_alloc(size);
            memcheck::taken(to, size);
            let (from_words, to_words) = (o.start().ptr::<u64>(), to.ptr::<u64>());
            if size == 32 {
                core::ptr::copy_nonoverlapping(from_words, to_words, 4);
            } else if size == 24 {
                core::ptr::copy_nonoverlapping(from_words, to_words, 3);
            } else {
                core::ptr::copy_nonoverlapping(from_words, to_words, size / 8);
            }
            let new = ObjectRef::at(to + kiln_abi::object::HEADER_SIZE);
            o.forward(new);
            self.stats.promoted += size as u64;
            self.space.set_mark(new);
            self.space.mark_lines(to, size);
            if !mt.gc_layout.is_null() {
                self.stack.push(new);
            }
            new
        }
    }

    /// The object around an address of the old space.
    ///
    /// # Safety
    /// `a` lies in the old space.
    pub(super) unsafe fn find_old(&self, a: Address) -> Option<ObjectRef> {
        // SAFETY: in blocks of these states marks say where objects start.
        unsafe {
            if !matches!(self.space.state_of(a), BlockState::Old | BlockState::Evacuate) {
                return None;
            }
            let o = self.space.mark_below(a)?;
            (a < o.start() + o.size()).then_some(o)
        }
    }
}
