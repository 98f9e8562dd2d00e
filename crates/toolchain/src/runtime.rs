//! Kiln's own runtime library: its name beside the compiler, and how cargo builds it for this machine and for other targets.
//!
//! For another target the Rust compiler needs a standard library of that target. Where rustup is asked for it
//! (`rustup target add`) it lies in the compiler's own folder; `cargo xtask setup` puts a compiler of Debian's with one into the
//! cache, which leaves the machine's own alone (docs/internals/targets.md).

use crate::{Cache, ToolchainError};
use kiln_target::{Linker, Target};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The stack walker follows frame pointers through the runtime, and exceptions unwind through it. A function that reads its frame
/// pointer must have set it up, also on the way to a quick return.
const FLAGS: &str = "-C force-frame-pointers=yes -C relocation-model=pic -C force-unwind-tables=yes -C llvm-args=-enable-shrink-wrap=false";

/// File of the runtime library.
const ARCHIVE: &str = "libkilnrt.a";

/// Where the runtime library of a target lies, seen from the compiler's folder.
#[must_use]
pub fn runtime_archive(target: &Target) -> PathBuf {
    if target.is_host() { PathBuf::from(ARCHIVE) } else { Path::new("lib").join(target.rid).join(ARCHIVE) }
}

/// Builds the runtime library of a target from the workspace's sources into a target folder of cargo's; answers where it is.
///
/// # Errors
///
/// No Rust standard library for the target, or what cargo reports.
pub fn build_runtime(target: &Target, workspace: &Path, target_dir: &Path) -> Result<PathBuf, ToolchainError> {
    let cargo = PathBuf::from(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let mut command = Command::new(&cargo);
    command.args(["build", "--quiet", "--package", "kiln-archive", "--profile", "runtime"]).current_dir(workspace).env("RUSTFLAGS", FLAGS);
    let archive = if target.is_host() {
        command.arg("--target-dir").arg(target_dir);
        target_dir.join("runtime").join(ARCHIVE)
    } else {
        // Another compiler than the machine's: its files lie apart, or each build would throw the other's away.
        let apart = target_dir.join("foreign");
        command.args(["--target", target.triple, "--target-dir"]).arg(&apart);
        if let Some(root) = foreign_compiler(target)? {
            let Linker::Gnu(host) = &Target::host().linker;
            command.env("RUSTC", root.join("bin/rustc")).env("LD_LIBRARY_PATH", root.join("lib").join(host.multiarch));
        }
        apart.join(target.triple).join("runtime").join(ARCHIVE)
    };
    let output = command.output().map_err(ToolchainError::io(&cargo))?;
    if output.status.success() {
        return Ok(archive);
    }
    Err(ToolchainError::RuntimeFailed { rid: target.rid, stderr: String::from_utf8_lossy(&output.stderr).into_owned() })
}

/// The folder of the compiler that has the target's standard library; nothing when the machine's own does.
///
/// # Errors
///
/// There is none.
pub fn foreign_compiler(target: &Target) -> Result<Option<PathBuf>, ToolchainError> {
    let output = Command::new("rustc").args(["--print", "target-libdir", "--target", target.triple]).output();
    if output.is_ok_and(|o| o.status.success() && Path::new(String::from_utf8_lossy(&o.stdout).trim()).is_dir()) {
        return Ok(None);
    }
    let root = Cache::locate()?.rust();
    if root.join("lib/rustlib").join(target.triple).is_dir() {
        return Ok(Some(root));
    }
    Err(ToolchainError::NoRustTarget { rid: target.rid, triple: target.triple, root })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machines_runtime_lies_beside_the_compiler() {
        for target in Target::ALL {
            let archive = runtime_archive(target);
            assert!(archive.ends_with(ARCHIVE));
            assert_eq!(archive.parent() == Some(Path::new("")), target.is_host(), "{}", archive.display());
        }
    }
}
