//! Lowers every method of an assembly and all code it refers to, verifying the LIR: `lower_all DIRECTORY ASSEMBLY [PRINT]`.
//!
//! A development check of importer and lowering over real IL, without any closed world. `PRINT`: methods whose name contains it are printed.

use kiln_importer::{ImportOptions, NoPolicy, import_method};
use kiln_lir::{Function, Sym};
use kiln_lower::{LowerOptions, is_stub_method, lower_method, lower_stub, sym_name};
use kiln_support::{FxIndexMap, FxIndexSet};
use kiln_typesys::{TypeKind, TypeSystem};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(dir), Some(name)) = (args.next(), args.next()) else {
        eprintln!("usage: lower_all DIRECTORY ASSEMBLY [PRINT]");
        return ExitCode::FAILURE;
    };
    match run(&dir, &name, args.next().as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("{e}");
            ExitCode::FAILURE
        }
    }
}

fn run(dir: &str, name: &str, print: Option<&str>) -> Result<(), Box<dyn std::error::Error>> {
    let mut modules = Vec::new();
    let mut paths: Vec<_> = std::fs::read_dir(dir)?.filter_map(|e| e.ok().map(|e| e.path())).collect();
    paths.sort();
    for p in paths {
        let stem = p.file_name().and_then(|f| f.to_str()).unwrap_or_default();
        if stem.ends_with(".dll")
            && (stem.starts_with("System.") || stem.starts_with("Microsoft.Win32") || stem == format!("{name}.dll"))
            && let Ok(m) = kiln_metadata::Module::parse(std::fs::read(&p)?)
        {
            modules.push(m);
        }
    }
    let ts = TypeSystem::new(modules)?;
    let module = ts.find_module(name).ok_or("no such assembly")?;
    let opts = LowerOptions::default();
    let mut work: FxIndexSet<Sym> = FxIndexSet::default();
    let metadata = ts.module(module);
    for def in metadata.rows::<kiln_metadata::TypeDefId>() {
        let token = kiln_metadata::Token::from(def);
        let t = ts.resolve_type(module, token, &kiln_typesys::GenericArgs::empty())?;
        if !matches!(ts.kind(t), TypeKind::Def { .. }) || ts.is_generic(t) {
            continue;
        }
        for &m in ts.methods(t).iter() {
            if ts.method_generic_count(m) == 0 && !ts.is_abstract_method(m) {
                work.insert(Sym::Method(m));
            }
        }
    }
    let mut errors: FxIndexMap<String, (u32, String)> = FxIndexMap::default();
    let (mut functions, mut insts) = (0u64, 0u64);
    let mut i = 0;
    while let Some(s) = work.get_index(i).cloned() {
        i += 1;
        match code(&ts, &s, &opts) {
            Ok(fs) => {
                for f in fs {
                    functions += 1;
                    insts += f.blocks.iter().map(|b| b.insts.len() as u64).sum::<u64>();
                    if print.is_some_and(|p| f.name.contains(p)) {
                        println!("{}", kiln_lir::print::print(&f));
                    }
                    if let Err(e) = kiln_lir::verify(&f) {
                        let key = format!("verify: {}", e.rsplit_once(": ").map_or("", |x| x.1).chars().take(60).collect::<String>());
                        errors.entry(key).or_insert_with(|| (0, e)).0 += 1;
                    }
                    work.extend(f.sym_names.into_iter().map(|n| n.0));
                }
            }
            Err(e) => errors.entry(e).or_insert_with(|| (0, sym_name(&ts, &s))).0 += 1,
        }
    }
    let mut list: Vec<_> = errors.into_iter().collect();
    list.sort_by_key(|e| std::cmp::Reverse(e.1.0));
    for (e, (n, first)) in list.iter().take(60) {
        println!("{n:6} {e}\n       first: {first}");
    }
    println!("{i} symbols, {functions} functions, {insts} instructions, {} kinds of errors", list.len());
    Ok(())
}

fn code(ts: &TypeSystem, s: &Sym, opts: &LowerOptions) -> Result<Vec<Function>, String> {
    match s {
        Sym::Method(m) if !is_stub_method(ts, *m) => {
            let f = import_method(ts, *m, &NoPolicy, &ImportOptions::default()).map_err(|e| format!("import: {e}"))?;
            lower_method(ts, &f, opts).map_err(|e| e.to_string())
        }
        Sym::Method(_) | Sym::MethodEntry(_) | Sym::UnboxingStub(_) | Sym::DelegateShuffle(_) | Sym::DelegateMulticast(_) => {
            Ok(vec![lower_stub(ts, s, opts).map_err(|e| format!("stub: {e}"))?])
        }
        _ => Ok(Vec::new()),
    }
}
