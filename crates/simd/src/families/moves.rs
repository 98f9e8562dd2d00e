//! Instructions that move elements: shuffles, insertions, halves, masks.

use super::{Query, Rule};
use crate::op::{Kind as K, Op};
use crate::shape::{Lane, Shape};

pub(super) fn find(q: &Query<'_>) -> Option<Rule> {
    with_immediate(q).or_else(|| fixed(q)).or_else(|| insertion(q))
}

/// What an immediate chooses.
fn with_immediate(q: &Query<'_>) -> Option<Rule> {
    let a = q.vector(0)?;
    let two = q.vector(1).is_some();
    let kind = match (q.name, q.args.len(), two) {
        ("Shuffle", 3, true) if a.lane.is_float() => K::ShuffleTwo,
        ("Shuffle", 2, false) => K::ShuffleOne,
        ("Permute", 2, false) if a.lane == Lane::F64 => return Some(Rule::imm(Op::on(K::ShuffleOne, a), 2)),
        ("Permute", 2, false) => K::ShuffleOne,
        ("ShuffleHigh", 2, false) => K::ShuffleHigh,
        ("ShuffleLow", 2, false) => K::ShuffleLow,
        ("AlignRight", 3, true) => K::AlignRight,
        ("Blend", 3, true) => K::Blend,
        ("Permute2x128", 3, true) => K::PermuteHalves,
        ("Permute4x64", 2, false) => K::PermuteQuads,
        _ => return None,
    };
    Some(Rule::imm(Op::on(kind, a), q.args.len()))
}

/// What needs no further word.
fn fixed(q: &Query<'_>) -> Option<Rule> {
    let a = q.vector(0)?;
    let (kind, args) = match (q.name, q.args.len()) {
        ("UnpackLow", 2) => (K::UnpackLow, 2),
        ("UnpackHigh", 2) => (K::UnpackHigh, 2),
        // The upper half of the second comes first.
        ("MoveHighToLow", 2) => return Some(Rule::ordered(Op::on(K::HighToLow, a), &[1, 0])),
        ("MoveLowToHigh", 2) => (K::LowToHigh, 2),
        ("MoveScalar", 2) => (K::MoveFirst, 2),
        ("MoveScalar", 1) => (K::KeepFirst, 1),
        ("MoveHighAndDuplicate" | "DuplicateOddIndexed", 1) => (K::DupOdd, 1),
        ("MoveLowAndDuplicate" | "DuplicateEvenIndexed" | "MoveAndDuplicate", 1) => (K::DupEven, 1),
        ("MoveMask", 1) => return Some(Rule::new(Op::new(K::SignMask, a, Shape::scalar(Lane::I32)), 1)),
        ("BroadcastScalarToVector128" | "BroadcastScalarToVector256", 1) => return Some(Rule::new(Op::new(K::SplatFirst, a, q.ret), 1)),
        _ => return None,
    };
    Some(Rule::new(Op::on(kind, a), args))
}

/// Elements and parts out of vectors and into them.
fn insertion(q: &Query<'_>) -> Option<Rule> {
    let a = q.vector(0)?;
    match (q.name, q.args.len()) {
        ("Extract", 2) => Some(Rule::imm(Op::new(K::Extract, a, Shape::scalar(a.lane)), 2)),
        ("Insert", 3) if q.vector(1).is_none() => Some(Rule::imm(Op::on(K::Insert, a), 3)),
        ("ExtractVector128", 2) => Some(Rule::imm(Op::new(K::ExtractPart, a, q.ret), 2)),
        ("InsertVector128", 3) => Some(Rule::imm(Op::new(K::InsertPart, q.vector(1)?, a), 3)),
        _ => None,
    }
}
