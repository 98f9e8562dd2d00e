//! Where the processor time of code generation goes, by step, over all threads: for `--time` and `cargo xtask bench --compile`.

use crate::llvm::clock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A step.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    /// LIR to LLVM IR.
    Emission,
    /// LLVM's passes.
    Optimisation,
    /// Polls, slots of references, statepoints.
    References,
    /// LLVM IR to an object.
    MachineCode,
    /// The object read, and taken apart.
    Pieces,
}

const NAMES: [&str; 5] = ["emission", "LLVM passes", "references", "machine code", "pieces"];
static SPENT: [AtomicU64; NAMES.len()] = [const { AtomicU64::new(0) }; NAMES.len()];

/// Runs a part of a step.
pub(crate) fn timed<T>(step: Step, work: impl FnOnce() -> T) -> T {
    let start = clock::of_thread();
    let result = work();
    let spent = clock::of_thread().saturating_sub(start);
    SPENT[step as usize].fetch_add(u64::try_from(spent.as_nanos()).unwrap_or_default(), Ordering::Relaxed);
    result
}

/// Processor time by step, of this process so far.
#[must_use]
pub fn steps() -> Vec<(&'static str, Duration)> {
    NAMES.iter().zip(&SPENT).map(|(name, spent)| (*name, Duration::from_nanos(spent.load(Ordering::Relaxed)))).collect()
}

/// Processor time of this process so far.
#[must_use]
pub fn process() -> Duration {
    clock::of_process()
}
