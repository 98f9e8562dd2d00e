//! What the analysis warns of, as diagnostics: with lines from the assemblies' portable PDBs, one for each assembly that is not the program's
//! own, in the order of the source; and what the user wants of them (`--nowarn`, `--warnaserror`), which goes for all codes.

use crate::error::BuildError;
use crate::options::WarningOptions;
use crate::symbols::{find, point_at};
use kiln_analysis::Program;
use kiln_analysis::program::Warning;
use kiln_diag::{Code, Diagnostic, Severity, codes};
use kiln_metadata::PortablePdb;
use kiln_support::{FxHashMap, FxIndexMap};
use kiln_typesys::{MethodDesc, ModuleId, TypeSystem};
use std::path::PathBuf;

/// Most methods of a path that are shown; those in the middle are left out.
const PATH: usize = 6;

/// A warning as it is said, and the method whose code it is about.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) diagnostic: Diagnostic,
    pub(crate) method: Option<MethodDesc>,
}

/// What is the same of warnings that are said as one.
#[derive(PartialEq, Eq, Hash)]
struct Equal<'a> {
    code: Code,
    file: Option<String>,
    place: &'a str,
    text: &'a str,
    /// A number of its own where each is said.
    alone: usize,
}

/// The warnings of a program. `paths`: the files of the modules, in their order.
pub(crate) fn of_program(ts: &TypeSystem, program: &Program, paths: &[PathBuf], expand: bool) -> Vec<Diagnostic> {
    said(ts, program, paths, expand).into_iter().map(|s| s.diagnostic).collect()
}

/// The same with the methods that they are about.
pub(crate) fn said(ts: &TypeSystem, program: &Program, paths: &[PathBuf], expand: bool) -> Vec<Said> {
    let mut places = Places { ts, paths, symbols: FxHashMap::default(), helped: Vec::new() };
    let own = ts.modules().into_iter().next();
    let mut folded: FxIndexMap<(Code, ModuleId), (usize, Option<MethodDesc>)> = FxIndexMap::default();
    let (mut of_source, mut out) = (Vec::new(), Vec::new());
    for w in &program.warnings {
        let module = w.method.and_then(|m| ts.method_def(m)).map(|(module, _)| module);
        match (one_for_all(w.code), module) {
            (Some(code), Some(module)) if !expand && Some(module) != own => {
                folded.entry((code, module)).or_insert((0, w.method)).0 += 1;
            }
            _ if w.code.is_of_source() => of_source.push((places.line(w), w)),
            _ => out.push(Said { diagnostic: places.diagnostic(w), method: w.method }),
        }
    }
    of_source.sort_by_cached_key(|(line, w)| (line.clone(), w.place.clone(), w.code.as_str()));
    let mut equal: FxIndexMap<Equal<'_>, Said> = FxIndexMap::default();
    for (number, (line, w)) in of_source.into_iter().enumerate() {
        let file = line.as_ref().map(|l| l.0.clone());
        let key = Equal { code: w.code, file, place: &w.place, text: &w.text, alone: if expand { number } else { 0 } };
        match equal.get_mut(&key) {
            Some(first) => first.diagnostic.again.push(line.map(|(_, line, column)| (line, column))),
            None => {
                equal.insert(key, Said { diagnostic: places.diagnostic(w), method: w.method });
            }
        }
    }
    out.extend(equal.into_values());
    for ((code, module), (count, method)) in folded {
        let kind = if code == codes::TRIM_WARNINGS { "trim warnings" } else { "warnings about ahead-of-time compilation" };
        let text = format!("assembly `{}` has {kind}: {count}", ts.assembly_name(module));
        let diagnostic =
            Diagnostic::warning(code, text).with_help("`--expand-warnings` shows each; look for a newer version of the library");
        out.push(Said { diagnostic, method });
    }
    out
}

/// The warnings of .NET's codes that a question means: the n-th that is said, or all of a code. Each with the method that it is about.
pub(crate) fn meant(list: Vec<Said>, which: &str, options: &WarningOptions) -> Vec<Said> {
    let hidden = |d: &Diagnostic| options.hidden.iter().any(|c| c.eq_ignore_ascii_case(&d.code));
    let all = list.into_iter().filter(|s| s.diagnostic.code.starts_with("IL") && !hidden(&s.diagnostic));
    match which.parse::<usize>() {
        Ok(number) => all.skip(number.wrapping_sub(1)).take(1).collect(),
        Err(_) => all.filter(|s| s.diagnostic.code.eq_ignore_ascii_case(which)).collect(),
    }
}

/// The code of the one warning that stands for all of a referenced assembly.
fn one_for_all(code: Code) -> Option<Code> {
    let text = code.as_str();
    if text.starts_with("IL2") { Some(codes::TRIM_WARNINGS) } else { text.starts_with("IL305").then_some(codes::AOT_WARNINGS) }
}

/// Finds lines; symbols are read when the first is asked for.
struct Places<'a> {
    ts: &'a TypeSystem,
    paths: &'a [PathBuf],
    symbols: FxHashMap<ModuleId, Option<PortablePdb>>,
    /// Codes whose help was given: once is enough.
    helped: Vec<Code>,
}

impl Places<'_> {
    fn diagnostic(&mut self, w: &Warning) -> Diagnostic {
        let code = w.code.as_str();
        let mut d = Diagnostic::new(code, severity(code), w.text.clone()).in_method(w.place.clone(), w.offset);
        if let Some((file, line, column)) = self.line(w) {
            d.location.file = Some(file);
            d.location.line = Some((line, column));
        }
        if w.path.len() > 1 {
            d = d.with_note(format!("reached by {}", shortened(&w.path)));
        }
        match help(w.code).filter(|_| !self.helped.contains(&w.code)) {
            Some(help) => {
                self.helped.push(w.code);
                d.with_help(help)
            }
            None => d,
        }
    }

    /// File, line and column of its IL offset, or of its method's first line.
    fn line(&mut self, w: &Warning) -> Option<(String, u32, u32)> {
        let (module, row) = self.ts.method_def(w.method?)?;
        let pdb = self.symbols.entry(module).or_insert_with(|| find(&self.ts.module(module), self.paths.get(module.index())?).ok());
        let pdb = pdb.as_ref()?;
        let points = pdb.sequence_points(row).ok()?;
        let (document, line, column) = match w.offset.and_then(|offset| point_at(&points, offset)) {
            Some(place) => place,
            None => points.iter().find_map(|p| Some((p.document?, p.span?.start_line, p.span?.start_column)))?,
        };
        Some((pdb.document_name(document).ok()?, line, column))
    }
}

fn shortened(path: &[String]) -> String {
    if path.len() <= PATH {
        return path.join(" → ");
    }
    let (first, last) = (&path[..PATH / 2], &path[path.len() - PATH / 2..]);
    format!("{} → … {} more … → {}", first.join(" → "), path.len() - PATH, last.join(" → "))
}

/// That a budget is exhausted says nothing of what the program will need: most never come to what is beyond.
pub(crate) fn severity(code: &str) -> Severity {
    if code == codes::PREDICTIONS.as_str() { Severity::Note } else { Severity::Warning }
}

/// What cures it, in a line; `kiln explain` has more.
fn help(code: Code) -> Option<&'static str> {
    if code == codes::REQUIRES_UNREFERENCED_CODE {
        Some("call something that names what it needs, or put `[RequiresUnreferencedCode]` on the caller; see `kiln explain IL2026`")
    } else if code == codes::REQUIRES_DYNAMIC_CODE {
        Some("call something that names what it needs, or put `[RequiresDynamicCode]` on the caller; see `kiln explain IL3050`")
    } else {
        None
    }
}

/// Leaves out what the user does not want to hear, and fails the build by what the user takes for an error.
pub(crate) fn wanted(list: &mut Vec<Diagnostic>, options: &WarningOptions) -> Result<(), BuildError> {
    let is = |codes: &[String], d: &Diagnostic| codes.iter().any(|c| c.eq_ignore_ascii_case(&d.code));
    list.retain(|d| d.severity == Severity::Error || !is(&options.hidden, d));
    let mut errors = false;
    for d in list.iter_mut().filter(|d| d.severity == Severity::Warning) {
        if (options.all_are_errors || is(&options.errors, d)) && !is(&options.no_errors, d) {
            d.severity = Severity::Error;
            errors = true;
        }
    }
    if errors { Err(BuildError::User(std::mem::take(list))) } else { Ok(()) }
}
