//! Procedure call standard of the Arm 64-bit architecture (AAPCS64) §6.8, for types without references.

use super::{Class, Leaf, Rules, Word, eightbytes, leaves};
use crate::LowerError;
use crate::types::Kind;
use kiln_lir::LTy;
use kiln_typesys::{TypeDesc, TypeSystem};

/// x0 to x7 and v0 to v7; the address of a result comes in x8.
pub(super) static RULES: Rules = Rules { int: 8, float: 8, exhausts: true, even: true, own_result_register: true };

/// Up to four equal floating-point numbers travel in vector registers, other structures of up to 16 bytes as integers, and of
/// larger ones the address of a copy.
pub(super) fn classify(ts: &TypeSystem, t: TypeDesc) -> Result<Class, LowerError> {
    let size = ts.layout(t)?.size.max(1);
    if let Some(words) = leaves(ts, t)?.and_then(|list| homogeneous(&list, size)) {
        return Ok(Class::Registers(words));
    }
    Ok(if size <= 16 { Class::Registers(eightbytes(size)) } else { Class::Address })
}

/// The members of a homogeneous floating-point aggregate (§5.9.5.1): one to four of one type, and nothing else in it.
fn homogeneous(leaves: &[Leaf], size: u32) -> Option<Vec<Word>> {
    let first = leaves.first()?;
    let (ty, width) = match first.kind {
        Kind::F32 => (LTy::F32, 4),
        Kind::F64 => (LTy::F64, 8),
        _ => return None,
    };
    let mut offsets: Vec<u32> = leaves.iter().map(|l| l.offset).collect();
    offsets.sort_unstable();
    // Fields that overlap are one member.
    offsets.dedup();
    let count = u32::try_from(offsets.len()).ok()?;
    let whole = leaves.iter().all(|l| l.kind == first.kind) && count <= 4 && count * width == size;
    (whole && offsets.iter().zip(0..).all(|(&o, n)| o == n * width)).then(|| offsets.iter().map(|&offset| Word { offset, ty }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stubs::convention::{Args, Route};
    use kiln_target::CConvention;

    const STACK: usize = 8 + 8;

    fn leaf(offset: u32, kind: Kind) -> Leaf {
        Leaf { offset, size: kind.size(), kind }
    }

    #[test]
    fn up_to_four_equal_floats_are_a_homogeneous_aggregate_and_nothing_else_is() {
        let floats = |n: u32| -> Vec<Leaf> { (0..n).map(|i| leaf(4 * i, Kind::F32)).collect() };
        let words = homogeneous(&floats(3), 12).expect("three floats");
        assert_eq!(words.iter().map(|w| w.offset).collect::<Vec<_>>(), [0, 4, 8]);
        assert!(homogeneous(&floats(4), 16).is_some());
        assert!(homogeneous(&floats(5), 20).is_none());
        assert!(homogeneous(&floats(2), 16).is_none(), "bytes that no field names");
        assert!(homogeneous(&[leaf(0, Kind::F32), leaf(8, Kind::F64)], 16).is_none());
        assert!(homogeneous(&[leaf(0, Kind::F64), leaf(8, Kind::I64)], 16).is_none());
        assert!(homogeneous(&[leaf(0, Kind::F64), leaf(0, Kind::F64)], 8).is_some(), "a union of two doubles");
    }

    #[test]
    fn after_a_structure_that_does_not_fit_its_registers_stay_empty() {
        let mut a = Args::new(CConvention::Aapcs64);
        for v in 0..7 {
            a.scalar(v, LTy::I64);
        }
        let route = a.route(&[LTy::I64, LTy::I64], 8);
        assert_eq!(route, Route::Stack);
        a.push(route, &[(10, LTy::I64), (11, LTy::I64)], 8);
        a.scalar(7, LTy::I64);
        a.scalar(20, LTy::F64);
        assert_eq!(a.ordered(|_| -1)[..9], [0, 1, 2, 3, 4, 5, 6, -1, 20]);
    }

    #[test]
    fn a_homogeneous_aggregate_that_does_not_fit_leaves_the_integer_registers_alone() {
        let mut a = Args::new(CConvention::Aapcs64);
        for v in 0..6 {
            a.scalar(v, LTy::F64);
        }
        assert_eq!(a.route(&[LTy::F32; 3], 4), Route::Stack);
        a.push(Route::Stack, &[(10, LTy::I64), (11, LTy::I64)], 4);
        a.scalar(6, LTy::F64);
        a.scalar(7, LTy::I32);
        assert_eq!(a.ordered(|_| -1), [7, -1, -1, -1, -1, -1, -1, -1, 0, 1, 2, 3, 4, 5, -1, -1, 10, 11, 6]);
    }

    #[test]
    fn sixteen_byte_alignment_begins_at_an_even_register() {
        let mut a = Args::new(CConvention::Aapcs64);
        a.scalar(0, LTy::I64);
        let route = a.route(&[LTy::I64, LTy::I64], 16);
        a.push(route, &[(1, LTy::I64), (2, LTy::I64)], 16);
        assert_eq!(a.ordered(|_| -1), [0, -1, 1, 2]);
    }

    #[test]
    fn the_result_address_takes_no_integer_register() {
        let mut a = Args::new(CConvention::Aapcs64);
        a.result_address(9);
        for v in 0..9 {
            a.scalar(v, LTy::I64);
        }
        let order = a.ordered(|_| -1);
        assert_eq!(order[..9], [9, 0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(order[1 + STACK..], [8]);
    }
}
