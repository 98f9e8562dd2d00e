//! The rules by name, so that a test can ask for an example against each.

use crate::function::BlockId;
use std::fmt;

macro_rules! rules {
    ($($(#[doc = $text:literal])* $name:ident,)*) => {
        /// A rule of LIR.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Rule {
            $($(#[doc = $text])* $name,)*
        }

        impl Rule {
            /// All rules.
            pub const ALL: &[Rule] = &[$(Rule::$name),*];

            /// The rule as a sentence.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Rule::$name => concat!($($text),*).trim_ascii(),)*
                }
            }
        }
    };
}

rules! {
    /// A function has a block.
    HasBlocks,
    /// The entry block has no parameters and is no landing pad.
    PlainEntry,
    /// A landing pad has no parameters.
    PadWithoutParameters,
    /// A slot's alignment is a power of two.
    SlotAlignment,
    /// References in a slot lie inside it, in ascending order, at multiples of eight.
    SlotReferences,
    /// A slot of one scalar has its size, and its reference if it is one.
    SlotScalar,
    /// A pinned slot is one reference.
    PinnedSlot,
    /// An instruction defines as many values as it has results.
    ResultCount,
    /// A value has a type.
    TypedValue,
    /// A value is defined once.
    DefinedOnce,
    /// A value is defined with the type that it is declared with.
    DeclaredType,
    /// A value that is used is defined.
    Defined,
    /// A definition dominates its uses; what follows a call is not reached when it unwinds.
    Dominance,
    /// An operand has the type that its instruction says.
    OperandType,
    /// An address is a reference, a pointer or a 64-bit integer.
    Address,
    /// A slot that is named exists, and what is accessed lies inside it.
    SlotRange,
    /// Integer constants are of an integer type, or of a reference or pointer.
    ConstantType,
    /// What is in memory has at least eight bits.
    MemoryType,
    /// An access's alignment is zero or a power of two.
    AccessAlignment,
    /// Integer operations are on integers, comparisons of integers also on references and pointers.
    IntegerOperation,
    /// Floating-point operations are on floating-point values.
    FloatOperation,
    /// Additions, subtractions and multiplications can be checked for overflow, nothing else.
    CheckedOperation,
    /// A function of floating-point values has its number of arguments.
    MathArguments,
    /// An operation on vectors has its number of operands.
    VectorOperands,
    /// A cast is between types that it can go between.
    CastTypes,
    /// A value is not nothing.
    ValueType,
    /// A call goes through a pointer or a 64-bit integer.
    CallThrough,
    /// A call has an argument for each parameter.
    ArgumentCount,
    /// Parameters and results have at least 32 bits.
    SignatureType,
    /// Only a call of a C function has more than one result.
    MoreResults,
    /// The address of a C function's result is a pointer, its first parameter.
    ResultAddress,
    /// A leaf neither throws nor unwinds, so it has no landing pad.
    LeafUnwind,
    /// What a function ends with by a tail call has its parameters, or both have theirs in registers, and its result, and unwinds nowhere.
    TailCall,
    /// A call unwinds to a landing pad.
    UnwindTarget,
    /// A block that is jumped to exists.
    JumpTarget,
    /// Landing pads are reached by unwinding only.
    JumpToPad,
    /// A jump has an argument for each parameter of its block.
    JumpArguments,
    /// A switch is on 32 or 64 bits.
    SwitchType,
    /// A function returns a value if it says so.
    ReturnValue,
    /// A symbol has a link name.
    SymbolName,
    /// Lines name blocks, in ascending order, and documents and scopes that there are.
    LineMarks,
    /// A call's scope exists; an inlined call comes after the scope it is in.
    Scope,
}

/// A place in a function: block, and instruction or (behind the last) terminator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The block.
    pub block: BlockId,
    /// Index of the instruction; the terminator is the one behind the last.
    pub inst: usize,
}

/// A function that breaks a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Link name of the function.
    pub function: String,
    /// Where; nothing when it is in no block.
    pub place: Option<Place>,
    /// The rule.
    pub rule: Rule,
    /// What breaks it.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: ", self.function)?;
        if let Some(place) = self.place {
            write!(out, "{}.{}: ", place.block, place.inst)?;
        }
        write!(out, "{} ({})", self.detail, self.rule.text())
    }
}

impl std::error::Error for Violation {}
