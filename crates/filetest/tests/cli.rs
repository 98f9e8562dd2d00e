//! The command line as a person, a script and a terminal see it: what is said where, exit codes, and what a running program gets.

#![forbid(unsafe_code)]

use kiln_driver::reproduce::{Part, command, quoted};
use kiln_driver::{BuildOptions, Emit, OptLevel};
use kiln_filetest::setup::{Setup, library, run};
use kiln_target::Target;
use kiln_toolchain::{Cache, Output};
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

/// A program that compiles, `App.dll` with `App.cs`, and one that does not, `broken.cs`.
fn setup() -> Option<&'static Setup<()>> {
    static SETUP: OnceLock<Result<Setup<()>, String>> = OnceLock::new();
    Setup::once(&SETUP, "cli", |tools, dir| {
        library(tools, dir, "App", "class P { static void Main() => System.Console.WriteLine(1); }", &[], false)?;
        fs::write(dir.join("broken.cs"), "class P { static void Main() { Missing(); } }\n").map_err(|e| e.to_string())
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A command that runs in the setup's folder.
fn kiln(setup: &Setup<()>, arguments: &[&str]) -> Command {
    let mut command = setup.tools.kiln();
    command.args(arguments).current_dir(&setup.dir);
    command
}

/// The same on a terminal, whose output is the answer: standard output and error together.
fn on_terminal(setup: &Setup<()>, arguments: &[&str], variables: &[(&str, &str)]) -> Option<String> {
    let words: Vec<&str> = ["\"$KILN\""].into_iter().chain(arguments.iter().copied()).collect();
    let mut command = Command::new("script");
    command.args(["-qec", &words.join(" "), "/dev/null"]).current_dir(&setup.dir);
    let of_kiln = setup.tools.kiln();
    command.envs(of_kiln.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("KILN", &setup.tools.kiln);
    command.env_remove("NO_COLOR").env("TERM", "xterm").envs(variables.iter().copied());
    if Command::new("script").arg("--version").output().is_err() {
        eprintln!("skipped: no `script` here");
        return None;
    }
    Some(text(&run(&mut command).stdout))
}

fn all_json(output: &[u8]) -> bool {
    let lines = text(output);
    lines.lines().all(|line| line.trim_end().starts_with('{') && line.trim_end().ends_with('}'))
}

/// Options as the command line makes them, for `App.dll` of the setup's folder.
fn build_options(setup: &Setup<()>) -> BuildOptions {
    BuildOptions {
        called: quoted(setup.tools.kiln.as_os_str()),
        inputs: vec!["App.dll".into()],
        output: "App".into(),
        instruction_sets: Default::default(),
        target: Target::host(),
        opt: OptLevel::O2,
        debug_info: true,
        opt_fuel: Some(7),
        keep_symbols: true,
        framework: Some(setup.tools.framework.dir.clone()),
        references: vec![setup.dir.clone()],
        roots: vec!["App".into()],
        descriptors: Vec::new(),
        substitutions: Vec::new(),
        link_attributes: Vec::new(),
        warnings: Default::default(),
        resources: Vec::new(),
        emit: Emit::Link,
        filter: None,
        threads: 0,
        cache: Some("unused".into()),
        features: vec![("App.Own".into(), "a b".into())],
        runtime_archive: "unused".into(),
    }
}

#[test]
fn the_command_that_reproduces_a_bug_runs_as_it_is_printed() {
    let Some(setup) = setup() else { return };
    let of_kiln = setup.tools.kiln();
    let reproduce = |part: Part| {
        let line = command(&build_options(setup), &part);
        let mut shell = Command::new("sh");
        shell.args(["-c", &line]).current_dir(&setup.dir);
        shell.envs(of_kiln.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = run(&mut shell);
        assert_eq!(output.code, 0, "{line}\n{}", text(&output.stderr));
        text(&output.stdout)
    };
    // The method that the analysis failed on is shown, and nothing else.
    let lir = reproduce(Part::Analysis("[App]P::Main()".into()));
    let functions: Vec<&str> = lir.lines().filter(|line| line.starts_with("function ")).collect();
    assert!(functions.len() == 1 && functions[0].contains("P::Main"), "{functions:?}");
    // The function that code generation failed on is compiled, and nothing else.
    let folder = setup.dir.join("reproduced");
    let _ = fs::remove_dir_all(&folder);
    assert_eq!(reproduce(Part::Code("[App]P::Main():System.Void".into())), "");
    let objects: Vec<String> =
        fs::read_dir(&folder).expect("a folder of objects").flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    assert!(objects.len() == 1 && objects[0].contains("P__Main"), "{objects:?}");
    assert_eq!(reproduce(Part::Other), "");
    assert_eq!(run(&mut Command::new(setup.dir.join("App"))).stdout, b"1\n");
}

#[test]
fn every_code_of_the_list_is_explained() {
    let Some(setup) = setup() else { return };
    let list = run(&mut kiln(setup, &["explain"]));
    assert_eq!(list.code, 0);
    let list = text(&list.stdout);
    assert!(list.lines().count() > 20, "{list}");
    for line in list.lines() {
        let (code, title) = line.split_once("  ").expect("code and title");
        let one = run(&mut kiln(setup, &["explain", code]));
        let explanation = text(&one.stdout);
        assert_eq!(one.code, 0, "{code}");
        assert!(explanation.starts_with(&format!("{code}: {title}\n\n")) && explanation.len() > line.len() + 30, "{explanation}");
    }
    let unknown = run(&mut kiln(setup, &["explain", "KILN9999"]));
    assert_eq!((unknown.code, text(&unknown.stderr).contains("`kiln explain` alone lists")), (2, true));
}

#[test]
fn json_is_all_that_is_on_standard_error() {
    let Some(setup) = setup() else { return };
    for (arguments, exit) in [
        (&["build", "--json"][..], 2),
        (&["build", "--json", "--no-such-option"], 2),
        (&["build", "--json", "@no-such-file"], 2),
        (&["build", "--json", "App.dll", "--feature", "x"], 2),
        (&["build", "--json", "App.dll", "--feature", "=x"], 2),
        (&["publish", "--json", "App.dll", "-r", "win-x64"], 2),
        (&["build", "--json", "no-such-file.cs"], 1),
        (&["build", "--json", "broken.cs"], 1),
        (&["build", "--json", "App.dll", "-o", "no/such/folder/out"], 3),
        (&["build", "--json", "App.dll", "-O0", "--time", "-o", "json.out"], 0),
        (&["build", "--json", "App.dll", "-O0", "--emit=mir", "--filter", "no such name"], 0),
        (&["dump", "--json", "App.dll", "--time", "--filter", "no such name"], 0),
        (&["why", "--json", "no such name", "App.dll"], 1),
    ] {
        let output = run(&mut kiln(setup, arguments));
        let said = text(&output.stderr);
        assert_eq!(output.code, exit, "{arguments:?}\n{said}");
        assert!(!said.is_empty() && all_json(&output.stderr), "{arguments:?}\n{said}");
        assert!(said.contains("\"code\":\"") || exit == 0, "{arguments:?}\n{said}");
    }
    if let Some(seen) = on_terminal(setup, &["build", "--json", "broken.cs"], &[]) {
        assert!(all_json(seen.as_bytes()), "{seen}");
    }
}

#[test]
fn colours_and_progress_are_for_terminals() {
    let Some(setup) = setup() else { return };
    let coloured = |text: &str| text.contains("\x1b[1;31m");
    let plain = run(kiln(setup, &["build", "broken.cs"]).env_remove("NO_COLOR"));
    assert!(!text(&plain.stderr).contains('\x1b'), "{}", text(&plain.stderr));
    let forced = run(kiln(setup, &["build", "broken.cs"]).env_remove("NO_COLOR").env("CLICOLOR_FORCE", "1"));
    assert!(coloured(&text(&forced.stderr)), "{}", text(&forced.stderr));
    for (variables, colours, progress) in [
        (&[][..], true, true),
        (&[("NO_COLOR", "")], true, true),
        (&[("NO_COLOR", "1")], false, true),
        (&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], false, true),
        (&[("TERM", "dumb")], false, false),
    ] {
        let Some(seen) = on_terminal(setup, &["build", "broken.cs"], variables) else { return };
        assert_eq!((coloured(&seen), seen.contains("\r\x1b[K")), (colours, progress), "{variables:?}: {seen:?}");
    }
    let quiet = on_terminal(setup, &["build", "-q", "broken.cs"], &[]).unwrap_or_default();
    assert!(!quiet.contains("\r\x1b[K"), "{quiet:?}");
}

#[test]
fn every_command_that_works_says_how_long() {
    let Some(setup) = setup() else { return };
    for arguments in [
        &["build", "App.dll", "-O0", "-o", "timed.out"][..],
        &["run", "App.dll", "-O0"],
        &["publish", "App.dll", "-O0", "-o", "timed"],
        &["dump", "App.dll"],
        &["why", "Console", "App.dll"],
        &["size", "App.dll", "-O0"],
    ] {
        let output = run(kiln(setup, arguments).arg("--time"));
        let said = text(&output.stderr);
        assert_eq!(output.code, 0, "{arguments:?}\n{said}");
        assert!(said.contains(" ms  loading"), "{arguments:?}\n{said}");
    }
}

/// `head -1` closes its pipe after a line: that is no error of ours, and no signal either.
#[test]
fn a_reader_that_leaves_is_no_error_and_a_full_disk_is() {
    let Some(setup) = setup() else { return };
    for arguments in ["--help", "explain", "dump App.dll", "build App.dll -O0 --emit=mir"] {
        let mut command = Command::new("bash");
        let of_kiln = setup.tools.kiln();
        command.envs(of_kiln.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("KILN", &setup.tools.kiln);
        command.current_dir(&setup.dir);
        command
            .arg("-c")
            .arg(format!("\"$KILN\" {arguments} | head -1 >/dev/null; echo ${{PIPESTATUS[0]}}; \"$KILN\" {arguments} >/dev/full; echo $?"));
        let output = run(&mut command);
        assert_eq!(text(&output.stdout), "0\n3\n", "{arguments}\n{}", text(&output.stderr));
        assert!(text(&output.stderr).starts_with("error[KILN0503]"), "{arguments}\n{}", text(&output.stderr));
    }
}

const ECHO: &str = r#"using System;
class P {
    static int Main(string[] args) {
        if (args.Length > 0 && args[0] == "abort") Environment.FailFast("asked to");
        if (args.Length > 0 && args[0] == "wait") { Console.WriteLine(Environment.ProcessId); System.Threading.Thread.Sleep(60_000); }
        Console.WriteLine(string.Join("|", args) + ";" + Console.In.ReadToEnd());
        return 42;
    }
}"#;

/// The program's own arguments, input and exit code, with the cache and without.
#[test]
fn a_program_that_is_run_is_itself() {
    let Some(setup) = setup() else { return };
    fs::write(setup.dir.join("echo.cs"), ECHO).expect("written");
    for cache in [&[][..], &["--no-cache"]] {
        let mut command = kiln(setup, &["run", "echo.cs", "-O0"]);
        command.args(cache).args(["--", "a", "b c", "--", "@x", "-O", ""]);
        let output = Output::within(&mut command, b"input", Duration::from_secs(300)).expect("starts").expect("ends");
        assert_eq!((output.code, text(&output.stdout)), (42, "a|b c|--|@x|-O|;input\n".to_owned()), "{}", text(&output.stderr));
        let output = run(kiln(setup, &["run", "echo.cs", "-O0"]).args(cache).args(["--", "abort"]));
        assert_eq!(output.code, 134, "{}", text(&output.stderr));

        // Whoever ends `kiln run` ends the program: nothing stands between them.
        let mut command = kiln(setup, &["run", "echo.cs", "-O0"]);
        let mut child = command.args(cache).args(["--", "wait"]).stdout(Stdio::piped()).spawn().expect("starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("the program says its id");
        child.kill().expect("killed");
        let status = child.wait().expect("ended");
        assert_eq!((line.trim(), status.signal()), (child.id().to_string().as_str(), Some(9)));
    }
}

#[test]
fn two_runs_at_once_from_one_cache() {
    let Some(setup) = setup() else { return };
    fs::write(setup.dir.join("twice.cs"), ECHO).expect("written");
    let cache = setup.dir.join("cache of two");
    let start = |word: &str| {
        let mut command = kiln(setup, &["run", "twice.cs", "-O0", "--", word]);
        command.env("KILN_CACHE", &cache).env("KILN_ROSLYN", setup.tools.csc.roslyn()).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts")
    };
    let both = [("one", start("one")), ("two", start("two"))];
    for (word, child) in both {
        let output = child.wait_with_output().expect("ends");
        // The launcher of the C# compiler is only where setup put it.
        if text(&output.stderr).contains("kiln-corehost") {
            return eprintln!("skipped: kiln-corehost is in the cache alone");
        }
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(42), format!("{word};\n")), "{}", text(&output.stderr));
    }
}

/// A cache that is a file, that cannot exist, or that no variable names costs time and a warning, nothing else. What setup put into the real
/// cache is named, or beside the compiler.
#[test]
fn without_a_cache_everything_works() {
    let Some(setup) = setup() else { return };
    fs::write(setup.dir.join("cacheless.cs"), ECHO).expect("written");
    let bin = setup.dir.join("bin");
    fs::create_dir_all(&bin).expect("created");
    fs::copy(&setup.tools.kiln, bin.join("kiln")).expect("copied");
    fs::copy(Cache::locate().expect("a cache").bin().join("kiln-corehost"), bin.join("kiln-corehost")).expect("copied");
    let without = |place: Option<&str>, arguments: &[&str]| {
        let mut command = Command::new(bin.join("kiln"));
        let of_kiln = setup.tools.kiln();
        command.envs(of_kiln.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.args(arguments).current_dir(&setup.dir);
        command.env_remove("HOME").env_remove("XDG_CACHE_HOME").env_remove("KILN_CACHE").env("KILN_ROSLYN", setup.tools.csc.roslyn());
        run(command.envs(place.map(|place| ("KILN_CACHE", place))))
    };
    for place in [Some("App.cs"), Some("/proc/nowhere"), None] {
        let output = without(place, &["dump", "cacheless.cs"]);
        assert!(output.code == 0 && !output.stdout.is_empty(), "{place:?}\n{}", text(&output.stderr));
    }
    for place in [Some("App.cs"), None] {
        let output = without(place, &["build", "App.dll", "-O0", "-o", "cacheless.out"]);
        let said = text(&output.stderr);
        assert_eq!(output.code, 0, "{place:?}\n{said}");
        assert!(said.starts_with("warning[KILN0603]") && said.lines().count() == 2, "{place:?}\n{said}");
    }
}

#[test]
fn sources_with_unusual_names() {
    let Some(setup) = setup() else { return };
    let long = format!("{}.cs", "x".repeat(252));
    for name in ["two words.cs", "Ünïcode–名.cs", "-dash.cs", "UPPER.CS", "a'b,c;d.cs", "@a.cs", "#a:b\\.cs", " .cs", &long] {
        let folder = setup.dir.join("names");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("created");
        fs::write(folder.join(name), "Console.WriteLine(7);").expect("written");
        let output = run(kiln(setup, &["build", "-O0", "--", name]).current_dir(&folder));
        assert_eq!(output.code, 0, "{name}\n{}", text(&output.stderr));
        let made = PathBuf::from(name).with_extension("");
        assert_eq!(text(&run(&mut Command::new(folder.join(made))).stdout), "7\n", "{name}");
    }
    for name in [&b"a\"b.cs"[..], b"a?.cs", b"*.cs", b"a\nb.cs", b"\xff.cs"] {
        let name = OsStr::from_bytes(name);
        fs::write(setup.dir.join(name), "Console.WriteLine(7);").expect("written");
        let output = run(kiln(setup, &["build", "-O0", "-o", "name.out"]).arg(name));
        assert!(output.code == 1 && text(&output.stderr).starts_with("error[KILN0107]"), "{name:?}\n{}", text(&output.stderr));
        fs::remove_file(setup.dir.join(name)).expect("removed");
    }
}

#[test]
fn sources_that_are_no_program_or_more_than_one() {
    let Some(setup) = setup() else { return };
    let main = |name: &str| format!("class {name} {{ static void Main() {{ }} }}");
    for (name, content) in [
        ("a.cs", main("A")),
        ("b.cs", main("B")),
        ("none.cs", "class C { }".to_owned()),
        ("empty.cs", String::new()),
        ("top1.cs", "Console.WriteLine(1);".to_owned()),
        ("top2.cs", "Console.WriteLine(2);".to_owned()),
    ] {
        fs::write(setup.dir.join(name), content).expect("written");
    }
    for (files, code) in [
        (&["a.cs", "b.cs"][..], "error[CS0017]"),
        (&["none.cs"], "error[CS5001]"),
        (&["empty.cs"], "error[CS5001]"),
        (&["top1.cs", "top2.cs"], "error[CS8802]"),
        (&["a.cs", "App.dll"], "error[KILN0107]"),
        (&["App.dll", "App.dll"], "error[KILN0107]"),
        (&["."], "error[KILN0101]"),
    ] {
        let output = run(kiln(setup, &["build"]).args(files).args(["-o", "no.out"]));
        assert_eq!(output.code, 1, "{files:?}");
        assert!(text(&output.stderr).contains(code), "{files:?}\n{}", text(&output.stderr));
        // The C# compiler's own advice is an option that Kiln does not have.
        assert!(!text(&output.stderr).contains("with /main") || text(&output.stderr).contains("help: "), "{}", text(&output.stderr));
    }
    let output = run(&mut kiln(setup, &["build", "a.cs", "./a.cs", "-O0", "-o", "twice.out"]));
    assert_eq!((output.code, text(&output.stderr).contains("warning[CS2002]")), (0, true), "{}", text(&output.stderr));
}

/// What the SDK writes into App.runtimeconfig.json is what the program sees, as CoreCLR tells it, and the command line has the last word.
#[test]
fn the_runtime_configuration_reaches_the_program() {
    let Some(setup) = setup() else { return };
    let folder = setup.dir.join("config");
    fs::create_dir_all(&folder).expect("created");
    let source = r#"using System;
        class P {
            static void Main() {
                foreach (var name in new[] { "My.Switch", "My.Other", "My.Text", "My.Number", "System.GC.Server", "System.Globalization.Invariant" })
                    Console.WriteLine($"{name}: {AppContext.TryGetSwitch(name, out bool on)} {on} {AppContext.GetData(name) ?? "null"}");
                try { throw new ArgumentNullException("x"); } catch (Exception e) { Console.WriteLine(e.Message); }
            }
        }"#;
    let app = library(&setup.tools, &folder, "Config", source, &[], false).expect("compiles");
    let config = folder.join("Config.runtimeconfig.json");
    let write = |switch: &str| {
        let text = format!(
            "{{ \"runtimeOptions\": {{ \"tfm\": \"net9.0\", // kept by hand\n \"configProperties\": {{ \"My.Switch\": {switch}, \"My.Text\": \"a b\",\n\
             \"My.Number\": 42, \"System.GC.Server\": true, \"System.Globalization.Invariant\": true,\n\
             \"System.Resources.UseSystemResourceKeys\": true }} }} }}"
        );
        fs::write(&config, text).expect("written");
    };
    write("true");
    let expected = "My.Switch: True True true\nMy.Other: False False null\nMy.Text: False False a b\nMy.Number: False False 42\n\
        System.GC.Server: True True true\nSystem.Globalization.Invariant: True True true\nArgumentNull_Generic Arg_ParamName_Name, x\n";
    for (arguments, folder) in
        [(&["build", "-O0", "-o", "config.out"][..], "config.out"), (&["publish", "-O0", "-r", "linux-x64", "-o", "pub"], "pub/Config")]
    {
        let output = run(kiln(setup, arguments).arg(&app));
        assert_eq!(output.code, 0, "{}", text(&output.stderr));
        assert_eq!(text(&run(&mut Command::new(setup.dir.join(folder))).stdout), expected);
    }
    // The file is part of what is built, and the command line wins over it.
    write("false");
    let output = run(kiln(setup, &["run", "-O0", "--feature", "My.Number=7"]).arg(&app));
    let changed = expected.replace("My.Switch: True True true", "My.Switch: True False false").replace("42", "7");
    assert_eq!((output.code, text(&output.stdout)), (0, changed), "{}", text(&output.stderr));

    // What the runtime does not have is said, and not found out at run time.
    let output = run(kiln(setup, &["run", "-O0", "--feature", "System.Globalization.Invariant=false"]).arg(&app));
    let said = text(&output.stderr);
    assert_eq!((output.code, said.starts_with("warning[KILN0112]")), (0, true), "{said}");

    for broken in ["{", "{\"runtimeOptions\":{\"configProperties\":[]}}", "{\"runtimeOptions\":{\"configProperties\":{\"A\":{}}}}"] {
        fs::write(&config, broken).expect("written");
        let output = run(kiln(setup, &["build", "-o", "config2.out"]).arg(&app));
        assert!(output.code == 1 && text(&output.stderr).starts_with("error[KILN0111]"), "{broken}\n{}", text(&output.stderr));
        assert!(!setup.dir.join("config2.out").exists());
    }
}

/// Packages may have native libraries: they come along with `run` and `publish`, in their latest form, and `build` says that they are needed.
#[test]
fn native_libraries_of_packages_come_along() {
    let Some(setup) = setup() else { return };
    let folder = setup.dir.join("natives");
    let native = folder.join("packages/answer/1.0.0/runtimes/linux-x64/native");
    fs::create_dir_all(&native).expect("created");
    let source = "using System.Runtime.InteropServices; class P { [DllImport(\"answer\")] static extern int answer(); static int Main() => answer(); }";
    let app = library(&setup.tools, &folder, "Natives", source, &[], false).expect("compiles");
    let manifest = r#"{ "runtimeTarget": { "name": "net" }, "targets": { "net": { "Answer/1.0.0": { "runtimeTargets": {
        "runtimes/linux-x64/native/libanswer.so": { "rid": "linux-x64", "assetType": "native" } } } } },
        "libraries": { "Answer/1.0.0": { "type": "package", "path": "answer/1.0.0" } } }"#;
    fs::write(app.with_extension("deps.json"), manifest).expect("written");
    let compile = |value: i32| {
        fs::write(folder.join("answer.c"), format!("int answer(void) {{ return {value}; }}\n")).expect("written");
        let made = run(Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(native.join("libanswer.so")).arg(folder.join("answer.c")));
        assert_eq!(made.code, 0, "{}", text(&made.stderr));
    };
    let kiln = |arguments: &[&str]| run(kiln(setup, arguments).env("NUGET_PACKAGES", folder.join("packages")).current_dir(&folder));
    compile(77);
    for arguments in [&["run", "Natives.dll", "-O0"][..], &["run", "Natives.dll", "-O0"], &["run", "Natives.dll", "-O0", "--no-cache"]] {
        assert_eq!(kiln(arguments).code, 77, "{arguments:?}");
    }
    compile(78);
    assert_eq!(kiln(&["run", "Natives.dll", "-O0"]).code, 78);
    assert_eq!(kiln(&["publish", "Natives.dll", "-O0", "-o", "out"]).code, 0);
    assert_eq!(run(&mut Command::new(folder.join("out/Natives"))).code, 78);
    let built = kiln(&["build", "Natives.dll", "-O0", "-o", "Natives"]);
    let said = text(&built.stderr);
    assert!(built.code == 0 && said.contains("warning[KILN0113]") && said.contains("libanswer.so"), "{said}");
    let built = kiln(&["build", "Natives.dll", "-O0", "-o", "out/Natives"]);
    assert_eq!((built.code, text(&built.stderr)), (0, String::new()));
}
