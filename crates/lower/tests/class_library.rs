//! Lowers CoreLib and all code it refers to, without a closed world: every function obeys LIR's rules, and its text reads back to it.

#![forbid(unsafe_code)]

use kiln_importer::{ImportErrorKind, ImportOptions, NoPolicy, import_method};
use kiln_lir::text::{Names, Numbered, parse, print};
use kiln_lir::{Function, LTy, ProgramStub, Sym, SymKind, ValueId, verify};
use kiln_lower::{LowerOptions, is_stub_method, lower_method, lower_stub};
use kiln_metadata::Module;
use kiln_support::{FxHashSet, FxIndexSet};
use kiln_toolchain::requirements::framework_or_skip;
use kiln_typesys::{TypeKind, TypeSystem, WellKnown};

fn corelib() -> Option<TypeSystem> {
    let file = framework_or_skip()?.dir.join("System.Private.CoreLib.dll");
    let module = Module::parse(std::fs::read(file).expect("System.Private.CoreLib.dll")).expect("a module");
    Some(TypeSystem::new(vec![module]).expect("a type system"))
}

/// Every method that has code without arguments for its type parameters.
fn roots(ts: &TypeSystem) -> FxIndexSet<Sym> {
    let mut roots = FxIndexSet::default();
    for t in kiln_importer::check::types_of(ts, ts.corelib()) {
        if !matches!(ts.kind(t), TypeKind::Def { .. }) || ts.is_generic(t) {
            continue;
        }
        for &m in ts.methods(t).iter().filter(|m| ts.method_generic_count(**m) == 0 && !ts.is_abstract_method(**m)) {
            roots.insert(Sym::Method(m));
        }
    }
    roots.extend([ProgramStub::CreateException, ProgramStub::CreateTypeInitException].map(Sym::ProgramStub));
    roots.insert(Sym::ThrowStub("text".to_owned()));
    roots
}

/// The functions of a symbol: none for data, and none for the two methods with an instruction that is not supported.
fn code(ts: &TypeSystem, sym: &Sym) -> Vec<Function> {
    let opts = LowerOptions::default();
    match sym.kind() {
        SymKind::Method => {}
        SymKind::MethodEntry
        | SymKind::UnboxingStub
        | SymKind::DelegateShuffle
        | SymKind::DelegateMulticast
        | SymKind::VirtualCall
        | SymKind::UnmanagedEntry
        | SymKind::DelegateEntry
        | SymKind::DelegateNative
        | SymKind::DelegateObjects
        | SymKind::ProxyMethod
        | SymKind::Invoker
        | SymKind::ThrowStub
        | SymKind::ProgramStub => return vec![lower_stub(ts, sym, &opts).unwrap_or_else(|e| panic!("{sym:?}: {e}"))],
        _ => return Vec::new(),
    }
    let Sym::Method(m) = *sym else { return Vec::new() };
    if is_stub_method(ts, m) {
        return vec![lower_stub(ts, sym, &opts).unwrap_or_else(|e| panic!("{}: {e}", ts.method_display(m)))];
    }
    match import_method(ts, m, &NoPolicy, &ImportOptions::default()) {
        Ok(mir) => lower_method(ts, &mir, &opts).unwrap_or_else(|e| panic!("{}: {e}", ts.method_display(m))),
        Err(e) if matches!(e.kind, ImportErrorKind::Unsupported(_)) && ts.method_owner(m) == ts.well_known(WellKnown::TypedReference) => {
            Vec::new()
        }
        Err(e) => panic!("{}: {e}", ts.method_display(m)),
    }
}

/// A function with what its text does not hold left out; that is also the types of numbers that stand for no value.
fn written(f: &Function) -> Function {
    let mut f = Function { deps: Vec::new(), origins: Vec::new(), ..f.clone() };
    let params = f.params.iter().chain(f.blocks.iter().flat_map(|b| &b.params)).map(|p| p.0);
    let results = f.blocks.iter().flat_map(|b| &b.insts).flat_map(|i| &i.0).copied();
    let defined: FxHashSet<_> = params.chain(results).collect();
    for (_, ty) in f.value_types.iter_mut().enumerate().filter(|(index, _)| !defined.contains(&ValueId::new(*index))) {
        *ty = LTy::Void;
    }
    f.value_types.truncate(f.value_types.iter().rposition(|t| *t != LTy::Void).map_or(0, |last| last + 1));
    f
}

#[test]
fn every_function_obeys_the_rules_and_reads_back_from_its_text() {
    let Some(ts) = corelib() else { return };
    let mut work = roots(&ts);
    let (mut functions, mut at) = (0, 0);
    while let Some(sym) = work.get_index(at).cloned() {
        at += 1;
        for f in code(&ts, &sym) {
            functions += 1;
            verify(&f).unwrap_or_else(|e| panic!("{e}\n{}", print(&f)));
            let text = print(&f);
            let back = parse(&text, &mut Names::of([&f])).unwrap_or_else(|e| panic!("{e}\n{text}"));
            assert!(back == [written(&f)], "{text}\nreads back as\n{}", print(&back[0]));
            // Without anybody who knows the symbols it is the same text again.
            let alone = parse(&text, &mut Numbered::default()).unwrap_or_else(|e| panic!("{e}\n{text}"));
            assert_eq!(print(&alone[0]), text);
            verify(&alone[0]).unwrap_or_else(|e| panic!("{e}\n{text}"));
            work.extend(f.sym_names.into_iter().map(|n| n.0));
        }
    }
    assert!(functions > 30_000, "{functions} functions");
}

#[test]
fn what_the_compiled_class_library_never_calls_is_in_no_trace() {
    let Some(ts) = corelib() else { return };
    let never = |class: &str, method: &str| {
        let t = ts.find_type_by_full_name(class).expect("a class of the class library");
        let found = ts.find_methods(t, method);
        assert!(!found.is_empty(), "{class} has no {method}");
        found.into_iter().all(|m| kiln_lower::is_never_called(&ts, m))
    };
    assert!(never("System.Span`1", "get_Item") && never("System.String", "get_Length"), "accessors that are instructions");
    assert!(never("System.Numerics.BitOperations", "PopCount"), "it asks to be inlined");
    assert!(!never("System.Object", "ToString"));
}
