//! Nested types (ECMA-335 II.22.32): of a type of which they are asked for, with all that they have, as .NET keeps them; and those of the program's described
//! types, where the program looks nested types up.

use crate::cx::Cx;
use crate::graph::{Node, Reason};
use kiln_flow::{Demand, Members};
use kiln_metadata::TypeDefId;
use kiln_metadata::flags::type_attributes as ta;
use kiln_typesys::{GenericArgs, ModuleId, TypeDesc, TypeSystem};

/// Those that are asked for of a type are asked for everything.
pub(super) fn demanded(cx: &mut Cx<'_>, demand: &Demand) {
    let ts = cx.ts;
    if !demand.members.meets(Members::NESTED_TYPES.and(Members::NON_PUBLIC_NESTED_TYPES)) {
        return;
    }
    let Some((module, def)) = ts.type_def(demand.ty) else { return };
    for id in ts.module(module).nested_types(def) {
        let Some(t) = definition(ts, module, id).filter(|&t| is_written(ts, t)) else { continue };
        let public = ts.type_flags(t) & ta::VISIBILITY_MASK == ta::NESTED_PUBLIC;
        let kind = if public { Members::NESTED_TYPES } else { Members::NON_PUBLIC_NESTED_TYPES };
        let named = demand.name.as_deref().is_none_or(|name| ts.namespace_and_name(t).1.rsplit('+').next() == Some(name));
        if named && demand.members.meets(kind) {
            cx.need(Node::Candidate(t), Reason::Reflection);
            cx.need(Node::Demanded(Demand { ty: t, members: Members::ALL, name: None }), Reason::DataFlow);
        }
    }
}

/// The program looks nested types up.
pub(super) fn of_module(cx: &mut Cx<'_>, module: ModuleId) {
    let ts = cx.ts;
    let metadata = ts.module(module);
    for row in metadata.nested_classes() {
        let Ok(row) = metadata.nested_class(row) else { continue };
        let (Some(t), Some(outer)) = (definition(ts, module, row.nested), definition(ts, module, row.enclosing)) else { continue };
        if is_written(ts, t) {
            cx.need_if(&Node::Described(outer), Node::Candidate(t), Reason::Reflection);
        }
    }
}

/// What a compiler makes aside nobody looks up.
fn is_written(ts: &TypeSystem, t: TypeDesc) -> bool {
    !ts.namespace_and_name(t).1.contains('<')
}

fn definition(ts: &TypeSystem, module: ModuleId, id: TypeDefId) -> Option<TypeDesc> {
    ts.resolve_type(module, id.token(), &GenericArgs::default()).ok().map(|t| ts.generic_definition(t))
}
