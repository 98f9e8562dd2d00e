//! The `kiln` command: arguments, rendering of diagnostics and progress, exit codes. Everything else is in `kiln-driver`.

#![forbid(unsafe_code)]

mod args;
mod commands;
mod render;
mod responses;

use clap::Parser;
use std::process::ExitCode;

/// Exit codes, documented in `--help` and tested.
mod exit {
    /// Built (or: nothing to report).
    pub(crate) const OK: u8 = 0;
    /// The program has errors.
    pub(crate) const USER: u8 = 1;
    /// The command line is wrong.
    pub(crate) const USAGE: u8 = 2;
    /// Something outside the program is missing or refused.
    pub(crate) const ENVIRONMENT: u8 = 3;
    /// A bug in Kiln.
    pub(crate) const INTERNAL: u8 = 101;
}

fn main() -> ExitCode {
    kiln_driver::panics::install_hook();
    // LLVM frames and deep type recursion need more stack than the main thread is sure to have.
    let worker = std::thread::Builder::new().stack_size(256 << 20).spawn(run);
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        Ok(Err(_)) => {
            let place = kiln_driver::panics::take().map(|text| format!("\n  = note: {text}")).unwrap_or_default();
            render::line(&format!("error[KILN0901]: internal error{place}\n  = help: please report it with the input that shows it"));
            ExitCode::from(exit::INTERNAL)
        }
        Err(e) => {
            render::line(&format!("error[KILN0603]: cannot start a thread: {e}"));
            ExitCode::from(exit::ENVIRONMENT)
        }
    }
}

fn run() -> ExitCode {
    let arguments = match responses::expand(std::env::args_os()) {
        Ok(a) => a,
        Err(message) => {
            render::line(&format!("error: {message}"));
            return ExitCode::from(exit::USAGE);
        }
    };
    match args::Cli::try_parse_from(arguments) {
        Ok(cli) => commands::run(cli),
        Err(e) => {
            // A closed pipe while printing help is not worth a word.
            let _ = e.print();
            ExitCode::from(if e.use_stderr() { exit::USAGE } else { exit::OK })
        }
    }
}
