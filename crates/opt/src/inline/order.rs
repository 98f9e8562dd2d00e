//! Callees before callers, and which methods never return.
//!
//! Only calls that may be inlined count, so the groups of methods that call each other in circles are small. Within one nothing is inlined:
//! its members' code would depend on which of them the program reached first.

use super::{Bodies, Body, callee, cost};
use kiln_mir::{Function, Inst, Term};
use kiln_support::{FxHashMap, FxHashSet};
use kiln_typesys::{MethodDesc, TypeSystem};

/// All methods, before anything is inlined. Groups are not known yet.
pub(super) fn bodies(ts: &TypeSystem, functions: &[Function]) -> Bodies {
    let endless = endless(ts, functions);
    let body = |(index, f): (usize, &Function)| {
        let endless = endless.contains(&f.method);
        (f.method, Body { index, candidate: cost::candidate(ts, f), group: index, endless })
    };
    Bodies(functions.iter().enumerate().map(body).collect())
}

/// Methods without a way to return: the ways behind calls of such methods do not count.
fn endless(ts: &TypeSystem, functions: &[Function]) -> FxHashSet<MethodDesc> {
    let mut found: FxHashSet<MethodDesc> = FxHashSet::default();
    // A method is looked at again when one that it calls turns out to be endless.
    let mut callers: FxHashMap<MethodDesc, Vec<usize>> = FxHashMap::default();
    for (i, f) in functions.iter().enumerate() {
        for (_, inst, _) in f.blocks.iter().flat_map(|b| &b.insts) {
            if let Inst::Call { method, .. } = inst {
                callers.entry(ts.canonical_method(*method)).or_default().push(i);
            }
        }
    }
    let mut queue: Vec<usize> = (0..functions.len()).collect();
    while let Some(i) = queue.pop() {
        let f = &functions[i];
        if !found.contains(&f.method) && !returns(ts, f, &found) {
            found.insert(f.method);
            queue.extend(callers.get(&f.method).into_iter().flatten());
        }
    }
    found
}

/// Whether a `return` is reached. What leaves protected regions, or an infinite loop that others may end, counts as a way to return.
fn returns(ts: &TypeSystem, f: &Function, endless: &FxHashSet<MethodDesc>) -> bool {
    if !f.regions.is_empty() {
        return true;
    }
    let mut seen = vec![false; f.blocks.len()];
    let mut stack = vec![0];
    let mut throws = false;
    while let Some(b) = stack.pop() {
        if std::mem::replace(&mut seen[b], true) {
            continue;
        }
        let block = &f.blocks[b];
        let ends = |inst: &Inst| matches!(inst, Inst::Call { method, .. } if endless.contains(&ts.canonical_method(*method)));
        if block.insts.iter().any(|(_, inst, _)| ends(inst)) {
            throws = true;
            continue;
        }
        match &block.term {
            Term::Return(_) => return true,
            Term::Throw(_) | Term::ThrowHelper(..) => throws = true,
            _ => {}
        }
        block.term.for_each_successor(|to, _| stack.push(to.index()));
    }
    !throws
}

/// An order in which callees that may be inlined come before their callers, and the groups of those that call each other.
pub(super) fn bottom_up(ts: &TypeSystem, functions: &[Function], bodies: &mut Bodies) -> Vec<usize> {
    let edges: Vec<Vec<usize>> = functions
        .iter()
        .map(|f| {
            let calls = f.blocks.iter().flat_map(|b| &b.insts).filter_map(|(_, inst, _)| callee(inst));
            let mut to: Vec<usize> =
                calls.filter_map(|m| bodies.get(ts.canonical_method(m))).filter(|b| b.candidate.is_some()).map(|b| b.index).collect();
            to.sort_unstable();
            to.dedup();
            to
        })
        .collect();
    let (order, groups) = components(&edges);
    for body in bodies.0.values_mut() {
        body.group = groups[body.index];
    }
    order
}

/// Strongly connected components (Tarjan): nodes with those they lead to first, and the component of each. A node that leads nowhere
/// back to itself has a component of its own, but one that calls itself must not be inlined into itself either, which it is not: nothing
/// is inlined within a component.
fn components(edges: &[Vec<usize>]) -> (Vec<usize>, Vec<usize>) {
    const NEW: usize = usize::MAX;
    let n = edges.len();
    let (mut index, mut low, mut group) = (vec![NEW; n], vec![0; n], vec![NEW; n]);
    let (mut order, mut open, mut next) = (Vec::with_capacity(n), Vec::new(), 0);
    for root in 0..n {
        if index[root] != NEW {
            continue;
        }
        let mut stack = vec![(root, 0)];
        while let Some((at, edge)) = stack.last_mut() {
            let at = *at;
            if *edge == 0 {
                (index[at], low[at]) = (next, next);
                next += 1;
                open.push(at);
            }
            if let Some(&to) = edges[at].get(*edge) {
                *edge += 1;
                if index[to] == NEW {
                    stack.push((to, 0));
                } else if group[to] == NEW {
                    low[at] = low[at].min(index[to]);
                }
                continue;
            }
            stack.pop();
            if let Some(&(parent, _)) = stack.last() {
                low[parent] = low[parent].min(low[at]);
            }
            if low[at] == index[at] {
                while let Some(member) = open.pop() {
                    group[member] = at;
                    order.push(member);
                    if member == at {
                        break;
                    }
                }
            }
        }
    }
    (order, group)
}
