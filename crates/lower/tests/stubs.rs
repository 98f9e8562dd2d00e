//! Text tests of compiler-made code that no IL names (`tests/stubs`): what reflection, delegates, C and the program's start are given of a
//! method. For each method of a file: all stubs that there are of such a method.

#![forbid(unsafe_code)]

use kiln_lir::{ProgramStub, Sym};
use kiln_lower::{LowerOptions, delegate_crosses, invoker_signature, is_stub_method, lower_stub, objects_signature, sym_name};
use kiln_target::Target;
use kiln_testkit::corelib::methods;
use kiln_testkit::{Case, Outcome, run};
use kiln_typesys::{GenericArgs, MethodDesc, TypeSystem};
use std::fmt::Write as _;
use std::process::ExitCode;

const UNMANAGED: &str = "System.Runtime.InteropServices.UnmanagedCallersOnlyAttribute";

fn main() -> ExitCode {
    run("stubs", &["il"], |case| render(case).map(Outcome::Text))
}

/// The stubs of a method.
fn stubs(ts: &TypeSystem, m: MethodDesc) -> Result<Vec<Sym>, String> {
    let sig = ts.method_sig(m).map_err(|e| e.to_string())?;
    let mut all = Vec::new();
    if ts.is_delegate_invoke(m) {
        all.extend([Sym::DelegateMulticast(m), Sym::DelegateShuffle(m)]);
        all.extend(objects_signature(ts, &sig).map(Sym::DelegateObjects));
        if delegate_crosses(ts, ts.method_owner(m)).is_some() {
            all.extend([Sym::DelegateEntry(m), Sym::DelegateNative(m)]);
        }
    } else if ts.has_attribute(m, UNMANAGED) {
        all.push(Sym::UnmanagedEntry(m));
    } else if is_stub_method(ts, m) {
        all.push(Sym::Method(m));
    } else if !ts.is_ctor(m) {
        all.push(Sym::Invoker(invoker_signature(ts, &sig)));
        if ts.is_virtual(m) {
            all.push(Sym::VirtualCall(m));
        }
        if ts.is_interface(ts.method_owner(m)) {
            all.extend(objects_signature(ts, &sig).map(Sym::ProxyMethod));
        }
    }
    Ok(all)
}

fn render(case: &Case) -> Result<String, String> {
    let ts = case.universe()?;
    let target = Target::parse(case.header.target.as_deref().unwrap_or("linux-x64")).map_err(|e| e.to_string())?;
    let here = ts.modules()[0];
    let entry_point = ts.module(here).entry_point().and_then(|def| ts.resolve_method(here, def.token(), &GenericArgs::empty()).ok());
    let opts = LowerOptions { target, entry_point, ..LowerOptions::default() };
    let mut wanted = Vec::new();
    for m in methods(&ts, &case.header)?.into_iter().filter(|m| !ts.contains_vars_method(*m)) {
        if Some(m) == entry_point {
            wanted.extend([Sym::ProgramStub(ProgramStub::Main), Sym::ThrowStub("why".to_owned())]);
            if case.header.stubs {
                wanted.extend([ProgramStub::CreateException, ProgramStub::CreateTypeInitException].map(Sym::ProgramStub));
            }
        } else {
            wanted.extend(stubs(&ts, m)?);
        }
    }
    let mut out = String::new();
    for sym in wanted {
        let _ = match lower_stub(&ts, &sym, &opts) {
            Ok(f) => {
                kiln_lir::verify(&f).map_err(|e| e.to_string())?;
                writeln!(out, "{}", kiln_lir::print(&f))
            }
            Err(e) => writeln!(out, "{}: {e}\n", sym_name(&ts, &sym)),
        };
    }
    Ok(out)
}
