//! Signature lowering: IL signatures to LIR parameters (contract §3). The one place that knows the calling convention.

use crate::LowerError;
use crate::types::{Kind, Rep, rep};
use kiln_lir::LTy;
use kiln_typesys::{AbiClass, HiddenParam, MethodDesc, MethodSig, TypeDesc, TypeSystem};

/// How one IL parameter is passed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ArgAbi {
    /// One scalar.
    Scalar(Kind),
    /// The leaves of a small struct, at offsets.
    Leaves(TypeDesc, Vec<(u32, Kind)>),
    /// Pointer to a caller-owned copy.
    Memory(TypeDesc),
}

/// How the result is returned.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RetAbi {
    /// Nothing.
    Void,
    /// One scalar.
    Scalar(Kind),
    /// A struct with one leaf.
    Leaf(TypeDesc, u32, Kind),
    /// Through the hidden first parameter.
    Sret(TypeDesc),
}

/// A lowered signature: `[sret] [this] [hidden] params`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AbiSig {
    /// Has `this`.
    pub has_this: bool,
    /// Hidden generic context.
    pub hidden: bool,
    /// Parameters without `this`.
    pub args: Vec<ArgAbi>,
    /// Result.
    pub ret: RetAbi,
}

impl AbiSig {
    /// Lowers a signature.
    pub fn new(ts: &TypeSystem, sig: &MethodSig, hidden: bool) -> Result<AbiSig, LowerError> {
        let args = sig.params.iter().map(|&p| arg_abi(ts, p)).collect::<Result<_, _>>()?;
        Ok(AbiSig { has_this: sig.has_this, hidden, args, ret: ret_abi(ts, sig.ret)? })
    }

    /// Of a method's code (`hidden` by the method) or its plain entry (`hidden` false).
    pub fn of_method(ts: &TypeSystem, m: MethodDesc, hidden: bool) -> Result<AbiSig, LowerError> {
        Self::new(ts, &*ts.method_sig(m)?, hidden)
    }

    /// Return type of the LIR function.
    #[must_use]
    pub fn ret_ty(&self) -> LTy {
        match &self.ret {
            RetAbi::Void | RetAbi::Sret(_) => LTy::Void,
            RetAbi::Scalar(k) | RetAbi::Leaf(_, _, k) => k.reg(),
        }
    }

    /// Has the hidden result pointer.
    #[must_use]
    pub fn sret(&self) -> bool {
        matches!(self.ret, RetAbi::Sret(_))
    }
}

/// Whether the code of a canonical method takes a hidden parameter.
pub fn hidden_of(ts: &TypeSystem, m: MethodDesc) -> HiddenParam {
    let c = ts.canonical_method(m);
    if ts.is_shared_method(c) { ts.hidden_param(c) } else { HiddenParam::None }
}

/// How a parameter of a type is passed.
pub fn arg_abi(ts: &TypeSystem, t: TypeDesc) -> Result<ArgAbi, LowerError> {
    match rep(ts, t)? {
        Rep::Void => Err(LowerError::Unsupported("void parameter".to_owned())),
        Rep::Scalar(k) if k.is_wide() => Ok(ArgAbi::Memory(ts.canonical_type(t))),
        Rep::Scalar(k) => Ok(ArgAbi::Scalar(k)),
        Rep::Struct => {
            let c = ts.canonical_type(t);
            Ok(match leaves(ts, c)? {
                Some(l) => ArgAbi::Leaves(c, l),
                None => ArgAbi::Memory(c),
            })
        }
    }
}

fn ret_abi(ts: &TypeSystem, t: TypeDesc) -> Result<RetAbi, LowerError> {
    Ok(match rep(ts, t)? {
        Rep::Void => RetAbi::Void,
        Rep::Scalar(k) if k.is_wide() => RetAbi::Sret(ts.canonical_type(t)),
        Rep::Scalar(k) => RetAbi::Scalar(k),
        Rep::Struct => {
            let c = ts.canonical_type(t);
            match leaves(ts, c)?.as_deref() {
                Some([(o, k)]) => RetAbi::Leaf(c, *o, *k),
                _ => RetAbi::Sret(c),
            }
        }
    })
}

fn leaves(ts: &TypeSystem, c: TypeDesc) -> Result<Option<Vec<(u32, Kind)>>, LowerError> {
    match ts.abi_class(c)? {
        AbiClass::Scalars(l) => {
            let mut out = Vec::with_capacity(l.len());
            for (o, t) in l {
                match rep(ts, t)? {
                    Rep::Scalar(k) if !k.is_wide() => out.push((o, k)),
                    _ => return Ok(None),
                }
            }
            if out.is_empty() {
                out.push((0, Kind::U8));
            }
            Ok(Some(out))
        }
        _ => Ok(None),
    }
}
