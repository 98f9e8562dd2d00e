//! The digest of the code generator, so that the object cache forgets the entries of another one.

#[path = "build/digest.rs"]
mod digest;

use std::path::Path;

fn main() -> std::io::Result<()> {
    let crates = Path::new("..");
    for source in digest::SOURCES {
        println!("cargo::rerun-if-changed=../{source}");
    }
    println!("cargo::rustc-env=KILN_CODEGEN_DIGEST={}", digest::digest(crates)?);
    Ok(())
}
