//! The commands: arguments → driver → rendering → exit code.

use crate::args::{Build, Cli, Command, Common, Dump, EmitKind, Publish, Run, Size, Stage, Why};
use crate::exit;
use crate::render::{self, TerminalProgress};
use kiln_diag::{CODES, Diagnostic, codes, explain};
use kiln_driver::{BuildError, BuildOptions, Emit, OptLevel, Outcome};
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
                for (name, duration) in &outcome.timing.phases {
                    render::line(&format!("{:>9.1} ms  {name}", duration.as_secs_f64() * 1e3));
                }
                let c = outcome.compile;
                render::line(&if outcome.unchanged {
                    "unchanged: taken from the cache".to_owned()
                } else {
                    format!("{} functions from the cache, {} compiled; output {} bytes", c.hits, c.compiled, outcome.size)
                });
            }
            Ok(outcome)
        }
        Err(e) => Err(fail(&e, common.json)),
    }
}

fn build(b: &Build) -> ExitCode {
    let output = b.output.clone().unwrap_or_else(|| stem(&b.inputs));
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
        Ok(outcome) => match (outcome.text, &b.output) {
            (Some(text), Some(path)) => match std::fs::write(path, text) {
                Ok(()) => ExitCode::from(exit::OK),
                Err(e) => fail(&BuildError::write(path, &e), b.common.json),
            },
            (Some(text), None) => {
                render::out(&text);
                ExitCode::from(exit::OK)
            }
            (None, _) => ExitCode::from(exit::OK),
        },
        Err(code) => code,
    }
}

fn run_program(r: &Run) -> ExitCode {
    let dir = std::env::temp_dir().join(format!("kiln-run-{}", std::process::id()));
    if let Err(e) = std::fs::create_dir_all(&dir) {
        return fail(&BuildError::write(&dir, &e), r.common.json);
    }
    let output = dir.join(stem(&r.inputs));
    let code = match options(&r.inputs, output.clone(), &r.common) {
        Err(message) => usage(&message),
        Ok(options) => {
            let progress = TerminalProgress::new(r.common.quiet);
            match finish(kiln_driver::build(&options, &progress), &r.common, &progress) {
                Err(code) => code,
                Ok(_) => execute(&output, &r.arguments),
            }
        }
    };
    // The program may have removed its own folder.
    let _ = std::fs::remove_dir_all(&dir);
    code
}

#[expect(clippy::disallowed_methods, reason = "`kiln run` runs the program it built")]
fn execute(program: &Path, arguments: &[String]) -> ExitCode {
    match std::process::Command::new(program).args(arguments).status() {
        Ok(status) => {
            use std::os::unix::process::ExitStatusExt;
            let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
            ExitCode::from(u8::try_from(code & 0xff).unwrap_or(1))
        }
        Err(e) => {
            render::line(&format!("error[KILN0502]: cannot run `{}`: {e}", program.display()));
            ExitCode::from(exit::ENVIRONMENT)
        }
    }
}

fn publish(p: &Publish) -> ExitCode {
    if p.rid != "linux-x64" {
        return usage(&format!("target `{}` is not supported yet: only linux-x64 is", p.rid));
    }
    if let Err(e) = std::fs::create_dir_all(&p.output) {
        return fail(&BuildError::write(&p.output, &e), p.common.json);
    }
    let inputs = [p.input.clone()];
    let options = match options(&inputs, p.output.join(stem(&inputs)), &p.common) {
        Ok(o) => o,
        Err(message) => return usage(&message),
    };
    let progress = TerminalProgress::new(p.common.quiet);
    match finish(kiln_driver::build(&options, &progress), &p.common, &progress) {
        Ok(_) => ExitCode::from(exit::OK),
        Err(code) => code,
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
            render::out(&text);
            ExitCode::from(exit::OK)
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
            render::line(&format!("nothing in the program has a name that contains `{}`", w.symbol));
            ExitCode::from(exit::USER)
        }
        Ok(lines) => {
            render::out(&(lines.join("\n") + "\n"));
            ExitCode::from(exit::OK)
        }
        Err(e) => fail(&e, w.common.json),
    }
}

fn size(s: &Size) -> ExitCode {
    let dir = std::env::temp_dir().join(format!("kiln-size-{}", std::process::id()));
    if let Err(e) = std::fs::create_dir_all(&dir) {
        return fail(&BuildError::write(&dir, &e), s.common.json);
    }
    let code = match options(&s.inputs, dir.join(stem(&s.inputs)), &Common { no_cache: false, ..s.common.clone() }) {
        Err(message) => usage(&message),
        Ok(options) => {
            let progress = TerminalProgress::new(s.common.quiet);
            match finish(kiln_driver::pipeline::build_sized(&options, &progress), &s.common, &progress) {
                Err(code) => code,
                Ok(outcome) => {
                    render::out(&kiln_driver::sizes::table(&outcome.sizes, outcome.size));
                    match s.html.as_ref().map(|p| (p, std::fs::write(p, kiln_driver::sizes::treemap(&outcome.sizes)))) {
                        Some((p, Err(e))) => fail(&BuildError::write(p, &e), s.common.json),
                        _ => ExitCode::from(exit::OK),
                    }
                }
            }
        }
    };
    let _ = std::fs::remove_dir_all(&dir);
    code
}

fn explain_code(code: Option<&str>) -> ExitCode {
    let Some(code) = code else {
        for c in CODES {
            render::out(&format!("{}  {}\n", c.code, c.title));
        }
        return ExitCode::from(exit::OK);
    };
    match explain(code) {
        Some(c) => {
            render::out(&format!("{}: {}\n\n{}\n", c.code, c.title, c.text));
            ExitCode::from(exit::OK)
        }
        None => {
            render::diagnostics(
                &[Diagnostic::error(codes::INPUT_NOT_FOUND, format!("there is no code `{code}`"))
                    .with_help("`kiln explain` alone lists all codes")],
                false,
            );
            ExitCode::from(exit::USAGE)
        }
    }
}
