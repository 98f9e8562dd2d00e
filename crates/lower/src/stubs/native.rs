//! Calls of C functions with blittable values, by the target's convention (contract §3).

use super::convention::{self, Args, Class, Word};
use crate::LowerError;
use crate::cx::{Cx, Loc, Place, Val};
use crate::types::{Kind, Rep, StructInfo, rep};
use kiln_abi::helpers::Helper as h;
use kiln_lir::{CallFlags, CallTarget, Inst, LTy, MemFlags, SlotId, ValueId};
use kiln_typesys::{MethodSig, TypeDesc};

/// A struct as C sees it: its layout, and how it travels.
pub(super) fn classify(cx: &mut Cx<'_>, t: TypeDesc) -> Result<(std::rc::Rc<StructInfo>, Class), LowerError> {
    let i = cx.info(t)?;
    if !i.refs.is_empty() {
        return Err(LowerError::Unsupported(format!("{} with references passed to native code", cx.ts.type_display(t))));
    }
    if is_vector(cx, t) {
        return Err(LowerError::Unsupported(format!("{} passed to native code", cx.ts.type_display(t))));
    }
    let class = convention::classify(cx.opts.target.c_convention, cx.ts, t)?;
    Ok((i, class))
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

/// The words of a struct in a slot.
pub(super) fn to_words(cx: &mut Cx<'_>, t: TypeDesc, s: SlotId, words: &[Word]) -> Result<Vec<ValueId>, LowerError> {
    let info = cx.info(t)?;
    let padded = padded(cx, &info, Some(s));
    Ok(words
        .iter()
        .map(|w| {
            let a = cx.b.slot_addr(padded, w.offset);
            cx.b.load(w.ty, a, 0, MemFlags::default())
        })
        .collect())
}

/// A struct from its words.
pub(super) fn from_words(cx: &mut Cx<'_>, t: TypeDesc, words: &[Word], values: &[ValueId]) -> Result<Val, LowerError> {
    let info = cx.info(t)?;
    let padded = padded(cx, &info, None);
    for (w, &v) in words.iter().zip(values) {
        let a = cx.b.slot_addr(padded, w.offset);
        let ty = cx.b.ty(v);
        cx.b.store(ty, a, 0, v, MemFlags::default());
    }
    let s = cx.struct_slot(t, "words")?;
    let (base, to) = (cx.b.slot_addr(padded, 0), cx.slot_loc(s));
    cx.copy_struct(t, to, Loc { base, off: 0, place: Place::Plain }, MemFlags::default())?;
    Ok(Val::Slot(s))
}

/// The slot of a struct, also of one that is a single scalar in a register.
pub(super) fn slot_of(cx: &mut Cx<'_>, t: TypeDesc, v: Val) -> Result<SlotId, LowerError> {
    match v {
        Val::Slot(s) => Ok(s),
        Val::Reg(v) => {
            let s = cx.struct_slot(t, "wrap")?;
            let (a, ty) = (cx.b.slot_addr(s, 0), cx.b.ty(v));
            cx.b.store(ty, a, 0, v, MemFlags::default());
            Ok(s)
        }
    }
}

/// Calls a native function. References among the arguments are pinned for the time of the call.
pub(crate) fn call(cx: &mut Cx<'_>, target: CallTarget, sig: &MethodSig, args: &[Val]) -> Result<Option<Val>, LowerError> {
    call_in(cx, target, sig, args, false)
}

/// As `call`; with `leave` others may run managed code meanwhile. Then the function must hold no reference over the call but pinned ones:
/// the collector sees its frame as it is at `RhpPInvokeBegin`.
pub(super) fn call_in(cx: &mut Cx<'_>, target: CallTarget, sig: &MethodSig, args: &[Val], leave: bool) -> Result<Option<Val>, LowerError> {
    let ts = cx.ts;
    if args.len() != sig.params.len() {
        return Err(LowerError::Unsupported("native call with a wrong number of arguments".to_owned()));
    }
    let mut out = Args::new(cx.opts.target.c_convention);
    // Where the result is: in memory that the callee fills, words in registers, or a scalar.
    let mut memory = None;
    let mut words = Vec::new();
    let mut ret = LTy::Void;
    let ret_rep = rep(ts, sig.ret)?;
    match ret_rep {
        Rep::Void => {}
        Rep::Scalar(Kind::Ref) => return Err(LowerError::Unsupported("reference returned by native code".to_owned())),
        Rep::Scalar(k) => ret = k.reg(),
        Rep::Struct => match classify(cx, sig.ret)?.1.result() {
            None => {
                let s = cx.struct_slot(sig.ret, "ret")?;
                let a = cx.b.slot_addr(s, 0);
                out.result_address(a);
                memory = Some(s);
            }
            Some(list) => {
                ret = list[0].ty;
                words = list;
            }
        },
    }
    for (&t, &v) in sig.params.iter().zip(args) {
        match (rep(ts, t)?, v) {
            (Rep::Scalar(Kind::Ref), Val::Reg(v)) => {
                let v = if cx.b.ty(v) == LTy::Ref { pin(cx, v) } else { cx.b.coerce(v, LTy::I64) };
                out.scalar(v, LTy::I64);
            }
            (Rep::Scalar(k), Val::Reg(v)) => {
                let v = cx.fit(k, v);
                out.scalar(v, k.reg());
            }
            (Rep::Scalar(k), Val::Slot(s)) => {
                let l = cx.slot_loc(s);
                let v = cx.load_kind(k, l, MemFlags::default());
                out.scalar(v, k.reg());
            }
            (Rep::Struct, Val::Slot(s)) => {
                let (i, class) = classify(cx, t)?;
                let (route, words) = match class {
                    Class::Address => {
                        let copy = cx.copy_of(t, s)?;
                        let a = cx.b.slot_addr(copy, 0);
                        out.scalar(a, LTy::Ptr);
                        continue;
                    }
                    class => out.structure(class, i.size, i.align),
                };
                let values = to_words(cx, t, s, &words)?;
                let parts: Vec<_> = values.into_iter().zip(words.iter().map(|w| w.ty)).collect();
                out.push(route, &parts, i.align);
            }
            _ => return Err(LowerError::Unsupported("native argument".to_owned())),
        }
    }
    let own_result = out.own_result_register();
    let out = out.ordered(|ty| if ty == LTy::F64 { cx.b.op(Inst::F64Const(0), LTy::F64) } else { cx.b.iconst(ty, 0) });
    if leave {
        let record = cx.b.slot(size_of::<kiln_abi::thread::NativeCall>() as u32, 8, Vec::new(), None, "native call");
        let record = cx.b.slot_addr(record, 0);
        cx.b.helper(h::RhpPInvokeBegin, &[record]);
    }
    let more = CallFlags::more_of(words.iter().skip(1).map(|w| w.ty));
    let flags = CallFlags { native: true, more, sret: memory.is_some() && own_result, ..CallFlags::default() };
    let results = cx.b.call_all(target, out, ret, flags);
    if leave {
        cx.b.helper(h::RhpPInvokeEnd, &[]);
    }
    match ret_rep {
        Rep::Scalar(k) => Ok(results.first().map(|&v| Val::Reg(cx.fit(k, v)))),
        Rep::Struct if memory.is_none() => Ok(Some(from_words(cx, sig.ret, &words, &results)?)),
        _ => Ok(memory.map(Val::Slot)),
    }
}
