//! Objects: type, identity hash, casts, boxes, clones.

use kiln_abi::object;
use kiln_rt::array;
use kiln_rt::cast;
use kiln_rt::header;
use kiln_rt::helpers::{
    RhpBox, RhpBulkMoveWithBarrier, RhpCastClass, RhpCheckedAssignRef, RhpGetRuntimeType, RhpInterlockedCasRef, RhpInterlockedExchangeRef,
    RhpIsInstance, RhpNewArray, RhpNewMdArray, RhpNewObject, RhpRunClassConstructor, RhpThrowNullReference, RhpUnbox, RhpUnboxNullable,
};
use kiln_rt::mt::{self, Mt, Obj};

use crate::qcall::{NativeHandle, ObjectHandle, TypeHandle};

/// A TypeDesc (pointer, byref…) instead of a MethodTable in a handle has bit 1 set; no object has such a type.
fn as_method_table(handle: *const u8) -> Mt {
    if handle.addr() & 2 == 0 { handle.cast() } else { core::ptr::null() }
}

#[unsafe(export_name = "System.Object::GetType():System.Type")]
unsafe extern "C" fn get_type(this: Obj) -> Obj {
    // SAFETY: `this` is an object; a type object does not move.
    unsafe {
        if this.is_null() {
            RhpThrowNullReference();
        }
        RhpGetRuntimeType(mt::mt_of(this))
    }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.CastHelpers::IsInstanceOfAny_NoCacheLookup(System.Void*,System.Object):System.Object")]
unsafe extern "C" fn is_instance_of_any(handle: *const u8, object: Obj) -> Obj {
    let mt = as_method_table(handle);
    if mt.is_null() || object.is_null() {
        return core::ptr::null_mut();
    }
    // SAFETY: a type and an object.
    unsafe { RhpIsInstance(mt, object) }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.CastHelpers::ChkCastAny_NoCacheLookup(System.Void*,System.Object):System.Object")]
unsafe extern "C" fn cast_any(handle: *const u8, object: Obj) -> Obj {
    // SAFETY: casts are to types that objects can have.
    unsafe { RhpCastClass(handle.cast(), object) }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.CastHelpers::Unbox_Helper(System.Void*,System.Object):System.Byte&")]
unsafe extern "C" fn unbox_helper(handle: *const u8, object: Obj) -> *mut u8 {
    // SAFETY: unboxing is to a value type.
    unsafe { RhpUnbox(handle.cast(), object) }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.CastHelpers::WriteBarrier(System.Object&,System.Object):System.Void")]
unsafe extern "C" fn write_barrier(slot: *mut Obj, value: Obj) {
    // SAFETY: the caller owns the slot.
    unsafe { RhpCheckedAssignRef(slot, value) }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.RuntimeHelpers::Box(System.Runtime.CompilerServices.MethodTable*,System.Byte&):System.Object")]
unsafe extern "C" fn box_value(mt: Mt, value: *const u8) -> Obj {
    // SAFETY: the value is of the type.
    unsafe { RhpBox(mt, value) }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.RuntimeHelpers::Unbox_Nullable(System.Byte&,System.Runtime.CompilerServices.MethodTable*,System.Object):System.Void")]
unsafe extern "C" fn unbox_nullable(to: *mut u8, mt: Mt, object: Obj) {
    // SAFETY: the destination is a Nullable of the type.
    unsafe { RhpUnboxNullable(mt, object, to) }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.RuntimeHelpers::GetHashCode(System.Object):System.Int32")]
unsafe extern "C" fn get_hash_code(object: Obj) -> i32 {
    if object.is_null() {
        return 0;
    }
    // SAFETY: an object.
    unsafe { header::hash_code(object) }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.RuntimeHelpers::TryGetHashCode(System.Object):System.Int32")]
unsafe extern "C" fn try_get_hash_code(object: Obj) -> i32 {
    if object.is_null() {
        return 0;
    }
    // SAFETY: an object.
    unsafe { header::try_hash_code(object) }
}

/// Bytes of an instance without header and MethodTable.
unsafe fn payload(object: Obj) -> usize {
    // SAFETY: an object.
    unsafe {
        let table = &*mt::mt_of(object);
        let fixed = (table.base_size - object::BOX_BASE_SIZE) as usize;
        if table.flags & kiln_abi::method_table::flags::HAS_COMPONENT_SIZE == 0 {
            return fixed;
        }
        fixed + array::length(object) * (table.flags & kiln_abi::method_table::flags::COMPONENT_SIZE_MASK) as usize
    }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.RuntimeHelpers::ContentEquals(System.Object,System.Object):System.Boolean")]
unsafe extern "C" fn content_equals(left: Obj, right: Obj) -> i32 {
    // SAFETY: the caller checked that both are objects of the same fixed-size type.
    unsafe {
        let data = |object: Obj| core::slice::from_raw_parts(object.add(object::BOX_DATA_OFFSET), payload(left));
        i32::from(data(left) == data(right))
    }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.MethodTable::GetNumInstanceFieldBytes():System.UInt32")]
unsafe extern "C" fn instance_field_bytes(mt: Mt) -> u32 {
    // SAFETY: `this` of the managed struct is the MethodTable itself.
    unsafe {
        match mt::info(mt) {
            Some(info) if info.value_size != 0 => info.value_size,
            _ => (*mt).base_size - object::BOX_BASE_SIZE,
        }
    }
}

/// An object of the same shape as `object`, which is read through the handle after the allocation.
#[unsafe(no_mangle)]
unsafe extern "C" fn ObjectNative_AllocateUninitializedClone(handle: ObjectHandle) {
    // SAFETY: the slot holds an object.
    unsafe {
        let object = handle.get();
        let mt = mt::mt_of(object);
        let clone = if (*mt).flags & kiln_abi::method_table::flags::HAS_COMPONENT_SIZE == 0 {
            RhpNewObject(mt)
        } else if mt::is_array(&*mt) && mt::category(&*mt) != kiln_abi::method_table::flags::CATEGORY_SZ_ARRAY {
            let rank = object::rank_of_array((*mt).base_size) as usize;
            let mut bounds = [0i32; 64];
            let rank = rank.min(32);
            let from = object.add(object::MD_ARRAY_BOUNDS_OFFSET).cast::<i32>();
            core::ptr::copy_nonoverlapping(from, bounds.as_mut_ptr(), rank);
            core::ptr::copy_nonoverlapping(from.add(rank), bounds.as_mut_ptr().add(32), rank);
            RhpNewMdArray(mt, rank as i32, bounds.as_ptr(), bounds.as_ptr().add(32))
        } else {
            RhpNewArray(mt, array::length(object) as isize)
        };
        handle.set(clone);
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn ReflectionInvocation_SizeOf(ty: TypeHandle) -> i32 {
    // SAFETY: the handle is a type.
    unsafe { if mt::is_value_type(&*ty.handle) { instance_field_bytes(ty.handle) as i32 } else { 8 } }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn ReflectionInvocation_RunClassConstructor(ty: TypeHandle) {
    // SAFETY: the handle is a type.
    unsafe {
        if let Some(aux) = (*ty.handle).aux.as_ref()
            && !aux.statics.is_null()
        {
            RhpRunClassConstructor(aux.statics.cast());
        }
    }
}

#[unsafe(no_mangle)]
extern "C" fn ReflectionInvocation_RunModuleConstructor(_module: NativeHandle) {
    // Module initialisers run before the first access to the module's code: the compiler calls them from the start stub.
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MethodTable_AreTypesEquivalent(left: Mt, right: Mt) -> i32 {
    i32::from(left == right)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn TypeHandle_CanCastTo_NoCacheLookup(from: *const u8, to: *const u8) -> i32 {
    // SAFETY: handles of types.
    unsafe { i32::from(cast::castable(from.cast(), to.cast())) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn Buffer_MemMove(to: *mut u8, from: *const u8, size: usize) {
    // SAFETY: the caller owns both blocks; no references inside.
    unsafe { core::ptr::copy(from, to, size) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn Buffer_Clear(to: *mut u8, size: usize) {
    // SAFETY: the caller owns the block; zeros need no barrier.
    unsafe { core::ptr::write_bytes(to, 0, size) }
}

#[unsafe(export_name = "System.Buffer::__BulkMoveWithWriteBarrier(System.Byte&,System.Byte&,System.UIntPtr):System.Void")]
unsafe extern "C" fn bulk_move(to: *mut u8, from: *const u8, size: usize) {
    // SAFETY: the caller owns both blocks.
    unsafe { RhpBulkMoveWithBarrier(to, from, size as isize) }
}

#[unsafe(export_name = "System.Threading.Interlocked::ExchangeObject(System.Object&,System.Object):System.Object")]
unsafe extern "C" fn exchange_object(slot: *mut Obj, value: Obj) -> Obj {
    // SAFETY: the caller owns the slot.
    unsafe { RhpInterlockedExchangeRef(slot, value) }
}

#[unsafe(export_name = "System.Threading.Interlocked::CompareExchangeObject(System.Object&,System.Object,System.Object):System.Object")]
unsafe extern "C" fn compare_exchange_object(slot: *mut Obj, value: Obj, comparand: Obj) -> Obj {
    // SAFETY: the caller owns the slot.
    unsafe { RhpInterlockedCasRef(slot, value, comparand) }
}

#[unsafe(no_mangle)]
extern "C" fn Interlocked_MemoryBarrierProcessWide() {
    kiln_pal::processors::barrier();
}
