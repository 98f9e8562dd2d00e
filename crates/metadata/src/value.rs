//! Constants: the values of `Constant` rows (ECMA-335 II.22.9) and of attribute arguments.

use crate::bytes::Reader;
use crate::rows::ConstantRow;
use crate::sig::{Primitive, element_type};
use crate::{MetadataError, Module, Result};

/// A value of a primitive type that has a fixed size.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum PrimitiveValue {
    /// `bool`
    Boolean(bool),
    /// `char`
    Char(u16),
    /// `sbyte`
    I1(i8),
    /// `byte`
    U1(u8),
    /// `short`
    I2(i16),
    /// `ushort`
    U2(u16),
    /// `int`
    I4(i32),
    /// `uint`
    U4(u32),
    /// `long`
    I8(i64),
    /// `ulong`
    U8(u64),
    /// `float`
    R4(f32),
    /// `double`
    R8(f64),
}

impl PrimitiveValue {
    /// Reads a value of type `ty`; `None` for types without a fixed size.
    pub(crate) fn read(r: &mut Reader<'_>, ty: Primitive) -> Result<Option<Self>> {
        const WHAT: &str = "a constant";
        Ok(Some(match ty {
            Primitive::Boolean => Self::Boolean(r.u8(WHAT)? != 0),
            Primitive::Char => Self::Char(r.u16(WHAT)?),
            Primitive::I1 => Self::I1(r.u8(WHAT)?.cast_signed()),
            Primitive::U1 => Self::U1(r.u8(WHAT)?),
            Primitive::I2 => Self::I2(r.u16(WHAT)?.cast_signed()),
            Primitive::U2 => Self::U2(r.u16(WHAT)?),
            Primitive::I4 => Self::I4(r.i32(WHAT)?),
            Primitive::U4 => Self::U4(r.u32(WHAT)?),
            Primitive::I8 => Self::I8(r.u64(WHAT)?.cast_signed()),
            Primitive::U8 => Self::U8(r.u64(WHAT)?),
            Primitive::R4 => Self::R4(f32::from_bits(r.u32(WHAT)?)),
            Primitive::R8 => Self::R8(f64::from_bits(r.u64(WHAT)?)),
            _ => return Ok(None),
        }))
    }

    /// The type.
    #[must_use]
    pub fn ty(self) -> Primitive {
        match self {
            Self::Boolean(_) => Primitive::Boolean,
            Self::Char(_) => Primitive::Char,
            Self::I1(_) => Primitive::I1,
            Self::U1(_) => Primitive::U1,
            Self::I2(_) => Primitive::I2,
            Self::U2(_) => Primitive::U2,
            Self::I4(_) => Primitive::I4,
            Self::U4(_) => Primitive::U4,
            Self::I8(_) => Primitive::I8,
            Self::U8(_) => Primitive::U8,
            Self::R4(_) => Primitive::R4,
            Self::R8(_) => Primitive::R8,
        }
    }

    /// The value of an integral type, sign- or zero-extended as its type says; `None` for floating point.
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        Some(match self {
            Self::Boolean(v) => i64::from(v),
            Self::Char(v) | Self::U2(v) => i64::from(v),
            Self::I1(v) => i64::from(v),
            Self::U1(v) => i64::from(v),
            Self::I2(v) => i64::from(v),
            Self::I4(v) => i64::from(v),
            Self::U4(v) => i64::from(v),
            Self::I8(v) => v,
            Self::U8(v) => v.cast_signed(),
            Self::R4(_) | Self::R8(_) => return None,
        })
    }
}

/// The value of a `Constant` row.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum ConstantValue<'a> {
    /// A number, character or truth value (enums are stored as their underlying type).
    Primitive(PrimitiveValue),
    /// A string, as UTF-16 little-endian bytes.
    String(&'a [u8]),
    /// The null reference.
    Null,
}

impl<'a> ConstantRow<'a> {
    /// Decodes the value.
    pub fn decode(&self) -> Result<ConstantValue<'a>> {
        match self.ty {
            element_type::STRING => Ok(ConstantValue::String(&self.value[..self.value.len() & !1])),
            element_type::CLASS => Ok(ConstantValue::Null),
            ty => {
                let bad = MetadataError::BadSignature { reason: "not the type of a constant", offset: 0 };
                let ty = Primitive::from_element_type(ty).ok_or(bad.clone())?;
                let v = PrimitiveValue::read(&mut Reader::new(self.value), ty)?.ok_or(bad)?;
                Ok(ConstantValue::Primitive(v))
            }
        }
    }
}

impl Module {
    /// The decoded constant of a field, parameter or property.
    pub fn constant_value(&self, owner: impl Into<crate::HasConstant>) -> Result<Option<ConstantValue<'_>>> {
        self.constant_of(owner)?.map(|row| row.decode()).transpose()
    }
}
