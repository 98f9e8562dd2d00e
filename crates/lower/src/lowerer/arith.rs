//! Arithmetic and comparisons (III.3.1–3.68): checks, shift masking, intrinsics.

use super::Lowerer;
use crate::LowerError;
use kiln_abi::helpers::Helper as h;
use kiln_lir::{self as lir, CastOp, FloatCond, Inst, IntCond, LTy, MathOp, ValueId};
use kiln_mir::{self as mir, BinOp, CompareOp, IntrinsicOp, UnOp};

fn is_float(t: LTy) -> bool {
    matches!(t, LTy::F32 | LTy::F64)
}

impl Lowerer<'_> {
    /// Both operands in one type.
    fn operands2(&mut self, a: mir::ValueId, b: mir::ValueId) -> Result<(ValueId, ValueId, LTy), LowerError> {
        let (x, y) = (self.reg(a)?, self.reg(b)?);
        let (tx, ty) = (self.b.ty(x), self.b.ty(y));
        if tx == ty {
            return Ok((x, y, tx));
        }
        let t = match (tx, ty) {
            (LTy::F64, _) | (_, LTy::F64) => LTy::F64,
            (LTy::I64, _) | (_, LTy::I64) | (LTy::Ref, _) | (_, LTy::Ref) => LTy::I64,
            _ => tx,
        };
        Ok((self.b.coerce(x, t), self.b.coerce(y, t), t))
    }

    pub(super) fn bin(&mut self, r: Option<mir::ValueId>, op: BinOp, a: mir::ValueId, b: mir::ValueId) -> Result<(), LowerError> {
        let (x, y) = (self.reg(a)?, self.reg(b)?);
        if self.b.ty(x) == LTy::Ref || self.b.ty(y) == LTy::Ref {
            return self.byref_arith(r, op, x, y);
        }
        if matches!(op, BinOp::Shl | BinOp::Shr | BinOp::ShrUn) {
            let t = self.b.ty(x);
            let y = self.b.coerce(y, t);
            let mask = self.b.iconst(t, if t == LTy::I64 { 63 } else { 31 });
            let y = self.b.bin(lir::BinOp::And, t, y, mask);
            let o = match op {
                BinOp::Shl => lir::BinOp::Shl,
                BinOp::Shr => lir::BinOp::AShr,
                _ => lir::BinOp::LShr,
            };
            let v = self.b.bin(o, t, x, y);
            return self.set_reg(r, v);
        }
        let (x, y, t) = self.operands2(a, b)?;
        if is_float(t) {
            let o = match op {
                BinOp::Add => lir::BinOp::FAdd,
                BinOp::Sub => lir::BinOp::FSub,
                BinOp::Mul => lir::BinOp::FMul,
                BinOp::Div => lir::BinOp::FDiv,
                BinOp::Rem => lir::BinOp::FRem,
                _ => return Err(LowerError::Unsupported(format!("{op:?} of floats"))),
            };
            let v = self.b.bin(o, t, x, y);
            return self.set_reg(r, v);
        }
        let v = match op {
            BinOp::Add => self.b.bin(lir::BinOp::Add, t, x, y),
            BinOp::Sub => self.b.bin(lir::BinOp::Sub, t, x, y),
            BinOp::Mul => self.b.bin(lir::BinOp::Mul, t, x, y),
            BinOp::And => self.b.bin(lir::BinOp::And, t, x, y),
            BinOp::Or => self.b.bin(lir::BinOp::Or, t, x, y),
            BinOp::Xor => self.b.bin(lir::BinOp::Xor, t, x, y),
            BinOp::Div | BinOp::Rem | BinOp::DivUn | BinOp::RemUn => self.divide(op, t, x, y, self.const_of(b)),
            BinOp::AddOvf => self.overflow(lir::BinOp::Add, true, t, x, y),
            BinOp::AddOvfUn => self.overflow(lir::BinOp::Add, false, t, x, y),
            BinOp::SubOvf => self.overflow(lir::BinOp::Sub, true, t, x, y),
            BinOp::SubOvfUn => self.overflow(lir::BinOp::Sub, false, t, x, y),
            BinOp::MulOvf => self.overflow(lir::BinOp::Mul, true, t, x, y),
            BinOp::MulOvfUn => self.overflow(lir::BinOp::Mul, false, t, x, y),
            BinOp::Shl | BinOp::Shr | BinOp::ShrUn => return Err(LowerError::Unsupported("shift".to_owned())),
        };
        self.set_reg(r, v)
    }

    fn overflow(&mut self, op: lir::BinOp, signed: bool, ty: LTy, a: ValueId, b: ValueId) -> ValueId {
        let v = self.b.insert(Inst::BinOverflow { op, signed, ty, a, b }, &[ty, LTy::I1]);
        self.b.throw_if(v[1], h::RhpThrowOverflow);
        v[0]
    }

    fn divide(&mut self, op: BinOp, t: LTy, x: ValueId, y: ValueId, c: Option<i64>) -> ValueId {
        if c.is_none_or(|c| c == 0) {
            let z = self.b.is_zero(y);
            self.b.throw_if(z, h::RhpThrowDivideByZero);
        }
        let signed = matches!(op, BinOp::Div | BinOp::Rem);
        if signed && c.is_none_or(|c| c == -1) {
            let m1 = self.b.iconst(t, -1);
            let min = self.b.iconst(t, if t == LTy::I64 { i64::MIN } else { i64::from(i32::MIN) });
            let c1 = self.b.icmp(IntCond::Eq, y, m1);
            let c2 = self.b.icmp(IntCond::Eq, x, min);
            let c = self.b.bin(lir::BinOp::And, LTy::I1, c1, c2);
            self.b.throw_if(c, h::RhpThrowOverflow);
        }
        let o = match op {
            BinOp::Div => lir::BinOp::SDiv,
            BinOp::Rem => lir::BinOp::SRem,
            BinOp::DivUn => lir::BinOp::UDiv,
            _ => lir::BinOp::URem,
        };
        self.b.bin(o, t, x, y)
    }

    fn byref_arith(&mut self, r: Option<mir::ValueId>, op: BinOp, x: ValueId, y: ValueId) -> Result<(), LowerError> {
        let (tx, ty) = (self.b.ty(x), self.b.ty(y));
        let add = matches!(op, BinOp::Add | BinOp::AddOvf | BinOp::AddOvfUn);
        let sub = matches!(op, BinOp::Sub | BinOp::SubOvf | BinOp::SubOvfUn);
        if (add && (tx != LTy::Ref || ty != LTy::Ref)) || (sub && tx == LTy::Ref && ty != LTy::Ref) {
            let (base, index) = if tx == LTy::Ref { (x, y) } else { (y, x) };
            let mut index = self.b.coerce(index, LTy::I64);
            if sub {
                index = self.b.op(Inst::Un(lir::UnOp::Neg, LTy::I64, index), LTy::I64);
            }
            let v = self.b.op(Inst::Addr { base, index: Some(index), scale: 1, offset: 0 }, LTy::Ref);
            let p = self.cx.place_of(base);
            self.places.insert(v, p);
            return self.set_reg(r, v);
        }
        let (x, y) = (self.b.coerce(x, LTy::I64), self.b.coerce(y, LTy::I64));
        let o = match op {
            _ if add => lir::BinOp::Add,
            _ if sub => lir::BinOp::Sub,
            BinOp::And => lir::BinOp::And,
            BinOp::Or => lir::BinOp::Or,
            BinOp::Xor => lir::BinOp::Xor,
            BinOp::Mul => lir::BinOp::Mul,
            BinOp::RemUn => lir::BinOp::URem,
            BinOp::Rem => lir::BinOp::SRem,
            BinOp::DivUn => lir::BinOp::UDiv,
            BinOp::Div => lir::BinOp::SDiv,
            _ => return Err(LowerError::Unsupported(format!("{op:?} of references"))),
        };
        let v = self.b.bin(o, LTy::I64, x, y);
        self.set_reg(r, v)
    }

    pub(super) fn un(&mut self, r: Option<mir::ValueId>, op: UnOp, a: mir::ValueId) -> Result<(), LowerError> {
        let x = self.reg(a)?;
        let t = self.b.ty(x);
        let v = match op {
            UnOp::Neg if is_float(t) => self.b.op(Inst::Un(lir::UnOp::FNeg, t, x), t),
            UnOp::Neg => self.b.op(Inst::Un(lir::UnOp::Neg, t, x), t),
            UnOp::Not => self.b.op(Inst::Un(lir::UnOp::Not, t, x), t),
            UnOp::CkFinite => {
                // x - x is 0 for finite values, NaN otherwise.
                let d = self.b.bin(lir::BinOp::FSub, t, x, x);
                let z = self.b.zero(t);
                let bad = self.b.op(Inst::FCmp(FloatCond::Une, t, d, z), LTy::I1);
                // As CoreCLR, which throws the class derived from what III.3.19 names.
                self.b.throw_if(bad, h::RhpThrowOverflow);
                x
            }
        };
        self.set_reg(r, v)
    }

    pub(super) fn compare(&mut self, r: Option<mir::ValueId>, op: CompareOp, a: mir::ValueId, b: mir::ValueId) -> Result<(), LowerError> {
        let (x, y, t) = self.operands2(a, b)?;
        let c = if is_float(t) {
            let c = match op {
                CompareOp::Eq => FloatCond::Oeq,
                CompareOp::Ne => FloatCond::Une,
                CompareOp::Lt => FloatCond::Olt,
                CompareOp::LtUn => FloatCond::Ult,
                CompareOp::Le => FloatCond::Ole,
                CompareOp::LeUn => FloatCond::Ule,
                CompareOp::Gt => FloatCond::Ogt,
                CompareOp::GtUn => FloatCond::Ugt,
                CompareOp::Ge => FloatCond::Oge,
                CompareOp::GeUn => FloatCond::Uge,
            };
            self.b.op(Inst::FCmp(c, t, x, y), LTy::I1)
        } else {
            let c = match op {
                CompareOp::Eq => IntCond::Eq,
                CompareOp::Ne => IntCond::Ne,
                CompareOp::Lt => IntCond::Slt,
                CompareOp::LtUn => IntCond::Ult,
                CompareOp::Le => IntCond::Sle,
                CompareOp::LeUn => IntCond::Ule,
                CompareOp::Gt => IntCond::Sgt,
                CompareOp::GtUn => IntCond::Ugt,
                CompareOp::Ge => IntCond::Sge,
                CompareOp::GeUn => IntCond::Uge,
            };
            self.b.icmp(c, x, y)
        };
        if let Some(r) = r {
            self.conds.insert(r, c);
        }
        let v = self.b.cast(CastOp::ZExt, LTy::I32, c);
        self.set_reg(r, v)
    }

    pub(super) fn intrinsic(&mut self, r: Option<mir::ValueId>, op: IntrinsicOp, args: &[mir::ValueId]) -> Result<(), LowerError> {
        use IntrinsicOp as I;
        let math = match op {
            I::Sqrt => Some(MathOp::Sqrt),
            I::Floor => Some(MathOp::Floor),
            I::Ceil => Some(MathOp::Ceil),
            I::Trunc => Some(MathOp::Trunc),
            I::Round => Some(MathOp::RoundEven),
            I::Abs => Some(MathOp::Fabs),
            I::CopySign => Some(MathOp::CopySign),
            I::Fma => Some(MathOp::Fma),
            I::Pow => Some(MathOp::Pow),
            I::Exp => Some(MathOp::Exp),
            I::Log => Some(MathOp::Log),
            I::Log2 => Some(MathOp::Log2),
            I::Log10 => Some(MathOp::Log10),
            I::Sin => Some(MathOp::Sin),
            I::Cos => Some(MathOp::Cos),
            I::Tan => Some(MathOp::Tan),
            _ => None,
        };
        if op == I::KeepAlive {
            // An opaque use: the reference is live until here.
            for &a in args {
                let v = self.reg(a)?;
                if self.b.ty(v) == LTy::Ref {
                    self.b.op(Inst::RefToInt(v), LTy::I64);
                }
            }
            return Ok(());
        }
        if op == I::MemoryBarrier {
            self.b.eff(Inst::Fence);
            return Ok(());
        }
        let mut vs = Vec::new();
        for &a in args {
            let v = self.reg(a)?;
            vs.push(v);
        }
        let Some(&x) = vs.first() else { return Err(LowerError::Unsupported(format!("{op:?} without arguments"))) };
        let t = self.b.ty(x);
        if let Some(m) = math {
            let vs = vs.into_iter().map(|v| self.b.coerce(v, t)).collect();
            let v = self.b.op(Inst::Math(m, t, vs), t);
            return self.set_reg(r, v);
        }
        let un = match op {
            I::PopCount => lir::UnOp::Ctpop,
            I::Lzcnt => lir::UnOp::Ctlz,
            I::Tzcnt => lir::UnOp::Cttz,
            I::Bswap => lir::UnOp::Bswap,
            I::BitCast => {
                let want = match r {
                    Some(r) => self.lty(r)?.unwrap_or(t),
                    None => t,
                };
                let v = self.b.coerce(x, want);
                return self.set_reg(r, v);
            }
            _ => return Err(LowerError::Unsupported(format!("intrinsic {op:?}"))),
        };
        let v = self.b.op(Inst::Un(un, t, x), t);
        self.set_reg(r, v)
    }
}
