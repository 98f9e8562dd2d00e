//! Text tests of the importer (`tests/mir`): the MIR of a test's methods, verified and read back.

#![forbid(unsafe_code)]

use kiln_importer::{ImportOptions, NoPolicy, import_method};
use kiln_mir::{text, verify};
use kiln_testkit::corelib::methods;
use kiln_testkit::{Case, Outcome, run};
use kiln_typesys::{MethodDesc, TypeSystem};
use std::fmt::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    run("mir", &["il"], render)
}

fn render(case: &Case) -> Result<Outcome, String> {
    let ts = case.universe()?;
    let mut out = String::new();
    for m in methods(&ts, &case.header)? {
        method(&ts, m, &mut out)?;
    }
    Ok(Outcome::Text(out))
}

fn method(ts: &TypeSystem, m: MethodDesc, out: &mut String) -> Result<(), String> {
    let name = ts.method_display(m);
    let f = match import_method(ts, m, &NoPolicy, &ImportOptions::default()) {
        Ok(f) => f,
        Err(_) if ts.is_abstract_method(m) || ts.is_pinvoke(m) || ts.is_internal_call(m) || ts.is_runtime_impl(m) => return Ok(()),
        Err(e) => {
            let _ = writeln!(out, "{name}: {e}");
            return Ok(());
        }
    };
    verify::verify(&f, ts).map_err(|e| format!("{name}: {e}"))?;
    let (printed, names) = text::print_with_names(&f, ts);
    let back = text::parse(&printed, &names).map_err(|e| format!("{name}: {e}\n{printed}"))?;
    if text::print(&back, ts) != printed {
        return Err(format!("{name}: reads back as something else\n{printed}"));
    }
    let _ = writeln!(out, "{printed}");
    Ok(())
}
