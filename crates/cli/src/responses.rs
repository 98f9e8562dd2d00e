//! Response files: `@file` stands for the arguments in the file, one per line (MSBuild tasks write them so).

use std::ffi::OsString;
use std::fs;

/// Replaces every `@file` argument by the lines of the file; empty lines and lines that begin with `#` are skipped.
pub(crate) fn expand(arguments: impl Iterator<Item = OsString>) -> Result<Vec<OsString>, String> {
    let mut out = Vec::new();
    for (i, argument) in arguments.enumerate() {
        match argument.to_str().and_then(|a| a.strip_prefix('@')) {
            Some(path) if i > 0 && !path.is_empty() => {
                let text = fs::read_to_string(path).map_err(|e| format!("cannot read the response file `{path}`: {e}"))?;
                out.extend(text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).map(OsString::from));
            }
            _ => out.push(argument),
        }
    }
    Ok(out)
}
