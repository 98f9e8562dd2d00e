//! The commands: arguments → driver → rendering → exit code.

use crate::args::{Build, CacheAction, Cli, Command, Common, Dump, EmitKind, Publish, Run, Size, Stage, Why};
use crate::exit;
use crate::render::{self, TerminalProgress};
use crate::sarif;
use kiln_diag::{CODES, Diagnostic, Severity, codes, explain};
use kiln_driver::dump::Answer;
use kiln_driver::reproduce::quoted;
use kiln_driver::{BuildError, BuildOptions, Emit, OptLevel, Outcome, WarningOptions, output};
use kiln_target::Target;
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
        Command::Cache { action } => cache(&action),
        Command::Explain { code } => explain_code(code.as_deref()),
    }
}

/// A command line that cannot be followed.
pub(crate) fn usage(message: &str, json: bool) -> ExitCode {
    usage_diagnostic(Diagnostic::error(codes::USAGE, message), json)
}

fn usage_diagnostic(d: Diagnostic, json: bool) -> ExitCode {
    let d = if d.help.is_some() { d } else { d.with_help("`kiln help` and `kiln COMMAND --help` describe the command line") };
    render::diagnostics(&[d], json);
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
        BuildError::Internal(bug) => {
            render::diagnostics(std::slice::from_ref(&bug.diagnostic), json);
            ExitCode::from(exit::INTERNAL)
        }
    }
}

/// The runtime library: `KILN_RUNTIME`, or beside this executable; those of other targets than this machine in folders below.
fn runtime_archive(target: &Target) -> PathBuf {
    if let Some(p) = std::env::var_os("KILN_RUNTIME").filter(|v| !v.is_empty()) {
        return PathBuf::from(p);
    }
    let exe = std::env::current_exe().unwrap_or_default();
    exe.parent().unwrap_or(Path::new(".")).join(kiln_toolchain::runtime_archive(target))
}

/// How this program was called, for a shell: the variables that it looks at and that are set, and its name.
pub(crate) fn called() -> String {
    let variables = ["KILN_FRAMEWORK", "KILN_RUNTIME", "KILN_LLD", "KILN_ROSLYN", "KILN_CACHE", "DOTNET_ROOT"];
    let set = variables.iter().filter_map(|name| Some((name, std::env::var_os(name).filter(|value| !value.is_empty())?)));
    let mut line: String = set.map(|(name, value)| format!("{name}={} ", quoted(&value))).collect();
    line.push_str(&quoted(&std::env::args_os().next().unwrap_or_else(|| "kiln".into())));
    line
}

/// The target of `-r`.
fn target(rid: Option<&str>) -> Result<&'static Target, Box<Diagnostic>> {
    let Some(rid) = rid else { return Ok(Target::host()) };
    Target::parse(rid).map_err(|e| {
        let host = Target::host().rid;
        let d = Diagnostic::error(codes::UNSUPPORTED_TARGET, e.to_string());
        Box::new(d.with_help(format!("Kiln compiles for {}; without -r, for {host}", Target::supported())))
    })
}

fn options(inputs: &[PathBuf], output: PathBuf, common: &Common) -> Result<BuildOptions, Box<Diagnostic>> {
    let target = target(common.rid.as_deref())?;
    let instruction_sets = kiln_driver::instruction_sets(target, &common.instruction_set)
        .map_err(|e| Box::new(Diagnostic::error(codes::USAGE, format!("--instruction-set: {e}"))))?;
    let mut features = Vec::new();
    for f in &common.features {
        let (name, value) = f
            .split_once('=')
            .filter(|(name, _)| !name.is_empty())
            .ok_or_else(|| Box::new(Diagnostic::error(codes::USAGE, format!("--feature wants NAME=VALUE, not `{f}`"))))?;
        features.push((name.to_owned(), value.to_owned()));
    }
    let cache = match kiln_toolchain::Cache::locate() {
        _ if common.no_cache => None,
        Ok(cache) => Some(cache.root().to_path_buf()),
        Err(e) => {
            let d = Diagnostic::warning(codes::CACHE_NOT_WRITABLE, e.to_string());
            render::diagnostics(
                &[d.with_help("without its cache Kiln compiles everything again; set KILN_CACHE to a folder")],
                common.json,
            );
            None
        }
    };
    Ok(BuildOptions {
        called: called(),
        inputs: inputs.to_vec(),
        output,
        target,
        instruction_sets,
        opt: match (common.size, common.optimize.as_deref()) {
            (true, _) => OptLevel::Size,
            (false, Some("0")) => OptLevel::O0,
            _ => OptLevel::O2,
        },
        opt_fuel: common.opt_fuel,
        debug_info: common.debug,
        keep_symbols: common.debug,
        framework: common.framework.clone(),
        references: common.references.clone(),
        roots: common.roots.clone(),
        descriptors: common.descriptors.clone(),
        substitutions: common.substitutions.clone(),
        link_attributes: common.link_attributes.clone(),
        warnings: WarningOptions {
            hidden: code_list(&common.no_warn),
            all_are_errors: common.warnings_as_errors.as_ref().is_some_and(Vec::is_empty),
            errors: code_list(common.warnings_as_errors.as_deref().unwrap_or_default()),
            no_errors: code_list(&common.warnings_not_as_errors),
            expand: common.expand_warnings,
        },
        resources: common.resources.iter().map(|text| kiln_toolchain::Resource::parse(text)).collect(),
        emit: Emit::Link,
        filter: None,
        threads: common.threads,
        cache,
        features,
        runtime_archive: runtime_archive(target),
    })
}

/// Codes, however they are separated: as MSBuild's properties have them, too.
fn code_list(given: &[String]) -> Vec<String> {
    given.iter().flat_map(|text| text.split([';', ',', ' '])).filter(|c| !c.is_empty()).map(str::to_owned).collect()
}

fn stem(inputs: &[PathBuf]) -> PathBuf {
    PathBuf::from(inputs.first().and_then(|p| p.file_stem()).unwrap_or_default())
}

fn finish(result: Result<Outcome, BuildError>, common: &Common, progress: &TerminalProgress) -> Result<Outcome, ExitCode> {
    progress.clear();
    if let Some(path) = &common.sarif {
        let said: &[Diagnostic] = match &result {
            Ok(outcome) => &outcome.diagnostics,
            Err(BuildError::User(list)) => list,
            Err(BuildError::Environment(d)) => std::slice::from_ref(d.as_ref()),
            Err(BuildError::Internal(bug)) => std::slice::from_ref(&bug.diagnostic),
        };
        output::write(path, sarif::log(said).as_bytes()).map_err(|e| fail(&e, common.json))?;
    }
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
    if json {
        outcome.timing.processor.iter().for_each(|(name, time)| render::processor_time(name, *time));
    }
    let (c, o) = (outcome.compile, outcome.optimized);
    if !json && o.methods > 0 {
        render::line(&format!("{} calls made direct in {} methods", o.direct_calls, o.methods));
    }
    render::line(&if json {
        render::totals(outcome)
    } else if outcome.unchanged {
        "unchanged: taken from the cache".to_owned()
    } else {
        format!("{} functions from the cache, {} compiled; output {} bytes", c.hits, c.compiled, outcome.size)
    });
}

/// A filter that left nothing is no error, but rarely what was meant.
fn nothing_left(text: String, json: bool) {
    render::diagnostics(&[Diagnostic::new(codes::NO_SYMBOL.as_str(), Severity::Note, text)], json);
}

/// Writes text to a file, or to standard output.
fn write_text(text: &str, path: Option<&Path>, json: bool) -> ExitCode {
    let result = match path {
        Some(path) => output::write(path, text.as_bytes()),
        None => return written(render::out(text), json),
    };
    result.map_or_else(|e| fail(&e, json), |()| ExitCode::from(exit::OK))
}

/// The exit code of what was printed on standard output.
pub(crate) fn written(result: std::io::Result<()>, json: bool) -> ExitCode {
    match result {
        Ok(()) => ExitCode::from(exit::OK),
        Err(e) => {
            let code = if e.kind() == std::io::ErrorKind::StorageFull { codes::DISK_FULL } else { codes::OUTPUT_NOT_WRITABLE };
            fail(&BuildError::environment(Diagnostic::error(code, format!("cannot write to standard output: {e}"))), json)
        }
    }
}

fn build(b: &Build) -> ExitCode {
    let output = b.output.clone().unwrap_or_else(|| match b.emit {
        Some(EmitKind::Obj) => stem(&b.inputs).with_extension("objects"),
        _ => stem(&b.inputs),
    });
    let mut options = match options(&b.inputs, output, &b.common) {
        Ok(o) => o,
        Err(d) => return usage_diagnostic(*d, b.common.json),
    };
    options.emit = match b.emit {
        None => Emit::Link,
        Some(EmitKind::Mir) => Emit::Mir,
        Some(EmitKind::MirOpt) => Emit::MirOpt,
        Some(EmitKind::Lir) => Emit::Lir,
        Some(EmitKind::LlvmIr) => Emit::LlvmIr,
        Some(EmitKind::Asm) => Emit::Asm,
        Some(EmitKind::Obj) => Emit::Obj,
        Some(EmitKind::Map) => Emit::Map,
    };
    options.filter.clone_from(&b.filter);
    let is_text = b.emit.is_some_and(|kind| kind != EmitKind::Obj);
    if let (true, Some(path)) = (is_text, &b.output)
        && let Err(e) = output::check_text(&b.inputs, path)
    {
        return fail(&e, b.common.json);
    }
    let progress = TerminalProgress::new(&b.common);
    match finish(kiln_driver::build(&options, &progress), &b.common, &progress) {
        Ok(Outcome { text: Some(text), .. }) => {
            if text.is_empty() {
                let filter = b.filter.as_deref().unwrap_or_default();
                nothing_left(format!("nothing reached has a name that contains `{filter}`"), b.common.json);
            }
            write_text(&text, b.output.as_deref(), b.common.json)
        }
        Ok(outcome) => {
            if b.emit.is_none() {
                missing_natives(&outcome.natives, &options.output, b.common.json);
            }
            ExitCode::from(exit::OK)
        }
        Err(code) => code,
    }
}

/// `kiln build` makes one file. What it needs beside it is said at once, and not by the program when it is run.
fn missing_natives(natives: &[PathBuf], output: &Path, json: bool) {
    let name = |native: &PathBuf| native.file_name().unwrap_or_default().to_owned();
    let missing: Vec<String> = natives
        .iter()
        .filter(|native| !output.with_file_name(name(native)).exists())
        .map(|native| format!("`{}`", name(native).display()))
        .collect();
    if !missing.is_empty() {
        let text = format!("`{}` needs {} beside it to run", output.display(), missing.join(", "));
        let d = Diagnostic::warning(codes::NATIVES_NEEDED, text);
        render::diagnostics(&[d.with_help("`kiln publish` copies the packages' native libraries; `kiln run` does too")], json);
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
        Err(d) => return usage_diagnostic(*d, r.common.json),
    };
    let progress = TerminalProgress::new(&r.common);
    match finish(kiln_driver::build(&options, &progress), &r.common, &progress) {
        Err(code) => code,
        Ok(outcome) => {
            if let Some(stored) = &outcome.stored
                && stored.parent().is_some_and(|folder| copy_natives(&outcome.natives, folder).is_ok())
            {
                drop(scratch);
                return become_program(stored, r);
            }
            // The folder stays for a later process to remove. Waiting for the program instead would mean to stand between it and its
            // signals: whoever ends `kiln run` means the program.
            match copy_natives(&outcome.natives, scratch.path()) {
                Ok(()) => become_program(&output, r),
                Err(e) => fail(&e, r.common.json),
            }
        }
    }
}

fn cannot_run(program: &Path, e: &std::io::Error, json: bool) -> ExitCode {
    let d = Diagnostic::error(codes::OUTPUT_NOT_WRITABLE, format!("cannot run `{}`: {e}", program.display()))
        .with_help("a folder whose programs may not be run? TMPDIR and KILN_CACHE choose other places");
    fail(&BuildError::environment(d), json)
}

/// The program takes this process's place: signals, the terminal and the exit code are its own.
fn become_program(program: &Path, r: &Run) -> ExitCode {
    use std::os::unix::process::CommandExt;
    let error = std::process::Command::new(program).args(&r.arguments).exec();
    cannot_run(program, &error, r.common.json)
}

/// Puts the packages' native libraries beside the program.
fn copy_natives(natives: &[PathBuf], folder: &Path) -> Result<(), BuildError> {
    for native in natives {
        let to = folder.join(native.file_name().unwrap_or_default());
        let bytes = std::fs::read(native).map_err(|e| {
            let d = Diagnostic::error(codes::INPUT_NOT_FOUND, format!("cannot read the native library `{}`: {e}", native.display()));
            BuildError::user(d.with_help("the application's deps.json names it: check its permissions"))
        })?;
        // An application folder that is published into has them already, and so has a program in the cache that ran before.
        if std::fs::read(&to).ok().as_ref() != Some(&bytes) {
            output::write(&to, &bytes)?;
        }
    }
    Ok(())
}

fn publish(p: &Publish) -> ExitCode {
    let inputs = [p.input.clone()];
    let options = match options(&inputs, p.output.join(stem(&inputs)), &p.common) {
        Ok(o) => o,
        Err(d) => return usage_diagnostic(*d, p.common.json),
    };
    let existed = p.output.exists();
    if let Err(e) = std::fs::create_dir_all(&p.output) {
        return fail(&BuildError::write(&p.output, &e), p.common.json);
    }
    let progress = TerminalProgress::new(&p.common);
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
        Err(e) => return usage_diagnostic(*e, d.common.json),
    };
    let stage = match d.stage {
        Stage::Types => kiln_driver::dump::Stage::Types,
        Stage::Il => kiln_driver::dump::Stage::Il,
        Stage::Layout => kiln_driver::dump::Stage::Layout,
        Stage::Vtable => kiln_driver::dump::Stage::Vtable,
        Stage::Mir => kiln_driver::dump::Stage::Mir,
        Stage::Lir => kiln_driver::dump::Stage::Lir,
    };
    let progress = TerminalProgress::new(&d.common);
    let result = kiln_driver::dump::dump(&options, stage, d.filter.as_deref(), &progress);
    progress.clear();
    match result {
        Ok((text, _)) => {
            if let (true, Some(filter)) = (text.is_empty(), &d.filter) {
                nothing_left(format!("nothing in `{}` has a name that contains `{filter}`", d.input.display()), d.common.json);
            }
            write_text(&text, None, d.common.json)
        }
        Err(e) => fail(&e, d.common.json),
    }
}

/// `kiln why --warning`: what would be the symbol is the first file.
fn why_warning(w: &Why, which: &str) -> ExitCode {
    let inputs: Vec<PathBuf> = std::iter::once(PathBuf::from(&w.symbol)).chain(w.inputs.iter().cloned()).collect();
    let options = match options(&inputs, PathBuf::new(), &w.common) {
        Ok(o) => o,
        Err(d) => return usage_diagnostic(*d, w.common.json),
    };
    let progress = TerminalProgress::new(&w.common);
    let result = kiln_driver::dump::why_warning(&options, which, &progress);
    progress.clear();
    match result {
        Ok(found) if found.is_empty() => {
            let d = Diagnostic::error(codes::NO_SYMBOL, format!("the program has no warning `{which}`"));
            fail(
                &BuildError::user(d.with_help("give the number of a warning in the order in which `kiln build` says them, or its code")),
                w.common.json,
            )
        }
        Ok(found) => {
            let text: Vec<String> = found.iter().map(|(d, path)| format!("{}\n{path}\n", render::one_line(d))).collect();
            write_text(&text.join("\n"), None, w.common.json)
        }
        Err(e) => fail(&e, w.common.json),
    }
}

fn why(w: &Why) -> ExitCode {
    if let Some(which) = &w.warning {
        return why_warning(w, which);
    }
    let options = match options(&w.inputs, PathBuf::new(), &w.common) {
        Ok(o) => o,
        Err(d) => return usage_diagnostic(*d, w.common.json),
    };
    let progress = TerminalProgress::new(&w.common);
    let answer = match (w.count, w.all) {
        (true, _) => Answer::Count,
        (false, true) => Answer::Reasons,
        (false, false) => Answer::Paths,
    };
    let result = kiln_driver::dump::why(&options, &w.symbol, answer, &progress);
    progress.clear();
    match result {
        Ok((lines, _)) if lines.is_empty() => {
            let d = Diagnostic::error(codes::NO_SYMBOL, format!("nothing in the program has a name that contains `{}`", w.symbol));
            fail(&BuildError::user(d.with_help("`kiln build FILE --emit=map` lists what is in it")), w.common.json)
        }
        Ok((lines, _)) => write_text(&(lines.join("\n") + "\n"), None, w.common.json),
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
        Err(d) => return usage_diagnostic(*d, s.common.json),
    };
    if let Some(Err(e)) = s.html.as_ref().map(|path| output::check_text(&s.inputs, path)) {
        return fail(&e, s.common.json);
    }
    let progress = TerminalProgress::new(&s.common);
    match finish(kiln_driver::pipeline::build_sized(&options, &progress), &s.common, &progress) {
        Err(code) => code,
        Ok(outcome) => {
            if let Some(path) = &s.html
                && let Err(e) = output::write(path, kiln_driver::sizes::treemap(&outcome.sizes).as_bytes())
            {
                return fail(&e, s.common.json);
            }
            write_text(&kiln_driver::sizes::table(&outcome.sizes, outcome.size), None, s.common.json)
        }
    }
}

fn cache(action: &CacheAction) -> ExitCode {
    let cache = match kiln_toolchain::Cache::locate() {
        Ok(cache) => cache,
        Err(e) => return fail(&BuildError::environment(Diagnostic::error(codes::CACHE_NOT_WRITABLE, e.to_string())), false),
    };
    let (result, what, file) = match action {
        CacheAction::Export { file } => (kiln_driver::transfer::export(cache.root(), file), "to", file),
        CacheAction::Import { file } => (kiln_driver::transfer::import(cache.root(), file), "from", file),
    };
    match result {
        Ok(moved) => write_text(&format!("{} functions, {} bytes {what} {}\n", moved.entries, moved.bytes, file.display()), None, false),
        Err(e) => fail(&e, false),
    }
}

fn explain_code(code: Option<&str>) -> ExitCode {
    let Some(code) = code else {
        let list: String = CODES.iter().map(|c| format!("{}  {}\n", c.code, c.title)).collect();
        return write_text(&list, None, false);
    };
    match explain(code) {
        Some(c) => write_text(&format!("{}: {}\n\n{}\n", c.code, c.title, c.text), None, false),
        None => usage_diagnostic(
            Diagnostic::error(codes::USAGE, format!("there is no code `{code}`"))
                .with_help("`kiln explain` alone lists Kiln's codes; CSxxxx are the C# compiler's"),
            false,
        ),
    }
}
