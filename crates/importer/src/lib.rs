//! IL → MIR: one walk over a method body (ECMA-335 partition III) for one instantiation, folding while it goes.
//!
//! From `typesys` (tokens, signatures, dispatch) and a policy (feature switches, substitutions) to `kiln_mir::Function`. The generic
//! context is the method's own for exact methods, runtime-determined for canonical shared ones (contract §2), the open variables for
//! definitions that are only checked.

#![forbid(unsafe_code)]

pub mod error;
pub mod policy;

pub use error::{ImportError, ImportErrorKind};
pub use policy::{Constant, ImportPolicy, NoPolicy, Replacement};
