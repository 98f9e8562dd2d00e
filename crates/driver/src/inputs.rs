//! From the application's assembly to loaded modules: it, and everything it references.
//!
//! References are looked for by simple name: in what `App.deps.json` names (`deps`), in `--reference` files and folders, beside the
//! application, in the framework. Of an assembly that both the application and the framework have, the higher version
//! wins, as the .NET host decides it.

use crate::BuildError;
use crate::application::check_file;
use crate::deps::Deps;
use crate::runtimeconfig;
use crate::satellites;
use crate::symbols::Symbols;
use kiln_analysis::FeatureSettings;
use kiln_diag::{Diagnostic, codes};
use kiln_metadata::{MetadataError, Module};
use kiln_support::FxHashMap;
use kiln_target::Target;
use kiln_toolchain::{Framework, ToolchainError};
use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

/// Everything that was loaded.
#[derive(Debug)]
pub struct Loaded {
    /// The application first.
    pub modules: Vec<LoadedModule>,
    /// Native libraries of the application's packages.
    pub natives: Vec<PathBuf>,
    /// Assemblies that only have resources in a language, by their display names.
    pub satellites: BTreeMap<String, Module>,
    /// What the program's `AppContext` is told: its runtime configuration, then the command line's switches.
    pub properties: Vec<(String, String)>,
    /// Files that say what is kept for reflection: names and texts.
    pub descriptors: Vec<(String, String)>,
    /// Files that say what is substituted.
    pub substitutions: Vec<(String, String)>,
    /// Files with attributes that are added to members: names and texts.
    pub link_attributes: Vec<(String, String)>,
    /// Warnings found on the way.
    pub warnings: Vec<Diagnostic>,
    /// Debug symbols, when they are wanted.
    pub symbols: Option<Symbols>,
}

impl Loaded {
    /// The feature switches that the program is compiled with.
    #[must_use]
    pub fn features(&self) -> FeatureSettings {
        let user = self.properties.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        FeatureSettings::with_user(user).substituting(self.substitutions.clone())
    }
}

/// One assembly.
#[derive(Debug)]
pub struct LoadedModule {
    /// Its metadata.
    pub module: Module,
    /// The file it came from.
    pub path: PathBuf,
    /// It is the framework's file.
    pub is_framework: bool,
    /// It is no part of the base class library: the program brings or names it, whichever folder the file came from.
    pub is_application: bool,
    /// It is the application itself, or made of a project beside it.
    pub is_program: bool,
}

/// Maps an environment problem of the toolchain to its diagnostic.
#[must_use]
pub fn toolchain_error(e: &ToolchainError) -> BuildError {
    let code = match e {
        ToolchainError::NoFramework { .. } | ToolchainError::NoFittingFramework { .. } => codes::NO_FRAMEWORK,
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
        let mut d = Diagnostic::warning(
            codes::REFERENCE_NOT_FOUND,
            format!("assembly `{name}`, referenced by `{}`, was not found", from.display()),
        )
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
/// User diagnostics for a broken application. A reference that is nowhere is a warning: what needs it throws.
pub fn load_all(app: &Path, framework: &Framework, references: &[PathBuf], target: &Target) -> Result<Loaded, BuildError> {
    let app_module = load_module(app)?;
    let places = Places::new(app, framework, references, target)?;
    let properties = runtimeconfig::read(app)?;
    let mut modules = Vec::new();
    let mut errors = Vec::new();
    let mut warnings = Vec::new();
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
                        warnings.push(places.not_found(&name, from));
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
        let is_application = !path.starts_with(&framework.dir);
        let is_program = modules.is_empty() || places.deps.projects.contains(&key(&simple_name(&module)));
        modules.push(LoadedModule { module, path, is_framework, is_application, is_program });
    }
    if errors.is_empty() {
        let satellites = satellites::find(&modules, references)?;
        return Ok(Loaded {
            modules,
            satellites,
            natives: places.deps.natives,
            properties,
            descriptors: Vec::new(),
            substitutions: Vec::new(),
            link_attributes: Vec::new(),
            warnings,
            symbols: None,
        });
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
