//! Runs the file tests: `cargo test -p kiln-filetest --test files [FILTER]`, for example `run/arith` or `O2`.

#![forbid(unsafe_code)]

use kiln_filetest::program::Config;
use kiln_filetest::tools::verify_requirements;
use kiln_filetest::{Tools, header, known, program};
use libtest_mimic::{Arguments, Conclusion, Failed, Trial};
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // The list of tests must not depend on what the machine has.
    if arguments.list {
        return libtest_mimic::run(&arguments, names()).exit_code();
    }
    run(&arguments).exit_code()
}

fn run(arguments: &Arguments) -> Conclusion {
    let prepared = Tools::prepare().and_then(|tools| {
        let programs = program::collect(&tools)?;
        let names: Vec<&str> = programs.iter().map(program::Program::name).collect();
        let known = known::read(&names)?;
        Ok((Arc::new(tools), programs, Arc::new(known)))
    });
    let (tools, programs, known) = match prepared {
        Ok(prepared) => prepared,
        Err(reason) if verify_requirements() => {
            let failed = move || Err(Failed::from(reason));
            return libtest_mimic::run(arguments, vec![Trial::test("requirements", failed)]);
        }
        Err(reason) => {
            eprintln!("file tests are skipped: {reason}");
            return libtest_mimic::run(arguments, names());
        }
    };
    let programs: Vec<Arc<program::Program>> = programs.into_iter().map(Arc::new).collect();
    let mut trials = Vec::new();
    // Configuration by configuration: two tests of one program side by side would wait for each other.
    for (target, found) in &tools.foreign {
        if let Err(reason) = found {
            eprintln!("tests for {} {}: {reason}", target.rid, if verify_requirements() { "fail" } else { "are skipped" });
        }
    }
    for newer in &tools.newer {
        eprintln!("programs also run on .NET {} in {}", newer.platform.framework.version, newer.platform.framework.dir.display());
    }
    for config in Config::all() {
        let lacking = config.target().is_some_and(|target| tools.foreign(target).is_err()) && !verify_requirements();
        for program in programs.iter().filter(|program| program.file().runs_in(config)) {
            let csharp = program.file().header.as_ref().ok().and_then(|header| header.csharp);
            let lacking = lacking || config.newer().is_some_and(|major| tools.lacks_newer(major, csharp));
            let (tools, program, known) = (Arc::clone(&tools), Arc::clone(program), Arc::clone(&known));
            let name = run_name(program.name(), config);
            let check = move || known.judge(program.name(), config, program.check(&tools, config)).map_err(Failed::from);
            trials.push(Trial::test(name, check).with_ignored_flag(lacking));
        }
    }
    libtest_mimic::run(arguments, trials)
}

/// All tests, marked as skipped.
fn names() -> Vec<Trial> {
    let programs = header::files("run");
    let in_config = |config| programs.iter().filter(move |file| file.runs_in(config)).map(move |file| run_name(&file.name, config));
    let runs = Config::all().into_iter().flat_map(in_config);
    runs.map(|name| Trial::test(name, || Ok(())).with_ignored_flag(true)).collect()
}

fn run_name(program: &str, config: Config) -> String {
    format!("run/{program}@{}", config.name())
}
