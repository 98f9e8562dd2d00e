//! The natives of System.Private.CoreLib: internal calls (ECMA-335 II.15.4.3, `internalcall`) and QCalls, as Rust functions.
//!
//! An internal call is exported under `Type::Method(params):ret` and takes its arguments like compiled code passes them (contract
//! §3, §10): references as object pointers, `bool` and small integers as `i32`, native integers as `isize`. A QCall is exported
//! under its entry point's name with the platform's C convention. What is missing here stays undefined, and the compiler
//! substitutes a stub that aborts with the name.
//!
//! A collection may happen in every allocation and moves objects: a native either keeps no object pointer across one, or reads it
//! again through a handle (`ObjectHandleOnStack` points to a stack slot that the collector updates). Runtime types and what
//! lies outside of the heap do not move.
//!
//! **Why natives may trust their arguments.** Only compiled code calls them, with arguments of the declaration that the link name spells: references
//! are live objects of the declared class or null, handles come from the natives that make them, type handles are MethodTables of the program,
//! buffers are as long as the argument beside them says, and out parameters are slots of the caller. The thread is inside. A SAFETY comment names
//! the one of these facts that its block relies on.

#![cfg_attr(not(test), no_std)]

mod contexts;
pub mod delegates;
mod diagnostics;
mod environment;
pub mod exceptions;
mod gc;
pub mod handles;
mod interning;
mod interop;
pub mod kiln;
mod libraries;
mod loader;
pub mod lookup;
pub mod manifests;
mod marshal;
pub mod math;
pub mod members;
pub mod monitor;
pub mod names;
pub mod objects;
pub mod qcall;
mod streams;
pub mod text;
pub mod threads;
pub mod types;
mod wait_handles;

#[cfg(test)]
kiln_rt::empty_program!();
