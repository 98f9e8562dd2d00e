//! The command line as a person, a script and a terminal see it: what is said where, exit codes, and what a running program gets.

#![forbid(unsafe_code)]

use kiln_filetest::setup::{Setup, library, run};
use kiln_toolchain::Output;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// A program that compiles, as an assembly and as the source `App.cs` beside it, and one that does not.
struct Programs {
    app: PathBuf,
    broken: PathBuf,
}

fn setup() -> Option<&'static Setup<Programs>> {
    static SETUP: OnceLock<Result<Setup<Programs>, String>> = OnceLock::new();
    Setup::once(&SETUP, "cli", |tools, dir| {
        let app = library(tools, dir, "App", "class P { static void Main() => System.Console.WriteLine(1); }", &[], false)?;
        let broken = dir.join("broken.cs");
        fs::write(&broken, "class P { static void Main() { Missing(); } }\n").map_err(|e| e.to_string())?;
        Ok(Programs { app, broken })
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A command that runs in the setup's folder.
fn kiln(setup: &Setup<Programs>, arguments: &[&str]) -> Command {
    let mut command = setup.tools.kiln();
    command.args(arguments).current_dir(&setup.dir);
    command
}

/// The same on a terminal, whose output is the answer: standard output and error together.
fn on_terminal(setup: &Setup<Programs>, arguments: &[&str], variables: &[(&str, &str)]) -> Option<String> {
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
        command.arg("-c").arg(format!("\"$KILN\" {arguments} | head -1 >/dev/null; echo ${{PIPESTATUS[0]}}; \"$KILN\" {arguments} >/dev/full; echo $?"));
        let output = run(&mut command);
        assert_eq!(text(&output.stdout), "0\n3\n", "{arguments}\n{}", text(&output.stderr));
        assert!(text(&output.stderr).starts_with("error[KILN0503]"), "{arguments}\n{}", text(&output.stderr));
    }
}

#[test]
fn the_setup_is_what_the_tests_take_it_for() {
    let Some(setup) = setup() else { return };
    let output: Output = run(kiln(setup, &["build", "-O0", "-o", "setup.out"]).arg(&setup.with.app));
    assert_eq!(output.code, 0, "{}", text(&output.stderr));
    let output = run(kiln(setup, &["build"]).arg(&setup.with.broken));
    assert_eq!(output.code, 1, "{}", text(&output.stderr));
}
