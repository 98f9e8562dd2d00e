//! What the linker's files have in common (`ILLink.*.xml`, docs of dotnet/runtime): conditions on features, and names of assemblies, types and
//! members.

use super::{FeatureSettings, holds};
use roxmltree::Node;

/// The children of this name that apply.
pub(crate) fn elements<'a, 'i>(n: Node<'a, 'i>, name: &'static str, features: &'a FeatureSettings) -> impl Iterator<Item = Node<'a, 'i>> {
    n.children().filter(move |c| c.has_tag_name(name) && holds(*c, features))
}

/// The simple name of an `assembly`.
pub(crate) fn assembly_name<'a>(n: Node<'a, '_>) -> &'a str {
    n.attribute("fullname").unwrap_or("").split(',').next().unwrap_or("").trim()
}

/// The full name of a `type` inside of another, or of none.
pub(crate) fn type_name(n: Node<'_, '_>, outer: &str) -> String {
    let written = n.attribute("fullname").or_else(|| n.attribute("name")).unwrap_or("").replace('/', "+");
    if outer.is_empty() { written } else { format!("{outer}+{written}") }
}

/// How a member is written: `Type Name(Type)`, or its name alone.
pub(crate) fn signature<'a>(n: Node<'a, '_>) -> Option<&'a str> {
    n.attribute("signature").or_else(|| n.attribute("name"))
}

/// The name of a field, property or event.
pub(crate) fn member_name<'a>(n: Node<'a, '_>) -> &'a str {
    let written = signature(n).unwrap_or("");
    written.rsplit(' ').next().unwrap_or(written)
}
