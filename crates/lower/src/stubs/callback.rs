//! C functions around `[UnmanagedCallersOnly]` methods and around delegates (II.15.5.2 the other way round): the C convention in, the managed
//! one out.

use super::convention::{Args, Class, Word};
use super::crossing::{self, Crossing, Rules};
use super::{convert, native};
use crate::LowerError;
use crate::abi::AbiSig;
use crate::cx::{Cx, Loc, Place, Val};
use crate::types::{Kind, Rep, rep};
use kiln_abi::helpers::Helper as h;
use kiln_abi::managed::{DELEGATE_METHOD_PTR, DELEGATE_TARGET};
use kiln_abi::program::exception_kind;
use kiln_abi::thread::CallbackFrame;
use kiln_lir::{CallFlags, CallTarget, Clause, IntCond, LTy, MemFlags, Sym, Term, ValueId};
use kiln_typesys::{MethodDesc, MethodSig, TypeDesc, TypeKind, TypeSystem, WellKnown};

/// What is said to native code that calls a delegate too late. Nothing catches it.
const COLLECTED: &str = "A callback was made on a garbage collected delegate.";

/// Whether only native code calls the method.
pub(crate) fn is_callback(ts: &TypeSystem, m: MethodDesc) -> bool {
    ts.is_static_method(m) && ts.has_attribute(m, "System.Runtime.InteropServices.UnmanagedCallersOnlyAttribute")
}

/// A parameter, before it is known in which register it comes.
enum Incoming {
    Scalar(Kind),
    /// An address for a managed pointer.
    Pointer,
    /// A structure in words.
    Words(Vec<Word>),
    /// The address of a structure.
    Address,
}

/// What the C function calls, and how values cross: as they are, or as a delegate type says.
struct Callee {
    method: MethodDesc,
    sig: MethodSig,
    /// The signature in which native code calls.
    native: MethodSig,
    params: Vec<Crossing>,
    result: Crossing,
    /// The word that holds the delegate.
    delegate: Option<ValueId>,
}

/// The C function of an `[UnmanagedCallersOnly]` method.
pub(super) fn method_entry(cx: &mut Cx<'_>, m: MethodDesc) -> Result<LTy, LowerError> {
    let sig = (*cx.ts.method_sig(m)?).clone();
    let params = vec![Crossing::Same; sig.params.len()];
    entry(cx, &Callee { method: m, native: sig.clone(), sig, params, result: Crossing::Same, delegate: None })
}

/// The C function of the delegates of a type: a thunk of the runtime brings the word that holds the delegate (`Kiln.Interop.PointerOf`).
pub(super) fn delegate_entry(cx: &mut Cx<'_>, invoke: MethodDesc) -> Result<LTy, LowerError> {
    let ts = cx.ts;
    let sig = (*ts.method_sig(invoke)?).clone();
    let (params, result) = crossing::signature(ts, invoke, &sig, Rules::of_delegate(ts, invoke))?;
    let native = crossing::native_signature(ts, &sig, &params, &result);
    cx.b.context = true;
    let delegate = Some(cx.b.param(LTy::Ptr));
    entry(cx, &Callee { method: invoke, sig, native, params, result, delegate })
}

fn entry(cx: &mut Cx<'_>, callee: &Callee) -> Result<LTy, LowerError> {
    let received = receive(cx, callee)?;
    let record = cx.b.slot(size_of::<CallbackFrame>() as u32, 8, Vec::new(), None, "callback");
    let record = cx.b.slot_addr(record, 0);
    cx.b.helper(h::RhpCallbackBegin, &[record]);
    let result = guarded_call(cx, callee, &received.args)?;
    cx.b.helper(h::RhpCallbackEnd, &[record]);
    let (ret, value) = give_back(cx, callee, &received, result)?;
    cx.b.term(Term::Return(value));
    Ok(ret)
}

fn refused(ts: &TypeSystem, m: MethodDesc, what: &str, t: TypeDesc) -> LowerError {
    LowerError::Unsupported(format!("{}: {} {what}", ts.method_display(m), ts.type_display(t)))
}

/// What native code passed.
struct Received {
    /// As the method takes them.
    args: Vec<Val>,
    /// Where a result in memory goes.
    result_address: Option<ValueId>,
    /// The words of a structure that is returned in registers; nothing when it is returned in memory.
    returned: Option<Vec<Word>>,
}

/// The parameters of the C function, in the order of the words of the signature.
struct Parameters {
    order: Args<(usize, LTy)>,
    /// Every word has a number; the numbers are put into the order in which C passes them.
    types: Vec<LTy>,
}

impl Parameters {
    fn number(&mut self, ty: LTy) -> (usize, LTy) {
        self.types.push(ty);
        (self.types.len() - 1, ty)
    }

    fn add(&mut self, cx: &mut Cx<'_>, m: MethodDesc, t: TypeDesc) -> Result<Incoming, LowerError> {
        Ok(match rep(cx.ts, t)? {
            Rep::Scalar(Kind::Ref) if !matches!(cx.ts.kind(t), TypeKind::ByRef(_)) => {
                return Err(refused(cx.ts, m, "is not a parameter that native code can pass", t));
            }
            Rep::Scalar(Kind::Ref) => {
                let word = self.number(LTy::Ptr);
                self.order.scalar(word, LTy::Ptr);
                Incoming::Pointer
            }
            Rep::Scalar(k) => {
                let word = self.number(k.reg());
                self.order.scalar(word, k.reg());
                Incoming::Scalar(k)
            }
            Rep::Struct => {
                let (info, class) = native::classify(cx, t)?;
                if class == Class::Address {
                    let word = self.number(LTy::Ptr);
                    self.order.scalar(word, LTy::Ptr);
                    return Ok(Incoming::Address);
                }
                let (route, words) = self.order.structure(class, info.size, info.align);
                let numbered: Vec<((usize, LTy), LTy)> = words.iter().map(|w| (self.number(w.ty), w.ty)).collect();
                self.order.push(route, &numbered, info.align);
                Incoming::Words(words)
            }
            Rep::Void => return Err(refused(cx.ts, m, "is no parameter", t)),
        })
    }

    /// Makes them the function's; the values are in the order of the numbers.
    fn bind(self, cx: &mut Cx<'_>) -> Vec<ValueId> {
        const FILLER: usize = usize::MAX;
        let mut values = vec![None; self.types.len()];
        for (i, ty) in self.order.ordered(|ty| (FILLER, ty)) {
            let v = cx.b.param(ty);
            if let Some(slot) = values.get_mut(i) {
                *slot = Some(v);
            }
        }
        values.into_iter().flatten().collect()
    }
}

fn receive(cx: &mut Cx<'_>, callee: &Callee) -> Result<Received, LowerError> {
    let (m, sig) = (callee.method, &callee.native);
    let mut parameters = Parameters { order: Args::new(cx.opts.target.c_convention), types: Vec::new() };
    let returned = match rep(cx.ts, sig.ret)? {
        Rep::Struct => native::classify(cx, sig.ret)?.1.result(),
        _ => Some(Vec::new()),
    };
    let in_memory = returned.is_none();
    if in_memory {
        let word = parameters.number(LTy::Ptr);
        parameters.order.result_address(word);
    }
    let incoming = sig.params.iter().map(|&t| parameters.add(cx, m, t)).collect::<Result<Vec<_>, _>>()?;
    cx.b.sret = in_memory && parameters.order.own_result_register();
    let mut values = parameters.bind(cx).into_iter();
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
            Incoming::Pointer => {
                let v = next()?;
                Val::Reg(cx.b.coerce(v, LTy::Ref))
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
    Ok(Received { args, result_address, returned })
}

/// Calls the method or delegate; exceptions do not pass native frames.
fn guarded_call(cx: &mut Cx<'_>, callee: &Callee, args: &[Val]) -> Result<Option<Val>, LowerError> {
    let body = cx.b.current();
    let object = cx.ts.well_known(WellKnown::Object);
    let pad = cx.b.pad(vec![Clause::Catch(Sym::NecessaryType(object))]);
    cx.b.switch_to(pad);
    let exception = cx.b.helper1(h::RhpBeginCatch, &[]);
    cx.b.helper(h::RhpUnhandled, &[exception]);
    cx.b.switch_to(body);
    cx.b.unwind = Some(pad);
    let abi = AbiSig::of_method(cx.ts, callee.method, false)?;
    let owned = vec![true; args.len()];
    let result = match callee.delegate {
        None => cx.call_sig(CallTarget::Direct(Sym::Method(callee.method)), &abi, None, None, args, &owned, CallFlags::default())?,
        Some(word) => {
            let mut copied = Vec::new();
            let mut taken = Vec::with_capacity(args.len());
            for ((&arg, how), &t) in args.iter().zip(&callee.params).zip(&callee.sig.params) {
                let v = convert::to_managed(cx, t, how, arg)?;
                taken.push(convert::reference(cx, how, v, &mut copied)?);
            }
            let (delegate, code) = delegate_in(cx, word);
            let result = cx.call_sig(CallTarget::Indirect(code), &abi, Some(delegate), None, &taken, &owned, CallFlags::default())?;
            for copy in copied {
                copy.give_back(cx)?;
            }
            result.map(|v| convert::to_native(cx, &callee.result, v, None)).transpose()?
        }
    };
    cx.b.unwind = None;
    Ok(result)
}

/// The target and the code of the delegate that a word holds; throws where nothing kept it.
fn delegate_in(cx: &mut Cx<'_>, word: ValueId) -> (ValueId, ValueId) {
    let delegate = cx.b.load(LTy::Ref, word, 0, MemFlags::default());
    let none = cx.b.zero(LTy::Ref);
    let gone = cx.b.icmp(IntCond::Eq, delegate, none);
    let (collected, next) = (cx.b.cold_block(), cx.b.block());
    cx.b.branch(gone, collected, next, Some(false));
    cx.b.switch_to(collected);
    super::throw(cx, exception_kind::INVALID_OPERATION, COLLECTED);
    cx.b.term(Term::Unreachable);
    cx.b.switch_to(next);
    let code = cx.b.load(LTy::Ptr, delegate, DELEGATE_METHOD_PTR as i32, MemFlags::default());
    let target = cx.b.load(LTy::Ref, delegate, DELEGATE_TARGET as i32, MemFlags::default());
    (target, code)
}

/// The result as C returns it, and its type.
fn give_back(cx: &mut Cx<'_>, callee: &Callee, received: &Received, result: Option<Val>) -> Result<(LTy, Option<ValueId>), LowerError> {
    let (m, t) = (callee.method, callee.native.ret);
    Ok(match (rep(cx.ts, t)?, result) {
        (Rep::Void, _) | (_, None) => (LTy::Void, None),
        (Rep::Scalar(Kind::Ref), _) => return Err(refused(cx.ts, m, "is not a result that native code can take", t)),
        (Rep::Scalar(k), Some(Val::Reg(v))) => (k.reg(), Some(v)),
        (Rep::Scalar(k), Some(Val::Slot(s))) => {
            let from = cx.slot_loc(s);
            (k.reg(), Some(cx.load_kind(k, from, MemFlags::default())))
        }
        (Rep::Struct, Some(v)) => {
            let s = native::slot_of(cx, t, v)?;
            match (received.returned.as_deref(), received.result_address) {
                (Some([word]), _) => {
                    let words = native::to_words(cx, t, s, &[*word])?;
                    (word.ty, Some(words[0]))
                }
                (None, Some(to)) => {
                    let size = cx.info(t)?.size;
                    let from = cx.b.slot_addr(s, 0);
                    let size = cx.b.iconst(LTy::I64, i64::from(size));
                    cx.b.eff(kiln_lir::Inst::MemMove { dst: to, src: from, size });
                    if cx.b.sret { (LTy::Void, None) } else { (LTy::Ptr, Some(to)) }
                }
                _ => return Err(refused(cx.ts, m, "returned to native code in two registers", t)),
            }
        }
    })
}
