//! Handles of all kinds, finalizable objects, and what a collection does with them (System.Runtime.InteropServices.GCHandleType).
//!
//! Order after the strong trace: dependent handles to a fixed point; short weak handles of dead objects are cleared;
//! dead finalizable objects join the queue and live on; dependent handles again; long weak handles and dependent handles
//! of dead objects are cleared.

use super::Heap;
use super::minor::Kind;
use crate::mt::Obj;
use crate::pal::Buf;

/// Kinds of handles: GCHandleType, plus dependent handles.
pub mod kind {
    /// Does not keep the object alive; cleared before its finalizer runs.
    pub const WEAK: u32 = 0;
    /// Cleared after its finalizer has run.
    pub const WEAK_TRACK_RESURRECTION: u32 = 1;
    /// Keeps the object alive.
    pub const NORMAL: u32 = 2;
    /// And in its place.
    pub const PINNED: u32 = 3;
    /// Keeps `secondary` alive as long as the object is.
    pub const DEPENDENT: u32 = 6;
    /// Not in use.
    pub const FREE: u32 = u32::MAX;
}

/// A handle; its address is the GCHandle's value.
#[repr(C, align(16))]
#[derive(Debug)]
pub struct Handle {
    /// The object or null.
    pub object: Obj,
    /// Dependent handles: the second object.
    pub secondary: Obj,
    /// See `kind`.
    pub kind: u32,
    reserved: u32,
    next_free: *mut Handle,
}

const CHUNK: usize = 126;

/// Handles and finalizers.
pub struct Weak {
    handles: Buf<*mut Handle>,
    free: *mut Handle,
    /// Objects whose finalizer is due when they die.
    finalizable: Buf<Obj>,
    /// Those below this index are old.
    finalizable_old: usize,
    /// Dead ones whose finalizer has not run yet (roots).
    queue: Buf<Obj>,
    /// How many of the queue were taken.
    taken: usize,
}

impl Weak {
    pub(super) const fn new() -> Self {
        Self { handles: Buf::new(), free: core::ptr::null_mut(), finalizable: Buf::new(), finalizable_old: 0, queue: Buf::new(), taken: 0 }
    }

    /// Number of handles ever made.
    pub(super) fn len(&self) -> usize {
        self.handles.len()
    }

    /// The object of a pinned handle, else 0.
    #[inline(always)]
    pub(super) unsafe fn pinned(&self, i: usize) -> usize {
        // SAFETY: handles stay where they are.
        unsafe {
            let h = self.handles.get(i);
            if (*h).kind == kind::PINNED { (*h).object as usize } else { 0 }
        }
    }

    /// A new handle.
    pub fn allocate(&mut self, object: Obj, secondary: Obj, kind: u32) -> *mut Handle {
        // SAFETY: fresh memory, or a handle from the free list.
        unsafe {
            if self.free.is_null() {
                let chunk = crate::pal::memory::allocate_zeroed(CHUNK * size_of::<Handle>()).cast::<Handle>();
                for i in (0..CHUNK).rev() {
                    let h = chunk.add(i);
                    (*h).kind = kind::FREE;
                    (*h).next_free = self.free;
                    self.free = h;
                }
                for i in 0..CHUNK {
                    self.handles.push(chunk.add(i));
                }
            }
            let h = self.free;
            self.free = (*h).next_free;
            h.write(Handle { object, secondary, kind, reserved: 0, next_free: core::ptr::null_mut() });
            h
        }
    }

    /// Frees a handle.
    ///
    /// # Safety
    /// From `allocate`, not yet freed.
    pub unsafe fn release(&mut self, h: *mut Handle) {
        // SAFETY: promised.
        unsafe {
            h.write(Handle {
                object: core::ptr::null_mut(),
                secondary: core::ptr::null_mut(),
                kind: kind::FREE,
                reserved: 0,
                next_free: self.free,
            })
        }
        self.free = h;
    }

    /// Registers an object with a finalizer.
    pub fn register_finalizer(&mut self, o: Obj) {
        self.finalizable.push(o);
    }

    /// Takes a dead object whose finalizer is to run.
    pub fn take_finalizer(&mut self) -> Option<Obj> {
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
    pub fn due(&self) -> usize {
        self.queue.len() - self.taken
    }
}

impl Heap {
    /// Roots of this module.
    pub(super) unsafe fn trace_handles<K: Kind>(&mut self) {
        // SAFETY: handles and queue hold valid references.
        unsafe {
            for i in 0..self.weak.handles.len() {
                let h = self.weak.handles.get(i);
                if matches!((*h).kind, kind::NORMAL | kind::PINNED) && !(*h).object.is_null() {
                    K::visit(self, (&raw mut (*h).object).cast());
                }
            }
            for i in self.weak.taken..self.weak.queue.len() {
                let slot = &raw mut self.weak.queue.as_mut_slice()[i];
                K::visit(self, slot.cast());
            }
        }
    }

    /// Dependent handles whose object is alive keep their second object alive, until nothing changes.
    unsafe fn trace_dependent<K: Kind>(&mut self) {
        // SAFETY: as above.
        unsafe {
            loop {
                let mut changed = false;
                for i in 0..self.weak.handles.len() {
                    let h = self.weak.handles.get(i);
                    if (*h).kind != kind::DEPENDENT || (*h).object.is_null() || (*h).secondary.is_null() {
                        continue;
                    }
                    if K::status(self, (*h).object as usize).is_some()
                        && K::status(self, (*h).secondary as usize) != Some((*h).secondary as usize)
                    {
                        changed |= K::status(self, (*h).secondary as usize).is_none();
                        K::visit(self, (&raw mut (*h).secondary).cast());
                        K::drain(self);
                    }
                }
                if !changed {
                    return;
                }
            }
        }
    }

    unsafe fn clear_dead<K: Kind>(&mut self, which: impl Fn(u32) -> bool) {
        // SAFETY: as above.
        unsafe {
            for i in 0..self.weak.handles.len() {
                let h = self.weak.handles.get(i);
                if !which((*h).kind) || (*h).object.is_null() {
                    continue;
                }
                match K::status(self, (*h).object as usize) {
                    Some(o) => (*h).object = o as Obj,
                    None => {
                        (*h).object = core::ptr::null_mut();
                        (*h).secondary = core::ptr::null_mut();
                    }
                }
            }
        }
    }

    /// Everything after the strong trace.
    pub(super) unsafe fn process_weak<K: Kind>(&mut self) {
        // SAFETY: as above.
        unsafe {
            self.trace_dependent::<K>();
            self.clear_dead::<K>(|k| k == kind::WEAK);
            self.find_dead_finalizable::<K>();
            self.trace_dependent::<K>();
            self.clear_dead::<K>(|k| k == kind::WEAK_TRACK_RESURRECTION || k == kind::DEPENDENT);
        }
    }

    unsafe fn find_dead_finalizable<K: Kind>(&mut self) {
        // In a minor collection the old ones are alive, but one in a held block is young however often it was seen.
        let mut kept = 0;
        let first_dead = self.weak.queue.len();
        // SAFETY: as above.
        unsafe {
            for i in 0..self.weak.finalizable.len() {
                let o = self.weak.finalizable.get(i);
                match K::status(self, o as usize) {
                    Some(new) => {
                        self.weak.finalizable.as_mut_slice()[kept] = new as Obj;
                        kept += 1;
                    }
                    None => self.weak.queue.push(o),
                }
            }
            self.weak.finalizable.truncate(kept);
            self.weak.finalizable_old = kept;
            for i in first_dead..self.weak.queue.len() {
                let slot = &raw mut self.weak.queue.as_mut_slice()[i];
                K::visit(self, slot.cast());
            }
            K::drain(self);
        }
    }

    /// All slots that this module holds, for verification.
    pub(super) fn weak_slots(&self, mut f: impl FnMut(usize)) {
        for &h in self.weak.handles.as_slice() {
            // SAFETY: handles stay valid.
            unsafe {
                if (*h).kind != kind::FREE {
                    f((*h).object as usize);
                    f((*h).secondary as usize);
                }
            }
        }
        for &o in &self.weak.queue.as_slice()[self.weak.taken..] {
            f(o as usize);
        }
        for &o in self.weak.finalizable.as_slice() {
            f(o as usize);
        }
    }
}
