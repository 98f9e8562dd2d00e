//! What inlining costs and where it pays: weights of instructions, and what may be inlined where.
//!
//! A decision depends on the two methods alone, never on how many callers there are, so that a class-library method compiles to the same
//! code in every program (ADR 0008).

use super::Bodies;
use kiln_mir::{BlockData, Function, Inst, Nesting, RegionKind, Term};
use kiln_typesys::{MethodDesc, TypeSystem};

/// A callee this heavy is inlined without being asked for.
const SMALL: u32 = 30;
/// The heaviest callee that `AggressiveInlining` has inlined.
const ASKED: u32 = 200;
/// No heavier than the call itself: inlined even in code that runs once or not at all.
const TINY: u32 = 6;
/// What a call weighs, and a callee replaces.
const CALL: u32 = 3;
/// A caller may grow to this weight, or to twice its own.
const BUDGET: u32 = 1200;

/// What the call of a method would bring.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Candidate {
    /// Weight of its body.
    pub(crate) weight: u32,
    /// `AggressiveInlining`.
    pub(crate) asked: bool,
}

impl Candidate {
    /// Whether it is inlined into code that runs often, or seldom.
    pub(crate) fn fits(self, seldom: bool) -> bool {
        self.weight
            <= match (seldom, self.asked) {
                (true, _) => TINY,
                (false, true) => ASKED,
                (false, false) => SMALL,
            }
    }

    /// What the caller's weight grows by.
    pub(crate) fn growth(self) -> u32 {
        self.weight.saturating_sub(CALL)
    }
}

/// The weight that a caller of this weight may grow to. Interpreters and parsers are single large methods whose helpers are a few
/// instructions each.
pub(crate) fn limit(caller: u32) -> u32 {
    BUDGET.max(caller * 2)
}

/// A method as a callee; `None` where its body must stay one of its own.
pub(crate) fn candidate(ts: &TypeSystem, f: &Function) -> Option<Candidate> {
    let m = f.method;
    let stays = ts.is_no_inlining(m)
        || ts.is_cctor(m)
        || ts.is_synchronized(m)
        || ts.sees_caller(m)
        || !f.regions.is_empty()
        || !f.blocks.first().is_some_and(|b| b.params.is_empty())
        || enters(f, 0)
        || !f.blocks.iter().any(|b| matches!(b.term, Term::Return(_)));
    if stays || f.blocks.iter().flat_map(|b| &b.insts).any(|(_, inst, _)| pins_frame(ts, inst)) {
        return None;
    }
    let asked = ts.is_aggressive_inlining(m);
    let candidate = Candidate { weight: weight(f), asked };
    candidate.fits(false).then_some(candidate)
}

/// Whether a branch leads to the block.
fn enters(f: &Function, block: usize) -> bool {
    let mut entered = false;
    for b in &f.blocks {
        b.term.for_each_successor(|to, _| entered |= to.index() == block);
    }
    entered
}

/// What belongs to the frame of its method: memory that lives as long as the call, and calls of what looks at its caller.
fn pins_frame(ts: &TypeSystem, inst: &Inst) -> bool {
    match inst {
        // What `tail.` promises holds in the frame of the method itself only.
        Inst::LocAlloc(_) | Inst::TailPrefix => true,
        Inst::Call { method, .. } => ts.sees_caller(*method),
        _ => false,
    }
}

/// The weight of a body: about the number of machine operations, of cold blocks a quarter.
pub(crate) fn weight(f: &Function) -> u32 {
    f.blocks.iter().map(|b| if is_throwing(b) { block(b) / 4 } else { block(b) }).sum()
}

fn block(b: &BlockData) -> u32 {
    let term = match &b.term {
        Term::Switch { targets, .. } => 2 + targets.len() as u32,
        _ => 1,
    };
    term + b.insts.iter().map(|(_, inst, _)| of(inst)).sum::<u32>()
}

fn of(inst: &Inst) -> u32 {
    use Inst as I;
    let arguments = |args: &[_]| args.len() as u32 / 2;
    match inst {
        I::ConstI32(_)
        | I::ConstI64(_)
        | I::ConstNInt(_)
        | I::ConstF32(_)
        | I::ConstF64(_)
        | I::Null
        | I::String(_)
        | I::Reinterpret(_) => 0,
        I::Call { args, .. } => CALL + arguments(args),
        I::CallVirt { args, .. } | I::CallConstrained { args, .. } | I::CallIndirect { args, .. } | I::NewObj { args, .. } => {
            5 + arguments(args)
        }
        I::Allocate(_) | I::Box { .. } | I::NewArr { .. } | I::NewMdArr { .. } | I::NewDelegate { .. } | I::NewDelegateIndirect { .. } => 4,
        I::IsInst { .. } | I::CastClass { .. } | I::Unbox { .. } | I::UnboxAny { .. } | I::CheckArrayStore { .. } => 3,
        I::LoadStatic { .. } | I::StoreStatic { .. } | I::LoadElem { .. } | I::StoreElem { .. } | I::ElemAddr { .. } | I::TypeOf(_) => 2,
        I::EnsureClassInit(_) => 3,
        _ => 1,
    }
}

/// The block ends in an exception.
pub(crate) fn is_throwing(b: &BlockData) -> bool {
    matches!(b.term, Term::Throw(_) | Term::ThrowHelper(..) | Term::Rethrow(_) | Term::Unreachable)
}

/// The blocks of a function that run seldom: all of a class constructor, handlers of exceptions, and what ends in one.
pub(crate) fn seldom(ts: &TypeSystem, f: &Function) -> Vec<bool> {
    if ts.is_cctor(f.method) {
        return vec![true; f.blocks.len()];
    }
    let handles = |b: &BlockData| {
        b.nesting.iter().any(|n| {
            matches!(n, Nesting::Handler(r) | Nesting::Filter(r)
                if f.regions.get(r.index()).is_some_and(|r| !matches!(r.kind, RegionKind::Finally)))
        })
    };
    let mut seldom: Vec<bool> = f.blocks.iter().map(|b| is_throwing(b) || handles(b)).collect();
    let goes_on = |b: &BlockData| !matches!(b.term, Term::Return(_) | Term::EndFinally(_) | Term::EndFilter(..));
    let mut changed = true;
    while changed {
        changed = false;
        // Backwards, as most branches lead forwards: one walk finds nearly all.
        for (i, b) in f.blocks.iter().enumerate().rev().filter(|(_, b)| goes_on(b)) {
            let mut all = !seldom[i];
            b.term.for_each_successor(|to, _| all &= seldom[to.index()]);
            if all {
                seldom[i] = true;
                changed = true;
            }
        }
    }
    seldom
}

/// Whether a call never comes back.
pub(crate) fn never_returns(bodies: &Bodies, ts: &TypeSystem, method: MethodDesc) -> bool {
    bodies.get(ts.canonical_method(method)).is_some_and(|b| b.endless)
}
