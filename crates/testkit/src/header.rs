//! The `//@` lines at the top of a test file: a TOML document with unknown keys rejected.

use serde::Deserialize;
use std::collections::BTreeMap;

/// What a test file says about itself.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Header {
    /// The stage: the name of the folder that the file lies in.
    pub test: String,
    /// Only what is about types and methods whose name contains one of these is rendered.
    #[serde(default)]
    pub filter: Names,
    /// `lir`: also the code of symbols that no IL body stands for, where rendered code names them. `stubs`: also what makes exceptions.
    #[serde(default)]
    pub stubs: bool,
    /// `layout`, `vtable`, `dispatch`, `mir`, `lir`: instantiations to render besides the definitions, as type names: `G<int32,string>`.
    #[serde(default)]
    pub instances: Names,
    /// `mir`, `lir`: for a processor whose instruction sets are known; the least is compiled in, more is asked.
    #[serde(default)]
    pub processor: bool,
    /// `graph`: names of nodes that the program must reach.
    #[serde(default)]
    pub reached: Names,
    /// `graph`: names of nodes that it must not.
    #[serde(default)]
    pub not_reached: Names,
    /// `graph`: everything in the assembly is a root, as with `--root`.
    #[serde(default)]
    pub whole: bool,
    /// `graph`: for a node, names that its path from a root must go through, in order, the root first.
    #[serde(default)]
    pub because: BTreeMap<String, Vec<String>>,
    /// `errors`: the codes without a place that the build must report; `//~ CODE` lines name those with one.
    #[serde(default)]
    pub error: Names,
    /// `llvm` and `asm`: `O0`, `O1`, `O2` (where it is not given) or `Os`.
    #[serde(default)]
    pub opt: Option<String>,
    /// `llvm`: after all passes, with statepoints, instead of before any.
    #[serde(default)]
    pub r#final: bool,
    /// `llvm` and `asm`: for a shared library.
    #[serde(default)]
    pub shared: bool,
    /// `llvm` and `asm`: what to compile for, as `-r` takes it; linux-x64 where it is not given.
    #[serde(default)]
    pub target: Option<String>,
}

/// One name or several.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "OneOrMany")]
pub struct Names(pub Vec<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl From<OneOrMany> for Names {
    fn from(names: OneOrMany) -> Self {
        match names {
            OneOrMany::One(name) => Self(vec![name]),
            OneOrMany::Many(names) => Self(names),
        }
    }
}

impl Header {
    /// Reads the header of a file.
    ///
    /// # Errors
    ///
    /// No header, an unknown key, or no line that says what the test covers.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lines: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//@")).collect();
        if lines.is_empty() {
            return Err("a test file starts with `//@` lines".to_owned());
        }
        if !text.lines().any(|line| line.starts_with("// Covers: ")) {
            return Err("a test file says what it covers: `// Covers: RULE`".to_owned());
        }
        toml::from_str(&lines.join("\n")).map_err(|e| e.to_string())
    }

    /// Whether something of this name is rendered.
    #[must_use]
    pub fn wanted(&self, name: &str) -> bool {
        self.filter.0.is_empty() || self.filter.0.iter().any(|filter| name.contains(filter.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_and_missing_parts_are_errors() {
        let header = Header::parse("//@ test = \"mir\"\n//@ filter = \"A\"\n// Covers: x\n").expect("fine");
        assert!(header.wanted("xAx") && !header.wanted("B"));
        let header = Header::parse("//@ test = \"graph\"\n//@ not-reached = [\"A\", \"B\"]\n// Covers: x\n").expect("fine");
        assert_eq!(header.not_reached.0, ["A", "B"]);
        assert!(Header::parse("//@ test = \"mir\"\n//@ filtre = \"A\"\n// Covers: x\n").expect_err("unknown").contains("filtre"));
        assert!(Header::parse("//@ test = \"mir\"\n").expect_err("covers").contains("covers"));
        assert!(Header::parse("//@ filter = \"A\"\n// Covers: x\n").is_err());
        assert!(Header::parse(".class C {}").is_err());
    }
}
