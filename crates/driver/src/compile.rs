//! Compiles units on several threads, through the object cache. The result does not depend on the number of threads, nor on what the
//! cache has: units that it lacks are compiled many at a time, and a unit comes out of any batch as it comes out alone (ADR 0011).

use crate::cache::{CachedGc, Entry, ObjectCache};
use crate::panics::guard;
use crate::reproduce::Part;
use crate::units::UnitPlan;
use crate::{BuildError, Progress};
use kiln_codegen::{Batch, CodegenOptions, CompiledFunction, Effort, OptLevel, SitePlace, Unit, compile_batch, encode_gc};
use kiln_diag::{Diagnostic, codes};
use kiln_lir::Function;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};

/// No machine gains from more, and each has a context of LLVM's.
const MAX_THREADS: usize = 256;
/// Most units of one batch.
const BATCH_UNITS: usize = 64;
/// Most LIR instructions of one batch; a larger unit is alone.
const BATCH_SIZE: usize = 8000;

/// What happened.
#[derive(Clone, Copy, Debug, Default)]
pub struct CompileStats {
    /// Units found in the cache.
    pub hits: usize,
    /// Units compiled.
    pub compiled: usize,
}

type Compiled = Result<Entry, BuildError>;

fn unit<'a>(functions: &'a [Function], plan: &UnitPlan) -> Unit<'a> {
    let function = &functions[plan.function];
    Unit { name: &function.name, functions: vec![function] }
}

fn entry(symbol: &str, compiled: CompiledFunction) -> Entry {
    let sites = compiled.gc.iter().flat_map(|r| &r.sites);
    let places = sites.map(|s| (s.return_offset, s.place)).filter(|(_, place)| *place != SitePlace::default()).collect();
    let gc = compiled.gc.as_ref().map(encode_gc).unwrap_or_default();
    let gc = CachedGc { symbol: symbol.to_owned(), gc, places, code: compiled.size };
    Entry { code: compiled.code, gc }
}

/// Compiles units together, without the cache. Where that fails, each alone, to tell which one is to blame.
fn compile_together(units: &[Unit<'_>], options: &CodegenOptions) -> Vec<Compiled> {
    let run = |units: &[Unit<'_>]| {
        let name = units.first().map_or("", |u| u.name);
        guard(name, || {
            let mut batch = Batch::new(options.opt);
            if !units.iter().all(|unit| batch.add(unit)) {
                return Err(BuildError::internal("code generation", "a batch of what does not fit together"));
            }
            let compiled = compile_batch(&batch, options).map_err(|e| {
                let text = format!("code generation of `{name}` failed: {e}");
                BuildError::bug(Diagnostic::error(codes::CODEGEN_FAILED, text), Part::Code(name.to_owned()))
            })?;
            Ok(compiled.into_iter().zip(units).map(|(c, unit)| entry(unit.name, c)).collect::<Vec<_>>())
        })
    };
    match run(units) {
        Ok(entries) => entries.into_iter().map(Ok).collect(),
        Err(_) if units.len() > 1 => units
            .chunks(1)
            .map(|unit| run(unit)?.pop().ok_or_else(|| BuildError::internal("code generation", "a unit without a result")))
            .collect(),
        Err(e) => vec![Err(e)],
    }
}

/// Cuts what is missing into batches, by the effort that functions are worth, then in its order.
fn batches(functions: &[Function], plans: &[UnitPlan], missing: &[usize], opt: OptLevel) -> Vec<Vec<usize>> {
    let mut missing = missing.to_vec();
    missing.sort_by_key(|&i| Effort::of(&functions[plans[i].function], opt));
    let units: Vec<Unit<'_>> = missing.iter().map(|&i| unit(functions, &plans[i])).collect();
    let mut all = Vec::new();
    let new = || (Batch::new(opt), Vec::new(), 0);
    let mut open = new();
    for (&index, unit) in missing.iter().zip(&units) {
        let size = unit.functions[0].blocks.iter().map(|b| b.insts.len() + 1).sum::<usize>();
        let fits = open.1.len() < BATCH_UNITS && open.2 + size <= BATCH_SIZE;
        if !fits || !open.0.add(unit) {
            all.push(std::mem::replace(&mut open, new()).1);
            open.0.add(unit);
        }
        open.1.push(index);
        open.2 += size;
    }
    all.push(open.1);
    all.retain(|batch| !batch.is_empty());
    all
}

/// Runs `work` for every number below `count` on several threads; it says how many steps of the progress that was, or to stop.
fn in_parallel(
    threads: usize,
    count: usize,
    step: impl FnMut(usize),
    work: impl Fn(usize) -> Option<usize> + Sync,
) -> Result<(), BuildError> {
    let mut step = step;
    let next = AtomicUsize::new(0);
    let stopped = AtomicBool::new(false);
    // A thread without work of its own would only cost its stack.
    let threads = threads.min(count).clamp(1, MAX_THREADS);
    std::thread::scope(|scope| {
        let (send, receive) = mpsc::channel();
        for number in 0..threads {
            let send = send.clone();
            let (next, stopped, work) = (&next, &stopped, &work);
            let started = std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, move || {
                while !stopped.load(Ordering::Relaxed) {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    if i >= count {
                        break;
                    }
                    match work(i) {
                        Some(steps) => drop(send.send(steps)),
                        None => stopped.store(true, Ordering::Relaxed),
                    }
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
        while let Ok(steps) = receive.recv() {
            step(steps);
        }
        Ok(())
    })
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
    let results: Vec<Mutex<Option<Compiled>>> = plans.iter().map(|_| Mutex::new(None)).collect();
    let store = |index: usize, result: Compiled| {
        if let Ok(mut place) = results[index].lock() {
            *place = Some(result);
        }
    };
    let mut done = 0;
    let mut step = |steps| {
        done += steps;
        if steps > 0 {
            progress.step(done, plans.len(), None);
        }
    };
    in_parallel(threads, plans.len(), &mut step, |i| {
        let found = cache.get(plans[i].hash);
        let hit = found.is_some();
        found.into_iter().for_each(|entry| store(i, Ok(entry)));
        Some(usize::from(hit))
    })?;
    let is_missing = |&i: &usize| results[i].lock().is_ok_and(|place| place.is_none());
    let missing: Vec<usize> = (0..plans.len()).filter(is_missing).collect();
    let batches = batches(functions, plans, &missing, options.opt);
    in_parallel(threads, batches.len(), &mut step, |number| {
        let batch = &batches[number];
        let units: Vec<Unit<'_>> = batch.iter().map(|&i| unit(functions, &plans[i])).collect();
        let compiled = compile_together(&units, options);
        let all_good = compiled.iter().all(Result::is_ok);
        for (&index, result) in batch.iter().zip(compiled) {
            store(index, result.inspect(|entry| cache.put(plans[index].hash, entry)));
        }
        all_good.then_some(batch.len())
    })?;
    let mut entries = Vec::with_capacity(plans.len());
    for result in results {
        // Where there is none, another one failed, and comes later.
        if let Some(result) = result.into_inner().map_err(|e| BuildError::internal("code generation", e))? {
            entries.push(result?);
        }
    }
    if entries.len() != plans.len() {
        return Err(BuildError::internal("code generation", "a worker stopped early"));
    }
    Ok((entries, CompileStats { hits: plans.len() - missing.len(), compiled: missing.len() }))
}
