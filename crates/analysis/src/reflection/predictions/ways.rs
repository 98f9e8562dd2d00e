//! The ways in which type parameters can be filled from a type that was found, or from a pair of types (`predictions`): by the type itself, what it is made
//! of, what it holds, and what it takes.

use crate::graph::Node;
use kiln_metadata::flags::method_attributes as ma;
use kiln_typesys::{MethodDesc, TypeDesc, TypeSystem, WellKnown};

/// The ways in which as many parameters can be filled from what was found.
pub(super) fn ways(ts: &TypeSystem, found: &Node, count: usize) -> Vec<Vec<TypeDesc>> {
    let t = match *found {
        Node::Value(t) if is_part(ts, t) || ts.contains_canon(t) => return if count == 1 { vec![vec![t]] } else { Vec::new() },
        Node::Value(t) => t,
        Node::Pair(holder, t) if count == 2 => return vec![vec![holder, t]],
        Node::Pair(holder, _) => return constructors(ts, holder, count),
        _ => return Vec::new(),
    };
    let parts = parts(ts, t);
    let mut ways: Vec<Vec<TypeDesc>> = constructors(ts, t, count);
    ways.extend(curried(ts, t, count));
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
        // What is found by its name; where methods are asked for, any reference beside the value.
        ways.push(vec![ts.well_known(WellKnown::String), t]);
    }
    ways
}

/// A structure that only its library knows: it holds what others hold, and is found nowhere by itself.
pub(super) fn is_part(ts: &TypeSystem, t: TypeDesc) -> bool {
    ts.is_value_type(t) && !ts.type_args(t).is_empty() && !ts.is_visible(t)
}

/// What a function type that returns functions takes one after the other (`F<A, F<B, R>>`), and what is left behind that: who calls such a function
/// by reflection makes code over some of them at once.
fn curried(ts: &TypeSystem, t: TypeDesc, count: usize) -> Vec<Vec<TypeDesc>> {
    let (definition, mut at) = (ts.generic_definition(t), t);
    let (mut taken, mut rest) = (Vec::new(), Vec::new());
    while let [argument, result] = ts.type_args(at)[..]
        && ts.generic_definition(at) == definition
    {
        taken.push(argument);
        rest.push(result);
        at = result;
    }
    // One that takes one argument is like any other type with two.
    if taken.len() < 2 || ts.is_value_type(t) {
        return Vec::new();
    }
    let whole = taken.windows(count.max(1)).map(<[TypeDesc]>::to_vec);
    if count < 2 {
        return whole.collect();
    }
    // What is left behind the last of some: that of the first such is behind as many.
    let left = rest.get(count - 2..).unwrap_or_default();
    let before = taken.windows(count - 1).zip(left);
    whole.chain(before.map(|(some, &left)| some.iter().copied().chain([left]).collect())).collect()
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

/// What a collection enumerates (`IEnumerable<T>`), where its arguments do not say it.
pub(super) fn elements(ts: &TypeSystem, t: TypeDesc) -> Vec<TypeDesc> {
    let Some(enumerable) = ts.find_type(ts.corelib(), "System.Collections.Generic", "IEnumerable`1") else { return Vec::new() };
    if ts.is_array(t) || ts.is_well_known(t, WellKnown::String) {
        return Vec::new();
    }
    let (parts, interfaces) = (ts.type_args(t), ts.interfaces(t));
    let found = interfaces.iter().filter(|&&i| ts.generic_definition(i) == enumerable);
    found.filter_map(|&i| ts.type_args(i).first().copied()).filter(|e| !parts.contains(e)).collect()
}

/// The arguments of a type, or the element of a vector.
pub(super) fn parts(ts: &TypeSystem, t: TypeDesc) -> Vec<TypeDesc> {
    ts.element_type(t).map_or_else(|| ts.type_args(t).to_vec(), |e| vec![e])
}
