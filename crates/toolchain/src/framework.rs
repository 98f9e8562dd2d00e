//! Finds the folder of the class library, `Microsoft.NETCore.App`.
//!
//! The order is part of Kiln's contract with its users: what is named explicitly wins, then what the machine has
//! installed, then the cache. A folder that is named and is wrong is an error, never a reason to look elsewhere.

mod roll_forward;

pub use roll_forward::{Request, RollForward};

use crate::{Cache, ToolchainError};
use std::env;
use std::path::{Path, PathBuf};

/// The file whose presence makes a folder a framework.
const CORE_LIBRARY: &str = "System.Private.CoreLib.dll";
/// The major versions of .NET that Kiln is made for, the newest last; others are only looked at when nothing else is there.
pub const SUPPORTED_MAJORS: &[u32] = &[9, 10];

/// How much a version is wanted: those that Kiln is made for before all others.
fn rank(major: Option<u32>) -> Option<usize> {
    SUPPORTED_MAJORS.iter().position(|supported| Some(*supported) == major)
}

/// Where a framework came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FrameworkSource {
    /// `--framework DIR`.
    Explicit,
    /// The environment variable `KILN_FRAMEWORK`.
    Environment,
    /// An installation of .NET (`DOTNET_ROOT` or `dotnet` on the PATH).
    Installed,
    /// Kiln's cache, filled by `cargo xtask setup`.
    Cache,
}

/// A folder with the assemblies of `Microsoft.NETCore.App`.
#[derive(Clone, Debug)]
pub struct Framework {
    /// The folder.
    pub dir: PathBuf,
    /// The version, for example `9.0.7`; taken from the folder's name, or `unknown`.
    pub version: String,
    /// How it was found.
    pub source: FrameworkSource,
}

impl Framework {
    /// Its version as numbers, where it is known.
    fn numbers(&self) -> Option<[u32; 3]> {
        parse_version(&self.version)
    }

    /// Is it of a major version that Kiln is made for?
    #[must_use]
    pub fn is_supported(&self) -> bool {
        rank(self.major()).is_some()
    }

    /// The major version, where the version is known.
    #[must_use]
    pub fn major(&self) -> Option<u32> {
        self.version.split('.').next()?.parse().ok()
    }

    /// The paths of all assemblies in the folder, sorted by name.
    ///
    /// # Errors
    ///
    /// [`ToolchainError::Io`] when the folder cannot be read.
    pub fn assemblies(&self) -> Result<Vec<PathBuf>, ToolchainError> {
        let mut found: Vec<PathBuf> = self
            .dir
            .read_dir()
            .map_err(ToolchainError::io(&self.dir))?
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "dll"))
            .collect();
        found.sort();
        Ok(found)
    }

    /// The folder of the ASP.NET Core framework of the same installation, if there is one.
    #[must_use]
    pub fn aspnetcore(&self) -> Option<PathBuf> {
        let shared = self.dir.parent()?.parent()?;
        let dir = shared.join("Microsoft.AspNetCore.App").join(&self.version);
        dir.is_dir().then_some(dir)
    }
}

/// Finds the framework to compile against: `explicit`, `KILN_FRAMEWORK`, an installed .NET, the cache; of these the newest.
///
/// # Errors
///
/// [`ToolchainError::NotAFramework`] when a folder that was named is none, [`ToolchainError::NoFramework`] when nothing was found.
pub fn find_framework(explicit: Option<&Path>) -> Result<Framework, ToolchainError> {
    find_framework_for(explicit, None)
}

/// The same for a program that asks for a version: what is named explicitly is taken whatever its version is, and of all others the one
/// that the host of .NET would take.
///
/// # Errors
///
/// As [`find_framework`], and [`ToolchainError::NoFittingFramework`].
pub fn find_framework_for(explicit: Option<&Path>, request: Option<&Request>) -> Result<Framework, ToolchainError> {
    if let Some(dir) = explicit {
        return named(dir, "--framework", FrameworkSource::Explicit);
    }
    if let Some(dir) = env::var_os("KILN_FRAMEWORK").filter(|value| !value.is_empty()) {
        return named(Path::new(&dir), "KILN_FRAMEWORK", FrameworkSource::Environment);
    }
    let mut looked_at = vec!["--framework".to_owned(), "KILN_FRAMEWORK".to_owned()];
    let root = dotnet_root();
    let cache = Cache::locate().ok().map(|cache| cache.dotnet());
    let places = [(root.as_deref(), FrameworkSource::Installed), (cache.as_deref(), FrameworkSource::Cache)];
    let places = places.into_iter().filter_map(|(root, source)| Some((root?, source)));
    if let Some(request) = request {
        let all: Vec<Framework> = places.clone().flat_map(|(root, source)| installed(root, source).map(|(_, found)| found)).collect();
        if !all.is_empty() {
            return fitting(all, request);
        }
    }
    let found: Vec<Framework> = places.filter_map(|(root, source)| newest(root, source)).collect();
    // A supported version in the cache is worth more than an unsupported one that is installed.
    let supported = found.iter().find(|framework| framework.is_supported());
    if let Some(framework) = supported.or(found.first()) {
        return Ok(framework.clone());
    }
    looked_at.push(match &root {
        Some(root) => root.join("shared").display().to_string(),
        None => "DOTNET_ROOT, `dotnet` on the PATH".to_owned(),
    });
    looked_at.push(cache.map_or_else(|| "no cache: neither KILN_CACHE nor HOME is set".to_owned(), |cache| cache.display().to_string()));
    Err(ToolchainError::NoFramework { looked_at })
}

/// A framework of one major version: what `KILN_FRAMEWORK_<major>` names, installed, in the cache; the newest of the first place that has one.
///
/// # Errors
///
/// [`ToolchainError::NotAFramework`] when the variable names something else.
pub fn find_framework_of(major: u32) -> Result<Option<Framework>, ToolchainError> {
    if let Some(dir) = env::var_os(format!("KILN_FRAMEWORK_{major}")).filter(|value| !value.is_empty()) {
        return named(Path::new(&dir), "KILN_FRAMEWORK_*", FrameworkSource::Environment).map(Some);
    }
    let default = find_framework(None).ok().filter(|framework| framework.major() == Some(major));
    let places = [(dotnet_root(), FrameworkSource::Installed), (Cache::locate().ok().map(|cache| cache.dotnet()), FrameworkSource::Cache)];
    let mut found = places.into_iter().filter_map(|(root, source)| {
        let root = root?;
        let of_major = installed(&root, source).filter(|(version, _)| version[0] == major);
        of_major.max_by_key(|(version, _)| *version).map(|(_, framework)| framework)
    });
    Ok(default.or_else(|| found.next()))
}

/// The one that a program gets.
fn fitting(mut all: Vec<Framework>, request: &Request) -> Result<Framework, ToolchainError> {
    let versions: Vec<[u32; 3]> = all.iter().filter(|found| found.is_supported()).filter_map(Framework::numbers).collect();
    let chosen = request.choose(&versions);
    match all.iter().position(|found| chosen.is_some() && found.numbers() == chosen) {
        Some(index) => Ok(all.swap_remove(index)),
        None => {
            let found = all.iter().map(|found| format!("{} in {}", found.version, found.dir.display())).collect();
            Err(ToolchainError::NoFittingFramework { request: *request, found })
        }
    }
}

/// The root of the installed .NET: `DOTNET_ROOT`, else the folder of the `dotnet` found on the PATH.
#[must_use]
pub fn dotnet_root() -> Option<PathBuf> {
    if let Some(root) = env::var_os("DOTNET_ROOT").map(PathBuf::from)
        && root.join("shared").is_dir()
    {
        return Some(root);
    }
    env::split_paths(&env::var_os("PATH")?)
        .filter_map(|dir| dir.join("dotnet").canonicalize().ok())
        .filter_map(|program| program.parent().map(Path::to_owned))
        .find(|root| root.join("shared/Microsoft.NETCore.App").is_dir())
}

fn named(dir: &Path, origin: &'static str, source: FrameworkSource) -> Result<Framework, ToolchainError> {
    let dir = dir.canonicalize().map_err(ToolchainError::io(dir))?;
    if dir.join(CORE_LIBRARY).is_file() {
        let version = dir.file_name().and_then(|name| name.to_str()).filter(|name| parse_version(name).is_some());
        return Ok(Framework { version: version.unwrap_or("unknown").to_owned(), dir, source });
    }
    // The root of an installation is as clear a way to name it.
    newest(&dir, source).ok_or(ToolchainError::NotAFramework { dir, origin })
}

/// The newest framework of an installation; one of a supported major version before all others.
fn newest(root: &Path, source: FrameworkSource) -> Option<Framework> {
    installed(root, source).max_by_key(|(key, _)| (rank(Some(key[0])), *key)).map(|(_, framework)| framework)
}

/// The newest framework of an installation, whatever its major version.
pub(crate) fn newest_of_any_major(root: &Path, source: FrameworkSource) -> Option<Framework> {
    installed(root, source).max_by_key(|(key, _)| *key).map(|(_, framework)| framework)
}

/// All frameworks of an installation with their versions.
fn installed(root: &Path, source: FrameworkSource) -> impl Iterator<Item = ([u32; 3], Framework)> + use<> {
    let shared = root.join("shared/Microsoft.NETCore.App");
    shared.read_dir().into_iter().flatten().flatten().filter(|entry| entry.path().join(CORE_LIBRARY).is_file()).filter_map(move |entry| {
        let version = entry.file_name().into_string().ok()?;
        Some((parse_version(&version)?, Framework { dir: entry.path(), version, source }))
    })
}

/// `9.0.7` as three numbers; previews (`10.0.0-rc.1`) count as the version they lead to.
#[must_use]
pub fn parse_version(text: &str) -> Option<[u32; 3]> {
    let mut parts = text.split('-').next()?.split('.').map(str::parse);
    Some([parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(parse_version("9.0.10") > parse_version("9.0.7"));
        assert_eq!(parse_version("10.0.0-preview.3"), Some([10, 0, 0]));
        assert_eq!(parse_version("net9"), None);
    }

    #[test]
    fn a_named_folder_that_is_no_framework_is_an_error() {
        let error = find_framework(Some(Path::new("/"))).expect_err("`/` is no framework");
        assert!(matches!(error, ToolchainError::NotAFramework { origin: "--framework", .. }), "{error}");
    }
}
