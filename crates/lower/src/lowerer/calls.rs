//! Calls: direct, virtual, interface, generic virtual, constrained, indirect, delegates (contract §2, §3, §7; III.3.19–3.20, III.4.2).

use super::Lowerer;
use crate::LowerError;
use crate::abi::AbiSig;
use crate::cx::{Loc, Place, Val};
use crate::stubs::native;
use kiln_abi::managed::{DELEGATE_METHOD_PTR, DELEGATE_TARGET};
use kiln_lir::{CallFlags, CallTarget, LTy, Lookup, MemFlags, Sym, ValueId};
use kiln_mir::{self as mir, Inst};
use kiln_typesys::{MethodDesc, TypeDesc};

impl Lowerer<'_> {
    pub(super) fn call(&mut self, r: Option<mir::ValueId>, i: &Inst) -> Result<(), LowerError> {
        let v = match i {
            Inst::Call { method, args, null_check } => {
                let (this, vals, owned) = self.call_args(*method, args)?;
                if let (true, Some(t)) = (*null_check, this) {
                    self.cx.null_check(t);
                }
                if self.ts.is_delegate_invoke(*method) {
                    self.delegate_invoke(*method, this, &vals, &owned)?
                } else {
                    self.call_direct(*method, this, &vals, &owned)?
                }
            }
            Inst::CallVirt { method, args } => {
                let (this, vals, owned) = self.call_args(*method, args)?;
                self.call_virtual(*method, this, &vals, &owned)?
            }
            Inst::CallConstrained { ty, method, args } => {
                let (this, vals, owned) = self.call_args(*method, args)?;
                self.call_constrained(*ty, *method, this, &vals, &owned)?
            }
            Inst::CallIndirect { sig, ptr, args } => {
                let p = self.reg(*ptr)?;
                let mut vals = Vec::new();
                let mut owned = Vec::new();
                for &a in args {
                    vals.push(self.val(a)?);
                    owned.push(self.owned(a));
                }
                if sig.call_conv == 0 {
                    let abi = AbiSig::new(self.ts, sig, false)?;
                    let this = if abi.has_this {
                        let Val::Reg(t) = vals.remove(0) else { return Err(LowerError::Unsupported("struct this".to_owned())) };
                        owned.remove(0);
                        Some(t)
                    } else {
                        None
                    };
                    self.call_sig(CallTarget::Indirect(p), &abi, this, None, &vals, &owned, CallFlags::default())?
                } else {
                    native::call(&mut self.cx, CallTarget::Indirect(p), sig, &vals)?
                }
            }
            _ => return Err(LowerError::Unsupported("call".to_owned())),
        };
        match v {
            Some(v) => self.set(r, v),
            None => Ok(()),
        }
    }

    fn call_args(&mut self, m: MethodDesc, args: &[mir::ValueId]) -> Result<(Option<ValueId>, Vec<Val>, Vec<bool>), LowerError> {
        let mut rest = args;
        let mut this = None;
        if !self.ts.is_static_method(m) {
            let Some((&t, tail)) = args.split_first() else { return Err(LowerError::Unsupported("call without this".to_owned())) };
            this = Some(match self.val(t)? {
                Val::Reg(v) => {
                    let p = self.place_of(v);
                    let x = self.b.coerce(v, LTy::Ref);
                    self.places.insert(x, p);
                    x
                }
                // A struct value used as `this` directly: its address.
                Val::Slot(s) => {
                    let l = self.slot_loc(s);
                    self.addr_ref(l)
                }
            });
            rest = tail;
        }
        let mut vals = Vec::new();
        let mut owned = Vec::new();
        for &a in rest {
            vals.push(self.val(a)?);
            // Two arguments may be the same value.
            owned.push(self.owned(a));
        }
        Ok((this, vals, owned))
    }

    /// Calls a known method's code.
    pub(super) fn call_direct(
        &mut self,
        m: MethodDesc,
        this: Option<ValueId>,
        args: &[Val],
        owned: &[bool],
    ) -> Result<Option<Val>, LowerError> {
        let ts = self.ts;
        if ts.is_internal_call(m) && ts.overlay_of(m).is_none() {
            let abi = self.plain_sig(m)?;
            let target = CallTarget::Direct(Sym::native(ts.fcall_name(m), ""));
            return self.call_sig(target, &abi, this, None, args, owned, CallFlags::default());
        }
        if ts.is_abstract_method(m) {
            if ts.is_static_method(m) {
                return Err(LowerError::Unsupported(format!("call of abstract static {}", ts.method_display(m))));
            }
            return self.call_virtual(m, this, args, owned);
        }
        let hidden = self.cx.hidden_arg(m)?;
        let c = ts.canonical_method(m);
        let abi = self.code_sig(m)?;
        self.call_sig(CallTarget::Direct(Sym::Method(c)), &abi, this, hidden, args, owned, CallFlags::default())
    }

    fn call_virtual(&mut self, m: MethodDesc, this: Option<ValueId>, args: &[Val], owned: &[bool]) -> Result<Option<Val>, LowerError> {
        let ts = self.ts;
        let Some(o) = this else { return Err(LowerError::Unsupported("virtual call without this".to_owned())) };
        if ts.is_delegate_invoke(m) {
            return self.delegate_invoke(m, this, args, owned);
        }
        let owner = ts.method_owner(m);
        if !ts.is_virtual(m) || (!ts.is_interface(owner) && !ts.is_abstract_method(m) && (ts.is_final(m) || ts.is_sealed(owner))) {
            self.cx.null_check(o);
            return self.call_direct(m, this, args, owned);
        }
        let target = self.cx.virtual_target(m, o)?;
        let abi = self.plain_sig(m)?;
        self.call_sig(CallTarget::Indirect(target), &abi, this, None, args, owned, CallFlags::default())
    }

    fn delegate_invoke(&mut self, m: MethodDesc, this: Option<ValueId>, args: &[Val], owned: &[bool]) -> Result<Option<Val>, LowerError> {
        let Some(d) = this else { return Err(LowerError::Unsupported("Invoke without this".to_owned())) };
        self.cx.null_check(d);
        let code = self.b.load(LTy::Ptr, d, DELEGATE_METHOD_PTR as i32, MemFlags::default());
        let target = self.b.load(LTy::Ref, d, DELEGATE_TARGET as i32, MemFlags::default());
        let abi = self.plain_sig(m)?;
        self.call_sig(CallTarget::Indirect(code), &abi, Some(target), None, args, owned, CallFlags::default())
    }

    fn call_constrained(
        &mut self,
        ty: TypeDesc,
        m: MethodDesc,
        this: Option<ValueId>,
        args: &[Val],
        owned: &[bool],
    ) -> Result<Option<Val>, LowerError> {
        let ts = self.ts;
        let canon = ts.canonical_type(ty);
        let rd = ts.is_runtime_determined(ty) || ts.is_runtime_determined_method(m);
        let Some(o) = this else {
            // Static virtual method.
            if !rd {
                let t = ts
                    .resolve_static_virtual(m, ty)
                    .ok_or_else(|| LowerError::Unsupported(format!("{} has no {}", ts.type_display(ty), ts.method_display(m))))?;
                return self.call_direct(t, None, args, owned);
            }
            let e = self.cx.lookup(Lookup::ConstrainedEntry(ty, m))?;
            let abi = self.plain_sig(m)?;
            return self.call_sig(CallTarget::Indirect(e), &abi, None, None, args, owned, CallFlags::default());
        };
        if !ts.is_value_type(canon) {
            self.cx.guard(o);
            let obj = self.b.load(LTy::Ref, o, 0, MemFlags::default());
            return self.call_virtual(m, Some(obj), args, owned);
        }
        if !rd && let Some(t) = ts.resolve_constrained(m, ty) {
            return self.call_direct(t, this, args, owned);
        }
        if rd && ts.has_own_implementation(m, canon) {
            let e = self.cx.lookup(Lookup::ConstrainedEntry(ty, m))?;
            let abi = self.plain_sig(m)?;
            return self.call_sig(CallTarget::Indirect(e), &abi, this, None, args, owned, CallFlags::default());
        }
        let l = Loc { base: o, off: 0, place: Place::Maybe };
        let obj = self.cx.box_loc(ty, l)?;
        self.call_virtual(m, Some(obj), args, owned)
    }
}
