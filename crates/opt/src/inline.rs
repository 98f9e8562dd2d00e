//! Calls of small methods become the methods' code, bottom-up: what is inlined is final.
//!
//! The callee's slots, values and blocks are numbered on behind the caller's; an argument that the callee never writes is its value, others
//! are slots. Every instruction keeps its origin: it is in a scope that says which call it was inlined by, and in whose terms its types are
//! named (`kiln_mir::Scope`), so shared generic code needs no copies of its own dictionaries. A call that never comes back ends its block.

mod cost;
mod order;
mod splice;

use crate::Cx;
use cost::Candidate;
use kiln_mir::{Function, Inst, Nesting, Term};
use kiln_support::FxHashMap;
use kiln_typesys::{MethodDesc, TypeSystem};

/// What is known of a method as a callee.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Body {
    /// Its index.
    index: usize,
    /// What inlining it brings; `None`: it is not inlined.
    candidate: Option<Candidate>,
    /// The calls between the members of a group are a cycle.
    group: usize,
    /// It never returns.
    endless: bool,
}

/// All methods by canonical desc.
#[derive(Debug, Default)]
pub(crate) struct Bodies(FxHashMap<MethodDesc, Body>);

impl Bodies {
    fn get(&self, m: MethodDesc) -> Option<&Body> {
        self.0.get(&m)
    }
}

/// The pass.
#[derive(Debug, Default)]
pub(crate) struct Inline {
    bodies: Bodies,
}

/// What was done to a method.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Inlined {
    /// Calls that became code.
    pub(crate) calls: usize,
    /// Calls that end their block now.
    pub(crate) ends: usize,
}

impl Inline {
    /// Looks at all methods; the answer is the order to optimise them in, callees first.
    pub(crate) fn prepare(&mut self, ts: &TypeSystem, functions: &[Function]) -> Vec<usize> {
        self.bodies = order::bodies(ts, functions);
        order::bottom_up(ts, functions, &mut self.bodies)
    }

    /// Inlines into one method, whose callees are final.
    pub(crate) fn run(&mut self, cx: &mut Cx<'_>, functions: &[Function], f: &mut Function) -> Inlined {
        let mut done = Inlined { calls: 0, ends: self.end_blocks(cx, f) };
        let group = self.bodies.get(f.method).map(|b| b.group);
        let mut seldom = cost::seldom(cx.ts, f);
        let mut weight = cost::weight(f);
        let limit = cost::limit(weight);
        let mut splicer = splice::Splicer::new(f);
        // Blocks that splicing adds behind are the callees', which are final, and the rest of blocks, which are looked at.
        let mut queue: Vec<usize> = (0..f.blocks.len()).rev().collect();
        while let Some(block) = queue.pop() {
            let outlined = f.blocks[block].nesting.iter().any(|n| matches!(n, Nesting::Filter(_)));
            let mut at = 0;
            while !outlined && at < f.blocks[block].insts.len() {
                let call = callee(&f.blocks[block].insts[at].1);
                let body = call.and_then(|m| self.bodies.get(cx.ts.canonical_method(m)));
                let fits = body.filter(|b| {
                    Some(b.group) != group && b.candidate.is_some_and(|c| c.fits(seldom[block]) && weight + c.growth() <= limit)
                });
                let (Some(method), Some(body)) = (call, fits) else {
                    at += 1;
                    continue;
                };
                let from = &functions[body.index];
                if !splicer.accepts(cx.ts, f, block, at, from) {
                    at += 1;
                    continue;
                }
                if !cx.burn() {
                    break;
                }
                weight += body.candidate.map_or(0, cost::Candidate::growth);
                done.calls += 1;
                match splicer.splice(cx.ts, f, (block, at), method, from) {
                    splice::Next::Here(next) => at = next,
                    splice::Next::Block(rest) => {
                        seldom.resize(f.blocks.len(), seldom[block]);
                        queue.push(rest);
                        break;
                    }
                }
            }
        }
        splicer.finish(f);
        if done != Inlined::default() {
            kiln_mir::opt::unreachable::run(f);
            kiln_mir::opt::fold::run(f);
            kiln_mir::opt::jumps::run(f);
            kiln_mir::opt::dce::run(f);
        }
        done
    }

    /// The method is final: what it is as a callee from now on.
    pub(crate) fn settle(&mut self, ts: &TypeSystem, f: &Function) {
        if let Some(body) = self.bodies.0.get_mut(&f.method)
            && body.candidate.is_some()
        {
            body.candidate = cost::candidate(ts, f);
        }
    }

    /// Ends blocks behind calls that never come back.
    fn end_blocks(&self, cx: &mut Cx<'_>, f: &mut Function) -> usize {
        let mut ends = 0;
        for b in &mut f.blocks {
            let endless = |inst: &Inst| matches!(inst, Inst::Call { method, .. } if cost::never_returns(&self.bodies, cx.ts, *method));
            let Some(at) = b.insts.iter().position(|(_, inst, _)| endless(inst)) else { continue };
            if (b.term == Term::Unreachable && at + 1 == b.insts.len()) || !cx.burn() {
                continue;
            }
            b.insts.truncate(at + 1);
            b.term_pos = b.insts[at].2;
            b.term = Term::Unreachable;
            ends += 1;
        }
        ends
    }
}

/// The method that an instruction calls directly.
fn callee(inst: &Inst) -> Option<MethodDesc> {
    match inst {
        Inst::Call { method, .. } => Some(*method),
        Inst::NewObj { ctor, .. } => Some(*ctor),
        _ => None,
    }
}
