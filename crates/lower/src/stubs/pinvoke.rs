//! P/Invoke wrappers (II.15.5): managed convention in, C convention out. Strings (UTF-8 or pinned UTF-16), string builders, safe handles and
//! vectors of blittable elements are marshalled; everything else that is not blittable is refused.

use super::native;
use crate::LowerError;
use crate::abi::{AbiSig, ArgAbi};
use crate::cx::{Cx, Loc, Place, Val};
use crate::types::{Kind, Rep, rep};
use kiln_abi::helpers::Helper as h;
use kiln_abi::object::{ARRAY_DATA_OFFSET, STRING_CHARS_OFFSET};
use kiln_lir::{CallFlags, CallTarget, IntCond, LTy, MemFlags, SlotId, Sym, ValueId};
use kiln_target::Target;
use kiln_typesys::{AttrOwner, MethodDesc, MethodSig, Prim, TypeClass, TypeDesc, TypeKind, TypeSystem, WellKnown};

const SUPPORTS_LAST_ERROR: u16 = 0x40;
const CHAR_SET_MASK: u16 = 0x6;
const CHAR_SET_UNICODE: u16 = 0x4;

/// Calls a static method of `System.Runtime.InteropServices.Marshal`.
fn marshal(cx: &mut Cx<'_>, name: &str, args: &[Val]) -> Result<Option<Val>, LowerError> {
    let ts = cx.ts;
    let t = ts
        .find_type(ts.corelib(), "System.Runtime.InteropServices", "Marshal")
        .ok_or_else(|| LowerError::Unsupported("Marshal is missing".to_owned()))?;
    let m = ts.find_method(t, name, args.len()).ok_or_else(|| LowerError::Unsupported(format!("Marshal.{name} is missing")))?;
    let abi = AbiSig::of_method(ts, m, false)?;
    cx.call_sig(CallTarget::Direct(Sym::Method(m)), &abi, None, None, args, &[], CallFlags::default())
}

/// Calls a static method of the overlay's `Kiln.Interop`.
fn interop(cx: &mut Cx<'_>, name: &str, args: &[Val]) -> Result<Option<Val>, LowerError> {
    let ts = cx.ts;
    let m = ts.find_type_by_full_name("Kiln.Interop").and_then(|t| ts.find_method(t, name, args.len()));
    let m = m.ok_or_else(|| LowerError::Unsupported(format!("Interop.{name} without the overlay")))?;
    let abi = AbiSig::of_method(ts, m, false)?;
    cx.call_sig(CallTarget::Direct(Sym::Method(m)), &abi, None, None, args, &[], CallFlags::default())
}

/// Is a class `System.Runtime.InteropServices.SafeHandle`, or derived from it?
fn is_safe_handle(ts: &TypeSystem, t: TypeDesc) -> bool {
    let handle = ts.find_type(ts.corelib(), "System.Runtime.InteropServices", "SafeHandle");
    let mut at = Some(t);
    while let Some(t) = at {
        if Some(t) == handle {
            return true;
        }
        at = ts.base_type(t);
    }
    false
}

/// What is to be done after the native call.
enum After {
    /// Memory of the C heap is freed.
    Free(Val),
    /// A safe handle, which lies in a slot, may be closed again.
    Handle(SlotId),
    /// A string builder, which lies in a slot, takes what its buffer holds; UTF-16 or not.
    Builder(SlotId, ValueId, bool),
}

impl After {
    fn emit(self, cx: &mut Cx<'_>) -> Result<(), LowerError> {
        let object = |cx: &mut Cx<'_>, s| {
            let a = cx.b.slot_addr(s, 0);
            Val::Reg(cx.b.load(LTy::Ref, a, 0, MemFlags::default()))
        };
        match self {
            Self::Free(p) => marshal(cx, "FreeCoTaskMem", &[p])?,
            Self::Handle(s) => {
                let handle = object(cx, s);
                interop(cx, "LeaveHandle", &[handle])?
            }
            Self::Builder(s, buffer, unicode) => {
                let (builder, wide) = (object(cx, s), cx.b.iconst(LTy::I32, i64::from(unicode)));
                interop(cx, "LeaveBuilder", &[builder, Val::Reg(buffer), Val::Reg(wide)])?
            }
        };
        Ok(())
    }
}

/// An object in a slot that the collector sees during the native call.
fn kept(cx: &mut Cx<'_>, v: ValueId) -> SlotId {
    let s = cx.scalar_slot(Kind::Ref, "kept");
    cx.b.slots[s.index()].pinned = true;
    let a = cx.b.slot_addr(s, 0);
    cx.b.store(LTy::Ref, a, 0, v, MemFlags::default());
    s
}

/// Pinned address of the payload of an object, 0 for null.
fn pin_payload(cx: &mut Cx<'_>, v: ValueId, offset: usize) -> ValueId {
    let base = native::pin(cx, v);
    let zero = cx.b.iconst(LTy::I64, 0);
    let isnull = cx.b.icmp(IntCond::Eq, base, zero);
    let data = cx.b.offset(base, offset as i32);
    cx.b.op(kiln_lir::Inst::Select(LTy::I64, isnull, zero, data), LTy::I64)
}

/// Others may run managed code while the C function runs. The runtime's own functions say so themselves, where they block.
fn leaves(ts: &TypeSystem, m: MethodDesc, target: &Target) -> bool {
    ts.impl_map(m).is_some_and(|map| !target.builtin_library(&map.library))
        && !ts.has_attribute(m, "System.Runtime.InteropServices.SuppressGCTransitionAttribute")
}

pub(super) fn wrapper(cx: &mut Cx<'_>, m: MethodDesc) -> Result<LTy, LowerError> {
    let ts = cx.ts;
    let abi = AbiSig::of_method(ts, m, false)?;
    let sig = ts.method_sig(m)?;
    let map = ts.impl_map(m).ok_or_else(|| LowerError::Unsupported(format!("{} has no native name", ts.method_display(m))))?;
    let b = cx.bind(&abi);
    let unicode = map.flags & CHAR_SET_MASK == CHAR_SET_UNICODE;
    let mut native = MethodSig { has_this: false, ..(*sig).clone() };
    let mut vals = Vec::new();
    let mut after = Vec::new();
    for (i, (&t, a)) in sig.params.iter().zip(&abi.args).enumerate() {
        let v = match (ts.type_class(t), parameter(cx, a, &b.args[i])?) {
            (TypeClass::Ref, Val::Reg(r)) => {
                native.params[i] = ts.well_known(WellKnown::IntPtr);
                marshalled(cx, m, t, r, unicode, &mut after)?
            }
            (_, v) => v,
        };
        vals.push(v);
    }
    let result = result_of(ts, m, sig.ret);
    native.ret = match result {
        ResultKind::String | ResultKind::Handle => ts.well_known(WellKnown::IntPtr),
        ResultKind::Bool => ts.well_known(WellKnown::Int32),
        ResultKind::AsIs => sig.ret,
    };
    let target = if cx.opts.target.builtin_library(&map.library) {
        CallTarget::Direct(Sym::native(&map.entry, &map.library))
    } else {
        CallTarget::Indirect(resolve(cx, &map.library, &map.entry))
    };
    let last_error = map.flags & SUPPORTS_LAST_ERROR != 0;
    if last_error {
        let z = cx.b.iconst(LTy::I32, 0);
        marshal(cx, "SetLastSystemError", &[Val::Reg(z)])?;
    }
    let mut r = native::call_in(cx, target, &native, &vals, leaves(ts, m, cx.opts.target))?;
    if last_error && let Some(e) = marshal(cx, "GetLastSystemError", &[])? {
        marshal(cx, "SetLastPInvokeError", &[e])?;
    }
    for work in after {
        work.emit(cx)?;
    }
    match (result, r) {
        (ResultKind::String, Some(p)) => {
            r = marshal(cx, if unicode { "PtrToStringUni" } else { "PtrToStringUTF8" }, &[p])?;
            marshal(cx, "FreeCoTaskMem", &[p])?;
        }
        (ResultKind::Handle, Some(value)) => r = Some(Val::Reg(new_handle(cx, m, sig.ret, value)?)),
        (ResultKind::Bool, Some(Val::Reg(v))) => {
            let z = cx.b.iconst(LTy::I32, 0);
            let c = cx.b.icmp(IntCond::Ne, v, z);
            r = Some(Val::Reg(cx.b.coerce(c, LTy::I32)));
        }
        _ => {}
    }
    cx.ret(&abi, b.sret, r)?;
    Ok(abi.ret_ty())
}

/// A parameter of the wrapper as one value.
fn parameter(cx: &mut Cx<'_>, abi: &ArgAbi, values: &[ValueId]) -> Result<Val, LowerError> {
    Ok(match abi {
        ArgAbi::Scalar(_) => Val::Reg(values[0]),
        ArgAbi::Leaves(t, l) => {
            let s = cx.struct_slot(*t, "arg")?;
            let loc = cx.slot_loc(s);
            for (n, (o, k)) in l.iter().enumerate() {
                cx.store_kind(*k, loc.at(*o), values[n], MemFlags::default());
            }
            Val::Slot(s)
        }
        ArgAbi::Memory(t) => {
            let s = cx.struct_slot(*t, "arg")?;
            let d = cx.slot_loc(s);
            cx.copy_struct(*t, d, Loc { base: values[0], off: 0, place: Place::Plain }, MemFlags::default())?;
            Val::Slot(s)
        }
    })
}

/// A safe handle of the result's class with what native code returned.
fn new_handle(cx: &mut Cx<'_>, m: MethodDesc, t: TypeDesc, value: Val) -> Result<ValueId, LowerError> {
    let ts = cx.ts;
    let Some(ctor) = ts.default_ctor(t).filter(|_| !ts.is_abstract(t)) else { return Err(not_blittable(cx, m)) };
    let object = cx.alloc(t)?;
    let abi = AbiSig::of_method(ts, ctor, false)?;
    cx.call_sig(CallTarget::Direct(Sym::Method(ts.canonical_method(ctor))), &abi, Some(object), None, &[], &[], CallFlags::default())?;
    interop(cx, "SetHandle", &[Val::Reg(object), value])?;
    Ok(object)
}

/// An object as native code takes it: pinned UTF-16 or a copy in UTF-8 of a string, a safe handle's value, a buffer for a string builder, or the
/// pinned elements of a vector. What has to be done afterwards is added to `after`.
fn marshalled(
    cx: &mut Cx<'_>,
    m: MethodDesc,
    t: TypeDesc,
    object: ValueId,
    unicode: bool,
    after: &mut Vec<After>,
) -> Result<Val, LowerError> {
    let ts = cx.ts;
    if ts.is_well_known(t, WellKnown::String) {
        if unicode {
            return Ok(Val::Reg(pin_payload(cx, object, STRING_CHARS_OFFSET)));
        }
        let p = marshal(cx, "StringToCoTaskMemUTF8", &[Val::Reg(object)])?
            .ok_or_else(|| LowerError::Unsupported("StringToCoTaskMemUTF8 returns nothing".to_owned()))?;
        after.push(After::Free(p));
        return Ok(p);
    }
    if is_safe_handle(ts, t) {
        after.push(After::Handle(kept(cx, object)));
        return interop(cx, "EnterHandle", &[Val::Reg(object)])?.ok_or_else(|| not_blittable(cx, m));
    }
    if ts.find_type(ts.corelib(), "System.Text", "StringBuilder") == Some(t) {
        let (slot, wide) = (kept(cx, object), cx.b.iconst(LTy::I32, i64::from(unicode)));
        let Some(Val::Reg(buffer)) = interop(cx, "EnterBuilder", &[Val::Reg(object), Val::Reg(wide)])? else {
            return Err(not_blittable(cx, m));
        };
        after.push(After::Builder(slot, buffer, unicode));
        return Ok(Val::Reg(buffer));
    }
    let TypeKind::SzArray(e) = ts.kind(t) else { return Err(not_blittable(cx, m)) };
    let blittable = match rep(ts, e)? {
        Rep::Scalar(k) => k != Kind::Ref,
        Rep::Struct => cx.info(e)?.refs.is_empty(),
        Rep::Void => false,
    };
    if blittable { Ok(Val::Reg(pin_payload(cx, object, ARRAY_DATA_OFFSET))) } else { Err(not_blittable(cx, m)) }
}

/// What is done with the result.
#[derive(Clone, Copy)]
enum ResultKind {
    AsIs,
    /// Copied and freed.
    String,
    /// In a new safe handle.
    Handle,
    /// A C `BOOL`: anything but 0 is true.
    Bool,
}

fn result_of(ts: &TypeSystem, m: MethodDesc, t: TypeDesc) -> ResultKind {
    let blittable_only = ts.method_def(m).is_some_and(|(module, _)| {
        ts.has_attribute(AttrOwner::Assembly(module), "System.Runtime.CompilerServices.DisableRuntimeMarshallingAttribute")
    });
    if ts.is_well_known(t, WellKnown::String) {
        ResultKind::String
    } else if ts.type_class(t) == TypeClass::Ref && is_safe_handle(ts, t) {
        ResultKind::Handle
    } else if !blittable_only && ts.type_class(t) == TypeClass::Prim(Prim::Bool) {
        ResultKind::Bool
    } else {
        ResultKind::AsIs
    }
}

fn not_blittable(cx: &Cx<'_>, m: MethodDesc) -> LowerError {
    LowerError::Unsupported(format!("P/Invoke {} needs marshalling that is not supported", cx.ts.method_display(m)))
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
