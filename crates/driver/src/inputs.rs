//! From the command line's inputs to loaded modules: C# through Roslyn, then the application and everything it references.
//!
//! References are looked for by simple name: in what `App.deps.json` names (`deps`), in `--reference` files and folders, beside the
//! application, in the framework. Of an assembly that both the application and the framework have, the higher version
//! wins, as the .NET host decides it.

use crate::deps::Deps;
use crate::runtimeconfig;
use crate::symbols::Symbols;
use crate::{BuildError, BuildOptions};
use kiln_analysis::FeatureSettings;
use kiln_diag::{Diagnostic, Severity, codes};
use kiln_metadata::{MetadataError, Module};
use kiln_support::FxHashMap;
use kiln_target::Target;
use kiln_toolchain::{CSharpOptions, Compilation, Framework, Scratch, ToolchainError};
use std::collections::VecDeque;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everything that was loaded.
#[derive(Debug)]
pub struct Loaded {
    /// The application first.
    pub modules: Vec<LoadedModule>,
    /// Native libraries of the application's packages.
    pub natives: Vec<PathBuf>,
    /// What the program's `AppContext` is told: its runtime configuration, then the command line's switches.
    pub properties: Vec<(String, String)>,
    /// Warnings found on the way.
    pub warnings: Vec<Diagnostic>,
    /// Debug symbols, when they are wanted.
    pub symbols: Option<Symbols>,
}

impl Loaded {
    /// The feature switches that the program is compiled with.
    #[must_use]
    pub fn features(&self) -> FeatureSettings {
        FeatureSettings::with_user(self.properties.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }
}

/// One assembly.
#[derive(Debug)]
pub struct LoadedModule {
    /// Its metadata.
    pub module: Module,
    /// The file it came from.
    pub path: PathBuf,
    /// It belongs to the class library.
    pub is_framework: bool,
}

/// The application's assembly, given or compiled.
#[derive(Debug)]
pub struct Assembly {
    /// The file.
    pub path: PathBuf,
    /// Where it is when it is not in the cache; gone with this.
    _scratch: Option<Arc<Scratch>>,
}

/// Maps an environment problem of the toolchain to its diagnostic.
#[must_use]
pub fn toolchain_error(e: &ToolchainError) -> BuildError {
    let code = match e {
        ToolchainError::NoFramework { .. } => codes::NO_FRAMEWORK,
        ToolchainError::NotAFramework { .. } | ToolchainError::NoRuntime { .. } => codes::BAD_FRAMEWORK,
        ToolchainError::NoCache => codes::CACHE_NOT_WRITABLE,
        ToolchainError::Io { source, path } => return BuildError::write(path, source),
        _ => codes::NO_CSHARP_COMPILER,
    };
    let text = e.to_string();
    let mut lines = text.lines();
    let mut d = Diagnostic::error(code, lines.next().unwrap_or("toolchain error"));
    for line in lines {
        let line = line.trim();
        match line.strip_prefix("help: ") {
            Some(help) => d = d.with_help(help),
            None => d = d.with_note(line),
        }
    }
    BuildError::environment(d)
}

/// The same for a framework that was named and cannot be read.
pub(crate) fn framework_error(e: &ToolchainError) -> BuildError {
    match e {
        ToolchainError::Io { .. } => BuildError::environment(
            Diagnostic::error(codes::BAD_FRAMEWORK, format!("the .NET class library cannot be read: {e}"))
                .with_help("name the folder of Microsoft.NETCore.App with --framework or KILN_FRAMEWORK"),
        ),
        _ => toolchain_error(e),
    }
}

/// Compiles C# sources to an assembly in the cache; an assembly input is returned as it is.
///
/// # Errors
///
/// C# errors as user diagnostics; a missing compiler as an environment error.
pub fn to_assembly(options: &BuildOptions, framework: &Framework, warnings: &mut Vec<Diagnostic>) -> Result<Assembly, BuildError> {
    let BuildOptions { inputs, references, resources, .. } = options;
    let first = inputs.first().ok_or_else(|| BuildError::user(Diagnostic::error(codes::INPUT_NOT_FOUND, "no input file given")))?;
    check(inputs, references)?;
    match kind(inputs)? {
        Kind::Sources => compile(options, framework, warnings),
        Kind::Assembly if !resources.is_empty() => Err(BuildError::user(
            Diagnostic::error(codes::UNSUPPORTED_INPUT, "an assembly has its resources already")
                .with_help("--resource is for C# sources; give it to the compiler that makes the assembly"),
        )),
        Kind::Assembly => Ok(Assembly { path: first.clone(), _scratch: None }),
    }
}

/// What the inputs are.
enum Kind {
    Sources,
    Assembly,
}

/// Refuses inputs of a kind that cannot be compiled, before anything is done with them.
///
/// # Errors
///
/// User diagnostics: a file that is missing, of another kind, or one too many.
pub fn check(inputs: &[PathBuf], references: &[PathBuf]) -> Result<(), BuildError> {
    for input in inputs {
        check_file(input)?;
    }
    for reference in references {
        let (code, why) = match fs::metadata(reference) {
            Ok(m) if m.is_dir() || m.is_file() && has_cli_header(reference) => continue,
            Ok(m) if !m.is_file() => (codes::INPUT_NOT_FOUND, "it is a device or a pipe".to_owned()),
            Ok(_) => match fs::File::open(reference) {
                Ok(_) => (codes::NOT_AN_ASSEMBLY, "it is no .NET assembly".to_owned()),
                Err(e) => (codes::INPUT_NOT_FOUND, e.to_string()),
            },
            Err(e) => (codes::INPUT_NOT_FOUND, e.to_string()),
        };
        return Err(BuildError::user(
            Diagnostic::error(code, format!("cannot use the reference `{}`: {why}", reference.display()))
                .in_file(reference.display().to_string())
                .with_help("--reference takes an assembly or a folder of assemblies"),
        ));
    }
    kind(inputs).map(drop)
}

fn kind(inputs: &[PathBuf]) -> Result<Kind, BuildError> {
    let (mut sources, mut assemblies) = (0, 0);
    for input in inputs {
        if has_extension(input, &["cs"]) {
            check_source_name(input)?;
            sources += 1;
        } else if has_extension(input, &["dll", "exe"]) {
            assemblies += 1;
        } else {
            return Err(BuildError::user(
                Diagnostic::error(codes::UNSUPPORTED_INPUT, format!("`{}` is neither C# source nor an assembly", input.display()))
                    .in_file(input.display().to_string())
                    .with_help("give one .dll, or one or more .cs files"),
            ));
        }
    }
    match (sources, assemblies) {
        (_, 0) => Ok(Kind::Sources),
        (0, 1) => Ok(Kind::Assembly),
        (0, n) => Err(BuildError::user(
            Diagnostic::error(codes::UNSUPPORTED_INPUT, format!("{n} assemblies given, and only one can be the program"))
                .with_help("give the application's assembly; those beside it are found, others with --reference"),
        )),
        _ => Err(BuildError::user(
            Diagnostic::error(codes::UNSUPPORTED_INPUT, "C# sources and assemblies cannot be mixed")
                .with_help("give the sources, and the assemblies that they use with --reference"),
        )),
    }
}

fn has_extension(path: &Path, list: &[&str]) -> bool {
    path.extension().is_some_and(|e| list.iter().any(|x| e.eq_ignore_ascii_case(x)))
}

/// The assemblies that `--reference` names, files or folders of them.
fn referenced_files(references: &[PathBuf]) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for reference in references {
        if reference.is_dir() {
            let mut files: Vec<PathBuf> = fs::read_dir(reference).into_iter().flatten().flatten().map(|e| e.path()).collect();
            files.retain(|path| has_extension(path, &["dll"]));
            files.sort();
            all.extend(files);
        } else {
            all.push(reference.clone());
        }
    }
    all
}

fn compile(options: &BuildOptions, framework: &Framework, warnings: &mut Vec<Diagnostic>) -> Result<Assembly, BuildError> {
    let BuildOptions { inputs: sources, references, resources, .. } = options;
    for resource in resources {
        check_file(&resource.file)?;
    }
    let mut all = framework.assemblies().map_err(|e| toolchain_error(&e))?;
    all.extend(referenced_files(references));
    all.retain(|p| has_cli_header(p));
    let sources = without_twins(sources, warnings);
    let name = assembly_name(&sources);
    let options = CSharpOptions { implicit_usings: true, ..CSharpOptions::default() };
    let compilation = Compilation { name, sources, references: all, resources: resources.clone(), options };
    let csc = kiln_toolchain::find_csc().map_err(|e| toolchain_error(&e))?;
    let done = csc.compile_cached(std::slice::from_ref(&compilation)).map_err(|e| toolchain_error(&e))?;
    let Some(done) = done.into_iter().next() else { return Err(BuildError::internal("C# compilation", "no result")) };
    let mut errors = Vec::new();
    for d in &done.diagnostics {
        let severity = if d.severity == kiln_toolchain::CsSeverity::Error { Severity::Error } else { Severity::Warning };
        let mut out = Diagnostic::new(&d.code, severity, d.message.clone());
        if !d.file.is_empty() {
            out.location.file = Some(d.file.clone());
            out.location.line = Some((d.line, d.column));
        }
        if d.code == "CS0017" {
            out.help = Some("name only the files of one program: Kiln has no option that chooses a Main".to_owned());
        }
        if severity == Severity::Error { errors.push(out) } else { warnings.push(out) }
    }
    if done.ok {
        return Ok(Assembly { path: done.assembly, _scratch: done.scratch });
    }
    if errors.is_empty() {
        errors.push(Diagnostic::error(codes::CSHARP_FAILED, "the C# compiler failed without saying why"));
    }
    // Warnings often say what is behind an error.
    errors.splice(0..0, std::mem::take(warnings));
    Err(BuildError::User(errors))
}

/// The sources, each once: csc too compiles a file that is named twice once, and says so.
fn without_twins(sources: &[PathBuf], warnings: &mut Vec<Diagnostic>) -> Vec<PathBuf> {
    let mut seen = FxHashMap::default();
    let mut out = Vec::new();
    for source in sources {
        if seen.insert(source.canonicalize().unwrap_or_else(|_| source.clone()), ()).is_none() {
            out.push(source.clone());
        } else {
            let text = format!("Source file '{}' specified multiple times", source.display());
            warnings.push(Diagnostic::new("CS2002", Severity::Warning, text));
        }
    }
    out
}

/// The first source's name, without what csc refuses in an assembly's. With an extension it must still be a file's, which may have 255 bytes.
fn assembly_name(sources: &[PathBuf]) -> String {
    let name = sources.first().and_then(|p| p.file_stem()).unwrap_or_default().to_string_lossy();
    let name = name[..name.floor_char_boundary(200)].trim();
    let name: String = name.chars().map(|c| if c.is_control() || [':', '\\', '"'].contains(&c) { '_' } else { c }).collect();
    if name.is_empty() { "program".to_owned() } else { name }
}

/// csc takes options, and the names of files among them, a line each, with its own idea of quotes and of wildcards.
fn check_source_name(source: &Path) -> Result<(), BuildError> {
    let absolute = std::path::absolute(source).unwrap_or_else(|_| source.to_owned());
    if absolute.to_str().is_some_and(|name| !name.contains(['"', '*', '?', '\n', '\r'])) {
        return Ok(());
    }
    let text = format!("the C# compiler cannot be told the name of `{}`", source.display());
    Err(BuildError::user(
        Diagnostic::error(codes::UNSUPPORTED_INPUT, text)
            .in_file(source.display().to_string())
            .with_help("rename it: quotes, `*`, `?`, line ends and bytes that are not UTF-8 do not work, in its folders' names neither"),
    ))
}

/// Whether a file's headers name CLI metadata (ECMA-335 II.25.2.3): native libraries lie beside assemblies, and reading every reference
/// whole would cost more than everything else that an unchanged build does.
fn has_cli_header(path: &Path) -> bool {
    let mut head = Vec::new();
    if fs::File::open(path).and_then(|f| f.take(1024).read_to_end(&mut head)).is_err() || !head.starts_with(b"MZ") {
        return false;
    }
    let word = |at: usize| head.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    let Some(optional) = word(0x3c).map(|pe| pe as usize + 24) else { return false };
    // The directories follow 96 bytes of a PE32 header, 112 of a PE32+ header; the CLI header is the fifteenth.
    let directories = match head.get(optional..optional + 2) {
        Some([0x0b, 1]) => optional + 96,
        Some([0x0b, 2]) => optional + 112,
        _ => return false,
    };
    word(directories + 14 * 8).is_some_and(|rva| rva != 0)
}

fn check_file(path: &Path) -> Result<(), BuildError> {
    let fail = |why: String| {
        Err(BuildError::user(
            Diagnostic::error(codes::INPUT_NOT_FOUND, why).in_file(path.display().to_string()).with_help("check the path"),
        ))
    };
    match fs::metadata(path) {
        Ok(m) if m.is_file() => Ok(()),
        Ok(m) if m.is_dir() => fail(format!("`{}` is a folder, not a file", path.display())),
        Ok(_) => fail(format!("`{}` is a device or a pipe, not a file", path.display())),
        Err(e) => fail(format!("cannot read `{}`: {e}", path.display())),
    }
}

/// Reads and parses one assembly.
///
/// # Errors
///
/// A user diagnostic: not found, not an assembly, malformed.
pub fn load_module(path: &Path) -> Result<Module, BuildError> {
    check_file(path)?;
    let file = path.display().to_string();
    let refuse = |code, why: String, help: &str| {
        let text = format!("`{file}` is not a usable .NET assembly: {why}");
        Err(BuildError::user(Diagnostic::error(code, text).in_file(file.clone()).with_help(help)))
    };
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) => return refuse(codes::INPUT_NOT_FOUND, e.to_string(), "check its permissions"),
    };
    let module = match Module::parse(bytes) {
        Ok(module) => module,
        Err(e @ (MetadataError::BadPe(_) | MetadataError::NotManaged)) => {
            return refuse(codes::NOT_AN_ASSEMBLY, e.to_string(), "give the managed .dll that the C# compiler wrote");
        }
        Err(e) => return refuse(codes::BAD_METADATA, e.to_string(), "build the assembly again: it is truncated or damaged"),
    };
    match module.assembly() {
        Ok(Some(assembly)) if !assembly.name.is_empty() => {}
        Ok(Some(_)) => return refuse(codes::BAD_METADATA, "it has no name".to_owned(), "build the assembly again: it is damaged"),
        Ok(None) => {
            let why = "it is a module of a multi-file assembly (a netmodule)".to_owned();
            return refuse(codes::UNSUPPORTED_INPUT, why, "compile all sources to one assembly");
        }
        Err(e) => return refuse(codes::BAD_METADATA, e.to_string(), "build the assembly again: it is damaged"),
    }
    // IL only, or ReadyToRun code beside complete IL (II.25.3.3.1); the rest is machine code for Windows that IL calls into.
    if module.cli_header().is_some_and(|h| h.flags & 1 == 0 && h.managed_native_header.1 == 0) {
        let why = "it contains machine code besides IL (mixed mode, C++/CLI)".to_owned();
        return refuse(codes::UNSUPPORTED_INPUT, why, "only assemblies of IL can be compiled; .NET runs these on Windows alone");
    }
    Ok(module)
}

/// Version of the module's assembly, most significant part first.
fn version(module: &Module) -> [u16; 4] {
    module.assembly().ok().flatten().map_or([0; 4], |a| [a.major, a.minor, a.build, a.revision])
}

/// What assemblies are looked up by: .NET compares simple names without case.
fn key(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// The file of an assembly in a folder; as for .NET, whose list of a folder's assemblies goes by simple names, another case will do.
fn assembly_in(folder: &Path, name: &str) -> Option<PathBuf> {
    let file = format!("{name}.dll");
    let exact = folder.join(&file);
    if exact.is_file() {
        return Some(exact);
    }
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let names = fs::read_dir(here).ok()?.flatten().map(|entry| entry.file_name());
    let mut all: Vec<PathBuf> = names.filter(|n| n.eq_ignore_ascii_case(&file)).map(|n| folder.join(n)).filter(|p| p.is_file()).collect();
    all.sort();
    all.into_iter().next()
}

/// Where assemblies are looked for.
struct Places<'a> {
    folders: Vec<PathBuf>,
    /// Files named with `--reference`: key → file.
    files: FxHashMap<String, PathBuf>,
    deps: Deps,
    framework: &'a Framework,
    framework_folders: Vec<PathBuf>,
}

impl<'a> Places<'a> {
    fn new(app: &Path, framework: &'a Framework, references: &[PathBuf], target: &Target) -> Result<Self, BuildError> {
        let mut folders = vec![app.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)];
        let (named, files): (Vec<_>, Vec<_>) = references.iter().cloned().partition(|reference| reference.is_dir());
        folders.extend(named);
        let files = files.into_iter().map(|file| (key(&file.file_stem().unwrap_or_default().to_string_lossy()), file)).collect();
        let framework_folders = [Some(framework.dir.clone()), framework.aspnetcore()].into_iter().flatten().collect();
        Ok(Self { folders, files, deps: Deps::read(app, target)?, framework, framework_folders })
    }

    /// The file of an assembly that is not the framework's: the manifest knows which of several fits the target.
    fn local(&self, name: &str) -> Option<PathBuf> {
        let key = key(name);
        let known = self.deps.assemblies.get(&key).or_else(|| self.files.get(&key));
        known.cloned().or_else(|| self.folders.iter().find_map(|folder| assembly_in(folder, name)))
    }

    fn of_framework(&self, name: &str) -> Option<PathBuf> {
        self.framework_folders.iter().map(|d| d.join(format!("{name}.dll"))).find(|p| p.is_file())
    }

    /// The assembly `name`, and whether it is the framework's: of two, the higher version.
    fn find(&self, name: &str, errors: &mut Vec<Diagnostic>) -> Result<Option<(Module, PathBuf, bool)>, BuildError> {
        // A name with a separator comes from damaged metadata and must not lead out of the folders.
        if name.is_empty() || name.contains(['/', '\\', '\0']) {
            return Ok(None);
        }
        let mut best: Option<(Module, PathBuf, bool)> = None;
        for (path, is_framework) in [(self.local(name), false), (self.of_framework(name), true)] {
            let Some(path) = path else { continue };
            let module = match load_module(&path) {
                Ok(module) => module,
                Err(BuildError::User(mut list)) if is_framework => {
                    let d = list.swap_remove(0);
                    let help = "the .NET class library is damaged: install it again (Kiln's own copy: remove it from the cache and run `cargo xtask setup`)";
                    return Err(BuildError::environment(Diagnostic::error(codes::BAD_FRAMEWORK, d.message).with_help(help)));
                }
                Err(BuildError::User(mut list)) => {
                    errors.append(&mut list);
                    continue;
                }
                Err(e) => return Err(e),
            };
            let own = simple_name(&module);
            if key(&own) != key(name) {
                let text = format!("`{}` holds the assembly `{own}`, not `{name}`", path.display());
                let d = Diagnostic::error(codes::REFERENCE_NOT_FOUND, text).in_file(path.display().to_string());
                errors.push(d.with_help("an assembly's file has its name: copy the right file here"));
                continue;
            }
            if best.as_ref().is_none_or(|(other, ..)| version(other) <= version(&module)) {
                best = Some((module, path, is_framework));
            }
        }
        Ok(best)
    }

    fn not_found(&self, name: &str, from: &Path) -> Diagnostic {
        let mut looked: Vec<String> = vec!["beside the application".to_owned()];
        looked.extend(self.folders.iter().skip(1).map(|d| d.display().to_string()));
        let mut d =
            Diagnostic::error(codes::REFERENCE_NOT_FOUND, format!("assembly `{name}`, referenced by `{}`, was not found", from.display()))
                .in_file(from.display().to_string());
        if let Some(package) = self.deps.missing.get(&key(name)) {
            d = d.with_note(format!("deps.json says that it is in the package {package}"));
            looked.extend(self.deps.folders.iter().map(|d| d.display().to_string()));
        }
        looked.push(self.framework.dir.display().to_string());
        d.with_note(format!("looked in: {}", looked.join(", ")))
            .with_help("copy it beside the application, or name it with --reference FILE|DIR")
    }
}

/// Who refers to an assembly: the file, and whether it is the framework's, whose references are not the user's concern.
type From = (PathBuf, bool);

/// Loads the application and, transitively, what it references.
///
/// # Errors
///
/// User diagnostics for a broken application or a missing reference of an assembly that is not the framework's.
pub fn load_all(app: &Path, framework: &Framework, references: &[PathBuf], target: &Target) -> Result<Loaded, BuildError> {
    let app_module = load_module(app)?;
    let places = Places::new(app, framework, references, target)?;
    let properties = runtimeconfig::read(app)?;
    let mut modules = Vec::new();
    let mut errors = Vec::new();
    let mut seen: FxHashMap<String, Option<([u16; 4], bool)>> = FxHashMap::default();
    let mut queue: VecDeque<(Module, PathBuf, bool)> = VecDeque::new();
    seen.insert(key(&simple_name(&app_module)), Some((version(&app_module), false)));
    queue.push_back((app_module, app.to_path_buf(), false));
    // The class library's core is needed whatever the references say.
    let mut wanted: Vec<(String, [u16; 4], Option<From>)> = vec![("System.Private.CoreLib".to_owned(), [0; 4], None)];
    loop {
        for (name, want, from) in std::mem::take(&mut wanted) {
            let from = from.filter(|(_, is_framework)| !is_framework).map(|(path, _)| path);
            let found = match seen.get(&key(&name)) {
                Some(found) => *found,
                None => {
                    let errors_before = errors.len();
                    let found = places.find(&name, &mut errors)?.map(|(module, path, is_framework)| {
                        let found = (version(&module), is_framework);
                        queue.push_back((module, path, is_framework));
                        found
                    });
                    if let (None, Some(from), true) = (found, &from, errors.len() == errors_before) {
                        errors.push(places.not_found(&name, from));
                    }
                    seen.insert(key(&name), found);
                    found
                }
            };
            if let (Some((have, is_framework)), Some(from)) = (found, from) {
                check_version(&name, want, have, &from, is_framework.then_some(framework), &mut errors);
            }
        }
        let Some((module, path, is_framework)) = queue.pop_front() else { break };
        for id in module.assembly_refs().iter() {
            let Ok(r) = module.assembly_ref(id) else { continue };
            wanted.push((r.name.to_owned(), [r.major, r.minor, r.build, r.revision], Some((path.clone(), is_framework))));
        }
        modules.push(LoadedModule { module, path, is_framework });
    }
    if errors.is_empty() {
        return Ok(Loaded { modules, natives: places.deps.natives, properties, warnings: Vec::new(), symbols: None });
    }
    Err(BuildError::User(errors))
}

/// .NET refuses to bind to a lower version than the one that was compiled against, and so does Kiln.
fn check_version(name: &str, want: [u16; 4], have: [u16; 4], from: &Path, framework: Option<&Framework>, errors: &mut Vec<Diagnostic>) {
    if have >= want {
        return;
    }
    let v = |v: [u16; 4]| format!("{}.{}.{}.{}", v[0], v[1], v[2], v[3]);
    let text = format!("`{}` wants `{name}` {} but {} was found", from.display(), v(want), v(have));
    let d = Diagnostic::error(codes::REFERENCE_VERSION, text).in_file(from.display().to_string());
    errors.push(match framework {
        // One message: every other assembly of the framework has the same version.
        Some(_) if errors.iter().any(|e| e.code == codes::REFERENCE_VERSION.as_str() && e.location == d.location) => return,
        Some(framework) => d
            .with_note(format!("the class library is .NET {} in {}", framework.version, framework.dir.display()))
            .with_help(format!("compile it for .NET {}.0, or name the class library of .NET {}.0 with --framework DIR", have[0], want[0])),
        None => d.with_help("put the version it was compiled against, or a higher one, beside the application"),
    });
}

fn simple_name(module: &Module) -> String {
    module.assembly().ok().flatten().map(|a| a.name.to_owned()).unwrap_or_default()
}
