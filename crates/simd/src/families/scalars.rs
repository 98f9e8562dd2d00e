//! Instructions on general registers.

use super::{Query, Rule};
use crate::call::Call;
use crate::op::{Kind as K, Op};
use crate::shape::Shape;

pub(super) fn find(q: &Query<'_>) -> Option<Rule> {
    if q.args.is_empty() {
        let name = match q.name {
            "Pause" => "x86.sse2.pause",
            "StoreFence" => "x86.sse.sfence",
            "LoadFence" => "x86.sse2.lfence",
            "MemoryFence" => "x86.sse2.mfence",
            "Serialize" => "x86.serialize",
            _ => return None,
        };
        return Some(Rule::new(Op::new(K::Call(Call::find(name)?), Shape::nothing(), Shape::nothing()), 0));
    }
    let a = q.value(0).filter(|a| !a.is_vector())?;
    let wide = a.lane.size() == 8;
    let call = |narrow, long| Call::find(if wide { long } else { narrow }).map(K::Call);
    let op = |kind| Op::new(kind, a, q.ret);
    match (q.name, q.args.len()) {
        ("PopCount", 1) => Some(Rule::new(op(K::PopCount), 1)),
        ("LeadingZeroCount", 1) => Some(Rule::new(op(K::LeadingZeros), 1)),
        ("TrailingZeroCount", 1) => Some(Rule::new(op(K::TrailingZeros), 1)),
        ("BitScanForward", 1) => Some(Rule::new(op(K::TrailingZeros), 1)),
        ("BitScanReverse", 1) => Some(Rule::new(op(K::HighestBit), 1)),
        ("ExtractLowestSetBit", 1) => Some(Rule::new(op(K::LowestBit), 1)),
        ("GetMaskUpToLowestSetBit", 1) => Some(Rule::new(op(K::LowestMask), 1)),
        ("ResetLowestSetBit", 1) => Some(Rule::new(op(K::ResetLowest), 1)),
        ("AndNot", 2) => Some(Rule::new(op(K::AndNot), 2)),
        ("BitFieldExtract", 2) => Some(Rule::new(op(call("x86.bmi.bextr.32", "x86.bmi.bextr.64")?), 2)),
        ("BitFieldExtract", 3) => Some(Rule::new(op(K::BitField), 3)),
        ("ZeroHighBits", 2) => Some(Rule::new(op(call("x86.bmi.bzhi.32", "x86.bmi.bzhi.64")?), 2)),
        ("ParallelBitDeposit", 2) => Some(Rule::new(op(call("x86.bmi.pdep.32", "x86.bmi.pdep.64")?), 2)),
        ("ParallelBitExtract", 2) => Some(Rule::new(op(call("x86.bmi.pext.32", "x86.bmi.pext.64")?), 2)),
        ("MultiplyNoFlags", 2) => Some(Rule::new(op(K::MulHigh), 2)),
        ("MultiplyNoFlags", 3) => Some(Rule::new(op(K::MulWide), 3)),
        ("Crc32", 2) => {
            let name = match q.value(1)?.lane.size() {
                1 => "x86.sse42.crc32.32.8",
                2 => "x86.sse42.crc32.32.16",
                4 => "x86.sse42.crc32.32.32",
                _ => "x86.sse42.crc32.64.64",
            };
            Some(Rule::new(op(K::Call(Call::find(name)?)), 2))
        }
        _ => None,
    }
}
