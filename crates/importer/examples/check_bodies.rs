//! Imports every body of the assemblies in a folder: `check_bodies DIR [FILTER]`. With a filter, only methods whose name contains it;
//! the full name of a type behind `=` (`=System.__Canon`) checks instantiations over that type.

use kiln_importer::{NoPolicy, check};
use kiln_metadata::Module;
use kiln_typesys::TypeSystem;

fn main() {
    let mut args = std::env::args().skip(1);
    let dir = args.next().unwrap_or_default();
    let filter = args.next();
    let mut files: Vec<_> = std::fs::read_dir(&dir).map(|d| d.filter_map(Result::ok).map(|e| e.path()).collect()).unwrap_or_default();
    files.retain(|f: &std::path::PathBuf| f.extension().is_some_and(|e| e == "dll"));
    files.sort();
    let mut modules = Vec::new();
    for f in files {
        let Ok(bytes) = std::fs::read(&f) else { continue };
        match Module::parse(bytes) {
            Ok(m) => modules.push(m),
            Err(e) => eprintln!("{}: {e}", f.display()),
        }
    }
    let ts = match TypeSystem::new(modules) {
        Ok(ts) => ts,
        Err(e) => {
            eprintln!("{e}");
            std::process::exit(1);
        }
    };
    let start = std::time::Instant::now();
    let mut report = check::Report::default();
    if let Some(name) = filter.as_deref().and_then(|f| f.strip_prefix('=')) {
        match ts.find_type_by_full_name(name) {
            Some(t) => check::check_instantiations(&ts, t, &NoPolicy, &mut report),
            None => eprintln!("no type {name}"),
        }
    } else if let Some(filter) = &filter {
        for module in ts.modules() {
            for t in check::types_of(&ts, module) {
                for m in ts.methods(t).iter() {
                    if ts.method_display(*m).contains(filter.as_str()) {
                        check::check_method(&ts, *m, &NoPolicy, &mut report);
                        if let Ok(f) = kiln_importer::import_method(&ts, *m, &NoPolicy, &kiln_importer::ImportOptions::default()) {
                            println!("{}", kiln_mir::text::print(&f, &ts));
                        }
                    }
                }
            }
        }
    } else {
        check::check_bodies(&ts, &NoPolicy, &mut report);
    }
    println!("{} bodies, {} instructions, {} failures, {:?}", report.bodies, report.insts, report.failures.len(), start.elapsed());
    for (_, n, example) in report.groups().iter().take(60) {
        println!("{n:6}  {example}");
    }
}
