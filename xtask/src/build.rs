//! `cargo xtask build`: the compiler and its runtime library, side by side.
//!
//! Two profiles are involved (the runtime has one of its own: no unwinding, link-time optimisation), which a plain
//! `cargo build` cannot express.

use kiln_target::Target;
use kiln_toolchain::{build_runtime, runtime_archive};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const HELP: &str = "\
Usage: cargo xtask build [--dev] [--target RID]...

Builds `kiln` and its runtime library libkilnrt.a into the same folder and prints the path of `kiln`.

Options:
  --dev          the compiler without full optimisation: builds faster, compiles slower
  --target RID   the runtime library of another target as well, to lib/RID/libkilnrt.a beside `kiln`
";

/// Runs the task.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let mut profile = "release";
    let mut targets = Vec::new();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "--dev" => profile = "dev",
            "--target" => {
                let rid = rest.next().ok_or("--target needs a runtime identifier")?;
                let parsed = Target::parse(rid).map_err(|e| format!("{e}; there are {}", Target::supported()))?;
                targets.push(parsed);
            }
            "-h" | "--help" => {
                print!("{HELP}");
                return Ok(());
            }
            other => return Err(format!("unknown option `{other}`\n\n{HELP}")),
        }
    }
    let kiln = kiln(profile)?;
    for target in targets {
        runtime(target, &folder_of(profile)?)?;
    }
    println!("{}", kiln.display());
    Ok(())
}

/// Builds everything and returns the path of the compiler.
pub(crate) fn kiln(profile: &str) -> Result<PathBuf, String> {
    cargo(&["build", "--package", "kiln", "--profile", profile])?;
    let folder = folder_of(profile)?;
    runtime(Target::host(), &folder)?;
    Ok(folder.join("kiln"))
}

/// Where cargo puts the compiler.
fn folder_of(profile: &str) -> Result<PathBuf, String> {
    Ok(target_folder()?.join(if profile == "dev" { "debug" } else { profile }))
}

/// Builds the runtime library of a target and puts it where the compiler in `folder` looks for it; answers where.
fn runtime(target: &Target, folder: &Path) -> Result<PathBuf, String> {
    let from = build_runtime(target, workspace(), &target_folder()?).map_err(|e| e.to_string())?;
    let to = folder.join(runtime_archive(target));
    to.parent().map_or(Ok(()), fs::create_dir_all).map_err(|e| format!("{}: {e}", to.display()))?;
    fs::copy(&from, &to).map_err(|e| format!("{}: {e}", from.display()))?;
    Ok(to)
}

/// The root of the repository.
pub(crate) fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// cargo's target folder: this program runs from `TARGET/PROFILE`.
pub(crate) fn target_folder() -> Result<PathBuf, String> {
    let exe = env::current_exe().map_err(|e| e.to_string())?;
    exe.ancestors().nth(2).map(Path::to_owned).ok_or_else(|| format!("{} is not in a target folder", exe.display()))
}

/// Runs cargo in the workspace, with its output going where ours goes.
fn cargo(args: &[&str]) -> Result<(), String> {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    let status = command
        .args(args)
        .arg("--quiet")
        .arg("--target-dir")
        .arg(target_folder()?)
        .current_dir(workspace())
        .status()
        .map_err(|e| format!("cargo: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("cargo {} failed", args.join(" "))) }
}
