//! A collection: what it needs of the embedder, and its steps.

use super::address::Address;
use super::allocate::Scope;
use super::root_set::RootSet;
use super::tlab::{Threads, Tlab};
use super::{Heap, Last, Stats};
use crate::pal;
use crate::world::WorldStopped;

/// Objects or slots whose memory was asked for but not yet looked at.
pub(super) const RING: usize = 16;

/// What the collector asks its embedder.
///
/// # Safety
/// `roots` reports every slot outside of the heap through which an object is used after the collection; what it reports stays valid during
/// the collection. Objects that are only referred to by other slots are freed.
pub unsafe trait Embedder {
    /// Reports all roots.
    fn roots(&mut self, world: &mut WorldStopped<'_>, threads: &Threads, set: &mut RootSet);
    /// Is this word a MethodTable (for verification)?
    fn is_method_table(&self, word: Address) -> bool;
}

impl Heap {
    /// Collects the nursery; and everything, if that is asked for or enough was promoted.
    ///
    /// The heap must be reserved, and what its unsafe functions demand must have been kept: then this is sound.
    pub fn collect(&mut self, world: &mut WorldStopped<'_>, embedder: &mut dyn Embedder, scope: Scope) {
        if self.collecting {
            pal::fatal("a collection during a collection");
        }
        self.collecting = true;
        let requested = self.requested.take();
        self.disturb(requested.is_some());
        let (start, before) = (pal::nanoseconds(), self.stats);
        // What the program is not told of makes nothing older.
        if requested != Some(0) && !self.extra {
            self.old.forget_recent();
        }
        // SAFETY: the world is stopped: buffers may be closed, and nobody else uses heap or roots, which stay valid.
        unsafe {
            for t in self.threads.iter() {
                self.stats.allocated += self.nursery.close_buffer(&mut self.space, Tlab::of(t)) as u64;
            }
            if self.verify {
                self.verify_heap(world, embedder, true);
            }
            self.minor(world, embedder);
            if scope == Scope::Full || self.used() > self.threshold {
                self.major();
            }
            self.roots.update_derived();
            if self.verify {
                self.verify_heap(world, embedder, false);
            }
        }
        let is_major = self.stats.major > before.major;
        let generation = if is_major { 2 } else { requested.unwrap_or(0) };
        self.stats.middle += u64::from(generation > 0);
        let nanoseconds = pal::nanoseconds() - start;
        self.stats.nanoseconds += nanoseconds;
        self.stats.last =
            Last { generation, nanoseconds, promoted: self.stats.promoted - before.promoted, pinned: self.nursery.pinned_objects as u64 };
        if core::mem::take(&mut self.extra) {
            let Stats { minor, middle, major, last, .. } = before;
            let extra = [before.extra[0] + 1, before.extra[1] + u64::from(is_major)];
            self.stats = Stats { minor, middle, major, last, extra, ..self.stats };
        } else {
            self.untold = 0;
        }
        self.collecting = false;
    }
}
