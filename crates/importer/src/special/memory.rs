//! `MemoryMarshal`, `BitConverter`, `BinaryPrimitives`, `GC.KeepAlive`.

use super::{Done, Site, done};
use crate::build::{Importer, Res};
use kiln_mir::{ConvTo, Inst, IntrinsicOp, MemTy, Ty};
use kiln_typesys::TypeKind;

impl Importer<'_> {
    pub(super) fn memory_marshal(&mut self, s: &Site<'_>) -> Res<Done> {
        match (s.name, s.targs, s.args) {
            ("GetArrayDataReference", [t], [array]) => {
                let v = self.def(Inst::ArrayDataAddr(*array), Ty::ByRef(Some(*t)));
                done(v)
            }
            // The overload over System.Array, when the static type says that it is a vector.
            ("GetArrayDataReference", [], [array]) => match self.ty(*array) {
                Ty::Ref(Some(t)) if matches!(self.ts.kind(t), TypeKind::SzArray(_)) => {
                    let byte = self.wk(kiln_typesys::WellKnown::Byte);
                    let v = self.def(Inst::ArrayDataAddr(*array), Ty::ByRef(Some(byte)));
                    done(v)
                }
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    pub(super) fn bit_converter(&mut self, s: &Site<'_>) -> Res<Done> {
        let ty = match s.name {
            "DoubleToInt64Bits" | "DoubleToUInt64Bits" => Ty::I64,
            "Int64BitsToDouble" | "UInt64BitsToDouble" => Ty::F64,
            "SingleToInt32Bits" | "SingleToUInt32Bits" => Ty::I32,
            "Int32BitsToSingle" | "UInt32BitsToSingle" => Ty::F32,
            _ => return Ok(None),
        };
        let v = self.def(Inst::Intrinsic(IntrinsicOp::BitCast, s.args.to_vec()), ty);
        done(v)
    }

    pub(super) fn binary_primitives(&mut self, s: &Site<'_>) -> Res<Done> {
        let ([v], [t], "ReverseEndianness") = (s.args, &s.sig.params[..], s.name) else { return Ok(None) };
        let ty = self.ty(*v);
        let r = match self.mem_ty(*t) {
            MemTy::I8 | MemTy::U8 => *v,
            MemTy::I32 | MemTy::I64 | MemTy::NInt => self.def(Inst::Intrinsic(IntrinsicOp::Bswap, vec![*v]), ty),
            m @ (MemTy::I16 | MemTy::U16) => {
                let x = self.def(Inst::Intrinsic(IntrinsicOp::Bswap, vec![*v]), ty);
                let n = self.i32(16);
                let signed = m == MemTy::I16;
                let op = if signed { kiln_mir::BinOp::Shr } else { kiln_mir::BinOp::ShrUn };
                let x = self.def(Inst::Bin(op, x, n), ty);
                self.conv(x, if signed { ConvTo::I16 } else { ConvTo::U16 })
            }
            _ => return Ok(None),
        };
        done(r)
    }

    pub(super) fn keep_alive(&mut self, s: &Site<'_>) -> Res<Done> {
        self.eff(Inst::Intrinsic(IntrinsicOp::KeepAlive, s.args.to_vec()));
        Ok(Some(None))
    }
}
