//! Text tests of lowering (`tests/lir`): the LIR of a test's methods and of the stubs that they name, verified; and that every instruction
//! of MIR is lowered in one of them and every kind of symbol named.

#![forbid(unsafe_code)]

use kiln_importer::{ImportOptions, NoPolicy, import_method};
use kiln_lir::{Dep, Function, Sym};
use kiln_lower::{LowerOptions, is_stub_method, lower_method, lower_stub, sym_name};
use kiln_testkit::corelib::methods;
use kiln_testkit::{Case, Outcome, cases, run_with};
use kiln_typesys::TypeSystem;
use libtest_mimic::{Failed, Trial};
use std::collections::BTreeSet;
use std::fmt::Write as _;
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
    kinds: BTreeSet<&'static str>,
}

fn render(case: &Case, seen: &mut Seen) -> Result<String, String> {
    let ts = case.universe()?;
    let opts = LowerOptions::default();
    let mut out = String::new();
    let mut stubs: Vec<Sym> = Vec::new();
    let mut show = |functions: Vec<Function>, out: &mut String, stubs: &mut Vec<Sym>| -> Result<(), String> {
        for f in functions {
            kiln_lir::verify(&f).map_err(|e| format!("{}: {e}", f.name))?;
            let _ = writeln!(out, "{}", kiln_lir::print::print(&f));
            f.deps.iter().for_each(|d| dep(&ts, d, out));
            for s in f.sym_names.iter().map(|(s, _)| s).chain([&f.sym]) {
                seen.kinds.insert(kind(s));
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

/// Names of the kinds; the match makes sure that none is forgotten.
fn kind(s: &Sym) -> &'static str {
    match s {
        Sym::Method(_) => "Method",
        Sym::MethodEntry(_) => "MethodEntry",
        Sym::UnboxingStub(_) => "UnboxingStub",
        Sym::ConstructedType(_) => "ConstructedType",
        Sym::NecessaryType(_) => "NecessaryType",
        Sym::Statics(_) => "Statics",
        Sym::ThreadStatics(_) => "ThreadStatics",
        Sym::StringLiteral(_) => "StringLiteral",
        Sym::DispatchCell(_) => "DispatchCell",
        Sym::MethodDictionary(_) => "MethodDictionary",
        Sym::DictSlotOffset(..) => "DictSlotOffset",
        Sym::GvmHandle(_) => "GvmHandle",
        Sym::FieldHandle(_) => "FieldHandle",
        Sym::MethodHandle(_) => "MethodHandle",
        Sym::FieldRva(_) => "FieldRva",
        Sym::DelegateShuffle(_) => "DelegateShuffle",
        Sym::DelegateMulticast(_) => "DelegateMulticast",
        Sym::VirtualCall(_) => "VirtualCall",
        Sym::UnmanagedEntry(_) => "UnmanagedEntry",
        Sym::Invoker(_) => "Invoker",
        Sym::DelegateObjects(_) => "DelegateObjects",
        Sym::Filter(..) => "Filter",
        Sym::Helper(_) => "Helper",
        Sym::Native(..) => "Native",
        Sym::ThrowStub(_) => "ThrowStub",
        Sym::ProgramStub(_) => "ProgramStub",
        Sym::CString(_) => "CString",
        Sym::PInvokeCell(..) => "PInvokeCell",
    }
}

/// Kinds of symbols that code names. The others are roots of the analysis or of its data: graph tests have them.
const IN_CODE: &[&str] = &[
    "Method",
    "MethodEntry",
    "UnboxingStub",
    "ConstructedType",
    "NecessaryType",
    "Statics",
    "ThreadStatics",
    "StringLiteral",
    "DispatchCell",
    "MethodDictionary",
    "DictSlotOffset",
    "GvmHandle",
    "FieldHandle",
    "MethodHandle",
    "FieldRva",
    "DelegateShuffle",
    "UnmanagedEntry",
    "Filter",
    "Helper",
    "Native",
    "CString",
    "PInvokeCell",
];

fn everything() -> Result<(), String> {
    let mut seen = Seen::default();
    for case in cases("lir", &["il"])? {
        render(&case, &mut seen)?;
    }
    // The importer makes no `unreachable`, and sizes are known in all code that is lowered.
    let wanted = kiln_mir::text::mnemonics().filter(|word| !matches!(*word, "unreachable" | "size_of"));
    let words = wanted.filter(|word| !seen.words.contains(*word));
    let missing: Vec<&str> = words.chain(IN_CODE.iter().copied().filter(|kind| !seen.kinds.contains(kind))).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("in no test of tests/lir: {}", missing.join(", "))) }
}
