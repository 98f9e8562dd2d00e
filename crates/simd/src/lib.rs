//! Operations of processors: vectors and the instruction sets that .NET's hardware intrinsics name (`System.Runtime.Intrinsics`).
//!
//! An [`Op`] says what is computed, on which [`Shape`]s; the importer makes it of a call ([`find`]), MIR and LIR carry it, code
//! generation writes it down. An [`Isa`] says which processors have what a class of intrinsics needs (ADR 0013).
//! The tables go by the method's name and the shapes of its arguments: `Add` of four floats is the same operation in every class.

#![forbid(unsafe_code)]

mod call;
mod families;
mod isa;
mod op;
mod shape;

pub use call::Call;
pub use families::{Arg, Found, Input, Query, find};
pub use isa::{Isa, IsaSet};
pub use op::{Kind, Op, Param};
pub use shape::{Lane, Shape};
