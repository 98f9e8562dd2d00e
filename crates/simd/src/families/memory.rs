//! Loads and stores of instruction sets. Alignment is not asked for, and a hint about caches is not passed on.

use super::{Query, Rule};
use crate::op::{Kind as K, Op};
use crate::shape::{Lane, Shape};

pub(super) fn find(q: &Query<'_>) -> Option<Rule> {
    load(q).or_else(|| store(q)).or_else(|| gather(q))
}

fn load(q: &Query<'_>) -> Option<Rule> {
    let op = |kind| Op::new(kind, Shape::scalar(Lane::I64), q.ret);
    if q.args.len() == 2 {
        // The half that the memory is not for comes from the first operand.
        let kind = match q.name {
            "LoadLow" => K::LoadLower,
            "LoadHigh" => K::LoadUpper,
            _ => return None,
        };
        return Some(Rule::new(Op::on(kind, q.vector(0)?), 2));
    }
    let lane = q.pointee(0)?;
    if q.args.len() != 1 || !q.ret.is_vector() {
        return None;
    }
    let name = q.name;
    Some(Rule::new(
        match name {
            "LoadScalarVector128" => op(K::LoadFirst),
            "LoadAndDuplicateToVector128" => op(K::LoadSplat),
            "BroadcastScalarToVector128" | "BroadcastScalarToVector256" => op(K::LoadSplat),
            "BroadcastVector128ToVector256" => op(K::LoadHalf),
            _ if name.starts_with("Load") => op(K::Load),
            _ if name.starts_with("ConvertToVector") => Op::new(K::LoadConvert, Shape::scalar(lane), q.ret),
            _ => return None,
        },
        1,
    ))
}

fn store(q: &Query<'_>) -> Option<Rule> {
    if q.args.len() == 1 && q.name.starts_with("Prefetch") {
        let locality = match q.name {
            "Prefetch0" => 3,
            "Prefetch1" => 2,
            "Prefetch2" => 1,
            _ => 0,
        };
        return Some(Rule::new(Op::new(K::Prefetch, Shape::scalar(Lane::I64), Shape::nothing()).with(locality), 1));
    }
    if q.args.len() != 2 || !matches!(q.args[0], super::Arg::Address(_)) {
        return None;
    }
    let from = q.value(1)?;
    let kind = match q.name {
        "Store" | "StoreAligned" | "StoreAlignedNonTemporal" | "StoreNonTemporal" => K::Store,
        "StoreScalar" => K::StoreFirst,
        "StoreLow" => K::StoreLower,
        "StoreHigh" => K::StoreUpper,
        _ => return None,
    };
    Some(Rule::new(Op::new(kind, from, Shape::nothing()), 2))
}

fn gather(q: &Query<'_>) -> Option<Rule> {
    match q.name {
        "GatherVector128" | "GatherVector256" => Some(Rule::imm(Op::new(K::Gather, q.vector(1)?, q.ret), 3)),
        "GatherMaskVector128" | "GatherMaskVector256" => Some(Rule::imm(Op::new(K::GatherMask, q.vector(2)?, q.ret), 5)),
        _ => None,
    }
}
