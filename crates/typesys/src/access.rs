//! Accessibility (ECMA-335 I.8.5.3, II.23.1.5, II.23.1.10, II.23.1.15): what the code of a method may name. An access that is not allowed is
//! found when it is made, in the words of the runtime.

use crate::TypeSystem;
use crate::desc::*;
use kiln_metadata::flags::{method_attributes as ma, type_attributes as ta};

/// Types are nested this deeply at most; whoever nests deeper names itself.
const MAX_NESTING: usize = 64;

/// What a refused access is of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refused {
    /// A type.
    Type(String),
    /// A method, or its type, or an argument of either.
    Method(String),
    /// A field, or its type.
    Field(String),
}

impl TypeSystem {
    /// Whether the accesses of a module's code are checked: the class library's were when it was compiled, and the overlay is part of it.
    pub fn checks_access(&self, module: ModuleId) -> bool {
        !self.module(module).is_ready_to_run() && module != self.corelib() && !self.memo.overlay_modules.borrow().contains(&module)
    }

    /// Why the code of a method may not name a type.
    pub fn refused_type(&self, from: MethodDesc, t: TypeDesc) -> Option<Refused> {
        let by = self.method_words(from);
        let refused = || Refused::Type(format!("Attempt by method '{by}' to access type '{}' failed.", self.reflection_name(t)));
        (!self.sees_type(self.method_owner(from), t)).then(refused)
    }

    /// Why the code of a method may not name another.
    pub fn refused_method(&self, from: MethodDesc, m: MethodDesc) -> Option<Refused> {
        let by = self.method_owner(from);
        let access = self.method_flags(m).0 & ma::ACCESS_MASK;
        let seen = self.sees_member(by, self.method_owner(m), access) && self.method_args(m).iter().all(|&a| self.sees_type(by, a));
        let text = || format!("Attempt by method '{}' to access method '{}' failed.", self.method_words(from), self.method_words(m));
        (!seen).then(|| Refused::Method(text()))
    }

    /// Why the code of a method may not name a field.
    pub fn refused_field(&self, from: MethodDesc, f: FieldDesc) -> Option<Refused> {
        // The masks of fields and methods are the same.
        let access = self.field_flags(f) & ma::ACCESS_MASK;
        let owner = self.field_owner(f);
        let text = || {
            let field = format!("{}.{}", self.loader_names(owner).0, self.field_name(f));
            format!("Attempt by method '{}' to access field '{field}' failed.", self.method_words(from))
        };
        (!self.sees_member(self.method_owner(from), owner, access)).then(|| Refused::Field(text()))
    }

    fn sees_member(&self, from: TypeDesc, owner: TypeDesc, access: u16) -> bool {
        if !self.sees_type(from, owner) {
            return false;
        }
        match access {
            ma::PUBLIC => true,
            ma::ASSEMBLY => self.same_assembly(from, owner),
            ma::FAMILY => self.is_family(from, owner),
            ma::FAM_OR_ASSEM => self.same_assembly(from, owner) || self.is_family(from, owner),
            ma::FAM_AND_ASSEM => self.same_assembly(from, owner) && self.is_family(from, owner),
            ma::PRIVATE => self.is_within(from, owner) || self.ignores_access(from, owner),
            _ => self.type_def(from).map(|d| d.0) == self.type_def(owner).map(|d| d.0),
        }
    }

    fn sees_type(&self, from: TypeDesc, t: TypeDesc) -> bool {
        if let Some(e) = self.element_type(t) {
            return self.sees_type(from, e);
        }
        // A variable was seen where it got its argument.
        if self.type_def(t).is_none() {
            return true;
        }
        let args = self.type_args(t);
        let open = self.generic_definition(t) == t;
        (open || args.iter().all(|&a| self.sees_type(from, a))) && self.sees_definition(from, t)
    }

    fn sees_definition(&self, from: TypeDesc, t: TypeDesc) -> bool {
        let visibility = self.type_flags(t) & ta::VISIBILITY_MASK;
        if visibility == ta::PUBLIC {
            return true;
        }
        let Some(outer) = self.enclosing_type(t) else { return self.same_assembly(from, t) };
        let allowed = match visibility {
            ta::NESTED_PUBLIC => true,
            ta::NESTED_ASSEMBLY => self.same_assembly(from, t),
            ta::NESTED_FAMILY => self.is_family(from, outer),
            ta::NESTED_FAM_OR_ASSEM => self.same_assembly(from, t) || self.is_family(from, outer),
            ta::NESTED_FAM_AND_ASSEM => self.same_assembly(from, t) && self.is_family(from, outer),
            _ => self.is_within(from, outer) || self.ignores_access(from, t),
        };
        allowed && self.sees_definition(from, outer)
    }

    /// Whether everybody may name the definition of a type: it is public, and within public types only (I.8.5.3.1).
    pub fn is_visible(&self, t: TypeDesc) -> bool {
        self.type_def(t).is_some()
            && self.enclosing_types(t).all(|t| matches!(self.type_flags(t) & ta::VISIBILITY_MASK, ta::PUBLIC | ta::NESTED_PUBLIC))
    }

    /// A type, what it is nested in, and so on.
    fn enclosing_types(&self, t: TypeDesc) -> impl Iterator<Item = TypeDesc> + '_ {
        std::iter::successors(Some(self.generic_definition(t)), |&t| self.enclosing_type(t)).take(MAX_NESTING)
    }

    /// The type itself, or nested in it.
    fn is_within(&self, from: TypeDesc, owner: TypeDesc) -> bool {
        let def = self.type_def(owner);
        self.enclosing_types(from).any(|t| self.type_def(t) == def)
    }

    /// Derived from it, or nested in what is.
    fn is_family(&self, from: TypeDesc, owner: TypeDesc) -> bool {
        let def = self.type_def(owner);
        self.is_within(from, owner)
            || self.enclosing_types(from).any(|t| self.classes(t).any(|class| self.type_def(class) == def))
            || self.ignores_access(from, owner)
    }

    fn same_assembly(&self, from: TypeDesc, of: TypeDesc) -> bool {
        let (Some((own, _)), Some((other, _))) = (self.type_def(from), self.type_def(of)) else { return true };
        own == other || self.is_friend(other, own) || self.ignores_access(from, of)
    }

    /// `[IgnoresAccessChecksTo("…")]`, which the runtime honours.
    fn ignores_access(&self, from: TypeDesc, to: TypeDesc) -> bool {
        let (Some((own, _)), Some((other, _))) = (self.type_def(from), self.type_def(to)) else { return true };
        own != other && self.has_ignored(own, &self.assembly_name(other))
    }

    /// `Namespace.Type.Method(Int32, System.String)`.
    fn method_words(&self, m: MethodDesc) -> String {
        let owner = self.method_owner(m);
        let own_args = self.method_args(m);
        let name = self.method_name(m);
        let args = |list: &[TypeDesc]| match list {
            [] => String::new(),
            list => format!("<{}>", list.iter().map(|&a| self.reflection_name(a)).collect::<Vec<_>>().join(",")),
        };
        let type_args = self.type_args(self.canonical_type(owner));
        let params = self.method_sig(self.method_definition(m)).map(|s| s.params.clone()).unwrap_or_default();
        let params: Vec<String> = params.iter().map(|&p| self.signature_type(p)).collect();
        format!("{}{}.{name}{}({})", self.loader_names(owner).0, args(&type_args), args(&own_args), params.join(", "))
    }
}
