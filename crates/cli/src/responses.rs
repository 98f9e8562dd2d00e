//! Response files: `@file` stands for the arguments in the file, one per line (MSBuild tasks write them so).

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// Replaces every `@file` argument by the lines of the file, whole and without any quoting; empty lines and lines that begin with `#` are
/// skipped. What follows `--` belongs to the program that is run.
pub(crate) fn expand(arguments: impl Iterator<Item = OsString>) -> Result<Vec<OsString>, String> {
    let mut out = Vec::new();
    let mut own = true;
    for (i, argument) in arguments.enumerate() {
        own &= argument != "--";
        match argument.as_bytes().strip_prefix(b"@") {
            Some(path) if i > 0 && own && !path.is_empty() => {
                let path = OsStr::from_bytes(path);
                let text = fs::read(path).map_err(|e| format!("cannot read the response file `{}`: {e}", path.display()))?;
                let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
                let lines = text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|l| !l.is_empty() && !l.starts_with(b"#"));
                out.extend(lines.map(|line| plain(OsString::from_vec(line.to_vec()))));
            }
            _ if own => out.push(plain(argument)),
            _ => out.push(argument),
        }
    }
    Ok(out)
}

/// `-O` without a level is `-O2`: an optional value would swallow the file name that follows.
fn plain(argument: OsString) -> OsString {
    if argument == "-O" { "-O2".into() } else { argument }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_arguments_and_the_programs_own_stay_as_they_are() {
        let path = std::env::temp_dir().join(format!("kiln-rsp-{}", std::process::id()));
        fs::write(&path, "\u{feff}# made by a build\r\n\r\na b.cs\r\n-O\r\n").expect("written");
        let at = format!("@{}", path.display());
        let expanded = expand(["kiln", "run", &at, "--", &at, "-O"].iter().map(OsString::from)).expect("readable");
        fs::remove_file(&path).expect("removed");
        assert_eq!(expanded, ["kiln", "run", "a b.cs", "-O2", "--", &at, "-O"].map(OsString::from));
        assert!(expand(["kiln", "@/no/such/file"].iter().map(OsString::from)).is_err());
    }
}
