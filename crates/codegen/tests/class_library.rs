//! Code generation reads nothing of a function that its text leaves out: cached objects are found by the text (`kiln_driver`), so a
//! field that the text lacks would give one program another program's code.

#![forbid(unsafe_code)]

use kiln_codegen::{CodegenOptions, Unit, emit_llvm_ir};
use kiln_importer::{ImportOptions, NoPolicy, check::types_of, import_method};
use kiln_lir::Function;
use kiln_lir::text::{Numbered, parse, print};
use kiln_lower::{LowerOptions, is_stub_method, lower_method};
use kiln_metadata::Module;
use kiln_toolchain::requirements::framework_or_skip;
use kiln_typesys::{TypeKind, TypeSystem};

/// The functions of some methods of CoreLib.
fn some(ts: &TypeSystem) -> Vec<Function> {
    let types = types_of(ts, ts.corelib());
    let types = types.into_iter().filter(|t| matches!(ts.kind(*t), TypeKind::Def { .. }) && !ts.is_generic(*t)).step_by(23);
    let methods = types.flat_map(|t| ts.methods(t).to_vec());
    let plain = methods.filter(|m| ts.method_generic_count(*m) == 0 && !ts.is_abstract_method(*m) && !is_stub_method(ts, *m));
    let mir = plain.filter_map(|m| import_method(ts, m, &NoPolicy, &ImportOptions::default()).ok());
    mir.flat_map(|f| lower_method(ts, &f, &LowerOptions::default()).expect("lowers")).collect()
}

fn ir(f: &Function) -> String {
    let unit = Unit { name: "unit", functions: vec![f] };
    emit_llvm_ir(&unit, &CodegenOptions::default(), false).unwrap_or_else(|e| panic!("{e}\n{}", print(f)))
}

#[test]
fn a_function_and_what_its_text_reads_back_to_give_the_same_code() {
    let Some(framework) = framework_or_skip() else { return };
    let bytes = std::fs::read(framework.dir.join("System.Private.CoreLib.dll")).expect("System.Private.CoreLib.dll");
    let ts = TypeSystem::new(vec![Module::parse(bytes).expect("a module")]).expect("a type system");
    let functions = some(&ts);
    assert!(functions.len() > 500, "{} functions", functions.len());
    for f in &functions {
        let text = print(f);
        let back = parse(&text, &mut Numbered::default()).unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(ir(&back[0]), ir(f), "{text}");
    }
}
