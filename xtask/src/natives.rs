//! The class library's natives: each internal call, QCall and function of its own native libraries is defined by the runtime's archive, has
//! another body in the overlay, or is listed with a reason (`kiln_abi::absent`). Part of `cargo xtask check-framework`.

use kiln_abi::absent;
use kiln_importer::check::types_of;
use kiln_link::archive_symbols;
use kiln_metadata::Module;
use kiln_target::Target;
use kiln_toolchain::Framework;
use kiln_typesys::{MethodDesc, TypeSystem};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// The runtime that was built last.
fn archive(root: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let built = ["release", "debug"].map(|profile| root.join("target").join(profile).join("libkilnrt.a"));
    let newest = built.into_iter().filter(|p| p.is_file()).max_by_key(|p| fs::metadata(p).and_then(|m| m.modified()).ok());
    Ok(newest.ok_or("there is no libkilnrt.a: `cargo xtask build` makes it")?)
}

/// What a method asks of the runtime, by link name.
fn asked(ts: &TypeSystem, target: &Target, m: MethodDesc) -> Option<String> {
    if ts.is_pinvoke(m) {
        let map = ts.impl_map(m)?;
        return target.builtin_library(&map.library).then_some(map.entry);
    }
    // An intrinsic is what the compiler makes of it.
    (ts.is_internal_call(m) && !ts.is_intrinsic(m)).then(|| ts.fcall_name(m))
}

/// Natives that are neither written nor listed, each with a method that asks for it; and how many were looked at.
pub fn unlisted(root: &Path, framework: &Framework, ts: &TypeSystem) -> Result<(u64, Vec<String>), Box<dyn Error>> {
    let defined: BTreeSet<String> = archive_symbols(&archive(root)?)?;
    let version = format!("{}.0", framework.major().unwrap_or_default());
    let overlay = Module::parse(fs::read(root.join(format!("corelib/kiln-overlay-{version}.dll")))?)?;
    let id = ts.add_module(overlay)?;
    ts.set_overlay(id)?;
    let target = Target::host();
    let mut wanted: BTreeMap<String, String> = BTreeMap::new();
    for module in ts.modules() {
        for t in types_of(ts, module) {
            for &m in ts.methods(t).iter() {
                if let Some(name) = asked(ts, target, m)
                    && ts.method_body(m)?.is_none()
                {
                    wanted.entry(name).or_insert_with(|| ts.method_display(m));
                }
            }
        }
    }
    let missing = wanted.iter().filter(|(name, _)| !defined.contains(*name) && absent::reason(name).is_none());
    Ok((wanted.len() as u64, missing.map(|(name, by)| format!("{name} is neither written nor listed ({by})")).collect()))
}
