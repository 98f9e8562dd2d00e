//! Serialized type names, as custom attributes store them and `Type.GetType` takes them
//! (ECMA-335 II.23.3; grammar: "Specifying fully qualified type names" of the .NET documentation).

use crate::{MetadataError, Result};

/// How deep generic arguments may nest.
const MAX_DEPTH: u32 = 64;

/// A parsed type name.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct TypeName {
    /// Namespace, empty for none.
    pub namespace: String,
    /// Name of the type, outermost first for nested types; arity suffixes (`` `1 ``) stay.
    pub names: Vec<String>,
    /// Generic arguments.
    pub args: Vec<TypeName>,
    /// What is built on it, innermost first.
    pub modifiers: Vec<TypeModifier>,
    /// Assembly display name, when given.
    pub assembly: Option<String>,
}

/// A type built on another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TypeModifier {
    /// `T*`
    Pointer,
    /// `ref T`
    ByRef,
    /// `T[]`
    SzArray,
    /// A general array of this rank (`[*]` is rank 1).
    Array(u32),
}

impl TypeName {
    /// Parses a name; anything left over is an error.
    pub fn parse(text: &str) -> Result<Self> {
        let mut p = Parser { rest: text };
        let name = p.full(0)?;
        if p.rest.is_empty() { Ok(name) } else { bad() }
    }

    /// The simple name of the assembly.
    #[must_use]
    pub fn assembly_name(&self) -> Option<&str> {
        self.assembly.as_deref().map(|a| a.split(',').next().unwrap_or(a).trim())
    }
}

fn bad<T>() -> Result<T> {
    Err(MetadataError::BadAttribute("malformed type name"))
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn eat(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// A name up to a delimiter, without escapes, and the position of its last unescaped dot.
    fn ident(&mut self) -> Result<(String, Option<usize>)> {
        let (mut out, mut dot) = (String::new(), None);
        let mut chars = self.rest.char_indices();
        let mut end = self.rest.len();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some((_, c)) => out.push(c),
                    None => return bad(),
                },
                '+' | ',' | '[' | ']' | '&' | '*' => {
                    end = at;
                    break;
                }
                _ => {
                    if c == '.' && !out.is_empty() {
                        dot = Some(out.len());
                    }
                    out.push(c);
                }
            }
        }
        self.rest = &self.rest[end..];
        if out.is_empty() { bad() } else { Ok((out, dot)) }
    }

    /// A type with an optional assembly.
    fn full(&mut self, depth: u32) -> Result<TypeName> {
        let mut name = self.ty(depth)?;
        if self.eat(',') {
            self.spaces();
            // An assembly name inside brackets ends at the bracket; escapes are rare and stay as they are.
            let end = self.rest.find(']').unwrap_or(self.rest.len());
            name.assembly = Some(self.rest[..end].to_owned());
            self.rest = &self.rest[end..];
        }
        Ok(name)
    }

    fn ty(&mut self, depth: u32) -> Result<TypeName> {
        if depth > MAX_DEPTH {
            return bad();
        }
        self.spaces();
        let mut out = TypeName::default();
        let (mut first, dot) = self.ident()?;
        if let Some(dot) = dot {
            let name = first.split_off(dot + 1);
            first.pop();
            out.namespace = core::mem::replace(&mut first, name);
        }
        out.names.push(first);
        while self.eat('+') {
            out.names.push(self.ident()?.0);
        }
        // A bracket opens generic arguments unless it is that of an array.
        let array = |s: &str| s.starts_with("[]") || s.starts_with("[,") || s.starts_with("[*");
        if self.rest.starts_with('[') && !array(self.rest) {
            self.eat('[');
            loop {
                self.spaces();
                if self.eat('[') {
                    out.args.push(self.full(depth + 1)?);
                    if !self.eat(']') {
                        return bad();
                    }
                } else {
                    out.args.push(self.ty(depth + 1)?);
                }
                self.spaces();
                if self.eat(']') {
                    break;
                }
                if !self.eat(',') {
                    return bad();
                }
            }
        }
        loop {
            if self.eat('*') {
                out.modifiers.push(TypeModifier::Pointer);
            } else if self.eat('&') {
                out.modifiers.push(TypeModifier::ByRef);
            } else if self.eat('[') {
                let star = self.eat('*');
                let mut rank = 1;
                while self.eat(',') {
                    rank += 1;
                }
                if !self.eat(']') || rank > 32 || (star && rank > 1) {
                    return bad();
                }
                out.modifiers.push(match (rank, star) {
                    (1, false) => TypeModifier::SzArray,
                    _ => TypeModifier::Array(rank),
                });
            } else {
                return Ok(out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{TypeModifier, TypeName};

    #[test]
    fn nested_generic_and_array_names() {
        let n = TypeName::parse(
            "System.Collections.Generic.Dictionary`2+Enumerator[[System.String, mscorlib, Version=4.0.0.0],[A.B[]]][,][]*, X.Y, Culture=neutral",
        )
        .unwrap();
        assert_eq!(n.namespace, "System.Collections.Generic");
        assert_eq!(n.names, ["Dictionary`2", "Enumerator"]);
        assert_eq!(n.args[0].assembly_name(), Some("mscorlib"));
        assert_eq!((n.args[1].names.as_slice(), n.args[1].modifiers.as_slice()), (&["B".to_owned()][..], &[TypeModifier::SzArray][..]));
        assert_eq!(n.modifiers, [TypeModifier::Array(2), TypeModifier::SzArray, TypeModifier::Pointer]);
        assert_eq!(n.assembly_name(), Some("X.Y"));
        let plain = TypeName::parse("List`1[System.Int32]").unwrap();
        assert_eq!((plain.namespace.as_str(), plain.args[0].namespace.as_str()), ("", "System"));
        assert_eq!(TypeName::parse(r"A\+B").unwrap().names, ["A+B"]);
    }

    #[test]
    fn malformed_names_are_errors() {
        for text in ["", "A[", "A[[B]", "A+", "A\\", "A]", "A[B", "[", &"A[".repeat(1000)] {
            assert!(TypeName::parse(text).is_err(), "{text}");
        }
    }
}
