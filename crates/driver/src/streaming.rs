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
use kiln_codegen::{Code, CodegenOptions};
use kiln_lir::{Function, Sym};
use kiln_support::{FxHashMap, FxHashSet};
use std::sync::Arc;

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
    /// As many instructions may wait.
    most: usize,
    entries: FxHashMap<String, Entry>,
    /// What they name: most of it many times, and the names of instantiations are long.
    names: FxHashSet<Arc<str>>,
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
            most: MOST_WAITING,
            entries: FxHashMap::default(),
            names: FxHashSet::default(),
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
            Ok((mut entries, stats)) => {
                entries.iter_mut().for_each(|entry| share_names(&mut self.names, entry));
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
        if self.size > self.most {
            // It is part of the phase that goes on; only the last of it is a phase of its own.
            self.compile(&mut Timing::default(), &NoProgress);
        }
    }
}

/// Names that were seen before are there once.
fn share_names(names: &mut FxHashSet<Arc<str>>, entry: &mut Entry) {
    let Code::Piece(piece) = &mut entry.code else { return };
    for external in &mut piece.externals {
        match names.get(&external.name) {
            Some(known) => external.name = known.clone(),
            None => drop(names.insert(external.name.clone())),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::plain;
    use kiln_lir::text::{Numbered, parse};

    /// In the order in which they are found, which is not that of the program; one is found twice.
    const FOUND: [&str; 5] = ["d", "a", "c", "a", "b"];

    fn found() -> Vec<Function> {
        let text = |name: &str| {
            format!(
                "function @method \"{name}\"(v0: i32) -> i32 {{\nbb0():\n  v1: i32 = call.i32 @method \"c\"(v0: i32)\n  v2: i32 = add.i32 v0, v1\n  return v2\n}}\n"
            )
        };
        let mut symbols = Numbered::default();
        FOUND.iter().flat_map(|name| parse(&text(name), &mut symbols).expect("LIR")).collect()
    }

    /// The objects of the program when as much may wait; how much was compiled before the end.
    fn built(options: &BuildOptions, most: usize) -> (Vec<(usize, Entry)>, usize) {
        let codegen = CodegenOptions::default();
        let mut streaming = Streaming::new(options, &codegen);
        streaming.most = most;
        let mut program = found();
        for f in &mut program {
            streaming.take(f);
            assert!(f.blocks.is_empty(), "{} is in memory twice", f.name);
        }
        let before = streaming.stats.compiled;
        program.sort_by(|a, b| a.name.cmp(&b.name));
        program.dedup_by(|a, b| a.name == b.name);
        let objects = streaming.finish(&program, &mut Timing::default(), &NoProgress).expect("objects");
        assert_eq!(streaming.stats.compiled, objects.len(), "each is compiled once");
        (objects, before)
    }

    #[test]
    fn code_that_is_compiled_while_more_is_found_is_that_of_the_complete_program() {
        let (at_once, before) = built(&plain(), usize::MAX);
        assert_eq!((at_once.len(), before), (4, 0));
        // After each function, and after every second.
        for (most, early) in [(0, 4), (4, 3)] {
            let (streamed, before) = built(&plain(), most);
            assert_eq!(before, early, "at {most}");
            assert_eq!(streamed, at_once, "at {most}");
        }
    }

    #[test]
    fn what_is_not_wanted_is_never_compiled() {
        let some = BuildOptions { emit: crate::options::Emit::Obj, filter: Some("c".to_owned()), ..plain() };
        let (objects, before) = built(&some, 0);
        assert_eq!((objects.len(), before), (1, 1));
        assert_eq!(objects[0].0, 2);
    }
}
