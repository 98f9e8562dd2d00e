//! Types, signatures and references to members (ECMA-335 II.7.1, II.7.2, II.14, II.15.3).

use super::Parser;
use crate::ast::{FieldRef, MethodArgs, MethodRef, Parameter, Scope, Signature, Spec, Ty, TypeName};
use crate::error::{ErrorKind, Result, at};
use crate::lexer::Tok;
use kiln_metadata::sig::element_type as e;

/// `HASTHIS` and `EXPLICITTHIS` of a signature's first byte (II.23.2.1).
const HAS_THIS: u8 = 0x20;
const EXPLICIT_THIS: u8 = 0x40;

/// Element types of one word.
const PRIMITIVES: [(&str, u8); 24] = [
    ("void", e::VOID),
    ("bool", e::BOOLEAN),
    ("char", e::CHAR),
    ("int8", e::I1),
    ("int16", e::I2),
    ("int32", e::I4),
    ("int64", e::I8),
    ("uint8", e::U1),
    ("uint16", e::U2),
    ("uint32", e::U4),
    ("uint64", e::U8),
    ("float32", e::R4),
    ("float64", e::R8),
    ("string", e::STRING),
    ("object", e::OBJECT),
    ("typedref", e::TYPEDBYREF),
    ("nint", e::I),
    ("nuint", e::U),
    // Behind `unsigned` and `native`.
    ("unsigned int8", e::U1),
    ("unsigned int16", e::U2),
    ("unsigned int32", e::U4),
    ("unsigned int64", e::U8),
    ("native int", e::I),
    ("native uint", e::U),
];

impl Parser<'_> {
    /// `[scope]Outer/Inner`.
    pub(super) fn type_name(&mut self) -> Result<TypeName> {
        let place = self.place();
        let mut scope = Scope::Here;
        if self.eat("[") {
            scope = if self.eat_word(".module") { Scope::Module(self.name_or_string()?) } else { Scope::Assembly(self.name()?) };
            self.expect("]")?;
        }
        let mut path = vec![self.name()?];
        while self.eat("/") {
            path.push(self.name()?);
        }
        Ok(TypeName { place, scope, path })
    }

    /// A type where a token is wanted.
    pub(super) fn spec(&mut self) -> Result<Spec> {
        let bare = match self.tok() {
            Tok::Punct("[") | Tok::Quoted(_) => true,
            Tok::Word(word) => !self.starts_type(word),
            _ => false,
        };
        if bare { self.type_name().map(Spec::Name) } else { self.ty().map(Spec::Ty) }
    }

    fn starts_type(&self, word: &str) -> bool {
        matches!(word, "class" | "valuetype" | "unsigned" | "native" | "method") || super::flag(&PRIMITIVES, word).is_some()
    }

    /// A type with everything that may stand behind it.
    pub(super) fn ty(&mut self) -> Result<Ty> {
        self.ty_before(false)
    }

    /// The last star of a function pointer's return type is the function pointer's own.
    fn ty_before(&mut self, parameters_of_pointer: bool) -> Result<Ty> {
        self.nested(|p| {
            let mut ty = p.plain_type()?;
            for _ in 0..super::MAX_DEPTH {
                ty = match p.tok() {
                    Tok::Punct("*") if parameters_of_pointer && *p.second() == Tok::Punct("(") => return Ok(ty),
                    Tok::Punct("*") => {
                        p.bump();
                        Ty::Pointer(Box::new(ty))
                    }
                    Tok::Punct("&") => {
                        p.bump();
                        Ty::ByRef(Box::new(ty))
                    }
                    // `[name]` starts the owner of a member, not bounds.
                    Tok::Punct("[") if matches!(p.second(), Tok::Punct("]" | "," | "..." | "-") | Tok::Num(_)) => p.array(ty)?,
                    Tok::Word(word) if word == "pinned" => {
                        p.bump();
                        Ty::Pinned(Box::new(ty))
                    }
                    Tok::Word(word) if word == "modreq" || word == "modopt" => {
                        let required = word == "modreq";
                        p.bump();
                        p.expect("(")?;
                        let modifier = p.spec()?;
                        p.expect(")")?;
                        Ty::Modified(required, Box::new(modifier), Box::new(ty))
                    }
                    _ => return Ok(ty),
                };
            }
            at(p.place(), ErrorKind::TooDeep)
        })
    }

    fn plain_type(&mut self) -> Result<Ty> {
        if self.eat("!!") {
            return self.parameter().map(Ty::MVar);
        }
        if self.eat("!") {
            return self.parameter().map(Ty::Var);
        }
        let word = self.word().to_owned();
        match word.as_str() {
            "class" | "valuetype" => {
                self.bump();
                let value = word == "valuetype";
                let name = self.type_name()?;
                if self.is("<") { Ok(Ty::Instance(value, name, self.type_args()?)) } else { Ok(Ty::Named(value, name)) }
            }
            "method" => {
                self.bump();
                let convention = self.convention()?;
                let ret = self.ty_before(true)?;
                self.expect("*")?;
                let params = self.param_types()?;
                Ok(Ty::Function(Box::new(Signature { convention, ret, params })))
            }
            "unsigned" => {
                self.bump();
                let whole = format!("unsigned {}", self.word());
                self.primitive(&whole)
            }
            "native" => {
                self.bump();
                let unsigned = self.eat_word("unsigned");
                let whole = if unsigned && self.word() == "int" { "native uint".to_owned() } else { format!("native {}", self.word()) };
                self.primitive(&whole)
            }
            _ => self.primitive(&word),
        }
    }

    fn primitive(&mut self, name: &str) -> Result<Ty> {
        match super::flag(&PRIMITIVES, name) {
            Some(byte) => {
                self.bump();
                Ok(Ty::Primitive(byte))
            }
            None => self.unexpected("a type"),
        }
    }

    fn parameter(&mut self) -> Result<Parameter> {
        let place = self.place();
        match self.tok() {
            Tok::Num(_) => self.fitting("number of a type parameter").map(Parameter::Number),
            _ => Ok(Parameter::Name(place, self.name()?)),
        }
    }

    /// `<T, U>`.
    pub(super) fn type_args(&mut self) -> Result<Vec<Ty>> {
        self.expect("<")?;
        let mut out = vec![self.ty()?];
        while self.eat(",") {
            out.push(self.ty()?);
        }
        self.expect(">")?;
        Ok(out)
    }

    /// `[]`, `[,]`, `[0...]`, `[1...3,5]`.
    fn array(&mut self, element: Ty) -> Result<Ty> {
        self.expect("[")?;
        if self.eat("]") {
            return Ok(Ty::Vector(Box::new(element)));
        }
        let mut bounds = Vec::new();
        loop {
            bounds.push(match self.tok() {
                Tok::Punct("," | "]") => (None, None),
                Tok::Punct("...") => {
                    self.bump();
                    (None, None)
                }
                _ => {
                    let place = self.place();
                    let first: i32 = self.fitting("bound")?;
                    if !self.eat("...") {
                        (None, Some(u32::try_from(first).or_else(|_| at(place, ErrorKind::Invalid("a size is not negative")))?))
                    } else if matches!(self.tok(), Tok::Num(_)) || self.is("-") {
                        let last: i32 = self.fitting("bound")?;
                        let size = i64::from(last) - i64::from(first) + 1;
                        (Some(first), Some(u32::try_from(size).or_else(|_| at(place, ErrorKind::Invalid("a size is not negative")))?))
                    } else {
                        (Some(first), None)
                    }
                }
            });
            if !self.eat(",") {
                break;
            }
        }
        self.expect("]")?;
        Ok(Ty::Array(Box::new(element), bounds))
    }

    /// `instance explicit unmanaged cdecl …`: the first byte of a signature.
    pub(super) fn convention(&mut self) -> Result<u8> {
        let mut byte = 0;
        loop {
            match self.word() {
                "instance" => byte |= HAS_THIS,
                "explicit" => byte |= EXPLICIT_THIS,
                "default" => {}
                "vararg" => return at(self.place(), ErrorKind::Unsupported("`vararg`")),
                "unmanaged" => {
                    self.bump();
                    byte |= match self.word() {
                        "cdecl" => 1,
                        "stdcall" => 2,
                        "thiscall" => 3,
                        "fastcall" => 4,
                        _ => {
                            byte |= 9;
                            continue;
                        }
                    };
                }
                _ => return Ok(byte),
            }
            self.bump();
        }
    }

    /// `(int32 a, object b)`, names ignored.
    pub(super) fn param_types(&mut self) -> Result<Vec<Ty>> {
        self.expect("(")?;
        let mut out = Vec::new();
        if self.eat(")") {
            return Ok(out);
        }
        loop {
            if self.is("...") {
                return at(self.place(), ErrorKind::Unsupported("`vararg`"));
            }
            out.push(self.ty()?);
            if matches!(self.tok(), Tok::Word(_) | Tok::Quoted(_)) {
                self.bump();
            }
            if !self.eat(",") {
                break;
            }
        }
        self.expect(")")?;
        Ok(out)
    }

    /// `[instance] RET OWNER::NAME<ARGS>(PARAMS)`.
    pub(super) fn method_ref(&mut self) -> Result<MethodRef> {
        let place = self.place();
        let convention = self.convention()?;
        let ret = self.ty()?;
        let (owner, name) = self.owner_and_name()?;
        let mut args = MethodArgs::None;
        if self.is("<") && *self.second() == Tok::Punct("[") {
            self.bump();
            self.bump();
            args = MethodArgs::Arity(self.fitting("number of type parameters")?);
            self.expect("]")?;
            self.expect(">")?;
        } else if self.is("<") {
            args = MethodArgs::Types(self.type_args()?);
        }
        let params = self.param_types()?;
        Ok(MethodRef { place, signature: Signature { convention, ret, params }, owner, name, args })
    }

    /// `TYPE OWNER::NAME`.
    pub(super) fn field_ref(&mut self) -> Result<FieldRef> {
        let place = self.place();
        let ty = self.ty()?;
        let (owner, name) = self.owner_and_name()?;
        Ok(FieldRef { place, ty, owner, name })
    }

    fn owner_and_name(&mut self) -> Result<(Option<Spec>, String)> {
        // A name alone is that of a global function or field; only what stands behind it tells.
        let alone = matches!(self.tok(), Tok::Word(_) | Tok::Quoted(_)) && !matches!(self.second(), Tok::Punct("::" | "/"));
        if alone && !matches!(self.word(), "class" | "valuetype" | "unsigned" | "native" | "method") && !self.primitive_owner() {
            return Ok((None, self.name()?));
        }
        let owner = self.spec()?;
        self.expect("::")?;
        Ok((Some(owner), self.name()?))
    }

    /// A primitive with something behind it, as in `int32[0...]::Get`.
    fn primitive_owner(&self) -> bool {
        super::flag(&PRIMITIVES, self.word()).is_some() && matches!(self.second(), Tok::Punct("[" | "&" | "*"))
    }
}
