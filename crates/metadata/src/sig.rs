//! Signatures as trees (ECMA-335 II.23.2). Custom modifiers, pins and the sentinel are kept.

mod reader;

pub use reader::SigReader;

use crate::ids::TypeDefOrRef;

/// How deep types may nest in a signature. Compilers stay far below; a hostile blob must not exhaust the stack.
pub const MAX_DEPTH: u32 = 128;

/// The `ELEMENT_TYPE_*` bytes (ECMA-335 II.23.1.16).
pub mod element_type {
    #![allow(missing_docs, reason = "the names are those of the standard")]
    pub const END: u8 = 0x00;
    pub const VOID: u8 = 0x01;
    pub const BOOLEAN: u8 = 0x02;
    pub const CHAR: u8 = 0x03;
    pub const I1: u8 = 0x04;
    pub const U1: u8 = 0x05;
    pub const I2: u8 = 0x06;
    pub const U2: u8 = 0x07;
    pub const I4: u8 = 0x08;
    pub const U4: u8 = 0x09;
    pub const I8: u8 = 0x0A;
    pub const U8: u8 = 0x0B;
    pub const R4: u8 = 0x0C;
    pub const R8: u8 = 0x0D;
    pub const STRING: u8 = 0x0E;
    pub const PTR: u8 = 0x0F;
    pub const BYREF: u8 = 0x10;
    pub const VALUETYPE: u8 = 0x11;
    pub const CLASS: u8 = 0x12;
    pub const VAR: u8 = 0x13;
    pub const ARRAY: u8 = 0x14;
    pub const GENERICINST: u8 = 0x15;
    pub const TYPEDBYREF: u8 = 0x16;
    pub const I: u8 = 0x18;
    pub const U: u8 = 0x19;
    pub const FNPTR: u8 = 0x1B;
    pub const OBJECT: u8 = 0x1C;
    pub const SZARRAY: u8 = 0x1D;
    pub const MVAR: u8 = 0x1E;
    pub const CMOD_REQD: u8 = 0x1F;
    pub const CMOD_OPT: u8 = 0x20;
    pub const SENTINEL: u8 = 0x41;
    pub const PINNED: u8 = 0x45;
    pub const TYPE: u8 = 0x50;
    pub const BOXED: u8 = 0x51;
    pub const FIELD: u8 = 0x53;
    pub const PROPERTY: u8 = 0x54;
    pub const ENUM: u8 = 0x55;
}

/// A type that a single byte denotes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Primitive {
    /// `void`
    Void,
    /// `bool`
    Boolean,
    /// `char`
    Char,
    /// `sbyte`
    I1,
    /// `byte`
    U1,
    /// `short`
    I2,
    /// `ushort`
    U2,
    /// `int`
    I4,
    /// `uint`
    U4,
    /// `long`
    I8,
    /// `ulong`
    U8,
    /// `float`
    R4,
    /// `double`
    R8,
    /// `string`
    String,
    /// `System.TypedReference`
    TypedByRef,
    /// `nint`
    I,
    /// `nuint`
    U,
    /// `object`
    Object,
}

impl Primitive {
    /// From an `ELEMENT_TYPE_*` byte.
    #[must_use]
    pub fn from_element_type(b: u8) -> Option<Self> {
        use element_type as e;
        Some(match b {
            e::VOID => Self::Void,
            e::BOOLEAN => Self::Boolean,
            e::CHAR => Self::Char,
            e::I1 => Self::I1,
            e::U1 => Self::U1,
            e::I2 => Self::I2,
            e::U2 => Self::U2,
            e::I4 => Self::I4,
            e::U4 => Self::U4,
            e::I8 => Self::I8,
            e::U8 => Self::U8,
            e::R4 => Self::R4,
            e::R8 => Self::R8,
            e::STRING => Self::String,
            e::TYPEDBYREF => Self::TypedByRef,
            e::I => Self::I,
            e::U => Self::U,
            e::OBJECT => Self::Object,
            _ => return None,
        })
    }

    /// Size in bytes where it does not depend on the target (`None` for `void`, native ints and references).
    #[must_use]
    pub fn fixed_size(self) -> Option<u32> {
        Some(match self {
            Self::Boolean | Self::I1 | Self::U1 => 1,
            Self::Char | Self::I2 | Self::U2 => 2,
            Self::I4 | Self::U4 | Self::R4 => 4,
            Self::I8 | Self::U8 | Self::R8 => 8,
            _ => return None,
        })
    }

    /// Name of the type in namespace `System`.
    #[must_use]
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Void => "Void",
            Self::Boolean => "Boolean",
            Self::Char => "Char",
            Self::I1 => "SByte",
            Self::U1 => "Byte",
            Self::I2 => "Int16",
            Self::U2 => "UInt16",
            Self::I4 => "Int32",
            Self::U4 => "UInt32",
            Self::I8 => "Int64",
            Self::U8 => "UInt64",
            Self::R4 => "Single",
            Self::R8 => "Double",
            Self::String => "String",
            Self::TypedByRef => "TypedReference",
            Self::I => "IntPtr",
            Self::U => "UIntPtr",
            Self::Object => "Object",
        }
    }
}

/// A type in a signature.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum SigType {
    /// A type with an element type byte of its own, `void` included.
    Primitive(Primitive),
    /// A value type by name.
    ValueType(TypeDefOrRef),
    /// A reference type by name.
    Class(TypeDefOrRef),
    /// `T*`; `void*` has `void` inside.
    Ptr(Box<SigType>),
    /// `ref T`.
    ByRef(Box<SigType>),
    /// `T[]`.
    SzArray(Box<SigType>),
    /// A general array.
    Array(Box<ArraySig>),
    /// A constructed type.
    GenericInst {
        /// Whether the definition is a value type.
        value_type: bool,
        /// The generic definition.
        def: TypeDefOrRef,
        /// The arguments, at least one.
        args: Vec<SigType>,
    },
    /// Generic parameter of the type.
    Var(u32),
    /// Generic parameter of the method.
    MVar(u32),
    /// A function pointer.
    FnPtr(Box<MethodSig>),
    /// A custom modifier and the type it modifies.
    Modified {
        /// `modreq` rather than `modopt`.
        required: bool,
        /// The modifier.
        modifier: TypeDefOrRef,
        /// What is modified.
        inner: Box<SigType>,
    },
    /// A local variable whose referent does not move.
    Pinned(Box<SigType>),
}

/// The shape of a general array.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ArraySig {
    /// Element type.
    pub element: SigType,
    /// Number of dimensions, at least 1.
    pub rank: u32,
    /// Sizes of the first dimensions.
    pub sizes: Vec<u32>,
    /// Lower bounds of the first dimensions.
    pub lower_bounds: Vec<i32>,
}

/// The calling convention of a method signature.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum CallConv {
    /// Managed.
    Default,
    /// Native `cdecl`.
    Cdecl,
    /// Native `stdcall`.
    StdCall,
    /// Native `thiscall`.
    ThisCall,
    /// Native `fastcall`.
    FastCall,
    /// Managed with variable arguments.
    VarArg,
    /// Native, platform default; modifiers of the return type may name more.
    Unmanaged,
}

/// A method signature (definition, reference, call site or function pointer).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MethodSig {
    /// Convention.
    pub call_conv: CallConv,
    /// The method has a `this`.
    pub has_this: bool,
    /// `this` is listed among the parameters.
    pub explicit_this: bool,
    /// Number of generic parameters.
    pub generic_params: u32,
    /// Return type.
    pub ret: SigType,
    /// Parameters without `this` (unless it is explicit).
    pub params: Vec<SigType>,
    /// Parameters from this position on stand behind the sentinel (a `vararg` call site).
    pub sentinel: Option<u32>,
}

/// A property signature.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PropertySig {
    /// An instance property.
    pub has_this: bool,
    /// Its type.
    pub ty: SigType,
    /// Index parameters.
    pub params: Vec<SigType>,
}

/// What a member reference denotes, by its signature.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum MemberSig {
    /// A field of this type.
    Field(SigType),
    /// A method.
    Method(MethodSig),
}

impl SigType {
    /// Whether this is `void` (modifiers ignored).
    #[must_use]
    pub fn is_void(&self) -> bool {
        matches!(self.unmodified(), Self::Primitive(Primitive::Void))
    }

    /// Strips custom modifiers at the top.
    #[must_use]
    pub fn unmodified(&self) -> &SigType {
        let mut t = self;
        while let Self::Modified { inner, .. } = t {
            t = inner;
        }
        t
    }

    /// The custom modifiers at the top, outermost first: `(required, modifier)`.
    pub fn modifiers(&self) -> impl Iterator<Item = (bool, TypeDefOrRef)> + '_ {
        let mut t = self;
        core::iter::from_fn(move || match t {
            Self::Modified { required, modifier, inner } => {
                t = inner;
                Some((*required, *modifier))
            }
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MetadataError;
    use crate::ids::{TypeDefId, TypeRefId, TypeSpecId};

    const INT: SigType = SigType::Primitive(Primitive::I4);

    #[test]
    fn method_with_modifiers_and_sentinel() {
        // vararg, instance: ref int modreq(TypeRef 2) f(string, ..., List`1<!0>, !!1[,])
        let blob = [0x25, 3, 0x1F, 0x09, 0x10, 0x08, 0x0E, 0x41, 0x15, 0x12, 0x08, 1, 0x13, 0, 0x14, 0x1E, 1, 2, 0, 2, 0, 0];
        let sig = SigReader::new(&blob).method().unwrap();
        assert_eq!(sig.call_conv, CallConv::VarArg);
        assert!(sig.has_this && !sig.explicit_this);
        assert_eq!(sig.ret.modifiers().collect::<Vec<_>>(), [(true, TypeDefOrRef::TypeRef(TypeRefId(2)))]);
        assert_eq!(sig.ret.unmodified(), &SigType::ByRef(Box::new(INT)));
        assert_eq!(sig.sentinel, Some(1));
        let def = TypeDefOrRef::TypeDef(TypeDefId(2));
        let list = SigType::GenericInst { value_type: false, def, args: vec![SigType::Var(0)] };
        let array = ArraySig { element: SigType::MVar(1), rank: 2, sizes: vec![], lower_bounds: vec![0, 0] };
        let params = [SigType::Primitive(Primitive::String), list, SigType::Array(Box::new(array))];
        assert_eq!(sig.params, params);
        for cut in 0..blob.len() {
            assert!(SigReader::new(&blob[..cut]).method().is_err());
        }
    }

    #[test]
    fn locals_and_function_pointers() {
        // pinned ref byte; delegate* unmanaged<int, void>; TypeSpec 1 by value
        let blob = [7, 3, 0x45, 0x10, 0x05, 0x1B, 0x09, 1, 1, 0x08, 0x11, 0x06];
        let locals = SigReader::new(&blob).locals().unwrap();
        let byte = SigType::Primitive(Primitive::U1);
        assert_eq!(locals[0], SigType::Pinned(Box::new(SigType::ByRef(Box::new(byte)))));
        let SigType::FnPtr(f) = &locals[1] else { panic!("{locals:?}") };
        assert_eq!((f.call_conv, f.ret.is_void(), &f.params[..]), (CallConv::Unmanaged, true, &[INT][..]));
        assert_eq!(locals[2], SigType::ValueType(TypeDefOrRef::TypeSpec(TypeSpecId(1))));
    }

    #[test]
    fn nesting_is_limited() {
        let deep = vec![element_type::SZARRAY; 100_000];
        assert!(matches!(SigReader::new(&deep).ty(), Err(MetadataError::BadSignature { .. })));
        let fnptrs = [element_type::FNPTR, 0, 0].repeat(50_000);
        assert!(SigReader::new(&fnptrs).ty().is_err());
    }
}
