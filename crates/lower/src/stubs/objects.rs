//! Code of a signature that packs its parameters into an `object[]` and unpacks what comes back (contract §7, §11). Delegates over a function of
//! objects, as interpreted expression trees make them: the target is a `Func<object[], object>`. Methods of proxies (`System.Reflection.DispatchProxy`): they
//! call `Invoke` of their object, with the method that a thunk brings.

use crate::LowerError;
use crate::abi::{AbiSig, ArgAbi};
use crate::cx::{Bound, Cx, Loc, Place, Val};
use crate::types::{Kind, Rep, rep};
use kiln_abi::helpers::Helper as h;
use kiln_abi::managed::{DELEGATE_METHOD_PTR, DELEGATE_TARGET};
use kiln_abi::object::ARRAY_DATA_OFFSET;
use kiln_lir::{CallFlags, CallTarget, LTy, MemFlags, Sym, ValueId};
use kiln_typesys::{MethodSig, TypeClass, TypeDesc, TypeKind, TypeSystem, WellKnown};
use std::sync::Arc;

/// The signature that stands for all that are packed in the same way: the key of `Sym::DelegateObjects` and `Sym::ProxyMethod`. `None` where a parameter or
/// the result cannot be an object.
pub fn objects_signature(ts: &TypeSystem, sig: &MethodSig) -> Option<TypeDesc> {
    let object = ts.well_known(WellKnown::Object);
    let part = |t: TypeDesc| match ts.type_class(t) {
        TypeClass::Ref => Some(object),
        TypeClass::Ptr => Some(ts.well_known(WellKnown::IntPtr)),
        TypeClass::Struct | TypeClass::Prim(_) if !ts.is_by_ref_like(t) => Some(t),
        _ => None,
    };
    let parameter = |t: TypeDesc| match ts.kind(t) {
        TypeKind::ByRef(e) => part(e).map(|e| ts.byref(e)),
        _ => part(t),
    };
    let ret = if ts.is_well_known(sig.ret, WellKnown::Void) { sig.ret } else { part(sig.ret)? };
    let params = sig.params.iter().map(|&p| parameter(p)).collect::<Option<_>>()?;
    Some(ts.intern(TypeKind::FnPtr(Arc::new(MethodSig { has_this: true, call_conv: 0, generic_count: 0, ret, params }))))
}

/// `this` is the `Func<object[], object>`; the other parameters are those of the signature.
pub(super) fn thunk(cx: &mut Cx<'_>, key: TypeDesc) -> Result<LTy, LowerError> {
    let ts = cx.ts;
    let sig = signature(ts, key)?;
    let abi = AbiSig::new(ts, &sig, false)?;
    let bound = cx.bind(&abi);
    let function = bound.this.ok_or_else(|| LowerError::Unsupported("a thunk without this".to_owned()))?;
    let array = packed(cx, &sig, &abi, &bound)?;

    let object = ts.well_known(WellKnown::Object);
    let code = cx.b.load(LTy::Ptr, function, DELEGATE_METHOD_PTR as i32, MemFlags::default());
    let target = cx.b.load(LTy::Ref, function, DELEGATE_TARGET as i32, MemFlags::default());
    let call = MethodSig { has_this: true, call_conv: 0, generic_count: 0, ret: object, params: vec![ts.sz_array(object)] };
    let call = AbiSig::new(ts, &call, false)?;
    let result = cx.call_sig(CallTarget::Indirect(code), &call, Some(target), None, &[Val::Reg(array)], &[true], CallFlags::default())?;
    let result = an_object(result)?;
    unpack(cx, &sig, &abi, &bound, array, result)
}

/// `this` is the proxy; what the thunk brings is an `abi::proxies::ProxyTarget`.
pub(super) fn proxy(cx: &mut Cx<'_>, key: TypeDesc) -> Result<LTy, LowerError> {
    let ts = cx.ts;
    let sig = signature(ts, key)?;
    cx.b.context = true;
    let method = cx.b.param(LTy::Ptr);
    let abi = AbiSig::new(ts, &sig, false)?;
    let bound = cx.bind(&abi);
    let this = bound.this.ok_or_else(|| LowerError::Unsupported("a proxy without this".to_owned()))?;
    let array = packed(cx, &sig, &abi, &bound)?;

    let info = overlay(cx, "Enter", &[Val::Reg(method), Val::Reg(array)])?;
    let info = an_object(info)?;
    let invoke = ts.find_type_by_full_name("System.Reflection.DispatchProxy").and_then(|t| ts.find_method(t, "Invoke", 2));
    let invoke = invoke.ok_or_else(|| LowerError::Unsupported("DispatchProxy.Invoke is missing".to_owned()))?;
    let code = cx.virtual_target(invoke, this)?;
    let call = AbiSig::of_method(ts, invoke, false)?;
    let arguments = [Val::Reg(info), Val::Reg(array)];
    let result = cx.call_sig(CallTarget::Indirect(code), &call, Some(this), None, &arguments, &[true, true], CallFlags::default())?;
    let result = an_object(result)?;
    overlay(cx, "Leave", &[Val::Reg(method), Val::Reg(array), Val::Reg(result)])?;
    unpack(cx, &sig, &abi, &bound, array, result)
}

/// Calls a static method of the overlay's `Kiln.Proxies`.
fn overlay(cx: &mut Cx<'_>, name: &str, args: &[Val]) -> Result<Option<Val>, LowerError> {
    let ts = cx.ts;
    let m = ts.find_type_by_full_name("Kiln.Proxies").and_then(|t| ts.find_method(t, name, args.len()));
    let m = m.ok_or_else(|| LowerError::Unsupported(format!("Proxies.{name} without the overlay")))?;
    let abi = AbiSig::of_method(ts, m, false)?;
    cx.call_sig(CallTarget::Direct(Sym::Method(m)), &abi, None, None, args, &[], CallFlags::default())
}

fn signature(ts: &TypeSystem, key: TypeDesc) -> Result<Arc<MethodSig>, LowerError> {
    match ts.kind(key) {
        TypeKind::FnPtr(sig) => Ok(sig),
        _ => Err(LowerError::Unsupported("a thunk is of a signature".to_owned())),
    }
}

fn an_object(v: Option<Val>) -> Result<ValueId, LowerError> {
    match v {
        Some(Val::Reg(v)) => Ok(v),
        _ => Err(LowerError::Unsupported("a function of objects returns one".to_owned())),
    }
}

/// Where an argument lies in the array.
fn element(array: ValueId, i: usize) -> Loc {
    Loc { base: array, off: ARRAY_DATA_OFFSET as i32 + 8 * i as i32, place: Place::Heap }
}

/// An `object[]` of the parameters; of what is passed by reference the value.
fn packed(cx: &mut Cx<'_>, sig: &MethodSig, abi: &AbiSig, bound: &Bound) -> Result<ValueId, LowerError> {
    let objects = cx.ts.sz_array(cx.ts.well_known(WellKnown::Object));
    let mt = cx.mt(objects, true)?;
    let count = cx.b.iconst(LTy::I64, sig.params.len() as i64);
    let array = cx.b.helper1(h::RhpNewArray, &[mt, count]);
    for (i, (&t, how)) in sig.params.iter().zip(&abi.args).enumerate() {
        let boxed = boxed_parameter(cx, t, how, &bound.args[i])?;
        cx.store_kind(Kind::Ref, element(array, i), boxed, MemFlags::default());
    }
    Ok(array)
}

/// Writes back what was passed by reference, and returns what is in the result's box.
fn unpack(cx: &mut Cx<'_>, sig: &MethodSig, abi: &AbiSig, bound: &Bound, array: ValueId, result: ValueId) -> Result<LTy, LowerError> {
    let ts = cx.ts;
    for (i, &t) in sig.params.iter().enumerate() {
        let TypeKind::ByRef(e) = ts.kind(t) else { continue };
        let changed = cx.load_kind(Kind::Ref, element(array, i), MemFlags::default());
        let to = Loc { base: bound.args[i][0], off: 0, place: Place::Maybe };
        match (unboxed(cx, e, changed)?, rep(ts, e)?) {
            (Val::Reg(v), Rep::Scalar(k)) => cx.store_kind(k, to, v, MemFlags::default()),
            (Val::Slot(s), _) => {
                let from = cx.slot_loc(s);
                cx.copy_struct(e, to, from, MemFlags::default())?;
            }
            _ => return Err(LowerError::Unsupported("an unboxed value".to_owned())),
        }
    }
    let result = if ts.is_well_known(sig.ret, WellKnown::Void) { None } else { Some(unboxed(cx, sig.ret, result)?) };
    cx.ret(abi, bound.sret, result)?;
    Ok(abi.ret_ty())
}

fn boxed_parameter(cx: &mut Cx<'_>, t: TypeDesc, how: &ArgAbi, scalars: &[ValueId]) -> Result<ValueId, LowerError> {
    if let TypeKind::ByRef(e) = cx.ts.kind(t) {
        let from = Loc { base: scalars[0], off: 0, place: Place::Maybe };
        return match rep(cx.ts, e)? {
            Rep::Scalar(k) => {
                let v = cx.load_kind(k, from, MemFlags::default());
                cx.box_value(e, Val::Reg(v))
            }
            _ => cx.box_loc(e, from),
        };
    }
    match how {
        ArgAbi::Scalar(_) => cx.box_value(t, Val::Reg(scalars[0])),
        ArgAbi::Leaves(_, leaves) => {
            let slot = cx.struct_slot(t, "parameter")?;
            let to = cx.slot_loc(slot);
            for (&(offset, k), &v) in leaves.iter().zip(scalars) {
                cx.store_kind(k, to.at(offset), v, MemFlags::default());
            }
            cx.box_loc(t, to)
        }
        ArgAbi::Memory(_) => cx.box_loc(t, Loc { base: scalars[0], off: 0, place: Place::Plain }),
    }
}

/// The value of type `t` in a box; a box of another type throws.
fn unboxed(cx: &mut Cx<'_>, t: TypeDesc, object: ValueId) -> Result<Val, LowerError> {
    let ts = cx.ts;
    if ts.type_class(t) == TypeClass::Ref {
        return Ok(Val::Reg(object));
    }
    let mt = cx.mt(t, false)?;
    if ts.is_nullable(t) {
        let slot = cx.struct_slot(t, "nullable")?;
        let to = cx.b.slot_addr(slot, 0);
        cx.b.helper(h::RhpUnboxNullable, &[mt, object, to]);
        return Ok(Val::Slot(slot));
    }
    cx.null_check(object);
    let address = cx.b.helper1(h::RhpUnbox, &[mt, object]);
    let from = Loc { base: address, off: 0, place: Place::Heap };
    match rep(ts, t)? {
        Rep::Scalar(k) => Ok(Val::Reg(cx.load_kind(k, from, MemFlags::default()))),
        _ => {
            let slot = cx.struct_slot(t, "result")?;
            let to = cx.slot_loc(slot);
            cx.copy_struct(t, to, from, MemFlags::default())?;
            Ok(Val::Slot(slot))
        }
    }
}
