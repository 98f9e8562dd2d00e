//! Templates: what the runtime makes instantiations of that nobody compiled (ADR 0015).
//!
//! A template is the instantiation over `System.__Canon` itself (contract §2): its MethodTable has the vtable, layout and code that every
//! instantiation with that canonical form shares. What differs between them is said as signatures over the type parameters, which
//! the runtime evaluates for the arguments at hand: base type and interfaces, the rows of the dispatch map, the slots of dictionaries.
//!
//! Signatures are those of [`sig`](crate::reflection::sig), with indices into [`Templates::pool`]: `VAR` is an argument of the type that is made,
//! `MVAR` one of the method.

use crate::dispatch::GvmHandle;
use crate::method_table::MethodTable;
use crate::record;
use crate::statics::{StaticsHeader, ThreadStaticsDescriptor};

record! {
    /// What `Reflection::templates` points to.
    pub struct Templates, TemplatesFields {
        /// `type_count` types.
        pub types: *const TypeTemplate,
        /// Number of them.
        pub type_count: u64,
        /// `method_count` methods that take a dictionary.
        pub methods: *const MethodTemplate,
        /// Number of them.
        pub method_count: u64,
        /// `generic_count` implementations of generic virtual methods.
        pub generics: *const GenericVirtualTemplate,
        /// Number of them.
        pub generic_count: u64,
        /// `call_count` calls of generic virtual methods that may reach types which are made.
        pub calls: *const GenericVirtualCall,
        /// Number of them.
        pub call_count: u64,
        /// `constraint_count` definitions with constraints.
        pub constraints: *const Constraints,
        /// Number of them.
        pub constraint_count: u64,
        /// `thread_statics_count` descriptors.
        pub thread_statics: *const ThreadStaticsOf,
        /// Number of them.
        pub thread_statics_count: u64,
        /// Types that signatures name; null where the program does not have the type.
        pub pool: *const *const MethodTable,
        /// Code and records that slots name.
        pub addresses: *const *const u8,
        /// Blobs; 0 is "none".
        pub blobs: *const u8,
        /// `System.__Canon`.
        pub canon: *const MethodTable,
        /// The definitions that default comparers are made of, by [`comparer`]; null where the program has none.
        pub comparers: [*const MethodTable; comparer::COUNT],
        /// The runtime's code for generic virtual calls that no row of the program answers: [`GenericVirtual`].
        pub generic_virtual: *const u8,
        /// The runtime's code for methods of vectors' interfaces that only code over types that are made calls: [`OfVectors`].
        pub of_vectors: *const u8,
    }
}

/// Code of a generic virtual method on objects of a type; null where the program has none.
pub type GenericVirtual = unsafe extern "C" fn(receiver: *const MethodTable, handle: *const GvmHandle) -> *const u8;

/// Code of a vector for the method in a slot of one of its interfaces; null where the program has none.
pub type OfVectors = unsafe extern "C" fn(interface: *const MethodTable, slot: u32) -> *const u8;

/// Indices into [`Templates::comparers`].
pub mod comparer {
    /// `IEquatable<T>`.
    pub const EQUATABLE: usize = 0;
    /// The comparer for what implements it.
    pub const GENERIC_EQUALITY: usize = 1;
    /// The comparer for all else.
    pub const OBJECT_EQUALITY: usize = 2;
    /// `IComparable<T>`; its comparers follow in the same order.
    pub const COMPARABLE: usize = 3;
    /// Number of definitions.
    pub const COUNT: usize = 6;
}

/// No vtable slot.
pub const NO_SLOT: u32 = u32::MAX;

record! {
    /// A type whose instantiations can be made.
    pub struct TypeTemplate, TypeTemplateFields {
        /// The instantiation over `__Canon`.
        pub table: *const MethodTable,
        /// Blob: `has base: u8`, the base type, `count: u16`, the interfaces.
        pub supertypes: u32,
        /// Blob: `count: u16`, then for each row of the dispatch map the interface, `slot: u16`, and a slot of [`slot`] that is code.
        pub dispatch: u32,
        /// Blob: `count: u16`, then the slots of the dictionary.
        pub dictionary: u32,
        /// Vtable slot of the dictionary or [`NO_SLOT`].
        pub dictionary_slot: u32,
        /// Blob: `count: u16`, then as u32 the vtable slots of dictionaries that are those of the base type.
        pub inherited: u32,
        /// Bytes of the statics block.
        pub statics_size: u32,
        /// The template's own statics block, never used as such; or null.
        pub statics: *const StaticsHeader,
        /// `u32 count, u32 offsets[count]` of the references in a statics block, or null.
        pub static_refs: *const u32,
        /// The thread statics, or null.
        pub thread_statics: *const ThreadStaticsDescriptor,
    }
}

record! {
    /// A method that takes a dictionary, in its canonical form.
    pub struct MethodTemplate, MethodTemplateFields {
        /// The type that declares it, in its canonical form; null where the program does not have it.
        pub owner: *const MethodTable,
        /// Pool indices of its arguments: a blob of `count: u8` and `u32`s.
        pub arguments: u32,
        /// Token of the definition.
        pub token: u32,
        /// Blob: `count: u16`, then the slots of the dictionary.
        pub dictionary: u32,
        /// Vacant.
        pub reserved: u32,
        /// Its handle if it is virtual and called by reflection, or null.
        pub handle: *const GvmHandle,
        /// Stub with the plain signature that takes the dictionary from a thunk; or null.
        pub code: *const u8,
    }
}

record! {
    /// What a generic virtual method is on receivers of a type: the receiver's type or the method is a template, or both are.
    pub struct GenericVirtualTemplate, GenericVirtualTemplateFields {
        /// The receiver's type.
        pub receiver: *const MethodTable,
        /// The method.
        pub handle: *const GvmHandle,
        /// The code; where it takes a dictionary the stub that a thunk calls.
        pub code: *const u8,
        /// Blob: `count: u8` and the method's arguments; 0 where the handle is a template: then they are those of the handle that is called.
        pub arguments: u32,
        /// Index of the implementation among the methods, or [`NO_METHOD`]: the code takes no dictionary.
        pub method: u32,
        /// Blob: the interface, where the receiver has several with the handle's canonical form; else 0.
        pub interface: u32,
        /// Vacant.
        pub reserved: u32,
    }
}

record! {
    /// A handle of the program whose owner is an instantiation: on receivers that are made, its implementations are those of its canonical form.
    pub struct GenericVirtualCall, GenericVirtualCallFields {
        /// The handle that is called.
        pub handle: *const GvmHandle,
        /// The handle of the canonical form.
        pub canonical: *const GvmHandle,
        /// Blob: `count: u8` and the method's arguments.
        pub arguments: u32,
        /// Vacant.
        pub reserved: u32,
    }
}

/// No method.
pub const NO_METHOD: u32 = u32::MAX;

record! {
    /// What type arguments of a definition have to be.
    pub struct Constraints, ConstraintsFields {
        /// The definition.
        pub definition: *const MethodTable,
        /// Blob: `count: u8`, then for each parameter `attributes: u16` (II.23.1.7), `count: u8` and the constraints.
        pub parameters: u64,
    }
}

record! {
    /// The thread statics of an instantiation that was compiled.
    pub struct ThreadStaticsOf, ThreadStaticsOfFields {
        /// The type.
        pub table: *const MethodTable,
        /// Its descriptor.
        pub descriptor: *const ThreadStaticsDescriptor,
    }
}

/// Slots: what they hold is said by a byte and operands. `m` stands for a method: its index among the methods as u32, its owner, `count: u8` and its arguments;
/// `address` for a u32 index of [`Templates::addresses`].
pub mod slot {
    /// Nothing that could be made: using it fails.
    pub const NONE: u8 = 0;
    /// A MethodTable: a type.
    pub const TYPE: u8 = 1;
    /// A statics block: a type.
    pub const STATICS: u8 = 2;
    /// A thread-statics descriptor: a type.
    pub const THREAD_STATICS: u8 = 3;
    /// A method's dictionary: `m`.
    pub const DICTIONARY: u8 = 4;
    /// Code as it is: `address`.
    pub const CODE: u8 = 5;
    /// Code that takes a MethodTable: `address`, a type.
    pub const CODE_OF_TYPE: u8 = 6;
    /// Code that takes a dictionary: `address`, `m`.
    pub const CODE_OF_METHOD: u8 = 7;
    /// A dispatch cell: the interface, `slot: u16`.
    pub const CELL: u8 = 8;
    /// The handle of a generic virtual method: `address` of the template's handle, the owner, `count: u8`, the arguments.
    pub const GENERIC_VIRTUAL: u8 = 9;
    /// The class of a default equality comparer: a type.
    pub const EQUALITY_COMPARER: u8 = 10;
    /// The class of a default comparer: a type.
    pub const COMPARER: u8 = 11;
    /// The handle of a method or field: the owner, `token: u32`, `count: u8`, the arguments.
    pub const MEMBER: u8 = 12;
}
