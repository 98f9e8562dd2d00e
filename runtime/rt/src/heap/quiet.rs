//! Stretches of a program in which nothing is collected (`GC.TryStartNoGCRegion`): the heap grows instead, by as much as was said before.

use super::Heap;
use super::allocate::Scope;
use super::space::BLOCK;

/// Whether collections are put off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quiet {
    /// They are not.
    Off,
    /// Until so many bytes were allocated.
    On(usize),
    /// They were, until more was allocated than was said.
    Exceeded,
    /// They were, until the program asked for a collection.
    Induced,
}

impl Heap {
    /// Whether collections are put off.
    #[must_use]
    pub const fn quiet(&self) -> Quiet {
        self.quiet
    }

    /// Puts collections off while less than `bytes` are allocated. The caller has just collected, if it wanted to.
    pub const fn begin_quiet(&mut self, bytes: usize) {
        self.quiet = Quiet::On(bytes);
    }

    /// Ends that: what it was until now.
    pub const fn end_quiet(&mut self) -> Quiet {
        core::mem::replace(&mut self.quiet, Quiet::Off)
    }

    /// Bytes of the nursery that may be allocated in between collections.
    pub(super) const fn nursery_budget(&self) -> usize {
        match self.quiet {
            // Ends of buffers stay empty.
            Quiet::On(bytes) => bytes.saturating_add(bytes / 4).saturating_add(BLOCK),
            _ => self.nursery.size(),
        }
    }

    /// Does a large object of this size call for a collection?
    pub(super) const fn large_wants_collection(&self, size: usize) -> bool {
        match self.quiet {
            Quiet::On(bytes) => self.large.young_bytes() + size > bytes,
            _ => self.large.wants_collection(size),
        }
    }

    /// A collection begins that a program asked for (`requested`) or that is needed.
    pub(super) const fn disturb(&mut self, requested: bool) {
        if matches!(self.quiet, Quiet::On(_)) {
            self.quiet = if requested { Quiet::Induced } else { Quiet::Exceeded };
        }
    }

    /// The program asks for a collection of a generation, which is the next one: what to collect.
    pub const fn request(&mut self, generation: u8) -> Scope {
        self.requested = Some(generation);
        if generation < 2 { Scope::Young } else { Scope::Full }
    }
}
