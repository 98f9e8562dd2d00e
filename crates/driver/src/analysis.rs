//! From the loaded assemblies to the program: the closure of what its roots need, what optimisation makes of it with facts about the
//! whole, and what is still needed then (ADR 0008).

use crate::error::BuildError;
use crate::inputs::Loaded;
use crate::options::{BuildOptions, Emit, OptLevel};
use crate::panics;
use crate::pipeline::universe;
use crate::reproduce::Part;
use crate::symbols::Symbols;
use crate::timing::{Progress, Timing};
use kiln_analysis::roots::symbols_of;
use kiln_analysis::{AnalysisError, AnalysisOptions, Closure, CodeSink, FeatureSettings, Log, Optimize, Program, Roots, analyze_into};
use kiln_diag::{Diagnostic, codes};
use kiln_lir::{Function, Sym};
use kiln_lower::LowerOptions;
use kiln_mir as mir;
use kiln_opt::{Done, Facts, ObjectType, Optimizer};
use kiln_support::FxHashMap;
use kiln_typesys::{GenericArgs, MethodDesc, TypeSystem, WellKnown};
use std::path::{Path, PathBuf};

/// The program, analysed.
#[derive(Debug)]
pub struct Analysed {
    /// Its universe.
    pub ts: TypeSystem,
    /// What it consists of.
    pub program: Program,
    /// What was optimised.
    pub optimized: Optimized,
    /// The application's name.
    pub name: String,
    /// Its feature switches.
    pub features: FeatureSettings,
    /// The files of its modules, in their order.
    pub paths: Vec<PathBuf>,
}

/// What optimisation did.
#[derive(Clone, Debug, Default)]
pub struct Optimized {
    /// Counts.
    pub done: Done,
    /// For `--emit=mir-opt`: the text of every method whose name the filter allows.
    pub texts: FxHashMap<MethodDesc, String>,
}

/// Loads and analyses; `log` says which edges of the program's graph are wanted.
///
/// # Errors
///
/// As `load`; a program without an entry point.
pub fn analysed(
    options: &BuildOptions,
    app: &Path,
    loaded: Loaded,
    log: Log,
    timing: &mut Timing,
    progress: &dyn Progress,
) -> Result<Analysed, BuildError> {
    analysed_into(options, app, loaded, log, None, timing, progress)
}

/// What takes code, and what knows the lines that it comes from.
struct Resolving<'a> {
    ts: &'a TypeSystem,
    symbols: Option<&'a Symbols>,
    sink: &'a mut dyn CodeSink,
}

impl CodeSink for Resolving<'_> {
    fn take(&mut self, function: &mut Function) {
        self.symbols.into_iter().for_each(|symbols| symbols.resolve(self.ts, function));
        self.sink.take(function);
    }
}

/// As [`analysed`]; code goes to the sink as soon as it is final.
///
/// # Errors
///
/// As [`analysed`].
pub fn analysed_into(
    options: &BuildOptions,
    app: &Path,
    mut loaded: Loaded,
    log: Log,
    sink: Option<&mut dyn CodeSink>,
    timing: &mut Timing,
    progress: &dyn Progress,
) -> Result<Analysed, BuildError> {
    let name = app.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let own: Vec<(bool, bool)> = loaded.modules.iter().map(|m| (m.is_application, m.is_program)).collect();
    let paths: Vec<PathBuf> = loaded.modules.iter().map(|m| m.path.clone()).collect();
    let symbols = loaded.symbols.take();
    let descriptors = std::mem::take(&mut loaded.descriptors);
    let link_attributes = std::mem::take(&mut loaded.link_attributes);
    let features = loaded.features().on(options.processor());
    let ts = timing.run(progress, "types", || universe(loaded))?;
    // The overlay comes last.
    let modules = || ts.modules().into_iter().zip(&own);
    let application = modules().filter(|(_, own)| own.0).map(|(m, _)| m).collect();
    let program = modules().filter(|(_, own)| own.1).map(|(m, _)| m).collect();
    let main = entry_point(&ts, app)?;
    let optimizes = options.opt != OptLevel::O0;
    let analysis = AnalysisOptions {
        features: features.clone(),
        lower: LowerOptions {
            target: options.target,
            inline_alloc: optimizes,
            origins: symbols.as_ref().map(|s| s.modules(&ts)).unwrap_or_default(),
            ..LowerOptions::default()
        },
        app_properties: vec![("Kiln.EntryAssembly".to_owned(), name.clone())],
        application,
        program,
        log: if optimizes { Log::All } else { log },
        descriptors,
        link_attributes,
        keep_mir: optimizes,
    };
    let roots = Roots { main: Some(main), methods: Vec::new(), symbols: whole_assemblies(&ts, options)? };
    let mut sink = sink.map(|sink| Resolving { ts: &ts, symbols: symbols.as_ref(), sink });
    let step = |done, total, at: &str| progress.step(done, total, Some(at));
    let mut closure = timing
        .run(progress, "analysis", || analyze_into(&ts, &roots, &analysis, &step, sink.as_mut().map(|s| s as &mut dyn CodeSink)))
        .map_err(|e| failure("analysis", e))?;
    timing.part(progress, "data flow, in analysis", closure.data_flow());
    let mut optimized = Optimized::default();
    if optimizes {
        optimized =
            timing.run(progress, "optimisation", || optimize(&ts, &mut closure, options)).map_err(|e| failure("optimisation", e))?;
    }
    let streams = sink.is_some();
    let mut program = timing
        .run(progress, "marking", || closure.into_program_and(sink.as_mut().map(|s| s as &mut dyn CodeSink)))
        .map_err(|e| failure("optimisation", e))?;
    if let Some(symbols) = symbols.as_ref().filter(|_| !streams) {
        program.functions.iter_mut().for_each(|f| symbols.resolve(&ts, f));
    }
    Ok(Analysed { ts, program, optimized, name, features, paths })
}

/// Optimises every method of the closed program that has MIR.
fn optimize(ts: &TypeSystem, closure: &mut Closure<'_>, options: &BuildOptions) -> Result<Optimized, AnalysisError> {
    let objects = closure.object_types().map(|(ty, constructed)| ObjectType { ty, constructed });
    let facts = Facts::new(ts, objects).with_open(ts, closure.open_interfaces());
    let mut optimizing = Optimizing { ts, optimizer: Optimizer::new(ts, &facts, options.opt_fuel), options, texts: FxHashMap::default() };
    let changed = closure.rewrite(&mut optimizing)?;
    Ok(Optimized { done: optimizing.optimizer.done(changed), texts: optimizing.texts })
}

/// The optimiser, and the texts of what it leaves.
struct Optimizing<'a> {
    ts: &'a TypeSystem,
    optimizer: Optimizer<'a>,
    options: &'a BuildOptions,
    texts: FxHashMap<MethodDesc, String>,
}

impl Optimize for Optimizing<'_> {
    fn alone(&mut self, method: &mut mir::Function) -> bool {
        self.optimizer.alone(method)
    }

    fn order(&mut self, methods: &[mir::Function]) -> Vec<usize> {
        self.optimizer.order(methods)
    }

    fn together(&mut self, methods: &mut [mir::Function], index: usize) -> bool {
        let changed = self.optimizer.together(methods, index);
        if self.options.emit == Emit::MirOpt
            && let Some(f) = methods.get(index)
            && self.options.filter.as_ref().is_none_or(|x| self.ts.method_name_full(f.method).contains(x.as_str()))
        {
            self.texts.insert(f.method, mir::text::print(f, self.ts));
        }
        changed
    }
}

fn failure(stage: &str, e: AnalysisError) -> BuildError {
    match e {
        AnalysisError::Panic(place, text) => panics::bug(stage, &place, &text, Part::Analysis(place.clone())),
        e @ (AnalysisError::Descriptor(..) | AnalysisError::LinkAttributes(..)) => BuildError::user(
            Diagnostic::error(codes::BAD_METADATA, e.to_string())
                .with_help("it is no XML: correct the file, or build the assembly that has it again"),
        ),
        // An assembly brings its own.
        e @ AnalysisError::Substitutions(..) => BuildError::user(
            Diagnostic::error(codes::BAD_METADATA, e.to_string()).with_help("build that assembly again: a resource in it is damaged"),
        ),
        AnalysisError::Optimized(method, what) => BuildError::bug(
            Diagnostic::error(codes::OPTIMIZATION_FAILED, format!("optimisation of `{method}` failed: {what}")),
            Part::Analysis(method),
        ),
        AnalysisError::Type(e) => BuildError::not_loaded(&e),
        e => BuildError::internal(stage, e),
    }
}

/// What the assemblies of `--root` need.
fn whole_assemblies(ts: &TypeSystem, options: &BuildOptions) -> Result<Vec<Sym>, BuildError> {
    let mut symbols = Vec::new();
    for name in &options.roots {
        let module = ts.find_module(name).ok_or_else(|| {
            let d = Diagnostic::error(codes::REFERENCE_NOT_FOUND, format!("`--root {name}`: no assembly of the program has that name"));
            BuildError::user(
                d.with_help("give the name of an assembly without its extension: that of the application or of one it references"),
            )
        })?;
        symbols.extend(symbols_of(ts, module));
    }
    Ok(symbols)
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
