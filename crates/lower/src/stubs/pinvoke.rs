//! P/Invoke wrappers (II.15.5), and delegates over function pointers: managed convention in, C convention out. What is not blittable is converted
//! or refused (`crossing`).

use super::crossing::{self, Crossing, Rules, function_pointer_number};
use super::{convert, native};
use crate::LowerError;
use crate::abi::AbiSig;
use crate::cx::{Bound, Cx, Val};
use kiln_abi::helpers::Helper as h;
use kiln_abi::managed::DELEGATE_METHOD_PTR_AUX;
use kiln_lir::{CallTarget, LTy, MemFlags, Sym, ValueId};
use kiln_target::Target;
use kiln_typesys::{MethodDesc, TypeSystem};

const SUPPORTS_LAST_ERROR: u16 = 0x40;
const CHAR_SET_MASK: u16 = 0x6;
const CHAR_SET_UNICODE: u16 = 0x4;

/// Others may run managed code while the C function runs. The runtime's own functions say so themselves, where they block.
fn leaves(ts: &TypeSystem, m: MethodDesc, target: &Target) -> bool {
    ts.impl_map(m).is_some_and(|map| !target.builtin_library(&map.library))
        && !ts.has_attribute(m, "System.Runtime.InteropServices.SuppressGCTransitionAttribute")
}

/// The wrapper of an imported function.
pub(super) fn import(cx: &mut Cx<'_>, m: MethodDesc) -> Result<LTy, LowerError> {
    let ts = cx.ts;
    let map = ts.impl_map(m).ok_or_else(|| LowerError::Unsupported(format!("{} has no native name", ts.method_display(m))))?;
    let how = Callee {
        rules: Rules::of(ts, m, map.flags & CHAR_SET_MASK == CHAR_SET_UNICODE),
        last_error: map.flags & SUPPORTS_LAST_ERROR != 0,
        leaves: leaves(ts, m, cx.opts.target),
    };
    let builtin = cx.opts.target.builtin_library(&map.library);
    wrapper(cx, m, &how, |cx, _| {
        Ok(if builtin {
            CallTarget::Direct(Sym::native(&map.entry, &map.library))
        } else {
            CallTarget::Indirect(resolve(cx, &map.library, &map.entry))
        })
    })
}

/// `Invoke` of a delegate over a function pointer (contract §7).
pub(super) fn pointer(cx: &mut Cx<'_>, invoke: MethodDesc) -> Result<LTy, LowerError> {
    let rules = Rules::of_delegate(cx.ts, invoke);
    let last_error = function_pointer_number(cx.ts, invoke, "SetLastError") == Some(1);
    wrapper(cx, invoke, &Callee { rules, last_error, leaves: true }, |cx, bound| {
        let delegate = bound.this.ok_or_else(|| LowerError::Unsupported("a delegate without this".to_owned()))?;
        Ok(CallTarget::Indirect(cx.b.load(LTy::Ptr, delegate, DELEGATE_METHOD_PTR_AUX as i32, MemFlags::default())))
    })
}

/// How a C function is called.
struct Callee {
    rules: Rules,
    last_error: bool,
    /// Others may run managed code meanwhile.
    leaves: bool,
}

fn wrapper(
    cx: &mut Cx<'_>,
    m: MethodDesc,
    callee: &Callee,
    target: impl FnOnce(&mut Cx<'_>, &Bound) -> Result<CallTarget, LowerError>,
) -> Result<LTy, LowerError> {
    let ts = cx.ts;
    let abi = AbiSig::of_method(ts, m, false)?;
    let sig = ts.method_sig(m)?;
    let (params, result) = crossing::signature(ts, m, &sig, callee.rules)?;
    let native = crossing::native_signature(ts, &sig, &params, &result);
    let b = cx.bind(&abi);
    let target = target(cx, &b)?;
    let mut vals = Vec::new();
    let mut after = Vec::new();
    for ((how, a), values) in params.iter().zip(&abi.args).zip(&b.args) {
        let v = convert::parameter(cx, a, values)?;
        vals.push(convert::to_native(cx, how, v, Some(&mut after))?);
    }
    if callee.last_error {
        let z = cx.b.iconst(LTy::I32, 0);
        convert::marshal(cx, "SetLastSystemError", &[Val::Reg(z)])?;
    }
    let mut r = native::call_in(cx, target, &native, &vals, callee.leaves)?;
    if callee.last_error
        && let Some(e) = convert::marshal(cx, "GetLastSystemError", &[])?
    {
        convert::marshal(cx, "SetLastPInvokeError", &[e])?;
    }
    for work in after {
        work.emit(cx)?;
    }
    if let Some(given) = r {
        r = Some(convert::to_managed(cx, sig.ret, &result, given)?);
        if matches!(result, Crossing::Text { .. }) {
            // A text that is returned was made for the caller.
            convert::marshal(cx, "FreeCoTaskMem", &[given])?;
        }
    }
    cx.ret(&abi, b.sret, r)?;
    Ok(abi.ret_ty())
}

/// Code of an entry point in a library found at run time, cached.
fn resolve(cx: &mut Cx<'_>, library: &str, entry: &str) -> ValueId {
    let cell = cx.b.sym(Sym::pinvoke_cell(library, entry));
    let code = cx.b.load(LTy::Ptr, cell, 0, MemFlags { volatile: true, once: true, ..MemFlags::default() });
    let z = cx.b.is_zero(code);
    let (slow, next) = (cx.b.cold_block(), cx.b.block());
    let target = cx.b.block_param(next, LTy::Ptr);
    cx.b.term(kiln_lir::Term::Branch { cond: z, then_to: (slow, Vec::new()), else_to: (next, vec![code]), likely: Some(false) });
    cx.b.switch_to(slow);
    let l = cx.b.sym(Sym::CString(library.to_owned()));
    let e = cx.b.sym(Sym::CString(entry.to_owned()));
    let t = cx.b.helper1(h::RhpResolvePInvoke, &[l, e, cell]);
    cx.b.jump(next, vec![t]);
    cx.b.switch_to(next);
    target
}
