//! Hashes the sources that decide what code comes out, so that the object cache forgets entries of another code generator.

use std::fs;
use std::path::{Path, PathBuf};

fn collect(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { collect(&path, out) } else { out.push(path) }
    }
}

fn main() {
    let mut files =
        vec![PathBuf::from("../abi/src/gc_info.rs"), PathBuf::from("../abi/src/eh_info.rs"), PathBuf::from("../abi/src/thread.rs")];
    collect(Path::new("src"), &mut files);
    files.sort();
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for file in &files {
        println!("cargo::rerun-if-changed={}", file.display());
        for byte in fs::read(file).unwrap_or_default() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rustc-env=KILN_CODEGEN_HASH={hash:016x}");
}
