//! The MIR function: slots, values, blocks, protected regions.

use crate::inst::{Inst, Term, Ty};
use crate::nest::Nest;
use kiln_support::entity_impl;
use kiln_typesys::{MethodDesc, TypeDesc};

entity_impl!(/// An SSA value.
    ValueId, "v");
entity_impl!(/// A basic block.
    BlockId, "bb");
entity_impl!(/// An argument, local or temporary of the frame.
    SlotId, "ss");
entity_impl!(/// A protected region (one EH clause).
    RegionId, "r");
entity_impl!(/// Whose code an instruction is: 0 is the function itself, others are the calls in `Function::scopes` that were inlined.
    ScopeId, "sc");

/// What a slot is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LocalKind {
    /// `this` or the n-th parameter (IL argument number).
    Arg(u32),
    /// IL local number.
    Local(u32),
    /// Made by the importer.
    Temp,
    /// An argument, local or temporary of an inlined call: undefined until the call's code gives it its first value.
    Inlined,
}

/// A slot.
#[derive(Clone, PartialEq, Debug)]
pub struct Local {
    /// Its declared type (may be runtime-determined in shared code; for `this` of a value type: a byref).
    pub ty: TypeDesc,
    /// Argument, local or temporary.
    pub kind: LocalKind,
    /// `pinned` in the local signature (II.23.2.9).
    pub pinned: bool,
    /// Its address is taken somewhere.
    pub address_taken: bool,
}

/// Kind of an EH clause (I.12.4.2).
#[derive(Clone, PartialEq, Debug)]
pub enum RegionKind {
    /// `catch` of a type. The handler's entry block has one parameter: the exception object.
    Catch(TypeDesc),
    /// `filter`: the filter's entry block has one parameter, and so has the handler's.
    Filter {
        /// First block of the filter expression.
        filter: BlockId,
    },
    /// `finally`.
    Finally,
    /// `fault`.
    Fault,
}

/// A protected region. Regions are listed in clause order: an inner region comes before the outer one it is nested in.
#[derive(Clone, PartialEq, Debug)]
pub struct Region {
    /// What the handler is.
    pub kind: RegionKind,
    /// First block of the handler.
    pub handler: BlockId,
}

/// Where an instruction comes from: an offset in the IL of a scope's method.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SourcePos {
    /// Whose IL.
    pub scope: ScopeId,
    /// IL offset.
    pub offset: u32,
}

impl Default for SourcePos {
    /// The start of the function's own IL.
    fn default() -> Self {
        Self::from(0)
    }
}

impl From<u32> for SourcePos {
    /// In the function's own IL.
    fn from(offset: u32) -> Self {
        Self { scope: ScopeId::FUNCTION, offset }
    }
}

impl std::fmt::Display for SourcePos {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.scope == ScopeId::FUNCTION { write!(f, "@{}", self.offset) } else { write!(f, "@{}:{}", self.scope, self.offset) }
    }
}

impl ScopeId {
    /// The function's own code.
    pub const FUNCTION: Self = Self(0);
}

/// An inlined call. The types and members in its code are named in terms of its method (`callee` made canonical), so what they mean at run
/// time is found from the generic context that the call would have handed over.
#[derive(Clone, PartialEq, Debug)]
pub struct Scope {
    /// What was called, in terms of the scope that the call is in.
    pub callee: MethodDesc,
    /// The call.
    pub call: SourcePos,
    /// `this`, where the generic context is taken from it.
    pub this: Option<ValueId>,
}

/// A block.
#[derive(Clone, PartialEq, Debug)]
pub struct BlockData {
    /// Values on the evaluation stack on entry (handlers: the exception).
    pub params: Vec<ValueId>,
    /// Result (if any), operation, origin.
    pub insts: Vec<(Option<ValueId>, Inst, SourcePos)>,
    /// The end.
    pub term: Term,
    /// Origin of the terminator.
    pub term_pos: SourcePos,
    /// Enclosing regions, innermost first.
    pub nesting: Nest,
}

/// A method body in MIR.
#[derive(Clone, PartialEq, Debug)]
pub struct Function {
    /// The method (exact or canonical; for shared methods tokens inside carry runtime-determined types).
    pub method: MethodDesc,
    /// Number of leading slots that are arguments (`this` first), in order.
    pub arg_count: u32,
    /// Return type; `None` for void.
    pub ret: Option<TypeDesc>,
    /// Slots: arguments, locals, temporaries.
    pub slots: Vec<Local>,
    /// `.locals init`: locals are zeroed on entry. (Reference-holding locals always are.)
    pub init_locals: bool,
    /// Type of every value.
    pub values: Vec<Ty>,
    /// Blocks; the first is the entry. Unreachable blocks are not present.
    pub blocks: Vec<BlockData>,
    /// Protected regions whose try block is reachable.
    pub regions: Vec<Region>,
    /// Calls that were inlined, an outer one before those in it: [`ScopeId`] 1 is the first.
    pub scopes: Vec<Scope>,
}

impl Function {
    /// The inlined call of a scope; `None` for the function's own code.
    #[must_use]
    pub fn scope(&self, id: ScopeId) -> Option<&Scope> {
        self.scopes.get(id.index().checked_sub(1)?)
    }

    /// Where in the function's own IL the code is, or the outermost call by which it came in.
    #[must_use]
    pub fn outermost(&self, mut pos: SourcePos) -> u32 {
        while let Some(scope) = self.scope(pos.scope) {
            pos = scope.call;
        }
        pos.offset
    }
}
