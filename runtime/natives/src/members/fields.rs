//! `System.RuntimeFieldHandle`: attributes, addresses, values.

use core::ptr::null_mut;

use kiln_abi::object::BOX_DATA_OFFSET;
use kiln_abi::reflection::NONE;
use kiln_abi::statics::STATICS_READY;

use super::handles::{self, FieldHandle};
use super::signature::{Context, read_type};
use super::tables;
use crate::rt::{self, Mt, Obj};
use crate::text::{Text, c_bytes, string_from_utf8};

type Handle = *mut FieldHandle;

/// Offset of the handle in RtFieldInfo and RuntimeFieldInfoStub.
const FIELD_INFO_HANDLE: usize = 56;
const STATIC: u32 = 0x10;

unsafe fn of_object(info: Obj) -> Handle {
    // SAFETY: an RtFieldInfo.
    unsafe { info.add(FIELD_INFO_HANDLE).cast::<Handle>().read() }
}

/// The field's type.
unsafe fn field_type(h: Handle) -> Mt {
    // SAFETY: a handle and its blob.
    unsafe {
        let mut at = tables::heap((*h).module, (*h).row.signature);
        read_type(&mut at, &Context { module: (*h).module, owner: (*h).owner, method: core::ptr::null() })
    }
}

#[unsafe(export_name = "System.RuntimeFieldHandle::GetName(System.Reflection.RtFieldInfo):System.String")]
unsafe extern "C" fn name(info: Obj) -> Obj {
    // SAFETY: an RtFieldInfo.
    unsafe {
        let h = of_object(info);
        string_from_utf8(c_bytes(tables::heap((*h).module, (*h).row.name)))
    }
}

#[unsafe(export_name = "System.RuntimeFieldHandle::_GetUtf8Name(System.RuntimeFieldHandleInternal):System.Void*")]
unsafe extern "C" fn utf8_name(h: Handle) -> *const u8 {
    // SAFETY: a handle.
    unsafe { tables::heap((*h).module, (*h).row.name) }
}

#[unsafe(export_name = "System.RuntimeFieldHandle::GetAttributes(System.RuntimeFieldHandleInternal):System.Reflection.FieldAttributes")]
unsafe extern "C" fn attributes(h: Handle) -> i32 {
    // SAFETY: a handle.
    unsafe { (*h).row.attributes as i32 }
}

#[unsafe(export_name = "System.RuntimeFieldHandle::GetApproxDeclaringType(System.RuntimeFieldHandleInternal):System.RuntimeType")]
unsafe extern "C" fn declaring_type(h: Handle) -> Obj {
    // SAFETY: a handle.
    unsafe { rt::RhpGetRuntimeType((*h).owner) }
}

#[unsafe(export_name = "System.RuntimeFieldHandle::GetToken(System.Reflection.RtFieldInfo):System.Int32")]
unsafe extern "C" fn token(info: Obj) -> i32 {
    // SAFETY: an RtFieldInfo.
    unsafe { (*of_object(info)).row.token as i32 }
}

/// Handles are exact already.
#[unsafe(export_name = "System.RuntimeFieldHandle::AcquiresContextFromThis(System.RuntimeFieldHandleInternal):System.Boolean")]
extern "C" fn acquires_context(_h: Handle) -> i32 {
    0
}

#[unsafe(export_name = "System.RuntimeFieldHandle::GetStaticFieldForGenericType(System.RuntimeFieldHandleInternal,System.RuntimeType):System.RuntimeFieldHandleInternal")]
unsafe extern "C" fn static_field(h: Handle, ty: Obj) -> Handle {
    // SAFETY: a handle and a RuntimeType.
    unsafe { handles::field(rt::handle_of(ty), (*h).module, (*h).row) }
}

#[unsafe(export_name = "System.RuntimeFieldHandle::GetLoaderAllocator(System.RuntimeFieldHandleInternal):System.Reflection.LoaderAllocator")]
extern "C" fn loader_allocator(_h: Handle) -> Obj {
    null_mut()
}

/// The class library's own accessor works on addresses: fields that have one.
#[unsafe(export_name = "System.RuntimeFieldHandle::IsFastPathSupported(System.Reflection.RtFieldInfo):System.Boolean")]
unsafe extern "C" fn is_fast_path_supported(info: Obj) -> i32 {
    // SAFETY: an RtFieldInfo.
    unsafe { i32::from((*of_object(info)).offset != NONE) }
}

#[unsafe(export_name = "System.RuntimeFieldHandle::GetInstanceFieldOffset(System.Reflection.RtFieldInfo):System.Int32")]
unsafe extern "C" fn instance_offset(info: Obj) -> i32 {
    // SAFETY: an RtFieldInfo.
    unsafe { (*of_object(info)).offset as i32 }
}

/// Address of a static field, after the class constructor has run.
unsafe fn static_address(h: Handle) -> *mut u8 {
    // SAFETY: a handle; a statics block starts with its state.
    unsafe {
        let block = (*(*h).owner).aux.as_ref().map_or(null_mut(), |aux| aux.statics);
        if block.is_null() || (*h).offset == NONE {
            missing(h);
        }
        if block.cast::<i32>().read_volatile() != STATICS_READY {
            rt::RhpRunClassConstructor(block);
        }
        block.add((*h).offset as usize)
    }
}

#[unsafe(export_name = "System.RuntimeFieldHandle::GetStaticFieldAddress(System.Reflection.RtFieldInfo):System.IntPtr")]
unsafe extern "C" fn static_field_address(info: Obj) -> *mut u8 {
    // SAFETY: an RtFieldInfo.
    unsafe { static_address(of_object(info)) }
}

/// Throws NotSupportedException: the field has no storage in this program.
unsafe fn missing(h: Handle) {
    let mut text = Text::new();
    // SAFETY: a handle; the message lives on, nothing runs after the throw.
    unsafe {
        text.put(b"The storage of field '");
        text.put_c(tables::heap((*h).module, (*h).row.name));
        text.put(b"' is not in this program.\0");
        rt::RhpThrowHelper(kiln_abi::helpers::throw_kind::NOT_SUPPORTED, text.bytes().as_ptr().cast());
    }
}

unsafe fn address(h: Handle, object: Obj) -> *mut u8 {
    // SAFETY: a handle; an object of its type unless static.
    unsafe {
        if (*h).row.attributes & STATIC != 0 {
            return static_address(h);
        }
        if (*h).offset == NONE {
            missing(h);
        }
        object.add(BOX_DATA_OFFSET + (*h).offset as usize)
    }
}

#[unsafe(export_name = "System.RuntimeFieldHandle::GetValue(System.Reflection.RtFieldInfo,System.Object,System.RuntimeType,System.RuntimeType,System.Boolean&):System.Object")]
unsafe extern "C" fn value(info: Obj, object: Obj, _field_type: Obj, _declaring: Obj, _initialized: *mut u8) -> Obj {
    // SAFETY: an RtFieldInfo; `RhpBox` follows the field's object when it moves.
    unsafe {
        let h = of_object(info);
        let ty = field_type(h);
        let from = address(h, object);
        if ty.is_null() || !rt::is_value_type(ty) {
            return from.cast::<Obj>().read();
        }
        rt::RhpBox(ty, from)
    }
}

#[unsafe(export_name = "System.RuntimeFieldHandle::SetValue(System.Reflection.RtFieldInfo,System.Object,System.Object,System.RuntimeType,System.RuntimeType,System.Boolean&):System.Void")]
unsafe extern "C" fn set_value(info: Obj, object: Obj, value: Obj, _field_type: Obj, _declaring: Obj, _initialized: *mut u8) {
    // SAFETY: an RtFieldInfo; the value was checked against the field's type.
    unsafe {
        let h = of_object(info);
        let ty = field_type(h);
        let to = address(h, object);
        if ty.is_null() || !rt::is_value_type(ty) {
            rt::RhpCheckedAssignRef(to.cast(), value);
        } else if rt::category(ty) == kiln_abi::method_table::flags::CATEGORY_NULLABLE {
            rt::RhpUnboxNullable(ty, value, to);
        } else if !value.is_null() {
            let size = rt::info(ty).map_or(0, |i| i.value_size as isize);
            rt::RhpBulkMoveWithBarrier(to, value.add(BOX_DATA_OFFSET), size);
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn RuntimeFieldHandle_GetRVAFieldInfo(_h: Handle, address: *mut *const u8, size: *mut u32) -> i32 {
    // SAFETY: out parameters. Data of fields is reached by code only.
    unsafe {
        address.write(core::ptr::null());
        size.write(0);
    }
    0
}
