//! Values of the program's own types and of constructed ones: constructors, calls, and forms of each shape.

use crate::decl::{Constraint, Dispatch, Kind, Method, Mode};
use crate::expr::Expr;
use crate::generate::Gen;
use crate::types::Ty;

impl Gen {
    /// A new instance of the type, or of one that converts to it.
    pub fn construct(&mut self, ty: &Ty, depth: u32) -> Expr {
        let Ty::User(id, _) = ty else { return self.simplest(ty) };
        let mut candidates: Vec<Ty> = Vec::new();
        let decl = &self.decls.0[*id];
        if matches!(decl.kind, Kind::Struct | Kind::Class) && !decl.is_abstract {
            candidates.push(ty.clone());
        }
        candidates.extend(self.pool.iter().filter(|t| self.is_constructible(t) && *t != ty && self.decls.converts(t, ty)).cloned());
        if candidates.is_empty() {
            return self.simplest(ty);
        }
        let chosen = self.choices.pick(&candidates).clone();
        let text = self.new_of(&chosen, depth);
        Expr::dynamic(if chosen == *ty { text } else { format!("(({}){text})", self.name(ty)) })
    }

    /// `new T(…)` with an object initialiser for some fields; at depth 0 for none, because a field may be of the type itself, and only
    /// the depth ends that.
    fn new_of(&mut self, ty: &Ty, depth: u32) -> String {
        let mut set = Vec::new();
        for (field, _) in self.decls.fields(ty) {
            if depth > 0 && set.len() < 3 && self.choices.chance(1, 2) {
                set.push(format!("{} = {}", field.name, self.text(&field.ty, (depth - 1).min(1))));
            }
        }
        format!("new {}() {{ {} }}", self.name(ty), set.join(", "))
    }

    /// `value with { … }`.
    fn changed(&mut self, ty: &Ty, depth: u32) -> Option<Expr> {
        let Ty::User(id, _) = ty else { return None };
        if !(self.decls.0[*id].is_record || self.decls.0[*id].kind == Kind::Struct) || !self.choices.chance(1, 3) {
            return None;
        }
        let fields = self.decls.fields(ty);
        if fields.is_empty() {
            return None;
        }
        let (field, _) = self.choices.pick(&fields).clone();
        let (value, new) = (self.text(ty, depth), self.text(&field.ty, depth));
        Some(Expr::dynamic(format!("({value} with {{ {} = {new} }})", field.name)))
    }

    fn is_constructible(&self, ty: &Ty) -> bool {
        matches!(ty, Ty::User(id, _) if matches!(self.decls.0[*id].kind, Kind::Struct | Kind::Class) && !self.decls.0[*id].is_abstract)
    }

    /// Forms of types that are no numbers.
    pub fn value(&mut self, ty: &Ty, depth: u32) -> Expr {
        match ty {
            Ty::User(id, _) => {
                if self.decls.is_reference(ty) && self.choices.chance(1, 3) {
                    let (a, b) = (self.text(ty, depth), self.text(ty, depth));
                    return Expr::dynamic(format!("({a} ?? {b})"));
                }
                if self.decls.0[*id].has_operators && self.choices.chance(1, 3) {
                    let (a, b) = (self.text(ty, depth), self.text(ty, depth));
                    return Expr::dynamic(if self.choices.chance(1, 2) { format!("({a} + {b})") } else { format!("(-{a})") });
                }
                if let Some(changed) = self.changed(ty, depth) {
                    return changed;
                }
                if self.decls.0[*id].kind == Kind::Class && self.choices.chance(1, 3) {
                    return Expr::dynamic(format!("((object){} as {})", self.text(&Ty::Object, depth), self.name(ty)));
                }
                self.construct(ty, depth)
            }
            Ty::Enum(id) => {
                let name = self.decls.0[*id].name.clone();
                let value = self.expr(&Ty::INT, depth).opaque();
                Expr::dynamic(format!("(({name}){value})"))
            }
            Ty::Span(_) => {
                let span = self.text(ty, depth);
                let (from, to) = (self.choices.below(3), self.choices.below(3));
                Expr::dynamic(match self.choices.below(3) {
                    0 => format!("{span}[{from}..]"),
                    1 => format!("{span}.Slice({from}, {to})"),
                    _ => format!("{span}[^{to}..]"),
                })
            }
            Ty::Array(t) if !t.is_open() => {
                let list = self.text(&Ty::List(t.clone()), depth);
                let name = self.name(ty);
                Expr::dynamic(match self.choices.below(3) {
                    0 => format!("{list}.ToArray()"),
                    1 => format!("Enumerable.Reverse({list}).ToArray()"),
                    _ => format!("{list}.Skip(1).Concat({}).ToArray()", self.text(&Ty::Array(Box::new((**t).clone())), depth)),
                })
                .cast_to(&name)
            }
            Ty::List(t) => {
                let list = self.text(ty, depth);
                let (name, element) = (self.name(ty), self.name(t));
                let test = self.text(&Ty::Func(t.clone(), Box::new(Ty::BOOL)), depth);
                Expr::dynamic(match self.choices.below(7) {
                    0 => format!("{list}.Where((Func<{element}, bool>){test}).ToList()"),
                    1 => {
                        format!("{list}.Select((Func<{element}, {element}>){}).ToList()", self.text(&Ty::Func(t.clone(), t.clone()), depth))
                    }
                    2 => format!("{list}.OrderBy(x => K.S(x), StringComparer.Ordinal).ThenBy((Func<{element}, bool>){test}).ToList()"),
                    3 => format!("{list}.GroupBy((Func<{element}, bool>){test}).SelectMany(g => g.Take(2)).ToList()"),
                    4 => format!("{list}.Distinct().Append({}).ToList()", self.text(t, depth)),
                    5 => format!("(({name})[.. K.Id({list}), {}])", self.text(t, depth)),
                    _ => format!("{list}.Zip({list}.Skip(1), (x, y) => K.S(x).Length > K.S(y).Length ? x : y).ToList()"),
                })
            }
            Ty::Map(k, v) => {
                let (key, value) = (self.name(k), self.name(v));
                let of = self.captured(v, depth);
                let list = self.text(&Ty::List(k.clone()), depth);
                Expr::dynamic(format!(
                    "K.Id<List<{key}>>({list}).Where(x => (object)x != null).Distinct().ToDictionary(x => x, x => ({value}){of})"
                ))
            }
            Ty::Nullable(t) => {
                let (a, b) = (self.text(ty, depth), self.text(t, depth));
                Expr::dynamic(format!("(({}){a} ?? ({}){b})", self.name(ty), self.name(t)))
            }
            Ty::Object => {
                let of = self.any_type(2);
                Expr::dynamic(format!("((object){})", self.text(&of, depth)))
            }
            _ => self.existing(ty).unwrap_or_else(|| self.simplest(ty)),
        }
    }

    /// A call that returns the type: of a function of the program, or of a method on something.
    pub fn call(&mut self, ty: &Ty, depth: u32) -> Option<Expr> {
        let mut candidates: Vec<(Method, Option<Ty>)> = Vec::new();
        let rank = self.scope.rank;
        candidates.extend(self.functions.iter().filter(|m| m.rank < rank && gives(m, None, ty)).map(|m| (m.clone(), None)));
        let mut receivers: Vec<Ty> = self.scope.vars.iter().map(|v| v.ty.clone()).filter(|t| matches!(t, Ty::User(..))).collect();
        receivers.extend(self.pool.iter().cloned());
        receivers.extend((0..self.scope.params.len()).map(Ty::Param).filter(|t| self.scope.vars.iter().any(|v| v.ty == *t)));
        for receiver in receivers {
            for (method, owner) in self.members(&receiver) {
                if method.rank < rank
                    && gives(&method, Some(&owner), ty)
                    && !candidates.iter().any(|(m, o)| m.name == method.name && o.as_ref() == Some(&receiver))
                {
                    candidates.push((method, Some(receiver.clone())));
                }
            }
        }
        if candidates.is_empty() {
            return None;
        }
        let (method, receiver) = self.choices.pick(&candidates).clone();
        Some(Expr::dynamic(self.call_of(&method, receiver.as_ref(), Some(ty), depth)))
    }

    /// What can be called on a value of the type: of a type parameter, what its constraint has.
    fn members(&self, receiver: &Ty) -> Vec<(Method, Ty)> {
        match receiver {
            Ty::Param(n) => match self.scope.params.get(*n).map(|p| p.constraint) {
                Some(Constraint::Is(id)) => self.decls.methods(&Ty::User(id, Vec::new())),
                _ => Vec::new(),
            },
            other => self.decls.methods(other),
        }
    }

    /// The text of a call; type arguments of the method are chosen so that it returns `wanted`.
    pub fn call_of(&mut self, method: &Method, receiver: Option<&Ty>, wanted: Option<&Ty>, depth: u32) -> String {
        let owner = receiver.and_then(|r| self.members(r).into_iter().find(|(m, _)| m.name == method.name).map(|(_, owner)| owner));
        let mut arguments = match &owner {
            Some(Ty::User(_, args)) => args.clone(),
            _ => Vec::new(),
        };
        let mut own = Vec::new();
        for (i, param) in method.params.iter().enumerate() {
            let place = arguments.len();
            let argument = match wanted {
                Some(wanted) if method.ret == Ty::Param(place) && i == 0 => wanted.clone(),
                _ => self.argument(param.constraint),
            };
            own.push(self.name(&argument));
            arguments.push(argument);
        }
        let target = match receiver {
            None => String::new(),
            Some(receiver) if method.dispatch == Dispatch::Static => format!("{}.", self.name(owner.as_ref().unwrap_or(receiver))),
            Some(receiver) => {
                let value = self.receiver(receiver, depth);
                // CoreCLR looks a generic virtual method up, and fails for null, before it evaluates the arguments; ECMA-335
                // III.4.2 has the check at the call. A check before both makes them one.
                let looked_up = !own.is_empty() && !matches!(method.dispatch, Dispatch::Instance);
                if looked_up { format!("K.That({value}).") } else { format!("{value}.") }
            }
        };
        let mut given = Vec::new();
        for (ty, mode) in &method.args {
            let ty = ty.with(&arguments);
            given.push(match mode {
                Mode::Value | Mode::In => self.text(&ty, depth),
                Mode::Out => format!("out {} _", self.name(&ty)),
                Mode::Ref => {
                    let variables: Vec<String> =
                        self.scope.vars.iter().filter(|v| v.mutable && v.ty == ty).map(|v| v.name.clone()).collect();
                    if variables.is_empty() {
                        format!("ref K.Box<{}>({})", self.name(&ty), self.text(&ty, depth))
                    } else {
                        format!("ref {}", self.choices.pick(&variables))
                    }
                }
            });
        }
        let own = if own.is_empty() { String::new() } else { format!("<{}>", own.join(", ")) };
        let wait = if method.is_async { ".GetAwaiter().GetResult()" } else { "" };
        format!("{target}{}{own}({}){wait}", method.name, given.join(", "))
    }

    fn receiver(&mut self, ty: &Ty, depth: u32) -> String {
        if let Some(found) = self.existing(ty)
            && self.choices.chance(3, 4)
        {
            return found.text;
        }
        let made = self.construct(ty, depth.min(1)).text;
        format!("({made})")
    }
}

/// Whether the method can return the type: exactly, or as its own type parameter.
fn gives(method: &Method, owner: Option<&Ty>, ty: &Ty) -> bool {
    let arguments: &[Ty] = match owner {
        Some(Ty::User(_, args)) => args,
        _ => &[],
    };
    if let Ty::Param(n) = method.ret
        && n >= arguments.len()
    {
        // The first of its own parameters has no constraint.
        return n == arguments.len() && !matches!(ty, Ty::Span(_));
    }
    method.ret.with(arguments) == *ty
}

impl Expr {
    /// With a cast, for the forms that C# would give another type.
    fn cast_to(self, name: &str) -> Self {
        Self::dynamic(format!("(({name}){})", self.text))
    }
}
