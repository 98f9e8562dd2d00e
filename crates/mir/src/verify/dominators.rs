//! Which blocks lie on every way to another, handlers included.

use crate::{Function, Nesting, RegionKind};

/// The tree of immediate dominators.
#[derive(Default)]
pub(super) struct Dominators {
    /// The entry is its own; nobody's where nothing leads.
    parent: Vec<Option<usize>>,
    depth: Vec<u32>,
}

impl Dominators {
    /// Immediate dominators (Cooper, Harvey, Kennedy) of the graph of [`successors`].
    pub(super) fn of(f: &Function) -> Self {
        let succ = successors(f);
        let order = postorder(&succ);
        let n = succ.len();
        let mut post = vec![usize::MAX; n];
        let mut preds: Vec<Vec<usize>> = vec![Vec::new(); n];
        for (i, &b) in order.iter().enumerate() {
            post[b] = i;
        }
        for b in (0..n).filter(|&b| post[b] != usize::MAX) {
            for &s in &succ[b] {
                preds[s].push(b);
            }
        }
        let mut parent: Vec<Option<usize>> = vec![None; n];
        parent[0] = Some(0);
        let mut changed = true;
        while changed {
            changed = false;
            for &b in order.iter().rev().filter(|&&b| b != 0) {
                let known = preds[b].iter().copied().filter(|&p| parent[p].is_some());
                let new = known.reduce(|q, p| intersect(&parent, &post, p, q));
                if new.is_some() && parent[b] != new {
                    parent[b] = new;
                    changed = true;
                }
            }
        }
        let mut depth = vec![0; n];
        for &b in order.iter().rev().filter(|&&b| b != 0) {
            depth[b] = parent[b].map_or(0, |d| depth[d] + 1);
        }
        Self { parent, depth }
    }

    /// Whether anything leads to a block.
    pub(super) fn reached(&self, b: usize) -> bool {
        self.parent[b].is_some()
    }

    /// Whether every way to `b` goes through `a`.
    pub(super) fn dominates(&self, a: usize, mut b: usize) -> bool {
        while self.depth[b] > self.depth[a] {
            match self.parent[b] {
                Some(d) => b = d,
                None => return false,
            }
        }
        a == b
    }
}

/// Branches, and an edge from every block of a try part to its handlers' entries: an exception may leave the block before any of its
/// values exist, so what counts is the nearest common dominator of the whole part.
fn successors(f: &Function) -> Vec<Vec<usize>> {
    let mut succ = Vec::with_capacity(f.blocks.len());
    for b in &f.blocks {
        let mut to = Vec::new();
        b.term.for_each_successor(|t, _| to.push(t.index()));
        for x in b.nesting.iter() {
            let Nesting::Try(r) = x else { continue };
            let region = &f.regions[r.index()];
            if let RegionKind::Filter { filter } = region.kind {
                to.push(filter.index());
            }
            to.push(region.handler.index());
        }
        succ.push(to);
    }
    succ
}

/// The blocks that the entry leads to.
fn postorder(succ: &[Vec<usize>]) -> Vec<usize> {
    let mut order = Vec::new();
    let mut seen = vec![false; succ.len()];
    let mut stack = vec![(0usize, 0usize)];
    seen[0] = true;
    while let Some(top) = stack.last_mut() {
        let (b, at) = *top;
        top.1 += 1;
        match succ[b].get(at) {
            Some(&s) if !seen[s] => {
                seen[s] = true;
                stack.push((s, 0));
            }
            Some(_) => {}
            None => {
                order.push(b);
                stack.pop();
            }
        }
    }
    order
}

/// The nearest common dominator.
fn intersect(parent: &[Option<usize>], post: &[usize], mut a: usize, mut b: usize) -> usize {
    while a != b {
        while post[a] < post[b] {
            match parent[a] {
                Some(d) => a = d,
                None => return b,
            }
        }
        while post[b] < post[a] {
            match parent[b] {
                Some(d) => b = d,
                None => return a,
            }
        }
    }
    a
}
