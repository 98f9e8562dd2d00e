//! `conv.*` (ECMA-335 III.3.27 to III.3.29).

use crate::build::{Importer, Res};
use crate::coerce::{conv_ty, kind_name};
use crate::error::invalid;
use kiln_il::Opcode as O;
use kiln_mir::{ConvTo as C, Inst, Ty};

/// Target, overflow-checked, source unsigned.
fn decode(op: O) -> Option<(C, bool, bool)> {
    Some(match op {
        O::ConvI1 => (C::I8, false, false),
        O::ConvI2 => (C::I16, false, false),
        O::ConvI4 => (C::I32, false, false),
        O::ConvI8 => (C::I64, false, false),
        O::ConvU1 => (C::U8, false, false),
        O::ConvU2 => (C::U16, false, false),
        O::ConvU4 => (C::U32, false, false),
        O::ConvU8 => (C::U64, false, false),
        O::ConvI => (C::NInt, false, false),
        O::ConvU => (C::NUInt, false, false),
        O::ConvR4 => (C::F32, false, false),
        O::ConvR8 => (C::F64, false, false),
        O::ConvRUn => (C::FUn, false, true),
        O::ConvOvfI1 => (C::I8, true, false),
        O::ConvOvfI2 => (C::I16, true, false),
        O::ConvOvfI4 => (C::I32, true, false),
        O::ConvOvfI8 => (C::I64, true, false),
        O::ConvOvfU1 => (C::U8, true, false),
        O::ConvOvfU2 => (C::U16, true, false),
        O::ConvOvfU4 => (C::U32, true, false),
        O::ConvOvfU8 => (C::U64, true, false),
        O::ConvOvfI => (C::NInt, true, false),
        O::ConvOvfU => (C::NUInt, true, false),
        O::ConvOvfI1Un => (C::I8, true, true),
        O::ConvOvfI2Un => (C::I16, true, true),
        O::ConvOvfI4Un => (C::I32, true, true),
        O::ConvOvfI8Un => (C::I64, true, true),
        O::ConvOvfU1Un => (C::U8, true, true),
        O::ConvOvfU2Un => (C::U16, true, true),
        O::ConvOvfU4Un => (C::U32, true, true),
        O::ConvOvfU8Un => (C::U64, true, true),
        O::ConvOvfIUn => (C::NInt, true, true),
        O::ConvOvfUUn => (C::NUInt, true, true),
        _ => return None,
    })
}

/// Bounds of the target, for folding.
fn range(to: C) -> Option<(i128, i128)> {
    Some(match to {
        C::I8 => (i128::from(i8::MIN), i128::from(i8::MAX)),
        C::U8 => (0, i128::from(u8::MAX)),
        C::I16 => (i128::from(i16::MIN), i128::from(i16::MAX)),
        C::U16 => (0, i128::from(u16::MAX)),
        C::I32 => (i128::from(i32::MIN), i128::from(i32::MAX)),
        C::U32 => (0, i128::from(u32::MAX)),
        C::I64 | C::NInt => (i128::from(i64::MIN), i128::from(i64::MAX)),
        C::U64 | C::NUInt => (0, i128::from(u64::MAX)),
        C::F32 | C::F64 | C::FUn => return None,
    })
}

impl Importer<'_> {
    /// Whether the opcode is a conversion; then it is done.
    pub fn convert_op(&mut self, op: O) -> Res<bool> {
        let Some((to, ovf, un)) = decode(op) else { return Ok(false) };
        let v = self.pop()?;
        let from = self.ty(v);
        let v = match from {
            Ty::Value(_) => return invalid(format!("conversion of {}", kind_name(from))),
            Ty::Ref(_) | Ty::ByRef(_) => self.conv_addr(v),
            _ => v,
        };
        let from = self.ty(v);
        let ty = conv_ty(to);
        // A checked conversion of a constant in range is a plain one.
        let fits = self.fact(v).int().zip(range(to)).is_some_and(|(c, (lo, hi))| {
            let c = match (un, from) {
                (true, Ty::I32) => i128::from(c as u32),
                (true, _) => i128::from(c as u64),
                _ => i128::from(c),
            };
            (lo..=hi).contains(&c)
        });
        let plain = !un && !ovf || (ovf && fits && !(un && from == Ty::I32));
        let same = from == ty && matches!(to, C::I32 | C::U32 | C::I64 | C::U64 | C::NInt | C::NUInt | C::F32 | C::F64);
        let r = if same && !ovf {
            v
        } else if plain {
            self.conv(v, to)
        } else {
            self.def(Inst::Conv { to, ovf, un, value: v }, ty)
        };
        self.push(r);
        Ok(true)
    }
}
