//! Implicit conversions between stack types (ECMA-335 III.1.6 and what compilers rely on beyond it) and merging of stack types.

use crate::build::{Fact, Importer, Res};
use crate::error::invalid;
use kiln_mir::{ConvRange, ConvTo, Inst, Ty, ValueId};

/// Coarse kind of a stack type, for messages and comparisons.
pub(crate) fn kind_name(t: Ty) -> &'static str {
    match t {
        Ty::I32 => "int32",
        Ty::I64 => "int64",
        Ty::NInt => "native int",
        Ty::F32 => "float32",
        Ty::F64 => "float64",
        Ty::Ref(_) => "object reference",
        Ty::ByRef(_) => "byref",
        Ty::Value(_) => "value type",
    }
}

impl Importer<'_> {
    /// Plain conversion of a number; folded on constants.
    pub fn conv(&mut self, v: ValueId, to: ConvTo) -> ValueId {
        if let Some(c) = self.fact(v).int() {
            match to {
                ConvTo::NInt => return self.nint(c),
                ConvTo::NUInt if self.ty(v) == Ty::I32 => return self.nint(i64::from(c as u32)),
                ConvTo::NUInt => return self.nint(c),
                ConvTo::I64 => return self.i64(c),
                ConvTo::U64 if self.ty(v) == Ty::I32 => return self.i64(i64::from(c as u32)),
                ConvTo::U64 => return self.i64(c),
                ConvTo::I32 | ConvTo::U32 => return self.i32(c as i32),
                ConvTo::I8 => return self.i32(i32::from(c as i8)),
                ConvTo::U8 => return self.i32(i32::from(c as u8)),
                ConvTo::I16 => return self.i32(i32::from(c as i16)),
                ConvTo::U16 => return self.i32(i32::from(c as u16)),
                _ => {}
            }
        }
        let ty = conv_ty(to);
        self.def(Inst::Conv { to, range: ConvRange::Unchecked, value: v }, ty)
    }

    /// Makes `v` fit a location of stack type `to`.
    pub fn coerce(&mut self, v: ValueId, to: Ty) -> Res<ValueId> {
        let from = self.ty(v);
        if from == to {
            return Ok(v);
        }
        Ok(match (from, to) {
            (Ty::Ref(_), Ty::Ref(_)) | (Ty::ByRef(_), Ty::ByRef(_)) => v,
            (Ty::I32 | Ty::I64, Ty::NInt) => self.conv(v, ConvTo::NInt),
            (Ty::I32 | Ty::NInt, Ty::I64) => self.conv(v, ConvTo::I64),
            (Ty::NInt | Ty::I64, Ty::I32) => self.conv(v, ConvTo::I32),
            (Ty::F32, Ty::F64) => self.conv(v, ConvTo::F64),
            (Ty::F64, Ty::F32) => self.conv(v, ConvTo::F32),
            (Ty::ByRef(_), Ty::NInt) => self.conv_addr(v),
            (Ty::ByRef(_), Ty::I64) => {
                let v = self.conv_addr(v);
                self.conv(v, ConvTo::I64)
            }
            (Ty::ByRef(_), Ty::I32) => {
                let v = self.conv_addr(v);
                self.conv(v, ConvTo::I32)
            }
            (Ty::NInt, Ty::ByRef(_)) => {
                let v = self.as_byref(v);
                self.def(Inst::Reinterpret(v), to)
            }
            (Ty::I32 | Ty::I64, Ty::ByRef(_)) => {
                let v = self.conv(v, ConvTo::NUInt);
                self.def(Inst::Reinterpret(v), to)
            }
            (Ty::Ref(_), Ty::NInt) if *self.fact(v) == Fact::Null => self.nint(0),
            (Ty::Ref(_), Ty::ByRef(_)) if *self.fact(v) == Fact::Null => {
                let z = self.nint(0);
                self.def(Inst::Reinterpret(z), to)
            }
            // The address of the object, as it were.
            (Ty::Ref(_), Ty::ByRef(_)) => self.def(Inst::Reinterpret(v), to),
            (Ty::I32 | Ty::NInt, Ty::Ref(_)) if self.fact(v).int() == Some(0) => self.null(),
            (Ty::Ref(_), Ty::NInt) => self.conv_addr(v),
            (Ty::Value(a), Ty::Value(b)) if self.same_layout(a, b) => v,
            _ => return invalid(format!("{} where {} is expected", kind_name(from), kind_name(to))),
        })
    }

    fn same_layout(&self, a: kiln_typesys::TypeDesc, b: kiln_typesys::TypeDesc) -> bool {
        self.ts.canonical_type(a) == self.ts.canonical_type(b)
    }

    /// The address in a byref (or reference) as a native int.
    pub fn conv_addr(&mut self, v: ValueId) -> ValueId {
        let fact = if matches!(self.ty(v), Ty::ByRef(_)) { Fact::RawAddr(v) } else { Fact::None };
        self.def_fact(Inst::Conv { to: ConvTo::NInt, range: ConvRange::Unchecked, value: v }, Ty::NInt, fact)
    }

    /// The byref that a native int was made from: memory accessed through it needs no detour over an integer.
    pub fn as_byref(&self, v: ValueId) -> ValueId {
        match self.fact(v) {
            Fact::RawAddr(b) => *b,
            _ => v,
        }
    }

    /// A native int, byref or reference usable as an address of memory.
    pub fn address(&mut self, v: ValueId) -> Res<ValueId> {
        match self.ty(v) {
            Ty::NInt | Ty::ByRef(_) => Ok(self.as_byref(v)),
            Ty::I32 | Ty::I64 => Ok(self.conv(v, ConvTo::NUInt)),
            Ty::Ref(_) if *self.fact(v) == Fact::Null => Ok(self.nint(0)),
            t => invalid(format!("{} where an address is expected", kind_name(t))),
        }
    }

    /// An object reference.
    pub fn object(&mut self, v: ValueId) -> Res<ValueId> {
        match self.ty(v) {
            Ty::Ref(_) => Ok(v),
            Ty::I32 | Ty::NInt if self.fact(v).int() == Some(0) => Ok(self.null()),
            t => invalid(format!("{} where an object reference is expected", kind_name(t))),
        }
    }

    /// Stack type at a point that several edges reach.
    pub fn merge_ty(&self, a: Ty, b: Ty) -> Option<Ty> {
        if a == b {
            return Some(a);
        }
        Some(match (a, b) {
            (Ty::Ref(_), Ty::Ref(_)) => Ty::Ref(None),
            (Ty::ByRef(_), Ty::ByRef(_)) => Ty::ByRef(None),
            (Ty::I32, Ty::NInt) | (Ty::NInt, Ty::I32) => Ty::NInt,
            (Ty::I64, Ty::I32 | Ty::NInt) | (Ty::I32 | Ty::NInt, Ty::I64) => Ty::I64,
            (Ty::F32, Ty::F64) | (Ty::F64, Ty::F32) => Ty::F64,
            (Ty::ByRef(t), Ty::NInt | Ty::I32) | (Ty::NInt | Ty::I32, Ty::ByRef(t)) => Ty::ByRef(t),
            (Ty::Value(x), Ty::Value(y)) if self.same_layout(x, y) => a,
            _ => return None,
        })
    }
}

/// Stack type of a conversion's result.
pub(crate) fn conv_ty(to: ConvTo) -> Ty {
    match to {
        ConvTo::I8 | ConvTo::U8 | ConvTo::I16 | ConvTo::U16 | ConvTo::I32 | ConvTo::U32 => Ty::I32,
        ConvTo::I64 | ConvTo::U64 => Ty::I64,
        ConvTo::NInt | ConvTo::NUInt => Ty::NInt,
        ConvTo::F32 => Ty::F32,
        ConvTo::F64 | ConvTo::FUn => Ty::F64,
    }
}
