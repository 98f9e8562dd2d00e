//! Joins a block with its only predecessor when that jumps to it, and drops blocks nobody reaches.

use crate::{BlockId, Function, RegionKind, Term, ValueId};

/// Runs over the whole function.
pub fn run(f: &mut Function) {
    let n = f.blocks.len();
    let mut preds = vec![0u32; n];
    for b in &f.blocks {
        b.term.for_each_successor(|t, _| preds[t.index()] += 1);
    }
    // The entry and handlers are entered from elsewhere.
    preds[0] += 2;
    for r in &f.regions {
        preds[r.handler.index()] += 2;
        if let RegionKind::Filter { filter } = r.kind {
            preds[filter.index()] += 2;
        }
    }
    let mut rename: Vec<Option<ValueId>> = vec![None; f.values.len()];
    let mut gone = vec![false; n];
    for a in 0..n {
        if gone[a] {
            continue;
        }
        while let Term::Jump(to, args) = &f.blocks[a].term {
            let t = to.index();
            if t == a || gone[t] || preds[t] != 1 || f.blocks[t].nesting != f.blocks[a].nesting {
                break;
            }
            let args = args.clone();
            let taken = std::mem::replace(
                &mut f.blocks[t],
                crate::BlockData { params: Vec::new(), insts: Vec::new(), term: Term::Unreachable, term_pos: 0, nesting: Vec::new() },
            );
            gone[t] = true;
            for (p, v) in taken.params.iter().zip(args) {
                rename[p.index()] = Some(v);
            }
            let b = &mut f.blocks[a];
            b.insts.extend(taken.insts);
            b.term = taken.term;
            b.term_pos = taken.term_pos;
        }
    }
    if !gone.contains(&true) {
        return;
    }
    let resolve = |mut v: ValueId| {
        while let Some(r) = rename[v.index()] {
            v = r;
        }
        v
    };
    let mut ids = vec![BlockId(0); n];
    let mut next = 0;
    for i in 0..n {
        if !gone[i] {
            ids[i] = BlockId::new(next);
            next += 1;
        }
    }
    let mut keep = gone.iter().map(|g| !g);
    f.blocks.retain(|_| keep.next().unwrap_or(true));
    for b in &mut f.blocks {
        for (_, i, _) in &mut b.insts {
            i.for_each_operand_mut(|v| *v = resolve(*v));
        }
        b.term.for_each_operand_mut(|v| *v = resolve(*v));
        match &mut b.term {
            Term::Jump(t, _) | Term::Leave(t) => *t = ids[t.index()],
            Term::Branch { then_to, else_to, .. } => {
                then_to.0 = ids[then_to.0.index()];
                else_to.0 = ids[else_to.0.index()];
            }
            Term::Switch { targets, default, .. } => {
                for t in targets {
                    t.0 = ids[t.0.index()];
                }
                default.0 = ids[default.0.index()];
            }
            _ => {}
        }
    }
    for r in &mut f.regions {
        r.handler = ids[r.handler.index()];
        if let RegionKind::Filter { filter } = &mut r.kind {
            *filter = ids[filter.index()];
        }
    }
}
