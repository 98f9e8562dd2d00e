//! What can be wrong with IL text, and where.

use crate::Source;

/// A place in one of the texts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Place {
    /// The number of the text.
    pub file: u16,
    /// The line, from one.
    pub line: u32,
}

/// Why a text was refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{file}:{line}: {kind}")]
pub struct AssembleError {
    /// The text's name.
    pub file: String,
    /// The line, from one.
    pub line: u32,
    /// What is wrong there.
    pub kind: ErrorKind,
}

/// What is wrong.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Something else should stand here.
    #[error("expected {expected}, found `{found}`")]
    Unexpected {
        /// What could have stood here.
        expected: &'static str,
        /// What does.
        found: String,
    },
    /// A character that starts nothing.
    #[error("`{0}` does not belong to IL text")]
    BadCharacter(char),
    /// A string, a quoted name or a comment has no end.
    #[error("{0} without an end")]
    Unterminated(&'static str),
    /// A number that does not fit or is none.
    #[error("`{text}` is no {expected}")]
    BadNumber {
        /// What stands there.
        text: String,
        /// What kind is wanted.
        expected: &'static str,
    },
    /// Types or blocks nest beyond what the assembler follows.
    #[error("nested too deeply")]
    TooDeep,
    /// Valid, and not part of what this assembler does.
    #[error("{0} is not supported")]
    Unsupported(&'static str),
    /// No instruction has this name.
    #[error("`{0}` is no instruction")]
    UnknownInstruction(String),
    /// A type without scope that the assembly does not define.
    #[error("no class `{0}` in this assembly")]
    UnknownType(String),
    /// An assembly that no `.assembly extern` declares.
    #[error("no `.assembly extern {0}`")]
    UnknownAssembly(String),
    /// A module that no `.module extern` declares.
    #[error("no `.module extern {0}`")]
    UnknownModule(String),
    /// A label that is not defined in the method.
    #[error("no label `{0}` in this method")]
    UnknownLabel(String),
    /// A name of an argument, local, type parameter or data that is not declared.
    #[error("no {what} `{name}`")]
    UnknownName {
        /// Which kind of name.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// Two definitions of one thing.
    #[error("{what} `{name}` is defined twice")]
    Duplicate {
        /// Which kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A short branch whose target is too far.
    #[error("the target is too far for `{0}`")]
    TooFar(&'static str),
    /// A type that has no token or no place in a signature.
    #[error("{0}")]
    Invalid(&'static str),
    /// No `.assembly`.
    #[error("no `.assembly`")]
    NoAssembly,
}

/// An error before the texts' names are known.
#[derive(Clone, Debug)]
pub(crate) struct Located {
    pub place: Place,
    pub kind: ErrorKind,
}

pub(crate) type Result<T> = std::result::Result<T, Located>;

impl Located {
    pub(crate) fn in_file(self, sources: &[Source<'_>]) -> AssembleError {
        let file = sources.get(usize::from(self.place.file)).map_or("", |s| s.name).to_owned();
        AssembleError { file, line: self.place.line, kind: self.kind }
    }
}

/// An error at a place.
pub(crate) fn at<T>(place: Place, kind: ErrorKind) -> Result<T> {
    Err(Located { place, kind })
}
