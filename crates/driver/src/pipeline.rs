//! `build`: the phases in order, and what the other commands take from its first half.

use crate::cache::{Entry, ObjectCache};
use crate::compile::{CompileStats, compile_units};
use crate::error::BuildError;
use crate::inputs::{self, Loaded, framework_error, load_all, to_assembly};
use crate::options::{BuildOptions, Emit, OptLevel};
use crate::symbols::Symbols;
use crate::timing::{Progress, Timing};
use crate::{archive, emit, output, panics, runtimeconfig, unchanged, units};
use kiln_analysis::throwing::missing_native;
use kiln_analysis::{AnalysisError, AnalysisOptions, FeatureSettings, Program, Roots, analyze};
use kiln_codegen::CodegenOptions;
use kiln_data::{DataOptions, MethodRecord, SizeRow, emit_data};
use kiln_diag::{Diagnostic, codes};
use kiln_link::{LinkError, LinkInput, LinkObject, OutputKind, archive_symbols};
use kiln_lir::Sym;
use kiln_lower::LowerOptions;
use kiln_metadata::Module;
use kiln_toolchain::{Scratch, ToolchainError, find_framework};
use kiln_typesys::{GenericArgs, MethodDesc, TypeSystem, WellKnown};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The overlay for the class library of .NET 9, compiled from `corelib/overlay` (a test compiles it again and compares).
const OVERLAY: &[u8] = include_bytes!("../../../corelib/kiln-overlay.dll");

/// What a finished build reports.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Warnings.
    pub diagnostics: Vec<Diagnostic>,
    /// Time of the phases.
    pub timing: Timing,
    /// Text of `--emit`.
    pub text: Option<String>,
    /// Cache use.
    pub compile: CompileStats,
    /// Size of the output in bytes.
    pub size: u64,
    /// The output was taken from the cache: nothing changed.
    pub unchanged: bool,
    /// The same executable in the cache, where there is one.
    pub stored: Option<PathBuf>,
    /// Native libraries that belong beside the executable.
    pub natives: Vec<PathBuf>,
    /// Where the bytes are (data symbols and functions).
    pub sizes: Vec<SizeRow>,
}

/// The program, analysed.
#[derive(Debug)]
pub struct Analysed {
    /// Its universe.
    pub ts: TypeSystem,
    /// What it consists of.
    pub program: Program,
    /// The application's name.
    pub name: String,
    /// Its feature switches.
    pub features: FeatureSettings,
}

/// Loads the inputs.
///
/// # Errors
///
/// Anything wrong with the inputs or the framework.
pub fn load(options: &BuildOptions, timing: &mut Timing, progress: &dyn Progress) -> Result<(PathBuf, Loaded), BuildError> {
    let framework = find_framework(options.framework.as_deref()).map_err(|e| framework_error(&e))?;
    let mut warnings = Vec::new();
    let app = timing.run(progress, "C# compilation", || to_assembly(options, &framework, &mut warnings))?;
    let mut loaded = timing.run(progress, "loading", || load_all(&app.path, &framework, &options.references))?;
    warnings.append(&mut loaded.warnings);
    loaded.properties.extend(options.features.iter().cloned());
    runtimeconfig::restrict(&mut loaded.properties, &mut warnings);
    if options.debug_info {
        loaded.symbols = Some(Symbols::load(&loaded.modules, &mut warnings));
    }
    loaded.warnings = warnings;
    Ok((app.path, loaded))
}

/// Builds the type universe: modules and overlay.
///
/// # Errors
///
/// A class library that Kiln cannot use.
pub fn universe(loaded: Loaded) -> Result<TypeSystem, BuildError> {
    let bad = |e: &dyn std::fmt::Display| {
        BuildError::environment(
            Diagnostic::error(codes::BAD_FRAMEWORK, format!("the class library is not usable: {e}"))
                .with_help("use the framework of .NET 9"),
        )
    };
    let ts = TypeSystem::new(loaded.modules.into_iter().map(|m| m.module).collect()).map_err(|e| bad(&e))?;
    let overlay = Module::parse(OVERLAY).map_err(|e| BuildError::internal("overlay", e))?;
    let id = ts.add_module(overlay).map_err(|e| bad(&e))?;
    ts.set_overlay(id).map_err(|e| bad(&e))?;
    Ok(ts)
}

fn entry_point(ts: &TypeSystem, app: &Path) -> Result<MethodDesc, BuildError> {
    let id = ts.modules().into_iter().next().ok_or_else(|| BuildError::internal("loading", "no module"))?;
    let module = ts.module(id);
    let none = || {
        BuildError::user(
            Diagnostic::error(codes::NO_ENTRY_POINT, format!("`{}` has no entry point", app.display()))
                .with_help("compile it as an application: it needs a Main method"),
        )
    };
    let method = module.entry_point().ok_or_else(none)?;
    let main = ts.resolve_method(id, method.token(), &GenericArgs::default()).map_err(|_| none())?;
    // The C# compiler writes nothing else; damaged metadata and other tools may (ECMA-335 II.15.4.1.2).
    let sig = ts.method_sig(main).map_err(|e| bad_main(app, &e))?;
    let strings = ts.sz_array(ts.well_known(WellKnown::String));
    let arguments = sig.params.is_empty() || sig.params[..] == [strings];
    let result = [WellKnown::Void, WellKnown::Int32, WellKnown::UInt32].iter().any(|&w| ts.is_well_known(sig.ret, w));
    if sig.has_this || !arguments || !result || ts.contains_vars_method(main) {
        return Err(bad_main(app, &"it is not a static method without arguments or with a string[], that returns nothing or a number"));
    }
    Ok(main)
}

fn bad_main(app: &Path, why: &dyn std::fmt::Display) -> BuildError {
    let d = Diagnostic::error(codes::BAD_METADATA, format!("the entry point of `{}` cannot be called: {why}", app.display()));
    BuildError::user(d.in_file(app.display().to_string()).with_help("build the assembly again: it is damaged, or no C# compiler made it"))
}

/// Loads and analyses.
///
/// # Errors
///
/// As [`load`]; a program without an entry point.
pub fn analysed(
    options: &BuildOptions,
    app: &Path,
    mut loaded: Loaded,
    timing: &mut Timing,
    progress: &dyn Progress,
) -> Result<Analysed, BuildError> {
    let name = app.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let own: Vec<bool> = loaded.modules.iter().map(|m| !m.is_framework).collect();
    let symbols = loaded.symbols.take();
    let features = loaded.features();
    let ts = timing.run(progress, "types", || universe(loaded))?;
    // The overlay comes last.
    let application = ts.modules().into_iter().zip(own).filter(|(_, own)| *own).map(|(m, _)| m).collect();
    let main = entry_point(&ts, app)?;
    let analysis = AnalysisOptions {
        features: features.clone(),
        lower: LowerOptions {
            inline_alloc: options.opt != OptLevel::None,
            origins: symbols.as_ref().map(|s| s.modules(&ts)).unwrap_or_default(),
            ..LowerOptions::default()
        },
        app_properties: vec![("Kiln.EntryAssembly".to_owned(), name.clone())],
        application,
    };
    let roots = Roots { main: Some(main), methods: Vec::new() };
    let mut program = timing
        .run(progress, "analysis", || analyze(&ts, &roots, &analysis, &|done, total| progress.step(done, total)))
        .map_err(|e| match e {
            AnalysisError::Panic(place, text) => panics::diagnostic("analysis", &place, &text),
            // An assembly brings its own.
            e @ AnalysisError::Substitutions(..) => BuildError::user(
                Diagnostic::error(codes::BAD_METADATA, e.to_string()).with_help("build that assembly again: a resource in it is damaged"),
            ),
            e => BuildError::internal("analysis", e),
        })?;
    if let Some(symbols) = &symbols {
        program.functions.iter_mut().for_each(|f| symbols.resolve(&ts, f));
    }
    Ok(Analysed { ts, program, name, features })
}

fn warnings_of(program: &Program) -> Vec<Diagnostic> {
    program.warnings.iter().map(|w| Diagnostic::warning(w.code, w.text.clone()).in_method(w.place.clone(), w.offset)).collect()
}

fn codegen_options(options: &BuildOptions) -> CodegenOptions {
    let opt = match options.opt {
        OptLevel::None => kiln_codegen::OptLevel::O0,
        OptLevel::Speed => kiln_codegen::OptLevel::O2,
        OptLevel::Size => kiln_codegen::OptLevel::Size,
    };
    CodegenOptions { opt, ..CodegenOptions::default() }
}

/// Runs a build.
///
/// # Errors
///
/// See [`BuildError`]: nothing is left at the output path.
pub fn build(options: &BuildOptions, progress: &dyn Progress) -> Result<Outcome, BuildError> {
    build_with(options, progress, true)
}

/// Runs a build whose outcome has sizes, even when nothing changed.
///
/// # Errors
///
/// As [`build`].
pub fn build_sized(options: &BuildOptions, progress: &dyn Progress) -> Result<Outcome, BuildError> {
    build_with(options, progress, false)
}

fn build_with(options: &BuildOptions, progress: &dyn Progress, may_restore: bool) -> Result<Outcome, BuildError> {
    let mut out = Outcome::default();
    inputs::check(&options.inputs, &options.references)?;
    if options.emit == Emit::Link {
        output::check(&options.inputs, &options.output)?;
    }
    let (app, mut loaded) = load(options, &mut out.timing, progress)?;
    out.diagnostics.append(&mut loaded.warnings);
    out.natives = std::mem::take(&mut loaded.natives);

    let key = unchanged::key(options, &app, &loaded);
    if options.emit == Emit::Link
        && may_restore
        && let Some(key) = key
        && unchanged::restore(options, &app, key, &mut out)?
    {
        return Ok(out);
    }

    let Analysed { ts, mut program, features, .. } = analysed(options, &app, loaded, &mut out.timing, progress)?;
    let program_warnings = warnings_of(&program);

    // Natives that the runtime does not have become stubs that say their name.
    let defined = archive_symbols(&options.runtime_archive).map_err(|e| no_runtime(options, &e))?;
    for (entry, library) in program.natives.clone() {
        if !defined.contains(&entry) {
            let (function, text) = missing_native(&ts, &entry, &library);
            program.cstrings.push(text);
            program.functions.push(function);
        }
    }
    program.cstrings.sort_unstable();
    program.cstrings.dedup();
    program.functions.sort_by(|a, b| a.name.cmp(&b.name));

    if let Some(text) = emit::text(&ts, &program, &features, options, &codegen_options(options))? {
        out.text = Some(text);
        out.diagnostics.extend(program_warnings);
        return Ok(out);
    }

    let codegen = codegen_options(options);
    let cache = ObjectCache::open(options.cache.as_deref());
    let plans = out.timing.run(progress, "planning", || {
        units::plan(&program.functions, options.opt != OptLevel::None, &format!("{codegen:?} {}", kiln_codegen::VERSION))
    });
    let (entries, stats) = out
        .timing
        .run(progress, "code generation", || compile_units(&program.functions, &plans, &cache, &codegen, options.threads, progress))?;
    out.compile = stats;

    let data = out.timing.run(progress, "data", || {
        let methods = entries
            .iter()
            .zip(&plans)
            .flat_map(|(entry, plan)| {
                let f = &program.functions[plan.function];
                let display = crate::names::display_name(&ts, &f.sym);
                let flags = crate::names::trace_flags(&ts, &f.sym);
                entry.gc.iter().map(move |g| MethodRecord {
                    symbol: g.symbol.clone(),
                    gc: (!g.gc.is_empty()).then(|| g.gc.clone()),
                    method: match f.sym {
                        Sym::Method(m) => Some(m),
                        _ => None,
                    },
                    flags,
                    display: display.clone(),
                    lines: g
                        .lines
                        .iter()
                        .filter_map(|&(at, file, line)| Some((at, entry.files.get(file as usize)?.clone(), line)))
                        .collect(),
                })
            })
            .collect();
        emit_data(&ts, &program, &DataOptions { methods })
    });
    let data = data.map_err(|e| BuildError::internal("data", e))?;
    if let Some((path, e)) = cache.failure() {
        out.diagnostics.push(
            Diagnostic::warning(codes::CACHE_NOT_WRITABLE, format!("cannot write `{}`: {e}", path.display()))
                .with_help("without its cache Kiln compiles everything again; set KILN_CACHE to a folder that can be written"),
        );
    }
    let names = entries.iter().zip(&plans).map(|(e, p)| (program.functions[p.function].name.as_str(), e));
    out.sizes = data.sizes;
    for (name, entry) in names.clone() {
        out.sizes.push(SizeRow::code(name, entry.gc.iter().map(|g| g.code).sum()));
    }
    match options.emit {
        Emit::Obj => {
            out.timing.run(progress, "writing", || emit::objects(options, names, &data.object))?;
        }
        Emit::Map => {
            out.text = Some(out.timing.run(progress, "linking", || link(options, names, data.object))?);
        }
        _ => {
            out.timing.run(progress, "linking", || link(options, names, data.object))?;
            out.size = fs::metadata(&options.output).map_or(0, |m| m.len());
            out.stored = key.and_then(|key| unchanged::store(options, &app, key, &program_warnings));
        }
    }
    out.diagnostics.extend(program_warnings);
    Ok(out)
}

fn no_runtime(options: &BuildOptions, e: &LinkError) -> BuildError {
    BuildError::environment(
        Diagnostic::error(codes::NO_RUNTIME, format!("cannot read the runtime library `{}`: {e}", options.runtime_archive.display()))
            .with_help("build it with `cargo xtask build`, or set KILN_RUNTIME"),
    )
}

/// Links, and puts the executable into place; for `--emit=map` the answer is the linker's map instead.
fn link<'a>(options: &BuildOptions, entries: impl Iterator<Item = (&'a str, &'a Entry)>, data: Vec<u8>) -> Result<String, BuildError> {
    let scratch = Scratch::new().map_err(|e| scratch_error(&e))?;
    let path = |name: &str| scratch.path().join(name);
    let members: Vec<(String, &[u8])> =
        entries.map(|(name, e)| (name.chars().filter(char::is_ascii_alphanumeric).take(14).collect(), e.object.as_slice())).collect();
    let archive = path("functions.a");
    archive::write(&archive, &members).map_err(|e| BuildError::write(&archive, &e))?;
    let input = LinkInput {
        objects: vec![LinkObject::Path(archive), LinkObject::Bytes { name: "data".to_owned(), data }],
        runtime_archive: Some(options.runtime_archive.clone()),
        kind: OutputKind::Exe,
        out: path("program"),
        strip: !options.keep_symbols,
        map: (options.emit == Emit::Map).then(|| path("map")),
        scratch: scratch.path().to_owned(),
        extra_libs: Vec::new(),
    };
    kiln_link::link(&input).map_err(|e| link_error(&e))?;
    if let Some(map) = &input.map {
        let bytes = fs::read(map).map_err(|e| BuildError::internal("link map", e))?;
        let text = String::from_utf8_lossy(&bytes).replace(&format!("{}/", scratch.path().display()), "");
        return Ok(filtered(&text, options.filter.as_deref()));
    }
    output::place(&input.out, &options.output)?;
    Ok(String::new())
}

/// The lines of a link map that a filter leaves, under the map's own first line.
fn filtered(text: &str, filter: Option<&str>) -> String {
    let Some(filter) = filter else { return text.to_owned() };
    let lines = text.lines().enumerate().filter(|(number, line)| *number == 0 || line.contains(filter));
    lines.map(|(_, line)| format!("{line}\n")).collect()
}

fn scratch_error(e: &ToolchainError) -> BuildError {
    match e {
        ToolchainError::Io { path, source } => BuildError::write(path, source),
        e => BuildError::internal("scratch folder", e),
    }
}

fn link_error(e: &LinkError) -> BuildError {
    match e {
        LinkError::NoLinker { .. } | LinkError::CannotRun { .. } => BuildError::environment(
            Diagnostic::error(codes::NO_LINKER, e.to_string()).with_help("install lld (Debian: lld-22), or set KILN_LLD"),
        ),
        LinkError::Io { source, .. } => BuildError::write(&std::env::temp_dir(), source),
        LinkError::Failed { output } if output.contains("No space left") => {
            BuildError::write(&std::env::temp_dir(), &io::ErrorKind::StorageFull.into())
        }
        _ => {
            let text = e.to_string();
            let mut d = Diagnostic::error(codes::LINK_FAILED, text.lines().next().unwrap_or("linking failed").to_owned());
            for line in text.lines().skip(1).take(20) {
                d = d.with_note(line);
            }
            BuildError::environment(d)
        }
    }
}
