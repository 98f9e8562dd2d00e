//! Diagnostics: what Kiln tells its user, as data. No rendering here (the CLI renders).
//!
//! Every code of Kiln's own (KILNxxxx), and of .NET's that Kiln gives (ILxxxx), has one row in [`CODES`]; `kiln explain CODE` prints it. What Roslyn says keeps Roslyn's codes
//! (CSxxxx), of which Kiln has no list.

#![forbid(unsafe_code)]

pub mod codes;

pub use codes::{CODES, Code, CodeInfo, explain};

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// The program is built; something in it may fail at run time.
    Warning,
    /// No output is made.
    Error,
}

/// Where it is. All parts are optional.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Location {
    /// Source or assembly file.
    pub file: Option<String>,
    /// 1-based line and column in `file`.
    pub line: Option<(u32, u32)>,
    /// `Ns.Type::Method(params)`.
    pub method: Option<String>,
    /// Offset in the method's IL.
    pub il_offset: Option<u32>,
}

/// One message to the user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Stable code: `KILN0103`, `CS0103`.
    pub code: String,
    /// Error, warning or note.
    pub severity: Severity,
    /// One sentence without a final dot.
    pub message: String,
    /// Where.
    pub location: Location,
    /// More facts, one line each.
    pub notes: Vec<String>,
    /// What the user can do.
    pub help: Option<String>,
    /// Where the same is wrong in the same member again: 1-based lines and columns, where they are known.
    pub again: Vec<Option<(u32, u32)>>,
}

impl Diagnostic {
    /// An error with a Kiln code.
    #[must_use]
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(code.as_str(), Severity::Error, message)
    }

    /// A warning with a Kiln code.
    #[must_use]
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(code.as_str(), Severity::Warning, message)
    }

    /// Any code.
    #[must_use]
    pub fn new(code: &str, severity: Severity, message: impl Into<String>) -> Self {
        let (location, message) = (Location::default(), message.into());
        Self { code: code.to_owned(), severity, message, location, notes: Vec::new(), help: None, again: Vec::new() }
    }

    /// Adds a way out.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Sets the file.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.location.file = Some(file.into());
        self
    }

    /// Sets the method.
    #[must_use]
    pub fn in_method(mut self, method: impl Into<String>, il_offset: Option<u32>) -> Self {
        self.location.method = Some(method.into());
        self.location.il_offset = il_offset;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::CODES;
    use std::fmt::Write as _;

    /// `docs/diagnostics.md`, from the list.
    fn page() -> String {
        let mut out = String::from(
            "# Diagnostics\n\nEvery message of Kiln has a code. `kiln explain CODE` prints the rows of this page, which a test keeps equal to the list in\n\
             `crates/diag/src/codes.rs` (`KILN_BLESS=1 cargo test -p kiln-diag` rewrites it). Errors of the C# compiler keep their codes (CS0103).\n\n\
             | Codes | Class | Exit code |\n|---|---|---|\n| KILN00xx | the command line | 2 |\n| KILN01xx, KILN04xx | the program or its inputs | 1 |\n\
             | KILN02xx, KILN03xx | warnings: the program is built, the named method throws when it is called | 0 |\n\
             | ILxxxx | warnings of .NET's trimming and ahead-of-time analysis, with .NET's numbers: what may work otherwise than on .NET | 0 |\n| KILN05xx, KILN06xx | the environment: linker, output, framework, cache | 3 |\n| KILN08xx, KILN09xx | a bug in Kiln | 101 |\n",
        );
        for c in CODES {
            let _ = write!(out, "\n## {}: {}\n\n{}\n", c.code, c.title, c.text);
        }
        out
    }

    #[test]
    fn the_documentation_lists_every_code() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/diagnostics.md");
        if std::env::var_os("KILN_BLESS").is_some() {
            std::fs::write(path, page()).expect("written");
        }
        assert!(std::fs::read_to_string(path).is_ok_and(|text| text == page()), "KILN_BLESS=1 rewrites docs/diagnostics.md");
    }

    /// Every `.rs` file of the workspace's crates but the list itself.
    fn sources(folder: &std::path::Path, out: &mut Vec<String>) {
        for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()) {
            if path.is_dir() {
                sources(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("diag/src/codes.rs") {
                out.extend(std::fs::read_to_string(&path));
            }
        }
    }

    #[test]
    fn every_code_is_used_and_every_used_code_is_explained() {
        let root = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let mut texts = Vec::new();
        sources(&root.join("crates"), &mut texts);
        sources(&root.join("runtime"), &mut texts);
        assert!(texts.len() > 100, "{} files", texts.len());
        for text in &texts {
            for (at, _) in text.match_indices("KILN") {
                let number = text.get(at + 4..at + 8).filter(|n| n.bytes().all(|b| b.is_ascii_digit()));
                let Some(number) = number.filter(|n| !n.starts_with('9')) else { continue };
                let code = format!("KILN{number}");
                assert!(super::explain(&code).is_some(), "{code} is not in the list");
            }
        }
        let list = include_str!("codes.rs");
        for c in CODES {
            let line = list.lines().find(|l| l.contains(&format!("= \"{}\"", c.code))).unwrap_or_default();
            let name = format!("codes::{}", line.split('=').next().unwrap_or_default().trim());
            assert!(texts.iter().any(|text| text.contains(&name)), "nothing says {} ({name})", c.code);
        }
    }

    #[test]
    fn codes_are_unique_and_ascending() {
        assert!(CODES.windows(2).all(|w| w[0].code < w[1].code));
    }
}
