//! Signature blobs as trees (ECMA-335 II.23.2). Custom modifiers, pins and the sentinel are kept.

use crate::bytes::Reader;
use crate::ids::{CodedIndex, FieldId, MemberRefId, MethodDefId, MethodSpecId, PropertyId, StandAloneSigId, TypeDefOrRef, TypeSpecId};
use crate::{MetadataError, Module, Result};

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

/// Decodes signature blobs; use through [`Module`] or directly on a blob.
#[derive(Clone, Debug)]
pub struct SigReader<'a> {
    r: Reader<'a>,
}

const SIG: &str = "a signature";

impl<'a> SigReader<'a> {
    /// Starts at the beginning of a blob.
    #[must_use]
    pub fn new(blob: &'a [u8]) -> Self {
        Self { r: Reader::new(blob) }
    }

    fn bad<T>(&self, reason: &'static str) -> Result<T> {
        Err(MetadataError::BadSignature { reason, offset: self.r.pos() })
    }

    /// Bytes that were not read.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.r.rest()
    }

    /// A `TypeDefOrRefOrSpecEncoded`.
    fn type_token(&mut self) -> Result<TypeDefOrRef> {
        let raw = self.r.compressed_u32(SIG)?;
        TypeDefOrRef::decode(raw)?.ok_or(MetadataError::NullReference(TypeDefOrRef::NAME))
    }

    /// A count of items that take at least one byte each. Vectors start small all the same: counts may nest.
    fn count(&mut self) -> Result<usize> {
        let n = self.r.compressed_u32(SIG)? as usize;
        if n > self.r.remaining() {
            return self.bad("a count exceeds the blob");
        }
        Ok(n)
    }

    /// A type.
    pub fn ty(&mut self) -> Result<SigType> {
        self.ty_at(0)
    }

    fn boxed(&mut self, depth: u32) -> Result<Box<SigType>> {
        Ok(Box::new(self.ty_at(depth + 1)?))
    }

    fn ty_at(&mut self, depth: u32) -> Result<SigType> {
        use element_type as e;
        if depth > MAX_DEPTH {
            return self.bad("types nest too deeply");
        }
        let b = self.r.u8(SIG)?;
        if let Some(p) = Primitive::from_element_type(b) {
            return Ok(SigType::Primitive(p));
        }
        Ok(match b {
            e::PTR => SigType::Ptr(self.boxed(depth)?),
            e::BYREF => SigType::ByRef(self.boxed(depth)?),
            e::VALUETYPE => SigType::ValueType(self.type_token()?),
            e::CLASS => SigType::Class(self.type_token()?),
            e::VAR => SigType::Var(self.r.compressed_u32(SIG)?),
            e::MVAR => SigType::MVar(self.r.compressed_u32(SIG)?),
            e::SZARRAY => SigType::SzArray(self.boxed(depth)?),
            e::ARRAY => SigType::Array(Box::new(self.array(depth)?)),
            e::GENERICINST => {
                let value_type = match self.r.u8(SIG)? {
                    e::CLASS => false,
                    e::VALUETYPE => true,
                    _ => return self.bad("a generic instance of neither class nor value type"),
                };
                let def = self.type_token()?;
                let n = self.count()?;
                if n == 0 {
                    return self.bad("a generic instance without arguments");
                }
                let mut args = Vec::with_capacity(n.min(16));
                for _ in 0..n {
                    args.push(self.ty_at(depth + 1)?);
                }
                SigType::GenericInst { value_type, def, args }
            }
            e::FNPTR => SigType::FnPtr(Box::new(self.method_at(depth + 1)?)),
            e::CMOD_REQD | e::CMOD_OPT => {
                SigType::Modified { required: b == e::CMOD_REQD, modifier: self.type_token()?, inner: self.boxed(depth)? }
            }
            e::PINNED => SigType::Pinned(self.boxed(depth)?),
            _ => return self.bad("unknown element type"),
        })
    }

    fn array(&mut self, depth: u32) -> Result<ArraySig> {
        let element = self.ty_at(depth + 1)?;
        let rank = self.r.compressed_u32(SIG)?;
        if rank == 0 || rank > 32 {
            return self.bad("an array rank outside 1 to 32");
        }
        let n = self.count()?;
        let mut sizes = Vec::with_capacity(n.min(16));
        for _ in 0..n {
            sizes.push(self.r.compressed_u32(SIG)?);
        }
        let n = self.count()?;
        let mut lower_bounds = Vec::with_capacity(n.min(16));
        for _ in 0..n {
            lower_bounds.push(self.r.compressed_i32(SIG)?);
        }
        if sizes.len() > rank as usize || lower_bounds.len() > rank as usize {
            return self.bad("more array bounds than dimensions");
        }
        Ok(ArraySig { element, rank, sizes, lower_bounds })
    }

    /// A method signature.
    pub fn method(&mut self) -> Result<MethodSig> {
        self.method_at(0)
    }

    fn method_at(&mut self, depth: u32) -> Result<MethodSig> {
        let b = self.r.u8(SIG)?;
        let call_conv = match b & 0x0F {
            0 => CallConv::Default,
            1 => CallConv::Cdecl,
            2 => CallConv::StdCall,
            3 => CallConv::ThisCall,
            4 => CallConv::FastCall,
            5 => CallConv::VarArg,
            9 => CallConv::Unmanaged,
            _ => return self.bad("not a method signature"),
        };
        let generic_params = if b & 0x10 != 0 { self.r.compressed_u32(SIG)? } else { 0 };
        let n = self.r.compressed_u32(SIG)? as usize;
        let ret = self.ty_at(depth + 1)?;
        if n > self.r.remaining() {
            return self.bad("a parameter count exceeds the blob");
        }
        let mut params = Vec::with_capacity(n.min(16));
        let mut sentinel = None;
        while params.len() < n {
            if self.r.peek() == Some(element_type::SENTINEL) {
                if sentinel.is_some() {
                    return self.bad("two sentinels");
                }
                self.r.u8(SIG)?;
                sentinel = Some(params.len() as u32);
            }
            params.push(self.ty_at(depth + 1)?);
        }
        Ok(MethodSig { call_conv, has_this: b & 0x20 != 0, explicit_this: b & 0x40 != 0, generic_params, ret, params, sentinel })
    }

    /// A field signature.
    pub fn field(&mut self) -> Result<SigType> {
        if self.r.u8(SIG)? & 0x0F != 6 {
            return self.bad("not a field signature");
        }
        self.ty()
    }

    /// A property signature.
    pub fn property(&mut self) -> Result<PropertySig> {
        let b = self.r.u8(SIG)?;
        if b & 0x0F != 8 {
            return self.bad("not a property signature");
        }
        let n = self.r.compressed_u32(SIG)? as usize;
        let ty = self.ty()?;
        if n > self.r.remaining() {
            return self.bad("a parameter count exceeds the blob");
        }
        let mut params = Vec::with_capacity(n.min(16));
        for _ in 0..n {
            params.push(self.ty()?);
        }
        Ok(PropertySig { has_this: b & 0x20 != 0, ty, params })
    }

    /// A local variable signature.
    pub fn locals(&mut self) -> Result<Vec<SigType>> {
        if self.r.u8(SIG)? != 7 {
            return self.bad("not a local variable signature");
        }
        let n = self.count()?;
        let mut out = Vec::with_capacity(n.min(16));
        for _ in 0..n {
            out.push(self.ty()?);
        }
        Ok(out)
    }

    /// The arguments of a method instantiation.
    pub fn method_spec(&mut self) -> Result<Vec<SigType>> {
        if self.r.u8(SIG)? != 0x0A {
            return self.bad("not a method instantiation");
        }
        let n = self.count()?;
        if n == 0 {
            return self.bad("a method instantiation without arguments");
        }
        let mut out = Vec::with_capacity(n.min(16));
        for _ in 0..n {
            out.push(self.ty()?);
        }
        Ok(out)
    }

    /// A field or method signature, by its first byte.
    pub fn member(&mut self) -> Result<MemberSig> {
        match self.r.peek() {
            Some(b) if b & 0x0F == 6 => self.field().map(MemberSig::Field),
            _ => self.method().map(MemberSig::Method),
        }
    }
}

impl Module {
    /// The type of a field.
    pub fn field_sig(&self, id: FieldId) -> Result<SigType> {
        SigReader::new(self.raw_row(FieldId::TABLE, id.0)?.blob(2)?).field()
    }

    /// The signature of a method.
    pub fn method_sig(&self, id: MethodDefId) -> Result<MethodSig> {
        SigReader::new(self.raw_row(MethodDefId::TABLE, id.0)?.blob(4)?).method()
    }

    /// The signature of a member reference.
    pub fn member_ref_sig(&self, id: MemberRefId) -> Result<MemberSig> {
        SigReader::new(self.raw_row(MemberRefId::TABLE, id.0)?.blob(2)?).member()
    }

    /// The signature of a property.
    pub fn property_sig(&self, id: PropertyId) -> Result<PropertySig> {
        SigReader::new(self.raw_row(PropertyId::TABLE, id.0)?.blob(2)?).property()
    }

    /// The types of the local variables of a body.
    pub fn locals_sig(&self, id: StandAloneSigId) -> Result<Vec<SigType>> {
        SigReader::new(self.raw_row(StandAloneSigId::TABLE, id.0)?.blob(0)?).locals()
    }

    /// The signature of a `calli` site.
    pub fn call_site_sig(&self, id: StandAloneSigId) -> Result<MethodSig> {
        SigReader::new(self.raw_row(StandAloneSigId::TABLE, id.0)?.blob(0)?).method()
    }

    /// A constructed type.
    pub fn type_spec_sig(&self, id: TypeSpecId) -> Result<SigType> {
        SigReader::new(self.raw_row(TypeSpecId::TABLE, id.0)?.blob(0)?).ty()
    }

    /// The arguments of an instantiated method.
    pub fn method_spec_sig(&self, id: MethodSpecId) -> Result<Vec<SigType>> {
        SigReader::new(self.raw_row(MethodSpecId::TABLE, id.0)?.blob(1)?).method_spec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
