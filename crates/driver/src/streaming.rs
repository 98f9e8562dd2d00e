//! From the functions of a program, as they become final, to their objects: what is waiting is compiled whenever it is much, so that the LIR of
//! a large program is never in memory as a whole. A program of usual size is compiled at once, when it is complete.

use crate::cache::{Entry, ObjectCache};
use crate::compile::{CompileStats, compile_units};
use crate::error::BuildError;
use crate::key::Generator;
use crate::options::BuildOptions;
use crate::timing::{NoProgress, Progress, Timing};
use crate::units;
use kiln_analysis::CodeSink;
use kiln_codegen::CodegenOptions;
use kiln_lir::{Function, Sym};
use kiln_support::FxHashMap;

/// As many instructions may wait: some 100 MB.
const MOST_WAITING: usize = 1 << 20;

/// The functions that wait, and the objects of those that do not any more.
pub(crate) struct Streaming<'a> {
    options: &'a BuildOptions,
    codegen: &'a CodegenOptions,
    generator: Generator,
    pub(crate) cache: ObjectCache,
    waiting: Vec<Function>,
    size: usize,
    entries: FxHashMap<String, Entry>,
    failed: Option<BuildError>,
    /// What was found and compiled so far.
    pub(crate) stats: CompileStats,
}

impl<'a> Streaming<'a> {
    pub(crate) fn new(options: &'a BuildOptions, codegen: &'a CodegenOptions) -> Self {
        Self {
            options,
            codegen,
            generator: Generator::new(codegen),
            cache: ObjectCache::open(options.cache.as_deref()),
            waiting: Vec::new(),
            size: 0,
            entries: FxHashMap::default(),
            failed: None,
            stats: CompileStats::default(),
        }
    }

    /// Compiles what waits. After a failure nothing is worth compiling.
    fn compile(&mut self, timing: &mut Timing, progress: &dyn Progress) {
        let mut functions = std::mem::take(&mut self.waiting);
        self.size = 0;
        if self.failed.is_some() {
            return;
        }
        functions.retain(|f| !self.entries.contains_key(&f.name));
        functions.sort_by(|a, b| a.name.cmp(&b.name));
        functions.dedup_by(|a, b| a.name == b.name);
        let plans = timing.run(progress, "planning", || units::plan(&functions, &self.generator));
        let threads = self.options.threads;
        let compiled =
            timing.run(progress, "code generation", || compile_units(&functions, &plans, &self.cache, self.codegen, threads, progress));
        match compiled {
            Ok((entries, stats)) => {
                self.stats.hits += stats.hits;
                self.stats.compiled += stats.compiled;
                self.entries.extend(functions.into_iter().map(|f| f.name).zip(entries));
            }
            Err(e) => self.failed = Some(e),
        }
    }

    /// Compiles the rest: the objects of the functions of the complete program, in their order; none of what is not wanted.
    pub(crate) fn finish(
        &mut self,
        program: &[Function],
        timing: &mut Timing,
        progress: &dyn Progress,
    ) -> Result<Vec<(usize, Entry)>, BuildError> {
        self.compile(timing, progress);
        if let Some(e) = self.failed.take() {
            return Err(e);
        }
        let mut objects = Vec::with_capacity(self.entries.len());
        for (number, f) in program.iter().enumerate() {
            if !self.is_wanted(&f.name) {
                continue;
            }
            let Some(entry) = self.entries.remove(&f.name) else {
                return Err(BuildError::internal("code generation", format!("no object of {}", f.name)));
            };
            objects.push((number, entry));
        }
        Ok(objects)
    }

    fn is_wanted(&self, name: &str) -> bool {
        !self.options.is_partial() || self.options.filter.as_ref().is_none_or(|f| name.contains(f.as_str()))
    }
}

impl CodeSink for Streaming<'_> {
    fn take(&mut self, function: &mut Function) {
        let whole = std::mem::replace(function, rest(function));
        if !self.is_wanted(&whole.name) {
            return;
        }
        self.size += whole.blocks.iter().map(|b| b.insts.len() + 1).sum::<usize>();
        self.waiting.push(whole);
        if self.size > MOST_WAITING {
            // It is part of the phase that goes on; only the last of it is a phase of its own.
            self.compile(&mut Timing::default(), &NoProgress);
        }
    }
}

/// What the program's data and its method table are made of.
fn rest(f: &Function) -> Function {
    let named = f.sym_names.iter().filter(|(s, _)| matches!(s, Sym::CString(_) | Sym::Version(..)));
    Function {
        sym: f.sym.clone(),
        name: f.name.clone(),
        params: Vec::new(),
        ret: f.ret,
        slots: Vec::new(),
        blocks: Vec::new(),
        scopes: f.scopes.clone(),
        value_types: Vec::new(),
        sret: f.sret,
        context: f.context,
        needs: f.needs,
        once: f.once,
        sym_names: named.cloned().collect(),
        deps: Vec::new(),
        origins: Vec::new(),
        source: f.source.clone(),
    }
}
