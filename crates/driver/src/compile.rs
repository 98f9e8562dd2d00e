//! Compiles units on several threads, through the object cache. The result does not depend on the number of threads.

use crate::cache::{CachedGc, Entry, ObjectCache};
use crate::panics::guard;
use crate::reproduce::Part;
use crate::units::UnitPlan;
use crate::{BuildError, Progress};
use kiln_codegen::{CodegenOptions, Unit, compile_unit, encode_gc};
use kiln_diag::{Diagnostic, codes};
use kiln_lir::{Function, Linkage};
use kiln_support::FxIndexSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

/// No machine gains from more, and each has a context of LLVM's.
const MAX_THREADS: usize = 256;

/// What happened.
#[derive(Clone, Copy, Debug, Default)]
pub struct CompileStats {
    /// Units found in the cache.
    pub hits: usize,
    /// Units compiled.
    pub compiled: usize,
}

/// Compiles one unit without the cache.
fn compile_one(functions: &[Function], plan: &UnitPlan, options: &CodegenOptions) -> Result<Entry, BuildError> {
    let main = &functions[plan.function];
    let copies: Vec<Function> = plan
        .copies
        .iter()
        .map(|&c| {
            let mut f = functions[c].clone();
            f.linkage = Linkage::AvailableExternally;
            f
        })
        .collect();
    let mut all = vec![main];
    all.extend(copies.iter());
    let unit = Unit { name: &main.name, functions: all };
    let compiled = compile_unit(&unit, options).map_err(|e| {
        let text = format!("code generation of `{}` failed: {e}", main.name);
        BuildError::bug(Diagnostic::error(codes::CODEGEN_FAILED, text), Part::Code(main.name.clone()))
    })?;
    let mut files: FxIndexSet<String> = FxIndexSet::default();
    let mut gc = Vec::new();
    for f in &compiled.functions {
        let record = compiled.gc.iter().find(|g| g.symbol == f.symbol);
        let mut lines = Vec::new();
        for site in record.iter().flat_map(|r| &r.sites) {
            if let Some((file, line)) = site.line.and_then(|n| compiled.lines.get(n as usize)) {
                lines.push((site.return_offset, files.insert_full(file.clone()).0 as u32, *line));
            }
        }
        gc.push(CachedGc { symbol: f.symbol.clone(), gc: record.map(encode_gc).unwrap_or_default(), lines, code: f.size });
    }
    Ok(Entry { gc, object: compiled.object, files: files.into_iter().collect() })
}

/// Compiles every planned unit; entries are in the order of `plans`.
///
/// # Errors
///
/// The first (in plan order) unit that code generation refuses.
pub fn compile_units(
    functions: &[Function],
    plans: &[UnitPlan],
    cache: &ObjectCache,
    options: &CodegenOptions,
    threads: usize,
    progress: &dyn Progress,
) -> Result<(Vec<Entry>, CompileStats), BuildError> {
    let threads = if threads == 0 { std::thread::available_parallelism().map_or(1, std::num::NonZero::get) } else { threads };
    // A thread without a unit of its own would only cost its stack.
    let threads = threads.min(plans.len()).clamp(1, MAX_THREADS);
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let hits = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<Result<Entry, BuildError>>>> = Mutex::new((0..plans.len()).map(|_| None).collect());
    std::thread::scope(|scope| {
        let (send, receive) = mpsc::channel();
        for number in 0..threads {
            let send = send.clone();
            let (next, failed, hits, results) = (&next, &failed, &hits, &results);
            let started = std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, move || {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    let Some(plan) = plans.get(i) else { break };
                    if failed.load(Ordering::Relaxed) {
                        break;
                    }
                    let result = match cache.get(plan.hash) {
                        Some(entry) => {
                            hits.fetch_add(1, Ordering::Relaxed);
                            Ok(entry)
                        }
                        None => guard(&functions[plan.function].name, || compile_one(functions, plan, options))
                            .inspect(|entry| cache.put(plan.hash, entry)),
                    };
                    failed.fetch_or(result.is_err(), Ordering::Relaxed);
                    if let Ok(mut results) = results.lock() {
                        results[i] = Some(result);
                    }
                    let _ = send.send(());
                }
            });
            match started {
                Ok(_) => {}
                Err(e) if number == 0 => {
                    let d = Diagnostic::error(codes::NO_THREAD, format!("cannot start a thread: {e}"));
                    return Err(BuildError::environment(d.with_help("`ulimit -v` and `ulimit -u` show the limits")));
                }
                // The system gives no more; those that run do the work.
                Err(_) => break,
            }
        }
        drop(send);
        let mut done = 0;
        while receive.recv().is_ok() {
            done += 1;
            progress.step(done, plans.len());
        }
        Ok::<(), BuildError>(())
    })?;
    let hits = hits.into_inner();
    let results = results.into_inner().map_err(|e| BuildError::internal("code generation", e))?;
    let mut entries = Vec::with_capacity(plans.len());
    for result in results.into_iter().flatten() {
        entries.push(result?);
    }
    if entries.len() != plans.len() {
        return Err(BuildError::internal("code generation", "a worker stopped early"));
    }
    Ok((entries, CompileStats { hits, compiled: plans.len() - hits }))
}
