//! Code-generation units: one reached function each, with copies of small callees for LLVM's inliner.
//!
//! A unit's key is a hash of the LIR text of the function and of those copies, and of what generates the code from it ([`crate::key`]),
//! so that the object of a class-library method is found again by every other program that reaches it (ADR 0011).

use crate::key::{self, Generator};
use kiln_lir::{CallTarget, Function, InlineHint, Inst};
use kiln_support::{ContentHash, FxHashMap, FxHashSet};

/// One function to compile, and what may be inlined into it.
#[derive(Debug)]
pub struct UnitPlan {
    /// Index of the function.
    pub function: usize,
    /// Indices of functions to add as `available_externally` copies, in discovery order.
    pub copies: Vec<usize>,
    /// Cache key.
    pub hash: ContentHash,
}

/// A callee this small (in MIR instructions) is copied without being asked for.
const SMALL: u32 = 30;
/// The largest callee that `AggressiveInlining` makes a copy of.
const ASKED: u32 = 250;
/// Total size of the copies of one unit.
const BUDGET: u32 = 1200;

fn is_candidate(f: &Function) -> bool {
    match f.inline {
        InlineHint::Never => false,
        InlineHint::Always | InlineHint::Hint => f.cost <= ASKED,
        InlineHint::Default => f.cost <= SMALL,
    }
}

/// Direct callees of every function, as indices.
fn callees(functions: &[Function]) -> Vec<Vec<usize>> {
    let index: FxHashMap<&str, usize> = functions.iter().enumerate().map(|(i, f)| (f.name.as_str(), i)).collect();
    functions
        .iter()
        .map(|f| {
            let names: FxHashMap<_, &str> = f.sym_names.iter().map(|(s, n)| (s, n.as_str())).collect();
            let mut out = Vec::new();
            for (_, inst) in f.blocks.iter().flat_map(|b| &b.insts) {
                if let Inst::Call { target: CallTarget::Direct(sym), .. } = inst
                    && let Some(&i) = names.get(sym).and_then(|n| index.get(n))
                    && !out.contains(&i)
                {
                    out.push(i);
                }
            }
            out
        })
        .collect()
}

/// Plans one unit per function. `inlining` is off for `-O0`.
#[must_use]
pub fn plan(functions: &[Function], inlining: bool, generator: &Generator) -> Vec<UnitPlan> {
    let texts: Vec<ContentHash> = functions.iter().map(key::text).collect();
    let callees = if inlining { callees(functions) } else { vec![Vec::new(); functions.len()] };
    (0..functions.len())
        .map(|function| {
            let mut copies = Vec::new();
            let mut seen: FxHashSet<usize> = FxHashSet::default();
            seen.insert(function);
            let mut budget = BUDGET;
            let mut queue = std::collections::VecDeque::from([function]);
            while let Some(from) = queue.pop_front() {
                for &callee in &callees[from] {
                    let cost = functions[callee].cost.max(1);
                    if is_candidate(&functions[callee]) && cost <= budget && seen.insert(callee) {
                        budget -= cost;
                        copies.push(callee);
                        queue.push_back(callee);
                    }
                }
            }
            let hash = key::unit(generator, texts[function], copies.iter().map(|&c| texts[c]));
            UnitPlan { function, copies, hash }
        })
        .collect()
}
