//! The MethodTable: 80-byte prefix (the parts CoreLib reads are at CoreCLR's offsets), then the vtable.

use crate::record;

record! {
    /// MethodTable as the compiler emits it and the runtime reads it. The vtable (`VTABLE_OFFSET`) follows.
    pub struct MethodTable, MethodTableFields {
        /// High 16 bits: `flags::*`; low 16 bits: component size (arrays, strings) or low flags.
        pub flags: u32,
        /// Instance size incl. header word, 8-aligned except strings (22); arrays: without elements.
        pub base_size: u32,
        /// `elem_kind` of `type_info::CorElementType` for this type (ELEMENT_TYPE_*: VALUETYPE 0x11, CLASS 0x12, I4 0x08 …).
        pub cor_element_type: u8,
        /// `kind_flags::*`.
        pub kind_flags: u8,
        /// Number of vtable entries.
        pub num_virtuals: u16,
        /// [`MADE_AT_RUN_TIME`] or 0.
        pub origin: u16,
        /// Number of entries in `interface_map`.
        pub interface_count: u16,
        /// Base class or null.
        pub parent: *const MethodTable,
        /// Names, module, generic arguments, or null: read by `type_info::read`.
        pub type_info: *const crate::type_info::PackedTypeInfo,
        /// `AuxData` (writable).
        pub aux: *mut AuxData,
        /// GC layout: `u32 count, u32 offsets[count]`, offsets of references from the object pointer (ordinary objects) or from
        /// the start of an element (arrays of structs; arrays of references have count 1, offset 0). Null when there are none.
        pub gc_layout: *const u32,
        /// Arrays: element MethodTable (CoreLib reads it as a TypeHandle). Others: null.
        pub element_type: *const MethodTable,
        /// Array of `interface_count` MethodTable pointers.
        pub interface_map: *const *const MethodTable,
        /// Interface dispatch map or null: read by `dispatch::rows`.
        pub dispatch_map: *const crate::dispatch::DispatchMap,
        /// Finalizer entry `fn(this: Ref)` or null.
        pub finalizer: *const u8,
    }
}

record! {
    /// Writable per-type data. CoreLib reads `flags` (bit 1 HasCheckedCanCompareBits, bit 2 CanCompareBits).
    pub struct AuxData, AuxDataFields {
        /// CoreCLR's MethodTableAuxiliaryData flags.
        pub flags: u32,
        /// The RuntimeType object of this type (allocated outside the moving heap) or null.
        pub runtime_type: *mut u8,
        /// Parameterless constructor's plain entry (`fn(this)`) for Activator, or null. Delegate types: the
        /// `Sym::DelegateMulticast` thunk.
        pub default_ctor: *const u8,
        /// Statics block for RunClassConstructor, or null.
        pub statics: *mut u8,
    }
}

/// Base size of what stands for a type that generic recursion would have made beyond the compiler's limit: no allocator has so much at
/// hand, and where it gives up it says so.
pub const BEYOND_BASE_SIZE: u32 = 0x7FFF_FFF0;

/// `MethodTable::origin` of a type that the runtime made of a template (`templates`).
pub const MADE_AT_RUN_TIME: u16 = 1;

/// Vtable slot of `Object.ToString`, which the runtime calls.
pub const TO_STRING_SLOT: usize = 1;
/// Offset of the first vtable entry.
pub const VTABLE_OFFSET: usize = 80;

/// Offset of a vtable entry.
#[must_use]
pub const fn vtable_slot_offset(slot: u32) -> u32 {
    VTABLE_OFFSET as u32 + slot * size_of::<*const u8>() as u32
}

const _: () = assert!(core::mem::size_of::<MethodTable>() == VTABLE_OFFSET);
const _: () = assert!(core::mem::offset_of!(MethodTable, base_size) == 4);
const _: () = assert!(core::mem::offset_of!(MethodTable, interface_count) == 14);
const _: () = assert!(core::mem::offset_of!(MethodTable, parent) == 16);
const _: () = assert!(core::mem::offset_of!(MethodTable, aux) == 32);
const _: () = assert!(core::mem::offset_of!(MethodTable, element_type) == 48);
const _: () = assert!(core::mem::offset_of!(MethodTable, interface_map) == 56);

/// Flag bits of `MethodTable::flags`, the ones CoreLib's IL tests (measured on 9.0).
pub mod flags {
    /// Arrays and strings: the low 16 bits are the component size.
    pub const HAS_COMPONENT_SIZE: u32 = 0x8000_0000;
    /// The type has a vtable dictionary / variance or similar: cast cannot use the simple path.
    pub const CONTAINS_GENERIC_VARIABLES: u32 = 0x2000_0000;
    /// Instances contain references.
    pub const CONTAINS_GC_POINTERS: u32 = 0x0100_0000;
    /// Has a finalizer.
    pub const HAS_FINALIZER: u32 = 0x0010_0000;
    /// The low half: bytes per element, when [`HAS_COMPONENT_SIZE`].
    pub const COMPONENT_SIZE_MASK: u32 = 0x0000_FFFF;
    /// The category bits that say whether a type is an array, a value type or an interface.
    pub const CATEGORY_KIND_MASK: u32 = 0x000C_0000;
    /// Category bits.
    pub const CATEGORY_MASK: u32 = 0x000F_0000;
    /// Interface.
    pub const CATEGORY_INTERFACE: u32 = 0x000C_0000;
    /// Value type (under [`CATEGORY_KIND_MASK`]).
    pub const CATEGORY_VALUE_TYPE: u32 = 0x0004_0000;
    /// Nullable<T>.
    pub const CATEGORY_NULLABLE: u32 = 0x0005_0000;
    /// Enum (primitive value type).
    pub const CATEGORY_PRIMITIVE_ENUM: u32 = 0x0006_0000;
    /// The category bits that enums and the truly primitive share.
    pub const CATEGORY_PRIMITIVE_MASK: u32 = 0x000E_0000;
    /// Truly primitive.
    pub const CATEGORY_TRUE_PRIMITIVE: u32 = 0x0007_0000;
    /// Array (under [`CATEGORY_KIND_MASK`]).
    pub const CATEGORY_ARRAY: u32 = 0x0008_0000;
    /// Multi-dimensional array: 0x80000; vector: 0xA0000.
    pub const CATEGORY_SZ_ARRAY: u32 = 0x000A_0000;
    /// Low flags when there is no component size: has a default constructor.
    pub const HAS_DEFAULT_CTOR: u32 = 0x0000_0200;
    /// By-ref-like.
    pub const IS_BY_REF_LIKE: u32 = 0x0000_1000;
    /// Generic type definition (0x30), instantiation (0x10).
    pub const GENERICS_MASK: u32 = 0x0000_0030;
    /// An instantiated generic type.
    pub const GENERICS_INSTANTIATION: u32 = 0x0000_0010;
    /// Generic type definition.
    pub const GENERICS_TYPICAL: u32 = 0x0000_0030;
}

/// Bits of `AuxData::flags` that CoreLib reads.
pub mod aux_flags {
    /// Whether instances may be compared bitwise is known.
    pub const HAS_CHECKED_CAN_COMPARE_BITS: u32 = 2;
    /// They may.
    pub const CAN_COMPARE_BITS: u32 = 4;
}

/// Bits of `MethodTable::kind_flags`.
pub mod kind_flags {
    /// Interface with variant type parameters, or delegate with them.
    pub const HAS_VARIANCE: u8 = 1;
    /// Abstract class.
    pub const ABSTRACT: u8 = 2;
    /// Sealed.
    pub const SEALED: u8 = 4;
    /// Delegate.
    pub const DELEGATE: u8 = 8;
    /// A generic interface that vectors have, or a vector that has them. They are not in its interface map: they follow from its element.
    pub const OF_VECTORS: u8 = 16;
    /// The constructor without parameters is not public.
    pub const HIDDEN_CTOR: u8 = 32;
}
