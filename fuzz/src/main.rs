//! A mutation fuzzer that needs nothing but stable Rust.
//!
//! `fuzz TARGET --corpus DIR... [--seconds N] [--seed N] [--iterations N] [--out DIR] [--max-len N]` mutates the files of
//! `DIR` and runs the target on the results. Iteration `i` of seed `s` always builds the same input (given the same
//! corpus), so that a run that was killed can be looked at with `--replay I`. An input that panics is written to
//! `--out` (default `artifacts`), as is one that takes seconds or much memory, and makes the exit code 1; `fuzz TARGET FILE...` runs single inputs again.
#![forbid(unsafe_code)]

use kiln_fuzz::{TARGETS, Target};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// xorshift64*: deterministic and good enough to pick mutations.
struct Rng(u64);

impl Rng {
    /// Mixes seed and iteration (splitmix64), so that every iteration stands alone.
    fn new(seed: u64, iteration: u64) -> Self {
        let mut z = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ iteration.wrapping_add(0x1234_5678_9ABC_DEF1);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Self((z ^ (z >> 31)) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `n` (0 for an empty range).
    fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { (self.next() >> 16) as usize % n }
    }
}

const INTERESTING: [u32; 18] = [
    0,
    1,
    2,
    4,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x3FFF,
    0x4000,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x1_0000,
    0x1FFF_FFFF,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFFF,
];

/// An input and the places in it where headers lie, which half of the mutations go to.
struct Seed {
    bytes: Vec<u8>,
    hot: Vec<usize>,
}

impl Seed {
    fn new(bytes: Vec<u8>) -> Self {
        let mut hot = vec![0];
        if bytes.len() > 1024 {
            hot.extend(bytes.windows(4).enumerate().filter(|(_, w)| w == b"BSJB").map(|(i, _)| i).take(4));
        }
        Self { bytes, hot }
    }
}

/// Builds the input of one iteration.
fn input(rng: &mut Rng, corpus: &[Seed], max_len: usize) -> Vec<u8> {
    let seed = &corpus[rng.below(corpus.len())];
    let mut d = seed.bytes.clone();
    // Moving bytes breaks every offset of an image; most images keep their size so that more than the header is reached.
    let in_place = d.len() > 1024 && rng.below(8) != 0;
    for _ in 0..1 + rng.below(6) {
        let at = if rng.below(2) == 0 {
            (seed.hot[rng.below(seed.hot.len())] + rng.below(512)).min(d.len().saturating_sub(1))
        } else {
            rng.below(d.len())
        };
        match rng.below(if in_place { 5 } else { 9 }) {
            0 if !d.is_empty() => d[at] ^= 1 << rng.below(8),
            1 if !d.is_empty() => d[at] = rng.next() as u8,
            2 | 3 => {
                let value = INTERESTING[rng.below(INTERESTING.len())].wrapping_add((rng.below(3) as u32).wrapping_sub(1));
                let width = [1, 2, 4][rng.below(3)];
                for (k, b) in value.to_le_bytes().iter().take(width).enumerate() {
                    if let Some(slot) = d.get_mut(at + k) {
                        *slot = *b;
                    }
                }
            }
            4 => {
                // Copies a piece of any seed over this place.
                let other = &corpus[rng.below(corpus.len())].bytes;
                let from = rng.below(other.len());
                let n = (1 + rng.below(64)).min(other.len() - from);
                for (k, b) in other[from..from + n].iter().enumerate() {
                    if let Some(slot) = d.get_mut(at + k) {
                        *slot = *b;
                    }
                }
            }
            5 => d.truncate(at),
            6 => {
                let end = (at + 1 + rng.below(16)).min(d.len());
                d.drain(at.min(end)..end);
            }
            7 => {
                let fill = rng.next() as u8;
                let most = if rng.below(20) == 0 { 4096 } else { 16 };
                let n = 1 + rng.below(most);
                let at = at.min(d.len());
                d.splice(at..at, std::iter::repeat_n(fill, n));
            }
            _ => {
                // Repeats a piece of this input: nesting and long lists.
                let end = (at + 1 + rng.below(8)).min(d.len());
                let piece = d[at.min(end)..end].repeat(1 + rng.below(64));
                d.splice(end..end, piece);
            }
        }
    }
    d.truncate(max_len);
    d
}

struct Options {
    corpus: Vec<PathBuf>,
    seconds: u64,
    iterations: u64,
    seed: u64,
    out: PathBuf,
    max_len: usize,
    replay: Option<u64>,
    files: Vec<PathBuf>,
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut o = Options {
        corpus: Vec::new(),
        seconds: 60,
        iterations: u64::MAX,
        seed: 1,
        out: PathBuf::from("artifacts"),
        max_len: 1 << 20,
        replay: None,
        files: Vec::new(),
    };
    while let Some(a) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{a} needs a value"));
        let number = |v: String| v.parse::<u64>().map_err(|_| format!("{v} is not a number"));
        match a.as_str() {
            "--corpus" => o.corpus.push(value()?.into()),
            "--seconds" => o.seconds = number(value()?)?,
            "--iterations" => o.iterations = number(value()?)?,
            "--seed" => o.seed = number(value()?)?,
            "--out" => o.out = value()?.into(),
            "--max-len" => o.max_len = number(value()?)? as usize,
            "--replay" => o.replay = Some(number(value()?)?),
            _ if a.starts_with('-') => return Err(format!("unknown option {a}")),
            _ => o.files.push(a.into()),
        }
    }
    Ok(o)
}

/// Reads the corpus in name order, so that a run can be repeated.
fn corpus(target: &Target, o: &Options) -> Result<Vec<Seed>, String> {
    let mut seeds = Vec::new();
    for dir in &o.corpus {
        let list = std::fs::read_dir(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
        let mut paths: Vec<PathBuf> = list.filter_map(|e| e.ok().map(|e| e.path())).filter(|p| p.is_file()).collect();
        paths.sort();
        for p in paths {
            let bytes = std::fs::read(&p).map_err(|e| format!("{}: {e}", p.display()))?;
            seeds.extend((target.seeds)(bytes).into_iter().filter(|b| b.len() <= o.max_len).map(Seed::new));
        }
    }
    if seeds.is_empty() {
        seeds.push(Seed::new(vec![0; 64]));
    }
    Ok(seeds)
}

/// Runs one input; the message of a panic is the error.
fn run(target: &Target, data: &[u8], message: &Mutex<String>) -> Result<(), String> {
    match std::panic::catch_unwind(|| (target.run)(data)) {
        Ok(()) => Ok(()),
        Err(_) => Err(message.lock().map(|m| m.clone()).unwrap_or_default()),
    }
}

fn fuzz(target: &Target, o: &Options, message: &Mutex<String>) -> Result<usize, String> {
    if let Some(what) = (target.missing)() {
        return Err(what.to_owned());
    }
    let mut crashes = 0;
    for f in &o.files {
        let data = std::fs::read(f).map_err(|e| format!("{}: {e}", f.display()))?;
        if let Err(e) = run(target, &data, message) {
            println!("{}: {e}", f.display());
            crashes += 1;
        }
    }
    if !o.files.is_empty() {
        return Ok(crashes);
    }
    let corpus = corpus(target, o)?;
    println!("{}: {} seeds, seed {}", target.name, corpus.len(), o.seed);
    if let Some(i) = o.replay {
        let data = input(&mut Rng::new(o.seed, i), &corpus, o.max_len);
        save(&o.out, target.name, i, &data)?;
        return Ok(usize::from(run(target, &data, message).is_err()));
    }
    let start = Instant::now();
    let working = watch(target.name, o.seed);
    let (mut last, mut slowest) = (start, Duration::ZERO);
    let mut seen: Vec<String> = Vec::new();
    let mut i = 0;
    while i < o.iterations && start.elapsed().as_secs() < o.seconds {
        let data = input(&mut Rng::new(o.seed, i), &corpus, o.max_len);
        let (before, peak) = (Instant::now(), peak_memory());
        working.store(i, Ordering::Relaxed);
        let result = run(target, &data, message);
        let took = before.elapsed();
        let slow = took > Duration::from_secs(5);
        let grown = peak_memory().saturating_sub(peak);
        let failure = result.err().or_else(|| slow.then(|| format!("took {took:?}")));
        let failure = failure.or_else(|| (grown > MEMORY).then(|| format!("took {} MB", grown >> 10)));
        slowest = slowest.max(took);
        if let Some(e) = failure {
            crashes += 1;
            // One file per place is enough.
            let place = e.lines().next().unwrap_or("").to_owned();
            if !seen.contains(&place) {
                println!("iteration {i}: {e}");
                save(&o.out, target.name, i, &data)?;
                seen.push(place);
            }
        }
        i += 1;
        if last.elapsed().as_secs() >= 10 {
            last = Instant::now();
            println!("{i} iterations, {crashes} failures, slowest {slowest:?}");
        }
    }
    println!("{}: {i} iterations in {:?}, {crashes} failures, slowest {slowest:?}", target.name, start.elapsed());
    Ok(crashes)
}

/// What one input may add to the peak, in KB.
const MEMORY: u64 = 400 << 10;
/// An input that takes so long is never waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// The most memory that the process had so far, in KB; 0 where the system does not tell.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Ends the process when one input takes no end, and says which it is. What is returned is told the input at work.
fn watch(name: &'static str, seed: u64) -> Arc<AtomicU64> {
    let at = Arc::new(AtomicU64::new(0));
    let watched = Arc::clone(&at);
    std::thread::spawn(move || {
        loop {
            let before = watched.load(Ordering::Relaxed);
            std::thread::sleep(PATIENCE);
            if watched.load(Ordering::Relaxed) == before {
                println!("iteration {before} does not end: fuzz {name} --seed {seed} --replay {before} writes its input");
                std::process::exit(1);
            }
        }
    });
    at
}

fn save(out: &Path, name: &str, iteration: u64, data: &[u8]) -> Result<(), String> {
    let path = out.join(format!("{name}-{iteration}"));
    std::fs::create_dir_all(out).and_then(|()| std::fs::write(&path, data)).map_err(|e| format!("{}: {e}", path.display()))?;
    println!("wrote {}", path.display());
    Ok(())
}

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let name = args.next().unwrap_or_default();
    let Some(target) = TARGETS.iter().find(|t| t.name == name) else {
        eprintln!("usage: fuzz TARGET [--corpus DIR] [--seconds N] [--seed N] [--iterations N] [--out DIR] [FILE...]");
        eprintln!("targets: {}", TARGETS.iter().map(|t| t.name).collect::<Vec<_>>().join(", "));
        return ExitCode::from(2);
    };
    let o = match options(args) {
        Ok(o) => o,
        Err(e) => {
            eprintln!("{e}");
            return ExitCode::from(2);
        }
    };
    let message = Arc::new(Mutex::new(String::new()));
    let hook = Arc::clone(&message);
    std::panic::set_hook(Box::new(move |info| {
        if let Ok(mut m) = hook.lock() {
            *m = info.to_string();
        }
    }));
    // The stack that a compiler thread has: recursion limits must hold on it.
    let worker = std::thread::Builder::new().stack_size(2 << 20).spawn(move || fuzz(target, &o, &message));
    match worker.map_err(|e| e.to_string()).and_then(|t| t.join().map_err(|_| "the driver failed".to_owned())?) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(e) => {
            eprintln!("{e}");
            ExitCode::from(2)
        }
    }
}
