//! Delegates (`System.Delegate` in CoreCLR's shape: contract §7).

use kiln_abi::managed::{DELEGATE_METHOD_PTR, DELEGATE_METHOD_PTR_AUX, DELEGATE_TARGET};
use kiln_rt::helpers::{RhpAssignRef, RhpNewObject, RhpThrowHelper};
use kiln_rt::mt::{self, Mt, Obj};

use crate::qcall::{ObjectHandle, TypeHandle};

/// The thunk that calls every delegate of an invocation list: the compiler keeps it in the auxiliary data of the delegate type.
#[unsafe(export_name = "System.Delegate::GetMulticastInvoke(System.Runtime.CompilerServices.MethodTable*):System.Void*")]
unsafe extern "C" fn multicast_invoke(mt: Mt) -> *const u8 {
    // SAFETY: a delegate type.
    unsafe { (*mt).aux.as_ref().map_or(core::ptr::null(), |aux| aux.default_ctor) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn Delegate_GetMulticastInvokeSlow(mt: Mt) -> *const u8 {
    // SAFETY: a delegate type.
    unsafe { multicast_invoke(mt) }
}

/// Only stored in `_methodPtrAux` of multicast delegates, never called.
#[unsafe(export_name = "System.Delegate::GetInvokeMethod(System.Runtime.CompilerServices.MethodTable*):System.Void*")]
unsafe extern "C" fn invoke_method(mt: Mt) -> *const u8 {
    // SAFETY: a delegate type.
    unsafe { multicast_invoke(mt) }
}

#[unsafe(export_name = "System.Delegate::DelegateConstruct(System.Object,System.IntPtr):System.Void")]
unsafe extern "C" fn construct(this: Obj, target: Obj, method: usize) {
    // SAFETY: `this` is a fresh delegate closed over its target.
    unsafe {
        if target.is_null() {
            RhpThrowHelper(
                kiln_abi::program::exception_kind::ARGUMENT,
                c"Delegate to an instance method cannot have null 'this'.".as_ptr(),
            );
        }
        RhpAssignRef(this.add(DELEGATE_TARGET).cast(), target);
        this.add(DELEGATE_METHOD_PTR).cast::<usize>().write(method);
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn Delegate_InternalAlloc(ty: TypeHandle, result: ObjectHandle) {
    // SAFETY: a delegate type.
    unsafe { result.set(RhpNewObject(ty.handle)) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn Delegate_InternalAllocLike(handle: ObjectHandle) {
    // SAFETY: the slot holds a delegate.
    unsafe { handle.set(RhpNewObject(mt::mt_of(handle.get()))) }
}

/// Code that a delegate finally calls.
unsafe fn code(delegate: Obj) -> usize {
    // SAFETY: fixed fields of a delegate.
    unsafe {
        let aux = delegate.add(DELEGATE_METHOD_PTR_AUX).cast::<usize>().read();
        if aux != 0 { aux } else { delegate.add(DELEGATE_METHOD_PTR).cast::<usize>().read() }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn Delegate_InternalEqualMethodHandles(left: ObjectHandle, right: ObjectHandle) -> i32 {
    // SAFETY: the slots hold delegates.
    unsafe { i32::from(code(left.get()) == code(right.get())) }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.RuntimeHelpers::PrepareDelegate(System.Delegate):System.Void")]
extern "C" fn prepare_delegate(_delegate: Obj) {
    // Code is compiled already.
}
