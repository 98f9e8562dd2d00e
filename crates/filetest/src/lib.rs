//! The harness of the file tests: programs and dumps in `tests/`, one file each.
//!
//! * `tests/run/*.cs`: complete programs. Each is compiled once by Roslyn, run once on CoreCLR (the oracle), then built by Kiln
//!   and run in three configurations; standard output and exit code must be equal. See [`program`].
//! * `tests/dump/*.cs`: what a stage of the compiler makes of a small program, as text beside the file. See [`dump`].
//!
//! A file opens with `//@` lines, which form a TOML document (see [`header::Header`]), and says with `// Covers:` what rule it is about.
//!
//! What does not pass yet is listed in `tests/run/KNOWN_FAILURES.toml` and must fail: see [`known`].
//!
//! Environment: `KILN_BLESS=1` rewrites expectations; `KILN_VERIFY_REQUIREMENTS=1` turns a skip into a failure;
//! `KILN_TEST_PROFILE` names the cargo profile of the compiler under test (default `release`); `KILN_TEST_BINARY` is a compiler
//! that is built already (its runtime library is beside it, or in `KILN_RUNTIME`).

#![forbid(unsafe_code)]

pub mod diff;
pub mod dump;
pub mod header;
pub mod known;
pub mod program;
pub mod setup;
pub mod tools;

pub use tools::Tools;
