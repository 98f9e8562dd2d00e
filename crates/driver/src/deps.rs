//! `App.deps.json`: the files of the packages that an application uses, and where they lie.
//!
//! The rules are those of the .NET host: assets of a runtime identifier replace the portable ones of their package; a file is taken from
//! the application's folder, else from a package folder. The build does not write down where the packages are: the host is told by
//! `App.runtimeconfig.dev.json`, NuGet by `NUGET_PACKAGES` or the user's `.nuget/packages`.

use crate::{BuildError, runtimeconfig};
use kiln_diag::{Diagnostic, codes};
use kiln_support::FxHashMap;
use kiln_target::Target;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// What the manifest says, resolved.
#[derive(Debug, Default)]
pub(crate) struct Deps {
    /// Simple name in lower case → file.
    pub(crate) assemblies: FxHashMap<String, PathBuf>,
    /// Simple name in lower case → the package that should have it, for assemblies whose file is nowhere.
    pub(crate) missing: FxHashMap<String, String>,
    /// Those that are made of projects beside the application.
    pub(crate) projects: std::collections::BTreeSet<String>,
    /// Native libraries of the packages.
    pub(crate) natives: Vec<PathBuf>,
    /// Where packages were looked for.
    pub(crate) folders: Vec<PathBuf>,
}

impl Deps {
    /// Reads the manifest beside `app`, for a target; nothing when there is none.
    pub(crate) fn read(app: &Path, target: &Target) -> Result<Self, BuildError> {
        let path = app.with_extension("deps.json");
        let manifest = runtimeconfig::beside(&path).and_then(|bytes| bytes.map(|bytes| parse(&bytes)).transpose());
        let json = manifest.map_err(|why| {
            BuildError::user(
                Diagnostic::error(codes::BAD_DEPS, format!("`{}` is not a dependency manifest: {why}", path.display()))
                    .in_file(path.display().to_string())
                    .with_help("build the application again, or remove the file: assemblies beside the application are found without it"),
            )
        })?;
        let Some(json) = json else { return Ok(Self::default()) };
        let folder = app.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(Self::resolve(&json, folder, package_folders(app), target))
    }

    fn resolve(json: &Value, app_folder: &Path, folders: Vec<PathBuf>, fitting: &Target) -> Self {
        let mut deps = Self { folders, ..Self::default() };
        // Of several targets the host reads the one that is named; a portable application has only one.
        let targets = json.get("targets").and_then(Value::as_object);
        let named = json.pointer("/runtimeTarget/name").and_then(Value::as_str).and_then(|name| targets?.get(name));
        let Some(target) = named.or_else(|| targets?.values().next()).and_then(Value::as_object) else { return deps };
        for (library, entry) in target {
            let path = json.pointer(&format!("/libraries/{}/path", pointer(library))).and_then(Value::as_str);
            let kind = json.pointer(&format!("/libraries/{}/type", pointer(library))).and_then(Value::as_str);
            let is_project = kind == Some("project");
            let place = |asset: &str, in_subfolder: bool| {
                let local = if in_subfolder { Path::new(asset) } else { Path::new(asset.rsplit('/').next().unwrap_or(asset)) };
                let packages = path.into_iter().flat_map(|path| deps.folders.iter().map(move |folder| folder.join(path).join(asset)));
                std::iter::once(app_folder.join(local)).chain(packages).find(|file| file.is_file())
            };
            let mut assemblies = Vec::new();
            let mut natives = Vec::new();
            for (kind, found) in [("runtime", &mut assemblies), ("native", &mut natives)] {
                let specific = best(entry, kind, fitting);
                if specific.is_empty() {
                    let portable = entry.get(kind).and_then(Value::as_object).into_iter().flat_map(|assets| assets.keys());
                    found.extend(portable.map(|asset| (asset.clone(), place(asset, false))));
                } else {
                    found.extend(specific.into_iter().map(|asset| (asset.to_owned(), place(asset, true).or_else(|| place(asset, false)))));
                }
            }
            for (asset, file) in assemblies {
                let name = Path::new(&asset).file_stem().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
                match file {
                    Some(file) => {
                        if is_project {
                            deps.projects.insert(name.clone());
                        }
                        deps.assemblies.insert(name, file);
                    }
                    None => _ = deps.missing.insert(name, library.clone()),
                }
            }
            deps.natives.extend(natives.into_iter().filter_map(|(_, file)| file));
        }
        deps
    }
}

/// A name as a part of a JSON pointer (RFC 6901).
fn pointer(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn parse(bytes: &[u8]) -> Result<Value, String> {
    let json = runtimeconfig::parse(bytes).map_err(|e| e.to_string())?;
    if json.get("targets").is_some_and(Value::is_object) { Ok(json) } else { Err("it has no targets".to_owned()) }
}

/// The assets of `kind` for the best of the target's identifiers that the package has any for.
fn best<'a>(library: &'a Value, kind: &str, target: &Target) -> Vec<&'a str> {
    let Some(assets) = library.get("runtimeTargets").and_then(Value::as_object) else { return Vec::new() };
    let of = |rid: &str| -> Vec<&'a str> {
        let fits = |entry: &Value| {
            let text = |name| entry.get(name).and_then(Value::as_str);
            text("rid") == Some(rid) && text("assetType").unwrap_or("runtime") == kind
        };
        assets.iter().filter(|(_, entry)| fits(entry)).map(|(asset, _)| asset.as_str()).collect()
    };
    target.rid_fallbacks.iter().map(|rid| of(rid)).find(|list| !list.is_empty()).unwrap_or_default()
}

/// Where packages may lie, in the order they are looked at.
fn package_folders(app: &Path) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    let dev = fs::read(app.with_extension("runtimeconfig.dev.json")).ok().and_then(|text| runtimeconfig::parse(&text).ok());
    let paths = dev.as_ref().and_then(|json| json.pointer("/runtimeOptions/additionalProbingPaths")).and_then(Value::as_array);
    folders.extend(paths.into_iter().flatten().filter_map(Value::as_str).map(PathBuf::from));
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    folders.extend(variable("NUGET_PACKAGES").or_else(|| variable("HOME").map(|home| home.join(".nuget/packages"))));
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the SDK writes it for an application with a plain package, and one with assets of its own for some systems.
    const MANIFEST: &str = r#"{
      "runtimeTarget": { "name": ".NETCoreApp,Version=v9.0", "signature": "" },
      "targets": { ".NETCoreApp,Version=v9.0": {
        "App/1.0.0": { "dependencies": { "Plain": "1.2.3", "Native": "2.0.0" }, "runtime": { "App.dll": {} } },
        "Plain/1.2.3": { "runtime": { "lib/net6.0/Plain.dll": { "assemblyVersion": "1.2.0.0", "fileVersion": "1.2.3.0" } } },
        "Native/2.0.0": {
          "runtime": { "lib/net8.0/Native.dll": {} },
          "runtimeTargets": {
            "runtimes/linux-x64/native/libnative.so": { "rid": "linux-x64", "assetType": "native" },
            "runtimes/win-x64/native/native.dll": { "rid": "win-x64", "assetType": "native" },
            "runtimes/unix/lib/net8.0/Native.dll": { "rid": "unix", "assetType": "runtime" },
            "runtimes/win/lib/net8.0/Native.dll": { "rid": "win", "assetType": "runtime" } } },
        "Absent/1.0.0": { "runtime": { "lib/net8.0/Absent.dll": {} } } } },
      "libraries": {
        "App/1.0.0": { "type": "project", "serviceable": false, "sha512": "" },
        "Plain/1.2.3": { "type": "package", "path": "plain/1.2.3", "hashPath": "plain.1.2.3.nupkg.sha512" },
        "Native/2.0.0": { "type": "package", "path": "native/2.0.0", "hashPath": "native.2.0.0.nupkg.sha512" },
        "Absent/1.0.0": { "type": "package", "path": "absent/1.0.0", "hashPath": "absent.1.0.0.nupkg.sha512" } } }"#;

    #[test]
    fn files_come_from_the_package_folder_and_fit_the_target() {
        let root = std::env::temp_dir().join(format!("kiln-deps-{}", std::process::id()));
        let (app, packages) = (root.join("app"), root.join("packages"));
        let files = ["plain/1.2.3/lib/net6.0/Plain.dll", "native/2.0.0/lib/net8.0/Native.dll"];
        let specific = ["native/2.0.0/runtimes/linux-x64/native/libnative.so", "native/2.0.0/runtimes/unix/lib/net8.0/Native.dll"];
        for file in files.iter().chain(&specific).map(|file| packages.join(file)).chain([app.join("App.dll")]) {
            fs::create_dir_all(file.parent().expect("a folder")).expect("created");
            fs::write(file, "").expect("written");
        }
        let json: Value = serde_json::from_str(MANIFEST).expect("JSON");
        let target = Target::ALL[0];
        let deps = Deps::resolve(&json, &app, vec![packages.clone()], target);
        assert_eq!(deps.assemblies.get("app"), Some(&app.join("App.dll")));
        assert_eq!(deps.assemblies.get("plain"), Some(&packages.join(files[0])));
        assert_eq!(deps.assemblies.get("native"), Some(&packages.join(specific[1])));
        assert_eq!(deps.natives, [packages.join(specific[0])]);
        assert_eq!(deps.missing.get("absent").map(String::as_str), Some("Absent/1.0.0"));

        // What lies beside the application wins.
        fs::write(app.join("Plain.dll"), "").expect("written");
        let deps = Deps::resolve(&json, &app, vec![packages], target);
        assert_eq!(deps.assemblies.get("plain"), Some(&app.join("Plain.dll")));
        fs::remove_dir_all(&root).expect("removed");
    }
}
