//! Rendering: diagnostics for people and as JSON, progress on a terminal.

use crate::args::Common;
use kiln_diag::{Diagnostic, Severity};
use kiln_driver::{Outcome, Progress};
use kiln_toolchain::{Framework, FrameworkSource};
use std::cell::Cell;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Prints a line on standard error.
pub(crate) fn line(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Prints text on standard output; a closed pipe is not an error.
pub(crate) fn out(text: &str) -> std::io::Result<()> {
    let mut stdout = std::io::stdout();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// `.NET 10.0.12 (installed) in DIR`.
fn class_library(framework: &Framework, json: bool) -> String {
    if json {
        return serde_json::json!({ "framework": framework.version, "directory": framework.dir.display().to_string() }).to_string();
    }
    let source = match framework.source {
        FrameworkSource::Explicit => "--framework",
        FrameworkSource::Environment => "KILN_FRAMEWORK",
        FrameworkSource::Installed => "installed",
        FrameworkSource::Cache => "cache",
    };
    format!(".NET {} ({source}) in {}", framework.version, framework.dir.display())
}

/// Prints the time of a phase.
fn time(name: &str, duration: Duration, json: bool) {
    let ms = duration.as_secs_f64() * 1e3;
    line(&if json { serde_json::json!({ "phase": name, "ms": ms }).to_string() } else { format!("{ms:>9.1} ms  {name}") });
}

/// Processor time of a phase, or of a step of code generation, as JSON.
pub(crate) fn processor_time(name: &str, time: Duration) {
    line(&serde_json::json!({ "processor": name, "ms": time.as_secs_f64() * 1e3 }).to_string());
}

/// What a build did, as JSON.
pub(crate) fn totals(outcome: &Outcome) -> String {
    let c = outcome.compile;
    serde_json::json!({
        "unchanged": outcome.unchanged, "cached": c.hits, "compiled": c.compiled, "size": outcome.size,
        "directCalls": outcome.optimized.direct_calls,
    })
    .to_string()
}

/// Prints diagnostics.
pub(crate) fn diagnostics(list: &[Diagnostic], json: bool) {
    for d in list {
        if json { line(&as_json(d)) } else { line(&as_text(d)) }
    }
}

fn as_json(d: &Diagnostic) -> String {
    let (line, column) = d.location.line.map_or((None, None), |(l, c)| (Some(l), Some(c)));
    serde_json::json!({
        "code": d.code, "severity": severity(d.severity), "message": d.message, "file": d.location.file, "line": line, "column": column,
        "method": d.location.method, "ilOffset": d.location.il_offset, "notes": d.notes, "help": d.help,
        "count": d.again.len() + 1, "again": d.again.iter().flatten().map(|(l, c)| serde_json::json!({ "line": l, "column": c })).collect::<Vec<_>>(),
    })
    .to_string()
}

fn severity(s: Severity) -> &'static str {
    match s {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// Whether someone looks at standard error, on a terminal that can move its cursor.
fn watched() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// The conventions of no-color.org and of CLICOLOR_FORCE; a variable that is set to nothing is not set.
fn colours() -> bool {
    let value = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    value("NO_COLOR").is_none() && (value("CLICOLOR_FORCE").is_some_and(|v| v != "0") || watched())
}

fn as_text(d: &Diagnostic) -> String {
    let colour = colours();
    let paint = |code: &str, text: &str| if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() };
    let head = match d.severity {
        Severity::Error => "1;31",
        Severity::Warning => "1;33",
        Severity::Note => "1;36",
    };
    if d.code.starts_with("IL") {
        return canonical(d, &paint(head, &format!("{} {}", severity(d.severity), d.code)));
    }
    let mut text = format!("{}: {}", paint(head, &format!("{}[{}]", severity(d.severity), d.code)), d.message);
    let l = &d.location;
    let mut place = l.file.clone().unwrap_or_default();
    if let Some((line, column)) = l.line {
        place.push_str(&format!(":{line}:{column}"));
    }
    if let Some(m) = &l.method {
        let il = l.il_offset.map(|o| format!(", IL_{o:04x}")).unwrap_or_default();
        place.push_str(&if place.is_empty() { format!("{m}{il}") } else { format!(" ({m}{il})") });
    }
    if !place.is_empty() {
        text.push_str(&format!("\n  --> {place}"));
    }
    for note in &d.notes {
        text.push_str(&format!("\n  = note: {note}"));
    }
    if let Some(help) = &d.help {
        text.push_str(&format!("\n  = help: {help}"));
    }
    text
}

/// A warning of .NET's codes without what is beside it.
pub(crate) fn one_line(d: &Diagnostic) -> String {
    let text = canonical(d, &format!("{} {}", severity(d.severity), d.code));
    text.lines().next().unwrap_or_default().to_owned()
}

/// The form that MSBuild and everything around it reads, `FILE(LINE,COLUMN): warning CODE: MEMBER: TEXT`, for the warnings that .NET's own
/// tools give in it. Without symbols the program stands in the file's place.
fn canonical(d: &Diagnostic, head: &str) -> String {
    let l = &d.location;
    let mut text = l.file.clone().unwrap_or_else(|| "kiln".to_owned());
    if let (Some(_), Some((line, column))) = (&l.file, l.line) {
        text.push_str(&format!("({line},{column})"));
    }
    text.push_str(&format!(": {head}: "));
    if let Some(member) = &l.method {
        text.push_str(&format!("{member}: "));
    }
    text.push_str(&d.message);
    for line in again(d).iter().chain(&d.notes).chain(&d.help) {
        text.push_str(&format!("\n    {line}"));
    }
    text
}

/// How often the same is wrong in the member, and where it is again.
fn again(d: &Diagnostic) -> Option<String> {
    if d.again.is_empty() {
        return None;
    }
    let mut lines: Vec<u32> = d.again.iter().flatten().map(|l| l.0).collect();
    lines.dedup();
    let lines: Vec<String> = lines.iter().map(u32::to_string).collect();
    let lines = match lines.as_slice() {
        [] => String::new(),
        [one] => format!(", again in line {one}"),
        [most @ .., last] => format!(", again in lines {} and {last}", most.join(", ")),
    };
    Some(format!("{} times in this member{lines}", d.again.len() + 1))
}

/// What is said while a command runs: one updating line on a terminal, and with `--time` a line for every phase as it ends.
pub(crate) struct TerminalProgress {
    enabled: bool,
    /// Times are printed; as JSON or not.
    times: Option<bool>,
    phase: Cell<&'static str>,
    last: Cell<Option<Instant>>,
    drawn: Cell<bool>,
}

impl TerminalProgress {
    /// Progress for a person, unless told to be quiet or nobody looks; times where they are asked for.
    pub(crate) fn new(common: &Common) -> Self {
        Self {
            enabled: !common.quiet && !common.json && watched(),
            times: common.time.then_some(common.json),
            phase: Cell::new(""),
            last: Cell::new(None),
            drawn: Cell::new(false),
        }
    }

    /// Removes the line.
    pub(crate) fn clear(&self) {
        if self.drawn.replace(false) {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }

    fn draw(&self, done: usize, total: usize, at: Option<&str>) {
        let now = Instant::now();
        // Twenty updates a second are enough for an eye.
        if self.last.get().is_some_and(|t| now.duration_since(t) < Duration::from_millis(50)) && done != 0 {
            return;
        }
        self.last.set(Some(now));
        self.drawn.set(true);
        let _ = write!(std::io::stderr(), "\r\x1b[K{}", progress_text(self.phase.get(), done, total, at));
    }
}

/// What the line says: the phase, how many functions are done of those known, and the assembly at work.
fn progress_text(phase: &str, done: usize, total: usize, at: Option<&str>) -> String {
    let count = match (done, total) {
        (0, _) => return phase.to_owned(),
        (d, 0) => format!("{phase}: {d}"),
        (d, t) => format!("{phase}: {d} of {t} functions"),
    };
    match at {
        Some(at) if !at.is_empty() => format!("{count}, {at}"),
        _ => count,
    }
}

impl Progress for TerminalProgress {
    fn framework(&self, framework: &Framework) {
        let json = self.times.unwrap_or_default();
        if self.times.is_some() || self.enabled {
            self.clear();
            line(&class_library(framework, json));
        }
    }

    fn phase(&self, name: &'static str) {
        if self.enabled {
            self.phase.set(name);
            self.draw(0, 0, None);
        }
    }

    fn step(&self, done: usize, total: usize, at: Option<&str>) {
        if self.enabled {
            self.draw(done, total, at);
        }
    }

    fn ended(&self, name: &'static str, duration: Duration) {
        if let Some(json) = self.times {
            self.clear();
            time(name, duration, json);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{again, progress_text};
    use kiln_diag::{Diagnostic, codes};

    #[test]
    fn equal_warnings_are_one_that_says_where_they_are_again() {
        let mut d = Diagnostic::warning(codes::REQUIRES_DYNAMIC_CODE, "text");
        assert_eq!(again(&d), None);
        d.again = vec![Some((4, 1)), Some((4, 9))];
        assert_eq!(again(&d).as_deref(), Some("3 times in this member, again in line 4"));
        d.again.extend([Some((7, 1)), Some((9, 1))]);
        assert_eq!(again(&d).as_deref(), Some("5 times in this member, again in lines 4, 7 and 9"));
        d.again = vec![None];
        assert_eq!(again(&d).as_deref(), Some("2 times in this member"));
    }

    #[test]
    fn progress_says_how_many_functions_are_done_and_whose() {
        assert_eq!(progress_text("analysis", 0, 0, None), "analysis");
        assert_eq!(progress_text("analysis", 256, 900, Some("System.Linq")), "analysis: 256 of 900 functions, System.Linq");
        assert_eq!(progress_text("code generation", 7, 9, None), "code generation: 7 of 9 functions");
        assert_eq!(progress_text("analysis", 256, 900, Some("")), "analysis: 256 of 900 functions");
    }
}
