//! The application's assembly: the one that is given, or what Roslyn makes of C# sources; and what is wrong with inputs, before anything
//! is done with them.

use crate::inputs::toolchain_error;
use crate::{BuildError, BuildOptions, runtimeconfig};
use kiln_diag::{Diagnostic, Severity, codes};
use kiln_support::FxHashMap;
use kiln_toolchain::{CSharpOptions, Compilation, Framework, Request, Scratch};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The application's assembly, given or compiled.
#[derive(Debug)]
pub struct Assembly {
    /// The file.
    pub path: PathBuf,
    /// Where it is when it is not in the cache; gone with this.
    _scratch: Option<Arc<Scratch>>,
}

/// What the inputs are.
enum Kind {
    Sources,
    Assembly,
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

/// The version of .NET that the program asks for: sources ask for none.
///
/// # Errors
///
/// A runtime configuration that cannot be read.
pub(crate) fn request(inputs: &[PathBuf]) -> Result<Option<Request>, BuildError> {
    match inputs {
        [app] if has_extension(app, &["dll", "exe"]) => runtimeconfig::request(app),
        _ => Ok(None),
    }
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
    let csc = kiln_toolchain::find_csc().map_err(|e| toolchain_error(&e))?.with_server();
    let language_version = csc.language_version(framework);
    let options = CSharpOptions { implicit_usings: true, language_version, ..CSharpOptions::default() };
    let compilation = Compilation { name, sources, references: all, resources: resources.clone(), options };
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

pub(crate) fn check_file(path: &Path) -> Result<(), BuildError> {
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
