//! Arithmetic, comparisons, shifts and conversions of instruction sets, element by element.

use super::{Query, Rule};
use crate::op::{Kind as K, Op};
use crate::shape::{Lane, Shape};

pub(super) fn find(q: &Query<'_>) -> Option<Rule> {
    compare(q).or_else(|| arithmetic(q)).or_else(|| shift(q)).or_else(|| fused(q)).or_else(|| convert(q))
}

/// Two operands, or one, on all elements or (`…Scalar`) the first.
fn arithmetic(q: &Query<'_>) -> Option<Rule> {
    let a = q.vector(0)?;
    let (name, first) = q.name.strip_suffix("Scalar").map_or((q.name, false), |name| (name, true));
    if let Some(kind) = unary(name, a.lane) {
        let op = Op::on(kind, a);
        return match (first, q.args.len()) {
            (false, 1) => Some(Rule::new(op, 1)),
            // One operand: the upper elements are its own.
            (true, 1) => Some(Rule::ordered(op.first(), &[0, 0])),
            (true, 2) => Some(Rule::new(op.first(), 2)),
            _ => None,
        };
    }
    let b = q.vector(1)?;
    let kind = binary(name, a.lane)?;
    if a.bytes != b.bytes || q.args.len() != 2 {
        return None;
    }
    let op = match kind {
        K::MulEven => Op::new(kind, a, q.ret),
        kind => Op::on(kind, a),
    };
    Some(Rule::new(if first { op.first() } else { op }, 2))
}

fn unary(name: &str, lane: Lane) -> Option<K> {
    Some(match name {
        "Abs" => K::Abs,
        "Sqrt" => K::Sqrt,
        "Ceiling" | "RoundToPositiveInfinity" if lane.is_float() => K::Ceil,
        "Floor" | "RoundToNegativeInfinity" if lane.is_float() => K::Floor,
        "RoundToZero" => K::Trunc,
        "RoundToNearestInteger" | "RoundCurrentDirection" => K::Round,
        _ => return None,
    })
}

fn binary(name: &str, lane: Lane) -> Option<K> {
    Some(match name {
        "Add" => K::Add,
        "Subtract" => K::Sub,
        "Multiply" if lane.is_float() => K::Mul,
        "Multiply" => K::MulEven,
        "MultiplyLow" => K::Mul,
        "MultiplyHigh" => K::MulHigh,
        "Divide" => K::Div,
        "And" => K::And,
        "Or" => K::Or,
        "Xor" => K::Xor,
        "AndNot" => K::AndNot,
        "Min" => K::Min,
        "Max" => K::Max,
        "AddSaturate" => K::AddSat,
        "SubtractSaturate" => K::SubSat,
        "Average" => K::Average,
        _ => return None,
    })
}

/// The comparison of a name behind `Compare`, `CompareScalar`, `CompareScalarOrdered`.
fn comparison(name: &str) -> Option<K> {
    Some(match name {
        "Equal" => K::Eq,
        "NotEqual" => K::Ne,
        "LessThan" => K::Lt,
        "LessThanOrEqual" => K::Le,
        "GreaterThan" => K::Gt,
        "GreaterThanOrEqual" => K::Ge,
        "NotLessThan" => K::NotLt,
        "NotLessThanOrEqual" => K::NotLe,
        "NotGreaterThan" => K::NotGt,
        "NotGreaterThanOrEqual" => K::NotGe,
        "Ordered" => K::Ordered,
        "Unordered" => K::Unordered,
        _ => return None,
    })
}

fn compare(q: &Query<'_>) -> Option<Rule> {
    let rest = q.name.strip_prefix("Compare")?;
    let (a, b) = (q.vector(0)?, q.vector(1)?);
    if a != b || q.args.len() != 2 {
        return None;
    }
    if let Some(kind) = comparison(rest) {
        return Some(Rule::new(Op::on(kind, a), 2));
    }
    let rest = rest.strip_prefix("Scalar")?;
    if let Some(kind) = comparison(rest) {
        return Some(Rule::new(Op::on(kind, a).first(), 2));
    }
    // Ordered and unordered differ in the exceptions that nobody sees.
    let kind = comparison(rest.strip_prefix("Ordered").or_else(|| rest.strip_prefix("Unordered"))?)?;
    Some(Rule::new(Op::new(kind, a, Shape::scalar(Lane::I32)), 2))
}

/// Shifts of all elements by an immediate.
fn shift(q: &Query<'_>) -> Option<Rule> {
    let a = q.vector(0)?;
    if q.args.len() != 2 || q.vector(1).is_some() || q.value(1).is_none() {
        return None;
    }
    let kind = match q.name {
        "ShiftLeftLogical" => K::ShlImm,
        "ShiftRightLogical" => K::ShrImm,
        "ShiftRightArithmetic" => K::SarImm,
        "ShiftLeftLogical128BitLane" => K::BytesLeft,
        "ShiftRightLogical128BitLane" => K::BytesRight,
        _ => return None,
    };
    Some(Rule::imm(Op::on(kind, a), 2))
}

/// Multiplication and addition in one.
fn fused(q: &Query<'_>) -> Option<Rule> {
    let a = q.vector(0)?;
    if q.args.len() != 3 || q.vector(2)? != a || !a.lane.is_float() {
        return None;
    }
    let (name, first) = q.name.strip_suffix("Scalar").map_or((q.name, false), |name| (name, true));
    let kind = match name {
        "MultiplyAdd" => K::Fma,
        "MultiplySubtract" => K::FmaSub,
        "MultiplyAddNegated" => K::FmaNegAdd,
        "MultiplySubtractNegated" => K::FmaNegSub,
        "MultiplyAddSubtract" => K::FmaAddSub,
        "MultiplySubtractAdd" => K::FmaSubAdd,
        _ => return None,
    };
    let op = Op::on(kind, a);
    Some(Rule::new(if first { op.first() } else { op }, 3))
}

/// Conversions that have no instruction of their own in LLVM: they are ordinary ones.
fn convert(q: &Query<'_>) -> Option<Rule> {
    let to = q.ret;
    match (q.name, q.args.len()) {
        ("ConvertScalarToVector128Single" | "ConvertScalarToVector128Double", 2) => {
            // From a double to a single it is an instruction (`calls`).
            Some(Rule::new(Op::new(K::Convert, q.value(1)?, to).first(), 2))
        }
        (name, 1) if name.starts_with("ConvertScalarToVector128") => Some(Rule::new(Op::new(K::First, to, to), 1)),
        ("ConvertToInt32" | "ConvertToUInt32" | "ConvertToInt64" | "ConvertToUInt64", 1) => {
            let a = q.vector(0).filter(|a| !a.lane.is_float())?;
            Some(Rule::new(Op::new(K::Extract, a, Shape::scalar(a.lane)), 1))
        }
        (name, 1) if name.starts_with("ConvertToVector") && to.is_vector() => {
            let a = q.vector(0)?;
            // Floats to integers round or cut as instructions do.
            let to_integers = a.lane.is_float() && !to.lane.is_float();
            let plain = !to_integers && (a.lane, to.lane) != (Lane::F64, Lane::F32);
            let wider = a.lane.size() <= to.lane.size();
            (plain && wider).then(|| Rule::new(Op::new(K::Convert, a, to), 1))
        }
        _ => None,
    }
}
