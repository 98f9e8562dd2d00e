//! Text tests of diagnostics (`tests/errors`): a program over the real class library is loaded and analysed, and exactly the coded messages
//! that the file names are reported, those about an instruction on its line (`//~ KILN0202`).

#![forbid(unsafe_code)]

use kiln_driver::analysis::analysed;
use kiln_driver::pipeline::load;
use kiln_driver::{BuildError, BuildOptions, Emit, NoProgress, OptLevel, Timing};
use kiln_iltext::MethodLines;
use kiln_testkit::{Case, Outcome, corelib, run};
use kiln_toolchain::requirements::framework_or_skip;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The line that a message is about, none where it is about the whole; and its code.
type Report = (Option<u32>, String);

fn main() -> ExitCode {
    let Some(framework) = framework_or_skip() else { return ExitCode::SUCCESS };
    run("errors", &["il"], move |case| {
        let assembled = corelib::assemble_test_with_lines(&case.name, &case.text)?;
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.dll", case.name));
        fs::write(&file, &assembled.bytes).map_err(|e| e.to_string())?;
        let options = options(file, framework.dir.clone());
        // The analysis recurses.
        let worker = std::thread::Builder::new().stack_size(256 << 20).spawn(move || reports(&options, &assembled.methods));
        let found = worker.map_err(|e| e.to_string())?.join().map_err(|_| "the compiler panicked")??;
        compare(&expected(case), &found)
    })
}

fn options(file: PathBuf, framework: PathBuf) -> BuildOptions {
    BuildOptions {
        called: "kiln build".to_owned(),
        output: file.with_extension("out"),
        inputs: vec![file],
        target: kiln_target::Target::host(),
        opt: OptLevel::O0,
        instruction_sets: Default::default(),
        opt_fuel: None,
        debug_info: false,
        keep_symbols: false,
        framework: Some(framework),
        references: Vec::new(),
        roots: Vec::new(),
        descriptors: Vec::new(),
        substitutions: Vec::new(),
        link_attributes: Vec::new(),
        warnings: Default::default(),
        resources: Vec::new(),
        emit: Emit::Lir,
        filter: None,
        threads: 1,
        cache: None,
        features: Vec::new(),
        runtime_archive: PathBuf::new(),
    }
}

/// Everything that loading and analysing report.
fn reports(options: &BuildOptions, methods: &[MethodLines]) -> Result<BTreeSet<Report>, String> {
    let mut timing = Timing::default();
    let done = load(options, &mut timing, &NoProgress).and_then(|(app, loaded)| {
        let early: Vec<String> = loaded.warnings.iter().map(|d| d.code.clone()).collect();
        let analysed = analysed(options, &app, loaded, kiln_analysis::Log::First, &mut timing, &NoProgress)?;
        Ok((early, analysed.program.warnings))
    });
    match done {
        Ok((early, warnings)) => {
            let about = |w: &kiln_analysis::Warning| (line_of(methods, &w.place, w.offset), w.code.as_str().to_owned());
            Ok(early.into_iter().map(|code| (None, code)).chain(warnings.iter().map(about)).collect())
        }
        Err(BuildError::User(list)) => Ok(list.into_iter().map(|d| (None, d.code)).collect()),
        Err(BuildError::Environment(d)) => Err(d.message),
        Err(BuildError::Internal(bug)) => Err(bug.diagnostic.message),
    }
}

/// The line of an instruction; that of a method's first where a message is about the method.
fn line_of(methods: &[MethodLines], place: &str, offset: Option<u32>) -> Option<u32> {
    let name = place.split('(').next().unwrap_or(place);
    let method = methods.iter().find(|m| m.name == name)?;
    let at = offset.unwrap_or(0);
    method.lines.iter().rev().find(|(o, _)| *o <= at).map(|(_, line)| *line)
}

fn expected(case: &Case) -> BTreeSet<Report> {
    let lines = case.text.lines().enumerate().flat_map(|(n, line)| {
        let codes = line.split("//~").nth(1).unwrap_or_default();
        codes.split_whitespace().map(move |code| (Some(n as u32 + 1), code.to_owned()))
    });
    lines.chain(case.header.error.0.iter().map(|code| (None, code.clone()))).collect()
}

fn compare(expected: &BTreeSet<Report>, found: &BTreeSet<Report>) -> Result<Outcome, String> {
    let show = |(line, code): &Report| line.map_or(code.clone(), |line| format!("{code} in line {line}"));
    let missing: Vec<String> = expected.difference(found).map(|r| format!("missing: {}", show(r))).collect();
    let more: Vec<String> = found.difference(expected).map(|r| format!("not expected: {}", show(r))).collect();
    if missing.is_empty() && more.is_empty() { Ok(Outcome::Checked(expected.len())) } else { Err([missing, more].concat().join("\n")) }
}
