//! Whether the application looks up members of types that need not be known. The class library says of its methods which do: they ask for
//! members of their type argument (`DynamicallyAccessedMembers`), or cannot say of what they ask (`RequiresUnreferencedCode`).

use crate::abilities::Ability;
use crate::graph::{Node, Reason};
use kiln_lir::{Dep, Function, Sym};
use kiln_metadata::HasCustomAttribute;
use kiln_support::FxHashMap;
use kiln_typesys::{MethodDesc, TypeSystem};
use std::cell::RefCell;

/// What is known of methods.
#[derive(Debug, Default)]
pub(super) struct Inspection {
    known: RefCell<FxHashMap<MethodDesc, bool>>,
}

impl Inspection {
    /// What code of the application calls.
    pub(super) fn scan(&self, ts: &TypeSystem, code: &Function, needs: &mut Vec<(Node, Reason)>) {
        let called = code.sym_names.iter().filter_map(|(s, _)| match s {
            Sym::Method(m) | Sym::MethodEntry(m) | Sym::MethodDictionary(m) => Some(*m),
            _ => None,
        });
        let dispatched = code.deps.iter().filter_map(|d| match d {
            Dep::VirtualUse(m) => Some(*m),
            _ => None,
        });
        for m in called.chain(dispatched) {
            if self.inspects(ts, m) {
                needs.push((Node::Ability(Ability::Inspect), Reason::Ability));
            }
        }
    }

    fn inspects(&self, ts: &TypeSystem, m: MethodDesc) -> bool {
        let m = ts.method_definition(m);
        *self.known.borrow_mut().entry(m).or_insert_with(|| is_marked(ts, m))
    }
}

/// Whether a method or its type requires unreferenced code, or it asks for members of `this`, a `System.Type`.
fn is_marked(ts: &TypeSystem, m: MethodDesc) -> bool {
    let Some((module, method)) = ts.method_def(m) else { return false };
    let metadata = ts.module(module);
    let has =
        |on: HasCustomAttribute, name: &str| matches!(metadata.find_attribute(on, "System.Diagnostics.CodeAnalysis", name), Ok(Some(_)));
    let owner = ts.type_def(ts.method_owner(m)).map(|(_, def)| def);
    has(method.into(), "RequiresUnreferencedCodeAttribute")
        || has(method.into(), "DynamicallyAccessedMembersAttribute")
        || owner.is_some_and(|def| has(def.into(), "RequiresUnreferencedCodeAttribute"))
}
