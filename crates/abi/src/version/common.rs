//! Numbers of CoreLib's code that are the same in all versions.

use crate::managed::ManagedNumbers;
use crate::method_table::{aux_flags, flags as f};

/// Of a method of `MethodTable`.
pub(super) const fn table(method: &'static str, numbers: &'static [u32]) -> ManagedNumbers {
    ManagedNumbers { ty: "System.Runtime.CompilerServices.MethodTable", method, numbers }
}

const fn aux(method: &'static str, numbers: &'static [u32]) -> ManagedNumbers {
    ManagedNumbers { ty: "System.Runtime.CompilerServices.MethodTableAuxiliaryData", method, numbers }
}

/// All of them.
pub(super) const NUMBERS: &[ManagedNumbers] = &[
    table("get_HasComponentSize", &[f::HAS_COMPONENT_SIZE]),
    table("get_ContainsGCPointers", &[f::CONTAINS_GC_POINTERS]),
    table("get_HasFinalizer", &[f::HAS_FINALIZER]),
    table("get_HasDefaultConstructor", &[f::HAS_COMPONENT_SIZE | f::HAS_DEFAULT_CTOR, f::HAS_DEFAULT_CTOR]),
    table("get_IsInterface", &[f::CATEGORY_MASK, f::CATEGORY_INTERFACE]),
    table("get_IsValueType", &[f::CATEGORY_KIND_MASK, f::CATEGORY_VALUE_TYPE]),
    table("get_IsNullable", &[f::CATEGORY_MASK, f::CATEGORY_NULLABLE]),
    table("get_IsByRefLike", &[f::HAS_COMPONENT_SIZE | f::IS_BY_REF_LIKE, f::IS_BY_REF_LIKE]),
    table("get_HasInstantiation", &[f::HAS_COMPONENT_SIZE, f::GENERICS_MASK]),
    table("get_IsGenericTypeDefinition", &[f::HAS_COMPONENT_SIZE | f::GENERICS_MASK, f::GENERICS_TYPICAL]),
    table("get_IsConstructedGenericType", &[f::HAS_COMPONENT_SIZE | f::GENERICS_MASK, f::GENERICS_INSTANTIATION]),
    table("get_ContainsGenericVariables", &[f::CONTAINS_GENERIC_VARIABLES]),
    aux("get_HasCheckedCanCompareBitsOrUseFastGetHashCode", &[aux_flags::HAS_CHECKED_CAN_COMPARE_BITS]),
    aux("get_CanCompareBitsOrUseFastGetHashCode", &[aux_flags::CAN_COMPARE_BITS]),
];
