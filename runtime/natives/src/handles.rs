//! `GCHandle` and `DependentHandle`. A handle is the address of a word that holds the object (CoreLib reads it directly); the
//! collector owns the words.

use kiln_pal as pal;
use kiln_rt::handles::{self, HandleKind};
use kiln_rt::helpers::{RhpCheckedAssignRef, RhpInterlockedCasRef};
use kiln_rt::mt::Obj;

use crate::qcall::{ObjectHandle, TypeHandle};

/// `kind` is a `GCHandleType`.
unsafe fn new_handle(object: Obj, kind: i32) -> *mut Obj {
    let Some(kind) = HandleKind::from_number(kind.cast_unsigned()) else { pal::fatal("a GC handle of an unknown kind") };
    // SAFETY: natives run inside; an object or null.
    unsafe { handles::new(object, core::ptr::null_mut(), kind) }
}

/// A dependent handle: word 0 is the weak target, word 1 is alive while the target is. The other kinds are `GCHandleType`'s.
unsafe fn new_dependent(target: Obj, dependent: Obj) -> *mut Obj {
    // SAFETY: natives run inside; objects or null.
    unsafe { handles::new(target, dependent, HandleKind::Dependent) }
}

#[unsafe(export_name = "System.Runtime.InteropServices.GCHandle::_InternalAlloc(System.Object,System.Runtime.InteropServices.GCHandleType):System.IntPtr")]
unsafe extern "C" fn alloc(object: Obj, kind: i32) -> *mut Obj {
    // SAFETY: an object or null.
    unsafe { new_handle(object, kind) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn GCHandle_InternalAllocWithGCTransition(object: ObjectHandle, kind: i32) -> *mut Obj {
    // SAFETY: an object or null.
    unsafe { new_handle(object.get(), kind) }
}

#[unsafe(export_name = "System.Runtime.InteropServices.GCHandle::_InternalFree(System.IntPtr):System.Boolean")]
unsafe extern "C" fn free(handle: *mut Obj) -> i32 {
    // SAFETY: a live handle.
    unsafe { handles::free(handle) }
    1
}

#[unsafe(no_mangle)]
unsafe extern "C" fn GCHandle_InternalFreeWithGCTransition(handle: *mut Obj) {
    // SAFETY: a live handle.
    unsafe { handles::free(handle) }
}

#[unsafe(export_name = "System.Runtime.InteropServices.GCHandle::InternalSet(System.IntPtr,System.Object):System.Void")]
unsafe extern "C" fn set(handle: *mut Obj, object: Obj) {
    // SAFETY: a live handle.
    unsafe { handle.write(object) }
}

#[unsafe(export_name = "System.Runtime.InteropServices.GCHandle::InternalCompareExchange(System.IntPtr,System.Object,System.Object):System.Object")]
unsafe extern "C" fn compare_exchange(handle: *mut Obj, value: Obj, old: Obj) -> Obj {
    // SAFETY: a live handle; its word is outside of the heap, the collector scans all handles.
    unsafe { RhpInterlockedCasRef(handle, value, old) }
}

/// Handle for what a RuntimeType caches: types are never unloaded.
#[unsafe(no_mangle)]
unsafe extern "C" fn QCall_GetGCHandleForTypeHandle(_ty: TypeHandle, kind: i32) -> *mut Obj {
    // SAFETY: an empty handle.
    unsafe { new_handle(core::ptr::null_mut(), kind) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn QCall_FreeGCHandleForTypeHandle(_ty: TypeHandle, handle: *mut Obj) -> usize {
    // SAFETY: a live handle.
    unsafe { handles::free(handle) }
    0
}

#[unsafe(export_name = "System.Runtime.DependentHandle::InternalAlloc(System.Object,System.Object):System.IntPtr")]
unsafe extern "C" fn dependent_alloc(target: Obj, dependent: Obj) -> *mut Obj {
    // SAFETY: objects or null.
    unsafe { new_dependent(target, dependent) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn DependentHandle_InternalAllocWithGCTransition(target: ObjectHandle, dependent: ObjectHandle) -> *mut Obj {
    // SAFETY: objects or null.
    unsafe { new_dependent(target.get(), dependent.get()) }
}

#[unsafe(export_name = "System.Runtime.DependentHandle::InternalGetDependent(System.IntPtr):System.Object")]
unsafe extern "C" fn dependent(handle: *mut Obj) -> Obj {
    // SAFETY: a live handle. A dead target hides its dependent.
    unsafe { if handle.read().is_null() { core::ptr::null_mut() } else { handle.add(1).read() } }
}

#[unsafe(export_name = "System.Runtime.DependentHandle::InternalGetTargetAndDependent(System.IntPtr,System.Object&):System.Object")]
unsafe extern "C" fn target_and_dependent(handle: *mut Obj, result: *mut Obj) -> Obj {
    // SAFETY: a live handle; the result may be on the heap.
    unsafe {
        RhpCheckedAssignRef(result, dependent(handle));
        handle.read()
    }
}

#[unsafe(export_name = "System.Runtime.DependentHandle::InternalSetDependent(System.IntPtr,System.Object):System.Void")]
unsafe extern "C" fn set_dependent(handle: *mut Obj, object: Obj) {
    // SAFETY: a live handle.
    unsafe { handle.add(1).write(object) }
}

#[unsafe(export_name = "System.Runtime.DependentHandle::InternalSetTargetToNull(System.IntPtr):System.Void")]
unsafe extern "C" fn clear_target(handle: *mut Obj) {
    // SAFETY: a live handle.
    unsafe { handle.write(core::ptr::null_mut()) }
}

#[unsafe(export_name = "System.Runtime.DependentHandle::InternalFree(System.IntPtr):System.Boolean")]
unsafe extern "C" fn dependent_free(handle: *mut Obj) -> i32 {
    // SAFETY: a live handle.
    unsafe { handles::free(handle) }
    1
}

#[unsafe(no_mangle)]
unsafe extern "C" fn DependentHandle_InternalFreeWithGCTransition(handle: *mut Obj) {
    // SAFETY: a live handle.
    unsafe { handles::free(handle) }
}

#[unsafe(export_name = "System.ComAwareWeakReference::HasInteropInfo(System.Object):System.Boolean")]
extern "C" fn has_interop_info(_object: Obj) -> i32 {
    0
}
