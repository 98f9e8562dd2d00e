//! `cargo xtask fuzz programs` runs this: see the library.

#![forbid(unsafe_code)]

use kiln_filetest::Tools;
use kiln_progfuzz::check::{CONFIGS, Config, Verdict, check, compile};
use kiln_progfuzz::choices::Choices;
use kiln_progfuzz::costs::Costs;
use kiln_progfuzz::generate::program;
use kiln_progfuzz::reduce::reduce;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "\
Usage: kiln-progfuzz --folder DIR [--count N] [--seed N] [--batch N] [--no-reduce] [--csharp] [--print SEED]

Makes N random C# programs (default 200, seeds from --seed on) and compares what they print on Kiln (O0, O2, O2 with
collections) and on CoreCLR. A program that differs is reduced and written to DIR. With --csharp it only asks whether the
programs are C#.
";

struct Options {
    folder: PathBuf,
    count: u64,
    seed: u64,
    batch: u64,
    reduce: bool,
    csharp: bool,
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool, String> {
    let Some(options) = options()? else { return Ok(true) };
    std::fs::create_dir_all(&options.folder).map_err(|e| format!("{}: {e}", options.folder.display()))?;
    let tools = Tools::prepare()?;
    let (mut wrong, mut invalid, mut costs) = (0, 0, Costs::default());
    let mut next = options.seed;
    let end = options.seed + options.count;
    while next < end {
        let last = end.min(next + options.batch);
        let seeds: Vec<u64> = (next..last).collect();
        let programs: Vec<_> = seeds.iter().map(|&seed| program(Choices::random(seed), "P")).collect();
        let sources: Vec<String> = programs.iter().map(|p| p.source.clone()).collect();
        let folder = options.folder.join("work");
        let verdict = if options.csharp {
            let mut verdict = Verdict::default();
            compile(&tools, &sources, &folder, &mut verdict)?;
            verdict
        } else {
            check(&tools, &sources, &folder, &CONFIGS)?
        };
        for (index, message) in &verdict.invalid {
            println!("seed {}: not C#: {message}", seeds[*index]);
        }
        invalid += verdict.invalid.len();
        for difference in &verdict.differences {
            let seed = seeds[difference.index];
            println!("seed {seed}, {}: {}", difference.config, difference.what);
            let config = CONFIGS.into_iter().find(|c| c.name == difference.config).unwrap_or(CONFIGS[0]);
            report(&tools, &options, seed, programs[difference.index].choices.taken(), config)?;
        }
        wrong += verdict.differences.len();
        costs.add(&verdict.costs);
        let made = last - options.seed;
        let each = costs.each(made);
        println!("seeds {next} to {}: {made} programs, {wrong} differ so far, {invalid} are not C#; {each} each", last - 1);
        next = last;
    }
    Ok(wrong == 0 && invalid == 0)
}

/// Writes the program that differs, reduced.
fn report(tools: &Tools, options: &Options, seed: u64, choices: &[u32], config: Config) -> Result<(), String> {
    let write = |name: String, text: &str| -> Result<PathBuf, String> {
        let path = options.folder.join(name);
        std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(path)
    };
    let whole = |choices: &[u32]| kiln_progfuzz::check::batch_source(&[program(Choices::replay(choices.to_vec()), "P").source]);
    let path = write(format!("{seed}-{}.cs", config.name), &whole(choices))?;
    println!("  {}", path.display());
    if options.reduce {
        let folder = options.folder.join("work-reduce");
        let smaller =
            reduce(tools, choices, config, Path::new(&folder), &mut |round, size| println!("  reducing: round {round}, {size} choices"))?;
        let path = write(format!("{seed}-{}-reduced.cs", config.name), &whole(&smaller))?;
        println!("  {}", path.display());
    }
    Ok(())
}

fn options() -> Result<Option<Options>, String> {
    let mut options = Options { folder: PathBuf::new(), count: 200, seed: 1, batch: 200, reduce: true, csharp: false };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
        let number = |text: String| text.parse::<u64>().map_err(|_| format!("{text} is not a number"));
        match arg.as_str() {
            "--folder" => options.folder = value()?.into(),
            "--count" => options.count = number(value()?)?,
            "--seed" => options.seed = number(value()?)?,
            "--batch" => options.batch = number(value()?)?.max(1),
            "--csharp" => options.csharp = true,
            "--no-reduce" => options.reduce = false,
            "--print" => {
                println!("{}", kiln_progfuzz::check::batch_source(&[program(Choices::random(number(value()?)?), "P").source]));
                return Ok(None);
            }
            "-h" | "--help" => {
                print!("{HELP}");
                return Ok(None);
            }
            other => return Err(format!("there is no option `{other}`\n\n{HELP}")),
        }
    }
    if options.folder.as_os_str().is_empty() {
        return Err(format!("--folder is needed\n\n{HELP}"));
    }
    Ok(Some(options))
}
