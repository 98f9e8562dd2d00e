//! Drops blocks that no way from the entry or from a handler leads to.

use super::jumps::remove;
use crate::{Function, RegionKind};

/// Runs over the whole function.
pub fn run(f: &mut Function) {
    let mut gone = vec![true; f.blocks.len()];
    let mut stack = vec![0];
    for r in &f.regions {
        stack.push(r.handler.index());
        if let RegionKind::Filter { filter } = r.kind {
            stack.push(filter.index());
        }
    }
    while let Some(b) = stack.pop() {
        if std::mem::replace(&mut gone[b], false) {
            f.blocks[b].term.for_each_successor(|to, _| stack.push(to.index()));
        }
    }
    if gone.contains(&true) {
        remove(f, &gone, &vec![None; f.values.len()]);
    }
}
