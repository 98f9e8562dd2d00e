//! Conversions (III.3.27–3.29). Float to integer saturates as .NET 9 does; checked forms compare against exact bounds.

use super::Lowerer;
use crate::LowerError;
use kiln_abi::helpers::Helper as h;
use kiln_lir::{self as lir, CastOp, FloatCond, Inst, IntCond, LTy, ValueId};
use kiln_mir::{self as mir, ConvRange, ConvTo};

/// Signedness and bits of an integer target.
fn target(to: ConvTo) -> Option<(bool, u32)> {
    Some(match to {
        ConvTo::I8 => (true, 8),
        ConvTo::U8 => (false, 8),
        ConvTo::I16 => (true, 16),
        ConvTo::U16 => (false, 16),
        ConvTo::I32 => (true, 32),
        ConvTo::U32 => (false, 32),
        ConvTo::I64 | ConvTo::NInt => (true, 64),
        ConvTo::U64 | ConvTo::NUInt => (false, 64),
        ConvTo::F32 | ConvTo::F64 | ConvTo::FUn => return None,
    })
}

impl Lowerer<'_> {
    pub(super) fn conv(&mut self, r: Option<mir::ValueId>, to: ConvTo, range: ConvRange, value: mir::ValueId) -> Result<(), LowerError> {
        let mut x = self.reg(value)?;
        if matches!(self.b.ty(x), LTy::Ref | LTy::Ptr) {
            x = self.b.coerce(x, LTy::I64);
        }
        let from = self.b.ty(x);
        let float = matches!(from, LTy::F32 | LTy::F64);
        let v = match target(to) {
            None => {
                let dst = if to == ConvTo::F32 { LTy::F32 } else { LTy::F64 };
                match (from, float) {
                    (_, true) => self.b.coerce(x, dst),
                    _ if to == ConvTo::FUn => self.b.cast(CastOp::UiToFp, dst, x),
                    _ => self.b.cast(CastOp::SiToFp, dst, x),
                }
            }
            Some((signed, bits)) => match (float, range) {
                (false, ConvRange::Unchecked) => self.int_to_int(x, signed, bits),
                (false, ConvRange::Checked) => self.int_to_int_checked(x, signed, bits, false),
                (false, ConvRange::CheckedUn) => self.int_to_int_checked(x, signed, bits, true),
                (true, ConvRange::Unchecked) => {
                    let reg = if bits == 64 { LTy::I64 } else { LTy::I32 };
                    // Small targets go through int32.
                    let op = if signed || bits < 32 { CastOp::FpToSiSat } else { CastOp::FpToUiSat };
                    let v = self.b.cast(op, reg, x);
                    self.int_to_int(v, signed, bits)
                }
                (true, _) => self.float_to_int_checked(x, signed, bits),
            },
        };
        self.set_reg(r, v)
    }

    fn int_to_int(&mut self, x: ValueId, signed: bool, bits: u32) -> ValueId {
        let from = self.b.ty(x);
        match bits {
            64 if from == LTy::I64 => x,
            64 => self.b.cast(if signed { CastOp::SExt } else { CastOp::ZExt }, LTy::I64, x),
            32 => self.b.coerce(x, LTy::I32),
            _ => {
                let small = if bits == 8 { LTy::I8 } else { LTy::I16 };
                let s = self.b.cast(CastOp::Trunc, small, x);
                self.b.cast(if signed { CastOp::SExt } else { CastOp::ZExt }, LTy::I32, s)
            }
        }
    }

    fn int_to_int_checked(&mut self, x: ValueId, signed: bool, bits: u32, un: bool) -> ValueId {
        let wide = self.b.ty(x) == LTy::I64;
        let w = if wide { x } else { self.b.cast(if un { CastOp::ZExt } else { CastOp::SExt }, LTy::I64, x) };
        let max: i128 = if signed { (1 << (bits - 1)) - 1 } else { (1 << bits) - 1 };
        let min: i128 = if signed { -(1 << (bits - 1)) } else { 0 };
        if un {
            // Source is unsigned: only the upper bound matters.
            if max < i128::from(u64::MAX) && (wide || max < i128::from(u32::MAX)) {
                let m = self.b.iconst(LTy::I64, max as i64);
                let c = self.b.icmp(IntCond::Ugt, w, m);
                self.b.throw_if(c, h::RhpThrowOverflow);
            }
        } else {
            if max < i128::from(i64::MAX) && (wide || max < i128::from(i32::MAX)) {
                let m = self.b.iconst(LTy::I64, max as i64);
                let c = self.b.icmp(IntCond::Sgt, w, m);
                self.b.throw_if(c, h::RhpThrowOverflow);
            }
            if min > i128::from(i64::MIN) && (wide || min > i128::from(i32::MIN)) {
                let m = self.b.iconst(LTy::I64, min as i64);
                let c = self.b.icmp(IntCond::Slt, w, m);
                self.b.throw_if(c, h::RhpThrowOverflow);
            }
        }
        if bits == 64 { w } else { self.b.cast(CastOp::Trunc, LTy::I32, w) }
    }

    fn float_to_int_checked(&mut self, x: ValueId, signed: bool, bits: u32) -> ValueId {
        let x = self.b.coerce(x, LTy::F64);
        // Valid: lower < x < upper, or lower <= x when lower - 1 is not a double.
        let upper = if signed { 2f64.powi(bits as i32 - 1) } else { 2f64.powi(bits as i32) };
        let (lower, inclusive) = match (signed, bits) {
            (true, 64) => (-(2f64.powi(63)), true),
            (true, _) => (-(2f64.powi(bits as i32 - 1)) - 1.0, false),
            (false, _) => (-1.0, false),
        };
        let lo = self.b.op(Inst::F64Const(lower.to_bits()), LTy::F64);
        let hi = self.b.op(Inst::F64Const(upper.to_bits()), LTy::F64);
        let c1 = self.b.op(Inst::FCmp(if inclusive { FloatCond::Oge } else { FloatCond::Ogt }, LTy::F64, x, lo), LTy::I1);
        let c2 = self.b.op(Inst::FCmp(FloatCond::Olt, LTy::F64, x, hi), LTy::I1);
        let ok = self.b.bin(lir::BinOp::And, LTy::I1, c1, c2);
        let one = self.b.iconst(LTy::I1, 1);
        let bad = self.b.bin(lir::BinOp::Xor, LTy::I1, ok, one);
        self.b.throw_if(bad, h::RhpThrowOverflow);
        let reg = if bits == 64 { LTy::I64 } else { LTy::I32 };
        let op = if signed || bits < 32 { CastOp::FpToSiSat } else { CastOp::FpToUiSat };
        self.b.cast(op, reg, x)
    }
}
