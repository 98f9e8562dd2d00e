//! Operations that are bound at run time (C# 12, "Dynamic binding"): the binder finds members of objects by name. Names that the program has as strings
//! are kept as for other reflection; here is what operations name without a string.

use super::members;
use crate::cx::Cx;
use crate::graph::{Node, Reason};
use kiln_metadata::flags::method_attributes as ma;
use kiln_typesys::{MethodDesc, TypeDesc, WellKnown};

/// There are objects of a type: the binder looks at the nearest base type that everybody may name.
pub(super) fn object(cx: &mut Cx<'_>, t: TypeDesc) {
    let mut at = Some(t);
    while let Some(t) = at {
        if cx.ts.is_visible(t) {
            return members::describe(cx, t);
        }
        at = cx.ts.base_type(t);
    }
}

/// What a method returns is looked at in turn.
pub(super) fn result(cx: &mut Cx<'_>, m: MethodDesc) {
    let ts = cx.ts;
    if let Ok(sig) = ts.method_sig(m)
        && !ts.contains_vars(sig.ret)
        && ts.is_visible(sig.ret)
    {
        members::describe(cx, sig.ret);
    }
}

/// Indexers and operators, and what the trees of call sites name of these.
pub(super) fn members(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    let is_site = ts.namespace_and_name(t) == ("System.Runtime.CompilerServices".to_owned(), "CallSite`1".to_owned());
    for &m in ts.methods(t).iter() {
        let flags = ts.method_flags(m).0;
        if flags & ma::ACCESS_MASK != ma::PUBLIC || ts.method_generic_count(m) > 0 {
            continue;
        }
        let name = ts.method_name(m);
        let parameters = ts.method_sig(m).map_or(0, |s| s.params.len());
        let is_indexer = name.starts_with("get_") && parameters > 0 || name.starts_with("set_") && parameters > 1;
        // Strings are added by methods without a name of operators.
        let concatenates = name == "Concat" && ts.is_well_known(t, WellKnown::String);
        if is_site || concatenates || flags & ma::SPECIAL_NAME != 0 && (is_indexer || name.starts_with("op_")) {
            cx.need(Node::Callable(m), Reason::Reflection);
        }
    }
}
