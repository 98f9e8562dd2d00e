//! Linking: objects + runtime archive → executable or shared library, by running lld directly, in the target's flavour (`gnu`).
//!
//! No C compiler driver is needed at run time: start files, the unwinder (`libgcc_eh.a`) and the C library are found in the
//! usual directories (`find`). A failed link leaves nothing at the output path: lld writes elsewhere and renames.

#![forbid(unsafe_code)]

mod find;
mod gnu;
mod symbols;

pub use find::{Toolchain, find_linker};
pub use symbols::{archive_symbols, defined_symbols, undefined_symbols};

use kiln_target::{Linker, Target};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

/// What to produce.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutputKind {
    /// Position-independent executable against the system's shared C library.
    Exe,
    /// Shared library.
    Shared,
    /// Executable without any shared library (static PIE).
    Static,
}

/// One object to link.
#[derive(Clone, Debug)]
pub enum LinkObject {
    /// A file.
    Path(PathBuf),
    /// Bytes; `name` is used for messages and the map.
    Bytes {
        /// File name without directory.
        name: String,
        /// The ELF relocatable.
        data: Vec<u8>,
    },
}

/// Everything about one link.
#[derive(Clone, Debug)]
pub struct LinkInput {
    /// What the output runs on.
    pub target: &'static Target,
    /// Objects in link order, which is the order of their code in the output.
    pub objects: Vec<LinkObject>,
    /// The runtime (`libkilnrt.a`), if any.
    pub runtime_archive: Option<PathBuf>,
    /// Kind of output.
    pub kind: OutputKind,
    /// Output file.
    pub out: PathBuf,
    /// Drop symbol tables.
    pub strip: bool,
    /// Write a link map here.
    pub map: Option<PathBuf>,
    /// A folder for intermediate files.
    pub scratch: PathBuf,
    /// Further arguments: libraries (`-lssl`, `/path/libx.a`) and options.
    pub extra_libs: Vec<String>,
}

/// Why a link failed.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// No lld.
    #[error("no linker found: looked for {searched}; install lld or set KILN_LLD")]
    NoLinker {
        /// Where it was looked for.
        searched: String,
    },
    /// A start file or system library is missing.
    #[error("{file} not found in {searched}: install the C library's development files for {rid}")]
    MissingFile {
        /// The file.
        file: String,
        /// The target.
        rid: &'static str,
        /// Directories.
        searched: String,
    },
    /// File system error.
    #[error("{what}: {source}")]
    Io {
        /// What was done.
        what: String,
        /// The system's error.
        source: std::io::Error,
    },
    /// lld was found, or named, and does not start.
    #[error("the linker `{}` cannot be run: {source}", linker.display())]
    CannotRun {
        /// Its path.
        linker: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// lld reported errors.
    #[error("the linker failed:\n{output}")]
    Failed {
        /// What it printed.
        output: String,
    },
    /// An object or archive cannot be read.
    #[error("cannot read {file}: {what}")]
    BadObject {
        /// The file.
        file: String,
        /// Reason.
        what: String,
    },
}

fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> LinkError {
    let what = what.into();
    move |source| LinkError::Io { what, source }
}

/// Links.
///
/// # Errors
/// Missing linker or system files, or what lld reports.
pub fn link(input: &LinkInput) -> Result<(), LinkError> {
    let linker = find_linker()?;
    let scratch = &input.scratch;
    let mut objects = Vec::new();
    for (index, object) in input.objects.iter().enumerate() {
        match object {
            LinkObject::Path(path) => objects.push(path.clone()),
            LinkObject::Bytes { name, data } => {
                let file: String =
                    name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' }).collect();
                let path = scratch.join(format!("{index}-{}.o", file.trim_end_matches(".o")));
                std::fs::write(&path, data).map_err(io(format!("write {}", path.display())))?;
                objects.push(path);
            }
        }
    }
    let args = match &input.target.linker {
        Linker::Gnu(facts) => gnu::arguments(input, facts, &Toolchain::find(input.target, facts), &objects)?,
    };
    let response = scratch.join("args");
    let mut text = Vec::new();
    for arg in &args {
        quote(&mut text, arg);
    }
    std::fs::write(&response, text).map_err(io(format!("write {}", response.display())))?;
    let mut at = OsString::from("@");
    at.push(&response);
    let output = Command::new(&linker).arg(at).output().map_err(|source| LinkError::CannotRun { linker: linker.clone(), source })?;
    if !output.status.success() {
        let mut message = String::from_utf8_lossy(&output.stderr).into_owned();
        message.push_str(&String::from_utf8_lossy(&output.stdout));
        return Err(LinkError::Failed { output: message });
    }
    Ok(())
}

/// One argument in a GNU response file.
fn quote(text: &mut Vec<u8>, arg: &OsString) {
    text.push(b'"');
    for byte in arg.as_encoded_bytes() {
        if matches!(byte, b'"' | b'\\') {
            text.push(b'\\');
        }
        text.push(*byte);
    }
    text.extend(b"\"\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_link_leaves_nothing() {
        let dir = std::env::temp_dir().join(format!("kiln-link-test-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("temp dir");
        let input = LinkInput {
            target: Target::host(),
            objects: vec![LinkObject::Bytes { name: "bad name".to_owned(), data: b"not an object".to_vec() }],
            runtime_archive: None,
            kind: OutputKind::Exe,
            out: dir.join("prog"),
            strip: false,
            map: None,
            scratch: dir.join("scratch"),
            extra_libs: Vec::new(),
        };
        std::fs::create_dir_all(&input.scratch).expect("scratch");
        let error = link(&input).expect_err("no object");
        assert!(matches!(error, LinkError::Failed { .. }), "{error}");
        assert_eq!(std::fs::read_dir(&dir).expect("dir").count(), 1, "more than the scratch folder");
        std::fs::remove_dir_all(&dir).expect("clean");
    }
}
