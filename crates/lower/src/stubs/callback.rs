//! C functions around `[UnmanagedCallersOnly]` methods (II.15.5.2 the other way round): the C convention in, the managed one out.

use super::convention::{Args, Class, Word};
use super::native;
use crate::LowerError;
use crate::abi::AbiSig;
use crate::cx::{Cx, Loc, Place, Val};
use crate::types::{Kind, Rep, rep};
use kiln_abi::helpers::Helper as h;
use kiln_abi::thread::CallbackFrame;
use kiln_lir::{CallFlags, CallTarget, Clause, LTy, MemFlags, Sym, Term, ValueId};
use kiln_typesys::{MethodDesc, TypeDesc, TypeSystem, WellKnown};

/// Whether only native code calls the method.
pub(crate) fn is_callback(ts: &TypeSystem, m: MethodDesc) -> bool {
    ts.is_static_method(m) && ts.has_attribute(m, "System.Runtime.InteropServices.UnmanagedCallersOnlyAttribute")
}

/// A parameter, before it is known in which register it comes.
enum Incoming {
    Scalar(Kind),
    /// A structure in words.
    Words(Vec<Word>),
    /// The address of a structure.
    Address,
}

pub(super) fn entry(cx: &mut Cx<'_>, m: MethodDesc) -> Result<LTy, LowerError> {
    let ts = cx.ts;
    let sig = ts.method_sig(m)?;
    let refused = |what: &str, t: TypeDesc| LowerError::Unsupported(format!("{}: {} {what}", ts.method_display(m), ts.type_display(t)));
    // Every word gets a number; the numbers are put into the order in which C passes them.
    let mut order = Args::new(cx.opts.target.c_convention);
    let mut types: Vec<LTy> = Vec::new();
    let mut number = |ty: LTy| {
        types.push(ty);
        types.len() - 1
    };
    let returned = match rep(ts, sig.ret)? {
        Rep::Struct => native::classify(cx, sig.ret)?.1.result(),
        _ => Some(Vec::new()),
    };
    let in_memory = returned.is_none();
    if in_memory {
        order.result_address((number(LTy::Ptr), LTy::Ptr));
    }
    let mut incoming = Vec::new();
    for &t in &sig.params {
        match rep(ts, t)? {
            Rep::Scalar(Kind::Ref) => return Err(refused("is not a parameter that native code can pass", t)),
            Rep::Scalar(k) => {
                order.scalar((number(k.reg()), k.reg()), k.reg());
                incoming.push(Incoming::Scalar(k));
            }
            Rep::Struct => {
                let (info, class) = native::classify(cx, t)?;
                if class == Class::Address {
                    order.scalar((number(LTy::Ptr), LTy::Ptr), LTy::Ptr);
                    incoming.push(Incoming::Address);
                    continue;
                }
                let (route, words) = order.structure(class, info.size, info.align);
                let numbered: Vec<((usize, LTy), LTy)> = words.iter().map(|w| ((number(w.ty), w.ty), w.ty)).collect();
                order.push(route, &numbered, info.align);
                incoming.push(Incoming::Words(words));
            }
            Rep::Void => return Err(refused("is no parameter", t)),
        }
    }
    cx.b.sret = in_memory && order.own_result_register();
    const FILLER: usize = usize::MAX;
    let mut values = vec![None; types.len()];
    for (i, ty) in order.ordered(|ty| (FILLER, ty)) {
        let v = cx.b.param(ty);
        if let Some(slot) = values.get_mut(i) {
            *slot = Some(v);
        }
    }
    let mut values = values.into_iter().flatten();
    let mut next = || values.next().ok_or_else(|| LowerError::Unsupported("a callback's parameters".to_owned()));
    let result_address = if in_memory { Some(next()?) } else { None };
    let mut args = Vec::with_capacity(incoming.len());
    for (p, &t) in incoming.iter().zip(&sig.params) {
        args.push(match p {
            // C leaves the upper bits of a small number to chance.
            Incoming::Scalar(k) => {
                let v = next()?;
                Val::Reg(cx.fit(*k, v))
            }
            Incoming::Words(words) => {
                let parts = words.iter().map(|_| next()).collect::<Result<Vec<ValueId>, _>>()?;
                native::from_words(cx, t, words, &parts)?
            }
            Incoming::Address => {
                let base = next()?;
                let s = cx.struct_slot(t, "arg")?;
                let to = cx.slot_loc(s);
                cx.copy_struct(t, to, Loc { base, off: 0, place: Place::Plain }, MemFlags::default())?;
                Val::Slot(s)
            }
        });
    }
    let record = cx.b.slot(size_of::<CallbackFrame>() as u32, 8, Vec::new(), None, "callback");
    let record = cx.b.slot_addr(record, 0);
    cx.b.helper(h::RhpCallbackBegin, &[record]);
    // Exceptions do not pass native frames.
    let body = cx.b.current();
    let object = ts.well_known(WellKnown::Object);
    let pad = cx.b.pad(vec![Clause::Catch(Sym::NecessaryType(object))]);
    cx.b.switch_to(pad);
    let exception = cx.b.helper1(h::RhpBeginCatch, &[]);
    cx.b.helper(h::RhpUnhandled, &[exception]);
    cx.b.switch_to(body);
    cx.b.unwind = Some(pad);
    let abi = AbiSig::of_method(ts, m, false)?;
    let owned = vec![true; args.len()];
    let result = cx.call_sig(CallTarget::Direct(Sym::Method(m)), &abi, None, None, &args, &owned, CallFlags::default())?;
    cx.b.unwind = None;
    cx.b.helper(h::RhpCallbackEnd, &[record]);
    let (ret, value) = match (rep(ts, sig.ret)?, result) {
        (Rep::Void, _) | (_, None) => (LTy::Void, None),
        (Rep::Scalar(Kind::Ref), _) => return Err(refused("is not a result that native code can take", sig.ret)),
        (Rep::Scalar(k), Some(Val::Reg(v))) => (k.reg(), Some(v)),
        (Rep::Scalar(k), Some(Val::Slot(s))) => {
            let from = cx.slot_loc(s);
            (k.reg(), Some(cx.load_kind(k, from, MemFlags::default())))
        }
        (Rep::Struct, Some(v)) => {
            let s = native::slot_of(cx, sig.ret, v)?;
            match (returned.as_deref(), result_address) {
                (Some([word]), _) => {
                    let words = native::to_words(cx, sig.ret, s, &[*word])?;
                    (word.ty, Some(words[0]))
                }
                (None, Some(to)) => {
                    let size = cx.info(sig.ret)?.size;
                    let from = cx.b.slot_addr(s, 0);
                    let size = cx.b.iconst(LTy::I64, i64::from(size));
                    cx.b.eff(kiln_lir::Inst::MemMove { dst: to, src: from, size });
                    if cx.b.sret { (LTy::Void, None) } else { (LTy::Ptr, Some(to)) }
                }
                _ => return Err(refused("returned to native code in two registers", sig.ret)),
            }
        }
    };
    cx.b.term(Term::Return(value));
    Ok(ret)
}
