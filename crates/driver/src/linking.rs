//! The last phase: functions in one archive, data and runtime to the linker, and what its failures mean to the user.

use crate::cache::Entry;
use crate::error::BuildError;
use crate::options::{BuildOptions, Emit};
use crate::{archive, output};
use kiln_codegen::{Code, join};
use kiln_diag::{Diagnostic, codes};
use kiln_link::{LinkError, LinkInput, LinkObject, OutputKind};
use kiln_target::Target;
use kiln_toolchain::{Scratch, ToolchainError};
use std::borrow::Cow;
use std::path::PathBuf;
use std::{fs, io};

/// The runtime archive cannot be read.
pub(crate) fn no_runtime(options: &BuildOptions, e: &LinkError) -> BuildError {
    let rid = options.target.rid;
    let option = if rid == Target::host().rid { String::new() } else { format!(" --target {rid}") };
    BuildError::environment(
        Diagnostic::error(codes::NO_RUNTIME, format!("no runtime library for {rid}: {e}"))
            .with_help(format!("build it with `cargo xtask build{option}`, or set KILN_RUNTIME")),
    )
}

/// The objects of the code, in its order: one of all functions in a row that are no objects by themselves.
fn members<'a>(entries: impl Iterator<Item = (&'a str, &'a Entry)>, target: &Target) -> Result<Vec<(String, Cow<'a, [u8]>)>, BuildError> {
    let mut members = Vec::new();
    let mut entries = entries.peekable();
    while let Some((name, entry)) = entries.next() {
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).take(14).collect();
        let object = match &entry.code {
            Code::Object(object) => Cow::Borrowed(object.as_slice()),
            Code::Piece(first) => {
                let is_piece = |(_, entry): &(&str, &Entry)| matches!(entry.code, Code::Piece(_));
                let more = std::iter::from_fn(|| match &entries.next_if(is_piece)?.1.code {
                    Code::Piece(piece) => Some(piece),
                    Code::Object(_) => None,
                });
                let object = join(std::iter::once(first).chain(more), target);
                Cow::Owned(object.map_err(|e| BuildError::internal("objects", e))?)
            }
        };
        members.push((name, object));
    }
    Ok(members)
}

/// The code of a program in a file, to be linked.
pub(crate) struct Linking<'a> {
    options: &'a BuildOptions,
    scratch: Scratch,
    archive: PathBuf,
}

impl<'a> Linking<'a> {
    /// Writes the code.
    pub(crate) fn new<'e>(options: &'a BuildOptions, entries: impl Iterator<Item = (&'e str, &'e Entry)>) -> Result<Self, BuildError> {
        let scratch = Scratch::new().map_err(|e| scratch_error(&e))?;
        let archive = scratch.path().join("functions.a");
        archive::write(&archive, &members(entries, options.target)?).map_err(|e| BuildError::write(&archive, &e))?;
        Ok(Self { options, scratch, archive })
    }

    /// Links, and puts the executable into place; for `--emit=map` the answer is the linker's map instead.
    pub(crate) fn link(self, data: Vec<u8>) -> Result<String, BuildError> {
        let Self { options, scratch, archive } = self;
        let path = |name: &str| scratch.path().join(name);
        let input = LinkInput {
            target: options.target,
            objects: vec![LinkObject::Path(archive), LinkObject::Bytes { name: "data".to_owned(), data }],
            runtime_archive: Some(options.runtime_archive.clone()),
            kind: OutputKind::Exe,
            out: path("program"),
            strip: !options.keep_symbols,
            map: (options.emit == Emit::Map).then(|| path("map")),
            scratch: scratch.path().to_owned(),
            extra_libs: Vec::new(),
        };
        kiln_link::link(&input).map_err(|e| link_error(&e))?;
        if let Some(map) = &input.map {
            let bytes = fs::read(map).map_err(|e| BuildError::internal("link map", e))?;
            let text = String::from_utf8_lossy(&bytes).replace(&format!("{}/", scratch.path().display()), "");
            return Ok(filtered(&text, options.filter.as_deref()));
        }
        output::place(&input.out, &options.output)?;
        Ok(String::new())
    }
}

/// The lines of a link map that a filter leaves, under the map's own first line.
fn filtered(text: &str, filter: Option<&str>) -> String {
    let Some(filter) = filter else { return text.to_owned() };
    let lines = text.lines().enumerate().filter(|(number, line)| *number == 0 || line.contains(filter));
    lines.map(|(_, line)| format!("{line}\n")).collect()
}

fn scratch_error(e: &ToolchainError) -> BuildError {
    match e {
        ToolchainError::Io { path, source } => BuildError::write(path, source),
        e => BuildError::internal("scratch folder", e),
    }
}

fn link_error(e: &LinkError) -> BuildError {
    match e {
        LinkError::NoLinker { .. } | LinkError::CannotRun { .. } => BuildError::environment(
            Diagnostic::error(codes::NO_LINKER, e.to_string()).with_help("install lld (Debian: lld-22), or set KILN_LLD"),
        ),
        LinkError::Io { source, .. } => BuildError::write(&std::env::temp_dir(), source),
        LinkError::Failed { output } if output.contains("No space left") => {
            BuildError::write(&std::env::temp_dir(), &io::ErrorKind::StorageFull.into())
        }
        _ => {
            let text = e.to_string();
            let mut d = Diagnostic::error(codes::LINK_FAILED, text.lines().next().unwrap_or("linking failed").to_owned());
            for line in text.lines().skip(1).take(20) {
                d = d.with_note(line);
            }
            BuildError::environment(d)
        }
    }
}
