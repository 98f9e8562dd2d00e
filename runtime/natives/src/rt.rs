//! What natives use of the runtime: helpers by link name, services of the runtime archive, well-known types.

use core::ffi::c_char;

use kiln_abi::method_table::{MethodTable, flags};
use kiln_abi::object;
use kiln_abi::program::WellKnownTypes;
use kiln_abi::type_info::TypeInfo;

/// An object reference (or null).
pub type Obj = *mut u8;
/// A MethodTable.
pub type Mt = *const MethodTable;

unsafe extern "C" {
    /// See `kiln_abi::helpers`.
    pub fn RhpNewObject(mt: Mt) -> Obj;
    /// See `kiln_abi::helpers`.
    pub fn RhpNewFinalizable(mt: Mt) -> Obj;
    /// See `kiln_abi::helpers`.
    pub fn RhpNewArray(mt: Mt, length: isize) -> Obj;
    /// See `kiln_abi::helpers`.
    pub fn RhpNewMdArray(mt: Mt, rank: i32, lengths: *const i32, lower_bounds: *const i32) -> Obj;
    /// See `kiln_abi::helpers`.
    pub fn RhpBox(mt: Mt, value: *const u8) -> Obj;
    /// See `kiln_abi::helpers`.
    pub fn RhpUnbox(mt: Mt, object: Obj) -> *mut u8;
    /// See `kiln_abi::helpers`.
    pub fn RhpUnboxNullable(mt: Mt, object: Obj, to: *mut u8);
    /// See `kiln_abi::helpers`.
    pub fn RhpIsInstance(mt: Mt, object: Obj) -> Obj;
    /// See `kiln_abi::helpers`.
    pub fn RhpCastClass(mt: Mt, object: Obj) -> Obj;
    /// See `kiln_abi::helpers`.
    pub fn RhpAssignRef(slot: *mut Obj, value: Obj);
    /// See `kiln_abi::helpers`.
    pub fn RhpCheckedAssignRef(slot: *mut Obj, value: Obj);
    /// See `kiln_abi::helpers`.
    pub fn RhpBulkMoveWithBarrier(to: *mut u8, from: *const u8, size: isize);
    /// See `kiln_abi::helpers`.
    pub fn RhpInterlockedExchangeRef(slot: *mut Obj, value: Obj) -> Obj;
    /// See `kiln_abi::helpers`.
    pub fn RhpInterlockedCasRef(slot: *mut Obj, value: Obj, comparand: Obj) -> Obj;
    /// See `kiln_abi::helpers`.
    pub fn RhpRunClassConstructor(block: *mut u8);
    /// See `kiln_abi::helpers`.
    pub fn RhpGetRuntimeType(mt: Mt) -> Obj;
    /// See `kiln_abi::helpers`. Does not return.
    pub fn RhpThrowEx(exception: Obj);
    /// See `kiln_abi::helpers`. Does not return.
    pub fn RhpThrowNullReference();
    /// See `kiln_abi::helpers`. Does not return.
    pub fn RhpThrowOverflow();
    /// See `kiln_abi::helpers`. Does not return.
    pub fn RhpThrowHelper(kind: i32, message: *const c_char);

    /// Can a value of type `from` be assigned to `to` (ECMA-335 I.8.7.3 with variance; boxed for value types)?
    fn kiln_can_cast(from: Mt, to: Mt) -> i32;
}

/// Is `from` assignable to `to`?
///
/// # Safety
/// Both are MethodTables.
pub unsafe fn can_cast(from: Mt, to: Mt) -> bool {
    // SAFETY: promised.
    unsafe { core::ptr::eq(from, to) || kiln_can_cast(from, to) != 0 }
}

/// The program's well-known types.
pub fn well_known() -> &'static WellKnownTypes {
    &kiln_rt::mt::program().well_known
}

/// MethodTable of an object.
///
/// # Safety
/// `object` is a live object.
pub unsafe fn mt_of(object: Obj) -> Mt {
    // SAFETY: an object starts with its MethodTable.
    unsafe { object.cast::<Mt>().read() }
}

/// The description of a type, if the compiler kept one.
///
/// # Safety
/// `mt` is a MethodTable or null.
pub unsafe fn info<'a>(mt: Mt) -> Option<&'a TypeInfo> {
    // SAFETY: descriptions are immutable data of the program.
    unsafe { mt.as_ref().and_then(|mt| mt.type_info.as_ref()) }
}

/// The MethodTable a RuntimeType stands for.
///
/// # Safety
/// `runtime_type` is a System.RuntimeType.
pub unsafe fn handle_of(runtime_type: Obj) -> Mt {
    // SAFETY: fixed field of RuntimeType.
    unsafe { runtime_type.add(object::RUNTIME_TYPE_HANDLE).cast::<Mt>().read() }
}

/// Bits of the category mask.
///
/// # Safety
/// `mt` is a MethodTable.
pub unsafe fn category(mt: Mt) -> u32 {
    // SAFETY: promised.
    unsafe { (*mt).flags & flags::CATEGORY_MASK }
}

/// Value type (enums, primitives and Nullable included)?
///
/// # Safety
/// `mt` is a MethodTable.
pub unsafe fn is_value_type(mt: Mt) -> bool {
    // SAFETY: promised.
    unsafe { (*mt).flags & 0xC_0000 == flags::CATEGORY_VALUE_TYPE }
}

/// Array of any rank?
///
/// # Safety
/// `mt` is a MethodTable.
pub unsafe fn is_array(mt: Mt) -> bool {
    // SAFETY: promised.
    unsafe { (*mt).flags & 0xC_0000 == flags::CATEGORY_ARRAY }
}

/// Number of elements of an array.
///
/// # Safety
/// `array` is an array.
pub unsafe fn array_length(array: Obj) -> usize {
    // SAFETY: fixed field.
    unsafe { array.add(object::ARRAY_LENGTH_OFFSET).cast::<u32>().read() as usize }
}

/// First element of a vector.
///
/// # Safety
/// `array` is a vector.
pub unsafe fn array_data(array: Obj) -> *mut u8 {
    // SAFETY: fixed offset.
    unsafe { array.add(object::ARRAY_DATA_OFFSET) }
}

/// Stores a reference at an index of a vector of references.
///
/// # Safety
/// `array` is a vector of references longer than `index`; the value fits its element type.
pub unsafe fn set_element(array: Obj, index: usize, value: Obj) {
    // SAFETY: in bounds as promised.
    unsafe { RhpAssignRef(array_data(array).cast::<Obj>().add(index), value) }
}

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

/// `QCallTypeHandle`: the RuntimeType's slot and its handle.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct TypeHandle {
    /// Slot of the RuntimeType.
    pub object: *mut Obj,
    /// Its MethodTable.
    pub handle: Mt,
}

/// `QCallAssembly` and `QCallModule`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct NativeHandle {
    /// Slot of the object.
    pub object: *mut Obj,
    /// Its native pointer.
    pub handle: *mut u8,
}

/// `RhpThrowHelper` kind: System.InsufficientExecutionStackException.
pub const INSUFFICIENT_STACK: i32 = kiln_abi::program::exception_kind::INSUFFICIENT_EXECUTION_STACK;
