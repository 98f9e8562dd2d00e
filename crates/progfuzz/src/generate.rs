//! One program from a sequence of choices: declarations first (`declare`), then their bodies (`bodies`), then `Run`.

use crate::choices::Choices;
use crate::decl::{Constraint, Decls, Field, Kind, Method};
use crate::scope::{Scope, Var};
use crate::text::Text;
use crate::types::{Prim, Ty};

/// The generator's state.
#[derive(Debug)]
pub struct Gen {
    /// Where every decision comes from.
    pub choices: Choices,
    /// What the program declares.
    pub decls: Decls,
    /// Closed types of the program that values are made of.
    pub pool: Vec<Ty>,
    /// Static functions.
    pub functions: Vec<Method>,
    /// Iterator functions: name, element, rank.
    pub iterators: Vec<(String, Ty, u32)>,
    /// Where code is being written.
    pub scope: Scope,
    /// What was written.
    pub out: Text,
    /// Methods of base classes that a class overrides: both by name.
    pub(crate) overridden: Vec<(String, String)>,
    /// How deep expressions go at most. What they take grows with a power of it: flat ones leave room for more statements.
    pub(crate) deepest: u32,
    ranks: u32,
    names: u32,
}

/// A program as C#, and the choices that make it again.
#[derive(Debug)]
pub struct Program {
    /// A static class with a method `Run`, and everything else nested in it.
    pub source: String,
    /// What made it.
    pub choices: Choices,
}

/// Makes the program; `class` is the name of its outermost class.
#[must_use]
pub fn program(choices: Choices, class: &str) -> Program {
    let mut generator = Gen::new(choices);
    generator.deepest = if generator.choices.chance(1, 3) { 2 } else { 1 };
    generator.declarations();
    generator.out.line(&format!("static class {class}"));
    generator.out.open();
    generator.bodies();
    generator.out.close();
    Program { source: generator.out.finish(), choices: generator.choices }
}

impl Gen {
    /// Before anything is declared.
    fn new(choices: Choices) -> Self {
        Self {
            choices,
            decls: Decls::default(),
            pool: Vec::new(),
            functions: Vec::new(),
            iterators: Vec::new(),
            scope: Scope::default(),
            out: Text::default(),
            overridden: Vec::new(),
            deepest: 1,
            ranks: 0,
            names: 0,
        }
    }

    /// A name that nothing else has.
    pub fn fresh(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    /// The next rank.
    pub fn next_rank(&mut self) -> u32 {
        self.ranks += 1;
        self.ranks
    }

    /// Declares a local and gives its name.
    pub fn declare(&mut self, ty: Ty, mutable: bool) -> String {
        let name = self.fresh("v");
        let capturable = !matches!(ty, Ty::Span(_));
        self.scope.vars.push(Var { name: name.clone(), ty, mutable, capturable });
        name
    }

    /// Whether `this` is a struct, which lambdas cannot use.
    #[must_use]
    pub fn this_is_struct(&self) -> bool {
        matches!(&self.scope.this, Some(Ty::User(id, _)) if self.decls.0[*id].kind == Kind::Struct)
    }

    /// C#'s text of a type, here.
    #[must_use]
    pub fn name(&self, ty: &Ty) -> String {
        match ty {
            Ty::Prim(p) => p.name().to_owned(),
            Ty::Str => "string".to_owned(),
            Ty::Object => "object".to_owned(),
            Ty::Enum(id) => self.decls.0[*id].name.clone(),
            Ty::User(id, args) if args.is_empty() => self.decls.0[*id].name.clone(),
            Ty::User(id, args) => {
                let args: Vec<String> = args.iter().map(|a| self.name(a)).collect();
                format!("{}<{}>", self.decls.0[*id].name, args.join(", "))
            }
            Ty::Array(_) | Ty::Grid(_) => {
                let (innermost, brackets) = self.array_name(ty);
                format!("{innermost}{brackets}")
            }
            Ty::Nullable(t) => format!("{}?", self.name(t)),
            Ty::Pair(a, b) => format!("({}, {})", self.name(a), self.name(b)),
            Ty::Func(a, b) => format!("Func<{}, {}>", self.name(a), self.name(b)),
            Ty::List(t) => format!("List<{}>", self.name(t)),
            Ty::Map(a, b) => format!("Dictionary<{}, {}>", self.name(a), self.name(b)),
            Ty::Four(t) => format!("Four<{}>", self.name(t)),
            Ty::Span(t) => format!("Span<{}>", self.name(t)),
            Ty::Param(n) => self.scope.params.get(*n).map_or_else(|| format!("T{n}"), |p| p.name.clone()),
        }
    }

    /// C# writes the brackets of arrays of arrays from the outside in: `int[][,]` is an array of grids. The innermost element, and all brackets.
    fn array_name(&self, ty: &Ty) -> (String, String) {
        let (own, element) = match ty {
            Ty::Array(t) => ("[]", t),
            Ty::Grid(t) => ("[,]", t),
            other => return (self.name(other), String::new()),
        };
        let (innermost, brackets) = self.array_name(element);
        (innermost, format!("{own}{brackets}"))
    }

    /// `new E[A, B]` for a grid of any elements: the sizes stand in the outermost brackets.
    #[must_use]
    pub fn new_grid(&self, element: &Ty, rows: u32, columns: u32) -> String {
        let (innermost, brackets) = self.array_name(element);
        format!("new {innermost}[{rows}, {columns}]{brackets}")
    }

    /// The declared types of a kind.
    #[must_use]
    pub fn of_kind(&self, kind: Kind) -> Vec<usize> {
        (0..self.decls.0.len()).filter(|&id| self.decls.0[id].kind == kind).collect()
    }

    /// The declared enums.
    #[must_use]
    pub fn enums(&self) -> Vec<usize> {
        self.of_kind(Kind::Enum)
    }

    /// Static fields with the closed type that they belong to.
    #[must_use]
    pub fn static_fields(&self) -> Vec<(Ty, Field)> {
        let mut found = Vec::new();
        for ty in &self.pool {
            if let Ty::User(id, args) = ty {
                let fields = self.decls.0[*id].fields.iter().filter(|f| f.is_static);
                found.extend(fields.map(|f| (ty.clone(), Field { ty: f.ty.with(args), ..f.clone() })));
            }
        }
        found
    }

    /// A type that may be a type parameter of this place, or have one in it.
    pub fn any_type(&mut self, depth: u32) -> Ty {
        if !self.scope.params.is_empty() && self.choices.chance(1, 3) {
            return Ty::Param(self.choices.below(self.scope.params.len() as u32) as usize);
        }
        self.made_type(depth, true)
    }

    /// A type that arrays have elements of.
    pub fn element_type(&mut self) -> Ty {
        self.any_type(1)
    }

    /// A type without type parameters.
    pub fn any_closed(&mut self, depth: u32) -> Ty {
        self.made_type(depth, false)
    }

    fn made_type(&mut self, depth: u32, open: bool) -> Ty {
        let inner = |g: &mut Self| if open { g.any_type(depth - 1) } else { g.any_closed(depth - 1) };
        match self.choices.below(if depth == 0 { 10 } else { 19 }) {
            0..=2 => Ty::INT,
            3..=5 => Ty::Prim(*self.choices.pick(&Prim::ALL)),
            6 => Ty::Str,
            7 | 8 => self.declared_type(),
            9 => match self.enums().as_slice() {
                [] => Ty::Object,
                enums => Ty::Enum(*self.choices.pick(enums)),
            },
            10 | 11 => Ty::Array(Box::new(inner(self))),
            12 => Ty::Grid(Box::new(inner(self))),
            13 => match self.value_type() {
                Some(t) => Ty::Nullable(Box::new(t)),
                None => Ty::INT,
            },
            14 => Ty::Pair(Box::new(inner(self)), Box::new(inner(self))),
            15 => Ty::Func(Box::new(inner(self)), Box::new(inner(self))),
            16 => Ty::Map(Box::new(inner(self)), Box::new(inner(self))),
            17 => Ty::Four(Box::new(inner(self))),
            _ => Ty::List(Box::new(inner(self))),
        }
    }

    fn declared_type(&mut self) -> Ty {
        if self.pool.is_empty() { Ty::Object } else { self.choices.pick(&self.pool).clone() }
    }

    /// A value type that is not nullable.
    pub fn value_type(&mut self) -> Option<Ty> {
        let structs: Vec<Ty> = self.pool.iter().filter(|t| !self.decls.is_reference(t)).cloned().collect();
        match self.choices.below(3) {
            0 => Some(Ty::INT),
            1 => Some(Ty::Prim(*self.choices.pick(&Prim::ALL))),
            _ if structs.is_empty() => None,
            _ => Some(self.choices.pick(&structs).clone()),
        }
    }

    /// A type that a pattern can name.
    pub fn tested_type(&mut self) -> Ty {
        match self.choices.below(4) {
            0 => Ty::Prim(*self.choices.pick(&Prim::ALL)),
            1 => Ty::Str,
            2 => Ty::Array(Box::new(Ty::Prim(*self.choices.pick(&Prim::ALL)))),
            _ => self.declared_type(),
        }
    }

    /// A type argument for a parameter.
    pub fn argument(&mut self, constraint: Constraint) -> Ty {
        match constraint {
            Constraint::None => self.any_closed(1),
            Constraint::Struct => self.value_type().unwrap_or(Ty::INT),
            Constraint::Class => {
                let references: Vec<Ty> = self.pool.iter().filter(|t| self.decls.is_reference(t)).cloned().collect();
                if references.is_empty() || self.choices.chance(1, 3) { Ty::Str } else { self.choices.pick(&references).clone() }
            }
            Constraint::Is(id) => {
                let interface = Ty::User(id, Vec::new());
                let fitting: Vec<Ty> = self.pool.iter().filter(|t| self.decls.converts(t, &interface)).cloned().collect();
                if fitting.is_empty() { interface } else { self.choices.pick(&fitting).clone() }
            }
        }
    }

    /// Adds closed forms of a declared type to the pool.
    pub fn pool_up(&mut self, id: usize) {
        let params = self.decls.0[id].params.clone();
        let times = if params.is_empty() { 1 } else { 2 };
        for _ in 0..times {
            let arguments = params.iter().map(|p| self.argument(p.constraint)).collect();
            let ty = Ty::User(id, arguments);
            if ty.depth() <= 3 && !self.pool.contains(&ty) {
                self.pool.push(ty);
            }
        }
    }

    /// A call of an iterator whose elements have the type.
    pub fn iterator(&mut self, element: &Ty) -> Option<String> {
        let found: Vec<String> =
            self.iterators.iter().filter(|(_, t, rank)| t == element && *rank < self.scope.rank).map(|(name, ..)| name.clone()).collect();
        if found.is_empty() { None } else { Some(format!("{}({})", self.choices.pick(&found).clone(), self.text(&Ty::INT, 1))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_of_arrays_are_written_from_the_outside_in() {
        let generator = Gen::new(Choices::replay(Vec::new()));
        let grid = Ty::Grid(Box::new(Ty::Str));
        assert_eq!(generator.name(&Ty::Array(Box::new(grid.clone()))), "string[][,]");
        assert_eq!(generator.name(&Ty::Grid(Box::new(Ty::Array(Box::new(Ty::INT))))), "int[,][]");
        assert_eq!(generator.new_grid(&grid, 2, 3), "new string[2, 3][,]");
    }
}
