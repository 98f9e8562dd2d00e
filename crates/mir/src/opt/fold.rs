//! Computes what constants and known non-null references decide: arithmetic, comparisons, branches.

use crate::{BinOp, CompareOp, ConvRange, ConvTo, Function, Inst, Term, Ty, ValueId};

/// What is known of a value.
#[derive(Clone, Copy, PartialEq)]
enum Known {
    Nothing,
    Int(i64),
    Null,
    NonNull,
}

/// Runs over the whole function; whether a branch was decided.
pub fn run(f: &mut Function) -> bool {
    let mut known = vec![Known::Nothing; f.values.len()];
    // Blocks are nearly in the order of execution: a second walk finds what the first came too early for.
    for _ in 0..2 {
        for b in &mut f.blocks {
            for (r, inst, _) in &mut b.insts {
                let Some(r) = *r else { continue };
                if let Some(folded) = instruction(inst, f.values[r.index()], &f.values, &known) {
                    *inst = folded;
                }
                known[r.index()] = of(inst);
            }
        }
    }
    let mut decided = false;
    for b in &mut f.blocks {
        if let Some((to, args)) = target(&b.term, &known) {
            b.term = Term::Jump(to, args);
            decided = true;
        }
    }
    if decided {
        super::unreachable::run(f);
    }
    decided
}

fn of(inst: &Inst) -> Known {
    match inst {
        Inst::ConstI32(c) => Known::Int(i64::from(*c)),
        Inst::ConstI64(c) | Inst::ConstNInt(c) => Known::Int(*c),
        Inst::Null => Known::Null,
        Inst::String(_)
        | Inst::TypeOf(_)
        | Inst::Allocate(_)
        | Inst::NewObj { .. }
        | Inst::NewArr { .. }
        | Inst::NewMdArr { .. }
        | Inst::NewDelegate { .. }
        | Inst::NewDefaultComparer { .. }
        | Inst::SlotAddr(_) => Known::NonNull,
        _ => Known::Nothing,
    }
}

fn constant(ty: Ty, value: i64) -> Option<Inst> {
    Some(match ty {
        Ty::I32 => Inst::ConstI32(value as i32),
        Ty::I64 => Inst::ConstI64(value),
        Ty::NInt => Inst::ConstNInt(value),
        _ => return None,
    })
}

/// The constant that an instruction gives.
fn instruction(inst: &Inst, ty: Ty, types: &[Ty], known: &[Known]) -> Option<Inst> {
    let int = |v: &ValueId| if let Known::Int(c) = known[v.index()] { Some(c) } else { None };
    match inst {
        Inst::Bin(op, a, b) => constant(ty, bin(*op, types[a.index()], int(a)?, int(b)?)?),
        Inst::Conv { to, range: ConvRange::Unchecked, value } => {
            let from = types[value.index()];
            constant(ty, conv(*to, from == Ty::I32, int(value)?)?)
        }
        Inst::Compare(op, a, b) => {
            let outcome = match (known[a.index()], known[b.index()]) {
                (Known::Int(x), Known::Int(y)) => compare(*op, types[a.index()], x, y),
                (Known::Null, Known::NonNull) | (Known::NonNull, Known::Null) => unequal(*op, known[b.index()] == Known::Null)?,
                (Known::Null, Known::Null) => !unequal(*op, true)?,
                _ => return None,
            };
            Some(Inst::ConstI32(i32::from(outcome)))
        }
        _ => None,
    }
}

/// Where a branch goes.
fn target(term: &Term, known: &[Known]) -> Option<(crate::BlockId, Vec<ValueId>)> {
    match term {
        Term::Branch { cond, then_to, else_to } => {
            let taken = match known[cond.index()] {
                Known::Int(c) => c != 0,
                Known::Null => false,
                Known::NonNull => true,
                Known::Nothing => return None,
            };
            Some(if taken { then_to } else { else_to }.clone())
        }
        Term::Switch { value, targets, default } => {
            let Known::Int(c) = known[value.index()] else { return None };
            Some(usize::try_from(c).ok().and_then(|c| targets.get(c)).unwrap_or(default).clone())
        }
        _ => None,
    }
}

/// The outcome of a comparison of references that differ, one of them null; `None` where the order of addresses would decide.
fn unequal(op: CompareOp, right_is_null: bool) -> Option<bool> {
    match op {
        CompareOp::Eq => Some(false),
        CompareOp::Ne => Some(true),
        // Null is the lowest address.
        CompareOp::GtUn if right_is_null => Some(true),
        CompareOp::LtUn if !right_is_null => Some(true),
        _ => None,
    }
}

/// `a op b` on integers of a stack type; `None` where it throws or the standard leaves it open.
#[must_use]
pub fn bin(op: BinOp, ty: Ty, a: i64, b: i64) -> Option<i64> {
    let narrow = ty == Ty::I32;
    let (ua, ub) = if narrow { (u64::from(a as u32), u64::from(b as u32)) } else { (a as u64, b as u64) };
    let r = match op {
        BinOp::Add => a.wrapping_add(b),
        BinOp::Sub => a.wrapping_sub(b),
        BinOp::Mul => a.wrapping_mul(b),
        BinOp::And => a & b,
        BinOp::Or => a | b,
        BinOp::Xor => a ^ b,
        BinOp::Div if b != 0 && b != -1 => a / b,
        BinOp::Rem if b != 0 && b != -1 => a % b,
        BinOp::DivUn if ub != 0 => (ua / ub) as i64,
        BinOp::RemUn if ub != 0 => (ua % ub) as i64,
        BinOp::Shl if ub < if narrow { 32 } else { 64 } => a.wrapping_shl(b as u32),
        BinOp::Shr if ub < if narrow { 32 } else { 64 } => a >> b,
        BinOp::ShrUn if ub < if narrow { 32 } else { 64 } => (ua >> b) as i64,
        _ => return None,
    };
    Some(if narrow { i64::from(r as i32) } else { r })
}

/// `a op b` compared as integers of a stack type.
#[must_use]
pub fn compare(op: CompareOp, ty: Ty, a: i64, b: i64) -> bool {
    let (ua, ub) = if ty == Ty::I32 { (u64::from(a as u32), u64::from(b as u32)) } else { (a as u64, b as u64) };
    match op {
        CompareOp::Eq => a == b,
        CompareOp::Ne => a != b,
        CompareOp::Lt => a < b,
        CompareOp::Le => a <= b,
        CompareOp::Gt => a > b,
        CompareOp::Ge => a >= b,
        CompareOp::LtUn => ua < ub,
        CompareOp::LeUn => ua <= ub,
        CompareOp::GtUn => ua > ub,
        CompareOp::GeUn => ua >= ub,
    }
}

/// An integer converted to an integer type, extended to its stack type; `narrow`: it is an int32.
fn conv(to: ConvTo, narrow: bool, v: i64) -> Option<i64> {
    Some(match to {
        ConvTo::I8 => i64::from(v as i8),
        ConvTo::U8 => i64::from(v as u8),
        ConvTo::I16 => i64::from(v as i16),
        ConvTo::U16 => i64::from(v as u16),
        ConvTo::I32 | ConvTo::U32 => i64::from(v as i32),
        ConvTo::I64 | ConvTo::NInt => v,
        ConvTo::U64 | ConvTo::NUInt if narrow => i64::from(v as u32),
        ConvTo::U64 | ConvTo::NUInt => v,
        ConvTo::F32 | ConvTo::F64 | ConvTo::FUn => return None,
    })
}
