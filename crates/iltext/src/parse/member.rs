//! `.field`, `.property`, `.event`, `.data` (ECMA-335 II.16, II.17, II.18, II.16.3).

use super::Parser;
use crate::ast::{Data, Event, Field, MethodRef, Property, Signature};
use crate::error::Result;
use crate::lexer::Tok;
use kiln_metadata::flags::{field_attributes as f, method_semantics as s};

const FLAGS: [(&str, u16); 14] = [
    ("private", 1),
    ("famandassem", 2),
    ("assembly", 3),
    ("family", 4),
    ("famorassem", 5),
    ("public", 6),
    ("privatescope", 0),
    ("static", f::STATIC),
    ("initonly", f::INIT_ONLY),
    ("literal", f::LITERAL),
    ("notserialized", f::NOT_SERIALIZED),
    ("specialname", f::SPECIAL_NAME),
    ("rtspecialname", f::RT_SPECIAL_NAME),
    ("compilercontrolled", 0),
];

const ACCESSORS: [(&str, u16); 6] = [
    (".get", s::GETTER),
    (".set", s::SETTER),
    (".addon", s::ADD_ON),
    (".removeon", s::REMOVE_ON),
    (".fire", s::FIRE),
    (".other", s::OTHER),
];

/// `SpecialName` and `RTSpecialName` of properties and events.
const NAMES: [(&str, u16); 2] = [("specialname", 0x200), ("rtspecialname", 0x400)];

impl Parser<'_> {
    pub(super) fn field(&mut self) -> Result<Field> {
        let place = self.place();
        self.bump();
        let mut offset = None;
        if self.eat("[") {
            offset = Some(self.fitting("offset")?);
            self.expect("]")?;
        }
        let mut flags = 0;
        let mut marshal = None;
        loop {
            if self.word() == "marshal" {
                marshal = Some(self.marshal()?);
                flags |= f::HAS_FIELD_MARSHAL;
                continue;
            }
            let Some(bits) = super::flag(&FLAGS, self.word()) else { break };
            flags |= bits;
            self.bump();
        }
        let ty = self.ty()?;
        let name = self.name()?;
        let (mut constant, mut data) = (None, None);
        if self.eat("=") {
            constant = Some(self.constant()?);
            flags |= f::HAS_DEFAULT;
        } else if self.eat_word("at") {
            data = Some(self.name()?);
            flags |= f::HAS_FIELD_RVA;
        }
        Ok(Field { place, flags, ty, name, offset, constant, data, marshal, attributes: Vec::new() })
    }

    fn name_flags(&mut self) -> u16 {
        let mut flags = 0;
        while let Some(bits) = super::flag(&NAMES, self.word()) {
            flags |= bits;
            self.bump();
        }
        flags
    }

    pub(super) fn property(&mut self) -> Result<Property> {
        let place = self.place();
        self.bump();
        let flags = self.name_flags();
        // `PROPERTY` of II.23.2.5.
        let convention = self.convention()? | 0x08;
        let ret = self.ty()?;
        let name = self.name()?;
        let params = self.param_types()?;
        let mut property = Property {
            place,
            flags,
            name,
            signature: Signature { convention, ret, params },
            accessors: Vec::new(),
            attributes: Vec::new(),
        };
        self.expect("{")?;
        while !self.eat("}") {
            if self.word() == ".custom" {
                let attribute = self.attribute()?;
                property.attributes.push(attribute);
            } else {
                let accessor = self.accessor()?;
                property.accessors.push(accessor);
            }
        }
        Ok(property)
    }

    pub(super) fn event(&mut self) -> Result<Event> {
        let place = self.place();
        self.bump();
        let flags = self.name_flags();
        let ty = self.spec()?;
        let mut event = Event { place, flags, name: self.name()?, ty, accessors: Vec::new(), attributes: Vec::new() };
        self.expect("{")?;
        while !self.eat("}") {
            if self.word() == ".custom" {
                let attribute = self.attribute()?;
                event.attributes.push(attribute);
            } else {
                let accessor = self.accessor()?;
                event.accessors.push(accessor);
            }
        }
        Ok(event)
    }

    fn accessor(&mut self) -> Result<(u16, MethodRef)> {
        let Some(kind) = super::flag(&ACCESSORS, self.word()) else { return self.unexpected("an accessor") };
        self.bump();
        Ok((kind, self.method_ref()?))
    }

    /// `.data LABEL = { int32(1), bytearray(…) }` or with one item.
    pub(super) fn data(&mut self) -> Result<Data> {
        let place = self.place();
        self.bump();
        while matches!(self.word(), "cil" | "tls") {
            self.bump();
        }
        let label = self.name()?;
        self.expect("=")?;
        let mut bytes = Vec::new();
        if self.eat("{") {
            while !self.eat("}") {
                self.data_item(&mut bytes)?;
                if !self.eat(",") && !self.is("}") {
                    return self.unexpected(",");
                }
            }
        } else {
            self.data_item(&mut bytes)?;
        }
        Ok(Data { place, label, bytes })
    }

    fn data_item(&mut self, out: &mut Vec<u8>) -> Result<()> {
        // `int32[4]`: so many zeros.
        if *self.second() == Tok::Punct("[") {
            let width = match self.word() {
                "int8" => 1,
                "int16" => 2,
                "int32" | "float32" => 4,
                "int64" | "float64" => 8,
                _ => return self.unexpected("data"),
            };
            self.bump();
            self.bump();
            let count: u16 = self.fitting("count of at most 65535")?;
            self.expect("]")?;
            out.resize(out.len() + width * usize::from(count), 0);
            return Ok(());
        }
        out.extend(self.constant()?.bytes);
        Ok(())
    }
}
