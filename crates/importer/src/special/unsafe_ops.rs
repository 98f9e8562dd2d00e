//! `System.Runtime.CompilerServices.Unsafe`: every method is an instruction or two.

use super::{Done, Site, done};
use crate::build::{Fact, Importer, Prefix, Res};
use kiln_mir::{BinOp, CompareOp, ConvTo, Inst, IntrinsicOp, MemTy, Ty, ValueId};
use kiln_typesys::TypeDesc;

impl Importer<'_> {
    pub(super) fn unsafe_call(&mut self, s: &Site<'_>) -> Res<Done> {
        let plain = Prefix::default();
        let unaligned = Prefix { unaligned: true, ..Prefix::default() };
        let t = s.targs.first().copied();
        let a = s.args.first().copied();
        let b = s.args.get(1).copied();
        let v = match (s.name, t, a, b) {
            ("Add" | "Subtract", Some(t), Some(p), Some(n)) => {
                let off = self.scaled(n, t)?;
                let op = if s.name == "Add" { BinOp::Add } else { BinOp::Sub };
                self.displaced(op, p, off, t)?
            }
            ("AddByteOffset" | "SubtractByteOffset", Some(t), Some(p), Some(n)) => {
                let op = if s.name == "AddByteOffset" { BinOp::Add } else { BinOp::Sub };
                self.displaced(op, p, n, t)?
            }
            ("AreSame", _, Some(x), Some(y)) => self.compare(CompareOp::Eq, x, y)?,
            ("IsAddressGreaterThan", _, Some(x), Some(y)) => self.compare(CompareOp::GtUn, x, y)?,
            ("IsAddressLessThan", _, Some(x), Some(y)) => self.compare(CompareOp::LtUn, x, y)?,
            ("IsAddressGreaterThanOrEqualTo", _, Some(x), Some(y)) => self.compare(CompareOp::GeUn, x, y)?,
            ("IsAddressLessThanOrEqualTo", _, Some(x), Some(y)) => self.compare(CompareOp::LeUn, x, y)?,
            ("ByteOffset", _, Some(origin), Some(target)) => self.bin_value(BinOp::Sub, target, origin)?,
            // As<TFrom, TTo>(ref TFrom), As<T>(object)
            ("As", Some(t), Some(p), None) => {
                let ty = if s.targs.len() == 2 { Ty::ByRef(Some(s.targs[1])) } else { self.stack_ty(t) };
                let fact = match self.fact(p) {
                    // A slot seen as another type is memory.
                    Fact::SlotAddr(_) => Fact::NonNull,
                    f => f.clone(),
                };
                self.def_fact(Inst::Reinterpret(p), ty, fact)
            }
            ("AsPointer", _, Some(p), None) => self.conv_addr(p),
            ("AsRef", Some(t), Some(p), None) => self.coerce(p, Ty::ByRef(Some(t)))?,
            ("BitCast", Some(from), Some(v), None) if s.targs.len() == 2 => self.bit_cast(v, from, s.targs[1]),
            ("CopyBlock" | "CopyBlockUnaligned", _, Some(dst), Some(src)) if s.args.len() == 3 => {
                let size = self.size_operand(s.args[2])?;
                self.eff(Inst::CopyBlock { dst, src, size });
                return Ok(Some(None));
            }
            ("InitBlock" | "InitBlockUnaligned", _, Some(addr), Some(value)) if s.args.len() == 3 => {
                let size = self.size_operand(s.args[2])?;
                self.eff(Inst::InitBlock { addr, value, size });
                return Ok(Some(None));
            }
            ("Copy", Some(t), Some(dst), Some(src)) => {
                let v = self.load_mem(t, src, &plain)?;
                let mem = self.mem_ty(t);
                self.store_mem(mem, dst, v, &plain)?;
                return Ok(Some(None));
            }
            ("IsNullRef", _, Some(p), None) => {
                let z = self.nint(0);
                self.compare(CompareOp::Eq, p, z)?
            }
            ("NullRef", Some(t), None, None) => {
                let z = self.nint(0);
                self.def(Inst::Reinterpret(z), Ty::ByRef(Some(t)))
            }
            ("Read", Some(t), Some(p), None) => self.load_mem(t, p, &plain)?,
            ("ReadUnaligned", Some(t), Some(p), None) => self.load_mem(t, p, &unaligned)?,
            ("Write" | "WriteUnaligned", Some(t), Some(p), Some(v)) => {
                let mem = self.mem_ty(t);
                let prefix = if s.name == "Write" { &plain } else { &unaligned };
                self.store_mem(mem, p, v, prefix)?;
                return Ok(Some(None));
            }
            ("SizeOf", Some(t), None, None) => self.size_of(t)?,
            ("SkipInit", _, Some(_), None) => return Ok(Some(None)),
            ("Unbox", Some(ty), Some(obj), None) => self.def(Inst::Unbox { ty, obj }, Ty::ByRef(Some(ty))),
            _ => return Ok(None),
        };
        done(v)
    }

    /// `n * sizeof(T)` as a native int.
    fn scaled(&mut self, n: ValueId, t: TypeDesc) -> Res<ValueId> {
        let n = self.coerce(n, Ty::NInt)?;
        let size = self.size_of(t)?;
        let size = self.conv(size, ConvTo::NInt);
        if *self.fact(size) == Fact::NInt(1) {
            return Ok(n);
        }
        self.bin_value(BinOp::Mul, n, size)
    }

    fn displaced(&mut self, op: BinOp, p: ValueId, off: ValueId, t: TypeDesc) -> Res<ValueId> {
        let ty = if self.ty(p) == Ty::NInt { Ty::NInt } else { Ty::ByRef(Some(t)) };
        let off = self.coerce(off, Ty::NInt)?;
        if *self.fact(off) == Fact::NInt(0) {
            return Ok(p);
        }
        Ok(self.def(Inst::Bin(op, p, off), ty))
    }

    /// `Unsafe.BitCast<TFrom, TTo>`.
    fn bit_cast(&mut self, v: ValueId, from: TypeDesc, to: TypeDesc) -> ValueId {
        let ty = self.stack_ty(to);
        if from == to {
            return v;
        }
        match (self.ty(v), ty) {
            (Ty::I32, Ty::I32) => self.conv(
                v,
                match self.mem_ty(to) {
                    MemTy::I8 => ConvTo::I8,
                    MemTy::U8 => ConvTo::U8,
                    MemTy::I16 => ConvTo::I16,
                    MemTy::U16 => ConvTo::U16,
                    _ => return v,
                },
            ),
            (Ty::I64 | Ty::NInt, Ty::I64) => self.conv(v, ConvTo::I64),
            (Ty::I64 | Ty::NInt, Ty::NInt) => self.conv(v, ConvTo::NInt),
            (Ty::I32, Ty::F32) | (Ty::F32, Ty::I32) | (Ty::I64, Ty::F64) | (Ty::F64, Ty::I64) => {
                self.def(Inst::Intrinsic(IntrinsicOp::BitCast, vec![v]), ty)
            }
            _ => self.def(Inst::BitCastValue { to, value: v }, ty),
        }
    }
}
