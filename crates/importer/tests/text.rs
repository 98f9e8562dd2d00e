//! Text tests of the importer (`tests/mir`): the MIR of a test's methods, verified and read back; and that every instruction is in one.

#![forbid(unsafe_code)]

use kiln_importer::{ImportOptions, OnlyProcessor, Processor, import_method};
use kiln_mir::{text, verify};
use kiln_testkit::corelib::methods;
use kiln_testkit::{Case, Outcome, folder, run_with};
use kiln_typesys::{MethodDesc, TypeSystem};
use libtest_mimic::{Failed, Trial};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::process::ExitCode;

fn main() -> ExitCode {
    let all = Trial::test("every_instruction_occurs_in_a_snapshot", || every_instruction().map_err(Failed::from));
    run_with(&[("mir", &["il"])], vec![all], render)
}

fn render(case: &Case) -> Result<Outcome, String> {
    let ts = case.universe()?;
    let mut out = String::new();
    for m in methods(&ts, &case.header)? {
        method(&ts, m, &policy(case), &mut out)?;
    }
    Ok(Outcome::Text(out))
}

fn policy(case: &Case) -> OnlyProcessor {
    OnlyProcessor(if case.header.processor { Processor::least("X86") } else { Processor::PLAIN })
}

fn method(ts: &TypeSystem, m: MethodDesc, policy: &OnlyProcessor, out: &mut String) -> Result<(), String> {
    let name = ts.method_display(m);
    let f = match import_method(ts, m, policy, &ImportOptions::default()) {
        Ok(f) => f,
        Err(_) if ts.is_abstract_method(m) || ts.is_pinvoke(m) || ts.is_internal_call(m) || ts.is_runtime_impl(m) => return Ok(()),
        Err(e) => {
            let _ = writeln!(out, "{name}: {e}");
            let text = e.throw_text().map(|text| format!(" {text:?}")).unwrap_or_default();
            let _ = writeln!(out, "  throws {}{text}", e.throw_kind());
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

/// The words of the snapshots against the list that printer and parser are made from.
fn every_instruction() -> Result<(), String> {
    let mut words = BTreeSet::new();
    for entry in folder("mir").read_dir().map_err(|e| e.to_string())?.flatten() {
        if entry.path().extension().is_some_and(|e| e == "snap") {
            let text = fs::read_to_string(entry.path()).map_err(|e| e.to_string())?;
            words.extend(text.split_whitespace().map(str::to_owned));
        }
    }
    // Only passes behind the importer find that code is never reached, and part an object from its constructor (`tests/inline`).
    let later = ["unreachable", "allocate"];
    let missing: Vec<&str> = text::mnemonics().filter(|word| !later.contains(word) && !words.contains(*word)).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("in no snapshot of tests/mir: {}", missing.join(", "))) }
}
