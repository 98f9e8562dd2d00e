//! Code that takes a value from managed to native code or back, as its crossing says (`crossing`; the managed halves are `Kiln.Interop` in the
//! overlay and `System.Runtime.InteropServices.Marshal`).

use super::crossing::{Crossing, native_type};
use super::native;
use crate::LowerError;
use crate::abi::{AbiSig, ArgAbi};
use crate::cx::{Cx, Loc, Place, Val};
use crate::types::{Kind, Rep, rep};
use kiln_abi::object::{ARRAY_DATA_OFFSET, BOX_DATA_OFFSET, STRING_CHARS_OFFSET};
use kiln_lir::{CallFlags, CallTarget, IntCond, LTy, MemFlags, SlotId, Sym, ValueId};
use kiln_typesys::{MethodDesc, TypeDesc};

/// Calls a static method of `System.Runtime.InteropServices.Marshal`.
pub(super) fn marshal(cx: &mut Cx<'_>, name: &str, args: &[Val]) -> Result<Option<Val>, LowerError> {
    let ts = cx.ts;
    let t = ts
        .find_type(ts.corelib(), "System.Runtime.InteropServices", "Marshal")
        .ok_or_else(|| LowerError::Unsupported("Marshal is missing".to_owned()))?;
    let m = ts.find_method(t, name, args.len()).ok_or_else(|| LowerError::Unsupported(format!("Marshal.{name} is missing")))?;
    call(cx, m, args)
}

/// Calls a static method of the overlay's `Kiln.Interop`.
pub(super) fn interop(cx: &mut Cx<'_>, name: &str, args: &[Val]) -> Result<Option<Val>, LowerError> {
    let ts = cx.ts;
    let m = ts.find_type_by_full_name("Kiln.Interop").and_then(|t| ts.find_method(t, name, args.len()));
    let m = m.ok_or_else(|| LowerError::Unsupported(format!("Interop.{name} without the overlay")))?;
    call(cx, m, args)
}

fn call(cx: &mut Cx<'_>, m: MethodDesc, args: &[Val]) -> Result<Option<Val>, LowerError> {
    let abi = AbiSig::of_method(cx.ts, m, false)?;
    cx.call_sig(CallTarget::Direct(Sym::Method(m)), &abi, None, None, args, &[], CallFlags::default())
}

fn some(v: Option<Val>) -> Result<Val, LowerError> {
    v.ok_or_else(|| LowerError::Unsupported("a conversion without a result".to_owned()))
}

/// What is to be done after the native call.
pub(super) enum After {
    /// Memory of the C heap is freed.
    Free(Val),
    /// A safe handle, which lies in a slot, may be closed again.
    Handle(SlotId),
    /// A string builder, which lies in a slot, takes what its buffer holds; UTF-16 or not.
    Builder(SlotId, ValueId, bool),
    /// The native form in a slot is freed, after what a managed pointer or object in another slot refers to was made of it.
    Structure { of: TypeDesc, class: bool, back: bool, managed: SlotId, native: SlotId },
    /// A managed pointer, which lies in a slot, gets what the copy in another slot holds.
    Back { to: SlotId, copy: SlotId, of: TypeDesc, how: Crossing },
}

impl After {
    pub(super) fn emit(self, cx: &mut Cx<'_>) -> Result<(), LowerError> {
        match self {
            Self::Free(p) => marshal(cx, "FreeCoTaskMem", &[p])?,
            Self::Handle(s) => {
                let handle = kept_value(cx, s);
                interop(cx, "LeaveHandle", &[Val::Reg(handle)])?
            }
            Self::Builder(s, buffer, wide) => {
                let (builder, wide) = (kept_value(cx, s), cx.b.iconst(LTy::I32, i64::from(wide)));
                interop(cx, "LeaveBuilder", &[Val::Reg(builder), Val::Reg(buffer), Val::Reg(wide)])?
            }
            Self::Structure { of, class, back, managed, native } => {
                let managed = kept_value(cx, managed);
                let native = cx.b.slot_addr(native, 0);
                structure(cx, "LeaveStructure", of, class, managed, native, back)?
            }
            Self::Back { to, copy, of, how } => {
                let given = load_native(cx, of, &how, copy)?;
                let v = to_managed(cx, of, &how, given)?;
                let base = kept_value(cx, to);
                store(cx, of, Loc { base, off: 0, place: Place::Maybe }, v)?;
                // A text was made for the caller.
                if matches!(how, Crossing::Text { .. }) { marshal(cx, "FreeCoTaskMem", &[given])? } else { None }
            }
        };
        Ok(())
    }
}

/// An object or managed pointer in a slot that the collector sees during the native call.
fn kept(cx: &mut Cx<'_>, v: ValueId) -> SlotId {
    let s = cx.scalar_slot(Kind::Ref, "kept");
    cx.b.slots[s.index()].pinned = true;
    let a = cx.b.slot_addr(s, 0);
    cx.b.store(LTy::Ref, a, 0, v, MemFlags::default());
    s
}

fn kept_value(cx: &mut Cx<'_>, s: SlotId) -> ValueId {
    let a = cx.b.slot_addr(s, 0);
    cx.b.load(LTy::Ref, a, 0, MemFlags::default())
}

/// Pinned address of the payload of an object, 0 for null.
fn pin_payload(cx: &mut Cx<'_>, v: ValueId, offset: usize) -> ValueId {
    let base = native::pin(cx, v);
    let zero = cx.b.iconst(LTy::I64, 0);
    let isnull = cx.b.icmp(IntCond::Eq, base, zero);
    let data = cx.b.offset(base, offset as i32);
    cx.b.op(kiln_lir::Inst::Select(LTy::I64, isnull, zero, data), LTy::I64)
}

/// A parameter of a wrapper as one value.
pub(super) fn parameter(cx: &mut Cx<'_>, abi: &ArgAbi, values: &[ValueId]) -> Result<Val, LowerError> {
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

/// A value as native code takes it. What has to be done after the call is added to `after`; without that, what is made is the
/// receiver's, and what stays in place is not.
pub(super) fn to_native(cx: &mut Cx<'_>, how: &Crossing, v: Val, mut after: Option<&mut Vec<After>>) -> Result<Val, LowerError> {
    let (Val::Reg(r), false) = (v, *how == Crossing::Same) else { return Ok(v) };
    Ok(match *how {
        Crossing::Same => v,
        Crossing::Bool(_, truth) => {
            let (zero, truth) = (cx.b.iconst(LTy::I32, 0), cx.b.iconst(LTy::I32, truth));
            let is_false = cx.b.icmp(IntCond::Eq, r, zero);
            Val::Reg(cx.b.op(kiln_lir::Inst::Select(LTy::I32, is_false, zero, truth), LTy::I32))
        }
        Crossing::Char => some(interop(cx, "ToByte", &[v])?)?,
        Crossing::Text { wide: true } if after.is_some() => Val::Reg(pin_payload(cx, r, STRING_CHARS_OFFSET)),
        Crossing::Text { wide } => {
            let p = some(marshal(cx, if wide { "StringToCoTaskMemUni" } else { "StringToCoTaskMemUTF8" }, &[v])?)?;
            if let Some(after) = &mut after {
                after.push(After::Free(p));
            }
            p
        }
        Crossing::Handle => {
            if let Some(after) = &mut after {
                after.push(After::Handle(kept(cx, r)));
            }
            some(interop(cx, "EnterHandle", &[v])?)?
        }
        Crossing::Builder { wide } => {
            let (slot, flag) = (kept(cx, r), cx.b.iconst(LTy::I32, i64::from(wide)));
            let Val::Reg(buffer) = some(interop(cx, "EnterBuilder", &[v, Val::Reg(flag)])?)? else { return Ok(v) };
            if let Some(after) = &mut after {
                after.push(After::Builder(slot, buffer, wide));
            }
            Val::Reg(buffer)
        }
        Crossing::Vector => Val::Reg(pin_payload(cx, r, ARRAY_DATA_OFFSET)),
        Crossing::Data => Val::Reg(pin_payload(cx, r, BOX_DATA_OFFSET)),
        Crossing::Delegate(invoke) => {
            kept(cx, r);
            let entry = cx.b.sym(Sym::DelegateEntry(invoke));
            let entry = cx.b.coerce(entry, LTy::I64);
            some(interop(cx, "PointerOf", &[v, Val::Reg(entry)])?)?
        }
        Crossing::Structure { of, size, class, there, back } => {
            let managed = kept(cx, r);
            let native = cx.b.slot(size, 8, Vec::new(), None, "structure");
            let address = cx.b.slot_addr(native, 0);
            let given = structure(cx, "EnterStructure", of, class, r, address, there)?;
            if let Some(after) = after {
                after.push(After::Structure { of, class, back, managed, native });
            }
            some(given)?
        }
        Crossing::Reference { of, ref how, there, back } => {
            let to = kept(cx, r);
            let copy = cx.b.slot(8, 8, Vec::new(), None, "copy");
            let address = cx.b.slot_addr(copy, 0);
            let zero = cx.b.iconst(LTy::I64, 0);
            cx.b.store(LTy::I64, address, 0, zero, MemFlags::default());
            if there {
                let v = load(cx, of, Loc { base: r, off: 0, place: Place::Maybe })?;
                let v = to_native(cx, how, v, None)?;
                store_native(cx, of, how, copy, v)?;
            }
            if let Some(after) = after.filter(|_| back) {
                after.push(After::Back { to, copy, of, how: (**how).clone() });
            }
            let address = cx.b.slot_addr(copy, 0);
            Val::Reg(cx.b.coerce(address, LTy::I64))
        }
    })
}

/// Converts a structure at a managed pointer, or that of a class, to or from its native form.
fn structure(
    cx: &mut Cx<'_>,
    name: &str,
    of: TypeDesc,
    class: bool,
    managed: ValueId,
    native: ValueId,
    converts: bool,
) -> Result<Option<Val>, LowerError> {
    let form = cx.b.sym(Sym::NativeForm(of));
    let [form, native] = [form, native].map(|v| Val::Reg(cx.b.coerce(v, LTy::I64)));
    let converts = Val::Reg(cx.b.iconst(LTy::I32, i64::from(converts)));
    let name = format!("{name}{}", if class { "OfClass" } else { "" });
    interop(cx, &name, &[Val::Reg(managed), form, native, converts])
}

/// What native code gave, as managed code takes it. The memory of texts is the giver's.
pub(super) fn to_managed(cx: &mut Cx<'_>, t: TypeDesc, how: &Crossing, v: Val) -> Result<Val, LowerError> {
    let (Val::Reg(r), false) = (v, *how == Crossing::Same) else { return Ok(v) };
    Ok(match *how {
        Crossing::Bool(..) => {
            let zero = cx.b.iconst(LTy::I32, 0);
            let c = cx.b.icmp(IntCond::Ne, r, zero);
            Val::Reg(cx.b.coerce(c, LTy::I32))
        }
        Crossing::Text { wide } => some(marshal(cx, if wide { "PtrToStringUni" } else { "PtrToStringUTF8" }, &[v])?)?,
        Crossing::Char => some(interop(cx, "ToChar", &[v])?)?,
        Crossing::Handle => Val::Reg(new_handle(cx, t, v)?),
        Crossing::Delegate(invoke) => {
            let table = cx.mt(t, true)?;
            let code = cx.b.sym(Sym::DelegateNative(invoke));
            let [table, code] = [table, code].map(|v| Val::Reg(cx.b.coerce(v, LTy::I64)));
            some(interop(cx, "DelegateOf", &[v, table, code])?)?
        }
        _ => Val::Reg(r),
    })
}

/// A safe handle of a class with what native code returned.
fn new_handle(cx: &mut Cx<'_>, t: TypeDesc, value: Val) -> Result<ValueId, LowerError> {
    let ts = cx.ts;
    let Some(ctor) = ts.default_ctor(t).filter(|_| !ts.is_abstract(t)) else {
        return Err(LowerError::Unsupported(format!("{} has no constructor for native code", ts.type_display(t))));
    };
    let object = cx.alloc(t)?;
    let abi = AbiSig::of_method(ts, ctor, false)?;
    cx.call_sig(CallTarget::Direct(Sym::Method(ts.canonical_method(ctor))), &abi, Some(object), None, &[], &[], CallFlags::default())?;
    interop(cx, "SetHandle", &[Val::Reg(object), value])?;
    Ok(object)
}

fn kind(cx: &Cx<'_>, t: TypeDesc) -> Result<Kind, LowerError> {
    match rep(cx.ts, t)? {
        Rep::Scalar(k) => Ok(k),
        _ => Err(LowerError::Unsupported(format!("{} by reference to native code", cx.ts.type_display(t)))),
    }
}

fn load(cx: &mut Cx<'_>, t: TypeDesc, from: Loc) -> Result<Val, LowerError> {
    let k = kind(cx, t)?;
    Ok(Val::Reg(cx.load_kind(k, from, MemFlags::default())))
}

fn store(cx: &mut Cx<'_>, t: TypeDesc, to: Loc, v: Val) -> Result<(), LowerError> {
    let (k, Val::Reg(v)) = (kind(cx, t)?, v) else { return Ok(()) };
    cx.store_kind(k, to, v, MemFlags::default());
    Ok(())
}

fn load_native(cx: &mut Cx<'_>, t: TypeDesc, how: &Crossing, from: SlotId) -> Result<Val, LowerError> {
    let native = native_type(cx.ts, t, how);
    let from = cx.slot_loc(from);
    load(cx, native, from)
}

fn store_native(cx: &mut Cx<'_>, t: TypeDesc, how: &Crossing, to: SlotId, v: Val) -> Result<(), LowerError> {
    let native = native_type(cx.ts, t, how);
    let to = cx.slot_loc(to);
    store(cx, native, to, v)
}

/// A copy, for managed code, of what is at an address that native code passed; `None` where there is nothing.
pub(super) struct Copied {
    address: Val,
    copy: SlotId,
    of: TypeDesc,
    how: Crossing,
}

/// The managed pointer for an address that native code passed, which refers to a copy where the value is not the same on both sides.
pub(super) fn reference(cx: &mut Cx<'_>, how: &Crossing, address: Val, copied: &mut Vec<Copied>) -> Result<Val, LowerError> {
    let (Crossing::Reference { of, how, there, back }, Val::Reg(a)) = (how, address) else { return Ok(address) };
    let copy = cx.scalar_slot(kind(cx, *of)?, "copy");
    let to = cx.slot_loc(copy);
    if *there {
        let v = load(cx, native_type(cx.ts, *of, how), Loc { base: a, off: 0, place: Place::Plain })?;
        let v = to_managed(cx, *of, how, v)?;
        store(cx, *of, to, v)?;
    }
    if *back {
        copied.push(Copied { address, copy, of: *of, how: (**how).clone() });
    }
    Ok(Val::Reg(cx.addr_ref(to)))
}

impl Copied {
    /// Native code gets what managed code made of the copy.
    pub(super) fn give_back(self, cx: &mut Cx<'_>) -> Result<(), LowerError> {
        let from = cx.slot_loc(self.copy);
        let v = load(cx, self.of, from)?;
        let v = to_native(cx, &self.how, v, None)?;
        let Val::Reg(base) = self.address else { return Ok(()) };
        store(cx, native_type(cx.ts, self.of, &self.how), Loc { base, off: 0, place: Place::Plain }, v)
    }
}
