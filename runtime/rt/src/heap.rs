//! The collector: a copying nursery over a mark-region old space, with a space of its own for large objects.
//!
//! One reservation `[nursery | large objects | old]` with side tables; everything is address arithmetic:
//! * **Nursery**: 32 KB blocks, bump-allocated through the thread's buffer. A minor collection copies the survivors to the old space;
//!   pinned objects stay where they are, and young. The gaps around them are allocated in like blocks.
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
//! `large`; `handles`, `finalizers`; `allocate`, `quiet`; `minor`, `major`, `weak` (what a collection does); `collect`, `verify`.

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
pub mod quiet;
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
    /// Collections of generation 1 or more: those that were asked for, and the major ones.
    pub middle: u64,
    /// Major collections.
    pub major: u64,
    /// Bytes that left the nursery alive.
    pub promoted: u64,
    /// Bytes in closed allocation buffers and large objects.
    pub allocated: u64,
    /// Time spent in collections.
    pub nanoseconds: u64,
    /// The last collection.
    pub last: Last,
    /// Minor and major collections of stress, which the others do not count.
    pub extra: [u64; 2],
}

/// What is remembered of a collection.
#[derive(Clone, Copy, Debug)]
pub struct Last {
    /// Its generation.
    pub generation: u8,
    /// How long it took.
    pub nanoseconds: u64,
    /// Bytes that left the nursery alive.
    pub promoted: u64,
    /// Objects that stayed where they were because they are pinned.
    pub pinned: u64,
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
    /// The collection that comes next is one of those: the program is told nothing of it.
    extra: bool,
    /// Bytes of small objects that were allocated since the last collection that the program is told of, under stress.
    untold: usize,
    /// Check the heap around every collection.
    verify: bool,
    stats: Stats,
    collecting: bool,
    /// The generation that the collection which comes next is asked to collect.
    requested: Option<u8>,
    /// Requests are served beyond the limit, and without collecting.
    emergency: bool,
    quiet: quiet::Quiet,
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
            extra: false,
            untold: 0,
            verify: false,
            stats: Stats {
                minor: 0,
                middle: 0,
                major: 0,
                promoted: 0,
                allocated: 0,
                nanoseconds: 0,
                last: Last { generation: 0, nanoseconds: 0, promoted: 0, pinned: 0 },
                extra: [0; 2],
            },
            collecting: false,
            requested: None,
            emergency: false,
            quiet: quiet::Quiet::Off,
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

    /// Serves requests beyond the limit and without collecting, or not any more: when there is no memory, an exception says so.
    pub const fn set_emergency(&mut self, on: bool) {
        self.emergency = on;
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

    /// The generation of an object as `GC.GetGeneration` tells it: 0 in the nursery, 1 when it survived its first collection just now, 2 older
    /// ones and large ones. None outside of the heap.
    #[must_use]
    pub fn generation(&self, o: ObjectRef) -> Option<u8> {
        let a = o.address();
        if !self.space.contains(a) {
            return None;
        }
        if self.space.in_nursery(a) {
            return Some(0);
        }
        if self.space.in_large(a) {
            return Some(self.large_generation(o));
        }
        Some(if self.old.is_recent(a) { 1 } else { 2 })
    }

    /// Bytes in old space and large objects.
    #[must_use]
    pub const fn used(&self) -> usize {
        self.old.bytes + self.large.bytes
    }

    /// Bytes that the nursery may hold between collections.
    #[must_use]
    pub const fn nursery_size(&self) -> usize {
        self.nursery.size()
    }

    /// Bytes of the nursery in use.
    #[must_use]
    pub const fn young_bytes(&self) -> usize {
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
