//! The end of a function: blocks that nothing reaches go, and inlined calls that nothing is in.

use super::Builder;
use kiln_lir::{BlockData, BlockId, Function, Inst, LTy, Origin, ScopeId, Sym, Term};

impl Builder {
    /// The finished function without unreachable blocks; symbol names are filled by the caller.
    #[must_use]
    pub fn finish(mut self, sym: Sym, name: String, ret: LTy) -> Function {
        self.drop_unreachable();
        self.drop_scopes();
        let marks = self.origins.take().unwrap_or_default().into_iter().enumerate();
        let origins =
            marks.flat_map(|(block, list)| list.into_iter().map(move |(inst, place)| Origin { block: BlockId::new(block), inst, place }));
        // What is finished stays until the program is whole.
        self.blocks.shrink_to_fit();
        for block in &mut self.blocks {
            block.insts.shrink_to_fit();
        }
        self.value_types.shrink_to_fit();
        self.slots.shrink_to_fit();
        Function {
            sym,
            name,
            params: self.params,
            ret,
            slots: self.slots,
            blocks: self.blocks,
            scopes: self.scopes,
            value_types: self.value_types,
            sret: self.sret,
            context: self.context,
            needs: kiln_simd::IsaSet::EMPTY,
            once: false,
            sym_names: Vec::new(),
            deps: self.deps.into_iter().collect(),
            origins: origins.collect(),
            source: None,
        }
    }

    /// Scopes without calls, as traces tell them, and without origins, as debuggers do. The others are numbered anew.
    fn drop_scopes(&mut self) {
        let mut used = vec![false; self.scopes.len() + 1];
        let insts = self.blocks.iter().flat_map(|b| &b.insts);
        let calls = insts.filter_map(|(_, inst)| if let Inst::Call(call) = inst { Some(call.flags.scope) } else { None });
        let origins = self.origins.iter().flatten().flatten().filter_map(|(_, place)| Some(place.as_ref()?.scope));
        for scope in calls.chain(origins) {
            used[scope.index()] = true;
        }
        // An outer scope comes before those in it, so one pass from the back sees a scope after all that are in it.
        for i in (1..used.len()).rev() {
            if used[i] {
                used[self.scopes[i - 1].call.scope.index()] = true;
            }
        }
        let mut next = 0;
        let numbers: Vec<ScopeId> = (0..used.len())
            .map(|i| {
                next += usize::from(i > 0 && used[i]);
                ScopeId::new(if i == 0 { 0 } else { next })
            })
            .collect();
        let mut keep = used.iter().skip(1);
        self.scopes.retain(|_| keep.next() == Some(&true));
        let renumber = |scope: &mut ScopeId| *scope = numbers[scope.index()];
        self.scopes.iter_mut().for_each(|s| renumber(&mut s.call.scope));
        for (_, inst) in self.blocks.iter_mut().flat_map(|b| &mut b.insts) {
            if let Inst::Call(call) = inst {
                renumber(&mut call.flags.scope);
            }
        }
        for (_, place) in self.origins.iter_mut().flatten().flatten() {
            place.iter_mut().for_each(|p| renumber(&mut p.scope));
        }
    }

    fn drop_unreachable(&mut self) {
        let mut map: Vec<Option<u32>> = vec![None; self.blocks.len()];
        let mut work = vec![BlockId(0)];
        let mut reached = vec![false; self.blocks.len()];
        reached[0] = true;
        while let Some(b) = work.pop() {
            let mut go = |t: BlockId| {
                if !reached[t.index()] {
                    reached[t.index()] = true;
                    work.push(t);
                }
            };
            successors(&self.blocks[b.index()], &mut go);
        }
        let mut n = 0;
        for (i, r) in reached.iter().enumerate() {
            if *r {
                map[i] = Some(n);
                n += 1;
            }
        }
        let at = |b: &mut BlockId| {
            if let Some(m) = map[b.index()] {
                *b = BlockId(m);
            }
        };
        let mut keep = reached.iter();
        self.blocks.retain(|_| keep.next() == Some(&true));
        if let Some(origins) = &mut self.origins {
            let mut keep = reached.iter();
            origins.retain(|_| keep.next() == Some(&true));
        }
        for b in &mut self.blocks {
            for (_, inst) in &mut b.insts {
                if let Inst::Call(call) = inst
                    && let Some(u) = &mut call.unwind
                {
                    at(u);
                }
            }
            match &mut b.term {
                Term::Jump(t, _) => at(t),
                Term::Branch { then_to, else_to, .. } => {
                    at(&mut then_to.0);
                    at(&mut else_to.0);
                }
                Term::Switch { cases, default, .. } => {
                    for c in cases {
                        at(&mut c.1);
                    }
                    at(default);
                }
                Term::Return(_) | Term::Unreachable => {}
            }
        }
    }
}

/// Calls `go` for every successor, landing pads included.
fn successors(b: &BlockData, go: &mut impl FnMut(BlockId)) {
    for (_, inst) in &b.insts {
        if let Inst::Call(call) = inst
            && let Some(u) = call.unwind
        {
            go(u);
        }
    }
    match &b.term {
        Term::Jump(t, _) => go(*t),
        Term::Branch { then_to, else_to, .. } => {
            go(then_to.0);
            go(else_to.0);
        }
        Term::Switch { cases, default, .. } => {
            for c in cases {
                go(c.1);
            }
            go(*default);
        }
        Term::Return(_) | Term::Unreachable => {}
    }
}
