//! The digest of the sources that decide what code comes out of LIR: this crate, the layouts and formats of `abi`, what LIR means, and
//! the facts of targets. Comments do not count, so that a better one costs nobody a cache.

use kiln_support::ContentHasher;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What counts, relative to the folder of the crates.
pub const SOURCES: &[&str] = &["abi/src", "codegen/src", "lir/src", "target/src"];

/// The digest of the sources in `crates`.
///
/// # Errors
///
/// What the file system reports.
pub fn digest(crates: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    for source in SOURCES {
        collect(&crates.join(source), &mut files)?;
    }
    files.sort();
    let mut hasher = ContentHasher::new("code generator");
    for file in &files {
        let name = file.strip_prefix(crates).unwrap_or(file);
        hasher.update(name.as_os_str().as_encoded_bytes());
        let text = fs::read_to_string(file)?;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")) {
            hasher.update(line.as_bytes());
        }
    }
    Ok(hasher.finish().to_string())
}

fn collect(folder: &Path, out: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, out)?;
        } else {
            out.push(path);
        }
    }
    Ok(())
}
