//! What the flow of types found (`kiln_flow`): members of known types that code asks for, and what generic code asks of its arguments.

use super::{Reflecting, activation, members};
use crate::cx::Cx;
use crate::graph::{Meeting, Node, Reason};
use crate::templates;
use kiln_flow::{Demand, Members, What};
use kiln_lir::Sym;
use kiln_metadata::flags::method_attributes as ma;
use kiln_metadata::{Primitive, TypeName};
use kiln_typesys::{MethodDesc, TypeDesc, TypeSystem};

/// The node of a finding.
pub(crate) fn node(ts: &TypeSystem, what: What) -> Node {
    match what {
        What::Members(demand) => Node::Demanded(demand),
        What::Object(t) => Node::Sym(Sym::ConstructedType(t)),
        What::Vector(t) => Node::Sym(Sym::ConstructedType(ts.sz_array(t))),
        What::TypeOf(t) => Node::Candidate(t),
        What::Pattern(t) => Node::Pattern(t),
        What::VirtualAddress(m) => Node::Bound(m),
    }
}

/// A type that a library puts in the place of another: its properties are read and written.
pub(super) fn of_stand_in(cx: &mut Cx<'_>, ty: TypeDesc) {
    let members = Members::PROPERTIES.and(Members::NON_PUBLIC_PROPERTIES);
    cx.need(Node::Demanded(Demand { ty, members, name: None }), Reason::DataFlow);
}

/// The members get rows.
pub(super) fn described(cx: &mut Cx<'_>, demand: &Demand) {
    members::describe(cx, demand.ty);
}

/// Members of a generic definition: what is asked for of it is asked for of what is made of it.
pub(super) fn of_definition(cx: &mut Cx<'_>, demand: &Demand) {
    let ts = cx.ts;
    if ts.type_args(demand.ty).is_empty() || ts.generic_definition(demand.ty) != demand.ty {
        return;
    }
    let at = cx.at();
    for id in cx.offer(Meeting::Members(demand.ty)) {
        let Some(Node::Members(instance)) = cx.node(id).cloned() else { continue };
        cx.pair(at, id, |cx| of_instance(cx, demand, instance));
    }
}

/// An instantiation is described.
pub(super) fn instance(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    let definition = ts.generic_definition(t);
    if definition == t {
        return;
    }
    let at = cx.at();
    for id in cx.ask(Meeting::Members(definition)) {
        let Some(Node::Demanded(demand)) = cx.node(id).cloned() else { continue };
        cx.pair(id, at, |cx| of_instance(cx, &demand, t));
    }
}

fn of_instance(cx: &mut Cx<'_>, demand: &Demand, instance: TypeDesc) {
    cx.need(Node::Demanded(Demand { ty: instance, ..demand.clone() }), Reason::DataFlow);
}

/// Those that are methods can be called: of base classes what is inherited, so no constructors and nothing private.
pub(super) fn called(cx: &mut Cx<'_>, demand: &Demand) {
    let ts = cx.ts;
    let mut at = Some(demand.ty);
    while let Some(t) = at {
        for &m in ts.methods(t).iter() {
            if is_wanted(ts, m, demand, t == demand.ty) {
                cx.need(Node::Callable(m), Reason::Reflection);
            }
        }
        at = ts.base_type(t);
    }
    // Who asks for all of an interface, as `DispatchProxy.Create` does, calls what it inherits on the object behind a proxy.
    let all = Members::METHODS.and(Members::INTERFACES);
    if ts.is_interface(demand.ty) && demand.name.is_none() && demand.members.contains(all) {
        for &i in ts.interfaces(demand.ty).iter() {
            members::describe(cx, i);
            for &m in ts.methods(i).iter().filter(|&&m| ts.is_virtual(m) && !ts.is_static_method(m)) {
                cx.need(Node::Callable(m), Reason::Reflection);
            }
        }
    }
}

/// Those that are generic methods are instantiated: over references and over values that are found.
pub(super) fn generic(cx: &mut Cx<'_>, demand: &Demand) {
    let ts = cx.ts;
    for &m in ts.methods(demand.ty).iter() {
        if ts.method_generic_count(m) > 0 && !ts.contains_vars(demand.ty) && is_wanted(ts, m, demand, true) {
            templates::of_method(cx, m);
            let listed = demand.name.is_none() && !cx.is_own(demand.ty);
            cx.need(if listed { Node::Picked(m) } else { Node::DemandedMethod(m) }, Reason::Reflection);
        }
    }
}

/// Of the class library's methods nobody calls all: one that is not asked for by its name is picked by it.
pub(super) fn picked(cx: &mut Cx<'_>, m: MethodDesc) {
    cx.need_if(&Node::MemberName(cx.ts.method_name(m).into()), Node::DemandedMethod(m), Reason::Reflection);
}

/// Objects are made by the constructor without parameters.
pub(super) fn made(cx: &mut Cx<'_>, demand: &Demand) {
    if demand.members.meets(Members::CONSTRUCTORS.and(Members::NON_PUBLIC_CONSTRUCTORS)) {
        activation::by_type(cx, demand.ty);
    }
}

/// The fields of a type that are static.
pub(super) fn statics(cx: &mut Cx<'_>, demand: &Demand) {
    let ts = cx.ts;
    let t = demand.ty;
    if demand.members.meets(Members::FIELDS.and(Members::NON_PUBLIC_FIELDS))
        && !ts.contains_vars(t)
        && ts.fields(t).iter().any(|&f| members::is_stored(ts, f))
    {
        cx.need(Sym::Statics(t), Reason::Reflection);
    }
}

fn is_wanted(ts: &TypeSystem, m: MethodDesc, demand: &Demand, own: bool) -> bool {
    let flags = ts.method_flags(m).0;
    let access = flags & ma::ACCESS_MASK;
    let public = access == ma::PUBLIC;
    let of = |public_kind: Members, other: Members| if public { public_kind } else { other };
    if !own && access == ma::PRIVATE {
        return false;
    }
    let name = ts.method_name(m);
    let accessor = if flags & ma::SPECIAL_NAME == 0 {
        None
    } else {
        [("get_", true), ("set_", true), ("add_", false), ("remove_", false)]
            .iter()
            .find_map(|(prefix, is_property)| name.strip_prefix(prefix).map(|rest| (rest, *is_property)))
    };
    let kind = if ts.is_ctor(m) {
        let default = ts.method_sig(m).is_ok_and(|s| s.params.is_empty());
        let kind = of(Members::CONSTRUCTORS, Members::NON_PUBLIC_CONSTRUCTORS);
        let named = demand.name.as_deref().is_none_or(|n| n == name);
        let fits =
            named && own && (demand.members.contains(kind) || default && public && demand.members.meets(Members::DEFAULT_CONSTRUCTOR));
        return fits;
    } else {
        let methods = of(Members::METHODS, Members::NON_PUBLIC_METHODS);
        match accessor {
            Some((_, true)) => methods.and(of(Members::PROPERTIES, Members::NON_PUBLIC_PROPERTIES)),
            Some((_, false)) => methods.and(of(Members::EVENTS, Members::NON_PUBLIC_EVENTS)),
            None => methods,
        }
    };
    let named = |wanted: &str| name == wanted || accessor.is_some_and(|(rest, _)| rest == wanted);
    demand.members.meets(kind) && demand.name.as_deref().is_none_or(named)
}

/// What a method says that it depends on (`DynamicDependency`).
pub(super) fn depended(cx: &mut Cx<'_>, m: MethodDesc) {
    let ts = cx.ts;
    let Some((module, def)) = ts.method_def(m) else { return };
    let metadata = ts.module(module);
    for id in metadata.custom_attributes_of(def) {
        if metadata.attribute_name(id).ok() != Some(("System.Diagnostics.CodeAnalysis", "DynamicDependencyAttribute")) {
            continue;
        }
        let Ok(args) = metadata.decode_attribute(id, &mut |_| Some(Primitive::I4)) else { continue };
        let ty = match args.fixed.get(1) {
            None => Some(ts.generic_definition(ts.method_owner(m))),
            Some(name) => name.as_str().and_then(|name| ts.type_of_name(&TypeName::parse(name).ok()?, Some(module))),
        };
        let (Some(ty), Some(first)) = (ty, args.fixed.first()) else { continue };
        let (members, name) = match first.as_str() {
            // The form of documentation comments: what follows the name are the parameters.
            Some(signature) => (Members::from_bits(u32::MAX), Some(signature.split('(').next().unwrap_or(signature).replace('#', "."))),
            None => (Members::from_bits(first.as_i64().unwrap_or(0) as u32), None),
        };
        cx.need(Node::Demanded(Demand { ty, members, name: name.map(Into::into) }), Reason::DataFlow);
    }
}

impl Reflecting {
    /// What a generic method asks of its arguments.
    pub(super) fn asked_by_method(&self, cx: &mut Cx<'_>, m: MethodDesc) {
        let ts = cx.ts;
        let args = ts.method_args(m);
        if args.is_empty() {
            return;
        }
        for &(index, members) in cx.annotations.of_method_parameters(ts, ts.method_definition(m)).iter() {
            asked(cx, args.get(index), members);
        }
    }

    /// What a generic type asks of its arguments.
    pub(super) fn asked_by_type(&self, cx: &mut Cx<'_>, t: TypeDesc) {
        let ts = cx.ts;
        let args = ts.type_args(t);
        let definition = ts.generic_definition(t);
        if args.is_empty() || definition == t {
            return;
        }
        for &(index, members) in cx.annotations.of_type_parameters(ts, definition).iter() {
            asked(cx, args.get(index), members);
        }
    }
}

fn asked(cx: &mut Cx<'_>, argument: Option<&TypeDesc>, members: Members) {
    let ts = cx.ts;
    if let Some(&ty) = argument
        && !ts.contains_vars(ty)
        && !ts.contains_canon(ty)
        && !ts.is_runtime_determined(ty)
    {
        cx.need(Node::Demanded(Demand { ty, members, name: None }), Reason::DataFlow);
    }
}
