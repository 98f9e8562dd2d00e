//! Wrong and hostile input: each gets a coded diagnostic and its own exit code, and nothing is left at the output path.
//!
//! Exit codes: 1 for the program's faults, 2 for the command line, 3 for the environment. 101 (a bug in Kiln), a signal or no end at
//! all fail these tests, whatever the input.

#![forbid(unsafe_code)]

use kiln_filetest::setup::{Setup, library, run};
use kiln_toolchain::Output;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(120);

/// What all tests share: a small program that compiles, `App.dll`.
struct App {
    app: PathBuf,
}

fn setup() -> Option<&'static Setup<App>> {
    static SETUP: OnceLock<Result<Setup<App>, String>> = OnceLock::new();
    Setup::once(&SETUP, "hostile", |tools, dir| {
        let app = library(tools, dir, "App", "class P { static void Main() => System.Console.WriteLine(1); }", &[], false)?;
        Ok(App { app })
    })
}

/// Runs a command that must refuse: with one of the exit codes, a coded message, and no output file.
fn refuses(mut command: Command, output: &Path, exit: &[i32], codes: &[&str]) -> String {
    let name = format!("{command:?}");
    let result = run(&mut command);
    let text = String::from_utf8_lossy(&result.stderr).into_owned();
    assert!(exit.contains(&result.code), "exit code {} instead of {exit:?}: {name}\n{text}", result.code);
    assert!(codes.iter().any(|code| text.contains(code)), "none of {codes:?} in the message: {name}\n{text}");
    assert!(!text.contains("panicked"), "{name}\n{text}");
    assert!(!output.is_file(), "an output was left behind: {name}");
    text
}

fn build(setup: &Setup<App>, input: &Path, output: &Path) -> Command {
    let mut command = setup.tools.kiln();
    command.arg("build").arg(input).arg("-o").arg(output).arg("-O0");
    command
}

/// Builds `bytes` as `NAME.dll`, which must be refused as no or as a malformed assembly.
fn refuses_image(setup: &Setup<App>, name: &str, bytes: &[u8]) {
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
    let image = fs::read(&setup.with.app).expect("App.dll");
    for percent in [3, 10, 25, 40, 60, 80] {
        refuses_image(setup, &format!("truncated{percent}"), &image[..image.len() * percent / 100]);
    }
}

#[test]
fn assemblies_with_flipped_bits_never_break_the_compiler() {
    let Some(setup) = setup() else { return };
    let image = fs::read(&setup.with.app).expect("App.dll");
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
        let result = run(&mut command);
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
    // What is nowhere is a warning, and what needs it throws.
    let built = run(&mut build(setup, &alone.join("User.dll"), &output));
    let told = String::from_utf8_lossy(&built.stderr);
    assert!(built.code == 0 && told.contains("KILN0104") && told.contains("Lib"), "{told}");
    let result = run(&mut Command::new(&output));
    let thrown = String::from_utf8_lossy(&result.stderr);
    assert!(
        result.code == 134 && thrown.contains("System.IO.FileNotFoundException") && thrown.contains("Lib"),
        "{}\n{thrown}",
        result.code
    );
    fs::remove_file(&output).expect("removed");

    library(&setup.tools, &old, "Lib", &text(1, ""), &[], true).expect("compiles");
    fs::copy(alone.join("User.dll"), old.join("User.dll")).expect("copied");
    refuses(build(setup, &old.join("User.dll"), &output), &output, &[1], &["KILN0105"]);

    // .NET finds an assembly whose file has another case.
    fs::copy(&lib, alone.join("LIB.dll")).expect("copied");
    let result = run(&mut build(setup, &alone.join("User.dll"), &output));
    assert_eq!(result.code, 0, "{}", String::from_utf8_lossy(&result.stderr));
}

/// What a command line names must be what it is named for, and must not be passed over.
#[test]
fn references_that_are_no_assemblies() {
    let Some(setup) = setup() else { return };
    let output = setup.dir.join("reference.out");
    let native = setup.dir.join("native.dll");
    fs::write(&native, b"\x7fELF and more").expect("written");
    for (reference, code) in [
        (native.as_path(), "KILN0102"),
        (&setup.dir.join("App.cs"), "KILN0102"),
        (Path::new("/dev/null"), "KILN0101"),
        (Path::new("nowhere.dll"), "KILN0101"),
    ] {
        for input in [setup.with.app.clone(), setup.dir.join("App.cs")] {
            let mut command = build(setup, &input, &output);
            command.arg("--reference").arg(reference);
            refuses(command, &output, &[1], &[code]);
        }
    }
}

/// What lies beside the application and is not what its name says is not taken for absent, and a pipe is not waited for.
#[test]
fn manifests_that_are_none() {
    let Some(setup) = setup() else { return };
    let output = setup.dir.join("manifest.out");
    let app = setup.dir.join("Manifest.dll");
    fs::copy(&setup.with.app, &app).expect("copied");
    for (extension, code) in [("deps.json", "KILN0108"), ("runtimeconfig.json", "KILN0111")] {
        let file = app.with_extension(extension);
        let deep = "{\"a\":".repeat(100_000);
        for content in ["", "{", "nothing", &deep] {
            fs::write(&file, content).expect("written");
            refuses(build(setup, &app, &output), &output, &[1], &[code]);
        }
        fs::remove_file(&file).expect("removed");
        fs::create_dir(&file).expect("created");
        refuses(build(setup, &app, &output), &output, &[1], &[code]);
        fs::remove_dir(&file).expect("removed");
        assert_eq!(run(Command::new("mkfifo").arg(&file)).code, 0);
        refuses(build(setup, &app, &output), &output, &[1], &[code]);
        fs::remove_file(&file).expect("removed");
    }
    let file = app.with_extension("deps.json");
    for content in ["[]", "null", "{\"targets\":3}"] {
        fs::write(&file, content).expect("written");
        refuses(build(setup, &app, &output), &output, &[1], &["KILN0108"]);
    }
    // Odd parts of it mean nothing, and must not lead astray.
    for content in [
        "{\"targets\":{\"a\":[1]}}",
        "{\"targets\":{\"\":{\"X/1\":{\"runtime\":{\"../../../etc/passwd\":{}}}}},\"libraries\":{\"X/1\":{\"path\":\"/etc\"}}}",
    ] {
        fs::write(&file, content).expect("written");
        let result = run(&mut build(setup, &app, &output));
        assert_eq!(result.code, 0, "{content}\n{}", String::from_utf8_lossy(&result.stderr));
    }
}

/// Each of two assemblies may refer to the other, and a class may be its own ancestor through another assembly (here by an edit of a name).
#[test]
fn references_in_a_circle() {
    let Some(setup) = setup() else { return };
    let dir = setup.dir.join("circle");
    fs::create_dir_all(&dir).expect("created");
    let make = |name: &str, text: &str, references: &[PathBuf], is_library| {
        library(&setup.tools, &dir, name, text, references, is_library).expect("compiles")
    };
    let b = make("B", "public class B { public static int Two() => 2; }", &[], true);
    let a = make("A", "public class A { public static int One() => 1 + B.Two(); public static int Base() => 40; }", &[b], true);
    let b = make("B", "public class B { public static int Two() => A.Base() + 2; }", std::slice::from_ref(&a), true);
    let app = make("Circle", "class P { static int Main() => A.One(); }", &[a, b], false);
    let output = dir.join("circle.out");
    let result = run(&mut build(setup, &app, &output));
    assert_eq!(result.code, 0, "{}", String::from_utf8_lossy(&result.stderr));
    assert_eq!(run(&mut Command::new(&output)).code, 43);

    let b = make("B", "public class B { public int X; }", &[], true);
    let a = make("A", "public class Ab : B { public int Y; }", std::slice::from_ref(&b), true);
    let text = "class P { static int F() => new Ab().Y; static int Main() { try { return F(); } catch (System.TypeLoadException) { return 44; } } }";
    let app = make("Circle", text, &[a.clone(), b.clone()], false);
    let real = fs::read(&a).expect("A.dll");
    make("A", "public class Aa { public int Y; }", &[], true);
    make("B", "public class B : Aa { public int X; }", std::slice::from_ref(&a), true);
    let mut image = fs::read(&b).expect("B.dll");
    let at = image.windows(3).position(|w| w == b"Aa\0").expect("the name");
    image[at + 1] = b'b';
    fs::write(&b, image).expect("written");
    fs::write(&a, real).expect("written");
    let result = run(&mut build(setup, &app, &output));
    let said = String::from_utf8_lossy(&result.stderr);
    assert!(result.code == 0 && said.contains("warning[KILN0201]"), "{said}");
    assert_eq!(run(&mut Command::new(&output)).code, 44);
}

#[test]
fn outputs_that_cannot_be_written() {
    let Some(setup) = setup() else { return };
    let nowhere = setup.dir.join("no/such/folder/out");
    refuses(build(setup, &setup.with.app, &nowhere), &nowhere, &[3], &["KILN0502"]);
    let folder = setup.dir.join("folder.out");
    fs::create_dir_all(&folder).expect("created");
    refuses(build(setup, &setup.with.app, &folder), &folder, &[3], &["KILN0502"]);
    let below_a_file = setup.with.app.join("out");
    refuses(build(setup, &setup.with.app, &below_a_file), &below_a_file, &[3], &["KILN0502"]);
    // No user may make files here, whatever the permissions say; that is known before anything is compiled.
    let refusing = Path::new("/proc/kiln.out");
    refuses(build(setup, &setup.with.app, refusing), refusing, &[3], &["KILN0502"]);
}

#[test]
fn outputs_that_would_replace_something_else() {
    let Some(setup) = setup() else { return };
    let null = Path::new("/dev/null");
    refuses(build(setup, &setup.with.app, null), null, &[3], &["KILN0502"]);
    assert!(!fs::metadata(null).expect("a device").is_file());
    let own = setup.dir.join("Own.dll");
    fs::copy(&setup.with.app, &own).expect("copied");
    let result = run(&mut build(setup, &own, &own));
    assert_eq!(result.code, 3, "{}", String::from_utf8_lossy(&result.stderr));
    assert!(fs::read(&own).ok() == fs::read(&setup.with.app).ok(), "the input was replaced");
    refuses(build(setup, null, &setup.dir.join("device.out")), &setup.dir.join("device.out"), &[1], &["KILN0101"]);
}

/// Texts go to files too, and a slip of the hand must not cost a source file.
#[test]
fn texts_that_would_replace_an_input() {
    let Some(setup) = setup() else { return };
    let own = setup.dir.join("Texts.dll");
    fs::copy(&setup.with.app, &own).expect("copied");
    let mut emit = build(setup, &own, &own);
    emit.arg("--emit=mir");
    let mut html = setup.tools.kiln();
    html.arg("size").arg(&own).arg("-O0").arg("--html").arg(&own);
    for mut command in [emit, html] {
        let result = run(&mut command);
        let text = String::from_utf8_lossy(&result.stderr);
        assert!(result.code == 3 && text.contains("KILN0502"), "{command:?}\n{text}");
        assert!(fs::read(&own).ok() == fs::read(&setup.with.app).ok(), "the input was replaced: {command:?}");
    }
    let mut device = build(setup, &own, Path::new("/dev/stdout"));
    let result = run(device.args(["--emit=mir", "--filter", "P::Main"]));
    assert!(result.code == 0 && result.stdout.starts_with(b"method"), "{}", String::from_utf8_lossy(&result.stderr));
}

/// Without an extension the default output is the input itself; what is wrong is the input.
#[test]
fn an_input_of_another_kind_is_named_before_the_output() {
    let Some(setup) = setup() else { return };
    for name in ["program", ".cs"] {
        fs::write(setup.dir.join(name), "class P { static void Main() { } }").expect("written");
        let mut command = setup.tools.kiln();
        command.arg("build").arg(name).current_dir(&setup.dir);
        refuses(command, Path::new("no output"), &[1], &["KILN0107"]);
    }
}

/// The name of Main's signature blob is not needed: its first byte becomes a field signature's in one of the copies.
#[test]
fn an_entry_point_that_cannot_be_called() {
    let Some(setup) = setup() else { return };
    let image = fs::read(&setup.with.app).expect("App.dll");
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
            let result = run(&mut build(setup, &input, &output));
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
        let mut command = build(setup, &setup.with.app, &output);
        command.env("KILN_CACHE", &cache);
        let result = run(&mut command);
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
    let kiln = build(setup, &setup.with.app, &output);
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
        let mut command = build(setup, &setup.with.app, &output);
        command.arg("--framework").arg(dir);
        refuses(command, &output, &[3], &["KILN06"]);
    }
}

/// What a variable names and cannot be used is said with its name, not passed over and not taken for something else.
#[test]
fn tools_that_are_named_and_are_none() {
    let Some(setup) = setup() else { return };
    let output = setup.dir.join("tools.out");
    let source = setup.dir.join("App.cs");
    for (variable, value, code) in [
        ("KILN_LLD", "/no/such/lld", "KILN0504"),
        ("KILN_LLD", "/etc", "KILN0504"),
        ("KILN_LLD", "/bin/false", "KILN0501"),
        ("KILN_RUNTIME", "/no/such/libkilnrt.a", "KILN0505"),
        ("KILN_RUNTIME", "/etc/passwd", "KILN0505"),
        ("KILN_ROSLYN", "/etc", "KILN0402"),
        ("KILN_FRAMEWORK", "/etc", "KILN0602"),
    ] {
        let mut command = build(setup, &source, &output);
        // Nothing that was built before will do.
        command.env(variable, value).args(["--feature", "Test.Tools=1"]);
        let text = refuses(command, &output, &[3], &[code]);
        assert!(text.contains(value) || code == "KILN0501", "{variable}={value}\n{text}");
    }
}
