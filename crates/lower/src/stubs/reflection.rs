//! Stubs for reflection (`abi::reflection::MethodCode`): dispatching calls, and calls with arguments behind addresses.

use super::forward;
use crate::LowerError;
use crate::abi::AbiSig;
use crate::cx::{Cx, Loc, Place, Val};
use crate::types::{Kind, Rep, rep};
use kiln_lir::{CallFlags, CallTarget, LTy, MemFlags, Term, ValueId};
use kiln_typesys::{MethodDesc, MethodSig, TypeClass, TypeDesc, TypeKind, TypeSystem, WellKnown};
use std::sync::Arc;

/// The plain entry of a virtual method that dispatches on `this`.
pub(super) fn virtual_call(cx: &mut Cx<'_>, m: MethodDesc) -> Result<LTy, LowerError> {
    let ts = cx.ts;
    // Of an interface or method that is made at run time there is no cell or handle but what a thunk brings.
    let has_record = ts.is_interface(ts.method_owner(m)) || !ts.method_args(m).is_empty();
    if has_record && ts.is_shared_method(m) && ts.canonical_method(m) == m {
        cx.b.context = true;
        cx.brought = Some(cx.b.param(LTy::Ptr));
    }
    let abi = AbiSig::of_method(ts, m, false)?;
    forward(cx, &abi, |cx, b| {
        let this = b.this.ok_or_else(|| LowerError::Unsupported("dispatch without this".to_owned()))?;
        let code = cx.virtual_target(m, this)?;
        Ok((CallTarget::Indirect(code), b.this, None))
    })
}

/// The signature that stands for all that are called in the same way and whose results are boxed in the same way: the key of `Sym::Invoker`.
pub fn invoker_signature(ts: &TypeSystem, sig: &MethodSig) -> TypeDesc {
    let object = ts.well_known(WellKnown::Object);
    let parameter = |t: TypeDesc| match ts.type_class(t) {
        TypeClass::Ref => object,
        TypeClass::ByRef => ts.byref(ts.well_known(WellKnown::Byte)),
        TypeClass::Ptr => ts.well_known(WellKnown::IntPtr),
        TypeClass::Struct => ts.canonical_type(t),
        TypeClass::Prim(_) => ts.enum_underlying(t).unwrap_or(t),
        TypeClass::Unknown => t,
    };
    let ret = match (ts.type_class(sig.ret), ts.kind(sig.ret)) {
        (TypeClass::Ref, _) => object,
        (TypeClass::ByRef, TypeKind::ByRef(e)) if ts.type_class(e) == TypeClass::Ref => ts.byref(object),
        // A pointer comes back as System.Reflection.Pointer, which the class library makes of an IntPtr.
        (TypeClass::Ptr, _) => ts.well_known(WellKnown::IntPtr),
        _ => sig.ret,
    };
    let params = sig.params.iter().map(|&p| parameter(p)).collect();
    ts.intern(TypeKind::FnPtr(Arc::new(MethodSig { has_this: sig.has_this, call_conv: 0, generic_count: 0, ret, params })))
}

/// `fn(code, this: Ref, arguments: *const Ref) -> Ref`: loads each argument from its address, calls, boxes the result.
pub(super) fn invoker(cx: &mut Cx<'_>, key: TypeDesc) -> Result<LTy, LowerError> {
    let ts = cx.ts;
    let TypeKind::FnPtr(sig) = ts.kind(key) else {
        return Err(LowerError::Unsupported("an invoker is of a signature".to_owned()));
    };
    let abi = AbiSig::new(ts, &sig, false)?;
    let code = cx.b.param(LTy::Ptr);
    let this = cx.b.param(LTy::Ref);
    let arguments = cx.b.param(LTy::Ptr);
    let mut values = Vec::with_capacity(sig.params.len());
    for (i, &p) in sig.params.iter().enumerate() {
        let address = cx.b.load(LTy::Ref, arguments, 8 * i as i32, MemFlags::default());
        values.push(argument(cx, p, address)?);
    }
    let owned = vec![true; values.len()];
    let this = abi.has_this.then_some(this);
    let result = cx.call_sig(CallTarget::Indirect(code), &abi, this, None, &values, &owned, CallFlags::default())?;
    let boxed = match result {
        None => cx.b.zero(LTy::Ref),
        Some(v) => match (ts.kind(sig.ret), v) {
            (TypeKind::ByRef(element), Val::Reg(address)) => {
                cx.null_check(address);
                referent(cx, element, address)?
            }
            _ => cx.box_value(sig.ret, v)?,
        },
    };
    cx.b.term(Term::Return(Some(boxed)));
    Ok(LTy::Ref)
}

/// The argument whose storage is at an address; a byref is the address itself.
fn argument(cx: &mut Cx<'_>, t: TypeDesc, address: ValueId) -> Result<Val, LowerError> {
    if cx.ts.type_class(t) == TypeClass::ByRef {
        return Ok(Val::Reg(address));
    }
    let from = Loc { base: address, off: 0, place: Place::Maybe };
    match rep(cx.ts, t)? {
        Rep::Scalar(kind) => Ok(Val::Reg(cx.load_kind(kind, from, MemFlags::default()))),
        Rep::Struct => {
            let copy = cx.struct_slot(t, "argument")?;
            let to = cx.slot_loc(copy);
            cx.copy_struct(t, to, from, MemFlags::default())?;
            Ok(Val::Slot(copy))
        }
        Rep::Void => Err(LowerError::Unsupported("void parameter".to_owned())),
    }
}

/// The boxed value that a returned reference refers to.
fn referent(cx: &mut Cx<'_>, t: TypeDesc, address: ValueId) -> Result<ValueId, LowerError> {
    let from = Loc { base: address, off: 0, place: Place::Maybe };
    if cx.ts.type_class(t) == TypeClass::Ref {
        return Ok(cx.load_kind(Kind::Ref, from, MemFlags::default()));
    }
    cx.box_loc(t, from)
}
