//! MIR, the typed mid-level IR in CLI terms: objrefs, byrefs, fields, elements, virtual calls, casts, protected regions.
//!
//! `importer` makes it from IL for one method instantiation (exact, or shared with runtime-determined arguments), `lower` turns
//! it into LIR. Evaluation-stack entries are SSA values; IL arguments and locals are slots. The verifier's documentation is the
//! specification of the IR; printer and parser round-trip.

#![forbid(unsafe_code)]

pub mod function;
pub mod inst;
pub mod nest;
pub mod opt;
pub mod text;
pub mod verify;
pub mod visit;

pub use function::{
    BlockData, BlockId, Function, Local, LocalKind, Region, RegionId, RegionKind, Scope, ScopeId, SlotId, SourcePos, ValueId,
};
pub use inst::{BinOp, CompareOp, ConvRange, ConvTo, Inst, IntrinsicOp, MemTy, Term, Ty, UnOp};
pub use nest::{Look, Nest, Nesting, Outward, Renumbered};
