//! GC handles for natives: a handle's address is the GCHandle's value, and its first word is the object.

use crate::alloc::heap;
use crate::heap::weak::Handle;
use crate::mt::Obj;

/// New handle; kinds: `heap::weak::kind`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kiln_handle_new(object: Obj, secondary: Obj, kind: u32) -> *mut Handle {
    // SAFETY: one thread.
    unsafe { heap().weak.allocate(object, secondary, kind) }
}

/// Frees a handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kiln_handle_free(handle: *mut Handle) {
    // SAFETY: from `kiln_handle_new`.
    unsafe { heap().weak.release(handle) }
}
