//! What QCalls pass: handles of objects, types, assemblies and modules in place of references (`System.Runtime.CompilerServices`).

use kiln_rt::mt::Obj;

pub use kiln_abi::managed::{QCallHandle as NativeHandle, QCallTypeHandle as TypeHandle};

/// `System.Runtime.CompilerServices.ObjectHandleOnStack`: address of a stack slot that the collector knows.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ObjectHandle(pub *mut Obj);

impl ObjectHandle {
    /// The object.
    ///
    /// # Safety
    /// The slot is alive: true during the QCall.
    pub unsafe fn get(self) -> Obj {
        // SAFETY: promised.
        unsafe { self.0.read() }
    }

    /// Replaces the object.
    ///
    /// # Safety
    /// As for `get`; the object fits the slot's type.
    pub unsafe fn set(self, object: Obj) {
        // SAFETY: a stack slot needs no barrier.
        unsafe { self.0.write(object) }
    }
}

/// `StringHandleOnStack`: the same for a string.
pub type StringHandle = ObjectHandle;
