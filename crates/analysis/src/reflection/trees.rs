//! What code that names members needs (`ldtoken`, ECMA-335 III.4.17), and the library of expression trees, which makes delegates,
//! lambdas and queries by reflection of its own.

use super::{Reflecting, members};
use crate::abilities::Ability;
use crate::cx::Cx;
use crate::graph::{Node, Reason};
use kiln_lir::Sym;
use kiln_lower::objects_signature;
use kiln_typesys::{FieldDesc, MethodDesc, TypeDesc, TypeSystem, WellKnown};

/// A method is named, as expression trees do.
pub(super) fn token(cx: &mut Cx<'_>, m: MethodDesc) {
    let ts = cx.ts;
    cx.need(Node::Candidate(ts.method_owner(m)), Reason::Reflection);
    for &a in ts.method_args(m).iter().filter(|&&a| !ts.contains_vars(a)) {
        cx.need(Sym::NecessaryType(a), Reason::Part);
    }
    members::signature(cx, m);
    if !ts.method_args(m).is_empty() && !ts.contains_vars_method(m) {
        cx.need(Node::Instance(m), Reason::Reflection);
    }
}

/// A field is named.
pub(super) fn field(cx: &mut Cx<'_>, f: FieldDesc) {
    let owner = cx.ts.field_owner(f);
    cx.need(Node::Candidate(owner), Reason::Reflection);
    if members::is_stored(cx.ts, f) && !cx.ts.contains_vars(owner) {
        cx.need(Sym::Statics(owner), Reason::Reflection);
    }
}

impl Reflecting {
    /// A method is in the program with exact arguments: reflection finds it if the program brings it, or a library whose method is named.
    pub(super) fn instance(&self, cx: &mut Cx<'_>, m: MethodDesc) {
        let ts = cx.ts;
        if ts.is_shared_method(m) || ts.contains_vars_method(m) {
            return;
        }
        let owner = ts.method_owner(m);
        let queries = self.queries.filter(|&(queryable, _)| queryable == owner);
        if let Some((_, enumerable)) = queries {
            query(cx, m, enumerable);
        }
        if ts.method_args(m).is_empty() {
            return;
        }
        // As with members: those of the program's are all found, those of libraries by their names.
        if queries.is_some() || cx.is_of_program(owner) {
            cx.need(Node::Instance(m), Reason::Reflection);
        } else if cx.is_own(owner) {
            cx.need_if(&Node::MemberName(ts.method_name(m).into()), Node::Instance(m), Reason::Reflection);
        }
    }
}

impl Reflecting {
    /// What a dynamic call site's tree calls.
    pub(super) fn call_site(&self, cx: &mut Cx<'_>, m: MethodDesc) {
        let ts = cx.ts;
        if self.call_sites == Some(ts.method_owner(m)) && !ts.is_shared_method(m) && !ts.contains_vars_method(m) {
            members::describe(cx, ts.method_owner(m));
            cx.need(Node::Callable(m), Reason::Reflection);
            if !ts.method_args(m).is_empty() {
                cx.need(Node::Instance(m), Reason::Reflection);
            }
        }
    }
}

/// A method of Queryable asks a delegate over itself which method it is; the query then calls the Enumerable method of the same name.
fn query(cx: &mut Cx<'_>, m: MethodDesc, enumerable: TypeDesc) {
    let ts = cx.ts;
    let arguments = ts.method_args(m);
    cx.need(Node::Candidate(ts.method_owner(m)), Reason::Reflection);
    cx.need(Node::Candidate(enumerable), Reason::Reflection);
    for found in ts.find_methods(enumerable, &ts.method_name(m)) {
        if ts.method_generic_count(found) == arguments.len() {
            let found = if arguments.is_empty() { found } else { ts.instantiate_method(found, enumerable, &arguments) };
            cx.need(Node::Token(found), Reason::Reflection);
        }
    }
}

/// Delegates of a type can be made of functions of objects.
pub(super) fn wrapped(cx: &mut Cx<'_>, t: TypeDesc) {
    if let Some(thunk) = objects_thunk(cx.ts, t) {
        cx.need(Sym::ConstructedType(t), Reason::Reflection);
        cx.need(thunk, Reason::Reflection);
    }
}

/// Nodes of operators call the methods that C# declares for operators and conversions (ECMA-335 I.10.3).
pub(super) fn operators(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    for &m in ts.methods(t).iter().filter(|&&m| ts.is_static_method(m) && ts.method_name(m).starts_with("op_")) {
        cx.need(Node::Callable(m), Reason::Reflection);
    }
}

/// The library makes lambdas of a delegate type by a method of a generic type over it, which it finds by reflection. Delegates are
/// references, so the template serves all of them: an instance for each delegate type would be most of a large program.
pub(super) fn lambdas(cx: &mut Cx<'_>) {
    let ts = cx.ts;
    let Some(creator) = ts.find_type_by_full_name("System.Linq.Expressions.ExpressionCreator`1") else { return };
    let template = ts.instantiate(creator, &[ts.well_known(WellKnown::Canon)]);
    cx.need(Sym::ConstructedType(template), Reason::Template);
    cx.need(Node::Members(template), Reason::Reflection);
    cx.need(Node::Described(ts.generic_definition(template)), Reason::Reflection);
    for create in ts.find_methods(template, "CreateExpressionFunc") {
        cx.need(Node::Token(create), Reason::Reflection);
    }
}

/// Objects hold values of a type, as those do that lambdas capture their variables in: a tree that only reads such a value becomes a
/// function that returns it.
pub(super) fn value(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    if !ts.is_value_type(t) || ts.is_by_ref_like(t) {
        return;
    }
    if let Some(func) = ts.find_type(ts.corelib(), "System", "Func`1") {
        cx.need(Node::Candidate(ts.instantiate(func, &[t])), Reason::Reflection);
    }
}

/// A tree may read a value of an object, as selectors do.
pub(super) fn selector(cx: &mut Cx<'_>, holder: TypeDesc, t: TypeDesc) {
    let ts = cx.ts;
    if ts.is_value_type(t) && !ts.is_by_ref_like(t) && !ts.is_by_ref_like(holder) {
        let func = ts.find_type(ts.corelib(), "System", "Func`2").map(|func| ts.instantiate(func, &[holder, t]));
        if let Some(func) = func {
            cx.need_if(&Node::Ability(Ability::MakeLambdas), Node::Candidate(func), Reason::Reflection);
        }
    }
}

/// The delegate type of an expression tree's type: the library asks it for `Invoke`.
pub(super) fn expression_delegate(ts: &TypeSystem, t: TypeDesc) -> Option<TypeDesc> {
    let arguments = ts.type_args(t);
    let &[delegate] = arguments.as_ref() else { return None };
    (ts.is_delegate(delegate) && ts.namespace_and_name(t) == ("System.Linq.Expressions".to_owned(), "Expression`1".to_owned()))
        .then_some(delegate)
}

/// The thunk of delegates of a type that are made of a `Func<object[], object>`; `None` for other types, and where a parameter cannot
/// be an object.
#[must_use]
pub fn objects_thunk(ts: &TypeSystem, t: TypeDesc) -> Option<Sym> {
    if !ts.is_delegate(t) || ts.contains_vars(t) {
        return None;
    }
    let sig = ts.method_sig(ts.delegate_invoke(t)?).ok()?;
    // What is made of a template has its thunk, unless that would have to know the arguments to box a value.
    let boxes_unknown =
        |t: TypeDesc| ts.contains_canon(t) && (ts.is_value_type(t) || ts.element_type(t).is_some_and(|e| ts.is_value_type(e)));
    if ts.contains_canon(t) && (ts.canonical_type(t) != t || sig.params.iter().chain([&sig.ret]).any(|&p| boxes_unknown(p))) {
        return None;
    }
    objects_signature(ts, &sig).map(Sym::DelegateObjects)
}
