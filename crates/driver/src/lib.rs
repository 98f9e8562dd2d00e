//! The compiler's phases in order: inputs → types → analysis (import, lower) → units → objects → data → link.
//!
//! `build` reads as that list. This crate and `cli` are the only ones of the compiler that touch files.

#![forbid(unsafe_code)]

pub mod application;
pub mod archive;
pub mod cache;
pub mod compile;
mod deps;
mod error;
pub mod inputs;
pub mod key;
pub mod options;
pub mod output;
pub mod timing;
pub mod units;

pub use error::{Bug, BuildError};
pub use options::{BuildOptions, Emit, OptLevel, WarningOptions, instruction_sets};
pub use timing::{NoProgress, Progress, Timing};

pub mod analysis;
pub mod dump;
mod emit;
mod library;
mod linking;
mod names;
pub mod panics;
pub mod pipeline;
mod prune;
mod records;
pub mod reproduce;
mod runtimeconfig;
mod satellites;
pub mod sizes;
mod streaming;
pub mod symbols;
pub mod transfer;
mod unchanged;
mod warnings;

pub use pipeline::{Outcome, build};
