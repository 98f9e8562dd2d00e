//! What is not in a program: code behind feature switches that are off, also where only a method in between says so.

#![forbid(unsafe_code)]

use kiln_filetest::Tools;
use kiln_filetest::setup::{library, or_skip, run};
use kiln_filetest::tools::workspace;
use kiln_toolchain::Output;
use std::time::Duration;

/// Exit code and messages of `kiln why SYMBOL` for a program of `tests/run`.
fn why(tools: &Tools, symbol: &str, program: &str) -> (i32, String) {
    let mut command = tools.kiln();
    command.args(["why", symbol]).arg(workspace().join("tests/run").join(program));
    let done = Output::within(&mut command, b"", Duration::from_secs(120)).expect("kiln starts").expect("kiln ends");
    (done.code, String::from_utf8_lossy(&done.stderr).into_owned())
}

#[test]
fn code_behind_a_getter_of_a_switch_that_is_off_is_not_there() {
    let Some(tools) = or_skip(Tools::prepare()) else { return };
    // `TrackAsyncMethodCompletion` returns what the event source says, which a substitution makes `false`.
    let (code, messages) = why(&tools, "CreateDebugFinalizableAsyncStateMachineBox", "async.cs");
    assert!(code == 1 && messages.contains("KILN0109"), "{code}: {messages}");
    let (code, messages) = why(&tools, "AsyncStateMachineBox", "async.cs");
    assert_eq!(code, 0, "{messages}");
}

#[test]
fn every_reason_for_a_symbol_is_told_with_the_path_that_goes_on_from_it() {
    let Some(tools) = or_skip(Tools::prepare()) else { return };
    let mut command = tools.kiln();
    command.args(["why", "-q", "--all", "virtual calls of System.IO.Stream::Flush()"]).arg(workspace().join("tests/run/streams.cs"));
    let done = Output::within(&mut command, b"", Duration::from_secs(120)).expect("kiln starts").expect("kiln ends");
    let text = String::from_utf8_lossy(&done.stdout);
    assert_eq!(done.code, 0, "{}", String::from_utf8_lossy(&done.stderr));
    let reasons: Vec<&str> = text.lines().skip(1).take_while(|line| line.starts_with(' ')).collect();
    assert!(text.starts_with("virtual calls of System.IO.Stream::Flush(): "), "{text}");
    assert!(reasons.iter().filter(|line| line.starts_with("  2. called virtually by ")).count() == 1, "{text}");
    assert!(reasons.iter().filter(|line| line.contains("needed by every program root `")).count() >= 2, "{text}");
    // An override holds for as long as there are calls: the condition is said, too.
    assert!(text.contains(" (given virtual calls of "), "{text}");
}

#[test]
fn a_librarys_string_names_members_where_its_code_looks_members_up() {
    let Some(tools) = or_skip(Tools::prepare()) else { return };
    let folder = workspace().join("target/filetest/wording");
    std::fs::create_dir_all(&folder).expect("a folder");
    let words = "
        using System; using System.Reflection;
        namespace Words {
            public class Item { public void Looked() { } public void Handed() { } public void Read() { } public void Spoken() { } }
            public static class Finder {
                public static object Call(object on, string name) => on.GetType().GetMethod(name).Invoke(on, null);
                public static object Own(object on) => Call(on, \"Looked\") ?? Call(on, Names.Of(on));
            }
            public static class Caller { public static object Ask(object on) => Finder.Call(on, \"Handed\"); }
            public static class Names { public static string Of(object on) => on == null ? null : \"Read\"; }
            public static class Speaker { public static void Say() => Console.WriteLine(\"Spoken\"); }
        }";
    let words = library(&tools, &folder, "Words", words, &[], true).expect("compiles");
    let source = "
        using Words;
        class P { static void Main() { var item = new Item(); Finder.Own(item); Caller.Ask(item); Speaker.Say(); } }";
    let program = library(&tools, &folder, "Program", source, &[words], false).expect("compiles");
    for (method, kept) in [("Looked", true), ("Handed", true), ("Read", true), ("Spoken", false)] {
        let mut command = tools.kiln();
        command.args(["why", &format!("Words.Item::{method}(")]).arg(&program);
        let done = run(&mut command);
        assert_eq!(done.code == 0, kept, "{method}: {}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    }
}
