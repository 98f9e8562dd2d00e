//! Prints what a program reaches: `reach APP.dll --framework DIR [--overlay DLL] [--why TEXT] [--warnings] [--natives] [--list TEXT]`.

use kiln_analysis::{AnalysisOptions, Roots, analyze};
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

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let mut app = None;
    let (mut framework, mut overlay, mut why, mut list) = (None, None, Vec::new(), None);
    let (mut warnings, mut natives) = (false, false);
    let mut args = std::env::args().skip(1);
    while let Some(a) = args.next() {
        match a.as_str() {
            "--framework" => framework = args.next(),
            "--overlay" => overlay = args.next(),
            "--why" => why.extend(args.next()),
            "--list" => list = args.next(),
            "--warnings" => warnings = true,
            "--natives" => natives = true,
            _ => app = Some(a),
        }
    }
    let (Some(app), Some(framework)) = (app, framework) else { return Err("usage: reach APP.dll --framework DIR".into()) };
    let start = Instant::now();
    let mut modules = vec![Module::parse(std::fs::read(&app)?)?];
    let entry = modules[0].entry_point();
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
    let ts = TypeSystem::new(modules)?;
    if let Some(o) = overlay {
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
    let p = analyze(&ts, &roots, &AnalysisOptions::default(), &|_, _| {})?.into_program()?;
    let insts: usize = p.functions.iter().flat_map(|f| &f.blocks).map(|b| b.insts.len()).sum();
    println!("load {loaded:?}, analysis {:?}", start.elapsed() - loaded);
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
    if warnings {
        for w in &p.warnings {
            println!("{} {} {:?}: {}", w.code.as_str(), w.place, w.offset, w.text);
        }
    }
    if natives {
        for (n, l) in &p.natives {
            println!("native {n} {l}");
        }
    }
    if let Some(l) = list {
        for f in p.functions.iter().filter(|f| f.name.contains(&l)) {
            println!("{}", f.name);
        }
    }
    for w in why {
        for path in kiln_analysis::why::why(&ts, &p.graph, &w) {
            println!("{path}\n");
        }
    }
    Ok(())
}
