//! The portable classes: `Vector64` to `Vector512`, `Vector<T>`, and the operators of their generic structs.
//!
//! What is hot is here; the rest is IL over these. Floats' minimum and maximum are left to IL, which knows about NaN and zero.

use super::{Found, Input, Query};
use crate::isa::IsaSet;
use crate::op::{Kind as K, Op};
use crate::shape::{Lane, Shape};
use Input::{Arg, Step};

/// Operations under construction.
struct Steps(Vec<(Op, Vec<Input>)>);

impl Steps {
    fn new() -> Self {
        Self(Vec::new())
    }

    fn add(&mut self, op: Op, inputs: &[Input]) -> Input {
        self.0.push((op, inputs.to_vec()));
        Step(self.0.len() - 1)
    }

    fn done(self) -> Option<Found> {
        Some(Found::Ops { steps: self.0, needs: IsaSet::EMPTY })
    }
}

fn one(op: Op, inputs: &[Input]) -> Option<Found> {
    let mut steps = Steps::new();
    steps.add(op, inputs);
    steps.done()
}

pub(super) fn find(q: &Query<'_>) -> Option<Found> {
    if !q.ret.is_vector() && !(0..q.args.len()).any(|i| q.vector(i).is_some()) {
        return None;
    }
    unary(q)
        .or_else(|| binary(q))
        .or_else(|| compare(q))
        .or_else(|| shift(q))
        .or_else(|| convert(q))
        .or_else(|| parts(q))
        .or_else(|| other(q))
}

fn unary(q: &Query<'_>) -> Option<Found> {
    let a = q.vector(0).filter(|_| q.args.len() == 1)?;
    let float = a.lane.is_float();
    let kind = match q.name {
        "Negate" | "op_UnaryNegation" => K::Neg,
        "OnesComplement" | "op_OnesComplement" => K::Not,
        "op_UnaryPlus" => K::Cast,
        "Abs" => K::Abs,
        "Sqrt" | "SquareRoot" if float => K::Sqrt,
        "Ceiling" if float => K::Ceil,
        "Floor" if float => K::Floor,
        "Truncate" if float => K::Trunc,
        "Round" if float => K::Round,
        _ => return None,
    };
    one(Op::on(kind, a), &[Arg(0)])
}

fn binary(q: &Query<'_>) -> Option<Found> {
    if q.args.len() != 2 {
        return None;
    }
    let shape = q.vector(0).or_else(|| q.vector(1))?;
    let float = shape.lane.is_float();
    let (kind, swap) = match q.name {
        "Add" | "op_Addition" => (K::Add, false),
        "Subtract" | "op_Subtraction" => (K::Sub, false),
        "Multiply" | "op_Multiply" => (K::Mul, false),
        "Divide" | "op_Division" if float => (K::Div, false),
        "BitwiseAnd" | "op_BitwiseAnd" => (K::And, false),
        "BitwiseOr" | "op_BitwiseOr" => (K::Or, false),
        "Xor" | "op_ExclusiveOr" => (K::Xor, false),
        "AndNot" => (K::AndNot, true),
        "Min" | "Max" if float => return None,
        "Min" => (K::Min, false),
        "Max" => (K::Max, false),
        "MinNative" => (K::Min, false),
        "MaxNative" => (K::Max, false),
        "AddSaturate" if !float => (K::AddSat, false),
        "SubtractSaturate" if !float => (K::SubSat, false),
        _ => return None,
    };
    let mut steps = Steps::new();
    let mut inputs = [Arg(0), Arg(1)];
    for (index, input) in inputs.iter_mut().enumerate() {
        let operand = q.value(index)?;
        if !operand.is_vector() {
            // A factor or divisor for all elements.
            if operand.lane != shape.lane || !matches!(kind, K::Mul | K::Div) {
                return None;
            }
            *input = steps.add(Op::new(K::Splat, shape, shape), &[Arg(index)]);
        } else if operand != shape {
            return None;
        }
    }
    if swap {
        inputs.swap(0, 1);
    }
    steps.add(Op::on(kind, shape), &inputs);
    steps.done()
}

fn compare(q: &Query<'_>) -> Option<Found> {
    let (a, b) = (q.vector(0)?, q.vector(1)?);
    if a != b || q.args.len() != 2 {
        return None;
    }
    let (kind, reduce) = match q.name {
        "Equals" if q.ret.is_vector() => (K::Eq, None),
        "op_Equality" => (K::Eq, Some(K::All)),
        "op_Inequality" => (K::Ne, Some(K::Any)),
        name => {
            let (name, reduce) = match (name.strip_suffix("All"), name.strip_suffix("Any")) {
                (Some(name), _) => (name, Some(K::All)),
                (_, Some(name)) => (name, Some(K::Any)),
                _ => (name, None),
            };
            let kind = match name {
                "Equals" if reduce.is_some() => K::Eq,
                "LessThan" => K::Lt,
                "LessThanOrEqual" => K::Le,
                "GreaterThan" => K::Gt,
                "GreaterThanOrEqual" => K::Ge,
                _ => return None,
            };
            (kind, reduce)
        }
    };
    let mut steps = Steps::new();
    let mask = steps.add(Op::on(kind, a), &[Arg(0), Arg(1)]);
    if let Some(reduce) = reduce {
        steps.add(Op::new(reduce, a, Shape::scalar(Lane::I32)), &[mask]);
    } else if !q.ret.is_vector() {
        return None;
    }
    steps.done()
}

fn shift(q: &Query<'_>) -> Option<Found> {
    let a = q.vector(0).filter(|a| q.args.len() == 2 && !a.lane.is_float())?;
    if q.value(1)? != Shape::scalar(Lane::I32) {
        return None;
    }
    let kind = match q.name {
        "ShiftLeft" | "op_LeftShift" => K::Shl,
        "ShiftRightLogical" | "op_UnsignedRightShift" => K::Shr,
        "ShiftRightArithmetic" => K::Sar,
        "op_RightShift" if a.lane.is_signed() => K::Sar,
        "op_RightShift" => K::Shr,
        _ => return None,
    };
    one(Op::on(kind, a), &[Arg(0), Arg(1)])
}

fn convert(q: &Query<'_>) -> Option<Found> {
    let a = q.vector(0)?;
    let to = q.ret;
    if !to.is_vector() {
        return None;
    }
    match (q.name, q.args.len()) {
        ("ConvertToSingle" | "ConvertToDouble" | "ConvertToInt32" | "ConvertToUInt32" | "ConvertToInt64" | "ConvertToUInt64", 1)
            if a.bytes == to.bytes && a.lane.size() == to.lane.size() =>
        {
            one(Op::new(K::Convert, a, to), &[Arg(0)])
        }
        ("WidenLower", 1) => one(Op::new(K::Convert, a, to), &[Arg(0)]),
        ("WidenUpper", 1) => one(Op::new(K::ConvertUpper, a, to), &[Arg(0)]),
        ("Narrow", 2) if q.vector(1)? == a => one(Op::new(K::Narrow, a, to), &[Arg(0), Arg(1)]),
        (name, 1) if name.starts_with("As") && a.bytes == to.bytes => one(Op::new(K::Cast, a, to), &[Arg(0)]),
        ("op_Explicit", 1) if a.bytes == to.bytes => one(Op::new(K::Cast, a, to), &[Arg(0)]),
        _ => None,
    }
}

/// Halves and wholes.
fn parts(q: &Query<'_>) -> Option<Found> {
    let a = q.vector(0)?;
    let same = a.lane == q.ret.lane;
    let kind = match (q.name, q.args.len()) {
        ("GetLower", 1) if same => K::Lower,
        ("GetUpper", 1) if same => K::Upper,
        ("ToVector128" | "ToVector256" | "ToVector512" | "ToVector128Unsafe" | "ToVector256Unsafe" | "ToVector512Unsafe", 1)
            if same && q.ret.bytes == a.bytes * 2 =>
        {
            K::Extend
        }
        ("WithLower", 2) if same => K::WithLower,
        ("WithUpper", 2) if same => K::WithUpper,
        ("Create", 2) if same && q.vector(1) == Some(a) && q.ret.bytes == a.bytes * 2 => K::Concat,
        _ => return None,
    };
    let inputs: Vec<_> = (0..q.args.len()).map(Arg).collect();
    one(Op::new(kind, if kind == K::Concat { q.ret } else { a }, q.ret), &inputs)
}

fn other(q: &Query<'_>) -> Option<Found> {
    let to = q.ret;
    let known = |index| q.known(index).and_then(|k| u8::try_from(k).ok());
    let scalars = |n: usize| (0..n).all(|i| q.value(i) == Some(Shape::scalar(to.lane)));
    match (q.name, q.args.len()) {
        ("get_AllBitsSet", 0) => one(Op::on(K::Ones, to), &[]),
        ("ConditionalSelect", 3) => one(Op::on(K::Select, to), &[Arg(0), Arg(1), Arg(2)]).filter(|_| q.vector(0).is_some()),
        ("Create", 1) if scalars(1) => one(Op::on(K::Splat, to), &[Arg(0)]),
        ("CreateScalar" | "CreateScalarUnsafe", 1) if scalars(1) => one(Op::on(K::First, to), &[Arg(0)]),
        ("Create", n) if to.is_vector() && n == to.count() as usize && scalars(n) => {
            one(Op::on(K::Build, to), &(0..n).map(Arg).collect::<Vec<_>>())
        }
        ("ToScalar", 1) => one(Op::new(K::Extract, q.vector(0)?, to), &[Arg(0)]),
        ("GetElement" | "get_Item", 2) => {
            let a = q.vector(0)?;
            let index = known(1).filter(|&i| u32::from(i) < a.count())?;
            one(Op::new(K::Extract, a, to).with(index), &[Arg(0)])
        }
        ("WithElement", 3) => {
            let a = q.vector(0)?;
            let index = known(1).filter(|&i| u32::from(i) < a.count())?;
            one(Op::on(K::Insert, a).with(index), &[Arg(0), Arg(2)])
        }
        ("ExtractMostSignificantBits", 1) => one(Op::new(K::SignMask, q.vector(0)?, to), &[Arg(0)]),
        ("Sum", 1) => {
            let a = q.vector(0).filter(|a| !a.lane.is_float())?;
            one(Op::new(K::Sum, a, to), &[Arg(0)])
        }
        ("FusedMultiplyAdd", 3) => one(Op::on(K::Fma, to), &[Arg(0), Arg(1), Arg(2)]).filter(|_| q.vector(0) == Some(to)),
        // Not `ShuffleUnsafe`: what an index out of range selects there is what the instruction that its body chooses does.
        ("Shuffle", 2) => shuffle(q),
        ("Load" | "LoadAligned" | "LoadAlignedNonTemporal" | "LoadUnsafe", 1) if q.pointee(0).is_some() => {
            one(Op::new(K::Load, Shape::scalar(Lane::I64), to), &[Arg(0)])
        }
        ("Store" | "StoreAligned" | "StoreAlignedNonTemporal" | "StoreUnsafe", 2) if q.pointee(1).is_some() => {
            one(Op::new(K::Store, q.vector(0)?, Shape::nothing()), &[Arg(1), Arg(0)])
        }
        _ => None,
    }
}

/// Elements by indices: what has an instruction for bytes.
fn shuffle(q: &Query<'_>) -> Option<Found> {
    let (a, b) = (q.vector(0)?, q.vector(1)?);
    if a.bytes != 16 || b.bytes != 16 || !q.native {
        return None;
    }
    // What the result's elements are called does not matter; the indices are integers of the same size.
    one(Op::new(K::Table, a, b), &[Arg(0), Arg(1)])
}
