//! Phase times for `--time`, and progress for the terminal.

use kiln_codegen::times;
use kiln_toolchain::Framework;
use std::time::{Duration, Instant};

/// Receives progress; the CLI draws it.
pub trait Progress {
    /// The class library that is compiled against is known.
    fn framework(&self, framework: &Framework);
    /// A phase begins.
    fn phase(&self, name: &'static str);
    /// `done` of `total` steps of the phase are finished (`total` 0 = unknown). What is at work, where that says something: an assembly.
    fn step(&self, done: usize, total: usize, at: Option<&str>);
    /// A phase ended.
    fn ended(&self, name: &'static str, time: Duration);
}

/// Ignores progress.
#[derive(Debug)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn framework(&self, _framework: &Framework) {}
    fn phase(&self, _name: &'static str) {}
    fn step(&self, _done: usize, _total: usize, _at: Option<&str>) {}
    fn ended(&self, _name: &'static str, _time: Duration) {}
}

/// Wall time of every phase, in order.
#[derive(Clone, Debug, Default)]
pub struct Timing {
    /// Name and duration.
    pub phases: Vec<(&'static str, Duration)>,
    /// Name and processor time of all threads, of the phases and of the steps of code generation.
    pub processor: Vec<(&'static str, Duration)>,
}

impl Timing {
    /// A part of the phase that ended last, on one thread.
    pub fn part(&mut self, progress: &dyn Progress, name: &'static str, time: Duration) {
        self.phases.push((name, time));
        progress.ended(name, time);
    }

    /// Runs a phase and records its time.
    pub fn run<T>(&mut self, progress: &dyn Progress, name: &'static str, work: impl FnOnce() -> T) -> T {
        progress.phase(name);
        let (start, processor) = (Instant::now(), times::process());
        let result = work();
        let time = start.elapsed();
        self.phases.push((name, time));
        self.processor.push((name, times::process().saturating_sub(processor)));
        progress.ended(name, time);
        result
    }
}
