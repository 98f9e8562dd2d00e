//! Prints IL in the manner of ildasm; names are resolved through a module when one is given.

use crate::{Decoder, Instr, Operand};
use core::fmt;
use kiln_metadata::{EhKind, MemberRefParent, MethodBody, MethodDefOrRef, MethodToken, Module, Token, TypeDefOrRef};

/// Displays a body: `Disasm { module: Some(&m), body: &b }`. Undecodable bytes end the listing with the error.
#[derive(Clone, Copy, Debug)]
pub struct Disasm<'a> {
    /// Where tokens are looked up.
    pub module: Option<&'a Module>,
    /// What is printed.
    pub body: &'a MethodBody<'a>,
}

impl fmt::Display for Disasm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let b = self.body;
        writeln!(f, ".maxstack {}", b.max_stack)?;
        if let Some(locals) = b.locals {
            writeln!(f, ".locals {}{}", if b.init_locals { "init " } else { "" }, locals.token())?;
        }
        for i in Decoder::new(b.code) {
            match i {
                Ok(i) => writeln!(f, "{}", DisasmInstr { module: self.module, instr: &i })?,
                Err(e) => writeln!(f, "// {e}")?,
            }
        }
        for c in &b.clauses {
            let (t, h) = (c.try_range(), c.handler_range());
            write!(f, ".try IL_{:04x} to IL_{:04x} ", t.start, t.end)?;
            match c.kind {
                EhKind::Catch(ty) => write!(f, "catch {}", TypeName { module: self.module, ty })?,
                EhKind::Filter { filter_offset } => write!(f, "filter IL_{filter_offset:04x}")?,
                EhKind::Finally => write!(f, "finally")?,
                EhKind::Fault => write!(f, "fault")?,
            }
            writeln!(f, " handler IL_{:04x} to IL_{:04x}", h.start, h.end)?;
        }
        Ok(())
    }
}

struct DisasmInstr<'a> {
    module: Option<&'a Module>,
    instr: &'a Instr<'a>,
}

impl fmt::Display for Instr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        DisasmInstr { module: None, instr: self }.fmt(f)
    }
}

impl fmt::Display for DisasmInstr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let i = self.instr;
        write!(f, "IL_{:04x}: ", i.offset)?;
        if i.operand == Operand::None {
            return f.write_str(i.opcode.mnemonic());
        }
        write!(f, "{:<10} ", i.opcode.mnemonic())?;
        let token = |f: &mut fmt::Formatter<'_>, t: Token| -> fmt::Result {
            match self.module.and_then(|m| token_name(m, t)) {
                Some(name) => write!(f, "{name} /*{t}*/"),
                None => write!(f, "{t}"),
            }
        };
        match i.operand {
            Operand::None => Ok(()),
            Operand::Arg(n) | Operand::Local(n) => write!(f, "{n}"),
            Operand::I32(n) => write!(f, "{n}"),
            Operand::I64(n) => write!(f, "{n}"),
            Operand::F32(x) => write!(f, "{x:?}"),
            Operand::F64(x) => write!(f, "{x:?}"),
            Operand::Target(t) => write!(f, "IL_{t:04x}"),
            Operand::Switch(table) => {
                f.write_str("(")?;
                for (n, t) in table.iter().enumerate() {
                    write!(f, "{}IL_{t:04x}", if n == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
            Operand::Method(t) => token(f, t.token()),
            Operand::Field(t) => token(f, t.token()),
            Operand::Type(t) => token(f, t.token()),
            Operand::Token(t) => token(f, t.token()),
            Operand::Sig(t) => token(f, t.token()),
            Operand::String(offset) => match self.module.and_then(|m| m.user_string(offset).ok()) {
                Some(s) => write!(f, "{s:?}"),
                None => write!(f, "70{offset:06x}"),
            },
        }
    }
}

struct TypeName<'a> {
    module: Option<&'a Module>,
    ty: TypeDefOrRef,
}

impl fmt::Display for TypeName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.module.and_then(|m| type_name(m, self.ty)) {
            Some(name) => f.write_str(&name),
            None => write!(f, "{}", self.ty.token()),
        }
    }
}

fn dotted(namespace: &str, name: &str) -> String {
    if namespace.is_empty() { name.to_owned() } else { format!("{namespace}.{name}") }
}

fn type_name(m: &Module, ty: TypeDefOrRef) -> Option<String> {
    match ty {
        TypeDefOrRef::TypeDef(id) => m.type_def(id).ok().map(|r| dotted(r.namespace, r.name)),
        TypeDefOrRef::TypeRef(id) => m.type_ref(id).ok().map(|r| dotted(r.namespace, r.name)),
        TypeDefOrRef::TypeSpec(_) => None,
    }
}

fn method_name(m: &Module, method: MethodDefOrRef) -> Option<String> {
    match method {
        MethodDefOrRef::MethodDef(id) => {
            let name = m.method_def(id).ok()?.name;
            let owner = m.method_owner(id).and_then(|t| type_name(m, TypeDefOrRef::TypeDef(t)));
            Some(format!("{}::{name}", owner.unwrap_or_default()))
        }
        MethodDefOrRef::MemberRef(id) => {
            let r = m.member_ref(id).ok()?;
            let owner = match r.parent {
                MemberRefParent::TypeDef(t) => type_name(m, t.into()),
                MemberRefParent::TypeRef(t) => type_name(m, t.into()),
                other => Some(other.token().to_string()),
            };
            Some(format!("{}::{}", owner.unwrap_or_default(), r.name))
        }
    }
}

fn token_name(m: &Module, token: Token) -> Option<String> {
    if let Some(ty) = TypeDefOrRef::from_token(token) {
        return type_name(m, ty);
    }
    if let Some(method) = MethodToken::from_token(token) {
        return match method {
            MethodToken::MethodDef(id) => method_name(m, id.into()),
            MethodToken::MemberRef(id) => method_name(m, id.into()),
            MethodToken::MethodSpec(id) => method_name(m, m.method_spec(id).ok()?.method).map(|n| n + "<…>"),
        };
    }
    if let Some(id) = kiln_metadata::FieldId::from_token(token) {
        let name = m.field(id).ok()?.name;
        let owner = m.field_owner(id).and_then(|t| type_name(m, TypeDefOrRef::TypeDef(t)));
        return Some(format!("{}::{name}", owner.unwrap_or_default()));
    }
    None
}
