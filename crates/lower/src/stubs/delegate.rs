//! Delegate thunks (contract §7; II.14.6): shuffle, multicast, and the methods the runtime provides.

use super::{forward, pass, throw};
use crate::LowerError;
use crate::abi::{AbiSig, ArgAbi};
use crate::cx::{Cx, Loc, Place};
use crate::types::Kind;
use kiln_abi::helpers::throw_kind;
use kiln_abi::managed::{
    DELEGATE_INVOCATION_COUNT, DELEGATE_INVOCATION_LIST, DELEGATE_METHOD_PTR, DELEGATE_METHOD_PTR_AUX, DELEGATE_TARGET,
};
use kiln_abi::object::ARRAY_DATA_OFFSET;
use kiln_lir::{BinOp, CallTarget, Inst, IntCond, LTy, MemFlags, Term};
use kiln_typesys::{MethodDesc, Prim, TypeClass};

fn need_this(b: &crate::cx::Bound) -> Result<kiln_lir::ValueId, LowerError> {
    b.this.ok_or_else(|| LowerError::Unsupported("delegate method without this".to_owned()))
}

/// Open static delegates: `this` is the delegate; the static method gets the parameters only.
pub(super) fn shuffle(cx: &mut Cx<'_>, invoke: MethodDesc) -> Result<LTy, LowerError> {
    let abi = AbiSig::of_method(cx.ts, invoke, false)?;
    forward(cx, &abi, |cx, b| {
        let d = need_this(b)?;
        let code = cx.b.load(LTy::Ptr, d, DELEGATE_METHOD_PTR_AUX as i32, MemFlags::default());
        Ok((CallTarget::Indirect(code), None, None))
    })
}

/// Calls every delegate of the invocation list; the last result counts.
pub(super) fn multicast(cx: &mut Cx<'_>, invoke: MethodDesc) -> Result<LTy, LowerError> {
    let abi = AbiSig::of_method(cx.ts, invoke, false)?;
    let b = cx.bind(&abi);
    let d = need_this(&b)?;
    let list = cx.b.load(LTy::Ref, d, DELEGATE_INVOCATION_LIST as i32, MemFlags::default());
    let count = cx.b.load(LTy::I64, d, DELEGATE_INVOCATION_COUNT as i32, MemFlags::default());
    // Memory arguments belong to the callee: each call gets a fresh copy, made in the same slots.
    let mut copies = Vec::new();
    for a in &abi.args {
        copies.push(match a {
            ArgAbi::Memory(t) => Some((*t, cx.struct_slot(*t, "copy")?)),
            _ => None,
        });
    }
    let body = cx.b.block();
    let done = cx.b.block();
    let i = cx.b.block_param(body, LTy::I64);
    let zero = cx.b.iconst(LTy::I64, 0);
    cx.b.jump(body, vec![zero]);
    cx.b.switch_to(body);
    let at = cx.b.op(Inst::Addr { base: list, index: Some(i), scale: 8, offset: ARRAY_DATA_OFFSET as i32 }, LTy::Ref);
    let one = cx.b.load(LTy::Ref, at, 0, MemFlags::default());
    let code = cx.b.load(LTy::Ptr, one, DELEGATE_METHOD_PTR as i32, MemFlags::default());
    let target = cx.b.load(LTy::Ref, one, DELEGATE_TARGET as i32, MemFlags::default());
    let mut passed = b.clone();
    for (arg, c) in passed.args.iter_mut().zip(&copies) {
        if let Some((t, s)) = c {
            let dst = cx.slot_loc(*s);
            cx.copy_struct(*t, dst, Loc { base: arg[0], off: 0, place: Place::Plain }, MemFlags::default())?;
            arg[0] = cx.b.slot_addr(*s, 0);
        }
    }
    let r = pass(cx, &abi, &passed, CallTarget::Indirect(code), Some(target), None);
    let inc = cx.b.iconst(LTy::I64, 1);
    let next = cx.b.bin(BinOp::Add, LTy::I64, i, inc);
    let more = cx.b.icmp(IntCond::Slt, next, count);
    cx.b.term(Term::Branch { cond: more, then_to: (body, vec![next]), else_to: (done, Vec::new()), likely: None });
    cx.b.switch_to(done);
    cx.b.term(Term::Return(r));
    Ok(abi.ret_ty())
}

/// `Invoke` as an address; `BeginInvoke`/`EndInvoke` do not exist on this platform.
pub(super) fn runtime_method(cx: &mut Cx<'_>, m: MethodDesc) -> Result<LTy, LowerError> {
    let ts = cx.ts;
    let abi = AbiSig::of_method(ts, m, false)?;
    if ts.is_delegate_invoke(m) {
        return forward(cx, &abi, |cx, b| {
            let d = need_this(b)?;
            cx.null_check(d);
            let code = cx.b.load(LTy::Ptr, d, DELEGATE_METHOD_PTR as i32, MemFlags::default());
            let target = cx.b.load(LTy::Ref, d, DELEGATE_TARGET as i32, MemFlags::default());
            Ok((CallTarget::Indirect(code), Some(target), None))
        });
    }
    let name = ts.method_display(m);
    let b = cx.bind(&abi);
    if ts.is_ctor(m) {
        // Closed over whatever it is given: constructors reached by address (reflection-like code).
        let sig = ts.method_sig(m)?;
        let is_code = |t| matches!(ts.type_class(t), TypeClass::Prim(Prim::I | Prim::U) | TypeClass::Ptr);
        let fits = matches!(sig.params[..], [o, f] if ts.type_class(o) == TypeClass::Ref && is_code(f));
        let [[target], [code]] = [0, 1].map(|i| b.args.get(i).map(Vec::as_slice).unwrap_or_default()) else {
            return Err(LowerError::Unsupported(format!("constructor {name}")));
        };
        if !fits {
            return Err(LowerError::Unsupported(format!("constructor {name}")));
        }
        let (d, target, code) = (need_this(&b)?, *target, *code);
        cx.store_kind(Kind::Ref, Loc { base: d, off: DELEGATE_TARGET as i32, place: Place::Heap }, target, MemFlags::default());
        cx.b.store(LTy::I64, d, DELEGATE_METHOD_PTR as i32, code, MemFlags::default());
        cx.b.term(Term::Return(None));
        return Ok(abi.ret_ty());
    }
    if name.contains("BeginInvoke") || name.contains("EndInvoke") {
        throw(cx, throw_kind::PLATFORM_NOT_SUPPORTED, "Operation is not supported on this platform.");
        return Ok(abi.ret_ty());
    }
    Err(LowerError::Unsupported(format!("runtime method {name}")))
}
