//! Prints what a program reaches: `reach APP.dll --framework DIR [--overlay DLL] [--why TEXT] [--warnings] [--natives] [--list TEXT]`.

use kiln_analysis::{AnalysisOptions, Program, Roots, analyze};
use kiln_metadata::Module;
use kiln_typesys::TypeSystem;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Recursive walks over deep IL need room.
    let worker = std::thread::Builder::new().stack_size(256 << 20).spawn(|| run().map_err(|e| e.to_string()))?;
    match worker.join() {
        Ok(r) => r.map_err(Into::into),
        Err(_) => Err("panicked".into()),
    }
}

#[derive(Default)]
struct Arguments {
    app: Option<String>,
    framework: Option<String>,
    overlay: Option<String>,
    why: Vec<String>,
    list: Option<String>,
    warnings: bool,
    natives: bool,
}

impl Arguments {
    fn read() -> Self {
        let mut all = Self::default();
        let mut args = std::env::args().skip(1);
        while let Some(a) = args.next() {
            match a.as_str() {
                "--framework" => all.framework = args.next(),
                "--overlay" => all.overlay = args.next(),
                "--why" => all.why.extend(args.next()),
                "--list" => all.list = args.next(),
                "--warnings" => all.warnings = true,
                "--natives" => all.natives = true,
                _ => all.app = Some(a),
            }
        }
        all
    }
}

/// The application's module and those of the framework.
fn modules(app: &str, framework: &str) -> Result<Vec<Module>, Box<dyn std::error::Error>> {
    let mut modules = vec![Module::parse(std::fs::read(app)?)?];
    let mut files: Vec<_> = std::fs::read_dir(framework)?.filter_map(|e| Some(e.ok()?.path())).collect();
    files.sort();
    for f in files {
        if f.extension().is_some_and(|e| e == "dll")
            && let Ok(m) = Module::parse(std::fs::read(&f)?)
            && m.name()? != modules[0].name()?
        {
            modules.push(m);
        }
    }
    Ok(modules)
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let args = Arguments::read();
    let (Some(app), Some(framework)) = (&args.app, &args.framework) else { return Err("usage: reach APP.dll --framework DIR".into()) };
    let start = Instant::now();
    let modules = modules(app, framework)?;
    let entry = modules[0].entry_point();
    let ts = TypeSystem::new(modules)?;
    if let Some(o) = &args.overlay {
        let id = ts.add_module(Module::parse(std::fs::read(o)?)?)?;
        ts.set_overlay(id)?;
    }
    let app_id = *ts.modules().first().ok_or("no module")?;
    let main = match entry {
        Some(m) => Some(ts.resolve_method(app_id, kiln_metadata::Token::from(m), &kiln_typesys::GenericArgs::empty())?),
        None => None,
    };
    let loaded = start.elapsed();
    let roots = Roots { main, ..Roots::default() };
    let p = analyze(&ts, &roots, &AnalysisOptions::default(), &|_, _, _| {})?.into_program()?;
    println!("load {loaded:?}, analysis {:?}", start.elapsed() - loaded);
    print(&ts, &p, &args);
    Ok(())
}

fn print(ts: &TypeSystem, p: &Program, args: &Arguments) {
    let insts: usize = p.functions.iter().flat_map(|f| &f.blocks).map(|b| b.insts.len()).sum();
    println!(
        "{} functions ({} methods, {} stubs), {} KB IL, {insts} LIR instructions, {} types ({} constructed), {} dictionaries, {} warnings, {} natives",
        p.functions.len(),
        p.stats.methods,
        p.stats.stubs,
        p.stats.il_bytes / 1024,
        p.stats.types,
        p.stats.constructed,
        p.type_dictionaries.len() + p.method_dictionaries.len(),
        p.warnings.len(),
        p.natives.len()
    );
    let mut namespaces: Vec<_> = p.stats.namespaces.iter().collect();
    namespaces.sort_by_key(|n| std::cmp::Reverse(n.1.1));
    for (n, (count, il)) in namespaces.iter().take(12) {
        println!("  {n:50} {count:6} methods {il:8} IL bytes");
    }
    if args.warnings {
        for w in &p.warnings {
            println!("{} {} {:?}: {}", w.code.as_str(), w.place, w.offset, w.text);
        }
    }
    if args.natives {
        for (n, l) in &p.natives {
            println!("native {n} {l}");
        }
    }
    if let Some(l) = &args.list {
        for f in p.functions.iter().filter(|f| f.name.contains(l.as_str())) {
            println!("{}", f.name);
        }
    }
    for w in &args.why {
        for path in kiln_analysis::why::why(ts, &p.graph, w) {
            println!("{path}\n");
        }
    }
}
