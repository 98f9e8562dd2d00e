//! LIR, the lowered mid-level IR: scalar types, explicit memory, explicit runtime calls.
//!
//! `lower` produces it from MIR, `codegen` turns it into LLVM IR without taking any decision about garbage
//! collection, dispatch or generics. It is plain data (`Send`), printable, and its printed form plus options is
//! what the object cache hashes. The rules between stages are in `docs/internals/contract.md`.

#![forbid(unsafe_code)]

pub mod function;
pub mod inst;
mod operands;
pub mod sym;
pub mod text;
pub mod verify;

pub use function::{
    Block, BlockData, BlockId, Function, IlPlace, LineMark, Origin, Results, Scope, ScopeId, ScopeSource, SlotId, Source, SourcePlace,
    StackSlot, ValueId,
};
pub use inst::{
    AtomicOp, BinOp, Call, CallFlags, CallTarget, CastOp, Clause, FloatCond, Inst, InstKind, IntCond, LTy, MathOp, MemFlags, Term, UnOp,
};
pub use sym::{Dep, Lookup, LookupCtx, ProgramStub, Sym, SymKind};
pub use text::print;
pub use verify::{Place, Rule, Violation, verify};
