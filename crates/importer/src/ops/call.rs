//! Calls, object creation, function pointers; devirtualisation (ECMA-335 III.3.19, III.3.20, III.4.2, III.4.18, III.4.21).

use crate::build::{Fact, Importer, Prefix, Res};
use crate::error::{ImportErrorKind, invalid};
use kiln_il::{Instr, Opcode as O, Operand};
use kiln_metadata::Token;
use kiln_mir::{Inst, Term, Ty, ValueId};
use kiln_typesys::{MethodDesc, MethodSig, Resolved, TypeDesc, TypeSysError, WellKnown};

/// What a virtual call reaches, when known.
enum Direct {
    /// The method itself, on the object.
    Method(MethodDesc),
    /// A method of a value type: the object is a box of it.
    Unboxed(MethodDesc, TypeDesc),
}

impl Importer<'_> {
    /// Calls and addresses of methods: whether the opcode is one of them; then it is done.
    pub fn call_op(&mut self, i: &Instr<'_>, prefix: &Prefix) -> Res<bool> {
        self.tail = prefix.tail;
        if prefix.tail && !self.returns_next(i) {
            return invalid("tail. on what ret does not follow");
        }
        match (i.opcode, i.operand) {
            (O::Call, Operand::Method(t)) => self.call(t.token(), prefix)?,
            (O::Callvirt, Operand::Method(t)) => self.callvirt(t.token(), prefix)?,
            (O::Calli, Operand::Sig(t)) => self.calli(t.token())?,
            (O::Newobj, Operand::Method(t)) => self.newobj(t.token())?,
            (O::Ldftn, Operand::Method(t)) => self.ldftn(t.token(), prefix)?,
            (O::Ldvirtftn, Operand::Method(t)) => self.ldvirtftn(t.token())?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Pops arguments and converts them.
    pub fn pop_params(&mut self, params: &[TypeDesc]) -> Res<Vec<ValueId>> {
        let raw = self.pop_n(params.len())?;
        let mut out = Vec::with_capacity(raw.len() + 1);
        for (v, t) in raw.into_iter().zip(params) {
            let ty = self.stack_ty(*t);
            out.push(self.coerce(v, ty)?);
        }
        Ok(out)
    }

    /// Pops `this` (if any) and arguments.
    pub fn pop_args(&mut self, m: MethodDesc, sig: &MethodSig) -> Res<Vec<ValueId>> {
        if sig.call_conv & 0xF == 5 {
            return Err(ImportErrorKind::Unsupported("call of a vararg method").into());
        }
        let params = self.pop_params(&sig.params)?;
        if !sig.has_this {
            return Ok(params);
        }
        let this = self.pop()?;
        let owner = self.ts.method_owner(m);
        let this = if self.ts.is_value_type(owner) {
            let to = self.ts.byref(owner);
            let ty = self.stack_ty(to);
            self.coerce(this, ty)?
        } else {
            self.object(this)?
        };
        let mut args = vec![this];
        args.extend(params);
        Ok(args)
    }

    /// Emits a call and pushes its result.
    pub fn result(&mut self, inst: Inst, ret: TypeDesc) {
        if std::mem::take(&mut self.tail) {
            self.eff(Inst::TailPrefix);
        }
        match crate::import::ret_type(self.ts, ret) {
            Some(t) => {
                let ty = self.stack_ty(t);
                self.push_def(inst, ty);
            }
            None => self.eff(inst),
        }
    }

    /// Constants and class-library operations that replace a call; whether they did.
    fn replaced(&mut self, m: MethodDesc, sig: &MethodSig, args: &[ValueId]) -> Res<bool> {
        if let Some(c) = self.policy.constant_result(self.ts, m) {
            if let Some(t) = crate::import::ret_type(self.ts, sig.ret) {
                let v = self.constant(c, t);
                self.push(v);
            }
            return Ok(true);
        }
        match self.special_call(m, sig, args)? {
            Some(Some(v)) => {
                self.push(v);
                Ok(true)
            }
            Some(None) => Ok(true),
            None => Ok(false),
        }
    }

    /// A call without dispatch; arguments are converted already.
    pub fn direct_call(&mut self, m: MethodDesc, args: Vec<ValueId>, null_check: bool) -> Res {
        let m = self.ts.own_implementation(m);
        let sig = self.ts.method_sig(m)?;
        if self.replaced(m, &sig, &args)? {
            return Ok(());
        }
        self.result(Inst::Call { method: m, args, null_check }, sig.ret);
        Ok(())
    }

    /// `call`.
    pub fn call(&mut self, token: Token, prefix: &Prefix) -> Res {
        let m = self.method_token(token)?;
        if self.refuses_method(m) {
            return Ok(());
        }
        if let Some(kind) = self.ts.array_method_kind(m) {
            return self.array_method(m, kind, prefix.readonly);
        }
        let sig = self.ts.method_sig(m)?;
        if let Some(t) = prefix.constrained {
            if !self.ts.is_static_method(m) {
                return self.constrained_call(t, m);
            }
            let args = self.pop_params(&sig.params)?;
            if let Some(target) = self.static_virtual(t, m)? {
                return self.direct_call(target, args, false);
            }
            if !self.ended() {
                self.result(Inst::CallConstrained { ty: t, method: m, args }, sig.ret);
            }
            return Ok(());
        }
        let args = self.pop_args(m, &sig)?;
        if self.ts.is_abstract_method(m) {
            return Err(ImportErrorKind::AbstractCall(self.ts.method_display(m)).into());
        }
        if sig.has_this && self.may_be_null_object(m, args[0]) {
            return self.call_on_null(m, sig, args);
        }
        self.direct_call(m, args, false)
    }

    /// Whether a `call` may run a method of a class on null (III.3.19: nothing checks it). What C# writes has `this`, a new object or something tested
    /// here.
    fn may_be_null_object(&self, m: MethodDesc, this: ValueId) -> bool {
        !self.fact(this).non_null()
            && *self.fact(this) != Fact::This
            && !self.ts.is_value_type(self.ts.method_owner(m))
            && !self.ts.is_abstract_method(m)
            && !self.is_captured_this(this)
            && !self.blocks.iter().any(|b| matches!(b.term, Some((Term::Branch { cond, .. }, _)) if cond == this))
    }

    /// `this` of the method that a lambda, an iterator or an `async` method was written in: what C# calls with `call` as well.
    fn is_captured_this(&self, v: ValueId) -> bool {
        let inst = self.blocks.iter().rev().find_map(|b| b.insts.iter().rev().find(|i| i.0 == Some(v)));
        inst.is_some_and(|i| matches!(&i.1, Inst::LoadField { field, .. } if self.ts.field_name(*field).ends_with("__this")))
    }

    /// The method's own accesses throw: it takes `this` for an object and has to be a function of its own, which a fault leaves. A call through its
    /// address never becomes part of the caller.
    fn call_on_null(&mut self, m: MethodDesc, sig: std::sync::Arc<MethodSig>, args: Vec<ValueId>) -> Res {
        if self.reads_object_first(m) {
            return self.direct_call(m, args, true);
        }
        if self.replaced(m, &sig, &args)? {
            return Ok(());
        }
        let ptr = self.def(Inst::FnAddr(m), Ty::NInt);
        let ret = sig.ret;
        self.result(Inst::CallIndirect { sig, ptr, args }, ret);
        Ok(())
    }

    /// A getter, a setter, or anything else that begins with a field of `this`: there is nothing that could come before the exception.
    fn reads_object_first(&self, m: MethodDesc) -> bool {
        const LDARG_0: u8 = 0x02;
        const LDARG_1: u8 = 0x03;
        const LDNULL_TO_LDC_I4_8: std::ops::RangeInclusive<u8> = 0x14..=0x1E;
        const LDFLD: u8 = 0x7B;
        const STFLD: u8 = 0x7D;
        let begins = |code: &[u8]| match code {
            [LDARG_0, LDFLD, ..] => true,
            [LDARG_0, value, STFLD, ..] => *value == LDARG_1 || LDNULL_TO_LDC_I4_8.contains(value),
            _ => false,
        };
        self.ts.method_body(m).ok().flatten().is_some_and(|il| il.body().is_ok_and(|b| begins(b.code)))
    }

    /// `callvirt`.
    pub fn callvirt(&mut self, token: Token, prefix: &Prefix) -> Res {
        let m = self.method_token(token)?;
        if self.refuses_method(m) {
            return Ok(());
        }
        if let Some(kind) = self.ts.array_method_kind(m) {
            return self.array_method(m, kind, prefix.readonly);
        }
        if self.ts.is_static_method(m) {
            // This is all that the runtime says.
            return Err(TypeSysError::MethodNotFound("?".to_owned()).into());
        }
        if let Some(t) = prefix.constrained {
            return self.constrained_call(t, m);
        }
        let sig = self.ts.method_sig(m)?;
        if !sig.has_this {
            return invalid("callvirt of a method without this");
        }
        let args = self.pop_args(m, &sig)?;
        if self.ts.is_value_type(self.ts.method_owner(m)) {
            return self.direct_call(m, args, false);
        }
        self.virtual_call(m, &sig, args)
    }

    /// Dispatch on `args[0]`, an object reference.
    pub fn virtual_call(&mut self, m: MethodDesc, sig: &MethodSig, mut args: Vec<ValueId>) -> Res {
        args[0] = self.object(args[0])?;
        if self.replaced(m, sig, &args)? {
            return Ok(());
        }
        match self.devirtualize(m, args[0]) {
            Some(Direct::Method(target)) => {
                let check = !self.fact(args[0]).non_null();
                self.direct_call(target, args, check)
            }
            Some(Direct::Unboxed(target, t)) => {
                let this = self.def(Inst::Unbox { ty: t, obj: args[0] }, Ty::ByRef(Some(t)));
                args[0] = this;
                self.direct_call(target, args, false)
            }
            None => {
                self.result(Inst::CallVirt { method: m, args }, sig.ret);
                Ok(())
            }
        }
    }

    fn devirtualize(&self, m: MethodDesc, obj: ValueId) -> Option<Direct> {
        let ts = self.ts;
        if !ts.is_virtual(m) {
            return Some(Direct::Method(m));
        }
        if ts.is_delegate_invoke(m) {
            return None;
        }
        let owner = ts.method_owner(m);
        let exact = self.exact_type(obj).or_else(|| match self.ty(obj) {
            Ty::Ref(Some(t)) if self.is_exact(t) && ts.is_sealed(t) && !ts.is_array(t) && !ts.is_interface(t) && self.is_ref(t) => Some(t),
            _ => None,
        });
        if let Some(t) = exact
            && !ts.contains_vars(t)
            && !ts.is_delegate(t)
            // Code that a type test guards may call what the type does not have.
            && (!self.is_exact(t) || !self.is_exact(owner) || ts.can_cast_to(t, owner))
        {
            let target = if ts.is_interface(owner) {
                if !self.is_exact(t) || ts.is_runtime_determined_method(m) || ts.is_array(t) {
                    None
                } else {
                    match ts.resolve_interface(m, t) {
                        Resolved::Method(x) | Resolved::Default(x) => Some(x),
                        Resolved::Ambiguous | Resolved::None => None,
                    }
                }
            } else {
                ts.resolve_virtual(m, t)
            };
            if let Some(x) = target.filter(|x| !ts.is_abstract_method(*x)) {
                return Some(if ts.is_value_type(ts.method_owner(x)) { Direct::Unboxed(x, t) } else { Direct::Method(x) });
            }
        }
        if !ts.is_interface(owner) && (ts.is_final(m) || ts.is_sealed(owner)) && !ts.is_abstract_method(m) && !ts.is_delegate(owner) {
            return Some(Direct::Method(m));
        }
        None
    }

    /// `calli`.
    pub fn calli(&mut self, token: Token) -> Res {
        let sig = self.ts.resolve_sig(self.module, token, &self.args)?;
        if sig.call_conv & 0xF == 5 {
            return Err(ImportErrorKind::Unsupported("calli with variable arguments").into());
        }
        let ptr = self.pop()?;
        let ptr = self.coerce(ptr, Ty::NInt)?;
        let mut args = self.pop_params(&sig.params)?;
        if sig.has_this {
            let this = self.pop()?;
            args.insert(0, this);
        }
        let ret = sig.ret;
        self.result(Inst::CallIndirect { sig, ptr, args }, ret);
        Ok(())
    }

    /// `newobj`.
    pub fn newobj(&mut self, token: Token) -> Res {
        let ctor = self.method_token(token)?;
        if self.refuses_method(ctor) {
            return Ok(());
        }
        if self.ts.array_method_kind(ctor).is_some() {
            return self.new_array_object(ctor);
        }
        let owner = self.ts.method_owner(ctor);
        let sig = self.ts.method_sig(ctor)?;
        if self.ts.is_abstract(owner) {
            return Err(ImportErrorKind::AbstractInstance(self.ts.type_display(owner)).into());
        }
        if !sig.has_this {
            return invalid("newobj of a method that is not a constructor");
        }
        if sig.call_conv & 0xF == 5 {
            return Err(ImportErrorKind::Unsupported("newobj of a vararg constructor").into());
        }
        if self.ts.is_delegate(owner) && sig.params.len() == 2 {
            return self.new_delegate(owner);
        }
        let args = self.pop_params(&sig.params)?;
        if owner == self.wk(WellKnown::String) {
            return self.new_string(&sig, args);
        }
        let v = self.new_object(ctor, args)?;
        self.push(v);
        Ok(())
    }

    /// A new instance; arguments (without `this`) are converted already.
    pub fn new_object(&mut self, ctor: MethodDesc, mut args: Vec<ValueId>) -> Res<ValueId> {
        let owner = self.ts.method_owner(ctor);
        if self.is_value(owner) {
            let s = self.temp(owner);
            let zero = self.default_value(owner);
            self.eff(Inst::StoreSlot(s, zero));
            let this = self.slot_addr(s);
            args.insert(0, this);
            self.eff(Inst::Call { method: ctor, args, null_check: false });
            let ty = self.stack_ty(owner);
            return Ok(self.def(Inst::LoadSlot(s), ty));
        }
        if !self.is_ref(owner) {
            return invalid("newobj of a type variable");
        }
        Ok(self.def_fact(Inst::NewObj { ctor, args }, Ty::Ref(Some(owner)), Fact::Exact(owner)))
    }

    /// `newobj System.String::.ctor(…)`: CoreLib's `String.Ctor` with the same parameters makes the string.
    fn new_string(&mut self, sig: &MethodSig, mut args: Vec<ValueId>) -> Res {
        let string = self.wk(WellKnown::String);
        for m in self.ts.find_methods(string, "Ctor") {
            let s = self.ts.method_sig(m)?;
            if s.params == sig.params {
                if s.has_this {
                    let null = self.null();
                    args.insert(0, null);
                }
                let v = self.def_fact(Inst::Call { method: m, args, null_check: false }, Ty::Ref(Some(string)), Fact::Exact(string));
                self.push(v);
                return Ok(());
            }
        }
        Err(TypeSysError::MissingMethod("System.String::Ctor".to_owned()).into())
    }

    fn new_delegate(&mut self, delegate: TypeDesc) -> Res {
        let ptr = self.pop()?;
        let target = self.pop()?;
        let target = self.object(target)?;
        let ptr = self.coerce(ptr, Ty::NInt)?;
        let inst = match *self.fact(ptr) {
            Fact::FnAddr(method) => Inst::NewDelegate { delegate, target, method, virt: false },
            Fact::VirtFn(obj, method) if obj == target => Inst::NewDelegate { delegate, target, method, virt: true },
            _ => Inst::NewDelegateIndirect { delegate, target, ptr },
        };
        let v = self.def_fact(inst, Ty::Ref(Some(delegate)), Fact::Exact(delegate));
        self.push(v);
        Ok(())
    }

    /// `ldftn`.
    pub fn ldftn(&mut self, token: Token, prefix: &Prefix) -> Res {
        let m = self.method_token(token)?;
        if self.refuses_method(m) {
            return Ok(());
        }
        if let Some(t) = prefix.constrained {
            match self.static_virtual(t, m)? {
                Some(target) => self.push_fn(target),
                None if self.ended() => {}
                None => {
                    self.push_def(Inst::FnAddrConstrained { ty: t, method: m }, Ty::NInt);
                }
            }
            return Ok(());
        }
        self.push_fn(self.ts.own_implementation(m));
        Ok(())
    }

    fn push_fn(&mut self, m: MethodDesc) {
        let v = self.def_fact(Inst::FnAddr(m), Ty::NInt, Fact::FnAddr(m));
        self.push(v);
    }

    /// `ldvirtftn`.
    pub fn ldvirtftn(&mut self, token: Token) -> Res {
        let m = self.method_token(token)?;
        if self.refuses_method(m) {
            return Ok(());
        }
        let obj = self.pop()?;
        let obj = self.object(obj)?;
        if let Some(Direct::Method(target)) = self.devirtualize(m, obj) {
            self.null_check(obj);
            self.push_fn(target);
            return Ok(());
        }
        let v = self.def_fact(Inst::VirtFnAddr { obj, method: m }, Ty::NInt, Fact::VirtFn(obj, m));
        self.push(v);
        Ok(())
    }
}
