//! Objects with finalizers: those that are to be looked at, and those whose finalizer is due (ECMA-335 I.8.9.6.7).

use super::address::{ObjectRef, Slot};
use crate::pal::Buf;

/// Both lists.
pub struct Finalizers {
    /// Objects whose finalizer is due when they die.
    pub(super) registered: Buf<ObjectRef>,
    /// Dead ones whose finalizer has not run yet (roots); the first `taken` of them have left.
    pub(super) queue: Buf<ObjectRef>,
    taken: usize,
}

impl Finalizers {
    pub(super) const fn new() -> Self {
        Self { registered: Buf::new(), queue: Buf::new(), taken: 0 }
    }

    /// Registers an object with a finalizer.
    pub fn register(&mut self, o: ObjectRef) {
        self.registered.push(o);
    }

    /// Takes a dead object whose finalizer is to run.
    pub fn take(&mut self) -> Option<ObjectRef> {
        if self.due() == 0 {
            return None;
        }
        let o = self.queue.get(self.taken);
        self.taken += 1;
        if self.due() == 0 {
            self.queue.truncate(0);
            self.taken = 0;
        }
        Some(o)
    }

    /// How many finalizers are to run.
    #[must_use]
    pub const fn due(&self) -> usize {
        self.queue.len() - self.taken
    }

    /// Where the objects of the queue are, from one on: the numbers of those that `queue_slot` takes.
    pub(super) fn queued(&self) -> core::ops::Range<usize> {
        self.taken..self.queue.len()
    }

    /// The word that holds an object of the queue.
    pub(super) fn queue_slot(&mut self, i: usize) -> Slot {
        Slot::of(&raw mut self.queue.as_mut_slice()[i])
    }

    /// Calls `f` with every object of both lists.
    pub(super) fn each(&self, mut f: impl FnMut(ObjectRef)) {
        for &o in &self.queue.as_slice()[self.taken..] {
            f(o);
        }
        for &o in self.registered.as_slice() {
            f(o);
        }
    }
}
