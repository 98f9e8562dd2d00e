//! Calls before and after, as MIR, in closed programs over a few types of the real class library.

#![forbid(unsafe_code)]

use kiln_metadata::Module;
use kiln_mir::{Function, text, verify};
use kiln_opt::{Facts, ObjectType, Optimizer};
use kiln_toolchain::requirements::framework_or_skip;
use kiln_typesys::{FieldDesc, MethodDesc, TypeDesc, TypeSystem};
use std::sync::OnceLock;

/// A universe over CoreLib alone. The image is read once; what is asked is answered anew in every test.
fn corelib() -> Option<TypeSystem> {
    static MODULE: OnceLock<Module> = OnceLock::new();
    let file = framework_or_skip()?.dir.join("System.Private.CoreLib.dll");
    let read = || Module::parse(std::fs::read(file).expect("System.Private.CoreLib.dll")).expect("a module");
    Some(TypeSystem::new(vec![MODULE.get_or_init(read).clone()]).expect("a type system"))
}

/// Names in these tests: of types, over `<…>` one argument, and of methods by their printed names.
struct Names<'a>(&'a TypeSystem);

impl text::Resolve for Names<'_> {
    fn ty(&self, name: &str) -> Option<TypeDesc> {
        let ts = self.0;
        if let Some(element) = name.strip_suffix("[]") {
            return Some(ts.sz_array(self.ty(element)?));
        }
        match name.split_once('<') {
            Some((definition, argument)) => {
                Some(ts.instantiate(ts.find_type_by_full_name(definition)?, &[self.ty(argument.strip_suffix('>')?)?]))
            }
            None => ts.find_type_by_full_name(name),
        }
    }

    fn method(&self, name: &str) -> Option<MethodDesc> {
        let owner = self.ty(name.split_once("::")?.0)?;
        self.0.methods(owner).iter().copied().find(|&m| self.0.method_name_full(m) == name)
    }

    fn field(&self, _name: &str) -> Option<FieldDesc> {
        None
    }
}

/// One call on a reference of a type, in a method of that type.
fn calling(ts: &TypeSystem, reference: &str, call: &str, result: &str) -> Function {
    let value = if result.is_empty() { String::new() } else { format!("v1 {result} = ") };
    let text = format!(
        "method \"System.Object::.ctor():System.Void\" args 1 init ret _\n\
         slot ss0 arg 0 \"{reference}\" free private\n\
         block bb0\n  v0 ref \"{reference}\" = load_slot ss0 @0\n  {value}{call} @1\n  return _ @2\nend\n"
    );
    let f = text::parse(&text, &Names(ts)).unwrap_or_else(|e| panic!("{e}\n{text}"));
    verify::verify(&f, ts).unwrap_or_else(|e| panic!("{e}\n{text}"));
    f
}

/// The call after optimisation, in a program whose objects are of the types.
fn optimized(ts: &TypeSystem, f: Function, objects: &[&str], fuel: Option<u64>) -> String {
    optimized_with(ts, f, objects, &[], fuel)
}

/// As `optimized`; of the last types reflection may make objects.
fn optimized_with(ts: &TypeSystem, mut f: Function, objects: &[&str], unsure: &[&str], fuel: Option<u64>) -> String {
    let ty = |n: &str| text::Resolve::ty(&Names(ts), n).unwrap_or_else(|| panic!("no type {n}"));
    let sure = objects.iter().map(|n| ObjectType { ty: ty(n), constructed: true });
    let objects = sure.chain(unsure.iter().map(|n| ObjectType { ty: ty(n), constructed: false }));
    let facts = Facts::new(ts, objects);
    let before = text::print(&f, ts);
    let mut optimizer = Optimizer::new(ts, &facts, fuel);
    let changed = optimizer.alone(&mut f);
    verify::verify(&f, ts).expect("optimised code verifies");
    let after = text::print(&f, ts);
    assert_eq!(changed, before != after);
    assert_eq!(optimizer.done(0).direct_calls, usize::from(changed));
    after.lines().find(|l| l.contains("call")).expect("a call").trim().to_owned()
}

const FLUSH: &str = "call_virt method: \"System.IO.Stream::Flush():System.Void\" args: [v0]";

#[test]
fn a_virtual_call_with_one_target_becomes_direct_and_keeps_its_check_for_null() {
    let Some(ts) = corelib() else { return };
    let f = calling(&ts, "System.IO.Stream", FLUSH, "");
    assert_eq!(
        optimized(&ts, f, &["System.Object", "System.String", "System.IO.MemoryStream"], None),
        "call method: \"System.IO.MemoryStream::Flush():System.Void\" args: [v0] null_check: true @1"
    );
}

#[test]
fn a_virtual_call_with_two_targets_or_none_stays() {
    let Some(ts) = corelib() else { return };
    let stays = format!("{FLUSH} @1");
    let objects: [&[&str]; 3] = [&["System.IO.MemoryStream", "System.IO.BufferedStream"], &["System.Object", "System.String"], &[]];
    for objects in objects {
        let f = calling(&ts, "System.IO.Stream", FLUSH, "");
        assert_eq!(optimized(&ts, f, objects, None), stays, "{objects:?}");
    }
}

#[test]
fn a_type_that_does_not_override_has_the_method_of_its_base() {
    let Some(ts) = corelib() else { return };
    let f = calling(&ts, "System.IO.Stream", FLUSH, "");
    let objects = ["System.IO.UnmanagedMemoryStream", "System.Reflection.ManifestResourceStream"];
    // A stream of resources in memory is one over unmanaged memory, and overrides nothing of this.
    let objects: Vec<&str> = objects.into_iter().filter(|n| ts.find_type_by_full_name(n).is_some()).collect();
    assert_eq!(
        optimized(&ts, f, &objects, None),
        "call method: \"System.IO.UnmanagedMemoryStream::Flush():System.Void\" args: [v0] null_check: true @1"
    );
}

#[test]
fn the_type_of_the_reference_narrows_what_a_call_can_reach() {
    let Some(ts) = corelib() else { return };
    let text = "call_virt method: \"System.Object::ToString():System.String\" args: [v0]";
    let objects = ["System.Object", "System.String", "System.Version", "System.Text.StringBuilder"];
    let known = calling(&ts, "System.Text.StringBuilder", text, "ref \"System.String\"");
    assert_eq!(
        optimized(&ts, known, &objects, None),
        "v1 ref \"System.String\" = call method: \"System.Text.StringBuilder::ToString():System.String\" args: [v0] null_check: true @1"
    );
    let unknown = calling(&ts, "System.Object", text, "ref \"System.String\"");
    assert!(optimized(&ts, unknown, &objects, None).contains("call_virt"));
}

#[test]
fn an_interface_call_with_one_target_becomes_direct() {
    let Some(ts) = corelib() else { return };
    let text = "call_virt method: \"System.IDisposable::Dispose():System.Void\" args: [v0]";
    let call = || calling(&ts, "System.IDisposable", text, "");
    assert_eq!(
        optimized(&ts, call(), &["System.IO.MemoryStream", "System.Version"], None),
        "call method: \"System.IO.Stream::Dispose():System.Void\" args: [v0] null_check: true @1"
    );
    assert!(optimized(&ts, call(), &["System.IO.MemoryStream", "System.IO.StringReader"], None).contains("call_virt"));
}

#[test]
fn instantiations_that_share_code_are_one_target_and_others_are_not() {
    let Some(ts) = corelib() else { return };
    let text = "call_virt method: \"System.Collections.Generic.ICollection`1<System.String>::get_Count():System.Int32\" args: [v0]";
    let call = || calling(&ts, "System.Collections.Generic.ICollection`1<System.String>", text, "i32");
    let list = |of: &str| format!("System.Collections.Generic.List`1<{of}>");
    let (strings, objects, numbers) = (list("System.String"), list("System.Version"), list("System.Int32"));
    assert_eq!(
        optimized(&ts, call(), &[&strings, &numbers], None),
        "v1 i32 = call method: \"System.Collections.Generic.List`1<System.String>::get_Count():System.Int32\" args: [v0] null_check: true @1"
    );
    assert_eq!(
        optimized(&ts, call(), &[&strings, &objects], None),
        "v1 i32 = call method: \"System.Collections.Generic.List`1<System.__Canon>::get_Count():System.Int32\" args: [v0] null_check: true @1"
    );
    assert!(optimized(&ts, call(), &[&strings, "System.Collections.Generic.HashSet`1<System.String>"], None).contains("call_virt"));
}

#[test]
fn methods_of_value_types_natives_and_arrays_of_other_integers_are_left_alone() {
    let Some(ts) = corelib() else { return };
    let hash = "call_virt method: \"System.Object::GetHashCode():System.Int32\" args: [v0]";
    let f = calling(&ts, "System.Object", hash, "i32");
    assert!(optimized(&ts, f, &["System.Int32"], None).contains("call_virt"));
    let count = "call_virt method: \"System.Collections.Generic.ICollection`1<System.UInt32>::get_Count():System.Int32\" args: [v0]";
    let objects = ["System.Collections.Generic.List`1<System.UInt32>", "System.Int32[]"];
    let f = calling(&ts, "System.Collections.Generic.ICollection`1<System.UInt32>", count, "i32");
    assert!(optimized(&ts, f, &objects, None).contains("call_virt"));
}

#[test]
fn a_claimed_type_is_not_believed() {
    let Some(ts) = corelib() else { return };
    let text = "method \"System.Object::.ctor():System.Void\" args 1 init ret _\n\
                slot ss0 arg 0 \"System.Object\" free private\n\
                block bb0\n  v0 ref \"System.Object\" = load_slot ss0 @0\n  v1 ref \"System.Text.StringBuilder\" = reinterpret v0 @1\n  \
                v2 ref \"System.String\" = call_virt method: \"System.Object::ToString():System.String\" args: [v1] @2\n  return _ @3\nend\n";
    let f = text::parse(text, &Names(&ts)).expect("it parses");
    assert!(optimized(&ts, f, &["System.Version", "System.Text.StringBuilder"], None).contains("call_virt"));
}

#[test]
fn without_fuel_nothing_changes() {
    let Some(ts) = corelib() else { return };
    let call = || calling(&ts, "System.IO.Stream", FLUSH, "");
    assert!(optimized(&ts, call(), &["System.IO.MemoryStream"], Some(0)).contains("call_virt"));
    assert!(optimized(&ts, call(), &["System.IO.MemoryStream"], Some(1)).contains("null_check"));
}

#[test]
fn objects_that_only_reflection_makes_can_prevent_a_direct_call_and_not_cause_one() {
    let Some(ts) = corelib() else { return };
    let call = || calling(&ts, "System.IO.Stream", FLUSH, "");
    let (memory, buffered) = ("System.IO.MemoryStream", "System.IO.BufferedStream");
    assert!(optimized_with(&ts, call(), &[memory], &[buffered], None).contains("call_virt"));
    assert!(optimized_with(&ts, call(), &[], &[memory], None).contains("call_virt"));
    assert!(optimized_with(&ts, call(), &[memory], &[memory], None).contains("MemoryStream::Flush"));
}
