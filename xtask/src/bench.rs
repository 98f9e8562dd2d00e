//! `cargo xtask bench`: the programs of `bench/programs` on Kiln, on CoreCLR and on any peer, measured side by side.
//!
//! Whole processes are measured, from start to exit, since that is what a user waits for. All systems take turns within each
//! round, so that a slow phase of the machine hits all of them; medians over the rounds are compared, as ratios to CoreCLR in
//! the same run. A system whose output differs from CoreCLR's gets no mark for that program.

mod compile;
mod measure;
mod report;
mod systems;

use measure::{Measurement, Meter};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use systems::System;

const HELP: &str = "\
Usage: cargo xtask bench [OPTIONS] [PROGRAM]...

Builds and runs bench/programs/*.cs (or only those whose name contains PROGRAM).

Options:
  --peer 'NAME=COMMAND {dll} {out}'  measure another compiler too; may be given several times
  --runs N                           rounds (default 5; `hello` gets ten times as many)
  --kiln PATH                        use this kiln instead of building one
  --no-kiln                          leave Kiln out, to try the bench itself
  --json FILE                        write the medians to FILE
  --compile                          measure builds from an empty cache instead of what they make: processor time by
                                     phase, functions, memory; PROGRAM may also be the path of an assembly (`.dll`)
  -h, --help                         print this text

Where an SDK is installed, this makes Native AOT a peer (see bench/README.md):
  cargo xtask bench --peer 'native-aot=bench/native-aot.sh {dll} {out}'
";

/// What the command line asks for.
struct Options {
    peers: Vec<String>,
    runs: usize,
    kiln: Option<PathBuf>,
    no_kiln: bool,
    json: Option<PathBuf>,
    compile: bool,
    filters: Vec<String>,
}

/// The medians of one system on one program.
pub(crate) struct Row {
    pub(crate) program: String,
    pub(crate) system: String,
    /// The reason, for a system that could not build or run the program.
    pub(crate) result: Result<Figures, String>,
}

/// What was measured.
pub(crate) struct Figures {
    /// Start to exit.
    pub(crate) time: Duration,
    /// Largest resident size, in bytes.
    pub(crate) memory: u64,
    /// Size of what has to be shipped besides a framework, in bytes.
    pub(crate) size: u64,
    /// IL to native file; nothing for CoreCLR.
    pub(crate) publish: Option<Duration>,
}

/// Runs the task.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let Some(options) = parse(args)? else {
        print!("{HELP}");
        return Ok(());
    };
    if options.compile {
        return builds(&options);
    }
    let programs = systems::programs(&options.filters)?;
    let mut all = vec![System::core_clr()?];
    if !options.no_kiln {
        all.push(System::kiln(options.kiln.clone())?);
    }
    for peer in &options.peers {
        all.push(System::peer(peer)?);
    }
    let meter = Meter::new()?;
    let mut rows = Vec::new();
    for (name, assembly) in &programs {
        eprintln!("bench: {name}");
        let rounds = if name == "hello" { options.runs * 10 } else { options.runs };
        rows.extend(program(&meter, &all, name, assembly, rounds));
    }
    if programs.iter().any(|(name, _)| name == "hello") {
        rows.extend(systems::c_hello(&meter, options.runs * 10));
    }
    print!("{}", report::table(&rows));
    if let Some(file) = options.json {
        fs::write(&file, report::json(&rows)).map_err(|e| format!("{}: {e}", file.display()))?;
    }
    Ok(())
}

/// `--compile`.
fn builds(options: &Options) -> Result<(), String> {
    let (paths, filters): (Vec<_>, Vec<_>) = options.filters.iter().cloned().partition(|filter| filter.ends_with(".dll"));
    let mut programs = if paths.is_empty() || !filters.is_empty() { systems::programs(&filters)? } else { Vec::new() };
    let name = |path: &PathBuf| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    programs.extend(paths.into_iter().map(PathBuf::from).map(|path| (name(&path), path)));
    let kiln = if options.no_kiln { None } else { Some(options.kiln.clone().map_or_else(|| crate::build::kiln("release"), Ok)?) };
    let (table, json) = compile::run(kiln.as_deref(), &options.peers, &programs, options.runs)?;
    print!("{table}");
    options.json.iter().try_for_each(|file| fs::write(file, &json).map_err(|e| format!("{}: {e}", file.display())))
}

fn parse(args: &[String]) -> Result<Option<Options>, String> {
    let mut options = Options { peers: Vec::new(), runs: 5, kiln: None, no_kiln: false, json: None, compile: false, filters: Vec::new() };
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let mut value = || rest.next().cloned().ok_or_else(|| format!("{arg} needs a value\n\n{HELP}"));
        match arg.as_str() {
            "--peer" => options.peers.push(value()?),
            "--runs" => options.runs = value()?.parse().ok().filter(|&n| n > 0).ok_or("--runs needs a positive number")?,
            "--kiln" => options.kiln = Some(value()?.into()),
            "--compile" => options.compile = true,
            "--no-kiln" => options.no_kiln = true,
            "--json" => options.json = Some(value()?.into()),
            "-h" | "--help" => return Ok(None),
            option if option.starts_with('-') => return Err(format!("unknown option `{option}`\n\n{HELP}")),
            filter => options.filters.push(filter.to_owned()),
        }
    }
    Ok(Some(options))
}

/// Builds one program with every system, then runs all of them in turn.
fn program(meter: &Meter, all: &[System], name: &str, assembly: &std::path::Path, rounds: usize) -> Vec<Row> {
    let mut built: Vec<_> = all.iter().map(|system| system.build(name, assembly)).collect();
    let mut samples: Vec<Vec<Measurement>> = all.iter().map(|_| Vec::new()).collect();
    let mut expected: Option<(i32, Vec<u8>)> = None;
    for _ in 0..rounds {
        for index in 0..all.len() {
            let Ok(program) = &built[index] else { continue };
            let sample = meter.measure(&program.command());
            let problem = match (&sample, &expected) {
                (Err(error), _) => Some(error.clone()),
                (Ok((_, code, stdout)), Some(right)) if (*code, stdout) != (right.0, &right.1) => {
                    Some(format!("wrong output (exit code {code})"))
                }
                _ => None,
            };
            match (problem, sample) {
                (None, Ok((measurement, code, stdout))) => {
                    // CoreCLR runs first in every round.
                    expected.get_or_insert((code, stdout));
                    samples[index].push(measurement);
                }
                (problem, _) => built[index] = Err(problem.unwrap_or_default()),
            }
        }
    }
    let rows = all.iter().zip(built).zip(samples);
    rows.map(|((system, built), samples)| Row {
        program: name.to_owned(),
        system: system.name.clone(),
        result: built.map(|program| Figures {
            time: measure::median(samples.iter().map(|sample| sample.time).collect()),
            memory: measure::median(samples.iter().map(|sample| sample.memory).collect()),
            size: program.size,
            publish: program.publish,
        }),
    })
    .collect()
}
