//! Terminators: jumps with struct arguments, branches, switches, returns, throws. Leaving regions is in `eh`.

use super::Lowerer;
use crate::LowerError;
use crate::cx::Val;
use kiln_abi::helpers::Helper as h;
use kiln_lir::{self as lir, IntCond, LTy, MemFlags, Sym, ValueId};
use kiln_mir::{self as mir, Inst, Term, Ty};
use kiln_typesys::WellKnown;

impl Lowerer<'_> {
    /// Arguments of an edge: scalars as block arguments, structs copied into the target's slots now.
    pub(super) fn edge_args(&mut self, to: mir::BlockId, args: &[mir::ValueId]) -> Result<Vec<ValueId>, LowerError> {
        let tys = {
            let b = self.blocks[to.index()];
            self.b.block_param_types(b)
        };
        let slots = self.struct_params[to.index()].clone();
        let mut out = Vec::new();
        let mut copies = Vec::new();
        let (mut ti, f) = (tys.into_iter(), self.f);
        for (i, &a) in args.iter().enumerate() {
            match slots.get(i).copied().flatten() {
                None => {
                    let want = ti.next().unwrap_or(LTy::I32);
                    let v = self.reg_as(a, want)?;
                    out.push(v);
                }
                Some(d) => {
                    let Ty::Value(t) = f.values[f.blocks[to.index()].params[i].index()] else { continue };
                    let s = match self.val(a)? {
                        Val::Slot(s) => s,
                        Val::Reg(_) => return Err(LowerError::Unsupported("scalar passed to a struct parameter".to_owned())),
                    };
                    if s != d {
                        copies.push((t, s, d));
                    }
                }
            }
        }
        // Sources that are destinations of this very edge are saved first.
        for i in 0..copies.len() {
            let (t, s, _) = copies[i];
            if copies.iter().any(|c| c.2 == s) {
                copies[i].1 = self.copy_of(t, s)?;
            }
        }
        for (t, s, d) in copies {
            let (dl, sl) = (self.slot_loc(d), self.slot_loc(s));
            self.copy_struct(t, dl, sl, MemFlags::default())?;
        }
        Ok(out)
    }

    /// A LIR target for an edge of a multi-way branch: a block of its own when structs have to be copied.
    fn edge(&mut self, to: mir::BlockId, args: &[mir::ValueId]) -> Result<(lir::BlockId, Vec<ValueId>), LowerError> {
        let target = self.blocks[to.index()];
        if self.struct_params[to.index()].iter().all(Option::is_none) {
            let a = self.edge_args(to, args)?;
            return Ok((target, a));
        }
        let e = self.b.block();
        let save = self.b.current();
        self.b.switch_to(e);
        let a = self.edge_args(to, args)?;
        self.b.jump(target, a);
        self.b.switch_to(save);
        Ok((e, Vec::new()))
    }

    /// A branch condition as `I1`.
    fn cond(&mut self, v: mir::ValueId) -> Result<ValueId, LowerError> {
        if let Some(&c) = self.conds.get(&v) {
            return Ok(c);
        }
        let x = self.reg(v)?;
        let ty = self.b.ty(x);
        if matches!(ty, LTy::F32 | LTy::F64) {
            let z = self.b.zero(ty);
            return Ok(self.b.op(lir::Inst::FCmp(lir::FloatCond::Une, ty, x, z), LTy::I1));
        }
        let z = self.b.iconst(ty, 0);
        Ok(self.b.icmp(IntCond::Ne, x, z))
    }

    pub(super) fn term(&mut self, id: mir::BlockId, t: &Term) -> Result<(), LowerError> {
        match t {
            Term::Jump(b, args) => {
                let a = self.edge_args(*b, args)?;
                let t = self.blocks[b.index()];
                self.b.jump(t, a);
            }
            Term::Branch { cond, then_to, else_to } => {
                if let Some(Inst::ConstI32(c)) = self.defs.get(cond) {
                    let to = if *c != 0 { then_to } else { else_to };
                    let a = self.edge_args(to.0, &to.1)?;
                    let t = self.blocks[to.0.index()];
                    self.b.jump(t, a);
                    return Ok(());
                }
                let c = self.cond(*cond)?;
                let then_to = self.edge(then_to.0, &then_to.1)?;
                let else_to = self.edge(else_to.0, &else_to.1)?;
                self.b.term(lir::Term::Branch { cond: c, then_to, else_to, likely: None });
            }
            Term::Switch { value, targets, default } => {
                let v = self.reg(*value)?;
                let mut cases = Vec::new();
                for (i, (b, args)) in targets.iter().enumerate() {
                    let t = self.switch_edge(*b, args)?;
                    cases.push((i as i64, t));
                }
                let d = self.switch_edge(default.0, &default.1)?;
                self.b.term(lir::Term::Switch { value: v, cases, default: d });
            }
            Term::Return(v) => {
                self.leave_method()?;
                let v = match v {
                    Some(v) => Some(self.val(*v)?),
                    None => None,
                };
                let (abi, sret) = (self.abi.clone(), self.bound.sret);
                self.ret(&abi, sret, v)?;
            }
            Term::Leave(b) => self.leave(id, *b)?,
            Term::EndFinally(r) => self.end_finally(*r),
            Term::EndFilter(_, v) => {
                let v = self.reg_as(*v, LTy::I32)?;
                self.b.term(lir::Term::Return(Some(v)));
            }
            Term::Throw(v) => {
                let exception = self.is_exception(*v);
                let v = self.reg(*v)?;
                if !exception {
                    self.throw_wrapped(v)?;
                }
                self.b.helper(h::RhpThrowEx, &[v]);
            }
            Term::Rethrow(r) => {
                let s = self.exception_slot(*r);
                let a = self.b.slot_addr(s, 0);
                let v = self.b.load(LTy::Ref, a, 0, MemFlags::default());
                self.b.helper(h::RhpRethrow, &[v]);
            }
            Term::ThrowHelper(kind, text) => self.throw_kind(*kind, text),
            Term::Unreachable => self.b.term(lir::Term::Unreachable),
        }
        Ok(())
    }

    /// Whether a value is an exception by its static type (or null).
    fn is_exception(&self, v: mir::ValueId) -> bool {
        let exception = self.ts.well_known(WellKnown::Exception);
        match self.f.values[v.index()] {
            Ty::Ref(Some(t)) => std::iter::successors(Some(t), |&t| self.ts.base_type(t)).take(1000).any(|t| t == exception),
            _ => false,
        }
    }

    /// An object that is no exception is thrown in a RuntimeWrappedException (I.12.4.2.1; all assemblies that catch are taken to ask for that).
    fn throw_wrapped(&mut self, v: ValueId) -> Result<(), LowerError> {
        let ts = self.ts;
        let wrapper = ts
            .find_type(ts.corelib(), "System.Runtime.CompilerServices", "RuntimeWrappedException")
            .and_then(|t| Some((t, ts.find_method(t, ".ctor", 1)?)));
        let (wrapper, ctor) = wrapper.ok_or_else(|| LowerError::Unsupported("RuntimeWrappedException is missing".to_owned()))?;
        self.cx.null_check(v);
        let exception = self.mt(ts.well_known(WellKnown::Exception), false)?;
        let as_exception = self.b.helper1(h::RhpIsInstance, &[exception, v]);
        let other = self.b.is_zero(as_exception);
        let (wrap, plain) = (self.b.cold_block(), self.b.block());
        self.b.branch(other, wrap, plain, None);
        self.b.switch_to(wrap);
        let o = self.cx.alloc(wrapper)?;
        self.call_direct(ctor, Some(o), &[Val::Reg(v)], &[false])?;
        self.b.helper(h::RhpThrowEx, &[o]);
        self.b.switch_to(plain);
        Ok(())
    }

    /// Throws an exception of a kind (`abi::helpers::throw_kind`, `abi::program::exception_kind`).
    pub(super) fn throw_kind(&mut self, kind: i32, text: &str) {
        let k = self.b.iconst(LTy::I32, i64::from(kind));
        let t = self.b.sym(Sym::CString(text.to_owned()));
        self.b.helper(h::RhpThrowHelper, &[k, t]);
    }

    /// Switch targets take no arguments in LIR.
    fn switch_edge(&mut self, to: mir::BlockId, args: &[mir::ValueId]) -> Result<lir::BlockId, LowerError> {
        if args.is_empty() {
            return Ok(self.blocks[to.index()]);
        }
        let e = self.b.block();
        let save = self.b.current();
        self.b.switch_to(e);
        let a = self.edge_args(to, args)?;
        let t = self.blocks[to.index()];
        self.b.jump(t, a);
        self.b.switch_to(save);
        Ok(e)
    }
}
