//! Read-only descriptive data of a type: names and generic arguments (enough for `Type.Name`, `ToString`, casts with variance, Enum).
//!
//! There is a lot of it, so the program has it as distances in four bytes ([`PackedTypeInfo`]), which also need no relocation when it starts.
//! What the runtime makes lies too far from the program for that: it is a [`TypeInfo`], and so is what [`read`] returns of either.

use crate::method_table::MethodTable;
use crate::record;
use crate::record::{Relative, mark_made};

record! {
    /// Described type, as the program has it.
    pub struct PackedTypeInfo, PackedTypeInfoFields {
        /// [`TypeInfo::namespace`].
        pub namespace: Relative,
        /// [`TypeInfo::name`].
        pub name: Relative,
        /// [`TypeInfo::assembly`].
        pub assembly: Relative,
        /// [`TypeInfo::declaring`].
        pub declaring: Relative,
        /// [`TypeInfo::generic_definition`].
        pub generic_definition: Relative,
        /// [`TypeInfo::generic_args`].
        pub generic_args: Relative,
        /// [`TypeInfo::variance`].
        pub variance: Relative,
        /// [`PackedValueInfo`], or null: everything in it is zero.
        pub value: Relative,
        /// [`TypeInfo::generic_arity`].
        pub generic_arity: u16,
        /// [`TypeInfo::rank`].
        pub rank: u16,
        /// [`TypeInfo::attributes`].
        pub attributes: u32,
        /// [`TypeInfo::token`].
        pub token: u32,
    }
}

record! {
    /// What only value types have.
    pub struct PackedValueInfo, PackedValueInfoFields {
        /// [`TypeInfo::enum_values`].
        pub enum_values: Relative,
        /// [`TypeInfo::enum_names`].
        pub enum_names: Relative,
        /// [`TypeInfo::value_fields`].
        pub value_fields: Relative,
        /// [`TypeInfo::enum_count`].
        pub enum_count: u32,
        /// [`TypeInfo::value_size`].
        pub value_size: u32,
        /// [`TypeInfo::value_field_count`].
        pub value_field_count: u32,
        /// [`TypeInfo::value_equality`].
        pub value_equality: u16,
        /// [`TypeInfo::enum_flags`].
        pub enum_flags: u16,
    }
}

/// What a MethodTable has of a description that was made at run time.
#[must_use]
pub fn made(info: *const TypeInfo) -> *const PackedTypeInfo {
    mark_made(info)
}

/// The description of a type that was made at run time; null of one that the program has.
#[must_use]
pub fn made_at(info: *const PackedTypeInfo) -> *const TypeInfo {
    record::made_at(info)
}

/// The description that a MethodTable has.
///
/// # Safety
/// `MethodTable::type_info`.
#[inline]
#[must_use]
pub unsafe fn read(info: *const PackedTypeInfo) -> Option<TypeInfo> {
    // SAFETY: either of the two, by the bit; both are there for good.
    unsafe {
        if let Some(made) = made_at(info).as_ref() {
            return Some(*made);
        }
        let p = info.as_ref()?;
        let value: Option<&PackedValueInfo> = p.value.pointer::<PackedValueInfo>().as_ref();
        Some(TypeInfo {
            namespace: p.namespace.pointer(),
            name: p.name.pointer(),
            assembly: p.assembly.pointer(),
            declaring: p.declaring.pointer(),
            generic_definition: p.generic_definition.pointer(),
            generic_args: p.generic_args.pointer(),
            variance: p.variance.pointer(),
            generic_arity: p.generic_arity,
            rank: p.rank,
            attributes: p.attributes,
            token: p.token,
            enum_count: value.map_or(0, |v| v.enum_count),
            enum_values: value.map_or(core::ptr::null(), |v| v.enum_values.pointer()),
            enum_names: value.map_or(core::ptr::null(), |v| v.enum_names.pointer()),
            enum_flags: value.map_or(0, |v| u32::from(v.enum_flags)),
            value_size: value.map_or(0, |v| v.value_size),
            value_field_count: value.map_or(0, |v| v.value_field_count),
            value_equality: value.map_or(0, |v| v.value_equality),
            value_fields: value.map_or(core::ptr::null(), |v| v.value_fields.pointer()),
        })
    }
}

record! {
    /// Described type.
    #[derive(Clone, Copy)]
    pub struct TypeInfo {
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
        pub value_equality: u16,
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
    pub const FIELDS: u16 = 0;
    /// Bit by bit: there are no references, padding, floats or overridden `Equals` inside.
    pub const BITS: u16 = 1;
    /// An `[InlineArray]`: both throw.
    pub const INLINE_ARRAY: u16 = 2;
}
