//! Removes instructions whose result nobody uses and that do nothing else, stores to slots that nobody reads, and recomputes `address_taken`.

use crate::{Function, Inst, ValueId};

/// Runs over the whole function.
pub fn run(f: &mut Function) {
    let mut uses = vec![0u32; f.values.len()];
    for b in &f.blocks {
        for (_, i, _) in &b.insts {
            i.for_each_operand(|v| uses[v.index()] += 1);
        }
        b.term.for_each_operand(|v| uses[v.index()] += 1);
    }
    forget_scopes(f);
    for this in f.scopes.iter().filter_map(|s| s.this) {
        uses[this.index()] += 1;
    }
    let mut read = vec![false; f.slots.len()];
    let mut stale = true;
    // Definitions come before uses inside a block, so one backward walk settles most; block order is no dominance order, hence the loop.
    let mut changed = true;
    while changed {
        changed = false;
        if stale {
            read.fill(false);
            for (_, i, _) in f.blocks.iter().flat_map(|b| &b.insts) {
                if let Inst::LoadSlot(s) | Inst::SlotAddr(s) = i {
                    read[s.index()] = true;
                }
            }
            stale = false;
        }
        for b in f.blocks.iter_mut().rev() {
            let mut keep = vec![true; b.insts.len()];
            for (n, (result, i, _)) in b.insts.iter().enumerate().rev() {
                let unread = matches!(i, Inst::StoreSlot(s, _) if !read[s.index()] && !f.slots[s.index()].pinned);
                let dead = unread || (result.is_some_and(|r: ValueId| uses[r.index()] == 0) && i.is_removable());
                if dead {
                    stale |= i.slot().is_some();
                    keep[n] = false;
                    changed = true;
                    i.for_each_operand(|v| uses[v.index()] -= 1);
                }
            }
            if keep.iter().any(|k| !k) {
                let mut k = keep.into_iter();
                b.insts.retain(|_| k.next().unwrap_or(true));
            }
        }
    }
    for s in &mut f.slots {
        s.address_taken = false;
    }
    for b in &f.blocks {
        for (_, i, _) in &b.insts {
            if let Inst::SlotAddr(s) = i {
                f.slots[s.index()].address_taken = true;
            }
        }
    }
}

/// A scope without code needs no `this` any more.
fn forget_scopes(f: &mut Function) {
    let mut used = vec![false; f.scopes.len() + 1];
    for b in &f.blocks {
        for scope in b.insts.iter().map(|(_, _, pos)| pos.scope).chain([b.term_pos.scope]) {
            used[scope.index()] = true;
        }
    }
    // A scope comes behind the one that it is in.
    for i in (0..f.scopes.len()).rev() {
        if used[i + 1] {
            used[f.scopes[i].call.scope.index()] = true;
        } else {
            f.scopes[i].this = None;
        }
    }
}
