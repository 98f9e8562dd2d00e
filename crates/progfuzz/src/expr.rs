//! Expressions of a wanted type.
//!
//! [`Gen::expr`] chooses among: the simplest value, a literal, something that has the type already (variable, field, element), forms that work
//! for every type (conditional, call, boxing and back, a switch), and forms of the type itself ([`crate::arith`], [`crate::values`]).

use crate::choices::SpanKind;
use crate::generate::Gen;
use crate::types::Ty;

/// Text of an expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// C#; can stand as an operand.
    pub text: String,
    /// Whether C# computes it while compiling, where overflow and division by zero are errors.
    pub constant: bool,
}

impl Expr {
    /// One that is computed at run time.
    #[must_use]
    pub fn dynamic(text: String) -> Self {
        Self { text, constant: false }
    }

    /// Its text, hidden from the C# compiler's arithmetic.
    #[must_use]
    pub fn opaque(&self) -> String {
        if self.constant { format!("K.Id({})", self.text) } else { self.text.clone() }
    }
}

impl Gen {
    /// An expression of exactly the type `ty`.
    pub fn expr(&mut self, ty: &Ty, depth: u32) -> Expr {
        let depth = depth.min(self.deepest);
        let start = self.choices.position();
        // The simplest value is rare: of most types it is null, and a program that meets null at every step goes nowhere.
        let made = match self.choices.below(if depth == 0 { 12 } else { 30 }) {
            0 => self.simplest(ty),
            1..=5 => self.literal(ty, depth),
            6..=11 => self.existing(ty).unwrap_or_else(|| self.literal_or_simplest(ty, depth)),
            12..=17 => self.common(ty, depth - 1),
            _ => self.special(ty, depth - 1),
        };
        self.choices.end_span(start, SpanKind::Value);
        made
    }

    /// The same as text that the C# compiler does not compute with.
    pub fn text(&mut self, ty: &Ty, depth: u32) -> String {
        self.expr(ty, depth).text
    }

    fn literal_or_simplest(&mut self, ty: &Ty, depth: u32) -> Expr {
        if matches!(ty, Ty::Param(_)) { self.simplest(ty) } else { self.literal(ty, depth) }
    }

    /// The simplest value, without a choice.
    pub fn simplest(&self, ty: &Ty) -> Expr {
        match ty {
            Ty::Prim(p) => Expr { text: p.literals()[0].to_owned(), constant: p.has_constants() },
            Ty::Str => Expr::dynamic("\"\"".to_owned()),
            Ty::Span(t) => Expr::dynamic(format!("(new {} {{ default({}) }}).AsSpan()", self.name(&Ty::Array(t.clone())), self.name(t))),
            Ty::Func(_, result) => Expr::dynamic(format!("(({})(_ => {}))", self.name(ty), self.simplest(result).text)),
            _ => Expr::dynamic(format!("default({})", self.name(ty))),
        }
    }

    fn literal(&mut self, ty: &Ty, depth: u32) -> Expr {
        let inner = depth.saturating_sub(1);
        match ty {
            Ty::Prim(p) => {
                let text = (*self.choices.pick(p.literals())).to_owned();
                Expr { text, constant: p.has_constants() }
            }
            Ty::Str => Expr {
                text: (*self.choices.pick(&["\"a\"", "\"\"", "\"Kiln\"", "\"x y z\"", "\"\\u00fc\\n\""])).to_owned(),
                constant: true,
            },
            Ty::Enum(id) => {
                let decl = &self.decls.0[*id];
                let (name, members) = (decl.name.clone(), decl.members.clone());
                Expr { text: format!("{name}.{}", self.choices.pick(&members)), constant: true }
            }
            Ty::User(..) => self.construct(ty, inner),
            Ty::Array(t) => self.array(t, inner),
            Ty::Grid(t) => {
                let (rows, columns) = (2 + self.choices.below(2), 3 + self.choices.below(2));
                Expr::dynamic(self.new_grid(t, rows, columns))
            }
            Ty::List(t) => {
                let items = self.items(t, inner);
                Expr::dynamic(format!("new List<{}> {{ {items} }}", self.name(t)))
            }
            Ty::Map(k, v) => {
                let (least, most) = (self.choices.below(2), 1 + self.choices.below(3));
                let items: Vec<String> = (least..most).map(|_| format!("[{}] = {}", self.text(k, inner), self.text(v, inner))).collect();
                Expr::dynamic(format!("new {} {{ {} }}", self.name(ty), items.join(", ")))
            }
            Ty::Four(t) => {
                let (a, b) = (self.text(t, inner), self.text(t, inner));
                Expr::dynamic(format!("Four<{}>.Of({a}, {b})", self.name(t)))
            }
            Ty::Nullable(t) => Expr::dynamic(format!("({}?)({})", self.name(t), self.text(t, inner))),
            Ty::Pair(a, b) => {
                Expr::dynamic(format!("(({}){}, ({}){})", self.name(a), self.text(a, inner), self.name(b), self.text(b, inner)))
            }
            Ty::Func(a, r) => self.lambda(a, r, inner),
            Ty::Span(t) => {
                let array = self.array(t, inner);
                Expr::dynamic(format!("{}.AsSpan()", array.text))
            }
            // Anything is an object, a list of objects too: only the depth ends that.
            Ty::Object if depth == 0 => Expr::dynamic(format!("((object){})", self.text(&Ty::INT, 0))),
            Ty::Object => {
                let of = self.any_type(1);
                Expr::dynamic(format!("((object){})", self.text(&of, inner)))
            }
            Ty::Param(_) => self.existing(ty).unwrap_or_else(|| self.simplest(ty)),
        }
    }

    fn array(&mut self, element: &Ty, depth: u32) -> Expr {
        let items = self.items(element, depth);
        Expr::dynamic(format!("(new {} {{ {items} }})", self.name(&Ty::Array(Box::new(element.clone())))))
    }

    fn items(&mut self, ty: &Ty, depth: u32) -> String {
        let mut items = Vec::new();
        // Mostly as many as constant indices ask for.
        let (least, most) = if self.choices.chance(1, 10) { (0, 2) } else { (3, 5) };
        loop {
            let start = self.choices.position();
            if items.len() >= most || (items.len() >= least && !self.choices.chance(1, 2)) {
                break;
            }
            items.push(self.text(ty, depth));
            self.choices.end_span(start, SpanKind::Item);
        }
        items.join(", ")
    }

    /// A lambda with one parameter.
    fn lambda(&mut self, argument: &Ty, result: &Ty, depth: u32) -> Expr {
        let inner = self.scope.inside_lambda(self.this_is_struct());
        let outer = std::mem::replace(&mut self.scope, inner);
        let name = self.declare(argument.clone(), true);
        let body = self.text(result, depth.min(2));
        // An assignment to what was captured shows who shares it.
        let targets: Vec<String> =
            self.scope.vars.iter().filter(|v| v.mutable && v.ty == Ty::INT && v.name != name).map(|v| v.name.clone()).collect();
        let shape = self.name(&Ty::Func(Box::new(argument.clone()), Box::new(result.clone())));
        let text = if !targets.is_empty() && self.choices.chance(1, 3) {
            let target = self.choices.pick(&targets).clone();
            format!("(({shape})({name} => {{ {target}++; return {body}; }}))")
        } else {
            format!("(({shape})({name} => {body}))")
        };
        self.scope = outer;
        Expr::dynamic(text)
    }

    /// Text that stands in a lambda which is written around it.
    pub fn captured(&mut self, ty: &Ty, depth: u32) -> String {
        let inner = self.scope.inside_lambda(self.this_is_struct());
        let outer = std::mem::replace(&mut self.scope, inner);
        let text = self.text(ty, depth);
        self.scope = outer;
        text
    }

    /// Something at hand that has the type.
    pub fn existing(&mut self, ty: &Ty) -> Option<Expr> {
        if self.scope.in_lambda && matches!(ty, Ty::Func(..)) {
            return None;
        }
        let mut found: Vec<String> = Vec::new();
        if let Some(this) = self.scope.this.clone() {
            found.extend(self.decls.fields(&this).into_iter().filter(|(f, _)| f.ty == *ty).map(|(f, _)| format!("this.{}", f.name)));
        }
        for v in &self.scope.vars {
            if v.ty == *ty || (*ty == Ty::Object && self.decls.converts(&v.ty, ty)) {
                found.push(v.name.clone());
                continue;
            }
            match &v.ty {
                Ty::Pair(a, _) if **a == *ty => found.push(format!("{}.Item1", v.name)),
                Ty::Pair(_, b) if **b == *ty => found.push(format!("{}.Item2", v.name)),
                Ty::User(..) => {
                    if self.decls.converts(&v.ty, ty) {
                        found.push(format!("(({}){})", self.name(ty), v.name));
                    }
                    let fields = self.decls.fields(&v.ty);
                    found.extend(fields.into_iter().filter(|(f, _)| f.ty == *ty).map(|(f, _)| format!("{}.{}", v.name, f.name)));
                }
                _ => {}
            }
        }
        for (owner, field) in self.static_fields() {
            if field.ty == *ty {
                found.push(format!("{}.{}", self.name(&owner), field.name));
            }
        }
        if found.is_empty() { None } else { Some(Expr::dynamic(self.choices.pick(&found).clone())) }
    }

    /// Forms that work for every type.
    fn common(&mut self, ty: &Ty, depth: u32) -> Expr {
        if matches!(ty, Ty::Span(_)) {
            return self.special(ty, depth);
        }
        let name = self.name(ty);
        match self.choices.below(8) {
            0 | 1 => self.call(ty, depth).unwrap_or_else(|| self.simplest(ty)),
            2 => {
                let condition = self.expr(&Ty::BOOL, depth).opaque();
                let (yes, no) = (self.text(ty, depth), self.text(ty, depth));
                Expr::dynamic(format!("({condition} ? ({name}){yes} : ({name}){no})"))
            }
            3 => Expr::dynamic(format!("K.Id<{name}>({})", self.text(ty, depth))),
            4 => {
                // Boxing and back: a null reference stays one, null of a value type throws.
                Expr::dynamic(format!("(({name})(object){})", self.text(ty, depth)))
            }
            5 => self.element(ty, depth),
            6 => {
                let argument = self.any_type(1);
                let function = Ty::Func(Box::new(argument.clone()), Box::new(ty.clone()));
                if let Some(found) = self.existing(&function) {
                    return Expr::dynamic(format!("{}({})", found.text, self.text(&argument, depth)));
                }
                let made = self.lambda(&argument, ty, depth);
                Expr::dynamic(format!("((Func<{}, {name}>){})({})", self.name(&argument), made.text, self.text(&argument, depth)))
            }
            _ => self.switch(ty, depth),
        }
    }

    /// An element of an array, list, grid or span that is at hand, or of a new array.
    fn element(&mut self, ty: &Ty, depth: u32) -> Expr {
        let boxed = Box::new(ty.clone());
        let hidden = self.scope.in_lambda && matches!(ty, Ty::Func(..));
        let index = |g: &mut Self| if g.choices.chance(1, 6) { g.text(&Ty::INT, depth) } else { g.choices.below(3).to_string() };
        for container in [Ty::Span(boxed.clone()), Ty::List(boxed.clone()), Ty::Four(boxed.clone()), Ty::Array(boxed.clone())] {
            if hidden {
                break;
            }
            if let Some(found) = self.existing(&container) {
                // C# refuses a constant that is not in an inline array.
                let index = if matches!(container, Ty::Four(_)) { self.choices.below(4).to_string() } else { index(self) };
                let element = format!("{}[{index}]", found.text);
                // Roslyn fails on `text + four[n]`.
                let hides = *ty == Ty::Str && matches!(container, Ty::Four(_));
                return Expr::dynamic(if hides { format!("K.Id<string>({element})") } else { element });
            }
        }
        if !hidden && let Some(found) = self.existing(&Ty::Grid(boxed)) {
            return Expr::dynamic(format!("{}[{}, {}]", found.text, index(self), index(self)));
        }
        let array = self.array(ty, depth);
        Expr::dynamic(format!("{}[{}]", array.text, index(self)))
    }

    /// A switch over an integer or over the type of an object.
    fn switch(&mut self, ty: &Ty, depth: u32) -> Expr {
        let name = self.name(ty);
        if self.choices.chance(1, 2) {
            let tested = self.tested_type();
            let on = self.any_type(1);
            let value = self.text(&on, depth);
            let variable = self.fresh("p");
            let (yes, no) = (self.text(ty, depth), self.text(ty, depth));
            let pattern = self.name(&tested);
            return Expr::dynamic(format!("((object){value} switch {{ {pattern} {variable} => ({name}){yes}, _ => ({name}){no} }})"));
        }
        let value = self.expr(&Ty::INT, depth).opaque();
        let mut arms = Vec::new();
        for label in 0..self.choices.below(4) {
            arms.push(format!("{label} => ({name}){}", self.text(ty, depth)));
        }
        arms.push(format!("_ => ({name}){}", self.text(ty, depth)));
        Expr::dynamic(format!("({value} switch {{ {} }})", arms.join(", ")))
    }
}
