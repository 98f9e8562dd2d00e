//! GC handles: a handle's address is the GCHandle's value, and its first word is the object.

use crate::alloc::HEAP;
use crate::heap::address::ObjectRef;
pub use crate::heap::handles::HandleKind;
use crate::mt::Obj;
use crate::world::Inside;

/// New handle of a kind: the address of a word that holds the object. `secondary` is a dependent handle's.
///
/// # Safety
/// Called inside; objects or null.
pub unsafe fn new(object: Obj, secondary: Obj, kind: HandleKind) -> *mut Obj {
    // SAFETY: promised.
    let mut inside = unsafe { Inside::assume() };
    let handle = HEAP.get(&mut inside).handles.allocate(ObjectRef::from_raw(object), ObjectRef::from_raw(secondary), kind);
    // The object is a handle's first field.
    handle.cast()
}

/// Frees a handle.
///
/// # Safety
/// Called inside; from `new`.
pub unsafe fn free(handle: *mut Obj) {
    // SAFETY: promised.
    unsafe { HEAP.get(&mut Inside::assume()).handles.release(handle.cast()) }
}
