//! Calls of C functions: the System V x86-64 classification for blittable values (contract §3).

use crate::LowerError;
use crate::cx::{Cx, Loc, Place, Val};
use crate::types::{Kind, Rep, StructInfo, rep};
use kiln_lir::{CallFlags, CallTarget, Inst, LTy, MemFlags, SlotId, ValueId};
use kiln_typesys::{MethodSig, TypeDesc};

/// Register type of each eightbyte of a struct up to 16 bytes; `None`: in memory.
fn classify(cx: &mut Cx<'_>, t: TypeDesc) -> Result<(std::rc::Rc<StructInfo>, Option<Vec<LTy>>), LowerError> {
    let i = cx.info(t)?;
    if !i.refs.is_empty() {
        return Err(LowerError::Unsupported(format!("{} with references passed to native code", cx.ts.type_display(t))));
    }
    if i.size > 16 {
        return Ok((i, None));
    }
    let n = i.size.div_ceil(8) as usize;
    let mut tys = vec![LTy::I64; n];
    if let Some(l) = &i.leaves {
        for (w, ty) in tys.iter_mut().enumerate() {
            let mut in_word = l.iter().filter(|x| x.0 as usize / 8 == w).peekable();
            if in_word.peek().is_some() && in_word.clone().all(|x| matches!(x.1, Kind::F32 | Kind::F64)) {
                let count = in_word.count();
                let small = l.iter().any(|x| x.0 as usize / 8 == w && x.1 == Kind::F32);
                *ty = if small && count == 1 { LTy::F32 } else { LTy::F64 };
            }
        }
    }
    Ok((i, Some(tys)))
}

/// A copy of a struct in a slot of whole eightbytes.
fn padded(cx: &mut Cx<'_>, i: &StructInfo, from: Option<SlotId>) -> SlotId {
    let s = cx.b.slot(i.size.next_multiple_of(8), 8, Vec::new(), None, "native");
    if let Some(f) = from {
        let (d, src) = (cx.b.slot_addr(s, 0), cx.b.slot_addr(f, 0));
        let size = cx.b.iconst(LTy::I64, i64::from(i.size));
        cx.b.eff(Inst::MemMove { dst: d, src, size });
    }
    s
}

/// Keeps what a byref or object refers to in place and gives its address as an integer.
pub(crate) fn pin(cx: &mut Cx<'_>, v: ValueId) -> ValueId {
    let s = cx.scalar_slot(Kind::Ref, "pin");
    cx.b.slots[s.index()].pinned = true;
    let a = cx.b.slot_addr(s, 0);
    cx.b.store(LTy::Ref, a, 0, v, MemFlags::default());
    let v = cx.b.load(LTy::Ref, a, 0, MemFlags::default());
    cx.b.op(Inst::RefToInt(v), LTy::I64)
}

/// Calls a native function. References among the arguments are pinned for the time of the call.
pub(crate) fn call(cx: &mut Cx<'_>, target: CallTarget, sig: &MethodSig, args: &[Val]) -> Result<Option<Val>, LowerError> {
    let ts = cx.ts;
    if args.len() != sig.params.len() {
        return Err(LowerError::Unsupported("native call with a wrong number of arguments".to_owned()));
    }
    let mut out = Vec::new();
    let mut result = None;
    let mut ret = LTy::Void;
    let mut ret_slot = None;
    let ret_rep = rep(ts, sig.ret)?;
    match ret_rep {
        Rep::Void => {}
        Rep::Scalar(Kind::Ref) => return Err(LowerError::Unsupported("reference returned by native code".to_owned())),
        Rep::Scalar(k) => ret = k.reg(),
        Rep::Struct => match classify(cx, sig.ret)? {
            (_, None) => {
                let s = cx.struct_slot(sig.ret, "ret")?;
                let a = cx.b.slot_addr(s, 0);
                out.push(a);
                result = Some(Val::Slot(s));
            }
            (i, Some(tys)) => {
                if tys.len() > 1 {
                    return Err(LowerError::Unsupported(format!("{} returned in two registers by native code", ts.type_display(sig.ret))));
                }
                ret = tys[0];
                ret_slot = Some(i);
            }
        },
    }
    for (&t, &v) in sig.params.iter().zip(args) {
        match (rep(ts, t)?, v) {
            (Rep::Scalar(Kind::Ref), Val::Reg(v)) => {
                let v = if cx.b.ty(v) == LTy::Ref { pin(cx, v) } else { cx.b.coerce(v, LTy::I64) };
                out.push(v);
            }
            (Rep::Scalar(k), Val::Reg(v)) => {
                let v = cx.fit(k, v);
                out.push(v);
            }
            (Rep::Scalar(k), Val::Slot(s)) => {
                let l = cx.slot_loc(s);
                let v = cx.load_kind(k, l, MemFlags::default());
                out.push(v);
            }
            (Rep::Struct, Val::Slot(s)) => {
                let (i, Some(tys)) = classify(cx, t)? else {
                    return Err(LowerError::Unsupported(format!("{} passed by value to native code", ts.type_display(t))));
                };
                let p = padded(cx, &i, Some(s));
                for (w, ty) in tys.into_iter().enumerate() {
                    let a = cx.b.slot_addr(p, 8 * w as u32);
                    let v = cx.b.load(ty, a, 0, MemFlags::default());
                    out.push(v);
                }
            }
            _ => return Err(LowerError::Unsupported("native argument".to_owned())),
        }
    }
    let r = cx.b.call(target, out, ret, CallFlags { native: true, ..CallFlags::default() });
    match (ret_rep, r) {
        (Rep::Scalar(k), Some(v)) => {
            let v = cx.fit(k, v);
            result = Some(Val::Reg(v));
        }
        (Rep::Struct, Some(v)) => {
            if let Some(i) = ret_slot {
                let p = padded(cx, &i, None);
                let a = cx.b.slot_addr(p, 0);
                let ty = cx.b.ty(v);
                cx.b.store(ty, a, 0, v, MemFlags::default());
                let s = cx.struct_slot(sig.ret, "ret")?;
                let d = cx.slot_loc(s);
                cx.copy_struct(sig.ret, d, Loc { base: a, off: 0, place: Place::Plain }, MemFlags::default())?;
                result = Some(Val::Slot(s));
            }
        }
        _ => {}
    }
    Ok(result)
}
