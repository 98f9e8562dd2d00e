//! Fetches packages by name and version through the `npm` client, checks them against a pinned checksum and unpacks files.

use kiln_toolchain::Cache;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A package, exactly.
pub(super) struct Package {
    /// The name in the registry.
    pub(super) name: &'static str,
    /// The version.
    pub(super) version: &'static str,
    /// SHA-256 of the archive.
    pub(super) sha256: &'static str,
    /// For the progress line.
    pub(super) megabytes: u32,
}

/// The package's archive in the cache, downloaded if need be.
pub(super) fn fetch(cache: &Cache, package: &Package) -> Result<PathBuf, String> {
    let downloads = cache.downloads();
    fs::create_dir_all(&downloads).map_err(|e| format!("{}: {e}", downloads.display()))?;
    let file = package.name.trim_start_matches('@').replace('/', "-");
    let archive = downloads.join(format!("{file}-{}.tgz", package.version));
    if archive.is_file() && checksum(&archive)? == package.sha256 {
        return Ok(archive);
    }
    super::progress(&format!("fetching {} {} ({} MB) with npm", package.name, package.version, package.megabytes));
    let specification = format!("{}@{}", package.name, package.version);
    let mut npm = Command::new("npm");
    npm.args(["pack", "--silent", "--ignore-scripts", "--pack-destination"]).arg(&downloads).arg(&specification);
    // `npm pack` looks at the package.json of the current folder.
    npm.current_dir(&downloads);
    match npm.output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(format!(
                "`npm` is not installed, and {specification} comes through it\nhelp: install it (Debian: apt-get install npm), \
                 install the .NET SDK instead, or name a framework folder with --framework"
            ));
        }
        Err(error) => return Err(format!("npm: {error}")),
        Ok(output) => success("npm pack", &output)?,
    }
    let found = checksum(&archive)?;
    if found != package.sha256 {
        let _ = fs::remove_file(&archive);
        return Err(format!("{specification} has the checksum {found}, not {}: it was removed", package.sha256));
    }
    Ok(archive)
}

/// Unpacks `members` of an archive to `target`, which is created.
pub(super) fn unpack(archive: &Path, members: &[String], target: &Path) -> Result<(), String> {
    fs::create_dir_all(target).map_err(|e| format!("{}: {e}", target.display()))?;
    let list = target.join("members.list");
    fs::write(&list, members.join("\n")).map_err(|e| format!("{}: {e}", list.display()))?;
    let output = Command::new("tar")
        .args(["--no-same-owner", "-xzf"])
        .arg(archive)
        .arg("-C")
        .arg(target)
        .arg("-T")
        .arg(&list)
        .output()
        .map_err(|e| format!("tar: {e}"))?;
    success("tar", &output)?;
    fs::remove_file(&list).map_err(|e| format!("{}: {e}", list.display()))
}

fn checksum(file: &Path) -> Result<String, String> {
    let output = Command::new("sha256sum").arg(file).output().map_err(|e| format!("sha256sum: {e}"))?;
    success("sha256sum", &output)?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.split_whitespace().next().unwrap_or_default().trim_start_matches('\\').to_owned())
}

fn success(what: &str, output: &Output) -> Result<(), String> {
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{what} failed\n{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}
