//! What an executable is: the same bytes whatever the threads and the cache, linked to the C library only, at home in an empty root folder,
//! and never in need of memory that becomes executable.

#![forbid(unsafe_code)]

use addr2line::Loader;
use kiln_filetest::Tools;
use kiln_filetest::setup::{Setup, run};
use kiln_filetest::tools::workspace;
use kiln_toolchain::Output;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Everything that an executable may be linked to.
const LIBRARIES: [&str; 4] = ["linux-vdso.so.1", "libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"];
/// Runs its arguments after `prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN)`, which children inherit.
const MDWE: &str = "#include <sys/prctl.h>\n#include <unistd.h>\n\
    int main(int c, char **v) { (void)c; if (prctl(65, 1, 0, 0, 0)) return 77; execv(v[1], v + 1); return 78; }\n";

struct Hello {
    /// `samples/hello.cs`, built.
    hello: PathBuf,
    /// What it prints, from a run without any restriction.
    line: Vec<u8>,
}

fn setup() -> Option<&'static Setup<Hello>> {
    static SETUP: OnceLock<Result<Setup<Hello>, String>> = OnceLock::new();
    Setup::once(&SETUP, "output", |tools, dir| {
        let hello = dir.join("hello");
        build(tools, &hello, &[]);
        let line = run(&mut Command::new(&hello)).stdout;
        Ok(Hello { hello, line })
    })
}

fn build(tools: &Tools, output: &Path, options: &[&str]) {
    let mut command = tools.kiln();
    command.arg("build").arg(workspace().join("samples/hello.cs")).arg("-o").arg(output).args(options);
    let done = run(&mut command);
    assert_eq!(done.code, 0, "{command:?}\n{}", String::from_utf8_lossy(&done.stderr));
}

/// The libraries that the dynamic linker finds for the program.
fn libraries(program: &Path) -> Vec<(String, PathBuf)> {
    let text = String::from_utf8(run(Command::new("ldd").arg(program)).stdout).expect("text");
    text.lines()
        .map(|line| {
            let mut words = line.split_whitespace();
            let first = words.next().unwrap_or_default();
            let path = if words.next() == Some("=>") { words.next().unwrap_or_default() } else { first };
            (first.rsplit('/').next().unwrap_or_default().to_owned(), PathBuf::from(path))
        })
        .collect()
}

#[test]
fn only_the_c_library_is_linked() {
    let Some(setup) = setup() else { return };
    for (name, _) in libraries(&setup.with.hello) {
        assert!(LIBRARIES.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn it_runs_in_a_root_folder_with_nothing_but_the_c_library() {
    let Some(setup) = setup() else { return };
    let root = setup.dir.join("root");
    fs::create_dir_all(&root).expect("created");
    fs::copy(&setup.with.hello, root.join("hello")).expect("copied");
    for (_, path) in libraries(&setup.with.hello).into_iter().filter(|(_, path)| path.is_absolute()) {
        let to = root.join(path.strip_prefix("/").expect("absolute"));
        fs::create_dir_all(to.parent().expect("a folder")).expect("created");
        fs::copy(&path, to).expect("copied");
    }
    let output = run(Command::new("unshare").args(["-r", "chroot"]).arg(&root).arg("/hello"));
    if output.stderr.starts_with(b"unshare") {
        return eprintln!("skipped: no user namespaces here");
    }
    assert_eq!((output.code, &output.stdout), (0, &setup.with.line), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn no_memory_ever_becomes_executable() {
    let Some(setup) = setup() else { return };
    let (source, guard) = (setup.dir.join("mdwe.c"), setup.dir.join("mdwe"));
    fs::write(&source, MDWE).expect("written");
    let compiled = run(Command::new("cc").arg(&source).arg("-o").arg(&guard));
    assert_eq!(compiled.code, 0, "{}", String::from_utf8_lossy(&compiled.stderr));
    let output = run(Command::new(&guard).arg(&setup.with.hello));
    if output.code == 77 {
        return eprintln!("skipped: this kernel has no PR_SET_MDWE");
    }
    assert_eq!((output.code, &output.stdout), (0, &setup.with.line), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn threads_and_caches_do_not_change_the_bytes() {
    let Some(setup) = setup() else { return };
    let mut images = Vec::new();
    for (name, options) in [
        ("one", &["-O0", "--no-cache", "-j1"][..]),
        ("two", &["-O0", "--no-cache", "-j2"]),
        ("kept", &["-O0", "-j2"]),
        ("again", &["-O0", "-j1"]),
    ] {
        let output = setup.dir.join(name);
        build(&setup.tools, &output, options);
        images.push((name, fs::read(&output).expect("built")));
    }
    for (name, image) in &images[1..] {
        assert!(*image == images[0].1, "`{name}` differs from `{}`", images[0].0);
    }
}

/// A program whose traces have a line for every kind of throw: checks, a throw statement, a lambda, an instantiated generic, a filter.
const LINES: &str = r#"using System;
using System.Runtime.CompilerServices;
static class Program
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Element(int[] values, int at)
    {
        return values[at] + at;
    }
    [MethodImpl(MethodImplOptions.NoInlining)]
    static T Checked<T>(T value, bool good)
    {
        if (!good)
            throw new InvalidOperationException("bad");
        return value;
    }
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Length(string text)
    {
        return text.Length;
    }
    static void Try(Func<int> action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e.Message.Length > 0)
        {
            Console.WriteLine(e.StackTrace);
        }
    }
    static void Main()
    {
        Try(() => Element([1], 0) + Element([1], 1));
        Try(() => Checked(1, false));
        Try(() => Checked("", false).Length);
        Try(() => Length(null!));
    }
}
"#;

/// Builds the program with symbols and options.
fn build_lines(setup: &Setup<Hello>, name: &str, options: &[&str]) -> (PathBuf, PathBuf) {
    let source = setup.dir.join("lines.cs");
    fs::write(&source, LINES).expect("written");
    let compiled = setup.tools.compile(&[("lines", &source, Vec::new())]).expect("Roslyn runs").remove(0);
    assert!(compiled.ok, "{:?}", compiled.diagnostics);
    let output = setup.dir.join(name);
    let mut command = setup.tools.kiln();
    command.arg("build").arg(&compiled.assembly).arg("-o").arg(&output).args(options);
    let done = run(&mut command);
    assert_eq!((done.code, String::from_utf8_lossy(&done.stderr)), (0, "".into()), "{command:?}");
    (compiled.assembly, output)
}

#[test]
fn debug_information_leads_from_code_to_lines_and_names() {
    let Some(setup) = setup() else { return };
    let (_, output) = build_lines(setup, "lines0", &["-g", "-O0"]);
    let loader = Loader::new(&output).expect("debug information");
    let file = fs::read(&output).expect("built");
    let symbols = String::from_utf8_lossy(&run(Command::new("nm").arg(&output)).stdout).into_owned();
    assert!(!file.is_empty() && symbols.contains("Program::Element"), "symbols stay");
    for (symbol, name, line) in [("Program::Element(", "Program.Element", 8), ("Program::Checked<", "Program.Checked<T>", 13)] {
        let row = symbols.lines().find(|l| l.contains(symbol)).expect("the method is in the program");
        let address = u64::from_str_radix(row.split_whitespace().next().unwrap_or_default(), 16).expect("an address");
        let frame = loader.find_frames(address).expect("readable").next().expect("readable").expect("a frame");
        assert_eq!(frame.function.expect("described").name.slice().to_vec(), name.as_bytes());
        let location = frame.location.expect("a place");
        assert_eq!((location.file.and_then(|f| f.rsplit('/').next()), location.line), (Some("lines.cs"), Some(line)), "{symbol}");
    }
}

#[test]
fn traces_have_the_lines_that_coreclr_prints() {
    let Some(setup) = setup() else { return };
    for options in [&["-g", "-O0"][..], &["-g"]] {
        let (assembly, output) = build_lines(setup, "lines", options);
        let expected = run(&mut setup.tools.platform.oracle.command(&assembly));
        let actual = run(&mut Command::new(&output));
        // What an optimiser inlines has no frame of its own; the frames of what is marked are there in both.
        let lines = |output: &Output| -> Vec<String> {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            text.lines()
                .filter(|l| ["Element", "Checked", "Length"].iter().any(|m| l.contains(&format!("Program.{m}"))))
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(lines(&expected).len(), 4, "{}", String::from_utf8_lossy(&expected.stdout));
        assert_eq!(lines(&expected), lines(&actual), "{options:?}");
    }
}

#[test]
fn debug_information_is_deterministic_and_costs_nothing_when_not_wanted() {
    let Some(setup) = setup() else { return };
    let bytes = |name: &str, options: &[&str]| fs::read(build_lines(setup, name, options).1).expect("built");
    let with = bytes("with1", &["-g", "-O0", "--no-cache", "-j1"]);
    assert!(with == bytes("with2", &["-g", "-O0", "-j2"]), "threads or the cache change debug information");
    let without = bytes("without1", &["-O0", "--no-cache"]);
    assert!(without == bytes("without2", &["-O0"]), "a build with symbols leaves its objects to one without");
    let holds = |image: &[u8], text: &[u8]| image.windows(text.len()).any(|w| w == text);
    assert!(holds(&with, b".debug_line") && holds(&with, b"lines.cs"));
    assert!(!holds(&without, b".debug_") && !holds(&without, b"lines.cs"));
}
