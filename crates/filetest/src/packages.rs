//! Programs over libraries of others: `tests/packages`, one file each, compared with CoreCLR on the same assemblies.
//!
//! The header names the packages (`packages = ["Newtonsoft.Json 13.0.3"]`); [`crate::shelf`] finds them. A program whose packages are not at hand is
//! skipped, and the test says so: nothing in the repository needs them.

use crate::header;
use crate::program::{BUILD_LIMIT, RUN_LIMIT, compare, kept};
use crate::shelf::{Shelf, Wanted, assemblies};
use crate::tools::Tools;
use kiln_support::ContentHasher;
use kiln_toolchain::{CSharpOptions, Cache, Compilation, Output};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// What a program says about itself.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Header {
    /// The exit code that the program must end with.
    pub exit: i32,
    /// Arguments of the program.
    pub args: Vec<String>,
    /// The packages that it names, as `NAME VERSION`.
    pub packages: Vec<String>,
    /// Feature switches, as `kiln build --feature` takes them.
    pub features: Vec<String>,
    /// It takes more than half a minute of one processor: only in the whole set.
    pub slow: bool,
    /// The largest size of the output of `-O`, in bytes: what Native AOT makes of the program, or with the reason in a comment more.
    pub largest: Option<u64>,
}

/// How a program is built.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    /// `-O0`.
    O0,
    /// `-O`.
    O2,
}

impl Level {
    /// All of them, cheapest first.
    pub const ALL: [Self; 2] = [Self::O0, Self::O2];

    /// The name in test names.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::O0 => "O0",
            Self::O2 => "O2",
        }
    }
}

/// One program.
pub struct Program {
    /// Its name.
    pub name: String,
    path: PathBuf,
    header: Result<Header, String>,
    /// The compiled program beside its packages, made once.
    laid: OnceLock<Result<PathBuf, String>>,
    expected: OnceLock<Result<Output, String>>,
}

/// Why a program did not pass.
#[derive(Clone, Debug)]
pub enum Failure {
    /// Its packages are not at hand.
    Lacks(String),
    /// Something is wrong.
    Wrong(String),
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self::Wrong(text)
    }
}

/// All programs.
#[must_use]
pub fn collect() -> Vec<Program> {
    let sources = header::sources("packages").into_iter();
    let named = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let program =
        |path: PathBuf| Program { name: named(&path), header: header::read(&path), path, laid: OnceLock::new(), expected: OnceLock::new() };
    sources.map(program).collect()
}

impl Program {
    /// Whether it is run every time; the rest is a matter of half an hour.
    #[must_use]
    pub fn runs_always(&self, level: Level) -> bool {
        level == Level::O0 && !self.header.as_ref().is_ok_and(|header| header.slow)
    }

    /// Builds and runs the program and compares with CoreCLR.
    ///
    /// # Errors
    ///
    /// What was different, or is not at hand.
    pub fn check(&self, tools: &Tools, shelf: &Shelf, level: Level) -> Result<(), Failure> {
        let header = self.header.clone()?;
        let folder = tools.target.join("packages").join(&self.name);
        let wanted: Vec<Wanted> = header.packages.iter().map(|text| Wanted::parse(text)).collect::<Result<_, _>>()?;
        let laid = self.laid.get_or_init(|| {
            let _ = fs::remove_dir_all(&folder);
            shelf.lay(&wanted, &folder)?;
            Ok(folder.clone())
        });
        let folder = laid.clone().map_err(Failure::Lacks)?;
        let assembly = self.compile(tools, shelf, &folder)?;
        let expected = self.expected.get_or_init(|| ask_oracle(tools, shelf, &assembly, &header)).clone()?;
        if expected.code != header.exit {
            let text = String::from_utf8_lossy(&expected.stderr).into_owned();
            return Err(Failure::Wrong(format!("the test is wrong: CoreCLR ends with {}\n{text}", expected.code)));
        }
        let executable = build(tools, &folder, &assembly, &header, level)?;
        let mut command = std::process::Command::new(&executable);
        command.args(&header.args);
        let repeat = format!("{command:?}");
        let actual = Output::within(&mut command, b"", RUN_LIMIT).map_err(|e| e.to_string())?;
        let actual = actual.ok_or_else(|| format!("still running after {} s\nrepeat: {repeat}", RUN_LIMIT.as_secs()))?;
        compare(&expected, &actual).map_err(|difference| format!("{difference}\nrepeat: {repeat}"))?;
        let size = fs::metadata(&executable).map_err(|e| format!("{}: {e}", executable.display()))?.len();
        let _ = fs::remove_file(&executable);
        match header.largest.filter(|largest| level == Level::O2 && size > *largest) {
            Some(largest) => Err(Failure::Wrong(format!("the output has {size} bytes, more than {largest}"))),
            None => Ok(()),
        }
    }

    /// Compiles the program into the folder of its packages.
    fn compile(&self, tools: &Tools, shelf: &Shelf, folder: &Path) -> Result<PathBuf, String> {
        // Programs are called like the libraries that they are about, and an assembly must not be.
        let name = format!("{}-program", self.name);
        let output = folder.join(format!("{name}.dll"));
        let mut references: Vec<PathBuf> = assemblies(folder).into_iter().filter(|path| *path != output).collect();
        let own: Vec<_> = references.iter().filter_map(|path| path.file_name().map(ToOwned::to_owned)).collect();
        let mut shared = tools.framework.assemblies().map_err(|e| e.to_string())?;
        shelf.frameworks().iter().skip(1).for_each(|folder| shared.extend(assemblies(folder)));
        references.extend(shared.into_iter().filter(|path| !own.iter().any(|name| path.ends_with(name))));
        let options = CSharpOptions { debug: false, ..CSharpOptions::default() };
        let compilation = Compilation { name, sources: vec![self.path.clone()], references, resources: Vec::new(), options };
        let done = tools.csc.compile_cached(&[compilation]).map_err(|e| e.to_string())?;
        let done = done.first().ok_or("the compiler says nothing")?;
        if !done.ok {
            let lines: Vec<String> = done.diagnostics.iter().map(ToString::to_string).collect();
            return Err(format!("does not compile\n{}", lines.join("\n")));
        }
        let bytes = fs::read(&done.assembly).map_err(|e| format!("{}: {e}", done.assembly.display()))?;
        Cache::write(&output, &bytes).map_err(|e| e.to_string())?;
        Ok(output)
    }
}

fn build(tools: &Tools, folder: &Path, assembly: &Path, header: &Header, level: Level) -> Result<PathBuf, String> {
    let executable = folder.join(format!("{}.{}", assembly.file_stem().unwrap_or_default().display(), level.name()));
    let mut command = tools.kiln();
    command.arg("build").arg(assembly).arg("-o").arg(&executable).arg(match level {
        Level::O0 => "-O0",
        Level::O2 => "-O",
    });
    command.args(["-j", "1", "-q"]);
    header.features.iter().for_each(|feature| _ = command.args(["--feature", feature]));
    let repeat = format!("{command:?}");
    let output = Output::within(&mut command, b"", BUILD_LIMIT).map_err(|e| e.to_string())?;
    let output = output.ok_or_else(|| format!("kiln is still running after {} s\nrepeat: {repeat}", BUILD_LIMIT.as_secs()))?;
    if output.code == 0 {
        return Ok(executable);
    }
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let errors: Vec<&str> = stderr.lines().filter(|line| !line.contains("warning")).take(30).collect();
    Err(format!("kiln build ended with {}\n{}\nrepeat: {repeat}", output.code, errors.join("\n")))
}

/// CoreCLR's answer, kept by the content of all assemblies.
fn ask_oracle(tools: &Tools, shelf: &Shelf, assembly: &Path, header: &Header) -> Result<Output, String> {
    let mut hasher = ContentHasher::new("oracle over packages");
    hasher.update(&fs::read(assembly).map_err(|e| format!("{}: {e}", assembly.display()))?);
    hasher.update(tools.framework.dir.as_os_str().as_encoded_bytes());
    header.packages.iter().chain(&header.args).for_each(|text| _ = hasher.update(text.as_bytes()));
    kept(tools, hasher, || answer_of_oracle(tools, shelf, assembly, header))
}

fn answer_of_oracle(tools: &Tools, shelf: &Shelf, assembly: &Path, header: &Header) -> Result<Output, String> {
    let own: Vec<&Path> = assembly.parent().into_iter().collect();
    let shared: Vec<&Path> = shelf.frameworks().iter().skip(1).map(PathBuf::as_path).collect();
    let mut command = tools.platform.oracle.command_with(assembly, &own, &shared);
    command.args(&header.args);
    let output = Output::within(&mut command, b"", RUN_LIMIT).map_err(|e| e.to_string())?;
    output.ok_or_else(|| "CoreCLR is still running".to_owned())
}
