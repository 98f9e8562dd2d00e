//! Where the cache is and what its parts are called (`docs/internals/cache-layout.md`).

use crate::ToolchainError;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Kiln's cache folder: `KILN_CACHE`, else `$XDG_CACHE_HOME/kiln`, else `~/.cache/kiln`.
#[derive(Clone, Debug)]
pub struct Cache {
    root: PathBuf,
}

impl Cache {
    /// Locates the cache; the folder need not exist yet.
    ///
    /// # Errors
    ///
    /// [`ToolchainError::NoCache`] when no environment variable names a place.
    pub fn locate() -> Result<Self, ToolchainError> {
        let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let root = variable("KILN_CACHE")
            .or_else(|| variable("XDG_CACHE_HOME").map(|dir| dir.join("kiln")))
            .or_else(|| variable("HOME").map(|dir| dir.join(".cache/kiln")))
            .ok_or(ToolchainError::NoCache)?;
        // Other processes get these paths too, some with another current folder.
        Ok(Self { root: std::path::absolute(&root).unwrap_or(root) })
    }

    /// The cache in a folder of the caller's choice.
    #[must_use]
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The cache folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Laid out as a .NET installation: `shared/NAME/VERSION` and `host/fxr/VERSION`.
    #[must_use]
    pub fn dotnet(&self) -> PathBuf {
        self.root.join("dotnet")
    }

    /// One folder per version of Roslyn.
    #[must_use]
    pub fn roslyn(&self) -> PathBuf {
        self.root.join("roslyn")
    }

    /// Programs: `kiln-corehost` and the C# compiler driver.
    #[must_use]
    pub fn bin(&self) -> PathBuf {
        self.root.join("bin")
    }

    /// A Rust compiler with standard libraries for other targets: `bin/rustc`, `lib/rustlib/TRIPLE`.
    #[must_use]
    pub fn rust(&self) -> PathBuf {
        self.root.join("rust")
    }

    /// Packages as they came from a registry.
    #[must_use]
    pub fn downloads(&self) -> PathBuf {
        self.root.join("downloads")
    }

    /// Assemblies compiled from C# sources, one folder per content hash.
    #[must_use]
    pub fn compiled(&self) -> PathBuf {
        self.root.join("csc")
    }

    /// The end of a name that no other thread of any process uses.
    pub(crate) fn unique() -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        format!("{}-{}.tmp", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
    }

    /// Whether a file can be written in `dir`, which is made if it does not exist.
    #[must_use]
    pub fn is_writable(dir: &Path) -> bool {
        let probe = dir.join(format!(".probe.{}", Self::unique()));
        let written = fs::create_dir_all(dir).and_then(|()| fs::write(&probe, b"x"));
        // What could be written can be removed; what could not be, need not.
        let _ = fs::remove_file(&probe);
        written.is_ok()
    }

    /// Writes `bytes` to `path` so that no reader, in this or another process, ever sees half of them.
    ///
    /// # Errors
    ///
    /// [`ToolchainError::Io`] when the file cannot be written.
    pub fn write(path: &Path, bytes: &[u8]) -> Result<(), ToolchainError> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(ToolchainError::io(parent))?;
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}", Self::unique()));
        let temporary = path.with_file_name(name);
        fs::write(&temporary, bytes).map_err(ToolchainError::io(&temporary))?;
        fs::rename(&temporary, path).map_err(ToolchainError::io(path))
    }
}
