//! The .NET side of Kiln's tool chain: the framework, the C# compiler and the oracle.
//!
//! Kiln compiles IL against the *real* class library, so it has to find one; it compiles C# with Roslyn, so it has to find
//! that; and its tests run the same assembly on CoreCLR, the oracle. All three are looked for here and nowhere else.
//! Nothing in this crate downloads anything: `cargo xtask setup` fills the cache, whose layout is in
//! `docs/internals/cache-layout.md`.

#![forbid(unsafe_code)]

mod cache;
mod csc;
mod error;
mod framework;
mod host;
pub mod requirements;
mod runtime;
mod scratch;

pub use cache::Cache;
pub use csc::{CSharpCompiler, CSharpOptions, Compilation, Compiled, CsDiagnostic, CsSeverity, Resource, compile_csharp, find_csc};
pub use error::ToolchainError;
pub use framework::{
    Framework, FrameworkSource, Request, RollForward, SUPPORTED_MAJORS, dotnet_root, find_framework, find_framework_for, find_framework_of,
    parse_version,
};
pub use host::{CoreHost, Oracle, Output, run_on_oracle};
pub use runtime::{build_runtime, foreign_compiler, runtime_archive};
pub use scratch::Scratch;
