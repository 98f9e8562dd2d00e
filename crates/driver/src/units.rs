//! Code-generation units: one reached function each.
//!
//! A unit's key is a hash of the LIR text of the function, and of what generates the code from it ([`crate::key`]), so that the object of a
//! class-library method is found again by every other program that reaches it (ADR 0011). What is inlined is part of that text (ADR 0012).

use crate::key::{self, Generator};
use kiln_lir::Function;
use kiln_support::ContentHash;

/// One function to compile.
#[derive(Debug)]
pub struct UnitPlan {
    /// Index of the function.
    pub function: usize,
    /// Cache key.
    pub hash: ContentHash,
}

/// Plans one unit per function.
#[must_use]
pub fn plan(functions: &[Function], generator: &Generator) -> Vec<UnitPlan> {
    let unit = |(function, f)| UnitPlan { function, hash: key::unit(generator, key::text(f)) };
    functions.iter().enumerate().map(unit).collect()
}
