//! Blocks: their order over normal and exceptional edges, and the LIR blocks with their parameters.

use super::Lowerer;
use crate::LowerError;
use crate::cx::Val;
use kiln_lir::BlockId;
use kiln_mir::{self as mir, Ty};
use kiln_support::FxHashMap;

impl Lowerer<'_> {
    /// Reverse postorder over normal and exceptional edges.
    pub(super) fn order(&self, entry: mir::BlockId) -> Vec<mir::BlockId> {
        let f = self.f;
        let mut seen = vec![false; f.blocks.len()];
        let mut post = Vec::new();
        let mut stack = vec![(entry, self.mir_successors(entry), 0usize)];
        seen[entry.index()] = true;
        while let Some((b, succ, i)) = stack.last_mut() {
            if let Some(&s) = succ.get(*i) {
                *i += 1;
                if !seen[s.index()] {
                    seen[s.index()] = true;
                    let n = self.mir_successors(s);
                    stack.push((s, n, 0));
                }
            } else {
                post.push(*b);
                stack.pop();
            }
        }
        post.reverse();
        post
    }

    pub(super) fn mir_successors(&self, b: mir::BlockId) -> Vec<mir::BlockId> {
        let data = &self.f.blocks[b.index()];
        let mut out = Vec::new();
        for n in &data.nesting {
            match n {
                mir::function::Nesting::Try(r) => out.push(self.f.regions[r.index()].handler),
                mir::function::Nesting::Filter(r) if self.filter == Some(*r) => break,
                _ => {}
            }
        }
        data.term.for_each_successor(|b, _| out.push(b));
        out
    }

    pub(super) fn pred_counts(&self, order: &[mir::BlockId]) -> FxHashMap<mir::BlockId, (u32, mir::BlockId)> {
        let mut m: FxHashMap<mir::BlockId, (u32, mir::BlockId)> = FxHashMap::default();
        for &b in order {
            self.f.blocks[b.index()].term.for_each_successor(|s, _| m.entry(s).or_insert((0, b)).0 += 1);
        }
        m
    }

    pub(super) fn make_blocks(&mut self, order: &[mir::BlockId]) -> Result<(), LowerError> {
        let f = self.f;
        self.blocks = vec![BlockId(0); f.blocks.len()];
        self.struct_params = vec![Vec::new(); f.blocks.len()];
        for &b in order {
            let id = self.b.block();
            self.blocks[b.index()] = id;
            for &p in &f.blocks[b.index()].params {
                match self.lty(p)? {
                    Some(t) => {
                        let v = self.b.block_param(id, t);
                        self.vals[p.index()] = Some(Val::Reg(v));
                        self.struct_params[b.index()].push(None);
                    }
                    None => {
                        let Ty::Value(t) = f.values[p.index()] else { continue };
                        let s = self.cx.struct_slot(t, "phi")?;
                        self.vals[p.index()] = Some(Val::Slot(s));
                        self.struct_params[b.index()].push(Some(s));
                    }
                }
            }
        }
        Ok(())
    }
}
