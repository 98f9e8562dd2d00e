//! Folding and generic contexts, checked on methods of the real class library (`kiln_toolchain::find_framework`). Expectations come
//! from reading the IL of these methods.

#![forbid(unsafe_code)]

use kiln_importer::{ImportOptions, NoPolicy, import_method};
use kiln_metadata::Module;
use kiln_mir::{text, verify};
use kiln_toolchain::requirements::framework_or_skip;
use kiln_typesys::{MethodDesc, TypeDesc, TypeSystem};
use std::sync::OnceLock;

/// A universe over CoreLib alone. The image is read once; what is asked is answered anew in every test.
fn corelib() -> Option<TypeSystem> {
    static MODULE: OnceLock<Module> = OnceLock::new();
    let file = framework_or_skip()?.dir.join("System.Private.CoreLib.dll");
    let read = || Module::parse(std::fs::read(file).expect("System.Private.CoreLib.dll")).expect("a module");
    Some(TypeSystem::new(vec![MODULE.get_or_init(read).clone()]).expect("a type system"))
}

fn ty(ts: &TypeSystem, name: &str) -> TypeDesc {
    ts.find_type_by_full_name(name).unwrap_or_else(|| panic!("no type {name}"))
}

/// The method of that name and parameter count on the type over the arguments.
fn method(ts: &TypeSystem, owner: &str, targs: &[&str], name: &str, params: usize, margs: &[&str]) -> MethodDesc {
    let targs: Vec<_> = targs.iter().map(|n| ty(ts, n)).collect();
    let margs: Vec<_> = margs.iter().map(|n| ty(ts, n)).collect();
    let def = ty(ts, owner);
    let owner = if targs.is_empty() { def } else { ts.instantiate(def, &targs) };
    let found = ts
        .find_methods(def, name)
        .into_iter()
        .find(|m| ts.method_generic_count(*m) == margs.len() && ts.method_sig(*m).is_ok_and(|s| s.params.len() == params));
    ts.instantiate_method(found.unwrap_or_else(|| panic!("no method {name}")), owner, &margs)
}

fn import(ts: &TypeSystem, m: MethodDesc) -> String {
    let f = import_method(ts, m, &NoPolicy, &ImportOptions { strict: true }).unwrap_or_else(|e| panic!("{}: {e}", ts.method_display(m)));
    verify::verify(&f, ts).unwrap_or_else(|e| panic!("{}: {e}", ts.method_display(m)));
    let (t, names) = text::print_with_names(&f, ts);
    let back = text::parse(&t, &names).unwrap_or_else(|e| panic!("{e}\n{t}"));
    assert_eq!(text::print(&back, ts), t);
    t
}

fn blocks(text: &str) -> usize {
    text.lines().filter(|l| l.starts_with("block")).count()
}

#[test]
fn reference_question_folds_per_instantiation() {
    let Some(ts) = corelib() else { return };
    // if (!IsReferenceOrContainsReferences<T>()) SpanHelpers.Memmove(…) else BulkMoveWithWriteBarrier(…)
    let exact = import(&ts, method(&ts, "System.Buffer", &[], "Memmove", 3, &["System.Int32"]));
    assert!(exact.contains("SpanHelpers::Memmove") && !exact.contains("BulkMoveWithWriteBarrier"), "{exact}");
    assert_eq!(blocks(&exact), 1, "{exact}");
    let shared = import(&ts, method(&ts, "System.Buffer", &[], "Memmove", 3, &["System.__Canon"]));
    assert!(!shared.contains("SpanHelpers::Memmove") && shared.contains("BulkMoveWithWriteBarrier"), "{shared}");
}

#[test]
fn default_comparers_are_made_by_the_compiler() {
    let Some(ts) = corelib() else { return };
    for arg in ["System.Int32", "System.__Canon"] {
        let t = import(&ts, method(&ts, "System.Collections.Generic.EqualityComparer`1", &[arg], ".cctor", 0, &[]));
        assert!(t.contains("new_default_comparer") && t.contains("equality: true") && !t.contains("ComparerHelpers"), "{t}");
    }
    let t = import(&ts, method(&ts, "System.Collections.Generic.ArraySortHelper`1", &["System.Int32"], ".cctor", 0, &[]));
    assert!(t.contains("GenericArraySortHelper`1"), "{t}");
    let t = import(&ts, method(&ts, "System.Collections.Generic.ArraySortHelper`1", &["System.__Canon"], ".cctor", 0, &[]));
    assert!(!t.contains("GenericArraySortHelper`1") && t.contains("new_obj"), "{t}");
}

#[test]
fn hardware_is_not_there() {
    let Some(ts) = corelib() else { return };
    let t = import(&ts, method(&ts, "System.SpanHelpers", &[], "Fill", 3, &["System.Int32"]));
    assert!(!t.contains("Vector`1<System.Byte>::") && !t.contains("Vector::"), "{t}");
    let t = import(&ts, method(&ts, "System.Numerics.BitOperations", &[], "Log2", 1, &[]));
    assert!(!t.contains("Lzcnt::") && !t.contains("ArmBase"), "{t}");
}

#[test]
fn an_instruction_that_no_processor_of_the_target_has_throws() {
    let Some(ts) = corelib() else { return };
    let t = import(&ts, method(&ts, "System.Runtime.Intrinsics.X86.Sse2", &[], "Sqrt", 1, &[]));
    assert!(t.contains("throw_helper") && t.contains("Operation is not supported on this platform."), "{t}");
    assert!(!t.contains("call method"), "{t}");
}

#[test]
fn strings_are_made_by_ctor_twins() {
    let Some(ts) = corelib() else { return };
    let t = import(&ts, method(&ts, "System.String", &[], "CreateFromChar", 1, &[]));
    assert!(!t.contains("::.ctor"), "{t}");
    let t = import(&ts, method(&ts, "System.Text.StringBuilder", &[], "ToString", 0, &[]));
    assert!(!t.contains("System.String::.ctor"), "{t}");
}

#[test]
fn type_tests_fold_in_shared_code() {
    let Some(ts) = corelib() else { return };
    // Chains of typeof(T) == typeof(primitive): in shared code over references all are false.
    let t = import(&ts, method(&ts, "System.Runtime.Intrinsics.Vector128`1", &["System.Int32"], "get_IsSupported", 0, &[]));
    assert_eq!(blocks(&t), 1, "{t}");
    assert!(t.contains("const.i32 1"), "{t}");
    let t = import(&ts, method(&ts, "System.Runtime.Intrinsics.Vector128`1", &["System.__Canon"], "get_IsSupported", 0, &[]));
    assert_eq!(blocks(&t), 1, "{t}");
    assert!(t.contains("const.i32 0"), "{t}");
}

#[test]
fn constrained_calls_resolve() {
    let Some(ts) = corelib() else { return };
    // GenericEqualityComparer<T>.Equals: x.Equals(y) through IEquatable<T>, null tests by boxing.
    let t = import(&ts, method(&ts, "System.Collections.Generic.GenericEqualityComparer`1", &["System.Int32"], "Equals", 2, &[]));
    assert!(t.contains("call method: \"System.Int32::Equals(System.Int32):System.Boolean\""), "{t}");
    assert!(!t.contains("box ") && blocks(&t) == 1, "{t}");
    let t = import(&ts, method(&ts, "System.Collections.Generic.GenericEqualityComparer`1", &["System.__Canon"], "Equals", 2, &[]));
    assert!(t.contains("call_virt") && !t.contains("call_constrained"), "{t}");
}

#[test]
fn every_body_round_trips() {
    let Some(ts) = corelib() else { return };
    let mut n = 0;
    for (i, t) in kiln_importer::check::types_of(&ts, ts.corelib()).into_iter().enumerate() {
        if i % 13 != 0 {
            continue;
        }
        for m in ts.methods(t).iter() {
            let Ok(f) = import_method(&ts, *m, &NoPolicy, &ImportOptions::default()) else { continue };
            let (text, names) = text::print_with_names(&f, &ts);
            let back = text::parse(&text, &names).unwrap_or_else(|e| panic!("{e}\n{text}"));
            assert_eq!(text::print(&back, &ts), text);
            n += 1;
        }
    }
    assert!(n > 500, "{n} bodies");
}
