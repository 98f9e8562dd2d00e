//! The collector: a copying nursery over a mark-region old space, with a space of its own for large objects.
//!
//! One reservation `[nursery | large objects | old]` with side tables; everything is address arithmetic:
//! * **Nursery**: 32 KB blocks, bump-allocated through the thread's buffer. A minor collection copies the survivors to the old space;
//!   a block with a pinned object stays where it is, whole, and its objects stay young.
//! * **Old space**: 32 KB blocks of 256-byte lines (Immix: Blackburn and McKinley, PLDI 2008). Survivors fill free lines. A major
//!   collection marks, may evacuate sparse blocks, and frees lines.
//! * **Large objects** (over 8 KB): whole pages, never moved, young until they survive a minor collection.
//! * **Mark bits** (one per 8 bytes) are kept between collections: in the old space they say where objects start, which
//!   answers interior pointers and lets the card scan begin anywhere.
//! * **Cards** (512 bytes): dirty where a reference to something that may be young was stored outside of the nursery.
//!
//! An interior pointer `p` belongs to the object that contains byte `p - 1` (its header included): so one past the end counts
//! as inside, and an object's own reference does as well.
//!
//! Nothing here knows where roots come from: `Hooks` asks the embedder.

pub mod large;
pub mod major;
pub mod minor;
pub mod old;
pub mod root_set;
#[cfg(test)]
mod tests;
pub mod verify;
pub mod weak;

use crate::mt::{Mt, Obj, size_with};
use crate::pal::{self, Buf};
use crate::thread::ThreadBlock;
pub use root_set::RootSet;

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
/// Objects of more bytes are large.
pub const LARGE: usize = 8192;
/// Reservation for the nursery.
pub const NURSERY: usize = 64 << 20;
/// What an allocation buffer gets at a time.
const PIECE: usize = 8192;
/// Default nursery size.
const NURSERY_START: usize = 1 << 20;
/// The nursery grows up to this when much survives.
const NURSERY_MAX: usize = 32 << 20;

/// Block states.
pub mod state {
    /// Not in use.
    pub const FREE: u8 = 0;
    /// Nursery.
    pub const YOUNG: u8 = 1;
    /// Old space.
    pub const OLD: u8 = 2;
    /// Old space, being evacuated.
    pub const EVACUATE: u8 = 3;
    /// Nursery, holds a pinned object.
    pub const PINNED: u8 = 4;
}

/// What the collector asks its embedder.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// Reports all roots.
    pub roots: fn(&mut RootSet),
    /// Is this word a MethodTable (for verification)?
    pub is_method_table: fn(usize) -> bool,
}

/// Numbers for `GC.*` and for tests.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stats {
    /// Minor collections.
    pub minor: u64,
    /// Major collections.
    pub major: u64,
    /// Bytes that left the nursery alive.
    pub promoted: u64,
    /// Bytes in closed allocation buffers and large objects.
    pub allocated: u64,
    /// Time spent in collections.
    pub nanoseconds: u64,
}

/// The heap.
pub struct Heap {
    /// Start of the reservation = of the nursery.
    pub base: usize,
    /// Start of the large-object space.
    pub large_base: usize,
    /// Start of the old space.
    pub old_base: usize,
    /// End of the old space.
    pub end: usize,
    mark: usize,
    lines: usize,
    cards: usize,
    states: usize,
    starts: usize,
    parsed: usize,
    block_end: usize,
    pages: usize,
    threads: *mut ThreadBlock,
    hooks: Option<Hooks>,
    // Nursery.
    next_block: usize,
    budget: usize,
    touched: usize,
    held: Buf<usize>,
    fixed_budget: bool,
    // Old space.
    free: Buf<usize>,
    recyclable: Buf<usize>,
    old_top: usize,
    cur: usize,
    lim: usize,
    hole_line: usize,
    hole_block: usize,
    medium_cur: usize,
    medium_lim: usize,
    old_bytes: usize,
    // Large objects.
    large: large::Large,
    // Tracing.
    stack: Buf<Obj>,
    roots: RootSet,
    threshold: usize,
    limit: usize,
    /// Handles, finalizers.
    pub weak: weak::Weak,
    /// Collect at every nth allocation (0: no stress).
    pub stress: u64,
    stress_count: u64,
    /// Check the heap around every collection.
    pub verify: bool,
    /// Numbers.
    pub stats: Stats,
    collecting: bool,
}

impl Heap {
    /// Not yet initialised.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            base: 0,
            large_base: 0,
            old_base: 0,
            end: 0,
            mark: 0,
            lines: 0,
            cards: 0,
            states: 0,
            starts: 0,
            parsed: 0,
            block_end: 0,
            pages: 0,
            threads: core::ptr::null_mut(),
            hooks: None,
            next_block: 0,
            budget: NURSERY_START / BLOCK,
            touched: 0,
            held: Buf::new(),
            fixed_budget: false,
            free: Buf::new(),
            recyclable: Buf::new(),
            old_top: 0,
            cur: 0,
            lim: 0,
            hole_line: 0,
            hole_block: 0,
            medium_cur: 0,
            medium_lim: 0,
            old_bytes: 0,
            large: large::Large::new(),
            stack: Buf::new(),
            roots: RootSet::new(),
            threshold: 24 << 20,
            limit: usize::MAX,
            weak: weak::Weak::new(),
            stress: 0,
            stress_count: 0,
            verify: false,
            stats: Stats { minor: 0, major: 0, promoted: 0, allocated: 0, nanoseconds: 0 },
            collecting: false,
        }
    }

    /// Reserves the address space. The heap must not move afterwards.
    ///
    /// # Safety
    /// Called once. Threads are attached afterwards.
    pub unsafe fn init(&mut self, hooks: Hooks) {
        let mut size = 32usize << 30;
        let (base, total) = loop {
            let total = NURSERY + 2 * size;
            let side = total / 64
                + total / LINE
                + (total >> CARD_SHIFT)
                + (total >> BLOCK_SHIFT)
                + (total >> 12) * 4
                + NURSERY / 64
                + (NURSERY >> BLOCK_SHIFT) * 8;
            let p = pal::reserve(total + side + 2 * BLOCK);
            if p != 0 {
                break (p.next_multiple_of(BLOCK), total);
            }
            if size < 1 << 24 {
                pal::print("Out of memory: the heap cannot be reserved.\n");
                pal::abort();
            }
            size /= 2;
        };
        self.base = base;
        self.large_base = base + NURSERY;
        self.old_base = self.large_base + size;
        self.end = base + total;
        self.mark = self.end;
        self.lines = self.mark + total / 64;
        self.cards = self.lines + total / LINE;
        self.states = self.cards + (total >> CARD_SHIFT);
        self.starts = (self.states + (total >> BLOCK_SHIFT)).next_multiple_of(8);
        self.block_end = self.starts + NURSERY / 64;
        self.parsed = self.block_end + (NURSERY >> BLOCK_SHIFT) * 4;
        self.pages = (self.parsed + (NURSERY >> BLOCK_SHIFT)).next_multiple_of(8);
        self.old_top = (self.old_base - base) >> BLOCK_SHIFT;
        self.large.init(self.large_base, self.old_base);
        self.hooks = Some(hooks);
    }

    /// The numbers of `record_store` for the write barrier in assembly.
    pub fn barrier(&self) -> crate::barrier::Barrier {
        crate::barrier::Barrier {
            young: self.base,
            young_size: self.old_base - self.base,
            carded: self.large_base,
            carded_size: self.end - self.large_base,
            cards: self.card_of(self.large_base) as usize,
        }
    }

    /// Sets the largest heap in bytes (`DOTNET_GCHeapHardLimit`).
    pub fn set_limit(&mut self, bytes: usize) {
        self.limit = bytes;
        self.threshold = self.threshold.min(bytes / 2);
    }

    /// Fixes the nursery's size.
    pub fn set_nursery(&mut self, bytes: usize) {
        self.budget = (bytes / BLOCK).clamp(1, NURSERY_MAX / BLOCK);
        self.fixed_budget = true;
    }

    /// In the reservation?
    #[inline(always)]
    pub const fn contains(&self, a: usize) -> bool {
        a.wrapping_sub(self.base) < self.end - self.base
    }

    /// In the nursery?
    #[inline(always)]
    pub const fn in_nursery(&self, a: usize) -> bool {
        a.wrapping_sub(self.base) < NURSERY
    }

    /// In the large-object space?
    #[inline(always)]
    pub const fn in_large(&self, a: usize) -> bool {
        a.wrapping_sub(self.large_base) < self.old_base - self.large_base
    }

    /// Index of a block.
    #[inline(always)]
    const fn block_of(&self, a: usize) -> usize {
        (a - self.base) >> BLOCK_SHIFT
    }

    /// State of the block that contains `a`.
    #[inline(always)]
    unsafe fn state(&self, a: usize) -> u8 {
        // SAFETY: `a` is in the reservation.
        unsafe { ((self.states + self.block_of(a)) as *const u8).read() }
    }

    #[inline(always)]
    unsafe fn state_at(&self, block: usize) -> *mut u8 {
        (self.states + block) as *mut u8
    }

    #[inline(always)]
    unsafe fn mark_word(&self, a: usize) -> (*mut u64, u64) {
        let i = (a - self.base) >> 3;
        (((self.mark) as *mut u64).wrapping_add(i >> 6), 1 << (i & 63))
    }

    /// Marked?
    #[inline(always)]
    pub(crate) unsafe fn marked(&self, o: usize) -> bool {
        // SAFETY: in the reservation, so the table has the word.
        unsafe {
            let (p, m) = self.mark_word(o);
            p.read() & m != 0
        }
    }

    /// Marks; false when it was already.
    #[inline(always)]
    unsafe fn set_mark(&self, o: usize) -> bool {
        // SAFETY: as above.
        unsafe {
            let (p, m) = self.mark_word(o);
            let w = p.read();
            if w & m != 0 {
                return false;
            }
            p.write(w | m);
            true
        }
    }

    #[inline(always)]
    unsafe fn clear_mark(&self, o: usize) {
        // SAFETY: as above.
        unsafe {
            let (p, m) = self.mark_word(o);
            p.write(p.read() & !m);
        }
    }

    #[inline(always)]
    const fn card_of(&self, a: usize) -> *mut u8 {
        (self.cards + ((a - self.base) >> CARD_SHIFT)) as *mut u8
    }

    /// The write barrier's second half: a reference was stored at `slot`.
    #[inline(always)]
    pub unsafe fn record_store(&self, slot: usize, value: usize) {
        // Large objects may be young, so the test for the value covers nursery and large-object space at once.
        if value.wrapping_sub(self.base) < self.old_base - self.base && slot.wrapping_sub(self.large_base) < self.end - self.large_base {
            // SAFETY: the slot is in the reservation.
            unsafe {
                let card = self.card_of(slot);
                if card.read() == 0 {
                    card.write(1);
                }
            }
        }
    }

    /// Many references may have been stored in a range.
    ///
    /// # Safety
    /// The heap is initialised.
    pub unsafe fn record_range(&self, from: usize, size: usize) {
        if size != 0 && from.wrapping_sub(self.large_base) < self.end - self.large_base {
            // SAFETY: the range lies in one object.
            unsafe {
                let (first, last) = (self.card_of(from), self.card_of(from + size - 1));
                core::ptr::write_bytes(first, 1, last as usize - first as usize + 1);
            }
        }
    }

    // ---- allocation

    /// Adds a thread: its allocation buffer is the heap's business from now on.
    ///
    /// # Safety
    /// The block stays valid until `detach`.
    pub unsafe fn attach(&mut self, t: *mut ThreadBlock) {
        // SAFETY: promised.
        unsafe { (*t).next_thread = self.threads }
        self.threads = t;
    }

    /// Removes a thread.
    ///
    /// # Safety
    /// An attached thread that allocates no more.
    pub unsafe fn detach(&mut self, t: *mut ThreadBlock) {
        // SAFETY: a well-formed list.
        unsafe {
            self.close_buffer(t);
            let mut at = &raw mut self.threads;
            while !(*at).is_null() {
                if *at == t {
                    *at = (*t).next_thread;
                    return;
                }
                at = &raw mut (**at).next_thread;
            }
        }
    }

    /// The attached threads.
    pub fn threads(&self) -> *mut ThreadBlock {
        self.threads
    }

    /// Memory for an object of `size` bytes (8-aligned), zeroed; the address is that of its header word. 0: out of memory.
    ///
    /// # Safety
    /// A collection may happen: all roots are reported. `t` is the calling thread's block.
    #[cold]
    #[inline(never)]
    pub unsafe fn alloc_slow(&mut self, t: *mut ThreadBlock, size: usize) -> usize {
        // SAFETY: the heap is initialised.
        unsafe {
            if self.stress != 0 {
                self.stress_count += 1;
                if self.stress_count.is_multiple_of(self.stress) {
                    self.collect(self.stress_count.is_multiple_of(self.stress * 16));
                }
            }
            if size > LARGE {
                return self.alloc_large(size);
            }
            let mut tries = 0;
            loop {
                let a = self.bump(t, size);
                if a != 0 {
                    return a;
                }
                if self.next_young_block(t, self.budget) {
                    continue;
                }
                tries += 1;
                if tries > 3 || !self.collect_for(size) {
                    return 0;
                }
            }
        }
    }

    /// As `alloc_slow`, without collecting.
    ///
    /// # Safety
    /// The heap is initialised.
    pub unsafe fn alloc_no_gc(&mut self, t: *mut ThreadBlock, size: usize) -> usize {
        // SAFETY: as promised.
        unsafe {
            if size > LARGE {
                return self.large_memory(size);
            }
            loop {
                let a = self.bump(t, size);
                if a != 0 {
                    return a;
                }
                if !self.next_young_block(t, NURSERY / BLOCK) {
                    return self.old_memory(size);
                }
            }
        }
    }

    /// From the thread's nursery block.
    #[inline(always)]
    unsafe fn bump(&mut self, t: *mut ThreadBlock, size: usize) -> usize {
        // SAFETY: the thread block is valid; the buffer is inside of its block.
        unsafe {
            let a = (*t).alloc_ptr;
            let end = (*t).alloc_end;
            if a == 0 || a + size > end {
                return 0;
            }
            let limit = (*t).alloc_limit.max(a);
            if a + size > limit {
                let to = (limit + PIECE.max(size)).min(end).max(a + size);
                if self.block_of(end - 1) < self.touched {
                    core::ptr::write_bytes(limit as *mut u8, 0, to - limit);
                }
                (*t).alloc_limit = to;
            }
            (*t).alloc_ptr = a + size;
            if self.stress != 0 {
                // Every allocation must come here again.
                (*t).alloc_limit = 0;
            }
            a
        }
    }

    /// The thread leaves its block, if any.
    unsafe fn close_buffer(&mut self, t: *mut ThreadBlock) {
        // SAFETY: the tables have an entry per nursery block.
        unsafe {
            if (*t).alloc_ptr != 0 {
                let block = self.block_of((*t).alloc_end - 1);
                let used = (*t).alloc_ptr - (self.base + block * BLOCK);
                ((self.block_end) as *mut u32).add(block).write(used as u32);
                self.touched = self.touched.max(block + 1);
                (*t).allocated += used as u64;
                self.stats.allocated += used as u64;
            }
            (*t).alloc_ptr = 0;
            (*t).alloc_limit = 0;
            (*t).alloc_end = 0;
        }
    }

    unsafe fn next_young_block(&mut self, t: *mut ThreadBlock, budget: usize) -> bool {
        // SAFETY: as above.
        unsafe {
            let limit = (budget + self.held.len()).min(NURSERY / BLOCK);
            let mut i = self.next_block;
            while i < limit && *self.state_at(i) != state::FREE {
                i += 1;
            }
            if i >= limit {
                return false;
            }
            self.close_buffer(t);
            self.next_block = i + 1;
            *self.state_at(i) = state::YOUNG;
            let a = self.base + i * BLOCK;
            (*t).alloc_ptr = a;
            (*t).alloc_limit = a;
            (*t).alloc_end = a + BLOCK;
            true
        }
    }

    unsafe fn collect_for(&mut self, size: usize) -> bool {
        // SAFETY: promised by the callers.
        unsafe {
            self.collect(false);
            if self.used() + size > self.limit {
                self.collect(true);
                return self.used() + size <= self.limit;
            }
            true
        }
    }

    /// Bytes in old space and large objects.
    pub fn used(&self) -> usize {
        self.old_bytes + self.large.bytes
    }

    /// Bytes of nursery blocks in use.
    pub fn young_bytes(&self) -> usize {
        (self.next_block + self.held.len()) * BLOCK
    }

    /// Collects the nursery; with `full`, or when enough was promoted, everything.
    ///
    /// # Safety
    /// All roots are reported by the hook.
    pub unsafe fn collect(&mut self, full: bool) {
        if self.collecting {
            pal::fatal("a collection during a collection");
        }
        self.collecting = true;
        let start = pal::nanoseconds();
        // SAFETY: as promised.
        unsafe {
            let mut t = self.threads;
            while !t.is_null() {
                self.close_buffer(t);
                t = (*t).next_thread;
            }
            if self.verify {
                self.verify_heap(true);
            }
            self.minor();
            if full || self.used() > self.threshold {
                self.major();
            }
            self.roots.update_derived();
            if self.verify {
                self.verify_heap(false);
            }
        }
        self.stats.nanoseconds += pal::nanoseconds() - start;
        self.collecting = false;
    }

    // ---- finding objects

    /// The object that a (possibly interior) pointer belongs to, or null.
    ///
    /// # Safety
    /// The heap is parseable: between allocations, or before anything moved in a collection.
    pub unsafe fn find(&mut self, p: usize) -> Obj {
        let a = p.wrapping_sub(1);
        if !self.contains(a) {
            return core::ptr::null_mut();
        }
        // SAFETY: in the reservation.
        unsafe {
            if self.in_nursery(a) {
                let s = self.state(a);
                if s != state::YOUNG && s != state::PINNED {
                    return core::ptr::null_mut();
                }
                return self.find_young(a);
            }
            if self.in_large(a) {
                return self.find_large(a);
            }
            let s = self.state(a);
            if s != state::OLD && s != state::EVACUATE {
                return core::ptr::null_mut();
            }
            self.find_old(a)
        }
    }

    /// Nearest set bit at or below `i` and not below `lo` in a bitmap.
    #[inline(always)]
    unsafe fn bit_below(bitmap: *const u64, mut i: usize, lo: usize) -> Option<usize> {
        loop {
            // SAFETY: the bitmap covers `lo..=i`.
            let w = unsafe { bitmap.add(i >> 6).read() } << (63 - (i & 63));
            if w != 0 {
                let at = i - w.leading_zeros() as usize;
                return if at < lo { None } else { Some(at) };
            }
            let next = i & !63;
            if next <= lo {
                return None;
            }
            i = next - 1;
        }
    }

    unsafe fn find_old(&self, a: usize) -> Obj {
        // The header word in front of an object belongs to it.
        let i = (a + 8 - self.base) >> 3;
        let lo = ((a & !(BLOCK - 1)) - self.base) >> 3;
        // A header at the very end of a block cannot be: the next object starts in the next block.
        let hi = lo + BLOCK / 8 - 1;
        // SAFETY: marks of this block.
        unsafe {
            let Some(at) = Self::bit_below(self.mark as *const u64, i.min(hi), lo) else { return core::ptr::null_mut() };
            let o = (self.base + at * 8) as Obj;
            if a < o as usize - 8 + self.size_of(o) { o } else { core::ptr::null_mut() }
        }
    }

    unsafe fn find_young(&mut self, a: usize) -> Obj {
        let block = self.block_of(a);
        // SAFETY: tables have entries for all nursery blocks.
        unsafe {
            let flag = (self.parsed + block) as *mut u8;
            if *flag == 0 {
                *flag = 1;
                self.parse(block);
            }
            let i = (a + 8 - self.base) >> 3;
            let lo = (block * BLOCK) >> 3;
            let Some(at) = Self::bit_below(self.starts as *const u64, i.min(lo + BLOCK / 8 - 1), lo) else { return core::ptr::null_mut() };
            let o = (self.base + at * 8) as Obj;
            if a < o as usize - 8 + self.size_of(o) { o } else { core::ptr::null_mut() }
        }
    }

    /// End of the used part of a nursery block.
    unsafe fn young_end(&self, block: usize) -> usize {
        let start = self.base + block * BLOCK;
        // SAFETY: as above.
        unsafe { start + (self.block_end as *const u32).add(block).read() as usize }
    }

    /// Notes where the objects of a nursery block start.
    unsafe fn parse(&mut self, block: usize) {
        // SAFETY: a block is a sequence of objects up to its end.
        unsafe {
            let bits = (self.starts as *mut u64).add(block * BLOCK / 512);
            core::ptr::write_bytes(bits, 0, BLOCK / 512);
            let (start, end) = (self.base + block * BLOCK, self.young_end(block));
            let mut p = start;
            while p < end {
                let o = (p + 8) as Obj;
                if o.cast::<usize>().read() == 0 {
                    pal::fatal("a hole in the nursery");
                }
                let i = (p + 8 - start) >> 3;
                let w = bits.add(i >> 6);
                w.write(w.read() | 1 << (i & 63));
                p += self.size_of(o);
            }
        }
    }

    /// Size of an object that may have been copied away.
    #[inline(always)]
    unsafe fn size_of(&self, o: Obj) -> usize {
        // SAFETY: a forwarded object's copy has the MethodTable; its length word is intact here as well.
        unsafe {
            let mut mt = o.cast::<usize>().read();
            if mt & 1 != 0 {
                mt = ((mt & !1) as *const usize).read();
            }
            size_with(&*(mt as Mt), o)
        }
    }
}

impl Default for Heap {
    fn default() -> Self {
        Self::new()
    }
}
