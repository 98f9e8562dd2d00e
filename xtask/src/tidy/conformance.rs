//! `docs/conformance.md` maps standards to tests: every test it names exists, and every program of `tests/run` is named.

use std::fs;
use std::path::Path;

const PAGE: &str = "docs/conformance.md";

/// Checks the page against the folders of tests.
pub(super) fn check(root: &Path, problems: &mut Vec<String>) -> Result<(), String> {
    let text = fs::read_to_string(root.join(PAGE)).map_err(|e| format!("{PAGE}: {e}"))?;
    let entries = root.join("tests/run").read_dir().map_err(|e| format!("tests/run: {e}"))?;
    let mut programs: Vec<String> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "cs" || e == "il"))
        .filter_map(|path| path.file_stem().map(|name| name.to_string_lossy().into_owned()))
        .collect();
    programs.sort();
    compare(&text, &programs, &|path| root.join(path).is_file(), problems);
    Ok(())
}

fn compare(text: &str, programs: &[String], exists: &dyn Fn(&str) -> bool, problems: &mut Vec<String>) {
    let mut named: Vec<&str> = Vec::new();
    // Only the last cell of a row names tests: instructions are in backticks too.
    for row in text.lines().filter(|line| line.starts_with('|') && !line.starts_with("|---")) {
        let cell = row.trim_end_matches('|').rsplit('|').next().unwrap_or_default();
        for name in cell.split('`').skip(1).step_by(2) {
            let known = if name.contains('/') { exists(name) } else { programs.iter().any(|program| program == name) };
            if !known {
                problems.push(format!("{PAGE}: there is no test `{name}`"));
            }
            named.push(name);
        }
    }
    for program in programs.iter().filter(|program| !named.contains(&program.as_str())) {
        problems.push(format!("{PAGE}: `{program}` of tests/run is not named"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_that_are_missing_on_either_side_are_found() {
        let programs = ["a".to_owned(), "b".to_owned()];
        let mut problems = Vec::new();
        compare("| 1 | `add` | `a`, `tests/il/x.il` |\n| 2 | `c` |\n", &programs, &|path| path == "tests/il/x.il", &mut problems);
        assert_eq!(problems, ["docs/conformance.md: there is no test `c`", "docs/conformance.md: `b` of tests/run is not named"]);
    }
}
