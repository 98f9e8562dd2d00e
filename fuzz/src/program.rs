//! Target over the whole front half: a damaged assembly over the tests' class library goes through types, importer, lowering, analysis and
//! optimisation as the driver runs them (ADR 0008), every type and method of it a root. It may be refused; no stage may panic.
//!
//! The seeds are the IL texts of the stages' tests: small, and about everything that the stages know.

use kiln_analysis::roots::symbols_of;
use kiln_analysis::{AnalysisError, AnalysisOptions, Closure, Log, Optimize, Roots, analyze};
use kiln_lower::LowerOptions;
use kiln_metadata::Module;
use kiln_mir as mir;
use kiln_opt::{Facts, ObjectType, Optimizer};
use kiln_typesys::TypeSystem;
use std::sync::Arc;

thread_local! {
    static CORE: Option<TypeSystem> = core();
}

fn core() -> Option<TypeSystem> {
    let bytes: Arc<[u8]> = kiln_testkit::corelib::bytes().ok()?;
    TypeSystem::new(vec![Module::parse(bytes).ok()?]).ok()
}

/// What is missing to run.
pub(crate) fn missing() -> Option<&'static str> {
    CORE.with(|core| core.is_none().then_some("tests/minicorelib does not assemble"))
}

/// The assembly of an IL text; nothing of one that does not assemble.
pub(crate) fn seeds(file: Vec<u8>) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(&file);
    kiln_testkit::corelib::assemble_test("seed", &text).into_iter().collect()
}

/// A whole image.
pub fn program(data: &[u8]) {
    let Ok(app) = Module::parse(data.to_vec()) else { return };
    let Some(ts) = CORE.with(|core| TypeSystem::beside(core.as_ref()?, vec![app]).ok()) else { return };
    let Some(module) = ts.modules().into_iter().next() else { return };
    let roots = Roots { symbols: symbols_of(&ts, module), ..Roots::default() };
    for optimizes in [false, true] {
        let options = AnalysisOptions {
            application: vec![module],
            lower: LowerOptions { inline_alloc: optimizes, ..LowerOptions::default() },
            log: Log::All,
            keep_mir: optimizes,
            ..AnalysisOptions::default()
        };
        let analysed = analyze(&ts, &roots, &options, &|_, _, _| {});
        let finished = analysed.and_then(|mut closure| {
            if optimizes {
                optimize(&ts, &mut closure)?;
            }
            closure.into_program()
        });
        match finished {
            Err(e @ (AnalysisError::Panic(..) | AnalysisError::Optimized(..))) => panic!("{e}"),
            other => drop(other),
        }
    }
}

fn optimize(ts: &TypeSystem, closure: &mut Closure<'_>) -> Result<usize, AnalysisError> {
    let facts = Facts::new(ts, closure.object_types().map(|(ty, constructed)| ObjectType { ty, constructed }));
    closure.rewrite(&mut Optimizing(Optimizer::new(ts, &facts, None)))
}

struct Optimizing<'a>(Optimizer<'a>);

impl Optimize for Optimizing<'_> {
    fn alone(&mut self, method: &mut mir::Function) -> bool {
        self.0.alone(method)
    }

    fn order(&mut self, methods: &[mir::Function]) -> Vec<usize> {
        self.0.order(methods)
    }

    fn together(&mut self, methods: &mut [mir::Function], index: usize) -> bool {
        self.0.together(methods, index)
    }
}
