//! Which of LLVM's passes run over a function, and how much instruction selection may cost behind them.
//!
//! Functions are compiled many at a time, and what one compiles to must not depend on the others ([`crate::batch`]): so all passes here
//! are function and loop passes, and a batch is of functions that are worth the same [`Effort`]. The passes for functions with loops are
//! those of LLVM's `default<O2>` in its order, without what does nothing for lowered IL; most functions have no loop, and need less.

use crate::OptLevel;
use crate::llvm::CodegenLevel;
use kiln_lir::{BlockId, Function, Inst, Term};

/// One round of combining instead of one that is proven to be the last.
macro_rules! combine {
    () => {
        "instcombine<max-iterations=1;no-verify-fixpoint>"
    };
}
/// The control flow, kept in a form that loop passes understand.
macro_rules! tidy {
    () => {
        "simplifycfg<switch-range-to-icmp;keep-loops;speculate-blocks;simplify-cond-branch>"
    };
}

/// Scalars: what lowering leaves is mostly slots, checks that are known, and loads that are repeated.
macro_rules! scalar {
    () => {
        concat!(
            "simplifycfg<keep-loops;speculate-blocks;simplify-cond-branch>,sroa<modify-cfg>,early-cse<memssa>,",
            "jump-threading,correlated-propagation,",
            tidy!(),
            ",",
            combine!(),
            ",tailcallelim,",
            tidy!(),
            ",reassociate,constraint-elimination"
        )
    };
}
/// Loops into their usual form; what does not change leaves them.
macro_rules! loops {
    () => {
        concat!(
            "loop-mssa(loop-instsimplify,loop-simplifycfg,licm<no-allowspeculation>,loop-rotate<header-duplication>,licm<allowspeculation>,",
            "simple-loop-unswitch<no-nontrivial;trivial>),",
            tidy!(),
            ",",
            combine!(),
            ",loop(loop-idiom,indvars,loop-deletion,loop-unroll-full)"
        )
    };
}
/// Loads, stores and values that were seen before.
macro_rules! redundancy {
    () => {
        concat!(
            "sroa<modify-cfg>,mldst-motion<no-split-footer-bb>,gvn,sccp,bdce,",
            combine!(),
            ",jump-threading,correlated-propagation,adce,memcpyopt,dse,loop-mssa(licm<allowspeculation>),",
            "simplifycfg<switch-range-to-icmp;keep-loops;hoist-common-insts;sink-common-insts;speculate-blocks;simplify-cond-branch>,",
            combine!()
        )
    };
}
/// Vectors, and the last round.
macro_rules! late {
    () => {
        concat!(
            "float2int,loop(loop-rotate<header-duplication>,loop-deletion),loop-vectorize,loop-load-elim,",
            combine!(),
            ",simplifycfg<forward-switch-cond;switch-range-to-icmp;switch-to-lookup;no-keep-loops;hoist-common-insts;sink-common-insts;",
            "speculate-blocks;simplify-cond-branch>,slp-vectorizer,vector-combine,",
            combine!(),
            ",loop-unroll<O2>,sroa<preserve-cfg>,",
            combine!(),
            ",loop-mssa(licm<allowspeculation>),loop-sink,instsimplify,div-rem-pairs,",
            "simplifycfg<switch-range-to-icmp;keep-loops;speculate-blocks;simplify-cond-branch;speculate-unpredictables>"
        )
    };
}

/// Functions without loops. Nothing comes around again, so that the rounds behind the loop passes find nothing new.
macro_rules! straight {
    () => {
        concat!(
            "simplifycfg<keep-loops;speculate-blocks;simplify-cond-branch>,sroa<modify-cfg>,early-cse<memssa>,",
            "jump-threading,correlated-propagation,",
            tidy!(),
            ",",
            combine!(),
            ",tailcallelim,reassociate,gvn,sccp,bdce,",
            combine!(),
            ",jump-threading,correlated-propagation,adce,memcpyopt,dse,float2int,",
            "simplifycfg<forward-switch-cond;switch-range-to-icmp;switch-to-lookup;no-keep-loops;hoist-common-insts;sink-common-insts;",
            "speculate-blocks;simplify-cond-branch>,slp-vectorizer,vector-combine,",
            combine!(),
            ",sroa<preserve-cfg>,instsimplify,div-rem-pairs,",
            "simplifycfg<switch-range-to-icmp;keep-loops;speculate-blocks;simplify-cond-branch;speculate-unpredictables>"
        )
    };
}

/// Where calls have statepoints in spite of [`Effort::Little`]: scalars in registers, nothing else.
const QUICK: &str = "function(sroa)";
/// What pays off for lowered IL, without the loop transformations and vectorisers.
const SHORT: &str = concat!(
    "function(sroa,early-cse<memssa>,simplifycfg,",
    combine!(),
    ",jump-threading,correlated-propagation,simplifycfg,reassociate,loop-mssa(loop-rotate,licm),gvn,",
    combine!(),
    ",dse,adce,simplifycfg)"
);
/// `-O`, with loops.
const FULL: &str =
    concat!("require<profile-summary>,function<eager-inv>(", scalar!(), ",", loops!(), ",", redundancy!(), ",", late!(), ")");
/// `-O`, without loops.
const STRAIGHT: &str = concat!("require<profile-summary>,function<eager-inv>(", straight!(), ")");

/// Most LIR instructions of a function that is optimised. Some of LLVM's passes, and its register allocator, take time that grows with the square of a
/// function, and what is as large as this is a table written as code, or made by a program.
const OUTSIZED: usize = 15_000;

/// A batch of its own, and nothing that costs more than time that grows with its size.
pub(crate) fn is_outsized(f: &Function) -> bool {
    f.blocks.iter().map(|b| b.insts.len() + 1).sum::<usize>() > OUTSIZED
}

/// How much work a function is worth.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Effort {
    /// None: at `-O0` everything, else what runs once at most or ends in an exception, without a loop; and what is outsized, which takes
    /// seconds for 60,000 branches.
    Little,
    /// Code without loops.
    Straight,
    /// Code with loops.
    Loops,
}

impl Effort {
    /// What a function is worth.
    #[must_use]
    pub fn of(f: &Function, opt: OptLevel) -> Self {
        if opt == OptLevel::O0 || is_outsized(f) {
            return Self::Little;
        }
        match has_loop(f) {
            true => Self::Loops,
            false if f.once || !f.blocks.iter().any(|b| matches!(b.term, Term::Return(_))) => Self::Little,
            false => Self::Straight,
        }
    }
}

/// Blocks that an end or an unwinding call leads to.
fn successors(f: &Function, block: usize) -> Vec<BlockId> {
    let Some(data) = f.blocks.get(block) else { return Vec::new() };
    let mut list = Vec::new();
    match &data.term {
        Term::Jump(to, _) => list.push(*to),
        Term::Branch { then_to, else_to, .. } => list.extend([then_to.0, else_to.0]),
        Term::Switch { cases, default, .. } => list.extend(cases.iter().map(|c| c.1).chain([*default])),
        Term::Return(_) | Term::Unreachable => {}
    }
    list.extend(data.insts.iter().filter_map(|(_, inst)| if let Inst::Call(call) = inst { call.unwind } else { None }));
    list
}

/// Does control come back to a block? A depth-first walk meets a block that it is still in.
fn has_loop(f: &Function) -> bool {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut state = vec![State::New; f.blocks.len()];
    let mut stack = vec![(0, successors(f, 0))];
    while let Some((block, rest)) = stack.last_mut() {
        let block = *block;
        if let Some(s) = state.get_mut(block) {
            *s = State::Open;
        }
        let Some(next) = rest.pop() else {
            state[block] = State::Done;
            stack.pop();
            continue;
        };
        match state.get(next.index()) {
            Some(State::Open) => return true,
            Some(State::New) => stack.push((next.index(), successors(f, next.index()))),
            _ => {}
        }
    }
    false
}

/// The passes, and the effort of instruction selection.
pub(crate) fn passes(opt: OptLevel, effort: Effort) -> (&'static str, CodegenLevel) {
    match (opt, effort) {
        (_, Effort::Little) | (OptLevel::O0, _) => (QUICK, CodegenLevel::None),
        (OptLevel::O1, _) => (SHORT, CodegenLevel::Less),
        (_, Effort::Straight) => (STRAIGHT, CodegenLevel::Default),
        (_, Effort::Loops) => (FULL, CodegenLevel::Default),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiln_lir::text::{Numbered, parse};

    fn effort(text: &str) -> Effort {
        let functions = parse(text, &mut Numbered::default()).expect("LIR");
        Effort::of(&functions[0], OptLevel::O2)
    }

    #[test]
    fn what_runs_once_or_never_returns_is_worth_little_and_loops_are_worth_most() {
        let straight = "bb0():\n  branch v0, bb1, bb2\nbb1():\n  jump bb2\nbb2():\n  return\n}";
        let round = "bb0():\n  jump bb1\nbb1():\n  branch v0, bb1, bb2\nbb2():\n  return\n}";
        let f = |more: &str, body: &str| effort(&format!("function @method \"f\"(v0: i1) -> void{more} {{\n{body}"));
        assert_eq!(f("", straight), Effort::Straight);
        assert_eq!(f("", round), Effort::Loops);
        assert_eq!(f(" once", straight), Effort::Little);
        // A table that a class constructor computes.
        assert_eq!(f(" once", round), Effort::Loops);
        assert_eq!(f("", "bb0():\n  call.void @RhpThrowOverflow() noreturn\n  unreachable\n}"), Effort::Little);
        // What serves for ever.
        assert_eq!(f("", "bb0():\n  call.void @method \"g\"()\n  jump bb0\n}"), Effort::Loops);
        // An exception leads back.
        let again = "bb0():\n  jump bb1\nbb1():\n  call.void @method \"g\"() unwind bb2\n  return\nbb2() pad [cleanup]:\n  jump bb1\n}";
        assert_eq!(f("", again), Effort::Loops);
    }
}
