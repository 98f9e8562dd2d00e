//! What an executable is: the same bytes whatever the threads and the cache, linked to the C library only, at home in an empty root folder,
//! and never in need of memory that becomes executable.

#![forbid(unsafe_code)]

use kiln_filetest::Tools;
use kiln_filetest::tools::{verify_requirements, workspace};
use kiln_toolchain::Output;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(300);
/// Everything that an executable may be linked to.
const LIBRARIES: [&str; 4] = ["linux-vdso.so.1", "libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"];
/// Runs its arguments after `prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN)`, which children inherit.
const MDWE: &str = "#include <sys/prctl.h>\n#include <unistd.h>\n\
    int main(int c, char **v) { (void)c; if (prctl(65, 1, 0, 0, 0)) return 77; execv(v[1], v + 1); return 78; }\n";

struct Setup {
    tools: Tools,
    dir: PathBuf,
    /// `samples/hello.cs`, built.
    hello: PathBuf,
    /// What it prints, from a run without any restriction.
    line: Vec<u8>,
}

fn setup() -> Option<&'static Setup> {
    static SETUP: OnceLock<Result<Setup, String>> = OnceLock::new();
    match SETUP.get_or_init(prepare) {
        Ok(setup) => Some(setup),
        Err(reason) => {
            assert!(!verify_requirements(), "{reason}");
            eprintln!("skipped: {reason}");
            None
        }
    }
}

fn prepare() -> Result<Setup, String> {
    let tools = Tools::prepare()?;
    let dir = tools.target.join("output");
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).map_err(|e| e.to_string())?;
    let hello = dir.join("hello");
    build(&tools, &hello, &[]);
    let line = run(&mut Command::new(&hello)).stdout;
    Ok(Setup { tools, dir, hello, line })
}

fn run(command: &mut Command) -> Output {
    let name = format!("{command:?}");
    Output::within(command, b"", LIMIT).unwrap_or_else(|e| panic!("{name}: {e}")).unwrap_or_else(|| panic!("{name} does not end"))
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
    for (name, _) in libraries(&setup.hello) {
        assert!(LIBRARIES.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn it_runs_in_a_root_folder_with_nothing_but_the_c_library() {
    let Some(setup) = setup() else { return };
    let root = setup.dir.join("root");
    fs::create_dir_all(&root).expect("created");
    fs::copy(&setup.hello, root.join("hello")).expect("copied");
    for (_, path) in libraries(&setup.hello).into_iter().filter(|(_, path)| path.is_absolute()) {
        let to = root.join(path.strip_prefix("/").expect("absolute"));
        fs::create_dir_all(to.parent().expect("a folder")).expect("created");
        fs::copy(&path, to).expect("copied");
    }
    let output = run(Command::new("unshare").args(["-r", "chroot"]).arg(&root).arg("/hello"));
    if output.stderr.starts_with(b"unshare") {
        return eprintln!("skipped: no user namespaces here");
    }
    assert_eq!((output.code, &output.stdout), (0, &setup.line), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn no_memory_ever_becomes_executable() {
    let Some(setup) = setup() else { return };
    let (source, guard) = (setup.dir.join("mdwe.c"), setup.dir.join("mdwe"));
    fs::write(&source, MDWE).expect("written");
    let compiled = run(Command::new("cc").arg(&source).arg("-o").arg(&guard));
    assert_eq!(compiled.code, 0, "{}", String::from_utf8_lossy(&compiled.stderr));
    let output = run(Command::new(&guard).arg(&setup.hello));
    if output.code == 77 {
        return eprintln!("skipped: this kernel has no PR_SET_MDWE");
    }
    assert_eq!((output.code, &output.stdout), (0, &setup.line), "{}", String::from_utf8_lossy(&output.stderr));
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
