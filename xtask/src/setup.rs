//! `cargo xtask setup`: everything that Kiln needs and the machine does not have yet.
//!
//! Each step first looks, then acts, then says what it did; running it again does nothing and takes a second. What comes from
//! a registry is pinned by version and checksum and ends up in the cache (`docs/internals/cache-layout.md`).

mod foreign;
mod host;
mod npm;
mod packages;
mod registry;

use kiln_target::Target;
use kiln_toolchain::{CSharpOptions, Cache, Compilation, FrameworkSource, Oracle, find_csc, find_framework};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

const HELP: &str = "\
Usage: cargo xtask setup [OPTIONS]

Installs what is missing to build Kiln, to compile C# and to run the tests.

Options:
  --framework DIR   use the .NET framework in DIR (also: KILN_FRAMEWORK); nothing is fetched then
  --no-packages     do not install system packages, only check for them
  --registry        fetch the pinned framework and Roslyn even where .NET is installed
  --no-targets      leave out what only programs for other targets than this machine need
  -h, --help        print this text

Environment:
  KILN_CACHE        the cache folder, default ~/.cache/kiln

Examples:
  cargo xtask setup
  KILN_CACHE=/tmp/kiln cargo xtask setup --registry
";

/// What the command line asks for.
#[derive(Default)]
struct Options {
    framework: Option<PathBuf>,
    no_packages: bool,
    registry: bool,
    no_targets: bool,
}

/// Runs the task.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let mut options = Options::default();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "--framework" => options.framework = Some(rest.next().ok_or("--framework needs a folder")?.into()),
            "--no-packages" => options.no_packages = true,
            "--registry" => options.registry = true,
            "--no-targets" => options.no_targets = true,
            "-h" | "--help" => {
                print!("{HELP}");
                return Ok(());
            }
            other => return Err(format!("unknown option `{other}`\n\n{HELP}")),
        }
    }
    let cache = Cache::locate().map_err(|e| e.to_string())?;
    let start = Instant::now();
    step("system packages", || packages::ensure(!options.no_packages))?;
    step(".NET framework", || framework(&cache, &options))?;
    step("CoreCLR launcher", || host::ensure(&cache))?;
    step("C# compiler", || compiler(&cache, &options))?;
    step("trial run", || trial(&options))?;
    if !options.no_targets {
        let targets: Vec<&Target> = Target::ALL.iter().copied().filter(|t| !t.is_host()).collect();
        step("packages for other targets", || packages::ensure_foreign(&targets, !options.no_packages))?;
        for target in targets {
            step(&format!("Rust for {}", target.rid), || foreign::ensure(&cache, target))?;
        }
    }
    println!("setup: done in {:.1} s; the cache is {}", start.elapsed().as_secs_f64(), cache.root().display());
    Ok(())
}

/// Runs one step and reports what it did and how long it took.
fn step(name: &str, action: impl FnOnce() -> Result<String, String>) -> Result<(), String> {
    print!("setup: {name}: ");
    // The line is finished when the step is; without the flush nothing would be seen until then.
    let _ = std::io::stdout().flush();
    let start = Instant::now();
    match action() {
        Ok(done) => {
            println!("{done} ({:.1} s)", start.elapsed().as_secs_f64());
            Ok(())
        }
        Err(message) => {
            println!("failed");
            Err(format!("{name}: {message}"))
        }
    }
}

/// Tells more about a step that takes long.
fn progress(text: &str) {
    print!("{text} ... ");
    let _ = std::io::stdout().flush();
}

fn framework(cache: &Cache, options: &Options) -> Result<String, String> {
    if options.framework.is_none() && options.registry {
        registry::framework(cache)?;
    }
    let found = match find_framework(options.framework.as_deref()) {
        Ok(found) => found,
        Err(kiln_toolchain::ToolchainError::NoFramework { .. }) => {
            registry::framework(cache)?;
            find_framework(None).map_err(|e| e.to_string())?
        }
        Err(other) => return Err(other.to_string()),
    };
    // .NET is installed, but not the version that Kiln is made for.
    let found = if found.source == FrameworkSource::Installed && !found.is_supported() {
        registry::framework(cache)?;
        find_framework(None).map_err(|e| e.to_string())?
    } else {
        found
    };
    let origin = match found.source {
        FrameworkSource::Explicit => "named on the command line",
        FrameworkSource::Environment => "named by KILN_FRAMEWORK",
        FrameworkSource::Installed => "installed",
        FrameworkSource::Cache => "in the cache",
    };
    let count = found.assemblies().map_err(|e| e.to_string())?.len();
    Ok(format!("{} {origin}, {count} assemblies in {}", found.version, found.dir.display()))
}

fn compiler(cache: &Cache, options: &Options) -> Result<String, String> {
    if options.registry {
        registry::roslyn(cache)?;
    }
    let found = match find_csc() {
        Err(kiln_toolchain::ToolchainError::NoCompiler { .. }) => {
            registry::roslyn(cache)?;
            find_csc()
        }
        other => other,
    };
    Ok(format!("Roslyn in {}", found.map_err(|e| e.to_string())?.roslyn().display()))
}

/// Compiles `samples/hello.cs` and runs it on the oracle: the whole tool chain but Kiln itself.
fn trial(options: &Options) -> Result<String, String> {
    let framework = find_framework(options.framework.as_deref()).map_err(|e| e.to_string())?;
    let compilation = Compilation {
        name: "hello".to_owned(),
        sources: vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples/hello.cs")],
        references: framework.assemblies().map_err(|e| e.to_string())?,
        resources: Vec::new(),
        options: CSharpOptions::default(),
    };
    let compiler = find_csc().map_err(|e| e.to_string())?;
    let compiled = compiler.compile_cached(&[compilation]).map_err(|e| e.to_string())?.remove(0);
    if !compiled.ok {
        let lines: Vec<String> = compiled.diagnostics.iter().map(ToString::to_string).collect();
        return Err(format!("samples/hello.cs does not compile\n{}", lines.join("\n")));
    }
    if !framework.dir.join("libcoreclr.so").is_file() {
        return Ok("samples/hello.cs compiles; this framework has no runtime, so the tests have no oracle".to_owned());
    }
    let no_arguments: &[&str] = &[];
    let oracle = Oracle::new(&framework).map_err(|e| e.to_string())?;
    let output = oracle.run(&compiled.assembly, no_arguments, b"").map_err(|e| e.to_string())?;
    if output.code != 0 {
        return Err(format!("hello ended with {}\n{}", output.code, String::from_utf8_lossy(&output.stderr)));
    }
    Ok(format!("CoreCLR says `{}`", String::from_utf8_lossy(&output.stdout).trim_end()))
}
