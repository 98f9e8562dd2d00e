//! Joins a block with its only predecessor when that jumps to it, and drops blocks nobody reaches.

use crate::{BlockData, BlockId, Function, Nest, RegionKind, SourcePos, Term, ValueId};

/// Runs over the whole function.
pub fn run(f: &mut Function) {
    let mut rename: Vec<Option<ValueId>> = vec![None; f.values.len()];
    let gone = join(f, &mut rename);
    if gone.contains(&true) {
        remove(f, &gone, &rename);
    }
}

/// Moves the instructions of joined blocks into their predecessors: which blocks are empty now, and what their parameters became.
fn join(f: &mut Function, rename: &mut [Option<ValueId>]) -> Vec<bool> {
    let preds = predecessors(f);
    let mut gone = vec![false; f.blocks.len()];
    for a in 0..f.blocks.len() {
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
                BlockData {
                    params: Vec::new(),
                    insts: Vec::new(),
                    term: Term::Unreachable,
                    term_pos: SourcePos::default(),
                    nesting: Nest::OUTSIDE,
                },
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
    gone
}

/// How often each block is entered; more than once counts as "from elsewhere".
fn predecessors(f: &Function) -> Vec<u32> {
    let mut preds = vec![0u32; f.blocks.len()];
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
    preds
}

/// Removes blocks; values and the ids of the others follow.
pub(super) fn remove(f: &mut Function, gone: &[bool], rename: &[Option<ValueId>]) {
    let resolve = |mut v: ValueId| {
        while let Some(r) = rename[v.index()] {
            v = r;
        }
        v
    };
    let mut ids = vec![BlockId(0); gone.len()];
    for (next, (id, _)) in ids.iter_mut().zip(gone).filter(|(_, gone)| !**gone).enumerate() {
        *id = BlockId::new(next);
    }
    let mut keep = gone.iter().map(|g| !g);
    f.blocks.retain(|_| keep.next().unwrap_or(true));
    for b in &mut f.blocks {
        for (_, i, _) in &mut b.insts {
            i.for_each_operand_mut(|v| *v = resolve(*v));
        }
        b.term.for_each_operand_mut(|v| *v = resolve(*v));
        b.term.for_each_successor_mut(|t| *t = ids[t.index()]);
    }
    for s in &mut f.scopes {
        s.this = s.this.map(resolve);
    }
    for r in &mut f.regions {
        r.handler = ids[r.handler.index()];
        if let RegionKind::Filter { filter } = &mut r.kind {
            *filter = ids[filter.index()];
        }
    }
}
