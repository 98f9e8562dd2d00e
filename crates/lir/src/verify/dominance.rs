//! Which definitions are there when a place is reached.
//!
//! A call with a landing pad ends a stretch of its block: when it unwinds, neither its result nor what follows was computed. So the graph's
//! nodes are stretches, not blocks.

use crate::function::{BlockId, Function};
use crate::inst::{Inst, Term};

/// A place: block and position; 0 is on entry, instruction `i` is `i + 1`, the terminator is `u32::MAX`.
pub(super) type At = (u32, u32);

/// The dominator tree of a function's stretches.
pub(super) struct Dominators {
    /// Of every block: its first stretch.
    first: Vec<usize>,
    /// Of every block: the positions of its calls with landing pads, ascending.
    calls: Vec<Vec<u32>>,
    /// Immediate dominators; nothing for what is not reached.
    idom: Vec<Option<usize>>,
}

impl Dominators {
    pub(super) fn of(f: &Function) -> Self {
        let calls: Vec<Vec<u32>> = f.blocks.iter().map(|b| unwinding(&b.insts).map(|(i, _)| i as u32 + 1).collect()).collect();
        let mut first = Vec::with_capacity(calls.len());
        let mut count = 0;
        for calls in &calls {
            first.push(count);
            count += calls.len() + 1;
        }
        let mut successors: Vec<Vec<usize>> = vec![Vec::new(); count];
        let node = |b: BlockId| first.get(b.index()).copied();
        for (index, block) in f.blocks.iter().enumerate() {
            let mut stretch = first[index];
            for (_, pad) in unwinding(&block.insts) {
                successors[stretch].push(stretch + 1);
                successors[stretch].extend(node(pad));
                stretch += 1;
            }
            successors[stretch].extend(targets(&block.term).into_iter().filter_map(node));
        }
        Self { idom: immediate(&successors), first, calls }
    }

    /// The stretch of a use: a call's operands are read before it unwinds.
    fn of_use(&self, at: At) -> usize {
        let block = at.0 as usize;
        self.first[block] + self.calls[block].partition_point(|call| *call < at.1)
    }

    /// The stretch of a definition: a call's result is there once it has returned.
    fn of_definition(&self, at: At) -> usize {
        let block = at.0 as usize;
        self.first[block] + self.calls[block].partition_point(|call| *call <= at.1)
    }

    /// Whether what is defined at one place is there at another. Uses in code that is not reached are not looked at.
    pub(super) fn dominates(&self, definition: At, used: At) -> bool {
        let (wanted, mut node) = (self.of_definition(definition), self.of_use(used));
        if wanted == node {
            return definition.0 == used.0 && definition.1 < used.1;
        }
        while let Some(parent) = self.idom[node] {
            if parent == wanted {
                return true;
            }
            if parent == node {
                return false;
            }
            node = parent;
        }
        true
    }
}

/// The calls that unwind, with their landing pads.
fn unwinding(insts: &[(crate::Results, Inst)]) -> impl Iterator<Item = (usize, BlockId)> {
    insts.iter().enumerate().filter_map(|(i, (_, inst))| match inst {
        Inst::Call(call) => Some((i, call.unwind?)),
        _ => None,
    })
}

fn targets(term: &Term) -> Vec<BlockId> {
    match term {
        Term::Jump(to, _) => vec![*to],
        Term::Branch { then_to, else_to, .. } => vec![then_to.0, else_to.0],
        Term::Switch { cases, default, .. } => cases.iter().map(|c| c.1).chain([*default]).collect(),
        Term::Return(_) | Term::Unreachable => Vec::new(),
    }
}

/// Immediate dominators of a graph whose root is node 0 (Cooper, Harvey, Kennedy); nothing for nodes that are not reached.
fn immediate(successors: &[Vec<usize>]) -> Vec<Option<usize>> {
    let mut idom: Vec<Option<usize>> = vec![None; successors.len()];
    if successors.is_empty() {
        return idom;
    }
    let (post, number, predecessors) = postorder(successors);
    idom[0] = Some(0);
    let mut changed = true;
    while changed {
        changed = false;
        for &node in post.iter().rev().filter(|n| **n != 0) {
            let known = predecessors[node].iter().copied().filter(|p| idom[*p].is_some());
            let new = known.reduce(|a, b| common(&idom, &number, a, b));
            if new != idom[node] {
                idom[node] = new;
                changed = true;
            }
        }
    }
    idom
}

/// The nearest node above both.
fn common(idom: &[Option<usize>], number: &[usize], mut a: usize, mut b: usize) -> usize {
    while a != b {
        let (lower, upper) = if number[a] < number[b] { (&mut a, b) } else { (&mut b, a) };
        // Every node on the way has been numbered and has a parent; the root ends all ways.
        *lower = idom[*lower].unwrap_or(upper);
    }
    a
}

/// Reached nodes after what they reach, each one's number in that order, and predecessors among the reached.
fn postorder(successors: &[Vec<usize>]) -> (Vec<usize>, Vec<usize>, Vec<Vec<usize>>) {
    let count = successors.len();
    let (mut post, mut number, mut seen) = (Vec::new(), vec![0; count], vec![false; count]);
    let mut predecessors = vec![Vec::new(); count];
    let mut stack = vec![(0, 0)];
    seen[0] = true;
    while let Some(top) = stack.last_mut() {
        let (node, next) = *top;
        if let Some(&to) = successors[node].get(next) {
            top.1 += 1;
            predecessors[to].push(node);
            if !seen[to] {
                seen[to] = true;
                stack.push((to, 0));
            }
        } else {
            number[node] = post.len();
            post.push(node);
            stack.pop();
        }
    }
    (post, number, predecessors)
}
