//! `build`: the phases in order, and what the other commands take from its first half.

use crate::analysis::{Analysed, analysed_into};
use crate::application::{self, to_assembly};
use crate::cache::{self, Entry};
use crate::compile::CompileStats;
use crate::error::BuildError;
use crate::inputs::{Loaded, framework_error, load_all};
use crate::linking::{self, Linking};
use crate::options::{BuildOptions, Emit};
use crate::records::record;
use crate::streaming::Streaming;
use crate::symbols::Symbols;
use crate::timing::{Progress, Timing};
use crate::{emit, library, output, prune, runtimeconfig, unchanged, warnings};
use kiln_analysis::throwing::missing_native;
use kiln_analysis::{CodeSink, Log, Program};
use kiln_codegen::CodegenOptions;
use kiln_data::{DataError, DataOptions, MethodRecord, SizeRow, emit_data};
use kiln_diag::{Diagnostic, codes};
use kiln_link::archive_symbols;
use kiln_metadata::Module;
use kiln_toolchain::find_framework_for;
use kiln_typesys::TypeSystem;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// Most bytes that cached machine code takes.
const OBJECTS_LIMIT: u64 = 4 << 30;
/// Most bytes that assemblies compiled from C# take.
const ASSEMBLIES_LIMIT: u64 = 512 << 20;
/// Cached machine code that was not used for so long goes.
const UNUSED: Duration = Duration::from_secs(60 * 24 * 3600);

/// What a finished build reports.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Warnings.
    pub diagnostics: Vec<Diagnostic>,
    /// Time of the phases.
    pub timing: Timing,
    /// Text of `--emit`.
    pub text: Option<String>,
    /// What optimisation with facts about the whole program did.
    pub optimized: kiln_opt::Done,
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

/// Loads the inputs.
///
/// # Errors
///
/// Anything wrong with the inputs or the framework.
pub fn load(options: &BuildOptions, timing: &mut Timing, progress: &dyn Progress) -> Result<(PathBuf, Loaded), BuildError> {
    let request = application::request(&options.inputs)?;
    let framework = find_framework_for(options.framework.as_deref(), request.as_ref()).map_err(|e| framework_error(&e))?;
    progress.framework(&framework);
    let mut warnings = Vec::new();
    let app = timing.run(progress, "C# compilation", || to_assembly(options, &framework, &mut warnings))?;
    let mut loaded = timing.run(progress, "loading", || load_all(&app.path, &framework, &options.references, options.target))?;
    warnings.append(&mut loaded.warnings);
    loaded.descriptors = texts(&options.descriptors)?;
    loaded.substitutions = texts(&options.substitutions)?;
    loaded.link_attributes = texts(&options.link_attributes)?;
    loaded.properties.extend(options.features.iter().cloned());
    runtimeconfig::restrict(&mut loaded.properties, &mut warnings);
    if options.debug_info {
        loaded.symbols = Some(Symbols::load(&loaded.modules, &mut warnings));
    }
    loaded.warnings = warnings;
    Ok((app.path, loaded))
}

/// Names and texts of files.
fn texts(files: &[PathBuf]) -> Result<Vec<(String, String)>, BuildError> {
    let read = |file: &PathBuf| {
        let name = file.display().to_string();
        std::fs::read_to_string(file).map(|text| (name.clone(), text)).map_err(|e| {
            let d = Diagnostic::error(codes::INPUT_NOT_FOUND, format!("cannot read `{name}`: {e}"));
            BuildError::user(d.with_help("--descriptor, --substitutions and --link-attributes take the paths of XML files"))
        })
    };
    files.iter().map(read).collect()
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
    library::check(&ts, version.all_fields(), version.all_numbers())?;
    let overlay = Module::parse(library::overlay(version)?).map_err(|e| BuildError::internal("overlay", e))?;
    let id = ts.add_module(overlay).map_err(|e| bad(&e))?;
    ts.set_overlay(id).map_err(|e| bad(&e))?;
    Ok(ts)
}

fn codegen_options(options: &BuildOptions) -> CodegenOptions {
    let features = options.instruction_sets.features();
    CodegenOptions { opt: options.opt, target: options.target, features, ..CodegenOptions::default() }
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
        && !options.warnings.all_are_errors
        && options.warnings.errors.is_empty()
        && let Some(key) = key
        && unchanged::restore(options, &app, key, &mut out)?
    {
        warnings::wanted(&mut out.diagnostics, &options.warnings)?;
        return Ok(out);
    }

    let satellites = std::mem::take(&mut loaded.satellites);
    let codegen = codegen_options(options);
    let mut streaming = Streaming::new(options, &codegen);
    // A text is written of whole functions, in their order.
    let compiles = matches!(options.emit, Emit::Link | Emit::Obj | Emit::Map);
    let sink = compiles.then_some(&mut streaming as &mut dyn CodeSink);
    let Analysed { ts, mut program, features, optimized, paths, .. } =
        analysed_into(options, &app, loaded, Log::First, sink, &mut out.timing, progress)?;
    program.manifests.satellites = satellites.into_values().collect();
    out.optimized = optimized.done;
    let warnings = warnings::of_program(&ts, &program, &paths, options.warnings.expand);
    out.diagnostics.extend(warnings.iter().cloned());
    warnings::wanted(&mut out.diagnostics, &options.warnings)?;
    complete(&ts, &mut program, options, compiles.then_some(&mut streaming))?;

    if let Some(text) = emit::text(&ts, &program, &optimized, &features, options, &codegen)? {
        out.text = Some(text);
    } else {
        let objects = generate(&program, options, streaming, &mut out, progress)?;
        write(&ts, &program, options, objects, &mut out, progress)?;
        if options.emit == Emit::Link {
            out.stored = key.and_then(|key| unchanged::store(options, &app, key, &warnings));
        }
    }
    Ok(out)
}

/// Natives that the runtime does not have become stubs that say their name; then everything gets its order.
fn complete(
    ts: &TypeSystem,
    program: &mut Program,
    options: &BuildOptions,
    mut streaming: Option<&mut Streaming<'_>>,
) -> Result<(), BuildError> {
    let defined = archive_symbols(&options.runtime_archive).map_err(|e| linking::no_runtime(options, &e))?;
    for (entry, library) in program.natives.clone() {
        if !defined.contains(&entry) {
            let (mut function, text) = missing_native(ts, &entry, &library);
            streaming.iter_mut().for_each(|s| s.take(&mut function));
            program.cstrings.push(text);
            program.functions.push(function);
        }
    }
    program.cstrings.sort_unstable();
    program.cstrings.dedup();
    program.functions.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(())
}

/// The code of a program: the objects of its functions, by their index.
struct Objects(Vec<(usize, Entry)>);

impl Objects {
    /// Function names and their objects.
    fn named<'a>(&'a self, program: &'a Program) -> impl Iterator<Item = (&'a str, &'a Entry)> + Clone {
        self.0.iter().map(|(number, entry)| (program.functions[*number].name.as_str(), entry))
    }

    /// What the program's method table says of every function.
    fn records(&self, ts: &TypeSystem, program: &Program) -> Vec<MethodRecord> {
        self.0.iter().map(|(number, entry)| record(ts, &program.functions[*number], entry)).collect()
    }
}

/// The objects, from the cache or from LLVM.
fn generate(
    program: &Program,
    options: &BuildOptions,
    mut streaming: Streaming<'_>,
    out: &mut Outcome,
    progress: &dyn Progress,
) -> Result<Objects, BuildError> {
    let entries = streaming.finish(&program.functions, &mut out.timing, progress)?;
    out.compile = streaming.stats;
    out.timing.processor.extend(kiln_codegen::times::steps());
    if let Some(root) = options.cache.as_deref().filter(|_| out.compile.compiled > 0) {
        prune::bound_files(&cache::objects(root), OBJECTS_LIMIT, UNUSED, SystemTime::now());
        prune::bound(&root.join("csc"), "diagnostics", ASSEMBLIES_LIMIT, SystemTime::now());
    }
    if let Some((path, e)) = streaming.cache.failure() {
        out.diagnostics.push(
            Diagnostic::warning(codes::CACHE_NOT_WRITABLE, format!("cannot write `{}`: {e}", path.display()))
                .with_help("without its cache Kiln compiles everything again; set KILN_CACHE to a folder that can be written"),
        );
    }
    Ok(Objects(entries))
}

/// The object of everything that is not code.
fn data(
    ts: &TypeSystem,
    program: &Program,
    options: &BuildOptions,
    methods: Vec<MethodRecord>,
    out: &mut Outcome,
    progress: &dyn Progress,
) -> Result<Vec<u8>, BuildError> {
    let instruction_sets = options.processor().compiled.0;
    let wanted = DataOptions { target: options.target, instruction_sets, methods };
    let data = out.timing.run(progress, "data", || emit_data(ts, program, &wanted));
    let mut data = data.map_err(|e| match e {
        DataError::Type(e) => BuildError::not_loaded(&e),
        e => BuildError::internal("data", e),
    })?;
    out.sizes.append(&mut data.sizes);
    Ok(data.object)
}

/// Writes what was asked for: the objects, the link map or the executable. The code is in a file before there is data: they are not in memory at once.
fn write(
    ts: &TypeSystem,
    program: &Program,
    options: &BuildOptions,
    objects: Objects,
    out: &mut Outcome,
    progress: &dyn Progress,
) -> Result<(), BuildError> {
    let methods = objects.records(ts, program);
    if options.emit == Emit::Obj {
        let data = if options.is_partial() { Vec::new() } else { data(ts, program, options, methods, out, progress)? };
        return out.timing.run(progress, "writing", || emit::objects(options, objects.named(program), &data));
    }
    let sizes: Vec<SizeRow> = objects.named(program).map(|(name, entry)| SizeRow::code(name, entry.gc.code)).collect();
    let linking = out.timing.run(progress, "objects", || Linking::new(options, objects.named(program)))?;
    drop(objects);
    let data = data(ts, program, options, methods, out, progress)?;
    out.sizes.extend(sizes);
    let map = out.timing.run(progress, "linking", || linking.link(data))?;
    match options.emit {
        Emit::Map => out.text = Some(map),
        _ => out.size = fs::metadata(&options.output).map_or(0, |m| m.len()),
    }
    Ok(())
}
