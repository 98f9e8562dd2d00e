//! `cargo xtask build`: the compiler and its runtime library, side by side.
//!
//! Two profiles are involved (the runtime has one of its own: no unwinding, link-time optimisation), which a plain
//! `cargo build` cannot express.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const HELP: &str = "\
Usage: cargo xtask build [--dev]

Builds `kiln` and its runtime library libkilnrt.a into the same folder and prints the path of `kiln`.

Options:
  --dev   the compiler without full optimisation: builds faster, compiles slower
";

/// Runs the task.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let mut profile = "release";
    for arg in args {
        match arg.as_str() {
            "--dev" => profile = "dev",
            "-h" | "--help" => {
                print!("{HELP}");
                return Ok(());
            }
            other => return Err(format!("unknown option `{other}`\n\n{HELP}")),
        }
    }
    println!("{}", kiln(profile)?.display());
    Ok(())
}

/// Builds everything and returns the path of the compiler.
pub(crate) fn kiln(profile: &str) -> Result<PathBuf, String> {
    cargo(&["build", "--package", "kiln", "--profile", profile])?;
    cargo(&["build", "--package", "kiln-rt", "--profile", "runtime"])?;
    let target = target_folder()?;
    let folder = target.join(if profile == "dev" { "debug" } else { profile });
    let (from, to) = (target.join("runtime/libkilnrt.a"), folder.join("libkilnrt.a"));
    fs::copy(&from, &to).map_err(|e| format!("{}: {e}", from.display()))?;
    Ok(folder.join("kiln"))
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
    if args.contains(&"kiln-rt") {
        // The stack walker follows frame pointers through the runtime, and exceptions unwind through it. A function that reads its frame
        // pointer must have set it up, also on the way to a quick return.
        const FLAGS: &str =
            "-C force-frame-pointers=yes -C relocation-model=pic -C force-unwind-tables=yes -C llvm-args=-enable-shrink-wrap=false";
        command.env("RUSTFLAGS", FLAGS);
    }
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
