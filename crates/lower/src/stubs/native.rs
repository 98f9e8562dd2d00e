//! Calls of C functions: the System V x86-64 classification for blittable values (contract §3).

use super::sysv;
use crate::LowerError;
use crate::cx::{Cx, Loc, Place, Val};
use crate::types::{Kind, Rep, StructInfo, rep};
use kiln_lir::{CallFlags, CallTarget, Inst, LTy, MemFlags, SlotId, ValueId};
use kiln_typesys::{MethodSig, TypeDesc};

/// A struct as C sees it: its layout and the register type of each eightbyte, `None` in memory.
fn classify(cx: &mut Cx<'_>, t: TypeDesc) -> Result<(std::rc::Rc<StructInfo>, Option<Vec<LTy>>), LowerError> {
    let i = cx.info(t)?;
    if !i.refs.is_empty() {
        return Err(LowerError::Unsupported(format!("{} with references passed to native code", cx.ts.type_display(t))));
    }
    if is_vector(cx, t) {
        return Err(LowerError::Unsupported(format!("{} passed to native code", cx.ts.type_display(t))));
    }
    let words = sysv::classify(cx.ts, t)?;
    Ok((i, words))
}

/// `Vector128<T>` and its kin are vector registers to C and structs to IL; .NET refuses them too.
fn is_vector(cx: &Cx<'_>, t: TypeDesc) -> bool {
    let name = cx.ts.type_display(t).to_string();
    name.starts_with("System.Runtime.Intrinsics.Vector") || name.starts_with("System.Numerics.Vector`1")
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
    let mut out = sysv::Args::new();
    // Where the result is: in memory that the callee fills, in registers of these types, or a scalar.
    let mut memory = None;
    let mut words = Vec::new();
    let mut ret = LTy::Void;
    let ret_rep = rep(ts, sig.ret)?;
    match ret_rep {
        Rep::Void => {}
        Rep::Scalar(Kind::Ref) => return Err(LowerError::Unsupported("reference returned by native code".to_owned())),
        Rep::Scalar(k) => ret = k.reg(),
        Rep::Struct => match classify(cx, sig.ret)? {
            (_, None) => {
                let s = cx.struct_slot(sig.ret, "ret")?;
                let a = cx.b.slot_addr(s, 0);
                out.registers(&[(a, LTy::Ptr)], 8);
                memory = Some(s);
            }
            (_, Some(tys)) => {
                ret = tys[0];
                words = tys;
            }
        },
    }
    for (&t, &v) in sig.params.iter().zip(args) {
        match (rep(ts, t)?, v) {
            (Rep::Scalar(Kind::Ref), Val::Reg(v)) => {
                let v = if cx.b.ty(v) == LTy::Ref { pin(cx, v) } else { cx.b.coerce(v, LTy::I64) };
                out.registers(&[(v, LTy::I64)], 8);
            }
            (Rep::Scalar(k), Val::Reg(v)) => {
                let v = cx.fit(k, v);
                out.registers(&[(v, k.reg())], 8);
            }
            (Rep::Scalar(k), Val::Slot(s)) => {
                let l = cx.slot_loc(s);
                let v = cx.load_kind(k, l, MemFlags::default());
                out.registers(&[(v, k.reg())], 8);
            }
            (Rep::Struct, Val::Slot(s)) => {
                let (i, tys) = classify(cx, t)?;
                let p = padded(cx, &i, Some(s));
                let in_registers = tys.is_some();
                let tys = tys.unwrap_or_else(|| vec![LTy::I64; i.size.div_ceil(8) as usize]);
                let mut parts = Vec::with_capacity(tys.len());
                for (w, ty) in tys.into_iter().enumerate() {
                    let a = cx.b.slot_addr(p, 8 * w as u32);
                    parts.push((cx.b.load(ty, a, 0, MemFlags::default()), ty));
                }
                if in_registers {
                    out.registers(&parts, i.align);
                } else {
                    out.memory(parts.into_iter().map(|p| p.0), i.align);
                }
            }
            _ => return Err(LowerError::Unsupported("native argument".to_owned())),
        }
    }
    let out = out.ordered(|ty| if ty == LTy::F64 { cx.b.op(Inst::F64Const(0), LTy::F64) } else { cx.b.iconst(ty, 0) });
    let results = match words[..] {
        [first, second] => cx.b.call_pair(target, out, (first, second)),
        _ => cx.b.call(target, out, ret, CallFlags { native: true, ..CallFlags::default() }).into_iter().collect(),
    };
    match ret_rep {
        Rep::Scalar(k) => Ok(results.first().map(|&v| Val::Reg(cx.fit(k, v)))),
        Rep::Struct if memory.is_none() => {
            let (i, _) = classify(cx, sig.ret)?;
            let p = padded(cx, &i, None);
            for (w, &v) in results.iter().enumerate() {
                let a = cx.b.slot_addr(p, 8 * w as u32);
                let ty = cx.b.ty(v);
                cx.b.store(ty, a, 0, v, MemFlags::default());
            }
            let s = cx.struct_slot(sig.ret, "ret")?;
            let (base, d) = (cx.b.slot_addr(p, 0), cx.slot_loc(s));
            cx.copy_struct(sig.ret, d, Loc { base, off: 0, place: Place::Plain }, MemFlags::default())?;
            Ok(Some(Val::Slot(s)))
        }
        _ => Ok(memory.map(Val::Slot)),
    }
}
