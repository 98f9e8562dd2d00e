//! A folder feed: `NAME.VERSION.nupkg` files, each a ZIP archive with a `.nuspec` that names dependencies by target framework, and assemblies in
//! `lib/FRAMEWORK`.

use super::{Package, Wanted, appear, assemblies, done, entries, rank};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The packages in a folder.
pub(super) fn read(folder: &Path) -> Result<Vec<(String, Package)>, String> {
    folder.read_dir().map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut all = Vec::new();
    for file in entries(folder).into_iter().filter(|path| path.extension().is_some_and(|e| e == "nupkg")) {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
        let Some((id, version)) = split(&stem) else { continue };
        let version = version.to_owned();
        all.push((id.to_owned(), Package { version, sealed: Some(file.clone()), depends: Vec::new(), files: Vec::new() }));
    }
    Ok(all)
}

/// The package with what it has and depends on: its archive is unpacked when it is wanted.
pub(super) fn open(package: &Package, unpacked: &Path) -> Result<Package, String> {
    let Some(archive) = &package.sealed else { return Ok(package.clone()) };
    let folder = unpacked.join(archive.file_stem().unwrap_or_default());
    if !folder.is_dir() {
        appear(&folder, |half| unpack(archive, half))?;
    }
    let mut specification = String::new();
    for path in entries(&folder).into_iter().filter(|path| path.extension().is_some_and(|e| e == "nuspec")) {
        specification = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    let ranked = |path: PathBuf| Some((rank(&path.file_name()?.to_string_lossy())?, path));
    let best = entries(&folder.join("lib")).into_iter().filter_map(ranked).min();
    let files = best.map_or(Vec::new(), |(_, best)| assemblies(&best));
    Ok(Package { version: package.version.clone(), sealed: None, depends: dependencies(&specification), files })
}

/// Unpacks assemblies and the specification.
fn unpack(archive: &Path, folder: &Path) -> Result<(), String> {
    let mut unzip = Command::new("unzip");
    unzip.arg("-qo").arg(archive).args(["lib/*.dll", "*.nuspec", "-d"]).arg(folder);
    // 11: one of the patterns matches nothing; a package may have no assemblies.
    done(archive, &mut unzip, Some(11))
}

/// The name and the version: it begins with the first part that is a number.
fn split(stem: &str) -> Option<(&str, &str)> {
    let digit = |&(at, _): &(usize, &str)| stem[at + 1..].starts_with(|c: char| c.is_ascii_digit());
    let (at, _) = stem.match_indices('.').find(digit)?;
    Some((&stem[..at], &stem[at + 1..]))
}

/// The dependencies in a specification: those of the best group, or those without one.
fn dependencies(specification: &str) -> Vec<Wanted> {
    let mut best: Option<(usize, Vec<Wanted>)> = None;
    let mut current = usize::MAX;
    for element in specification.split('<').skip(1) {
        let at = |name: &str| -> Option<&str> { element.split_once(&format!("{name}=\""))?.1.split('"').next() };
        if element.starts_with("group ") || element.starts_with("group>") {
            current = at("targetFramework").map_or(usize::MAX - 1, |name| rank(name).unwrap_or(usize::MAX));
            if best.as_ref().is_none_or(|(rank, _)| current < *rank) && current != usize::MAX {
                best = Some((current, Vec::new()));
            }
        } else if element.starts_with("/group") {
            current = usize::MAX;
        } else if let (true, Some(id), Some(version)) = (element.starts_with("dependency "), at(" id"), at(" version")) {
            let wanted = Wanted::new(id, version.split(',').next().unwrap_or_default());
            match &mut best {
                Some((rank, list)) if *rank == current => list.push(wanted),
                None if current == usize::MAX => best = Some((usize::MAX, vec![wanted])),
                _ => {}
            }
        }
    }
    best.map_or(Vec::new(), |(_, list)| list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_says_package_and_version() {
        assert_eq!(split("a.b.1.2.3"), Some(("a.b", "1.2.3")));
        assert_eq!(split("a.b"), None);
    }

    #[test]
    fn the_dependencies_of_the_best_framework_count() {
        let ids = |text: &str| -> Vec<String> { dependencies(text).into_iter().map(|w| format!("{} {}", w.id, w.version)).collect() };
        let groups = r#"<group targetFramework=".NETStandard2.0"><dependency id="Old" version="1.0" /></group>
            <group targetFramework="net8.0"><dependency id="New" version="[2.0, )" /><dependency id="More" version="3" /></group>
            <group targetFramework="net47"><dependency id="Desktop" version="1.0" /></group>"#;
        assert_eq!(ids(groups), ["new 2.0", "more 3"]);
        assert_eq!(
            ids(r#"<group targetFramework="net8.0" /><group targetFramework="netstandard2.0"><dependency id="A" version="1" /></group>"#),
            [""; 0]
        );
        assert_eq!(
            ids(r#"<dependencies><dependency id="A" version="1" /><dependency id="B" version="2" /></dependencies>"#),
            ["a 1", "b 2"]
        );
    }
}
