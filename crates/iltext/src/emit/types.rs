//! Type definitions: rows, bases, nesting, layout, interfaces, type parameters (ECMA-335 II.22.37, .32, .8, .23, .20, .21).

use super::{Cx, Def, Generics, coded};
use crate::ast::{Class, Scope, Spec, Typar, TypeName};
use crate::error::{ErrorKind, Place, Result, at};
use kiln_metadata::flags::type_attributes as t;
use kiln_metadata::{Implementation, Table, Token, TypeDefOrRef, TypeOrMethodDef};

/// The assemblies that can have `System.Object`, for classes that do not name their base.
const CORE: [&str; 4] = ["System.Private.CoreLib", "System.Runtime", "mscorlib", "netstandard"];

impl<'a> Cx<'a> {
    /// Numbers all classes: an enclosing one before its nested ones.
    pub(super) fn declare_types(&mut self) -> Result<()> {
        let unit = self.unit;
        self.defs.push(Def { class: &unit.global, rid: 1, outer: None });
        for class in &unit.classes {
            self.declare(class, None, &[])?;
        }
        Ok(())
    }

    fn declare(&mut self, class: &'a Class, outer: Option<u32>, path: &[&'a str]) -> Result<()> {
        let rid = self.defs.len() as u32 + 1;
        self.defs.push(Def { class, rid, outer });
        let path: Vec<&'a str> = path.iter().copied().chain([class.name.as_str()]).collect();
        for nested in &class.nested {
            self.declare(nested, Some(rid), &path)?;
        }
        match self.by_path.insert(path, rid) {
            Some(_) => at(class.place, ErrorKind::Duplicate { what: "class", name: class.name.clone() }),
            None => Ok(()),
        }
    }

    /// The rows. Lists of members start where those of the class before end.
    pub(super) fn define_types(&mut self) -> Result<()> {
        let (mut fields, mut methods) = (1, 1);
        for def in self.defs.clone() {
            let class = def.class;
            let is_module = def.rid == 1;
            let full = if is_module { "<Module>" } else { class.name.as_str() };
            // The name of a nested type is taken as it is; a dot in it belongs to it.
            let (namespace, name) = match full.rfind('.') {
                Some(dot) if dot > 0 && def.outer.is_none() && !is_module => (&full[..dot], &full[dot + 1..]),
                _ => ("", full),
            };
            let extends = if is_module { 0 } else { self.base(def)? };
            let sealed = if class.implied_base.is_some() { t::SEALED } else { 0 };
            let row = [class.flags | sealed, self.heaps.string(name), self.heaps.string(namespace), extends, fields, methods];
            self.tables.add(Table::TypeDef, &row);
            self.first_members.push((fields, methods));
            fields += class.fields.len() as u32;
            methods += class.methods.len() as u32;
        }
        let unit = self.unit;
        for (place, name, assembly) in &unit.forwarders {
            let Some(&rid) = self.assemblies.get(assembly.as_str()) else {
                return at(*place, ErrorKind::UnknownAssembly(assembly.clone()));
            };
            let (namespace, name) = name.rsplit_once('.').unwrap_or(("", name));
            let implementation = coded::<Implementation>(Token::new(Table::AssemblyRef, rid));
            let row = [kiln_metadata::flags::FORWARDER, 0, self.heaps.string(name), self.heaps.string(namespace), implementation];
            self.tables.add(Table::ExportedType, &row);
        }
        Ok(())
    }

    /// What a class extends, as a column.
    fn base(&mut self, def: Def<'a>) -> Result<u32> {
        let class = def.class;
        if let Some(spec) = &class.extends {
            let generics = self.generics(def, &[]);
            return self.spec(spec, generics).map(coded::<TypeDefOrRef>);
        }
        if class.flags & t::INTERFACE != 0 {
            return Ok(0);
        }
        let name = class.implied_base.unwrap_or("Object");
        let full = format!("System.{name}");
        if class.name == full {
            return Ok(0);
        }
        let core = self.unit.references.iter().find(|r| CORE.contains(&r.name.as_str()));
        let scope = core.map_or(Scope::Here, |r| Scope::Assembly(r.alias.clone()));
        if scope == Scope::Here && !self.by_path.contains_key(&vec![full.as_str()]) {
            return at(class.place, ErrorKind::Invalid("a class needs `extends` where no class library is referenced"));
        }
        let name = TypeName { place: class.place, scope, path: vec![full] };
        self.type_token(&name).map(coded::<TypeDefOrRef>)
    }

    /// Type parameters of types and methods, in the order that the table wants: by owner, types and methods in one row of numbers.
    pub(super) fn generic_params(&mut self) -> Result<()> {
        let mut owners: Vec<(Token, Def<'a>, &'a [Typar], &'a [Typar])> = Vec::new();
        for def in self.defs.clone() {
            let first = self.first_members[def.rid as usize - 1].1;
            owners.push((Token::new(Table::TypeDef, def.rid), def, &def.class.typars, &[]));
            for (n, method) in def.class.methods.iter().enumerate() {
                owners.push((Token::new(Table::MethodDef, first + n as u32), def, &method.typars, &method.typars));
            }
        }
        owners.retain(|owner| !owner.2.is_empty());
        owners.sort_by_key(|owner| coded::<TypeOrMethodDef>(owner.0));
        for (owner, _, typars, _) in &owners {
            for (n, typar) in typars.iter().enumerate() {
                let row = [n as u32, typar.flags.into(), coded::<TypeOrMethodDef>(*owner), self.heaps.string(&typar.name)];
                let rid = self.tables.add(Table::GenericParam, &row);
                self.typar_rows.entry(*owner).or_insert(rid);
            }
        }
        for (owner, def, typars, method) in owners {
            let generics = self.generics(def, method);
            let first = self.typar_rows.get(&owner).copied().unwrap_or(1);
            for (n, typar) in typars.iter().enumerate() {
                let rid = first + n as u32;
                for constraint in &typar.constraints {
                    let row = [rid, coded::<TypeDefOrRef>(self.spec(constraint, generics)?)];
                    self.tables.add(Table::GenericParamConstraint, &row);
                }
                self.attributes(Token::new(Table::GenericParam, rid), &typar.attributes, generics)?;
            }
        }
        Ok(())
    }

    /// Nesting, layout, interfaces and attributes.
    pub(super) fn hang_on_types(&mut self) -> Result<()> {
        for def in self.defs.clone() {
            let class = def.class;
            let generics = self.generics(def, &[]);
            if let Some(outer) = def.outer {
                self.tables.add(Table::NestedClass, &[def.rid, outer]);
            }
            if class.pack.is_some() || class.size.is_some() {
                let row = [class.pack.unwrap_or(0).into(), class.size.unwrap_or(0), def.rid];
                self.tables.add(Table::ClassLayout, &row);
            }
            for (interface, attributes) in &class.implements {
                let row = [def.rid, coded::<TypeDefOrRef>(self.spec(interface, generics)?)];
                let rid = self.tables.add(Table::InterfaceImpl, &row);
                self.attributes(Token::new(Table::InterfaceImpl, rid), attributes, generics)?;
            }
            self.attributes(Token::new(Table::TypeDef, def.rid), &class.attributes, generics)?;
        }
        Ok(())
    }

    /// The token of a type by name.
    pub(super) fn type_token(&mut self, name: &TypeName) -> Result<Token> {
        let own = self.unit.assembly.as_ref().map(|a| a.name.as_str());
        let scope = match &name.scope {
            Scope::Assembly(a) if self.assemblies.contains_key(a.as_str()) => {
                Some(Token::new(Table::AssemblyRef, self.assemblies[a.as_str()]))
            }
            Scope::Assembly(a) if own != Some(a.as_str()) => return at(name.place, ErrorKind::UnknownAssembly(a.clone())),
            Scope::Assembly(_) | Scope::Here => None,
            Scope::Module(m) => match self.modules.get(m.as_str()) {
                Some(&rid) => Some(Token::new(Table::ModuleRef, rid)),
                None => return at(name.place, ErrorKind::UnknownModule(m.clone())),
            },
        };
        let Some(mut scope) = scope else {
            let path: Vec<&str> = name.path.iter().map(String::as_str).collect();
            return match self.by_path.get(&path) {
                Some(&rid) => Ok(Token::new(Table::TypeDef, rid)),
                None => at(name.place, ErrorKind::UnknownType(name.path.join("/"))),
            };
        };
        for (n, part) in name.path.iter().enumerate() {
            let (namespace, part) = match part.rsplit_once('.') {
                Some((namespace, part)) if n == 0 => (namespace, part),
                _ => ("", part.as_str()),
            };
            let row = [coded::<kiln_metadata::ResolutionScope>(scope), self.heaps.string(part), self.heaps.string(namespace)];
            scope = Token::new(Table::TypeRef, self.tables.intern(Table::TypeRef, &row));
        }
        Ok(scope)
    }

    /// The token of what stands where a type is wanted.
    pub(super) fn spec(&mut self, spec: &Spec, generics: Generics<'_>) -> Result<Token> {
        let ty = match spec {
            Spec::Name(name) | Spec::Ty(crate::ast::Ty::Named(_, name)) => return self.type_token(name),
            Spec::Ty(ty) => ty,
        };
        let mut blob = Vec::new();
        self.ty(ty, generics, &mut blob)?;
        let row = [self.heaps.blob(&blob)];
        Ok(Token::new(Table::TypeSpec, self.tables.intern(Table::TypeSpec, &row)))
    }
}

/// The position of a type parameter.
pub(super) fn typar_index(typars: &[Typar], place: Place, name: &str) -> Result<u32> {
    match typars.iter().position(|t| t.name == name) {
        Some(n) => Ok(n as u32),
        None => at(place, ErrorKind::UnknownName { what: "type parameter", name: name.to_owned() }),
    }
}
