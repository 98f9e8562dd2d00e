//! Archives that set-up fetches (`xtask/src/setup/registry.rs`): published programs of others, whose `.deps.json` says which of their files are
//! of which package in which version, and what that depends on.

use super::{Package, Wanted, appear, done, entries, rank};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How the archives' names begin, and where their manifests are.
const ARCHIVES: [(&str, &str); 2] = [
    ("azure-mcp-", "package/dist/azmcp.deps.json"),
    ("typespec-http-client-csharp-", "package/dist/generator/Microsoft.TypeSpec.Generator.ClientModel.deps.json"),
];

/// The archives in the folder of downloads, each with its manifest's path.
pub(super) fn at_hand(downloads: &Path) -> Vec<(PathBuf, &'static str)> {
    let named = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        ARCHIVES.iter().find(|(start, _)| name.starts_with(start)).map(|(_, manifest)| *manifest)
    };
    entries(downloads).into_iter().filter_map(|path| named(&path).map(|manifest| (path, manifest))).collect()
}

/// The packages in an archive. It is unpacked once, all assemblies of packages together: a compressed archive can only be read as a whole.
pub(super) fn read(archive: &Path, manifest: &str, unpacked: &Path) -> Result<Vec<(String, Package)>, String> {
    let folder = unpacked.join(archive.file_stem().unwrap_or_default());
    if folder.is_dir() {
        return packages(&folder, manifest);
    }
    appear(&folder, |half| {
        unpack(archive, &[Path::new(manifest)], half)?;
        let all = packages(half, manifest)?;
        let files: Vec<&Path> = all.iter().flat_map(|(_, p)| &p.files).filter_map(|file| file.strip_prefix(half).ok()).collect();
        unpack(archive, &files, half)
    })?;
    packages(&folder, manifest)
}

/// What the manifest says, with the files in `folder`.
fn packages(folder: &Path, manifest: &str) -> Result<Vec<(String, Package)>, String> {
    let path = folder.join(manifest);
    let bytes = fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let text: Value = serde_json::from_slice(&bytes).map_err(|e| format!("{}: {e}", path.display()))?;
    let beside = path.parent().unwrap_or(folder);
    // The last target is that of a system, where there is one: it has what runs there.
    let libraries = text["targets"].as_object().and_then(|targets| targets.values().next_back());
    let libraries = libraries.and_then(Value::as_object).ok_or_else(|| format!("{} has no target", path.display()))?;
    let mut all = Vec::new();
    for (name, library) in libraries {
        let Some((id, version)) = name.split_once('/') else { continue };
        let paths = library["runtime"].as_object().into_iter().flatten().map(|(path, _)| Path::new(path));
        // `lib/FRAMEWORK/NAME.dll` lies beside the manifest.
        let runs = |path: &&Path| path.iter().rev().nth(1).is_some_and(|folder| rank(&folder.to_string_lossy()).is_some());
        let files: Vec<PathBuf> = paths.filter(runs).filter_map(|path| Some(beside.join(path.file_name()?))).collect();
        let depends = library["dependencies"].as_object().into_iter().flatten();
        let depends: Vec<Wanted> = depends.map(|(id, version)| Wanted::new(id, version.as_str().unwrap_or_default())).collect();
        // Without assemblies and dependencies it is for another framework, or for tools.
        if !files.is_empty() || library["runtime"].is_null() && !depends.is_empty() {
            all.push((id.to_lowercase(), Package { version: version.to_owned(), sealed: None, depends, files }));
        }
    }
    Ok(all)
}

fn unpack(archive: &Path, members: &[&Path], folder: &Path) -> Result<(), String> {
    let mut tar = Command::new("tar");
    tar.args(["--no-same-owner", "-xzf"]).arg(archive).arg("-C").arg(folder).args(members);
    done(archive, &mut tar, None)
}
