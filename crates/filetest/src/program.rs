//! Run tests: one program, one oracle, three configurations of Kiln, and those of other targets.
//!
//! The oracle's answer is kept by content hash, since CoreCLR's behaviour for one assembly does not change. Kiln's never is.

use crate::header::{Header, TestFile};
use crate::tools::{Platform, Tools};
use crate::{diff, header};
use kiln_support::ContentHasher;
use kiln_target::Target;
use kiln_toolchain::{Cache, Compiled, Output};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// The longest that a build may take; with an empty object cache a program over the class library is thousands of functions.
pub(crate) const BUILD_LIMIT: Duration = Duration::from_secs(600);
/// The longest that a program may run.
pub(crate) const RUN_LIMIT: Duration = Duration::from_secs(60);
/// The same, collecting at every allocation.
const STRESS_LIMIT: Duration = Duration::from_secs(180);

/// How a program is built and run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Config {
    /// `-O0`.
    O0,
    /// `-O`.
    O2,
    /// The output of `-O`, with a collection at every allocation.
    Stress,
    /// On the class library of a newer .NET than the one that all tests run on, where one is at hand.
    Newer {
        /// Its major version.
        major: u32,
        /// How the program is built and run.
        level: Level,
    },
    /// `-O` for another target than this machine, in an emulator; with collections or without.
    Foreign {
        /// The target.
        target: &'static Target,
        /// Collect now and then: emulation is too slow for every allocation.
        stress: bool,
    },
}

/// The first three configurations, on another framework.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    /// `-O0`: every program, since it costs a quarter of `-O` where nothing is in the cache, and shows what natives and overlay do.
    O0,
    /// `-O`: programs that ask for it.
    O2,
    /// The output of `-O`, with a collection at every allocation: programs that ask for it.
    Stress,
}

/// Major versions of .NET that programs also run on.
pub const NEWER: [u32; 1] = [10];

/// End of the name of a configuration that collects more than it has to.
const STRESSED: &str = "+gc-stress";
/// In an emulator a collection comes at one of so many allocations of those that the program collects at otherwise.
const FOREIGN_STRESS: u32 = 20;

impl Config {
    /// All of them, cheapest first.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let levels = [Level::O0, Level::O2, Level::Stress];
        let newer = NEWER.into_iter().flat_map(|major| levels.map(|level| Self::Newer { major, level }));
        let foreign = Target::ALL.iter().filter(|t| !t.is_host());
        let foreign = foreign.flat_map(|target| [false, true].map(|stress| Self::Foreign { target, stress }));
        [Self::O0, Self::O2, Self::Stress].into_iter().chain(newer).chain(foreign).collect()
    }

    /// The name in test names.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::O0 => "O0".to_owned(),
            Self::O2 => "O2".to_owned(),
            Self::Stress => "O2+gc-stress".to_owned(),
            Self::Newer { major, level } => format!("net{major}-{}", level.alone().name()),
            Self::Foreign { target, stress } => format!("{}{}", target.rid, if stress { STRESSED } else { "" }),
        }
    }

    /// The target that this machine is not.
    #[must_use]
    pub fn target(self) -> Option<&'static Target> {
        match self {
            Self::Foreign { target, .. } => Some(target),
            Self::O0 | Self::O2 | Self::Stress | Self::Newer { .. } => None,
        }
    }

    /// The major version of the framework, when it is not that of all tests.
    #[must_use]
    pub fn newer(self) -> Option<u32> {
        match self {
            Self::Newer { major, .. } => Some(major),
            Self::O0 | Self::O2 | Self::Stress | Self::Foreign { .. } => None,
        }
    }

    fn option(self) -> &'static str {
        match self {
            Self::O0 => "-O0",
            Self::O2 | Self::Stress | Self::Foreign { .. } => "-O",
            Self::Newer { level, .. } => level.alone().option(),
        }
    }

    /// Configurations with the same executable have the same folder.
    fn folder(self) -> String {
        match self {
            Self::O0 => "O0".to_owned(),
            Self::O2 | Self::Stress => "O".to_owned(),
            Self::Newer { major, level } => format!("net{major}-{}", level.alone().folder()),
            Self::Foreign { target, .. } => target.rid.to_owned(),
        }
    }

    /// `KILN_GC_STRESS`, given how often the program wants to collect.
    fn stress(self, every: Option<u32>) -> Option<u32> {
        match self {
            Self::Stress => Some(every.unwrap_or(1)),
            Self::Foreign { stress: true, .. } => Some(every.unwrap_or(1).saturating_mul(FOREIGN_STRESS)),
            Self::Newer { level, .. } => level.alone().stress(every),
            Self::O0 | Self::O2 | Self::Foreign { stress: false, .. } => None,
        }
    }
}

impl Level {
    /// The configuration of the framework of all tests.
    fn alone(self) -> Config {
        match self {
            Self::O0 => Config::O0,
            Self::O2 => Config::O2,
            Self::Stress => Config::Stress,
        }
    }
}

/// A program with what was found out about it so far.
pub struct Program {
    file: TestFile,
    /// The assembly, or what it cannot be compiled without.
    compiled: Result<Compiled, String>,
    /// Answers by the framework's major version; nothing is the one of all tests.
    oracles: Mutex<BTreeMap<Option<u32>, Once<Output>>>,
    /// Executables by folder.
    built: Mutex<BTreeMap<String, Once<PathBuf>>>,
}

/// Made by the first configuration that wants it.
type Once<T> = Arc<OnceLock<Result<T, String>>>;

fn once<K: Ord, T>(all: &Mutex<BTreeMap<K, Once<T>>>, key: K) -> Once<T> {
    Arc::clone(all.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default())
}

/// All programs of `tests/run`, compiled to IL.
///
/// # Errors
///
/// A failure of Roslyn itself, and IL text that does not assemble.
pub fn collect(tools: &Tools) -> Result<Vec<Program>, String> {
    let files = header::files("run");
    for file in &files {
        let known = |name: &&String| Config::all().iter().any(|c| c.newer().is_some() && c.name() == **name);
        let frameworks = file.header.iter().flat_map(|h| &h.frameworks);
        if let Some(wrong) = frameworks.into_iter().find(|name| !known(name)) {
            return Err(format!("{}: there is no configuration `{wrong}` of another framework", file.path.display()));
        }
        let named = file.header.iter().flat_map(|h| &h.targets);
        if let Some(wrong) = named.into_iter().find(|name| Target::parse(name.trim_end_matches(STRESSED)).is_err()) {
            return Err(format!("{}: there is no configuration `{wrong}` of another target", file.path.display()));
        }
    }
    let (il, cs): (Vec<TestFile>, Vec<TestFile>) =
        files.into_iter().partition(|file| file.path.extension().is_some_and(|extension| extension == "il"));
    let assembled = il.iter().map(|file| assemble(tools, file).map(Ok)).collect::<Result<Vec<_>, _>>()?;
    let compiled = compile(tools, &cs)?;
    let all = cs.into_iter().zip(compiled).chain(il.into_iter().zip(assembled));
    Ok(all.map(|(file, compiled)| Program { file, compiled, oracles: Mutex::default(), built: Mutex::default() }).collect())
}

/// The assemblies of C# programs: all of one version of C# in one process.
fn compile(tools: &Tools, files: &[TestFile]) -> Result<Vec<Result<Compiled, String>>, String> {
    let mut all: Vec<Result<Compiled, String>> = files.iter().map(|_| Err("it was not compiled".to_owned())).collect();
    let version = |file: &TestFile| file.header.as_ref().ok().and_then(|h| h.csharp);
    let versions: BTreeSet<Option<u32>> = files.iter().map(version).collect();
    for wanted in versions {
        let these: Vec<usize> = (0..files.len()).filter(|&i| version(&files[i]) == wanted).collect();
        let sources: Vec<_> = these.iter().map(|&i| (files[i].name.as_str(), files[i].path.as_path(), files[i].resources())).collect();
        let done = match wanted {
            None => Ok(tools.compile(&sources)?),
            Some(version) => tools.compile_newer(&sources, version)?,
        };
        match done {
            Ok(done) => these.into_iter().zip(done).for_each(|(i, compiled)| all[i] = Ok(compiled)),
            Err(lacking) => these.into_iter().for_each(|i| all[i] = Err(lacking.clone())),
        }
    }
    Ok(all)
}

/// Assembles IL text; the assembly lies with the tests' other files.
fn assemble(tools: &Tools, file: &TestFile) -> Result<Compiled, String> {
    let path = file.path.display().to_string();
    let text = fs::read_to_string(&file.path).map_err(|e| format!("{path}: {e}"))?;
    let bytes = kiln_iltext::assemble(&[kiln_iltext::Source { name: &path, text: &text }]).map_err(|e| e.to_string())?;
    let folder = tools.target.join("il");
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let assembly = folder.join(format!("{}.dll", file.name));
    fs::write(&assembly, bytes).map_err(|e| format!("{}: {e}", assembly.display()))?;
    Ok(Compiled { ok: true, assembly, diagnostics: Vec::new(), scratch: None })
}

impl Program {
    /// Its file.
    #[must_use]
    pub fn file(&self) -> &TestFile {
        &self.file
    }

    /// The program's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// Builds and runs the program in one configuration and compares with the oracle.
    ///
    /// # Errors
    ///
    /// What was different, and how to repeat it.
    pub fn check(&self, tools: &Tools, config: Config) -> Result<(), String> {
        let header = self.file.header.clone()?;
        let compiled = self.compiled.as_ref().map_err(Clone::clone)?;
        if !compiled.ok {
            let lines: Vec<String> = compiled.diagnostics.iter().map(ToString::to_string).collect();
            return Err(format!("does not compile\n{}", lines.join("\n")));
        }
        let platform = tools.platform(config.newer())?;
        let oracle = once(&self.oracles, config.newer());
        let expected = oracle.get_or_init(|| ask_oracle(tools, platform, &compiled.assembly, &header)).clone()?;
        if expected.code != header.exit {
            return Err(format!("the test is wrong: it expects exit code {}, CoreCLR ends with {}", header.exit, expected.code));
        }
        let cell = once(&self.built, config.folder());
        let executable = cell.get_or_init(|| self.build(tools, platform, &compiled.assembly, config)).clone()?;
        let mut command = match config.target() {
            Some(target) => tools.foreign(target)?.command(&executable),
            None => Command::new(&executable),
        };
        command.args(&header.args);
        let mut limit = RUN_LIMIT;
        if let Some(every) = config.stress(header.stress_every) {
            command.env("KILN_GC_STRESS", every.to_string());
            limit = STRESS_LIMIT;
        }
        // With the variables that are set.
        let repeat = format!("{command:?}");
        let actual = Output::within(&mut command, header.stdin.as_bytes(), limit).map_err(|e| e.to_string())?;
        let actual = actual.ok_or_else(|| format!("still running after {} s\nrepeat: {repeat}", limit.as_secs()))?;
        let Err(difference) = compare(&expected, &actual) else { return Ok(()) };
        // What depends on how threads are scheduled may be answered in several ways, also by CoreCLR, on a machine that is busy.
        let again = answer_of_oracle(platform, &compiled.assembly, &header)?;
        if compare(&again, &actual).is_ok() {
            return Ok(());
        }
        let changes = if compare(&expected, &again).is_err() {
            "\nthe test is wrong: CoreCLR answered differently when it was asked again"
        } else {
            ""
        };
        Err(format!("{difference}{changes}\nrepeat: {repeat}"))
    }

    fn build(&self, tools: &Tools, platform: &Platform, assembly: &Path, config: Config) -> Result<PathBuf, String> {
        let folder = tools.target.join("run").join(config.folder());
        fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let executable = folder.join(&self.file.name);
        let _ = fs::remove_file(&executable);
        let mut command = tools.kiln();
        command.env("KILN_FRAMEWORK", &platform.framework.dir);
        command.arg("build").arg(assembly).arg("-o").arg(&executable).arg(config.option());
        if let Some(target) = config.target() {
            command.args(["-r", target.rid]).env("KILN_RUNTIME", tools.foreign(target)?.archive()?);
        }
        // The harness itself runs as many builds as there are processors.
        command.args(["-j", "1"]);
        let repeat = format!("{command:?}");
        let output = Output::within(&mut command, b"", BUILD_LIMIT).map_err(|e| e.to_string())?;
        let output = output.ok_or_else(|| format!("kiln is still running after {} s\nrepeat: {repeat}", BUILD_LIMIT.as_secs()))?;
        if output.code != 0 {
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            let tail: Vec<&str> = stderr.lines().rev().take(40).collect();
            let tail: Vec<&str> = tail.into_iter().rev().collect();
            return Err(format!("kiln build ended with {}\n{}\nrepeat: {repeat}", output.code, tail.join("\n")));
        }
        Ok(executable)
    }
}

fn ask_oracle(tools: &Tools, platform: &Platform, assembly: &Path, header: &Header) -> Result<Output, String> {
    let bytes = fs::read(assembly).map_err(|e| format!("{}: {e}", assembly.display()))?;
    let mut hasher = ContentHasher::new("oracle");
    hasher.update(&bytes).update(platform.framework.dir.as_os_str().as_encoded_bytes()).update(header.stdin.as_bytes());
    for argument in &header.args {
        hasher.update(argument.as_bytes());
    }
    kept(tools, hasher, || answer_of_oracle(platform, assembly, header))
}

/// The oracle's answer, which is kept by what was hashed and by the host that asks CoreCLR: another one may answer otherwise.
pub(crate) fn kept(tools: &Tools, mut hasher: ContentHasher, ask: impl FnOnce() -> Result<Output, String>) -> Result<Output, String> {
    let host = tools.platform.oracle.command(Path::new("")).get_program().to_owned();
    let made = fs::metadata(&host).and_then(|m| m.modified()).map_err(|e| format!("{}: {e}", host.display()))?;
    hasher.update(format!("{made:?}").as_bytes());
    let kept = tools.target.join("oracle").join(hasher.finish().to_string());
    if let Some(output) = fs::read(&kept).ok().and_then(|bytes| decode(&bytes)) {
        return Ok(output);
    }
    let output = ask()?;
    Cache::write(&kept, &encode(&output)).map_err(|e| e.to_string())?;
    Ok(output)
}

fn answer_of_oracle(platform: &Platform, assembly: &Path, header: &Header) -> Result<Output, String> {
    let mut command = platform.oracle.command(assembly);
    command.args(&header.args);
    let output = Output::within(&mut command, header.stdin.as_bytes(), RUN_LIMIT).map_err(|e| e.to_string())?;
    output.ok_or_else(|| "CoreCLR is still running".to_owned())
}

/// Standard output and the exit code must be equal. Standard error is for humans and differs in its details, but its first line
/// (which says what was not caught) is what .NET users search for.
pub(crate) fn compare(expected: &Output, actual: &Output) -> Result<(), String> {
    let first_line = |bytes: &[u8]| -> String { String::from_utf8_lossy(bytes).lines().next().unwrap_or_default().trim_end().to_owned() };
    let mut problems = Vec::new();
    if actual.code != expected.code {
        problems.push(format!("exit code {}, expected {}", actual.code, expected.code));
    }
    problems.extend(diff::difference(&expected.stdout, &actual.stdout));
    if expected.code == 134 && first_line(&expected.stderr) != first_line(&actual.stderr) {
        problems.push(format!("stderr starts with `{}`, expected `{}`", first_line(&actual.stderr), first_line(&expected.stderr)));
    }
    if problems.is_empty() {
        return Ok(());
    }
    if expected.code != 134 && !actual.stderr.is_empty() {
        let text = String::from_utf8_lossy(&actual.stderr);
        let head: Vec<&str> = text.lines().take(25).collect();
        problems.push(format!("stderr:\n{}", head.join("\n")));
    }
    Err(problems.join("\n"))
}

/// `CODE STDOUT-LENGTH\n` and both streams.
fn encode(output: &Output) -> Vec<u8> {
    let mut bytes = format!("{} {}\n", output.code, output.stdout.len()).into_bytes();
    bytes.extend_from_slice(&output.stdout);
    bytes.extend_from_slice(&output.stderr);
    bytes
}

fn decode(bytes: &[u8]) -> Option<Output> {
    let end = bytes.iter().position(|&b| b == b'\n')?;
    let (code, length) = std::str::from_utf8(&bytes[..end]).ok()?.split_once(' ')?;
    let (stdout, stderr) = bytes[end + 1..].split_at_checked(length.parse().ok()?)?;
    Some(Output { code: code.parse().ok()?, stdout: stdout.to_vec(), stderr: stderr.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(code: i32, stdout: &str, stderr: &str) -> Output {
        Output { code, stdout: stdout.into(), stderr: stderr.into() }
    }

    #[test]
    fn kept_answers_read_back_unchanged() {
        let original = output(134, "a\nb", "Unhandled exception. X\n   at Y");
        assert_eq!(decode(&encode(&original)), Some(original));
        assert_eq!(decode(b"1 99\nshort"), None);
    }

    #[test]
    fn only_the_first_line_of_an_unhandled_exception_counts() {
        let expected = output(134, "x", "Unhandled exception. E: m\n   at A");
        assert!(compare(&expected, &output(134, "x", "Unhandled exception. E: m\n   at B")).is_ok());
        assert!(compare(&expected, &output(134, "x", "Unhandled exception. F: m")).is_err());
        assert!(compare(&output(0, "x", "note"), &output(0, "x", "")).is_ok());
        assert!(compare(&output(0, "x", ""), &output(1, "x", "")).is_err());
    }
}
