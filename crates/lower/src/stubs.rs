//! Compiler-made code: instantiating, unboxing and delegate stubs, native wrappers, the program's own stubs.
//!
//! From a symbol to its LIR function; contract §2 (hidden parameters), §7 (delegates), §10 (natives).

mod callback;
mod convention;
mod convert;
pub(crate) mod crossing;
mod delegate;
pub(crate) mod native;
pub(crate) mod objects;
mod pinvoke;
mod program;
pub(crate) mod reflection;

pub(crate) use callback::is_callback;

use crate::abi::{AbiSig, RetAbi, hidden_of};
use crate::cx::{Bound, Cx};
use crate::{LowerError, LowerOptions};
use kiln_abi::helpers::{Helper as h, throw_kind};
use kiln_lir::{CallFlags, CallTarget, Function, LTy, Sym, Term, ValueId};
use kiln_typesys::{HiddenParam, MethodDesc, TypeSystem};

/// Whether `Sym::Method(m)` is code that the compiler makes (`lower_stub`) and not a body to import.
pub fn is_stub_method(ts: &TypeSystem, m: MethodDesc) -> bool {
    (ts.is_pinvoke(m) || ts.is_internal_call(m) || ts.is_runtime_impl(m)) && ts.overlay_of(m).is_none()
}

/// Makes the code of a symbol that no IL body stands for.
pub fn lower_stub(ts: &TypeSystem, sym: &Sym, opts: &LowerOptions) -> Result<Function, LowerError> {
    let mut cx = Cx::new(ts, opts);
    let ret = match sym {
        Sym::Method(m) | Sym::MethodEntry(m) if ts.is_pinvoke(*m) => pinvoke::import(&mut cx, *m)?,
        Sym::Method(m) | Sym::MethodEntry(m) if ts.is_internal_call(*m) => {
            let abi = AbiSig::of_method(ts, *m, false)?;
            let target = CallTarget::Direct(Sym::native(ts.fcall_name(*m), ""));
            forward(&mut cx, &abi, |_, b| Ok((target, b.this, None)))?
        }
        Sym::Method(m) if ts.is_runtime_impl(*m) => delegate::runtime_method(&mut cx, *m)?,
        Sym::MethodEntry(m) => instantiating(&mut cx, *m)?,
        Sym::UnboxingStub(m) => unboxing(&mut cx, *m)?,
        Sym::DelegateShuffle(m) => delegate::shuffle(&mut cx, *m)?,
        Sym::DelegateMulticast(m) => delegate::multicast(&mut cx, *m)?,
        Sym::VirtualCall(m) => reflection::virtual_call(&mut cx, *m)?,
        Sym::UnmanagedEntry(m) => callback::method_entry(&mut cx, *m)?,
        Sym::DelegateEntry(invoke) => callback::delegate_entry(&mut cx, *invoke)?,
        Sym::DelegateNative(invoke) => pinvoke::pointer(&mut cx, *invoke)?,
        Sym::DelegateObjects(key) => objects::thunk(&mut cx, *key)?,
        Sym::ProxyMethod(key) => objects::proxy(&mut cx, *key)?,
        Sym::Invoker(key) => reflection::invoker(&mut cx, *key)?,
        Sym::ThrowStub(text) => {
            throw(&mut cx, throw_kind::TYPE_LOAD, text);
            LTy::Void
        }
        Sym::ProgramStub(stub) => program::stub(&mut cx, *stub)?,
        _ => return Err(LowerError::Unsupported(format!("no stub for {}", crate::sym_name(ts, sym)))),
    };
    Ok(cx.finish(sym.clone(), ret))
}

/// Throws through `RhpThrowHelper`.
fn throw(cx: &mut Cx<'_>, kind: i32, text: &str) {
    let k = cx.b.iconst(LTy::I32, i64::from(kind));
    let t = cx.b.sym(Sym::CString(text.to_owned()));
    cx.b.helper(h::RhpThrowHelper, &[k, t]);
}

type Route = (CallTarget, Option<ValueId>, Option<ValueId>);

/// A function with the plain signature `abi` that passes its parameters on: `route` gives the target, `this` and hidden argument.
fn forward(cx: &mut Cx<'_>, abi: &AbiSig, route: impl FnOnce(&mut Cx<'_>, &Bound) -> Result<Route, LowerError>) -> Result<LTy, LowerError> {
    let b = cx.bind(abi);
    let (target, this, hidden) = route(cx, &b)?;
    let args = passed(abi, &b, this, hidden);
    // Who calls through a stub has only the callee's frame on the stack. Nothing that is passed is of the stub's own.
    if cx.can_jump(&args) {
        cx.jump(target, args, abi.ret_ty());
        return Ok(abi.ret_ty());
    }
    let r = cx.b.call(target, args, abi.ret_ty(), CallFlags::default());
    cx.b.term(Term::Return(r));
    Ok(abi.ret_ty())
}

/// The call of `forward`, with something behind it.
fn pass(cx: &mut Cx<'_>, abi: &AbiSig, b: &Bound, target: CallTarget, this: Option<ValueId>, hidden: Option<ValueId>) -> Option<ValueId> {
    let args = passed(abi, b, this, hidden);
    cx.b.call(target, args, abi.ret_ty(), CallFlags::default())
}

fn passed(abi: &AbiSig, b: &Bound, this: Option<ValueId>, hidden: Option<ValueId>) -> Vec<ValueId> {
    let mut args: Vec<ValueId> = Vec::new();
    args.extend(b.sret);
    args.extend(this);
    args.extend(hidden);
    args.extend(b.args.iter().flatten());
    debug_assert!(abi.sret() == matches!(abi.ret, RetAbi::Sret(_)));
    args
}

/// The hidden argument that a stub of a method passes on. The canonical form of a method stands for instantiations that are made at run time:
/// a thunk of the runtime calls its stub, and brings the argument.
fn context(cx: &mut Cx<'_>, m: MethodDesc) -> Option<ValueId> {
    if cx.ts.canonical_method(m) != m || !cx.ts.is_shared_method(m) || hidden_of(cx.ts, m) == HiddenParam::None {
        return None;
    }
    cx.b.context = true;
    Some(cx.b.param(LTy::Ptr))
}

fn instantiating(cx: &mut Cx<'_>, m: MethodDesc) -> Result<LTy, LowerError> {
    let ts = cx.ts;
    let abi = AbiSig::of_method(ts, m, false)?;
    let given = context(cx, m);
    forward(cx, &abi, |cx, b| {
        let hidden = if given.is_some() { given } else { cx.hidden_arg(m)? };
        Ok((CallTarget::Direct(Sym::Method(ts.canonical_method(m))), b.this, hidden))
    })
}

fn unboxing(cx: &mut Cx<'_>, m: MethodDesc) -> Result<LTy, LowerError> {
    let ts = cx.ts;
    let abi = AbiSig::of_method(ts, m, false)?;
    let given = if hidden_of(ts, m) == HiddenParam::MethodDictionary { context(cx, m) } else { None };
    forward(cx, &abi, |cx, b| {
        let this = b.this.ok_or_else(|| LowerError::Unsupported("unboxing stub of a static method".to_owned()))?;
        let hidden = match hidden_of(ts, m) {
            HiddenParam::MethodTable => Some(cx.mt_of(this)),
            _ if given.is_some() => given,
            _ => cx.hidden_arg(m)?,
        };
        let data = cx.b.offset(this, kiln_abi::object::BOX_DATA_OFFSET as i32);
        if ts.is_internal_call(m) && ts.overlay_of(m).is_none() {
            return Ok((CallTarget::Direct(Sym::native(ts.fcall_name(m), "")), Some(data), None));
        }
        Ok((CallTarget::Direct(Sym::Method(ts.canonical_method(m))), Some(data), hidden))
    })
}
