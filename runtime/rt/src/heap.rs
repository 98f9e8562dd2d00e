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
//! A `Heap` is a value: nothing here is global, so a process may have several (the tests do). Who has it by `&mut` may allocate
//! (`allocate`); who has stopped the world as well may collect (`collect`), and says where roots come from (`Embedder`). Modules, from the
//! bottom: `address`, `object` (reading objects), `cards`, `space` (geometry, side tables), `tlab`; the three spaces `nursery`, `old`,
//! `large`; `handles`, `finalizers`; `allocate`; `minor`, `major`, `weak` (what a collection does); `collect`, `verify`.

pub mod address;
pub mod allocate;
pub mod cards;
pub mod collect;
pub mod finalizers;
pub mod handles;
mod large;
mod major;
mod memcheck;
mod minor;
mod nursery;
pub mod object;
mod old;
pub mod root_set;
pub mod space;
#[cfg(test)]
mod tests;
pub mod tlab;
mod verify;
mod weak;

use crate::pal::{self, Buf};
use address::{Address, ObjectRef};
use cards::Cards;
use root_set::RootSet;
use space::Space;
use tlab::Threads;

/// Objects of more bytes are large.
pub const LARGE: usize = 8192;
/// The first major collection comes when so much is in use.
const FIRST_THRESHOLD: usize = 24 << 20;

/// Numbers for `GC.*` and for tests.
#[derive(Clone, Copy, Debug)]
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
    space: Space,
    threads: Threads,
    nursery: nursery::Nursery,
    old: old::Old,
    large: large::Large,
    /// Handles.
    pub handles: handles::Handles,
    /// Objects with finalizers.
    pub finalizers: finalizers::Finalizers,
    /// Objects that were reached and are to be scanned.
    stack: Buf<ObjectRef>,
    roots: RootSet,
    /// A major collection follows a minor one when more is in use.
    threshold: usize,
    /// The largest heap.
    limit: usize,
    /// Collect at every nth allocation (0: no stress).
    stress: u64,
    stress_count: u64,
    /// Check the heap around every collection.
    verify: bool,
    stats: Stats,
    collecting: bool,
}

impl Heap {
    /// Before the reservation, for a static. Nothing may be done with it but settings and `reserve`.
    #[must_use]
    pub const fn unreserved() -> Self {
        Self {
            space: Space::unreserved(),
            threads: Threads::new(),
            nursery: nursery::Nursery::new(),
            old: old::Old::new(),
            large: large::Large::new(),
            handles: handles::Handles::new(),
            finalizers: finalizers::Finalizers::new(),
            stack: Buf::new(),
            roots: RootSet::new(),
            threshold: FIRST_THRESHOLD,
            limit: usize::MAX,
            stress: 0,
            stress_count: 0,
            verify: false,
            stats: Stats { minor: 0, major: 0, promoted: 0, allocated: 0, nanoseconds: 0 },
            collecting: false,
        }
    }

    /// Reserves the address space, once: `size` bytes for each of large objects and the old space (`space::SPACE`). What the write barrier
    /// has to know is `cards`.
    pub fn reserve(&mut self, size: usize) {
        let Some(space) = Space::reserve(size) else {
            pal::print("Out of memory: the heap cannot be reserved.\n");
            pal::abort()
        };
        self.old.top = space.first_old_block();
        self.large.init(space.large_base(), space.old_base());
        self.space = space;
    }

    // ---- settings

    /// Sets the largest heap in bytes (`DOTNET_GCHeapHardLimit`).
    pub fn set_limit(&mut self, bytes: usize) {
        self.limit = bytes;
        self.threshold = self.threshold.min(bytes / 2);
    }

    /// Fixes the nursery's size.
    pub fn set_nursery(&mut self, bytes: usize) {
        self.nursery.set_size(bytes);
    }

    /// Collects at every nth allocation from now on; 0: only when needed.
    pub fn set_stress(&mut self, n: u64) {
        self.stress = n;
    }

    /// Checks the heap around every collection from now on, or not.
    pub fn set_verify(&mut self, on: bool) {
        self.verify = on;
    }

    // ---- questions

    /// Where cards are.
    #[must_use]
    pub const fn cards(&self) -> &Cards {
        self.space.cards()
    }

    /// In the nursery?
    #[must_use]
    pub const fn in_nursery(&self, a: Address) -> bool {
        self.space.in_nursery(a)
    }

    /// The attached threads.
    #[must_use]
    pub const fn threads(&self) -> &Threads {
        &self.threads
    }

    /// Numbers.
    #[must_use]
    pub const fn stats(&self) -> Stats {
        self.stats
    }

    /// Bytes in old space and large objects.
    #[must_use]
    pub const fn used(&self) -> usize {
        self.old.bytes + self.large.bytes
    }

    /// Bytes of nursery blocks in use.
    #[must_use]
    pub fn young_bytes(&self) -> usize {
        self.nursery.bytes()
    }

    /// The object that a (possibly interior) pointer belongs to.
    ///
    /// # Safety
    /// Buffers are closed; marks say where the objects of the old space start (a major collection is not past clearing them).
    unsafe fn find(&mut self, p: Address) -> Option<ObjectRef> {
        let a = p.before();
        if !self.space.contains(a) {
            return None;
        }
        // SAFETY: in the space that each is for.
        unsafe {
            if self.space.in_nursery(a) {
                self.find_young(a)
            } else if self.space.in_large(a) {
                self.find_large(a)
            } else {
                self.find_old(a)
            }
        }
    }
}
