//! NaNs as the processor makes them. ECMA-335 leaves their bits open, but .NET programs see those of the processor, the same at every level of
//! optimisation, and LLVM takes all NaNs for equal: it folds an invalid operation to another one, and turns a product with -1 into a change of sign.

use super::function::{FunctionEmitter, Step};
use super::inst::bin_opcode;
use crate::OptLevel;
use crate::llvm::{Opcode, Value};
use kiln_lir::{BinOp, Inst, LTy, ValueId};

/// A floating-point constant.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Float {
    F32(u32),
    F64(u64),
}

impl Float {
    fn value(self) -> f64 {
        match self {
            Self::F32(bits) => f64::from(f32::from_bits(bits)),
            Self::F64(bits) => f64::from_bits(bits),
        }
    }

    /// A NaN made quiet.
    fn quiet(self) -> Self {
        match self {
            Self::F32(bits) => Self::F32(bits | 1 << 22),
            Self::F64(bits) => Self::F64(bits | 1 << 51),
        }
    }
}

/// What an operation of two constants comes to when it is a NaN: the first operand that is one, or what the processor makes of an invalid operation.
fn nan(op: BinOp, a: Float, b: Float, negative: bool) -> Option<Float> {
    let (x, y) = (a.value(), b.value());
    if x.is_nan() {
        return Some(a.quiet());
    }
    if y.is_nan() {
        return Some(b.quiet());
    }
    // In double precision, as no operation is invalid in one precision alone.
    let result = match op {
        BinOp::FAdd => x + y,
        BinOp::FSub => x - y,
        BinOp::FMul => x * y,
        BinOp::FDiv => x / y,
        BinOp::FRem => x % y,
        _ => return None,
    };
    result.is_nan().then_some(match a {
        Float::F32(_) => Float::F32(if negative { 0xFFC0_0000 } else { 0x7FC0_0000 }),
        Float::F64(_) => Float::F64(if negative { 0xFFF8_0000_0000_0000 } else { 0x7FF8_0000_0000_0000 }),
    })
}

impl<'c> FunctionEmitter<'_, '_, 'c> {
    /// The constant that an instruction gives, if that is one.
    pub(super) fn float_of(&self, inst: &Inst) -> Option<Float> {
        match inst {
            Inst::F32Const(bits) => Some(Float::F32(*bits)),
            Inst::F64Const(bits) => Some(Float::F64(*bits)),
            Inst::Bin(op, LTy::F32 | LTy::F64, a, b) => self.nan_of(*op, *a, *b),
            _ => None,
        }
    }

    fn nan_of(&self, op: BinOp, a: ValueId, b: ValueId) -> Option<Float> {
        nan(op, *self.floats.get(&a)?, *self.floats.get(&b)?, self.e.opts.target.negative_nan)
    }

    /// An operation of two floating-point numbers.
    pub(super) fn float_operation(&self, op: BinOp, ty: LTy, a: ValueId, b: ValueId) -> Step<Value<'c>> {
        if let Some(constant) = self.nan_of(op, a, b) {
            return Ok(self.float_constant(constant));
        }
        let changes_sign = |v: ValueId| self.floats.get(&v).is_some_and(|c| c.value() == -1.0);
        let subtracts = op == BinOp::FSub && self.floats.get(&a).is_some_and(|c| c.value() == 0.0 && c.value().is_sign_negative());
        let operand = |v: ValueId| match self.floats.get(&v) {
            Some(&c)
                if self.e.opts.opt != OptLevel::O0
                    && (subtracts && v == a || matches!(op, BinOp::FMul | BinOp::FDiv) && changes_sign(v)) =>
            {
                Ok(self.hidden(c))
            }
            _ => self.typed(v, ty),
        };
        let (x, y) = (operand(a)?, operand(b)?);
        Ok(self.b.bin(bin_opcode(op, ty)?, x, y))
    }

    fn float_constant(&self, constant: Float) -> Value<'c> {
        let t = &self.e.types;
        match constant {
            Float::F32(bits) => t.i32.const_int(u64::from(bits)).const_bitcast(t.f32),
            Float::F64(bits) => t.i64.const_int(bits).const_bitcast(t.f64),
        }
    }

    /// A constant that the optimiser does not know.
    fn hidden(&self, constant: Float) -> Value<'c> {
        let t = &self.e.types;
        let (bits, integer, float) = match constant {
            Float::F32(bits) => (u64::from(bits), t.i32, t.f32),
            Float::F64(bits) => (bits, t.i64, t.f64),
        };
        let opaque = self.b.opaque(integer.const_int(bits), integer);
        self.e.mark_leaf(opaque);
        self.b.cast(Opcode::LLVMBitCast, opaque, float)
    }
}

#[cfg(test)]
mod tests {
    use super::{Float, nan};
    use kiln_lir::BinOp;

    #[test]
    fn invalid_operations_give_the_processors_nan() {
        let number = |x: f64| Float::F64(x.to_bits());
        let negative = Some(Float::F64(0xFFF8 << 48));
        assert_eq!(nan(BinOp::FDiv, number(0.0), number(-0.0), true), negative);
        assert_eq!(nan(BinOp::FMul, number(f64::INFINITY), number(0.0), true), negative);
        assert_eq!(nan(BinOp::FSub, number(f64::INFINITY), number(f64::INFINITY), false), Some(Float::F64(0x7FF8 << 48)));
        assert_eq!(nan(BinOp::FRem, number(1.0), number(0.0), true), negative);
        assert_eq!(nan(BinOp::FAdd, number(1.0), number(2.0), true), None);
        assert_eq!(nan(BinOp::FDiv, Float::F32(0), Float::F32(0), true), Some(Float::F32(0xFFC0_0000)));
    }

    #[test]
    fn a_nan_among_the_operands_is_the_result_made_quiet() {
        let (a, b) = (Float::F64(0x7FF0_0000_0000_0001), Float::F64(0xFFF8_0000_0000_0002));
        assert_eq!(nan(BinOp::FAdd, a, b, true), Some(Float::F64(0x7FF8_0000_0000_0001)));
        assert_eq!(nan(BinOp::FAdd, Float::F64(0), b, true), Some(b));
    }
}
