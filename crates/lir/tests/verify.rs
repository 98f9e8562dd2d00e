//! Every rule of LIR has a function that breaks it, and nothing else.

#![forbid(unsafe_code)]

use kiln_lir::text::{Numbered, parse};
use kiln_lir::*;

fn function(text: &str) -> Function {
    let mut functions = parse(text, &mut Numbered::default()).unwrap_or_else(|e| panic!("{e}\n{text}"));
    assert_eq!(functions.len(), 1, "{text}");
    functions.remove(0)
}

/// A function of one of each parameter over a body.
fn over(body: &str) -> String {
    format!(
        "function @method \"f\"(v0: i32, v1: ref, v2: ptr, v3: i64, v4: f32, v5: i1) -> i32 {{\n  ss0 = slot 8 align 8 refs [0] ref \"s\"\n\
         bb0():\n{body}\n}}\n"
    )
}

fn slot(slot: &str) -> String {
    format!("function @method \"f\"() -> void {{\n  ss0 = {slot}\nbb0():\n  return\n}}\n")
}

/// Texts that break a rule, by rule. What no text can say is in `broken_by_hand`.
#[expect(clippy::too_many_lines, reason = "a table, a rule an entry")]
fn broken() -> Vec<(Rule, Vec<String>)> {
    let bodies = |bodies: &[&str]| bodies.iter().map(|b| over(b)).collect();
    // A value that is defined, then the end.
    let lines = |lines: &[&str]| lines.iter().map(|l| over(&format!("  {l}\n  return v0"))).collect();
    vec![
        (Rule::HasBlocks, vec!["function @method \"f\"() -> void {\n}".to_owned()]),
        (
            Rule::PlainEntry,
            vec![
                "function @method \"f\"() -> void {\nbb0(v0: i32):\n  return\n}".to_owned(),
                "function @method \"f\"() -> void {\nbb0() pad [cleanup]:\n  return\n}".to_owned(),
            ],
        ),
        (Rule::PadWithoutParameters, bodies(&["  return v0\nbb1(v6: i32) pad [cleanup]:\n  return v0"])),
        (Rule::SlotAlignment, vec![slot("slot 8 align 12 \"s\""), slot("slot 8 align 0 \"s\"")]),
        (
            Rule::SlotReferences,
            ["[4]", "[16]", "[8, 0]", "[0, 0]", "[4294967288]"].map(|r| slot(&format!("slot 16 align 8 refs {r} \"s\""))).to_vec(),
        ),
        (
            Rule::SlotScalar,
            vec![
                slot("slot 8 align 8 i32 \"s\""),
                slot("slot 8 align 8 ref \"s\""),
                slot("slot 8 align 8 refs [0] i64 \"s\""),
                slot("slot 1 align 1 i1 \"s\""),
            ],
        ),
        (Rule::PinnedSlot, vec![slot("slot 8 align 8 pinned i64 \"s\""), slot("slot 16 align 8 refs [0, 8] pinned \"s\"")]),
        (Rule::ResultCount, lines(&["const.i32 1", "v6: i32 = fence", "v6: i32 = add_ovf.i32 v0, v0", "v6: i32 = call.void @RhpResume()"])),
        (Rule::DefinedOnce, bodies(&["  v0: i32 = const.i32 1\n  return v0", "  jump bb1(v0)\nbb1(v0: i32):\n  return v0"])),
        (Rule::DeclaredType, lines(&["v6: i64 = const.i32 1", "v6: i64 = icmp eq.i32 v0, v0", "v6: i64 = lea [v1+8]"])),
        (Rule::Defined, lines(&["v6: i32 = add.i32 v0, v9", "store.i32 [v9], v0"])),
        (
            Rule::Dominance,
            bodies(&[
                "  v6: i32 = add.i32 v7, v0\n  v7: i32 = const.i32 1\n  return v6",
                "  branch v5, bb1, bb2\nbb1():\n  v6: i32 = const.i32 1\n  jump bb2\nbb2():\n  return v6",
                // The result of a call that throws, and what follows it, are not there in the landing pad.
                "  v6: i32 = call.i32 @method \"g\"() unwind bb1\n  return v6\nbb1() pad [cleanup]:\n  return v6",
                "  call.void @method \"g\"() unwind bb1\n  v6: i32 = const.i32 1\n  return v6\nbb1() pad [cleanup]:\n  return v6",
            ]),
        ),
        (
            Rule::OperandType,
            lines(&[
                "v6: i32 = add.i32 v0, v3",
                "store.i64 [v1], v0",
                "v6: i32 = select.i32 v0, v0, v0",
                "memset v2, v0, v3",
                "v6: i64 = cast sext i32 -> i64 v3",
                "v6: ptr = lea [v2 + v0*4]",
                "call.void @method \"g\"(v0: i64)",
                "v6: ref = ptr_to_ref v3",
            ]),
        ),
        (
            Rule::Address,
            lines(&["v6: i32 = load.i32 [v0]", "memmove v4, v1, v3", "v6: i32 = lea [v0+1]", "v6: i64 = atomic add.i64 [v0], v3"]),
        ),
        (Rule::SlotRange, lines(&["v6: ptr = slot ss1", "v6: ptr = slot ss0+8", "zero ss0+4, 8", "zero ss0+4294967295, 4294967295"])),
        (Rule::MemoryType, lines(&["v6: i1 = load.i1 [v1]", "store.i1 [v1], v5", "v6: i1 = atomic or.i1 [v1], v5"])),
        (Rule::AccessAlignment, lines(&["v6: i32 = load.i32 [v1] align 3", "store.i32 [v1], v0 align 6"])),
        (
            Rule::IntegerOperation,
            lines(&[
                "v6: f32 = add.f32 v4, v4",
                "v6: ref = sub.ref v1, v1",
                "v6: f32 = neg.f32 v4",
                "v6: i1 = icmp eq.f32 v4, v4",
                "v6: f32, v7: i1 = add_ovf.f32 v4, v4",
                "v6: ref = atomic xchg.ref [v1], v1",
                "v6: ptr = cas.ptr [v1], v2, v2",
            ]),
        ),
        (
            Rule::FloatOperation,
            lines(&["v6: i32 = fadd.i32 v0, v0", "v6: i32 = fneg.i32 v0", "v6: i32 = math sqrt.i32 v0", "v6: i1 = fcmp oeq.i32 v0, v0"]),
        ),
        (Rule::CheckedOperation, lines(&["v6: i32, v7: i1 = sdiv_ovf.i32 v0, v0", "v6: i32, v7: i1 = xor_ovf_un.i32 v0, v0"])),
        (Rule::MathArguments, lines(&["v6: f32 = math sqrt.f32 v4, v4", "v6: f32 = math pow.f32 v4", "v6: f32 = math fma.f32 v4, v4"])),
        (Rule::VectorOperands, lines(&["v6: i32 = vector \"popcount i32 i32\"(v0, v0)"])),
        (
            Rule::CastTypes,
            lines(&[
                "v6: i64 = cast trunc i32 -> i64 v0",
                "v6: i32 = cast zext i64 -> i32 v3",
                "v6: f32 = cast sext i32 -> f32 v0",
                "v6: i32 = cast fpext f32 -> i32 v4",
                "v6: i32 = cast sitofp i32 -> i32 v0",
                "v6: f32 = cast fptosi_sat f32 -> f32 v4",
                "v6: i64 = cast bitcast ref -> i64 v1",
                "v6: f64 = cast bitcast i32 -> f64 v0",
            ]),
        ),
        (Rule::ValueType, lines(&["v6: void = load.void [v1]", "v6: void = cast bitcast void -> void v0"])),
        (Rule::CallThrough, lines(&["call.void *v0()", "call.void *v1()"])),
        (
            Rule::SignatureType,
            lines(&[
                "call.void @method \"g\"(v5: i1)",
                "v6: i8 = call.i8 @method \"g\"()",
                "v6: i32, v7: i1 = call.i32+i1 @native \"g\"() native",
            ]),
        ),
        (Rule::MoreResults, lines(&["v6: i32, v7: i32 = call.i32+i32 @method \"g\"()", "call.void+i32 @native \"g\"() native"])),
        (
            Rule::ResultAddress,
            vec![
                over("  call.void @native \"g\"() native sret\n  return v0"),
                over("  call.void @native \"g\"(v3: i64) native sret\n  return v0"),
                over("  call.void @method \"g\"(v2: ptr) sret\n  return v0"),
                "function @unmanaged_entry \"f\"() -> void sret {\nbb0():\n  return\n}".to_owned(),
                "function @unmanaged_entry \"f\"(v0: ref) -> void sret {\nbb0():\n  return\n}".to_owned(),
            ],
        ),
        (Rule::LeafUnwind, bodies(&["  call.void @method \"g\"() leaf unwind bb1\n  return v0\nbb1() pad [cleanup]:\n  return v0"])),
        (
            Rule::TailCall,
            vec![
                over(
                    "  v6: i32 = call.i32 @method \"g\"(v0: i32, v0: i32, v0: i32, v0: i32, v0: i32, v0: i32, v0: i32, v0: i32, v0: i32) tail\n  return v6",
                ),
                "function @method \"f\"(v0: i32) -> void {\nbb0():\n  v1: i32 = call.i32 @method \"g\"(v0: i32) tail\n  return\n}"
                    .to_owned(),
                "function @method \"f\"(v0: i32) -> void {\nbb0():\n  call.void @method \"g\"(v0: i32) leaf tail\n  return\n}".to_owned(),
            ],
        ),
        (
            Rule::UnwindTarget,
            bodies(&[
                "  call.void @method \"g\"() unwind bb1\n  return v0\nbb1():\n  return v0",
                "  call.void @method \"g\"() unwind bb7\n  return v0",
            ]),
        ),
        (Rule::JumpTarget, bodies(&["  jump bb7", "  branch v5, bb0, bb7", "  switch v0 [] else bb7", "  switch v0 [1: bb7] else bb0"])),
        (Rule::JumpToPad, bodies(&["  jump bb1\nbb1() pad [cleanup]:\n  return v0", "  branch v5, bb1, bb1\nbb1() pad []:\n  return v0"])),
        (
            Rule::JumpArguments,
            bodies(&["  jump bb1\nbb1(v6: i32):\n  return v0", "  jump bb0(v0)", "  switch v0 [] else bb1\nbb1(v6: i32):\n  return v0"]),
        ),
        (Rule::SwitchType, bodies(&["  switch v5 [] else bb0", "  switch v1 [0: bb0] else bb0"])),
        (Rule::ReturnValue, vec![over("  return"), "function @method \"f\"(v0: i32) -> void {\nbb0():\n  return v0\n}".to_owned()]),
        (
            Rule::LineMarks,
            [
                "in [\"a\"]\n  line bb1 0 = 0:1:1",
                "in [\"a\"]\n  line bb0 0 = 1:1:1",
                "in [\"a\"]\n  line bb0 1 = 0:1:1\n  line bb0 0 = 0:1:1",
                "in []",
                "in [\"a\"]\n  line bb0 0 = 0:1:1 sc1",
            ]
            .map(|lines| over(&format!("  return v0\n  source \"f\" line 1 {lines}")))
            .to_vec(),
        ),
        (
            Rule::Scope,
            vec![
                over("  call.void @method \"g\"() sc1\n  return v0"),
                "function @method \"f\"() -> void {\n  sc1 = @method \"g\" in sc1\nbb0():\n  return\n}".to_owned(),
            ],
        ),
    ]
}

/// What no text says: values without a type, arguments without a parameter, symbols without a name, integer constants of another type.
fn broken_by_hand() -> Vec<(Rule, Function)> {
    let with = |body: &str, change: &dyn Fn(&mut Function)| {
        let mut f = function(&over(body));
        change(&mut f);
        f
    };
    let constant = |ty| {
        with("  v6: f32 = const.f32 0x0\n  return v0", &move |f: &mut Function| {
            f.blocks[0].insts[0].1 = Inst::IConst(ty, 0);
        })
    };
    vec![
        (Rule::TypedValue, with("  v6: i32 = const.i32 1\n  return v0", &|f| f.value_types.truncate(6))),
        (
            Rule::ArgumentCount,
            with("  call.void @method \"g\"(v0: i32)\n  return v0", &|f| {
                if let Inst::Call(call) = &mut f.blocks[0].insts[0].1 {
                    call.params.clear();
                }
            }),
        ),
        (Rule::SymbolName, with("  v6: ptr = addr @method \"g\"\n  return v0", &|f| f.sym_names.clear())),
        (Rule::SymbolName, with("  return v0\nbb1() pad [catch @necessary_type \"E\"]:\n  return v0", &|f| f.sym_names.clear())),
        (Rule::ConstantType, constant(LTy::F32)),
    ]
}

#[test]
fn a_function_that_breaks_one_rule_is_refused_by_its_name() {
    for (rule, texts) in broken() {
        for text in texts {
            let violation = verify(&function(&text)).expect_err(&text);
            assert_eq!(violation.rule, rule, "{violation}\n{text}");
        }
    }
    for (rule, f) in broken_by_hand() {
        let violation = verify(&f).expect_err("it breaks a rule");
        assert_eq!(violation.rule, rule, "{violation}");
    }
}

#[test]
fn every_rule_is_broken_by_a_test() {
    let (texts, by_hand) = (broken(), broken_by_hand());
    let tried: Vec<Rule> = texts.iter().map(|b| b.0).chain(by_hand.iter().map(|b| b.0)).collect();
    let missing: Vec<_> = Rule::ALL.iter().filter(|rule| !tried.contains(rule)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn what_obeys_the_rules_is_accepted() {
    for body in [
        // Operands of a call that unwinds are there in the landing pad; so is what came before it.
        "  v6: i32 = const.i32 1\n  v7: i32 = call.i32 @method \"g\"(v6: i32) unwind bb1\n  return v7\nbb1() pad [cleanup]:\n  return v6",
        // After both ways of a branch, what came before it; and around a loop.
        "  v6: i32 = const.i32 1\n  branch v5, bb1, bb2\nbb1():\n  jump bb2\nbb2():\n  branch v5, bb1, bb3\nbb3():\n  return v6",
        // Code that is not reached may use what is not there.
        "  return v0\nbb1():\n  return v6\nbb2():\n  v6: i32 = const.i32 1\n  jump bb1",
        // The result of one call is an operand of the next, with the same landing pad.
        "  v6: i32 = call.i32 @method \"g\"() unwind bb1\n  v7: i32 = call.i32 @method \"g\"(v6: i32) unwind bb1\n  return v7\nbb1() pad []:\n  return v0",
    ] {
        assert_eq!(verify(&function(&over(body))), Ok(()), "{body}");
    }
}

#[test]
fn a_violation_says_function_place_and_rule() {
    let violation = verify(&function(&over("  v6: i32 = const.i32 1\n  v7: i32 = add.i32 v6, v3\n  return v7"))).expect_err("broken");
    assert_eq!(violation.place, Some(Place { block: BlockId::new(0), inst: 1 }));
    assert_eq!(violation.to_string(), "f: bb0.1: v3 is i64, i32 expected (An operand has the type that its instruction says.)");
}
