//! What types bring along: bases, interfaces, parts, dictionaries, finalizers, statics.

use crate::abilities::Ability;
use crate::cx::Cx;
use crate::dispatch::has_instances;
use crate::event::Event;
use crate::generics::type_context;
use crate::graph::{Node, Reason};
use crate::policy::Policy;
use crate::program::Warning;
use kiln_diag::codes;
use kiln_lir::Sym;
use kiln_lower::method_entry;
use kiln_typesys::{TypeClass, TypeDesc, TypeSysError, VtableEntry, WellKnown};

/// The policy; it has no state.
#[derive(Debug)]
pub(crate) struct Types;

impl Policy for Types {
    fn answer(&mut self, cx: &mut Cx<'_>, event: &Event<'_>) {
        match *event {
            Event::TypeIdentified(t) => identified(cx, t),
            Event::TypeConstructed(t) => constructed(cx, t),
            Event::StaticsUsed(t) => {
                cx.need(Sym::NecessaryType(t), Reason::Part);
                if let Some(c) = cx.ts.has_cctor(t) {
                    cx.need(method_entry(cx.ts, c), Reason::ClassConstructor);
                }
            }
            Event::CellUsed(m) | Event::GenericCalledVirtually(m) | Event::MethodNamed(m) => {
                cx.need(Sym::NecessaryType(cx.ts.method_owner(m)), Reason::Part);
            }
            Event::FieldNamed(f) => cx.need(Sym::NecessaryType(cx.ts.field_owner(f)), Reason::Part),
            _ => {}
        }
    }
}

/// Identity of a type.
fn identified(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    let mut necessary = |t: TypeDesc, reason| cx.need(Sym::NecessaryType(t), reason);
    if let Some(b) = ts.base_type(t) {
        necessary(b, Reason::Base);
    }
    if !ts.contains_vars(t) {
        // The generic ones of vectors are there where code or other types name them.
        let is_vector = ts.is_array(t);
        for &i in ts.interfaces(t).iter().filter(|&&i| !is_vector || !ts.is_vector_interface(i)) {
            necessary(i, Reason::Interface);
        }
    }
    if let Some(e) = ts.element_type(t) {
        necessary(e, Reason::Part);
    }
    let args = ts.type_args(t);
    let definition = ts.generic_definition(t);
    if !args.is_empty() && definition != t {
        for &a in args.iter() {
            necessary(a, Reason::Part);
        }
        necessary(definition, Reason::Part);
    } else if let Some(outer) = ts.enclosing_type(t) {
        necessary(outer, Reason::Part);
    }
    // The interfaces of a definition are over its parameters, which only its description names.
    if !args.is_empty() && definition == t && cx.is_own(t) {
        cx.need_if(&Node::Ability(Ability::ListInterfaces), Node::Ability(Ability::ReadMembers), Reason::Reflection);
    }
    // `Array.Initialize` runs the constructor of every element.
    if let Some(e) = ts.element_type(t)
        && ts.is_array(t)
        && !ts.contains_vars(t)
        && !ts.contains_canon(t)
        && ts.is_value_type(e)
        && ts.default_ctor(e).is_some()
    {
        cx.need_if(&Node::Ability(Ability::InitializeArrays), Node::Activated(e), Reason::Activation);
    }
    // Natives make objects of these given only their identity: arrays (`GC.AllocateUninitializedArray`), boxed values.
    if !ts.contains_vars(t) && (ts.is_array(t) || (ts.is_value_type(t) && !ts.is_by_ref_like(t))) {
        cx.need(Sym::ConstructedType(t), Reason::Part);
    }
}

/// Objects of a type may exist, or its MethodTable is a generic context.
fn constructed(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    cx.need(Sym::NecessaryType(t), Reason::Part);
    if ts.contains_vars(t) {
        return;
    }
    if let Err(e) = ts.check_type(t) {
        warn(cx, t, &e);
        return;
    }
    if let Ok(vtable) = ts.vtable(t) {
        for e in vtable.iter() {
            if let VtableEntry::Dictionary(d) = e
                && type_context(ts, *d).is_some()
            {
                cx.need(Node::TypeDictionary(*d), Reason::Dictionary);
            }
        }
    }
    if !has_instances(ts, t) {
        return;
    }
    if ts.is_nullable(t)
        && let Some(&u) = ts.type_args(t).first()
    {
        cx.need(Sym::ConstructedType(u), Reason::Boxing);
    }
    if let Some(f) = finalizer(cx.ts, t) {
        cx.need(f, Reason::Finalizer);
    }
    if let Some(thunk) = multicast(ts, t) {
        cx.need(thunk, Reason::Delegate);
    }
    if ts.is_value_type(t) {
        compared_fields(cx, t);
    }
}

/// `ValueType.Equals` and `GetHashCode` look at the fields.
fn compared_fields(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    for &f in ts.fields(t).iter().filter(|&&f| !ts.is_static(f)) {
        let Ok(ft) = ts.field_type(f) else { continue };
        match ts.type_class(ft) {
            TypeClass::Prim(_) | TypeClass::Struct if !ts.is_by_ref_like(ft) => cx.need(Sym::NecessaryType(ft), Reason::Part),
            TypeClass::Ptr => cx.need(Sym::NecessaryType(ts.well_known(WellKnown::IntPtr)), Reason::Part),
            _ => {}
        }
    }
}

/// The finalizer of objects of a type.
pub(crate) fn finalizer(ts: &kiln_typesys::TypeSystem, t: TypeDesc) -> Option<Sym> {
    ts.finalizer(t).map(|f| method_entry(ts, f))
}

/// What calls combined delegates of a type.
pub(crate) fn multicast(ts: &kiln_typesys::TypeSystem, t: TypeDesc) -> Option<Sym> {
    let invoke = ts.is_delegate(t).then(|| ts.delegate_invoke(t)).flatten()?;
    Some(Sym::DelegateMulticast(ts.canonical_method(invoke)))
}

pub(crate) fn warn(cx: &mut Cx<'_>, t: TypeDesc, e: &TypeSysError) {
    cx.warn(Warning {
        code: codes::TYPE_LOAD,
        place: cx.ts.type_display(t),
        method: None,
        offset: None,
        text: e.to_string(),
        path: Vec::new(),
    });
}
