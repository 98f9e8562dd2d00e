//! `cargo xtask bench --compile`: what a build from an empty cache costs, by phase, beside other compilers.
//!
//! Processor time is compared, not the time on a clock: it hardly depends on what else the machine does. Programs are those of
//! `bench/programs` and any assemblies that are named; Kiln runs at `-O0` and `-O` without its cache, peers as they are given.

use super::measure::{Measurement, Meter, median};
use crate::build::target_folder;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A compiler with its options: `{dll}` and `{out}` are replaced in each word.
struct Compiler {
    name: String,
    words: Vec<String>,
    /// It answers `--json --time`.
    kiln: bool,
}

/// What one compiler did with one program.
struct Build {
    program: String,
    compiler: String,
    samples: Vec<Measurement>,
    /// Phases of Kiln with their processor time in milliseconds, of the last run.
    phases: Vec<(String, f64)>,
    functions: u64,
}

fn compilers(kiln: Option<&Path>, peers: &[String]) -> Result<Vec<Compiler>, String> {
    let mut all = Vec::new();
    if let Some(kiln) = kiln {
        for level in ["-O0", "-O"] {
            let words = [&kiln.display().to_string(), "build", "{dll}", "-o", "{out}", level, "--no-cache", "--time", "--json"];
            all.push(Compiler { name: format!("Kiln {level}"), words: words.map(str::to_owned).into(), kiln: true });
        }
    }
    for peer in peers {
        let (name, command) = peer.split_once('=').ok_or_else(|| format!("--peer wants 'NAME=COMMAND {{dll}} {{out}}', not '{peer}'"))?;
        let words = command.split_whitespace().map(str::to_owned).collect();
        all.push(Compiler { name: name.to_owned(), words, kiln: command.contains("--json") });
    }
    Ok(all)
}

/// Runs the task; answers with the table, and the figures as JSON.
pub(super) fn run(
    kiln: Option<&Path>,
    peers: &[String],
    programs: &[(String, PathBuf)],
    rounds: usize,
) -> Result<(String, String), String> {
    let meter = Meter::new()?;
    let compilers = compilers(kiln, peers)?;
    let folder = target_folder()?.join("bench").join("compile");
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut builds = Vec::new();
    for (program, assembly) in programs {
        eprintln!("bench: {program}");
        let new = |c: &Compiler| Build {
            program: program.clone(),
            compiler: c.name.clone(),
            samples: Vec::new(),
            phases: Vec::new(),
            functions: 0,
        };
        let mut these: Vec<Build> = compilers.iter().map(new).collect();
        for _ in 0..rounds {
            for (compiler, build) in compilers.iter().zip(&mut these) {
                once(&meter, compiler, build, assembly, &folder)?;
            }
        }
        builds.extend(these);
    }
    Ok((table(&builds), json(&builds)))
}

fn once(meter: &Meter, compiler: &Compiler, build: &mut Build, assembly: &Path, folder: &Path) -> Result<(), String> {
    let out = folder.join(&build.program);
    let _ = fs::remove_file(&out);
    let word = |w: &String| w.replace("{dll}", &assembly.display().to_string()).replace("{out}", &out.display().to_string());
    let words: Vec<String> = compiler.words.iter().map(word).collect();
    let [program, arguments @ ..] = words.as_slice() else { return Err("an empty command".to_owned()) };
    let mut command = Command::new(program);
    command.args(arguments);
    let (measurement, code, _, errors) = meter.with_errors(&command)?;
    let text = String::from_utf8_lossy(&errors);
    if code != 0 {
        return Err(format!("{} does not build {} (exit code {code}): {text}", build.compiler, build.program));
    }
    build.samples.push(measurement);
    if compiler.kiln {
        (build.phases, build.functions) = report(&text);
    }
    Ok(())
}

/// Kiln's report: processor time by phase, and the number of functions compiled.
fn report(text: &str) -> (Vec<(String, f64)>, u64) {
    let mut phases = Vec::new();
    let mut functions = 0;
    for line in text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        if let (Some(name), Some(ms)) = (line["processor"].as_str(), line["ms"].as_f64()) {
            phases.push((name.to_owned(), ms));
        }
        functions += line["compiled"].as_u64().unwrap_or_default();
    }
    (phases, functions)
}

impl Build {
    fn seconds(&self) -> f64 {
        median(self.samples.iter().map(|s| s.processor).collect()).as_secs_f64()
    }

    fn memory(&self) -> u64 {
        median(self.samples.iter().map(|s| s.memory).collect())
    }
}

fn table(builds: &[Build]) -> String {
    let mut text = format!(
        "{:<15} {:<14} {:>11} {:>9} {:>10} {:>10} {:>12} {:>10}\n",
        "program", "compiler", "processor", "clock", "memory", "functions", "ms/function", "functions/s"
    );
    for b in builds {
        let clock = median(b.samples.iter().map(|s| s.time).collect()).as_secs_f64();
        let count = b.functions as f64;
        let (each, rate) = if b.functions == 0 {
            Default::default()
        } else {
            (format!("{:.3}", b.seconds() * 1e3 / count), format!("{:.0}", count / b.seconds()))
        };
        let functions = if b.functions == 0 { String::new() } else { b.functions.to_string() };
        let memory = format!("{:.0} MB", b.memory() as f64 / 1e6);
        let _ = writeln!(
            text,
            "{:<15} {:<14} {:>9.2} s {:>7.2} s {memory:>10} {functions:>10} {each:>12} {rate:>10}",
            b.program,
            b.compiler,
            b.seconds(),
            clock
        );
        let phases: Vec<String> = b.phases.iter().filter(|p| p.1 >= 10.0).map(|(name, ms)| format!("{name} {ms:.0}")).collect();
        if !phases.is_empty() {
            let _ = writeln!(text, "{:<15} ms: {}", "", phases.join(", "));
        }
    }
    text
}

fn json(builds: &[Build]) -> String {
    let rows: Vec<Value> = builds
        .iter()
        .map(|b| {
            let phases: serde_json::Map<String, Value> = b.phases.iter().map(|(name, ms)| (name.clone(), json!(ms))).collect();
            json!({
                "program": b.program, "compiler": b.compiler, "processorSeconds": b.seconds(), "memory": b.memory(),
                "functions": b.functions, "processorMs": phases,
            })
        })
        .collect();
    format!("{:#}\n", json!({ "builds": rows }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kilns_report_gives_phases_and_functions() {
        let text = "{\"phase\":\"types\",\"ms\":2.0}\n{\"processor\":\"types\",\"ms\":1.5}\nnoise\n{\"compiled\":7,\"cached\":2}\n";
        assert_eq!(report(text), (vec![("types".to_owned(), 1.5)], 7));
    }

    #[test]
    fn a_peer_is_a_name_and_a_command() {
        let peers = ["before=/k build {dll} -o {out} --time --json".to_owned(), "aot=x {dll} {out}".to_owned()];
        let all = compilers(None, &peers).expect("well formed");
        assert_eq!(all.iter().map(|c| (c.name.as_str(), c.kiln)).collect::<Vec<_>>(), [("before", true), ("aot", false)]);
        assert!(compilers(None, &["x".to_owned()]).is_err());
    }
}
