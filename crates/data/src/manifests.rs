//! Manifests of assemblies (`abi::manifest`), as far as the program asks for them.

use crate::image::{Image, Record};
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
        let name = image.text(&display);
        all.ptr(&name);
        let with_resources = wanted.resources && wanted.application.contains(&id);
        list(image, &mut all, &format!("manifest resources:{display}"), size_of::<abi::Resource>(), |image, list| {
            if with_resources {
                resources(image, &module, list);
            }
        });
        list(image, &mut all, &format!("manifest references:{display}"), size_of::<usize>(), |image, list| {
            if wanted.references {
                references(image, &module, list);
            }
        });
        let key = module.assembly().ok().flatten().map_or(&[][..], |a| a.public_key);
        if wanted.keys && !key.is_empty() {
            let bytes = image.blob(key.to_vec(), "manifest", 8);
            all.ptr(&bytes);
            all.u64(key.len() as u64);
        } else {
            all.u64(0);
            all.u64(0);
        }
    }
    assert_eq!(all.bytes.len(), modules.len() * size_of::<abi::Manifest>(), "the record is written field by field");
    image.constant(ROOT, "manifest", 8, all);
    (Some(ROOT), modules.len() as u64)
}

/// Writes an array of its own, and its address and length to a record.
fn list(image: &mut Image<'_>, to: &mut Record, symbol: &str, size: usize, fill: impl FnOnce(&mut Image<'_>, &mut Record)) {
    let mut items = Record::default();
    fill(image, &mut items);
    let count = items.bytes.len() / size;
    if count == 0 {
        to.u64(0);
    } else {
        image.constant(symbol, "manifest", 8, items);
        to.ptr(symbol);
    }
    to.u64(count as u64);
}

/// Resources in the image itself; those in other files are not part of the program.
fn resources(image: &mut Image<'_>, module: &Module, list: &mut Record) {
    for id in module.manifest_resources() {
        let (Ok(row), Ok(Some(bytes))) = (module.manifest_resource(id), module.resource_data(id)) else { continue };
        let name = image.text(row.name);
        list.ptr(&name);
        let data = image.blob(bytes.to_vec(), "resources", 8);
        list.ptr(&data);
        list.u64(bytes.len() as u64);
    }
}

fn references(image: &mut Image<'_>, module: &Module, list: &mut Record) {
    for id in module.assembly_refs().iter() {
        let Ok(row) = module.assembly_ref(id) else { continue };
        let name = image.text(&row.identity().to_string());
        list.ptr(&name);
    }
}
