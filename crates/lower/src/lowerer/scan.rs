//! What lowering wants to know of a body before its first instruction: uses, definitions, and the frame struct of its filters.

use super::{FrameLayout, Lowerer};
use crate::LowerError;
use crate::types::{Kind, Rep, rep};
use kiln_mir::{self as mir, Inst, RegionKind};

impl Lowerer<'_> {
    /// Counts uses, finds definitions and whether argument 0 is ever written.
    pub(super) fn scan(&mut self) {
        let f = self.f;
        let mut this_written = f.slots.first().is_none_or(|s| s.address_taken);
        for b in &f.blocks {
            for (r, i, _) in &b.insts {
                if let Some(r) = r
                    && matches!(
                        i,
                        Inst::Null | Inst::Compare(..) | Inst::ConstI32(_) | Inst::ConstI64(_) | Inst::ConstNInt(_) | Inst::NewArr { .. }
                    )
                {
                    self.defs.insert(*r, i.clone());
                }
                if let Inst::StoreSlot(s, _) | Inst::SlotAddr(s) = i {
                    this_written |= s.index() == 0;
                }
                i.for_each_operand(|v| self.uses[v.index()] += 1);
            }
            b.term.for_each_operand(|v| self.uses[v.index()] += 1);
        }
        self.this_const = !this_written;
    }

    /// Places the slots that filters use in one frame struct.
    pub(super) fn frame_layout(&mut self) -> Result<(), LowerError> {
        let f = self.f;
        let ts = self.ts;
        let has = f.regions.iter().any(|r| match &r.kind {
            RegionKind::Filter { .. } => true,
            RegionKind::Catch(t) => ts.is_runtime_determined(*t),
            _ => false,
        });
        if !has {
            return Ok(());
        }
        let mut l = FrameLayout { size: 8, ..FrameLayout::default() };
        for b in &f.blocks {
            if !b.nesting.iter().any(|n| matches!(n, mir::Nesting::Filter(_))) {
                continue;
            }
            for (_, i, _) in &b.insts {
                let (Inst::LoadSlot(s) | Inst::StoreSlot(s, _) | Inst::SlotAddr(s)) = i else { continue };
                if l.offsets.contains_key(&s.0) {
                    continue;
                }
                let at = l.size.next_multiple_of(8);
                match rep(ts, f.slots[s.index()].ty)? {
                    Rep::Void => continue,
                    Rep::Scalar(k) => {
                        if k == Kind::Ref {
                            l.refs.push(at);
                        }
                        l.size = at + 8;
                    }
                    Rep::Struct => {
                        let i = self.cx.info(f.slots[s.index()].ty)?;
                        l.refs.extend(i.refs.iter().map(|o| at + o));
                        l.size = at + i.size;
                    }
                }
                l.offsets.insert(s.0, at);
            }
        }
        l.size = l.size.next_multiple_of(8);
        self.frame = l;
        Ok(())
    }

    pub(super) fn has_frame(&self) -> bool {
        self.frame.size != 0
    }
}
