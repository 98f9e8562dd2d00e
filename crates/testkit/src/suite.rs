//! Finds the test files of a stage, runs them, compares.

use crate::checks::{checks, verify};
use crate::corelib;
use crate::header::Header;
use kiln_typesys::TypeSystem;
use libtest_mimic::{Arguments, Failed, Trial};
use similar::TextDiff;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::{env, fs};

/// One test file.
#[derive(Clone, Debug)]
pub struct Case {
    /// The file's name without extension.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// What it says about itself.
    pub header: Header,
    /// All of its text.
    pub text: String,
}

/// What rendering gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// A text to compare with what the file expects.
    Text(String),
    /// So many expectations of the header were checked while rendering; there is no text.
    Checked(usize),
}

/// `tests/NAME` of the repository.
#[must_use]
pub fn folder(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests")).join(name)
}

/// The main function of a `tests/text.rs`: all files of `tests/STAGE` with one of these extensions.
#[must_use]
pub fn run(
    stage: &'static str,
    extensions: &[&str],
    render: impl Fn(&Case) -> Result<Outcome, String> + Send + Sync + 'static,
) -> ExitCode {
    run_with(&[(stage, extensions)], Vec::new(), render)
}

/// The same for several stages, and tests that are no files.
#[must_use]
pub fn run_with(
    stages: &[(&'static str, &[&str])],
    more: Vec<Trial>,
    render: impl Fn(&Case) -> Result<Outcome, String> + Send + Sync + 'static,
) -> ExitCode {
    let arguments = Arguments::from_args();
    let render = Arc::new(render);
    let mut trials = Vec::new();
    for (stage, extensions) in stages {
        let files = files(stage, extensions);
        if files.is_empty() {
            trials.push(Trial::test(*stage, || Err(Failed::from("the folder has no test files"))));
        }
        for path in files {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let (stage, render) = (*stage, Arc::clone(&render));
            trials.push(Trial::test(format!("{stage}/{name}"), move || check(stage, path, &*render).map_err(Failed::from)));
        }
    }
    trials.extend(more);
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn files(stage: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let entries = folder(stage).read_dir().into_iter().flatten().flatten();
    let wanted = |path: &PathBuf| path.extension().is_some_and(|e| extensions.iter().any(|x| e == *x));
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(wanted).collect();
    found.sort();
    found
}

impl Case {
    /// A type system over the test's assembly and the tests' class library.
    ///
    /// # Errors
    ///
    /// A text that does not assemble or load.
    pub fn universe(&self) -> Result<TypeSystem, String> {
        corelib::universe(&self.path.file_name().unwrap_or_default().to_string_lossy(), &self.text)
    }
}

/// The files of a stage, for tests over all of them.
///
/// # Errors
///
/// A file that cannot be read or whose header is wrong.
pub fn cases(stage: &str, extensions: &[&str]) -> Result<Vec<Case>, String> {
    files(stage, extensions).into_iter().map(|path| case(stage, path)).collect()
}

fn case(stage: &str, path: PathBuf) -> Result<Case, String> {
    let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let header = Header::parse(&text).map_err(|e| format!("{}: {e}", path.display()))?;
    if header.test != stage {
        return Err(format!("{}: `test` is the name of the folder, `{stage}`", path.display()));
    }
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Case { name, path, header, text })
}

fn check(stage: &str, path: PathBuf, render: &dyn Fn(&Case) -> Result<Outcome, String>) -> Result<(), String> {
    let case = case(stage, path)?;
    let rendered = match render(&case)? {
        Outcome::Checked(0) => return Err("a test that checks nothing fails".to_owned()),
        Outcome::Checked(_) => return Ok(()),
        Outcome::Text(text) if text.trim().is_empty() => return Err("nothing was rendered: a test that checks nothing fails".to_owned()),
        Outcome::Text(text) => text,
    };
    let expected = checks(&case.text);
    let snapshot = case.path.with_extension("snap");
    if !expected.is_empty() {
        if snapshot.exists() {
            return Err(format!("expectations are in the file; {} is never read", snapshot.display()));
        }
        return verify(&expected, &rendered);
    }
    if env::var_os("KILN_BLESS").is_some_and(|value| value == "1") {
        return fs::write(&snapshot, &rendered).map_err(|e| format!("{}: {e}", snapshot.display()));
    }
    let kept = fs::read_to_string(&snapshot).map_err(|e| format!("{}: {e}\nhelp: KILN_BLESS=1 writes it", snapshot.display()))?;
    if kept == rendered {
        return Ok(());
    }
    let diff = TextDiff::from_lines(&kept, &rendered);
    let shown = diff.unified_diff().context_radius(3).header("expected", "actual").to_string();
    Err(format!("{shown}\nhelp: KILN_BLESS=1 rewrites {}", snapshot.display()))
}
