//! Choosing what a program declares. Types refer to types that were declared before them, so that no struct contains itself.

use crate::choices::SpanKind;
use crate::decl::{Constraint, Decl, Dispatch, Field, Kind, Method, Mode, TypeParam};
use crate::generate::Gen;
use crate::types::Ty;

impl Gen {
    /// All declarations.
    pub fn declarations(&mut self) {
        for (kind, most) in [(Kind::Enum, 2), (Kind::Interface, 2), (Kind::Struct, 2), (Kind::Class, 3)] {
            for _ in 0..most {
                let start = self.choices.position();
                if !self.choices.chance(2, 3) {
                    break;
                }
                let decl = self.declaration(kind);
                self.decls.0.push(decl);
                if kind != Kind::Enum {
                    self.pool_up(self.decls.0.len() - 1);
                }
                self.choices.end_span(start, SpanKind::Item);
            }
        }
        for _ in 0..3 {
            let start = self.choices.position();
            if !self.choices.chance(2, 3) {
                break;
            }
            self.function();
            self.choices.end_span(start, SpanKind::Item);
        }
    }

    fn declaration(&mut self, kind: Kind) -> Decl {
        let name = self.fresh(match kind {
            Kind::Enum => "E",
            Kind::Struct => "S",
            Kind::Class => "C",
            Kind::Interface => "I",
        });
        let mut decl = Decl::new(name, kind);
        if kind == Kind::Enum {
            for _ in 0..=self.choices.below(3) {
                decl.members.push(self.fresh("M"));
            }
            return decl;
        }
        for n in 0..self.choices.below(3) {
            let variance = if kind == Kind::Interface { *self.choices.pick(&["", "out ", "in "]) } else { "" };
            let constraint = match self.choices.below(6) {
                4 if variance.is_empty() => Constraint::Struct,
                5 => Constraint::Class,
                _ => Constraint::None,
            };
            decl.params.push(TypeParam { name: format!("T{n}"), variance: variance.trim(), constraint });
        }
        self.scope.params = decl.params.clone();
        decl.is_record = matches!(kind, Kind::Struct | Kind::Class) && self.choices.chance(1, 3);
        self.inheritance(&mut decl);
        decl.is_maker = kind != Kind::Interface && !decl.is_abstract && self.choices.chance(1, 4);
        decl.has_operators = kind != Kind::Interface && !decl.is_abstract && self.choices.chance(1, 4);
        if kind != Kind::Interface {
            for _ in 0..self.choices.below(4) {
                let ty = self.any_type(1);
                let is_static = self.choices.chance(1, 4);
                decl.fields.push(Field { name: self.fresh("F"), ty, is_static });
            }
        }
        for _ in 0..self.choices.below(3) {
            let start = self.choices.position();
            let method = self.method(&decl);
            decl.methods.push(method);
            self.choices.end_span(start, SpanKind::Value);
        }
        self.scope.params.clear();
        decl
    }

    fn inheritance(&mut self, decl: &mut Decl) {
        if decl.kind == Kind::Class {
            decl.is_abstract = self.choices.chance(1, 6);
            let mut classes = self.of_kind(Kind::Class);
            classes.retain(|&id| self.decls.0[id].is_record == decl.is_record);
            if !classes.is_empty() && self.choices.chance(2, 3) {
                let id = *self.choices.pick(&classes);
                decl.base = Some(self.instantiate(id));
            }
        }
        let interfaces = self.of_kind(Kind::Interface);
        for id in interfaces {
            // An interface that inherits would need variance rules of its own.
            if decl.kind == Kind::Interface && (!self.decls.0[id].params.is_empty() || decl.params.iter().any(|p| !p.variance.is_empty())) {
                continue;
            }
            if self.choices.chance(1, if decl.kind == Kind::Interface { 4 } else { 2 }) {
                let interface = self.instantiate(id);
                decl.interfaces.push(interface);
            }
        }
    }

    /// A declared type with arguments that may be parameters of the type that is being declared.
    fn instantiate(&mut self, id: usize) -> Ty {
        let params = self.decls.0[id].params.clone();
        let own = self.scope.params.clone();
        let arguments = params.iter().map(|wanted| {
            let fitting: Vec<usize> =
                (0..own.len()).filter(|&n| wanted.constraint == Constraint::None || own[n].constraint == wanted.constraint).collect();
            if !fitting.is_empty() && self.choices.chance(1, 2) {
                Ty::Param(*self.choices.pick(&fitting))
            } else {
                self.argument(wanted.constraint)
            }
        });
        let arguments = arguments.collect();
        Ty::User(id, arguments)
    }

    fn method(&mut self, decl: &Decl) -> Method {
        let dispatch = match decl.kind {
            Kind::Interface => Dispatch::Virtual,
            Kind::Struct => *self.choices.pick(&[Dispatch::Instance, Dispatch::Static]),
            _ if decl.is_abstract => *self.choices.pick(&[Dispatch::Virtual, Dispatch::Abstract, Dispatch::Instance]),
            _ => *self.choices.pick(&[Dispatch::Virtual, Dispatch::Instance, Dispatch::Static]),
        };
        let params = self.method_params();
        self.scope.params.extend(params.iter().cloned());
        // Where a variant parameter may stand: `out` returned, `in` taken; nested in other types in neither.
        let variant = |ty: &Ty, allowed: &str| match ty {
            Ty::Param(n) => decl.params.get(*n).is_none_or(|p| p.variance.is_empty() || p.variance == allowed),
            other => !decl.params.iter().any(|p| !p.variance.is_empty()) || !other.is_open(),
        };
        let mut ret = self.any_type(1);
        if !variant(&ret, "out") {
            ret = Ty::INT;
        }
        let mut args = Vec::new();
        for _ in 0..self.choices.below(4) {
            let ty = self.any_type(1);
            let mode = if decl.kind == Kind::Interface && ty.is_open() { Mode::Value } else { self.mode() };
            args.push((if variant(&ty, "in") { ty } else { Ty::INT }, mode));
        }
        self.scope.params.truncate(decl.params.len());
        let has_default = decl.kind == Kind::Interface && self.choices.chance(1, 3);
        Method { name: self.fresh("M"), dispatch, params, args, ret, rank: self.next_rank(), has_default, is_async: false }
    }

    fn method_params(&mut self) -> Vec<TypeParam> {
        let count = if self.choices.chance(1, 3) { 1 + self.choices.below(2) } else { 0 };
        let interfaces: Vec<usize> = self.of_kind(Kind::Interface).into_iter().filter(|&id| self.decls.0[id].params.is_empty()).collect();
        let mut params = Vec::new();
        for n in 0..count {
            // The first has none: the method may return it, whatever is wanted.
            let constraint = match self.choices.below(6) {
                _ if n == 0 => Constraint::None,
                1 => Constraint::Struct,
                2 => Constraint::Class,
                3..=5 if !interfaces.is_empty() => Constraint::Is(*self.choices.pick(&interfaces)),
                _ => Constraint::None,
            };
            params.push(TypeParam { name: format!("U{n}"), variance: "", constraint });
        }
        params
    }

    fn mode(&mut self) -> Mode {
        *self.choices.pick(&[Mode::Value, Mode::Value, Mode::Value, Mode::Value, Mode::Ref, Mode::In, Mode::Out])
    }

    fn function(&mut self) {
        let rank = self.next_rank();
        if self.choices.chance(1, 5) {
            let element = self.any_closed(1);
            let name = self.fresh("Each");
            self.iterators.push((name, element, rank));
            return;
        }
        let is_async = self.choices.chance(1, 5);
        let params = self.method_params();
        self.scope.params = params.clone();
        let ret = self.any_type(2);
        let args = (0..self.choices.below(4)).map(|_| (self.any_type(1), if is_async { Mode::Value } else { self.mode() })).collect();
        self.scope.params.clear();
        let name = self.fresh("F");
        self.functions.push(Method { name, dispatch: Dispatch::Static, params, args, ret, rank, has_default: false, is_async });
    }
}
