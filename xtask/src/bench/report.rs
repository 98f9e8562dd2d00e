//! The table and the JSON file.

use super::{Figures, Row};
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::Duration;

/// The system that all others are compared with.
const BASE: &str = "CoreCLR";
/// The program that measures the start of a process; it is no part of the mean.
const START: &str = "hello";

/// One line per program and system, then the geometric means.
pub(super) fn table(rows: &[Row]) -> String {
    let mut text =
        format!("{:<15} {:<12} {:>10} {:>9} {:>10} {:>10} {:>10}\n", "program", "system", "time", "CoreCLR/x", "memory", "file", "publish");
    for row in rows {
        let _ = match &row.result {
            Ok(figures) => {
                let ratio = base(rows, &row.program).map(|base| format!("{:.2}", ratio(base, figures))).unwrap_or_default();
                let publish = figures.publish.map(seconds).unwrap_or_default();
                writeln!(
                    text,
                    "{:<15} {:<12} {:>10} {:>9} {:>10} {:>10} {:>10}",
                    row.program,
                    row.system,
                    seconds(figures.time),
                    ratio,
                    bytes(figures.memory),
                    bytes(figures.size),
                    publish
                )
            }
            Err(reason) => writeln!(text, "{:<15} {:<12} {reason}", row.program, row.system),
        };
    }
    text.push('\n');
    for (system, mean) in means(rows) {
        let _ = writeln!(
            text,
            "{system}: geometric mean of time(CoreCLR)/time({system}) over {} of {} programs: {:.3}, lowest {:.2} ({})",
            mean.programs, mean.all, mean.geometric, mean.lowest, mean.slowest
        );
    }
    text
}

/// The same as JSON, in seconds and bytes.
pub(super) fn json(rows: &[Row]) -> String {
    let list: Vec<Value> = rows
        .iter()
        .map(|row| match &row.result {
            Ok(f) => json!({
                "program": row.program, "system": row.system, "seconds": f.time.as_secs_f64(), "memory": f.memory,
                "size": f.size, "publishSeconds": f.publish.map(|time| time.as_secs_f64()),
            }),
            Err(reason) => json!({ "program": row.program, "system": row.system, "error": reason }),
        })
        .collect();
    let means: Vec<Value> = means(rows)
        .map(|(system, mean)| json!({ "system": system, "geometricMean": mean.geometric, "programs": mean.programs, "of": mean.all }))
        .collect();
    format!("{:#}\n", json!({ "rows": list, "means": means }))
}

struct Mean {
    geometric: f64,
    lowest: f64,
    slowest: String,
    programs: usize,
    all: usize,
}

fn means(rows: &[Row]) -> impl Iterator<Item = (&str, Mean)> {
    let mut systems: Vec<&str> = Vec::new();
    for row in rows.iter().filter(|row| row.program != START) {
        if row.system != BASE && !systems.contains(&row.system.as_str()) {
            systems.push(&row.system);
        }
    }
    systems.into_iter().map(move |system| {
        let own = || rows.iter().filter(move |row| row.system == system && row.program != START);
        let ratios: Vec<(f64, &str)> =
            own().filter_map(|row| Some((ratio(base(rows, &row.program)?, row.result.as_ref().ok()?), row.program.as_str()))).collect();
        let logs: f64 = ratios.iter().map(|(ratio, _)| ratio.ln()).sum();
        let geometric = if ratios.is_empty() { f64::NAN } else { (logs / ratios.len() as f64).exp() };
        let (lowest, slowest) = ratios.iter().copied().min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((f64::NAN, "none"));
        (system, Mean { geometric, lowest, slowest: slowest.to_owned(), programs: ratios.len(), all: own().count() })
    })
}

fn base<'a>(rows: &'a [Row], program: &str) -> Option<&'a Figures> {
    rows.iter().find(|row| row.program == program && row.system == BASE)?.result.as_ref().ok()
}

fn ratio(base: &Figures, other: &Figures) -> f64 {
    base.time.as_secs_f64() / other.time.as_secs_f64()
}

fn seconds(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 100.0 { format!("{ms:.2} ms") } else { format!("{ms:.0} ms") }
}

fn bytes(count: u64) -> String {
    let count = count as f64;
    if count < 1e6 { format!("{:.1} kB", count / 1e3) } else { format!("{:.2} MB", count / 1e6) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(program: &str, system: &str, ms: u64) -> Row {
        let figures = Figures { time: Duration::from_millis(ms), memory: 1, size: 1, publish: None };
        Row { program: program.to_owned(), system: system.to_owned(), result: if ms == 0 { Err("no".to_owned()) } else { Ok(figures) } }
    }

    #[test]
    fn the_mean_leaves_out_the_start_and_counts_failures() {
        let rows = [
            row("a", BASE, 400),
            row("a", "K", 100),
            row("b", BASE, 100),
            row("b", "K", 100),
            row("c", BASE, 100),
            row("c", "K", 0),
            row(START, BASE, 100),
            row(START, "K", 1),
        ];
        let (system, mean) = means(&rows).next().expect("one system");
        assert_eq!((system, mean.programs, mean.all, mean.slowest.as_str()), ("K", 2, 3, "b"));
        assert!((mean.geometric - 2.0).abs() < 1e-9);
    }
}
