//! The nursery's own state, and where objects start in it.
//!
//! A block is filled with objects from its start on. One that a pinned object stays in keeps nothing else: what lies around the pinned ones are
//! gaps, each with its size in the place of an object's header (`HEADER_GAP`), and the larger ones are allocated in again.
//! Nobody notes where each starts: the first look-up in a block during a collection
//! walks it and fills the bitmap (`Space::set_start`), which interior pointers are answered from.

use super::Heap;
use super::address::{Address, BlockIndex, ObjectRef};
use super::memcheck;
use super::space::{BLOCK, BlockState, CARD_SHIFT, NURSERY, Space};
use super::tlab::{Region, Tlab};
use crate::mt::Mt;
use crate::pal::{self, Buf};
use kiln_abi::object::{HEADER_GAP, HEADER_HASH_MASK};

/// Bytes whose marks are looked at together.
const CARD: usize = 1 << CARD_SHIFT;
/// Default size.
const START: usize = 1 << 20;
/// It grows up to this when much survives.
const MAX: usize = 32 << 20;

/// Smaller gaps are not allocated in.
const SMALLEST_GAP: usize = 1 << 10;

/// State of the nursery.
pub(super) struct Nursery {
    /// Blocks below this one are in use or held.
    pub next: BlockIndex,
    /// How many blocks' worth of memory may be allocated in between collections.
    pub budget: usize,
    /// Bytes that buffers were opened on since the last collection.
    pub opened: usize,
    /// Bytes of pinned objects in held blocks, and how many they are.
    pub pinned: usize,
    pub pinned_objects: usize,
    /// Gaps of held blocks that nobody has allocated in since the last collection.
    pub gaps: Buf<Region>,
    /// Blocks below this one may hold old bytes; the others are as the system gave them, zero.
    pub touched: BlockIndex,
    /// Blocks that the last collection left as they were, for a pinned object's sake.
    pub held: Buf<BlockIndex>,
    /// The size was set and does not adapt.
    pub fixed: bool,
}

impl Nursery {
    pub const fn new() -> Self {
        Self {
            next: BlockIndex::FIRST,
            budget: START / BLOCK,
            opened: 0,
            pinned: 0,
            pinned_objects: 0,
            gaps: Buf::new(),
            touched: BlockIndex::FIRST,
            held: Buf::new(),
            fixed: false,
        }
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
    pub const fn bytes(&self) -> usize {
        self.opened + self.pinned
    }

    /// A gap that an object of `size` bytes fits in.
    pub fn gap(&mut self, size: usize) -> Option<Region> {
        // Too small ones are not looked at again before the next collection finds the gaps anew.
        while let Some(gap) = self.gaps.pop() {
            if gap.size() >= size {
                return Some(gap);
            }
        }
        None
    }

    /// The end of all blocks that hold objects.
    pub fn end(&self) -> BlockIndex {
        self.held.as_slice().iter().fold(self.next.max(self.touched), |end, b| end.max(b.next()))
    }

    /// A thread leaves its buffer, if it has one: how many bytes of it are objects.
    pub fn close_buffer(&mut self, space: &mut Space, t: Tlab) -> usize {
        let Some((region, used)) = t.close() else { return 0 };
        let block = space.block_of(region.start);
        // SAFETY: buffers lie in nursery blocks (`next_buffer`), and compiled code fills them with objects from the start on. Around a gap that
        // was opened are objects and other gaps.
        unsafe {
            if region.size() == BLOCK {
                space.set_used(block, used);
            } else {
                put_gap(region.start + used, region.end);
            }
        }
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
        // SAFETY: such a block is a sequence of objects, copied away or not, and gaps, up to what `set_used` noted.
        unsafe {
            self.space.clear_starts(block);
            let mut at = self.space.block_start(block);
            let end = at + self.space.used(block);
            while at < end {
                let header: u64 = at.read();
                if header & HEADER_GAP != 0 {
                    at = at + (header & HEADER_HASH_MASK) as usize;
                    continue;
                }
                let o = ObjectRef::at(at + kiln_abi::object::HEADER_SIZE);
                if o.address().read::<Mt>().is_null() {
                    pal::fatal("a hole in the nursery");
                }
                self.space.set_start(o);
                at = at + o.size();
            }
        }
    }

    /// After a minor collection: all blocks but the pinned ones are free, and those hold marked objects alone.
    ///
    /// # Safety
    /// Nothing refers to objects without mark.
    pub(super) unsafe fn release_nursery(&mut self) {
        self.nursery.held.truncate(0);
        self.nursery.gaps.truncate(0);
        (self.nursery.opened, self.nursery.pinned, self.nursery.pinned_objects) = (0, 0, 0);
        let end = self.nursery.touched.max(self.nursery.next);
        // SAFETY: blocks of the nursery.
        unsafe {
            self.space.forget_starts(end);
            for block in BlockIndex::FIRST.up_to(end) {
                match self.space.state(block) {
                    BlockState::Pinned => {
                        self.nursery.held.push(block);
                        self.leave_pinned(block);
                        // Still young: a mark would mean "pinned" to the next collection.
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

    /// Of a block keeps the marked objects; what lies around them are gaps.
    ///
    /// # Safety
    /// A nursery block, in which only marked objects are in use.
    unsafe fn leave_pinned(&mut self, block: BlockIndex) {
        let start = self.space.block_start(block);
        let end = start + BLOCK;
        let mut at = start;
        let mut card = start;
        // SAFETY: marks are of objects, which were not copied away; between them is nothing that is in use.
        unsafe {
            while card < end {
                let mut marks = self.space.marks_of_card(card);
                while marks != 0 {
                    let o = ObjectRef::at(card + marks.trailing_zeros() as usize * 8);
                    marks &= marks - 1;
                    self.gap(at, o.start());
                    let size = o.size();
                    self.nursery.pinned += size;
                    self.nursery.pinned_objects += 1;
                    at = o.start() + size;
                }
                card = card + CARD;
            }
            self.gap(at, end);
            self.space.set_used(block, BLOCK);
        }
    }

    /// Makes a gap of some memory of a held block.
    ///
    /// # Safety
    /// The memory is a block's, between objects, and not in use.
    unsafe fn gap(&mut self, start: Address, end: Address) {
        // SAFETY: promised.
        unsafe {
            if start == end {
                return;
            }
            if self.stress != 0 {
                memcheck::taken(start, end - start);
                start.fill(0xDB, end - start);
            }
            put_gap(start, end);
        }
        let gap = Region { start, end };
        if gap.size() >= SMALLEST_GAP {
            self.nursery.gaps.push(gap);
        }
    }
}

/// Notes that some memory of a block is no object.
///
/// # Safety
/// It is not in use, and less than 2^26 bytes.
unsafe fn put_gap(start: Address, end: Address) {
    if start == end {
        return;
    }
    memcheck::freed(start, end - start);
    memcheck::taken(start, 8);
    // SAFETY: memory of a block is whole words.
    unsafe { start.write(HEADER_GAP | (end - start) as u64) }
}
