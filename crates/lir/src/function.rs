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
entity_impl!(/// Whose code an instruction is: 0 is the function itself, others are the inlined calls in `Function::scopes`.
    ScopeId, "sc");

/// Alias kept for readers of MIR.
pub type Block = BlockId;

/// The values that an instruction defines, in order. They are held in place, for a program has millions of instructions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Results {
    count: u8,
    values: [ValueId; Self::MAX],
}

impl Results {
    /// Most results of an instruction.
    pub const MAX: usize = 4;
    /// No result.
    pub const NONE: Self = Self { count: 0, values: [ValueId(0); Self::MAX] };

    /// Some results; `None` if they are more than an instruction has.
    #[must_use]
    pub fn new(values: &[ValueId]) -> Option<Self> {
        let mut results = Self::NONE;
        results.values.get_mut(..values.len())?.copy_from_slice(values);
        results.count = values.len() as u8;
        Some(results)
    }
}

impl std::ops::Deref for Results {
    type Target = [ValueId];

    fn deref(&self) -> &[ValueId] {
        &self.values[..usize::from(self.count)]
    }
}

impl<'a> IntoIterator for &'a Results {
    type Item = &'a ValueId;
    type IntoIter = std::slice::Iter<'a, ValueId>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

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
    /// Instructions: results and operation.
    pub insts: Vec<(Results, Inst)>,
    /// The end.
    pub term: Term,
    /// Unlikely to run (throw blocks).
    pub cold: bool,
}

impl ScopeId {
    /// The function's own code.
    pub const FUNCTION: Self = Self(0);
}

impl Default for ScopeId {
    fn default() -> Self {
        Self::FUNCTION
    }
}

/// A place in the IL of a scope's method.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct IlPlace {
    /// Whose IL.
    pub scope: ScopeId,
    /// IL offset.
    pub offset: u32,
}

/// An inlined call, for stack traces and debuggers: a frame that the processor does not have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scope {
    /// What was called: the canonical method.
    pub callee: Sym,
    /// Its link name.
    pub name: String,
    /// The call, in an outer scope. Like `Function::origins`, its offset is no part of the code.
    pub call: IlPlace,
    /// Where it comes from; only with `-g`, and only of modules with symbols.
    pub source: Option<ScopeSource>,
}

/// The source of an inlined call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScopeSource {
    /// Name of the method for debuggers; empty where it has no source.
    pub name: String,
    /// Where the method starts.
    pub start: SourcePlace,
    /// The call.
    pub call: SourcePlace,
}

/// A place in a source file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct SourcePlace {
    /// Index in [`Source::documents`].
    pub document: u32,
    /// Line, from 1; 0: made by the compiler, or not known.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// From an instruction on, until the next mark of its block, code comes from a place in IL.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Origin {
    /// The block.
    pub block: BlockId,
    /// Index of the instruction; the terminator is the one behind the last.
    pub inst: u32,
    /// The place; `None`: made by the compiler.
    pub place: Option<IlPlace>,
}

/// From an instruction on, until the next mark of its block, code comes from a line. A block starts without one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineMark {
    /// The block.
    pub block: BlockId,
    /// Index of the instruction; the terminator is the one behind the last.
    pub inst: u32,
    /// Whose code it is.
    pub scope: ScopeId,
    /// The line.
    pub place: SourcePlace,
}

/// The source of a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// Name for debuggers.
    pub name: String,
    /// Source files, as the symbols of the assembly name them; the first is the one the function starts in.
    pub documents: Vec<String>,
    /// Line that the function starts in; 0 where only code that was inlined into it has a source.
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
    /// Calls that were inlined, an outer one before those in it: [`ScopeId`] 1 is the first.
    pub scopes: Vec<Scope>,
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
    /// Places in IL of the instructions, by block and instruction; only of modules with symbols, and only with `-g`. They become
    /// `source`, and are no part of the code.
    pub origins: Vec<Origin>,
    /// Where the code comes from, for debuggers and stack traces; only with `-g`.
    pub source: Option<Source>,
}

impl Function {
    /// The inlined call of a scope; `None` for the function's own code.
    #[must_use]
    pub fn scope(&self, id: ScopeId) -> Option<&Scope> {
        self.scopes.get(id.index().checked_sub(1)?)
    }
}
