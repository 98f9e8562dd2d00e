//! The parser: one recursive descent, split by what a declaration is about. This file has the cursor and the top level (ECMA-335 II.5.10).

mod body;
mod class;
mod member;
mod method;
mod types;
mod value;

use crate::ast::{Assembly, Class, Spec, Unit};
use crate::error::{ErrorKind, Place, Result, at};
use crate::lexer::{Tok, Token, tokens};

/// Blocks, types and classes nest at most this deep.
const MAX_DEPTH: u32 = 60;

/// Adds what a text declares to `unit`.
pub(crate) fn unit(text: &str, file: u16, unit: &mut Unit) -> Result<()> {
    let tokens = tokens(text, file)?;
    let mut parser = Parser { text, tokens, pos: 0, depth: 0, marks: 0 };
    while *parser.tok() != Tok::End {
        parser.declaration(unit)?;
    }
    Ok(())
}

pub(crate) struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    pos: usize,
    depth: u32,
    /// Marks given out in the method at hand.
    marks: u32,
}

impl Parser<'_> {
    fn token(&self) -> &Token {
        &self.tokens[self.pos.min(self.tokens.len() - 1)]
    }

    fn tok(&self) -> &Tok {
        &self.token().tok
    }

    fn second(&self) -> &Tok {
        &self.tokens[(self.pos + 1).min(self.tokens.len() - 1)].tok
    }

    fn place(&self) -> Place {
        self.token().place
    }

    fn bump(&mut self) {
        self.pos += 1;
    }

    fn unexpected<T>(&self, expected: &'static str) -> Result<T> {
        let found = match self.tok() {
            Tok::Word(text) | Tok::Quoted(text) | Tok::Num(text) => text.clone(),
            Tok::Str(text) => format!("\"{text}\""),
            Tok::Punct(text) => (*text).to_owned(),
            Tok::End => "the end".to_owned(),
        };
        at(self.place(), ErrorKind::Unexpected { expected, found })
    }

    /// The keyword at hand, or nothing when there is something else.
    fn word(&self) -> &str {
        match self.tok() {
            Tok::Word(text) => text,
            _ => "",
        }
    }

    fn is(&self, punct: &str) -> bool {
        matches!(self.tok(), Tok::Punct(p) if *p == punct)
    }

    fn eat(&mut self, punct: &str) -> bool {
        let found = self.is(punct);
        self.pos += usize::from(found);
        found
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.word() == word;
        self.pos += usize::from(found);
        found
    }

    fn expect(&mut self, punct: &'static str) -> Result<()> {
        if self.eat(punct) { Ok(()) } else { self.unexpected(punct) }
    }

    fn expect_word(&mut self, word: &'static str) -> Result<()> {
        if self.eat_word(word) { Ok(()) } else { self.unexpected(word) }
    }

    /// A name, quoted or not.
    fn name(&mut self) -> Result<String> {
        match self.tok() {
            Tok::Word(text) | Tok::Quoted(text) => {
                let text = text.clone();
                self.bump();
                Ok(text)
            }
            _ => self.unexpected("a name"),
        }
    }

    /// A name or a string: ilasm takes either for libraries.
    fn name_or_string(&mut self) -> Result<String> {
        if let Tok::Str(text) = self.tok() {
            let text = text.clone();
            self.bump();
            return Ok(text);
        }
        self.name()
    }

    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= MAX_DEPTH {
            return at(self.place(), ErrorKind::TooDeep);
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    /// An integer with sign, decimal or `0x`; unsigned ones of 64 bits wrap around.
    fn integer(&mut self) -> Result<i64> {
        let place = self.place();
        let negative = self.eat("-");
        let Tok::Num(text) = self.tok() else { return self.unexpected("a number") };
        let text = text.clone();
        self.bump();
        let value = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            Some(digits) => u64::from_str_radix(digits, 16),
            None => text.parse::<u64>(),
        };
        match value {
            Ok(value) if negative => Ok((value as i64).wrapping_neg()),
            Ok(value) => Ok(value as i64),
            Err(_) => at(place, ErrorKind::BadNumber { text, expected: "integer" }),
        }
    }

    /// An integer that fits `T`; for types that are written in two ways, also as their unsigned twin.
    fn fitting<T: TryFrom<i64>>(&mut self, expected: &'static str) -> Result<T> {
        let place = self.place();
        let value = self.integer()?;
        T::try_from(value).or_else(|_| at(place, ErrorKind::BadNumber { text: value.to_string(), expected }))
    }

    /// `( 01 00 A0 )`: read from the text, between the tokens `(` and `)`.
    fn bytes(&mut self) -> Result<Vec<u8>> {
        let place = self.place();
        self.expect("(")?;
        let start = self.token().start;
        while !self.is(")") {
            if *self.tok() == Tok::End {
                return self.unexpected(")");
            }
            self.bump();
        }
        let text = &self.text[start.min(self.token().start)..self.token().start];
        self.bump();
        let mut out = Vec::new();
        for line in text.lines() {
            for word in line.split("//").next().unwrap_or_default().split_whitespace() {
                let byte = u8::from_str_radix(word, 16).ok().filter(|_| word.len() <= 2);
                match byte {
                    Some(byte) => out.push(byte),
                    None => return at(place, ErrorKind::BadNumber { text: word.to_owned(), expected: "byte" }),
                }
            }
        }
        Ok(out)
    }

    fn declaration(&mut self, unit: &mut Unit) -> Result<()> {
        match self.word() {
            ".assembly" => self.assembly(unit),
            ".module" => {
                self.bump();
                if self.eat_word("extern") {
                    let name = self.name_or_string()?;
                    unit.modules.push(name);
                } else if matches!(self.tok(), Tok::Quoted(_)) || !self.word().starts_with('.') {
                    unit.module = Some(self.name()?);
                }
                Ok(())
            }
            ".class" if *self.second() == Tok::Word("extern".to_owned()) => self.forwarder(unit),
            ".class" => {
                let class = self.class()?;
                unit.classes.push(class);
                Ok(())
            }
            ".method" => {
                let method = self.method()?;
                unit.global.methods.push(method);
                Ok(())
            }
            ".field" => {
                let field = self.field()?;
                unit.global.fields.push(field);
                self.attributes(unit.global.fields.last_mut().map(|f| &mut f.attributes))
            }
            ".data" => {
                let data = self.data()?;
                unit.data.push(data);
                Ok(())
            }
            ".custom" => {
                let attribute = self.attribute()?;
                unit.attributes.push(attribute);
                Ok(())
            }
            ".corflags" | ".subsystem" | ".imagebase" | ".stackreserve" => {
                self.bump();
                self.integer().map(|_| ())
            }
            ".file" => {
                self.bump();
                self.expect_word("alignment")?;
                self.integer().map(|_| ())
            }
            ".mresource" | ".vtfixup" => at(self.place(), ErrorKind::Unsupported("this declaration")),
            _ => self.unexpected("a declaration"),
        }
    }

    fn assembly(&mut self, unit: &mut Unit) -> Result<()> {
        let place = self.place();
        self.bump();
        let external = self.eat_word("extern");
        while matches!(self.word(), "retargetable" | "legacy") {
            self.bump();
        }
        let mut assembly = Assembly { place, name: self.name()?, hash_algorithm: 0x8004, ..Assembly::default() };
        assembly.alias = if self.eat_word("as") { self.name()? } else { assembly.name.clone() };
        self.expect("{")?;
        while !self.eat("}") {
            match self.word() {
                ".ver" => {
                    self.bump();
                    for (n, part) in assembly.version.iter_mut().enumerate() {
                        if n > 0 {
                            self.expect(":")?;
                        }
                        *part = self.fitting("16-bit number")?;
                    }
                }
                ".publickeytoken" | ".publickey" => {
                    if self.word() == ".publickey" {
                        assembly.flags |= kiln_metadata::flags::assembly_flags::PUBLIC_KEY;
                    }
                    self.bump();
                    self.expect("=")?;
                    assembly.key = self.bytes()?;
                }
                ".hash" => {
                    self.bump();
                    if self.eat("=") {
                        self.bytes()?;
                    } else {
                        self.expect_word("algorithm")?;
                        assembly.hash_algorithm = self.fitting("32-bit number")?;
                    }
                }
                ".locale" => {
                    self.bump();
                    assembly.culture = self.name_or_string()?;
                }
                ".custom" => {
                    let attribute = self.attribute()?;
                    assembly.attributes.push(attribute);
                }
                _ => return self.unexpected("a part of `.assembly`"),
            }
        }
        if external {
            unit.references.push(assembly);
        } else if unit.assembly.is_some() {
            return at(place, ErrorKind::Duplicate { what: "assembly", name: assembly.name });
        } else {
            unit.assembly = Some(assembly);
        }
        Ok(())
    }

    /// `.class extern forwarder NAME { .assembly extern X }`.
    fn forwarder(&mut self, unit: &mut Unit) -> Result<()> {
        let place = self.place();
        self.bump();
        self.bump();
        while matches!(self.word(), "public" | "forwarder") {
            self.bump();
        }
        let name = self.name()?;
        self.expect("{")?;
        self.expect_word(".assembly")?;
        self.expect_word("extern")?;
        let assembly = self.name()?;
        self.expect("}")?;
        unit.forwarders.push((place, name, assembly));
        Ok(())
    }

    /// `.custom` lines that follow what they are about.
    fn attributes(&mut self, to: Option<&mut Vec<crate::ast::Attribute>>) -> Result<()> {
        let mut found = Vec::new();
        while self.word() == ".custom" {
            found.push(self.attribute()?);
        }
        if let Some(to) = to {
            to.append(&mut found);
        }
        Ok(())
    }

    /// A list of types between commas.
    fn specs(&mut self) -> Result<Vec<Spec>> {
        let mut out = vec![self.spec()?];
        while self.eat(",") {
            out.push(self.spec()?);
        }
        Ok(out)
    }
}

/// The bit of a flag by its keyword.
fn flag<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.iter().find(|(name, _)| *name == word).map(|(_, bit)| *bit)
}

/// A class with nothing in it.
fn empty_class(place: Place) -> Class {
    Class { place, ..Class::default() }
}
