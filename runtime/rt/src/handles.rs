//! GC handles: a handle's address is the GCHandle's value, and its first word is the object.

use crate::alloc::heap;
pub use crate::heap::weak::kind;
use crate::mt::Obj;

/// New handle of a `kind`: the address of a word that holds the object. `secondary` is a dependent handle's.
///
/// # Safety
/// Called inside; objects or null.
pub unsafe fn new(object: Obj, secondary: Obj, kind: u32) -> *mut Obj {
    // SAFETY: promised. The object is a handle's first field.
    unsafe { heap().weak.allocate(object, secondary, kind).cast() }
}

/// Frees a handle.
///
/// # Safety
/// Called inside; from `new`.
pub unsafe fn free(handle: *mut Obj) {
    // SAFETY: promised.
    unsafe { heap().weak.release(handle.cast()) }
}
