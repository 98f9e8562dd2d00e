//! Calls: what is asked of their arguments and type arguments, and what they return.

use super::require::Target;
use super::state::State;
use super::value::{Location, Place, Value, Values};
use super::{DEPTH, Scan};
use crate::names;
use kiln_flow::Members;
use kiln_typesys::{MethodDesc, TypeDesc, TypeKind, TypeSystem, WellKnown};

/// A call.
pub(super) struct Call<'c> {
    pub(super) definition: MethodDesc,
    /// `this` first, unless the object is new.
    pub(super) args: &'c [Values],
    /// How many of them come before the parameters.
    pub(super) before: usize,
    pub(super) at: u32,
}

impl Scan<'_> {
    /// A call or `newobj`.
    pub(super) fn call(&mut self, s: &mut State, m: MethodDesc, makes: bool, at: u32) -> Option<()> {
        let ts = self.ts;
        let sig = ts.method_sig(m).ok()?;
        let before = usize::from(sig.has_this && !makes);
        let args = s.pop_many(sig.params.len() + before);
        self.arguments_of(m, at);
        let call = Call { definition: ts.method_definition(m), args: &args, before, at };
        let rule = self.known.rules.of(call.definition);
        let returned = match rule {
            Some(rule) => self.apply(s, &call, rule),
            None => {
                self.ask(&call, Members::ALL);
                self.marshalled(&call);
                let v = self.known.promises.value(ts, Place::Result(call.definition));
                self.sets.one(v)
            }
        };
        self.passed(s, &call);
        if makes {
            let made = Value::Object(ts.method_owner(m));
            self.push(s, made);
        } else if sig.ret != ts.well_known(WellKnown::Void) {
            s.stack.push(returned);
        }
        Some(())
    }

    /// Asks for what the annotations say, of these kinds.
    pub(super) fn ask(&mut self, call: &Call<'_>, kinds: Members) {
        let Some(of) = self.known.promises.annotations.of_method(self.ts, call.definition) else { return };
        if call.before > 0
            && let Some(&this) = call.args.first()
        {
            self.require(this, of.this.among(kinds), &Target::This(call.definition), call.at);
        }
        for &(index, members) in &of.params {
            if let Some(&v) = call.args.get(index + call.before) {
                self.require(v, members.among(kinds), &Target::Param(call.definition, index), call.at);
            }
        }
    }

    /// What was passed by address is what the callee left there, and vectors hold what it put into them.
    fn passed(&mut self, s: &mut State, call: &Call<'_>) {
        for (n, &arg) in call.args.iter().enumerate() {
            for v in self.sets.get(arg).iter() {
                match v {
                    Value::Vector(made) => {
                        if let Some(vector) = s.vector(*made) {
                            vector.elements = None;
                        }
                    }
                    Value::Address(Location::Local(_) | Location::Arg(_)) if n >= call.before && self.is_by_ref(call, n - call.before) => {
                        let index = u16::try_from(n - call.before).unwrap_or(u16::MAX);
                        let left = self.known.promises.value(self.ts, Place::Param(call.definition, index));
                        let left = self.sets.one(left);
                        self.write(s, arg, left, call.at);
                    }
                    _ => {}
                }
            }
        }
    }

    fn is_by_ref(&self, call: &Call<'_>, param: usize) -> bool {
        let sig = self.ts.method_sig(call.definition);
        sig.is_ok_and(|sig| sig.params.get(param).is_some_and(|&t| matches!(self.ts.kind(t), TypeKind::ByRef(_))))
    }

    /// The type of an object, where only one is possible; else what the class of the place promises of those derived from it.
    pub(super) fn type_of_object(&mut self, call: &Call<'_>) -> Values {
        let ts = self.ts;
        let mut out: Option<Values> = None;
        let objects = call.args.first().map(|&v| self.sets.get(v)).unwrap_or_default();
        for v in objects.iter() {
            let known = match v {
                Value::Null => continue,
                Value::Object(t) => Some(*t),
                v => self.declared(v).filter(|&t| ts.is_sealed(t) && !ts.contains_vars(t)),
            };
            let v = match known {
                Some(t) => Value::Type(t),
                None => {
                    if let Some(t) = self.declared(v) {
                        self.looked_at.insert(ts.generic_definition(t));
                    }
                    let promised = self.declared(v).map_or(Members::NONE, |t| self.known.promises.annotations.of_objects(ts, t));
                    Value::From(Place::Result(call.definition), promised)
                }
            };
            let v = self.sets.one(v);
            out = Some(out.map_or(v, |o| self.sets.join(o, v)));
        }
        out.unwrap_or(Values::NULL)
    }

    /// The type that a value is declared to be of.
    pub(super) fn declared(&self, v: &Value) -> Option<TypeDesc> {
        let ts = self.ts;
        match v {
            Value::Text(_) => Some(ts.well_known(WellKnown::String)),
            Value::From(Place::Param(m, index), _) => ts.method_sig(*m).ok()?.params.get(usize::from(*index)).copied(),
            Value::From(Place::Result(m), _) => Some(ts.method_sig(*m).ok()?.ret),
            Value::From(Place::Field(f), _) => ts.field_type(*f).ok(),
            Value::From(Place::This(m), _) => Some(ts.method_owner(*m)),
            _ => None,
        }
    }

    /// What a generic method or type asks of its type arguments. Of a type whose object a method is called on it was said where that was made.
    pub(super) fn arguments_of(&mut self, m: MethodDesc, at: u32) {
        let ts = self.ts;
        let args = ts.method_args(m);
        if ts.is_static_method(m) || ts.is_ctor(m) || !args.is_empty() {
            self.type_arguments(ts.method_owner(m), at);
        }
        if args.is_empty() {
            return;
        }
        let definition = ts.method_definition(m);
        let asked = self.known.promises.annotations.of_method_parameters(ts, definition);
        let target = |index| Target::Generic(names::method_parameter(ts, definition, index), names::method(ts, definition));
        self.asked_of(&args, &asked, target, at);
        for &arg in args.iter() {
            self.type_arguments(arg, at);
        }
    }

    /// What parameters, by their numbers, ask of the arguments that they get.
    fn asked_of(&mut self, args: &[TypeDesc], asked: &[(usize, Members)], target: impl Fn(usize) -> Target, at: u32) {
        for &(index, members) in asked {
            let Some(&arg) = args.get(index) else { continue };
            let v = self.sets.one(Value::Type(arg));
            self.require(v, members, &target(index), at);
        }
    }

    /// The same of the arguments of a type and of types among them.
    pub(super) fn type_arguments(&mut self, t: TypeDesc, at: u32) {
        self.type_arguments_in(t, at, DEPTH);
    }

    fn type_arguments_in(&mut self, t: TypeDesc, at: u32, depth: usize) {
        let ts = self.ts;
        let args = ts.type_args(t);
        if depth == 0 || args.is_empty() {
            return;
        }
        let definition = ts.generic_definition(t);
        let asked = self.known.promises.annotations.of_type_parameters(ts, definition);
        let target = |index| Target::Generic(names::type_parameter(ts, definition, index), names::definition(ts, definition));
        self.asked_of(&args, &asked, target, at);
        for &arg in args.iter() {
            self.type_arguments_in(arg, at, depth - 1);
        }
    }
}

/// Whether a generic type or method asks for anything of its arguments.
pub(super) fn asks_of_arguments(annotations: &mut kiln_flow::Annotations, ts: &TypeSystem, m: MethodDesc) -> bool {
    let of_method = !ts.method_args(m).is_empty() && !annotations.of_method_parameters(ts, ts.method_definition(m)).is_empty();
    of_method || asks_of_type_arguments(annotations, ts, ts.method_owner(m), DEPTH) || {
        ts.method_args(m).iter().any(|&t| asks_of_type_arguments(annotations, ts, t, DEPTH))
    }
}

/// Whether a generic type, or one among its arguments, asks for anything.
pub(super) fn asks_of_type_arguments(annotations: &mut kiln_flow::Annotations, ts: &TypeSystem, t: TypeDesc, depth: usize) -> bool {
    let args = ts.type_args(t);
    if depth == 0 || args.is_empty() {
        return false;
    }
    !annotations.of_type_parameters(ts, ts.generic_definition(t)).is_empty()
        || args.iter().any(|&a| asks_of_type_arguments(annotations, ts, a, depth - 1))
}
