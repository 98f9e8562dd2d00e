//! Where the processor time of the programs that the fuzzer starts goes, from `/proc/self/stat`: with it, cheaper is a number.

use std::collections::BTreeMap;
use std::fmt;

/// Seconds of processor time of child processes, by what they did.
#[derive(Clone, Debug, Default)]
pub struct Costs(BTreeMap<&'static str, f64>);

impl Costs {
    /// Runs something and counts what its processes took.
    pub fn of<R>(&mut self, what: &'static str, run: impl FnOnce() -> R) -> R {
        let before = children();
        let result = run();
        *self.0.entry(what).or_default() += children() - before;
        result
    }

    /// Adds another count.
    pub fn add(&mut self, other: &Self) {
        for (what, seconds) in &other.0 {
            *self.0.entry(what).or_default() += seconds;
        }
    }

    /// Each share for one of so many programs.
    #[must_use]
    pub fn each(&self, programs: u64) -> Self {
        Self(self.0.iter().map(|(what, seconds)| (*what, seconds / programs.max(1) as f64)).collect())
    }
}

impl fmt::Display for Costs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} s", self.0.values().sum::<f64>())?;
        let shares: Vec<String> = self.0.iter().map(|(what, seconds)| format!("{what} {seconds:.2}")).collect();
        if shares.is_empty() { Ok(()) } else { write!(f, " ({})", shares.join(", ")) }
    }
}

/// Processor time of all children that ended; 0 where the system does not tell.
fn children() -> f64 {
    // proc(5): the fields behind the command's name in parentheses; cutime and cstime are the 16th and 17th of all, in hundredths.
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = behind.split_whitespace().skip(13).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    ticks as f64 / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_told_for_each_program() {
        let mut costs = Costs(BTreeMap::from([("C#", 3.0), ("run", 1.0)]));
        costs.add(&Costs(BTreeMap::from([("run", 2.0)])));
        assert_eq!(costs.each(2).to_string(), "3.00 s (C# 1.50, run 1.50)");
    }
}
