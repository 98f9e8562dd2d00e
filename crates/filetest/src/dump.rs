//! Dump tests: `kiln dump` of one stage, compared with the text kept beside the file.
//!
//! `tests/dump/NAME.cs` names the stage and a filter in its header; `NAME.STAGE.snap` is the expectation. `KILN_BLESS=1`
//! writes it; review what it wrote like any other code.

use crate::diff;
use crate::header::{self, TestFile};
use crate::tools::{Tools, bless};
use kiln_toolchain::{Compiled, Output};
use std::fs;
use std::time::Duration;

/// The longest that a dump may take.
const LIMIT: Duration = Duration::from_secs(60);

/// One dump test.
pub struct Dump {
    file: TestFile,
    compiled: Compiled,
}

/// All tests of `tests/dump`, compiled to IL.
///
/// # Errors
///
/// A failure of Roslyn itself.
pub fn collect(tools: &Tools) -> Result<Vec<Dump>, String> {
    let files = header::files("dump");
    let sources: Vec<_> = files.iter().map(|file| (file.name.as_str(), file.path.as_path(), file.resources())).collect();
    let compiled = tools.compile(&sources)?;
    Ok(files.into_iter().zip(compiled).map(|(file, compiled)| Dump { file, compiled }).collect())
}

impl Dump {
    /// The test's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// Dumps and compares.
    ///
    /// # Errors
    ///
    /// What was different.
    pub fn check(&self, tools: &Tools) -> Result<(), String> {
        let header = self.file.header.clone()?;
        let stage = header.stage.ok_or("a dump test names its stage: `//@ stage = \"mir\"`")?;
        if !self.compiled.ok {
            return Err(format!("does not compile: {:?}", self.compiled.diagnostics));
        }
        let mut command = tools.kiln();
        command.arg("dump").arg(&self.compiled.assembly).args(["--stage", &stage]);
        if let Some(filter) = &header.filter {
            command.args(["--filter", filter]);
        }
        let output = Output::within(&mut command, b"", LIMIT).map_err(|e| e.to_string())?.ok_or("kiln dump does not end")?;
        if output.code != header.exit {
            return Err(format!("kiln dump ended with {}\n{}", output.code, String::from_utf8_lossy(&output.stderr)));
        }
        if output.stdout.is_empty() {
            return Err("the dump is empty: a test that checks nothing fails".to_owned());
        }
        let snapshot = self.file.path.with_extension(format!("{stage}.snap"));
        if bless() {
            return fs::write(&snapshot, &output.stdout).map_err(|e| format!("{}: {e}", snapshot.display()));
        }
        let expected = fs::read(&snapshot).map_err(|e| format!("{}: {e}\nhelp: KILN_BLESS=1 writes it", snapshot.display()))?;
        match diff::difference(&expected, &output.stdout) {
            None => Ok(()),
            Some(text) => Err(format!("{text}\nhelp: KILN_BLESS=1 rewrites {}", snapshot.display())),
        }
    }
}
