//! Text tests of inlining (`tests/inline`): the MIR of a test's methods after all of them were optimised, verified and read back.

#![forbid(unsafe_code)]

use kiln_importer::{ImportOptions, NoPolicy, import_method};
use kiln_mir::{Function, text, verify};
use kiln_opt::{Facts, Optimizer};
use kiln_testkit::corelib::methods;
use kiln_testkit::{Case, Header, Outcome, run};
use std::fmt::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    run("inline", &["il"], render)
}

fn render(case: &Case) -> Result<Outcome, String> {
    let ts = case.universe()?;
    let everything = Header { filter: Default::default(), ..case.header.clone() };
    let mut all: Vec<Function> = Vec::new();
    for m in methods(&ts, &everything)? {
        let m = ts.canonical_method(m);
        // What is open is code in an instantiation only, and what has no body in none.
        if ts.contains_vars_method(m) || all.iter().any(|f| f.method == m) {
            continue;
        }
        all.extend(import_method(&ts, m, &NoPolicy, &ImportOptions::default()));
    }
    let facts = Facts::new(&ts, []);
    let mut optimizer = Optimizer::new(&ts, &facts, None);
    for f in &mut all {
        optimizer.alone(f);
    }
    for i in optimizer.order(&all) {
        optimizer.together(&mut all, i);
    }
    let mut out = String::new();
    for f in &all {
        let name = ts.method_display(f.method);
        verify::verify(f, &ts).map_err(|e| format!("{name}: {e}"))?;
        let (printed, names) = text::print_with_names(f, &ts);
        let back = text::parse(&printed, &names).map_err(|e| format!("{name}: {e}\n{printed}"))?;
        if text::print(&back, &ts) != printed {
            return Err(format!("{name}: reads back as something else\n{printed}"));
        }
        if case.header.wanted(&name) {
            let _ = writeln!(out, "{printed}");
        }
    }
    Ok(Outcome::Text(out))
}
