//! Handles of all kinds: words outside of the heap that hold objects in different ways (System.Runtime.InteropServices.GCHandleType).
//!
//! A handle's address is the GCHandle's value, and CoreLib reads and writes its words directly. Handles come in chunks that stay for ever;
//! free ones form a list.

use super::address::{ObjectRef, Slot};
use crate::pal::{self, Buf};

/// What a handle does for its object: GCHandleType, plus dependent handles.
#[repr(u32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HandleKind {
    /// Does not keep the object alive; cleared before its finalizer runs.
    Weak = 0,
    /// Cleared after its finalizer has run.
    WeakTrackResurrection = 1,
    /// Keeps the object alive.
    Normal = 2,
    /// And in its place.
    Pinned = 3,
    /// Keeps `secondary` alive as long as the object is.
    Dependent = 6,
    /// Not in use.
    Free = u32::MAX,
}

impl HandleKind {
    /// The kind with this number, if a new handle may be of it.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        Some(match number {
            0 => Self::Weak,
            1 => Self::WeakTrackResurrection,
            2 => Self::Normal,
            3 => Self::Pinned,
            6 => Self::Dependent,
            _ => return None,
        })
    }
}

/// A handle.
#[repr(C, align(16))]
#[derive(Debug)]
pub struct Handle {
    /// The object or null.
    pub object: Option<ObjectRef>,
    /// Dependent handles: the second object.
    pub secondary: Option<ObjectRef>,
    kind: HandleKind,
    next_free: *mut Handle,
}

/// Handles that are made at a time.
const CHUNK: usize = 126;

/// All handles.
pub struct Handles {
    all: Buf<*mut Handle>,
    free: *mut Handle,
}

/// A look at one handle while nobody else uses any.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub kind: HandleKind,
    pub object: Option<ObjectRef>,
    pub secondary: Option<ObjectRef>,
    handle: *mut Handle,
}

impl Entry {
    /// The word that holds the object.
    pub fn object_slot(self) -> Slot {
        // SAFETY: handles stay for ever (`Handles::allocate`).
        Slot::of(unsafe { &raw mut (*self.handle).object })
    }

    /// The word that holds the second object.
    pub fn secondary_slot(self) -> Slot {
        // SAFETY: handles stay for ever (`Handles::allocate`).
        Slot::of(unsafe { &raw mut (*self.handle).secondary })
    }

    /// The object was moved.
    pub fn set_object(self, o: ObjectRef) {
        // SAFETY: handles stay for ever, and nobody else uses any.
        unsafe { (*self.handle).object = Some(o) }
    }

    /// The object is dead.
    pub fn clear(self) {
        // SAFETY: handles stay for ever, and nobody else uses any.
        unsafe {
            (*self.handle).object = None;
            (*self.handle).secondary = None;
        }
    }
}

impl Handles {
    pub(super) const fn new() -> Self {
        Self { all: Buf::new(), free: core::ptr::null_mut() }
    }

    /// Number of handles ever made.
    pub(super) const fn len(&self) -> usize {
        self.all.len()
    }

    /// One of them, free or not.
    #[inline(always)]
    pub(super) fn get(&self, i: usize) -> Entry {
        let handle = self.all.get(i);
        // SAFETY: handles stay for ever.
        unsafe { Entry { kind: (*handle).kind, object: (*handle).object, secondary: (*handle).secondary, handle } }
    }

    /// The object of a pinned handle.
    #[inline(always)]
    pub(super) fn pinned(&self, i: usize) -> Option<ObjectRef> {
        let h = self.get(i);
        if h.kind == HandleKind::Pinned { h.object } else { None }
    }

    /// A new handle; its address is good until `release`, and its memory for ever.
    pub fn allocate(&mut self, object: Option<ObjectRef>, secondary: Option<ObjectRef>, kind: HandleKind) -> *mut Handle {
        if self.free.is_null() {
            self.grow();
        }
        let h = self.free;
        // SAFETY: a handle of the free list, which nobody else uses.
        unsafe {
            self.free = (*h).next_free;
            h.write(Handle { object, secondary, kind, next_free: core::ptr::null_mut() });
        }
        h
    }

    /// Makes more handles.
    #[cold]
    fn grow(&mut self) {
        // C's heap aligns to 16 bytes, as handles are.
        let chunk = pal::memory::allocate_zeroed(CHUNK * size_of::<Handle>()).cast::<Handle>();
        for i in 0..CHUNK {
            self.all.push(chunk.wrapping_add(i));
        }
        for i in (0..CHUNK).rev() {
            // SAFETY: a handle's worth of the chunk.
            unsafe { self.put_back(chunk.add(i)) }
        }
    }

    /// # Safety
    /// Memory of a handle that nobody uses.
    unsafe fn put_back(&mut self, h: *mut Handle) {
        // SAFETY: promised.
        unsafe { h.write(Handle { object: None, secondary: None, kind: HandleKind::Free, next_free: self.free }) }
        self.free = h;
    }

    /// Frees a handle.
    ///
    /// # Safety
    /// From `allocate`, not yet freed.
    pub unsafe fn release(&mut self, h: *mut Handle) {
        // SAFETY: promised.
        unsafe { self.put_back(h) }
    }
}
