//! The harness of the run tests: programs in `tests/run`, one file each. (What a stage makes of a program is tested as text, in the stage's own
//! crate, by `kiln-testkit`.)
//!
//! Each is compiled once by Roslyn (`.cs`) or assembled by `kiln-iltext` (`.il`), run once on CoreCLR (the oracle), then built by Kiln and run in
//! three configurations; standard output and exit code must be equal. See [`program`]. Those that name other targets
//! in their header are also built for them and run in an emulator. See [`foreign`].
//!
//! A file opens with `//@` lines, which form a TOML document (see [`header::Header`]), and says with `// Covers:` what rule it is about.
//!
//! What does not pass yet is listed in `tests/run/KNOWN_FAILURES.toml` and must fail: see [`known`].
//!
//! Programs over libraries of others, which the repository does not have, are in `tests/packages`: see [`packages`], and [`shelf`] for where the
//! libraries come from.
//!
//! Environment: `KILN_VERIFY_REQUIREMENTS=1` turns a skip into a failure;
//! `KILN_TEST_PROFILE` names the cargo profile of the compiler under test (default `release`); `KILN_TEST_BINARY` is a compiler
//! that is built already (its runtime library is beside it, or in `KILN_RUNTIME`).

#![forbid(unsafe_code)]

pub mod diff;
pub mod foreign;
pub mod header;
pub mod known;
pub mod packages;
pub mod program;
pub mod setup;
pub mod shelf;
pub mod tools;

pub use tools::Tools;
