//! Generic types and methods that are made at run time: what they ask of their arguments, and whether code for them is there.

use super::Scan;
use super::calls::Call;
use super::require::Target;
use super::state::State;
use super::value::{Place, Value, Values};
use crate::names;
use kiln_diag::codes;
use kiln_flow::Members;
use kiln_metadata::TypeOrMethodDef;
use kiln_metadata::flags::generic_param_attributes::REFERENCE_TYPE_CONSTRAINT;
use kiln_typesys::{MethodDesc, TypeDesc, TypeSystem};

impl Scan<'_> {
    /// The types that a vector holds: nothing if it is not known; and whether each is one that code can be made for.
    fn arguments_given(&mut self, s: &mut State, call: &Call<'_>) -> (Option<Vec<Values>>, bool) {
        let Some(Value::Vector(made)) = call.args.get(call.before).and_then(|&v| self.sets.only(v)) else { return (None, false) };
        let Some(elements) = s.vector(made).and_then(|v| v.elements.clone()) else { return (None, false) };
        let known = elements.iter().all(|&v| self.sets.get(v).iter().all(|v| matches!(v, Value::Type(_) | Value::Null)));
        (Some(elements), known)
    }

    pub(super) fn make_type(&mut self, s: &mut State, call: &Call<'_>, this: Values) -> Values {
        let ts = self.ts;
        let (given, known) = self.arguments_given(s, call);
        let mut code_is_there = known;
        let mut out = Vec::new();
        for v in self.sets.get(this).iter() {
            let Value::Type(t) = v else {
                if *v != Value::Null {
                    let text = "types are put for the parameters of a type that cannot be told here, and it may ask for members of them: name it \
                                with `typeof`";
                    self.say(codes::UNKNOWN_GENERIC_TYPE, call.at, text.to_owned());
                    code_is_there = false;
                    out.push(self.known.promises.value(ts, Place::Result(call.definition)));
                }
                continue;
            };
            let definition = ts.generic_definition(*t);
            // `Nullable<T>` makes no T.
            let asked = if ts.is_nullable(definition) { Vec::new() } else { self.asked_by_type(definition) };
            let name = names::definition(ts, definition);
            self.give(&asked, given.as_deref(), &name, codes::UNKNOWN_GENERIC_TYPE, call.at);
            code_is_there |= ts.type_def(definition).is_some_and(|(module, row)| all_references(ts, module, row.into()));
            let args: Option<Vec<TypeDesc>> = given.as_ref().and_then(|g| g.iter().map(|&v| self.known_type(v)).collect());
            let made = args.filter(|a| a.len() == ts.type_args(definition).len()).map_or(definition, |a| ts.instantiate(definition, &a));
            out.push(Value::Type(made));
        }
        if !code_is_there && this != Values::NULL {
            self.needs_code(call);
        }
        self.set(out)
    }

    fn known_type(&self, v: Values) -> Option<TypeDesc> {
        match self.sets.only(v)? {
            Value::Type(t) => Some(t),
            _ => None,
        }
    }

    pub(super) fn make_method(&mut self, s: &mut State, call: &Call<'_>, this: Values) -> Values {
        let ts = self.ts;
        let (given, known) = self.arguments_given(s, call);
        let mut code_is_there = known;
        for v in self.sets.get(this).iter() {
            let Value::Method(m) = v else {
                if *v != Value::Null {
                    let text = "types are put for the parameters of a method that cannot be told here, and it may ask for members of them: look \
                                it up by its name on a type that is known";
                    self.say(codes::UNKNOWN_GENERIC_METHOD, call.at, text.to_owned());
                    code_is_there = false;
                }
                continue;
            };
            let definition = ts.method_definition(*m);
            let asked = self.asked_by_method(definition);
            self.give(&asked, given.as_deref(), &names::method(ts, definition), codes::UNKNOWN_GENERIC_METHOD, call.at);
            code_is_there |= ts.method_def(definition).is_some_and(|(module, row)| all_references(ts, module, row.into()));
        }
        if !code_is_there && this != Values::NULL {
            self.needs_code(call);
        }
        this
    }

    /// Types stand for parameters that ask for members.
    fn give(&mut self, asked: &[(usize, Members, String)], given: Option<&[Values]>, of: &str, unknown: kiln_diag::Code, at: u32) {
        match given {
            _ if asked.is_empty() => {}
            Some(given) => {
                for (index, members, name) in asked {
                    let v = given.get(*index).copied().unwrap_or(Values::UNKNOWN);
                    self.require(v, *members, &Target::Generic(name.clone(), of.to_owned()), at);
                }
            }
            None => {
                let text = format!("`{of}` asks for members of its type arguments, and which they will be cannot be told here");
                self.say(unknown, at, text);
            }
        }
    }

    fn asked_by_type(&mut self, definition: TypeDesc) -> Vec<(usize, Members, String)> {
        let ts = self.ts;
        let owner = ts.type_def(definition).map(|(module, row)| (module, TypeOrMethodDef::from(row)));
        self.known.promises.parameters(ts, owner)
    }

    fn asked_by_method(&mut self, definition: MethodDesc) -> Vec<(usize, Members, String)> {
        let ts = self.ts;
        let owner = ts.method_def(definition).map(|(module, row)| (module, TypeOrMethodDef::from(row)));
        self.known.promises.parameters(ts, owner)
    }
}

/// Whether all parameters only take classes: these share code that is there.
fn all_references(ts: &TypeSystem, module: kiln_typesys::ModuleId, of: TypeOrMethodDef) -> bool {
    let metadata = ts.module(module);
    let is = |id| metadata.generic_param(id).is_ok_and(|row| row.flags & REFERENCE_TYPE_CONSTRAINT != 0);
    metadata.generic_params_of(of).all(is)
}
