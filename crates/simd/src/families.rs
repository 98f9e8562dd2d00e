//! From a call of the class library to operations: by the class, the method's name and what its arguments are.
//!
//! What is not found has a body in the class library's IL that does the same by other means (portable vectors), or none
//! (instruction sets: the body calls itself, and throws where it is compiled).

mod calls;
mod lanes;
mod memory;
mod moves;
mod portable;
mod scalars;

use crate::isa::IsaSet;
use crate::op::{Kind, Op};
use crate::shape::{Lane, Shape};

/// What an argument is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arg {
    /// A scalar or a vector, and its value if it is an integer that is known.
    Value(Shape, Option<i64>),
    /// A pointer or a managed reference to an element, if its type is one.
    Address(Option<Lane>),
}

/// A call.
#[derive(Clone, Debug)]
pub struct Query<'a> {
    /// The class in the namespace of the processor (`Avx2`, `Sse+X64`); nothing for the portable classes.
    pub class: Option<&'a str>,
    /// The method's name.
    pub name: &'a str,
    /// Its arguments.
    pub args: &'a [Arg],
    /// Its result.
    pub ret: Shape,
    /// Whether the processor is of the architecture that the classes of instruction sets are of.
    pub native: bool,
}

/// What an operation of a call takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Input {
    /// The call's argument.
    Arg(usize),
    /// The result of an earlier operation.
    Step(usize),
}

/// What a call is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// Operations in order, with what each takes; the last one's result is the call's.
    Ops {
        /// The operations.
        steps: Vec<(Op, Vec<Input>)>,
        /// What a processor must have.
        needs: IsaSet,
    },
    /// Operations, once the argument with this number is known: it is a part of the instruction. Only the values below the second number mean
    /// anything.
    Immediate(usize, u16),
}

impl Query<'_> {
    /// The shape of an argument that is a value.
    fn value(&self, index: usize) -> Option<Shape> {
        match self.args.get(index)? {
            Arg::Value(shape, _) => Some(*shape),
            Arg::Address(_) => None,
        }
    }

    /// The shape of an argument that is a vector.
    fn vector(&self, index: usize) -> Option<Shape> {
        self.value(index).filter(|s| s.is_vector())
    }

    /// The element type behind an argument that is an address.
    fn pointee(&self, index: usize) -> Option<Lane> {
        match self.args.get(index)? {
            Arg::Address(lane) => *lane,
            Arg::Value(..) => None,
        }
    }

    /// The value of the last argument.
    fn known(&self, index: usize) -> Option<i64> {
        match self.args.get(index)? {
            Arg::Value(_, known) => *known,
            Arg::Address(_) => None,
        }
    }
}

/// One operation on the arguments as they are, before the instruction set is looked at.
#[derive(Clone, Debug)]
struct Rule {
    op: Op,
    order: Vec<usize>,
    /// The argument that is the immediate, and how many values it has.
    imm: Option<(usize, u16)>,
}

impl Rule {
    fn new(op: Op, args: usize) -> Self {
        Self { op, order: (0..args).collect(), imm: None }
    }

    fn ordered(op: Op, order: &[usize]) -> Self {
        Self { op, order: order.to_vec(), imm: None }
    }

    /// The last of the arguments is the immediate.
    fn imm(op: Op, args: usize) -> Self {
        Self { op, order: (0..args - 1).collect(), imm: Some((args - 1, 256)) }
    }
}

/// What a call is; `None` for what stays a call.
#[must_use]
pub fn find(query: &Query<'_>) -> Option<Found> {
    let Some(class) = query.class else { return portable::find(query) };
    if !query.native {
        return None;
    }
    let needs = IsaSet::of_class(class)?;
    let rule = scalars::find(query)
        .or_else(|| memory::find(query))
        .or_else(|| calls::find(query))
        .or_else(|| lanes::find(query))
        .or_else(|| moves::find(query))?;
    let mut op = rule.op;
    if let Some((index, values)) = rule.imm {
        let Some(known) = query.known(index) else { return Some(Found::Immediate(index, values)) };
        op.imm = immediate(&op, known)?;
    }
    Some(Found::Ops { steps: vec![(op, rule.order.into_iter().map(Input::Arg).collect())], needs })
}

/// An immediate as the instruction takes it: what it has no bits for does not count.
fn immediate(op: &Op, known: i64) -> Option<u8> {
    let imm = (known & 0xFF) as u8;
    let mask = |count: u32| imm & (count - 1) as u8;
    Some(match op.kind {
        Kind::Extract | Kind::Insert => mask(op.from.count()),
        Kind::ExtractPart => mask(u32::from(op.from.bytes / op.to.bytes)),
        Kind::InsertPart => mask(u32::from(op.to.bytes / op.from.bytes)),
        Kind::Gather | Kind::GatherMask => Some(imm).filter(|i| matches!(i, 1 | 2 | 4 | 8))?,
        _ => imm,
    })
}
