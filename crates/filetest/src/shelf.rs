//! Packages of others that tests run over, where the machine has them: a folder of `.nupkg` files ([`feed`]) and what lies beside the framework and
//! Roslyn in the archives that set-up fetches ([`archive`]). Nothing is downloaded, and the repository has none of it.
//!
//! A program names packages and versions; what these depend on comes along by the rules of NuGet: of each package one version, the highest that
//! anything asks for, and of what the shared frameworks have, theirs. (What a package is, and target frameworks: the documentation of NuGet.)

mod archive;
mod feed;

use crate::Tools;
use kiln_toolchain::Cache;
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A package by name and version.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Wanted {
    /// The name in lower case.
    pub id: String,
    /// The version as it was written.
    pub version: String,
}

impl Wanted {
    fn new(id: &str, version: &str) -> Self {
        Self { id: id.to_lowercase(), version: version.trim_matches(['[', ']', '(', ')']).to_owned() }
    }

    /// `NAME VERSION`.
    ///
    /// # Errors
    ///
    /// Something else.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (id, version) = text.split_once(' ').ok_or_else(|| format!("`{text}` is no package and version"))?;
        Ok(Self::new(id, version))
    }
}

/// A package that is at hand.
#[derive(Clone, Debug)]
struct Package {
    version: String,
    /// The archive, where it was not looked into yet.
    sealed: Option<PathBuf>,
    depends: Vec<Wanted>,
    /// The assemblies.
    files: Vec<PathBuf>,
}

/// All packages that are at hand.
#[derive(Debug)]
pub struct Shelf {
    /// By name in lower case.
    packages: BTreeMap<String, Vec<Package>>,
    /// The folders of the shared frameworks.
    frameworks: Vec<PathBuf>,
    /// Where archives are unpacked.
    unpacked: PathBuf,
    /// Where was looked, for people.
    pub places: Vec<String>,
}

/// Target frameworks whose assemblies run on the framework of the tests, best first.
const FRAMEWORKS: [&str; 16] = [
    "net9.0",
    "net8.0",
    "net7.0",
    "net6.0",
    "net5.0",
    "netcoreapp3.1",
    "netcoreapp3.0",
    "netcoreapp2.1",
    "netcoreapp2.0",
    "netstandard2.1",
    "netstandard2.0",
    "netstandard1.6",
    "netstandard1.3",
    "netstandard1.1",
    "netstandard1.0",
    "any",
];

/// The place of a target framework, written as a folder's name or as a specification does it, among [`FRAMEWORKS`].
fn rank(framework: &str) -> Option<usize> {
    let name = framework.trim_start_matches('.').to_lowercase();
    FRAMEWORKS.iter().position(|known| *known == name)
}

/// A version's numbers; what follows a hyphen does not count.
fn numbers(version: &str) -> Vec<u32> {
    let numbers = version.split('-').next().unwrap_or_default();
    let mut all: Vec<u32> = numbers.split('.').map(|n| n.parse().unwrap_or(0)).collect();
    all.resize(4, 0);
    all
}

/// What is in a folder, sorted; nothing where there is none.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = folder.read_dir().into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    all.sort();
    all
}

/// The assemblies in a folder, sorted; nothing where there is none.
pub(crate) fn assemblies(folder: &Path) -> Vec<PathBuf> {
    let mut all = entries(folder);
    all.retain(|path| path.extension().is_some_and(|e| e == "dll"));
    all
}

/// Fills a folder, which appears when it is complete.
fn appear(folder: &Path, fill: impl FnOnce(&Path) -> Result<(), String>) -> Result<(), String> {
    let half = folder.with_extension(format!("{}.half", std::process::id()));
    fs::create_dir_all(&half).map_err(|e| format!("{}: {e}", half.display()))?;
    fill(&half)?;
    fs::rename(&half, folder).or_else(|e| if folder.is_dir() { Ok(()) } else { Err(format!("{}: {e}", folder.display())) })
}

/// What an unpacking program says, as an error if it failed with another code than `fine`.
fn done(archive: &Path, unpacker: &mut Command, fine: Option<i32>) -> Result<(), String> {
    let program = unpacker.get_program().to_string_lossy().into_owned();
    let output = unpacker.output().map_err(|e| format!("{program}: {e}"))?;
    if output.status.success() || fine.is_some() && output.status.code() == fine {
        return Ok(());
    }
    Err(format!("{}: {}", archive.display(), String::from_utf8_lossy(&output.stderr)))
}

impl Shelf {
    /// Looks where packages may be.
    ///
    /// # Errors
    ///
    /// What is there and cannot be read.
    pub fn open(tools: &Tools) -> Result<Self, String> {
        let cache = Cache::locate().map_err(|e| e.to_string())?;
        let mut shelf = Self {
            packages: BTreeMap::new(),
            frameworks: [Some(tools.framework.dir.clone()), tools.framework.aspnetcore()].into_iter().flatten().collect(),
            unpacked: tools.target.join("shelf"),
            places: Vec::new(),
        };
        for (found, member) in archive::at_hand(&cache.downloads()) {
            let packages = archive::read(&found, member, &shelf.unpacked)?;
            shelf.place(found.display().to_string(), packages);
        }
        let named = env::var_os("KILN_PACKAGES").map(PathBuf::from);
        let beside = crate::tools::workspace().join("../shared/packages/feed");
        if let Some(folder) = named.or_else(|| beside.is_dir().then_some(beside)) {
            shelf.place(folder.display().to_string(), feed::read(&folder)?);
        }
        Ok(shelf)
    }

    fn place(&mut self, from: String, packages: Vec<(String, Package)>) {
        self.places.push(from);
        for (id, package) in packages {
            self.packages.entry(id).or_default().push(package);
        }
    }

    /// The folders of the shared frameworks that programs find assemblies in.
    #[must_use]
    pub fn frameworks(&self) -> &[PathBuf] {
        &self.frameworks
    }

    /// Puts the assemblies of packages, and of what they depend on, into `folder`.
    ///
    /// # Errors
    ///
    /// What is not at hand.
    pub fn lay(&self, wanted: &[Wanted], folder: &Path) -> Result<(), String> {
        fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        for package in self.resolve(wanted)? {
            for file in &package.files {
                let name = file.file_name().unwrap_or_default();
                let to = folder.join(name);
                if !to.is_file() {
                    fs::hard_link(file, &to).map_err(|e| format!("{}: {e}", to.display()))?;
                }
            }
        }
        Ok(())
    }

    fn resolve(&self, wanted: &[Wanted]) -> Result<Vec<Package>, String> {
        let mut chosen: BTreeMap<String, Package> = BTreeMap::new();
        let mut queue: Vec<(Wanted, bool)> = wanted.iter().cloned().map(|w| (w, true)).collect();
        while let Some((next, named)) = queue.pop() {
            let enough = chosen.get(&next.id).is_some_and(|have| numbers(&have.version) >= numbers(&next.version));
            if enough || !named && self.is_shared(&next) {
                continue;
            }
            let Some(package) = self.find(&next, named) else {
                // What packages for old frameworks name, and no assembly is in.
                if next.id == "netstandard.library" || next.id.starts_with("microsoft.netcore.") {
                    continue;
                }
                return Err(format!("the package {} {} is not at hand", next.id, next.version));
            };
            let package = feed::open(package, &self.unpacked)?;
            queue.extend(package.depends.iter().cloned().map(|w| (w, false)));
            chosen.insert(next.id, package);
        }
        Ok(chosen.into_values().collect())
    }

    /// The version that was named, else the lowest that is enough.
    fn find(&self, wanted: &Wanted, named: bool) -> Option<&Package> {
        let all = self.packages.get(&wanted.id)?;
        let enough = |p: &&Package| if named { p.version == wanted.version } else { numbers(&p.version) >= numbers(&wanted.version) };
        all.iter().filter(enough).min_by_key(|p| numbers(&p.version))
    }

    /// Whether a shared framework has the package's assembly, in this version or a later one.
    fn is_shared(&self, wanted: &Wanted) -> bool {
        let same = |name: &str| name.strip_suffix(".dll").is_some_and(|name| name.eq_ignore_ascii_case(&wanted.id));
        self.frameworks.iter().any(|folder| {
            let version = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let mut entries = folder.read_dir().into_iter().flatten().flatten();
            numbers(&version) >= numbers(&wanted.version) && entries.any(|entry| same(&entry.file_name().to_string_lossy()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(version: &str, depends: &[&str]) -> Package {
        let depends = depends.iter().map(|text| Wanted::parse(text).expect("package")).collect();
        Package { version: version.to_owned(), sealed: None, depends, files: Vec::new() }
    }

    #[test]
    fn of_a_package_the_highest_version_comes_that_anything_asks_for() {
        let mut shelf = Shelf { packages: BTreeMap::new(), frameworks: Vec::new(), unpacked: PathBuf::new(), places: Vec::new() };
        let of = |id: &str, package: Package| (id.to_owned(), package);
        shelf.place(
            "here".to_owned(),
            vec![
                of("a", package("1.0.0", &["B 1.2", "C 1.0.0"])),
                of("b", package("1.2.3", &[])),
                of("b", package("1.10.0", &[])),
                of("c", package("1.0.1-beta", &["B 1.9"])),
            ],
        );
        let versions = |wanted: &[&str]| -> Result<Vec<String>, String> {
            let wanted: Vec<Wanted> = wanted.iter().map(|text| Wanted::parse(text).expect("package")).collect();
            Ok(shelf.resolve(&wanted)?.iter().map(|p| p.version.clone()).collect())
        };
        assert_eq!(versions(&["A 1.0.0"]), Ok(vec!["1.0.0".to_owned(), "1.10.0".to_owned(), "1.0.1-beta".to_owned()]));
        assert_eq!(versions(&["B 1.2.3"]), Ok(vec!["1.2.3".to_owned()]));
        assert_eq!(versions(&["B 1.2"]), Err("the package b 1.2 is not at hand".to_owned()));
    }
}
