//! Names in strings: of types, as the application's literals and custom attributes have them (II.23.3, `Type.GetType`).

use super::members;
use crate::cx::Cx;
use crate::graph::{Node, Reason};
use kiln_metadata::TypeName;
use kiln_typesys::TypeDesc;

/// No longer text names a member or a type.
pub(super) const LONGEST: usize = 512;

/// A string in the application's code may name a type. Without the name of an assembly it is looked for in the caller's and in the core
/// library (`Type.GetType`): elsewhere in the class library it is found by nobody. Compilers and serializers are full of such names.
pub(super) fn literal(cx: &mut Cx<'_>, text: &str) {
    if !text.contains('.') && !cx.is_one_module() {
        return;
    }
    let Ok(name) = TypeName::parse(text) else { return };
    if let Some(t) = cx.ts.type_of_name(&name, None)
        && (name.assembly.is_some() || is_found_unqualified(cx, t))
    {
        members::part(cx, t);
        cx.need(Node::Candidate(t), Reason::Reflection);
    }
}

fn is_found_unqualified(cx: &Cx<'_>, mut t: TypeDesc) -> bool {
    while let Some(element) = cx.ts.element_type(t) {
        t = element;
    }
    cx.is_own(t) || cx.ts.type_def(t).is_some_and(|(module, _)| module == cx.ts.corelib())
}

/// Text names a type of the program: it is found by its name. The parameters of a generic definition are part of how it is shown, and
/// only its description has their names.
pub(super) fn findable(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    if ts.type_def(t).is_none() || ts.generic_definition(t) != t {
        return;
    }
    let node = if ts.type_args(t).is_empty() { Node::Findable(t) } else { Node::Candidate(t) };
    cx.need(node, Reason::Reflection);
}
