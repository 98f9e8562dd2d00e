//! Wrong and hostile input: each gets a coded diagnostic and its own exit code, and nothing is left at the output path.
//!
//! Exit codes: 1 for the program's faults, 2 for the command line, 3 for the environment. 101 (a bug in Kiln), a signal or no end at
//! all fail these tests, whatever the input.

#![forbid(unsafe_code)]

use kiln_filetest::Tools;
use kiln_filetest::tools::verify_requirements;
use kiln_toolchain::{CSharpOptions, Compilation, Output};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(120);

/// What all tests share: the tools and a small program that compiles, `App.dll`.
struct Setup {
    tools: Tools,
    app: PathBuf,
    dir: PathBuf,
}

/// The setup, or nothing on a machine that was not prepared.
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
    let dir = tools.target.join("hostile");
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).map_err(|e| e.to_string())?;
    let app = library(&tools, &dir, "App", "class P { static void Main() => System.Console.WriteLine(1); }", &[], false)?;
    Ok(Setup { tools, app, dir })
}

/// Compiles one source text to `DIR/NAME.dll`.
fn library(tools: &Tools, dir: &Path, name: &str, text: &str, references: &[PathBuf], library: bool) -> Result<PathBuf, String> {
    let source = dir.join(format!("{name}.cs"));
    fs::write(&source, text).map_err(|e| e.to_string())?;
    let mut all = tools.framework.assemblies().map_err(|e| e.to_string())?;
    all.extend_from_slice(references);
    let options = CSharpOptions { library, debug: false, ..CSharpOptions::default() };
    let compilation = Compilation { name: name.to_owned(), sources: vec![source], references: all, resources: Vec::new(), options };
    let output = dir.join(format!("{name}.dll"));
    let done = tools.csc.compile(&[(&compilation, output.clone())]).map_err(|e| e.to_string())?;
    if done[0].ok { Ok(output) } else { Err(format!("{:?}", done[0].diagnostics)) }
}

/// Runs a command that must refuse: with one of the exit codes, a coded message, and no output file.
fn refuses(mut command: Command, output: &Path, exit: &[i32], codes: &[&str]) -> String {
    let name = format!("{command:?}");
    let result = Output::within(&mut command, b"", LIMIT).expect("kiln starts").unwrap_or_else(|| panic!("hangs: {name}"));
    let text = String::from_utf8_lossy(&result.stderr).into_owned();
    assert!(exit.contains(&result.code), "exit code {} instead of {exit:?}: {name}\n{text}", result.code);
    assert!(codes.iter().any(|code| text.contains(code)), "none of {codes:?} in the message: {name}\n{text}");
    assert!(!text.contains("panicked"), "{name}\n{text}");
    assert!(!output.is_file(), "an output was left behind: {name}");
    text
}

fn build(setup: &Setup, input: &Path, output: &Path) -> Command {
    let mut command = setup.tools.kiln();
    command.arg("build").arg(input).arg("-o").arg(output).arg("-O0");
    command
}

/// Builds `bytes` as `NAME.dll`, which must be refused as no or as a malformed assembly.
fn refuses_image(setup: &Setup, name: &str, bytes: &[u8]) {
    let input = setup.dir.join(format!("{name}.dll"));
    fs::write(&input, bytes).expect("written");
    let output = setup.dir.join(format!("{name}.out"));
    refuses(build(setup, &input, &output), &output, &[1], &["KILN01"]);
}

#[test]
fn files_that_are_no_assemblies() {
    let Some(setup) = setup() else { return };
    refuses_image(setup, "empty", b"");
    refuses_image(setup, "text", b"this is not a PE file\n");
    refuses_image(setup, "short", b"MZ");
    refuses_image(setup, "zeroes", &[0; 4096]);
    let elf = fs::read("/proc/self/exe").expect("our own program");
    refuses_image(setup, "elf", &elf[..elf.len().min(100_000)]);
}

#[test]
fn truncated_assemblies() {
    let Some(setup) = setup() else { return };
    let image = fs::read(&setup.app).expect("App.dll");
    for percent in [3, 10, 25, 40, 60, 80] {
        refuses_image(setup, &format!("truncated{percent}"), &image[..image.len() * percent / 100]);
    }
}

#[test]
fn assemblies_with_flipped_bits_never_break_the_compiler() {
    let Some(setup) = setup() else { return };
    let image = fs::read(&setup.app).expect("App.dll");
    let mut seed = 12345_u32;
    let mut next = |limit: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % limit
    };
    for round in 0..24 {
        let mut bytes = image.clone();
        for _ in 0..=round % 6 {
            // Beyond the DOS header, whose bytes mean nothing.
            let at = 128 + next(bytes.len() - 128);
            bytes[at] ^= 1 << next(8);
        }
        let input = setup.dir.join(format!("flipped{round}.dll"));
        fs::write(&input, &bytes).expect("written");
        let output = setup.dir.join(format!("flipped{round}.out"));
        let mut command = build(setup, &input, &output);
        let result =
            Output::within(&mut command, b"", LIMIT).expect("kiln starts").unwrap_or_else(|| panic!("hangs on {}", input.display()));
        let text = String::from_utf8_lossy(&result.stderr);
        // Many bits change nothing, or only a message or a name.
        assert!([0, 1].contains(&result.code), "exit code {} on {}\n{text}", result.code, input.display());
        assert!(!text.contains("panicked"), "{text}");
        assert_eq!(output.is_file(), result.code == 0, "{}", input.display());
        if result.code == 0 {
            fs::remove_file(&output).expect("removed");
        }
        fs::remove_file(&input).expect("removed");
    }
}

#[test]
fn inputs_that_are_missing_or_of_another_kind() {
    let Some(setup) = setup() else { return };
    let output = setup.dir.join("kind.out");
    refuses(build(setup, &setup.dir, &output), &output, &[1], &["KILN0101", "KILN0107"]);
    refuses(build(setup, &setup.dir.join("nowhere.dll"), &output), &output, &[1], &["KILN0101"]);
    refuses(build(setup, &setup.dir.join("nowhere.cs"), &output), &output, &[1], &["KILN0101"]);
    let other = setup.dir.join("program.py");
    fs::write(&other, "print(1)\n").expect("written");
    refuses(build(setup, &other, &output), &output, &[1], &["KILN0107"]);
    let wrong: [&[&str]; 3] = [&["build"], &["build", "x.dll", "--no-such-option"], &["no-such-command"]];
    for args in wrong {
        let mut command = setup.tools.kiln();
        command.args(args);
        refuses(command, &output, &[2], &["error"]);
    }
}

#[test]
fn programs_without_main_and_with_errors() {
    let Some(setup) = setup() else { return };
    let output = setup.dir.join("program.out");
    let no_main =
        library(&setup.tools, &setup.dir, "NoMain", "public class L { public static int F() => 1; }", &[], true).expect("compiles");
    refuses(build(setup, &no_main, &output), &output, &[1], &["KILN0106"]);
    let source = setup.dir.join("errors.cs");
    fs::write(&source, "class P {\n    static void Main() => Missing.Call(1;\n}\n").expect("written");
    let text = refuses(build(setup, &source, &output), &output, &[1], &["CS1026", "CS0103"]);
    assert!(text.contains("errors.cs:2") || text.contains("errors.cs(2"), "the place is missing\n{text}");
    fs::write(&source, "class L { }\n").expect("written");
    refuses(build(setup, &source, &output), &output, &[1], &["CS5001"]);
}

#[test]
fn references_that_are_missing_or_old() {
    let Some(setup) = setup() else { return };
    let output = setup.dir.join("references.out");
    let old = setup.dir.join("old");
    let new = setup.dir.join("new");
    let alone = setup.dir.join("alone");
    for dir in [&old, &new, &alone] {
        fs::create_dir_all(dir).expect("created");
    }
    let text = |version: u32, more: &str| {
        format!(
            "[assembly: System.Reflection.AssemblyVersion(\"{version}.0.0.0\")]\npublic class Lib {{ public static int One() => 1; {more} }}\n"
        )
    };
    let lib = library(&setup.tools, &new, "Lib", &text(2, "public static int Two() => 2;"), &[], true).expect("compiles");
    let user = "class P { static int Main() => Lib.One() + Lib.Two(); }";
    library(&setup.tools, &alone, "User", user, std::slice::from_ref(&lib), false).expect("compiles");
    let text_missing = refuses(build(setup, &alone.join("User.dll"), &output), &output, &[1], &["KILN0104"]);
    assert!(text_missing.contains("Lib"), "{text_missing}");

    library(&setup.tools, &old, "Lib", &text(1, ""), &[], true).expect("compiles");
    fs::copy(alone.join("User.dll"), old.join("User.dll")).expect("copied");
    refuses(build(setup, &old.join("User.dll"), &output), &output, &[1], &["KILN0105"]);
}

#[test]
fn outputs_that_cannot_be_written() {
    let Some(setup) = setup() else { return };
    let nowhere = setup.dir.join("no/such/folder/out");
    refuses(build(setup, &setup.app, &nowhere), &nowhere, &[3], &["KILN0502"]);
    let folder = setup.dir.join("folder.out");
    fs::create_dir_all(&folder).expect("created");
    refuses(build(setup, &setup.app, &folder), &folder, &[3], &["KILN0502"]);
    let below_a_file = setup.app.join("out");
    refuses(build(setup, &setup.app, &below_a_file), &below_a_file, &[3], &["KILN0502"]);
}

#[test]
fn outputs_that_would_replace_something_else() {
    let Some(setup) = setup() else { return };
    let null = Path::new("/dev/null");
    refuses(build(setup, &setup.app, null), null, &[3], &["KILN0502"]);
    assert!(!fs::metadata(null).expect("a device").is_file());
    let own = setup.dir.join("Own.dll");
    fs::copy(&setup.app, &own).expect("copied");
    let result = Output::within(&mut build(setup, &own, &own), b"", LIMIT).expect("starts").expect("ends");
    assert_eq!(result.code, 3, "{}", String::from_utf8_lossy(&result.stderr));
    assert!(fs::read(&own).ok() == fs::read(&setup.app).ok(), "the input was replaced");
    refuses(build(setup, null, &setup.dir.join("device.out")), &setup.dir.join("device.out"), &[1], &["KILN0101"]);
}

/// The name of Main's signature blob is not needed: its first byte becomes a field signature's in one of the copies.
#[test]
fn an_entry_point_that_cannot_be_called() {
    let Some(setup) = setup() else { return };
    let image = fs::read(&setup.app).expect("App.dll");
    // `static void ()`, the shape of Main: DEFAULT, no parameters, VOID. Constructors have HASTHIS.
    let places: Vec<usize> = image.windows(4).enumerate().filter(|(_, w)| *w == [3, 0, 0, 1]).map(|(at, _)| at).collect();
    let mut refused = 0;
    for at in places {
        for (index, value) in [(1, 6), (2, 1), (3, 0x0c)] {
            let mut bytes = image.clone();
            bytes[at + index] = value;
            let input = setup.dir.join("main.dll");
            fs::write(&input, &bytes).expect("written");
            let output = setup.dir.join("main.out");
            let result = Output::within(&mut build(setup, &input, &output), b"", LIMIT).expect("starts").expect("ends");
            assert!([0, 1].contains(&result.code), "{}", String::from_utf8_lossy(&result.stderr));
            refused += usize::from(String::from_utf8_lossy(&result.stderr).contains("KILN0103"));
            let _ = fs::remove_file(&output);
        }
    }
    assert!(refused > 0, "no copy had a damaged entry point");
}

/// A cache of this test's own whose objects and outputs are cut: what is in it is compiled again, to the same bytes.
#[test]
fn damaged_cache_entries_are_made_again() {
    let Some(setup) = setup() else { return };
    let cache = setup.dir.join("cache");
    let output = setup.dir.join("cached.out");
    let once = || {
        let mut command = build(setup, &setup.app, &output);
        command.env("KILN_CACHE", &cache);
        let result = Output::within(&mut command, b"", LIMIT).expect("starts").expect("ends");
        assert_eq!(result.code, 0, "{}", String::from_utf8_lossy(&result.stderr));
        fs::read(&output).expect("built")
    };
    let first = once();
    let mut folders = vec![cache.join("objects"), cache.join("outputs")];
    let mut damaged = 0;
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(&folder).expect("a folder").flatten().map(|e| e.path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let mut bytes = fs::read(&path).expect("an entry");
            let middle = bytes.len() / 2;
            // One half of the entries is cut, the other has a damaged byte.
            if damaged % 2 == 0 {
                bytes.truncate(middle)
            } else {
                bytes[middle] ^= 0x10
            }
            fs::write(&path, bytes).expect("written");
            damaged += 1;
        }
    }
    assert!(damaged > 100, "{damaged} entries");
    assert!(once() == first, "another executable");
    assert!(once() == first, "another executable from the healed cache");
}

/// A file system of 64 kB is full before any executable is written. Making one needs rights that containers often lack.
#[test]
fn a_full_disk_leaves_nothing_behind() {
    let Some(setup) = setup() else { return };
    let mount = setup.dir.join("full");
    fs::create_dir_all(&mount).expect("created");
    let script = "mount -t tmpfs -o size=64k tmpfs \"$0\" || exit 77; \"$@\"; code=$?; ls -A \"$0\"; exit $code";
    let output = mount.join("out");
    let kiln = build(setup, &setup.app, &output);
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", script]).arg(&mount).arg(kiln.get_program()).args(kiln.get_args());
    command.envs(kiln.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let result = Output::within(&mut command, b"", LIMIT).ok().flatten();
    let Some(result) = result.filter(|result| result.code != 77 && !(result.code == 1 && result.stderr.starts_with(b"unshare"))) else {
        return eprintln!("skipped: a file system cannot be mounted here");
    };
    let text = String::from_utf8_lossy(&result.stderr);
    assert_eq!(result.code, 3, "{text}");
    assert!(text.contains("KILN0503"), "{text}");
    assert!(result.stdout.is_empty(), "left behind: {}", String::from_utf8_lossy(&result.stdout));
}

#[test]
fn folders_that_are_no_framework() {
    let Some(setup) = setup() else { return };
    let output = setup.dir.join("framework.out");
    for dir in [setup.dir.clone(), setup.dir.join("no such folder")] {
        let mut command = build(setup, &setup.app, &output);
        command.arg("--framework").arg(dir);
        refuses(command, &output, &[3], &["KILN06"]);
    }
}
