//! The command that reproduces a bug of Kiln's: what was built with the options that matter, up to the stage that failed, for the method
//! that it failed on. It runs as it is printed, in a shell in the folder of the build.

use crate::options::{BuildOptions, Emit};
use kiln_codegen::OptLevel;
use std::ffi::OsStr;

/// What failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// The analysis, which imports and lowers as it goes: everything is analysed whatever the filter, which shows the method.
    Analysis(String),
    /// Code generation of a function, by link name: only its unit is compiled.
    Code(String),
    /// Something else: as it was asked for.
    Other,
}

/// The command line.
#[must_use]
pub fn command(options: &BuildOptions, part: &Part) -> String {
    let mut line = Line(options.called.clone());
    line.word("build");
    options.inputs.iter().for_each(|input| line.word(input));
    if !options.target.is_host() {
        line.option("-r", options.target.rid);
    }
    if !options.instruction_sets.is_empty() {
        line.option("--instruction-set", options.instruction_sets.option());
    }
    match options.opt {
        OptLevel::O0 => line.word("-O0"),
        OptLevel::Size => line.word("--size"),
        OptLevel::O1 | OptLevel::O2 => {}
    }
    if let Some(fuel) = options.opt_fuel {
        line.option("--opt-fuel", fuel.to_string());
    }
    if options.debug_info {
        line.word("-g");
    }
    options.framework.iter().for_each(|folder| line.option("--framework", folder));
    options.references.iter().for_each(|reference| line.option("--reference", reference));
    options.roots.iter().for_each(|root| line.option("--root", root));
    options.descriptors.iter().for_each(|file| line.option("--descriptor", file));
    options.substitutions.iter().for_each(|file| line.option("--substitutions", file));
    options.link_attributes.iter().for_each(|file| line.option("--link-attributes", file));
    for resource in &options.resources {
        line.option("--resource", format!("{},{}", resource.file.display(), resource.name));
    }
    for (name, value) in &options.features {
        line.option("--feature", format!("{name}={value}"));
    }
    if options.cache.is_none() {
        line.word("--no-cache");
    }
    let (emit, filter) = match part {
        Part::Analysis(method) => (Some("lir"), Some(short(method))),
        Part::Code(function) => (Some("obj"), Some(function.as_str())),
        Part::Other => (stage(options.emit), options.filter.as_deref()),
    };
    if let Some(emit) = emit {
        line.word(format!("--emit={emit}"));
    }
    filter.into_iter().for_each(|filter| line.option("--filter", filter));
    match part {
        Part::Code(_) => line.option("-o", "reproduced"),
        Part::Other if matches!(options.emit, Emit::Link | Emit::Obj) => line.option("-o", &options.output),
        _ => {}
    }
    line.0
}

fn stage(emit: Emit) -> Option<&'static str> {
    match emit {
        Emit::Link => None,
        Emit::Mir => Some("mir"),
        Emit::MirOpt => Some("mir-opt"),
        Emit::Lir => Some("lir"),
        Emit::LlvmIr => Some("llvm-ir"),
        Emit::Asm => Some("asm"),
        Emit::Obj => Some("obj"),
        Emit::Map => Some("map"),
    }
}

/// `[App]Ns.Type::Method(params)` without what a filter does not need.
fn short(method: &str) -> &str {
    let name = method.split_once(']').map_or(method, |(_, n)| n);
    name.split('(').next().unwrap_or(name)
}

struct Line(String);

impl Line {
    fn word(&mut self, word: impl AsRef<OsStr>) {
        self.0.push(' ');
        self.0.push_str(&quoted(word.as_ref()));
    }

    fn option(&mut self, name: &str, value: impl AsRef<OsStr>) {
        self.word(name);
        self.word(value);
    }
}

/// A word as a POSIX shell reads it (XCU 2.2.2): as it is where that is safe, else in single quotes.
#[must_use]
pub fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.into_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiln_target::Target;
    use std::path::PathBuf;

    fn options() -> BuildOptions {
        BuildOptions {
            called: "KILN_LLD=/lld kiln".to_owned(),
            inputs: vec![PathBuf::from("my app/it's.dll")],
            output: PathBuf::from("out"),
            cache: Some(PathBuf::from("cache")),
            ..crate::options::plain()
        }
    }

    #[test]
    fn the_stage_and_the_method_are_those_that_failed() {
        let line = |part| command(&options(), &part);
        let start = r"KILN_LLD=/lld kiln build 'my app/it'\''s.dll'";
        assert_eq!(line(Part::Other), format!("{start} -o out"));
        assert_eq!(line(Part::Analysis("[App]N.P::Main(string[])".into())), format!("{start} --emit=lir --filter N.P::Main"));
        assert_eq!(line(Part::Code("[App]P::M():V".into())), format!("{start} --emit=obj --filter '[App]P::M():V' -o reproduced"));
    }

    #[test]
    fn every_option_that_matters_is_there() {
        let o = BuildOptions {
            target: Target::ALL.iter().find(|t| !t.is_host()).expect("a second target"),
            opt: OptLevel::O0,
            debug_info: true,
            opt_fuel: Some(9),
            framework: Some("fw".into()),
            references: vec!["a.dll".into(), "b b".into()],
            roots: vec!["Lib".into()],
            descriptors: vec!["d.xml".into()],
            substitutions: vec!["s.xml".into()],
            link_attributes: vec!["l.xml".into()],
            resources: vec![kiln_toolchain::Resource::parse("r.txt,App.r.txt")],
            cache: None,
            features: vec![("A.B".into(), "true".into())],
            emit: Emit::Asm,
            filter: Some("X".into()),
            ..options()
        };
        let line = command(&o, &Part::Other);
        for wanted in [
            &format!(" -r {} ", o.target.rid),
            " -O0 --opt-fuel 9 -g --framework fw --reference a.dll --reference 'b b' --root Lib --descriptor d.xml --substitutions s.xml --link-attributes l.xml --resource r.txt,App.r.txt --feature A.B=true --no-cache",
            " --emit=asm --filter X",
        ] {
            assert!(line.contains(wanted), "{wanted} in {line}");
        }
        assert!(command(&BuildOptions { opt: OptLevel::Size, ..options() }, &Part::Other).contains(" --size"));
    }
}
