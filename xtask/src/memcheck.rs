//! `cargo xtask memcheck`: the collector's tests under Valgrind.
//!
//! The tests tell memcheck which memory of the heap holds objects (`runtime/rt/src/heap/memcheck.rs`), so a collector that reads or writes any
//! other is caught there and then. Miri would check Rust's own rules as well, but does not come with the toolchains of distributions.

use std::process::Command;

const HELP: &str = "\
Usage: cargo xtask memcheck [FILTER]

Runs the collector's tests (or those whose names contain FILTER) under Valgrind; the first error ends the run.
";

/// What Valgrind is told: nothing to say but errors, of which the first is the last; memory that the tests keep is no error.
const RUNNER: &str = r#"target."cfg(all())".runner=["valgrind","-q","--leak-check=no","--error-exitcode=9","--exit-on-first-error=yes"]"#;

/// Runs the task.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let filter = match args {
        [] => "heap::",
        [one] if !one.starts_with('-') => one,
        _ => {
            print!("{HELP}");
            return Ok(());
        }
    };
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Err("`valgrind` is not installed\nhelp: install it (Debian: apt-get install valgrind)".to_owned());
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["test", "--quiet", "--package", "kiln-rt", "--lib", "--config", RUNNER, filter, "--", "--test-threads=1"])
        .current_dir(crate::build::workspace())
        .status()
        .map_err(|e| format!("cargo: {e}"))?;
    if status.success() { Ok(()) } else { Err("the collector's tests failed under Valgrind".to_owned()) }
}
