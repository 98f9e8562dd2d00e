//! Calls in inlined code say which inlined call they are of, as far as traces tell it.

#![forbid(unsafe_code)]

use kiln_importer::{ImportOptions, NoPolicy, import_method};
use kiln_lir::{Inst, ScopeId, print};
use kiln_lower::{LowerOptions, is_never_called, lower_method};
use kiln_metadata::Module;
use kiln_mir::{Scope, SourcePos};
use kiln_testkit::corelib::{method_named, type_named, universe};
use kiln_toolchain::requirements::framework_or_skip;
use kiln_typesys::{MethodDesc, TypeSystem};

/// `Outer` as if its two reads had come from calls of `Get`, and into those from `Read`: IL_0001 and IL_0007 are loads of the field.
const TEXT: &str = ".class C { .field int32 f
  .method static int32 Outer(class C c, class C d) { ldarg.0 ldfld int32 C::f ldarg.1 ldfld int32 C::f add ret }
  .method static int32 Get(class C c) { ldarg.0 call int32 C::Read(class C) ret }
  .method static int32 Read(class C c) { ldarg.0 ldfld int32 C::f ret }
}";

#[test]
fn a_check_throws_in_the_scope_of_its_access() {
    let ts = universe("test.il", TEXT).expect("a universe");
    let method = |name| ts.find_methods(type_named(&ts, "C").expect("C"), name)[0];
    let mut mir = import_method(&ts, method("Outer"), &NoPolicy, &ImportOptions::default()).expect("imports");
    let scope = |name, scope, offset| {
        let call = SourcePos { scope: kiln_mir::ScopeId(scope), offset };
        Scope { callee: method(name), call, this: None }
    };
    // The third has no code, and goes.
    mir.scopes = vec![scope("Get", 0, 1), scope("Read", 1, 1), scope("Get", 0, 3), scope("Get", 0, 7), scope("Read", 4, 1)];
    let mut inner = [2, 5].into_iter();
    for (_, inst, pos) in mir.blocks.iter_mut().flat_map(|b| &mut b.insts) {
        if matches!(inst, kiln_mir::Inst::LoadField { .. }) {
            *pos = SourcePos { scope: kiln_mir::ScopeId(inner.next().expect("two loads")), offset: 1 };
        }
    }
    let f = lower_method(&ts, &mir, &LowerOptions::default()).expect("lowers").remove(0);
    let text = print(&f);
    let scopes: Vec<_> = f.scopes.iter().map(|s| (s.name.as_str(), s.call.scope.0)).collect();
    let (get, read) = ("[test]C::Get([test]C):System.Int32", "[test]C::Read([test]C):System.Int32");
    assert_eq!(scopes, [(get, 0), (read, 1), (get, 0), (read, 3)], "{text}");
    let insts = f.blocks.iter().flat_map(|b| &b.insts);
    let calls: Vec<_> = insts.filter_map(|(_, i)| if let Inst::Call(call) = i { Some(call.flags.scope) } else { None }).collect();
    // Each has a block of its own.
    assert_eq!(calls, [ScopeId(2), ScopeId(4)], "{text}");
}

/// A shared method that makes a value of its own type.
const GENERIC: &str = ".class G`1<T> {
  .method void .ctor() { ldarg.0 call instance void [core]System.Object::.ctor() ret }
  .method static object New() { newobj instance void class G`1<!0>::.ctor() ret }
}
.class C { .method static object Outer() { ldnull ret } }";

#[test]
fn shared_code_in_a_caller_finds_its_types_by_its_own_call() {
    let ts = universe("test.il", GENERIC).expect("a universe");
    let callee = method_named(&ts, "G<string>::New").expect("G<string>::New");
    // `Outer` as if its code had come from a call of `New`, in the terms of all reference types.
    let mut mir = import_method(&ts, ts.canonical_method(callee), &NoPolicy, &ImportOptions::default()).expect("imports");
    mir.method = method_named(&ts, "C::Outer").expect("C::Outer");
    mir.scopes = vec![Scope { callee, call: SourcePos { scope: kiln_mir::ScopeId(0), offset: 0 }, this: None }];
    for (_, _, pos) in mir.blocks.iter_mut().flat_map(|b| &mut b.insts) {
        pos.scope = kiln_mir::ScopeId(1);
    }
    let text = print(&lower_method(&ts, &mir, &LowerOptions::default()).expect("lowers").remove(0));
    assert!(text.contains(r#"addr @constructed_type "mt:[test]G`1<System.String>""#), "{text}");
    assert!(!text.contains("lookup") && !text.contains("mt:[test]G`1<System.__Canon>"), "{text}");
}

/// Methods of CoreLib: the first of that name that takes this many arguments.
fn of_corelib(ts: &TypeSystem, (namespace, name): (&str, &str), method: &str, arguments: usize) -> MethodDesc {
    let owner = ts.find_type(ts.corelib(), namespace, name).expect(name);
    let found = ts.find_methods(owner, method);
    found.into_iter().find(|m| ts.method_sig(*m).is_ok_and(|s| s.params.len() == arguments)).expect(method)
}

#[test]
fn what_dotnet_inlines_ahead_of_time_is_in_no_trace() {
    let Some(framework) = framework_or_skip() else { return };
    let corelib = std::fs::read(framework.dir.join("System.Private.CoreLib.dll")).expect("System.Private.CoreLib.dll");
    let ts = TypeSystem::new(vec![Module::parse(corelib).expect("a module")]).expect("a type system");
    let string = ("System", "String");
    let chars = of_corelib(&ts, string, "get_Chars", 1);
    let least = of_corelib(&ts, string, "IsNullOrEmpty", 1);
    let large = of_corelib(&ts, string, "Replace", 2);
    let asks = of_corelib(&ts, ("System", "ArgumentNullException"), "ThrowIfNull", 2);
    assert!(is_never_called(&ts, chars), "an accessor that is an instruction");
    assert!(!is_never_called(&ts, least) && !is_never_called(&ts, large) && !is_never_called(&ts, asks));
    // `StartsWith` as if its first call had come from a call of each.
    let outer = of_corelib(&ts, string, "StartsWith", 1);
    let told = |callee| {
        let mut mir = import_method(&ts, outer, &NoPolicy, &ImportOptions::default()).expect("imports");
        mir.scopes = vec![Scope { callee, call: SourcePos { scope: kiln_mir::ScopeId(0), offset: 0 }, this: None }];
        for (_, _, pos) in mir.blocks.iter_mut().flat_map(|b| &mut b.insts) {
            pos.scope = kiln_mir::ScopeId(1);
        }
        lower_method(&ts, &mir, &LowerOptions::default()).expect("lowers").remove(0).scopes.len()
    };
    assert_eq!([chars, least, large].map(told), [0, 0, 1]);
}
