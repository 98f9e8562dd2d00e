//! `build`: the phases in order, and what the other commands take from its first half.

use crate::application::{self, to_assembly};
use crate::cache::{Entry, ObjectCache};
use crate::compile::{CompileStats, compile_units};
use crate::error::BuildError;
use crate::inputs::{Loaded, framework_error, load_all};
use crate::key::Generator;
use crate::options::{BuildOptions, Emit, OptLevel};
use crate::reproduce::Part;
use crate::symbols::Symbols;
use crate::timing::{Progress, Timing};
use crate::units::UnitPlan;
use crate::{emit, library, linking, output, panics, runtimeconfig, unchanged, units};
use kiln_analysis::throwing::missing_native;
use kiln_analysis::{AnalysisError, AnalysisOptions, Closure, FeatureSettings, Log, Program, Roots, analyze};
use kiln_codegen::CodegenOptions;
use kiln_data::{DataOptions, MethodRecord, SizeRow, emit_data};
use kiln_diag::{Diagnostic, codes};
use kiln_link::archive_symbols;
use kiln_lir::Sym;
use kiln_lower::LowerOptions;
use kiln_metadata::Module;
use kiln_toolchain::find_framework;
use kiln_typesys::{GenericArgs, MethodDesc, TypeSystem, WellKnown};
use std::fs;
use std::path::{Path, PathBuf};

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
    let mut loaded = timing.run(progress, "loading", || load_all(&app.path, &framework, &options.references, options.target))?;
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
                .with_help("use a released version of .NET's class library, unchanged; `cargo xtask setup` fetches one"),
        )
    };
    let ts = TypeSystem::new(loaded.modules.into_iter().map(|m| m.module).collect()).map_err(|e| bad(&e))?;
    let version = library::version(&ts)?;
    library::check(&ts, version.all_fields(), version.numbers.iter())?;
    let overlay = Module::parse(library::overlay(version)?).map_err(|e| BuildError::internal("overlay", e))?;
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

/// Loads and analyses; `log` says which edges of the program's graph are wanted.
///
/// # Errors
///
/// As [`load`]; a program without an entry point.
pub fn analysed(
    options: &BuildOptions,
    app: &Path,
    mut loaded: Loaded,
    log: Log,
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
            target: options.target,
            inline_alloc: options.opt != OptLevel::O0,
            origins: symbols.as_ref().map(|s| s.modules(&ts)).unwrap_or_default(),
            ..LowerOptions::default()
        },
        app_properties: vec![("Kiln.EntryAssembly".to_owned(), name.clone())],
        application,
        log,
        keep_mir: false,
    };
    let roots = Roots { main: Some(main), methods: Vec::new() };
    let mut program = timing
        .run(progress, "analysis", || {
            analyze(&ts, &roots, &analysis, &|done, total| progress.step(done, total)).and_then(Closure::into_program)
        })
        .map_err(|e| match e {
            AnalysisError::Panic(place, text) => panics::bug("analysis", &place, &text, Part::Analysis(place.clone())),
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
    CodegenOptions { opt: options.opt, target: options.target, ..CodegenOptions::default() }
}

/// Runs a build.
///
/// # Errors
///
/// See [`BuildError`]: nothing is left at the output path.
pub fn build(options: &BuildOptions, progress: &dyn Progress) -> Result<Outcome, BuildError> {
    build_with(options, progress, true).map_err(|e| e.reproduced_by(options))
}

/// Runs a build whose outcome has sizes, even when nothing changed.
///
/// # Errors
///
/// As [`build`].
pub fn build_sized(options: &BuildOptions, progress: &dyn Progress) -> Result<Outcome, BuildError> {
    build_with(options, progress, false).map_err(|e| e.reproduced_by(options))
}

fn build_with(options: &BuildOptions, progress: &dyn Progress, may_restore: bool) -> Result<Outcome, BuildError> {
    let mut out = Outcome::default();
    application::check(&options.inputs, &options.references)?;
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

    let Analysed { ts, mut program, features, .. } = analysed(options, &app, loaded, Log::First, &mut out.timing, progress)?;
    let warnings = warnings_of(&program);
    complete(&ts, &mut program, options)?;

    let codegen = codegen_options(options);
    if let Some(text) = emit::text(&ts, &program, &features, options, &codegen)? {
        out.text = Some(text);
    } else {
        let objects = generate(&program, options, &codegen, &mut out, progress)?;
        let data = if partial(options) { Vec::new() } else { data(&ts, &program, options, &objects, &mut out, progress)? };
        write(options, objects.named(&program), data, &mut out, progress)?;
        if options.emit == Emit::Link {
            out.stored = key.and_then(|key| unchanged::store(options, &app, key, &warnings));
        }
    }
    out.diagnostics.extend(warnings);
    Ok(out)
}

/// Only the objects of some functions are wanted, and no program.
fn partial(options: &BuildOptions) -> bool {
    options.emit == Emit::Obj && options.filter.is_some()
}

/// Natives that the runtime does not have become stubs that say their name; then everything gets its order.
fn complete(ts: &TypeSystem, program: &mut Program, options: &BuildOptions) -> Result<(), BuildError> {
    let defined = archive_symbols(&options.runtime_archive).map_err(|e| linking::no_runtime(options, &e))?;
    for (entry, library) in program.natives.clone() {
        if !defined.contains(&entry) {
            let (function, text) = missing_native(ts, &entry, &library);
            program.cstrings.push(text);
            program.functions.push(function);
        }
    }
    program.cstrings.sort_unstable();
    program.cstrings.dedup();
    program.functions.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(())
}

/// The code of a program: one object per unit.
struct Objects {
    plans: Vec<UnitPlan>,
    /// In the order of the plans.
    entries: Vec<Entry>,
}

impl Objects {
    /// Function names and their objects.
    fn named<'a>(&'a self, program: &'a Program) -> impl Iterator<Item = (&'a str, &'a Entry)> + Clone {
        self.entries.iter().zip(&self.plans).map(|(e, p)| (program.functions[p.function].name.as_str(), e))
    }

    /// What the program's method table says of every function.
    fn records(&self, ts: &TypeSystem, program: &Program) -> Vec<MethodRecord> {
        let mut records = Vec::with_capacity(self.entries.len());
        for (entry, plan) in self.entries.iter().zip(&self.plans) {
            let f = &program.functions[plan.function];
            let display = crate::names::display_name(ts, &f.sym);
            let flags = crate::names::trace_flags(ts, &f.sym);
            let method = match f.sym {
                Sym::Method(m) => Some(m),
                _ => None,
            };
            let line = |&(at, file, line): &(u32, u32, u32)| Some((at, entry.files.get(file as usize)?.clone(), line));
            records.extend(entry.gc.iter().map(|g| MethodRecord {
                symbol: g.symbol.clone(),
                gc: (!g.gc.is_empty()).then(|| g.gc.clone()),
                method,
                flags,
                display: display.clone(),
                lines: g.lines.iter().filter_map(line).collect(),
            }));
        }
        records
    }
}

/// Units, and their objects from the cache or from LLVM.
fn generate(
    program: &Program,
    options: &BuildOptions,
    codegen: &CodegenOptions,
    out: &mut Outcome,
    progress: &dyn Progress,
) -> Result<Objects, BuildError> {
    let cache = ObjectCache::open(options.cache.as_deref());
    let mut plans =
        out.timing.run(progress, "planning", || units::plan(&program.functions, options.opt != OptLevel::O0, &Generator::new(codegen)));
    if partial(options) {
        let wanted = |name: &str| options.filter.as_ref().is_none_or(|f| name.contains(f.as_str()));
        plans.retain(|plan| wanted(&program.functions[plan.function].name));
    }
    let (entries, stats) = out
        .timing
        .run(progress, "code generation", || compile_units(&program.functions, &plans, &cache, codegen, options.threads, progress))?;
    out.compile = stats;
    if let Some((path, e)) = cache.failure() {
        out.diagnostics.push(
            Diagnostic::warning(codes::CACHE_NOT_WRITABLE, format!("cannot write `{}`: {e}", path.display()))
                .with_help("without its cache Kiln compiles everything again; set KILN_CACHE to a folder that can be written"),
        );
    }
    Ok(Objects { plans, entries })
}

/// The object of everything that is not code, and the sizes of all.
fn data(
    ts: &TypeSystem,
    program: &Program,
    options: &BuildOptions,
    objects: &Objects,
    out: &mut Outcome,
    progress: &dyn Progress,
) -> Result<Vec<u8>, BuildError> {
    let wanted = DataOptions { target: options.target, methods: objects.records(ts, program) };
    let data = out.timing.run(progress, "data", || emit_data(ts, program, &wanted));
    let data = data.map_err(|e| BuildError::internal("data", e))?;
    out.sizes = data.sizes;
    for (name, entry) in objects.named(program) {
        out.sizes.push(SizeRow::code(name, entry.gc.iter().map(|g| g.code).sum()));
    }
    Ok(data.object)
}

/// Writes what was asked for: the objects, the link map or the executable.
fn write<'a>(
    options: &BuildOptions,
    objects: impl Iterator<Item = (&'a str, &'a Entry)>,
    data: Vec<u8>,
    out: &mut Outcome,
    progress: &dyn Progress,
) -> Result<(), BuildError> {
    match options.emit {
        Emit::Obj => out.timing.run(progress, "writing", || emit::objects(options, objects, &data))?,
        Emit::Map => out.text = Some(out.timing.run(progress, "linking", || linking::link(options, objects, data))?),
        _ => {
            out.timing.run(progress, "linking", || linking::link(options, objects, data))?;
            out.size = fs::metadata(&options.output).map_or(0, |m| m.len());
        }
    }
    Ok(())
}
