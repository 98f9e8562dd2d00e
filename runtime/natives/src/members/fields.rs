//! `System.RuntimeFieldHandle`: attributes, addresses, values.

use core::ptr::null_mut;

use kiln_abi::managed::FIELD_INFO_HANDLE;
use kiln_abi::method_table::flags::{CATEGORY_PRIMITIVE_ENUM, CATEGORY_TRUE_PRIMITIVE};
use kiln_abi::object::BOX_DATA_OFFSET;
use kiln_abi::reflection::NONE;
use kiln_abi::statics::STATICS_READY;
use kiln_rt::thread::{LocalRoots, pop_roots, push_roots};

use kiln_rt::helpers::{
    RhpBox, RhpBulkMoveWithBarrier, RhpCheckedAssignRef, RhpGetRuntimeType, RhpRunClassConstructor, RhpThrowHelper, RhpUnboxNullable,
};
use kiln_rt::mt::{self, Mt, Obj};
use kiln_rt::types;

use super::handles::{self, FieldHandle};
use super::signature::{Context, read_type};
use super::tables;
use crate::names;
use crate::text::{Text, c_bytes, string_from_utf8};
use crate::types::element;

type Handle = *mut FieldHandle;

const STATIC: u32 = 0x10;
const INIT_ONLY: u32 = 0x20;

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
    unsafe { RhpGetRuntimeType((*h).owner) }
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
    unsafe { handles::field(types::handle_of(ty), (*h).module, (*h).row) }
}

#[unsafe(export_name = "System.RuntimeFieldHandle::GetLoaderAllocator(System.RuntimeFieldHandleInternal):System.Reflection.LoaderAllocator")]
extern "C" fn loader_allocator(_h: Handle) -> Obj {
    null_mut()
}

/// The class library's own accessor works on addresses: it takes static structs for boxed, which they are not here, and does not
/// know pointers.
#[unsafe(export_name = "System.RuntimeFieldHandle::IsFastPathSupported(System.Reflection.RtFieldInfo):System.Boolean")]
unsafe extern "C" fn is_fast_path_supported(info: Obj) -> i32 {
    // SAFETY: an RtFieldInfo.
    unsafe {
        let h = of_object(info);
        let ty = field_type(h);
        let is_struct =
            !ty.is_null() && mt::is_value_type(&*ty) && !matches!(mt::category(&*ty), CATEGORY_TRUE_PRIMITIVE | CATEGORY_PRIMITIVE_ENUM);
        let unboxed_static = (*h).row.attributes & STATIC != 0 && is_struct;
        let pointer = ty.is_null() || matches!((*ty).cor_element_type, element::PTR | element::FNPTR);
        i32::from((*h).offset != NONE && !unboxed_static && !pointer)
    }
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
            RhpRunClassConstructor(block.cast());
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
        RhpThrowHelper(kiln_abi::helpers::throw_kind::NOT_SUPPORTED, text.bytes().as_ptr().cast());
    }
}

/// Whether the class constructor of a field's type has ended: while it runs it may set what only it may set.
unsafe fn is_initialized(h: Handle) -> bool {
    // SAFETY: a handle; a statics block starts with its state.
    unsafe {
        (*(*h).owner).aux.as_ref().is_some_and(|aux| !aux.statics.is_null() && aux.statics.cast::<i32>().read_volatile() == STATICS_READY)
    }
}

/// Throws FieldAccessException with the class library's own text.
unsafe fn init_only(h: Handle) {
    let mut text = Text::new();
    // SAFETY: a handle; the message lives on, nothing runs after the throw.
    unsafe {
        text.put(b"Cannot set initonly static field '");
        text.put_c(tables::heap((*h).module, (*h).row.name));
        text.put(b"' after type '");
        names::write(&mut text, tables::definition((*h).owner), names::Kind::Full);
        text.put(b"' is initialized.\0");
        RhpThrowHelper(kiln_abi::helpers::throw_kind::FIELD_ACCESS, text.bytes().as_ptr().cast());
    }
}

/// Where the field is. A class constructor may run, so the objects (the field's first) are followed.
unsafe fn address<const N: usize>(h: Handle, objects: &mut [Obj; N]) -> *mut u8 {
    // SAFETY: a handle; an object of its type unless static; the record ends with the call.
    unsafe {
        if (*h).row.attributes & STATIC != 0 {
            let mut roots = LocalRoots { next: null_mut(), count: N, slots: objects.as_mut_ptr() };
            push_roots(&raw mut roots);
            let at = static_address(h);
            pop_roots(&raw mut roots);
            return at;
        }
        if (*h).offset == NONE {
            missing(h);
        }
        objects[0].add(BOX_DATA_OFFSET + (*h).offset as usize)
    }
}

/// The value as an object.
///
/// # Safety
/// A handle; an object of its type unless static.
pub(crate) unsafe fn value(h: Handle, object: Obj) -> Obj {
    // SAFETY: promised; `RhpBox` follows the field's object when it moves.
    unsafe {
        let mut object = [object];
        let from = address(h, &mut object);
        let ty = field_type(h);
        if ty.is_null() {
            missing(h);
        }
        match (*ty).cor_element_type {
            element::PTR | element::FNPTR => RhpBox(native_int(), from),
            _ if mt::is_value_type(&*ty) => RhpBox(ty, from),
            _ => from.cast::<Obj>().read(),
        }
    }
}

/// System.IntPtr: the program has it, since handles are of it.
fn native_int() -> Mt {
    // SAFETY: types with descriptions.
    crate::lookup::types()
        .iter()
        .copied()
        .find(|t| unsafe { (**t).cor_element_type == element::I && mt::category(&**t) == CATEGORY_TRUE_PRIMITIVE })
        .unwrap_or(core::ptr::null())
}

#[unsafe(export_name = "System.RuntimeFieldHandle::SetValue(System.Reflection.RtFieldInfo,System.Object,System.Object,System.RuntimeType,System.RuntimeType,System.Boolean&):System.Void")]
unsafe extern "C" fn set_value(info: Obj, object: Obj, value: Obj, _field_type: Obj, _declaring: Obj, initialized: *mut u8) {
    // SAFETY: an RtFieldInfo; the value was checked against the field's type.
    unsafe {
        let h = of_object(info);
        let ty = field_type(h);
        if ty.is_null() {
            missing(h);
        }
        let mut kept = [object, value];
        let to = address(h, &mut kept);
        let value = kept[1];
        if (*h).row.attributes & (STATIC | INIT_ONLY) == STATIC | INIT_ONLY && is_initialized(h) {
            init_only(h);
        }
        initialized.write(1);
        if matches!((*ty).cor_element_type, element::PTR | element::FNPTR) {
            // A System.IntPtr or System.Reflection.Pointer: both hold the address first.
            to.cast::<usize>().write(if value.is_null() { 0 } else { value.add(BOX_DATA_OFFSET).cast::<usize>().read() });
        } else if !mt::is_value_type(&*ty) {
            RhpCheckedAssignRef(to.cast(), value);
        } else if mt::is_nullable(&*ty) && (value.is_null() || !core::ptr::eq(mt::mt_of(value), ty)) {
            RhpUnboxNullable(ty, value, to);
        } else if !value.is_null() {
            // The check makes a `T?` of a `T` (`ReboxToNullable`).
            let size = mt::info(ty).map_or(0, |i| i.value_size as isize);
            RhpBulkMoveWithBarrier(to, value.add(BOX_DATA_OFFSET), size);
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
