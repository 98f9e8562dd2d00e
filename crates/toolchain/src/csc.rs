//! Compiles C# with Roslyn.
//!
//! Roslyn is a .NET library; the driver over it (`driver/kiln-csc.cs`) is ours, compiled once and embedded as bytes, so that
//! a machine with nothing but a framework and Roslyn's two assemblies can compile C#. A test compiles the driver with itself
//! and compares the bytes. The driver takes many compilations at once: they share references and warm code.

mod options;
mod record;
mod server;

pub use options::{CSharpOptions, Compilation, Resource};
pub use record::{CsDiagnostic, CsSeverity};
use server::Server;

use crate::framework::{FrameworkSource, dotnet_root, newest_of_any_major, parse_version};
use crate::host::exit_code;
use crate::{Cache, CoreHost, Framework, Scratch, ToolchainError, find_framework};
use kiln_support::{ContentHash, ContentHasher};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// The compiled form of `driver/kiln-csc.cs`.
const DRIVER: &[u8] = include_bytes!("../driver/kiln-csc.dll");
/// Changes with the response file's form and with what is kept beside an assembly.
const FORM: &[u8] = b"2";
/// The assembly whose presence makes a folder a Roslyn.
const ROSLYN: &str = "Microsoft.CodeAnalysis.CSharp.dll";

/// .NET 9 came with C# 13, and so on.
const LANGUAGE_AHEAD: u32 = 4;

/// The newest C# of a Roslyn by where it lies: in `sdk/VERSION/Roslyn/bincore`, in `roslyn/VERSION` of the cache, or in the folder `roslyn`
/// of an installation, whose newest framework it came with.
fn newest_language(roslyn: &Path) -> Option<u32> {
    let version = |dir: &Path| dir.file_name()?.to_str().and_then(parse_version);
    if roslyn.ends_with("Roslyn/bincore") {
        return version(roslyn.ancestors().nth(2)?).map(|sdk| sdk[0] + LANGUAGE_AHEAD);
    }
    match version(roslyn) {
        // Roslyn 4.8 is C# 12; from 4.12 on 13; 5 is 14.
        Some([4, minor, _]) => Some(if minor >= 12 { 13 } else { 12 }),
        Some([5, ..]) => Some(14),
        Some(_) => None,
        None => newest_of_any_major(roslyn.parent()?, FrameworkSource::Installed)?.major().map(|major| major + LANGUAGE_AHEAD),
    }
}

/// Roslyn, and the runtime that runs it.
#[derive(Clone, Debug)]
pub struct CSharpCompiler {
    host: CoreHost,
    roslyn: PathBuf,
    /// The newest version of C# that it knows, where that is known.
    newest: Option<u32>,
    driver: PathBuf,
    cache: Cache,
    /// Where the driver is, and the cache if there is none, when the cache cannot be written.
    scratch: Option<Arc<Scratch>>,
    /// The process that stays for the next compilation.
    server: Option<Server>,
}

/// How one compilation ended.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// Whether the assembly was written.
    pub ok: bool,
    /// The assembly.
    pub assembly: PathBuf,
    /// Errors and warnings in Roslyn's order.
    pub diagnostics: Vec<CsDiagnostic>,
    /// Where the assembly is when the cache cannot be written: it is gone when this is.
    pub scratch: Option<Arc<Scratch>>,
}

/// Finds Roslyn: `KILN_ROSLYN`, the newest SDK of an installed .NET, the cache.
///
/// # Errors
///
/// [`ToolchainError::NotARoslyn`] when a folder that was named is none, [`ToolchainError::NoCompiler`] when nothing was found, and what [`CoreHost::find`] reports when it cannot be run.
pub fn find_csc() -> Result<CSharpCompiler, ToolchainError> {
    let mut looked_at = vec!["KILN_ROSLYN".to_owned()];
    if let Some(dir) = env::var_os("KILN_ROSLYN").filter(|value| !value.is_empty()).map(PathBuf::from) {
        // What is named is not passed over.
        if !dir.join(ROSLYN).is_file() {
            return Err(ToolchainError::NotARoslyn { dir });
        }
        return CSharpCompiler::new(dir, &find_framework(None)?);
    }
    if let Some(root) = dotnet_root() {
        if let Some(found) = CSharpCompiler::of_installation(&root)? {
            return Ok(found);
        }
        looked_at.push(format!("{}/sdk", root.display()));
    }
    let Ok(cache) = Cache::locate() else {
        looked_at.push("no cache: neither KILN_CACHE nor HOME is set".to_owned());
        return Err(ToolchainError::NoCompiler { looked_at });
    };
    if let Some(roslyn) = sorted_folders(&cache.roslyn()).into_iter().rev().find(|dir| dir.join(ROSLYN).is_file()) {
        let framework = newest_of_any_major(&cache.dotnet(), FrameworkSource::Cache);
        return CSharpCompiler::new(roslyn, &framework.map_or_else(|| find_framework(None), Ok)?);
    }
    looked_at.push(cache.roslyn().display().to_string());
    Err(ToolchainError::NoCompiler { looked_at })
}

/// Compiles `sources` to the assembly `output`, with a compiler found by [`find_csc`].
///
/// # Errors
///
/// What [`find_csc`] and [`CSharpCompiler::compile`] report. Errors in the program are not errors here but diagnostics.
pub fn compile_csharp(
    sources: &[PathBuf],
    references: &[PathBuf],
    output: &Path,
    options: &CSharpOptions,
) -> Result<Vec<CsDiagnostic>, ToolchainError> {
    let compilation = Compilation {
        name: output.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        sources: sources.to_vec(),
        references: references.to_vec(),
        resources: Vec::new(),
        options: options.clone(),
    };
    let mut done = find_csc()?.compile(&[(&compilation, output.to_owned())])?;
    Ok(done.pop().map(|compiled| compiled.diagnostics).unwrap_or_default())
}

impl CSharpCompiler {
    /// The Roslyn in `roslyn`, run on `framework`.
    ///
    /// # Errors
    ///
    /// As [`CoreHost::find`]; [`ToolchainError::Io`] when the driver can be written neither to the cache nor to a scratch folder.
    pub fn new(roslyn: PathBuf, framework: &Framework) -> Result<Self, ToolchainError> {
        let (host, newest) = (CoreHost::find(framework)?, newest_language(&roslyn));
        let hash = ContentHasher::new("driver").update(DRIVER).finish();
        // The folder holds nothing else: the runtime looks for assemblies beside the program.
        let place = |cache: &Cache| cache.bin().join(format!("csc-{hash}")).join("kiln-csc.dll");
        let located = Cache::locate().ok();
        if let Some(cache) = &located {
            let driver = place(cache);
            if driver.is_file() || Cache::write(&driver, DRIVER).is_ok() {
                return Ok(Self { host, roslyn, newest, driver, cache: cache.clone(), scratch: None, server: None });
            }
        }
        let scratch = Arc::new(Scratch::new()?);
        let own = Cache::at(scratch.path());
        let driver = place(&own);
        Cache::write(&driver, DRIVER)?;
        Ok(Self { host, roslyn, newest, driver, cache: located.unwrap_or(own), scratch: Some(scratch), server: None })
    }

    /// The compiler of an installation of .NET: its newest SDK's, or one in a folder `roslyn`.
    ///
    /// # Errors
    ///
    /// As [`CSharpCompiler::new`].
    pub fn of_installation(root: &Path) -> Result<Option<Self>, ToolchainError> {
        let mut folders = sorted_folders(&root.join("sdk")).into_iter().map(|sdk| sdk.join("Roslyn/bincore")).collect::<Vec<_>>();
        folders.insert(0, root.join("roslyn"));
        // An SDK's compiler is built for the framework that comes with it, which is not always the one compiled against.
        let framework = newest_of_any_major(root, FrameworkSource::Installed);
        let roslyn = folders.into_iter().rev().find(|dir| dir.join(ROSLYN).is_file());
        roslyn.zip(framework).map(|(roslyn, framework)| Self::new(roslyn, &framework)).transpose()
    }

    /// The newest version of C# that the compiler knows, where that is known.
    #[must_use]
    pub fn newest_language(&self) -> Option<u32> {
        self.newest
    }

    /// The version of C# that the SDK chooses for programs on `framework` (.NET 9: C# 13, one more with every .NET), or the newest below
    /// it that the compiler knows.
    #[must_use]
    pub fn language_version(&self, framework: &Framework) -> String {
        let of_framework = framework.major().map(|major| major + LANGUAGE_AHEAD);
        match (self.newest, of_framework) {
            (Some(newest), Some(wanted)) => newest.min(wanted).to_string(),
            (Some(newest), None) => newest.to_string(),
            (None, _) => "latest".to_owned(),
        }
    }

    /// The same, by a process that stays for a while for the next compilation: for a person who changes a file and compiles again.
    #[must_use]
    pub fn with_server(mut self) -> Self {
        // Roslyn may be replaced in its place.
        let roslyn = fs::metadata(self.roslyn.join(ROSLYN)).and_then(|m| m.modified()).ok();
        let identity = format!("{:?} {roslyn:?} {:?}", self.host.command(&self.driver, &[&self.roslyn]), env!("CARGO_PKG_VERSION"));
        self.server = if self.scratch.is_none() { Server::new(self.cache.root(), &[identity.as_bytes()]) } else { None };
        self
    }

    /// The folder of Roslyn's assemblies.
    #[must_use]
    pub fn roslyn(&self) -> &Path {
        &self.roslyn
    }

    /// Runs all compilations in one process, each writing the assembly at its side.
    ///
    /// # Errors
    ///
    /// [`ToolchainError::CompilerCrashed`] when the process ended early, [`ToolchainError::Io`] for files.
    pub fn compile(&self, jobs: &[(&Compilation, PathBuf)]) -> Result<Vec<Compiled>, ToolchainError> {
        if jobs.is_empty() {
            return Ok(Vec::new());
        }
        self.compile_in(Scratch::new()?.path(), jobs)
    }

    fn compile_in(&self, scratch: &Path, jobs: &[(&Compilation, PathBuf)]) -> Result<Vec<Compiled>, ToolchainError> {
        let mut files = Vec::new();
        for (index, (compilation, output)) in jobs.iter().enumerate() {
            if let Some(parent) = output.parent() {
                fs::create_dir_all(parent).map_err(ToolchainError::io(parent))?;
            }
            let response = scratch.join(format!("{index}.rsp"));
            let text = compilation.response_file(output, scratch)?;
            fs::write(&response, text).map_err(ToolchainError::io(&response))?;
            files.push(response);
        }
        let served = self.server.as_ref().and_then(|server| server.compile(&files, || self.process()));
        let answered = served.map(|records| record::parse(&records)).filter(|reports| reports.len() == jobs.len());
        let reports = answered.map_or_else(|| self.run(&files), Ok)?;
        let done = jobs.iter().zip(reports);
        Ok(done.map(|((_, assembly), (ok, diagnostics))| Compiled { ok, assembly: assembly.clone(), diagnostics, scratch: None }).collect())
    }

    fn process(&self) -> Command {
        let mut command = self.host.command(&self.driver, &[&self.roslyn]);
        // Most of a short compilation is spent in the JIT: no profile counters, no second tier.
        command.env("DOTNET_TieredPGO", "0").env("DOTNET_TC_BackgroundWorkerTimeoutMs", "0");
        command
    }

    /// In a process for this alone.
    fn run(&self, files: &[PathBuf]) -> Result<Vec<(bool, Vec<CsDiagnostic>)>, ToolchainError> {
        let mut command = self.process();
        command.args(files);
        let output = command.output().map_err(ToolchainError::io(command.get_program()))?;
        let reports = record::parse(&String::from_utf8_lossy(&output.stdout));
        if reports.len() != files.len() {
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(ToolchainError::CompilerCrashed { code: exit_code(output.status), stderr });
        }
        Ok(reports)
    }

    /// Compiles what the cache does not hold already and answers where everything is, in the order of `compilations`. A cache that
    /// cannot be written costs the next compilation time, not this one its success.
    ///
    /// # Errors
    ///
    /// As [`CSharpCompiler::compile`].
    pub fn compile_cached(&self, compilations: &[Compilation]) -> Result<Vec<Compiled>, ToolchainError> {
        let mut all: Vec<Option<Compiled>> = Vec::new();
        let mut places = Vec::new();
        for compilation in compilations {
            let folder = self.cache.compiled().join(self.key(compilation)?.to_string());
            let (assembly, record) = (folder.join(format!("{}.dll", compilation.name)), folder.join("diagnostics"));
            all.push(restore(&assembly, &record));
            places.push((assembly, record));
        }
        let missing: Vec<usize> = (0..places.len()).filter(|&i| all[i].is_none()).collect();
        // Beside its place, and renamed: another process or thread may read the cache, or write the same.
        let own = format!(".{}", Cache::unique());
        let beside = |i: usize| places[i].0.with_file_name(&own);
        let scratch = if missing.iter().all(|&i| Cache::is_writable(&beside(i))) { None } else { Some(Arc::new(Scratch::new()?)) };
        let place = |i: usize| match &scratch {
            Some(scratch) => scratch.path().join(i.to_string()).join(format!("{}.dll", compilations[i].name)),
            None => beside(i).join(format!("{}.dll", compilations[i].name)),
        };
        let jobs: Vec<(&Compilation, PathBuf)> = missing.iter().map(|&i| (&compilations[i], place(i))).collect();
        for (&i, mut compiled) in missing.iter().zip(self.compile(&jobs)?) {
            match &scratch {
                Some(scratch) => compiled.scratch = Some(scratch.clone()),
                None if compiled.ok => keep(&mut compiled, &places[i].0, &places[i].1)?,
                None => {}
            }
            if scratch.is_none() {
                // Empty by now, or of no use.
                let _ = fs::remove_dir_all(beside(i));
            }
            all[i] = Some(compiled);
        }
        let mut all: Vec<Compiled> = all.into_iter().flatten().collect();
        for compiled in &mut all {
            compiled.scratch = compiled.scratch.take().or_else(|| self.scratch.clone());
        }
        Ok(all)
    }

    /// What the output of a compilation depends on. References are told apart by path, size and time of change.
    fn key(&self, compilation: &Compilation) -> Result<ContentHash, ToolchainError> {
        let mut hasher = ContentHasher::new("csc");
        hasher.update(DRIVER).update(FORM).update(self.roslyn.as_os_str().as_encoded_bytes());
        hasher.update(compilation.name.as_bytes()).update(format!("{:?}", compilation.options).as_bytes());
        for source in &compilation.sources {
            let bytes = fs::read(source).map_err(ToolchainError::io(source))?;
            // The path reaches the output through `[CallerFilePath]` and the debug information.
            let path = std::path::absolute(source).map_err(ToolchainError::io(source))?;
            hasher.update(path.as_os_str().as_encoded_bytes()).update(&bytes);
        }
        for resource in &compilation.resources {
            let bytes = fs::read(&resource.file).map_err(ToolchainError::io(&resource.file))?;
            hasher.update(resource.name.as_bytes()).update(&bytes);
        }
        for reference in &compilation.references {
            let metadata = fs::metadata(reference).map_err(ToolchainError::io(reference))?;
            let changed = metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
            hasher.update(reference.as_os_str().as_encoded_bytes());
            hasher.update(format!("{} {:?}", metadata.len(), changed).as_bytes());
        }
        Ok(hasher.finish())
    }
}

/// The hash that tells a whole assembly from half of one.
fn seal(bytes: &[u8]) -> String {
    format!("assembly\t{}\n", ContentHasher::new("assembly").update(bytes).finish())
}

/// Moves a new assembly to its place, with what [`restore`] needs: its seal, then the messages to repeat.
fn keep(compiled: &mut Compiled, assembly: &Path, record: &Path) -> Result<(), ToolchainError> {
    let bytes = fs::read(&compiled.assembly).map_err(ToolchainError::io(&compiled.assembly))?;
    fs::rename(&compiled.assembly, assembly).map_err(ToolchainError::io(assembly))?;
    compiled.assembly = assembly.to_owned();
    Cache::write(record, (seal(&bytes) + &record::print(&compiled.diagnostics)).as_bytes())
}

/// An assembly in the cache, if it is the one that was written.
fn restore(assembly: &Path, record: &Path) -> Option<Compiled> {
    let (bytes, text) = (fs::read(assembly).ok()?, fs::read_to_string(record).ok()?);
    let diagnostics = record::parse_diagnostics(text.strip_prefix(&seal(&bytes))?);
    // The cache is bounded by the time of last use; a failure only makes the entry leave early.
    let _ = fs::File::options().append(true).open(record).and_then(|file| file.set_modified(std::time::SystemTime::now()));
    Some(Compiled { ok: true, assembly: assembly.to_owned(), diagnostics, scratch: None })
}

/// The folders in `dir`, in the order of the numbers in their names.
fn sorted_folders(dir: &Path) -> Vec<PathBuf> {
    let numbers = |path: &PathBuf| -> Vec<u32> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
    };
    let mut found: Vec<PathBuf> = dir.read_dir().into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    found.sort_by_key(numbers);
    found
}

#[cfg(test)]
mod tests;
