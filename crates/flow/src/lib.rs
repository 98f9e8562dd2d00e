//! The flow of `System.Type` and of names through one method's MIR: which types' members reflection is asked for, and by what name.
//!
//! Between methods a promise is what .NET makes it: `DynamicallyAccessedMembers` on a parameter, field, result or type parameter says which
//! members of the types that go through it are kept. So each method is looked at alone: a known type that goes into such a place is a
//! [`Demand`]; what comes out of one has that promise; and a place that nobody promised enough for is [`Unmet`], which a build may warn of.

#![forbid(unsafe_code)]

mod annotations;
mod calls;
mod members;
mod values;

pub use annotations::{Annotations, OfMethod, promised};
pub use members::Members;

use kiln_mir::{Function, SourcePos};
use kiln_typesys::{MethodDesc, TypeDesc, TypeSystem};
use std::sync::Arc;

/// Something that is kept of a type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Demand {
    /// The type.
    pub ty: TypeDesc,
    /// Which members.
    pub members: Members,
    /// Only those of this name: of the members themselves, or of properties and events whose accessors they are.
    pub name: Option<Arc<str>>,
}

/// What a method asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// Members of a type.
    Members(Demand),
    /// Objects of the type without a constructor.
    Object(TypeDesc),
    /// Vectors of the type.
    Vector(TypeDesc),
    /// `typeof`.
    TypeOf(TypeDesc),
    /// `typeof` of a generic definition that code makes types of.
    Pattern(TypeDesc),
    /// The address of what a virtual method is on an object.
    VirtualAddress(MethodDesc),
}

/// Something that a method asks for, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// What.
    pub what: What,
    /// The instruction.
    pub at: SourcePos,
}

/// A value of which nobody promised the members that are asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unmet {
    /// Who asks.
    pub callee: MethodDesc,
    /// For which argument, `this` first.
    pub argument: usize,
    /// For what.
    pub members: Members,
    /// The call.
    pub at: SourcePos,
}

/// Of which types `typeof` is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Types {
    /// None.
    None,
    /// Generic definitions.
    Definitions,
    /// All.
    All,
}

/// What was found in a method.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Findings {
    /// What is known.
    pub known: Vec<Finding>,
    /// What is not.
    pub unmet: Vec<Unmet>,
}

/// Looks at methods, and remembers what it read of those that they call.
#[derive(Debug)]
pub struct Flow {
    annotations: Annotations,
    rules: calls::Rules,
}

impl Flow {
    /// Knows the class library's methods that are more than their annotations say.
    #[must_use]
    pub fn new(ts: &TypeSystem) -> Self {
        Self { annotations: Annotations::default(), rules: calls::Rules::new(ts) }
    }

    /// What a method asks for. `types`: which uses of `typeof` are of interest, too.
    pub fn findings(&mut self, ts: &TypeSystem, f: &Function, types: Types) -> Findings {
        calls::findings(self, ts, f, types)
    }
}
