//! Types and signatures as blobs (ECMA-335 II.23.2).

use super::types::typar_index;
use super::{Cx, Generics, coded};
use crate::ast::{Parameter, Signature, Ty, TypeName};
use crate::error::Result;
use crate::write::{compressed, compressed_signed};
use kiln_metadata::TypeDefOrRef;
use kiln_metadata::sig::element_type as e;

/// `GENERIC` of a method signature.
const GENERIC: u8 = 0x10;

impl Cx<'_> {
    pub(super) fn ty(&mut self, ty: &Ty, generics: Generics<'_>, out: &mut Vec<u8>) -> Result<()> {
        match ty {
            Ty::Primitive(byte) => out.push(*byte),
            Ty::Named(value, name) => self.named(*value, name, out)?,
            Ty::Instance(value, name, args) => {
                out.push(e::GENERICINST);
                self.named(*value, name, out)?;
                compressed(args.len() as u32, out);
                for arg in args {
                    self.ty(arg, generics, out)?;
                }
            }
            Ty::Pointer(inner) => self.prefixed(e::PTR, inner, generics, out)?,
            Ty::ByRef(inner) => self.prefixed(e::BYREF, inner, generics, out)?,
            Ty::Vector(inner) => self.prefixed(e::SZARRAY, inner, generics, out)?,
            Ty::Pinned(inner) => self.prefixed(e::PINNED, inner, generics, out)?,
            Ty::Array(element, bounds) => {
                self.prefixed(e::ARRAY, element, generics, out)?;
                array_shape(bounds, out);
            }
            Ty::Var(parameter) => {
                out.push(e::VAR);
                compressed(index(parameter, generics.class)?, out);
            }
            Ty::MVar(parameter) => {
                out.push(e::MVAR);
                compressed(index(parameter, generics.method)?, out);
            }
            Ty::Function(signature) => {
                out.push(e::FNPTR);
                self.signature(signature, 0, generics, out)?;
            }
            Ty::Modified(required, modifier, inner) => {
                out.push(if *required { e::CMOD_REQD } else { e::CMOD_OPT });
                let token = self.spec(modifier, generics)?;
                compressed(coded::<TypeDefOrRef>(token), out);
                self.ty(inner, generics, out)?;
            }
        }
        Ok(())
    }

    fn prefixed(&mut self, byte: u8, inner: &Ty, generics: Generics<'_>, out: &mut Vec<u8>) -> Result<()> {
        out.push(byte);
        self.ty(inner, generics, out)
    }

    fn named(&mut self, value: bool, name: &TypeName, out: &mut Vec<u8>) -> Result<()> {
        out.push(if value { e::VALUETYPE } else { e::CLASS });
        let token = self.type_token(name)?;
        compressed(coded::<TypeDefOrRef>(token), out);
        Ok(())
    }

    /// A method signature with `arity` type parameters.
    pub(super) fn signature(&mut self, signature: &Signature, arity: u32, generics: Generics<'_>, out: &mut Vec<u8>) -> Result<()> {
        out.push(signature.convention | if arity > 0 { GENERIC } else { 0 });
        if arity > 0 {
            compressed(arity, out);
        }
        compressed(signature.params.len() as u32, out);
        self.ty(&signature.ret, generics, out)?;
        for param in &signature.params {
            self.ty(param, generics, out)?;
        }
        Ok(())
    }

    /// A field's signature.
    pub(super) fn field_signature(&mut self, ty: &Ty, generics: Generics<'_>) -> Result<Vec<u8>> {
        let mut out = vec![0x06];
        self.ty(ty, generics, &mut out)?;
        Ok(out)
    }
}

fn index(parameter: &Parameter, typars: &[crate::ast::Typar]) -> Result<u32> {
    match parameter {
        Parameter::Number(n) => Ok(*n),
        Parameter::Name(place, name) => typar_index(typars, *place, name),
    }
}

/// Rank, sizes, lower bounds. A bound that is not given is that of all dimensions behind it; one before others is zero.
fn array_shape(bounds: &[(Option<i32>, Option<u32>)], out: &mut Vec<u8>) {
    compressed(bounds.len() as u32, out);
    let sizes: Vec<u32> = bounds.iter().map_while(|(_, size)| *size).collect();
    compressed(sizes.len() as u32, out);
    sizes.into_iter().for_each(|size| compressed(size, out));
    let lows = bounds.iter().rposition(|(low, _)| low.is_some()).map_or(0, |last| last + 1);
    compressed(lows as u32, out);
    bounds[..lows].iter().for_each(|(low, _)| compressed_signed(low.unwrap_or(0), out));
}
