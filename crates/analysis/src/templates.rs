//! Templates of what is instantiated at run time (ADR 0015): instantiations over `System.__Canon` itself.
//!
//! They are types and methods like all others, so that whatever code over a reference type needs is in the program over `__Canon`. The runtime looks
//! for the canonical form of what it makes: of everything over `__Canon` that is needed, the canonical form is needed too.

use crate::abilities::Ability;
use crate::cx::Cx;
use crate::dispatch::has_instances;
use crate::event::Event;
use crate::graph::{Node, Reason};
use crate::policy::Policy;
use kiln_lir::{Lookup, Sym};
use kiln_lower::{method_entry, names::unboxing_entry};
use kiln_metadata::TypeOrMethodDef;
use kiln_typesys::{GenericArgs, HiddenParam, MethodDesc, TypeDesc, TypeSystem, WellKnown};

/// The policy; it has no state.
#[derive(Debug)]
pub(crate) struct Templates;

impl Policy for Templates {
    fn answer(&mut self, cx: &mut Cx<'_>, event: &Event<'_>) {
        match *event {
            Event::TypeIdentified(t) => identified(cx, t),
            Event::TypeConstructed(t) => constructed(cx, t),
            Event::StaticsUsed(t) => {
                if let Some(c) = other_form(cx.ts, t) {
                    cx.need(Sym::Statics(c), Reason::Template);
                }
                context(cx, t);
            }
            Event::MethodInstantiated(m) => {
                if let Some(c) = other_form_of_method(cx.ts, m) {
                    cx.need(Sym::MethodDictionary(c), Reason::Template);
                } else if cx.ts.is_shared_method(m) && !cx.ts.contains_vars_method(m) {
                    for &argument in cx.ts.method_args(m).iter() {
                        parts(cx, argument);
                    }
                }
            }
            Event::EntryReached(m) => {
                match cx.ts.hidden_param(m) {
                    HiddenParam::MethodTable => context(cx, cx.ts.method_owner(m)),
                    HiddenParam::MethodDictionary => dictionary(cx, m),
                    HiddenParam::None => {}
                }
                if let Some(c) = other_form_of_method(cx.ts, m) {
                    cx.need(method_entry(cx.ts, c), Reason::Template);
                    if cx.ts.is_value_type(cx.ts.method_owner(c)) && !cx.ts.is_static_method(c) {
                        cx.need(unboxing_entry(cx.ts, c), Reason::Template);
                    }
                }
            }
            Event::GenericCalledVirtually(m) => {
                if let Some(c) = other_form_of_method(cx.ts, m) {
                    cx.need(Sym::GvmHandle(c), Reason::Template);
                } else if !cx.ts.contains_canon(cx.ts.method_owner(m)) && cx.ts.contains_canon(cx.ts.canonical_type(cx.ts.method_owner(m)))
                {
                    // What is made implements the canonical form of what code names.
                    let canonical = Sym::GvmHandle(cx.ts.canonical_method(m));
                    cx.need_if(&Node::Ability(Ability::MakeGenericTypes), canonical, Reason::Template);
                    for &argument in cx.ts.method_args(m).iter() {
                        cx.need_if(&Node::Ability(Ability::MakeGenericTypes), Sym::NecessaryType(argument), Reason::Template);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The canonical form of a type over `__Canon`, if it is another type.
fn other_form(ts: &TypeSystem, t: TypeDesc) -> Option<TypeDesc> {
    if !ts.contains_canon(t) || ts.contains_vars(t) || ts.is_runtime_determined(t) {
        return None;
    }
    Some(ts.canonical_type(t)).filter(|&c| c != t && ts.contains_canon(c))
}

fn other_form_of_method(ts: &TypeSystem, m: MethodDesc) -> Option<MethodDesc> {
    if !ts.is_shared_method(m) || ts.contains_vars_method(m) || ts.is_runtime_determined_method(m) {
        return None;
    }
    Some(ts.canonical_method(m)).filter(|&c| c != m)
}

/// Whether a type is its own canonical form, over `__Canon`.
fn is_template(ts: &TypeSystem, t: TypeDesc) -> bool {
    ts.contains_canon(t) && !ts.contains_vars(t) && !ts.is_runtime_determined(t) && ts.canonical_type(t) == t
}

/// A type has an identity: where its canonical form is a template, the runtime may make objects of it.
fn identified(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    if let Some(c) = other_form(ts, t) {
        cx.need(Sym::NecessaryType(c), Reason::Template);
    } else if !ts.type_args(t).is_empty() && !ts.contains_vars(t) && !ts.contains_canon(t) && (!is_only_contract(ts, t) || cx.is_own(t)) {
        let c = ts.canonical_type(t);
        if ts.contains_canon(c) {
            cx.need_if(&Node::Sym(Sym::ConstructedType(c)), Sym::ConstructedType(t), Reason::Template);
        }
    }
}

/// Whether a type has neither objects nor code: one that is identified is all that the runtime could make of it.
fn is_only_contract(ts: &TypeSystem, t: TypeDesc) -> bool {
    ts.is_interface(t) && ts.methods(t).iter().all(|&m| ts.is_abstract_method(m))
}

/// Where types or methods are made at run time, a template has this.
fn where_made(cx: &mut Cx<'_>, part: &Sym) {
    for ability in [Ability::MakeGenericTypes, Ability::MakeGenericMethods] {
        cx.need_if(&Node::Ability(ability), part.clone(), Reason::Template);
    }
}

/// Code of a template's takes the table of the type that is made as its context: a table with a dictionary, whether there are objects or not.
fn context(cx: &mut Cx<'_>, t: TypeDesc) {
    if is_template(cx.ts, t) {
        where_made(cx, &Sym::ConstructedType(t));
    }
}

/// An argument over `__Canon` of a method that is made: the runtime puts it together.
fn parts(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    let whole = if ts.type_args(t).is_empty() || !ts.contains_canon(t) { t } else { ts.generic_definition(t) };
    where_made(cx, &Sym::NecessaryType(whole));
    if whole != t {
        ts.type_args(t).iter().for_each(|&argument| parts(cx, argument));
    }
}

/// The same of a method: what the slots of its dictionary name is in the program over `__Canon`.
fn dictionary(cx: &mut Cx<'_>, m: MethodDesc) {
    if cx.ts.is_shared_method(m) && !cx.ts.contains_vars_method(m) && cx.ts.canonical_method(m) == m {
        where_made(cx, &Sym::MethodDictionary(m));
    }
}

fn constructed(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    if let Some(c) = other_form(ts, t) {
        cx.need(Sym::ConstructedType(c), Reason::Template);
    } else if is_template(ts, t) {
        template(cx, t);
    } else if !ts.type_args(t).is_empty() && !ts.contains_vars(t) && ts.contains_canon(ts.canonical_type(t)) {
        let c = ts.canonical_type(t);
        cx.need_if(&Node::Ability(Ability::MakeGenericTypes), Sym::ConstructedType(c), Reason::Template);
        // Whether an instantiation was compiled or is made makes no difference to who finds it.
        if has_instances(ts, t) && ts.default_ctor(t).is_some() {
            cx.need_if(&Node::Activated(c), Node::Activated(t), Reason::Activation);
        }
    }
}

/// What the runtime needs of a template beyond the type.
fn template(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    for part in ts.base_type(t).into_iter().chain(ts.interfaces(t).iter().copied()).filter(|&p| ts.contains_canon(p)) {
        cx.need(Sym::ConstructedType(ts.canonical_type(part)), Reason::Template);
    }
    if ts.type_def(t).is_none() {
        return;
    }
    if has_instances(ts, t) && ts.default_ctor(t).is_some() {
        cx.need_if(&Node::Ability(Ability::CreateObjects), Node::Activated(t), Reason::Activation);
    }
    if ts.type_args(t).iter().all(|&a| cx.can_be_named(a)) {
        cx.need_if(&Node::Described(ts.generic_definition(t)), Node::Members(t), Reason::Template);
    }
    if let Some(invoke) = ts.is_delegate(t).then(|| ts.delegate_invoke(t)).flatten() {
        cx.need_if(&Node::Ability(Ability::BindDelegates), Sym::DelegateShuffle(ts.canonical_method(invoke)), Reason::Template);
    }
    if ts.has_cctor(t).is_some() {
        cx.need_if(&Node::Ability(Ability::RunClassConstructors), Sym::Statics(t), Reason::Template);
    }
}

/// The default comparer of a type that is known at run time only is one of two (`default_comparer_type`): by `IEquatable<T>` and
/// `IComparable<T>` if it has that.
pub(crate) fn comparer(cx: &mut Cx<'_>, l: &Lookup, args: &GenericArgs) {
    let ts = cx.ts;
    let (t, name) = match *l {
        Lookup::DefaultEqualityComparer(t) => (t, "GenericEqualityComparer`1"),
        Lookup::DefaultComparer(t) => (t, "GenericComparer`1"),
        _ => return,
    };
    let canon = ts.well_known(WellKnown::Canon);
    if ts.substitute(t, args) == canon
        && let Some(definition) = ts.find_type(ts.corelib(), "System.Collections.Generic", name)
    {
        cx.need(Sym::ConstructedType(ts.instantiate(definition, &[canon])), Reason::Template);
    }
}

/// The definition of a type may be instantiated at run time.
pub(crate) fn of_definition(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    let definition = ts.generic_definition(t);
    if takes_references_as_type(ts, definition) {
        let canon = ts.well_known(WellKnown::Canon);
        let arguments = vec![canon; ts.type_args(definition).len()];
        cx.need(Sym::ConstructedType(ts.instantiate(definition, &arguments)), Reason::Template);
    }
}

/// A generic method may be instantiated at run time.
pub(crate) fn of_method(cx: &mut Cx<'_>, m: MethodDesc) {
    let ts = cx.ts;
    let count = ts.method_generic_count(m);
    let owner = ts.method_owner(m);
    let Some((module, def)) = ts.method_def(m) else { return };
    if count == 0 || ts.contains_vars(owner) {
        return;
    }
    let is_instance = !ts.method_args(m).is_empty() && !ts.method_args(m).iter().any(|&a| ts.contains_vars(a));
    // An instance that code names has what it needs, and others of its form have the same code.
    let made = if is_instance {
        Some(ts.canonical_method(m)).filter(|&form| form != m && ts.is_shared_method(form))
    } else if takes_references(ts, module, TypeOrMethodDef::MethodDef(def)) {
        let canon = ts.well_known(WellKnown::Canon);
        Some(ts.canonical_method(ts.instantiate_method(m, owner, &vec![canon; count])))
    } else {
        None
    };
    if let Some(made) = made {
        cx.need(Sym::MethodDictionary(made), Reason::Template);
        cx.need(Node::Instance(made), Reason::Template);
        if ts.is_virtual(m) && !ts.is_static_method(m) {
            cx.need(Sym::GvmHandle(made), Reason::Template);
        }
    }
}

/// Whether a generic definition can be instantiated over references.
pub(crate) fn takes_references_as_type(ts: &TypeSystem, definition: TypeDesc) -> bool {
    let def = ts.type_def(definition).filter(|_| !ts.type_args(definition).is_empty());
    def.is_some_and(|(module, def)| takes_references(ts, module, TypeOrMethodDef::TypeDef(def)))
}

/// No parameter has to be a value type (II.22.20, II.23.1.7).
fn takes_references(ts: &TypeSystem, module: kiln_typesys::ModuleId, owner: TypeOrMethodDef) -> bool {
    const NOT_NULLABLE_VALUE_TYPE: u16 = 8;
    let metadata = ts.module(module);
    metadata
        .generic_params_of(owner)
        .into_iter()
        .all(|p| metadata.generic_param(p).is_ok_and(|row| row.flags & NOT_NULLABLE_VALUE_TYPE == 0))
}
