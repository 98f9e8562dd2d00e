//! The MIR of the class library's bodies, as digests by namespace and kind of instantiation (`tests/framework/VERSION.mir`).
//!
//! What is right is said by the text tests (`tests/mir`) and by programs against CoreCLR. This test says that nothing else changed, over all
//! of CoreLib and some libraries that use the language differently.

#![forbid(unsafe_code)]

use kiln_importer::{ImportOptions, NoPolicy, check::types_of, import_method};
use kiln_metadata::Module;
use kiln_mir::text;
use kiln_testkit::digest::Digests;
use kiln_toolchain::Framework;
use kiln_toolchain::requirements::{framework_or_skip, newer_framework};
use kiln_typesys::{MethodDesc, ModuleId, TypeDesc, TypeSystem, WellKnown};

/// Assemblies whose bodies are imported.
const IMPORTED: [&str; 5] =
    ["System.Private.CoreLib", "System.Collections", "System.Linq", "System.Text.Json", "System.Text.RegularExpressions"];

/// The version of .NET 10 whose digests are kept.
const NET10: &str = "10.0.12";

/// The namespace of a type, or that of the type around it.
fn namespace(ts: &TypeSystem, t: TypeDesc) -> String {
    match ts.enclosing_type(t) {
        Some(outer) => namespace(ts, outer),
        None => ts.namespace_and_name(t).0,
    }
}

/// A body, or why there is none.
fn body(ts: &TypeSystem, m: MethodDesc, strict: bool) -> String {
    match import_method(ts, m, &NoPolicy, &ImportOptions { strict }) {
        Ok(mir) => text::print(&mir, ts),
        Err(e) => format!("{}: {e} {:?} {}", ts.method_name_full(m), e.code(), e.throw_kind()),
    }
}

fn bodies(ts: &TypeSystem, module: ModuleId, digests: &mut Digests) {
    for t in types_of(ts, module) {
        let place = format!("{}/{}", ts.assembly_name(module), namespace(ts, t));
        let count = ts.type_args(t).len();
        for &m in ts.methods(t).iter() {
            digests.add(&place, "open", &body(ts, m, true));
            let own = ts.method_generic_count(m);
            if count + own == 0 {
                continue;
            }
            for (subject, known) in [("shared", WellKnown::Canon), ("exact", WellKnown::Int32)] {
                let known = ts.well_known(known);
                let owner = if count == 0 { t } else { ts.instantiate(t, &vec![known; count]) };
                // Arguments that break constraints make calls that do not resolve; those throw in the body.
                digests.add(&place, subject, &body(ts, ts.instantiate_method(m, owner, &vec![known; own]), false));
            }
        }
    }
}

#[test]
fn no_body_is_imported_otherwise_than_before() {
    let Some(framework) = framework_or_skip() else { return };
    compare(&framework);
}

#[test]
fn nor_of_net_10() {
    let Some(framework) = newer_framework(NET10) else { return };
    compare(&framework);
}

/// Compares what is made of a class library with its digests.
fn compare(framework: &Framework) {
    let files = framework.assemblies().expect("the folder can be read");
    // Native libraries are in the folder as well.
    let modules = files.into_iter().filter_map(|file| Module::parse(std::fs::read(file).expect("a file")).ok()).collect();
    let ts = TypeSystem::new(modules).expect("a universe");
    let mut digests = Digests::default();
    for name in IMPORTED {
        bodies(&ts, ts.find_module(name).expect("an assembly of the class library"), &mut digests);
    }
    assert!(digests.parts() > 40_000, "{} bodies", digests.parts());
    digests.check(&framework.version, "mir").unwrap_or_else(|e| panic!("{e}"));
}
