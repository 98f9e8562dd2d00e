//! Instantiations over value types that a library will make by reflection: their code is its own, so it must be there before. What is
//! predicted: a generic type that is named where generic types are made, and a generic method whose name is in a string, over the value
//! types that described objects of the program hold (those of libraries where the program makes such or hands them on), and over the
//! collections of them, one for each way in which the parameters fit, as far as constraints and a budget allow.

use super::activation;
use super::members;
use crate::abilities::Ability;
use crate::cx::Cx;
use crate::dispatch::has_instances;
use crate::graph::{Meeting, Node, Reason};
use kiln_lir::Sym;
use kiln_metadata::flags::generic_param_attributes as gp;
use kiln_metadata::flags::method_attributes as ma;
use kiln_metadata::{GenericParamId, TypeOrMethodDef};
use kiln_typesys::{GenericArgs, MethodDesc, ModuleId, TypeDesc, TypeSystem, WellKnown};
use std::sync::Arc;

/// As many are predicted in all.
const BUDGET: usize = 1500;
/// As many of one definition.
const BUDGET_OF_ONE: usize = 48;

/// A generic type is named where generic types are made, or a generic method is looked up by its name.
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
    let fits = |t: TypeDesc| !ts.is_by_ref_like(t) && !ts.contains_vars(t) && !ts.contains_canon(t);
    if fits(holder) && fits(t) && (ts.is_value_type(holder) || ts.is_value_type(t)) {
        cx.need_if(&Node::Ability(Ability::MakeGenericTypes), Node::Pair(holder, t), Reason::Reflection);
    }
}

/// Whether instantiations over a type have code that is not shared with those over references.
pub(super) fn is_of_interest(ts: &TypeSystem, t: TypeDesc) -> bool {
    // What the compiler of C# makes has no name that a library could know it by.
    let own = |t: TypeDesc| ts.is_value_type(t) && !ts.is_by_ref_like(t) && !ts.namespace_and_name(t).1.contains('<');
    !ts.contains_vars(t) && !ts.contains_canon(t) && (own(t) || parts(ts, t).iter().chain(&elements(ts, t)).any(|&a| own(a)))
}

/// What a collection enumerates (`IEnumerable<T>`), where its arguments do not say it.
fn elements(ts: &TypeSystem, t: TypeDesc) -> Vec<TypeDesc> {
    let Some(enumerable) = ts.find_type(ts.corelib(), "System.Collections.Generic", "IEnumerable`1") else { return Vec::new() };
    if ts.is_array(t) || ts.is_well_known(t, WellKnown::String) {
        return Vec::new();
    }
    let (parts, interfaces) = (ts.type_args(t), ts.interfaces(t));
    let found = interfaces.iter().filter(|&&i| ts.generic_definition(i) == enumerable);
    found.filter_map(|&i| ts.type_args(i).first().copied()).filter(|e| !parts.contains(e)).collect()
}

/// The arguments of a type, or the element of a vector.
fn parts(ts: &TypeSystem, t: TypeDesc) -> Vec<TypeDesc> {
    ts.element_type(t).map_or_else(|| ts.type_args(t).to_vec(), |e| vec![e])
}

/// The ways in which as many parameters can be filled from what was found.
fn ways(ts: &TypeSystem, found: &Node, count: usize) -> Vec<Vec<TypeDesc>> {
    let t = match *found {
        Node::Value(t) => t,
        Node::Pair(holder, t) if count == 2 => return vec![vec![holder, t]],
        Node::Pair(holder, _) => return constructors(ts, holder, count),
        _ => return Vec::new(),
    };
    let parts = parts(ts, t);
    let mut ways: Vec<Vec<TypeDesc>> = constructors(ts, t, count);
    if count == 1 {
        ways.push(vec![t]);
        ways.extend(parts.iter().chain(&elements(ts, t)).map(|&a| vec![a]));
    } else if count == parts.len() + 1 {
        ways.push(std::iter::once(t).chain(parts.iter().copied()).collect());
    } else if count == parts.len() {
        // A collection of pairs, and what it has of each key.
        ways.extend(parts.last().filter(|_| count == 2).map(|&value| vec![t, value]));
        ways.push(parts);
    } else if count == 2 {
        // What is found by its name.
        ways.push(vec![ts.well_known(WellKnown::String), t]);
    }
    ways
}

/// A type and the parameters of its constructors: what makes it from parts may be over all of them, and over objects where it could take more.
fn constructors(ts: &TypeSystem, t: TypeDesc, count: usize) -> Vec<Vec<TypeDesc>> {
    if count < 3 || ts.type_def(t).is_none() || ts.is_enum(t) || ts.is_interface(t) {
        return Vec::new();
    }
    let object = ts.well_known(WellKnown::Object);
    let public = |m: MethodDesc| ts.is_ctor(m) && !ts.is_static_method(m) && ts.method_flags(m).0 & ma::ACCESS_MASK == ma::PUBLIC;
    let all = ts.methods(t);
    let signatures = all.iter().filter(|&&m| public(m)).filter_map(|&m| ts.method_sig(m).ok());
    let mut ways: Vec<Vec<TypeDesc>> = Vec::new();
    for sig in signatures.filter(|s| !s.params.is_empty() && s.params.len() < count) {
        let mut way: Vec<TypeDesc> = std::iter::once(t).chain(sig.params.iter().copied()).collect();
        way.resize(count, object);
        if way.iter().all(|&p| ts.type_def(p).is_some() || ts.is_array(p)) && !ways.contains(&way) {
            ways.push(way);
        }
    }
    ways
}

fn meet(cx: &mut Cx<'_>, definition: &Node, found: &Node) {
    match *definition {
        Node::Made(t) => make_type(cx, t, found),
        Node::MadeMethod(m) => make_method(cx, m, found),
        _ => {}
    }
}

fn make_method(cx: &mut Cx<'_>, m: MethodDesc, found: &Node) {
    let ts = cx.ts;
    let Some((module, def)) = ts.method_def(m) else { return };
    let owner = ts.method_owner(m);
    for args in ways(ts, found, ts.method_generic_count(m)) {
        let context = GenericArgs { type_args: ts.type_args(owner).iter().copied().collect(), method_args: args.clone().into() };
        if !has_value(ts, &args) || !fits(ts, module, TypeOrMethodDef::MethodDef(def), &args, &context) {
            continue;
        }
        let made = ts.instantiate_method(m, owner, &args);
        if ts.method_sig(made).is_err() || !cx.admits(&Sym::MethodDictionary(made)) || !afford(cx, &Node::MadeMethod(m)) {
            continue;
        }
        cx.need(Node::Instance(made), Reason::Reflection);
    }
}

/// Whether one more instantiation of a definition is within the budget.
fn afford(cx: &mut Cx<'_>, definition: &Node) -> bool {
    let of_one = cx.predicted.entry(definition.clone()).or_default();
    *of_one += 1;
    let within = *of_one <= BUDGET_OF_ONE;
    within && cx.predicted.values().map(|&n| n.min(BUDGET_OF_ONE)).sum::<usize>() <= BUDGET
}

/// Code over these is not the code over references.
fn has_value(ts: &TypeSystem, args: &[TypeDesc]) -> bool {
    args.iter().any(|&a| ts.is_value_type(a)) && !args.iter().any(|&a| ts.is_by_ref_like(a))
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
        if !has_value(ts, &args) || !fits(ts, module, TypeOrMethodDef::TypeDef(def), &args, &context) {
            continue;
        }
        let made = ts.instantiate(definition, &args);
        let symbol = Sym::ConstructedType(made);
        if ts.check_type(made).is_err() || !cx.admits(&symbol) || !afford(cx, &Node::Made(definition)) {
            continue;
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
