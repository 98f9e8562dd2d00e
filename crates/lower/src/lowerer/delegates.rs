//! Delegate creation and method addresses (contract §7; III.4.21, III.6 on `ldftn`).

use super::Lowerer;
use crate::LowerError;
use crate::abi::{AbiSig, hidden_of};
use crate::cx::{Loc, Place};
use crate::types::Kind;
use kiln_abi::managed::{DELEGATE_METHOD_PTR, DELEGATE_METHOD_PTR_AUX, DELEGATE_TARGET};
use kiln_lir::{LTy, Lookup, MemFlags, Sym, ValueId};
use kiln_mir::{self as mir, Inst};
use kiln_typesys::{HiddenParam, MethodDesc, TypeDesc};

impl Lowerer<'_> {
    pub(super) fn delegate(&mut self, r: Option<mir::ValueId>, i: &Inst) -> Result<(), LowerError> {
        match i {
            Inst::FnAddr(m) if crate::stubs::is_callback(self.ts, *m) => {
                let e = self.b.sym(Sym::UnmanagedEntry(*m));
                let v = self.b.coerce(e, LTy::I64);
                self.set_reg(r, v)
            }
            Inst::FnAddr(m) => {
                let e = self.cx.entry(*m)?;
                let v = self.b.coerce(e, LTy::I64);
                self.set_reg(r, v)
            }
            Inst::FnAddrConstrained { ty, method } => {
                let e = self.cx.lookup(Lookup::ConstrainedEntry(*ty, *method))?;
                let v = self.b.coerce(e, LTy::I64);
                self.set_reg(r, v)
            }
            Inst::VirtFnAddr { obj, method } => {
                let o = self.reg_as(*obj, LTy::Ref)?;
                let e = self.virtual_target(*method, o)?;
                let v = self.b.coerce(e, LTy::I64);
                self.set_reg(r, v)
            }
            Inst::NewDelegate { delegate, target, method, virt } => {
                let t = self.reg_as(*target, LTy::Ref)?;
                let d = self.new_delegate(*delegate, t, *method, *virt)?;
                self.set_reg(r, d)
            }
            Inst::NewDelegateIndirect { delegate, target, ptr } => {
                let (t, p) = (self.reg_as(*target, LTy::Ref)?, self.reg_as(*ptr, LTy::I64)?);
                let d = self.cx.alloc(*delegate)?;
                if self.nulls.contains(&t) {
                    self.open_static(*delegate, d, p)?;
                } else {
                    self.fill(d, t, p);
                }
                self.set_reg(r, d)
            }
            _ => Err(LowerError::Unsupported("delegate instruction".to_owned())),
        }
    }

    fn new_delegate(&mut self, delegate: TypeDesc, target: ValueId, method: MethodDesc, virt: bool) -> Result<ValueId, LowerError> {
        let ts = self.ts;
        if virt && ts.is_virtual(method) {
            let e = self.virtual_target(method, target)?;
            let d = self.cx.alloc(delegate)?;
            self.fill(d, target, e);
            return Ok(d);
        }
        if virt {
            self.cx.null_check(target);
        }
        let d = self.cx.alloc(delegate)?;
        if ts.is_static_method(method) {
            let e = self.cx.entry(method)?;
            let invoke = ts.delegate_invoke(delegate).ok_or_else(|| LowerError::Unsupported("delegate without Invoke".to_owned()))?;
            if ts.method_sig(invoke)?.params.len() == ts.method_sig(method)?.params.len() {
                self.open_static(delegate, d, e)?;
            } else {
                self.fill(d, target, e);
            }
            return Ok(d);
        }
        let owner = ts.canonical_type(ts.method_owner(method));
        let e = if ts.is_value_type(owner) { self.cx.unboxing_entry(method)? } else { self.cx.entry(method)? };
        self.fill(d, target, e);
        Ok(d)
    }

    fn fill(&mut self, d: ValueId, target: ValueId, code: ValueId) {
        self.cx.store_kind(Kind::Ref, Loc { base: d, off: DELEGATE_TARGET as i32, place: Place::Heap }, target, MemFlags::default());
        let code = self.b.coerce(code, LTy::Ptr);
        self.b.store(LTy::Ptr, d, DELEGATE_METHOD_PTR as i32, code, MemFlags::default());
    }

    fn open_static(&mut self, delegate: TypeDesc, d: ValueId, code: ValueId) -> Result<(), LowerError> {
        let ts = self.ts;
        let invoke = ts.delegate_invoke(delegate).ok_or_else(|| LowerError::Unsupported("delegate without Invoke".to_owned()))?;
        let shuffle = self.b.sym(Sym::DelegateShuffle(ts.canonical_method(invoke)));
        self.fill(d, d, shuffle);
        let code = self.b.coerce(code, LTy::Ptr);
        self.b.store(LTy::Ptr, d, DELEGATE_METHOD_PTR_AUX as i32, code, MemFlags::default());
        Ok(())
    }

    /// Signature of a method's plain entry.
    pub(super) fn plain_sig(&self, m: MethodDesc) -> Result<AbiSig, LowerError> {
        AbiSig::of_method(self.ts, m, false)
    }

    /// Signature of a method's code.
    pub(super) fn code_sig(&self, m: MethodDesc) -> Result<AbiSig, LowerError> {
        AbiSig::of_method(self.ts, m, hidden_of(self.ts, m) != HiddenParam::None)
    }
}
