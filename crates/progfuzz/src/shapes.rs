//! Statements that C# makes classes of, or calls of the class library: closures, local functions, multicast delegates, locks, atomic
//! operations, patterns over objects, dictionaries, `await`, filters with effects.

use crate::generate::Gen;
use crate::scope::Scope;
use crate::types::{Prim, Ty};

impl Gen {
    /// One of them.
    pub fn shape(&mut self, nesting: u32) {
        match self.choices.below(12) {
            10 => self.maker_call(),
            11 => self.by_ref_struct(),
            0 => self.closures_of_a_loop(),
            1 => self.local_function(nesting),
            2 => self.multicast(),
            3 => self.lock(nesting),
            4 => self.atomic(),
            5 => self.pattern_switch(nesting),
            6 => self.dictionary(nesting),
            7 => self.do_loop(nesting),
            8 => self.rethrow(nesting),
            _ => self.wait(),
        }
    }

    /// Static members through a type parameter.
    fn maker_call(&mut self) {
        let makers: Vec<Ty> = self.pool.iter().filter(|t| matches!(t, Ty::User(id, _) if self.decls.0[*id].is_maker)).cloned().collect();
        if makers.is_empty() {
            return self.print();
        }
        let ty = self.choices.pick(&makers).clone();
        let (name, label, count) = (self.name(&ty), self.fresh("z"), self.text(&Ty::INT, 1));
        let form = *self.choices.pick(&["Make", "All", "Tell", "Deep"]);
        self.out.line(&format!("K.P(\"{label}\", K.{form}<{name}>({count}));"));
    }

    /// A `ref struct` with a `ref` field, and a span beside it.
    fn by_ref_struct(&mut self) {
        if !self.scope.by_refs {
            return self.print();
        }
        let ty = self.any_type(1);
        let (element, array, cursor) = (self.name(&ty), self.fresh("x"), self.fresh("y"));
        let value = self.text(&Ty::Array(Box::new(ty.clone())), 1);
        let changed = self.text(&ty, 1);
        let shape = self.name(&Ty::Array(Box::new(ty)));
        self.out.line(&format!("{shape} {array} = {value};"));
        self.out.line(&format!("var {cursor} = new Cursor<{element}>({array}, {});", self.choices.below(3)));
        self.out.line(&format!("{cursor}.At = {changed}; {cursor} = {cursor}.Next(); {cursor}.Swap(ref {array}[0]);"));
        self.out.line(&format!(
            "K.P(\"{cursor}\", {cursor}.Rest.Length); K.P<{element}>(\"{cursor}\", {cursor}.At); K.P(\"{array}\", {array});"
        ));
    }

    /// Each turn has its own variable, and all share the one outside.
    fn closures_of_a_loop(&mut self) {
        let ty = self.any_type(1);
        let (list, shared, own, turn) = (self.fresh("l"), self.fresh("s"), self.fresh("o"), self.fresh("i"));
        let (name, initial) = (self.name(&ty), self.text(&ty, 1));
        let changed = self.captured(&ty, 1);
        self.out.line(&format!("var {list} = new List<Func<{name}>>(); int {shared} = 0;"));
        self.out.line(&format!("for (int {turn} = 0; {turn} < 3; {turn}++)"));
        self.out.open();
        self.out.line(&format!("{name} {own} = {initial};"));
        let by = self.choices.below(4);
        self.out
            .line(&format!("{list}.Add(() => {{ {shared} += {turn} + {by}; var before = {own}; {own} = {changed}; return before; }});"));
        self.out.close();
        self.out.line(&format!("foreach (var f in {list}) {{ K.P(\"{own}\", f()); K.P(\"{own}\", f()); }} K.P(\"{shared}\", {shared});"));
    }

    /// A function in a function, which changes a variable of the outer one; called once by name and once as a delegate.
    fn local_function(&mut self, nesting: u32) {
        let (name, argument, count) = (self.fresh("L"), self.fresh("a"), self.fresh("n"));
        let (takes, gives) = (self.any_type(1), self.any_type(1));
        let (takes_name, gives_name) = (self.name(&takes), self.name(&gives));
        self.out.line(&format!("int {count} = {};", self.choices.below(3)));
        let given = self.text(&takes, 1);
        let again = self.text(&takes, 1);
        let inner = self.scope.inside_lambda(self.this_is_struct());
        let inner = Scope { rank: self.scope.rank, ret: Some(gives.clone()), ..inner };
        let outer = std::mem::replace(&mut self.scope, inner);
        self.scope.vars.push(crate::scope::Var { name: argument.clone(), ty: takes, mutable: true, capturable: true });
        self.out.line(&format!("{gives_name} {name}({takes_name} {argument})"));
        self.out.open();
        self.out.line(&format!("K.Tick(); {count}++;"));
        self.block(nesting - 1, 2);
        let value = self.text(&gives, 1);
        self.out.line(&format!("return {value};"));
        self.out.close();
        self.scope = outer;
        self.out.line(&format!("K.P<{gives_name}>(\"{name}\", {name}({given}));"));
        if self.choices.chance(1, 2) {
            self.out.line(&format!("K.P<{gives_name}>(\"{name}\", ((Func<{takes_name}, {gives_name}>){name})({again}));"));
        }
        self.out.line(&format!("K.P(\"{count}\", {count});"));
    }

    /// Several functions in one delegate, and one taken away again.
    fn multicast(&mut self) {
        let (takes, gives) = (self.any_type(1), self.any_type(1));
        let ty = Ty::Func(Box::new(takes.clone()), Box::new(gives.clone()));
        let (shape, gives_name, name, part) = (self.name(&ty), self.name(&gives), self.fresh("d"), self.fresh("d"));
        let (a, b, given) = (self.text(&ty, 2), self.text(&ty, 2), self.text(&takes, 1));
        self.out.line(&format!("{shape} {name} = {a}; {shape} {part} = {b};"));
        self.out.line(&match self.choices.below(5) {
            0 => format!("{name} += {part};"),
            1 => format!("{name} -= {part};"),
            2 => format!("{name} += {part}; {name} += {part}; {name} -= {part};"),
            3 => format!("{name} = ({shape})Delegate.Combine({part}, {name}, {part});"),
            _ => format!("{name} = ({shape})Delegate.RemoveAll({name}, {part});"),
        });
        self.out.line(&format!("K.P(\"{name}\", {name}?.GetInvocationList().Length ?? -1);"));
        self.out.line(&format!("if ({name} != null) K.P<{gives_name}>(\"{name}\", {name}({given}));"));
    }

    fn lock(&mut self, nesting: u32) {
        self.out.line("lock (K.Gate)");
        let is_async = std::mem::take(&mut self.scope.is_async);
        self.braced(nesting);
        self.scope.is_async = is_async;
    }

    /// `Interlocked` on a variable.
    fn atomic(&mut self) {
        let p = *self.choices.pick(&[Prim::Int, Prim::Long, Prim::UInt, Prim::ULong]);
        let ty = Ty::Prim(p);
        let name = self.fresh("x");
        let (initial, other) = (self.text(&ty, 1), self.text(&ty, 1));
        self.out.line(&format!("{} {name} = {initial};", p.name()));
        let call = match self.choices.below(5) {
            0 => format!("Add(ref {name}, {other})"),
            1 => format!("Exchange(ref {name}, {other})"),
            2 => format!("CompareExchange(ref {name}, {other}, {initial})"),
            3 => format!("And(ref {name}, {other})"),
            _ => format!("Decrement(ref {name})"),
        };
        self.out.line(&format!("K.P(\"{name}\", System.Threading.Interlocked.{call}); K.P(\"{name}\", {name});"));
        self.scope.vars.push(crate::scope::Var { name, ty, mutable: true, capturable: true });
    }

    /// A switch over what an object is. Every case has a condition that C# does not see through, so that none hides another.
    fn pattern_switch(&mut self, nesting: u32) {
        let of = self.any_type(1);
        let value = self.text(&of, 2);
        self.out.line(&format!("switch (K.Id<object>({value}))"));
        self.out.open();
        let in_loop = std::mem::replace(&mut self.scope.in_loop, false);
        for _ in 0..=self.choices.below(4) {
            let ty = self.tested_type();
            let (shape, name, label) = (self.name(&ty), self.fresh("c"), self.fresh("w"));
            let condition = self.text(&Ty::BOOL, 1);
            self.out.line(&format!("case {shape} {name} when K.W(\"{label}\", {condition}):"));
            let declared = self.scope.vars.len();
            self.scope.vars.push(crate::scope::Var { name, ty, mutable: true, capturable: true });
            self.braced(nesting);
            self.scope.vars.truncate(declared);
            self.out.line("break;");
        }
        self.out.line("case null:");
        self.out.line("case string { Length: 0 }:");
        self.braced(nesting);
        self.out.line("break;");
        self.scope.in_loop = in_loop;
        self.out.close();
    }

    /// A dictionary or a set with keys of any type.
    fn dictionary(&mut self, nesting: u32) {
        let (key, value) = (self.any_type(1), self.any_type(1));
        let map = Ty::Map(Box::new(key.clone()), Box::new(value.clone()));
        let (shape, name) = (self.name(&map), self.fresh("m"));
        let initial = self.text(&map, 1);
        self.out.line(&format!("{shape} {name} = {initial};"));
        self.scope.vars.push(crate::scope::Var { name: name.clone(), ty: map, mutable: true, capturable: true });
        let (k, v, asked) = (self.text(&key, 1), self.text(&value, 1), self.text(&key, 1));
        match self.choices.below(4) {
            0 => self.out.line(&format!("if ({name} != null) K.P(\"{name}\", {name}.TryAdd({k}, {v}) ? {name}.Count : -1);")),
            1 => self.out.line(&format!("K.P(\"{name}\", {name}?.Remove({asked}));")),
            2 => {
                let key_name = self.name(&key);
                self.out.line(&format!("K.P(\"{name}\", new HashSet<{key_name}> {{ {k}, {asked}, {k} }}.Count);"));
            }
            _ if !self.scope.by_refs => {}
            _ => {
                let value_name = self.name(&value);
                self.out.line(&format!(
                    "if ({name} != null) {{ ref {value_name} place = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault({name}, {k}, out bool had); K.P(\"{name}\", had); place = {v}; }}"
                ));
            }
        }
        let (item, declared) = (self.fresh("kv"), self.scope.vars.len());
        self.out.line(&format!("foreach (var {item} in K.Id<{shape}>({name}) ?? new())"));
        self.scope.vars.push(crate::scope::Var { name: format!("{item}.Key"), ty: key, mutable: false, capturable: true });
        self.scope.vars.push(crate::scope::Var { name: format!("{item}.Value"), ty: value, mutable: false, capturable: true });
        self.loop_body(nesting);
        self.scope.vars.truncate(declared);
    }

    fn do_loop(&mut self, nesting: u32) {
        let (name, times) = (self.fresh("d"), 1 + self.choices.below(4));
        self.out.line(&format!("int {name} = 0;"));
        self.out.line("do");
        self.loop_body(nesting);
        let condition = self.text(&Ty::BOOL, 1);
        self.out.line(&format!("while (++{name} < {times} && {condition});"));
    }

    /// An exception that is looked at by filters on its way, kept, and thrown again.
    fn rethrow(&mut self, nesting: u32) {
        let (kept, inner, outer, label) = (self.fresh("k"), self.fresh("e"), self.fresh("e"), self.fresh("w"));
        let (first, second) = (self.text(&Ty::BOOL, 1), self.text(&Ty::BOOL, 1));
        self.out.line(&format!("System.Runtime.ExceptionServices.ExceptionDispatchInfo {kept} = null;"));
        self.out.line("try");
        self.out.open();
        self.out.line("try");
        self.braced(nesting);
        let how = *self.choices.pick(&["Capture", "throw;", "new"]);
        self.out.line(&format!("catch (Exception {inner}) when (K.W(\"{label}a\", {first}) && {inner} is not OutOfFuel)"));
        self.out.open();
        self.out.line(&match how {
            "Capture" => format!("{kept} = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture({inner});"),
            "new" => format!("throw new Deeper({inner}.Message.Length > 0 ? 1 : 2);"),
            _ => how.to_owned(),
        });
        self.out.close();
        self.out.line(&format!("finally {{ K.P(\"{label}f\", {kept} == null); }}"));
        self.out.line(&format!("{kept}?.Throw();"));
        self.out.close();
        self.out.line(&format!("catch (Exception {outer}) when (K.W(\"{label}b\", {second}) | {outer} is not OutOfFuel)"));
        self.out.open();
        self.out.line(&format!("K.P(\"{outer}\", {outer}.GetType().Name + {outer}.Message.Length);"));
        self.out.close();
    }

    /// An `await` of something that is there, or comes later, or of several.
    pub fn wait(&mut self) {
        if !self.scope.is_async {
            return self.print();
        }
        let ty = self.any_type(1);
        let (name, value) = (self.name(&ty), self.text(&ty, 1));
        let label = self.fresh("t");
        let form = *self.choices.pick(&[
            "await Task.FromResult<T>(V)",
            "await K.Later<T>(V)",
            "(await Task.WhenAll(K.Later<T>(V), K.Later<T>(V)))[1]",
            "await new ValueTask<T>(V)",
        ]);
        let form = form.replace("<T>", &format!("<{name}>")).replace("(V)", &format!("({value})"));
        self.out.line(&format!("K.P<{name}>(\"{label}\", {form});"));
    }
}
