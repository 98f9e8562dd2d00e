//! Parameters, calls and returns by lowered signature (contract §3).

use super::{Bound, Cx, Loc, Place, Val};
use crate::LowerError;
use crate::abi::{AbiSig, ArgAbi, RetAbi};
use kiln_lir::{CallFlags, CallTarget, LTy, MemFlags, Term, ValueId};

/// Whether a call can end a function: both return in the same way, and no argument is in the caller's frame.
fn fits_tail(callee: &AbiSig, own: &AbiSig) -> bool {
    let same = match (&callee.ret, &own.ret) {
        (RetAbi::Sret(_), RetAbi::Sret(_)) => true,
        (RetAbi::Sret(_), _) | (_, RetAbi::Sret(_)) => false,
        _ => callee.ret_ty() == own.ret_ty(),
    };
    same && callee.args.iter().all(|a| !matches!(a, ArgAbi::Memory(_)))
}

impl Cx<'_> {
    /// Adds the parameters of a signature to the function.
    pub fn bind(&mut self, abi: &AbiSig) -> Bound {
        let mut r = Bound::default();
        if abi.sret() {
            r.sret = Some(self.b.param(LTy::Ptr));
        }
        if abi.has_this {
            r.this = Some(self.b.param(LTy::Ref));
        }
        if abi.hidden {
            r.hidden = Some(self.b.param(LTy::Ptr));
        }
        for a in &abi.args {
            r.args.push(match a {
                ArgAbi::Scalar(k) => vec![self.b.param(k.reg())],
                ArgAbi::Leaves(_, l) => l.iter().map(|x| self.b.param(x.1.reg())).collect(),
                ArgAbi::Memory(_) => vec![self.b.param(LTy::Ptr)],
            });
        }
        r
    }

    /// Appends the scalars that pass `arg`. `owned`: the slot of a struct may be given away.
    pub fn push_arg(&mut self, out: &mut Vec<ValueId>, abi: &ArgAbi, arg: Val, owned: bool) -> Result<(), LowerError> {
        match (abi, arg) {
            (ArgAbi::Scalar(k), Val::Reg(v)) => {
                let v = self.fit(*k, v);
                out.push(v);
            }
            (ArgAbi::Leaves(_, l), Val::Slot(s)) => {
                let loc = self.slot_loc(s);
                for &(o, k) in l {
                    let v = self.load_kind(k, loc.at(o), MemFlags::default());
                    out.push(v);
                }
            }
            (ArgAbi::Memory(t), Val::Slot(s)) => {
                let s = if owned { s } else { self.copy_of(*t, s)? };
                let a = self.b.slot_addr(s, 0);
                out.push(a);
            }
            (ArgAbi::Scalar(k), Val::Slot(s)) => {
                // The importer sees a struct where the signature has its only scalar (enum-like wrappers).
                let loc = self.slot_loc(s);
                let v = self.load_kind(*k, loc, MemFlags::default());
                out.push(v);
            }
            (ArgAbi::Leaves(t, _) | ArgAbi::Memory(t), Val::Reg(v)) => {
                let s = self.struct_slot(*t, "wrap")?;
                let a = self.b.slot_addr(s, 0);
                let ty = self.b.ty(v);
                self.b.store(ty, a, 0, v, MemFlags::default());
                self.push_arg(out, abi, Val::Slot(s), true)?;
            }
        }
        Ok(())
    }

    /// Calls by a lowered signature. `args` without `this`; `owned[i]` see `push_arg`.
    pub fn call_sig(
        &mut self,
        target: CallTarget,
        abi: &AbiSig,
        this: Option<ValueId>,
        hidden: Option<ValueId>,
        args: &[Val],
        owned: &[bool],
        flags: CallFlags,
    ) -> Result<Option<Val>, LowerError> {
        let mut out = Vec::new();
        let mut result = None;
        let tail = self.tail.take().filter(|(own, _)| flags == CallFlags::default() && self.b.unwind.is_none() && fits_tail(abi, own));
        if let (Some((_, Some(sret))), RetAbi::Sret(_)) = (&tail, &abi.ret) {
            out.push(*sret);
        } else if let RetAbi::Sret(t) = abi.ret {
            let s = self.struct_slot(t, "ret")?;
            let a = self.b.slot_addr(s, 0);
            out.push(a);
            result = Some(Val::Slot(s));
        }
        if abi.has_this {
            let t = this.ok_or_else(|| LowerError::Unsupported("call without this".to_owned()))?;
            let t = self.b.coerce(t, LTy::Ref);
            out.push(t);
        }
        if abi.hidden {
            out.push(hidden.ok_or_else(|| LowerError::Unsupported("call without generic context".to_owned()))?);
        }
        if abi.args.len() != args.len() {
            return Err(LowerError::Unsupported(format!("call with {} arguments, {} wanted", args.len(), abi.args.len())));
        }
        for (i, (a, &v)) in abi.args.iter().zip(args).enumerate() {
            self.push_arg(&mut out, a, v, owned.get(i).copied().unwrap_or(false))?;
        }
        let in_frame = out.iter().any(|v| self.raw.contains_key(v));
        if tail.is_some() && !in_frame && self.can_jump(&out) {
            let r = self.jump(target, out, abi.ret_ty());
            return Ok(r.map(Val::Reg));
        }
        let r = self.b.call(target, out, abi.ret_ty(), flags);
        match (&abi.ret, r) {
            (RetAbi::Scalar(_), Some(v)) => result = Some(Val::Reg(v)),
            (RetAbi::Leaf(t, o, k), Some(v)) => {
                let s = self.struct_slot(*t, "ret")?;
                let l = self.slot_loc(s).at(*o);
                self.store_kind(*k, l, v, MemFlags::default());
                result = Some(Val::Slot(s));
            }
            _ => {}
        }
        Ok(result)
    }

    /// Whether a call with these arguments can be a jump: they are where the function's own were, or all are in registers. A function
    /// whose context has a register of its own has another convention than what it calls.
    pub fn can_jump(&self, args: &[ValueId]) -> bool {
        if self.b.context {
            return false;
        }
        self.b.has_parameters(args) || self.b.are_in_registers(args, self.opts.target.argument_registers)
    }

    /// Ends the function with a call that takes the place of its frame.
    pub fn jump(&mut self, target: CallTarget, args: Vec<ValueId>, ret: LTy) -> Option<ValueId> {
        let r = self.b.call(target, args, ret, CallFlags { tail: true, ..CallFlags::default() });
        self.b.term(Term::Return(r));
        r
    }

    /// Returns a value by a lowered signature.
    pub fn ret(&mut self, abi: &AbiSig, sret: Option<ValueId>, v: Option<Val>) -> Result<(), LowerError> {
        let r = match (&abi.ret, v) {
            (RetAbi::Void, _) => None,
            (RetAbi::Scalar(k), Some(Val::Reg(v))) => Some(self.fit(*k, v)),
            (RetAbi::Scalar(k), Some(Val::Slot(s))) => {
                let l = self.slot_loc(s);
                Some(self.load_kind(*k, l, MemFlags::default()))
            }
            (RetAbi::Leaf(_, o, k), Some(Val::Slot(s))) => {
                let l = self.slot_loc(s).at(*o);
                Some(self.load_kind(*k, l, MemFlags::default()))
            }
            (RetAbi::Leaf(_, _, k), Some(Val::Reg(v))) => Some(self.fit(*k, v)),
            (RetAbi::Sret(t), Some(Val::Slot(s))) => {
                let p = sret.ok_or_else(|| LowerError::Unsupported("return without result pointer".to_owned()))?;
                let src = self.slot_loc(s);
                self.copy_struct(*t, Loc { base: p, off: 0, place: Place::Plain }, src, MemFlags::default())?;
                None
            }
            // A vector that no register is sure to hold.
            (RetAbi::Sret(_), Some(Val::Reg(v))) => {
                let p = sret.ok_or_else(|| LowerError::Unsupported("return without result pointer".to_owned()))?;
                let ty = self.b.ty(v);
                self.b.store(ty, p, 0, v, MemFlags::default());
                None
            }
            _ => return Err(LowerError::Unsupported("return of a wrong value".to_owned())),
        };
        self.b.term(Term::Return(r));
        Ok(())
    }
}
