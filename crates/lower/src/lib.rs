//! MIR → LIR: every decision that needs no closed world — calling convention, null/bounds/overflow checks, write barriers, class
//! constructor checks, dispatch sequences, generic lookups, exception dispatch — and all compiler-made code (stubs).
//!
//! From `mir::Function` (one method, exact or canonical) and the type system to `lir::Function`s whose symbols and dependencies are
//! complete: nothing after this stage asks the type system. The rules are in `docs/internals/contract.md`.

#![forbid(unsafe_code)]

pub mod abi;
pub mod builder;
pub mod comparers;
pub mod cx;
pub mod names;
pub mod types;

mod lowerer;
mod stubs;

pub use comparers::default_comparer_type;
pub use lowerer::lower_method;
pub use lowerer::scopes::is_never_called;
pub use names::{method_entry, sym_name};
pub use stubs::crossing::delegate_crosses;
pub use stubs::objects::objects_signature;
pub use stubs::reflection::invoker_signature;
pub use stubs::{is_stub_method, lower_stub};

use kiln_target::Target;
use kiln_typesys::TypeSysError;

/// Choices of lowering.
#[derive(Clone, Debug)]
pub struct LowerOptions {
    /// What to lower for: the convention of C functions, and which libraries are part of the runtime.
    pub target: &'static Target,
    /// Allocate from the thread's buffer inline.
    pub inline_alloc: bool,
    /// Modules with symbols: their code says which IL it comes from.
    pub origins: Vec<kiln_typesys::ModuleId>,
    /// User entry point, for the program stubs.
    pub entry_point: Option<kiln_typesys::MethodDesc>,
}

impl Default for LowerOptions {
    fn default() -> Self {
        Self { target: Target::host(), inline_alloc: false, origins: Vec::new(), entry_point: None }
    }
}

/// Why a method could not be lowered.
#[derive(Debug, thiserror::Error)]
pub enum LowerError {
    /// A type or member did not load.
    #[error(transparent)]
    Type(#[from] TypeSysError),
    /// Something this stage cannot do.
    #[error("{0}")]
    Unsupported(String),
}
