//! The `kiln` command: arguments, rendering of diagnostics and progress, exit codes. Everything else is in `kiln-driver`.

#![forbid(unsafe_code)]

mod args;
mod commands;
mod render;
mod responses;
mod sarif;

use clap::Parser;
use kiln_diag::{Diagnostic, codes};
use kiln_driver::reproduce::quoted;
use std::process::ExitCode;

/// One allocator for the whole process: the crate defines C's functions as well, so that LLVM, which makes most of the small objects, has it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
            let arguments: String = std::env::args_os().skip(1).map(|argument| format!(" {}", quoted(&argument))).collect();
            let command = commands::called() + &arguments;
            let help = format!("please report this with the input; it is reproduced by: {command}");
            let mut d = Diagnostic::error(codes::INTERNAL, "internal error").with_help(help);
            d.notes.extend(kiln_driver::panics::take());
            render::diagnostics(&[d], wants_json(std::env::args_os()));
            ExitCode::from(exit::INTERNAL)
        }
        Err(e) => {
            let d = Diagnostic::error(codes::NO_THREAD, format!("cannot start a thread: {e}"));
            let d = d.with_help("the system refuses memory or processes: `ulimit -v` and `ulimit -u` show the limits");
            render::diagnostics(&[d], wants_json(std::env::args_os()));
            ExitCode::from(exit::ENVIRONMENT)
        }
    }
}

fn run() -> ExitCode {
    let arguments = match responses::expand(std::env::args_os()) {
        Ok(a) => a,
        Err(message) => {
            // Whether JSON is wanted may be in the file that cannot be read.
            return commands::usage(&message, wants_json(std::env::args_os()));
        }
    };
    let json = wants_json(arguments.iter().cloned());
    match args::Cli::try_parse_from(arguments) {
        Ok(cli) => commands::run(cli),
        Err(e) if !e.use_stderr() => commands::written(render::out(&e.render().to_string()), json),
        Err(e) => {
            let text = e.render().to_string();
            match text.strip_prefix("error: ") {
                Some(message) if json => commands::usage(message.split("\n\n").next().unwrap_or(message), true),
                Some(message) => {
                    render::line(&format!("error[{}]: {}", codes::USAGE.as_str(), message.trim_end()));
                    ExitCode::from(exit::USAGE)
                }
                // The help of a command line without a command.
                None => {
                    render::line(text.trim_end());
                    ExitCode::from(exit::USAGE)
                }
            }
        }
    }
}

/// Whether `--json` is among Kiln's own arguments, for errors that come before they are understood.
fn wants_json(arguments: impl Iterator<Item = std::ffi::OsString>) -> bool {
    arguments.skip(1).take_while(|a| a != "--").any(|a| a == "--json")
}
