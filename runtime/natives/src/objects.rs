//! Objects: type, identity hash, casts, boxes, clones.

use kiln_abi::object;

use crate::rt::{self, Mt, Obj, ObjectHandle, TypeHandle};

unsafe extern "C" {
    /// Identity hash code of an object, made on first use; positive, never 0. Null has hash 0.
    fn kiln_hash_code(object: Obj) -> i32;
    /// The same, 0 when the object has none yet.
    fn kiln_try_hash_code(object: Obj) -> i32;
    fn memcmp(a: *const u8, b: *const u8, n: usize) -> i32;
}

/// A TypeDesc (pointer, byref…) instead of a MethodTable in a handle has bit 1 set; no object has such a type.
fn as_method_table(handle: *const u8) -> Mt {
    if handle.addr() & 2 == 0 { handle.cast() } else { core::ptr::null() }
}

#[unsafe(export_name = "System.Object::GetType():System.Type")]
unsafe extern "C" fn get_type(this: Obj) -> Obj {
    // SAFETY: `this` is an object; a type object does not move.
    unsafe {
        if this.is_null() {
            rt::RhpThrowNullReference();
        }
        rt::RhpGetRuntimeType(rt::mt_of(this))
    }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.CastHelpers::IsInstanceOfAny_NoCacheLookup(System.Void*,System.Object):System.Object")]
unsafe extern "C" fn is_instance_of_any(handle: *const u8, object: Obj) -> Obj {
    let mt = as_method_table(handle);
    if mt.is_null() || object.is_null() {
        return core::ptr::null_mut();
    }
    // SAFETY: a type and an object.
    unsafe { rt::RhpIsInstance(mt, object) }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.CastHelpers::ChkCastAny_NoCacheLookup(System.Void*,System.Object):System.Object")]
unsafe extern "C" fn cast_any(handle: *const u8, object: Obj) -> Obj {
    // SAFETY: casts are to types that objects can have.
    unsafe { rt::RhpCastClass(handle.cast(), object) }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.CastHelpers::Unbox_Helper(System.Void*,System.Object):System.Byte&")]
unsafe extern "C" fn unbox_helper(handle: *const u8, object: Obj) -> *mut u8 {
    // SAFETY: unboxing is to a value type.
    unsafe { rt::RhpUnbox(handle.cast(), object) }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.CastHelpers::WriteBarrier(System.Object&,System.Object):System.Void")]
unsafe extern "C" fn write_barrier(slot: *mut Obj, value: Obj) {
    // SAFETY: the caller owns the slot.
    unsafe { rt::RhpCheckedAssignRef(slot, value) }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.RuntimeHelpers::Box(System.Runtime.CompilerServices.MethodTable*,System.Byte&):System.Object")]
unsafe extern "C" fn box_value(mt: Mt, value: *const u8) -> Obj {
    // SAFETY: the value is of the type.
    unsafe { rt::RhpBox(mt, value) }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.RuntimeHelpers::Unbox_Nullable(System.Byte&,System.Runtime.CompilerServices.MethodTable*,System.Object):System.Void")]
unsafe extern "C" fn unbox_nullable(to: *mut u8, mt: Mt, object: Obj) {
    // SAFETY: the destination is a Nullable of the type.
    unsafe { rt::RhpUnboxNullable(mt, object, to) }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.RuntimeHelpers::GetHashCode(System.Object):System.Int32")]
unsafe extern "C" fn get_hash_code(object: Obj) -> i32 {
    if object.is_null() {
        return 0;
    }
    // SAFETY: an object.
    unsafe { kiln_hash_code(object) }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.RuntimeHelpers::TryGetHashCode(System.Object):System.Int32")]
unsafe extern "C" fn try_get_hash_code(object: Obj) -> i32 {
    if object.is_null() {
        return 0;
    }
    // SAFETY: an object.
    unsafe { kiln_try_hash_code(object) }
}

/// Bytes of an instance without header and MethodTable.
unsafe fn payload(object: Obj) -> usize {
    // SAFETY: an object.
    unsafe {
        let table = &*rt::mt_of(object);
        let fixed = table.base_size as usize - 2 * object::HEADER_SIZE;
        if table.flags & kiln_abi::method_table::flags::HAS_COMPONENT_SIZE == 0 {
            return fixed;
        }
        fixed + rt::array_length(object) * (table.flags & 0xFFFF) as usize
    }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.RuntimeHelpers::ContentEquals(System.Object,System.Object):System.Boolean")]
unsafe extern "C" fn content_equals(left: Obj, right: Obj) -> i32 {
    // SAFETY: the caller checked that both are objects of the same fixed-size type.
    unsafe {
        let size = payload(left);
        i32::from(memcmp(left.add(object::BOX_DATA_OFFSET), right.add(object::BOX_DATA_OFFSET), size) == 0)
    }
}

#[unsafe(export_name = "System.Runtime.CompilerServices.MethodTable::GetNumInstanceFieldBytes():System.UInt32")]
unsafe extern "C" fn instance_field_bytes(mt: Mt) -> u32 {
    // SAFETY: `this` of the managed struct is the MethodTable itself.
    unsafe {
        match rt::info(mt) {
            Some(info) if info.value_size != 0 => info.value_size,
            _ => (*mt).base_size - 16,
        }
    }
}

/// An object of the same shape as `object`, which is read through the handle after the allocation.
#[unsafe(no_mangle)]
unsafe extern "C" fn ObjectNative_AllocateUninitializedClone(handle: ObjectHandle) {
    // SAFETY: the slot holds an object.
    unsafe {
        let object = handle.get();
        let mt = rt::mt_of(object);
        let clone = if (*mt).flags & kiln_abi::method_table::flags::HAS_COMPONENT_SIZE == 0 {
            rt::RhpNewObject(mt)
        } else if rt::is_array(mt) && rt::category(mt) != kiln_abi::method_table::flags::CATEGORY_SZ_ARRAY {
            let rank = ((*mt).base_size as usize - 24) / 8;
            let mut bounds = [0i32; 64];
            let rank = rank.min(32);
            let from = object.add(object::MD_ARRAY_BOUNDS_OFFSET).cast::<i32>();
            core::ptr::copy_nonoverlapping(from, bounds.as_mut_ptr(), rank);
            core::ptr::copy_nonoverlapping(from.add(rank), bounds.as_mut_ptr().add(32), rank);
            rt::RhpNewMdArray(mt, rank as i32, bounds.as_ptr(), bounds.as_ptr().add(32))
        } else {
            rt::RhpNewArray(mt, rt::array_length(object) as isize)
        };
        handle.set(clone);
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn ReflectionInvocation_SizeOf(ty: TypeHandle) -> i32 {
    // SAFETY: the handle is a type.
    unsafe { if rt::is_value_type(ty.handle) { instance_field_bytes(ty.handle) as i32 } else { 8 } }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn ReflectionInvocation_RunClassConstructor(ty: TypeHandle) {
    // SAFETY: the handle is a type.
    unsafe {
        if let Some(aux) = (*ty.handle).aux.as_ref()
            && !aux.statics.is_null()
        {
            rt::RhpRunClassConstructor(aux.statics);
        }
    }
}

#[unsafe(no_mangle)]
extern "C" fn ReflectionInvocation_RunModuleConstructor(_module: rt::NativeHandle) {
    // Module initialisers run before the first access to the module's code: the compiler calls them from the start stub.
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MethodTable_AreTypesEquivalent(left: Mt, right: Mt) -> i32 {
    i32::from(left == right)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn TypeHandle_CanCastTo_NoCacheLookup(from: *const u8, to: *const u8) -> i32 {
    // SAFETY: handles of types.
    unsafe { i32::from(rt::can_cast(from.cast(), to.cast())) }
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
    unsafe { rt::RhpBulkMoveWithBarrier(to, from, size as isize) }
}

#[unsafe(export_name = "System.Threading.Interlocked::ExchangeObject(System.Object&,System.Object):System.Object")]
unsafe extern "C" fn exchange_object(slot: *mut Obj, value: Obj) -> Obj {
    // SAFETY: the caller owns the slot.
    unsafe { rt::RhpInterlockedExchangeRef(slot, value) }
}

#[unsafe(export_name = "System.Threading.Interlocked::CompareExchangeObject(System.Object&,System.Object,System.Object):System.Object")]
unsafe extern "C" fn compare_exchange_object(slot: *mut Obj, value: Obj, comparand: Obj) -> Obj {
    // SAFETY: the caller owns the slot.
    unsafe { rt::RhpInterlockedCasRef(slot, value, comparand) }
}

#[unsafe(no_mangle)]
extern "C" fn Interlocked_MemoryBarrierProcessWide() {
    kiln_pal::processors::barrier();
}
