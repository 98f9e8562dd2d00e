//! What the assembler writes is what the compiler's own reader reads; what it refuses, it refuses with the place.

#![forbid(unsafe_code)]

use kiln_il::{Decoder, Opcode, Operand, OperandKind};
use kiln_iltext::{ErrorKind, Source, assemble};
use kiln_metadata::{EhKind, Module, SigType, Table, TypeDefId};

const SAMPLE: &str = include_str!("sample.il");

fn module(text: &str) -> Module {
    let bytes = assemble(&[Source { name: "test.il", text }]).unwrap_or_else(|e| panic!("{e}"));
    Module::parse(bytes).expect("an image")
}

fn refused(text: &str) -> (u32, String) {
    let error = assemble(&[Source { name: "test.il", text }]).expect_err("must be refused");
    (error.line, error.kind.to_string())
}

fn type_named(m: &Module, namespace: &str, name: &str) -> TypeDefId {
    m.find_type(namespace, name).expect("readable").unwrap_or_else(|| panic!("no {namespace}.{name}"))
}

#[test]
fn every_row_of_the_sample_reads_back() {
    let m = module(SAMPLE);
    assert_eq!(m.name(), Ok("Sample.dll"));
    let base = type_named(&m, "Shapes", "Base`2");
    let row = m.type_def(base).unwrap();
    assert!(row.is_abstract() && !row.is_sealed());
    assert_eq!((row.field_list.len(), row.method_list.len()), (3, 4));
    let overlay = m.type_def(type_named(&m, "Shapes", "Overlay")).unwrap();
    assert!(overlay.is_explicit_layout());
    let outer = type_named(&m, "Shapes", "Outer");
    let nested: Vec<_> = m.nested_types(outer).collect();
    assert_eq!(nested.len(), 1);
    assert_eq!(m.type_def(nested[0]).unwrap().name, "Inner");
    assert_eq!(m.nested_types(nested[0]).count(), 1);
    for (table, rows) in [
        (Table::AssemblyRef, 2),
        (Table::ModuleRef, 1),
        (Table::GenericParam, 5),
        (Table::GenericParamConstraint, 1),
        (Table::InterfaceImpl, 2),
        (Table::FieldLayout, 2),
        (Table::ClassLayout, 1),
        (Table::FieldRva, 1),
        (Table::Constant, 2),
        (Table::FieldMarshal, 1),
        (Table::ImplMap, 1),
        (Table::MethodImpl, 1),
        (Table::Property, 1),
        (Table::Event, 1),
        (Table::MethodSemantics, 4),
        (Table::ExportedType, 1),
        (Table::NestedClass, 2),
        (Table::CustomAttribute, 4),
    ] {
        assert_eq!(m.row_count(table), rows, "{table:?}");
    }
}

#[test]
fn all_bodies_decode_and_clauses_lie_inner_before_outer() {
    let m = module(SAMPLE);
    let outer = m.type_def(type_named(&m, "Shapes", "Outer")).unwrap();
    let mut kinds = Vec::new();
    for id in outer.method_list.iter() {
        let Some(body) = m.method_body(id).expect("a body") else { continue };
        for instr in Decoder::new(body.code) {
            instr.expect("an instruction");
        }
        kinds.extend(body.clauses.iter().map(|c| match c.kind {
            EhKind::Catch(_) => "catch",
            EhKind::Filter { .. } => "filter",
            EhKind::Finally => "finally",
            EhKind::Fault => "fault",
        }));
    }
    assert_eq!(kinds, ["filter", "finally", "catch", "fault"]);
}

#[test]
fn array_bounds_are_lower_bound_and_size() {
    let m = module(
        ".assembly extern mscorlib {} .assembly a {} .class C { .field int32[0...,1...3,5] f .field int32[-1...1] g .field int32[,] h }",
    );
    let c = m.type_def(type_named(&m, "", "C")).unwrap();
    let shape = |n| match m.field_sig(c.field_list.get(n).unwrap()).unwrap() {
        SigType::Array(a) => (a.rank, a.sizes, a.lower_bounds),
        other => panic!("{other:?}"),
    };
    assert_eq!(shape(0), (3, vec![], vec![0, 1]));
    assert_eq!(shape(1), (1, vec![3], vec![-1]));
    assert_eq!(shape(2), (2, vec![], vec![]));
}

/// One text with every instruction, operands included, decodes to the same list.
#[test]
fn every_instruction_assembles_to_its_code() {
    let mut body = String::new();
    for op in Opcode::ALL {
        let operand = match op.operand_kind() {
            OperandKind::None => "",
            OperandKind::ShortArg | OperandKind::Arg | OperandKind::ShortLocal | OperandKind::Local => "1",
            OperandKind::ShortI => "-5",
            OperandKind::I4 => "-100000",
            OperandKind::I8 => "0x123456789AB",
            OperandKind::R4 => "0.5",
            OperandKind::R8 => "-1e100",
            OperandKind::ShortTarget | OperandKind::Target => "0",
            OperandKind::Switch => "(Next, Next)",
            OperandKind::Method => "void C::M(int32, int32)",
            OperandKind::Field => "int32 C::f",
            OperandKind::Type => "int32[]",
            OperandKind::Token => "class C",
            OperandKind::String => "\"text\"",
            OperandKind::Sig => "unmanaged cdecl int32(int32)",
            OperandKind::U1 => "4",
        };
        body.push_str(&format!("{} {operand}\n", op.mnemonic()));
    }
    let text = format!(
        ".assembly extern mscorlib {{}} .assembly a {{}}\n.class C {{ .field static int32 f\n.method static void M(int32 a, int32 b) {{ .locals (int32, int32)\n{body}Next: ret }} }}"
    );
    let m = module(&text);
    let c = m.type_def(type_named(&m, "", "C")).unwrap();
    let body = m.method_body(c.method_list.get(0).unwrap()).unwrap().unwrap();
    let decoded: Vec<_> = Decoder::new(body.code).map(|i| i.expect("an instruction")).collect();
    let codes: Vec<Opcode> = decoded.iter().map(|i| i.opcode).collect();
    assert_eq!(&codes[..codes.len() - 1], Opcode::ALL);
    let of = |op| decoded.iter().find(|i| i.opcode == op).map(|i| i.operand);
    assert_eq!(of(Opcode::LdcI4), Some(Operand::I32(-100_000)));
    assert_eq!(of(Opcode::LdcI4S), Some(Operand::I32(-5)));
    assert_eq!(of(Opcode::LdcI8), Some(Operand::I64(0x0123_4567_89AB)));
    assert_eq!(of(Opcode::LdcR4), Some(Operand::F32(0.5)));
    assert_eq!(of(Opcode::LdcR8), Some(Operand::F64(-1e100)));
    assert_eq!(of(Opcode::Stloc), Some(Operand::Local(1)));
}

#[test]
fn several_texts_make_one_assembly() {
    let first = Source {
        name: "a.il",
        text: ".assembly extern mscorlib {} .assembly a {} .class A { .method static void M() { call void B::N() ret } }",
    };
    let second = Source { name: "b.il", text: ".class B { .method static void N() { ret } }" };
    let m = Module::parse(assemble(&[first, second]).expect("both")).expect("an image");
    assert_eq!(m.row_count(Table::TypeDef), 3);
    assert_eq!(m.row_count(Table::MemberRef), 0);
    let broken = Source { name: "b.il", text: "\n.class B { .method static void N() { frob } }" };
    let error = assemble(&[first, broken]).expect_err("no such instruction");
    assert_eq!((error.file.as_str(), error.line), ("b.il", 2));
    assert_eq!(error.kind, ErrorKind::UnknownInstruction("frob".to_owned()));
}

#[test]
fn errors_say_what_and_where() {
    let in_method =
        |body: &str| format!(".assembly extern mscorlib {{}} .assembly a {{}}\n.class C {{\n.method static void M() {{\n{body}\n}} }}");
    for (text, line, message) in [
        (String::new(), 1, "no `.assembly`"),
        (".assembly extern mscorlib {} .assembly a {}\n.class C extends Missing {}".to_owned(), 2, "no class `Missing` in this assembly"),
        (".assembly extern mscorlib {} .assembly a {}\n\n.class C extends [b]D {}".to_owned(), 3, "no `.assembly extern b`"),
        (".assembly a {} /* \n".to_owned(), 1, "a comment without an end"),
        (
            ".assembly extern mscorlib {} .assembly a {}\n.class C { .field int32 f\n .field int32 f }".to_owned(),
            3,
            "field `f` is defined twice",
        ),
        (in_method("br Nowhere"), 4, "no label `Nowhere` in this method"),
        (in_method("ldarg x"), 4, "no argument `x`"),
        (in_method("nop\nldc.i4 5000000000"), 5, "`5000000000` is no 32-bit number"),
        (in_method("ldc.i4.s 200"), 4, "`200` is no 8-bit number"),
        (in_method("call vararg void C::M(...)"), 4, "`vararg` is not supported"),
        (in_method("ldstr 5"), 4, "expected a string, found `5`"),
        (in_method(&format!("A: {} br.s A", "nop ".repeat(200))), 4, "the target is too far for `br.s`"),
        (in_method(".try { leave A } A: ret"), 4, "expected a handler, found `A`"),
        (in_method("newobj instance void class G`1<!T>::.ctor()"), 4, "no class `G`1` in this assembly"),
        (in_method("ldtoken !!T"), 4, "no type parameter `T`"),
        (".assembly a {} ~".to_owned(), 1, "`~` does not belong to IL text"),
        (
            format!(".assembly extern mscorlib {{}} .assembly a {{}} .class C {{ .field {} f }}", "class X<".repeat(2000)),
            1,
            "nested too deeply",
        ),
    ] {
        assert_eq!(refused(&text), (line, message.to_owned()), "{text}");
    }
}

#[test]
fn damaged_text_is_an_error_or_another_assembly_and_never_a_panic() {
    let attempt = |text: &str| {
        let _ = assemble(&[Source { name: "test.il", text }]);
    };
    let boundaries: Vec<usize> = SAMPLE.char_indices().map(|(n, _)| n).collect();
    for &cut in boundaries.iter().step_by(3) {
        attempt(&SAMPLE[..cut]);
    }
    let words: Vec<&str> = SAMPLE.split_inclusive(char::is_whitespace).collect();
    for (n, _) in words.iter().enumerate() {
        let without: String = words[..n].iter().chain(&words[n + 1..]).copied().collect();
        attempt(&without);
        let swapped: String =
            words[..n].iter().chain(words.get(n + 1)).chain([&words[n]]).chain(words.iter().skip(n + 2)).copied().collect();
        attempt(&swapped);
        if n % 4 == 0 {
            let replaced: String = words[..n].iter().chain(&[words[(n * 7 + 3) % words.len()]]).chain(&words[n + 1..]).copied().collect();
            attempt(&replaced);
        }
    }
}
