//! Loops that wait: where one reads what other threads write, it asks on every round (`RhpPoll`), whatever else it calls. Loops that
//! compute get nothing: they end by themselves.
//!
//! After the optimiser, when what was inlined shows; before the statepoints, as the call is a GC point. Without optimisation the
//! read is in another function (`Volatile.Read`), so there every loop asks.

use crate::emit::ONCE_METADATA;
use crate::llvm::{Builder, Module, Opcode, Value};
use kiln_abi::helpers::Helper;
use kiln_support::FxHashMap;

/// Runs over every defined function.
pub(crate) fn insert(module: &Module<'_>, every_loop: bool) {
    let builder = Builder::new(module.context());
    let once = module.context().metadata_kind(ONCE_METADATA);
    for function in module.functions().into_iter().filter(|f| !f.is_declaration()) {
        for place in places(function, once, every_loop) {
            let ty = module.context().function(module.context().void(), &[], false);
            let name = Helper::RhpPoll.name();
            let poll = module.function(name).unwrap_or_else(|| {
                let poll = module.add_function(name, ty);
                poll.set_hidden();
                poll
            });
            builder.before(place);
            builder.call(ty, poll, &[], None);
        }
    }
}

/// The instructions before which a function has to ask.
fn places<'c>(function: Value<'c>, once: u32, every_loop: bool) -> Vec<Value<'c>> {
    let blocks = function.blocks();
    let numbers: FxHashMap<_, usize> = blocks.iter().enumerate().map(|(i, b)| (*b, i)).collect();
    let instructions: Vec<Vec<Value<'c>>> = blocks.iter().map(|b| b.instructions()).collect();
    let watched = |i: &Value<'c>| {
        i.is_watched_load() && !i.has_metadata(once) || matches!(i.opcode(), Opcode::LLVMAtomicCmpXchg | Opcode::LLVMAtomicRMW)
    };
    if !every_loop && !instructions.iter().flatten().any(watched) {
        return Vec::new();
    }
    let next: Vec<Vec<usize>> = instructions
        .iter()
        .map(|list| list.last().map_or_else(Vec::new, |end| end.successors().iter().filter_map(|b| numbers.get(b).copied()).collect()))
        .collect();
    let mut found = Vec::new();
    for (block, in_cycle) in cycles(&next).into_iter().enumerate() {
        if !in_cycle {
            continue;
        }
        let list = &instructions[block];
        if every_loop {
            // Every cycle has an edge that does not go forward.
            if next[block].iter().any(|&to| to <= block) {
                found.extend(list.last().copied());
            }
        } else {
            found.extend(list.iter().copied().find(watched));
        }
    }
    found
}

/// Which nodes of a graph are in a cycle: strongly connected components (Tarjan), without recursion.
fn cycles(next: &[Vec<usize>]) -> Vec<bool> {
    let mut result = vec![false; next.len()];
    let mut index = vec![usize::MAX; next.len()];
    let mut low = vec![0; next.len()];
    let mut on_stack = vec![false; next.len()];
    let mut stack = Vec::new();
    let mut count = 0;
    for root in 0..next.len() {
        if index[root] != usize::MAX {
            continue;
        }
        let mut work = vec![(root, 0)];
        while let Some((node, edge)) = work.pop() {
            if edge == 0 {
                index[node] = count;
                low[node] = count;
                count += 1;
                stack.push(node);
                on_stack[node] = true;
            }
            if let Some(&to) = next[node].get(edge) {
                work.push((node, edge + 1));
                if index[to] == usize::MAX {
                    work.push((to, 0));
                } else if on_stack[to] {
                    low[node] = low[node].min(index[to]);
                }
                continue;
            }
            if let Some(&(parent, _)) = work.last() {
                low[parent] = low[parent].min(low[node]);
            }
            if low[node] != index[node] {
                continue;
            }
            let start = stack.iter().rposition(|&n| n == node).unwrap_or_default();
            let cycle = stack.len() - start > 1 || next[node].contains(&node);
            for member in stack.drain(start..) {
                on_stack[member] = false;
                result[member] = cycle;
            }
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::cycles;

    #[test]
    fn nodes_in_cycles_are_found() {
        // 0 → 1 ⇄ 2, 1 → 3, 3 → 3, 4 → 0.
        let graph = [vec![1], vec![2, 3], vec![1], vec![3], vec![0]];
        assert_eq!(cycles(&graph), [false, true, true, true, false]);
        assert_eq!(cycles(&[vec![1], vec![2], vec![0]]), [true; 3]);
        assert_eq!(cycles(&[vec![], vec![0]]), [false; 2]);
    }
}
