//! A digest of the sources that decide what code comes out, so that the object cache forgets entries of another code generator:
//! this crate's, and the parts of `abi` whose layouts it writes.

use kiln_support::ContentHasher;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What is hashed, relative to this crate.
const SOURCES: &[&str] = &["src", "../abi/src/gc_info.rs", "../abi/src/eh_info.rs", "../abi/src/thread.rs"];

fn collect(path: &Path, out: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        out.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        collect(&entry?.path(), out)?;
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let mut files = Vec::new();
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
        collect(Path::new(source), &mut files)?;
    }
    files.sort();
    let mut hasher = ContentHasher::new("code generator");
    for file in &files {
        hasher.update(file.as_os_str().as_encoded_bytes()).update(&fs::read(file)?);
    }
    println!("cargo::rustc-env=KILN_CODEGEN_DIGEST={}", hasher.finish());
    Ok(())
}
