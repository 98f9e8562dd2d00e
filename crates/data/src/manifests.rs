//! Manifests of assemblies (`abi::manifest`), as far as the program asks for them.

use crate::image::Image;
use crate::record::{Address, Record};
use kiln_abi::manifest as abi;
use kiln_metadata::Module;
use kiln_typesys::ModuleId;
use std::collections::BTreeSet;

/// The symbol of the array.
const ROOT: &str = "kiln_manifests";

/// Emits what was asked for; the symbol and the number of manifests.
pub(crate) fn emit(image: &mut Image<'_>) -> (Option<&'static str>, u64) {
    let wanted = &image.program.manifests;
    if !wanted.any() {
        return (None, 0);
    }
    let mut modules: BTreeSet<ModuleId> = wanted.application.iter().copied().collect();
    if wanted.references || wanted.keys {
        // The others that a program can have an `Assembly` of.
        modules.extend(image.program.types.keys().filter_map(|&t| image.ts.type_def(t)).map(|(module, _)| module));
    }
    let mut all = Record::default();
    for &id in &modules {
        let module = image.ts.module(id);
        // The same text as in the type descriptions.
        let display = module.identity().ok().flatten().map_or_else(|| image.ts.assembly_name(id), |i| i.to_string());
        let parts =
            Parts { resources: wanted.resources && wanted.application.contains(&id), references: wanted.references, key: wanted.keys };
        all.push(manifest(image, &module, &display, parts));
    }
    for module in wanted.satellites.iter().filter(|_| wanted.resources) {
        let Ok(Some(identity)) = module.identity() else { continue };
        let parts = Parts { resources: true, references: false, key: false };
        all.push(manifest(image, module, &identity.to_string(), parts));
    }
    let count = all.count::<abi::Manifest>();
    image.constant(ROOT, "manifest", 8, all);
    (Some(ROOT), count)
}

/// What is asked of an assembly.
#[derive(Clone, Copy)]
struct Parts {
    resources: bool,
    references: bool,
    key: bool,
}

fn manifest(image: &mut Image<'_>, module: &Module, display: &str, parts: Parts) -> abi::ManifestFields<Address> {
    let assembly = image.text(display);
    let resources = if parts.resources { resources(image, module) } else { Record::default() };
    let (resources, resource_count) = list::<abi::Resource>(image, &format!("manifest resources:{display}"), resources);
    let references = if parts.references { references(image, module) } else { Record::default() };
    let (references, reference_count) = list::<*const u8>(image, &format!("manifest references:{display}"), references);
    let key = module.assembly().ok().flatten().filter(|_| parts.key).map_or(&[][..], |a| a.public_key);
    let public_key = (!key.is_empty()).then(|| image.blob(key.to_vec(), "manifest", 8));
    abi::ManifestFields {
        assembly: assembly.into(),
        resources,
        resource_count,
        references,
        reference_count,
        public_key: public_key.into(),
        public_key_size: key.len() as u64,
    }
}

/// Makes an array a symbol of its own; its address and length.
fn list<T>(image: &mut Image<'_>, symbol: &str, items: Record) -> (Address, u64) {
    let count = items.count::<T>();
    if count == 0 {
        return (Address::NULL, 0);
    }
    image.constant(symbol, "manifest", 8, items);
    (symbol.into(), count)
}

/// Resources in the image itself; those in other files are not part of the program.
fn resources(image: &mut Image<'_>, module: &Module) -> Record {
    let mut list = Record::default();
    for id in module.manifest_resources() {
        let (Ok(row), Ok(Some(bytes))) = (module.manifest_resource(id), module.resource_data(id)) else { continue };
        let name = image.text(row.name);
        let data = image.blob(bytes.to_vec(), "resources", 8);
        list.push(abi::ResourceFields { name: name.into(), bytes: data.into(), size: bytes.len() as u64 });
    }
    list
}

fn references(image: &mut Image<'_>, module: &Module) -> Record {
    let mut list = Record::default();
    for id in module.assembly_refs().iter() {
        let Ok(row) = module.assembly_ref(id) else { continue };
        let name = image.text(&row.identity().to_string());
        list.pointer(name);
    }
    list
}
