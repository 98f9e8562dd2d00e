//! The commands: arguments → driver → rendering → exit code.

use crate::args::{Build, Cli, Command, Common, Dump, EmitKind, Publish, Run, Size, Stage, Why};
use crate::exit;
use crate::render::{self, TerminalProgress};
use kiln_diag::{CODES, Diagnostic, codes, explain};
use kiln_driver::{BuildError, BuildOptions, Emit, OptLevel, Outcome};
use kiln_toolchain::{Scratch, ToolchainError};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Runs a command.
pub(crate) fn run(cli: Cli) -> ExitCode {
    match cli.command {
        Command::Build(b) => build(&b),
        Command::Run(r) => run_program(&r),
        Command::Publish(p) => publish(&p),
        Command::Dump(d) => dump(&d),
        Command::Why(w) => why(&w),
        Command::Size(s) => size(&s),
        Command::Explain { code } => explain_code(code.as_deref()),
    }
}

fn usage(message: &str) -> ExitCode {
    render::line(&format!("error: {message}\n\nFor more information, try '--help'."));
    ExitCode::from(exit::USAGE)
}

fn fail(e: &BuildError, json: bool) -> ExitCode {
    match e {
        BuildError::User(list) => {
            render::diagnostics(list, json);
            ExitCode::from(exit::USER)
        }
        BuildError::Environment(d) => {
            render::diagnostics(std::slice::from_ref(d.as_ref()), json);
            ExitCode::from(exit::ENVIRONMENT)
        }
        BuildError::Internal(d) => {
            render::diagnostics(std::slice::from_ref(d.as_ref()), json);
            ExitCode::from(exit::INTERNAL)
        }
    }
}

/// The runtime library: `KILN_RUNTIME`, or beside this executable.
fn runtime_archive() -> PathBuf {
    if let Some(p) = std::env::var_os("KILN_RUNTIME").filter(|v| !v.is_empty()) {
        return PathBuf::from(p);
    }
    let exe = std::env::current_exe().unwrap_or_default();
    exe.parent().unwrap_or(Path::new(".")).join("libkilnrt.a")
}

fn options(inputs: &[PathBuf], output: PathBuf, common: &Common) -> Result<BuildOptions, String> {
    let mut features = Vec::new();
    for f in &common.features {
        let (name, value) = f.split_once('=').ok_or_else(|| format!("--feature wants NAME=VALUE, not `{f}`"))?;
        features.push((name.to_owned(), value.to_owned()));
    }
    let cache = if common.no_cache { None } else { kiln_toolchain::Cache::locate().ok().map(|c| c.root().to_path_buf()) };
    Ok(BuildOptions {
        inputs: inputs.to_vec(),
        output,
        opt: match (common.size, common.optimize.as_deref()) {
            (true, _) => OptLevel::Size,
            (false, Some("0")) => OptLevel::None,
            _ => OptLevel::Speed,
        },
        debug_info: common.debug,
        keep_symbols: common.debug,
        framework: common.framework.clone(),
        references: common.references.clone(),
        resources: common.resources.iter().map(|text| kiln_toolchain::Resource::parse(text)).collect(),
        emit: Emit::Link,
        filter: None,
        threads: common.threads,
        cache,
        features,
        runtime_archive: runtime_archive(),
    })
}

fn stem(inputs: &[PathBuf]) -> PathBuf {
    PathBuf::from(inputs.first().and_then(|p| p.file_stem()).unwrap_or_default())
}

fn finish(result: Result<Outcome, BuildError>, common: &Common, progress: &TerminalProgress) -> Result<Outcome, ExitCode> {
    progress.clear();
    match result {
        Ok(outcome) => {
            render::diagnostics(&outcome.diagnostics, common.json);
            if common.time {
                times(&outcome, common.json);
            }
            Ok(outcome)
        }
        Err(e) => Err(fail(&e, common.json)),
    }
}

fn times(outcome: &Outcome, json: bool) {
    for (name, duration) in &outcome.timing.phases {
        render::time(name, *duration, json);
    }
    let c = outcome.compile;
    if !json {
        render::line(&if outcome.unchanged {
            "unchanged: taken from the cache".to_owned()
        } else {
            format!("{} functions from the cache, {} compiled; output {} bytes", c.hits, c.compiled, outcome.size)
        });
    }
}

/// Writes text to a file, or to standard output.
fn write_text(text: &str, path: Option<&Path>, json: bool) -> ExitCode {
    let written = match path {
        Some(path) => std::fs::write(path, text).map_err(|e| BuildError::write(path, &e)),
        None => render::out(text).map_err(|e| BuildError::write(Path::new("standard output"), &e)),
    };
    written.map_or_else(|e| fail(&e, json), |()| ExitCode::from(exit::OK))
}

fn build(b: &Build) -> ExitCode {
    let output = b.output.clone().unwrap_or_else(|| match b.emit {
        Some(EmitKind::Obj) => stem(&b.inputs).with_extension("objects"),
        _ => stem(&b.inputs),
    });
    let mut options = match options(&b.inputs, output, &b.common) {
        Ok(o) => o,
        Err(message) => return usage(&message),
    };
    options.emit = match b.emit {
        None => Emit::Link,
        Some(EmitKind::Mir) => Emit::Mir,
        Some(EmitKind::Lir) => Emit::Lir,
        Some(EmitKind::LlvmIr) => Emit::LlvmIr,
        Some(EmitKind::Asm) => Emit::Asm,
        Some(EmitKind::Obj) => Emit::Obj,
        Some(EmitKind::Map) => Emit::Map,
    };
    options.filter.clone_from(&b.filter);
    let progress = TerminalProgress::new(b.common.quiet);
    match finish(kiln_driver::build(&options, &progress), &b.common, &progress) {
        Ok(Outcome { text: Some(text), .. }) => {
            if text.is_empty() {
                render::line(&format!("nothing reached has a name that contains `{}`", b.filter.as_deref().unwrap_or_default()));
            }
            write_text(&text, b.output.as_deref(), b.common.json)
        }
        Ok(_) => ExitCode::from(exit::OK),
        Err(code) => code,
    }
}

/// A scratch folder, or the exit code of its failure.
fn scratch(common: &Common) -> Result<Scratch, ExitCode> {
    Scratch::new().map_err(|e| {
        let error = match &e {
            ToolchainError::Io { path, source } => BuildError::write(path, source),
            e => BuildError::internal("scratch folder", e),
        };
        fail(&error, common.json)
    })
}

fn run_program(r: &Run) -> ExitCode {
    let scratch = match scratch(&r.common) {
        Ok(scratch) => scratch,
        Err(code) => return code,
    };
    let output = scratch.path().join(stem(&r.inputs));
    let options = match options(&r.inputs, output.clone(), &r.common) {
        Ok(options) => options,
        Err(message) => return usage(&message),
    };
    let progress = TerminalProgress::new(r.common.quiet);
    match finish(kiln_driver::build(&options, &progress), &r.common, &progress) {
        Err(code) => code,
        Ok(outcome) => match outcome.stored.filter(|_| outcome.natives.is_empty()) {
            Some(stored) => {
                drop(scratch);
                become_program(&stored, r)
            }
            None => match copy_natives(&outcome.natives, scratch.path()) {
                Ok(()) => wait_for_program(&output, r),
                Err(e) => fail(&e, r.common.json),
            },
        },
    }
}

fn cannot_run(program: &Path, e: &std::io::Error, json: bool) -> ExitCode {
    let d = Diagnostic::error(codes::OUTPUT_NOT_WRITABLE, format!("cannot run `{}`: {e}", program.display()))
        .with_help("a folder whose programs may not be run? TMPDIR and KILN_CACHE choose other places");
    fail(&BuildError::environment(d), json)
}

/// The program takes this process's place: signals, the terminal and the exit code are its own.
#[expect(clippy::disallowed_methods, reason = "`kiln run` runs the program it built")]
fn become_program(program: &Path, r: &Run) -> ExitCode {
    use std::os::unix::process::CommandExt;
    let error = std::process::Command::new(program).args(&r.arguments).exec();
    cannot_run(program, &error, r.common.json)
}

/// The program lies in a scratch folder, which is to be removed when it ends.
#[expect(clippy::disallowed_methods, reason = "`kiln run` runs the program it built")]
fn wait_for_program(program: &Path, r: &Run) -> ExitCode {
    match std::process::Command::new(program).args(&r.arguments).status() {
        Ok(status) => {
            use std::os::unix::process::ExitStatusExt;
            let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
            ExitCode::from(u8::try_from(code & 0xff).unwrap_or(1))
        }
        Err(e) => cannot_run(program, &e, r.common.json),
    }
}

/// Puts the packages' native libraries beside the program.
fn copy_natives(natives: &[PathBuf], folder: &Path) -> Result<(), BuildError> {
    for native in natives {
        let to = folder.join(native.file_name().unwrap_or_default());
        // An application folder that is published into has them already.
        if to.canonicalize().ok().is_none_or(|to| native.canonicalize().ok() != Some(to)) {
            std::fs::copy(native, &to).map_err(|e| BuildError::write(&to, &e))?;
        }
    }
    Ok(())
}

fn publish(p: &Publish) -> ExitCode {
    if p.rid != "linux-x64" {
        return usage(&format!("the target `{}` is not supported: Kiln compiles for linux-x64 only, so far", p.rid));
    }
    let inputs = [p.input.clone()];
    let options = match options(&inputs, p.output.join(stem(&inputs)), &p.common) {
        Ok(o) => o,
        Err(message) => return usage(&message),
    };
    let existed = p.output.exists();
    if let Err(e) = std::fs::create_dir_all(&p.output) {
        return fail(&BuildError::write(&p.output, &e), p.common.json);
    }
    let progress = TerminalProgress::new(p.common.quiet);
    match finish(kiln_driver::build(&options, &progress), &p.common, &progress) {
        Ok(outcome) => copy_natives(&outcome.natives, &p.output).map_or_else(|e| fail(&e, p.common.json), |()| ExitCode::from(exit::OK)),
        Err(code) => {
            if !existed {
                // Only an empty folder goes.
                let _ = std::fs::remove_dir(&p.output);
            }
            code
        }
    }
}

fn dump(d: &Dump) -> ExitCode {
    let options = match options(std::slice::from_ref(&d.input), PathBuf::new(), &d.common) {
        Ok(o) => o,
        Err(message) => return usage(&message),
    };
    let stage = match d.stage {
        Stage::Types => kiln_driver::dump::Stage::Types,
        Stage::Il => kiln_driver::dump::Stage::Il,
        Stage::Layout => kiln_driver::dump::Stage::Layout,
        Stage::Vtable => kiln_driver::dump::Stage::Vtable,
        Stage::Mir => kiln_driver::dump::Stage::Mir,
        Stage::Lir => kiln_driver::dump::Stage::Lir,
    };
    let progress = TerminalProgress::new(d.common.quiet);
    let result = kiln_driver::dump::dump(&options, stage, d.filter.as_deref(), &progress);
    progress.clear();
    match result {
        Ok(text) => {
            if let (true, Some(filter)) = (text.is_empty(), &d.filter) {
                render::line(&format!("nothing in `{}` has a name that contains `{filter}`", d.input.display()));
            }
            write_text(&text, None, d.common.json)
        }
        Err(e) => fail(&e, d.common.json),
    }
}

fn why(w: &Why) -> ExitCode {
    let options = match options(&w.inputs, PathBuf::new(), &w.common) {
        Ok(o) => o,
        Err(message) => return usage(&message),
    };
    let progress = TerminalProgress::new(w.common.quiet);
    let result = kiln_driver::dump::why(&options, &w.symbol, &progress);
    progress.clear();
    match result {
        Ok(lines) if lines.is_empty() => {
            let d = Diagnostic::error(codes::NO_SYMBOL, format!("nothing in the program has a name that contains `{}`", w.symbol));
            fail(&BuildError::user(d.with_help("`kiln build FILE --emit=map` lists what is in it")), w.common.json)
        }
        Ok(lines) => write_text(&(lines.join("\n") + "\n"), None, w.common.json),
        Err(e) => fail(&e, w.common.json),
    }
}

fn size(s: &Size) -> ExitCode {
    let scratch = match scratch(&s.common) {
        Ok(scratch) => scratch,
        Err(code) => return code,
    };
    let options = match options(&s.inputs, scratch.path().join(stem(&s.inputs)), &s.common) {
        Ok(options) => options,
        Err(message) => return usage(&message),
    };
    let progress = TerminalProgress::new(s.common.quiet);
    match finish(kiln_driver::pipeline::build_sized(&options, &progress), &s.common, &progress) {
        Err(code) => code,
        Ok(outcome) => {
            if let Some(path) = &s.html {
                if let Err(e) = std::fs::write(path, kiln_driver::sizes::treemap(&outcome.sizes)) {
                    return fail(&BuildError::write(path, &e), s.common.json);
                }
            }
            write_text(&kiln_driver::sizes::table(&outcome.sizes, outcome.size), None, s.common.json)
        }
    }
}

fn explain_code(code: Option<&str>) -> ExitCode {
    let Some(code) = code else {
        let list: String = CODES.iter().map(|c| format!("{}  {}\n", c.code, c.title)).collect();
        return write_text(&list, None, false);
    };
    match explain(code) {
        Some(c) => write_text(&format!("{}: {}\n\n{}\n", c.code, c.title, c.text), None, false),
        None => usage(&format!("there is no code `{code}`; `kiln explain` alone lists Kiln's codes (CSxxxx are the C# compiler's)")),
    }
}
