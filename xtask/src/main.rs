//! The project's own chores: `cargo xtask TASK`.
//!
//! Everything that would elsewhere be a shell script is here, so that it is checked by the compiler and explains itself.
//! This program must build before anything is set up: it does not depend on LLVM.

#![forbid(unsafe_code)]

mod bench;
mod build;
mod check_framework;
mod fuzz;
mod layers;
mod layouts;
mod memcheck;
mod natives;
mod overlay;
mod setup;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "\
Usage: cargo xtask TASK [OPTIONS]

Tasks:
  setup    install what is missing: LLVM 22, lld, a .NET framework, Roslyn, the oracle
  overlay  compile corelib/overlay to the embedded overlay assembly (--check: compare only)
  check-framework  lay out, import and verify the whole class library; compare layouts with CoreCLR's (--framework DIR)
  build    build the compiler and its runtime library
  bench    measure Kiln, CoreCLR and peers on bench/programs
  fuzz     run a fuzz target over damaged assemblies of the framework, or random programs against CoreCLR
  memcheck run the collector's tests under Valgrind
  tidy     check what the compiler does not: layers, documentation, file length, ...
  help     print this text

`cargo xtask TASK --help` describes one task.
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let task = args.next().unwrap_or_default();
    let args: Vec<String> = args.collect();
    let result = match task.as_str() {
        "setup" => setup::run(&args),
        "build" => build::run(&args),
        "bench" => bench::run(&args),
        "tidy" => tidy::run(&args),
        "fuzz" => fuzz::run(&args),
        "memcheck" => memcheck::run(&args),
        "check-framework" => {
            let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(std::path::Path::new("."));
            check_framework::run(root, &args).map_err(|e| e.to_string())
        }
        "overlay" => {
            let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(std::path::Path::new("."));
            overlay::run(root, args.iter().any(|a| a == "--check")).map_err(|e| e.to_string())
        }
        "" | "help" | "--help" | "-h" => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        other => Err(format!("there is no task `{other}`\n\n{HELP}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
