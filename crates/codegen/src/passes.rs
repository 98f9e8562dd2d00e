//! Which of LLVM's passes run over a module, and how much instruction selection may cost behind them.
//!
//! Functions are compiled many at a time, and what one compiles to must not depend on the others ([`crate::batch`]): so all passes here
//! are function and loop passes. They are those of LLVM's `default<O2>` in its order, without what does nothing for lowered IL.

use crate::OptLevel;
use crate::llvm::CodegenLevel;
use kiln_lir::Function;

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

/// `-O0`: scalars in registers, nothing else.
const QUICK: &str = "function(sroa)";
/// What pays off for lowered IL, without the loop transformations and vectorisers.
const SHORT: &str = concat!(
    "function(sroa,early-cse<memssa>,simplifycfg,",
    combine!(),
    ",jump-threading,correlated-propagation,simplifycfg,reassociate,loop-mssa(loop-rotate,licm),gvn,",
    combine!(),
    ",dse,adce,simplifycfg)"
);
/// `-O`.
const FULL: &str =
    concat!("require<profile-summary>,function<eager-inv>(", scalar!(), ",", loops!(), ",", redundancy!(), ",", late!(), ")");

/// Scalar pipeline of `O1` over a unit with copies for inlining.
const INLINING_SHORT: &str = "function(sroa,early-cse<memssa>,simplifycfg),cgscc(inline,function-attrs,function(sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg)),\
elim-avail-extern,function(jump-threading,correlated-propagation,simplifycfg,reassociate,loop-mssa(loop-rotate,licm),gvn,instcombine<no-verify-fixpoint>,dse,adce,simplifycfg)";

/// Most LIR instructions of a function that is optimised. Some of LLVM's passes, and its register allocator, take time that grows with the square of a
/// function, and what is as large as this is a table written as code, or made by a program.
const OUTSIZED: usize = 15_000;

/// Compiled as at `-O0` whatever the options say, which takes seconds for 60,000 branches.
pub(crate) fn is_outsized(f: &Function) -> bool {
    f.blocks.iter().map(|b| b.insts.len() + 1).sum::<usize>() > OUTSIZED
}

/// The passes, and the effort of instruction selection. `copies`: the module is of one function and of what may be inlined into it.
pub(crate) fn passes(opt: OptLevel, copies: bool) -> (&'static str, CodegenLevel) {
    match (opt, copies) {
        (OptLevel::O0, _) => (QUICK, CodegenLevel::None),
        (OptLevel::O1, true) => (INLINING_SHORT, CodegenLevel::Less),
        (OptLevel::O1, false) => (SHORT, CodegenLevel::Less),
        (OptLevel::O2, true) => ("default<O2>", CodegenLevel::Default),
        (OptLevel::Size, true) => ("default<Os>", CodegenLevel::Default),
        (OptLevel::O2 | OptLevel::Size, false) => (FULL, CodegenLevel::Default),
    }
}
