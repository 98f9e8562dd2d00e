//! Text tests of lowering (`tests/lir`): the LIR of a test's methods and of the stubs that they name, verified; and that every instruction
//! of MIR is lowered in one of them and every kind of symbol named.

#![forbid(unsafe_code)]

use kiln_importer::{ImportOptions, OnlyProcessor, Processor, import_method};
use kiln_lir::{Dep, Function, Sym, SymKind};
use kiln_lower::{LowerOptions, is_stub_method, lower_method, lower_stub, sym_name};
use kiln_testkit::corelib::methods;
use kiln_testkit::{Case, Outcome, cases, folder, run_with};
use kiln_typesys::TypeSystem;
use libtest_mimic::{Failed, Trial};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::process::ExitCode;

fn main() -> ExitCode {
    let all = Trial::test("every_instruction_and_symbol_occurs_in_a_test", || everything().map_err(Failed::from));
    run_with(&[("lir", &["il"])], vec![all], |case| render(case, &mut Seen::default()).map(Outcome::Text))
}

/// What occurred.
#[derive(Default)]
struct Seen {
    /// Words of the MIR.
    words: BTreeSet<String>,
    /// Kinds of symbols.
    kinds: BTreeSet<SymKind>,
}

fn render(case: &Case, seen: &mut Seen) -> Result<String, String> {
    let ts = case.universe()?;
    let policy = OnlyProcessor(if case.header.processor { Processor::least("X86") } else { Processor::PLAIN });
    let opts = LowerOptions::default();
    let mut out = String::new();
    let mut stubs: Vec<Sym> = Vec::new();
    let mut show = |functions: Vec<Function>, out: &mut String, stubs: &mut Vec<Sym>| -> Result<(), String> {
        for f in functions {
            kiln_lir::verify(&f).map_err(|e| format!("{}: {e}", f.name))?;
            let _ = writeln!(out, "{}", kiln_lir::print::print(&f));
            f.deps.iter().for_each(|d| dep(&ts, d, out));
            for s in f.sym_names.iter().map(|(s, _)| s).chain([&f.sym]) {
                seen.kinds.insert(s.kind());
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
        let mir = match import_method(&ts, ts.canonical_method(m), &policy, &ImportOptions::default()) {
            Ok(mir) => mir,
            Err(_) if ts.is_abstract_method(m) => continue,
            Err(e) => {
                let _ = writeln!(out, "{name}: {e}");
                continue;
            }
        };
        seen.words.extend(kiln_mir::text::print(&mir, &ts).split_whitespace().map(str::to_owned));
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
        | Sym::DelegateEntry(_)
        | Sym::DelegateNative(_)
        | Sym::Invoker(_)
        | Sym::DelegateObjects(_)
        | Sym::ProxyMethod(_)
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

/// Whether a snapshot of `tests/stubs` has a function of this kind: what data names and no code.
fn in_stubs(kind: SymKind) -> bool {
    let entries = folder("stubs").read_dir().into_iter().flatten().flatten();
    let mut texts = entries.filter(|e| e.path().extension().is_some_and(|x| x == "snap")).filter_map(|e| fs::read_to_string(e.path()).ok());
    let function = format!("function @{} ", kind.word());
    texts.any(|text| text.contains(&function))
}

fn everything() -> Result<(), String> {
    let mut seen = Seen::default();
    for case in cases("lir", &["il"])? {
        render(&case, &mut seen)?;
    }
    // The importer makes no `unreachable` and no `allocate` (inlining does: `tests/inline` shows it, `tests/run/inlining.cs` runs it), and sizes
    // are known in all code that is lowered.
    let wanted = kiln_mir::text::mnemonics().filter(|word| !matches!(*word, "unreachable" | "allocate" | "size_of"));
    let words = wanted.filter(|word| !seen.words.contains(*word));
    let kinds = SymKind::ALL.iter().filter(|kind| !seen.kinds.contains(*kind) && !in_stubs(**kind)).map(|kind| format!("{kind:?}"));
    let missing: Vec<String> = words.map(str::to_owned).chain(kinds).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("in no test of tests/lir or tests/stubs: {}", missing.join(", "))) }
}
