//! The text form of LIR: for dumps, for tests, and as the input of the object cache's hash. It is described in `docs/internals/lir.md`.
//!
//! [`print`] is deterministic and complete: whatever changes the generated code changes the text. What it leaves out
//! (`Function::deps`, `origins`, `cost`) code generation does not read. Symbols appear by kind and link name only
//! (`Function::sym_names`), never by id, so the text of a class-library method is the same in every program. [`parse`] reads back what
//! `print` writes; it finds the symbols through [`Resolve`].

mod functions;
mod insts;
mod lex;
pub mod parse;
pub mod print;
mod symbols;
mod words;

pub use parse::{ParseError, Problem, parse};
pub use print::print;
pub use symbols::{Names, Numbered, Resolve};
