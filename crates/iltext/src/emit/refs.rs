//! References to methods and fields as tokens (ECMA-335 II.22.25, II.22.29).

use super::{Cx, Generics, coded};
use crate::ast::{FieldRef, MethodArgs, MethodRef, Spec};
use crate::error::{ErrorKind, Result, at};
use crate::write::compressed;
use kiln_metadata::{MemberRefParent, MethodDefOrRef, Table, Token};

/// `GENERICINST` of a method instance's blob (II.23.2.15).
const GENERIC_INSTANCE: u8 = 0x0A;

impl Cx<'_> {
    /// A method without its type arguments: the definition when the owner is a class of this assembly that has it.
    pub(super) fn method_def_or_ref(&mut self, m: &MethodRef, generics: Generics<'_>) -> Result<Token> {
        let arity = match &m.args {
            MethodArgs::None => 0,
            MethodArgs::Types(args) => args.len() as u32,
            MethodArgs::Arity(n) => *n,
        };
        let mut blob = Vec::new();
        self.signature(&m.signature, arity, generics, &mut blob)?;
        self.member(m.owner.as_ref(), &m.name, &blob, generics).and_then(|found| match found {
            Some(token) => Ok(token),
            None => at(m.place, ErrorKind::UnknownName { what: "global method", name: m.name.clone() }),
        })
    }

    /// A method of this owner and signature.
    pub(super) fn member(&mut self, owner: Option<&Spec>, name: &str, blob: &[u8], generics: Generics<'_>) -> Result<Option<Token>> {
        let parent = match owner {
            Some(owner) => self.spec(owner, generics)?,
            None => Token::new(Table::TypeDef, 1),
        };
        if parent.table() == Some(Table::TypeDef) {
            let known = self.methods.get(&(parent.rid(), name));
            if let Some((_, rid)) = known.and_then(|known| known.iter().find(|(signature, _)| signature == blob)) {
                return Ok(Some(Token::new(Table::MethodDef, *rid)));
            }
            if owner.is_none() {
                return Ok(None);
            }
        }
        Ok(Some(self.member_ref(parent, name, blob)))
    }

    fn member_ref(&mut self, parent: Token, name: &str, blob: &[u8]) -> Token {
        let row = [coded::<MemberRefParent>(parent), self.heaps.string(name), self.heaps.blob(blob)];
        Token::new(Table::MemberRef, self.tables.intern(Table::MemberRef, &row))
    }

    /// A method as instructions name it.
    pub(super) fn method_token(&mut self, m: &MethodRef, generics: Generics<'_>) -> Result<Token> {
        let method = self.method_def_or_ref(m, generics)?;
        let MethodArgs::Types(args) = &m.args else { return Ok(method) };
        let mut blob = vec![GENERIC_INSTANCE];
        compressed(args.len() as u32, &mut blob);
        for arg in args {
            self.ty(arg, generics, &mut blob)?;
        }
        let row = [coded::<MethodDefOrRef>(method), self.heaps.blob(&blob)];
        Ok(Token::new(Table::MethodSpec, self.tables.intern(Table::MethodSpec, &row)))
    }

    /// A field as instructions name it.
    pub(super) fn field_token(&mut self, f: &FieldRef, generics: Generics<'_>) -> Result<Token> {
        let parent = match &f.owner {
            Some(owner) => self.spec(owner, generics)?,
            None => Token::new(Table::TypeDef, 1),
        };
        if parent.table() == Some(Table::TypeDef)
            && let Some(&rid) = self.fields.get(&(parent.rid(), f.name.as_str()))
        {
            return Ok(Token::new(Table::Field, rid));
        }
        if f.owner.is_none() {
            return at(f.place, ErrorKind::UnknownName { what: "global field", name: f.name.clone() });
        }
        let blob = self.field_signature(&f.ty, generics)?;
        Ok(self.member_ref(parent, &f.name, &blob))
    }
}
