//! The `//@` lines at the top of a test file: a TOML document with unknown keys rejected.

use crate::program::{Config, Level};
use kiln_toolchain::Resource;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::path::{Path, PathBuf};

/// What a test file says about itself.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Header {
    /// The exit code that the program must end with; the oracle is held to it too.
    pub exit: i32,
    /// Standard input.
    pub stdin: String,
    /// Arguments of the program.
    pub args: Vec<String>,
    /// Files to embed, as `kiln build --resource` takes them, relative to the test's folder.
    pub resources: Vec<String>,
    /// Collect at every N-th allocation in the gc-stress configuration; 1 where it is not given.
    pub stress_every: Option<u32>,
    /// The configurations of other targets that it also runs in, by name.
    pub targets: Vec<String>,
    /// The configurations of newer frameworks that it also runs in, by name; all programs run in those at `-O0`.
    pub frameworks: Vec<String>,
    /// The version of C# that it is written in. One that Kiln's own Roslyn does not know needs a newer framework with its compiler: the
    /// program runs on that alone, in all of its configurations.
    pub csharp: Option<u32>,
}

/// One test file.
#[derive(Clone, Debug)]
pub struct TestFile {
    /// The file's name without extension.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// Its header, or what is wrong with it.
    pub header: Result<Header, String>,
}

impl TestFile {
    /// Whether the program runs in a configuration: all do on this machine, and on other targets those that say so.
    #[must_use]
    pub fn runs_in(&self, config: Config) -> bool {
        let says = |list: fn(&Header) -> &Vec<String>| self.header.iter().any(|h| list(h).contains(&config.name()));
        match config {
            Config::Newer { level, .. } => self.needs_newer() || level == Level::O0 || says(|h| &h.frameworks),
            _ if self.needs_newer() => false,
            Config::Foreign { .. } => says(|h| &h.targets),
            Config::O0 | Config::O2 | Config::Stress => true,
        }
    }

    /// Whether it is written in a newer C# than that of all other programs.
    #[must_use]
    pub fn needs_newer(&self) -> bool {
        self.header.iter().any(|h| h.csharp.is_some())
    }

    /// What the compiler embeds.
    #[must_use]
    pub fn resources(&self) -> Vec<Resource> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let parse = |text: &String| {
            let resource = Resource::parse(text);
            Resource { file: folder.join(&resource.file), ..resource }
        };
        self.header.iter().flat_map(|header| &header.resources).map(parse).collect()
    }
}

/// The `.cs` and `.il` files of `tests/FOLDER`, sorted by name.
#[must_use]
pub fn files(folder: &str) -> Vec<TestFile> {
    let paths = sources(folder).into_iter();
    paths
        .map(|path| TestFile { name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), header: read(&path), path })
        .collect()
}

/// The `.cs` and `.il` files of `tests/FOLDER`, sorted by name.
pub(crate) fn sources(folder: &str) -> Vec<PathBuf> {
    let dir = crate::tools::workspace().join("tests").join(folder);
    let entries = dir.read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|e| e == "cs" || e == "il")).collect();
    found.sort_by(|a, b| a.file_stem().cmp(&b.file_stem()));
    found
}

/// The `//@` lines of a file.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    parse(&text).map_err(|e| format!("{}: {e}", path.display()))
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let lines: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//@")).collect();
    if lines.is_empty() {
        return Err("a test file starts with `//@` lines".to_owned());
    }
    if !text.lines().any(|line| line.starts_with("// Covers: ")) {
        return Err("a test file says what it covers: `// Covers: RULE`".to_owned());
    }
    toml::from_str(&lines.join("\n")).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_and_missing_parts_are_errors() {
        let header: Header = parse("//@ exit = 3\n//@ args = [\"a b\"]\n// Covers: x\n").expect("fine");
        assert_eq!((header.exit, header.args.as_slice()), (3, &["a b".to_owned()][..]));
        assert!(parse::<Header>("//@ exot = 3\n// Covers: x\n").expect_err("unknown").contains("exot"));
        assert!(parse::<Header>("//@ exit = 0\n").expect_err("covers").contains("covers"));
        assert!(parse::<Header>("class C {}").is_err());
    }
}
