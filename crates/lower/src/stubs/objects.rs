//! Delegates over a function of objects, as interpreted expression trees make them: the target is a `Func<object[], object>`, and
//! this thunk boxes the parameters, calls it and unboxes what comes back (contract §7).

use crate::LowerError;
use crate::abi::{AbiSig, ArgAbi};
use crate::cx::{Cx, Loc, Place, Val};
use crate::types::{Kind, Rep, rep};
use kiln_abi::helpers::Helper as h;
use kiln_abi::managed::{DELEGATE_METHOD_PTR, DELEGATE_TARGET};
use kiln_abi::object::ARRAY_DATA_OFFSET;
use kiln_lir::{CallFlags, CallTarget, LTy, MemFlags, ValueId};
use kiln_typesys::{MethodSig, TypeClass, TypeDesc, TypeKind, TypeSystem, WellKnown};
use std::sync::Arc;

/// The signature that stands for all delegates with the same thunk: the key of `Sym::DelegateObjects`. `None` where a parameter or
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
    let TypeKind::FnPtr(sig) = ts.kind(key) else {
        return Err(LowerError::Unsupported("a thunk is of a signature".to_owned()));
    };
    let abi = AbiSig::new(ts, &sig, false)?;
    let bound = cx.bind(&abi);
    let function = bound.this.ok_or_else(|| LowerError::Unsupported("a thunk without this".to_owned()))?;

    let object = ts.well_known(WellKnown::Object);
    let objects = ts.sz_array(object);
    let mt = cx.mt(objects, true)?;
    let count = cx.b.iconst(LTy::I64, sig.params.len() as i64);
    let array = cx.b.helper1(h::RhpNewArray, &[mt, count]);
    let element = |i: usize| Loc { base: array, off: ARRAY_DATA_OFFSET as i32 + 8 * i as i32, place: Place::Heap };
    for (i, (&t, how)) in sig.params.iter().zip(&abi.args).enumerate() {
        let boxed = boxed_parameter(cx, t, how, &bound.args[i])?;
        cx.store_kind(Kind::Ref, element(i), boxed, MemFlags::default());
    }

    let code = cx.b.load(LTy::Ptr, function, DELEGATE_METHOD_PTR as i32, MemFlags::default());
    let target = cx.b.load(LTy::Ref, function, DELEGATE_TARGET as i32, MemFlags::default());
    let call = MethodSig { has_this: true, call_conv: 0, generic_count: 0, ret: object, params: vec![objects] };
    let call = AbiSig::new(ts, &call, false)?;
    let result = cx.call_sig(CallTarget::Indirect(code), &call, Some(target), None, &[Val::Reg(array)], &[true], CallFlags::default())?;
    let Some(Val::Reg(result)) = result else { return Err(LowerError::Unsupported("a function of objects returns one".to_owned())) };

    for (i, &t) in sig.params.iter().enumerate() {
        // What was passed by reference is written back.
        let TypeKind::ByRef(e) = ts.kind(t) else { continue };
        let changed = cx.load_kind(Kind::Ref, element(i), MemFlags::default());
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
    cx.ret(&abi, bound.sret, result)?;
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
