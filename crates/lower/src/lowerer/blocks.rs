//! Blocks: their order over normal and exceptional edges, and the LIR blocks with their parameters.

use super::Lowerer;
use crate::LowerError;
use crate::cx::Val;
use kiln_lir::BlockId;
use kiln_mir::{self as mir, Look, Nesting, Outward, Ty};
use kiln_support::FxHashMap;

impl Lowerer<'_> {
    /// Reverse postorder over normal and exceptional edges.
    pub(super) fn order(&self, entry: mir::BlockId) -> Vec<mir::BlockId> {
        let f = self.f;
        let mut seen = vec![false; f.blocks.len()];
        let mut post = Vec::new();
        let mut walk = Outward::default();
        let mut stack = vec![(entry, self.branches(entry))];
        seen[entry.index()] = true;
        while let Some((b, branches)) = stack.last_mut() {
            let b = *b;
            // Handlers first.
            let next = self.next_handler(b, &mut walk, |h| seen[h.index()]).or_else(|| branches.next());
            match next {
                Some(s) if !seen[s.index()] => {
                    seen[s.index()] = true;
                    stack.push((s, self.branches(s)));
                }
                Some(_) => {}
                None => {
                    post.push(b);
                    stack.pop();
                }
            }
        }
        post.reverse();
        post
    }

    fn branches(&self, b: mir::BlockId) -> std::vec::IntoIter<mir::BlockId> {
        let mut out = Vec::new();
        self.f.blocks[b.index()].term.for_each_successor(|b, _| out.push(b));
        out.into_iter()
    }

    /// The first handler, on from the innermost region, of a try block around `b` that is not `done`; inside a filter only its own count.
    fn next_handler(&self, b: mir::BlockId, walk: &mut Outward, done: impl Fn(mir::BlockId) -> bool) -> Option<mir::BlockId> {
        let found = walk.next(&self.f.blocks[b.index()].nesting, |n| match n {
            Nesting::Try(r) if !done(self.f.regions[r.index()].handler) => Look::Found,
            Nesting::Filter(r) if self.filter == Some(r) => Look::Stop,
            _ => Look::Past,
        });
        match found {
            Some(Nesting::Try(r)) => Some(self.f.regions[r.index()].handler),
            _ => None,
        }
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
