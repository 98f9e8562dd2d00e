//! What a program has of conversions between managed and native code: which delegate types are C functions and back, and what structures are
//! to native code where their bytes differ.

use crate::method_table::MethodTable;
use crate::record;

record! {
    /// A delegate type that crosses.
    pub struct NativeDelegate, NativeDelegateFields {
        /// The type.
        pub table: *const MethodTable,
        /// The C function that calls a delegate; a thunk brings the word that holds it (`Sym::DelegateEntry`).
        pub entry: *const u8,
        /// What delegates over a function pointer call (`Sym::DelegateNative`).
        pub call: *const u8,
    }
}

record! {
    /// A field of a structure.
    pub struct NativeField, NativeFieldFields {
        /// Offset from the first byte of a value, or of a class's data.
        pub managed: u32,
        /// Offset in the native form.
        pub native: u32,
        /// `field_kind::*`.
        pub kind: u32,
        /// Bytes (`SAME`, `BOOL`), characters (`INLINE_*TEXT`) or elements (`INLINE_ARRAY`).
        pub count: u32,
        /// `INLINE_ARRAY`: the elements' `field_kind`.
        pub element: u32,
        /// `INLINE_ARRAY`: the size of an element in the native form.
        pub size: u32,
        /// `STRUCT`, `CLASS`, `DELEGATE`, `INLINE_ARRAY`: the field's type.
        pub table: *const MethodTable,
    }
}

/// How a field crosses. `corelib/overlay/Structures.cs` has the same numbers.
pub mod field_kind {
    /// As it is.
    pub const SAME: u32 = 0;
    /// A truth value of `count` bytes.
    pub const BOOL: u32 = 1;
    /// A character of one byte.
    pub const CHAR: u32 = 2;
    /// The address of UTF-8.
    pub const TEXT: u32 = 3;
    /// The address of UTF-16.
    pub const WIDE_TEXT: u32 = 4;
    /// The address of UTF-16 with its length before it.
    pub const BSTR: u32 = 5;
    /// UTF-8 in place.
    pub const INLINE_TEXT: u32 = 6;
    /// UTF-16 in place.
    pub const INLINE_WIDE_TEXT: u32 = 7;
    /// Elements of an array in place.
    pub const INLINE_ARRAY: u32 = 8;
    /// A structure that differs, in place.
    pub const STRUCT: u32 = 9;
    /// The structure of a class in place.
    pub const CLASS: u32 = 10;
    /// A C function.
    pub const DELEGATE: u32 = 11;
    /// A date as days since 1899.
    pub const DATE: u32 = 12;
    /// A safe handle's value.
    pub const HANDLE: u32 = 13;
}

record! {
    /// What a structure is to native code, where that is not what it is to managed code.
    pub struct NativeForm, NativeFormFields {
        /// The type.
        pub table: *const MethodTable,
        /// Why it has no native form: what the exception says. Null where it has one.
        pub refused: *const u8,
        /// `field_count` fields.
        pub fields: *const NativeField,
        /// Number of them.
        pub field_count: u32,
        /// Bytes.
        pub size: u32,
    }
}

record! {
    /// The whole.
    pub struct Interop, InteropFields {
        /// `delegate_count` delegate types.
        pub delegates: *const NativeDelegate,
        /// Number of them.
        pub delegate_count: u64,
        /// `form_count` structures.
        pub forms: *const *const NativeForm,
        /// Number of them.
        pub form_count: u64,
    }
}
