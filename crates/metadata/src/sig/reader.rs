//! Decoding signature blobs (ECMA-335 II.23.2), and the signatures of a module's rows.

use super::{ArraySig, CallConv, MAX_DEPTH, MemberSig, MethodSig, Primitive, PropertySig, SigType, element_type};
use crate::bytes::Reader;
use crate::ids::{CodedIndex, FieldId, MemberRefId, MethodDefId, MethodSpecId, PropertyId, StandAloneSigId, TypeDefOrRef, TypeSpecId};
use crate::{MetadataError, Module, Result};

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
