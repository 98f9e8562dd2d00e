//! Output files: refused before any work when they cannot work, and put into place whole or not at all.

use crate::error::BuildError;
use kiln_diag::{Diagnostic, codes};
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::{fs, io};

fn bad(path: &Path, why: &str) -> BuildError {
    let text = format!("cannot write `{}`: {why}", path.display());
    BuildError::environment(Diagnostic::error(codes::OUTPUT_NOT_WRITABLE, text).with_help("choose another path with -o"))
}

/// Refuses the path of an executable that cannot work, before any work is done.
///
/// # Errors
///
/// An environment error that says why.
pub(crate) fn check(inputs: &[PathBuf], output: &Path) -> Result<(), BuildError> {
    // An executable is put into place by renaming, which would replace the device.
    if fs::metadata(output).is_ok_and(|m| !m.is_file() && !m.is_dir()) {
        return Err(bad(output, "it is a device or a pipe"));
    }
    check_text(inputs, output)
}

/// The same for a text, which may go to a device or a pipe.
///
/// # Errors
///
/// An environment error that says why.
pub fn check_text(inputs: &[PathBuf], output: &Path) -> Result<(), BuildError> {
    match fs::metadata(output) {
        Ok(m) if m.is_dir() => return Err(bad(output, "it is a folder")),
        Ok(m) if !m.is_file() => return Ok(()),
        Ok(_) => {
            let real = |path: &Path| path.canonicalize().ok();
            let file = real(output);
            if let Some(input) = inputs.iter().find(|input| file.is_some() && real(input) == file) {
                return Err(bad(output, &format!("it is the input `{}`", input.display())));
            }
        }
        Err(_) => {}
    }
    let parent = output.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match fs::metadata(parent) {
        // What the permissions mean for this user, on this file system, only an attempt tells.
        Ok(m) if m.is_dir() => {
            let probe = beside(output);
            let made = OpenOptions::new().write(true).create(true).truncate(true).open(&probe);
            let _ = fs::remove_file(&probe);
            made.map(drop).map_err(|e| BuildError::write(output, &e))
        }
        Ok(_) => Err(bad(output, &format!("`{}` is not a folder", parent.display()))),
        Err(e) => Err(bad(output, &format!("`{}`: {e}", parent.display()))),
    }
}

/// Puts a finished executable at the output path: whole, or not at all.
pub(crate) fn place(from: &Path, output: &Path) -> Result<(), BuildError> {
    replace(output, |beside| fs::copy(from, beside).map(drop))
}

/// The same for an executable that is in memory.
pub(crate) fn write_program(output: &Path, bytes: &[u8]) -> Result<(), BuildError> {
    let executable = |beside: &Path| OpenOptions::new().write(true).create(true).truncate(true).mode(0o777).open(beside);
    replace(output, |beside| executable(beside).and_then(|mut file| file.write_all(bytes)))
}

/// Writes to a file, whole or not at all, or to a device as it comes.
///
/// # Errors
///
/// An environment error that names the path.
pub fn write(output: &Path, bytes: &[u8]) -> Result<(), BuildError> {
    if fs::metadata(output).is_ok_and(|m| !m.is_file()) {
        return fs::write(output, bytes).map_err(|e| BuildError::write(output, &e));
    }
    replace(output, |beside| fs::write(beside, bytes))
}

/// A file of this process in the output's folder.
fn beside(output: &Path) -> PathBuf {
    let mut hidden = OsString::from(format!(".kiln-{}-", std::process::id()));
    // A name may be as long as the file system allows; this one must not be longer.
    hidden.push(output.file_stem().unwrap_or_default().to_string_lossy().chars().take(20).collect::<String>());
    output.with_file_name(hidden)
}

fn replace(output: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> Result<(), BuildError> {
    let beside = beside(output);
    write(&beside).and_then(|()| fs::rename(&beside, output)).map_err(|e| {
        let _ = fs::remove_file(&beside);
        BuildError::write(output, &e)
    })
}
