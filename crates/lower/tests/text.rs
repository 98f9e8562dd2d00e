//! Text tests of lowering (`tests/lir`): the LIR of a test's methods and of the stubs that they name, verified.

#![forbid(unsafe_code)]

use kiln_importer::{ImportOptions, NoPolicy, import_method};
use kiln_lir::{Dep, Function, Sym};
use kiln_lower::{LowerOptions, is_stub_method, lower_method, lower_stub, sym_name};
use kiln_testkit::corelib::methods;
use kiln_testkit::{Case, Outcome, run};
use kiln_typesys::TypeSystem;
use std::fmt::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    run("lir", &["il"], |case| render(case).map(Outcome::Text))
}

fn render(case: &Case) -> Result<String, String> {
    let ts = case.universe()?;
    let opts = LowerOptions::default();
    let mut out = String::new();
    let mut stubs: Vec<Sym> = Vec::new();
    let show = |functions: Vec<Function>, out: &mut String, stubs: &mut Vec<Sym>| -> Result<(), String> {
        for f in functions {
            kiln_lir::verify(&f).map_err(|e| format!("{}: {e}", f.name))?;
            let _ = writeln!(out, "{}", kiln_lir::print::print(&f));
            f.deps.iter().for_each(|d| dep(&ts, d, out));
            for s in f.sym_names.iter().map(|(s, _)| s).chain([&f.sym]) {
                if case.header.stubs && has_code(&ts, s) && !stubs.contains(s) {
                    stubs.push(s.clone());
                }
            }
        }
        Ok(())
    };
    for m in methods(&ts, &case.header)?.into_iter().filter(|m| !ts.contains_vars_method(*m)) {
        if is_stub_method(&ts, m) {
            continue;
        }
        let name = ts.method_display(m);
        let mir = match import_method(&ts, ts.canonical_method(m), &NoPolicy, &ImportOptions::default()) {
            Ok(mir) => mir,
            Err(_) if ts.is_abstract_method(m) => continue,
            Err(e) => {
                let _ = writeln!(out, "{name}: {e}");
                continue;
            }
        };
        match lower_method(&ts, &mir, &opts) {
            Ok(functions) => show(functions, &mut out, &mut stubs)?,
            Err(e) => {
                let _ = writeln!(out, "{name}: {e}");
            }
        }
    }
    let mut at = 0;
    while let Some(s) = stubs.get(at).cloned() {
        at += 1;
        match lower_stub(&ts, &s, &opts) {
            Ok(f) => show(vec![f], &mut out, &mut stubs)?,
            Err(e) => {
                let _ = writeln!(out, "{}: {e}", sym_name(&ts, &s));
            }
        }
    }
    Ok(out)
}

/// Whether a symbol is code that the compiler makes.
fn has_code(ts: &TypeSystem, s: &Sym) -> bool {
    match s {
        Sym::Method(m) => is_stub_method(ts, *m),
        Sym::MethodEntry(_)
        | Sym::UnboxingStub(_)
        | Sym::DelegateShuffle(_)
        | Sym::DelegateMulticast(_)
        | Sym::VirtualCall(_)
        | Sym::UnmanagedEntry(_)
        | Sym::Invoker(_)
        | Sym::DelegateObjects(_)
        | Sym::ThrowStub(_)
        | Sym::ProgramStub(_) => true,
        _ => false,
    }
}

/// Dependencies that the text of a function does not show.
fn dep(ts: &TypeSystem, d: &Dep, out: &mut String) {
    let _ = match d {
        Dep::VirtualUse(m) => writeln!(out, "// needs: overriders of {}", ts.method_display(*m)),
        Dep::GenericVirtualUse(m) => writeln!(out, "// needs: overriders of the generic {}", ts.method_display(*m)),
        Dep::Lookup(context, lookup) => writeln!(out, "// needs: {}", sym_name(ts, &Sym::DictSlotOffset(*context, *lookup))),
        Dep::Constructed(t) => writeln!(out, "// needs: objects of {}", ts.type_display(*t)),
    };
}
