//! The reservation `[nursery | large objects | old space]` and its side tables: where things are, and what is noted about them.
//!
//! Geometry never changes after the reservation and may be asked by any thread. Of the tables, cards are written by every thread that
//! stores references (`Cards`); the others belong to whoever has the heap (`&mut Heap`), which is why what changes them takes `&mut self`.
//! A table has one entry for each piece of the whole reservation, or of the nursery, and starts as zeros, because the system's pages do.

use super::address::{Address, BlockIndex, LineIndex, ObjectRef};
use super::cards::Cards;
use crate::pal;

/// log2 of the block size.
pub const BLOCK_SHIFT: usize = 15;
/// Block size.
pub const BLOCK: usize = 1 << BLOCK_SHIFT;
/// log2 of the line size.
pub const LINE_SHIFT: usize = 8;
/// Line size.
pub const LINE: usize = 1 << LINE_SHIFT;
/// Lines per block.
pub const LINES: usize = BLOCK / LINE;
/// log2 of the card size.
pub const CARD_SHIFT: usize = 9;
/// log2 of the page size of the large-object space.
pub const PAGE_SHIFT: usize = 12;
/// Reservation for the nursery.
pub const NURSERY: usize = 256 << 20;
/// Blocks of the nursery.
pub const NURSERY_BLOCKS: usize = NURSERY / BLOCK;
/// What is asked for each of the other two spaces; the system may grant less.
pub const SPACE: usize = 32 << 30;
/// With less than this for each of them there is no heap.
const SMALLEST_SPACE: usize = 1 << 24;

/// What a block is used for. The table holds nothing else: zero is `Free`.
#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BlockState {
    /// Not in use.
    Free = 0,
    /// Nursery.
    Young = 1,
    /// Old space.
    Old = 2,
    /// Old space, being evacuated.
    Evacuate = 3,
    /// Nursery, holds pinned objects: those that are marked.
    Pinned = 4,
}

/// Geometry and tables.
pub struct Space {
    base: Address,
    large_base: Address,
    old_base: Address,
    end: Address,
    /// One bit per word: an object of the old space starts here, or an object was reached.
    marks: Address,
    /// One byte per line of the old space: in use.
    lines: Address,
    cards: Cards,
    /// One `BlockState` per block.
    states: Address,
    /// One bit per word of the nursery: an object starts here. Valid for blocks that were parsed.
    starts: Address,
    /// One u32 per block of the nursery: how many bytes of it are objects. Valid for blocks that no thread allocates in.
    used: Address,
    /// One byte per block of the nursery: `starts` is valid.
    parsed: Address,
    /// One u32 per page of the large-object space: number of the object's first page plus one, or 0.
    pages: Address,
}

impl Space {
    /// Before the reservation: contains nothing, and must be asked nothing.
    pub const fn unreserved() -> Self {
        const NOWHERE: Address = Address::ZERO;
        Self {
            base: NOWHERE,
            large_base: NOWHERE,
            old_base: NOWHERE,
            end: NOWHERE,
            marks: NOWHERE,
            lines: NOWHERE,
            cards: Cards::unreserved(),
            states: NOWHERE,
            starts: NOWHERE,
            used: NOWHERE,
            parsed: NOWHERE,
            pages: NOWHERE,
        }
    }

    /// Reserves address space: `size` bytes, a multiple of `BLOCK`, for each of large objects and the old space; less when the system
    /// does not grant that, and None when it grants too little.
    pub fn reserve(mut size: usize) -> Option<Self> {
        while size >= SMALLEST_SPACE / 2 {
            let total = NURSERY + 2 * size;
            let tables = total / 64
                + total / LINE
                + (total >> CARD_SHIFT)
                + (total >> BLOCK_SHIFT)
                + (total >> PAGE_SHIFT) * 4
                + NURSERY / 64
                + NURSERY_BLOCKS * 8;
            let p = pal::reserve(total + tables + 2 * BLOCK);
            if p != 0 {
                return Some(Self::at(Address::new(p).aligned(BLOCK), size));
            }
            size /= 2;
        }
        None
    }

    fn at(base: Address, size: usize) -> Self {
        let total = NURSERY + 2 * size;
        let large_base = base + NURSERY;
        let old_base = large_base + size;
        let end = base + total;
        let marks = end;
        let lines = marks + total / 64;
        let cards = lines + total / LINE;
        let states = cards + (total >> CARD_SHIFT);
        let starts = (states + (total >> BLOCK_SHIFT)).aligned(8);
        let used = starts + NURSERY / 64;
        let parsed = used + NURSERY_BLOCKS * 4;
        let pages = (parsed + NURSERY_BLOCKS).aligned(8);
        let cards = Cards::new(base, large_base, old_base, end, cards);
        Self { base, large_base, old_base, end, marks, lines, cards, states, starts, used, parsed, pages }
    }

    // ---- geometry

    /// Start of the reservation and of the nursery.
    #[inline(always)]
    pub const fn base(&self) -> Address {
        self.base
    }

    /// Start of the large-object space, which ends where the old space starts.
    #[inline(always)]
    pub const fn large_base(&self) -> Address {
        self.large_base
    }

    /// Start of the old space.
    #[inline(always)]
    pub const fn old_base(&self) -> Address {
        self.old_base
    }

    /// End of the old space.
    #[inline(always)]
    pub const fn end(&self) -> Address {
        self.end
    }

    /// In the reservation?
    #[inline(always)]
    pub const fn contains(&self, a: Address) -> bool {
        a.distance(self.base) < self.end.distance(self.base)
    }

    /// In the nursery?
    #[inline(always)]
    pub const fn in_nursery(&self, a: Address) -> bool {
        a.distance(self.base) < NURSERY
    }

    /// In the large-object space?
    #[inline(always)]
    pub const fn in_large(&self, a: Address) -> bool {
        a.distance(self.large_base) < self.old_base.distance(self.large_base)
    }

    /// The block around an address of the reservation (for others the result means nothing).
    #[inline(always)]
    pub const fn block_of(&self, a: Address) -> BlockIndex {
        BlockIndex::new(a.distance(self.base) >> BLOCK_SHIFT)
    }

    /// Where a block starts.
    #[inline(always)]
    pub fn block_start(&self, block: BlockIndex) -> Address {
        self.base + (block.get() << BLOCK_SHIFT)
    }

    /// The old space's first block.
    #[inline(always)]
    pub const fn first_old_block(&self) -> BlockIndex {
        self.block_of(self.old_base)
    }

    /// Number of the word that an address of the reservation lies in.
    #[inline(always)]
    const fn word_of(&self, a: Address) -> usize {
        a.distance(self.base) >> 3
    }

    /// The card table.
    #[inline(always)]
    pub const fn cards(&self) -> &Cards {
        &self.cards
    }

    // ---- blocks

    /// What a block is used for.
    ///
    /// # Safety
    /// A block of this reservation.
    #[inline(always)]
    pub unsafe fn state(&self, block: BlockIndex) -> BlockState {
        // SAFETY: the table has an entry per block, and every entry is a state.
        unsafe { (self.states + block.get()).read() }
    }

    /// What the block around an address is used for.
    ///
    /// # Safety
    /// An address of this reservation.
    #[inline(always)]
    pub unsafe fn state_of(&self, a: Address) -> BlockState {
        // SAFETY: its block is one of the reservation's.
        unsafe { self.state(self.block_of(a)) }
    }

    /// Changes what a block is used for.
    ///
    /// # Safety
    /// A block of this reservation.
    #[inline(always)]
    pub unsafe fn set_state(&mut self, block: BlockIndex, state: BlockState) {
        // SAFETY: the table has an entry per block.
        unsafe { (self.states + block.get()).write(state) }
    }

    /// Forgets what is noted about a block of the old space: marks and lines.
    ///
    /// # Safety
    /// A block of this reservation.
    pub unsafe fn clear_block(&mut self, block: BlockIndex) {
        // SAFETY: the tables have `LINES` bytes for each block.
        unsafe {
            self.clear_marks(block);
            (self.lines + block.get() * LINES).fill(0, LINES);
        }
    }

    // ---- marks

    /// The word with an object's bit, and the bit.
    #[inline(always)]
    const fn mark_bit(&self, o: ObjectRef) -> (*mut u64, u64) {
        let i = self.word_of(o.address());
        (self.marks.ptr::<u64>().wrapping_add(i >> 6), 1 << (i & 63))
    }

    /// Marked?
    ///
    /// # Safety
    /// `o` lies in this reservation.
    #[inline(always)]
    pub unsafe fn marked(&self, o: ObjectRef) -> bool {
        let (word, bit) = self.mark_bit(o);
        // SAFETY: the table has a bit for each word of the reservation.
        unsafe { word.read() & bit != 0 }
    }

    /// Marks; false when it was already.
    ///
    /// # Safety
    /// `o` lies in this reservation.
    #[inline(always)]
    pub unsafe fn set_mark(&mut self, o: ObjectRef) -> bool {
        let (word, bit) = self.mark_bit(o);
        // SAFETY: the table has a bit for each word of the reservation.
        unsafe {
            let w = word.read();
            if w & bit != 0 {
                return false;
            }
            word.write(w | bit);
            true
        }
    }

    /// Takes a mark away.
    ///
    /// # Safety
    /// `o` lies in this reservation.
    #[inline(always)]
    pub unsafe fn clear_mark(&mut self, o: ObjectRef) {
        let (word, bit) = self.mark_bit(o);
        // SAFETY: the table has a bit for each word of the reservation.
        unsafe { word.write(word.read() & !bit) }
    }

    /// Takes all marks of a block away.
    ///
    /// # Safety
    /// A block of this reservation.
    pub unsafe fn clear_marks(&mut self, block: BlockIndex) {
        // SAFETY: a bit for each of its words.
        unsafe { (self.marks + block.get() * (BLOCK / 64)).fill(0, BLOCK / 64) }
    }

    /// The marks of the 64 words from `a` on, which is a multiple of 512: a card's worth.
    ///
    /// # Safety
    /// `a` lies in this reservation.
    #[inline(always)]
    pub unsafe fn marks_of_card(&self, a: Address) -> u64 {
        // SAFETY: the table has a bit for each word of the reservation, and its start is aligned.
        unsafe { (self.marks + (a.distance(self.base) >> CARD_SHIFT) * 8).read() }
    }

    /// The last marked word of `a`'s block at or below the word of `a`.
    ///
    /// # Safety
    /// `a` lies in this reservation.
    pub unsafe fn mark_below(&self, a: Address) -> Option<ObjectRef> {
        // SAFETY: promised; the table has a bit for each word of the reservation.
        unsafe { self.bit_below(self.marks.ptr(), a) }
    }

    /// The object of the last bit set, in `a`'s block, at or below that of the word *after* `a`: the header word in front of an object
    /// belongs to it.
    #[inline(always)]
    unsafe fn bit_below(&self, bitmap: *const u64, a: Address) -> Option<ObjectRef> {
        let lo = self.word_of(self.block_start(self.block_of(a)));
        // A header at the very end of a block cannot be: the next object starts in the next block.
        let mut i = self.word_of(a + 8).min(lo + BLOCK / 8 - 1);
        loop {
            // SAFETY: the bitmap covers the block, and `i` is a word of it.
            let w = unsafe { bitmap.add(i >> 6).read() } << (63 - (i & 63));
            if w != 0 {
                let at = i - w.leading_zeros() as usize;
                // A block's bits are whole words of the bitmap, so `at` is in the block.
                // SAFETY: an address of the reservation is not zero.
                return Some(unsafe { ObjectRef::at(self.base + at * 8) });
            }
            let next = i & !63;
            if next <= lo {
                return None;
            }
            i = next - 1;
        }
    }

    // ---- lines

    /// Notes that the lines of some memory of the old space are in use.
    ///
    /// # Safety
    /// `size` bytes, not 0, from `start` on lie in this reservation.
    #[inline(always)]
    pub unsafe fn mark_lines(&mut self, start: Address, size: usize) {
        let offset = start.distance(self.base);
        let (first, last) = (offset >> LINE_SHIFT, (offset + size - 1) >> LINE_SHIFT);
        for i in first..=last {
            // SAFETY: the table has a byte for each line of the reservation.
            unsafe { (self.lines + i).write(1u8) }
        }
    }

    /// How many lines of a block are in use.
    ///
    /// # Safety
    /// A block of this reservation.
    pub unsafe fn used_lines(&self, block: BlockIndex) -> usize {
        let lines = self.lines + block.get() * LINES;
        // SAFETY: a byte, 0 or 1, for each of its lines; `LINES` is a multiple of 8, and the table's start is aligned.
        (0..LINES / 8).map(|i| unsafe { (lines + i * 8).read::<u64>() }.count_ones() as usize).sum()
    }

    /// The first hole at or after a line: its first line and its end, which both are `LINES` when there is none.
    ///
    /// # Safety
    /// A block of this reservation.
    pub unsafe fn hole(&self, block: BlockIndex, from: LineIndex) -> (LineIndex, LineIndex) {
        let lines = self.lines + block.get() * LINES;
        // SAFETY: `i` is less than `LINES`, and the table has a byte for each line of the block.
        let used = |i: usize| unsafe { (lines + i).read::<u8>() } != 0;
        let mut i = from.get();
        while i < LINES && used(i) {
            i += 1;
        }
        let first = i;
        while i < LINES && !used(i) {
            i += 1;
        }
        (LineIndex::new(first), LineIndex::new(i))
    }

    // ---- nursery

    /// How many bytes of a nursery block are objects.
    ///
    /// # Safety
    /// A block of the nursery.
    pub unsafe fn used(&self, block: BlockIndex) -> usize {
        // SAFETY: the table has an entry per block of the nursery.
        unsafe { (self.used + block.get() * 4).read::<u32>() as usize }
    }

    /// Notes how many bytes of a nursery block are objects.
    ///
    /// # Safety
    /// A block of the nursery, of which so many bytes, at most `BLOCK`, are objects one after the other.
    pub unsafe fn set_used(&mut self, block: BlockIndex, bytes: usize) {
        // SAFETY: the table has an entry per block of the nursery.
        unsafe { (self.used + block.get() * 4).write(bytes as u32) }
    }

    /// Forgets where objects start in the first blocks of the nursery.
    ///
    /// # Safety
    /// `end` is at most the nursery's end.
    pub unsafe fn forget_starts(&mut self, end: BlockIndex) {
        // SAFETY: the table has a byte per block of the nursery.
        unsafe { self.parsed.fill(0, end.get()) }
    }

    /// Is it known where objects start in a nursery block? From now on the caller makes it known.
    ///
    /// # Safety
    /// A block of the nursery.
    pub unsafe fn set_parsed(&mut self, block: BlockIndex) -> bool {
        // SAFETY: the table has a byte per block of the nursery.
        unsafe {
            let flag = self.parsed + block.get();
            let before: u8 = flag.read();
            flag.write(1u8);
            before != 0
        }
    }

    /// No object starts in a nursery block.
    ///
    /// # Safety
    /// A block of the nursery.
    pub unsafe fn clear_starts(&mut self, block: BlockIndex) {
        // SAFETY: the table has a bit per word of the nursery.
        unsafe { (self.starts + block.get() * (BLOCK / 64)).fill(0, BLOCK / 64) }
    }

    /// An object starts here.
    ///
    /// # Safety
    /// In the nursery.
    pub unsafe fn set_start(&mut self, o: ObjectRef) {
        let i = self.word_of(o.address());
        let word = self.starts + (i >> 6) * 8;
        // SAFETY: the table has a bit per word of the nursery.
        unsafe { word.write(word.read::<u64>() | 1 << (i & 63)) }
    }

    /// The last object of `a`'s block that starts at or below `a`.
    ///
    /// # Safety
    /// `a` lies in a nursery block that was parsed.
    pub unsafe fn start_below(&self, a: Address) -> Option<ObjectRef> {
        // SAFETY: promised; the table has a bit per word of the nursery.
        unsafe { self.bit_below(self.starts.ptr(), a) }
    }

    // ---- pages of large objects

    /// The entry of a large object's page.
    #[inline(always)]
    fn page(&self, a: Address) -> Address {
        self.pages + (a.distance(self.large_base) >> PAGE_SHIFT) * 4
    }

    /// Notes that the pages from `at` on, a multiple of the page size, are one object's.
    ///
    /// # Safety
    /// They lie in the large-object space.
    pub unsafe fn set_pages(&mut self, at: Address, pages: usize) {
        let first = (at.distance(self.large_base) >> PAGE_SHIFT) as u32 + 1;
        for i in 0..pages {
            // SAFETY: the table has an entry per page of the space.
            unsafe { (self.page(at) + i * 4).write(first) }
        }
    }

    /// Notes that they are nobody's.
    ///
    /// # Safety
    /// As for `set_pages`.
    pub unsafe fn clear_pages(&mut self, at: Address, pages: usize) {
        // SAFETY: the table has an entry per page of the space.
        unsafe { self.page(at).fill(0, pages * 4) }
    }

    /// Where the memory of the large object around an address begins.
    ///
    /// # Safety
    /// `a` lies in the large-object space.
    #[inline(always)]
    pub unsafe fn large_start(&self, a: Address) -> Option<Address> {
        // SAFETY: the table has an entry per page of the space.
        let first: u32 = unsafe { self.page(a).read() };
        Some(self.large_base + ((first.checked_sub(1)? as usize) << PAGE_SHIFT))
    }
}
