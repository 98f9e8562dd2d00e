//! The part of the object cache's key that stands for the code generator.

#[path = "../build/digest.rs"]
mod digest;

use digest::{SOURCES, digest};
use std::fs;
use std::path::{Path, PathBuf};

/// A copy of what counts, in a folder that goes with the test.
struct Copy(PathBuf);

impl Copy {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("kiln-digest-{}", std::process::id()));
        for source in SOURCES {
            copy(&crates().join(source), &folder.join(source));
        }
        Self(folder)
    }

    fn digest(&self) -> String {
        digest(&self.0).expect("the sources")
    }

    /// The digest while a file has another text.
    fn with(&self, file: &str, change: impl Fn(&str) -> String) -> String {
        let path = self.0.join(file);
        let text = fs::read_to_string(&path).expect(file);
        fs::write(&path, change(&text)).expect(file);
        let digest = self.digest();
        fs::write(&path, text).expect(file);
        digest
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder of sources").flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).expect("a copy");
        }
    }
}

#[test]
fn it_is_of_all_of_abi_and_of_what_else_decides_the_code() {
    let sources = Copy::new();
    let now = sources.digest();
    assert_eq!(now, kiln_codegen::DIGEST, "the one that was built in");
    for file in ["abi/src/object.rs", "abi/src/gc_info.rs", "codegen/src/llvm/builder.rs", "lir/src/inst.rs", "target/src/lib.rs"] {
        assert_ne!(now, sources.with(file, |text| format!("{text}\nconst X: u32 = 1;\n")), "{file}");
        assert_eq!(now, sources.with(file, |text| format!("// A comment.\n\n{text}")), "{file}");
    }
    fs::write(sources.0.join("abi/src/new.rs"), "pub const X: u32 = 1;\n").expect("a new file");
    assert_ne!(now, sources.digest(), "a new file");
}
