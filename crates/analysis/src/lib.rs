//! Closed-world analysis: which methods, types and data a program needs, and their code in LIR.
//!
//! A marking (`kiln_depgraph`) over symbols and facts (contract §1): a reached method is imported and lowered at once, and the symbols and
//! dependencies of its LIR are its edges; policies beside it, one for each matter of .NET, answer what else comes along (`policy`). From the type
//! system and a set of roots to a [`Closure`], whose methods may be optimised (ADR 0008), and from that to a [`Program`], everything that
//! `data` and `codegen` emit.

#![forbid(unsafe_code)]

pub mod abilities;
mod analyzer;
pub mod census;
mod closure;
mod code;
mod cx;
mod dispatch;
mod event;
pub mod features;
pub mod generics;
pub mod graph;
mod interop;
mod manifests;
mod messages;
mod policy;
pub mod program;
mod project;
pub mod reflection;
pub mod roots;
mod scan;
pub mod stats;
mod templates;
pub mod throwing;
mod types;
pub mod why;

pub use analyzer::{AnalysisOptions, analyze, analyze_into};
pub use closure::{Closure, Optimize};
pub use code::CodeSink;
pub use dispatch::{has_instances, object_entry};
pub use features::{FeaturePolicy, FeatureSettings};
pub use graph::{Graph, Node, Reason};
pub use kiln_depgraph::{Log, NodeId};
pub use manifests::Manifests;
pub use program::{DispatchRow, GvmRow, Program, Warning};
pub use reflection::{Reflection, method_code, objects_thunk, proxy_method};
pub use roots::Roots;

/// Why a program cannot be analysed at all.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// The class library lacks something that every program needs.
    #[error("the class library has no {0}")]
    MissingRoot(String),
    /// The type system failed outside of any method.
    #[error(transparent)]
    Type(#[from] kiln_typesys::TypeSysError),
    /// A stub of the program itself could not be made.
    #[error("{0}: {1}")]
    Stub(String, String),
    /// The compiler failed on one method or type: a bug. The place, and what the panic said.
    #[error("{0}: {1}")]
    Panic(String, String),
    /// Optimised code is wrong: a bug. The method, and what is wrong.
    #[error("{0}: after optimisation, {1}")]
    Optimized(String, String),
    /// A file that says what is kept is not well-formed XML.
    #[error("{0}: {1}")]
    Descriptor(String, String),
    /// A file that adds attributes is not well-formed XML.
    #[error("{0}: {1}")]
    LinkAttributes(String, String),
    /// A substitution file is not well-formed XML.
    #[error("ILLink.Substitutions.xml of {0}: {1}")]
    Substitutions(String, String),
}
