//! `conv.*` (ECMA-335 III.3.27 to III.3.29).

use crate::build::{Importer, Res};
use crate::coerce::{conv_ty, kind_name};
use crate::error::invalid;
use kiln_il::Opcode as O;
use kiln_mir::{ConvRange as R, ConvTo as C, Inst, Ty};

/// What an opcode converts to, and how.
fn decode(op: O) -> Option<(C, R)> {
    Some(match op {
        O::ConvI1 => (C::I8, R::Unchecked),
        O::ConvI2 => (C::I16, R::Unchecked),
        O::ConvI4 => (C::I32, R::Unchecked),
        O::ConvI8 => (C::I64, R::Unchecked),
        O::ConvU1 => (C::U8, R::Unchecked),
        O::ConvU2 => (C::U16, R::Unchecked),
        O::ConvU4 => (C::U32, R::Unchecked),
        O::ConvU8 => (C::U64, R::Unchecked),
        O::ConvI => (C::NInt, R::Unchecked),
        O::ConvU => (C::NUInt, R::Unchecked),
        O::ConvR4 => (C::F32, R::Unchecked),
        O::ConvR8 => (C::F64, R::Unchecked),
        O::ConvRUn => (C::FUn, R::Unchecked),
        O::ConvOvfI1 => (C::I8, R::Checked),
        O::ConvOvfI2 => (C::I16, R::Checked),
        O::ConvOvfI4 => (C::I32, R::Checked),
        O::ConvOvfI8 => (C::I64, R::Checked),
        O::ConvOvfU1 => (C::U8, R::Checked),
        O::ConvOvfU2 => (C::U16, R::Checked),
        O::ConvOvfU4 => (C::U32, R::Checked),
        O::ConvOvfU8 => (C::U64, R::Checked),
        O::ConvOvfI => (C::NInt, R::Checked),
        O::ConvOvfU => (C::NUInt, R::Checked),
        O::ConvOvfI1Un => (C::I8, R::CheckedUn),
        O::ConvOvfI2Un => (C::I16, R::CheckedUn),
        O::ConvOvfI4Un => (C::I32, R::CheckedUn),
        O::ConvOvfI8Un => (C::I64, R::CheckedUn),
        O::ConvOvfU1Un => (C::U8, R::CheckedUn),
        O::ConvOvfU2Un => (C::U16, R::CheckedUn),
        O::ConvOvfU4Un => (C::U32, R::CheckedUn),
        O::ConvOvfU8Un => (C::U64, R::CheckedUn),
        O::ConvOvfIUn => (C::NInt, R::CheckedUn),
        O::ConvOvfUUn => (C::NUInt, R::CheckedUn),
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
        let Some((to, mode)) = decode(op) else { return Ok(false) };
        let v = self.pop()?;
        let from = self.ty(v);
        let v = match from {
            Ty::Value(_) => return invalid(format!("conversion of {}", kind_name(from))),
            Ty::Ref(_) | Ty::ByRef(_) => self.conv_addr(v),
            _ => v,
        };
        let from = self.ty(v);
        let ty = conv_ty(to);
        // A checked conversion of a constant in range is a plain one, except that an unsigned int32 is not extended by its sign.
        let fits = self.fact(v).int().zip(range(to)).is_some_and(|(c, (lo, hi))| {
            let c = match (mode, from) {
                (R::CheckedUn, Ty::I32) => i128::from(c as u32),
                (R::CheckedUn, _) => i128::from(c as u64),
                _ => i128::from(c),
            };
            (lo..=hi).contains(&c)
        });
        let plain = match mode {
            R::Unchecked => to != C::FUn,
            R::Checked => fits,
            R::CheckedUn => fits && from != Ty::I32,
        };
        let same = from == ty && matches!(to, C::I32 | C::U32 | C::I64 | C::U64 | C::NInt | C::NUInt | C::F32 | C::F64);
        let r = if same && mode == R::Unchecked {
            v
        } else if plain {
            self.conv(v, to)
        } else {
            self.def(Inst::Conv { to, range: mode, value: v }, ty)
        };
        self.push(r);
        Ok(true)
    }
}
