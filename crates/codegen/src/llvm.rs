//! Thin wrapper over LLVM's C API: every foreign call and every `unsafe` of this crate is below this module.
//!
//! Handles are `Copy` and carry the lifetime of their [`Context`], so they cannot outlive it or mix threads (a context is
//! not `Send`). The wrapper does not check operand types: `emit` does, because without assertions LLVM would not.

mod builder;
pub(crate) mod clock;
mod context;
mod debug;
pub(crate) mod library;
mod machine;
mod module;
mod value;
mod vector;

pub(crate) use builder::Builder;
pub(crate) use context::Context;
pub(crate) use debug::{DebugBuilder, DebugNode};
pub(crate) use llvm_sys::{
    LLVMAtomicOrdering as Ordering, LLVMAtomicRMWBinOp as RmwOp, LLVMIntPredicate as IntPredicate, LLVMLinkage as LlvmLinkage,
    LLVMOpcode as Opcode, LLVMRealPredicate as RealPredicate, LLVMThreadLocalMode as ThreadLocalMode, LLVMTypeKind as TypeKind,
};
pub(crate) use machine::{CodegenLevel, Machine, MachineSpec, set_current_unit};
pub(crate) use module::Module;
pub(crate) use value::{Attribute, BasicBlock, Type, Value};
pub(crate) use vector::const_vector;
