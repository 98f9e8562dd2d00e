//! Reading MethodTables and objects (`kiln_abi::{method_table, object}`).

use kiln_abi::method_table::{MethodTable, flags, kind_flags};
use kiln_abi::object::BOX_BASE_SIZE;
use kiln_abi::program::{ProgramHeader, WellKnownTypes};
use kiln_abi::type_info::{self, TypeInfo};

/// An object reference or null.
pub type Obj = *mut u8;
/// A MethodTable.
pub type Mt = *const MethodTable;
/// What it points to.
pub type MethodTableRef = MethodTable;

#[cfg(not(test))]
unsafe extern "C" {
    /// What the compiler emitted.
    static kiln_program: ProgramHeader;
}

/// The program header.
#[cfg(not(test))]
#[inline(always)]
pub fn program() -> &'static ProgramHeader {
    // SAFETY: the compiler always emits it; it is never written.
    unsafe { &kiln_program }
}

/// The program header.
#[cfg(test)]
pub fn program() -> &'static ProgramHeader {
    // SAFETY: as large and as aligned; integers and raw pointers may be zero.
    unsafe { &*(&raw const crate::kiln_program).cast() }
}

/// Defines an empty program, for tests: they are linked without a compiled one.
#[macro_export]
macro_rules! empty_program {
    () => {
        /// Zeros: every list of the header is empty.
        #[unsafe(no_mangle)]
        static kiln_program: [u64; size_of::<kiln_abi::program::ProgramHeader>() / 8] =
            [0; size_of::<kiln_abi::program::ProgramHeader>() / 8];
    };
}
/// The program's well-known types.
#[inline(always)]
pub fn well_known() -> &'static WellKnownTypes {
    &program().well_known
}

/// The description of a type, if the compiler kept one.
///
/// # Safety
/// A MethodTable or null.
#[inline]
pub unsafe fn info(mt: Mt) -> Option<TypeInfo> {
    // SAFETY: descriptions are immutable data of the program.
    unsafe { mt.as_ref().and_then(|mt| type_info::read(mt.type_info)) }
}

/// MethodTable of an object.
///
/// # Safety
/// A live object.
#[inline(always)]
pub unsafe fn mt_of(o: Obj) -> Mt {
    // SAFETY: an object starts with its MethodTable.
    unsafe { o.cast::<Mt>().read() }
}

/// Array or string?
#[inline(always)]
pub fn has_components(mt: &MethodTable) -> bool {
    mt.flags & flags::HAS_COMPONENT_SIZE != 0
}

/// Bytes per element.
#[inline(always)]
pub fn component_size(mt: &MethodTable) -> usize {
    (mt.flags & flags::COMPONENT_SIZE_MASK) as usize
}

/// Category bits (four).
#[inline(always)]
pub fn category(mt: &MethodTable) -> u32 {
    mt.flags & flags::CATEGORY_MASK
}

/// Interface?
#[inline(always)]
pub fn is_interface(mt: &MethodTable) -> bool {
    category(mt) == flags::CATEGORY_INTERFACE
}

/// Value type of any kind?
#[inline(always)]
pub fn is_value_type(mt: &MethodTable) -> bool {
    mt.flags & flags::CATEGORY_KIND_MASK == flags::CATEGORY_VALUE_TYPE
}

/// Nullable<T>?
#[inline(always)]
pub fn is_nullable(mt: &MethodTable) -> bool {
    category(mt) == flags::CATEGORY_NULLABLE
}

/// Enum or primitive?
#[inline(always)]
pub fn is_primitive(mt: &MethodTable) -> bool {
    category(mt) >= flags::CATEGORY_PRIMITIVE_ENUM && category(mt) <= flags::CATEGORY_TRUE_PRIMITIVE
}

/// Array of any rank?
#[inline(always)]
pub fn is_array(mt: &MethodTable) -> bool {
    mt.flags & flags::CATEGORY_KIND_MASK == flags::CATEGORY_ARRAY
}

/// Vector?
#[inline(always)]
pub fn is_sz_array(mt: &MethodTable) -> bool {
    category(mt) == flags::CATEGORY_SZ_ARRAY
}

/// Variant interface or delegate?
#[inline(always)]
pub fn has_variance(mt: &MethodTable) -> bool {
    mt.kind_flags & kind_flags::HAS_VARIANCE != 0
}

/// Unboxed size of a value type.
///
/// # Safety
/// Its description, if any, is readable.
pub unsafe fn value_size(mt: &MethodTable) -> usize {
    // SAFETY: promised.
    match unsafe { info(mt) } {
        Some(info) if info.value_size != 0 => info.value_size as usize,
        _ => (mt.base_size - BOX_BASE_SIZE) as usize,
    }
}

/// `T` of Nullable<T>.
///
/// # Safety
/// A Nullable's MethodTable.
pub unsafe fn nullable_argument(mt: &MethodTable) -> Mt {
    // SAFETY: instantiations have descriptions with arguments.
    unsafe {
        match info(mt) {
            Some(info) if info.generic_arity == 1 => info.generic_args.read(),
            _ => crate::pal::fatal("a Nullable without description"),
        }
    }
}

/// The interfaces of a type.
///
/// # Safety
/// A MethodTable.
#[inline(always)]
pub unsafe fn interfaces<'a>(mt: &MethodTable) -> &'a [Mt] {
    if mt.interface_count == 0 {
        return &[];
    }
    // SAFETY: emitted that way.
    unsafe { core::slice::from_raw_parts(mt.interface_map, mt.interface_count as usize) }
}
