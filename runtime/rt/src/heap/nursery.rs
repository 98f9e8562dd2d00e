//! The nursery's own state, and where objects start in it.
//!
//! A block is filled with objects from its start on. Nobody notes where each starts: the first look-up in a block during a collection
//! walks it and fills the bitmap (`Space::set_start`), which interior pointers are answered from.

use super::Heap;
use super::address::{Address, BlockIndex, ObjectRef};
use super::memcheck;
use super::space::{BLOCK, BlockState, NURSERY, Space};
use super::tlab::Tlab;
use crate::mt::Mt;
use crate::pal::{self, Buf};

/// Default size.
const START: usize = 1 << 20;
/// It grows up to this when much survives.
const MAX: usize = 32 << 20;

/// State of the nursery.
pub(super) struct Nursery {
    /// Blocks below this one are in use or held.
    pub next: BlockIndex,
    /// How many blocks may be in use, not counting the held ones.
    pub budget: usize,
    /// Blocks below this one may hold old bytes; the others are as the system gave them, zero.
    pub touched: BlockIndex,
    /// Blocks that the last collection left as they were, for a pinned object's sake.
    pub held: Buf<BlockIndex>,
    /// The size was set and does not adapt.
    pub fixed: bool,
}

impl Nursery {
    pub const fn new() -> Self {
        Self { next: BlockIndex::FIRST, budget: START / BLOCK, touched: BlockIndex::FIRST, held: Buf::new(), fixed: false }
    }

    /// Fixes the size.
    pub fn set_size(&mut self, bytes: usize) {
        self.budget = (bytes / BLOCK).clamp(1, MAX / BLOCK);
        self.fixed = true;
    }

    /// Bytes that it may use.
    pub const fn size(&self) -> usize {
        self.budget * BLOCK
    }

    /// Bytes in use.
    pub fn bytes(&self) -> usize {
        (self.next.get() + self.held.len()) * BLOCK
    }

    /// The end of all blocks that hold objects.
    pub fn end(&self) -> BlockIndex {
        self.held.as_slice().iter().fold(self.next.max(self.touched), |end, b| end.max(b.next()))
    }

    /// A thread leaves its block, if it has one: how many bytes of it are objects.
    pub fn close_buffer(&mut self, space: &mut Space, t: Tlab) -> usize {
        let Some((start, used)) = t.close() else { return 0 };
        let block = space.block_of(start);
        // SAFETY: buffers lie in nursery blocks (`next_young_block`), and compiled code fills them with objects from the start on.
        unsafe { space.set_used(block, used) }
        self.touched = self.touched.max(block.next());
        used
    }

    /// Grows when a collection costs much, compared with the heap's limit.
    pub fn adapt(&mut self, cost: usize, limit: usize) {
        if !self.fixed && cost > self.size() / 8 && self.size() < MAX.min(NURSERY / 2) && self.size() < limit / 8 {
            self.budget *= 2;
        }
    }
}

impl Heap {
    /// The object around an address of the nursery.
    ///
    /// # Safety
    /// `a` lies in the nursery; buffers are closed.
    pub(super) unsafe fn find_young(&mut self, a: Address) -> Option<ObjectRef> {
        let block = self.space.block_of(a);
        // SAFETY: a block of the nursery. In a used block objects follow each other; they may have been copied away.
        unsafe {
            if !matches!(self.space.state(block), BlockState::Young | BlockState::Pinned) {
                return None;
            }
            if !self.space.set_parsed(block) {
                self.parse(block);
            }
            let o = self.space.start_below(a)?;
            (a < o.start() + o.size()).then_some(o)
        }
    }

    /// Notes where the objects of a nursery block start.
    ///
    /// # Safety
    /// A used block of the nursery, in which no thread allocates.
    unsafe fn parse(&mut self, block: BlockIndex) {
        // SAFETY: such a block is a sequence of objects, copied away or not, up to what `set_used` noted.
        unsafe {
            self.space.clear_starts(block);
            let mut at = self.space.block_start(block);
            let end = at + self.space.used(block);
            while at < end {
                let o = ObjectRef::at(at + kiln_abi::object::HEADER_SIZE);
                if o.address().read::<Mt>().is_null() {
                    pal::fatal("a hole in the nursery");
                }
                self.space.set_start(o);
                at = at + o.size();
            }
        }
    }

    /// After a minor collection: all blocks but the pinned ones are free.
    ///
    /// # Safety
    /// Nothing refers to objects in blocks that are not pinned.
    pub(super) unsafe fn release_nursery(&mut self) {
        self.nursery.held.truncate(0);
        let end = self.nursery.touched.max(self.nursery.next);
        // SAFETY: blocks of the nursery.
        unsafe {
            self.space.forget_starts(end);
            for block in BlockIndex::FIRST.up_to(end) {
                match self.space.state(block) {
                    BlockState::Pinned => {
                        self.nursery.held.push(block);
                        // Still young: a mark would mean "reached" to the next collection.
                        self.space.clear_marks(block);
                    }
                    BlockState::Young => {
                        self.space.set_state(block, BlockState::Free);
                        let at = self.space.block_start(block);
                        if self.stress != 0 {
                            memcheck::taken(at, BLOCK);
                            at.fill(0xDB, BLOCK);
                        }
                        memcheck::freed(at, BLOCK);
                    }
                    _ => {}
                }
            }
        }
        self.nursery.next = BlockIndex::FIRST;
    }
}
