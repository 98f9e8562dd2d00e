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
        if f.extension().is_some_and(|e| e == "dll") {
            if let Ok(m) = Module::parse(std::fs::read(&f)?) {
                if m.name()? != modules[0].name()? {
                    modules.push(m);
                }
            }
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
    let _ = (&why, &list, warnings, natives);
    let loaded = start.elapsed();
    let roots = Roots { main, ..Roots::default() };
    let p = analyze(&ts, &roots, &AnalysisOptions::default(), &|_, _| {})?;

    let methods: Vec<_> = p.functions.iter().map(|f| kiln_data::MethodRecord { symbol: f.name.clone(), gc: None, display: Some(f.name.clone()) }).collect();
    
    let t = Instant::now();
    let o = kiln_data::emit_data(&ts, &p, &kiln_data::DataOptions { methods })?;
    println!("{} bytes in {:?}", o.object.len(), t.elapsed());
    std::fs::write("/tmp/an/data.o", &o.object)?;
    let mut by = std::collections::BTreeMap::new();
    for r in &o.sizes { *by.entry((r.category, r.section)).or_insert(0u64) += r.size; }
    for (k, v) in by { println!("{k:?} {v}"); }
    let mut f = String::new();
    for x in &p.functions { f.push_str(&x.name); f.push('\n'); }
    std::fs::write("/tmp/an/functions.txt", f)?;
    let mut used: std::collections::BTreeSet<String> = Default::default();
    for x in &p.functions { for (s, n) in &x.sym_names { if !matches!(s, kiln_lir::Sym::Helper(_) | kiln_lir::Sym::Native(..)) { used.insert(n.clone()); } } }
    std::fs::write("/tmp/an/used.txt", used.into_iter().map(|x| x + "\n").collect::<String>())?;
    Ok(())
}
