//! Programs for targets that this machine is not: their runtime library, and an emulator of their processor to run them.
//!
//! `cargo xtask setup` installs what is needed: qemu's user-mode emulation, the target's C library, a Rust standard library.

use crate::tools::workspace;
use kiln_target::{Linker, Target};
use kiln_toolchain::{build_runtime, foreign_compiler};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// A target and what its programs are built and run with.
#[derive(Clone, Debug)]
pub struct Foreign {
    /// The target.
    pub target: &'static Target,
    emulator: PathBuf,
    /// Holds the target's loader and C library.
    root: PathBuf,
    /// cargo's folder to build the runtime library in.
    build: PathBuf,
    archive: OnceLock<Result<PathBuf, String>>,
}

impl Foreign {
    /// Looks for what the target needs; `build` is cargo's target folder.
    ///
    /// # Errors
    ///
    /// What is missing.
    pub fn find(target: &'static Target, build: &Path) -> Result<Self, String> {
        let Linker::Gnu(facts) = &target.linker;
        let name = format!("qemu-{}", facts.gcc);
        let path = env::var_os("PATH").unwrap_or_default();
        let emulator = env::split_paths(&path)
            .map(|folder| folder.join(&name))
            .find(|file| file.is_file())
            .ok_or_else(|| format!("there is no {name}, which runs programs for {}: run `cargo xtask setup`", target.rid))?;
        let root = Path::new("/usr").join(facts.multiarch);
        if !root.join(facts.loader.trim_start_matches('/')).exists() {
            return Err(format!("{} holds no C library for {}: run `cargo xtask setup`", root.display(), target.rid));
        }
        foreign_compiler(target).map_err(|e| e.to_string())?;
        Ok(Self { target, emulator, root, build: build.to_owned(), archive: OnceLock::new() })
    }

    /// The target's runtime library, built by the first who asks.
    ///
    /// # Errors
    ///
    /// It does not build.
    pub fn archive(&self) -> Result<PathBuf, String> {
        self.archive.get_or_init(|| build_runtime(self.target, workspace(), &self.build).map_err(|e| e.to_string())).clone()
    }

    /// A command that runs a program of the target.
    #[must_use]
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(&self.emulator);
        command.arg("-L").arg(&self.root).arg(program);
        command
    }
}
