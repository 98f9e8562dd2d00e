//! Closed-world analysis: which methods, types and data a program needs, and their code in LIR.
//!
//! A worklist over symbols (contract §1): a reached method is imported and lowered at once, and the symbols and dependencies of its
//! LIR are its edges. Virtual methods join with constructed types, generic lookups with exact instances; every node remembers why it
//! was reached. From the type system and a set of roots to a `Program`, everything that `data` and `codegen` emit.

#![forbid(unsafe_code)]

mod constants;
mod dispatch;
pub mod features;
pub mod generics;
pub mod graph;
mod manifests;
mod messages;
pub mod policy;
pub mod program;
pub mod reflection;
pub mod roots;
pub mod stats;
mod substitutions;
pub mod throwing;
mod types;
mod worklist;

pub use dispatch::{has_instances, object_entry};
pub use features::FeatureSettings;
pub use graph::{Graph, Node, NodeId};
pub use manifests::Manifests;
pub use policy::FeaturePolicy;
pub use program::{DispatchRow, GvmRow, Program, Warning};
pub use reflection::{Reflection, method_code, objects_thunk};
pub use roots::Roots;
pub use worklist::{AnalysisOptions, analyze};

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
    /// A substitution file is not well-formed XML.
    #[error("ILLink.Substitutions.xml of {0}: {1}")]
    Substitutions(String, String),
}
