//! What a program declares: enums, structs, classes and interfaces with their members, as data that expressions are made over.

use crate::types::Ty;

/// What is declared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names are C#'s")]
pub enum Kind {
    Enum,
    Struct,
    Class,
    Interface,
}

/// What a type argument must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Constraint {
    /// Anything.
    None,
    /// `struct`.
    Struct,
    /// `class`.
    Class,
    /// An interface of the program without type parameters, by its number: calls through it are constrained calls.
    Is(usize),
}

impl Constraint {
    /// What C# writes behind the declaration for a parameter.
    #[must_use]
    pub fn clause(self, param: &str, decls: &Decls) -> String {
        match self {
            Self::None => String::new(),
            Self::Struct => format!(" where {param} : struct"),
            Self::Class => format!(" where {param} : class"),
            Self::Is(id) => format!(" where {param} : {}", decls.0[id].name),
        }
    }
}

/// A type parameter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeParam {
    /// Its name.
    pub name: String,
    /// `out` or `in`, of an interface.
    pub variance: &'static str,
    /// What may be put in its place.
    pub constraint: Constraint,
}

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type, in the declaring type's parameters.
    pub ty: Ty,
    /// Whether there is one for the type.
    pub is_static: bool,
}

/// How an argument is passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names are C#'s")]
pub enum Mode {
    Value,
    Ref,
    In,
    Out,
}

impl Mode {
    /// As C# writes it before a parameter or an argument.
    #[must_use]
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Value => "",
            Self::Ref => "ref ",
            Self::In => "in ",
            Self::Out => "out ",
        }
    }
}

/// How a method is found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names are C#'s")]
pub enum Dispatch {
    Static,
    Instance,
    Virtual,
    Abstract,
}

/// A method.
#[derive(Clone, Debug)]
pub struct Method {
    /// Its name; no two methods of a program share one, but those that override or implement.
    pub name: String,
    /// How it is found.
    pub dispatch: Dispatch,
    /// Its own type parameters.
    pub params: Vec<TypeParam>,
    /// The types of its parameters. The method's own type parameters are numbered after the type's.
    pub args: Vec<(Ty, Mode)>,
    /// What it returns.
    pub ret: Ty,
    /// It may call methods of a lower rank only: so no program recurses. An override has the rank of what it overrides.
    pub rank: u32,
    /// Whether an interface has a body for it.
    pub has_default: bool,
    /// Whether it is `async`; its callers wait for it.
    pub is_async: bool,
}

/// A declared type.
#[derive(Clone, Debug)]
pub struct Decl {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its type parameters.
    pub params: Vec<TypeParam>,
    /// The base class.
    pub base: Option<Ty>,
    /// The interfaces that it names.
    pub interfaces: Vec<Ty>,
    /// Its own fields.
    pub fields: Vec<Field>,
    /// The methods that it introduces.
    pub methods: Vec<Method>,
    /// The names of an enum's values.
    pub members: Vec<String>,
    /// Whether there can be no instance.
    pub is_abstract: bool,
    /// Whether it is a record, which compares by its fields; records derive from records.
    pub is_record: bool,
    /// Whether it implements the program's interface of static members for itself.
    pub is_maker: bool,
    /// Whether it has operators `+` (of two) and `-` (of one).
    pub has_operators: bool,
}

impl Decl {
    /// One without parameters, bases and members.
    #[must_use]
    pub fn new(name: String, kind: Kind) -> Self {
        Self {
            name,
            kind,
            params: Vec::new(),
            base: None,
            interfaces: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
            members: Vec::new(),
            is_abstract: false,
            is_record: false,
            is_maker: false,
            has_operators: false,
        }
    }
}

/// All declarations of a program.
#[derive(Clone, Debug, Default)]
pub struct Decls(pub Vec<Decl>);

impl Decls {
    /// Whether values of the type are references.
    #[must_use]
    pub fn is_reference(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Str | Ty::Object | Ty::Array(_) | Ty::Grid(_) | Ty::Func(..) | Ty::List(_) | Ty::Map(..) => true,
            Ty::User(id, _) => matches!(self.0[*id].kind, Kind::Class | Kind::Interface),
            Ty::Prim(_) | Ty::Enum(_) | Ty::Nullable(_) | Ty::Pair(..) | Ty::Four(_) | Ty::Span(_) | Ty::Param(_) => false,
        }
    }

    /// The type itself, its bases and its interfaces, all with their arguments.
    #[must_use]
    pub fn supertypes(&self, ty: &Ty) -> Vec<Ty> {
        let mut all = vec![ty.clone()];
        let mut next = 0;
        while next < all.len() {
            if let Ty::User(id, args) = all[next].clone() {
                let decl = &self.0[id];
                for above in decl.base.iter().chain(&decl.interfaces) {
                    let above = above.with(&args);
                    if !all.contains(&above) {
                        all.push(above);
                    }
                }
            }
            next += 1;
        }
        all
    }

    /// Whether a value of `from` may stand where a `to` is wanted.
    #[must_use]
    pub fn converts(&self, from: &Ty, to: &Ty) -> bool {
        if from == to || *to == Ty::Object {
            return !matches!(from, Ty::Span(_));
        }
        self.supertypes(from).iter().any(|above| self.variant(above, to))
    }

    /// ECMA-335 I.8.7.1: variance of interfaces over reference types.
    fn variant(&self, from: &Ty, to: &Ty) -> bool {
        let (Ty::User(a, from_args), Ty::User(b, to_args)) = (from, to) else { return from == to };
        if a != b {
            return false;
        }
        let each = self.0[*a].params.iter().zip(from_args.iter().zip(to_args));
        each.into_iter().all(|(param, (from, to))| {
            from == to
                || match param.variance {
                    "out" => self.is_reference(from) && self.is_reference(to) && self.converts(from, to),
                    "in" => self.is_reference(from) && self.is_reference(to) && self.converts(to, from),
                    _ => false,
                }
        })
    }

    /// The methods that can be called on a value of the type: the method and the type that introduces it, with its arguments.
    #[must_use]
    pub fn methods(&self, ty: &Ty) -> Vec<(Method, Ty)> {
        // A class' interfaces may be implemented explicitly: they are called through a cast.
        let is_interface = |t: &Ty| matches!(t, Ty::User(id, _) if self.0[*id].kind == Kind::Interface);
        let from_interface = is_interface(ty);
        let mut found = Vec::new();
        for above in self.supertypes(ty) {
            let Ty::User(id, _) = &above else { continue };
            if is_interface(&above) == from_interface {
                found.extend(self.0[*id].methods.iter().map(|m| (m.clone(), above.clone())));
            }
        }
        found
    }

    /// The instance fields of the type and of its bases.
    #[must_use]
    pub fn fields(&self, ty: &Ty) -> Vec<(Field, Ty)> {
        let mut found = Vec::new();
        for above in self.supertypes(ty) {
            let Ty::User(id, args) = &above else { continue };
            for field in self.0[*id].fields.iter().filter(|f| !f.is_static) {
                found.push((Field { ty: field.ty.with(args), ..field.clone() }, above.clone()));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decl(name: &str, kind: Kind, params: &[&'static str]) -> Decl {
        let params = params.iter().map(|&variance| TypeParam { name: "T".to_owned(), variance, constraint: Constraint::None }).collect();
        Decl { params, ..Decl::new(name.to_owned(), kind) }
    }

    #[test]
    fn a_class_converts_to_what_its_bases_implement_by_variance() {
        let mut decls = Decls(vec![decl("I", Kind::Interface, &["out"]), decl("B", Kind::Class, &[""]), decl("C", Kind::Class, &[])]);
        decls.0[1].interfaces.push(Ty::User(0, vec![Ty::Param(0)]));
        decls.0[2].base = Some(Ty::User(1, vec![Ty::Str]));
        let c = Ty::User(2, Vec::new());
        assert!(decls.converts(&c, &Ty::User(0, vec![Ty::Str])));
        assert!(decls.converts(&c, &Ty::User(0, vec![Ty::Object])));
        assert!(!decls.converts(&c, &Ty::User(0, vec![Ty::INT])));
        assert!(!decls.converts(&Ty::User(1, vec![Ty::INT]), &Ty::User(0, vec![Ty::Object])));
    }
}
