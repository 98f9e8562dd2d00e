//! What natives use of the runtime: helpers by link name, services of the runtime archive, well-known types.

use core::ffi::c_char;

use kiln_abi::method_table::{MethodTable, flags};
use kiln_abi::object;
use kiln_abi::program::{ProgramHeader, WellKnownTypes};
use kiln_abi::type_info::TypeInfo;

/// An object reference (or null).
pub type Obj = *mut u8;
/// A MethodTable.
pub type Mt = *const MethodTable;

unsafe extern "C" {
    /// The compiled program's header.
    pub static kiln_program: ProgramHeader;

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

    /// A new handle: the address of a word that holds the object (see `handles`).
    pub fn kiln_handle_new(object: Obj, secondary: Obj, kind: u32) -> *mut Obj;
    /// Frees it.
    pub fn kiln_handle_free(handle: *mut Obj);

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
    // SAFETY: the compiler always emits the header.
    unsafe { &kiln_program.well_known }
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

/// What natives keep per thread.
#[repr(C)]
pub struct Tls {
    /// `Marshal.GetLastPInvokeError`.
    pub last_error: i32,
    /// Number of the managed thread, 0 until asked for.
    pub managed_id: i32,
    /// Lowest address of the stack, 0 until asked for.
    pub stack_limit: usize,
    /// This thread's record (see `threads`), null until asked for.
    pub thread: *mut u8,
    /// Free.
    pub reserved: [usize; 5],
}

// Thread-local variables of stable Rust need `std`; so this one is declared in assembly.
#[cfg(not(test))]
core::arch::global_asm!(
    ".pushsection .tbss.kiln_native_tls,\"awT\",@nobits",
    ".p2align 4",
    ".globl kiln_native_tls",
    ".hidden kiln_native_tls",
    ".type kiln_native_tls,@object",
    ".size kiln_native_tls, 64",
    "kiln_native_tls: .zero 64",
    ".popsection",
);
const _: () = assert!(size_of::<Tls>() == 64);

/// This thread's block.
#[cfg(not(test))]
#[must_use]
pub fn tls() -> *mut Tls {
    let block: *mut Tls;
    // SAFETY: the initial-exec sequence of the platform's ELF TLS ABI; reads only.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        core::arch::asm!("mov {0}, qword ptr fs:[0]", "add {0}, qword ptr [rip + kiln_native_tls@gottpoff]", out(reg) block, options(nostack, pure, readonly));
        #[cfg(target_arch = "aarch64")]
        core::arch::asm!(
            "mrs {0}, tpidr_el0",
            "adrp {1}, :gottprel:kiln_native_tls",
            "ldr {1}, [{1}, :gottprel_lo12:kiln_native_tls]",
            "add {0}, {0}, {1}",
            out(reg) block, out(reg) _, options(nostack, pure, readonly),
        );
    }
    block
}

/// This thread's block.
#[cfg(test)]
pub fn tls() -> *mut Tls {
    std::thread_local!(static BLOCK: core::cell::UnsafeCell<Tls> = const {
        core::cell::UnsafeCell::new(Tls { last_error: 0, managed_id: 0, stack_limit: 0, thread: core::ptr::null_mut(), reserved: [0; 5] })
    });
    BLOCK.with(core::cell::UnsafeCell::get)
}
