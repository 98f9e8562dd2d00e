//! Single questions to a type system that no text of a stage asks: names, depths, friends, dispatch by one type, shared code.

#![forbid(unsafe_code)]

use kiln_metadata::{Module, Token};
use kiln_testkit::corelib::{assemble_test, bytes, method_named, type_named, universe};
use kiln_typesys::{
    AddedAttribute, FieldDesc, GenericArgs, MethodDesc, ParamMarshal, Resolved, TypeDesc, TypeSysError, TypeSystem, VtableEntry, WellKnown,
};

fn over(text: &str) -> TypeSystem {
    universe("test.il", text).expect("a universe")
}

fn t(ts: &TypeSystem, name: &str) -> TypeDesc {
    type_named(ts, name).expect(name)
}

fn m(ts: &TypeSystem, name: &str) -> MethodDesc {
    method_named(ts, name).expect(name)
}

fn f(ts: &TypeSystem, owner: &str, name: &str) -> FieldDesc {
    ts.find_field(t(ts, owner), name).expect(name)
}

/// Several assemblies, and the class library.
fn together(texts: &[&str]) -> TypeSystem {
    let module = |text: &&str| Module::parse(assemble_test("test.il", text).expect("assembles")).expect("a module");
    let mut modules: Vec<Module> = texts.iter().map(module).collect();
    modules.push(Module::parse(bytes().expect("assembles")).expect("a module"));
    TypeSystem::new(modules).expect("a universe")
}

#[test]
fn fields_are_found_by_name_and_lie_where_the_layout_says() {
    let ts = over(".class C { .field int32 a .field int64 b .field static int32 s .field static int32 u }");
    assert_eq!(ts.find_field(t(&ts, "C"), "missing"), None);
    let [a, b] = ["a", "b"].map(|name| ts.field_offset(f(&ts, "C", name)).expect("laid out"));
    assert_eq!(a.abs_diff(b), 8);
    let [s, u] = ["s", "u"].map(|name| ts.field_offset(f(&ts, "C", name)).expect("laid out"));
    assert_eq!(s.abs_diff(u), 4);
}

#[test]
fn a_type_has_references_if_it_is_one_or_a_field_is() {
    let ts = over(
        ".class sequential value Plain { .field int32 a } .class sequential value Holder { .field valuetype Plain p .field object o }",
    );
    let has = ["int32", "Plain", "Holder", "string", "int32[]"].map(|name| ts.contains_refs(t(&ts, name)));
    assert_eq!(has, [false, false, true, true, true]);
}

#[test]
fn the_value_of_an_attribute_is_what_the_assembly_says() {
    let ts = over(
        ".class A extends [core]System.Attribute { .method public instance void .ctor(string s) { ret } }
        .class C { .custom instance void A::.ctor(string) = { string(\"what\") } } .class D {}",
    );
    let value = ts.custom_attribute(t(&ts, "C"), "A").expect("is there");
    assert!(value.windows(4).any(|w| w == b"what"), "{value:?}");
    assert_eq!(ts.custom_attribute(t(&ts, "D"), "A"), None);
}

#[test]
fn depth_counts_nesting_and_parts_count_all_that_a_type_is_made_of() {
    let ts = over(".class G`2<T,U> {}");
    let measures = |name: &str| (ts.type_depth(t(&ts, name)), ts.type_parts(t(&ts, name)));
    let (plain, one, two) = (measures("int32"), measures("G<int32,int32>"), measures("G<G<int32,int32>,int32>"));
    assert_eq!((one.0 - plain.0, two.0 - one.0), (1, 1));
    assert_eq!((plain.1, one.1, two.1), (1, 3, 5));
    let before = ts.type_count();
    let mut deep = t(&ts, "int32");
    for _ in 0..300 {
        deep = ts.sz_array(deep);
    }
    assert_eq!(ts.type_count() - before, 299 + usize::from(before == ts.type_count() - 300));
    let made = ts.instantiate(t(&ts, "G`2"), &[deep, deep]);
    assert!(matches!(ts.layout(made), Err(TypeSysError::TooDeep(name)) if name.starts_with("G")));
}

#[test]
fn no_arguments_are_empty_and_the_default() {
    let ts = over("");
    let int = ts.well_known(WellKnown::Int32);
    assert!(GenericArgs::default().is_empty() && GenericArgs::empty().is_empty());
    assert!(!GenericArgs::new(&[int], &[]).is_empty() && !GenericArgs::new(&[], &[int]).is_empty());
}

/// Interfaces, and what implements them: a class, a value, a class below that implements nothing itself, and one that takes a default away.
const DISPATCH: &str = ".class interface abstract I { .method public newslot abstract virtual instance void M() {} .method public newslot virtual instance void N() { ret } .method public newslot virtual instance void O() { ret } .method public instance void P() { ret } }
.class interface abstract J implements I { .method private final abstract virtual instance void I.N() { .override I::N } }
.class C implements I { .method public newslot virtual instance void M() { ret } .method public newslot virtual final instance void F() { ret } }
.class sealed D extends C {}
.class sealed sequential value V implements I { .field int32 a .method public newslot virtual instance void M() { ret } }
.class sealed sequential value W { .field int32 a }
.class abstract Again implements J { .method public newslot virtual instance void M() { ret } }";

#[test]
fn a_constrained_call_is_direct_where_one_type_decides() {
    let ts = over(DISPATCH);
    let (i, n) = (m(&ts, "I::M"), m(&ts, "I::N"));
    let shown = |of: MethodDesc, on: &str| ts.resolve_constrained(of, t(&ts, on)).map(|m| ts.method_display(m));
    assert_eq!(shown(i, "V").as_deref(), Some("V::M()"));
    assert_eq!(shown(i, "D").as_deref(), Some("C::M()"));
    // A class below could implement it again; a default is called on an object.
    assert_eq!((shown(i, "C"), shown(n, "V")), (None, None));
    // A method of an interface that is not virtual is called on an object too.
    assert_eq!(shown(m(&ts, "I::P"), "C"), None);
    assert_eq!(shown(m(&ts, "C::F"), "C").as_deref(), Some("C::F()"));
    let own = |of: MethodDesc, on: &str| ts.has_own_implementation(of, t(&ts, on));
    assert_eq!([own(i, "V"), own(n, "V"), own(i, "W")], [true, false, false]);
}

#[test]
fn the_target_of_an_interface_method_may_be_its_default() {
    let ts = over(DISPATCH);
    let shown = |of: &str, on: &str| ts.interface_target(m(&ts, of), t(&ts, on)).map(|m| ts.method_display(m));
    assert_eq!(shown("I::M", "D").as_deref(), Some("C::M()"));
    assert_eq!(shown("I::N", "D").as_deref(), Some("I::N()"));
    assert_eq!(shown("I::M", "W"), None);
}

#[test]
fn what_an_interface_makes_abstract_again_is_no_error_of_the_class() {
    let text = format!(
        "{DISPATCH} .class interface abstract K implements I {{ .method private final abstract virtual instance void I.M() {{ .override I::M }} }}
         .class Concrete implements J {{ .method public newslot virtual instance void M() {{ ret }} }}
         .class Said implements K {{}} .class Unsaid implements I {{}}"
    );
    let ts = over(&text);
    assert_eq!(ts.resolve_interface(m(&ts, "I::N"), t(&ts, "Concrete")), Resolved::None);
    let loads = ["Concrete", "Said", "Unsaid"].map(|name| ts.check_type(t(&ts, name)).is_ok());
    assert_eq!(loads, [true, true, false]);
}

#[test]
fn a_method_that_looks_at_its_caller_says_so() {
    let ts = over(".class C { .method static reqsecobj void Looks() { ret } .method static void Plain() { ret } }");
    assert_eq!(["C::Looks", "C::Plain"].map(|name| ts.sees_caller(m(&ts, name))), [true, false]);
}

#[test]
fn slots_of_interfaces_count_their_virtual_methods_in_order() {
    let ts = over(DISPATCH);
    assert_eq!(["I::M", "I::N", "I::O"].map(|name| ts.interface_slot(m(&ts, name))), [0, 1, 2]);
}

#[test]
fn the_dictionary_of_a_generic_class_has_a_slot_of_its_vtable() {
    let ts = over(".class G`1<T> { .method public newslot virtual instance void M() { ret } } .class C extends class G`1<string> {}");
    let slot = ts.dictionary_slot(t(&ts, "G<string>")).expect("a slot");
    let table = ts.vtable(t(&ts, "G`1")).expect("a table");
    assert_eq!(table[slot as usize], VtableEntry::Dictionary(t(&ts, "G`1")));
    assert_eq!(ts.vtable_len(t(&ts, "G`1")), Ok(table.len() as u32));
    assert_eq!(ts.dictionary_slot(t(&ts, "C")), None);
}

#[test]
fn only_a_friend_overrides_what_an_assembly_keeps_to_itself() {
    let base = |friend: &str| {
        format!(".assembly a {{ {friend} }} .class public System.Runtime.CompilerServices.InternalsVisibleToAttribute extends [core]System.Attribute {{ .method public instance void .ctor(string s) {{ ret }} }}
            .class public Base {{ .method assembly strict newslot virtual instance void M() {{ ret }} }}")
    };
    let derived =
        ".assembly b {} .assembly extern a {} .class public Derived extends [a]Base { .method assembly virtual instance void M() { ret } }";
    let visible = ".custom instance void System.Runtime.CompilerServices.InternalsVisibleToAttribute::.ctor(string) = { string(\"b\") }";
    let found = |friend: &str| {
        let ts = together(&[&base(friend), derived]);
        let m = ts.resolve_virtual(m(&ts, "Base::M"), ts.find_type_by_full_name("Derived").expect("Derived"));
        m.map(|m| ts.method_display(m))
    };
    assert!(found("").is_some_and(|name| name.contains("Base")));
    assert!(found(visible).is_some_and(|name| name.contains("Derived")));
}

#[test]
fn a_type_that_an_assembly_forwards_is_found_where_it_is() {
    let facade = ".assembly facade {} .assembly extern b {} .class extern forwarder N.Moved { .assembly extern b }";
    let user = ".assembly user {} .assembly extern facade {} .class public User extends [facade]N.Moved {}";
    let ts = together(&[user, facade, ".assembly b {} .class public N.Moved {}"]);
    let base = ts.base_type(t(&ts, "User")).expect("a base");
    assert_eq!(ts.type_name(base), "[b]N.Moved");
}

#[test]
fn overloads_are_told_apart_by_their_signatures() {
    let text = ".class G`1<T> { .method static void M(int32 a) { ret } .method static void M(!0 a) { ret } }
        .class C { .method static void Use() { ldnull call void class G`1<string>::M(!0) ret } }";
    let ts = over(text);
    let here = ts.modules()[0];
    let resolved = |row: u32| ts.resolve_method(here, Token(0x0A00_0000 + row), &GenericArgs::empty()).ok();
    let found: Vec<String> = (1..4).filter_map(resolved).map(|m| ts.method_display(m)).collect();
    assert_eq!(found, ["G`1<System.String>::M(System.String)"]);
}

#[test]
fn names_for_links_say_the_assembly_and_the_arguments() {
    let ts = over(".class N.G`1<T> { .method static !!0 M<U>(!0 a) { ldnull throw } } .class C { .method static void P() { ret } }");
    assert_eq!(ts.type_name(t(&ts, "N.G<int32[]>")), "[test]N.G`1<System.Int32[]>");
    let named = m(&ts, "N.G<string>::M<int32>");
    assert_eq!(ts.method_name_full(named), "[test]N.G`1<System.String>::M<System.Int32>(!0):!!0");
}

#[test]
fn a_delegate_is_called_by_its_invoke() {
    let ts = over(
        ".class sealed D extends [core]System.MulticastDelegate { .method public instance void .ctor(object o, native int p) runtime managed {} .method public newslot virtual instance void Invoke() runtime managed {} } .class C { .method instance void Invoke() { ret } }",
    );
    assert_eq!(ts.delegate_invoke(t(&ts, "D")), Some(m(&ts, "D::Invoke")));
    assert_eq!(ts.delegate_invoke(t(&ts, "C")), None);
}

#[test]
fn shared_code_is_in_the_terms_of_what_is_known_at_run_time() {
    let ts = over(
        ".class G`1<T> { .field !0 a .field static !0 s .method instance void M() { ret } .method static void N<U>() { ret } } .class C { .method static void M<U>() { ret } }",
    );
    let canonical = ts.canonical_method(m(&ts, "G<string>::M"));
    let context = ts.shared_context(canonical);
    let own = ts.instantiate(t(&ts, "G`1"), &context.type_args);
    let on = |t: TypeDesc, name: &str| ts.find_methods(t, name)[0];
    let determined = [t(&ts, "G<string>"), t(&ts, "G<__Canon>"), own].map(|t| ts.is_runtime_determined(t));
    assert_eq!(determined, [false, false, true]);
    let methods = [m(&ts, "G<string>::M"), canonical, on(own, "M")].map(|m| ts.is_runtime_determined_method(m));
    assert_eq!(methods, [false, false, true]);
    // By the method's own arguments alone.
    let rd = ts.shared_context(ts.canonical_method(m(&ts, "C::M<string>"))).method_args[0];
    assert!(ts.is_runtime_determined_method(ts.instantiate_method(m(&ts, "C::M<string>"), t(&ts, "C"), &[rd])));
    let fields = [t(&ts, "G<string>"), own].map(|t| ts.is_runtime_determined_field(ts.find_field(t, "a").expect("a")));
    assert_eq!(fields, [false, true]);
    let canonical = ts.canonical_field(ts.find_field(t(&ts, "G<string>"), "a").expect("a"));
    assert_eq!(ts.field_owner(canonical), t(&ts, "G<__Canon>"));
}

#[test]
fn what_crosses_goes_both_ways_unless_one_is_asked_for() {
    let ways = |is_in, is_out| ParamMarshal { descriptor: None, is_in, is_out }.ways();
    assert_eq!(
        [ways(false, false), ways(true, true), ways(true, false), ways(false, true)],
        [(true, true), (true, true), (true, false), (false, true)]
    );
}

#[test]
fn locals_say_whether_they_are_pinned() {
    let ts = over(".class C { .method static void M() { .locals init (object a, object pinned b, int32 c) ret } }");
    let locals = ts.local_types(ts.modules()[0], Token(0x1100_0001), &GenericArgs::empty()).expect("a signature");
    assert_eq!(locals.iter().map(|l| l.pinned).collect::<Vec<_>>(), [false, true, false]);
}

#[test]
fn an_added_attribute_is_found_by_its_row_and_class() {
    let ts = over(".class C {} .class D {}");
    let (here, row) = ts.type_def(t(&ts, "C")).expect("a row");
    let other = ts.type_def(t(&ts, "D")).expect("a row").1;
    let added = AddedAttribute { class: "N.A".to_owned(), named: vec![("Name".to_owned(), "x".to_owned())], ..AddedAttribute::default() };
    ts.add_attribute(here, row, added.clone());
    let found = ts.added_attributes(here, row, "N", "A");
    assert_eq!(found.iter().map(|a| (**a).clone()).collect::<Vec<_>>(), [added]);
    assert_eq!((found[0].named("Name"), found[0].named("Other")), (Some("x"), None));
    assert!(ts.added_attributes(here, row, "N", "B").is_empty() && ts.added_attributes(here, row, "M", "A").is_empty());
    assert!(ts.added_attributes(here, other, "N", "A").is_empty());
}
