//! What a collection does with handles and finalizable objects.
//!
//! Order after the strong trace: dependent handles to a fixed point; short weak handles of dead objects are cleared;
//! dead finalizable objects join the queue and live on; dependent handles again; long weak handles and dependent handles
//! of dead objects are cleared.
//!
//! The functions here are called by a collection of kind `K` while it is going on.

use super::Heap;
use super::address::{ObjectRef, Slot};
use super::handles::HandleKind;

/// What differs between the two kinds of collection.
pub(super) trait Kind {
    /// Visits a slot: marks or copies the object, and updates the slot.
    ///
    /// # Safety
    /// A collection of this kind is going on; the slot holds an object reference or null and is nobody else's.
    unsafe fn visit(heap: &mut Heap, slot: Slot);
    /// Traces everything that visits found.
    ///
    /// # Safety
    /// A collection of this kind is going on.
    unsafe fn drain(heap: &mut Heap);
    /// The object's new place, or None when nothing reached it. Objects outside of the heap are always reached.
    ///
    /// # Safety
    /// A collection of this kind is going on; what was an object before it began.
    unsafe fn status(heap: &Heap, o: ObjectRef) -> Option<ObjectRef>;
}

impl Heap {
    /// The roots among handles, and the queue of finalizers.
    ///
    /// # Safety
    /// A collection of this kind is going on.
    pub(super) unsafe fn trace_handles<K: Kind>(&mut self) {
        // SAFETY: handles and queue hold objects or null.
        unsafe {
            for i in 0..self.handles.len() {
                let h = self.handles.get(i);
                if matches!(h.kind, HandleKind::Normal | HandleKind::Pinned) && h.object.is_some() {
                    K::visit(self, h.object_slot());
                }
            }
            for i in self.finalizers.queued() {
                let slot = self.finalizers.queue_slot(i);
                K::visit(self, slot);
            }
        }
    }

    /// Dependent handles whose object is alive keep their second object alive, until nothing changes.
    ///
    /// # Safety
    /// A collection of this kind is going on.
    unsafe fn trace_dependent<K: Kind>(&mut self) {
        loop {
            let mut changed = false;
            for i in 0..self.handles.len() {
                let h = self.handles.get(i);
                let (HandleKind::Dependent, Some(object), Some(secondary)) = (h.kind, h.object, h.secondary) else { continue };
                // SAFETY: both were objects before the collection; the second one may have been updated already, which `status` tells.
                unsafe {
                    if K::status(self, object).is_none() {
                        continue;
                    }
                    let place = K::status(self, secondary);
                    if place != Some(secondary) {
                        changed |= place.is_none();
                        K::visit(self, h.secondary_slot());
                        K::drain(self);
                    }
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// Updates the objects of some handles, and clears those of dead ones.
    ///
    /// # Safety
    /// A collection of this kind is going on; the handles' objects were not updated yet.
    unsafe fn clear_dead<K: Kind>(&mut self, which: impl Fn(HandleKind) -> bool) {
        for i in 0..self.handles.len() {
            let h = self.handles.get(i);
            let Some(object) = h.object else { continue };
            if !which(h.kind) {
                continue;
            }
            // SAFETY: promised.
            match unsafe { K::status(self, object) } {
                Some(o) => h.set_object(o),
                None => h.clear(),
            }
        }
    }

    /// Everything after the strong trace.
    ///
    /// # Safety
    /// A collection of this kind is going on, and everything that is reached from roots is marked or copied.
    pub(super) unsafe fn process_weak<K: Kind>(&mut self) {
        // SAFETY: promised; each kind of handle is cleared once.
        unsafe {
            self.trace_dependent::<K>();
            self.clear_dead::<K>(|k| k == HandleKind::Weak);
            self.find_dead_finalizable::<K>();
            self.trace_dependent::<K>();
            self.clear_dead::<K>(|k| matches!(k, HandleKind::WeakTrackResurrection | HandleKind::Dependent));
        }
    }

    /// Objects whose finalizer is due join the queue, which keeps them and what they refer to alive.
    ///
    /// # Safety
    /// As for `process_weak`.
    unsafe fn find_dead_finalizable<K: Kind>(&mut self) {
        let first_dead = self.finalizers.queued().end;
        let mut kept = 0;
        for i in 0..self.finalizers.registered.len() {
            let o = self.finalizers.registered.get(i);
            // SAFETY: it was an object before the collection. In a minor one the old ones are alive, but one in a held block is young
            // however often it was seen.
            match unsafe { K::status(self, o) } {
                Some(new) => {
                    self.finalizers.registered.as_mut_slice()[kept] = new;
                    kept += 1;
                }
                None => self.finalizers.queue.push(o),
            }
        }
        self.finalizers.registered.truncate(kept);
        // SAFETY: the queue holds objects.
        unsafe {
            for i in first_dead..self.finalizers.queued().end {
                let slot = self.finalizers.queue_slot(i);
                K::visit(self, slot);
            }
            K::drain(self);
        }
    }

    /// Calls `f` with every object that this module's lists hold, for verification.
    pub(super) fn each_weak(&self, mut f: impl FnMut(ObjectRef)) {
        for i in 0..self.handles.len() {
            let h = self.handles.get(i);
            if h.kind != HandleKind::Free {
                h.object.into_iter().chain(h.secondary).for_each(&mut f);
            }
        }
        self.finalizers.each(f);
    }
}
