//! `.class` and what it is made of (ECMA-335 II.10).

use super::Parser;
use crate::ast::{Class, MethodOverride, MethodRef, Signature, Spec, Typar};
use crate::error::{ErrorKind, Result, at};
use crate::lexer::Tok;
use kiln_metadata::flags::{generic_param_attributes as g, type_attributes as t};

/// Keywords that set bits.
const FLAGS: [(&str, u32); 17] = [
    ("public", t::PUBLIC),
    ("private", t::NOT_PUBLIC),
    ("auto", t::AUTO_LAYOUT),
    ("sequential", t::SEQUENTIAL_LAYOUT),
    ("explicit", t::EXPLICIT_LAYOUT),
    ("extended", t::EXTENDED_LAYOUT),
    ("interface", t::INTERFACE | t::ABSTRACT),
    ("abstract", t::ABSTRACT),
    ("sealed", t::SEALED),
    ("specialname", t::SPECIAL_NAME),
    ("rtspecialname", t::RT_SPECIAL_NAME),
    ("import", t::IMPORT),
    ("serializable", t::SERIALIZABLE),
    ("ansi", t::ANSI_CLASS),
    ("unicode", t::UNICODE_CLASS),
    ("autochar", t::AUTO_CLASS),
    ("beforefieldinit", t::BEFORE_FIELD_INIT),
];

/// Behind `nested`.
const NESTED: [(&str, u32); 6] = [
    ("public", t::NESTED_PUBLIC),
    ("private", t::NESTED_PRIVATE),
    ("family", t::NESTED_FAMILY),
    ("assembly", t::NESTED_ASSEMBLY),
    ("famandassem", t::NESTED_FAM_AND_ASSEM),
    ("famorassem", t::NESTED_FAM_OR_ASSEM),
];

impl Parser<'_> {
    pub(super) fn class(&mut self) -> Result<Class> {
        self.nested(Self::class_within)
    }

    fn class_within(&mut self) -> Result<Class> {
        let mut class = super::empty_class(self.place());
        self.bump();
        loop {
            let word = self.word().to_owned();
            match word.as_str() {
                "nested" => {
                    self.bump();
                    let Some(bits) = super::flag(&NESTED, self.word()) else { return self.unexpected("a visibility") };
                    class.flags |= bits;
                }
                "flags" => {
                    self.bump();
                    self.expect("(")?;
                    class.flags |= self.fitting::<u32>("32-bit number")?;
                    if !self.is(")") {
                        return self.unexpected(")");
                    }
                }
                "value" => class.implied_base = Some("ValueType"),
                "enum" => class.implied_base = Some("Enum"),
                // `public` sets a bit of a field that `nested` fills with another value.
                _ => match super::flag(&FLAGS, &word) {
                    Some(bits) => class.flags |= bits,
                    None => break,
                },
            }
            self.bump();
        }
        class.name = self.name()?;
        class.typars = self.typars()?;
        if self.eat_word("extends") {
            class.extends = Some(self.spec()?);
        }
        if self.eat_word("implements") {
            class.implements = self.specs()?.into_iter().map(|i| (i, Vec::new())).collect();
        }
        self.expect("{")?;
        while !self.eat("}") {
            self.class_member(&mut class)?;
        }
        Ok(class)
    }

    fn class_member(&mut self, class: &mut Class) -> Result<()> {
        match self.word() {
            ".class" => {
                let nested = self.class()?;
                class.nested.push(nested);
            }
            ".method" => {
                let method = self.method()?;
                class.methods.push(method);
            }
            ".field" => {
                let mut field = self.field()?;
                self.attributes(Some(&mut field.attributes))?;
                class.fields.push(field);
            }
            ".property" => {
                let property = self.property()?;
                class.properties.push(property);
            }
            ".event" => {
                let event = self.event()?;
                class.events.push(event);
            }
            ".pack" => {
                self.bump();
                class.pack = Some(self.fitting("16-bit number")?);
            }
            ".size" => {
                self.bump();
                class.size = Some(self.fitting("32-bit number")?);
            }
            ".override" => {
                let pair = self.class_override()?;
                class.overrides.push(pair);
            }
            ".custom" => {
                let attribute = self.attribute()?;
                class.attributes.push(attribute);
            }
            ".param" => {
                self.bump();
                self.expect_word("type")?;
                self.typar_attributes(&mut class.typars)?;
            }
            ".interfaceimpl" => {
                let place = self.place();
                self.bump();
                self.expect_word("type")?;
                let interface = self.spec()?;
                match class.implements.iter_mut().find(|(i, _)| same(i, &interface)) {
                    Some((_, attributes)) => self.attributes(Some(attributes))?,
                    None => return at(place, ErrorKind::Invalid("the class does not implement this interface")),
                }
            }
            _ => return self.unexpected("a member of the class"),
        }
        Ok(())
    }

    /// `.override TYPE::NAME with METHOD`, or `.override method REF with method REF`.
    fn class_override(&mut self) -> Result<(MethodRef, MethodRef)> {
        self.bump();
        if self.eat_word("method") {
            let declaration = self.method_ref()?;
            self.expect_word("with")?;
            self.expect_word("method")?;
            return Ok((declaration, self.method_ref()?));
        }
        let place = self.place();
        let owner = self.spec()?;
        self.expect("::")?;
        let name = self.name()?;
        self.expect_word("with")?;
        let body = self.method_ref()?;
        let signature: Signature = body.signature.clone();
        Ok((MethodRef { place, signature, owner: Some(owner), name, args: body.args.clone() }, body))
    }

    /// Behind `.override` in a method.
    pub(super) fn method_override(&mut self) -> Result<MethodOverride> {
        self.bump();
        if self.eat_word("method") {
            return self.method_ref().map(MethodOverride::Full);
        }
        let owner = self.spec()?;
        self.expect("::")?;
        Ok(MethodOverride::Short(owner, self.name()?))
    }

    /// `<+ class .ctor (Base, I) T, U>`.
    pub(super) fn typars(&mut self) -> Result<Vec<Typar>> {
        let mut out = Vec::new();
        if !self.eat("<") {
            return Ok(out);
        }
        loop {
            let mut typar = Typar { flags: 0, name: String::new(), constraints: Vec::new(), attributes: Vec::new() };
            loop {
                typar.flags |= match self.tok() {
                    Tok::Punct("+") => g::COVARIANT,
                    Tok::Punct("-") => g::CONTRAVARIANT,
                    Tok::Word(word) => match word.as_str() {
                        "class" => g::REFERENCE_TYPE_CONSTRAINT,
                        "valuetype" => g::NOT_NULLABLE_VALUE_TYPE_CONSTRAINT,
                        "byreflike" => g::ALLOW_BY_REF_LIKE,
                        ".ctor" => g::DEFAULT_CONSTRUCTOR_CONSTRAINT,
                        _ => break,
                    },
                    _ => break,
                };
                self.bump();
            }
            if self.eat("(") {
                typar.constraints = self.specs()?;
                self.expect(")")?;
            }
            typar.name = self.name()?;
            out.push(typar);
            if !self.eat(",") {
                break;
            }
        }
        self.expect(">")?;
        Ok(out)
    }

    /// Behind `.param type`: a name or `[n]`, and attributes.
    pub(super) fn typar_attributes(&mut self, typars: &mut [Typar]) -> Result<()> {
        let place = self.place();
        let (index, name) = if self.eat("[") {
            let n: usize = self.fitting("number of a type parameter")?;
            self.expect("]")?;
            (n.checked_sub(1), n.to_string())
        } else {
            let name = self.name()?;
            (typars.iter().position(|t| t.name == name), name)
        };
        match index.and_then(|i| typars.get_mut(i)) {
            Some(typar) => self.attributes(Some(&mut typar.attributes)),
            None => at(place, ErrorKind::UnknownName { what: "type parameter", name }),
        }
    }
}

/// Equal but for their places.
fn same(a: &Spec, b: &Spec) -> bool {
    match (a, b) {
        (Spec::Name(a), Spec::Name(b)) => a.scope == b.scope && a.path == b.path,
        // Places are part of a name in a type; two spellings of one type on different lines are rare enough to write with `(… )`.
        _ => format!("{a:?}").replace(char::is_numeric, "") == format!("{b:?}").replace(char::is_numeric, ""),
    }
}
