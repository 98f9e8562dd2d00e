//! `cargo xtask check-framework`: every type of the framework laid out, every method body imported and verified, layouts compared
//! with CoreCLR's, natives looked for. Prints what failed; succeeds only with no failure.

use crate::layouts;
use crate::natives;
use kiln_metadata::Module;
use kiln_toolchain::find_framework;
use kiln_typesys::TypeSystem;
use kiln_typesys::check::{CheckReport, check_types};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Failures printed per kind; the rest is counted.
const SHOWN: usize = 20;

fn show(kind: &str, total: u64, failures: &[String]) -> usize {
    println!("{kind}: {total} checked, {} failures", failures.len());
    for f in failures.iter().take(SHOWN) {
        println!("  {f}");
    }
    if failures.len() > SHOWN {
        println!("  … and {} more", failures.len() - SHOWN);
    }
    failures.len()
}

/// Runs the check on the framework in `dir` (default: the one Kiln would compile against).
pub fn run(root: &Path, args: &[String]) -> Result<(), Box<dyn Error>> {
    let explicit = args.iter().position(|a| a == "--framework").and_then(|i| args.get(i + 1)).map(PathBuf::from);
    let framework = find_framework(explicit.as_deref())?;
    println!("framework {} in {}", framework.version, framework.dir.display());
    let start = Instant::now();
    let mut modules = Vec::new();
    for path in layouts::managed_assemblies(&framework)? {
        modules.push(Module::parse(fs::read(&path)?).map_err(|e| format!("{}: {e}", path.display()))?);
    }
    println!("{} assemblies", modules.len());
    let ts = TypeSystem::new(modules)?;

    let mut failures = 0;
    let mut types = CheckReport::default();
    check_types(&ts, &mut types);
    failures += show("types", types.types, &types.failures);
    println!("  {:.1} s", start.elapsed().as_secs_f64());
    failures += bodies(&ts);
    println!("  {:.1} s", start.elapsed().as_secs_f64());
    if framework.dir.join("libcoreclr.so").is_file() {
        let (compared, differences) = layouts::compare(&ts, &layouts::from_clr(root, &framework)?);
        failures += show("layouts against CoreCLR", compared as u64, &differences);
    } else {
        println!("layouts against CoreCLR: not compared, the folder has no libcoreclr.so");
    }
    let (asked, unlisted) = natives::unlisted(root, &framework, &ts)?;
    let wrong = show("natives", asked, &unlisted);
    // The list of absent natives is complete for .NET 9; a program on another version has the same stubs for what is missing.
    if framework.major() == Some(9) {
        failures += wrong;
    }
    println!("{failures} failures, {:.1} s", start.elapsed().as_secs_f64());
    if failures == 0 { Ok(()) } else { Err(format!("{failures} failures").into()) }
}

/// Every body over its open variables, then every generic body as shared code over references.
fn bodies(ts: &TypeSystem) -> usize {
    use kiln_importer::{NoPolicy, check};
    let lines = |r: &check::Report| -> Vec<String> { r.groups().into_iter().map(|(_, n, example)| format!("{n} × {example}")).collect() };
    let mut open = check::Report::default();
    check::check_bodies(ts, &NoPolicy, &mut open);
    let mut failures = show("method bodies", open.bodies as u64, &lines(&open));
    for u in &open.unsupported {
        println!("  not supported: {u}");
    }
    for a in &open.absent {
        println!("  throws when called, as on .NET: {a}");
    }
    let mut shared = check::Report::default();
    check::check_instantiations(ts, ts.well_known(kiln_typesys::WellKnown::Canon), &NoPolicy, &mut shared);
    failures += show("shared generic bodies", shared.bodies as u64, &lines(&shared));
    failures
}
