//! Compiling many programs as one assembly, running it on CoreCLR and on Kiln, and comparing program by program.
//!
//! One assembly holds a batch: Roslyn, CoreCLR and Kiln start once for all. Each program prints `#N`, its lines, and `=HASH`.

use crate::costs::Costs;
use kiln_filetest::Tools;
use kiln_toolchain::{Compiled, Output};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const PRELUDE: &str = include_str!("prelude.cs");
const BUILD_LIMIT: Duration = Duration::from_secs(900);
const RUN_LIMIT: Duration = Duration::from_secs(120);

/// How Kiln builds and runs a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Config {
    /// In reports.
    pub name: &'static str,
    option: &'static str,
    build: &'static str,
    stress: Option<&'static str>,
}

/// Everything that a program must behave the same in. A collection at every allocation takes a program of this size hours: at every 97th.
pub const CONFIGS: [Config; 3] = [
    Config { name: "O0", option: "-O0", build: "kiln -O0", stress: None },
    Config { name: "O2", option: "-O", build: "kiln -O", stress: None },
    Config { name: "O2+gc-stress", option: "-O", build: "kiln -O", stress: Some("97") },
];

/// One program that behaves differently.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// Its place in the batch.
    pub index: usize,
    /// The configuration.
    pub config: &'static str,
    /// What is different, for people.
    pub what: String,
}

/// What came of a batch.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Programs that C# refuses, with its message: bugs of the generator.
    pub invalid: Vec<(usize, String)>,
    /// Programs that behave differently; one entry a program, for its first configuration.
    pub differences: Vec<Difference>,
    /// Where the time went.
    pub costs: Costs,
}

/// Text of an assembly with all programs; each is the body of a class `P` in a namespace of its own.
#[must_use]
pub fn batch_source(programs: &[String]) -> String {
    let mut text = String::from(PRELUDE);
    for (n, program) in programs.iter().enumerate() {
        text.push_str(&format!("\nnamespace N{n}\n{{\n{program}}}\n"));
    }
    text.push_str("\nstatic class Programs\n{\n    static void Main(string[] args)\n    {\n        int only = args.Length > 0 ? int.Parse(args[0]) : -1;\n");
    for n in 0..programs.len() {
        text.push_str(&format!("        if (only < 0 || only == {n}) K.Run({n}, N{n}.P.Run);\n"));
    }
    text.push_str("    }\n}\n");
    text
}

/// Compiles alone. Programs that C# refuses are left out, and the rest is tried; the places of those that are left.
///
/// # Errors
///
/// A tool that cannot run.
pub fn compile(tools: &Tools, programs: &[String], folder: &Path, verdict: &mut Verdict) -> Result<(Compiled, Vec<usize>), String> {
    let mut kept: Vec<usize> = (0..programs.len()).collect();
    loop {
        let texts: Vec<String> = kept.iter().map(|&i| programs[i].clone()).collect();
        let compiled = verdict.costs.of("C#", || compile_all(tools, &texts, folder))?;
        if compiled.ok || kept.is_empty() {
            return Ok((compiled, kept));
        }
        let refused = refused(&batch_source(&texts), &compiled);
        if refused.is_empty() {
            return Err(format!("C# refuses the batch: {:?}", compiled.diagnostics.first()));
        }
        verdict.invalid.extend(refused.iter().map(|(n, message)| (kept[*n], message.clone())));
        kept = kept.iter().enumerate().filter(|(n, _)| !refused.contains_key(n)).map(|(_, &i)| i).collect();
    }
}

/// Compiles and compares.
///
/// # Errors
///
/// As [`compile`], and an output that cannot be read.
pub fn check(tools: &Tools, programs: &[String], folder: &Path, configs: &[Config]) -> Result<Verdict, String> {
    let mut verdict = Verdict::default();
    let (compiled, kept) = compile(tools, programs, folder, &mut verdict)?;
    let mut oracle = tools.platform.oracle.command(&compiled.assembly);
    let expected = verdict.costs.of("CoreCLR", || within(&mut oracle, RUN_LIMIT))?.ok_or("CoreCLR is still running")?;
    let expected = sections(&expected.stdout);
    let executable = folder.join("program");
    let mut built_with = "";
    for &config in configs {
        // The same program runs with collections.
        if built_with != config.option {
            let mut build = tools.kiln();
            build.arg("build").arg(&compiled.assembly).arg("-o").arg(&executable).args([config.option, "--quiet"]);
            let built = verdict.costs.of(config.build, || within(&mut build, BUILD_LIMIT))?;
            let refused = match &built {
                None => Some(format!("kiln is still running: {build:?}")),
                Some(output) if output.code != 0 => {
                    Some(format!("kiln ends with {}: {}", output.code, String::from_utf8_lossy(&output.stderr)))
                }
                Some(_) => None,
            };
            if let Some(what) = refused {
                if let [only] = kept.as_slice() {
                    verdict.differences.push(Difference { index: *only, config: config.name, what });
                    return Ok(verdict);
                }
                return halves(tools, programs, &kept, folder, configs, verdict);
            }
            built_with = config.option;
        }
        let mut costs = std::mem::take(&mut verdict.costs);
        costs.of("run", || compare_all(&kept, &expected, &executable, config, &mut verdict))?;
        verdict.costs = costs;
    }
    Ok(verdict)
}

fn within(command: &mut Command, limit: Duration) -> Result<Option<Output>, String> {
    Output::within(command, b"", limit).map_err(|e| e.to_string())
}

/// A batch that does not build says nothing of its programs: each half is a batch.
fn halves(
    tools: &Tools,
    programs: &[String],
    kept: &[usize],
    folder: &Path,
    configs: &[Config],
    mut verdict: Verdict,
) -> Result<Verdict, String> {
    verdict.differences.clear();
    for half in [&kept[..kept.len() / 2], &kept[kept.len() / 2..]] {
        let texts: Vec<String> = half.iter().map(|&i| programs[i].clone()).collect();
        let found = check(tools, &texts, folder, configs)?;
        verdict.costs.add(&found.costs);
        verdict.differences.extend(found.differences.into_iter().map(|d| Difference { index: half[d.index], ..d }));
    }
    Ok(verdict)
}

/// Runs all programs; where the process ends early, the ones behind are run one by one.
fn compare_all(
    kept: &[usize],
    expected: &BTreeMap<usize, String>,
    executable: &Path,
    config: Config,
    verdict: &mut Verdict,
) -> Result<(), String> {
    let command = |only: Option<usize>| {
        let mut command = Command::new(executable);
        command.args(only.map(|n| n.to_string()));
        if let Some(every) = config.stress {
            command.env("KILN_GC_STRESS", every);
        }
        command
    };
    let all = within(&mut command(None), RUN_LIMIT)?;
    let actual = all.as_ref().map(|output| sections(&output.stdout)).unwrap_or_default();
    for (place, &index) in kept.iter().enumerate() {
        if verdict.differences.iter().any(|d| d.index == index) {
            continue;
        }
        let wanted = expected.get(&place).cloned().unwrap_or_default();
        if actual.get(&place) == Some(&wanted) {
            continue;
        }
        // Alone, so that no other program has a part in it.
        let alone = within(&mut command(Some(place)), RUN_LIMIT)?;
        let what = match alone {
            None => "still running".to_owned(),
            Some(output) => {
                let got = sections(&output.stdout).remove(&place).unwrap_or_default();
                if got == wanted && output.code == 0 {
                    continue;
                }
                difference(&wanted, &got, &output)
            }
        };
        verdict.differences.push(Difference { index, config: config.name, what });
    }
    Ok(())
}

/// The first line that differs.
fn difference(wanted: &str, got: &str, output: &Output) -> String {
    let mut lines = wanted.lines().zip(got.lines().chain(std::iter::repeat("(nothing)")));
    let first = lines.find(|(a, b)| a != b).map_or((String::new(), String::new()), |(a, b)| (a.to_owned(), b.to_owned()));
    let stderr = String::from_utf8_lossy(&output.stderr);
    let stderr: Vec<&str> = stderr.lines().take(6).collect();
    format!("CoreCLR `{}`, Kiln `{}`, exit code {}\n{}", first.0, first.1, output.code, stderr.join("\n"))
}

fn compile_all(tools: &Tools, programs: &[String], folder: &Path) -> Result<Compiled, String> {
    fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let source: PathBuf = folder.join("programs.cs");
    fs::write(&source, batch_source(programs)).map_err(|e| format!("{}: {e}", source.display()))?;
    tools.compile(&[("programs", &source, Vec::new())])?.pop().ok_or_else(|| "Roslyn says nothing".to_owned())
}

/// Which programs have errors: the last namespace that opens above the line.
fn refused(source: &str, compiled: &Compiled) -> BTreeMap<usize, String> {
    let starts: Vec<(usize, usize)> = source
        .lines()
        .enumerate()
        .filter_map(|(line, text)| text.strip_prefix("namespace N").and_then(|n| n.parse().ok()).map(|n| (line + 1, n)))
        .collect();
    let lines: Vec<&str> = source.lines().collect();
    let mut found = BTreeMap::new();
    for diagnostic in compiled.diagnostics.iter().filter(|d| d.severity == kiln_toolchain::CsSeverity::Error) {
        let line = diagnostic.line as usize;
        if let Some((_, n)) = starts.iter().rev().find(|(start, _)| *start <= line) {
            let text = lines.get(line.saturating_sub(1)).unwrap_or(&"").trim();
            found.entry(*n).or_insert_with(|| format!("{diagnostic}: {text}"));
        }
    }
    found
}

/// The lines of each program, by its number.
fn sections(stdout: &[u8]) -> BTreeMap<usize, String> {
    let text = String::from_utf8_lossy(stdout);
    let mut found: BTreeMap<usize, String> = BTreeMap::new();
    let mut current = None;
    for line in text.lines() {
        if let Some(n) = line.strip_prefix('#').and_then(|n| n.parse().ok()) {
            current = Some(n);
            found.insert(n, String::new());
        } else if let Some(section) = current.and_then(|n| found.get_mut(&n)) {
            section.push_str(line);
            section.push('\n');
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_split_at_the_programs() {
        let found = sections(b"#0\na\n=1\n#2\n=2\n");
        assert_eq!(found.get(&0).map(String::as_str), Some("a\n=1\n"));
        assert_eq!(found.get(&2).map(String::as_str), Some("=2\n"));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn the_first_line_that_differs_is_shown() {
        let output = Output { code: 139, stdout: Vec::new(), stderr: b"crash".to_vec() };
        assert_eq!(difference("a\nb\n", "a\n", &output), "CoreCLR `b`, Kiln `(nothing)`, exit code 139\ncrash");
    }
}
