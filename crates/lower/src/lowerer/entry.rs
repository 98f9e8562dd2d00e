//! The start of a body: parameters, generic context, homes of the slots and their first values.

use super::{FRAME_DICT, Home, Lowerer};
use crate::LowerError;
use crate::abi::{ArgAbi, hidden_of};
use crate::cx::{GenericSource, Loc, Place, own_type};
use crate::types::{Kind, Rep, rep};
use kiln_lir::{self as lir, LTy, LookupCtx, MemFlags};
use kiln_mir as mir;
use kiln_typesys::HiddenParam;

impl Lowerer<'_> {
    /// Parameters, generic context, homes of the slots.
    pub(super) fn prologue(&mut self) -> Result<(), LowerError> {
        if self.filter.is_some() {
            self.b.param(LTy::Ref);
            let fp = self.b.param(LTy::Ptr);
            if let Some(c) = self.shared_ctx() {
                let d = self.b.load_inv(LTy::Ptr, fp, FRAME_DICT as i32);
                self.generic = GenericSource::Dictionary(d, c);
            }
            for i in 0..self.f.slots.len() {
                self.homes[i] = self.frame.offsets.get(&(i as u32)).map(|&o| Home::Ptr(fp, o));
            }
            return Ok(());
        }
        let abi = self.abi.clone();
        self.bound = self.cx.bind(&abi);
        let ts = self.ts;
        let owner = ts.canonical_type(ts.method_owner(self.method));
        if ts.is_shared_method(self.method) {
            self.own_type = own_type(ts, self.method);
            self.generic = match (hidden_of(ts, self.method), self.bound.hidden, self.bound.this) {
                (HiddenParam::MethodTable, Some(h), _) => GenericSource::Table(h, owner),
                (HiddenParam::MethodDictionary, Some(h), _) => GenericSource::Method(h, self.method),
                (_, _, Some(t)) => GenericSource::This(t, owner),
                _ => GenericSource::None,
            };
        }
        if let Some(t) = self.bound.this
            && self.this_const
        {
            self.facts.nonnull.insert(t);
        }
        if self.has_frame() {
            let (size, refs) = (self.frame.size, self.frame.refs.clone());
            let s = self.b.slot(size, 8, refs, None, "frame");
            self.eh.frame_slot = Some(s);
            for (&k, &o) in &self.frame.offsets {
                self.homes[k as usize] = Some(Home::Slot(s, o));
            }
        }
        Ok(())
    }

    pub(super) fn shared_ctx(&self) -> Option<LookupCtx> {
        let ts = self.ts;
        if !ts.is_shared_method(self.method) {
            return None;
        }
        Some(match hidden_of(ts, self.method) {
            HiddenParam::MethodDictionary => LookupCtx::Method(self.method),
            _ => LookupCtx::Type(ts.canonical_type(ts.method_owner(self.method))),
        })
    }

    /// Makes the slots and gives arguments and locals their first values.
    pub(super) fn init_slots(&mut self) -> Result<(), LowerError> {
        let f = self.f;
        let bound = self.bound.clone();
        for (i, s) in f.slots.iter().enumerate() {
            let r = rep(self.ts, s.ty)?;
            if r == Rep::Void {
                continue;
            }
            let this = self.abi.has_this && i == 0;
            let arg = (i < f.arg_count as usize && !this).then(|| i - usize::from(self.abi.has_this));
            let abi = match arg {
                Some(a) => Some(
                    self.abi
                        .args
                        .get(a)
                        .cloned()
                        .ok_or_else(|| LowerError::Unsupported("more argument slots than parameters".to_owned()))?,
                ),
                None => None,
            };
            // A struct passed in memory: the caller's copy is the home.
            if let (Some(a), Some(ArgAbi::Memory(_)), None) = (arg, &abi, self.homes[i]) {
                self.homes[i] = Some(Home::Ptr(bound.args[a][0], 0));
                continue;
            }
            if self.homes[i].is_none() {
                let name = match s.kind {
                    mir::LocalKind::Arg(n) => format!("arg{n}"),
                    mir::LocalKind::Local(n) => format!("loc{n}"),
                    mir::LocalKind::Temp | mir::LocalKind::Inlined => "tmp".to_owned(),
                };
                let id = match r {
                    Rep::Scalar(k) => self.cx.scalar_slot(k, &name),
                    _ => self.cx.struct_slot(s.ty, &name)?,
                };
                self.b.slots[id.index()].pinned = s.pinned;
                self.homes[i] = Some(Home::Slot(id, 0));
            }
            let loc = self.home(mir::SlotId::new(i))?;
            if this {
                if let Some(t) = bound.this {
                    self.cx.store_kind(Kind::Ref, loc, t, MemFlags::default());
                }
            } else if let (Some(a), Some(abi)) = (arg, abi) {
                match abi {
                    ArgAbi::Scalar(k) => self.cx.store_kind(k, loc, bound.args[a][0], MemFlags::default()),
                    ArgAbi::Leaves(_, l) => {
                        for (n, (o, k)) in l.iter().enumerate() {
                            self.cx.store_kind(*k, loc.at(*o), bound.args[a][n], MemFlags::default());
                        }
                    }
                    ArgAbi::Memory(t) => {
                        let src = Loc { base: bound.args[a][0], off: 0, place: Place::Plain };
                        self.cx.copy_struct(t, loc, src, MemFlags::default())?;
                    }
                }
            } else if s.kind != mir::LocalKind::Inlined {
                let refs = match r {
                    Rep::Scalar(k) => k == Kind::Ref,
                    _ => !self.cx.info(s.ty)?.refs.is_empty(),
                };
                if f.init_locals || refs {
                    match r {
                        Rep::Scalar(k) => {
                            let z = self.b.zero(k.mem());
                            self.b.store(k.mem(), loc.base, loc.off, z, MemFlags::default());
                        }
                        _ => match self.homes[i] {
                            Some(Home::Slot(slot, offset)) => {
                                let size = self.cx.info(s.ty)?.size;
                                self.b.eff(lir::Inst::ZeroSlot { slot, offset, size });
                            }
                            _ => self.cx.zero_struct(s.ty, loc)?,
                        },
                    }
                }
            }
        }
        self.enter_method()
    }

    /// Location of a MIR slot.
    pub(super) fn home(&mut self, s: mir::SlotId) -> Result<Loc, LowerError> {
        match self.homes[s.index()] {
            Some(Home::Slot(id, o)) => {
                let base = self.b.slot_addr(id, o);
                Ok(Loc { base, off: 0, place: Place::Plain })
            }
            Some(Home::Ptr(p, o)) => Ok(Loc { base: p, off: o as i32, place: Place::Plain }),
            None => Err(LowerError::Unsupported(format!("slot {s} has no home"))),
        }
    }
}
