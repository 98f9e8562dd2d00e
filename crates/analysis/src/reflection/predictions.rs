//! Instantiations over value types that a library will make by reflection: their code is its own, so it must be there before. What is
//! predicted: a generic type that is named where generic types are made, and a generic method whose name is in a string or that is asked for of a type that
//! is known, over the value types that described objects of the program hold (those of libraries where the program makes such or hands them on), and over
//! the collections of them, one for each way in which the parameters fit, as far as constraints and a budget allow.

mod budget;
mod ways;

pub(crate) use budget::Budget;

use super::activation;
use super::members;
use crate::abilities::Ability;
use crate::cx::Cx;
use crate::dispatch::has_instances;
use crate::graph::{Meeting, Node, Reason};
use crate::program::Warning;
use crate::templates;
use budget::Kind;
use kiln_diag::codes;
use kiln_lir::Sym;
use kiln_metadata::flags::generic_param_attributes as gp;
use kiln_metadata::{GenericParamId, TypeOrMethodDef};
use kiln_typesys::{GenericArgs, MethodDesc, ModuleId, TypeDesc, TypeSystem, WellKnown};
use std::sync::Arc;
use ways::{elements, is_part, parts, ways};

/// A generic type is named where generic types are made, or a generic method is looked up by its name or asked for.
pub(super) fn pattern(cx: &mut Cx<'_>) {
    let at = cx.at();
    let Some(definition) = cx.node(at).cloned() else { return };
    for id in cx.offer(Meeting::Prediction) {
        let Some(found) = cx.node(id).cloned() else { continue };
        cx.pair(at, id, |cx| meet(cx, &definition, &found));
    }
}

/// Objects hold values of a type.
pub(super) fn found(cx: &mut Cx<'_>) {
    let at = cx.at();
    let Some(found) = cx.node(at).cloned() else { return };
    for id in cx.ask(Meeting::Prediction) {
        let Some(definition) = cx.node(id).cloned() else { continue };
        cx.pair(id, at, |cx| meet(cx, &definition, &found));
    }
}

/// Objects of a type hold something of another: what reads it may be made over both.
pub(super) fn pair(cx: &mut Cx<'_>, holder: TypeDesc, t: TypeDesc) {
    let ts = cx.ts;
    let fits = |t: TypeDesc| can_be_argument(ts, t) && !ts.contains_vars(t) && !ts.contains_canon(t);
    if fits(holder) && fits(t) && (ts.is_value_type(holder) || ts.is_value_type(t)) {
        cx.need_if(&Node::Ability(Ability::MakeGenericTypes), Node::Pair(holder, t), Reason::Reflection);
    }
}

/// Generic structures that are made over references: methods over them are made of a template over the canonical form.
pub(super) fn structure(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    let definition = ts.generic_definition(t);
    if !ts.is_value_type(definition) || ts.is_by_ref_like(definition) || !templates::takes_references_as_type(ts, definition) {
        return;
    }
    let canon = vec![ts.well_known(WellKnown::Canon); ts.type_args(definition).len()];
    cx.need(Node::Value(ts.instantiate(definition, &canon)), Reason::Template);
}

/// Whether instantiations over a type have code that is not shared with those over references.
pub(super) fn is_of_interest(ts: &TypeSystem, t: TypeDesc) -> bool {
    // What the compiler of C# makes has no name that a library could know it by.
    let own = |t: TypeDesc| ts.is_value_type(t) && can_be_argument(ts, t) && !ts.namespace_and_name(t).1.contains('<');
    !ts.contains_vars(t) && !ts.contains_canon(t) && (own(t) || parts(ts, t).iter().chain(&elements(ts, t)).any(|&a| own(a)))
}

fn meet(cx: &mut Cx<'_>, definition: &Node, found: &Node) {
    match *definition {
        Node::Made(t) => make_type(cx, t, found),
        Node::MadeMethod(m) => make_method(cx, m, Kind::Named, found),
        Node::DemandedMethod(m) => make_method(cx, m, Kind::Demanded, found),
        _ => {}
    }
}

fn make_method(cx: &mut Cx<'_>, m: MethodDesc, kind: Kind, found: &Node) {
    let ts = cx.ts;
    let Some((module, def)) = ts.method_def(m) else { return };
    let owner = ts.method_owner(m);
    for args in ways(ts, found, ts.method_generic_count(m)) {
        let context = GenericArgs { type_args: ts.type_args(owner).iter().copied().collect(), method_args: args.clone().into() };
        if !has_value(ts, &args) || !fits(ts, module, TypeOrMethodDef::MethodDef(def), &args, &context) {
            continue;
        }
        let exact = ts.instantiate_method(m, owner, &args);
        // Over references beside values the runtime makes it of the form that is there.
        let shared = !ts.is_virtual(m) && !args.iter().all(|&a| ts.is_value_type(a)) || args.iter().any(|&a| ts.contains_canon(a));
        let made = if shared { ts.canonical_method(exact) } else { exact };
        let dictionary = Sym::MethodDictionary(made);
        if ts.method_sig(exact).is_err() || !cx.admits(&dictionary) {
            continue;
        }
        if !cx.predicted.affords(kind, &Node::MadeMethod(m), dictionary.clone()) {
            left_out(cx, kiln_trim::member_name(ts, ts.method_definition(m)));
            continue;
        }
        if shared {
            cx.need(dictionary, Reason::Template);
        }
        cx.need(Node::Instance(made), if shared { Reason::Template } else { Reason::Reflection });
    }
}

/// Code that reflection may make is not in the program.
fn left_out(cx: &mut Cx<'_>, definition: String) {
    if cx.predicted.exhaust() {
        let text = format!(
            "reflection may make more instantiations of `{definition}` over value types than are compiled ahead: one that is not throws when it is used, unless code names it"
        );
        cx.warn(Warning { code: codes::PREDICTIONS, place: definition, method: None, offset: None, text, path: Vec::new() });
    }
}

/// Code over these is not the code over references.
fn has_value(ts: &TypeSystem, args: &[TypeDesc]) -> bool {
    args.iter().any(|&a| ts.is_value_type(a)) && args.iter().all(|&a| can_be_argument(ts, a))
}

/// Whether a type may be an argument at all (ECMA-335 II.9.4).
fn can_be_argument(ts: &TypeSystem, t: TypeDesc) -> bool {
    !ts.is_by_ref_like(t) && !ts.is_well_known(t, WellKnown::Void)
}

fn make_type(cx: &mut Cx<'_>, definition: TypeDesc, found: &Node) {
    let ts = cx.ts;
    let Some((module, def)) = ts.type_def(definition) else { return };
    // Interfaces have no code: the runtime makes them over any types. The class library's own delegates are for trees that are compiled.
    if ts.is_interface(definition) || ts.is_delegate(definition) && !cx.is_own(definition) && !ts.is_visible(definition) {
        return;
    }
    let count = ts.type_args(definition).len();
    // Delegates and structures of many parameters are nobody's converters.
    if count > 2 && (ts.is_delegate(definition) || ts.is_value_type(definition)) && matches!(found, Node::Pair(..)) {
        return;
    }
    for args in ways(ts, found, count) {
        let context = GenericArgs { type_args: Arc::from(args.as_slice()), method_args: Arc::from([]) };
        if !has_value(ts, &args)
            || args.iter().any(|&a| ts.contains_canon(a) || is_part(ts, a))
            || !fits(ts, module, TypeOrMethodDef::TypeDef(def), &args, &context)
        {
            continue;
        }
        let made = ts.instantiate(definition, &args);
        let symbol = Sym::ConstructedType(made);
        if ts.check_type(made).is_err() || !cx.admits(&symbol) {
            continue;
        }
        if !cx.predicted.affords(Kind::Named, &Node::Made(definition), symbol.clone()) {
            left_out(cx, kiln_trim::type_name(ts, definition));
            continue;
        }
        // What a library makes for itself, its methods are made over.
        if is_part(ts, made) {
            cx.need(Node::Value(made), Reason::Reflection);
        }
        if has_instances(ts, made) {
            cx.need(symbol, Reason::Reflection);
            activation::by_type(cx, made);
        }
        members::describe(cx, made);
    }
}

/// Whether arguments meet a definition's constraints (ECMA-335 II.10.1.7).
fn fits(ts: &TypeSystem, module: ModuleId, of: TypeOrMethodDef, args: &[TypeDesc], context: &GenericArgs) -> bool {
    let metadata = ts.module(module);
    let parameters: Vec<GenericParamId> = metadata.generic_params_of(of).collect();
    parameters.into_iter().all(|id| {
        let Ok(row) = metadata.generic_param(id) else { return false };
        let Some(&arg) = args.get(usize::from(row.number)) else { return false };
        let is_value = ts.is_value_type(arg);
        if row.flags & gp::REFERENCE_TYPE_CONSTRAINT != 0 && is_value
            || row.flags & gp::NOT_NULLABLE_VALUE_TYPE_CONSTRAINT != 0 && (!is_value || ts.is_nullable(arg))
            || row.flags & gp::DEFAULT_CONSTRUCTOR_CONSTRAINT != 0 && !is_value && ts.default_ctor(arg).is_none()
        {
            return false;
        }
        metadata.constraints_of(id).into_iter().all(|c| {
            let Ok(c) = metadata.generic_param_constraint(c) else { return false };
            ts.resolve_type(module, c.constraint.token(), context).is_ok_and(|t| ts.can_cast_to(arg, t))
        })
    })
}
