//! Rows of members and what hangs on them (ECMA-335 II.22.15, .26, .33, .34, .13, .27, .28, .9, .16, .17, .18, .22).

use super::{Cx, Def, Generics, coded};
use crate::ast::{Class, Constant, Field, Method, MethodOverride, MethodRef};
use crate::error::{ErrorKind, Result, at};
use kiln_metadata::flags::{field_attributes as f, method_attributes as m};
use kiln_metadata::{HasConstant, HasFieldMarshal, HasSemantics, MemberForwarded, MethodDefOrRef, Table, Token, TypeDefOrRef};

/// `HASTHIS` of a signature.
const HAS_THIS: u8 = 0x20;

impl<'a> Cx<'a> {
    /// Rows of fields and methods, found by name from here on.
    pub(super) fn declare_members(&mut self) -> Result<()> {
        for def in self.defs.clone() {
            for field in &def.class.fields {
                self.declare_field(def, field)?;
            }
        }
        let mut params = 1;
        for def in self.defs.clone() {
            for method in &def.class.methods {
                self.declare_method(def, method, &mut params)?;
            }
        }
        Ok(())
    }

    fn declare_field(&mut self, def: Def<'a>, field: &'a Field) -> Result<()> {
        let blob = self.field_signature(&field.ty, self.generics(def, &[]))?;
        // Global fields are static, whether they say so or not (II.16).
        let flags = field.flags | if def.rid == 1 { f::STATIC } else { 0 };
        let row = [flags.into(), self.heaps.string(&field.name), self.heaps.blob(&blob)];
        let rid = self.tables.add(Table::Field, &row);
        match self.fields.insert((def.rid, &field.name), rid) {
            Some(_) => at(field.place, ErrorKind::Duplicate { what: "field", name: field.name.clone() }),
            None => Ok(()),
        }
    }

    fn declare_method(&mut self, def: Def<'a>, method: &'a Method, params: &mut u32) -> Result<()> {
        let mut flags = method.flags;
        if def.rid == 1 {
            flags |= m::STATIC;
        }
        // What the standard asks of constructors, and of methods with a `this`, need not be written down each time.
        if matches!(method.name.as_str(), ".ctor" | ".cctor") {
            flags |= m::SPECIAL_NAME | m::RT_SPECIAL_NAME;
        }
        let blob = self.own_signature(def, method)?;
        let row = [0, method.impl_flags.into(), flags.into(), self.heaps.string(&method.name), self.heaps.blob(&blob), *params];
        let rid = self.tables.add(Table::MethodDef, &row);
        let known = self.methods.entry((def.rid, &method.name)).or_default();
        if known.iter().any(|(signature, _)| *signature == blob) {
            return at(method.place, ErrorKind::Duplicate { what: "method", name: method.name.clone() });
        }
        known.push((blob, rid));
        for (sequence, param) in method.params.iter().enumerate() {
            let wanted = !param.name.is_empty() || param.flags != 0 || !param.attributes.is_empty();
            if wanted {
                let row = [param.flags.into(), sequence as u32, self.heaps.string(&param.name)];
                self.tables.add(Table::Param, &row);
                *params += 1;
            }
        }
        Ok(())
    }

    /// The signature of a definition.
    fn own_signature(&mut self, def: Def<'a>, method: &'a Method) -> Result<Vec<u8>> {
        let mut signature = method.signature.clone();
        if method.flags & m::STATIC == 0 && def.rid != 1 {
            signature.convention |= HAS_THIS;
        }
        let mut blob = Vec::new();
        self.signature(&signature, method.typars.len() as u32, self.generics(def, &method.typars), &mut blob)?;
        Ok(blob)
    }

    pub(super) fn hang_on_members(&mut self) -> Result<()> {
        let mut params = 1;
        for def in self.defs.clone() {
            let (first_field, first_method) = self.first_members[def.rid as usize - 1];
            for (n, field) in def.class.fields.iter().enumerate() {
                self.hang_on_field(def, field, first_field + n as u32)?;
            }
            for (n, method) in def.class.methods.iter().enumerate() {
                self.hang_on_method(def, method, first_method + n as u32, &mut params)?;
            }
            let generics = self.generics(def, &[]);
            for (declaration, body) in &def.class.overrides {
                let body = coded::<MethodDefOrRef>(self.method_def_or_ref(body, generics)?);
                let declaration = coded::<MethodDefOrRef>(self.method_def_or_ref(declaration, generics)?);
                self.tables.add(Table::MethodImpl, &[def.rid, body, declaration]);
            }
            self.properties(def.rid, def.class, generics)?;
            self.events(def.rid, def.class, generics)?;
        }
        Ok(())
    }

    fn constant(&mut self, owner: Token, constant: &Constant) {
        let row = [constant.ty.into(), coded::<HasConstant>(owner), self.heaps.blob(&constant.bytes)];
        self.tables.add(Table::Constant, &row);
    }

    fn marshal(&mut self, owner: Token, blob: &[u8]) {
        let row = [coded::<HasFieldMarshal>(owner), self.heaps.blob(blob)];
        self.tables.add(Table::FieldMarshal, &row);
    }

    fn hang_on_field(&mut self, def: Def<'a>, field: &'a Field, rid: u32) -> Result<()> {
        let token = Token::new(Table::Field, rid);
        if let Some(offset) = field.offset {
            self.tables.add(Table::FieldLayout, &[offset, rid]);
        }
        if let Some(constant) = &field.constant {
            self.constant(token, constant);
        }
        if let Some(blob) = &field.marshal {
            self.marshal(token, blob);
        }
        self.attributes(token, &field.attributes, self.generics(def, &[]))
    }

    fn hang_on_method(&mut self, def: Def<'a>, method: &'a Method, rid: u32, params: &mut u32) -> Result<()> {
        let token = Token::new(Table::MethodDef, rid);
        let generics = self.generics(def, &method.typars);
        for param in &method.params {
            if param.name.is_empty() && param.flags == 0 && param.attributes.is_empty() {
                continue;
            }
            let owner = Token::new(Table::Param, *params);
            *params += 1;
            if let Some(constant) = &param.constant {
                self.constant(owner, constant);
            }
            if let Some(blob) = &param.marshal {
                self.marshal(owner, blob);
            }
            self.attributes(owner, &param.attributes, generics)?;
        }
        if let Some(pinvoke) = &method.pinvoke {
            let module = self.heaps.string(&pinvoke.module);
            let module = self.tables.intern(Table::ModuleRef, &[module]);
            let row = [pinvoke.flags.into(), coded::<MemberForwarded>(token), self.heaps.string(&pinvoke.name), module];
            self.tables.add(Table::ImplMap, &row);
        }
        for one in &method.overrides {
            let declaration = match one {
                MethodOverride::Full(declaration) => self.method_def_or_ref(declaration, generics)?,
                MethodOverride::Short(owner, name) => {
                    let blob = self.own_signature(def, method)?;
                    self.member(Some(owner), name, &blob, generics)?.unwrap_or(token)
                }
            };
            let row = [def.rid, coded::<MethodDefOrRef>(token), coded::<MethodDefOrRef>(declaration)];
            self.tables.add(Table::MethodImpl, &row);
        }
        self.attributes(token, &method.attributes, generics)
    }

    fn properties(&mut self, rid: u32, class: &'a Class, generics: Generics<'a>) -> Result<()> {
        for (n, property) in class.properties.iter().enumerate() {
            let mut blob = Vec::new();
            self.signature(&property.signature, 0, generics, &mut blob)?;
            let row = [property.flags.into(), self.heaps.string(&property.name), self.heaps.blob(&blob)];
            let row = self.tables.add(Table::Property, &row);
            if n == 0 {
                self.tables.add(Table::PropertyMap, &[rid, row]);
            }
            let token = Token::new(Table::Property, row);
            self.accessors(token, &property.accessors, generics)?;
            self.attributes(token, &property.attributes, generics)?;
        }
        Ok(())
    }

    fn events(&mut self, rid: u32, class: &'a Class, generics: Generics<'a>) -> Result<()> {
        for (n, event) in class.events.iter().enumerate() {
            let ty = coded::<TypeDefOrRef>(self.spec(&event.ty, generics)?);
            let row = [event.flags.into(), self.heaps.string(&event.name), ty];
            let row = self.tables.add(Table::Event, &row);
            if n == 0 {
                self.tables.add(Table::EventMap, &[rid, row]);
            }
            let token = Token::new(Table::Event, row);
            self.accessors(token, &event.accessors, generics)?;
            self.attributes(token, &event.attributes, generics)?;
        }
        Ok(())
    }

    fn accessors(&mut self, owner: Token, accessors: &[(u16, MethodRef)], generics: Generics<'_>) -> Result<()> {
        for (kind, method) in accessors {
            let token = self.method_def_or_ref(method, generics)?;
            if token.table() != Some(Table::MethodDef) {
                return at(method.place, ErrorKind::Invalid("an accessor is a method of the class"));
            }
            self.tables.add(Table::MethodSemantics, &[(*kind).into(), token.rid(), coded::<HasSemantics>(owner)]);
        }
        Ok(())
    }
}
