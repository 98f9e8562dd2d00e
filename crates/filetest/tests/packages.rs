//! Runs the programs over libraries of others: `cargo test -p kiln-filetest --test packages [FILTER]`, for example `newtonsoft` or `@O0`.
//!
//! Every time those run at `-O0` that take seconds; the whole set, at `-O` too, is run by `KILN_PACKAGES_ALL=1`.
//!
//! What a machine does not have is skipped, also where nothing else may be: the libraries are no part of the repository, and nothing in it needs them.

#![forbid(unsafe_code)]

use kiln_filetest::packages::{Failure, Level, collect};
use kiln_filetest::shelf::Shelf;
use kiln_filetest::tools::verify_requirements;
use kiln_filetest::{Tools, packages};
use libtest_mimic::{Arguments, Failed, Trial};
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let programs: Vec<Arc<packages::Program>> = collect().into_iter().map(Arc::new).collect();
    let prepared = match Tools::prepare().and_then(|tools| Ok((Shelf::open(&tools)?, tools))) {
        Ok((shelf, tools)) => Ok(Arc::new((shelf, tools))),
        Err(reason) if verify_requirements() => {
            let failed = move || Err(Failed::from(reason));
            return libtest_mimic::run(&arguments, vec![Trial::test("requirements", failed)]).exit_code();
        }
        Err(reason) => {
            eprintln!("programs over packages are skipped: {reason}");
            Err(())
        }
    };
    if let Ok(prepared) = &prepared {
        eprintln!("packages are looked for in {}", prepared.0.places.join(", "));
    }
    let whole = std::env::var_os("KILN_PACKAGES_ALL").is_some_and(|value| value == "1");
    let all = Level::ALL.into_iter().flat_map(|level| programs.iter().map(move |program| (level, program)));
    let all = all.filter(|(level, program)| whole || program.runs_always(*level));
    let trials = all.map(|(level, program)| {
        let name = format!("{}@{}", program.name, level.name());
        let Ok(prepared) = &prepared else { return Trial::test(name, || Ok(())).with_ignored_flag(true) };
        let (prepared, program) = (Arc::clone(prepared), Arc::clone(program));
        Trial::test(name.clone(), move || match program.check(&prepared.1, &prepared.0, level) {
            Ok(()) => Ok(()),
            Err(Failure::Wrong(text)) => Err(Failed::from(text)),
            Err(Failure::Lacks(reason)) => {
                eprintln!("skipped {name}: {reason}");
                Ok(())
            }
        })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}
