//! Formatting, as `cargo fmt` leaves it.

use std::env;
use std::path::Path;
use std::process::Command;

/// Names every file that `cargo fmt` would change; nothing on a machine without rustfmt.
pub(crate) fn check(root: &Path, problems: &mut Vec<String>) -> Result<(), String> {
    let fmt = |arguments: &[&str]| {
        let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Command::new(program).arg("fmt").args(arguments).current_dir(root).output().map_err(|e| format!("cargo fmt: {e}"))
    };
    if !fmt(&["--version"])?.status.success() {
        return Ok(());
    }
    let output = fmt(&["--all", "--check", "--", "-l"])?;
    if output.status.success() {
        return Ok(());
    }
    let root = root.canonicalize().map_err(|e| format!("{}: {e}", root.display()))?;
    let files = String::from_utf8_lossy(&output.stdout);
    let named = files.lines().map(|file| Path::new(file).strip_prefix(&root).unwrap_or(Path::new(file)));
    let before = problems.len();
    problems.extend(named.map(|file| format!("{}: not formatted: cargo fmt", file.display())));
    if problems.len() == before {
        return Err(format!("cargo fmt: {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(())
}
