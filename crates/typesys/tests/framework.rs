//! Checks against the real class library (`kiln_toolchain::find_framework`).

#![forbid(unsafe_code)]

use kiln_metadata::Module;
use kiln_toolchain::requirements::framework_or_skip;
use kiln_typesys::{AbiClass, GenericArgs, HiddenParam, Resolved, TypeDesc, TypeKind, TypeSystem, VtableEntry, WellKnown, check};
use std::sync::OnceLock;

/// A universe over all assemblies of the class library. Their images are read once; what is asked is answered anew in every test.
fn framework() -> Option<TypeSystem> {
    static MODULES: OnceLock<Vec<Module>> = OnceLock::new();
    let framework = framework_or_skip()?;
    let read = || {
        let files = framework.assemblies().expect("the folder can be read");
        // Native libraries are in the folder as well.
        files.into_iter().filter_map(|file| Module::parse(std::fs::read(file).expect("a file")).ok()).collect()
    };
    Some(TypeSystem::new(MODULES.get_or_init(read).clone()).expect("a universe"))
}

fn find(ts: &TypeSystem, name: &str) -> TypeDesc {
    ts.find_type_by_full_name(name).unwrap_or_else(|| panic!("{name} is missing"))
}

#[test]
fn everything_loads() {
    let Some(ts) = framework() else { return };
    let mut report = check::CheckReport::default();
    check::check_types(&ts, &mut report);
    assert!(report.types > 1000 && report.tokens > 100_000, "{report:?}");
    assert_eq!(report.failures, Vec::<String>::new());
}

#[test]
fn layouts_the_runtime_relies_on() {
    let Some(ts) = framework() else { return };
    let at = |t: &str, f: &str| ts.field_offset(ts.find_field(find(&ts, t), f).unwrap()).unwrap();
    assert_eq!(at("System.String", "_stringLength"), 8);
    assert_eq!(at("System.String", "_firstChar"), 12);
    assert_eq!(at("System.Exception", "_message"), 16);
    assert_eq!(at("System.Exception", "_HResult"), 108);
    assert_eq!(at("System.Delegate", "_methodPtr"), 24);
    assert_eq!(at("System.MulticastDelegate", "_invocationCount"), 48);
    assert_eq!(ts.base_size(find(&ts, "System.String")), Ok(22));
    assert_eq!(ts.value_size(find(&ts, "System.Int128")), Ok((16, 16)));
    assert_eq!(ts.value_size(find(&ts, "System.Decimal")), Ok((16, 8)));
    let string = ts.well_known(WellKnown::String);
    let span = ts.instantiate(find(&ts, "System.Span`1"), &[string]);
    assert!(matches!(ts.abi_class(span), Ok(AbiClass::Scalars(l)) if l[0].0 == 0 && l[1].0 == 8));
    assert_eq!(ts.abi_class(find(&ts, "System.Guid")), Ok(AbiClass::Memory));
    assert_eq!(ts.layout(span).unwrap().refs, [0]);
}

#[test]
fn canonical_forms() {
    let Some(ts) = framework() else { return };
    let (string, int, canon) = (ts.well_known(WellKnown::String), ts.well_known(WellKnown::Int32), ts.well_known(WellKnown::Canon));
    let dictionary = find(&ts, "System.Collections.Generic.Dictionary`2");
    let exact = ts.instantiate(dictionary, &[string, int]);
    let shared = ts.canonical_type(exact);
    assert_eq!(shared, ts.instantiate(dictionary, &[canon, int]));
    assert_eq!(ts.canonical_type(ts.sz_array(string)), ts.sz_array(canon));
    assert_eq!(ts.canonical_type(string), string);
    let add = ts.find_method(shared, "Add", 2).unwrap();
    assert!(ts.is_shared_method(add));
    assert_eq!(ts.hidden_param(add), HiddenParam::None);
    let context = ts.shared_context(add);
    assert!(matches!(ts.kind(context.type_args[0]), TypeKind::RuntimeDetermined { canon: c, .. } if c == canon));
    assert_eq!(context.type_args[1], int);
    // Tokens of shared code become exact again when a dictionary is built.
    let symbolic = ts.substitute(ts.sz_array(ts.intern(TypeKind::Var(0))), &context);
    assert!(ts.is_runtime_determined(symbolic));
    assert_eq!(ts.substitute(symbolic, &GenericArgs::new(&[string, int], &[])), ts.sz_array(string));
    assert_eq!(ts.canonical_type(symbolic), ts.sz_array(canon));
}

#[test]
fn dictionaries_keep_their_slot_in_derived_classes() {
    let Some(ts) = framework() else { return };
    let base = find(&ts, "System.Collections.Generic.EqualityComparer`1");
    let derived = find(&ts, "System.Collections.Generic.GenericEqualityComparer`1");
    let int = ts.well_known(WellKnown::Int32);
    let table = ts.vtable(ts.instantiate(derived, &[int])).unwrap();
    let slot = ts.dictionary_slot(base).unwrap() as usize;
    assert_eq!(table[slot], VtableEntry::Dictionary(ts.instantiate(base, &[int])));
    let own = ts.dictionary_slot(derived).unwrap() as usize;
    assert_eq!(own, ts.vtable_len(base).unwrap() as usize);
    assert_eq!(table[own], VtableEntry::Dictionary(ts.instantiate(derived, &[int])));
}

#[test]
fn dispatch_and_casts() {
    let Some(ts) = framework() else { return };
    let (string, object, int) = (ts.well_known(WellKnown::String), ts.well_known(WellKnown::Object), ts.well_known(WellKnown::Int32));
    let enumerable = find(&ts, "System.Collections.Generic.IEnumerable`1");
    let of = |t| ts.instantiate(enumerable, &[t]);
    let strings = ts.sz_array(string);
    assert!(ts.can_cast_to(strings, of(object)) && ts.can_cast_to(of(string), of(object)));
    assert!(!ts.can_cast_to(of(object), of(string)) && !ts.can_cast_to(ts.sz_array(int), of(object)));
    assert!(ts.can_cast_to(ts.sz_array(int), ts.sz_array(ts.well_known(WellKnown::UInt32))));
    let get = ts.find_method(of(string), "GetEnumerator", 0).unwrap();
    let Resolved::Method(helper) = ts.resolve_interface(get, strings) else { panic!() };
    assert_eq!(ts.method_owner(helper), ts.well_known(WellKnown::SzArrayHelper));
    assert_eq!(&ts.method_args(helper)[..], [string]);
    let to_string = ts.find_method(object, "ToString", 0).unwrap();
    assert_eq!(ts.method_owner(ts.resolve_constrained(to_string, int).unwrap()), int);
    let get_type = ts.find_method(object, "GetType", 0).unwrap();
    assert_eq!(ts.resolve_constrained(get_type, int), None);
    assert_eq!(ts.fcall_name(get_type), "System.Object::GetType():System.Type");
}
