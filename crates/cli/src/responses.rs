//! Response files: `@file` stands for the arguments in the file, one a line, as MSBuild tasks and csc write them.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// No command line is longer; a device that never ends must not be read to its end.
const LIMIT: u64 = 16 << 20;

/// Replaces every `@file` argument by the lines of the file: an argument, an option with its value after a space, or another `@file`. What is
/// between double quotes loses them; empty lines and lines that begin with `#` are skipped. What follows `--` belongs to the program that is run.
pub(crate) fn expand(arguments: impl Iterator<Item = OsString>) -> Result<Vec<OsString>, String> {
    let mut expansion = Expansion { out: Vec::new(), own: true, open: Vec::new() };
    for (i, argument) in arguments.enumerate() {
        if i == 0 { expansion.out.push(argument) } else { expansion.add(argument)? }
    }
    Ok(expansion.out)
}

struct Expansion {
    out: Vec<OsString>,
    /// Before `--`.
    own: bool,
    /// The files that are being read, the outermost first.
    open: Vec<PathBuf>,
}

impl Expansion {
    fn add(&mut self, argument: OsString) -> Result<(), String> {
        self.own &= argument != "--";
        if !self.own {
            self.out.push(argument);
            return Ok(());
        }
        match argument.as_bytes().strip_prefix(b"@") {
            Some(path) if !path.is_empty() => self.read(Path::new(OsStr::from_bytes(path))),
            _ => {
                // `-O` without a level is `-O2`: an optional value would swallow the file name that follows.
                self.out.push(if argument == "-O" { "-O2".into() } else { argument });
                Ok(())
            }
        }
    }

    fn read(&mut self, path: &Path) -> Result<(), String> {
        let fail = |why: &dyn std::fmt::Display| format!("cannot read the response file `{}`: {why}", path.display());
        let mut text = Vec::new();
        File::open(path).and_then(|file| file.take(LIMIT).read_to_end(&mut text)).map_err(|e| fail(&e))?;
        if text.len() as u64 == LIMIT {
            return Err(fail(&format_args!("it has more than {} MB", LIMIT >> 20)));
        }
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if self.open.contains(&real) {
            return Err(fail(&"it names itself, perhaps through another one"));
        }
        self.open.push(real);
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
        for line in text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|l| !l.is_empty() && !l.starts_with(b"#")) {
            for part in parts(line, self.own) {
                self.add(part)?;
            }
        }
        self.open.pop();
        Ok(())
    }
}

/// The arguments of a line: one, or an option and its value. The program's own arguments are taken as they are.
fn parts(line: &[u8], own: bool) -> Vec<OsString> {
    if !own {
        return vec![OsString::from_vec(line.to_vec())];
    }
    match line.iter().position(|b| b.is_ascii_whitespace() || *b == b'=' || *b == b'"') {
        Some(at) if line.starts_with(b"-") && line[at].is_ascii_whitespace() => {
            vec![unquoted(&line[..at]), unquoted(line[at..].trim_ascii())]
        }
        _ => vec![unquoted(line)],
    }
}

/// Without double quotes, unless one of them stands alone.
fn unquoted(text: &[u8]) -> OsString {
    let quotes = text.iter().filter(|b| **b == b'"').count();
    OsString::from_vec(text.iter().copied().filter(|b| *b != b'"' || quotes % 2 == 1).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn expanded(arguments: &[&str]) -> Result<Vec<OsString>, String> {
        expand(arguments.iter().map(OsString::from))
    }

    /// Writes files into a folder of the test and answers `@FOLDER/`.
    fn files(test: &str, files: &[(&str, &str)]) -> (PathBuf, String) {
        let folder = std::env::temp_dir().join(format!("kiln-rsp-{test}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("created");
        let at = format!("@{}/", folder.display());
        for (name, text) in files {
            fs::write(folder.join(name), text.replace('@', &at)).expect("written");
        }
        (folder, at)
    }

    #[test]
    fn lines_are_arguments_and_the_programs_own_stay_as_they_are() {
        let text = "\u{feff}# made by a build\r\n\r\na b.cs\r\n-O\r\n\"c d.cs\"\n-o out put\n--feature A=\"x y\"\n--reference=\"e f\"\nodd\".cs\n--\n-o \"x\"\n";
        let (folder, at) = files("lines", &[("a", text), ("b", "-O")]);
        let list = expanded(&["kiln", "run", &format!("{at}a"), &format!("{at}b"), "-O"]).expect("readable");
        let last = format!("{at}b");
        let expected = [
            "kiln",
            "run",
            "a b.cs",
            "-O2",
            "c d.cs",
            "-o",
            "out put",
            "--feature",
            "A=x y",
            "--reference=e f",
            "odd\".cs",
            "--",
            "-o \"x\"",
            &last,
            "-O",
        ];
        assert_eq!(list, expected.map(OsString::from));
        fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    fn files_may_name_files_but_not_themselves() {
        let (folder, at) = files("nested", &[("a", "x.cs\n@b\n@b"), ("b", "y.cs\n"), ("c", "@d"), ("d", "@c"), ("self", "@self")]);
        assert_eq!(expanded(&["kiln", &format!("{at}a")]), Ok(["kiln", "x.cs", "y.cs", "y.cs"].map(OsString::from).to_vec()));
        for name in ["c", "self"] {
            assert!(expanded(&["kiln", &format!("{at}{name}")]).is_err_and(|e| e.contains("names itself")), "{name}");
        }
        fs::remove_dir_all(&folder).expect("removed");
        assert!(expanded(&["kiln", "@/no/such/file"]).is_err());
        assert!(expanded(&["kiln", "@/"]).is_err());
        assert!(expanded(&["kiln", "@/dev/zero"]).is_err_and(|e| e.contains("16 MB")));
        assert_eq!(expanded(&["@kiln", "@"]), Ok(["@kiln", "@"].map(OsString::from).to_vec()));
    }
}
