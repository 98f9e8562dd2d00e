//! How a build fails: the user's mistakes (diagnostics), the environment, or Kiln itself.

use crate::options::BuildOptions;
use crate::reproduce::{self, Part};
use kiln_diag::{Code, Diagnostic, codes};
use kiln_typesys::TypeSysError;
use std::io;
use std::path::Path;

/// A build that made no output.
#[derive(Debug)]
pub enum BuildError {
    /// The program or its inputs are at fault: exit code 1.
    User(Vec<Diagnostic>),
    /// Something outside is missing or refused: exit code 3.
    Environment(Box<Diagnostic>),
    /// A bug in Kiln: exit code 101.
    Internal(Box<Bug>),
}

/// A bug in Kiln.
#[derive(Debug)]
pub struct Bug {
    /// What is said of it.
    pub diagnostic: Diagnostic,
    /// What failed.
    pub part: Part,
}

impl BuildError {
    /// One error of the user's.
    #[must_use]
    pub fn user(d: Diagnostic) -> Self {
        Self::User(vec![d])
    }

    /// An environment error.
    #[must_use]
    pub fn environment(d: Diagnostic) -> Self {
        Self::Environment(Box::new(d))
    }

    /// A bug, with the stage it showed in.
    #[must_use]
    pub fn internal(stage: &str, message: impl std::fmt::Display) -> Self {
        Self::bug(Diagnostic::error(codes::INTERNAL, format!("{stage}: {message}")), Part::Other)
    }

    /// What the type system refuses outside of any method: rows of an assembly that nobody reads before, and that contradict themselves.
    #[must_use]
    pub fn not_loaded(e: &TypeSysError) -> Self {
        let d = Diagnostic::error(codes::BAD_METADATA, e.to_string());
        Self::user(d.with_help("build that assembly again; if it comes from an obfuscator, use the original"))
    }

    /// A bug, where it is known what failed.
    pub(crate) fn bug(diagnostic: Diagnostic, part: Part) -> Self {
        Self::Internal(Box::new(Bug { diagnostic, part }))
    }

    /// Adds the command that shows the bug again, if it is one.
    #[must_use]
    pub fn reproduced_by(self, options: &BuildOptions) -> Self {
        match self {
            Self::Internal(bug) if bug.diagnostic.help.is_none() => {
                let command = reproduce::command(options, &bug.part);
                let diagnostic = bug.diagnostic.with_help(format!("please report this with the input; it is reproduced by: {command}"));
                Self::bug(diagnostic, bug.part)
            }
            other => other,
        }
    }

    /// An I/O error on an output or cache file.
    #[must_use]
    pub fn write(path: &Path, error: &io::Error) -> Self {
        let code: Code = if error.kind() == io::ErrorKind::StorageFull { codes::DISK_FULL } else { codes::OUTPUT_NOT_WRITABLE };
        Self::environment(Diagnostic::error(code, format!("cannot write `{}`: {error}", path.display())).with_help(
            if code == codes::DISK_FULL {
                "make room there; TMPDIR and KILN_CACHE say where intermediate files go"
            } else {
                "check the permissions; -o, TMPDIR and KILN_CACHE choose other places"
            },
        ))
    }
}
