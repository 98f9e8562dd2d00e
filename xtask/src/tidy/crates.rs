//! Manifests against the layer table, and the policy on unsafe code.

use crate::layers::LAYERS;
use std::fs;
use std::path::{Path, PathBuf};

/// Checks every crate of the workspace.
pub(super) fn check(root: &Path, problems: &mut Vec<String>) -> Result<(), String> {
    let mut seen = Vec::new();
    for folder in members(root)? {
        let manifest = folder.join("Cargo.toml");
        let text = fs::read_to_string(&manifest).map_err(|e| format!("{}: {e}", manifest.display()))?;
        let name = folder.strip_prefix(root).unwrap_or(&folder).display().to_string();
        let Some(package) = package(&text) else {
            problems.push(format!("{name}/Cargo.toml: no package name"));
            continue;
        };
        seen.push(package.to_owned());
        for line in ["license.workspace = true", "edition.workspace = true"] {
            if !text.contains(line) {
                problems.push(format!("{name}/Cargo.toml: `{line}` is missing"));
            }
        }
        if !text.contains("[lints]\nworkspace = true") {
            problems.push(format!("{name}/Cargo.toml: the workspace's lints are not used"));
        }
        let Some(layer) = LAYERS.iter().find(|layer| layer.package == package) else {
            problems.push(format!("{name}: `{package}` is not in xtask/src/layers.rs"));
            continue;
        };
        for used in dependencies(&text) {
            if LAYERS.iter().any(|layer| layer.package == used) && !layer.may_use.contains(&used.as_str()) {
                problems.push(format!("{name}: the arrow {package} -> {used} is not allowed (xtask/src/layers.rs)"));
            }
        }
        let roots = ["src/lib.rs", "src/main.rs"].map(|file| folder.join(file));
        for root_file in roots.iter().filter(|file| file.is_file()) {
            let source = fs::read_to_string(root_file).map_err(|e| format!("{}: {e}", root_file.display()))?;
            let forbids = source.contains("#![forbid(unsafe_code)]");
            if !forbids && layer.unsafe_because.is_none() {
                problems.push(format!("{name}: `#![forbid(unsafe_code)]` is missing in {}", root_file.display()));
            }
        }
    }
    for layer in LAYERS {
        if !seen.iter().any(|package| package == layer.package) {
            problems.push(format!("xtask/src/layers.rs: there is no crate `{}`", layer.package));
        }
    }
    Ok(())
}

/// The folders of the workspace's crates.
fn members(root: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = vec![root.join("xtask")];
    for group in ["crates", "runtime"] {
        let folder = root.join(group);
        let entries = folder.read_dir().map_err(|e| format!("{}: {e}", folder.display()))?;
        found.extend(entries.flatten().map(|entry| entry.path()).filter(|path| path.join("Cargo.toml").is_file()));
    }
    found.sort();
    Ok(found)
}

fn package(manifest: &str) -> Option<&str> {
    let line = manifest.lines().find(|line| line.starts_with("name = "))?;
    line.split('"').nth(1)
}

/// The names in `[dependencies]`. Tests may use what they like, so `[dev-dependencies]` is not looked at.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut inside = false;
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[dependencies]";
        } else if inside && !line.starts_with('#') {
            let name: String = line.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect();
            if !name.is_empty() {
                names.push(name);
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ordinary_dependencies_are_arrows() {
        let manifest = "[package]\nname = \"kiln-x\"\n[dependencies]\nkiln-abi.workspace = true\n# no\nobject = \"1\"\n[dev-dependencies]\nkiln-y = {}\n";
        assert_eq!(package(manifest), Some("kiln-x"));
        assert_eq!(dependencies(manifest), ["kiln-abi", "object"]);
    }
}
