//! What reflection's own methods ask for and return, by what they are given ([`Rule`]): names of types, bound lookups, types and methods made
//! at run time, activation.

use super::Scan;
use super::calls::Call;
use super::reached::{Member, Only, members};
use super::require::Target;
use super::rules::Rule;
use super::state::State;
use super::value::{Place, Value, Values};
use crate::names;
use crate::requirement::{Kind, of_call};
use kiln_diag::codes;
use kiln_flow::Members;
use kiln_metadata::TypeName;
use kiln_typesys::{TypeDesc, TypeSystem, WellKnown};

/// `BindingFlags`.
mod binding {
    pub(super) const IGNORE_CASE: i32 = 1;
    pub(super) const PUBLIC: i32 = 0x10;
    pub(super) const NON_PUBLIC: i32 = 0x20;
    /// Those that decide which members are found.
    pub(super) const PLAIN: i32 = 0xff;
}

impl Scan<'_> {
    /// What a method with a rule asks of its arguments, and what it returns.
    pub(super) fn apply(&mut self, s: &mut State, call: &Call<'_>, rule: Rule) -> Values {
        let first = call.args.first().copied().unwrap_or(Values::UNKNOWN);
        match rule {
            Rule::Pass => first,
            Rule::TypeOfHandle => self.type_of_handle(call, first),
            Rule::TypeOfObject => self.type_of_object(call),
            Rule::TypeOfName => self.type_of_name(call, first),
            Rule::Members => self.look_up(s, call, first),
            Rule::Base => self.base(call, first),
            Rule::Interface => self.interface(call, first),
            Rule::Underlying => self.underlying(first),
            Rule::MakeType => self.make_type(s, call, first),
            Rule::MakeMethod => self.make_method(s, call, first),
            Rule::RunConstructor => self.run_constructor(call, first),
            Rule::Activate => self.activate(s, call),
            Rule::Code => self.code_for(call),
            Rule::Nothing => self.result(call),
            Rule::CallByName => self.call_by_name(call),
            Rule::PropertyByAccessor => self.property_by_accessor(call),
            Rule::NotFollowed(code) => {
                let text = format!("`{}` finds a type by its name: name it with `typeof`", names::method(self.ts, call.definition));
                self.say(code, call.at, text);
                self.result(call)
            }
        }
    }

    /// A handle that came from somewhere is of any type.
    fn type_of_handle(&mut self, call: &Call<'_>, handle: Values) -> Values {
        let ts = self.ts;
        let of_handle = |t: TypeDesc| ts.namespace_and_name(t).1 == "RuntimeTypeHandle";
        let mut out = Vec::new();
        for v in self.sets.get(handle).iter() {
            let v = match v {
                Value::From(..) if self.declared(v).is_some_and(of_handle) => self.known.promises.value(ts, Place::Result(call.definition)),
                v => v.clone(),
            };
            if !out.contains(&v) {
                out.push(v);
            }
        }
        self.sets.of(out)
    }

    fn type_of_name(&mut self, call: &Call<'_>, name: Values) -> Values {
        let ts = self.ts;
        let ignores_case = ts.method_sig(call.definition).is_ok_and(|sig| {
            let booleans: Vec<usize> = (0..sig.params.len()).filter(|&i| sig.params[i] == ts.well_known(WellKnown::Boolean)).collect();
            let flag = booleans.get(1).and_then(|&i| call.args.get(i)).and_then(|&v| self.sets.only(v));
            booleans.len() > 1 && flag != Some(Value::Int(0))
        });
        if ignores_case {
            let text = "a type whose name is found without regard to case cannot be told: give its name as it is written".to_owned();
            self.say(codes::TYPE_NAME_WITHOUT_CASE, call.at, text);
            return Values::NULL;
        }
        let mut out = Vec::new();
        for v in self.sets.get(name).iter() {
            match v {
                Value::Text(text) => out.extend(named(ts, text).map(Value::Type)),
                Value::Null => {}
                Value::From(_, promised) if !promised.is_empty() => out.push(Value::From(Place::Result(call.definition), *promised)),
                _ => {
                    let text = "the type's name is made at run time, and a type that nothing else names may not be in the program: use `typeof`, \
                                or take the name from something that has `[DynamicallyAccessedMembers]`";
                    self.say(codes::UNKNOWN_TYPE_NAME, call.at, text.to_owned());
                }
            }
        }
        self.set(out)
    }

    /// Of values that may be there twice; nothing is as good as null.
    pub(super) fn set(&mut self, values: Vec<Value>) -> Values {
        let mut all = Vec::new();
        for v in values {
            if !all.contains(&v) {
                all.push(v);
            }
        }
        if all.is_empty() { Values::NULL } else { self.sets.of(all) }
    }

    /// Which kinds of members a lookup finds, by its `BindingFlags`.
    fn bound(&self, call: &Call<'_>) -> Members {
        let ts = self.ts;
        let Ok(sig) = ts.method_sig(call.definition) else { return Members::ALL };
        let is_flags = |t: &TypeDesc| ts.namespace_and_name(*t) == ("System.Reflection".to_owned(), "BindingFlags".to_owned());
        let Some(at) = sig.params.iter().position(is_flags) else { return Members::ALL };
        let flags = call.args.get(at + call.before).and_then(|&v| self.sets.only(v));
        let Some(Value::Int(flags)) = flags else { return Members::ALL };
        if flags & binding::IGNORE_CASE != 0 || flags & !binding::PLAIN != 0 {
            return Members::ALL;
        }
        let public = if flags & binding::PUBLIC != 0 { Members::ALL_PUBLIC } else { Members::NONE };
        let other = if flags & binding::NON_PUBLIC != 0 { Members::ALL_NON_PUBLIC } else { Members::NONE };
        public.and(other)
    }

    fn look_up(&mut self, s: &mut State, call: &Call<'_>, this: Values) -> Values {
        let ts = self.ts;
        let name = ts.method_name(call.definition);
        let mut kinds = self.bound(call);
        let text = call.args.get(1).and_then(|&v| self.sets.only(v));
        let mut only = Only { name: if let Some(Value::Text(t)) = text { Some(t) } else { None }, parameters: None };
        if name == "GetConstructor" {
            only.parameters = self.empty(s, call).then_some(0);
            if only.parameters.is_some() && kinds == Members::ALL {
                kinds = Members::DEFAULT_CONSTRUCTOR;
            }
        }
        self.only = only.clone();
        self.ask(call, kinds);
        self.only = Only::default();
        let mut out = Vec::new();
        for v in self.sets.get(this).iter() {
            match (v, name.as_str()) {
                (Value::Type(t), "GetMethod" | "GetRuntimeMethod") if only.name.is_some() => {
                    let kinds = Members::METHODS.and(Members::NON_PUBLIC_METHODS);
                    out.extend(members(ts, *t, kinds, &only).into_iter().filter_map(|(m, _)| match m {
                        Member::Method(m) => Some(Value::Method(m)),
                        Member::Field(_) => None,
                    }));
                }
                (Value::Type(t), "GetNestedType") if only.name.is_some() => {
                    out.extend(nested(ts, *t, only.name.as_deref().unwrap_or_default()).map(Value::Type));
                }
                (Value::From(_, promised), "GetNestedType") if *promised == Members::ALL => {
                    out.push(Value::From(Place::Result(call.definition), Members::ALL));
                }
                (Value::Null, _) => {}
                _ => out.push(self.known.promises.value(ts, Place::Result(call.definition))),
            }
        }
        self.set(out)
    }

    /// Whether a vector that is given is known to be empty.
    fn empty(&mut self, s: &mut State, call: &Call<'_>) -> bool {
        let types = call.args.iter().skip(call.before).copied().find(|&v| {
            let all = self.sets.get(v);
            matches!(&*all, [Value::Vector(_)])
                || matches!(&*all, [Value::From(Place::Field(f), _)] if self.ts.field_name(*f) == "EmptyTypes")
        });
        match types.and_then(|v| self.sets.only(v)) {
            Some(Value::Vector(made)) => s.vector(made).is_some_and(|v| v.elements.as_ref().is_some_and(Vec::is_empty)),
            Some(_) => true,
            None => false,
        }
    }

    /// What is inherited stays promised.
    fn base(&mut self, call: &Call<'_>, this: Values) -> Values {
        let ts = self.ts;
        let inherited = Members::ALL_PUBLIC.without(Members::CONSTRUCTORS).without(Members::from_bits(0x80));
        let mut out = Vec::new();
        for v in self.sets.get(this).iter() {
            out.push(match v {
                Value::Null => continue,
                Value::Type(t) if ts.type_def(*t).is_some() => ts.base_type(*t).map_or(Value::Null, Value::Type),
                v => {
                    let promised = self.promised(v);
                    let kept = if promised == Members::ALL { promised } else { promised.among(inherited) };
                    Value::From(Place::Result(call.definition), kept)
                }
            });
        }
        self.set(out)
    }

    fn interface(&mut self, call: &Call<'_>, this: Values) -> Values {
        self.ask(call, Members::ALL);
        let interfaces = Members::from_bits(0x2000);
        let mut out = Vec::new();
        for v in self.sets.get(this).iter() {
            let promised = self.promised(v);
            let kept = if promised == Members::ALL { promised } else { promised.among(interfaces) };
            out.push(Value::From(Place::Result(call.definition), kept));
        }
        self.set(out)
    }

    fn promised(&mut self, v: &Value) -> Members {
        match v {
            Value::From(_, promised) => *promised,
            Value::Type(t) if self.ts.type_def(*t).is_none() => self.known.promises.variable(self.ts, &self.origins, *t).members,
            _ => Members::NONE,
        }
    }

    fn underlying(&mut self, of: Values) -> Values {
        let ts = self.ts;
        let mut out = Vec::new();
        for v in self.sets.get(of).iter() {
            out.push(match v {
                Value::Type(t) if ts.is_nullable(*t) => ts.type_args(*t).first().map_or(Value::Null, |&a| Value::Type(a)),
                v => v.clone(),
            });
        }
        self.set(out)
    }

    fn run_constructor(&mut self, call: &Call<'_>, handle: Values) -> Values {
        for v in self.sets.get(handle).iter() {
            let known = match v {
                Value::Null => true,
                Value::Type(t) if self.ts.type_def(*t).is_some() => true,
                v => self.promised(v).contains(Members::NON_PUBLIC_CONSTRUCTORS),
            };
            if !known {
                let text = "which class constructor is run cannot be told here, and one that nothing else runs may not be in the program: name the \
                            type with `typeof`";
                self.say(codes::UNKNOWN_CLASS_CONSTRUCTOR, call.at, text.to_owned());
            }
        }
        self.result(call)
    }

    fn activate(&mut self, s: &mut State, call: &Call<'_>) -> Values {
        let ts = self.ts;
        let Ok(sig) = ts.method_sig(call.definition) else { return Values::UNKNOWN };
        let mut kinds = self.bound(call);
        // `nonPublic`.
        if let [_, second] = sig.params.as_slice()
            && *second == ts.well_known(WellKnown::Boolean)
            && call.args.get(1).and_then(|&v| self.sets.only(v)) == Some(Value::Int(0))
        {
            kinds = Members::DEFAULT_CONSTRUCTOR;
        }
        let arguments = sig.params.iter().position(|&t| ts.element_type(t) == Some(ts.well_known(WellKnown::Object)));
        let given = arguments.and_then(|i| call.args.get(i)).and_then(|&v| self.sets.only(v));
        self.only.parameters = match given {
            Some(Value::Vector(made)) => s.vector(made).and_then(|v| v.elements.as_ref().map(Vec::len)),
            _ => None,
        };
        self.ask(call, kinds);
        self.only = Only::default();
        self.result(call)
    }

    /// Code for a type that is known is there.
    fn code_for(&mut self, call: &Call<'_>) -> Values {
        let is_type = |t: &TypeDesc| self.ts.namespace_and_name(*t) == ("System".to_owned(), "Type".to_owned());
        let at = self.ts.method_sig(call.definition).ok().and_then(|sig| sig.params.iter().position(is_type));
        let given = at.and_then(|i| call.args.get(i + call.before)).map(|&v| self.sets.get(v));
        let known = given.is_some_and(|all| {
            all.iter().all(|v| match v {
                Value::Type(t) => self.ts.type_def(*t).is_some(),
                v => *v == Value::Null,
            })
        });
        if !known {
            self.needs_code(call);
        }
        self.result(call)
    }

    pub(super) fn needs_code(&mut self, call: &Call<'_>) {
        let ts = self.ts;
        if let Some(required) = of_call(ts, call.definition, Kind::DynamicCode) {
            let text = format!("`{}` {}", names::method(ts, call.definition), required.says(Kind::DynamicCode));
            self.say(codes::REQUIRES_DYNAMIC_CODE, call.at, text);
        }
    }

    /// `Expression.Call(type, name, …)`.
    fn call_by_name(&mut self, call: &Call<'_>) -> Values {
        let ts = self.ts;
        let (of, name) = (call.args.first().copied(), call.args.get(1).and_then(|&v| self.sets.only(v)));
        let all = of.map(|v| self.sets.get(v)).unwrap_or_default();
        let known = matches!(name, Some(Value::Text(_))) && all.iter().all(|v| matches!(v, Value::Type(t) if ts.type_def(*t).is_some()));
        if let Some(Value::Text(name)) = name {
            self.only.name = Some(name);
        }
        if !known && all.iter().any(|v| *v != Value::Null) {
            let text = format!(
                "which method `{}` finds cannot be told here, and it may ask for members of its type arguments",
                names::method(ts, call.definition)
            );
            self.say(codes::UNKNOWN_GENERIC_METHOD, call.at, text);
        }
        let members = Members::METHODS.and(Members::NON_PUBLIC_METHODS);
        self.require(of.unwrap_or(Values::UNKNOWN), members, &Target::Param(call.definition, 0), call.at);
        self.only = Only::default();
        self.result(call)
    }

    fn property_by_accessor(&mut self, call: &Call<'_>) -> Values {
        let accessor = call.args.get(1).map(|&v| self.sets.get(v)).unwrap_or_default();
        if !accessor.iter().all(|v| matches!(v, Value::Method(_) | Value::Null)) {
            let text = "whose accessor this is cannot be told here, and a property that nothing else names may not be in the program: give the \
                        property, or its type and name";
            self.say(codes::UNKNOWN_ACCESSOR, call.at, text.to_owned());
        }
        self.result(call)
    }

    fn result(&mut self, call: &Call<'_>) -> Values {
        let v = self.known.promises.value(self.ts, Place::Result(call.definition));
        self.sets.one(v)
    }
}

/// The type that text names.
pub(super) fn named(ts: &TypeSystem, text: &str) -> Option<TypeDesc> {
    ts.type_of_name(&TypeName::parse(text).ok()?, None)
}

/// A nested type by its own name.
fn nested(ts: &TypeSystem, t: TypeDesc, name: &str) -> Option<TypeDesc> {
    let (module, _) = ts.type_def(t)?;
    let (namespace, outer) = ts.namespace_and_name(ts.generic_definition(t));
    ts.find_type(module, &namespace, &format!("{outer}+{name}"))
}
