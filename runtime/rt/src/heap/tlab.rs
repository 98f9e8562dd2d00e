//! Allocation buffers: each thread's nursery block or gap in one, in its thread block, and the list of threads that have one.
//!
//! Compiled code allocates from the calling thread's buffer with no help (`RhpNewObject`): memory from `alloc_ptr` to `alloc_limit` is
//! zero, and what lies between `alloc_limit` and `alloc_end` is the thread's but not cleared yet. A buffer belongs to its thread while that
//! runs, and to the collector while it is stopped; the heap's lock is not needed to use one, only to open or close it.

use core::ptr::NonNull;

use super::address::Address;
use super::memcheck;
use crate::thread::ThreadBlock;

/// What a buffer gets cleared at a time.
const PIECE: usize = 8192;

/// Memory that a buffer is opened on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    pub start: Address,
    pub end: Address,
}

impl Region {
    pub fn size(self) -> usize {
        self.end - self.start
    }
}

/// A thread's allocation buffer.
#[derive(Clone, Copy, Debug)]
pub struct Tlab(NonNull<ThreadBlock>);

impl Tlab {
    /// The buffer of a thread.
    ///
    /// # Safety
    /// The block stays valid while the result and its copies are used, and its thread is the calling one or stopped.
    #[inline(always)]
    pub unsafe fn of(t: *mut ThreadBlock) -> Self {
        // SAFETY: a valid pointer is not null.
        Self(unsafe { NonNull::new_unchecked(t) })
    }

    /// The thread's block.
    #[inline(always)]
    pub(super) const fn block(self) -> *mut ThreadBlock {
        self.0.as_ptr()
    }

    /// Takes `size` bytes of cleared memory if the buffer has them.
    #[inline(always)]
    pub fn take(self, size: usize) -> Option<Address> {
        let t = self.block();
        // SAFETY: promised in `of`; only fields of the buffer are touched, by value.
        unsafe {
            let a = (*t).alloc_ptr;
            // The limit is below the cursor under stress.
            if (*t).alloc_limit.wrapping_sub(a) as isize >= size as isize {
                (*t).alloc_ptr = a + size;
                memcheck::cleared(Address::new(a), size);
                return Some(Address::new(a));
            }
        }
        None
    }

    /// Takes `size` bytes, clearing more of the block if need be. `reused`: the block was used before and is not known to be zero.
    #[inline(always)]
    pub(super) fn extend(self, size: usize, reused: impl FnOnce(Address) -> bool) -> Option<Address> {
        let t = self.block();
        // SAFETY: promised in `of`; what is cleared lies between the cursor and the end, which is the thread's and holds no objects.
        unsafe {
            let (a, end) = ((*t).alloc_ptr, (*t).alloc_end);
            if a == 0 || size > end - a {
                return None;
            }
            let limit = (*t).alloc_limit.max(a);
            if a + size > limit {
                let to = (limit + PIECE.max(size)).min(end);
                if reused(Address::new(a)) {
                    memcheck::taken(Address::new(limit), to - limit);
                    Address::new(limit).fill(0, to - limit);
                    memcheck::freed(Address::new(limit), to - limit);
                }
                (*t).alloc_limit = to;
            }
            (*t).alloc_ptr = a + size;
            memcheck::cleared(Address::new(a), size);
            Some(Address::new(a))
        }
    }

    /// From now on every allocation takes the slow path.
    pub(super) fn exhaust(self) {
        // SAFETY: promised in `of`.
        unsafe { (*self.block()).alloc_limit = 0 }
    }

    /// Begins to allocate in a nursery block, or in a gap of one.
    pub(super) fn open(self, region: Region) {
        let t = self.block();
        memcheck::freed(region.start, region.size());
        // SAFETY: promised in `of`.
        unsafe {
            (*t).alloc_ptr = region.start.get();
            (*t).alloc_limit = region.start.get();
            (*t).alloc_start = region.start.get();
            (*t).alloc_end = region.end.get();
        }
    }

    /// Leaves the buffer, if there is one: what it was, and how many bytes of it are objects.
    pub(super) fn close(self) -> Option<(Region, usize)> {
        let t = self.block();
        let used = self.used();
        // SAFETY: promised in `of`.
        unsafe {
            let ptr = (*t).alloc_ptr;
            let region = Region { start: Address::new((*t).alloc_start), end: Address::new((*t).alloc_end) };
            (*t).alloc_ptr = 0;
            (*t).alloc_limit = 0;
            (*t).alloc_start = 0;
            (*t).alloc_end = 0;
            (*t).allocated += used as u64;
            (ptr != 0).then_some((region, used))
        }
    }

    /// Bytes allocated in the current buffer.
    pub fn used(self) -> usize {
        let t = self.block();
        // SAFETY: promised in `of`.
        unsafe { if (*t).alloc_ptr == 0 { 0 } else { (*t).alloc_ptr - (*t).alloc_start } }
    }

    /// Notes an allocation that the buffer had no part in.
    pub(super) fn count(self, bytes: usize) {
        // SAFETY: promised in `of`.
        unsafe { (*self.block()).allocated += bytes as u64 }
    }

    /// Bytes that the thread has allocated.
    pub fn allocated(self) -> u64 {
        // SAFETY: promised in `of`.
        unsafe { (*self.block()).allocated + self.used() as u64 }
    }
}

/// The attached threads: a list through their blocks.
#[derive(Debug)]
pub struct Threads {
    first: *mut ThreadBlock,
}

impl Threads {
    pub(super) const fn new() -> Self {
        Self { first: core::ptr::null_mut() }
    }

    /// Adds a thread.
    ///
    /// # Safety
    /// The block stays valid until `remove`, and is in no list.
    pub(super) unsafe fn add(&mut self, t: *mut ThreadBlock) {
        // SAFETY: promised.
        unsafe { (*t).next_thread = self.first }
        self.first = t;
    }

    /// Removes a thread.
    pub(super) fn remove(&mut self, t: *mut ThreadBlock) {
        let mut at = &raw mut self.first;
        // SAFETY: the links lead through valid blocks (`add`) to null.
        unsafe {
            while !(*at).is_null() {
                if *at == t {
                    *at = (*t).next_thread;
                    return;
                }
                at = &raw mut (**at).next_thread;
            }
        }
    }

    /// The blocks of all threads. They are valid; what of them may be touched is the caller's business.
    pub fn iter(&self) -> impl Iterator<Item = *mut ThreadBlock> + use<'_> {
        let mut next = self.first;
        core::iter::from_fn(move || {
            let t = next;
            if t.is_null() {
                return None;
            }
            // SAFETY: the links lead through valid blocks (`add`) to null, and the list is borrowed.
            next = unsafe { (*t).next_thread };
            Some(t)
        })
    }
}
