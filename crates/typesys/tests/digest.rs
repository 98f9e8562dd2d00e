//! Everything that the type system says of the class library, as digests by assembly and subject (`tests/framework/VERSION.types`).
//!
//! Nobody reads a digest: what is right is said by the text tests and compared with CoreCLR's by `cargo xtask check-framework`. This test
//! says that nothing else changed, over more types than anybody writes by hand.

#![forbid(unsafe_code)]

#[path = "support/facts.rs"]
mod facts;

use facts::Facts;
use kiln_metadata::Module;
use kiln_testkit::digest::Digests;
use kiln_toolchain::Framework;
use kiln_toolchain::requirements::{framework_or_skip, newer_framework};
use kiln_typesys::{GenericArgs, TypeSystem, WellKnown};

/// The version of .NET 10 whose digests are kept.
const NET10: &str = "10.0.12";

#[test]
fn nothing_is_said_otherwise_than_before() {
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
    let facts = Facts::new(&ts);
    let mut digests = Digests::default();
    for module in ts.modules() {
        let place = ts.assembly_name(module);
        for def in ts.module(module).type_defs() {
            let open = ts.resolve_type(module, def.token(), &GenericArgs::empty()).expect("a definition of the module");
            digests.add(&place, "types", &facts.of_type(open));
            digests.add(&place, "fields", &facts.of_fields(open));
            digests.add(&place, "methods", &facts.of_methods(open));
            digests.add(&place, "bodies", &facts.of_bodies(open));
            // Instantiations as programs have them: shared, over a reference type, over a value type.
            let count = ts.type_args(open).len();
            let over = |known| if count == 0 { open } else { ts.instantiate(open, &vec![ts.well_known(known); count]) };
            let exact = if count == 0 { vec![open] } else { [WellKnown::Canon, WellKnown::String, WellKnown::Int32].map(over).to_vec() };
            for t in exact {
                digests.add(&place, "layouts", &facts.of_layout(t));
                digests.add(&place, "vtables", &facts.of_vtable(t));
                digests.add(&place, "dispatch", &facts.of_dispatch(t));
                digests.add(&place, "casts", &facts.of_casts(t));
                digests.add(&place, "canonical", &facts.of_canonical_form(t));
            }
        }
    }
    assert!(digests.parts() > 100_000, "{} facts", digests.parts());
    digests.check(&framework.version, "types").unwrap_or_else(|e| panic!("{e}"));
}
