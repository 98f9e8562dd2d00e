//! Instantiations over value types that a library will make by reflection: their code is its own, so it must be there before. What is
//! predicted: a generic type that is named where generic types are made, over the value types that described objects hold and over the
//! collections of them, one for each way in which the parameters fit, as far as constraints and a budget allow.

use super::activation;
use super::members;
use crate::abilities::Ability;
use crate::cx::Cx;
use crate::dispatch::has_instances;
use crate::graph::{Meeting, Node, Reason};
use kiln_lir::Sym;
use kiln_metadata::GenericParamId;
use kiln_metadata::flags::generic_param_attributes as gp;
use kiln_typesys::{GenericArgs, TypeDesc, TypeSystem};
use std::sync::Arc;

/// As many are predicted in all.
const BUDGET: usize = 600;

/// A generic type is named where generic types are made.
pub(super) fn pattern(cx: &mut Cx<'_>, definition: TypeDesc) {
    let at = cx.at();
    for id in cx.offer(Meeting::Prediction) {
        let Some(found) = cx.node(id).cloned() else { continue };
        cx.pair(at, id, |cx| meet(cx, definition, &found));
    }
}

/// Objects hold values of a type.
pub(super) fn found(cx: &mut Cx<'_>) {
    let at = cx.at();
    let Some(found) = cx.node(at).cloned() else { return };
    for id in cx.ask(Meeting::Prediction) {
        let Some(&Node::Made(definition)) = cx.node(id) else { continue };
        cx.pair(id, at, |cx| meet(cx, definition, &found));
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
    !ts.contains_vars(t) && !ts.contains_canon(t) && (own(t) || parts(ts, t).iter().any(|&a| own(a)))
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
        _ => return Vec::new(),
    };
    let parts = parts(ts, t);
    let mut ways: Vec<Vec<TypeDesc>> = Vec::new();
    if count == 1 {
        ways.push(vec![t]);
        ways.extend(parts.iter().map(|&a| vec![a]));
    } else if count == parts.len() + 1 {
        ways.push(std::iter::once(t).chain(parts.iter().copied()).collect());
    } else if count == parts.len() {
        ways.push(parts);
    }
    ways
}

fn meet(cx: &mut Cx<'_>, definition: TypeDesc, found: &Node) {
    let ts = cx.ts;
    // Interfaces have no code: the runtime makes them over any types.
    if ts.is_interface(definition) {
        return;
    }
    for args in ways(ts, found, ts.type_args(definition).len()) {
        if !args.iter().any(|&a| ts.is_value_type(a) && !ts.is_by_ref_like(a)) || !fits(ts, definition, &args) {
            continue;
        }
        let made = ts.instantiate(definition, &args);
        let symbol = Sym::ConstructedType(made);
        if cx.predicted >= BUDGET || ts.check_type(made).is_err() || !cx.admits(&symbol) {
            continue;
        }
        cx.predicted += 1;
        if has_instances(ts, made) {
            cx.need(symbol, Reason::Reflection);
            activation::by_type(cx, made);
        }
        members::describe(cx, made);
    }
}

/// Whether arguments meet a definition's constraints (ECMA-335 II.10.1.7).
fn fits(ts: &TypeSystem, definition: TypeDesc, args: &[TypeDesc]) -> bool {
    let Some((module, def)) = ts.type_def(definition) else { return false };
    let metadata = ts.module(module);
    let context = GenericArgs { type_args: Arc::from(args), method_args: Arc::from([]) };
    let parameters: Vec<GenericParamId> = metadata.generic_params_of(def).collect();
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
            ts.resolve_type(module, c.constraint.token(), &context).is_ok_and(|t| ts.can_cast_to(arg, t))
        })
    })
}
