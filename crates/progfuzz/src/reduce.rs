//! Making a program that behaves differently smaller, by making its choices fewer and smaller.
//!
//! Candidates are tried in batches, as one assembly: what costs is starting Roslyn and Kiln, not a program. A candidate counts if it differs
//! in the same configuration; the shortest one is taken, and the search goes on from it.

use crate::check::{Config, check};
use crate::choices::{Choices, SpanKind};
use crate::generate::program;
use kiln_filetest::Tools;
use std::path::Path;

/// Candidates in one assembly.
const AT_ONCE: usize = 48;
/// Rounds without an end would be no use to anyone who waits.
const ROUNDS: usize = 60;

/// The smallest sequence found.
///
/// # Errors
///
/// As [`check`].
pub fn reduce(
    tools: &Tools,
    start: &[u32],
    config: Config,
    folder: &Path,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<u32>, String> {
    let mut best = start.to_vec();
    let mut skip = 0;
    for round in 0..ROUNDS {
        let all = candidates(&best);
        let batch: Vec<Vec<u32>> = all.iter().skip(skip).take(AT_ONCE).cloned().collect();
        if batch.is_empty() {
            break;
        }
        progress(round, best.len());
        let sources: Vec<String> = batch.iter().map(|c| program(Choices::replay(c.clone()), "P").source).collect();
        let verdict = check(tools, &sources, folder, &[config])?;
        let shortest = verdict.differences.iter().map(|d| &batch[d.index]).min_by_key(|c| measure(c));
        match shortest {
            Some(smaller) if measure(smaller) < measure(&best) => {
                // What was made says which choices it used: the rest is gone.
                best = program(Choices::replay(smaller.clone()), "P").choices.taken().to_vec();
                while best.last() == Some(&0) {
                    best.pop();
                }
                skip = 0;
            }
            _ => skip += AT_ONCE,
        }
    }
    Ok(best)
}

fn measure(choices: &[u32]) -> (usize, u64) {
    let used = choices.iter().rposition(|&c| c != 0).map_or(0, |last| last + 1);
    (used, choices.iter().map(|&c| u64::from(c)).sum())
}

/// Smaller sequences, the most promising first: without a repeated thing, with the simplest value in a value's place, with smaller numbers.
fn candidates(choices: &[u32]) -> Vec<Vec<u32>> {
    let made = program(Choices::replay(choices.to_vec()), "P").choices;
    let taken = made.taken();
    let mut spans = made.spans().to_vec();
    spans.sort_by_key(|s| (std::cmp::Reverse(s.end - s.start), s.start));
    let mut found: Vec<Vec<u32>> = Vec::new();
    for span in spans {
        let mut candidate = taken[..span.start].to_vec();
        if span.kind == SpanKind::Value {
            candidate.push(0);
        }
        candidate.extend_from_slice(&taken[span.end..]);
        found.push(candidate);
    }
    for (n, &choice) in taken.iter().enumerate().filter(|(_, choice)| **choice != 0) {
        let mut candidate = taken.to_vec();
        candidate[n] = if choice > 2 { choice / 2 } else { choice - 1 };
        found.push(candidate);
    }
    found.retain(|c| measure(c) < measure(taken));
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_candidate_is_smaller_and_makes_a_program() {
        let start = program(Choices::random(11), "P").choices.taken().to_vec();
        let all = candidates(&start);
        assert!(all.len() > 50);
        for candidate in all.iter().take(40) {
            assert!(measure(candidate) < measure(&start));
            assert!(program(Choices::replay(candidate.clone()), "P").source.contains("public static void Run()"));
        }
    }
}
