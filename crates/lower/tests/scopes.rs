//! Calls in inlined code say which inlined call they are of, as far as traces tell it.

#![forbid(unsafe_code)]

use kiln_importer::{ImportOptions, NoPolicy, import_method};
use kiln_lir::{Inst, ScopeId, print};
use kiln_lower::{LowerOptions, lower_method};
use kiln_mir::{Scope, SourcePos};
use kiln_testkit::corelib::{type_named, universe};

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
