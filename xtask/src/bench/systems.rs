//! What is compared: CoreCLR, Kiln, peers given on the command line, and C for the limit of starting a process.

use super::measure::{Meter, median};
use super::{Figures, Row};
use crate::build::{kiln, target_folder, workspace};
use kiln_toolchain::{CSharpOptions, Compilation, CoreHost, find_csc, find_framework};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Something that runs assemblies.
pub(super) struct System {
    /// For the table.
    pub(super) name: String,
    kind: Kind,
}

enum Kind {
    CoreClr(CoreHost),
    /// `{dll}` and `{out}` are replaced in each word.
    Compiler(Vec<String>),
}

/// A program made ready by one system.
pub(super) struct Built {
    program: PathBuf,
    host: Option<CoreHost>,
    /// Bytes to ship.
    pub(super) size: u64,
    /// How long it took to build.
    pub(super) publish: Option<Duration>,
}

impl Built {
    /// The command that runs the program.
    pub(super) fn command(&self) -> Command {
        match &self.host {
            Some(host) => host.command(&self.program, &[]),
            None => Command::new(&self.program),
        }
    }
}

impl System {
    /// CoreCLR with the framework that programs are compiled against.
    pub(super) fn core_clr() -> Result<Self, String> {
        let framework = find_framework(None).map_err(|e| e.to_string())?;
        let host = CoreHost::find(&framework).map_err(|e| e.to_string())?;
        Ok(Self { name: "CoreCLR".to_owned(), kind: Kind::CoreClr(host) })
    }

    /// Kiln, built first when no path is given.
    pub(super) fn kiln(path: Option<PathBuf>) -> Result<Self, String> {
        let path = path.map_or_else(|| kiln("release"), Ok)?;
        let words = [&path.display().to_string(), "build", "{dll}", "-o", "{out}", "-O"].map(str::to_owned);
        Ok(Self { name: "Kiln".to_owned(), kind: Kind::Compiler(words.into()) })
    }

    /// `NAME=COMMAND {dll} {out}`.
    pub(super) fn peer(text: &str) -> Result<Self, String> {
        let wrong = || format!("--peer wants 'NAME=COMMAND {{dll}} {{out}}', not '{text}'");
        let (name, command) = text.split_once('=').ok_or_else(wrong)?;
        let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        if words.is_empty() || !command.contains("{dll}") || !command.contains("{out}") {
            return Err(wrong());
        }
        Ok(Self { name: name.to_owned(), kind: Kind::Compiler(words) })
    }

    /// Makes one program ready to run.
    pub(super) fn build(&self, name: &str, assembly: &Path) -> Result<Built, String> {
        let size = |path: &Path| fs::metadata(path).map(|data| data.len()).map_err(|e| format!("{}: {e}", path.display()));
        let words = match &self.kind {
            Kind::CoreClr(host) => {
                return Ok(Built { program: assembly.to_owned(), host: Some(host.clone()), size: size(assembly)?, publish: None });
            }
            Kind::Compiler(words) => words,
        };
        let folder = target_folder()?.join("bench").join(&self.name);
        fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let program = folder.join(name);
        let replace =
            |word: &String| word.replace("{dll}", &assembly.display().to_string()).replace("{out}", &program.display().to_string());
        let words: Vec<String> = words.iter().map(replace).collect();
        let mut publish = Duration::ZERO;
        // Twice: the first build fills caches (Kiln's units, the system's files), the second is what counts. So for Kiln the
        // figure is a build with everything cached but the output; `bench/README.md` says how to measure an empty cache.
        for _ in 0..2 {
            let _ = fs::remove_file(&program);
            let start = Instant::now();
            let output = Command::new(&words[0]).args(&words[1..]).output().map_err(|e| format!("{}: {e}", words[0]))?;
            publish = start.elapsed();
            if !output.status.success() {
                let text = String::from_utf8_lossy(&output.stderr).into_owned();
                let line = text.lines().find(|line| line.contains("error")).or(text.lines().next()).unwrap_or_default();
                return Err(format!("does not build ({}): {line}", output.status));
            }
        }
        Ok(Built { size: size(&program)?, program, host: None, publish: Some(publish) })
    }
}

/// The benchmark programs whose names contain one of `filters`, compiled to IL, sorted by name.
pub(super) fn programs(filters: &[String]) -> Result<Vec<(String, PathBuf)>, String> {
    let folder = workspace().join("bench/programs");
    let entries = folder.read_dir().map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut sources: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    sources.sort();
    let name = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    sources.retain(|path| filters.is_empty() || filters.iter().any(|filter| name(path).contains(filter.as_str())));
    if sources.is_empty() {
        return Err(format!("no program in {} is called like that", folder.display()));
    }
    let references = find_framework(None).and_then(|framework| framework.assemblies()).map_err(|e| e.to_string())?;
    let options = CSharpOptions { debug: false, ..CSharpOptions::default() };
    let compilations: Vec<Compilation> = sources
        .into_iter()
        .map(|path| Compilation {
            name: name(&path),
            sources: vec![path],
            references: references.clone(),
            resources: Vec::new(),
            options: options.clone(),
        })
        .collect();
    let compiled = find_csc().and_then(|csc| csc.compile_cached(&compilations)).map_err(|e| e.to_string())?;
    for done in &compiled {
        if let Some(error) = done.diagnostics.first().filter(|_| !done.ok) {
            return Err(error.to_string());
        }
    }
    Ok(compilations.into_iter().zip(compiled).map(|(compilation, done)| (compilation.name, done.assembly)).collect())
}

/// `hello` in C, dynamically and statically linked: what starting any process costs.
pub(super) fn c_hello(meter: &Meter, runs: usize) -> Vec<Row> {
    let build = |name: &str, flags: &[&str]| -> Result<Figures, String> {
        let folder = target_folder()?.join("bench/C");
        fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
        let (source, program) = (folder.join("hello.c"), folder.join(name));
        fs::write(&source, "#include <stdio.h>\nint main(void) { puts(\"Hello, World!\"); return 0; }\n").map_err(|e| e.to_string())?;
        let status = Command::new("cc").args(["-O2", "-s"]).args(flags).arg(&source).arg("-o").arg(&program).status();
        if !status.map_err(|e| format!("cc: {e}"))?.success() {
            return Err("cc failed".to_owned());
        }
        let mut samples = Vec::new();
        for _ in 0..runs {
            samples.push(meter.measure(&Command::new(&program))?.0);
        }
        let size = fs::metadata(&program).map_err(|e| e.to_string())?.len();
        let time = median(samples.iter().map(|sample| sample.time).collect());
        let memory = median(samples.iter().map(|sample| sample.memory).collect());
        Ok(Figures { time, memory, size, publish: None })
    };
    [("C, dynamic", &[][..]), ("C, static", &["-static"][..])]
        .into_iter()
        .map(|(name, flags)| Row { program: "hello".to_owned(), system: name.to_owned(), result: build(name, flags) })
        .collect()
}
