//! Descriptions of types, the types in the signatures of their members, and the code of members that can be called.

use super::code::method_code;
use super::{activation, predictions, trees};
use crate::abilities::Ability;
use crate::cx::Cx;
use crate::dispatch::has_instances;
use crate::graph::{Node, Reason};
use kiln_lir::Sym;
use kiln_metadata::flags::field_attributes as fa;
use kiln_typesys::{FieldDesc, GenericArgs, MethodDesc, ModuleId, TypeDesc, TypeKind, TypeSystem, WellKnown};

/// Signatures nested deeper than this are not followed.
const MAX_DEPTH: u16 = 12;

/// Gives a type, its definition and (with these) its bases rows.
pub(super) fn describe(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    if ts.contains_canon(t) || ts.is_runtime_determined(t) || ts.type_def(t).is_none() {
        return;
    }
    let definition = ts.generic_definition(t);
    cx.need(Node::Described(definition), Reason::Reflection);
    if !ts.contains_vars(t) || definition == t && ts.type_args(t).is_empty() {
        cx.need(Node::Members(t), Reason::Reflection);
    }
}

/// A definition has rows.
pub(super) fn described(cx: &mut Cx<'_>, definition: TypeDesc) {
    cx.need(Sym::NecessaryType(definition), Reason::Reflection);
    signatures(cx, definition);
    if let Some(base) = cx.ts.base_type(definition) {
        part(cx, base);
        describe(cx, base);
    }
}

/// A closed type has offsets.
pub(super) fn members_described(cx: &mut Cx<'_>, t: TypeDesc) {
    cx.need(Sym::NecessaryType(t), Reason::Reflection);
    // What is made of a template finds the types in its signatures by their definition's.
    if cx.ts.generic_definition(t) != t && !cx.ts.contains_canon(t) {
        signatures(cx, t);
    }
    if let Some(base) = cx.ts.base_type(t) {
        describe(cx, base);
    }
    enumerator(cx, t);
}

/// Who looks at a collection looks at what enumerates it: the type of its elements is that of a property there.
fn enumerator(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    let public = |&m: &MethodDesc| is_public(ts, m) && !ts.is_static_method(m);
    for m in ts.find_methods(t, "GetEnumerator").into_iter().filter(public) {
        let Ok(sig) = ts.method_sig(m) else { continue };
        if sig.params.is_empty() && ts.type_def(sig.ret).is_some() && !ts.contains_canon(sig.ret) && !ts.contains_vars(sig.ret) {
            let inspects = Node::Ability(Ability::Inspect);
            cx.need_if(&inspects, Node::Described(ts.generic_definition(sig.ret)), Reason::Reflection);
            cx.need_if(&inspects, Node::Members(sig.ret), Reason::Reflection);
        }
    }
}

/// The types in the signatures of members.
fn signatures(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    for &m in ts.methods(t).iter() {
        signature(cx, m);
    }
    for &f in ts.fields(t).iter() {
        if let Ok(ft) = ts.field_type(f) {
            part(cx, ft);
        }
    }
    for &i in ts.interfaces(t).iter() {
        part(cx, i);
    }
    if cx.is_of_program(t) {
        contents(cx, t);
    } else if cx.is_own(t) && !ts.contains_vars(t) {
        // A library makes most of its objects for itself, and knows what they hold.
        cx.need_if(&Node::Content(t), Node::Held(t), Reason::Reflection);
    }
}

/// What objects of a type hold, as its members show it.
pub(super) fn contents(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    for &m in ts.methods(t).iter() {
        if is_public(ts, m)
            && !ts.is_static_method(m)
            && (ts.is_ctor(m) || ts.method_name(m).starts_with("get_"))
            && let Ok(sig) = ts.method_sig(m)
        {
            for &p in sig.params.iter().chain([&sig.ret]) {
                content(cx, t, p);
            }
        }
    }
    for &f in ts.fields(t).iter() {
        let public = ts.field_flags(f) & fa::ACCESS_MASK == fa::PUBLIC;
        if public
            && !ts.is_static(f)
            && let Ok(ft) = ts.field_type(f)
        {
            content(cx, t, ft);
        }
    }
    // They hold what their base does.
    if let Some(base) = ts.base_type(t).filter(|&b| cx.is_own(b) && !cx.is_of_program(b) && !ts.contains_vars(b)) {
        cx.need(Node::Content(base), Reason::Reflection);
    }
}

/// What objects of an application's type hold, and what they are made of, is looked at together with them: by serializers, binders and
/// containers.
fn content(cx: &mut Cx<'_>, holder: TypeDesc, mut t: TypeDesc) {
    let ts = cx.ts;
    if !cx.is_own(holder) || ts.contains_vars(t) || ts.contains_canon(t) {
        return;
    }
    while let Some(e) = ts.element_type(t) {
        t = e;
    }
    let admitted = ts.type_def(t).is_some() && ts.type_depth(t) <= MAX_DEPTH && cx.admits(&Sym::NecessaryType(t));
    if admitted && !ts.is_well_known(t, WellKnown::Void) {
        cx.need(Node::Content(t), Reason::Reflection);
        if !ts.contains_vars(holder) {
            trees::selector(cx, holder, t);
            predictions::pair(cx, holder, t);
        }
    }
}

/// Such a type: an application's is of interest; a collection is made and filled.
pub(super) fn held(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    for &a in ts.type_args(t).iter() {
        if ts.type_def(a).is_some() && ts.type_depth(a) <= MAX_DEPTH && cx.admits(&Sym::NecessaryType(a)) {
            cx.need(Node::Content(a), Reason::Reflection);
        }
    }
    for &m in ts.methods(t).iter().filter(|&&m| is_operator_of_instance(ts, m)) {
        cx.need_if(&Node::Literal(ts.method_name(m).into()), Node::Callable(m), Reason::Reflection);
    }
    if cx.is_own(t) {
        cx.need(Node::Candidate(t), Reason::Reflection);
    } else if !ts.type_args(t).is_empty() {
        cx.need_if(&Node::Ability(Ability::Inspect), Node::Collection(t), Reason::Reflection);
    }
}

fn is_operator_of_instance(ts: &TypeSystem, m: MethodDesc) -> bool {
    ts.is_generic(ts.method_owner(m)) && ts.is_static_method(m) && ts.method_name(m).starts_with("op_")
}

/// A collection that serializers make is filled by its `Add`, which is found by its name.
pub(super) fn filled(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    for m in ts.find_methods(t, "Add").into_iter().filter(|&m| is_public(ts, m) && !ts.is_static_method(m)) {
        cx.need(Node::Callable(m), Reason::Reflection);
    }
}

/// The types in a method's signature.
pub(super) fn signature(cx: &mut Cx<'_>, m: MethodDesc) {
    if let Ok(sig) = cx.ts.method_sig(m) {
        for &p in sig.params.iter().chain([&sig.ret]) {
            part(cx, p);
        }
    }
}

/// A type in a signature: what of it is closed gets an identity.
pub(super) fn part(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    match ts.kind(t) {
        TypeKind::ByRef(e) | TypeKind::Ptr(e) => part(cx, e),
        TypeKind::SzArray(e) | TypeKind::MdArray(e, _) if ts.contains_vars(t) => part(cx, e),
        TypeKind::Var(_) | TypeKind::MVar(_) | TypeKind::RuntimeDetermined { .. } => {}
        TypeKind::FnPtr(_) => cx.need(Sym::NecessaryType(ts.well_known(WellKnown::IntPtr)), Reason::Reflection),
        TypeKind::Def { args, .. } if ts.contains_vars(t) => {
            cx.need(Sym::NecessaryType(ts.generic_definition(t)), Reason::Reflection);
            for &a in args.iter() {
                part(cx, a);
            }
        }
        _ if ts.type_depth(t) > MAX_DEPTH => {}
        // One that does not load has no identity; code that asks for its member throws.
        _ if cx.admits(&Sym::NecessaryType(t)) && ts.check_type(t).is_ok() && ts.layout(t).is_ok() => {
            cx.need(Sym::NecessaryType(t), Reason::Reflection)
        }
        _ => {}
    }
}

/// The members of a type can be called: those of the program's all; of libraries' the constructors and what properties have; of the class
/// library's the constructors; and what is named. Of an
/// instantiation that is only mentioned only the constructors are, and the rest if objects exist: instantiations in signatures mention
/// others without end.
pub(super) fn members_called(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    let own = cx.is_of_program(t);
    let library = !own && cx.is_own(t);
    let instance = ts.is_generic(t) && has_instances(ts, t);
    for &m in ts.methods(t).iter() {
        if ts.method_generic_count(m) > 0 {
            cx.need_if(&Node::MemberName(ts.method_name(m).into()), Node::Sought(m), Reason::Reflection);
            if own {
                cx.need(Node::Token(m), Reason::Reflection);
            } else {
                cx.need_if(&Node::MemberName(ts.method_name(m).into()), Node::Token(m), Reason::Reflection);
            }
            continue;
        }
        if own && instance && !(ts.is_ctor(m) && is_public(ts, m)) {
            cx.need_if(&Node::Sym(Sym::ConstructedType(t)), Node::Callable(m), Reason::Reflection);
            continue;
        }
        // A delegate is bound by `CreateDelegate`: its constructor takes the address of code.
        if own || ts.is_ctor(m) && is_public(ts, m) && !ts.is_delegate(t) {
            cx.need(Node::Callable(m), Reason::Reflection);
            continue;
        }
        let name = ts.method_name(m);
        if library && (name.starts_with("get_") || name.starts_with("set_")) {
            let condition =
                if ts.is_static_method(m) || ts.is_interface(t) { Node::Members(t) } else { Node::Sym(Sym::ConstructedType(t)) };
            cx.need_if(&condition, Node::Callable(m), Reason::Reflection);
            continue;
        }
        // Pairs and tuples that the program's objects hold are read like its own.
        if !library && ts.is_generic(t) && is_public(ts, m) && !ts.is_static_method(m) && name.starts_with("get_") {
            cx.need_if(&Node::Content(t), Node::Callable(m), Reason::Reflection);
        }
        // Of those that are held only: conversions to delegates and back would make instantiations of instantiations that nobody has.
        if is_operator_of_instance(ts, m) {
            continue;
        }
        let property = ["get_", "set_", "add_", "remove_"].iter().find_map(|p| name.strip_prefix(p));
        for text in [Some(name.as_str()), property].into_iter().flatten() {
            cx.need_if(&Node::MemberName(text.into()), Node::Callable(m), Reason::Reflection);
        }
    }
}

/// Reflection can call a method.
pub(super) fn callable(cx: &mut Cx<'_>, m: MethodDesc) {
    let ts = cx.ts;
    let Some(code) = method_code(ts, m) else { return };
    let owner = ts.method_owner(m);
    if ts.is_ctor(m) && has_instances(ts, owner) && !ts.is_well_known(owner, WellKnown::String) {
        cx.need(Sym::ConstructedType(owner), Reason::Reflection);
        if ts.default_ctor(owner) == Some(m) {
            activation::by_type(cx, owner);
        }
    }
    for s in [code.entry, Some(code.call), Some(code.invoker)].into_iter().flatten() {
        cx.need(s, Reason::Reflection);
    }
}

/// A delegate of a method may be asked for it: its type gets rows, and an instance of a generic method its record.
pub(super) fn found(cx: &mut Cx<'_>, m: MethodDesc) {
    let ts = cx.ts;
    let owner = ts.method_owner(m);
    describe(cx, owner);
    if !ts.method_args(m).is_empty() && is_closed(ts, owner) && ts.method_args(m).iter().all(|&a| is_closed(ts, a)) {
        cx.need(Node::Instance(m), Reason::Reflection);
    }
}

/// Whether a type is none of shared or generic code's.
pub(super) fn is_closed(ts: &TypeSystem, t: TypeDesc) -> bool {
    !ts.contains_vars(t) && !ts.contains_canon(t) && !ts.is_runtime_determined(t)
}

/// The static fields of an application's type.
pub(super) fn statics(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    if cx.is_own(t) && !ts.contains_vars(t) && ts.fields(t).iter().any(|&f| is_stored(ts, f)) {
        cx.need(Sym::Statics(t), Reason::Reflection);
    }
}

/// Whether a field is in its type's statics block.
pub(super) fn is_stored(ts: &TypeSystem, f: FieldDesc) -> bool {
    ts.is_static(f) && !ts.is_literal(f) && !ts.is_thread_static(f) && !ts.has_rva(f)
}

/// Every type of a module; of generic ones the definition. `listed`: by name.
pub(super) fn types_of(cx: &mut Cx<'_>, module: ModuleId, listed: bool) {
    let ts = cx.ts;
    let metadata = ts.module(module);
    // The first is `<Module>`.
    for def in metadata.type_defs().iter().skip(1) {
        if let Ok(t) = ts.resolve_type(module, def.token(), &GenericArgs::default()) {
            let t = ts.generic_definition(t);
            cx.need(Sym::NecessaryType(t), Reason::Reflection);
            cx.need(Node::Candidate(t), Reason::Reflection);
            if listed {
                cx.need(Node::Listed(t), Reason::Reflection);
            }
        }
    }
}

fn is_public(ts: &TypeSystem, m: MethodDesc) -> bool {
    ts.method_flags(m).0 & 7 == 6
}
