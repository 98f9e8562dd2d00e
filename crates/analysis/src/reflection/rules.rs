//! The rules of reflection: what is kept of something if the program can do something. Either may come first.

use super::{activation, attributes, demands, dynamic, members, names, nested, predictions, proxies, trees};
use crate::abilities::Ability as A;
use crate::cx::Cx;
use crate::event::Event;
use crate::graph::{Meeting, Node, Reason};
use crate::templates;
use kiln_lir::Sym;
use kiln_metadata::HasCustomAttribute;
use kiln_typesys::{TypeDesc, TypeSystem, WellKnown};

/// The abilities that a new thing is of interest to.
fn concerned(ts: &TypeSystem, event: &Event<'_>) -> &'static [A] {
    match *event {
        Event::TypeNamed(_) => &[A::CreateObjects, A::MakeGenericTypes, A::RunClassConstructors, A::Inspect],
        Event::TypeIdentified(t) if is_closed_delegate(ts, t) => &[A::BindDelegates, A::InvokeDelegates],
        Event::TypeOfInterest(_) => &[A::ReadMembers, A::MakeArrays, A::MakeGenericTypes],
        Event::TypeListed(_) => &[A::CreateObjects],
        Event::TypeUsed(_) => &[A::Inspect, A::BindVirtual],
        Event::MembersDemanded(_) => &[A::ReadMembers, A::Call, A::CreateObjects, A::ReadStatics, A::MakeGenericMethods],
        Event::MethodBound => &[A::FindDelegates],
        Event::PatternFound(_) => &[A::MakeGenericTypes],
        Event::GenericSought(_) => &[A::MakeGenericMethods],
        Event::MethodReached(_) => &[A::ReadMembers],
        Event::TypeConstructed(_) | Event::MethodCallable(_) => &[A::BindOperations],
        Event::TypeHeld(_) => &[A::MakeLambdas, A::FindOperators],
        Event::CollectionHeld(_) => &[A::ReadMembers, A::CreateObjects, A::Call],
        Event::LiteralFound(_) => &[A::ReadMembers],
        Event::TypeDescribed(_) => &[A::ReadAttributes],
        Event::MembersDescribed(_) => &[
            A::ReadAttributes,
            A::ReadStatics,
            A::MapInterfaces,
            A::WrapFunctions,
            A::MakeProxies,
            A::FindOperators,
            A::Call,
            A::CreateObjects,
            A::BindOperations,
        ],
        Event::TokenUsed(_) => &[A::Call, A::MakeGenericMethods],
        Event::InstanceDescribed(_) => &[A::Call, A::MakeGenericMethods],
        Event::AddressTaken(_) => &[A::FindDelegates],
        Event::CodeOf(_) => &[A::FindFrames],
        _ => &[],
    }
}

/// What an ability keeps of a thing.
fn keep(cx: &mut Cx<'_>, ability: A, event: &Event<'_>) {
    let ts = cx.ts;
    match (ability, *event) {
        (A::CreateObjects, Event::TypeNamed(t)) => activation::by_type(cx, t),
        (A::CreateObjects, Event::TypeListed(t)) => activation::by_type(cx, t),
        // What a library puts in the place of another type, it looks at like at that.
        (A::Inspect, Event::TypeNamed(t)) if !ts.is_visible(t) && attributes::has_any(ts, t) => demands::of_stand_in(cx, t),
        (A::Inspect, Event::TypeUsed(t)) if is_inspected(ts, t) && !is_closure_of_library(cx, t) => members::describe(cx, t),
        (A::FindDelegates, Event::MethodBound) => cx.need(Node::Ability(A::BindVirtual), Reason::Ability),
        (A::BindVirtual, Event::TypeUsed(t)) => members::describe(cx, t),
        (A::ReadMembers, Event::CollectionHeld(t)) => {
            members::describe(cx, t);
            for &i in ts.interfaces(t).iter() {
                members::describe(cx, i);
            }
        }
        (A::CreateObjects, Event::CollectionHeld(t)) => activation::by_type(cx, t),
        (A::Call, Event::CollectionHeld(t)) => members::filled(cx, t),
        (A::ReadMembers, Event::MethodReached(m)) => demands::depended(cx, m),
        (A::MakeLambdas, Event::TypeHeld(t)) => trees::value(cx, t),
        // Who enumerates an enum gets an array of its values.
        (A::MakeArrays, Event::TypeOfInterest(t)) if ts.is_enum(t) && !ts.contains_vars(t) => {
            cx.need(Sym::ConstructedType(ts.sz_array(t)), Reason::Reflection);
        }
        (A::ReadMembers, Event::MembersDemanded(d)) => {
            demands::described(cx, d);
            nested::demanded(cx, d);
        }
        (A::Call, Event::MembersDemanded(d)) => demands::called(cx, d),
        (A::CreateObjects, Event::MembersDemanded(d)) => demands::made(cx, d),
        (A::ReadStatics, Event::MembersDemanded(d)) => demands::statics(cx, d),
        (A::MakeGenericTypes, Event::TypeNamed(t)) if ts.is_generic(t) => {
            cx.need(Sym::ConstructedType(t), Reason::Activation);
            templates::of_definition(cx, t);
        }
        (A::MakeGenericTypes, Event::TypeOfInterest(t)) => templates::of_definition(cx, t),
        (A::MakeGenericMethods, Event::TokenUsed(m) | Event::InstanceDescribed(m)) => templates::of_method(cx, m),
        (A::MakeGenericMethods, Event::MembersDemanded(d)) => demands::generic(cx, d),
        (A::MakeGenericTypes, Event::PatternFound(t)) => {
            cx.need(Node::Made(t), Reason::Reflection);
            predictions::structure(cx, t);
        }
        (A::MakeGenericMethods, Event::GenericSought(m)) => cx.need(Node::MadeMethod(m), Reason::Reflection),
        (A::BindOperations, Event::TypeConstructed(t)) => dynamic::object(cx, t),
        (A::BindOperations, Event::MethodCallable(m)) => dynamic::result(cx, m),
        (A::BindOperations, Event::MembersDescribed(t)) => dynamic::members(cx, t),
        (A::RunClassConstructors, Event::TypeNamed(t)) if !ts.contains_vars(t) && ts.has_cctor(t).is_some() => {
            cx.need(Sym::Statics(t), Reason::Activation);
        }
        // Nobody has the type object of a delegate over types that only the class library knows.
        (A::BindDelegates, Event::TypeIdentified(t)) if !ts.type_args(t).iter().all(|&a| cx.can_be_named(a)) => {}
        (A::BindDelegates, Event::TypeIdentified(t)) => {
            cx.need(Sym::ConstructedType(t), Reason::Reflection);
            if let Some(invoke) = ts.delegate_invoke(t) {
                cx.need(Sym::DelegateShuffle(ts.canonical_method(invoke)), Reason::Reflection);
            }
            members::describe(cx, t);
        }
        (A::InvokeDelegates, Event::TypeIdentified(t)) => {
            members::describe(cx, t);
            if let Some(invoke) = ts.delegate_invoke(t) {
                cx.need(Node::Callable(invoke), Reason::Reflection);
            }
        }
        (A::ReadMembers, Event::TypeOfInterest(t)) | (A::FindFrames, Event::CodeOf(t)) => members::describe(cx, t),
        (A::ReadMembers, Event::LiteralFound(text)) => names::literal(cx, text),
        (A::ReadAttributes, Event::TypeDescribed(t)) => attributes::of_definition(cx, t),
        (A::ReadAttributes, Event::MembersDescribed(t)) => attributes::array_of(cx, t),
        (A::ReadStatics, Event::MembersDescribed(t)) => members::statics(cx, t),
        (A::MapInterfaces, Event::MembersDescribed(t)) => {
            for &i in ts.interfaces(t).iter() {
                members::describe(cx, i);
            }
        }
        (A::WrapFunctions, Event::MembersDescribed(t)) => trees::wrapped(cx, t),
        (A::MakeProxies, Event::MembersDescribed(t)) if ts.is_interface(t) => proxies::interface(cx, t),
        // An instantiation of a library's is in expressions of the program's if the program's objects hold such, or the program hands it on: most are not, and
        // a conversion to a delegate would bring as many more.
        (A::FindOperators, Event::MembersDescribed(t)) if !ts.is_generic(t) || cx.is_of_program(t) => trees::operators(cx, t),
        (A::FindOperators, Event::TypeHeld(t)) if ts.is_generic(t) => trees::operators(cx, t),
        // What is looked at may be made by its constructor without parameters.
        (A::CreateObjects, Event::MembersDescribed(t)) if cx.is_own(t) => activation::by_type(cx, t),
        (A::Call, Event::MembersDescribed(t)) => cx.need(Node::MemberCode(t), Reason::Reflection),
        (A::Call, Event::TokenUsed(m) | Event::InstanceDescribed(m)) => cx.need(Node::Callable(m), Reason::Reflection),
        (A::FindDelegates, Event::AddressTaken(m)) => members::found(cx, m),
        _ => {}
    }
}

/// Something new meets the abilities that there are.
pub(super) fn join(cx: &mut Cx<'_>, event: &Event<'_>) {
    let at = cx.at();
    for &ability in concerned(cx.ts, event) {
        for id in cx.offer(Meeting::Ability(ability)) {
            cx.pair(at, id, |cx| keep(cx, ability, event));
        }
    }
}

/// A new ability meets what there is.
pub(super) fn reached(cx: &mut Cx<'_>, ability: A) {
    let at = cx.at();
    for id in cx.ask(Meeting::Ability(ability)) {
        let Some(node) = cx.node(id).cloned() else { continue };
        cx.pair(id, at, |cx| keep(cx, ability, &Event::of(&node)));
    }
    match ability {
        A::ReadAttributes => {
            for module in cx.application() {
                attributes::of_owner(cx, module, HasCustomAttribute::Assembly(kiln_metadata::AssemblyId(1)));
            }
        }
        // The vector that vectors over references are made of.
        A::MakeArrays | A::MakeGenericTypes | A::MakeGenericMethods => {
            let canon = cx.ts.well_known(WellKnown::Canon);
            cx.need(Sym::ConstructedType(cx.ts.sz_array(canon)), Reason::Template);
        }
        A::MakeLambdas => trees::lambdas(cx),
        A::ListPseudoAttributes => attributes::pseudo(cx),
        A::FindNested => {
            for module in cx.application().into_iter().filter(|&m| cx.is_program(m)).collect::<Vec<_>>() {
                nested::of_module(cx, module);
            }
        }
        A::ListTypes => {
            for module in cx.application() {
                let listed = cx.is_program(module);
                members::types_of(cx, module, listed);
            }
        }
        _ => {}
    }
}

/// Numbers and strings are everywhere, and their members, more than any other type's, are looked up by name only.
fn is_inspected(ts: &TypeSystem, t: TypeDesc) -> bool {
    !ts.contains_vars(t) && !ts.contains_canon(t) && ts.prim(t).is_none() && !ts.is_well_known(t, WellKnown::String)
}

/// Objects that a compiler makes of a library's lambdas, iterators and the like (C#: `<>c__DisplayClass0_0`, F#: `map@12`) nobody looks at; of anonymous types
/// everybody does.
pub(super) fn is_closure_of_library(cx: &Cx<'_>, t: TypeDesc) -> bool {
    let (_, name) = cx.ts.namespace_and_name(t);
    !cx.is_of_program(t) && (name.contains('<') || name.contains('@')) && !name.contains("AnonymousType")
}

fn is_closed_delegate(ts: &TypeSystem, t: TypeDesc) -> bool {
    ts.is_delegate(t) && !ts.contains_vars(t) && !ts.contains_canon(t) && ts.delegate_invoke(t).is_some()
}
