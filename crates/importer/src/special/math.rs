//! `Math`, `MathF`, `BitOperations`: operations LLVM has an instruction or intrinsic for, and those whose IL body calls itself.

use super::{Done, Site, done};
use crate::build::{Importer, Res};
use kiln_mir::{ConvTo, Inst, IntrinsicOp as I, Ty};

impl Importer<'_> {
    pub(super) fn math(&mut self, s: &Site<'_>) -> Res<Done> {
        let [x, rest @ ..] = s.args else { return Ok(None) };
        let ty = self.ty(*x);
        if !matches!(ty, Ty::F32 | Ty::F64) || !rest.iter().all(|v| self.ty(*v) == ty) || self.stack_ty(s.sig.ret) != ty {
            return self.float_to_int(s);
        }
        let op = match (s.name, rest.len()) {
            ("Sqrt", 0) => I::Sqrt,
            ("Floor", 0) => I::Floor,
            ("Ceiling", 0) => I::Ceil,
            ("Truncate", 0) => I::Trunc,
            ("Round", 0) => I::Round,
            ("Abs", 0) => I::Abs,
            ("CopySign", 1) => I::CopySign,
            ("FusedMultiplyAdd", 2) => I::Fma,
            ("Pow", 1) => I::Pow,
            ("Exp", 0) => I::Exp,
            ("Log", 0) => I::Log,
            ("Log2", 0) => I::Log2,
            ("Log10", 0) => I::Log10,
            ("Sin", 0) => I::Sin,
            ("Cos", 0) => I::Cos,
            ("Tan", 0) => I::Tan,
            // Estimates may be exact.
            ("ReciprocalEstimate", 0) => {
                let one = self.one(ty);
                let v = self.def(Inst::Bin(kiln_mir::BinOp::Div, one, *x), ty);
                return done(v);
            }
            ("ReciprocalSqrtEstimate", 0) => {
                let one = self.one(ty);
                let r = self.def(Inst::Intrinsic(I::Sqrt, vec![*x]), ty);
                let v = self.def(Inst::Bin(kiln_mir::BinOp::Div, one, r), ty);
                return done(v);
            }
            ("MultiplyAddEstimate", 2) => {
                let p = self.def(Inst::Bin(kiln_mir::BinOp::Mul, *x, rest[0]), ty);
                let v = self.def(Inst::Bin(kiln_mir::BinOp::Add, p, rest[1]), ty);
                return done(v);
            }
            _ => return Ok(None),
        };
        let v = self.def(Inst::Intrinsic(op, s.args.to_vec()), ty);
        done(v)
    }

    fn one(&mut self, ty: Ty) -> kiln_mir::ValueId {
        if ty == Ty::F32 { self.def(Inst::ConstF32(1f32.to_bits()), ty) } else { self.def(Inst::ConstF64(1f64.to_bits()), ty) }
    }

    /// `Double.ConvertToIntegerNative<T>` and its kin: the platform's conversion is `conv.*`'s.
    fn float_to_int(&mut self, s: &Site<'_>) -> Res<Done> {
        let ("ConvertToIntegerNative", [x], [t]) = (s.name, s.args, s.targs) else { return Ok(None) };
        use kiln_mir::MemTy as M;
        if !self.is_exact(*t) {
            return Ok(None);
        }
        let unsigned = matches!(self.ts.prim(*t), Some(kiln_typesys::Prim::U4 | kiln_typesys::Prim::U8 | kiln_typesys::Prim::U));
        let to = match self.mem_ty(*t) {
            M::I8 => ConvTo::I8,
            M::U8 => ConvTo::U8,
            M::I16 => ConvTo::I16,
            M::U16 => ConvTo::U16,
            M::I32 if unsigned => ConvTo::U32,
            M::I32 => ConvTo::I32,
            M::I64 if unsigned => ConvTo::U64,
            M::I64 => ConvTo::I64,
            M::NInt if unsigned => ConvTo::NUInt,
            M::NInt => ConvTo::NInt,
            _ => return Ok(None),
        };
        let v = self.conv(*x, to);
        done(v)
    }

    pub(super) fn bit_operations(&mut self, s: &Site<'_>) -> Res<Done> {
        let [x] = s.args else { return Ok(None) };
        let ty = self.ty(*x);
        let op = match s.name {
            "PopCount" => I::PopCount,
            "LeadingZeroCount" => I::Lzcnt,
            "TrailingZeroCount" => I::Tzcnt,
            _ => return Ok(None),
        };
        let x = match ty {
            Ty::I32 | Ty::I64 => *x,
            Ty::NInt => self.conv(*x, ConvTo::I64),
            _ => return Ok(None),
        };
        let v = self.def(Inst::Intrinsic(op, vec![x]), Ty::I32);
        done(v)
    }
}
