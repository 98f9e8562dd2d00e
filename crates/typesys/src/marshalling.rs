//! What metadata says of values that cross to native code: marshalling descriptors of parameters and fields (ECMA-335 II.22.17, II.23.4), and
//! the numbers in attributes about calls.

use crate::TypeSystem;
use crate::desc::*;
use kiln_metadata::flags::param_attributes as pa;
use kiln_metadata::{AttrValue, Primitive};

/// What a method says of one of its parameters.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ParamMarshal {
    /// The descriptor (`kiln_metadata::MarshalSpec::parse`), if there is one.
    pub descriptor: Option<Vec<u8>>,
    /// `[In]`.
    pub is_in: bool,
    /// `[Out]`.
    pub is_out: bool,
}

impl ParamMarshal {
    /// Whether what a reference is to is copied to native code, and back: both, unless exactly one is asked for.
    #[must_use]
    pub fn ways(&self) -> (bool, bool) {
        let one_way = self.is_in != self.is_out;
        (!one_way || self.is_in, !one_way || self.is_out)
    }
}

impl TypeSystem {
    /// Of the parameter with this number, counted from 1; 0 is the result.
    pub fn param_marshal(&self, m: MethodDesc, number: usize) -> ParamMarshal {
        let Some((module, def)) = self.method_def(m) else { return ParamMarshal::default() };
        let metadata = self.module(module);
        let found = metadata.params_of(def).ok().and_then(|mut rows| {
            rows.find_map(|id| {
                let row = metadata.param(id).ok().filter(|row| usize::from(row.sequence) == number)?;
                let descriptor = metadata.field_marshal_of(id).ok().flatten().map(|row| row.native_type.to_vec());
                Some(ParamMarshal { descriptor, is_in: row.flags & pa::IN != 0, is_out: row.flags & pa::OUT != 0 })
            })
        });
        found.unwrap_or_default()
    }

    /// The descriptor of a field.
    pub fn field_marshal(&self, f: FieldDesc) -> Option<Vec<u8>> {
        let (module, def) = self.field_def(f);
        let metadata = self.module(module);
        metadata.field_marshal_of(def).ok().flatten().map(|row| row.native_type.to_vec())
    }

    /// A named argument of an attribute, as a number. Enums there have four bytes.
    pub fn attribute_number(&self, owner: impl Into<AttrOwner>, full_name: &str, argument: &str) -> Option<i64> {
        let (module, id) = self.find_attribute(owner.into(), full_name)?;
        let metadata = self.module(module);
        let arguments = metadata.decode_attribute(id, &mut |_| Some(Primitive::I4)).ok()?;
        match arguments.named(argument)? {
            AttrValue::Primitive(value) | AttrValue::Enum { value, .. } => value.as_i64(),
            _ => None,
        }
    }
}
