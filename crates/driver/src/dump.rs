//! `kiln dump` and `kiln why`: what an assembly holds, and why something is in the program.

use crate::analysis::analysed;
use crate::error::BuildError;
use crate::options::{BuildOptions, OptLevel};
use crate::pipeline::{load, universe};
use crate::timing::{Progress, Timing};
use crate::warnings;
use kiln_analysis::census::census;
use kiln_analysis::{FeaturePolicy, FeatureSettings, Log, why};
use kiln_diag::Diagnostic;
use kiln_importer::{ImportOptions, import_method};
use kiln_lower::LowerOptions;
use kiln_target::Target;
use kiln_typesys::{MethodDesc, TypeDesc, TypeSystem, VtableEntry};
use std::fmt::Write as _;

/// What to show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Types and members.
    Types,
    /// IL.
    Il,
    /// Field offsets and sizes.
    Layout,
    /// Virtual slots.
    Vtable,
    /// MIR of every body, open generics over their own variables.
    Mir,
    /// LIR, for methods without type parameters.
    Lir,
}

/// Text of a stage for the application's own types and methods whose name contains `filter`.
///
/// # Errors
///
/// Inputs that do not load.
pub fn dump(options: &BuildOptions, stage: Stage, filter: Option<&str>, progress: &dyn Progress) -> Result<(String, Timing), BuildError> {
    dumped(options, stage, filter, progress).map_err(|e| e.reproduced_by(options))
}

fn dumped(options: &BuildOptions, stage: Stage, filter: Option<&str>, progress: &dyn Progress) -> Result<(String, Timing), BuildError> {
    let mut timing = Timing::default();
    let (_, loaded) = load(options, &mut timing, progress)?;
    let features = loaded.features().on(options.processor());
    let ts = timing.run(progress, "types", || universe(loaded))?;
    let text = timing.run(progress, "printing", || print(&ts, &features, options.target, stage, filter))?;
    Ok((text, timing))
}

fn print(
    ts: &TypeSystem,
    features: &FeatureSettings,
    target: &'static Target,
    stage: Stage,
    filter: Option<&str>,
) -> Result<String, BuildError> {
    let app = ts.modules().into_iter().next().ok_or_else(|| BuildError::internal("loading", "no module"))?;
    let policy = FeaturePolicy::new(ts, features, Some(app)).map_err(|e| BuildError::internal("features", e))?;
    let lower = LowerOptions { target, ..LowerOptions::default() };
    let mut out = String::new();
    for t in kiln_importer::check::types_of(ts, app) {
        let wanted = |name: &str| filter.is_none_or(|f| name.contains(f));
        match stage {
            Stage::Types => types(ts, t, &wanted, &mut out),
            Stage::Layout => layout(ts, t, &wanted, &mut out),
            Stage::Vtable => vtable(ts, t, &wanted, &mut out),
            Stage::Il | Stage::Mir | Stage::Lir => {
                for &m in ts.methods(t).iter() {
                    if wanted(&ts.method_display(m)) {
                        body(ts, m, stage, &policy, &lower, &mut out);
                    }
                }
            }
        }
    }
    Ok(out)
}

fn types(ts: &TypeSystem, t: TypeDesc, wanted: &dyn Fn(&str) -> bool, out: &mut String) {
    let name = ts.type_display(t);
    if !wanted(&name) {
        return;
    }
    let base = ts.base_type(t).map(|b| format!(" : {}", ts.type_display(b))).unwrap_or_default();
    let _ = writeln!(out, "{name}{base}");
    for &f in ts.fields(t).iter() {
        let ty = ts.field_type(f).map_or_else(|e| format!("<{e}>"), |x| ts.type_display(x));
        let _ = writeln!(out, "  field  {}{} : {ty}", if ts.is_static(f) { "static " } else { "" }, ts.field_name(f));
    }
    for &m in ts.methods(t).iter() {
        let _ = writeln!(out, "  method {}", ts.method_display(m));
    }
}

fn layout(ts: &TypeSystem, t: TypeDesc, wanted: &dyn Fn(&str) -> bool, out: &mut String) {
    let name = ts.type_display(t);
    if !wanted(&name) || ts.contains_vars(t) || ts.is_interface(t) {
        return;
    }
    match ts.layout(t) {
        Ok(l) => {
            let _ = writeln!(out, "{name}: size {}, align {}, references at {:?}", l.size, l.align, l.refs);
            for (f, offset) in &l.fields {
                let ty = ts.field_type(*f).map_or_else(|e| format!("<{e}>"), |x| ts.type_display(x));
                let _ = writeln!(out, "  {offset:4}  {} : {ty}", ts.field_name(*f));
            }
        }
        Err(e) => {
            let _ = writeln!(out, "{name}: {e}");
        }
    }
}

fn vtable(ts: &TypeSystem, t: TypeDesc, wanted: &dyn Fn(&str) -> bool, out: &mut String) {
    let name = ts.type_display(t);
    if !wanted(&name) {
        return;
    }
    let _ = writeln!(out, "{name}:");
    match ts.vtable(t) {
        Ok(v) => {
            for (i, e) in v.iter().enumerate() {
                let _ = match e {
                    VtableEntry::Method(s) => writeln!(out, "  {i:3}  {} = {}", ts.method_display(s.decl), ts.method_display(s.imp)),
                    VtableEntry::Dictionary(o) => writeln!(out, "  {i:3}  dictionary of {}", ts.type_display(*o)),
                };
            }
        }
        Err(e) => {
            let _ = writeln!(out, "  {e}");
        }
    }
}

fn body(ts: &TypeSystem, m: MethodDesc, stage: Stage, policy: &FeaturePolicy, lower: &LowerOptions, out: &mut String) {
    let name = ts.method_display(m);
    if stage == Stage::Il {
        let Some((module, row)) = ts.method_def(m) else { return };
        let module = ts.module(module);
        if let Ok(Some(body)) = module.method_body(row) {
            let _ = writeln!(out, "{name}");
            let text = kiln_il::Disasm { module: Some(&module), body: &body }.to_string();
            for line in text.lines() {
                let _ = writeln!(out, "  {}", line.trim_end());
            }
        }
        return;
    }
    if stage == Stage::Lir && ts.contains_vars_method(m) {
        return;
    }
    match import_method(ts, m, policy, &ImportOptions::default()) {
        Ok(mir) if stage == Stage::Mir => {
            let _ = writeln!(out, "{}", kiln_mir::text::print(&mir, ts));
        }
        Ok(mir) => match kiln_lower::lower_method(ts, &mir, lower) {
            Ok(list) => {
                for f in &list {
                    let _ = writeln!(out, "{}", kiln_lir::text::print(f));
                }
            }
            Err(e) => {
                let _ = writeln!(out, "{name}: {e}");
            }
        },
        Err(_) if ts.is_abstract_method(m) || ts.is_pinvoke(m) || ts.is_internal_call(m) || ts.is_runtime_impl(m) => {}
        Err(e) => {
            let _ = writeln!(out, "{name}: {e}");
        }
    }
}

/// What [`why`] says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The shortest path from a root.
    Paths,
    /// Every reason.
    Reasons,
    /// How many there are, by kind and definition.
    Count,
}

/// Why everything whose name contains `symbol` is in the program, or how much that is.
///
/// # Errors
///
/// Inputs that do not load.
pub fn why(options: &BuildOptions, symbol: &str, answer: Answer, progress: &dyn Progress) -> Result<(Vec<String>, Timing), BuildError> {
    explained(options, symbol, answer, progress).map_err(|e| e.reproduced_by(options))
}

fn explained(options: &BuildOptions, symbol: &str, answer: Answer, progress: &dyn Progress) -> Result<(Vec<String>, Timing), BuildError> {
    let mut timing = Timing::default();
    let (app, loaded) = load(options, &mut timing, progress)?;
    let log = if answer == Answer::Reasons { Log::All } else { Log::First };
    let a = analysed(options, &app, loaded, log, &mut timing, progress)?;
    let answer = match answer {
        Answer::Paths => why::why,
        Answer::Reasons => why::why_all,
        Answer::Count => census,
    };
    let lines = timing.run(progress, "searching", || answer(&a.ts, &a.program.graph, symbol));
    Ok((lines, timing))
}

/// How warnings of .NET's codes are reached: the n-th that a build says, or all of a code. Each with the path from the method that it is about
/// to a root, and nothing if there is none.
///
/// # Errors
///
/// Inputs that do not load.
pub fn why_warning(options: &BuildOptions, which: &str, progress: &dyn Progress) -> Result<Vec<(Diagnostic, String)>, BuildError> {
    warning_explained(options, which, progress).map_err(|e| e.reproduced_by(options))
}

fn warning_explained(options: &BuildOptions, which: &str, progress: &dyn Progress) -> Result<Vec<(Diagnostic, String)>, BuildError> {
    // What optimisation takes away is warned of as well.
    let options = BuildOptions { opt: OptLevel::O0, ..options.clone() };
    let mut timing = Timing::default();
    let (app, loaded) = load(&options, &mut timing, progress)?;
    let a = analysed(&options, &app, loaded, Log::First, &mut timing, progress)?;
    let said = warnings::said(&a.ts, &a.program, &a.paths, options.warnings.expand);
    let meant = warnings::meant(said, which, &options.warnings);
    let methods: Vec<MethodDesc> = meant.iter().filter_map(|s| s.method).collect();
    let paths = why::why_methods(&a.ts, &a.program.graph, &methods);
    let path = |m: Option<MethodDesc>| m.and_then(|m| paths.get(&m).cloned()).unwrap_or_default();
    Ok(meant.into_iter().map(|s| (s.diagnostic, path(s.method))).collect())
}
