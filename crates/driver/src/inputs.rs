//! From the command line's inputs to loaded modules: C# through Roslyn, then the application and everything it references.
//!
//! References are looked for by simple name: beside the application, in `--reference` folders, in the packages that
//! `App.deps.json` names, in the framework. Of an assembly that both the application and the framework have, the higher version
//! wins, as the .NET host decides it.

use crate::BuildError;
use crate::symbols::Symbols;
use kiln_diag::{Diagnostic, Severity, codes};
use kiln_metadata::{MetadataError, Module};
use kiln_support::FxHashMap;
use kiln_toolchain::{CSharpOptions, Compilation, Framework, ToolchainError};
use std::collections::VecDeque;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Everything that was loaded.
#[derive(Debug)]
pub struct Loaded {
    /// Modules with the files they came from; the application first.
    pub modules: Vec<(Module, PathBuf)>,
    /// Folders whose modules are the class library's.
    pub framework_dirs: Vec<PathBuf>,
    /// Warnings found on the way.
    pub warnings: Vec<Diagnostic>,
    /// Debug symbols, when they are wanted.
    pub symbols: Option<Symbols>,
}

/// Maps an environment problem of the toolchain to its diagnostic.
#[must_use]
pub fn toolchain_error(e: &ToolchainError) -> BuildError {
    let code = match e {
        ToolchainError::NoFramework { .. } => codes::NO_FRAMEWORK,
        ToolchainError::NotAFramework { .. } | ToolchainError::NoRuntime { .. } => codes::BAD_FRAMEWORK,
        ToolchainError::NoCache => codes::CACHE_NOT_WRITABLE,
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
pub fn to_assembly(
    inputs: &[PathBuf],
    framework: &Framework,
    references: &[PathBuf],
    warnings: &mut Vec<Diagnostic>,
) -> Result<PathBuf, BuildError> {
    let first = inputs.first().ok_or_else(|| BuildError::user(Diagnostic::error(codes::INPUT_NOT_FOUND, "no input file given")))?;
    for input in inputs {
        check_file(input)?;
    }
    let is = |p: &Path, exts: &[&str]| p.extension().is_some_and(|e| exts.iter().any(|x| e.eq_ignore_ascii_case(x)));
    if inputs.iter().all(|p| is(p, &["cs"])) {
        let mut all = framework.assemblies().map_err(|e| toolchain_error(&e))?;
        for dir in references {
            let mut more: Vec<_> =
                fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path()).filter(|p| is(p, &["dll"])).collect();
            more.sort();
            all.extend(more);
        }
        all.retain(|p| has_cli_header(p));
        let name = first.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let compilation = Compilation {
            name,
            sources: inputs.to_vec(),
            references: all,
            options: CSharpOptions { implicit_usings: true, ..CSharpOptions::default() },
        };
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
            if severity == Severity::Error { errors.push(out) } else { warnings.push(out) }
        }
        if !done.ok {
            if errors.is_empty() {
                errors.push(Diagnostic::error(codes::CSHARP_FAILED, "the C# compiler failed without saying why"));
            }
            return Err(BuildError::User(errors));
        }
        return Ok(done.assembly);
    }
    if inputs.len() > 1 || !is(first, &["dll", "exe"]) {
        return Err(BuildError::user(
            Diagnostic::error(codes::UNSUPPORTED_INPUT, format!("`{}` is neither C# source nor an assembly", first.display()))
                .with_help("give one .dll, or one or more .cs files"),
        ));
    }
    Ok(first.clone())
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
    let fail = |why: String| Err(BuildError::user(Diagnostic::error(codes::INPUT_NOT_FOUND, why).with_help("check the path")));
    match fs::metadata(path) {
        Ok(m) if m.is_file() => Ok(()),
        Ok(_) => fail(format!("`{}` is a folder, not a file", path.display())),
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
    let bytes = fs::read(path)
        .map_err(|e| BuildError::user(Diagnostic::error(codes::INPUT_NOT_FOUND, format!("cannot read `{}`: {e}", path.display()))))?;
    Module::parse(bytes).map_err(|e| {
        let code = match e {
            MetadataError::BadPe(_) | MetadataError::NotManaged => codes::NOT_AN_ASSEMBLY,
            _ => codes::BAD_METADATA,
        };
        let d = Diagnostic::error(code, format!("`{}` is not a usable .NET assembly: {e}", path.display()));
        BuildError::user(match code {
            codes::NOT_AN_ASSEMBLY => d.with_help("give the managed .dll that the C# compiler wrote"),
            _ => d.with_help("build the assembly again: it is truncated or damaged"),
        })
    })
}

/// Version of the module's assembly, most significant part first.
fn version(module: &Module) -> [u16; 4] {
    module
        .assembly_rows()
        .iter()
        .next()
        .and_then(|id| module.assembly_row(id).ok())
        .map_or([0; 4], |a| [a.major, a.minor, a.build, a.revision])
}

/// Loads the application and, transitively, what it references.
///
/// # Errors
///
/// User diagnostics for a broken application or a missing reference of an assembly that is not the framework's.
pub fn load_all(app: &Path, framework: &Framework, references: &[PathBuf]) -> Result<Loaded, BuildError> {
    let app_module = load_module(app)?;
    let app_dir = app.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    let mut dirs = vec![app_dir];
    dirs.extend(references.iter().cloned());
    let packages = deps_json_files(app);
    let framework_dirs: Vec<PathBuf> = [Some(framework.dir.clone()), framework.aspnetcore()].into_iter().flatten().collect();

    let mut loaded = Loaded { modules: Vec::new(), framework_dirs: framework_dirs.clone(), warnings: Vec::new(), symbols: None };
    let mut errors = Vec::new();
    let mut seen: FxHashMap<String, Option<[u16; 4]>> = FxHashMap::default();
    let mut queue: VecDeque<(Module, PathBuf, bool)> = VecDeque::new();
    seen.insert(simple_name(&app_module), Some(version(&app_module)));
    queue.push_back((app_module, app.to_path_buf(), false));
    // The class library's core is needed whatever the references say.
    let mut wanted: Vec<(String, [u16; 4], Option<(PathBuf, bool)>)> = vec![("System.Private.CoreLib".to_owned(), [0; 4], None)];
    loop {
        for (name, want, from) in std::mem::take(&mut wanted) {
            if let Some(have) = seen.get(&name) {
                if let (Some(have), Some((from, false))) = (have, &from) {
                    check_version(&name, want, *have, from, &mut errors);
                }
                continue;
            }
            let local = dirs.iter().map(|d| d.join(format!("{name}.dll"))).find(|p| p.is_file()).or_else(|| packages.get(&name).cloned());
            let own = framework_dirs.iter().map(|d| d.join(format!("{name}.dll"))).find(|p| p.is_file());
            let mut candidates = Vec::new();
            for (path, is_framework) in [(local, false), (own, true)] {
                if let Some(path) = path {
                    match load_module(&path) {
                        Ok(m) => candidates.push((m, path, is_framework)),
                        Err(BuildError::User(mut d)) => errors.append(&mut d),
                        Err(e) => return Err(e),
                    }
                }
            }
            candidates.sort_by_key(|(m, _, is_framework)| (version(m), *is_framework));
            match candidates.pop() {
                Some((m, path, is_framework)) => {
                    let have = version(&m);
                    seen.insert(name.clone(), Some(have));
                    if let Some((from, false)) = &from {
                        check_version(&name, want, have, from, &mut errors);
                    }
                    queue.push_back((m, path, is_framework));
                }
                None => {
                    seen.insert(name.clone(), None);
                    if let Some((from, false)) = from {
                        errors.push(
                            Diagnostic::error(
                                codes::REFERENCE_NOT_FOUND,
                                format!("assembly `{name}`, referenced by `{}`, was not found", from.display()),
                            )
                            .with_note(format!(
                                "looked beside the application, in {} --reference folder(s), and in {}",
                                references.len(),
                                framework.dir.display()
                            ))
                            .with_help("add its folder with --reference DIR"),
                        );
                    }
                }
            }
        }
        let Some((module, path, is_framework)) = queue.pop_front() else { break };
        for id in module.assembly_refs().iter() {
            let Ok(r) = module.assembly_ref(id) else { continue };
            wanted.push((r.name.to_owned(), [r.major, r.minor, r.build, r.revision], Some((path.clone(), is_framework))));
        }
        loaded.modules.push((module, path));
    }
    if errors.is_empty() { Ok(loaded) } else { Err(BuildError::User(errors)) }
}

/// .NET refuses to bind to a lower version than the one that was compiled against, and so does Kiln.
fn check_version(name: &str, want: [u16; 4], have: [u16; 4], from: &Path, errors: &mut Vec<Diagnostic>) {
    if have < want {
        let v = |v: [u16; 4]| format!("{}.{}.{}.{}", v[0], v[1], v[2], v[3]);
        errors.push(
            Diagnostic::error(
                codes::REFERENCE_VERSION,
                format!("`{}` wants `{name}` {} but {} was found", from.display(), v(want), v(have)),
            )
            .with_help("put the version it was compiled against, or a higher one, beside the application"),
        );
    }
}

fn simple_name(module: &Module) -> String {
    let assembly = module.assembly_rows().iter().next().and_then(|id| module.assembly_row(id).ok().map(|a| a.name.to_owned()));
    assembly.or_else(|| module.name().ok().map(str::to_owned)).unwrap_or_default()
}

/// Assemblies that `App.deps.json` places in the user's package folder: simple name → file.
fn deps_json_files(app: &Path) -> FxHashMap<String, PathBuf> {
    let mut found = FxHashMap::default();
    let Some(text) = fs::read_to_string(app.with_extension("deps.json")).ok() else { return found };
    let Ok(json) = serde_json::from_str::<serde_json::Value>(&text) else { return found };
    let home = std::path::PathBuf::from(json.pointer("/runtimeOptions/packagesFolder").and_then(|v| v.as_str()).unwrap_or(""));
    let libraries = json.get("libraries").and_then(|v| v.as_object());
    for target in json.get("targets").and_then(|v| v.as_object()).into_iter().flat_map(|t| t.values()) {
        for (library, entry) in target.as_object().into_iter().flatten() {
            let folder = libraries.and_then(|l| l.get(library)).and_then(|l| l.get("path")).and_then(|p| p.as_str());
            let Some(folder) = folder else { continue };
            for file in entry.get("runtime").and_then(|r| r.as_object()).into_iter().flat_map(|r| r.keys()) {
                let path = home.join(folder).join(file);
                if let (Some(stem), true) = (path.file_stem(), path.is_file()) {
                    found.insert(stem.to_string_lossy().into_owned(), path.clone());
                }
            }
        }
    }
    found
}
