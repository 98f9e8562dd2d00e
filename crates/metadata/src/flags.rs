//! The bit masks of ECMA-335 II.23.1 and tests on rows.

use crate::rows::{FieldRow, GenericParamRow, MethodDefRow, TypeDefRow};

/// `TypeAttributes`.
pub mod type_attributes {
    #![allow(missing_docs, reason = "the names are those of ECMA-335 II.23.1.15")]
    pub const VISIBILITY_MASK: u32 = 0x7;
    pub const NOT_PUBLIC: u32 = 0;
    pub const PUBLIC: u32 = 1;
    pub const NESTED_PUBLIC: u32 = 2;
    pub const NESTED_PRIVATE: u32 = 3;
    pub const NESTED_FAMILY: u32 = 4;
    pub const NESTED_ASSEMBLY: u32 = 5;
    pub const NESTED_FAM_AND_ASSEM: u32 = 6;
    pub const NESTED_FAM_OR_ASSEM: u32 = 7;
    pub const LAYOUT_MASK: u32 = 0x18;
    pub const AUTO_LAYOUT: u32 = 0;
    pub const SEQUENTIAL_LAYOUT: u32 = 0x8;
    pub const EXPLICIT_LAYOUT: u32 = 0x10;
    pub const EXTENDED_LAYOUT: u32 = 0x18;
    pub const INTERFACE: u32 = 0x20;
    pub const ABSTRACT: u32 = 0x80;
    pub const SEALED: u32 = 0x100;
    pub const SPECIAL_NAME: u32 = 0x400;
    pub const RT_SPECIAL_NAME: u32 = 0x800;
    pub const IMPORT: u32 = 0x1000;
    pub const SERIALIZABLE: u32 = 0x2000;
    pub const STRING_FORMAT_MASK: u32 = 0x3_0000;
    pub const ANSI_CLASS: u32 = 0;
    pub const UNICODE_CLASS: u32 = 0x1_0000;
    pub const AUTO_CLASS: u32 = 0x2_0000;
    pub const HAS_SECURITY: u32 = 0x4_0000;
    pub const BEFORE_FIELD_INIT: u32 = 0x10_0000;
}

/// `ExportedType` flag: a type forwarder.
pub const FORWARDER: u32 = 0x20_0000;
/// `EventAttributes.SpecialName`.
pub const SPECIAL_NAME_EVENT: u16 = 0x200;

/// `FieldAttributes`.
pub mod field_attributes {
    #![allow(missing_docs, reason = "the names are those of ECMA-335 II.23.1.5")]
    pub const ACCESS_MASK: u16 = 0x7;
    pub const PRIVATE: u16 = 0x1;
    pub const PUBLIC: u16 = 0x6;
    pub const STATIC: u16 = 0x10;
    pub const INIT_ONLY: u16 = 0x20;
    pub const LITERAL: u16 = 0x40;
    pub const NOT_SERIALIZED: u16 = 0x80;
    pub const HAS_FIELD_RVA: u16 = 0x100;
    pub const SPECIAL_NAME: u16 = 0x200;
    pub const RT_SPECIAL_NAME: u16 = 0x400;
    pub const HAS_FIELD_MARSHAL: u16 = 0x1000;
    pub const PINVOKE_IMPL: u16 = 0x2000;
    pub const HAS_DEFAULT: u16 = 0x8000;
}

/// `MethodAttributes`.
pub mod method_attributes {
    #![allow(missing_docs, reason = "the names are those of ECMA-335 II.23.1.10")]
    pub const ACCESS_MASK: u16 = 0x7;
    pub const COMPILER_CONTROLLED: u16 = 0;
    pub const PRIVATE: u16 = 1;
    pub const FAM_AND_ASSEM: u16 = 2;
    pub const ASSEMBLY: u16 = 3;
    pub const FAMILY: u16 = 4;
    pub const FAM_OR_ASSEM: u16 = 5;
    pub const PUBLIC: u16 = 6;
    pub const UNMANAGED_EXPORT: u16 = 0x8;
    pub const STATIC: u16 = 0x10;
    pub const FINAL: u16 = 0x20;
    pub const VIRTUAL: u16 = 0x40;
    pub const HIDE_BY_SIG: u16 = 0x80;
    pub const NEW_SLOT: u16 = 0x100;
    pub const STRICT: u16 = 0x200;
    pub const ABSTRACT: u16 = 0x400;
    pub const SPECIAL_NAME: u16 = 0x800;
    pub const RT_SPECIAL_NAME: u16 = 0x1000;
    pub const PINVOKE_IMPL: u16 = 0x2000;
    pub const HAS_SECURITY: u16 = 0x4000;
    pub const REQUIRE_SEC_OBJECT: u16 = 0x8000;
}

/// `MethodImplAttributes`.
pub mod method_impl_attributes {
    #![allow(missing_docs, reason = "the names are those of ECMA-335 II.23.1.11 and of System.Reflection")]
    pub const CODE_TYPE_MASK: u16 = 0x3;
    pub const IL: u16 = 0;
    pub const NATIVE: u16 = 1;
    pub const OPTIL: u16 = 2;
    pub const RUNTIME: u16 = 3;
    pub const UNMANAGED: u16 = 0x4;
    pub const NO_INLINING: u16 = 0x8;
    pub const FORWARD_REF: u16 = 0x10;
    pub const SYNCHRONIZED: u16 = 0x20;
    pub const NO_OPTIMIZATION: u16 = 0x40;
    pub const PRESERVE_SIG: u16 = 0x80;
    pub const AGGRESSIVE_INLINING: u16 = 0x100;
    pub const AGGRESSIVE_OPTIMIZATION: u16 = 0x200;
    pub const INTERNAL_CALL: u16 = 0x1000;
    /// Runtime async (.NET 10).
    pub const ASYNC: u16 = 0x2000;
}

/// `ParamAttributes`.
pub mod param_attributes {
    #![allow(missing_docs, reason = "the names are those of ECMA-335 II.23.1.13")]
    pub const IN: u16 = 0x1;
    pub const OUT: u16 = 0x2;
    pub const OPTIONAL: u16 = 0x10;
    pub const HAS_DEFAULT: u16 = 0x1000;
    pub const HAS_FIELD_MARSHAL: u16 = 0x2000;
}

/// `MethodSemanticsAttributes`.
pub mod method_semantics {
    #![allow(missing_docs, reason = "the names are those of ECMA-335 II.23.1.12")]
    pub const SETTER: u16 = 0x1;
    pub const GETTER: u16 = 0x2;
    pub const OTHER: u16 = 0x4;
    pub const ADD_ON: u16 = 0x8;
    pub const REMOVE_ON: u16 = 0x10;
    pub const FIRE: u16 = 0x20;
}

/// `PInvokeAttributes`.
pub mod pinvoke_attributes {
    #![allow(missing_docs, reason = "the names are those of ECMA-335 II.23.1.8")]
    pub const NO_MANGLE: u16 = 0x1;
    pub const CHAR_SET_MASK: u16 = 0x6;
    pub const CHAR_SET_NOT_SPEC: u16 = 0;
    pub const CHAR_SET_ANSI: u16 = 0x2;
    pub const CHAR_SET_UNICODE: u16 = 0x4;
    pub const CHAR_SET_AUTO: u16 = 0x6;
    pub const BEST_FIT_ENABLED: u16 = 0x10;
    pub const BEST_FIT_DISABLED: u16 = 0x20;
    pub const SUPPORTS_LAST_ERROR: u16 = 0x40;
    pub const CALL_CONV_MASK: u16 = 0x700;
    pub const CALL_CONV_WINAPI: u16 = 0x100;
    pub const CALL_CONV_CDECL: u16 = 0x200;
    pub const CALL_CONV_STDCALL: u16 = 0x300;
    pub const CALL_CONV_THISCALL: u16 = 0x400;
    pub const CALL_CONV_FASTCALL: u16 = 0x500;
}

/// `GenericParamAttributes`.
pub mod generic_param_attributes {
    #![allow(missing_docs, reason = "the names are those of ECMA-335 II.23.1.7")]
    pub const VARIANCE_MASK: u16 = 0x3;
    pub const COVARIANT: u16 = 0x1;
    pub const CONTRAVARIANT: u16 = 0x2;
    pub const REFERENCE_TYPE_CONSTRAINT: u16 = 0x4;
    pub const NOT_NULLABLE_VALUE_TYPE_CONSTRAINT: u16 = 0x8;
    pub const DEFAULT_CONSTRUCTOR_CONSTRAINT: u16 = 0x10;
    pub const ALLOW_BY_REF_LIKE: u16 = 0x20;
}

/// `AssemblyFlags`.
pub mod assembly_flags {
    #![allow(missing_docs, reason = "the names are those of ECMA-335 II.23.1.2")]
    pub const PUBLIC_KEY: u32 = 0x1;
    pub const RETARGETABLE: u32 = 0x100;
    pub const CONTENT_TYPE_MASK: u32 = 0xE00;
    pub const WINDOWS_RUNTIME: u32 = 0x200;
}

impl TypeDefRow<'_> {
    /// Whether the type is an interface.
    #[must_use]
    pub fn is_interface(&self) -> bool {
        self.flags & type_attributes::INTERFACE != 0
    }

    /// Whether the type is abstract.
    #[must_use]
    pub fn is_abstract(&self) -> bool {
        self.flags & type_attributes::ABSTRACT != 0
    }

    /// Whether the type is sealed.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.flags & type_attributes::SEALED != 0
    }

    /// Whether the type is nested in another.
    #[must_use]
    pub fn is_nested(&self) -> bool {
        self.flags & type_attributes::VISIBILITY_MASK >= type_attributes::NESTED_PUBLIC
    }

    /// Whether the static constructor may run lazily at the first field access.
    #[must_use]
    pub fn is_before_field_init(&self) -> bool {
        self.flags & type_attributes::BEFORE_FIELD_INIT != 0
    }

    /// Whether fields have explicit offsets.
    #[must_use]
    pub fn is_explicit_layout(&self) -> bool {
        self.flags & type_attributes::LAYOUT_MASK == type_attributes::EXPLICIT_LAYOUT
    }

    /// Whether fields keep their declared order.
    #[must_use]
    pub fn is_sequential_layout(&self) -> bool {
        self.flags & type_attributes::LAYOUT_MASK == type_attributes::SEQUENTIAL_LAYOUT
    }
}

impl FieldRow<'_> {
    /// Whether the field is static.
    #[must_use]
    pub fn is_static(&self) -> bool {
        self.flags & field_attributes::STATIC != 0
    }

    /// Whether the field is a compile-time constant without storage.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        self.flags & field_attributes::LITERAL != 0
    }

    /// Whether the field is written by constructors only.
    #[must_use]
    pub fn is_init_only(&self) -> bool {
        self.flags & field_attributes::INIT_ONLY != 0
    }

    /// Whether the initial value lies in the image.
    #[must_use]
    pub fn has_rva(&self) -> bool {
        self.flags & field_attributes::HAS_FIELD_RVA != 0
    }
}

impl MethodDefRow<'_> {
    /// Whether the method is static.
    #[must_use]
    pub fn is_static(&self) -> bool {
        self.flags & method_attributes::STATIC != 0
    }

    /// Whether the method is virtual.
    #[must_use]
    pub fn is_virtual(&self) -> bool {
        self.flags & method_attributes::VIRTUAL != 0
    }

    /// Whether the method is abstract.
    #[must_use]
    pub fn is_abstract(&self) -> bool {
        self.flags & method_attributes::ABSTRACT != 0
    }

    /// Whether the method cannot be overridden.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.flags & method_attributes::FINAL != 0
    }

    /// Whether the method takes a new vtable slot.
    #[must_use]
    pub fn is_new_slot(&self) -> bool {
        self.flags & method_attributes::NEW_SLOT != 0
    }

    /// Whether the method is a platform invoke.
    #[must_use]
    pub fn is_pinvoke(&self) -> bool {
        self.flags & method_attributes::PINVOKE_IMPL != 0
    }

    /// Whether the runtime implements the method (`extern` with `InternalCall`).
    #[must_use]
    pub fn is_internal_call(&self) -> bool {
        self.impl_flags & method_impl_attributes::INTERNAL_CALL != 0
    }

    /// Whether the runtime provides the body (delegate methods).
    #[must_use]
    pub fn is_runtime_provided(&self) -> bool {
        self.impl_flags & method_impl_attributes::CODE_TYPE_MASK == method_impl_attributes::RUNTIME
    }

    /// Whether inlining is forbidden.
    #[must_use]
    pub fn is_no_inlining(&self) -> bool {
        self.impl_flags & method_impl_attributes::NO_INLINING != 0
    }

    /// Whether the method takes the monitor of its receiver or type.
    #[must_use]
    pub fn is_synchronized(&self) -> bool {
        self.impl_flags & method_impl_attributes::SYNCHRONIZED != 0
    }

    /// Whether inlining is asked for.
    #[must_use]
    pub fn is_aggressive_inlining(&self) -> bool {
        self.impl_flags & method_impl_attributes::AGGRESSIVE_INLINING != 0
    }

    /// Whether this is an instance constructor.
    #[must_use]
    pub fn is_constructor(&self) -> bool {
        self.flags & method_attributes::RT_SPECIAL_NAME != 0 && self.name == ".ctor"
    }

    /// Whether this is a static constructor.
    #[must_use]
    pub fn is_static_constructor(&self) -> bool {
        self.flags & method_attributes::RT_SPECIAL_NAME != 0 && self.name == ".cctor"
    }
}

impl GenericParamRow<'_> {
    /// Whether the parameter is covariant (`out`).
    #[must_use]
    pub fn is_covariant(&self) -> bool {
        self.flags & generic_param_attributes::VARIANCE_MASK == generic_param_attributes::COVARIANT
    }

    /// Whether the parameter is contravariant (`in`).
    #[must_use]
    pub fn is_contravariant(&self) -> bool {
        self.flags & generic_param_attributes::VARIANCE_MASK == generic_param_attributes::CONTRAVARIANT
    }
}
