//! Reads `ILLink.LinkAttributes.xml` (the linker's file format, docs of dotnet/runtime "link attributes"), which assemblies embed and builds are
//! given: attributes that are added to types and members whose source nobody can change. Instances of attributes are not removed by it:
//! what only a build sees is not in the program anyway, and the rest costs a row.

use super::FeatureSettings;
use super::import_policy::{find_method, split_type_name};
use super::linker_xml::{self, assembly_name, member_name, signature, type_name};
use crate::AnalysisError;
use kiln_metadata::HasCustomAttribute;
use kiln_typesys::{AddedAttribute, MethodDesc, ModuleId, TypeDesc, TypeSystem};
use roxmltree::{Document, Node};

/// Adds what the application's assemblies and the build's files say.
pub(crate) fn add(
    ts: &TypeSystem,
    application: &[ModuleId],
    features: &FeatureSettings,
    files: &[(String, String)],
) -> Result<(), AnalysisError> {
    for &module in application {
        if let Ok(Some(bytes)) = ts.module(module).resource_by_name("ILLink.LinkAttributes.xml") {
            let name = format!("ILLink.LinkAttributes.xml of {}", ts.assembly_name(module));
            read(ts, &name, &String::from_utf8_lossy(bytes), features)?;
        }
    }
    files.iter().try_for_each(|(name, text)| read(ts, name, text, features))
}

fn read(ts: &TypeSystem, name: &str, text: &str, features: &FeatureSettings) -> Result<(), AnalysisError> {
    let text = text.trim_start_matches('\u{feff}');
    let doc = Document::parse(text).map_err(|e| AnalysisError::LinkAttributes(name.to_owned(), e.to_string()))?;
    let cx = Cx { ts, features };
    for assembly in cx.elements(doc.root_element(), "assembly") {
        // What it says of an assembly that is not in the program is about nothing.
        let Some(module) = ts.find_module(assembly_name(assembly)) else { continue };
        cx.attributes(module, kiln_metadata::AssemblyId(1), assembly);
        for ty in cx.elements(assembly, "type") {
            cx.of_type(module, ty, "");
        }
    }
    Ok(())
}

struct Cx<'a> {
    ts: &'a TypeSystem,
    features: &'a FeatureSettings,
}

impl Cx<'_> {
    fn elements<'b, 'i>(&'b self, n: Node<'b, 'i>, name: &'static str) -> impl Iterator<Item = Node<'b, 'i>> {
        linker_xml::elements(n, name, self.features)
    }

    fn of_type(&self, module: ModuleId, n: Node<'_, '_>, outer: &str) {
        let full = type_name(n, outer);
        let (namespace, name) = split_type_name(&full);
        let Some(t) = self.ts.find_type(module, namespace, name) else { return };
        if let Some((_, row)) = self.ts.type_def(t) {
            self.attributes(module, row, n);
        }
        for m in self.elements(n, "method") {
            if let Some(found) = find_method(self.ts, t, signature(m).unwrap_or("")) {
                self.of_method(module, found, m);
            }
        }
        for f in self.elements(n, "field") {
            if let Some(found) = self.ts.find_field(t, member_name(f)) {
                self.attributes(module, self.ts.field_def(found).1, f);
            }
        }
        for p in self.elements(n, "property") {
            self.of_property(module, t, p);
        }
        for nested in self.elements(n, "type") {
            self.of_type(module, nested, &full);
        }
    }

    fn of_method(&self, module: ModuleId, m: MethodDesc, n: Node<'_, '_>) {
        let Some((_, row)) = self.ts.method_def(m) else { return };
        self.attributes(module, row, n);
        let metadata = self.ts.module(module);
        let params: Vec<_> = metadata.params_of(row).into_iter().flatten().filter_map(|id| Some((id, metadata.param(id).ok()?))).collect();
        for p in self.elements(n, "parameter") {
            let name = p.attribute("name").unwrap_or("");
            if let Some((id, _)) = params.iter().find(|(_, row)| row.sequence > 0 && row.name == name) {
                self.attributes(module, *id, p);
            }
        }
        // A result without a row of its own has no place for an attribute.
        for r in self.elements(n, "return") {
            if let Some((id, _)) = params.iter().find(|(_, row)| row.sequence == 0) {
                self.attributes(module, *id, r);
            }
        }
    }

    fn of_property(&self, module: ModuleId, t: TypeDesc, n: Node<'_, '_>) {
        let name = member_name(n);
        let metadata = self.ts.module(module);
        let Some((_, row)) = self.ts.type_def(t) else { return };
        let mut all = metadata.properties_of(row).into_iter().flatten();
        if let Some(p) = all.find(|&p| metadata.property(p).is_ok_and(|row| row.name == name)) {
            self.attributes(module, p, n);
        }
    }

    fn attributes(&self, module: ModuleId, on: impl Into<HasCustomAttribute>, n: Node<'_, '_>) {
        let on = on.into();
        for a in self.elements(n, "attribute") {
            let Some(class) = a.attribute("fullname") else { continue };
            let text = |n: Node<'_, '_>| n.text().unwrap_or("").trim().to_owned();
            let arguments = a.children().filter(|c| c.has_tag_name("argument")).map(text).collect();
            let named = a.children().filter(|c| c.has_tag_name("property") || c.has_tag_name("field"));
            let named = named.filter_map(|c| Some((c.attribute("name")?.to_owned(), text(c)))).collect();
            self.ts.add_attribute(module, on, AddedAttribute { class: class.to_owned(), arguments, named });
        }
    }
}
