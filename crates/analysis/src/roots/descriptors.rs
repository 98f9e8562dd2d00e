//! Files that say what is kept for reflection: `ILLink.Descriptors.xml`, which assemblies embed and builds are given (the linker's file
//! format, docs of dotnet/runtime "descriptors"), and the older `rd.xml` (runtime directives). What they name and is not there is said with
//! .NET's codes.

use super::directives;
use crate::AnalysisError;
use crate::features::linker_xml::{assembly_name, elements, member_name, signature, type_name};
use crate::features::{FeatureSettings, split_signature, split_type_name};
use kiln_diag::{Code, codes};
use kiln_flow::{Demand, Members};
use kiln_importer::check::types_of;
use kiln_typesys::{ModuleId, TypeDesc, TypeSystem};
use roxmltree::{Document, Node};

/// Something that is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Keep {
    /// All of an assembly.
    Assembly(ModuleId),
    /// A type, so that objects of it can be made.
    Type(TypeDesc),
    /// Members of a type.
    Members(Demand),
}

/// What a file says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Kept {
    pub(crate) keeps: Vec<Keep>,
    /// What is not there.
    pub(crate) missing: Vec<(Code, String)>,
}

impl Kept {
    pub(super) fn members(&mut self, ty: TypeDesc, members: Members, name: Option<&str>) {
        self.keeps.push(Keep::Members(Demand { ty, members, name: name.map(Into::into) }));
    }
}

/// Methods, constructors among them.
pub(super) const METHODS: Members =
    Members::METHODS.and(Members::NON_PUBLIC_METHODS).and(Members::CONSTRUCTORS).and(Members::NON_PUBLIC_CONSTRUCTORS);
const FIELDS: Members = Members::FIELDS.and(Members::NON_PUBLIC_FIELDS);

/// Reads a file of either format. `own`: the assembly that it is embedded in.
pub(crate) fn read(
    ts: &TypeSystem,
    name: &str,
    text: &str,
    features: &FeatureSettings,
    own: Option<ModuleId>,
) -> Result<Kept, AnalysisError> {
    let text = text.trim_start_matches('\u{feff}');
    let doc = Document::parse(text).map_err(|e| AnalysisError::Descriptor(name.to_owned(), e.to_string()))?;
    let root = doc.root_element();
    let mut out = Kept::default();
    match root.tag_name().name() {
        "Directives" => directives::read(ts, root, &mut out),
        _ => linker(ts, root, features, own, &mut out),
    }
    Ok(out)
}

fn linker(ts: &TypeSystem, root: Node<'_, '_>, features: &FeatureSettings, own: Option<ModuleId>, out: &mut Kept) {
    for assembly in elements(root, "assembly", features) {
        let simple = assembly_name(assembly);
        let modules: Vec<ModuleId> = match (simple, own) {
            ("*", _) => ts.modules(),
            (simple, _) => ts.find_module(simple).into_iter().collect(),
        };
        if modules.is_empty() {
            out.missing.push((codes::DESCRIPTOR_ASSEMBLY, format!("no assembly of the program is called `{simple}`")));
        }
        for module in modules {
            let whole = assembly.attribute("preserve") == Some("all")
                || assembly.attribute("preserve").is_none() && !assembly.children().any(|n| n.is_element());
            if whole {
                out.keeps.push(Keep::Assembly(module));
            }
            for namespace in elements(assembly, "namespace", features) {
                let wanted = namespace.attribute("fullname").unwrap_or("");
                let types: Vec<TypeDesc> = types_of(ts, module).into_iter().filter(|&t| ts.namespace_and_name(t).0 == wanted).collect();
                if types.is_empty() {
                    let text = format!("no type of `{simple}` is in the namespace `{wanted}`");
                    out.missing.push((codes::DESCRIPTOR_NAMESPACE, text));
                }
                for t in types {
                    of_type(ts, t, namespace, features, out);
                }
            }
            for ty in elements(assembly, "type", features) {
                of_types(ts, module, simple, ty, "", features, out);
            }
        }
    }
}

/// A `type` element: one type, or all that a pattern means.
fn of_types(ts: &TypeSystem, module: ModuleId, assembly: &str, n: Node<'_, '_>, outer: &str, features: &FeatureSettings, out: &mut Kept) {
    let full = type_name(n, outer);
    let found: Vec<TypeDesc> = if full.contains('*') {
        let is = |t: &TypeDesc| {
            let (namespace, name) = ts.namespace_and_name(*t);
            matches(&full, &if namespace.is_empty() { name } else { format!("{namespace}.{name}") })
        };
        types_of(ts, module).into_iter().filter(is).collect()
    } else {
        let (namespace, name) = split_type_name(&full);
        ts.find_type(module, namespace, name).into_iter().collect()
    };
    if found.is_empty() && n.attribute("required") != Some("false") {
        out.missing.push((codes::DESCRIPTOR_TYPE, format!("`{assembly}` has no type `{full}`")));
    }
    for t in found {
        of_type(ts, t, n, features, out);
        for nested in elements(n, "type", features) {
            of_types(ts, module, assembly, nested, &full, features, out);
        }
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    pattern.ends_with('*') || rest.is_empty()
}

fn of_type(ts: &TypeSystem, t: TypeDesc, n: Node<'_, '_>, features: &FeatureSettings, out: &mut Kept) {
    out.keeps.push(Keep::Type(t));
    let children = n.children().any(|c| c.is_element() && !c.has_tag_name("type"));
    match n.attribute("preserve") {
        Some("all") => out.members(t, Members::ALL, None),
        Some("methods") => out.members(t, METHODS, None),
        Some("fields") => out.members(t, FIELDS, None),
        None if !children => out.members(t, Members::ALL, None),
        _ => {}
    }
    let name = ts.type_display(t);
    for m in elements(n, "method", features) {
        let wanted = split_signature(signature(m).unwrap_or("")).0;
        let exists = ts.methods(t).iter().any(|&m| ts.method_name(m) == wanted);
        member(out, t, METHODS, wanted, exists, (codes::DESCRIPTOR_METHOD, &name, "method"));
    }
    for f in elements(n, "field", features) {
        let wanted = member_name(f);
        member(out, t, FIELDS, wanted, ts.find_field(t, wanted).is_some(), (codes::DESCRIPTOR_FIELD, &name, "field"));
    }
    let has_accessor = |prefixes: [&str; 2], wanted: &str| {
        ts.methods(t).iter().any(|&m| prefixes.iter().any(|p| ts.method_name(m).strip_prefix(p) == Some(wanted)))
    };
    for p in elements(n, "property", features) {
        let wanted = member_name(p);
        let kinds = Members::PROPERTIES.and(Members::NON_PUBLIC_PROPERTIES);
        member(out, t, kinds, wanted, has_accessor(["get_", "set_"], wanted), (codes::DESCRIPTOR_PROPERTY, &name, "property"));
    }
    for e in elements(n, "event", features) {
        let wanted = member_name(e);
        let kinds = Members::EVENTS.and(Members::NON_PUBLIC_EVENTS);
        member(out, t, kinds, wanted, has_accessor(["add_", "remove_"], wanted), (codes::DESCRIPTOR_EVENT, &name, "event"));
    }
}

fn member(out: &mut Kept, t: TypeDesc, kinds: Members, name: &str, exists: bool, (code, of, what): (Code, &str, &str)) {
    if exists {
        out.members(t, kinds, Some(name));
    } else {
        out.missing.push((code, format!("`{of}` has no {what} `{name}`")));
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_stand_for_any_text() {
        assert!(matches("N.*", "N.A") && matches("*", "N.A") && matches("N.*Model", "N.UserModel") && matches("N.A", "N.A"));
        assert!(!matches("N.*", "M.A") && !matches("N.*Model", "N.UserView") && !matches("N.A", "N.AB"));
    }
}
