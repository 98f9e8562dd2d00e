//! The universe as a whole: replacing bodies, universes side by side, methods of arrays, and what the check of everything reports.

#![forbid(unsafe_code)]

use kiln_metadata::{Module, Token};
use kiln_testkit::corelib::{assemble_test, bytes, type_named, universe};
use kiln_toolchain::requirements::framework_or_skip;
use kiln_typesys::{ArrayMethod, GenericArgs, MethodDesc, MethodKind, TypeDesc, TypeSysError, TypeSystem, WellKnown, check};

fn module(text: &str) -> Module {
    Module::parse(assemble_test("test.il", text).expect("assembles")).expect("a module")
}

fn over(text: &str) -> TypeSystem {
    universe("test.il", text).expect("a universe")
}

fn method(ts: &TypeSystem, t: &str, name: &str) -> MethodDesc {
    ts.find_methods(type_named(ts, t).expect("a type"), name)[0]
}

/// The attribute that names what a method replaces, as the overlay declares it for itself.
const REPLACES: &str = ".class Kiln.ReplacesAttribute extends [core]System.Attribute {
  .method public instance void .ctor(string key) { ret }
  .method public instance void .ctor(string key, string assembly) { ret }
}";

/// An overlay over the tests' class library: `String.get_Length` and a generic method are replaced.
fn with_overlay(methods: &str) -> Result<TypeSystem, TypeSysError> {
    let text = format!(".assembly overlay {{}}\n{REPLACES}\n.class O {{ {methods} }}");
    let target = ".class T`1<U> { .method static int32 Generic<V>(!U a) { ldc.i4.1 ret } .method instance int32 Inst() { ldc.i4.2 ret } }";
    let core = Module::parse(bytes().expect("assembles")).expect("a module");
    let ts = TypeSystem::new(vec![module(target), core]).expect("a universe");
    let overlay = ts.add_module(module(&text)).expect("loads");
    ts.set_overlay(overlay).map(|()| ts)
}

fn replaces(key: &str, rest: &str) -> String {
    format!(
        ".method static {rest} {{ .custom instance void Kiln.ReplacesAttribute::.ctor(string) = {{ string(\"{key}\") }} ldc.i4.7 ret }}"
    )
}

#[test]
fn a_replaced_body_is_the_overlay_s_and_its_variables_are_the_owner_s_then_the_method_s() {
    let key = "T`1::Generic(!0):System.Int32";
    let ts = with_overlay(&replaces("T`1::Inst():System.Int32", "int32 Inst<U>(object self)"));
    // The key of a method is its name as a native's; whatever that is, the class library's own says it.
    let ts = ts.unwrap_or_else(|e| panic!("{e} ({key})"));
    let inst = method(&ts, "T`1", "Inst");
    let by = ts.overlay_of(inst).expect("replaced");
    assert_eq!(ts.method_name(by), "Inst");
    assert_ne!(ts.method_def(by), ts.method_def(inst));
    let body = ts.method_body(inst).expect("loads").expect("a body");
    assert!(body.replaced);
    // ldc.i4.7, ret.
    assert_eq!(body.body().expect("decodes").code, [0x1D, 0x2A]);
    let (string, int) = (ts.well_known(WellKnown::String), ts.well_known(WellKnown::Int32));
    let context = body.map_context(&GenericArgs::new(&[string], &[int]));
    assert_eq!((&context.type_args[..], &context.method_args[..]), (&[][..], &[string, int][..]));
    let generic = method(&ts, "T`1", "Generic");
    assert_eq!(ts.overlay_of(generic), None);
    let body = ts.method_body(generic).expect("loads").expect("a body");
    assert!(!body.replaced);
    let own = GenericArgs::new(&[string], &[int]);
    assert_eq!(body.map_context(&own), own);
}

#[test]
fn what_an_extern_method_replaces_is_a_native_of_its_own_name() {
    let native = ".method static int32 Inst<U>(object self) internalcall { .custom instance void Kiln.ReplacesAttribute::.ctor(string) = { string(\"T`1::Inst():System.Int32\") } }";
    let ts = with_overlay(native).unwrap_or_else(|e| panic!("{e}"));
    let inst = method(&ts, "T`1", "Inst");
    assert!(ts.is_internal_call(inst) && ts.overlay_of(inst).is_none());
    assert_eq!(ts.fcall_name(inst), "T`1::Inst():System.Int32");
    assert!(!ts.is_internal_call(method(&ts, "T`1", "Generic")));
}

#[test]
fn a_replacement_of_nothing_or_with_other_parameters_is_refused() {
    let refused = |methods: &str| match with_overlay(methods) {
        Err(TypeSysError::Overlay(text)) => text,
        other => panic!("{:?}", other.err()),
    };
    assert_eq!(refused(&replaces("T`1::Missing():System.Int32", "int32 M()")), "no method T`1::Missing():System.Int32");
    let key = "T`1::Inst():System.Int32";
    assert!(refused(&replaces(key, "int32 M<U>()")).contains("parameters do not fit"));
    assert!(refused(&replaces(key, "int32 M(object self)")).contains("1 type parameters"));
    // What is of an assembly that the program does not have replaces nothing.
    let elsewhere = ".method static int32 M() { .custom instance void Kiln.ReplacesAttribute::.ctor(string, string) = \
                     { string(\"N::M():System.Int32\") string(\"Missing.Assembly\") } ldc.i4.7 ret }";
    assert!(with_overlay(elsewhere).is_ok());
}

#[test]
fn a_universe_beside_another_shares_its_assemblies_and_nothing_that_was_asked() {
    let first = over(".class C { .field int32 a }");
    let c = type_named(&first, "C").expect("C");
    first.layout(c).expect("laid out");
    let second = TypeSystem::beside(&first, vec![module(".assembly more {}\n.class D { .field int64 b }")]).expect("a universe");
    assert_eq!(second.modules().len(), first.modules().len() + 1);
    assert!(second.find_module("more").is_some() && first.find_module("more").is_none());
    assert!(type_named(&second, "C").is_ok() && type_named(&second, "D").is_ok());
    assert_eq!(second.type_display(type_named(&second, "C").expect("C")), "C");
    assert!(second.type_count() < first.type_count() + 10);
}

#[test]
fn arrays_have_a_constructor_accessors_and_nothing_else() {
    let text = ".class C { .method static void M() {
        ldc.i4.2 ldc.i4.3 newobj instance void int32[0...,0...]::.ctor(int32, int32)
        ldc.i4.0 ldc.i4.1 call instance int32 int32[0...,0...]::Get(int32, int32) pop ret } }";
    let ts = over(text);
    let (here, int) = (ts.modules()[0], ts.well_known(WellKnown::Int32));
    let array = ts.md_array(int, 2);
    let resolved = |row: u32| ts.resolve_method(here, Token(0x0A00_0000 + row), &GenericArgs::empty()).ok();
    let of_array: Vec<MethodDesc> = (1..8).filter_map(resolved).filter(|m| ts.array_method_kind(*m).is_some()).collect();
    let said = |m: &MethodDesc| {
        let sig = ts.method_sig(*m).expect("a signature");
        (ts.array_method_kind(*m), ts.method_display(*m), sig.params.len(), sig.ret, sig.has_this)
    };
    let void = ts.well_known(WellKnown::Void);
    let mut all: Vec<_> = of_array.iter().map(said).collect();
    all.sort_by(|a, b| a.1.cmp(&b.1));
    assert_eq!(
        all,
        [
            (Some(ArrayMethod::Ctor(2)), "System.Int32[,]::.ctor(System.Int32,System.Int32)".to_owned(), 2, void, true),
            (Some(ArrayMethod::Get), "System.Int32[,]::Get(System.Int32,System.Int32)".to_owned(), 2, int, true),
        ]
    );
    assert!(of_array.iter().all(|m| ts.method_owner(*m) == array && ts.method_def(*m).is_none() && ts.method_args(*m).is_empty()));
    let made = |method| ts.intern_method(MethodKind::Array { owner: array, method });
    let set = ts.method_sig(made(ArrayMethod::Set)).expect("a signature");
    assert_eq!((&set.params[..], set.ret), (&[int, int, int][..], void));
    assert_eq!(ts.method_sig(made(ArrayMethod::Address)).expect("a signature").ret, ts.byref(int));
    assert_eq!(ts.array_method_kind(method(&ts, "C", "M")), None);
}

#[test]
fn the_check_of_everything_reports_what_does_not_load_and_where() {
    let text = ".class C { .method static void Call() { call void [core]System.Object::Nothing() ret }
                           .method static void Field() { ldsfld int32 [core]System.Object::nothing pop ret } }
                .class abstract interface I { .method public newslot abstract virtual instance void M() {} }
                .class Incomplete implements I {}
                .class sequential value Endless { .field valuetype Endless self }";
    let ts = over(text);
    let mut report = check::CheckReport::default();
    check::check_types(&ts, &mut report);
    let has = |place: &str, why: &str| report.failures.iter().any(|f| f.starts_with(place) && f.contains(why));
    assert!(has("C::Call", "Nothing"), "{:?}", report.failures);
    assert!(has("C::Field", "nothing"), "{:?}", report.failures);
    assert!(has("Incomplete", "I::M() is not implemented"), "{:?}", report.failures);
    assert!(has("Endless", ""), "{:?}", report.failures);
    assert_eq!(report.modules, 2);
}

#[test]
fn the_tests_own_class_library_loads_whole() {
    let ts = over(".class C {}");
    let mut report = check::CheckReport::default();
    check::check_types(&ts, &mut report);
    assert_eq!(report.failures, Vec::<String>::new());
    assert!(report.types > 100 && report.methods > 300 && report.tokens > 200 && report.dispatches > 20, "{report:?}");
}

#[test]
fn tokens_that_mean_nothing_are_errors_that_name_them() {
    let ts = over(".class C { .field int32 f .method static void M() { ret } }");
    let (here, open) = (ts.modules()[0], GenericArgs::empty());
    for row in [0x0200_00FF, 0x0100_00FF, 0x1B00_00FF, 0x0600_0001, 0x7000_0001] {
        assert!(ts.resolve_type(here, Token(row), &open).is_err(), "{row:x}");
    }
    for row in [0x0600_00FF, 0x0A00_00FF, 0x2B00_00FF, 0x0200_0001] {
        assert!(ts.resolve_method(here, Token(row), &open).is_err(), "{row:x}");
    }
    for row in [0x0400_00FF, 0x0A00_00FF, 0x0600_0001] {
        assert!(ts.resolve_field(here, Token(row), &open).is_err(), "{row:x}");
    }
    for row in [0x1100_00FF, 0x0600_0001] {
        assert!(ts.resolve_sig(here, Token(row), &open).is_err() && ts.local_types(here, Token(row), &open).is_err(), "{row:x}");
    }
    let error = ts.resolve_type(here, Token(0x0200_00FF), &open).expect_err("no such row").to_string();
    assert!(error.contains("test") || error.contains("20000ff") || error.contains("020000ff"), "{error}");
}

#[test]
fn the_product_s_overlay_replaces_bodies_of_the_class_library() {
    let Some(framework) = framework_or_skip() else { return };
    let read = |path: &std::path::Path| Module::parse(std::fs::read(path).expect("a file")).expect("a module");
    let version = framework.version.split('.').take(2).collect::<Vec<_>>().join(".");
    let overlay = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../corelib/kiln-overlay-{version}.dll"));
    let ts = TypeSystem::new(vec![read(&framework.dir.join("System.Private.CoreLib.dll"))]).expect("a universe");
    let id = ts.add_module(read(&overlay)).expect("loads");
    assert_eq!(ts.set_overlay(id), Ok(()));
    let t: TypeDesc = ts.find_type_by_full_name("System.Reflection.RuntimeAssembly").expect("there");
    let replaced = ts.methods(t).iter().filter(|m| ts.overlay_of(**m).is_some()).count();
    assert!(replaced > 3, "{replaced}");
}

#[test]
fn serialized_names_mean_types_of_the_module_first() {
    let ts = universe("t.il", ".class System.Object {} .class G`1<T> { .class nested public I {} } .class N.C {}").expect("loads");
    let own = ts.modules()[0];
    let named = |text: &str, module| {
        let name = kiln_metadata::TypeName::parse(text).expect("a name");
        ts.type_of_name(&name, module)
    };
    let shown = |text: &str| named(text, None).map(|t| ts.type_display(t));
    for (text, display) in [
        ("N.C", Some("N.C")),
        ("N.C[]", Some("N.C[]")),
        ("N.C[,]&", Some("N.C[,]&")),
        ("System.Int32*", Some("System.Int32*")),
        ("G`1[[N.C, t]]", Some("G`1<N.C>")),
        ("G`1[[N.C],[N.C]]", None),
        ("G`1[[Missing]]", None),
        ("Missing", None),
    ] {
        assert_eq!(shown(text).as_deref(), display, "{text}");
    }
    assert!(named("G`1+I", None).is_some_and(|t| ts.enclosing_type(t).is_some()));
    let object = |module| named("System.Object", module).and_then(|t| ts.type_def(t)).map(|d| d.0);
    assert_eq!(object(Some(own)), Some(own));
}
