//! `cargo xtask fuzz`: runs a fuzz target of `fuzz/` over real assemblies of the framework, or over LIR texts, on stable Rust.

use crate::build::{target_folder, workspace};
use kiln_metadata::{Module, Table};
use kiln_toolchain::find_framework;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const HELP: &str = "\
Usage: cargo xtask fuzz TARGET|all [--seconds N] [--seed N]
       cargo xtask fuzz programs [--count N] [--seed N] [--batch N] [--no-reduce]

Mutates assemblies of the framework and feeds them to a target: metadata, signature, il_decode, mir. Target program mutates
the assemblies of the stages' tests (tests/mir, lir, graph and others), target lir the texts of crates/lir/tests/texts.
An input that panics, or takes seconds or much memory, is written to fuzz/artifacts, and the task fails.

`programs` makes random C# programs and compares what they print on CoreCLR and on Kiln at -O0, -O, and with many
collections; one that differs is reduced and written to fuzz/artifacts/programs, and the task fails. It uses the release
build of the compiler (KILN_TEST_PROFILE, KILN_TEST_BINARY: another one).

Options:
  --count N     how many programs (default 200)
  --seconds N   how long each other target runs (default 60)
  --seed N      another sequence of inputs (default 1)
";

const TARGETS: [&str; 6] = ["metadata", "signature", "il_decode", "mir", "program", "lir"];
/// The seeds of target `lir`.
const TEXTS: &str = "crates/lir/tests/texts";
/// The seeds of target `program`: IL texts, below `tests`.
const STAGES: [&str; 12] = ["mir", "lir", "graph", "layout", "loads", "access", "vtable", "dispatch", "canon", "casts", "stubs", "inline"];
/// The seeds: assemblies up to this size, so that many inputs fit into a short run.
const LARGEST: u64 = 200_000;
/// How many of them that have code: this many methods.
const SEEDS: usize = 24;
const METHODS: u32 = 20;
/// How many of the others.
const FACADES: usize = 6;

/// Runs the task.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    if let Some(("programs", rest)) = args.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return programs(rest);
    }
    let (mut target, mut seconds, mut seed) = (None, "60".to_owned(), "1".to_owned());
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "--seconds" => seconds = rest.next().ok_or("--seconds needs a number")?.clone(),
            "--seed" => seed = rest.next().ok_or("--seed needs a number")?.clone(),
            "-h" | "--help" => {
                print!("{HELP}");
                return Ok(());
            }
            name if name == "all" || TARGETS.contains(&name) => target = Some(name),
            other => return Err(format!("there is no target `{other}`\n\n{HELP}")),
        }
    }
    let target = target.ok_or_else(|| format!("which target?\n\n{HELP}"))?;
    let framework = find_framework(None).map_err(|e| e.to_string())?;
    let folder = workspace().join("fuzz");
    let corpus = target_folder()?.join("fuzz-seeds");
    seeds(&framework.assemblies().map_err(|e| e.to_string())?, &corpus)?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    for name in TARGETS.into_iter().filter(|name| target == "all" || target == *name) {
        println!("fuzz: {name}, {seconds} s");
        let folders: Vec<PathBuf> = match name {
            "lir" => vec![workspace().join(TEXTS)],
            "program" => STAGES.iter().map(|stage| workspace().join("tests").join(stage)).collect(),
            _ => vec![corpus.clone()],
        };
        let status = Command::new(&cargo)
            .args(["run", "--quiet", "--bin", "fuzz", "--target-dir"])
            .arg(target_folder()?.join("fuzz"))
            .args(["--", name, "--seconds", &seconds, "--seed", &seed])
            .args(folders.iter().flat_map(|folder| [Path::new("--corpus"), folder]))
            .env("KILN_FUZZ_CORELIB", framework.dir.join("System.Private.CoreLib.dll"))
            .current_dir(&folder)
            .status()
            .map_err(|e| format!("cargo: {e}"))?;
        if !status.success() {
            return Err(format!("fuzz target {name} failed; the input is in {}", folder.join("artifacts").display()));
        }
    }
    Ok(())
}

/// The differential fuzzer is a program of its own: it needs the test harness, which this program must build without.
fn programs(args: &[String]) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let folder = workspace().join("fuzz/artifacts/programs");
    let status = Command::new(&cargo)
        .args(["run", "--quiet", "--package", "kiln-progfuzz", "--", "--folder"])
        .arg(&folder)
        .args(args)
        .current_dir(workspace())
        .status()
        .map_err(|e| format!("cargo: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("some programs differ; they are in {}", folder.display())) }
}

/// Fills the corpus with an even spread of the assemblies that are small enough: mostly ones with code, some of type forwards alone.
fn seeds(assemblies: &[PathBuf], corpus: &Path) -> Result<(), String> {
    // What another version of the framework or of this task left behind would change the inputs of a seed number.
    let _ = fs::remove_dir_all(corpus);
    fs::create_dir_all(corpus).map_err(|e| format!("{}: {e}", corpus.display()))?;
    let small = assemblies.iter().filter(|path| fs::metadata(path).is_ok_and(|m| m.len() <= LARGEST));
    let (code, facades): (Vec<_>, Vec<_>) = small.partition(|path| {
        let module = fs::read(path).ok().and_then(|bytes| Module::parse(bytes).ok());
        module.is_some_and(|m| m.row_count(Table::MethodDef) >= METHODS)
    });
    for (list, count) in [(code, SEEDS), (facades, FACADES)] {
        for path in list.iter().step_by(list.len().div_ceil(count).max(1)) {
            let to = corpus.join(path.file_name().unwrap_or_default());
            fs::copy(path, &to).map_err(|e| format!("{}: {e}", to.display()))?;
        }
    }
    Ok(())
}
