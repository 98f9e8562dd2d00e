//! Properties of single units: attributes, errors, determinism.

#[path = "support/build.rs"]
mod build;

use build::Fb;
use kiln_codegen::{CodegenError, CodegenOptions, OptLevel, Unit, compile_unit, emit_llvm_ir};
use kiln_lir::*;

fn options(opt: OptLevel) -> CodegenOptions {
    CodegenOptions { opt, verify: true, ..CodegenOptions::default() }
}

fn add_one() -> Function {
    let (mut b, p) = Fb::new("add_one", &[LTy::I64], LTy::I64);
    let one = b.c(1);
    let v = b.add(p[0], one);
    b.ret(v);
    b.f
}

fn caller() -> Function {
    let (mut b, p) = Fb::new("caller", &[LTy::I64], LTy::I64);
    let v = b.call("add_one", &[LTy::I64], LTy::I64, &[p[0]], None);
    b.ret(v);
    b.f
}

#[test]
fn objects_are_deterministic() {
    let (callee, caller) = (add_one(), caller());
    let unit = Unit { name: "u", functions: vec![&callee, &caller] };
    let once = compile_unit(&unit, &options(OptLevel::O2)).expect("compiles");
    // Also on several threads at a time.
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(once, compile_unit(&unit, &options(OptLevel::O2)).expect("compiles")));
        }
    });
}

#[test]
fn readonly_leaf_calls_only_read() {
    let (mut b, p) = Fb::new("f", &[LTy::Ref], LTy::Ref);
    let mut call = Fb::call_inst("RhpIsInstance", &[LTy::Ref], LTy::Ref, &[p[0]], None);
    if let Inst::Call(call) = &mut call {
        call.flags.leaf = true;
        call.flags.readonly = true;
    }
    let v = b.i(LTy::Ref, call);
    b.ret(v);
    let unit = Unit { name: "u", functions: vec![&b.f] };
    let text = emit_llvm_ir(&unit, &options(OptLevel::O0), false).expect("emits");
    assert!(text.contains("memory(read)"), "{text}");
}

#[test]
fn errors_name_the_function_and_the_place() {
    let (mut b, p) = Fb::new("f", &[LTy::I32], LTy::I64);
    let v = b.add(p[0], p[0]);
    b.ret(v);
    let unit = Unit { name: "u", functions: vec![&b.f] };
    let error = compile_unit(&unit, &options(OptLevel::O0)).expect_err("types do not fit");
    assert_eq!(error, CodegenError::Malformed { function: "f".to_owned(), what: "bb0: instruction 0: v0 is I32, not I64".to_owned() });
    let twice = add_one();
    let unit = Unit { name: "u", functions: vec![&twice, &twice] };
    assert!(compile_unit(&unit, &options(OptLevel::O0)).is_err());
}

#[test]
fn references_in_structs_are_reported_from_the_frame() {
    // The slot's address escapes, so it stays in memory and its two references are roots of the second call.
    let (mut b, p) = Fb::new("f", &[LTy::Ref], LTy::Void);
    let slot = b.slot(40, &[8, 32], None, false);
    b.e(Inst::ZeroSlot { slot, offset: 0, size: 40 });
    let at = b.slot_addr(slot);
    b.store(LTy::Ref, at, 8, p[0]);
    b.call_void("fill", &[LTy::Ptr], &[at], None);
    b.end(Term::Return(None));
    let unit = Unit { name: "u", functions: vec![&b.f] };
    for opt in [OptLevel::O0, OptLevel::O1, OptLevel::O2, OptLevel::Size] {
        let compiled = compile_unit(&unit, &options(opt)).expect("compiles");
        let slots = &compiled.gc[0].sites[0].slots;
        assert_eq!(slots.len(), 2, "{opt:?}: {slots:?}");
        assert_eq!(slots[1].offset - slots[0].offset, 24);
    }
    let text = emit_llvm_ir(&unit, &options(OptLevel::O2), true).expect("emits");
    // The word that is stored before the first call is not zeroed as well; the other one is.
    assert_eq!(text.matches("store ptr addrspace(1) null").count(), 1, "{text}");
}

/// Calls of `other` at the places that the text says, in a function and two calls inlined into it.
const INLINED: &str = r#"
function @method "caller"(v0: i64) -> void {
  sc1 = @method "callee" in sc0 SOURCE
  sc2 = @method "inner" in sc1
bb0():
  v1: i64 = const.i64 0
  v2: i1 = icmp eq.i64 v0, v1
  branch v2, bb1, bb2
bb1():
  call.void @native "other"() sc2
  jump bb3
bb2():
  call.void @native "other"() sc1
  jump bb3
bb3():
  call.void @native "other"()
  return
LINES
}
"#;

fn places(text: &str, opt: OptLevel) -> Vec<(u32, u32)> {
    let functions = text::parse(text, &mut text::Numbered::default()).expect("parses");
    let compiled = compile_unit(&Unit { name: "u", functions: vec![&functions[0]] }, &options(opt)).expect("compiles");
    let [function] = compiled.gc.as_slice() else { panic!("one function has sites") };
    function.sites.iter().map(|s| (s.place.scope, s.place.line)).collect()
}

#[test]
fn calls_of_inlined_code_know_whose_they_are() {
    let plain = INLINED.replace("SOURCE", "").replace("LINES", "");
    let lines = "  source \"N.Caller\" line 20 in [\"/src/a.cs\"]\n  line bb2 0 = 0:8:1 sc1\n  line bb3 0 = 0:23:1";
    let described = INLINED.replace("SOURCE", "source \"N.Callee\" 0:7:1 call 0:21:1").replace("LINES", lines);
    for opt in [OptLevel::O0, OptLevel::O1, OptLevel::O2, OptLevel::Size] {
        let mut all = places(&plain, opt);
        all.sort_unstable();
        // Two calls of one function that follow the same branch are not made one.
        assert_eq!(all, [(0, 0), (1, 0), (2, 0)], "{opt:?}");
        let mut all = places(&described, opt);
        all.sort_unstable();
        assert_eq!(all, [(0, 23), (1, 8), (2, 0)], "{opt:?}");
    }
    let functions = text::parse(&described, &mut text::Numbered::default()).expect("parses");
    let unit = Unit { name: "u", functions: vec![&functions[0]] };
    let text = emit_llvm_ir(&unit, &options(OptLevel::O2), true).expect("compiles");
    assert!(text.contains("!DISubprogram(name: \"N.Callee\"") && text.contains("inlinedAt:"), "{text}");
}

#[test]
fn a_unit_without_source_has_no_debug_information() {
    let compiled = compile_unit(&Unit { name: "u", functions: vec![&caller()] }, &options(OptLevel::O2)).expect("compiles");
    assert!(compiled.gc.iter().flat_map(|f| &f.sites).all(|s| s.place == Default::default()));
    assert!(!compiled.object.windows(7).any(|w| w == b".debug_"));
}

/// A function of many branches, with a loop around them.
fn branches(count: i64) -> Function {
    let (mut b, p) = Fb::new("branches", &[LTy::I64, LTy::I64], LTy::I64);
    let mut value = p[0];
    for i in 0..count {
        let (then, join) = (b.block(&[]), b.block(&[LTy::I64]));
        let merged = b.param(join, 0);
        let number = b.c(i);
        let is = b.cmp(IntCond::Eq, LTy::I64, value, number);
        b.end(Term::Branch { cond: is, then_to: (then, vec![]), else_to: (join, vec![value]), likely: None });
        b.go(then);
        let more = b.add(value, p[1]);
        b.jump(join, &[more]);
        b.go(join);
        value = merged;
    }
    b.ret(value);
    b.f
}

#[test]
fn an_outsized_function_is_compiled_as_without_optimisation() {
    let compiled = |count, opt| {
        let f = branches(count);
        let unit = Unit { name: "u", functions: vec![&f] };
        compile_unit(&unit, &CodegenOptions { verify: false, ..options(opt) }).expect("compiles")
    };
    assert_ne!(compiled(20, OptLevel::O2).object, compiled(20, OptLevel::O0).object);
    let start = std::time::Instant::now();
    assert_eq!(compiled(60_000, OptLevel::O2).object, compiled(60_000, OptLevel::O0).object);
    assert!(start.elapsed().as_secs() < 120, "{:?}", start.elapsed());
}
