//! Read-only descriptive data of a type: names and generic arguments (enough for `Type.Name`, `ToString`, casts with variance, Enum).

use crate::method_table::MethodTable;
use crate::record;

record! {
    /// Described type.
    pub struct TypeInfo, TypeInfoFields {
        /// UTF-8 namespace, NUL-terminated (empty string when none).
        pub namespace: *const u8,
        /// UTF-8 metadata name (with `` `1 ``), NUL-terminated; arrays etc.: null (built from the element).
        pub name: *const u8,
        /// UTF-8 full assembly display name ("System.Private.CoreLib, Version=9.0.0.0, Culture=neutral, PublicKeyToken=…"), NUL-terminated.
        pub assembly: *const u8,
        /// Enclosing type or null.
        pub declaring: *const MethodTable,
        /// Generic type definition this is an instantiation of (a MethodTable with GENERICS_TYPICAL), or null.
        pub generic_definition: *const MethodTable,
        /// `generic_arity` exact arguments.
        pub generic_args: *const *const MethodTable,
        /// Per-parameter variance of the definition: 0 none, 1 covariant, 2 contravariant; `generic_arity` bytes or null.
        pub variance: *const u8,
        /// Number of generic arguments.
        pub generic_arity: u16,
        /// Array rank (0 = not an array; 1 with CATEGORY_SZ_ARRAY = vector).
        pub rank: u16,
        /// TypeAttributes (II.23.1.15).
        pub attributes: u32,
        /// Metadata token of the TypeDef.
        pub token: u32,
        /// Enum constants or 0.
        pub enum_count: u32,
        /// `enum_count` values, as u64 zero-extended raw bits, sorted ascending as unsigned.
        pub enum_values: *const u64,
        /// `enum_count` NUL-terminated UTF-8 names.
        pub enum_names: *const *const u8,
        /// Enum has [Flags].
        pub enum_flags: u32,
        /// Size of the value when a value type (unboxed), else 0.
        pub value_size: u32,
        /// Value types: number of instance fields in `value_fields` (emitted for types that may be boxed).
        pub value_field_count: u32,
        /// Value types: how `ValueType.Equals` and `GetHashCode` treat them, one of [`value_equality`].
        pub value_equality: u32,
        /// `value_field_count` entries or null.
        pub value_fields: *const ValueField,
    }
}

record! {
    /// One instance field of a value type (for ValueType.Equals and GetHashCode).
    #[derive(Clone, Copy)]
    pub struct ValueField, ValueFieldFields {
        /// Type of the field (any reference type: its MethodTable or System.Object's).
        pub method_table: *const MethodTable,
        /// Offset from the start of the value.
        pub offset: u64,
    }
}

/// Values of [`TypeInfo::value_equality`].
pub mod value_equality {
    /// Field by field.
    pub const FIELDS: u32 = 0;
    /// Bit by bit: there are no references, padding, floats or overridden `Equals` inside.
    pub const BITS: u32 = 1;
    /// An `[InlineArray]`: both throw.
    pub const INLINE_ARRAY: u32 = 2;
}
