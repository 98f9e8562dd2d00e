//! Values: constants (ECMA-335 II.16.2), attributes' blobs (II.21, II.23.3), native types (II.7.4).

use super::Parser;
use crate::ast::{Attribute, Constant};
use crate::error::{ErrorKind, Result, at};
use crate::lexer::Tok;
use crate::write::compressed;
use kiln_metadata::sig::element_type as e;

/// Keyword, element type and width of the integers.
const INTEGERS: [(&str, (u8, usize)); 9] = [
    ("int8", (e::I1, 1)),
    ("uint8", (e::U1, 1)),
    ("int16", (e::I2, 2)),
    ("uint16", (e::U2, 2)),
    ("char", (e::CHAR, 2)),
    ("int32", (e::I4, 4)),
    ("uint32", (e::U4, 4)),
    ("int64", (e::I8, 8)),
    ("uint64", (e::U8, 8)),
];

/// Keyword and `NATIVE_TYPE_*` byte (II.23.4, with those that the CLR added).
const NATIVE: [(&str, u8); 23] = [
    ("bool", 0x02),
    ("int8", 0x03),
    ("uint8", 0x04),
    ("int16", 0x05),
    ("uint16", 0x06),
    ("int32", 0x07),
    ("uint32", 0x08),
    ("int64", 0x09),
    ("uint64", 0x0A),
    ("float32", 0x0B),
    ("float64", 0x0C),
    ("bstr", 0x13),
    ("lpstr", 0x14),
    ("lpwstr", 0x15),
    ("lptstr", 0x16),
    ("int", 0x1F),
    ("uint", 0x20),
    ("func", 0x26),
    ("variant_bool", 0x25),
    ("struct", 0x1B),
    ("lpstruct", 0x2B),
    ("error", 0x2D),
    ("method", 0x26),
];

impl Parser<'_> {
    /// `int32(5)`, `float64(1.5)`, `bool(true)`, `"text"`, `nullref`, `bytearray(01 02)`.
    pub(super) fn constant(&mut self) -> Result<Constant> {
        if let Tok::Str(text) = self.tok() {
            let bytes = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            self.bump();
            return Ok(Constant { ty: e::STRING, bytes });
        }
        let place = self.place();
        let mut word = self.word().to_owned();
        self.bump();
        if word == "unsigned" {
            word = format!("u{}", self.word());
            self.bump();
        }
        match word.as_str() {
            "nullref" => Ok(Constant { ty: e::CLASS, bytes: vec![0; 4] }),
            "bytearray" => Ok(Constant { ty: e::STRING, bytes: self.bytes()? }),
            "bool" => {
                self.expect("(")?;
                let value = self.eat_word("true");
                if !value {
                    self.expect_word("false")?;
                }
                self.expect(")")?;
                Ok(Constant { ty: e::BOOLEAN, bytes: vec![u8::from(value)] })
            }
            "float32" | "float64" => {
                self.expect("(")?;
                let wide = word == "float64";
                let bits = self.float_bits(wide)?;
                self.expect(")")?;
                let width = if wide { 8 } else { 4 };
                Ok(Constant { ty: if wide { e::R8 } else { e::R4 }, bytes: bits.to_le_bytes()[..width].to_vec() })
            }
            other => {
                let Some((ty, width)) = super::flag(&INTEGERS, other) else {
                    self.pos -= 1;
                    return self.unexpected("a constant");
                };
                self.expect("(")?;
                let value = self.integer()?;
                self.expect(")")?;
                let fits = width == 8 || (-(1i64 << (width * 8 - 1))..1i64 << (width * 8)).contains(&value);
                if !fits {
                    return at(place, ErrorKind::BadNumber { text: value.to_string(), expected: "value of this type" });
                }
                Ok(Constant { ty, bytes: value.to_le_bytes()[..width].to_vec() })
            }
        }
    }

    /// A floating-point number, or an integer that is its bits when it is written `0x…`.
    pub(super) fn float_bits(&mut self, wide: bool) -> Result<u64> {
        let place = self.place();
        let negative = self.eat("-");
        let Tok::Num(text) = self.tok() else { return self.unexpected("a number") };
        let text = text.clone();
        if text.starts_with("0x") {
            return self.integer().map(|bits| bits as u64);
        }
        self.bump();
        let Ok(value) = text.parse::<f64>() else {
            return at(place, ErrorKind::BadNumber { text, expected: "floating-point number" });
        };
        let value = if negative { -value } else { value };
        Ok(if wide { value.to_bits() } else { u64::from((value as f32).to_bits()) })
    }

    /// `.custom CTOR = ( … )`, `= { … }`, or nothing for an attribute without arguments.
    pub(super) fn attribute(&mut self) -> Result<Attribute> {
        self.bump();
        let ctor = self.method_ref()?;
        let blob = if !self.eat("=") {
            vec![1, 0, 0, 0]
        } else if self.is("{") {
            self.attribute_values()?
        } else {
            self.bytes()?
        };
        Ok(Attribute { ctor, blob })
    }

    /// `{ int32(1) string('x') property bool 'Inherited' = bool(true) }`.
    fn attribute_values(&mut self) -> Result<Vec<u8>> {
        self.expect("{")?;
        let mut blob = vec![1, 0];
        let mut named = Vec::new();
        let mut count = 0u16;
        while !self.eat("}") {
            let kind = match self.word() {
                "field" => e::FIELD,
                "property" => e::PROPERTY,
                _ if count == 0 => {
                    self.attribute_value(&mut blob)?;
                    continue;
                }
                _ => return self.unexpected("a named argument"),
            };
            self.bump();
            // The type is that of the value; what is written before the name is for readers.
            self.ty()?;
            let name = self.name_or_string()?;
            self.expect("=")?;
            let mut value = Vec::new();
            let ty = self.attribute_value(&mut value)?;
            named.extend([kind, ty]);
            serialized(&name, &mut named);
            named.append(&mut value);
            count = count.saturating_add(1);
        }
        blob.extend(count.to_le_bytes());
        blob.append(&mut named);
        Ok(blob)
    }

    /// One value; says its element type.
    fn attribute_value(&mut self, out: &mut Vec<u8>) -> Result<u8> {
        let ty = match self.word() {
            "string" => e::STRING,
            "type" => e::TYPE,
            _ => {
                let constant = self.constant()?;
                out.extend(constant.bytes);
                return Ok(constant.ty);
            }
        };
        self.bump();
        self.expect("(")?;
        if self.eat_word("nullref") {
            out.push(0xFF);
        } else {
            let text = self.name_or_string()?;
            serialized(&text, out);
        }
        self.expect(")")?;
        Ok(ty)
    }

    /// `marshal(lpwstr)`, `marshal(fixed sysstring[5])`, `marshal(fixed array[3] bool)`.
    pub(super) fn marshal(&mut self) -> Result<Vec<u8>> {
        self.bump();
        self.expect("(")?;
        if self.eat_word("fixed") {
            let text = self.eat_word("sysstring");
            if !text && !self.eat_word("array") {
                return self.unexpected("`sysstring` or `array`");
            }
            self.expect("[")?;
            // One byte of a compressed number.
            let count: u8 = self.fitting("number of elements")?;
            self.expect("]")?;
            let mut out = vec![if text { 0x17 } else { 0x1E }, count & 0x7F];
            if !self.eat(")") {
                let Some(byte) = super::flag(&NATIVE, self.word()) else { return self.unexpected("a native type") };
                self.bump();
                self.expect(")")?;
                out.push(byte);
            }
            return Ok(out);
        }
        let unsigned = self.eat_word("unsigned");
        let word = if unsigned { format!("u{}", self.word()) } else { self.word().to_owned() };
        let Some(byte) = super::flag(&NATIVE, &word) else { return self.unexpected("a native type") };
        self.bump();
        let mut out = vec![byte];
        if self.eat("[") {
            // `NATIVE_TYPE_ARRAY` of the element.
            out.insert(0, 0x2A);
            self.expect("]")?;
        }
        self.expect(")")?;
        Ok(out)
    }
}

/// A `SerString` (II.23.3).
fn serialized(text: &str, out: &mut Vec<u8>) {
    compressed(text.len() as u32, out);
    out.extend(text.bytes());
}
