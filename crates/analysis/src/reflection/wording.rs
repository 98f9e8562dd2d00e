//! Which strings of libraries may be names that members are looked up by. A string in the program's own code may always be; one in a library's
//! where the code of its outermost type looks members up, hands strings to a type that does, or is read by one. Compilers and serialisers are full of
//! words that are names of methods, too, and what such a word keeps it keeps of every type and every instantiation.

use crate::cx::Cx;
use crate::graph::{Node, Reason};
use kiln_lir::{Dep, Function, Sym};
use kiln_support::{FxHashMap, FxHashSet};
use kiln_typesys::{MethodDesc, ModuleId, TypeDesc, TypeKind, TypeSystem, WellKnown};
use std::cell::RefCell;
use std::sync::Arc;

/// What a method has to do with strings and members.
#[derive(Clone, Copy, Default, Debug)]
struct Role {
    /// Members are looked up, by name or all of a type's.
    looks_up: bool,
    takes_strings: bool,
    gives_strings: bool,
}

/// What is known of methods.
#[derive(Debug, Default)]
pub(super) struct Wording {
    known: RefCell<FxHashMap<MethodDesc, Role>>,
}

impl Wording {
    /// Code of a method of the application: what its outermost type says to which, and whether it looks members up.
    pub(super) fn scan(&self, ts: &TypeSystem, application: &FxHashSet<ModuleId>, code: &Function, needs: &mut Vec<(Node, Reason)>) {
        let (Sym::Method(method) | Sym::MethodEntry(method)) = &code.sym else { return };
        let here = outermost(ts, ts.method_owner(*method));
        let of_application = |t: TypeDesc| ts.type_def(t).is_some_and(|(module, _)| application.contains(&module));
        let named = code.sym_names.iter().map(|(s, _)| s);
        let dispatched =
            code.deps.iter().filter_map(|d| if let Dep::VirtualUse(m) | Dep::GenericVirtualUse(m) = d { Some(*m) } else { None });
        let called = named.clone().filter_map(|s| match s {
            Sym::Method(m) | Sym::MethodEntry(m) | Sym::MethodDictionary(m) => Some(*m),
            _ => None,
        });
        for m in called.chain(dispatched) {
            let role = self.role(ts, m);
            if role.looks_up {
                needs.push((Node::LooksUp(here), Reason::Code));
            }
            let there = outermost(ts, ts.method_owner(m));
            if there == here || !of_application(there) {
                continue;
            }
            if role.takes_strings {
                needs.push((Node::Hands(here, there), Reason::Code));
            }
            if role.gives_strings {
                needs.push((Node::Hands(there, here), Reason::Code));
            }
        }
        for s in named {
            let Sym::Statics(t) = s else { continue };
            let there = outermost(ts, *t);
            if there != here && of_application(there) {
                needs.push((Node::Hands(there, here), Reason::Code));
            }
        }
    }

    fn role(&self, ts: &TypeSystem, m: MethodDesc) -> Role {
        let m = ts.method_definition(m);
        *self.known.borrow_mut().entry(m).or_insert_with(|| role_of(ts, m))
    }
}

/// The outermost type that encloses a type, as a definition.
pub(super) fn outermost(ts: &TypeSystem, t: TypeDesc) -> TypeDesc {
    let t = ts.generic_definition(t);
    std::iter::successors(Some(t), |&t| ts.enclosing_type(t)).last().map_or(t, |t| ts.generic_definition(t))
}

fn role_of(ts: &TypeSystem, m: MethodDesc) -> Role {
    let Ok(sig) = ts.method_sig(m) else { return Role::default() };
    let owner = ts.method_owner(m);
    let takes_strings = sig.params.iter().any(|&p| has_strings(ts, p));
    let about_members = is_about_members(ts, owner) || sig.params.iter().any(|&p| is_about_members(ts, p)) || is_about_members(ts, sig.ret);
    let lists = is_about_members(ts, owner) && parts(ts, sig.ret).any(|p| ts.namespace_and_name(p).0 == "System.Reflection");
    Role { looks_up: takes_strings && about_members || lists, takes_strings, gives_strings: has_strings(ts, sig.ret) }
}

/// Types, their members, and what is made of such by name.
fn is_about_members(ts: &TypeSystem, t: TypeDesc) -> bool {
    parts(ts, t).any(|t| {
        let (namespace, name) = ts.namespace_and_name(t);
        match &*namespace {
            "System" => matches!(&*name, "Type" | "RuntimeType" | "Delegate"),
            "System.Linq.Expressions" => name == "Expression",
            "Microsoft.CSharp.RuntimeBinder" => name == "Binder",
            "System.ComponentModel" => name == "TypeDescriptor" || name.starts_with("PropertyDescriptor"),
            "System.Reflection" | "System.Dynamic" => true,
            _ => false,
        }
    })
}

fn has_strings(ts: &TypeSystem, t: TypeDesc) -> bool {
    parts(ts, t).any(|p| ts.is_well_known(p, WellKnown::String))
}

/// A type, its elements, and its arguments, with theirs.
fn parts(ts: &TypeSystem, t: TypeDesc) -> impl Iterator<Item = TypeDesc> + use<> {
    let mut all = Vec::new();
    let mut open = vec![t];
    while let Some(t) = open.pop() {
        match ts.kind(t) {
            TypeKind::Def { args, .. } => {
                open.extend(args.iter().copied());
                all.push(t);
            }
            TypeKind::ByRef(e) | TypeKind::Ptr(e) | TypeKind::SzArray(e) | TypeKind::MdArray(e, _) => open.push(e),
            _ => {}
        }
    }
    all.into_iter()
}

/// Code of an outermost type has a string.
pub(super) fn text(cx: &mut Cx<'_>, t: TypeDesc, text: &Arc<str>) {
    for condition in [Node::LooksUp(t), Node::Speaks(t)] {
        cx.need_if(&condition, Node::MemberName(text.clone()), Reason::Reflection);
    }
}

/// Strings of one type come to another.
pub(super) fn hands(cx: &mut Cx<'_>, from: TypeDesc, to: TypeDesc) {
    cx.need_if(&Node::LooksUp(to), Node::Speaks(from), Reason::Reflection);
}
