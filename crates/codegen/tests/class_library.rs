//! What a function of the class library compiles to depends on nothing but its text: cached code is found by the text (`kiln_driver`),
//! so a field that the text lacks, or the company in which a function is compiled, would give one program another program's code.

#![forbid(unsafe_code)]

use kiln_codegen::{Batch, CodegenOptions, CompiledFunction, Effort, OptLevel, Unit, compile_batch, emit_llvm_ir};
use kiln_importer::{ImportOptions, NoPolicy, check::types_of, import_method};
use kiln_lir::Function;
use kiln_lir::text::{Numbered, parse, print};
use kiln_lower::{LowerOptions, is_stub_method, lower_method};
use kiln_metadata::Module;
use kiln_toolchain::requirements::framework_or_skip;
use kiln_typesys::{TypeKind, TypeSystem};

/// The class library's types.
fn corelib() -> Option<TypeSystem> {
    let framework = framework_or_skip()?;
    let bytes = std::fs::read(framework.dir.join("System.Private.CoreLib.dll")).expect("System.Private.CoreLib.dll");
    Some(TypeSystem::new(vec![Module::parse(bytes).expect("a module")]).expect("a type system"))
}

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
    let Some(ts) = corelib() else { return };
    let functions = some(&ts);
    assert!(functions.len() > 500, "{} functions", functions.len());
    for f in &functions {
        let text = print(f);
        let back = parse(&text, &mut Numbered::default()).unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(ir(&back[0]), ir(f), "{text}");
    }
}

/// Compiles functions in batches of at most `size`, in the order of `order`; the results are in the order of the functions.
fn compiled(functions: &[Function], order: &[usize], size: usize, options: &CodegenOptions) -> Vec<Option<CompiledFunction>> {
    let units: Vec<Unit<'_>> = functions.iter().map(|f| Unit { name: &f.name, functions: vec![f] }).collect();
    let mut results: Vec<Option<CompiledFunction>> = functions.iter().map(|_| None).collect();
    let mut rest = order;
    while !rest.is_empty() {
        let mut batch = Batch::new(options.opt);
        let count = rest.iter().take(size).take_while(|&&i| batch.add(&units[i])).count();
        assert!(count > 0, "a function that is refused alone");
        let (these, others) = rest.split_at(count);
        let done = compile_batch(&batch, options).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(done.len(), count);
        these.iter().zip(done).for_each(|(&i, result)| results[i] = Some(result));
        rest = others;
    }
    results
}

#[test]
fn a_function_compiles_to_the_same_in_any_company() {
    let Some(ts) = corelib() else { return };
    let functions = some(&ts);
    for opt in [OptLevel::O0, OptLevel::O2] {
        let mut forwards: Vec<usize> = (0..functions.len()).collect();
        forwards.sort_by_key(|&i| Effort::of(&functions[i], opt));
        let alone: Vec<usize> = forwards.iter().copied().step_by(5).collect();
        let mut shuffled: Vec<usize> = (0..7).flat_map(|start| forwards.iter().copied().rev().skip(start).step_by(7)).collect();
        shuffled.sort_by_key(|&i| Effort::of(&functions[i], opt));
        let options = CodegenOptions { opt, verify: false, ..CodegenOptions::default() };
        let base = compiled(&functions, &forwards, 64, &options);
        for (order, size) in [(&shuffled, 11), (&alone, 1)] {
            for (i, other) in compiled(&functions, order, size, &options).iter().enumerate().filter(|(_, other)| other.is_some()) {
                assert_eq!(base[i], *other, "{opt:?}: `{}` in batches of {size}", functions[i].name);
            }
        }
    }
}
