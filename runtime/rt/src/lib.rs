//! The runtime's core: threads and the global lock, heap, exceptions, type system, statics, and the helpers that compiled code calls.
//!
//! It implements `kiln_abi::helpers` (the contract's §4–§9) over what the compiler emits, on top of `kiln_pal` (the operating system).
//! Modules, from the bottom: `arch` (assembly and registers), `thread` (the thread block), `mt` (reading MethodTables), `heap` (the
//! collector; knows nothing of the modules after it), `roots` (finds the roots: stack walk, statics, handles), `eh` (two-phase
//! exceptions over the platform unwinder), `lock` (who may run managed code), then the helpers by family, `startup` last.

#![cfg_attr(not(test), no_std)]
#![expect(clippy::missing_safety_doc, reason = "helpers are called by compiled code with the arguments that kiln_abi::helpers prescribes")]
#![expect(clippy::deref_addrof, reason = "`&mut STATIC` is what the language itself advises against")]

pub use kiln_pal as pal;

pub mod alloc;
pub mod arch;
pub mod array;
pub mod barrier;
pub mod cast;
pub mod dispatch;
pub mod eh;
pub mod faults;
pub mod finalize;
pub mod finalizer;
pub mod handles;
pub mod header;
pub mod heap;
pub mod helpers;
pub mod lock;
pub mod monitor;
pub mod mt;
pub mod pinvoke;
pub mod roots;
pub mod startup;
pub mod statics;
pub mod text;
pub mod thread;
pub mod thunks;
mod transitions;
pub mod types;
pub mod world;

#[cfg(test)]
empty_program!();
