//! Programs that do not behave like .NET yet: `tests/run/KNOWN_FAILURES.toml`.
//!
//! A listed program is built and run like all others, and must fail: one that passes has to leave the list. So the list is always what
//! is really broken, and a skip never hides anything.

use crate::program::Config;
use crate::tools::workspace;
use serde::Deserialize;
use std::fs;

/// The list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// Its entries.
    #[serde(default)]
    pub failure: Vec<Failure>,
}

/// A program that is expected to fail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// Its name, without extension.
    pub program: String,
    /// The configurations in which it fails, by name.
    pub configurations: Vec<String>,
    /// Why, for people.
    pub reason: String,
}

/// Reads the list and checks that it names existing programs and configurations, each once and with a reason.
///
/// # Errors
///
/// What is wrong with it.
pub fn read(programs: &[&str]) -> Result<Known, String> {
    let path = workspace().join("tests/run/KNOWN_FAILURES.toml");
    let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    parse(&text, programs).map_err(|e| format!("{}: {e}", path.display()))
}

fn parse(text: &str, programs: &[&str]) -> Result<Known, String> {
    let known: Known = toml::from_str(text).map_err(|e| e.to_string())?;
    let mut seen = Vec::new();
    for failure in &known.failure {
        if !programs.contains(&failure.program.as_str()) || failure.reason.trim().is_empty() {
            return Err(format!("`{}` is no program of tests/run, or has no reason", failure.program));
        }
        for configuration in &failure.configurations {
            let entry = (failure.program.as_str(), configuration.as_str());
            if !Config::all().iter().any(|c| c.name() == *configuration) || seen.contains(&entry) {
                return Err(format!("`{}`: configuration `{configuration}` does not exist or is listed twice", failure.program));
            }
            seen.push(entry);
        }
    }
    Ok(known)
}

impl Known {
    /// Turns the result of a check around where a failure is expected.
    ///
    /// # Errors
    ///
    /// An unexpected failure, or an unexpected success.
    pub fn judge(&self, program: &str, config: Config, result: Result<(), String>) -> Result<(), String> {
        let listed = self.failure.iter().find(|f| f.program == program && f.configurations.iter().any(|c| *c == config.name()));
        match (listed, result) {
            (Some(_), Err(_)) => Ok(()),
            (Some(failure), Ok(())) => {
                Err(format!("passes, but tests/run/KNOWN_FAILURES.toml lists it ({}): remove `{}` there", failure.reason, config.name()))
            }
            (None, result) => result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_failure_must_fail_and_only_where_it_is_listed() {
        let text = "[[failure]]\nprogram = \"a\"\nconfigurations = [\"O0\"]\nreason = \"x\"\n";
        let known = parse(text, &["a"]).expect("fine");
        assert!(known.judge("a", Config::O0, Err("wrong".into())).is_ok());
        assert!(known.judge("a", Config::O0, Ok(())).is_err());
        assert!(known.judge("a", Config::O2, Err("wrong".into())).is_err());
        assert!(parse(text, &["b"]).is_err());
        assert!(parse(&text.replace("O0", "O7"), &["a"]).is_err());
        assert!(parse(&format!("{text}{text}"), &["a"]).is_err());
    }
}
