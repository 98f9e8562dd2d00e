//! System V x86-64 psABI §3.2.3, for types without references.

use super::{Class, Rules, Word, leaves};
use crate::LowerError;
use crate::types::Kind;
use kiln_lir::LTy;
use kiln_typesys::{TypeDesc, TypeSystem};

pub(super) static RULES: Rules = Rules { int: 6, float: 8, exhausts: false, even: false, own_result_register: false };

/// Class of eight bytes of a structure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Eightbyte {
    /// Padding so far.
    None,
    Integer,
    /// Floating point; the end of the last float within the eight bytes.
    Sse(u32),
}

impl Eightbyte {
    /// Merges a scalar that ends at `end` (psABI: INTEGER wins).
    fn with(self, kind: Kind, end: u32) -> Self {
        match (self, kind) {
            (Self::None, Kind::F32 | Kind::F64) => Self::Sse(end),
            (Self::Sse(n), Kind::F32 | Kind::F64) => Self::Sse(n.max(end)),
            _ => Self::Integer,
        }
    }
}

/// Up to 16 bytes travel in registers, each eightbyte by what is in it; more, and what is not aligned, on the stack.
pub(super) fn classify(ts: &TypeSystem, t: TypeDesc) -> Result<Class, LowerError> {
    let size = ts.layout(t)?.size.max(1);
    if size > 16 {
        return Ok(Class::Stack);
    }
    let mut parts = [Eightbyte::None; 2];
    let Some(leaves) = leaves(ts, t)? else { return Ok(Class::Stack) };
    for leaf in leaves {
        let part = &mut parts[(leaf.offset / 8).min(1) as usize];
        *part = part.with(leaf.kind, leaf.offset % 8 + leaf.size);
    }
    let words = parts.iter().zip([0, 8]).take(size.div_ceil(8) as usize).map(|(part, offset)| {
        let ty = match part {
            Eightbyte::Sse(end) if *end <= 4 => LTy::F32,
            Eightbyte::Sse(_) => LTy::F64,
            // Bytes that no field names (an empty struct, explicit sizes) travel as integers, as on CoreCLR.
            Eightbyte::None | Eightbyte::Integer => LTy::I64,
        };
        Word { offset, ty }
    });
    Ok(Class::Registers(words.collect()))
}

#[cfg(test)]
mod tests {
    use crate::stubs::convention::{Args, Route};
    use kiln_lir::LTy;
    use kiln_target::CConvention;

    const STACK: usize = 6 + 8;

    #[test]
    fn a_structure_that_does_not_fit_goes_to_the_stack_whole_and_later_scalars_still_use_registers() {
        let mut a = Args::new(CConvention::SysV);
        for v in 0..5 {
            a.scalar(v, LTy::I64);
        }
        let route = a.route(&[LTy::I64, LTy::I64], 8);
        assert_eq!(route, Route::Stack);
        a.push(route, &[(10, LTy::I64), (11, LTy::I64)], 8);
        a.scalar(5, LTy::I32);
        a.scalar(6, LTy::I32);
        a.scalar(20, LTy::F64);
        assert_eq!(a.ordered(|_| -1), [0, 1, 2, 3, 4, 5, 20, -1, -1, -1, -1, -1, -1, -1, 10, 11, 6]);
    }

    #[test]
    fn without_words_on_the_stack_nothing_is_filled_up() {
        let mut a = Args::new(CConvention::SysV);
        a.push(Route::Registers, &[(1, LTy::F32), (2, LTy::I64)], 8);
        assert_eq!(a.ordered(|_| -1), [2, 1]);
    }

    #[test]
    fn sixteen_byte_alignment_pads_the_stack() {
        let mut a = Args::new(CConvention::SysV);
        a.push(Route::Stack, &[(1, LTy::I64)], 8);
        a.push(Route::Stack, &[(2, LTy::I64), (3, LTy::I64)], 16);
        assert_eq!(a.ordered(|_| -1)[STACK..], [1, -1, 2, 3]);
    }

    #[test]
    fn the_result_address_is_the_first_integer() {
        let mut a = Args::new(CConvention::SysV);
        a.result_address(9);
        a.scalar(1, LTy::I64);
        assert_eq!(a.ordered(|_| -1), [9, 1]);
    }
}
