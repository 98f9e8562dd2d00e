//! What code needs: the symbols in it, its dependencies without one, and what it means that it names them (contract §1).

use crate::cx::{Cx, module_of, normal};
use crate::dispatch::virtual_use;
use crate::graph::{Node, Reason};
use crate::policy::Policies;
use kiln_lir::{Dep, Function, Sym};
use kiln_typesys::ModuleId;

/// The needs of a node's functions. They depend on these and on nothing else, so that code can be replaced later.
pub(crate) fn needs(cx: &Cx<'_>, policies: &Policies, node: &Node, functions: &[Function]) -> Vec<(Node, Reason)> {
    let module = module_of(cx.ts, node);
    let mut out = Vec::new();
    for f in functions {
        policies.scan(cx.ts, f, &mut out);
        for (s, _) in &f.sym_names {
            symbol(cx, s, module, &mut out);
        }
        for d in &f.deps {
            dependency(cx, d, module, &mut out);
        }
    }
    for (node, _) in &mut out {
        let plain = std::mem::replace(node, Node::Root(""));
        *node = normal(cx.ts, plain);
    }
    out
}

fn symbol(cx: &Cx<'_>, s: &Sym, module: Option<ModuleId>, out: &mut Vec<(Node, Reason)>) {
    // Code names types for many ends, as in casts: the flow of types finds those that it wants the object of.
    out.extend(cx.names(s, module).filter(|n| !matches!(n, Node::Candidate(_))).map(|n| (n, Reason::Code)));
    out.push((Node::Sym(s.clone()), Reason::Code));
}

/// What a dependency without a symbol brings.
pub(crate) fn dependency(cx: &Cx<'_>, d: &Dep, module: Option<ModuleId>, out: &mut Vec<(Node, Reason)>) {
    match d {
        Dep::VirtualUse(m) => out.push((virtual_use(cx.ts, *m), Reason::VirtualCall)),
        // The exact handles (symbols or lookups) are what joins with types.
        Dep::GenericVirtualUse(_) => {}
        Dep::Lookup(ctx, l) => out.push((Node::Sym(Sym::DictSlotOffset(*ctx, *l)), Reason::Code)),
        Dep::Constructed(t) => symbol(cx, &Sym::ConstructedType(*t), module, out),
    }
}
