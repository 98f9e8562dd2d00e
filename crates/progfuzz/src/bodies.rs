//! Writing what was declared: types with their members, functions, and `Run`.

use crate::choices::SpanKind;
use crate::decl::{Decl, Dispatch, Kind, Method, Mode, TypeParam};
use crate::generate::Gen;
use crate::scope::{Scope, Var};
use crate::types::Ty;

impl Gen {
    /// Everything inside the program's class.
    pub fn bodies(&mut self) {
        for id in 0..self.decls.0.len() {
            self.type_body(id);
        }
        for function in self.functions.clone() {
            self.scope = Scope::default();
            self.method_body(&function, &[], &[], "static ", "");
        }
        for (name, element, rank) in self.iterators.clone() {
            self.iterator_body(&name, &element, rank);
        }
        self.scope = Scope { rank: u32::MAX, by_refs: true, ..Scope::default() };
        self.out.line("public static void Run()");
        self.out.open();
        for _ in 0..self.choices.below(5) {
            self.local();
        }
        // What one part throws does not keep the next from running.
        let parts = self.choices.below(30);
        for _ in 0..if parts == 0 { 0 } else { 2 + parts % 4 } {
            let start = self.choices.position();
            self.out.line("try");
            self.out.open();
            let nesting = if self.choices.chance(1, 3) { 2 } else { 1 };
            self.block(nesting, 3);
            self.out.close();
            let name = self.fresh("e");
            self.out.line(&format!("catch (Exception {name}) when ({name} is not OutOfFuel)"));
            self.out.open();
            self.out.line(&format!("K.P(\"{name}\", {name}.GetType().Name);"));
            self.out.close();
            self.choices.end_span(start, SpanKind::Value);
        }
        self.out.close();
    }

    fn type_body(&mut self, id: usize) {
        let decl = self.decls.0[id].clone();
        if decl.kind == Kind::Enum {
            let under = *self.choices.pick(&["", " : byte", " : long", " : sbyte"]);
            self.out.line(&format!("enum {}{under} {{ {} }}", decl.name, decl.members.join(", ")));
            return;
        }
        self.scope = Scope { params: decl.params.clone(), ..Scope::default() };
        self.out.line(&header(self, &decl));
        self.out.open();
        let own: Vec<Ty> = (0..decl.params.len()).map(Ty::Param).collect();
        let this = Ty::User(id, own);
        self.fields(&decl);
        if decl.is_maker {
            self.maker(&decl, &this);
        }
        if decl.has_operators {
            self.operators(&decl, &this);
        }
        for method in &decl.methods {
            let arguments: Vec<Ty> = (0..decl.params.len()).map(Ty::Param).collect();
            let modifiers = match (decl.kind, method.dispatch) {
                (Kind::Interface, _) => "",
                (_, Dispatch::Static) => "public static ",
                (_, Dispatch::Instance) => "public ",
                (_, Dispatch::Virtual) => "public virtual ",
                (_, Dispatch::Abstract) => "public abstract ",
            };
            let has_body = if decl.kind == Kind::Interface { method.has_default } else { method.dispatch != Dispatch::Abstract };
            self.scope = Scope { params: decl.params.clone(), ..Scope::default() };
            if has_body {
                self.scope.this = Some(this.clone()).filter(|_| method.dispatch != Dispatch::Static);
                self.method_body(method, &arguments, &decl.params, modifiers, "");
            } else {
                let text = self.signature(method, &arguments, modifiers, "").0;
                self.out.line(&format!("{text};"));
            }
        }
        self.inherited(&decl, &this);
        self.out.close();
    }

    fn fields(&mut self, decl: &Decl) {
        for field in &decl.fields {
            let initial =
                if decl.kind == Kind::Class || field.is_static { format!(" = {}", self.simplest(&field.ty).text) } else { String::new() };
            let modifier = if field.is_static { "public static" } else { "public" };
            self.out.line(&format!("{modifier} {} {}{initial};", self.name(&field.ty), field.name));
        }
        if decl.kind == Kind::Interface {
            return;
        }
        // CoreCLR compares other structs by reflection, which runs this; ECMA-335 II.10.5.3.1 does not ask for it.
        if (decl.kind == Kind::Class || decl.is_record) && self.choices.chance(1, 4) {
            self.out.line(&format!("static {}() {{ K.P(\"cctor\", typeof({}).Name); }}", decl.name, self.own_name(decl)));
        }
        let shown: Vec<String> = decl.fields.iter().filter(|f| !f.is_static).map(|f| format!("K.S({})", f.name)).collect();
        let base = if decl.base.is_some() { " + base.ToString()" } else { "" };
        let shown = if shown.is_empty() { "\"\"".to_owned() } else { shown.join(" + \",\" + ") };
        self.out.line(&format!("public override string ToString() => \"{}[\" + {shown}{base} + \"]\";", decl.name));
    }

    /// `IMaker<TSelf>` of the prelude: a static abstract member, and mostly one that has a body already.
    fn maker(&mut self, decl: &Decl, this: &Ty) {
        let name = self.own_name(decl);
        let int = |name: &str| Var { name: name.to_owned(), ty: Ty::INT, mutable: true, capturable: true };
        self.scope = Scope { params: decl.params.clone(), vars: vec![int("n")], ..Scope::default() };
        self.out.line(&format!("public static {name} Make(int n)"));
        self.out.open();
        self.out.line("K.Tick();");
        self.block(0, 2);
        let value = if decl.kind == Kind::Class { format!("new {name}()") } else { self.simplest(this).text };
        self.out.line(&format!("return {value};"));
        self.out.close();
        if self.choices.chance(1, 2) {
            self.scope = Scope { params: decl.params.clone(), vars: vec![int("n")], ..Scope::default() };
            let (head, value) = (["static string IMaker<", &name, ">.Tell(int n)"].concat(), self.text(&Ty::Str, 1));
            self.out.line(&format!("{head} => {value};"));
        }
    }

    fn operators(&mut self, decl: &Decl, this: &Ty) {
        let name = self.own_name(decl);
        for (operator, list) in [("+", format!("{name} a, {name} b")), ("-", format!("{name} a"))] {
            self.scope = Scope { params: decl.params.clone(), ..Scope::default() };
            for argument in ["a", "b"].into_iter().take(if operator == "+" { 2 } else { 1 }) {
                self.scope.vars.push(Var { name: argument.to_owned(), ty: this.clone(), mutable: true, capturable: true });
            }
            self.out.line(&format!("public static {name} operator {operator}({list})"));
            self.out.open();
            self.out.line("K.Tick();");
            self.block(0, 2);
            let value = self.existing(this).map_or_else(|| self.simplest(this).text, |found| found.text);
            self.out.line(&format!("return {value};"));
            self.out.close();
        }
    }

    fn own_name(&self, decl: &Decl) -> String {
        let params: Vec<&str> = decl.params.iter().map(|p| p.name.as_str()).collect();
        if params.is_empty() { decl.name.clone() } else { format!("{}<{}>", decl.name, params.join(", ")) }
    }

    /// Overrides and implementations of what a type inherits.
    fn inherited(&mut self, decl: &Decl, this: &Ty) {
        if decl.kind == Kind::Interface {
            return;
        }
        let mut above: Vec<Ty> = decl.base.iter().flat_map(|base| self.decls.supertypes(base)).collect();
        above.retain(|t| self.kind_of(t) == Some(Kind::Class));
        for owner in &above {
            let Ty::User(id, args) = owner else { continue };
            for method in self.decls.0[*id].methods.clone() {
                let must = method.dispatch == Dispatch::Abstract && !decl.is_abstract && !self.overridden_between(decl, *id, &method);
                let may = matches!(method.dispatch, Dispatch::Virtual | Dispatch::Abstract);
                if must || (may && self.choices.chance(1, 2)) {
                    self.scope = Scope { params: decl.params.clone(), this: Some(this.clone()), ..Scope::default() };
                    self.method_body(&method, args, &decl.params, "public override ", "");
                    self.overridden.push((decl.name.clone(), method.name.clone()));
                }
            }
        }
        let mut own: Vec<Ty> = Vec::new();
        for interface in &decl.interfaces {
            for above in self.decls.supertypes(interface) {
                if !own.contains(&above) {
                    own.push(above);
                }
            }
        }
        for owner in own {
            let Ty::User(id, args) = &owner else { continue };
            for method in self.decls.0[*id].methods.clone() {
                if method.has_default && !self.choices.chance(1, 2) {
                    continue;
                }
                self.scope = Scope { params: decl.params.clone(), this: Some(this.clone()), ..Scope::default() };
                let prefix = format!("{}.", self.name(&owner));
                self.method_body(&method, args, &decl.params, "", &prefix);
            }
        }
    }

    fn kind_of(&self, ty: &Ty) -> Option<Kind> {
        if let Ty::User(id, _) = ty { Some(self.decls.0[*id].kind) } else { None }
    }

    /// Whether a class between this one and the one that introduces an abstract method has a body for it.
    fn overridden_between(&self, decl: &Decl, introduces: usize, method: &Method) -> bool {
        let mut class = decl.base.clone();
        while let Some(Ty::User(id, args)) = class {
            if id == introduces {
                return false;
            }
            let between = &self.decls.0[id];
            if self.overridden.contains(&(between.name.clone(), method.name.clone())) {
                return true;
            }
            class = between.base.as_ref().map(|b| b.with(&args));
        }
        false
    }

    /// The signature, and the parameters with their types here. `arguments` stand for the type parameters of the type that introduces the method.
    fn signature(&mut self, method: &Method, arguments: &[Ty], modifiers: &str, prefix: &str) -> (String, Vec<(String, Ty, Mode)>, Ty) {
        let outer = self.scope.params.len();
        self.scope.params.extend(method.params.iter().cloned());
        let mut all = arguments.to_vec();
        all.extend((0..method.params.len()).map(|n| Ty::Param(outer + n)));
        let args: Vec<(String, Ty, Mode)> =
            method.args.iter().enumerate().map(|(n, (ty, mode))| (format!("a{n}"), ty.with(&all), *mode)).collect();
        let list: Vec<String> = args.iter().map(|(name, ty, mode)| format!("{}{} {name}", mode.keyword(), self.name(ty))).collect();
        let ret = method.ret.with(&all);
        let own: Vec<&str> = method.params.iter().map(|p| p.name.as_str()).collect();
        let own = if own.is_empty() { String::new() } else { format!("<{}>", own.join(", ")) };
        let returned = if method.is_async { format!("async Task<{}>", self.name(&ret)) } else { self.name(&ret) };
        // What overrides or implements explicitly inherits them, and may not say so.
        let says = !modifiers.contains("override") && prefix.is_empty();
        let clauses = method.params.iter().map(|p| if says { p.constraint.clause(&p.name, &self.decls) } else { String::new() });
        let clauses: String = clauses.collect();
        (format!("{modifiers}{returned} {prefix}{}{own}({}){clauses}", method.name, list.join(", ")), args, ret)
    }

    fn method_body(&mut self, method: &Method, arguments: &[Ty], type_params: &[TypeParam], modifiers: &str, prefix: &str) {
        self.scope.params = type_params.to_vec();
        let (text, args, ret) = self.signature(method, arguments, modifiers, prefix);
        self.scope.rank = method.rank;
        self.scope.by_refs = !method.is_async;
        self.scope.is_async = method.is_async;
        self.scope.ret = Some(ret.clone());
        for (name, ty, mode) in &args {
            let capturable = *mode == Mode::Value;
            self.scope.vars.push(Var { name: name.clone(), ty: ty.clone(), mutable: *mode != Mode::In, capturable });
        }
        self.out.line(&text);
        self.out.open();
        self.assign_outs(&args);
        self.out.line("K.Tick();");
        if method.is_async {
            match self.choices.below(3) {
                0 => {}
                1 => self.out.line("await Task.Yield();"),
                _ => self.wait(),
            }
        }
        let nesting = if self.choices.chance(1, 4) { 2 } else { 1 };
        self.block(nesting, 2);
        let value = self.text(&ret, 2);
        self.out.line(&format!("return {value};"));
        self.out.close();
    }

    fn iterator_body(&mut self, name: &str, element: &Ty, rank: u32) {
        self.scope = Scope { rank, ..Scope::default() };
        self.scope.vars.push(Var { name: "count".to_owned(), ty: Ty::INT, mutable: true, capturable: true });
        self.out.line(&format!("static IEnumerable<{}> {name}(int count)", self.name(element)));
        self.out.open();
        self.block(1, 2);
        // A `finally` around `yield` runs when whoever asks for elements stops early, too.
        let with_finally = self.choices.chance(1, 2);
        if with_finally {
            self.out.line("try");
            self.out.open();
        }
        self.out.line("for (int i = 0; i < 4 && i < count; i++)");
        self.out.open();
        self.out.line("K.Tick();");
        self.block(1, 3);
        let value = self.text(element, 2);
        self.out.line(&format!("yield return {value};"));
        self.out.close();
        if with_finally {
            self.out.close();
            self.out.line(&format!("finally {{ K.P(\"{name}\", count); }}"));
        }
        self.out.close();
    }
}

fn header(generator: &Gen, decl: &Decl) -> String {
    let keyword = match (decl.kind, decl.is_abstract) {
        (Kind::Struct, _) if decl.is_record => "record struct",
        (Kind::Struct, _) => "struct",
        (Kind::Interface, _) => "interface",
        (_, true) if decl.is_record => "abstract record class",
        (_, true) => "abstract class",
        _ if decl.is_record => "record class",
        _ => "class",
    };
    let params: Vec<String> = decl.params.iter().map(|p| format!("{} {}", p.variance, p.name).trim().to_owned()).collect();
    let params = if params.is_empty() { String::new() } else { format!("<{}>", params.join(", ")) };
    let mut above: Vec<String> = decl.base.iter().chain(&decl.interfaces).map(|t| generator.name(t)).collect();
    if decl.is_maker {
        above.push(format!("IMaker<{}>", generator.own_name(decl)));
    }
    let above = if above.is_empty() { String::new() } else { format!(" : {}", above.join(", ")) };
    let constraints: String = decl.params.iter().map(|p| p.constraint.clause(&p.name, &generator.decls)).collect();
    format!("{keyword} {}{params}{above}{}", decl.name, constraints)
}
