//! Statements.

use crate::choices::SpanKind;
use crate::decl::{Kind, Mode};
use crate::generate::Gen;
use crate::types::{Prim, Ty};

/// How deep expressions of a statement are.
const DEPTH: u32 = 2;

impl Gen {
    /// A block's statements, in a scope of their own.
    pub fn block(&mut self, nesting: u32, most: u32) {
        let declared = self.scope.vars.len();
        let mut count = 0;
        loop {
            let start = self.choices.position();
            if count >= most || !self.choices.chance(4, 5) {
                break;
            }
            self.statement(nesting);
            self.choices.end_span(start, SpanKind::Item);
            count += 1;
        }
        self.scope.vars.truncate(declared);
    }

    /// A block after the head of a statement that nests.
    pub fn braced(&mut self, nesting: u32) {
        self.out.open();
        self.block(nesting.saturating_sub(1), 2);
        self.out.close();
    }

    fn statement(&mut self, nesting: u32) {
        let simple = nesting == 0;
        match self.choices.below(if simple { 8 } else { 24 }) {
            0 => self.print(),
            1 | 2 => self.local(),
            3 | 4 => self.assign(),
            5 => self.discard(),
            6 => self.jump(),
            7 => self.print(),
            8 | 9 => {
                let condition = self.text(&Ty::BOOL, DEPTH);
                self.out.line(&format!("if ({condition})"));
                self.braced(nesting);
                if self.choices.chance(1, 2) {
                    self.out.line("else");
                    self.braced(nesting);
                }
            }
            10 | 11 => self.count_loop(nesting),
            12 => self.foreach_loop(nesting),
            13 | 14 => self.try_statement(nesting),
            15 => self.switch_statement(nesting),
            16 => {
                let value = self.text(&Ty::INT, DEPTH);
                self.out.line(&format!("using (new Scoped({value}))"));
                self.braced(nesting);
            }
            17 => self.by_ref(),
            _ => self.shape(nesting),
        }
    }

    /// Shows a value.
    pub fn print(&mut self) {
        let ty = if self.choices.chance(1, 3) { self.any_type(2) } else { self.used_type() };
        let label = self.fresh("at");
        // What nothing calls is not compiled.
        let call = if self.choices.chance(1, 3) { self.call(&ty, DEPTH) } else { None };
        let value = call.map_or_else(|| self.text(&ty, DEPTH), |call| call.text);
        let name = self.name(&ty);
        self.out.line(&format!("K.P<{name}>(\"{label}\", {value});"));
    }

    /// The type of a variable at hand.
    fn used_type(&mut self) -> Ty {
        let types: Vec<Ty> = self.scope.vars.iter().map(|v| v.ty.clone()).filter(|t| !matches!(t, Ty::Span(_))).collect();
        if types.is_empty() { Ty::INT } else { self.choices.pick(&types).clone() }
    }

    /// A local variable.
    pub fn local(&mut self) {
        let mut ty = self.any_type(2);
        if self.scope.by_refs && self.choices.chance(1, 6) {
            let element = self.any_type(0);
            ty = Ty::Span(Box::new(element));
            if let Ty::Span(t) = &ty
                && matches!(**t, Ty::Prim(p) if p != Prim::Decimal)
                && self.scope.loops == 0
                && !self.scope.in_handler
                && self.choices.chance(1, 3)
            {
                let length = 1 + self.choices.below(5);
                let element = self.name(t);
                let name = self.declare(ty.clone(), true);
                // Stack space holds anything until it is written.
                self.out.line(&format!("Span<{element}> {name} = stackalloc {element}[{length}]; {name}.Clear();"));
                return;
            }
        }
        let value = self.text(&ty, DEPTH);
        let text = self.name(&ty);
        let name = self.declare(ty, true);
        self.out.line(&format!("{text} {name} = {value};"));
    }

    /// Somewhere that can be assigned, and its type.
    fn place(&mut self) -> Option<(String, Ty)> {
        let mut places: Vec<(String, Ty)> = self.scope.vars.iter().filter(|v| v.mutable).map(|v| (v.name.clone(), v.ty.clone())).collect();
        for v in self.scope.vars.clone() {
            match &v.ty {
                Ty::User(id, _) if self.decls.0[*id].kind == Kind::Class || v.mutable => {
                    let fields = self.decls.fields(&v.ty);
                    places.extend(fields.into_iter().map(|(f, _)| (format!("{}.{}", v.name, f.name), f.ty)));
                }
                Ty::Array(t) | Ty::Span(t) | Ty::List(t) => places.push((format!("{}[{}]", v.name, self.choices.below(3)), (**t).clone())),
                // Roslyn fails on `text + four[n]`.
                Ty::Four(t) if v.mutable && **t != Ty::Str => {
                    places.push((format!("{}[{}]", v.name, self.choices.below(4)), (**t).clone()))
                }
                Ty::Grid(t) => places.push((format!("{}[{}, {}]", v.name, self.choices.below(2), self.choices.below(3)), (**t).clone())),
                _ => {}
            }
        }
        if let Some(this) = self.scope.this.clone() {
            places.extend(self.decls.fields(&this).into_iter().map(|(f, _)| (format!("this.{}", f.name), f.ty)));
        }
        for (owner, field) in self.static_fields() {
            places.push((format!("{}.{}", self.name(&owner), field.name), field.ty));
        }
        // A span must not outlive what it points to: C# refuses some of these, so none is written.
        places.retain(|(_, ty)| !matches!(ty, Ty::Span(_)));
        if places.is_empty() { None } else { Some(self.choices.pick(&places).clone()) }
    }

    fn assign(&mut self) {
        let Some((place, ty)) = self.place() else { return self.print() };
        match &ty {
            Ty::Prim(p) if p.is_number() && self.choices.chance(1, 2) => {
                let operators: &[&str] = if p.is_integer() { &["+=", "-=", "*=", "^=", "|=", "&="] } else { &["+=", "-=", "*="] };
                let operator = *self.choices.pick(operators);
                let value = self.expr(&ty, DEPTH).opaque();
                self.out.line(&format!("{place} {operator} {value};"));
            }
            Ty::Prim(p) if (p.is_number() || *p == Prim::Char) && self.choices.chance(1, 3) => {
                let operator = *self.choices.pick(&["++", "--"]);
                self.out.line(&format!("{place}{operator};"));
            }
            Ty::Str if self.choices.chance(1, 2) => {
                let value = self.text(&Ty::Str, DEPTH);
                // Bounded, since loops double it.
                self.out.line(&format!("{place} += {value}; if ({place}.Length > 200) {place} = \"long\";"));
            }
            Ty::List(t) if self.choices.chance(2, 3) => {
                let value = self.text(t, DEPTH);
                self.out.line(&format!("if ({place} != null && {place}.Count < 50) {place}.Add({value});"));
            }
            _ => {
                let value = self.text(&ty, DEPTH);
                self.out.line(&format!("{place} = {value};"));
            }
        }
    }

    /// A call for its effects.
    fn discard(&mut self) {
        let returned: Vec<Ty> =
            self.functions.iter().filter(|m| m.rank < self.scope.rank && m.params.is_empty()).map(|m| m.ret.clone()).collect();
        let ty = if returned.is_empty() || self.choices.chance(1, 2) { self.any_type(1) } else { self.choices.pick(&returned).clone() };
        if let Some(call) = self.call(&ty, 2) {
            self.out.line(&format!("{};", call.text));
        } else {
            self.print();
        }
    }

    fn jump(&mut self) {
        match self.choices.below(4) {
            1 if self.scope.in_loop => {
                let condition = self.text(&Ty::BOOL, 2);
                let word = *self.choices.pick(&["break", "continue"]);
                self.out.line(&format!("if ({condition}) {word};"));
            }
            2 => {
                let condition = self.expr(&Ty::BOOL, 2).opaque();
                let value = self.text(&Ty::INT, 2);
                let class = *self.choices.pick(&["Thrown", "Deeper"]);
                self.out.line(&format!("if ({condition}) throw new {class}({value});"));
            }
            3 if self.scope.ret.is_some() => {
                let condition = self.expr(&Ty::BOOL, 2).opaque();
                let ret = self.scope.ret.clone().unwrap_or(Ty::INT);
                let value = self.text(&ret, 2);
                self.out.line(&format!("if ({condition}) return {value};"));
            }
            _ => self.print(),
        }
    }

    /// The block of a loop, which burns fuel.
    pub fn loop_body(&mut self, nesting: u32) {
        let outer = std::mem::replace(&mut self.scope.in_loop, true);
        self.scope.loops += 1;
        self.out.open();
        self.out.line("K.Tick();");
        self.block(nesting.saturating_sub(1), 3);
        self.out.close();
        self.scope.loops -= 1;
        self.scope.in_loop = outer;
    }

    fn count_loop(&mut self, nesting: u32) {
        let declared = self.scope.vars.len();
        let times = 1 + self.choices.below(6);
        match self.choices.below(3) {
            0 => {
                let name = self.declare(Ty::INT, false);
                self.out.line(&format!("for (int {name} = 0; {name} < {times}; {name}++)"));
            }
            1 => {
                let name = self.declare(Ty::Prim(Prim::Long), false);
                self.out.line(&format!("for (long {name} = {times}; {name} >= 0; {name} -= 2)"));
            }
            _ => {
                // Only fuel and the condition end it.
                let name = self.declare(Ty::INT, true);
                self.out.line(&format!("int {name} = 0;"));
                let condition = self.text(&Ty::BOOL, 2);
                self.out.line(&format!("while ({name}++ < {times} && {condition})"));
            }
        }
        self.loop_body(nesting);
        self.scope.vars.truncate(declared);
    }

    fn foreach_loop(&mut self, nesting: u32) {
        let declared = self.scope.vars.len();
        let element = self.element_type();
        let boxed = Box::new(element.clone());
        let over = match self.choices.below(3) {
            0 => Ty::Array(boxed),
            1 => Ty::List(boxed),
            _ if self.scope.by_refs => Ty::Span(boxed),
            _ => Ty::Array(boxed),
        };
        let source = if matches!(over, Ty::Array(_)) && self.choices.chance(1, 2) {
            self.iterator(&element).unwrap_or_else(|| self.text(&over, 2))
        } else {
            self.text(&over, 2)
        };
        let text = self.name(&element);
        let name = self.declare(element, false);
        // C# wants a collection that it cannot see to be null.
        let shape = self.name(&over);
        let plain = source.starts_with("Each") || matches!(over, Ty::Span(_));
        let source = if plain { source } else { format!("K.Id<{shape}>({source})") };
        self.out.line(&format!("foreach ({text} {name} in {source})"));
        self.loop_body(nesting);
        self.scope.vars.truncate(declared);
    }

    fn try_statement(&mut self, nesting: u32) {
        self.out.line("try");
        // Leaving a loop from inside is allowed, from `finally` it is not.
        self.braced(nesting);
        let with_finally = self.choices.chance(1, 3);
        let mut catches = 0;
        if self.choices.chance(1, 2) {
            let name = self.fresh("e");
            let class = *self.choices.pick(&["Thrown", "Deeper", "ArithmeticException", "NullReferenceException", "InvalidCastException"]);
            let value =
                if matches!(class, "Thrown" | "Deeper") { format!("{name}.Value") } else { format!("{name}.Message.Length > 0 ? 1 : 0") };
            let when =
                if self.choices.chance(1, 2) { format!(" when (K.W(\"{name}w\", {}))", self.text(&Ty::BOOL, 2)) } else { String::new() };
            self.out.line(&format!("catch ({class} {name}){when}"));
            self.out.open();
            self.out.line(&format!("K.P(\"{name}\", {value});"));
            self.handler_block(nesting);
            if self.choices.chance(1, 5) {
                self.out.line("throw;");
            }
            self.out.close();
            catches += 1;
        }
        if catches == 0 || self.choices.chance(1, 2) {
            if with_finally && catches == 0 && self.choices.chance(1, 3) {
                // try … finally alone.
            } else {
                let name = self.fresh("e");
                self.out.line(&format!("catch (Exception {name})"));
                self.out.open();
                self.out.line(&format!("K.P(\"{name}\", {name}.GetType().Name); K.Tick();"));
                self.handler_block(nesting);
                self.out.close();
                catches += 1;
            }
        }
        if with_finally || catches == 0 {
            self.out.line("finally");
            let ret = self.scope.ret.take();
            let in_loop = std::mem::replace(&mut self.scope.in_loop, false);
            let label = self.fresh("finally");
            self.out.open();
            self.out.line(&format!("K.P(\"{label}\", 0);"));
            self.handler_block(nesting);
            self.out.close();
            self.scope.ret = ret;
            self.scope.in_loop = in_loop;
        }
    }

    /// The body of a `catch` or `finally`.
    fn handler_block(&mut self, nesting: u32) {
        let outer = std::mem::replace(&mut self.scope.in_handler, true);
        self.block(nesting - 1, 2);
        self.scope.in_handler = outer;
    }

    fn switch_statement(&mut self, nesting: u32) {
        let strings = self.choices.chance(1, 3);
        let value = if strings { self.text(&Ty::Str, DEPTH) } else { self.expr(&Ty::INT, DEPTH).opaque() };
        let labels: &[&str] = if strings {
            &["\"a\"", "\"\"", "\"Kiln\"", "\"x y z\"", "\"b\"", "\"aa\"", "\"'97\"", "\"Ailn\""]
        } else {
            &["0", "1", "2", "7", "int.MinValue"]
        };
        self.out.line(&format!("switch ({value})"));
        self.out.open();
        // `break` ends the switch here.
        let in_loop = std::mem::replace(&mut self.scope.in_loop, false);
        for label in labels {
            if self.choices.chance(2, 3) {
                self.out.line(&format!("case {label}:"));
                self.braced(nesting);
                self.out.line("break;");
            }
        }
        self.out.line("default:");
        self.braced(nesting);
        self.out.line("break;");
        self.scope.in_loop = in_loop;
        self.out.close();
    }

    /// A by-ref local to an element or a variable, and a write through it.
    fn by_ref(&mut self) {
        if !self.scope.by_refs {
            return self.print();
        }
        let Some((place, ty)) = self.place() else { return self.print() };
        if place.contains('[') && self.scope.vars.iter().any(|v| matches!(v.ty, Ty::List(_)) && place.starts_with(&format!("{}[", v.name)))
        {
            return self.assign();
        }
        let value = self.text(&ty, 2);
        let (text, name) = (self.name(&ty), self.fresh("r"));
        self.out.line(&format!("{{ ref {text} {name} = ref {place}; {name} = {value}; K.P<{text}>(\"{name}\", {name}); }}"));
    }

    /// Parameters with a value before anything reads them.
    pub fn assign_outs(&mut self, args: &[(String, Ty, Mode)]) {
        for (name, ty, mode) in args {
            if *mode == Mode::Out {
                let simplest = self.simplest(ty).text;
                self.out.line(&format!("{name} = {simplest};"));
            }
        }
    }
}
