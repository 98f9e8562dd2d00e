//! Protected regions: landing pads, the dispatch chain, finally bodies with a selector (contract §8; ECMA-335 I.12.4.2).
//!
//! A finally body exists once. Whoever enters it first stores a selector: 0 = entered by unwinding (continue the dispatch),
//! n = continue with the n-th recorded block.

use super::{FRAME_DICT, Lowerer};
use crate::LowerError;
use crate::cx::Val;
use crate::types::Kind;
use core::mem::offset_of;
use kiln_abi::helpers::Helper as h;
use kiln_abi::thread::FilterFrame;
use kiln_lir::{self as lir, BlockId, Clause, IntCond, LTy, MemFlags, SlotId, Sym};
use kiln_mir::{self as mir, Nesting, RegionId, RegionKind};
use kiln_support::{FxHashMap, FxIndexSet};

/// Exception-handling state of one function.
#[derive(Default)]
pub(super) struct Eh {
    /// The frame struct of functions with filters.
    pub frame_slot: Option<SlotId>,
    record: Option<SlotId>,
    /// The locked object of a synchronized method.
    pub(super) lock: Option<SlotId>,
    /// By innermost region: the same regions are always around it.
    pads: FxHashMap<Option<RegionId>, Option<BlockId>>,
    dispatch: FxHashMap<RegionId, BlockId>,
    resume: Option<BlockId>,
    selectors: FxHashMap<RegionId, SlotId>,
    continuations: FxHashMap<RegionId, Vec<BlockId>>,
    after_unwind: FxHashMap<RegionId, BlockId>,
    exceptions: FxHashMap<RegionId, SlotId>,
    ends: Vec<(BlockId, RegionId)>,
}

impl Lowerer<'_> {
    /// The try regions around a block, innermost first; inside a filter only its own.
    fn chain(&self, b: mir::BlockId) -> impl Iterator<Item = RegionId> + use<'_> {
        let own = move |n: &Nesting| !matches!(n, Nesting::Filter(r) if self.filter == Some(*r));
        self.f.blocks[b.index()].nesting.iter().take_while(own).filter_map(|n| match n {
            Nesting::Try(r) => Some(r),
            _ => None,
        })
    }

    /// Landing pad for calls in a block.
    pub(super) fn pad_of(&mut self, b: mir::BlockId) -> Result<Option<BlockId>, LowerError> {
        let innermost = self.chain(b).next();
        if let Some(&p) = self.eh.pads.get(&innermost) {
            return Ok(p);
        }
        let cleanup = self.eh.frame_slot.is_some() || self.eh.lock.is_some();
        let p = if innermost.is_none() && !cleanup {
            None
        } else {
            let chain: Vec<RegionId> = self.chain(b).collect();
            let mut clauses = FxIndexSet::default();
            for &r in &chain {
                clauses.insert(match &self.f.regions[r.index()].kind {
                    RegionKind::Catch(t) if !self.ts.is_runtime_determined(*t) => Clause::Catch(Sym::NecessaryType(*t)),
                    RegionKind::Catch(_) | RegionKind::Filter { .. } => Clause::Filter(Sym::Filter(self.method, r.0)),
                    RegionKind::Finally | RegionKind::Fault => Clause::Cleanup,
                });
            }
            if cleanup {
                clauses.insert(Clause::Cleanup);
            }
            let pad = self.b.pad(clauses.into_iter().collect());
            let save = (self.b.current(), self.b.unwind);
            let target = self.dispatch(&chain)?;
            self.b.set_term(pad, lir::Term::Jump(target, Vec::new()));
            self.b.switch_to(save.0);
            self.b.unwind = save.1;
            Some(pad)
        };
        self.eh.pads.insert(innermost, p);
        Ok(p)
    }

    /// Where an exception goes that reached the given regions.
    fn dispatch(&mut self, chain: &[RegionId]) -> Result<BlockId, LowerError> {
        let mut new = Vec::new();
        let mut known = None;
        for &r in chain {
            known = self.eh.dispatch.get(&r).copied();
            if known.is_some() {
                break;
            }
            let d = self.b.cold_block();
            self.eh.dispatch.insert(r, d);
            new.push((r, d));
        }
        let mut next = match known {
            Some(d) => d,
            None => self.resume_block()?,
        };
        for (r, d) in new.into_iter().rev() {
            let save = self.b.unwind.take();
            self.b.switch_to(d);
            self.dispatch_to(r, next);
            self.b.unwind = save;
            next = d;
        }
        Ok(next)
    }

    /// Into the handler of `r` if it wants the exception, else to `next`.
    fn dispatch_to(&mut self, r: RegionId, next: BlockId) {
        let region = self.f.regions[r.index()].clone();
        let handler = self.blocks[region.handler.index()];
        match region.kind {
            RegionKind::Catch(_) | RegionKind::Filter { .. } => {
                let m = match region.kind {
                    RegionKind::Catch(t) if !self.ts.is_runtime_determined(t) => {
                        let s = self.b.sym(Sym::NecessaryType(t));
                        self.b.helper1(h::RhpMatchCatch, &[s])
                    }
                    _ => {
                        let filter = Sym::Filter(self.method, r.0);
                        let s = self.b.sym(filter);
                        self.b.helper1(h::RhpMatchFilter, &[s])
                    }
                };
                let z = self.b.iconst(LTy::I32, 0);
                let c = self.b.icmp(IntCond::Ne, m, z);
                let enter = self.b.cold_block();
                self.b.branch(c, enter, next, None);
                self.b.switch_to(enter);
                let ex = self.b.helper1(h::RhpBeginCatch, &[]);
                let s = self.exception_slot(r);
                let a = self.b.slot_addr(s, 0);
                self.b.store(LTy::Ref, a, 0, ex, MemFlags::default());
                let args = if self.b.block_param_types(handler).is_empty() { Vec::new() } else { vec![ex] };
                self.b.jump(handler, args);
            }
            RegionKind::Finally | RegionKind::Fault => {
                self.eh.after_unwind.insert(r, next);
                self.select(r, 0);
                self.b.jump(handler, Vec::new());
            }
        }
    }

    fn resume_block(&mut self) -> Result<BlockId, LowerError> {
        if let Some(b) = self.eh.resume {
            return Ok(b);
        }
        let b = self.b.cold_block();
        self.eh.resume = Some(b);
        let save = (self.b.current(), self.b.unwind.take());
        self.b.switch_to(b);
        self.leave_method()?;
        self.b.helper(h::RhpResume, &[]);
        self.b.switch_to(save.0);
        self.b.unwind = save.1;
        Ok(b)
    }

    /// The slot that keeps the exception of a catch handler for `rethrow`.
    pub(super) fn exception_slot(&mut self, r: RegionId) -> SlotId {
        if let Some(&s) = self.eh.exceptions.get(&r) {
            return s;
        }
        let s = self.cx.scalar_slot(Kind::Ref, "exception");
        self.eh.exceptions.insert(r, s);
        s
    }

    fn select(&mut self, r: RegionId, n: i64) {
        let s = match self.eh.selectors.get(&r) {
            Some(&s) => s,
            None => {
                let s = self.cx.scalar_slot(Kind::I32, "selector");
                self.eh.selectors.insert(r, s);
                s
            }
        };
        let a = self.b.slot_addr(s, 0);
        let v = self.b.iconst(LTy::I32, n);
        self.b.store(LTy::I32, a, 0, v, MemFlags::default());
    }

    /// `leave`: through the finally bodies between here and the target.
    pub(super) fn leave(&mut self, from: mir::BlockId, to: mir::BlockId) -> Result<(), LowerError> {
        let f = self.f;
        let (here, there) = (&f.blocks[from.index()].nesting, &f.blocks[to.index()].nesting);
        let finallys: Vec<RegionId> = here
            .inside(&here.common(there))
            .filter_map(|n| match n {
                Nesting::Try(r) if matches!(f.regions[r.index()].kind, RegionKind::Finally) => Some(r),
                _ => None,
            })
            .collect();
        let mut target = self.blocks[to.index()];
        for &r in finallys.iter().rev() {
            target = self.through(r, target);
        }
        self.b.jump(target, Vec::new());
        Ok(())
    }

    /// A block that runs the finally of `r` and then continues at `then`.
    fn through(&mut self, r: RegionId, then: BlockId) -> BlockId {
        let list = self.eh.continuations.entry(r).or_default();
        let n = match list.iter().position(|b| *b == then) {
            Some(n) => n,
            None => {
                list.push(then);
                list.len() - 1
            }
        };
        let b = self.b.block();
        let save = self.b.current();
        self.b.switch_to(b);
        self.select(r, n as i64 + 1);
        let handler = self.blocks[self.f.regions[r.index()].handler.index()];
        self.b.jump(handler, Vec::new());
        self.b.switch_to(save);
        b
    }

    pub(super) fn end_finally(&mut self, r: RegionId) {
        let b = self.b.current();
        self.eh.ends.push((b, r));
        self.b.term(lir::Term::Unreachable);
    }

    /// Writes the ends of finally bodies once all ways into them are known.
    pub(super) fn finish_finallys(&mut self) -> Result<(), LowerError> {
        for (b, r) in std::mem::take(&mut self.eh.ends) {
            let list = self.eh.continuations.get(&r).cloned().unwrap_or_default();
            let unwind = self.eh.after_unwind.get(&r).copied();
            // The block counts as terminated: a fresh one takes the switch.
            let sw = self.b.block();
            self.b.set_term(b, lir::Term::Jump(sw, Vec::new()));
            self.b.switch_to(sw);
            match (list.as_slice(), unwind) {
                ([], Some(u)) => self.b.jump(u, Vec::new()),
                ([one], None) => self.b.jump(*one, Vec::new()),
                ([], None) => self.b.term(lir::Term::Unreachable),
                (_, u) => {
                    let s =
                        self.eh.selectors.get(&r).copied().ok_or_else(|| LowerError::Unsupported("finally without selector".to_owned()))?;
                    let a = self.b.slot_addr(s, 0);
                    let v = self.b.load(LTy::I32, a, 0, MemFlags::default());
                    let default = u.unwrap_or(list[0]);
                    let cases = list.iter().enumerate().map(|(i, b)| (i as i64 + 1, *b)).collect();
                    self.b.term(lir::Term::Switch { value: v, cases, default });
                }
            }
        }
        Ok(())
    }

    /// What entry does besides the body: locks a synchronized method (II.23.1.11), registers the frame of a function with filters.
    pub(super) fn enter_method(&mut self) -> Result<(), LowerError> {
        if self.ts.is_synchronized(self.method) {
            let o = match self.bound.this {
                Some(t) => t,
                None => {
                    let owner = self.ts.method_owner(self.method);
                    let mt = self.cx.mt(owner, false)?;
                    self.b.helper1(h::RhpGetRuntimeType, &[mt])
                }
            };
            let s = self.cx.scalar_slot(Kind::Ref, "lock");
            let a = self.b.slot_addr(s, 0);
            self.b.store(LTy::Ref, a, 0, o, MemFlags::default());
            self.monitor("Enter", o)?;
            self.eh.lock = Some(s);
        }
        self.push_filter_frame()
    }

    /// Undoes `enter_method`.
    pub(super) fn leave_method(&mut self) -> Result<(), LowerError> {
        self.pop_filter_frame();
        if let Some(s) = self.eh.lock {
            let save = self.b.unwind.take();
            let a = self.b.slot_addr(s, 0);
            let o = self.b.load(LTy::Ref, a, 0, MemFlags::default());
            self.monitor("Exit", o)?;
            self.b.unwind = save;
        }
        Ok(())
    }

    fn monitor(&mut self, name: &str, o: lir::ValueId) -> Result<(), LowerError> {
        let ts = self.ts;
        let m = ts
            .find_type(ts.corelib(), "System.Threading", "Monitor")
            .and_then(|t| ts.find_method(t, name, 1))
            .ok_or_else(|| LowerError::Unsupported(format!("Monitor.{name} is missing")))?;
        self.call_direct(m, None, &[Val::Reg(o)], &[])?;
        Ok(())
    }

    fn push_filter_frame(&mut self) -> Result<(), LowerError> {
        let Some(frame) = self.eh.frame_slot else { return Ok(()) };
        if self.shared_ctx().is_some()
            && let Some(d) = self.cx.dictionary()?
        {
            let a = self.b.slot_addr(frame, FRAME_DICT);
            self.b.store(LTy::Ptr, a, 0, d, MemFlags::default());
        }
        let rec = self.b.slot(size_of::<FilterFrame>() as u32, 8, Vec::new(), None, "filter_frame");
        self.eh.record = Some(rec);
        let (p, fa) = (self.b.slot_addr(rec, 0), self.b.slot_addr(frame, 0));
        self.b.store(LTy::Ptr, p, offset_of!(FilterFrame, frame) as i32, fa, MemFlags::default());
        self.b.helper(h::RhpPushFilterFrame, &[p]);
        Ok(())
    }

    fn pop_filter_frame(&mut self) {
        if let Some(r) = self.eh.record {
            let p = self.b.slot_addr(r, 0);
            self.b.helper(h::RhpPopFilterFrame, &[p]);
        }
    }
}
