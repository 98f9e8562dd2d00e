//! The text form: what is printed reads back, every form is tried, and no text is read wrongly or makes the parser panic.

#![forbid(unsafe_code)]

use kiln_lir::text::{Names, Numbered, ParseError, Problem, parse, print};
use kiln_lir::*;

/// One of everything, as `print` writes it.
const EVERY: &str = include_str!("texts/every.lir");

fn read(text: &str) -> Vec<Function> {
    parse(text, &mut Numbered::default()).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn printed(functions: &[Function]) -> String {
    functions.iter().map(print).collect()
}

#[test]
fn every_form_is_printed_as_it_was_read() {
    let functions = read(EVERY);
    assert_eq!(printed(&functions), EVERY);
    for f in &functions {
        assert_eq!(verify(f), Ok(()));
        // With the symbols at hand it is the very same function.
        assert_eq!(parse(&print(f), &mut Names::of([f])).as_deref(), Ok(std::slice::from_ref(f)));
    }
}

/// That all members of an enumeration occur.
fn all<T: Copy + PartialEq + std::fmt::Debug>(wanted: &[T], mut occurs: impl FnMut(T) -> bool) {
    let missing: Vec<T> = wanted.iter().copied().filter(|w| !occurs(*w)).collect();
    assert!(missing.is_empty(), "not in every.lir: {missing:?}");
}

#[test]
fn every_member_of_every_enumeration_is_in_it() {
    let functions = read(EVERY);
    let insts: Vec<&Inst> = functions.iter().flat_map(|f| &f.blocks).flat_map(|b| &b.insts).map(|i| &i.1).collect();
    all(InstKind::ALL, |k| insts.iter().any(|i| i.kind() == k));
    all(BinOp::ALL, |op| insts.iter().any(|i| matches!(i, Inst::Bin(o, ..) if *o == op)));
    all(UnOp::ALL, |op| insts.iter().any(|i| matches!(i, Inst::Un(o, ..) if *o == op)));
    all(MathOp::ALL, |op| insts.iter().any(|i| matches!(i, Inst::Math(o, ..) if *o == op)));
    all(IntCond::ALL, |op| insts.iter().any(|i| matches!(i, Inst::ICmp(o, ..) if *o == op)));
    all(FloatCond::ALL, |op| insts.iter().any(|i| matches!(i, Inst::FCmp(o, ..) if *o == op)));
    all(CastOp::ALL, |op| insts.iter().any(|i| matches!(i, Inst::Cast { op: o, .. } if *o == op)));
    all(AtomicOp::ALL, |op| insts.iter().any(|i| matches!(i, Inst::AtomicRmw { op: o, .. } if *o == op)));
    all(&[false, true], |once| functions.iter().any(|f| f.once == once));
    all(SymKind::ALL, |k| functions.iter().flat_map(|f| &f.sym_names).any(|(s, _)| s.kind() == k));
    all(LTy::ALL, |t| functions.iter().any(|f| f.ret == t || f.value_types.contains(&t)));
}

#[test]
fn words_are_found_again() {
    assert!(BinOp::ALL.iter().all(|op| BinOp::find(op.word()) == Some(*op)));
    assert!(SymKind::ALL.iter().all(|k| SymKind::find(k.word()) == Some(*k)));
    assert!(InstKind::ALL.iter().all(|k| InstKind::find(k.word()) == Some(*k)));
    // A line begins with one word: the operation, or the kind of instruction.
    assert!(InstKind::ALL.iter().all(|k| BinOp::find(k.word()).is_none() && UnOp::find(k.word()).is_none()));
    assert_eq!(LTy::find("i128"), None);
}

#[test]
fn comments_and_space_are_nothing() {
    let spaced = "// first\n\nfunction @method \"f\" ( v0 : i32 )\n-> i32 // behind\n{ bb0 ( ) : return v0 } // last";
    assert_eq!(printed(&read(spaced)), "function @method \"f\"(v0: i32) -> i32 {\nbb0():\n  return v0\n}\n");
    assert_eq!(read("// nothing\n"), []);
}

#[test]
fn symbols_of_one_kind_and_name_are_one_and_of_another_kind_another() {
    let functions = read(
        "function @method \"f\"() -> void {\nbb0():\n  v0: ptr = addr @method \"g\"\n  v1: ptr = addr @method \"g\"\n  v2: ptr = addr @statics \"g\"\n  return\n}\n\
         function @method \"g\"() -> void {\nbb0():\n  call.void @method \"f\"()\n  return\n}\n",
    );
    let [f, g] = functions.as_slice() else { panic!("two functions") };
    let names: Vec<_> = f.sym_names.iter().map(|(s, n)| (s.kind(), n.as_str())).collect();
    assert_eq!(names, [(SymKind::Method, "g"), (SymKind::Statics, "g")]);
    assert_eq!(f.sym_names[0].0, g.sym);
    assert_eq!(g.sym_names[0].0, f.sym);
}

#[test]
fn symbols_that_are_their_name_keep_it() {
    let functions = read(EVERY);
    let f = functions.iter().find(|f| f.name == "symbols").expect("there");
    let has = |sym: Sym| f.sym_names.iter().any(|(s, _)| *s == sym);
    assert!(has(Sym::Helper(kiln_abi::helpers::Helper::RhpThrowEx)));
    assert!(has(Sym::native("native name", "")));
    assert!(has(Sym::ThrowStub("throw_stub name".to_owned())));
    assert!(has(Sym::CString("c_string name".to_owned())));
}

/// A function over a body that is wrong on its own line.
fn wrong(body: &str) -> ParseError {
    let text = format!("function @method \"f\"(v0: i32) -> void {{\nbb0():\n{body}\n  return\n}}\n");
    parse(&text, &mut Numbered::default()).expect_err(body)
}

#[test]
fn an_error_has_its_line() {
    assert_eq!(wrong("  v1: i32 = add.i32 v0, v0\n  v2: i32 = ad.i32 v0, v0").to_string(), "line 4: unknown instruction `ad.i32`");
    assert_eq!(wrong("  v1: i32 = add.i32 v0 v0").to_string(), "line 3: `v0` where `,` is expected");
    let open = parse("\n\nfunction @method \"f", &mut Numbered::default()).expect_err("open");
    assert_eq!(open.to_string(), "line 3: a text in quotes does not end");
    let cut = parse("function @method \"f\"() -> void {\nbb0():\n", &mut Numbered::default()).expect_err("cut");
    assert_eq!(cut.to_string(), "line 3: the end where an instruction is expected");
}

#[test]
fn what_is_wrong_is_said() {
    let unknown = |what, name: &str| Problem::Unknown { what, name: name.to_owned() };
    let range = |number: &str| Problem::Range { number: number.to_owned() };
    for (body, problem) in [
        ("  v1: i3 = const.i32 1", unknown("type", "i3")),
        ("  v1: i32 = const.i3 1", unknown("instruction", "const.i3")),
        ("  v1: i32 = const 1", unknown("instruction", "const")),
        ("  v1: i32 = binary.i32 v0, v0", unknown("instruction", "binary.i32")),
        ("  v1: i32 = add v0, v0", unknown("instruction", "add")),
        ("  v1: i32, v2: i1 = add_un.i32 v0, v0", unknown("instruction", "add_un.i32")),
        ("  v1: i1 = icmp oeq.i32 v0, v0", unknown("operation", "oeq.i32")),
        ("  v1: f32 = math root.f32 v0", unknown("operation", "root.f32")),
        ("  v1: f32 = cast widen i32 -> f32 v0", unknown("operation", "widen")),
        ("  call.void @RhpNothing()", unknown("helper", "RhpNothing")),
        ("  call.void @program_stub \"program:x\"()", unknown("program_stub", "program:x")),
        ("  fence.i32", unknown("instruction", "fence.i32")),
        ("  v1: i64 = const.i64 9223372036854775808", range("9223372036854775808")),
        ("  v1: f32 = const.f32 0x1ffffffff", range("0x1ffffffff")),
        ("  v1: i32 = const.i32 1x", range("1x")),
        ("  v99999999: i32 = const.i32 1", range("v99999999")),
        ("  v0: i64 = const.i64 1", Problem::TwoTypes { value: ValueId::new(0), first: LTy::I32, second: LTy::I64 }),
        ("  return\nbb2():", Problem::Order { found: "bb2".to_owned(), wanted: "bb1".to_owned() }),
        ("  call.void @method \"\\x\"()", Problem::BadEscape),
        ("  call.void @method \"\\u{d800}\"()", Problem::BadEscape),
        ("  call.void @method(v0: i32)", unknown("helper", "method")),
        ("  v1: i32 = load.i32 v0", Problem::Unexpected { found: "`v0`".to_owned(), wanted: "`[`" }),
        (
            "  v1: i32, v2: i32, v3: i32, v4: i32, v5: i32 = fence",
            Problem::Unexpected { found: "a fifth".to_owned(), wanted: "no further result" },
        ),
        ("  jump v0", Problem::Unexpected { found: "`v0`".to_owned(), wanted: "a block" }),
        ("  jump bb", Problem::Unexpected { found: "`bb`".to_owned(), wanted: "a block" }),
    ] {
        assert_eq!(wrong(body).problem, problem, "{body}");
    }
    let head = |text: &str| parse(text, &mut Numbered::default()).expect_err(text).problem;
    assert_eq!(head("function @method \"f\"() -> void often {"), Problem::Unexpected { found: "`often`".to_owned(), wanted: "`{`" });
    assert_eq!(head("funktion"), Problem::Unexpected { found: "`funktion`".to_owned(), wanted: "`function`" });
    assert_eq!(head("function @method \"f\"() -> void { bb0() pad [throw]:"), unknown("clause", "throw"));
    let slot = "function @method \"f\"() -> void { ss1 = slot 8 align 8 \"x\"";
    assert_eq!(head(slot), Problem::Order { found: "ss1".to_owned(), wanted: "ss0".to_owned() });
}

#[test]
fn a_text_that_is_cut_or_damaged_is_an_error_or_another_function() {
    // Every prefix, and every character in turn replaced by one that means something.
    let (mut read, mut refused) = (0, 0);
    let mut try_it = |text: &str| match parse(text, &mut Numbered::default()) {
        Ok(functions) => {
            // What was read is printed in a form that is read again.
            let text = printed(&functions);
            assert_eq!(parse(&text, &mut Numbered::default()).map(|f| printed(&f)), Ok(text));
            functions.iter().for_each(|f| drop(verify(f)));
            read += 1;
        }
        Err(_) => refused += 1,
    };
    let control = &EVERY[EVERY.find("function @method \"control\"").expect("there")..];
    for (at, c) in control.char_indices() {
        try_it(&control[..at]);
        for other in ['"', '(', ']', '9', '-', 'v', '\\', '\u{e9}', ' '] {
            try_it(&format!("{}{other}{}", &control[..at], &control[at + c.len_utf8()..]));
        }
    }
    assert!(read > 100 && refused > 1000, "{read} read, {refused} refused");
}

#[test]
fn symbols_that_nobody_names_are_found_by_their_name_alone_or_not_at_all() {
    let read = |line: &str| {
        let text = format!("function @native \"f\"() -> void {{\nbb0():\n  {line}\n  return\n}}\n");
        parse(&text, &mut Names::default()).map_err(|e| e.problem)
    };
    assert!(read("call.void @native \"g\"()").is_ok() && read("call.void @RhpResume()").is_ok());
    assert_eq!(read("call.void @method \"g\"()"), Err(Problem::Unknown { what: "method", name: "g".to_owned() }));
}

#[test]
fn more_results_are_three_at_most() {
    let of = |types: &[LTy]| CallFlags::more_of(types.iter().copied());
    assert_eq!(of(&[]), [None; 3]);
    assert_eq!(of(&[LTy::F64, LTy::I64]), [Some(LTy::F64), Some(LTy::I64), None]);
    assert_eq!(of(&[LTy::F32; 4]), [Some(LTy::F32); 3]);
}
