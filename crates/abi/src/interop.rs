//! What a program has of conversions between managed and native code: which delegate types are C functions and back.

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
    /// The whole.
    pub struct Interop, InteropFields {
        /// `delegate_count` delegate types.
        pub delegates: *const NativeDelegate,
        /// Number of them.
        pub delegate_count: u64,
    }
}
