//! The slow path of allocation: what happens when a thread's buffer has no room, and for large objects.
//!
//! Nothing here collects. Who allocates makes a `Request` and asks `Heap::advance` again and again; the answer is memory, or the collection
//! that has to happen first, for which the caller has to stop the world. So the heap is never borrowed across a collection.

use super::address::{Address, BlockIndex};
use super::quiet::Quiet;
use super::space::{BLOCK, BlockState, NURSERY, NURSERY_BLOCKS};
use super::tlab::{Region, Tlab};
use super::{Heap, LARGE};
use crate::thread::ThreadBlock;

/// What a collection collects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// The nursery, and the rest when enough has been promoted.
    Young,
    /// Everything.
    Full,
}

/// What the heap answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// Zeroed memory: the address is that of the object's header word.
    Memory(Address),
    /// Collect this, then ask again.
    Collect(Scope),
    /// There is no memory.
    Exhausted,
}

/// How far a request has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    /// Nothing was tried.
    New,
    /// It may be served; a stress collection has happened if one was due.
    Begun,
    /// The first collection has happened.
    CollectedSome,
    /// Everything was collected since.
    CollectedAll,
}

/// A request for memory.
#[derive(Debug)]
pub struct Request {
    size: usize,
    stage: Stage,
    tries: u8,
}

/// A small object's request collects so often before it gives up.
const TRIES: u8 = 3;

impl Request {
    /// For an object of `size` bytes with its header, a multiple of 8.
    #[must_use]
    pub const fn new(size: usize) -> Self {
        Self { size, stage: Stage::New, tries: 0 }
    }
}

impl Heap {
    /// Adds a thread: its allocation buffer is the heap's business from now on.
    ///
    /// # Safety
    /// The block stays valid until `detach`, and is not attached.
    pub unsafe fn attach(&mut self, t: *mut ThreadBlock) {
        // SAFETY: promised.
        unsafe { self.threads.add(t) }
    }

    /// Removes the calling thread.
    ///
    /// # Safety
    /// The thread is attached and allocates no more.
    pub unsafe fn detach(&mut self, t: *mut ThreadBlock) {
        // SAFETY: an attached thread's block is valid, and the thread is the calling one.
        self.close_buffer(unsafe { Tlab::of(t) });
        self.threads.remove(t);
    }

    /// Goes on with a request of the thread whose buffer this is.
    ///
    /// # Safety
    /// The heap is reserved, and the thread is attached. Memory of an earlier answer holds an object (MethodTable and length) by now.
    #[cold]
    #[inline(never)]
    pub unsafe fn advance(&mut self, request: &mut Request, t: Tlab) -> Answer {
        if self.emergency {
            // SAFETY: promised.
            return unsafe { self.allocate_without_collecting(t, request.size) }.map_or(Answer::Exhausted, Answer::Memory);
        }
        if request.stage == Stage::New {
            request.stage = Stage::Begun;
            if self.stress != 0 && !matches!(self.quiet, Quiet::On(_)) {
                self.stress_count += 1;
                self.untold += if request.size > LARGE { 0 } else { request.size };
                if self.stress_count.is_multiple_of(self.stress) {
                    // A program that allocates until it sees a collection sees one.
                    self.extra = self.untold < self.nursery.size();
                    let full = self.stress_count.is_multiple_of(self.stress.saturating_mul(16));
                    return Answer::Collect(if full { Scope::Full } else { Scope::Young });
                }
            }
        }
        // SAFETY: promised.
        unsafe { if request.size > LARGE { self.advance_large(request, t) } else { self.advance_small(request, t) } }
    }

    /// # Safety
    /// As for `advance`.
    unsafe fn advance_small(&mut self, request: &mut Request, t: Tlab) -> Answer {
        // A collection made room in the nursery; the heap as a whole may be full all the same.
        if request.stage != Stage::Begun && self.used() + request.size > self.limit {
            if request.stage == Stage::CollectedAll {
                return Answer::Exhausted;
            }
            request.stage = Stage::CollectedAll;
            return Answer::Collect(Scope::Full);
        }
        loop {
            if let Some(a) = self.bump(t, request.size) {
                return Answer::Memory(a);
            }
            // SAFETY: promised.
            if unsafe { self.next_buffer(t, request.size, self.nursery_budget()) } {
                continue;
            }
            request.tries += 1;
            if request.tries > TRIES {
                // So much of the nursery is pinned that nothing is left of it.
                // SAFETY: promised.
                return Answer::Memory(unsafe { self.old_memory(request.size) });
            }
            request.stage = Stage::CollectedSome;
            return Answer::Collect(Scope::Young);
        }
    }

    /// # Safety
    /// As for `advance`.
    unsafe fn advance_large(&mut self, request: &mut Request, t: Tlab) -> Answer {
        let size = request.size;
        if request.stage == Stage::Begun {
            if size > self.limit || size > self.space.old_base() - self.space.large_base() {
                return Answer::Exhausted;
            }
            if self.large_wants_collection(size) {
                request.stage = Stage::CollectedSome;
                return Answer::Collect(Scope::Young);
            }
        }
        if self.used() + size > self.limit {
            if request.stage == Stage::CollectedAll {
                return Answer::Exhausted;
            }
            request.stage = Stage::CollectedAll;
            return Answer::Collect(Scope::Full);
        }
        // SAFETY: promised.
        let memory = unsafe { self.large_memory(size) };
        if memory.is_none() && request.stage != Stage::CollectedAll {
            request.stage = Stage::CollectedAll;
            return Answer::Collect(Scope::Full);
        }
        t.count(if memory.is_some() { size } else { 0 });
        memory.map_or(Answer::Exhausted, Answer::Memory)
    }

    /// Memory for an object when nothing may be collected: from the old space if the nursery is full. None: out of memory.
    ///
    /// # Safety
    /// As for `advance`.
    pub unsafe fn allocate_without_collecting(&mut self, t: Tlab, size: usize) -> Option<Address> {
        // SAFETY: promised.
        unsafe {
            if size > LARGE {
                return self.large_memory(size);
            }
            loop {
                if let Some(a) = self.bump(t, size) {
                    return Some(a);
                }
                if !self.next_buffer(t, size, NURSERY) {
                    return Some(self.old_memory(size));
                }
            }
        }
    }

    /// From the thread's nursery block.
    #[inline(always)]
    fn bump(&mut self, t: Tlab, size: usize) -> Option<Address> {
        let (space, touched) = (&self.space, self.nursery.touched);
        let a = t.extend(size, |a| space.block_of(a) < touched)?;
        if self.stress != 0 {
            // Every allocation must come here again.
            t.exhaust();
        }
        Some(a)
    }

    /// The thread leaves its block, if any.
    fn close_buffer(&mut self, t: Tlab) {
        self.stats.allocated += self.nursery.close_buffer(&mut self.space, t) as u64;
    }

    /// Opens the thread's buffer on a gap or a block that an object of `size` bytes fits in, if less than `budget` bytes were opened so far.
    ///
    /// # Safety
    /// The heap is reserved; the size is at most `LARGE`.
    unsafe fn next_buffer(&mut self, t: Tlab, size: usize, budget: usize) -> bool {
        if self.nursery.opened >= budget {
            return false;
        }
        // SAFETY: promised.
        let Some(region) = self.nursery.gap(size).or_else(|| unsafe { self.free_young_block() }) else { return false };
        self.close_buffer(t);
        self.nursery.opened += region.size();
        t.open(region);
        true
    }

    /// A free block of the nursery.
    ///
    /// # Safety
    /// The heap is reserved.
    unsafe fn free_young_block(&mut self) -> Option<Region> {
        // SAFETY: the loop stays within the nursery's blocks.
        unsafe {
            for block in self.nursery.next.up_to(BlockIndex::new(NURSERY_BLOCKS)) {
                if self.space.state(block) == BlockState::Free {
                    self.nursery.next = block.next();
                    self.space.set_state(block, BlockState::Young);
                    let start = self.space.block_start(block);
                    return Some(Region { start, end: start + BLOCK });
                }
            }
        }
        None
    }
}
