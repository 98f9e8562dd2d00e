//! The LIR function: parameters, stack slots, blocks in SSA form with block parameters.

use crate::inst::{Clause, Inst, LTy, Term};
use crate::sym::{Dep, Sym};
use kiln_simd::IsaSet;
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

/// A block: its parameters, its instructions with their results, its end.
#[derive(Clone, PartialEq, Debug)]
pub struct BlockData {
    /// Values defined on entry, by the jumps to this block.
    pub params: Vec<(ValueId, LTy)>,
    /// `Some` when the block is a landing pad (has no params, is only reached by unwinding).
    pub landing_pad: Option<Vec<Clause>>,
    /// Instructions: results (0 to 4) and operation.
    pub insts: Vec<(Vec<ValueId>, Inst)>,
    /// The end.
    pub term: Term,
    /// Unlikely to run (throw blocks).
    pub cold: bool,
}

/// From an instruction on, until the next mark of its block, code comes from an IL offset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Origin {
    /// The block.
    pub block: BlockId,
    /// Index of the instruction; the terminator is the one behind the last.
    pub inst: u32,
    /// IL offset; `None`: made by the compiler.
    pub offset: Option<u32>,
}

/// From an instruction on, until the next mark of its block, code comes from a line. A block starts without one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineMark {
    /// The block.
    pub block: BlockId,
    /// Index of the instruction; the terminator is the one behind the last.
    pub inst: u32,
    /// Index in [`Source::documents`].
    pub document: u32,
    /// Line, from 1; 0: made by the compiler.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// The source of a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// Name for debuggers.
    pub name: String,
    /// Source files, as the symbols of the assembly name them; the first is the one the function starts in.
    pub documents: Vec<String>,
    /// Line that the function starts in.
    pub line: u32,
    /// Lines, by block and instruction.
    pub lines: Vec<LineMark>,
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
    /// The first parameter is the address of the result, in the register that the C convention has for it (callbacks).
    pub sret: bool,
    /// The first parameter comes in the register that the C convention has for the context of nested functions: the caller is a
    /// thunk of the runtime (`kiln_abi::templates`), which leaves all others alone.
    pub context: bool,
    /// Instruction sets that it is compiled with beyond the program's.
    pub needs: IsaSet,
    /// It runs once at most (a class constructor): compiling it may not cost much.
    pub once: bool,
    /// Link names of the symbols used in this function (so that `codegen` needs no type system): filled by `lower`.
    pub sym_names: Vec<(Sym, String)>,
    /// Dependencies that no symbol reference shows (virtual uses, constructed types…).
    pub deps: Vec<Dep>,
    /// IL offsets of the instructions, by block and instruction; only of modules with symbols, and only with `-g`. They become
    /// `source`, and are no part of the code.
    pub origins: Vec<Origin>,
    /// Where the code comes from, for debuggers and stack traces; only with `-g`.
    pub source: Option<Source>,
}
