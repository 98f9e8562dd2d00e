//! The LIR function: parameters, stack slots, blocks in SSA form with block parameters.

use crate::inst::{Clause, Inst, LTy, Term};
use crate::sym::{Dep, Sym};
use kiln_support::entity_impl;

entity_impl!(/// A value of one LIR function.
    ValueId, "v");
entity_impl!(/// A basic block of one LIR function.
    BlockId, "bb");
entity_impl!(/// A stack slot of one LIR function.
    SlotId, "ss");

/// Alias kept for readers of MIR.
pub type Block = BlockId;

/// A fixed-size piece of the frame.
#[derive(Clone, PartialEq, Debug)]
pub struct StackSlot {
    /// Bytes.
    pub size: u32,
    /// Power of two.
    pub align: u32,
    /// Byte offsets of the words that hold object references or byrefs (ascending).
    pub ref_offsets: Vec<u32>,
    /// The object referenced from this (single reference) slot must not move while it is here (`fixed`, ECMA-335 II.7.1.2).
    pub pinned: bool,
    /// Scalar type when the slot holds exactly one scalar.
    pub scalar: Option<LTy>,
    /// What it is, for dumps (`arg1`, `loc0`, `tmp`).
    pub name: String,
}

/// Who may see the function.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Linkage {
    /// Defined here for the whole program (hidden visibility).
    Define,
    /// A copy for inlining only; the definition is in another unit.
    AvailableExternally,
}

/// Wish for LLVM's inliner.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs, reason = "the names are the wishes")]
pub enum InlineHint {
    Default,
    Always,
    Never,
    Hint,
}

/// A block: its parameters, its instructions with their results, its end.
#[derive(Clone, PartialEq, Debug)]
pub struct BlockData {
    /// Values defined on entry, by the jumps to this block.
    pub params: Vec<(ValueId, LTy)>,
    /// `Some` when the block is a landing pad (has no params, is only reached by unwinding).
    pub landing_pad: Option<Vec<Clause>>,
    /// Instructions: results (0, 1 or 2) and operation.
    pub insts: Vec<(Vec<ValueId>, Inst)>,
    /// The end.
    pub term: Term,
    /// Unlikely to run (throw blocks).
    pub cold: bool,
}

/// A lowered function.
#[derive(Clone, PartialEq, Debug)]
pub struct Function {
    /// Its symbol.
    pub sym: Sym,
    /// Link name (`Sym` rendered with the type system's names; unique and stable across programs).
    pub name: String,
    /// Parameters: values and types.
    pub params: Vec<(ValueId, LTy)>,
    /// Return type.
    pub ret: LTy,
    /// Stack slots, by `SlotId`.
    pub slots: Vec<StackSlot>,
    /// Blocks, by `BlockId`; the first is the entry.
    pub blocks: Vec<BlockData>,
    /// Type of every value, by `ValueId`.
    pub value_types: Vec<LTy>,
    /// Visibility.
    pub linkage: Linkage,
    /// Inlining.
    pub inline: InlineHint,
    /// Link names of the symbols used in this function (so that `codegen` needs no type system): filled by `lower`.
    pub sym_names: Vec<(Sym, String)>,
    /// Dependencies that no symbol reference shows (virtual uses, constructed types…).
    pub deps: Vec<Dep>,
    /// Source line table: (block, instruction index) → (document index, line); empty without `-g`.
    pub lines: Vec<(BlockId, u32, u32, u32)>,
    /// Number of MIR instructions it came from (inlining heuristics).
    pub cost: u32,
}
