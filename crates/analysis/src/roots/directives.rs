//! `rd.xml`: runtime directives (docs of dotnet/runtime, "NativeAOT: rd.xml format"). `Dynamic="Required All"` keeps all members of an
//! assembly's types or of a type; a type without it keeps itself and what is named in it.

use super::descriptors::{Keep, Kept, METHODS};
use kiln_diag::codes;
use kiln_flow::Members;
use kiln_metadata::TypeName;
use kiln_typesys::{ModuleId, TypeSystem};
use roxmltree::Node;

pub(super) fn read(ts: &TypeSystem, root: Node<'_, '_>, out: &mut Kept) {
    let parents = root.children().filter(|n| n.has_tag_name_local("Application") || n.has_tag_name_local("Library"));
    for assembly in parents.flat_map(|p| p.children()).filter(|n| n.has_tag_name_local("Assembly")) {
        let name = assembly.attribute("Name").unwrap_or("");
        let simple = name.split(',').next().unwrap_or("").trim();
        let Some(module) = ts.find_module(simple) else {
            out.missing.push((codes::DESCRIPTOR_ASSEMBLY, format!("no assembly of the program is called `{simple}`")));
            continue;
        };
        if all(assembly) {
            out.keeps.push(Keep::Assembly(module));
        }
        for ty in assembly.children().filter(|n| n.has_tag_name_local("Type")) {
            of_type(ts, module, simple, ty, out);
        }
    }
}

fn all(n: Node<'_, '_>) -> bool {
    n.attribute("Dynamic").is_some_and(|d| d.eq_ignore_ascii_case("Required All"))
}

fn of_type(ts: &TypeSystem, module: ModuleId, assembly: &str, n: Node<'_, '_>, out: &mut Kept) {
    let written = n.attribute("Name").unwrap_or("");
    let found = TypeName::parse(written).ok().and_then(|name| ts.type_of_name(&name, Some(module)));
    let Some(t) = found else {
        out.missing.push((codes::DESCRIPTOR_TYPE, format!("`{assembly}` has no type `{written}`")));
        return;
    };
    out.keeps.push(Keep::Type(t));
    if all(n) {
        out.members(t, Members::ALL, None);
    }
    for method in n.children().filter(|c| c.has_tag_name_local("Method")) {
        let wanted = method.attribute("Name").unwrap_or("");
        if ts.find_methods(t, wanted).is_empty() {
            let text = format!("`{}` has no method `{wanted}`", ts.type_display(t));
            out.missing.push((codes::DESCRIPTOR_METHOD, text));
        } else {
            out.members(t, METHODS, Some(wanted));
        }
    }
}

/// Elements by name, whatever their XML namespace: files have that of .NET Native.
trait Local {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl Local for Node<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}
