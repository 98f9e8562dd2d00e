//! IL → MIR: one walk over a method body (ECMA-335 partition III) for one instantiation, folding while it goes.
//!
//! From `typesys` (tokens, signatures, dispatch) and a policy (feature switches, substitutions) to `kiln_mir::Function`. The generic
//! context is the method's own for exact methods, runtime-determined for canonical shared ones (contract §2), the open variables for
//! definitions that are only checked.

#![forbid(unsafe_code)]

mod access;
mod build;
pub mod check;
mod coerce;
pub mod error;
mod finish;
mod flow;
mod fold;
mod import;
mod ops;
pub mod policy;
mod special;
mod unsafe_accessor;
mod walk;

pub use error::{ImportError, ImportErrorKind, type_throw_kind, type_throw_text};
pub use import::{ImportOptions, import_method, symbolic_method};
pub use policy::{Constant, ImportPolicy, NoPolicy, OnlyProcessor, Processor, Replacement};
pub use special::hardware::{Answer as HardwareAnswer, answer as hardware_answer};
