//! What the closed world decides while a body is imported, how failures are reported, and the check of all bodies.

#![forbid(unsafe_code)]

use kiln_abi::helpers::throw_kind;
use kiln_diag::codes;
use kiln_importer::{Constant, ImportError, ImportOptions, ImportPolicy, NoPolicy, Replacement, check, import_method};
use kiln_metadata::Module;
use kiln_mir::{text, verify};
use kiln_testkit::corelib::{assemble_test, bytes, type_named, universe};
use kiln_typesys::{FieldDesc, MethodDesc, TypeSystem, WellKnown};

/// Answers by the names of methods and fields.
#[derive(Default)]
struct ByName {
    results: Vec<(&'static str, Constant)>,
    fields: Vec<(&'static str, Constant)>,
    bodies: Vec<(&'static str, Replacement)>,
}

fn find<T: Copy>(list: &[(&str, T)], name: &str) -> Option<T> {
    list.iter().find(|entry| entry.0 == name).map(|entry| entry.1)
}

impl ImportPolicy for ByName {
    fn constant_result(&self, ts: &TypeSystem, m: MethodDesc) -> Option<Constant> {
        find(&self.results, &ts.method_name(m))
    }
    fn constant_field(&self, ts: &TypeSystem, f: FieldDesc) -> Option<Constant> {
        find(&self.fields, &ts.field_name(f))
    }
    fn removed_body(&self, ts: &TypeSystem, m: MethodDesc) -> Option<Replacement> {
        find(&self.bodies, &ts.method_name(m))
    }
}

const TEXT: &str = ".class C {
  .field static bool flag
  .method static bool Feature() { ldc.i4.1 ret }
  .method static int32 Branch() { call bool C::Feature() brtrue On ldc.i4.1 ret On: ldc.i4.2 ret }
  .method static int32 Field() { ldsfld bool C::flag brtrue On ldc.i4.1 ret On: ldc.i4.2 ret }
  .method static int32 I4() { ldc.i4.7 ret }
  .method static int64 I8() { ldc.i8 7 ret }
  .method static native int I() { ldc.i4.7 conv.i ret }
  .method static float32 R4() { ldc.r4 1.0 ret }
  .method static float64 R8() { ldc.r8 1.0 ret }
  .method static object Ref() { newobj instance void [core]System.Object::.ctor() ret }
  .method static valuetype [core]System.Nullable`1<int32> Value() { .locals init (valuetype [core]System.Nullable`1<int32> n) ldloc.0 ret }
  .method static void Nothing() { call void C::Nothing() ret }
}";

fn import(name: &str, policy: &dyn ImportPolicy) -> String {
    let ts = universe("test.il", TEXT).expect("a universe");
    let m = ts.find_methods(type_named(&ts, "C").expect("C"), name)[0];
    let f = import_method(&ts, m, policy, &ImportOptions { strict: true }).unwrap_or_else(|e| panic!("{name}: {e}"));
    verify::verify(&f, &ts).unwrap_or_else(|e| panic!("{name}: {e}"));
    text::print(&f, &ts)
}

#[test]
fn a_known_result_or_field_decides_a_branch_and_the_other_way_is_gone() {
    for (name, value, there, gone) in [
        ("Branch", 1, "const.i32 2", "const.i32 1 "),
        ("Branch", 0, "const.i32 1", "const.i32 2"),
        ("Field", 0, "const.i32 1", "const.i32 2"),
    ] {
        let known = vec![(if name == "Field" { "flag" } else { "Feature" }, Constant::I32(value))];
        let policy =
            if name == "Field" { ByName { fields: known, ..ByName::default() } } else { ByName { results: known, ..ByName::default() } };
        let text = import(name, &policy);
        let returned = text.lines().rev().find(|l| l.contains("const.i32")).expect("a constant");
        assert!(returned.contains(there.trim()), "{name} {value}: {text}");
        assert!(!text.contains("branch") && !text.contains("load_static") && !text.contains("call "), "{name} {value}, {gone}: {text}");
    }
    let text = import("Branch", &NoPolicy);
    assert!(text.contains("branch") && text.contains("C::Feature"), "{text}");
}

#[test]
fn a_replaced_body_returns_its_constant_or_the_type_s_default_or_throws() {
    let with = |name: &'static str, r: Replacement| import(name, &ByName { bodies: vec![(name, r)], ..ByName::default() });
    for (name, constant, wanted) in [
        ("I4", Constant::I32(42), "const.i32 42"),
        ("I8", Constant::I64(-1), "const.i64 -1"),
        ("I", Constant::NInt(5), "const.nint 5"),
        ("R4", Constant::F32(0x4000_0000), "const.f32"),
        ("R8", Constant::F64(0x4000_0000_0000_0000), "const.f64"),
        ("Ref", Constant::Null, "null"),
        ("I4", Constant::Default, "const.i32 0"),
        ("I8", Constant::Default, "const.i64 0"),
        ("R8", Constant::Default, "default"),
        ("Ref", Constant::Default, "null"),
        ("Value", Constant::Default, "default"),
    ] {
        let text = with(name, Replacement::Return(Some(constant)));
        assert!(text.contains(wanted) && text.contains("return"), "{name} {constant:?}: {text}");
    }
    let nothing = with("Nothing", Replacement::Return(None));
    assert!(nothing.contains("return") && !nothing.contains("call"), "{nothing}");
    let throws = with("I4", Replacement::Throw);
    assert!(throws.contains("throw_helper") && !throws.contains("const.i32 7"), "{throws}");
}

#[test]
fn another_module_s_initialiser_runs_before_its_fields_are_used() {
    let other = ".assembly other {} .method static void .cctor() { ret } .class public D { .field public static int32 f }";
    let user = ".assembly extern other {} .class C { .method static int32 Use() { ldsfld int32 [other]D::f ret } }";
    let module = |text: &str| Module::parse(assemble_test("test.il", text).expect("assembles")).expect("a module");
    let core = Module::parse(bytes().expect("assembles")).expect("a module");
    let ts = TypeSystem::new(vec![module(user), module(other), core]).expect("a universe");
    let m = ts.find_methods(type_named(&ts, "C").expect("C"), "Use")[0];
    let f = import_method(&ts, m, &NoPolicy, &ImportOptions { strict: true }).expect("imports");
    let text = text::print(&f, &ts);
    assert!(text.contains("ensure_class_init") && text.contains("<Module>"), "{text}");
}

/// Bodies that fail, each in its own way.
const BROKEN: &str = ".class C {
  .method static void MissingMethod() { call void [core]System.Object::Nothing() ret }
  .method static void MissingField() { ldsfld int32 [core]System.Object::nothing pop ret }
  .method static void Underflow() { pop ret }
  .method static int32 WrongType() { ldnull ret }
}
.class abstract D { .method public newslot abstract virtual instance void NoBody() {} }
.class G`1<T> { .method static !T Id(!T v) { ldarg.0 ret } .method static void Bad() { pop ret } }";

fn failure(name: &str, owner: &str) -> ImportError {
    let ts = universe("test.il", BROKEN).expect("a universe");
    let m = ts.find_methods(type_named(&ts, owner).expect("a type"), name)[0];
    import_method(&ts, m, &NoPolicy, &ImportOptions { strict: true }).expect_err(name)
}

#[test]
fn a_failure_has_a_code_the_exception_that_it_becomes_and_a_place() {
    for (owner, name, code, kind) in [
        ("C", "MissingMethod", codes::METHOD_LOAD, throw_kind::MISSING_METHOD),
        ("C", "MissingField", codes::METHOD_LOAD, throw_kind::MISSING_FIELD),
        ("C", "Underflow", codes::INVALID_IL, throw_kind::INVALID_PROGRAM),
        ("C", "WrongType", codes::INVALID_IL, throw_kind::INVALID_PROGRAM),
        ("D", "NoBody", codes::INVALID_IL, throw_kind::INVALID_PROGRAM),
    ] {
        let error = failure(name, owner);
        assert_eq!((error.code(), error.throw_kind()), (code, kind), "{name}: {error}");
    }
    assert!(failure("Underflow", "C").to_string().starts_with("IL_0000: "));
}

#[test]
fn code_that_does_not_decode_is_invalid() {
    let mut image = assemble_test("test.il", ".class C { .method static int32 M() { ldc.i4 305419896 ret } }").expect("assembles");
    let at = image.windows(5).position(|w| w == [0x20, 0x78, 0x56, 0x34, 0x12]).expect("ldc.i4");
    // ECMA-335 III.1.2.1 has no instruction 0x24.
    image[at] = 0x24;
    let core = Module::parse(bytes().expect("assembles")).expect("a module");
    let ts = TypeSystem::new(vec![Module::parse(image).expect("a module"), core]).expect("a universe");
    let m = ts.find_methods(type_named(&ts, "C").expect("C"), "M")[0];
    let error = import_method(&ts, m, &NoPolicy, &ImportOptions { strict: true }).expect_err("no instruction");
    assert_eq!((error.code(), error.throw_kind()), (codes::INVALID_IL, throw_kind::INVALID_PROGRAM), "{error}");
}

/// Accessors of what is not there.
const ACCESSORS: &str = ".class System.Runtime.CompilerServices.UnsafeAccessorAttribute extends [core]System.Attribute {
  .method public instance void .ctor(int32 kind) { ret }
}
.class System.Runtime.CompilerServices.UnsafeAccessorTypeAttribute extends [core]System.Attribute {
  .method public instance void .ctor(string name) { ret }
}
.class T { .field private int32 f .method private instance int32 M(int32 n) { ldarg.1 ret } }
.class A {
  .method static int32 OtherSignature(class T t, int64 n) internalcall { .custom instance void System.Runtime.CompilerServices.UnsafeAccessorAttribute::.ctor(int32) = { int32(1) property string Name = string(\"M\") } }
  .method static int64& OtherField(class T t) internalcall { .custom instance void System.Runtime.CompilerServices.UnsafeAccessorAttribute::.ctor(int32) = { int32(3) property string Name = string(\"f\") } }
  .method static int32& StaticField(class T t) internalcall { .custom instance void System.Runtime.CompilerServices.UnsafeAccessorAttribute::.ctor(int32) = { int32(4) property string Name = string(\"f\") } }
  .method static void UnknownKind(class T t) internalcall { .custom instance void System.Runtime.CompilerServices.UnsafeAccessorAttribute::.ctor(int32) = { int32(9) } }
  .method static void NoType() internalcall { .custom instance void System.Runtime.CompilerServices.UnsafeAccessorAttribute::.ctor(int32) = { int32(1) } }
  .method static int32 MissingName(object t, int32 n) internalcall {
    .custom instance void System.Runtime.CompilerServices.UnsafeAccessorAttribute::.ctor(int32) = { int32(1) property string Name = string(\"M\") }
    .param [1] .custom instance void System.Runtime.CompilerServices.UnsafeAccessorTypeAttribute::.ctor(string) = { string(\"Nowhere\") }
  }
}";

#[test]
fn an_accessor_of_what_is_not_there_is_an_error() {
    let ts = universe("test.il", ACCESSORS).expect("a universe");
    let t = type_named(&ts, "A").expect("A");
    for (name, code, text) in [
        ("OtherSignature", codes::METHOD_LOAD, "T::M"),
        ("OtherField", codes::METHOD_LOAD, "T::f"),
        ("StaticField", codes::METHOD_LOAD, "T::f"),
        ("UnknownKind", codes::INVALID_IL, "an accessor of an unknown kind"),
        ("NoType", codes::INVALID_IL, "an accessor without the type to look into"),
        ("MissingName", codes::TYPE_LOAD, "Nowhere"),
    ] {
        let m = ts.find_methods(t, name)[0];
        let error = import_method(&ts, m, &NoPolicy, &ImportOptions { strict: true }).expect_err(name);
        assert!(error.code() == code && error.to_string().contains(text), "{name}: {error}");
    }
}

#[test]
fn the_check_of_all_bodies_counts_and_groups_what_fails() {
    let ts = universe("test.il", BROKEN).expect("a universe");
    let mut report = check::Report::default();
    check::check_bodies(&ts, &NoPolicy, &mut report);
    assert!(report.bodies > 100 && report.insts > report.bodies, "{} bodies, {} instructions", report.bodies, report.insts);
    let failed: Vec<&str> = report.failures.iter().map(|f| f.0.as_str()).collect();
    assert_eq!(failed, ["C::MissingMethod()", "C::MissingField()", "C::Underflow()", "C::WrongType()", "G`1<!0>::Bad()"]);
    let groups = report.groups();
    // The two that take from an empty stack are one group, and the largest comes first.
    assert_eq!(groups.len(), 4, "{groups:?}");
    assert_eq!(groups[0].1, 2);
    assert!(groups[0].2.starts_with("C::Underflow()"), "{groups:?}");
    let mut shared = check::Report::default();
    check::check_instantiations(&ts, ts.well_known(WellKnown::Canon), &NoPolicy, &mut shared);
    assert!(shared.bodies > 10, "{}", shared.bodies);
    assert_eq!(shared.failures.iter().map(|f| f.0.as_str()).collect::<Vec<_>>(), ["G`1<System.__Canon>::Bad()"]);
}
