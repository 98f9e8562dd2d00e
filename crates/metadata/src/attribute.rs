//! Custom attribute values (ECMA-335 II.23.3): fixed and named arguments.
//!
//! The blob does not say how wide an enum is; the caller answers that through a resolver, since the enum usually lives
//! in another module.

use crate::bytes::Reader;
use crate::ids::{CustomAttributeId, CustomAttributeType, HasCustomAttribute, MemberRefParent, TypeDefOrRef};
use crate::sig::{MemberSig, MethodSig, Primitive, SigType, element_type as e};
use crate::value::PrimitiveValue;
use crate::{MetadataError, Module, Result};

/// How deep boxed values and arrays may nest.
const MAX_DEPTH: u32 = 16;

/// An enum type as an attribute blob names it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EnumType<'a> {
    /// From the constructor's signature.
    Sig(TypeDefOrRef),
    /// From the blob: a name as `Type.GetType` takes it, often assembly-qualified.
    Name(&'a str),
}

/// The type of an attribute argument.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AttrType<'a> {
    /// A number, character, truth value or string.
    Primitive(Primitive),
    /// `System.Type`
    Type,
    /// `object`: the value carries its type.
    Object,
    /// An enum.
    Enum(EnumType<'a>),
    /// A one-dimensional array.
    SzArray(Box<AttrType<'a>>),
}

/// The value of an attribute argument.
#[derive(Clone, PartialEq, Debug)]
pub enum AttrValue<'a> {
    /// A number, character or truth value.
    Primitive(PrimitiveValue),
    /// A string or null.
    String(Option<&'a str>),
    /// A type by its serialized name (or null): `Namespace.Outer+Inner, Assembly, ...`.
    Type(Option<&'a str>),
    /// An enum value.
    Enum {
        /// The enum.
        ty: EnumType<'a>,
        /// Its value in the underlying type.
        value: PrimitiveValue,
    },
    /// An array (or null).
    Array {
        /// Element type.
        element: AttrType<'a>,
        /// The elements.
        items: Option<Vec<AttrValue<'a>>>,
    },
    /// A value passed as `object`. Null is `String(None)` inside.
    Boxed(Box<AttrValue<'a>>),
}

/// A named argument.
#[derive(Clone, PartialEq, Debug)]
pub struct NamedArg<'a> {
    /// A field is set, rather than a property.
    pub is_field: bool,
    /// Name of the field or property.
    pub name: &'a str,
    /// Its type, as the blob says.
    pub ty: AttrType<'a>,
    /// What is assigned.
    pub value: AttrValue<'a>,
}

/// The arguments of a custom attribute.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AttributeArgs<'a> {
    /// Constructor arguments, in order.
    pub fixed: Vec<AttrValue<'a>>,
    /// Assignments, in order.
    pub named: Vec<NamedArg<'a>>,
}

impl<'a> AttributeArgs<'a> {
    /// The value of a named argument.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&AttrValue<'a>> {
        self.named.iter().find(|n| n.name == name).map(|n| &n.value)
    }
}

impl<'a> AttrValue<'a> {
    /// The text of a string or type argument.
    #[must_use]
    pub fn as_str(&self) -> Option<&'a str> {
        match self {
            Self::String(s) | Self::Type(s) => *s,
            Self::Boxed(v) => v.as_str(),
            _ => None,
        }
    }

    /// The value of an integral or enum argument.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Primitive(v) | Self::Enum { value: v, .. } => v.as_i64(),
            Self::Boxed(v) => v.as_i64(),
            _ => None,
        }
    }
}

/// Tells the underlying type of an enum, or `None` when the enum cannot be found.
pub type EnumResolver<'r> = dyn FnMut(EnumType<'_>) -> Option<Primitive> + 'r;

struct Args<'a, 'r, 'f> {
    r: Reader<'a>,
    resolve: &'r mut EnumResolver<'f>,
}

const ATTR: &str = "a custom attribute value";

fn bad<T>(reason: &'static str) -> Result<T> {
    Err(MetadataError::BadAttribute(reason))
}

impl<'a> Args<'a, '_, '_> {
    /// A `SerString`: null, or a length and UTF-8.
    fn ser_string(&mut self) -> Result<Option<&'a str>> {
        if self.r.peek() == Some(0xFF) {
            self.r.u8(ATTR)?;
            return Ok(None);
        }
        let b = self.r.blob(ATTR)?;
        match core::str::from_utf8(b) {
            Ok(s) => Ok(Some(s)),
            Err(_) => bad("a string is not UTF-8"),
        }
    }

    /// A `FieldOrPropType`.
    fn ty(&mut self, depth: u32) -> Result<AttrType<'a>> {
        if depth > MAX_DEPTH {
            return bad("types nest too deeply");
        }
        Ok(match self.r.u8(ATTR)? {
            e::TYPE => AttrType::Type,
            e::BOXED => AttrType::Object,
            e::SZARRAY => AttrType::SzArray(Box::new(self.ty(depth + 1)?)),
            e::ENUM => match self.ser_string()? {
                Some(name) => AttrType::Enum(EnumType::Name(name)),
                None => return bad("an enum without a name"),
            },
            b @ (e::BOOLEAN..=e::R8 | e::STRING) => match Primitive::from_element_type(b) {
                Some(p) => AttrType::Primitive(p),
                None => return bad("unknown type of argument"),
            },
            _ => return bad("unknown type of argument"),
        })
    }

    fn value(&mut self, ty: &AttrType<'a>, depth: u32) -> Result<AttrValue<'a>> {
        if depth > MAX_DEPTH {
            return bad("values nest too deeply");
        }
        Ok(match ty {
            AttrType::Primitive(Primitive::String) => AttrValue::String(self.ser_string()?),
            AttrType::Primitive(p) => match PrimitiveValue::read(&mut self.r, *p)? {
                Some(v) => AttrValue::Primitive(v),
                None => return bad("not a type of argument"),
            },
            AttrType::Type => AttrValue::Type(self.ser_string()?),
            AttrType::Object => {
                let ty = self.ty(0)?;
                AttrValue::Boxed(Box::new(self.value(&ty, depth + 1)?))
            }
            AttrType::Enum(ty) => {
                let Some(underlying) = (self.resolve)(*ty) else {
                    return bad("an enum whose type is not known");
                };
                match PrimitiveValue::read(&mut self.r, underlying)? {
                    Some(value) => AttrValue::Enum { ty: *ty, value },
                    None => return bad("an enum whose underlying type is not integral"),
                }
            }
            AttrType::SzArray(element) => {
                let n = self.r.u32(ATTR)?;
                let items = if n == u32::MAX {
                    None
                } else {
                    // Every element takes a byte at least.
                    if n as usize > self.r.remaining() {
                        return bad("more array elements than bytes");
                    }
                    let mut items = Vec::new();
                    for _ in 0..n {
                        items.push(self.value(element, depth + 1)?);
                    }
                    Some(items)
                };
                AttrValue::Array { element: (**element).clone(), items }
            }
        })
    }
}

/// The attribute argument type that a constructor parameter has.
fn fixed_type(module: &Module, ty: &SigType, owner_args: &[SigType], depth: u32) -> Result<AttrType<'static>> {
    if depth > MAX_DEPTH {
        return bad("types nest too deeply");
    }
    Ok(match ty.unmodified() {
        SigType::Primitive(Primitive::Object) => AttrType::Object,
        SigType::Primitive(p) => AttrType::Primitive(*p),
        SigType::ValueType(t) => AttrType::Enum(EnumType::Sig(*t)),
        SigType::GenericInst { value_type: true, def, .. } => AttrType::Enum(EnumType::Sig(*def)),
        SigType::Class(t) if module.type_name(*t)? == Some(("System", "Type")) => AttrType::Type,
        SigType::SzArray(inner) => AttrType::SzArray(Box::new(fixed_type(module, inner, owner_args, depth + 1)?)),
        SigType::Var(n) => match owner_args.get(*n as usize) {
            Some(t) => fixed_type(module, t, &[], depth + 1)?,
            None => return bad("a type parameter outside a generic attribute"),
        },
        _ => return bad("a parameter of a type that attributes cannot have"),
    })
}

impl Module {
    /// Namespace and name of a type as written in this module; for a constructed generic type those of its definition;
    /// `None` for other constructed types.
    pub fn type_name(&self, ty: TypeDefOrRef) -> Result<Option<(&str, &str)>> {
        let ty = match ty {
            TypeDefOrRef::TypeSpec(id) => match self.type_spec_sig(id)? {
                SigType::GenericInst { def, .. } => def,
                SigType::Class(t) | SigType::ValueType(t) => t,
                _ => return Ok(None),
            },
            other => other,
        };
        Ok(match ty {
            TypeDefOrRef::TypeDef(id) => self.type_def(id).map(|r| Some((r.namespace, r.name)))?,
            TypeDefOrRef::TypeRef(id) => self.type_ref(id).map(|r| Some((r.namespace, r.name)))?,
            TypeDefOrRef::TypeSpec(_) => None,
        })
    }

    /// The class of an attribute, from its constructor.
    pub fn attribute_class(&self, constructor: CustomAttributeType) -> Result<TypeDefOrRef> {
        match constructor {
            CustomAttributeType::MethodDef(id) => match self.method_owner(id) {
                Some(owner) => Ok(owner.into()),
                None => bad("a constructor without a class"),
            },
            CustomAttributeType::MemberRef(id) => match self.member_ref(id)?.parent {
                MemberRefParent::TypeDef(t) => Ok(t.into()),
                MemberRefParent::TypeRef(t) => Ok(t.into()),
                MemberRefParent::TypeSpec(t) => Ok(t.into()),
                MemberRefParent::MethodDef(_) | MemberRefParent::ModuleRef(_) => bad("a constructor without a class"),
            },
        }
    }

    /// Namespace and name of the class of an attribute.
    pub fn attribute_name(&self, id: CustomAttributeId) -> Result<(&str, &str)> {
        let class = self.attribute_class(self.custom_attribute(id)?.constructor)?;
        self.type_name(class)?.map_or_else(|| bad("an attribute class without a name"), Ok)
    }

    /// The first attribute of a class (by name) on an item.
    pub fn find_attribute(&self, owner: impl Into<HasCustomAttribute>, namespace: &str, name: &str) -> Result<Option<CustomAttributeId>> {
        for id in self.custom_attributes_of(owner) {
            if self.attribute_name(id)? == (namespace, name) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// The signature of an attribute's constructor, as written (parameters of a generic class stay open).
    pub fn attribute_constructor_sig(&self, constructor: CustomAttributeType) -> Result<MethodSig> {
        match constructor {
            CustomAttributeType::MethodDef(id) => self.method_sig(id),
            CustomAttributeType::MemberRef(id) => match self.member_ref_sig(id)? {
                MemberSig::Method(sig) => Ok(sig),
                MemberSig::Field(_) => bad("the constructor is a field"),
            },
        }
    }

    /// Decodes the arguments of an attribute. `resolve` tells the underlying types of enums.
    pub fn decode_attribute(&self, id: CustomAttributeId, resolve: &mut EnumResolver<'_>) -> Result<AttributeArgs<'_>> {
        let row = self.custom_attribute(id)?;
        let sig = self.attribute_constructor_sig(row.constructor)?;
        let owner_args = match self.attribute_class(row.constructor)? {
            TypeDefOrRef::TypeSpec(spec) => match self.type_spec_sig(spec)? {
                SigType::GenericInst { args, .. } => args,
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        let mut params = Vec::with_capacity(sig.params.len());
        for p in &sig.params {
            params.push(fixed_type(self, p, &owner_args, 0)?);
        }
        decode_args(row.value, &params, resolve)
    }
}

/// Decodes an attribute blob, given the types of the constructor's parameters.
pub fn decode_args<'a>(value: &'a [u8], params: &[AttrType<'a>], resolve: &mut EnumResolver<'_>) -> Result<AttributeArgs<'a>> {
    let mut out = AttributeArgs::default();
    // Some compilers write nothing at all when there is nothing to say.
    if value.is_empty() && params.is_empty() {
        return Ok(out);
    }
    let mut a = Args { r: Reader::new(value), resolve };
    if a.r.u16(ATTR)? != 1 {
        return bad("no prolog");
    }
    for ty in params {
        out.fixed.push(a.value(ty, 0)?);
    }
    // The count may be missing for the same reason.
    let named = if a.r.is_empty() { 0 } else { a.r.u16(ATTR)? };
    for _ in 0..named {
        let is_field = match a.r.u8(ATTR)? {
            e::FIELD => true,
            e::PROPERTY => false,
            _ => return bad("a named argument that is neither field nor property"),
        };
        let ty = a.ty(0)?;
        let Some(name) = a.ser_string()? else {
            return bad("a named argument without a name");
        };
        let value = a.value(&ty, 0)?;
        out.named.push(NamedArg { is_field, name, ty, value });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_and_named_arguments() {
        let mut blob = vec![1, 0];
        blob.extend_from_slice(&[3, b'a', b'b', b'c']); // string
        blob.extend_from_slice(&[e::I4, 7, 0, 0, 0]); // object
        blob.extend_from_slice(&[2, 0, 0, 0, 1, 0xFF]); // byte[]
        let params =
            [AttrType::Primitive(Primitive::String), AttrType::Object, AttrType::SzArray(Box::new(AttrType::Primitive(Primitive::U1)))];
        blob.extend_from_slice(&[1, 0, e::PROPERTY, e::ENUM, 1, b'E', 1, b'P', 9, 0]);
        let args = decode_args(&blob, &params, &mut |_| Some(Primitive::U2)).unwrap();
        assert_eq!(args.fixed[0], AttrValue::String(Some("abc")));
        assert_eq!(args.fixed[1].as_i64(), Some(7));
        let AttrValue::Array { items: Some(items), .. } = &args.fixed[2] else { panic!() };
        assert_eq!(items.iter().map(|v| v.as_i64().unwrap()).collect::<Vec<_>>(), [1, 255]);
        assert_eq!(args.named("P").unwrap().as_i64(), Some(9));
        assert!(decode_args(&blob, &params, &mut |_| None).is_err());
        for cut in 0..blob.len() {
            let _ = decode_args(&blob[..cut], &params, &mut |_| Some(Primitive::U2));
        }
    }
}
