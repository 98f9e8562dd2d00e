//! Transformations of MIR. Each takes a function that verifies and leaves one that does.

pub mod dce;
pub mod fold;
pub mod jumps;
pub mod unreachable;
