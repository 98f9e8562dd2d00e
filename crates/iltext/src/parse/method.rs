//! `.method`: its head and the declarations of its body (ECMA-335 II.15).

use super::Parser;
use crate::ast::{Method, PInvoke, Param, Signature, Ty};
use crate::error::{ErrorKind, Result, at};
use crate::lexer::Tok;
use kiln_metadata::flags::{method_attributes as m, method_impl_attributes as i, param_attributes as p, pinvoke_attributes as n};
use kiln_metadata::sig::element_type;

const FLAGS: [(&str, u16); 18] = [
    ("privatescope", m::COMPILER_CONTROLLED),
    ("private", m::PRIVATE),
    ("famandassem", m::FAM_AND_ASSEM),
    ("assembly", m::ASSEMBLY),
    ("family", m::FAMILY),
    ("famorassem", m::FAM_OR_ASSEM),
    ("public", m::PUBLIC),
    ("unmanagedexp", m::UNMANAGED_EXPORT),
    ("static", m::STATIC),
    ("final", m::FINAL),
    ("virtual", m::VIRTUAL),
    ("hidebysig", m::HIDE_BY_SIG),
    ("newslot", m::NEW_SLOT),
    ("strict", m::STRICT),
    ("abstract", m::ABSTRACT),
    ("specialname", m::SPECIAL_NAME),
    ("rtspecialname", m::RT_SPECIAL_NAME),
    ("reqsecobj", m::REQUIRE_SEC_OBJECT),
];

const IMPL_FLAGS: [(&str, u16); 15] = [
    ("cil", i::IL),
    ("il", i::IL),
    ("native", i::NATIVE),
    ("optil", i::OPTIL),
    ("runtime", i::RUNTIME),
    ("managed", 0),
    ("unmanaged", i::UNMANAGED),
    ("noinlining", i::NO_INLINING),
    ("forwardref", i::FORWARD_REF),
    ("synchronized", i::SYNCHRONIZED),
    ("nooptimization", i::NO_OPTIMIZATION),
    ("preservesig", i::PRESERVE_SIG),
    ("aggressiveinlining", i::AGGRESSIVE_INLINING),
    ("aggressiveoptimization", i::AGGRESSIVE_OPTIMIZATION),
    ("internalcall", i::INTERNAL_CALL),
];

const PINVOKE: [(&str, u16); 10] = [
    ("nomangle", n::NO_MANGLE),
    ("ansi", n::CHAR_SET_ANSI),
    ("unicode", n::CHAR_SET_UNICODE),
    ("autochar", n::CHAR_SET_AUTO),
    ("lasterr", n::SUPPORTS_LAST_ERROR),
    ("winapi", n::CALL_CONV_WINAPI),
    ("cdecl", n::CALL_CONV_CDECL),
    ("stdcall", n::CALL_CONV_STDCALL),
    ("thiscall", n::CALL_CONV_THISCALL),
    ("fastcall", n::CALL_CONV_FASTCALL),
];

impl Parser<'_> {
    pub(super) fn method(&mut self) -> Result<Method> {
        let mut method = Method {
            place: self.place(),
            flags: 0,
            impl_flags: 0,
            signature: Signature { convention: 0, ret: Ty::Primitive(element_type::VOID), params: Vec::new() },
            name: String::new(),
            typars: Vec::new(),
            params: vec![Param::default()],
            pinvoke: None,
            entry_point: false,
            max_stack: 8,
            init_locals: false,
            locals: Vec::new(),
            overrides: Vec::new(),
            body: Vec::new(),
            clauses: Vec::new(),
            attributes: Vec::new(),
        };
        self.bump();
        self.marks = 0;
        loop {
            if self.word() == "pinvokeimpl" {
                method.flags |= m::PINVOKE_IMPL;
                // As ilasm: a platform invoke keeps its signature.
                method.impl_flags |= i::PRESERVE_SIG;
                method.pinvoke = Some(self.pinvoke()?);
                continue;
            }
            let Some(bits) = super::flag(&FLAGS, self.word()) else { break };
            method.flags |= bits;
            self.bump();
        }
        let convention = self.convention()?;
        let ret = self.ty()?;
        if self.word() == "marshal" {
            method.params[0].marshal = Some(self.marshal()?);
            method.params[0].flags |= p::HAS_FIELD_MARSHAL;
        }
        method.name = self.name()?;
        method.typars = self.typars()?;
        let params = self.params(&mut method.params)?;
        method.signature = Signature { convention, ret, params };
        // `instance` may be left out where `static` is: the standard asks for one of the two.
        while let Some(bits) = super::flag(&IMPL_FLAGS, self.word()) {
            method.impl_flags |= bits;
            self.bump();
        }
        if let Some(pinvoke) = method.pinvoke.as_mut().filter(|p| p.name.is_empty()) {
            pinvoke.name.clone_from(&method.name);
        }
        self.expect("{")?;
        self.block(&mut method)?;
        Ok(method)
    }

    /// `("library" as "function" cdecl lasterr)`.
    fn pinvoke(&mut self) -> Result<PInvoke> {
        self.bump();
        self.expect("(")?;
        let mut out = PInvoke { module: String::new(), name: String::new(), flags: 0 };
        if matches!(self.tok(), Tok::Str(_)) {
            out.module = self.name_or_string()?;
            if self.eat_word("as") {
                out.name = self.name_or_string()?;
            }
        }
        while let Some(bits) = super::flag(&PINVOKE, self.word()) {
            out.flags |= bits;
            self.bump();
        }
        self.expect(")")?;
        Ok(out)
    }

    /// Types go into the signature, the rest into the list of parameters.
    fn params(&mut self, out: &mut Vec<Param>) -> Result<Vec<Ty>> {
        self.expect("(")?;
        let mut types = Vec::new();
        if self.eat(")") {
            return Ok(types);
        }
        loop {
            if self.is("...") {
                return at(self.place(), ErrorKind::Unsupported("`vararg`"));
            }
            let mut param = Param::default();
            while self.is("[") && matches!(self.second(), Tok::Word(word) if matches!(word.as_str(), "in" | "out" | "opt")) {
                self.bump();
                param.flags |= match self.word() {
                    "in" => p::IN,
                    "out" => p::OUT,
                    _ => p::OPTIONAL,
                };
                self.bump();
                self.expect("]")?;
            }
            types.push(self.ty()?);
            if self.word() == "marshal" {
                param.marshal = Some(self.marshal()?);
                param.flags |= p::HAS_FIELD_MARSHAL;
            }
            if matches!(self.tok(), Tok::Word(_) | Tok::Quoted(_)) {
                param.name = self.name()?;
            }
            out.push(param);
            if !self.eat(",") {
                break;
            }
        }
        self.expect(")")?;
        Ok(types)
    }

    /// `.locals [init] ([0] int32 a, object)`.
    pub(super) fn locals(&mut self, method: &mut Method) -> Result<()> {
        self.bump();
        method.init_locals |= self.eat_word("init");
        self.expect("(")?;
        if self.eat(")") {
            return Ok(());
        }
        loop {
            if self.eat("[") {
                let place = self.place();
                let n: usize = self.fitting("number of a local")?;
                if n != method.locals.len() {
                    return at(place, ErrorKind::Unsupported("a local out of order"));
                }
                self.expect("]")?;
            }
            let ty = self.ty()?;
            let name = if matches!(self.tok(), Tok::Word(_) | Tok::Quoted(_)) { self.name()? } else { String::new() };
            method.locals.push((ty, name));
            if !self.eat(",") {
                break;
            }
        }
        self.expect(")")
    }

    /// `.param [n] = value`, `.param type T`, and attributes behind either.
    pub(super) fn param(&mut self, method: &mut Method) -> Result<()> {
        self.bump();
        if self.eat_word("type") {
            return self.typar_attributes(&mut method.typars);
        }
        let place = self.place();
        self.expect("[")?;
        let n: usize = self.fitting("number of a parameter")?;
        self.expect("]")?;
        let Some(param) = method.params.get_mut(n) else {
            return at(place, ErrorKind::UnknownName { what: "parameter", name: n.to_string() });
        };
        if self.eat("=") {
            let constant = self.constant()?;
            param.flags |= p::HAS_DEFAULT;
            param.constant = Some(constant);
        }
        while self.word() == ".custom" {
            let attribute = self.attribute()?;
            param.attributes.push(attribute);
        }
        Ok(())
    }
}
