//! What is said of types: what they derive from asks of their type parameters, requires something of who makes them, or keeps members of
//! their objects that require something.

use super::reached::{Member, Only, members, promises};
use super::{DEPTH, Flow};
use crate::check::Finding;
use crate::requirement::{Kind, of_method, of_type};
use crate::{member, names};
use kiln_diag::{Code, codes};
use kiln_flow::Members;
use kiln_metadata::TypeOrMethodDef;
use kiln_support::FxIndexSet;
use kiln_typesys::{MethodDesc, TypeDesc, TypeKind, TypeSystem};

impl Flow {
    /// What is wrong with a type of the application whose method `at` was reached. `looked_at`: of which types' objects the class is asked.
    pub(super) fn of_type(
        &mut self,
        ts: &TypeSystem,
        t: TypeDesc,
        at: MethodDesc,
        looked_at: &FxIndexSet<TypeDesc>,
        out: &mut Vec<Finding>,
    ) {
        for base in ts.base_type(t).into_iter().chain(ts.interfaces(t).iter().copied()) {
            self.arguments_of_base(ts, t, base, at, DEPTH, out);
        }
        if let Some(base) = ts.base_type(t)
            && of_type(ts, t, Kind::UnreferencedCode).is_none()
            && let Some(required) = of_type(ts, base, Kind::UnreferencedCode)
        {
            let text = format!("`{}`, its base, {}", names::definition(ts, base), required.says(Kind::UnreferencedCode));
            self.say_of(ts, codes::BASE_REQUIRES_UNREFERENCED_CODE, t, at, text, out);
        }
        let kept = self.known.promises.annotations.of_objects(ts, t);
        let interfaces = ts.interfaces(t);
        let mut above = std::iter::successors(Some(t), |&t| ts.base_type(t)).chain(interfaces.iter().copied());
        if !kept.is_empty() && above.any(|a| looked_at.contains(&ts.generic_definition(a))) {
            self.kept_of_objects(ts, t, kept, at, out);
        }
        self.misplaced(ts, t, at, out);
        for (first, second) in member::of_one_machine(ts, t) {
            let text = format!(
                "`{}` and `{}` both say that they became the same state machine",
                names::method(ts, first),
                names::method(ts, second)
            );
            self.say_of(ts, codes::MACHINE_OF_SEVERAL, t, second, text, out);
        }
    }

    pub(super) fn say_of(&mut self, ts: &TypeSystem, code: Code, t: TypeDesc, at: MethodDesc, text: String, out: &mut Vec<Finding>) {
        if !self.known.suppressions.covers_type(ts, t, code.as_str()) {
            out.push(Finding { code, member: names::definition(ts, t), at: Some(at), offset: None, text });
        }
    }

    fn arguments_of_base(&mut self, ts: &TypeSystem, t: TypeDesc, base: TypeDesc, at: MethodDesc, depth: usize, out: &mut Vec<Finding>) {
        let definition = ts.generic_definition(base);
        let args = ts.type_args(base);
        if args.is_empty() || depth == 0 {
            return;
        }
        let owner = |t: TypeDesc| ts.type_def(t).map(|(module, row)| (module, TypeOrMethodDef::from(row)));
        for &(index, asked) in self.known.promises.annotations.of_type_parameters(ts, definition).iter() {
            let Some(&arg) = args.get(index) else { continue };
            let TypeKind::Var(n) = ts.kind(arg) else { continue };
            let own = self.known.promises.parameters(ts, owner(t));
            let has = own.iter().find(|p| p.0 == n as usize).map_or(Members::NONE, |p| p.1);
            if !has.contains(asked) {
                let text = format!(
                    "`{}` asks of its type argument `{}` for {asked}, which the type parameter `{}` does not promise: put \
                     `[DynamicallyAccessedMembers({})]` on it",
                    names::definition(ts, definition),
                    names::type_parameter(ts, definition, index),
                    names::type_parameter(ts, t, n as usize),
                    asked.written(),
                );
                self.say_of(ts, codes::TYPE_PARAMETER_TO_TYPE_ARGUMENT, t, at, text, out);
            }
        }
        for &arg in args.iter() {
            self.arguments_of_base(ts, t, arg, at, depth - 1, out);
        }
    }

    /// The class of an object that is looked at keeps these members.
    fn kept_of_objects(&mut self, ts: &TypeSystem, t: TypeDesc, kept: Members, at: MethodDesc, out: &mut Vec<Finding>) {
        for (member, owner) in members(ts, t, kept, &Only::default()) {
            if !ts.type_def(owner).is_some_and(|(module, _)| self.known.application.contains(&module)) {
                continue;
            }
            // What a base keeps is said of the base.
            let own = owner == t;
            if !own && self.known.promises.annotations.of_objects(ts, owner).contains(kept) {
                continue;
            }
            let (name, requires, promises) = match member {
                Member::Method(m) => {
                    let required = of_method(ts, m, Kind::UnreferencedCode);
                    let promises = required.is_none() && promises(&mut self.known.promises.annotations, ts, m);
                    (names::method(ts, m), required, promises)
                }
                Member::Field(f) => (names::field(ts, f), None, !self.known.promises.annotations.of_field(ts, f).is_empty()),
            };
            let of = names::definition(ts, t);
            let place = match member {
                Member::Method(m) if own => ts.method_definition(m),
                _ => at,
            };
            if let Some(required) = requires {
                let code = if own { codes::OBJECTS_KEEP_REQUIRING } else { codes::OBJECTS_KEEP_REQUIRING_OF_BASE };
                let text = format!(
                    "`[DynamicallyAccessedMembers]` of `{of}` or above keeps `{name}`, which {}",
                    required.says(Kind::UnreferencedCode)
                );
                self.say_of(ts, code, t, place, text, out);
            } else if promises {
                let code = if own { codes::OBJECTS_KEEP_PROMISING } else { codes::OBJECTS_KEEP_PROMISING_OF_BASE };
                let text = format!(
                    "`[DynamicallyAccessedMembers]` of `{of}` or above keeps `{name}`, which has it, too, and who uses it by reflection is not asked for \
                     these members"
                );
                self.say_of(ts, code, t, place, text, out);
            }
        }
    }
}
