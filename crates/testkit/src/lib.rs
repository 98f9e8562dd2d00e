//! `kiln-testkit`: text tests of one stage, in the process of that stage's own test program.
//!
//! A crate has a `tests/text.rs` without libtest's harness that calls [`run`] with the folder of its stage and a function that renders a test
//! file with the crate's own API. The text is compared with the `// CHECK:` lines of the file, or with the `.snap` beside it, which
//! `KILN_BLESS=1` writes. IL tests see a class library of their own ([`corelib`]), so they need no framework and take milliseconds.
//!
//! How to write a test: CONTRIBUTING.md, "Text tests".
#![forbid(unsafe_code)]

pub mod checks;
pub mod corelib;
pub mod digest;
pub mod header;
mod suite;

pub use header::Header;
pub use suite::{Case, Outcome, cases, folder, run, run_with};
