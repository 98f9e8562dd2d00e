//! `cargo xtask tidy`: the rules of this repository that a compiler does not check. They also run as a test, so that what is
//! green locally is green everywhere.

mod adr;
mod code;
mod code_map;
mod conformance;
mod crates;
mod environment;
mod files;
mod format;
mod link_names;
mod numbers;
mod records;
mod systems;

use crate::build::workspace;
use std::fs;
use std::path::{Path, PathBuf};

const HELP: &str = "\
Usage: cargo xtask tidy

Checks what the compiler does not: allowed arrows between crates (xtask/src/layers.rs), link names between the
runtime's crates, who reads the environment, who knows systems and processors, how shared records are written, numbers that `abi` defines, module documentation,
file length, the policy on unsafe code, notes without an issue, skipped tests, the index of decisions, the tests that docs/conformance.md names, white space, formatting (where rustfmt is installed).
";

/// Runs the task.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    if let Some(arg) = args.first() {
        return if arg == "--help" || arg == "-h" {
            print!("{HELP}");
            Ok(())
        } else {
            Err(format!("unknown option `{arg}`\n\n{HELP}"))
        };
    }
    let problems = check(workspace())?;
    if problems.is_empty() {
        println!("tidy");
        return Ok(());
    }
    Err(format!("{} problems\n{}", problems.len(), problems.join("\n")))
}

/// Everything that is wrong, one line each.
fn check(root: &Path) -> Result<Vec<String>, String> {
    let mut problems = Vec::new();
    crates::check(root, &mut problems)?;
    let numbers = numbers::Numbers::read(root)?;
    let mut link_names = link_names::LinkNames::default();
    for path in sources(root)? {
        let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        files::check(&name, &text, &mut problems);
        environment::check(&name, &text, &mut problems);
        records::check(&name, &text, &mut problems);
        systems::check(&name, &text, &mut problems);
        numbers::check(&numbers, &name, &text, &mut problems);
        link_names.note(&name, &text);
    }
    link_names.check(&mut problems);
    conformance::check(root, &mut problems)?;
    adr::check(root, &mut problems)?;
    code_map::check(root, &mut problems)?;
    format::check(root, &mut problems)?;
    Ok(problems)
}

/// The text files that people write, sorted.
fn sources(root: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = folder.read_dir().map_err(|e| format!("{}: {e}", folder.display()))?;
        for entry in entries.flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            // Build output, and fuzzing's corpora, are not written by people.
            let built = name.starts_with("target") && !folder.ends_with("crates");
            if name.starts_with('.') || built || name == "corpus" || name == "artifacts" {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if ["rs", "cs", "md", "toml", "il", "lir"].iter().any(|extension| path.extension().is_some_and(|e| e == *extension)) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        let problems = check(workspace()).expect("the repository can be read");
        assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
    }
}
