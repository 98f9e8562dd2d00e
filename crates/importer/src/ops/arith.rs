//! Arithmetic, bit operations and comparisons (ECMA-335 III.1.5, III.3.1 ff.).

use crate::build::{Fact, Importer, Res};
use crate::coerce::kind_name;
use crate::error::invalid;
use kiln_il::Opcode::{self, self as O};
use kiln_mir::{BinOp, CompareOp, ConvTo, Inst, Ty, UnOp, ValueId};

/// `add` … `xor`.
fn binary_of(op: O) -> Option<BinOp> {
    Some(match op {
        O::Add => BinOp::Add,
        O::Sub => BinOp::Sub,
        O::Mul => BinOp::Mul,
        O::Div => BinOp::Div,
        O::DivUn => BinOp::DivUn,
        O::Rem => BinOp::Rem,
        O::RemUn => BinOp::RemUn,
        O::And => BinOp::And,
        O::Or => BinOp::Or,
        O::Xor => BinOp::Xor,
        O::AddOvf => BinOp::AddOvf,
        O::AddOvfUn => BinOp::AddOvfUn,
        O::SubOvf => BinOp::SubOvf,
        O::SubOvfUn => BinOp::SubOvfUn,
        O::MulOvf => BinOp::MulOvf,
        O::MulOvfUn => BinOp::MulOvfUn,
        _ => return None,
    })
}

impl Importer<'_> {
    /// Arithmetic and comparisons: whether the opcode is one of them; then it is done.
    pub fn arith_op(&mut self, op: O) -> Res<bool> {
        match op {
            O::Shl => self.shift(BinOp::Shl)?,
            O::Shr => self.shift(BinOp::Shr)?,
            O::ShrUn => self.shift(BinOp::ShrUn)?,
            O::Neg | O::Not | O::Ckfinite => self.unary(op)?,
            O::Ceq => self.compare_op(CompareOp::Eq)?,
            O::Cgt => self.compare_op(CompareOp::Gt)?,
            O::CgtUn => self.compare_op(CompareOp::GtUn)?,
            O::Clt => self.compare_op(CompareOp::Lt)?,
            O::CltUn => self.compare_op(CompareOp::LtUn)?,
            op => match binary_of(op) {
                Some(op) => self.binary(op)?,
                None => return Ok(false),
            },
        }
        Ok(true)
    }

    /// `add` … `mul.ovf.un`.
    pub fn binary(&mut self, op: BinOp) -> Res {
        let b = self.pop()?;
        let a = self.pop()?;
        let v = self.bin_value(op, a, b)?;
        self.push(v);
        Ok(())
    }

    /// A two-operand operation with the implicit conversions of III.1.5.
    pub fn bin_value(&mut self, op: BinOp, a: ValueId, b: ValueId) -> Res<ValueId> {
        let (ta, tb) = (self.ty(a), self.ty(b));
        if matches!(ta, Ty::ByRef(_)) || matches!(tb, Ty::ByRef(_)) {
            return self.byref_arith(op, a, b);
        }
        let ty = match (ta, tb) {
            (Ty::Ref(_) | Ty::Value(_), _) | (_, Ty::Ref(_) | Ty::Value(_)) => {
                return invalid(format!("arithmetic on {} and {}", kind_name(ta), kind_name(tb)));
            }
            _ => match self.merge_ty(ta, tb) {
                Some(t) => t,
                None => return invalid(format!("arithmetic on {} and {}", kind_name(ta), kind_name(tb))),
            },
        };
        let unsigned = matches!(op, BinOp::DivUn | BinOp::RemUn | BinOp::AddOvfUn | BinOp::SubOvfUn | BinOp::MulOvfUn);
        let a = self.widen(a, ty, unsigned)?;
        let b = self.widen(b, ty, unsigned)?;
        if let Some(v) = self.fold_bin(op, a, b) {
            return Ok(v);
        }
        Ok(self.def(Inst::Bin(op, a, b), ty))
    }

    /// To the common type; int32 becomes native int by zero extension in unsigned operations, as CoreCLR does.
    fn widen(&mut self, v: ValueId, ty: Ty, unsigned: bool) -> Res<ValueId> {
        if unsigned && self.ty(v) == Ty::I32 && ty == Ty::NInt {
            return Ok(self.conv(v, ConvTo::NUInt));
        }
        self.coerce(v, ty)
    }

    fn byref_arith(&mut self, op: BinOp, a: ValueId, b: ValueId) -> Res<ValueId> {
        let (ta, tb) = (self.ty(a), self.ty(b));
        match (op, ta, tb) {
            (BinOp::Sub, Ty::ByRef(_), Ty::ByRef(_)) => Ok(self.def(Inst::Bin(op, a, b), Ty::NInt)),
            (BinOp::Add | BinOp::Sub, Ty::ByRef(_), Ty::I32 | Ty::I64 | Ty::NInt) => {
                let b = self.coerce(b, Ty::NInt)?;
                Ok(self.def(Inst::Bin(op, a, b), Ty::ByRef(None)))
            }
            (BinOp::Add, Ty::I32 | Ty::I64 | Ty::NInt, Ty::ByRef(_)) => {
                let a = self.coerce(a, Ty::NInt)?;
                Ok(self.def(Inst::Bin(op, b, a), Ty::ByRef(None)))
            }
            (BinOp::AddOvfUn | BinOp::SubOvfUn, Ty::ByRef(_), Ty::I32 | Ty::NInt) => {
                let x = self.conv_addr(a);
                let b = self.coerce(b, Ty::NInt)?;
                let r = self.def(Inst::Bin(op, x, b), Ty::NInt);
                Ok(self.def(Inst::Reinterpret(r), Ty::ByRef(None)))
            }
            _ => {
                let a = self.coerce(a, Ty::NInt)?;
                let b = self.coerce(b, Ty::NInt)?;
                Ok(self.def(Inst::Bin(op, a, b), Ty::NInt))
            }
        }
    }

    /// `shl`, `shr`, `shr.un`.
    pub fn shift(&mut self, op: BinOp) -> Res {
        let mut b = self.pop()?;
        let a = self.pop()?;
        let ty = self.ty(a);
        if !matches!(ty, Ty::I32 | Ty::I64 | Ty::NInt) {
            return invalid(format!("shift of {}", kind_name(ty)));
        }
        b = match self.ty(b) {
            Ty::I32 => b,
            Ty::NInt | Ty::I64 => self.conv(b, ConvTo::I32),
            t => return invalid(format!("shift by {}", kind_name(t))),
        };
        let v = match self.fold_bin(op, a, b) {
            Some(v) => v,
            None => self.def(Inst::Bin(op, a, b), ty),
        };
        self.push(v);
        Ok(())
    }

    /// `neg`, `not`, `ckfinite`.
    pub fn unary(&mut self, op: Opcode) -> Res {
        let v = self.pop()?;
        let ty = self.ty(v);
        let int = matches!(ty, Ty::I32 | Ty::I64 | Ty::NInt);
        let float = matches!(ty, Ty::F32 | Ty::F64);
        let (op, ok) = match op {
            Opcode::Neg => (UnOp::Neg, int || float),
            Opcode::Not => (UnOp::Not, int),
            _ => (UnOp::CkFinite, float),
        };
        if !ok {
            return invalid(format!("arithmetic on {}", kind_name(ty)));
        }
        let folded = self.fact(v).int().and_then(|x| match op {
            UnOp::Neg => Some(x.wrapping_neg()),
            UnOp::Not => Some(!x),
            UnOp::CkFinite => None,
        });
        let r = match (folded, ty) {
            (Some(x), Ty::I32) => self.i32(x as i32),
            (Some(x), Ty::I64) => self.i64(x),
            (Some(x), Ty::NInt) => self.nint(x),
            _ => self.def(Inst::Un(op, v), ty),
        };
        self.push(r);
        Ok(())
    }

    /// `ceq` and its family.
    pub fn compare_op(&mut self, op: CompareOp) -> Res {
        let b = self.pop()?;
        let a = self.pop()?;
        let v = self.compare(op, a, b)?;
        self.push(v);
        Ok(())
    }

    /// A comparison (III.1.5 table 4), folded when facts decide.
    pub fn compare(&mut self, op: CompareOp, a: ValueId, b: ValueId) -> Res<ValueId> {
        let (a, b) = self.comparable(op, a, b)?;
        if let Some(r) = self.fold_compare(op, a, b) {
            return Ok(self.i32(i32::from(r)));
        }
        // `ldnull; cgt.un` is how compilers say "not null".
        let refs = matches!((self.ty(a), self.ty(b)), (Ty::Ref(_), Ty::Ref(_)));
        let op = match op {
            CompareOp::GtUn if refs && *self.fact(b) == Fact::Null => CompareOp::Ne,
            CompareOp::LtUn if refs && *self.fact(a) == Fact::Null => CompareOp::Ne,
            op => op,
        };
        Ok(self.def(Inst::Compare(op, a, b), Ty::I32))
    }

    /// Operands brought to a common type.
    pub fn comparable(&mut self, op: CompareOp, a: ValueId, b: ValueId) -> Res<(ValueId, ValueId)> {
        let (ta, tb) = (self.ty(a), self.ty(b));
        let ty = match (ta, tb) {
            (Ty::Ref(_), Ty::Ref(_)) => return Ok((a, b)),
            (Ty::Ref(_), Ty::NInt | Ty::I32 | Ty::ByRef(_)) | (Ty::NInt | Ty::I32 | Ty::ByRef(_), Ty::Ref(_)) => Ty::NInt,
            (Ty::Value(_), _) | (_, Ty::Value(_)) => return invalid("comparison of value types"),
            _ => match self.merge_ty(ta, tb) {
                Some(t) => t,
                None => return invalid(format!("comparison of {} with {}", kind_name(ta), kind_name(tb))),
            },
        };
        let unsigned = matches!(op, CompareOp::LtUn | CompareOp::LeUn | CompareOp::GtUn | CompareOp::GeUn);
        Ok((self.widen(a, ty, unsigned)?, self.widen(b, ty, unsigned)?))
    }
}
