//! Where the linker, the C start files and libraries are.
//!
//! Linker, first found: `KILN_LLD` (path), `ld.lld-22` and `ld.lld` in `PATH`, `/usr/lib/llvm-22/bin/ld.lld`, then the `ld.lld` that
//! comes with a Rust toolchain (`$RUSTUP_HOME` or `~/.rustup`, `lib/rustlib/*/bin/gcc-ld/ld.lld`).
//!
//! Libraries: the newest GCC directory of the target (`/usr/lib/gcc/NAME/N`, `/usr/lib/gcc-cross/NAME/N`, for `libgcc.a` and
//! `libgcc_eh.a`), then Debian's multiarch directories and those of its cross packages; for the machine itself also `lib64` and `lib`.

use crate::LinkError;
use kiln_target::{GnuLinker, Target};
use std::path::{Path, PathBuf};

/// Library directories in search order.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// Directories that exist.
    pub library_dirs: Vec<PathBuf>,
    rid: &'static str,
}

impl Toolchain {
    /// Looks at the file system for what a target needs.
    #[must_use]
    pub fn find(target: &Target, facts: &GnuLinker) -> Self {
        let mut dirs = Vec::new();
        for root in ["/usr/lib/gcc", "/usr/lib64/gcc", "/usr/lib/gcc-cross"] {
            let mut versions: Vec<(u32, PathBuf)> = Vec::new();
            for triple in entries(Path::new(root)).into_iter().filter(|p| file_name(p).starts_with(facts.gcc)) {
                for version in entries(&triple) {
                    let number = file_name(&version).split('.').next().and_then(|n| n.parse().ok());
                    if let Some(number) = number
                        && version.join("libgcc.a").exists()
                    {
                        versions.push((number, version));
                    }
                }
            }
            versions.sort();
            dirs.extend(versions.pop().map(|v| v.1));
        }
        let name = facts.multiarch;
        let own = [format!("/usr/lib/{name}"), format!("/lib/{name}"), format!("/usr/{name}/lib")].map(PathBuf::from);
        // Libraries in folders without a name of the target are the machine's own.
        let general = ["/usr/lib64", "/lib64", "/usr/lib", "/lib"].map(PathBuf::from);
        dirs.extend(own.into_iter().chain(general.into_iter().filter(|_| target.is_host())).filter(|dir| dir.is_dir()));
        Self { library_dirs: dirs, rid: target.rid }
    }

    /// The C library's loader understands packed relative relocations (glibc 2.36 and later say so by a version name).
    #[must_use]
    pub fn packs_relocations(&self) -> bool {
        const VERSION: &[u8] = b"GLIBC_ABI_DT_RELR";
        let libc = self.library_dirs.iter().map(|d| d.join("libc.so.6")).find(|p| p.exists());
        libc.and_then(|p| std::fs::read(p).ok()).is_some_and(|data| data.windows(VERSION.len()).any(|w| w == VERSION))
    }

    /// A file of the C library.
    ///
    /// # Errors
    /// It is in none of the directories.
    pub fn file(&self, name: &str) -> Result<PathBuf, LinkError> {
        self.library_dirs.iter().map(|d| d.join(name)).find(|p| p.exists()).ok_or_else(|| LinkError::MissingFile {
            file: name.to_owned(),
            rid: self.rid,
            searched: self.library_dirs.iter().map(|d| d.display().to_string()).collect::<Vec<_>>().join(", "),
        })
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Directory entries, sorted; empty when it cannot be read.
fn entries(dir: &Path) -> Vec<PathBuf> {
    let mut list: Vec<PathBuf> = std::fs::read_dir(dir).map(|all| all.flatten().map(|e| e.path()).collect()).unwrap_or_default();
    list.sort();
    list
}

/// Finds lld.
///
/// # Errors
/// There is none.
pub fn find_linker() -> Result<PathBuf, LinkError> {
    if let Some(path) = std::env::var_os("KILN_LLD").filter(|path| !path.is_empty()) {
        return Ok(PathBuf::from(path));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut candidates: Vec<PathBuf> = Vec::new();
    for name in ["ld.lld-22", "ld.lld"] {
        candidates.extend(std::env::split_paths(&path).map(|dir| dir.join(name)));
    }
    candidates.push(PathBuf::from("/usr/lib/llvm-22/bin/ld.lld"));
    let rustup =
        std::env::var_os("RUSTUP_HOME").map(PathBuf::from).or_else(|| std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".rustup")));
    if let Some(rustup) = rustup {
        for toolchain in entries(&rustup.join("toolchains")).into_iter().rev() {
            for target in entries(&toolchain.join("lib/rustlib")) {
                candidates.push(target.join("bin/gcc-ld/ld.lld"));
            }
        }
    }
    candidates
        .into_iter()
        .find(|p| p.is_file())
        .ok_or_else(|| LinkError::NoLinker { searched: "KILN_LLD, ld.lld-22, ld.lld, /usr/lib/llvm-22/bin, Rust toolchains".to_owned() })
}
