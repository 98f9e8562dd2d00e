//! Warnings of trimming and ahead-of-time compilation (ILxxxx), line by line: the programs of `tests/warnings` say at the end of a line which
//! codes it gives (`// IL2026 IL3050x2`; alone on a line, these are about what has no line), and no other line gives any. What .NET's own compiler says of the same assembly is the model; where Kiln
//! differs on purpose, `docs/warnings.md` says why. And what may be wanted of warnings on the command line.

#![forbid(unsafe_code)]

use kiln_filetest::setup::{Setup, run};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Codes by line, and how often.
type Codes = BTreeMap<(u64, String), usize>;

fn setup() -> Option<&'static Setup<()>> {
    static SETUP: OnceLock<Result<Setup<()>, String>> = OnceLock::new();
    Setup::once(&SETUP, "warnings", |_, _| Ok(()))
}

fn programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/warnings");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).expect("the folder").flatten().map(|e| e.path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "cs" || e == "il"));
    files.sort();
    files
}

/// The codes that a source expects: what stands behind the last `//` of a line, if it is nothing but codes.
fn expected(source: &str) -> Codes {
    let mut out = Codes::new();
    for (line, text) in (1..).zip(source.lines()) {
        let Some((_, comment)) = text.rsplit_once("// ") else { continue };
        let words: Vec<&str> = comment.split_whitespace().collect();
        if words.iter().all(|w| w.starts_with("IL") && w.len() >= 6 && w[2..6].bytes().all(|b| b.is_ascii_digit())) {
            for word in words {
                let (code, count) = word.split_once('x').unwrap_or((word, "1"));
                let line = if text.trim_start().starts_with("//") { 0 } else { line };
                *out.entry((line, code.to_owned())).or_default() += count.parse::<usize>().expect("a number behind x");
            }
        }
    }
    out
}

/// An assembly where the program is IL, which has no lines.
fn assembled(setup: &Setup<()>, program: &Path) -> PathBuf {
    if program.extension().is_none_or(|e| e != "il") {
        return program.to_owned();
    }
    let text = fs::read_to_string(program).expect("a file");
    let name = program.display().to_string();
    let bytes = kiln_iltext::assemble(&[kiln_iltext::Source { name: &name, text: &text }]).unwrap_or_else(|e| panic!("{e}"));
    let file = setup.dir.join(program.file_name().unwrap_or_default()).with_extension("dll");
    fs::write(&file, bytes).expect("written");
    file
}

/// What Kiln says, without compiling anything to machine code.
fn said(setup: &Setup<()>, program: &Path) -> (Codes, String) {
    let mut command = setup.tools.kiln();
    command.args(["build", "-q", "--json", "--emit=mir", "--filter", "no such name"]).arg(assembled(setup, program));
    let output = run(&mut command);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut out = Codes::new();
    for line in text.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        let code = value["code"].as_str().unwrap_or_default();
        assert!(value["severity"] != "error", "{line}");
        if code.starts_with("IL") {
            let again = value["again"].as_array().into_iter().flatten();
            let lines = std::iter::once(&value["line"]).chain(again.map(|place| &place["line"]));
            lines.for_each(|line| *out.entry((line.as_u64().unwrap_or_default(), code.to_owned())).or_default() += 1);
        }
    }
    (out, text)
}

#[test]
fn every_line_gives_the_codes_that_it_says() {
    let Some(setup) = setup() else { return };
    let mut wrong = Vec::new();
    let mut count = 0;
    for program in programs() {
        let name = program.file_name().unwrap_or_default().display().to_string();
        let source = fs::read_to_string(&program).expect("a file");
        let (want, (got, _)) = (expected(&source), said(setup, &program));
        count += want.values().sum::<usize>();
        for key in want.keys().chain(got.keys().filter(|k| !want.contains_key(*k))) {
            let (wanted, given) = (want.get(key).copied().unwrap_or_default(), got.get(key).copied().unwrap_or_default());
            if wanted != given {
                wrong.push(format!("{name}:{} {}: {given} times, expected {wanted}", key.0, key.1));
            }
        }
    }
    assert!(count > 60, "only {count} warnings are expected");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A program with a warning of the analysis; the arguments, and how the build ends and what it says.
fn built(setup: &Setup<()>, arguments: &[&str]) -> (i32, String) {
    const SOURCE: &str = "\
using System.Diagnostics.CodeAnalysis;
class P
{
    [RequiresUnreferencedCode(\"by name\")] static void Load() { }
    static void Main() => Call();
    static void Call() => Load();
}
";
    let file = setup.dir.join("one.cs");
    fs::write(&file, SOURCE).expect("written");
    let mut command = setup.tools.kiln();
    command.current_dir(&setup.dir).args(["build", "-q", "-O0", "one.cs", "-o", "one"]).args(arguments);
    let output = run(&mut command);
    (output.code, String::from_utf8_lossy(&output.stderr).replace(&format!("{}/", setup.dir.display()), ""))
}

#[test]
fn a_warning_reads_as_msbuild_reads_it_and_says_the_way_to_it() {
    let Some(setup) = setup() else { return };
    let said = "one.cs(6,27): warning IL2026: P.Call(): `P.Load()` may need members that are not in a trimmed program, as its \
                `[RequiresUnreferencedCode]` says: by name\n    reached by P.Main() → P.Call()\n    call something";
    for _ in 0..2 {
        // The second time nothing changed, and it is said again.
        let (code, text) = built(setup, &[]);
        assert_eq!(code, 0, "{text}");
        assert!(text.starts_with(said), "{text}");
    }
}

#[test]
fn codes_are_hidden_or_fail_the_build() {
    let Some(setup) = setup() else { return };
    assert_eq!(built(setup, &["--nowarn", "il2026;IL3050"]), (0, String::new()));
    let output = setup.dir.join("one");
    let _ = fs::remove_file(&output);
    for arguments in [&["--warnaserror"][..], &["--warnaserror=IL2026"], &["--warnaserror", "--warnnotaserror", "IL3050"]] {
        let (code, text) = built(setup, arguments);
        assert_eq!(code, 1, "{arguments:?}: {text}");
        assert!(text.starts_with("one.cs(6,27): error IL2026: "), "{text}");
        assert!(!output.exists(), "{arguments:?} left an output");
    }
    assert_eq!(built(setup, &["--warnaserror=IL3050"]).0, 0);
    assert_eq!(built(setup, &["--warnaserror", "--warnnotaserror", "IL2026"]).0, 0);
}

#[test]
fn why_says_how_the_code_of_a_warning_is_reached() {
    let Some(setup) = setup() else { return };
    built(setup, &[]);
    let why = |which: &str| {
        let mut command = setup.tools.kiln();
        let output = run(command.current_dir(&setup.dir).args(["why", "-q", "--warning", which, "one.cs"]));
        (output.code, String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, text) = why("1");
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("one.cs(6,27): warning IL2026: P.Call(): "), "{text}");
    let steps: Vec<&str> = text.lines().skip(1).collect();
    assert!(steps[0].contains("P::Call") && steps[1].starts_with("  referenced by ") && steps[1].contains("P::Main"), "{text}");
    assert_eq!(why("IL2026"), (0, text));
    assert_eq!(why("2").0, 1);
}

#[test]
fn a_sarif_log_has_what_is_said() {
    let Some(setup) = setup() else { return };
    let (code, text) = built(setup, &["--sarif", "one.sarif"]);
    assert_eq!(code, 0, "{text}");
    let log: serde_json::Value = serde_json::from_slice(&fs::read(setup.dir.join("one.sarif")).expect("written")).expect("JSON");
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "IL2026");
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 6);
}

#[test]
fn a_referenced_assembly_has_one_warning_that_can_be_expanded() {
    let Some(setup) = setup() else { return };
    let library = "using System.Diagnostics.CodeAnalysis; public class L { [RequiresUnreferencedCode(\"x\")] static void A() { } \
                   [RequiresDynamicCode(\"x\")] static void B() { } public static void Call() { A(); A(); B(); } }";
    let made = kiln_filetest::setup::library(&setup.tools, &setup.dir, "Lib", library, &[], true).expect("a library");
    fs::write(setup.dir.join("user.cs"), "class P { static void Main() => L.Call(); }").expect("written");
    let build = |expand: &[&str]| {
        let mut command = setup.tools.kiln();
        command.current_dir(&setup.dir).args([
            "build",
            "-q",
            "--emit=mir",
            "--filter",
            "P::Main",
            "-o",
            "user.mir",
            "user.cs",
            "--reference",
        ]);
        let output = run(command.arg(&made).args(expand));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let (folded, expanded) = (build(&[]), build(&["--expand-warnings"]));
    assert!(folded.contains("warning IL2104: assembly `Lib` has trim warnings: 2"), "{folded}");
    assert!(folded.contains("warning IL3053: assembly `Lib` has warnings about ahead-of-time compilation: 1"), "{folded}");
    assert_eq!(folded.matches("warning IL").count(), 2, "{folded}");
    assert_eq!((expanded.matches("warning IL2026").count(), expanded.matches("warning IL3050").count()), (2, 1), "{expanded}");
}

#[test]
fn equal_warnings_of_a_member_are_one_with_a_count() {
    let Some(setup) = setup() else { return };
    let source = "using System.Diagnostics.CodeAnalysis;\nclass P\n{\n    [RequiresUnreferencedCode(\"x\")] static void A() { }\n\
                  static void Main() { A();\n A();\n A(); Other(); }\n static void Other() { A(); }\n}\n";
    fs::write(setup.dir.join("equal.cs"), source).expect("written");
    let build = |arguments: &[&str]| {
        let mut command = setup.tools.kiln();
        command.current_dir(&setup.dir).args(["build", "-q", "--emit=mir", "--filter", "P::Main", "-o", "equal.mir", "equal.cs"]);
        String::from_utf8_lossy(&run(command.args(arguments)).stderr).into_owned()
    };
    let said = build(&["--sarif", "equal.sarif"]);
    assert_eq!(said.matches("warning IL2026").count(), 2, "{said}");
    assert!(
        said.contains("equal.cs(5,22): warning IL2026: P.Main()") && said.contains("    3 times in this member, again in lines 6 and 7\n"),
        "{said}"
    );
    let log: serde_json::Value = serde_json::from_slice(&fs::read(setup.dir.join("equal.sarif")).expect("written")).expect("JSON");
    assert_eq!(log["runs"][0]["results"][0]["occurrenceCount"], 3);
    let said = build(&["--expand-warnings"]);
    assert_eq!(said.matches("warning IL2026").count(), 4, "{said}");
    assert!(!said.contains("times in this member"), "{said}");
}

#[test]
fn attributes_that_a_file_adds_count_like_those_of_the_source() {
    let Some(setup) = setup() else { return };
    let dir = setup.dir.join("added");
    fs::create_dir_all(&dir).expect("a folder");
    let source = "\
using System;
namespace N { public class Outer { public class Inner { public static void Load(string name) { } public static void Load(int number) { } } } }
class P
{
    static Type kept;
    static Type Property { get; set; }
    static void Want(Type t) { }
    static void Main() { N.Outer.Inner.Load(\"a\"); N.Outer.Inner.Load(1); Pass(null); Quiet(); }
    static void Pass(Type t) { Want(t); kept = t; Property = t; }
    static void Quiet() { N.Outer.Inner.Load(\"b\"); }
}
";
    fs::write(dir.join("a.cs"), source).expect("written");
    let promise = "<attribute fullname=\"System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembersAttribute\"><argument>PublicMethods</argument></attribute>";
    let text = format!(
        "<linker><assembly fullname=\"a\"><type fullname=\"N.Outer/Inner\"><method signature=\"System.Void Load(System.String)\">\
         <attribute fullname=\"System.Diagnostics.CodeAnalysis.RequiresUnreferencedCodeAttribute\"><argument>by name</argument>\
         <property name=\"Url\">https://example.org</property></attribute></method></type>\
         <type fullname=\"P\"><method name=\"Want\"><parameter name=\"t\">{promise}</parameter></method><field name=\"kept\">{promise}</field>\
         <property name=\"Property\">{promise}</property><method name=\"Quiet\">\
         <attribute fullname=\"System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessageAttribute\"><argument>Trimming</argument>\
         <argument>IL2026</argument></attribute></method></type><type fullname=\"Missing\"/></assembly><assembly fullname=\"Nowhere\"/></linker>"
    );
    fs::write(dir.join("a.xml"), &text).expect("written");
    fs::write(dir.join("bad.xml"), "<linker").expect("written");
    let build = |arguments: &[&str]| {
        let mut command = setup.tools.kiln();
        command.current_dir(&dir).args(["build", "-q", "--emit=mir", "--filter", "P::Main", "-o", "a.mir", "a.cs"]).args(arguments);
        let output = run(&mut command);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let codes: Vec<String> = text.lines().filter_map(|l| Some(l.split("warning ").nth(1)?.get(..6)?.to_owned())).collect();
        (output.code, codes, text)
    };
    assert!(!build(&[]).1.iter().any(|c| c.starts_with("IL")));
    let embedded = ["--resource", "a.xml,ILLink.LinkAttributes.xml"];
    for arguments in [&["--link-attributes", "a.xml"], &embedded] {
        let (_, codes, text) = build(arguments);
        let codes: Vec<&String> = codes.iter().filter(|c| c.starts_with("IL")).collect();
        assert_eq!(codes, ["IL2026", "IL2067", "IL2069", "IL2067"], "{text}");
        assert!(text.contains("a.cs(8,26): warning IL2026: P.Main(): `N.Outer.Inner.Load(String)`"), "{text}");
        assert!(text.contains("says: by name (https://example.org)"), "{text}");
    }
    let (code, _, text) = build(&["--link-attributes", "bad.xml"]);
    assert!(code == 1 && text.contains("bad.xml"), "{text}");
}

/// A program whose output depends on what is kept, the files that are given, and what a build says and the program prints.
#[test]
fn descriptors_keep_members_and_say_what_they_do_not_find() {
    let Some(setup) = setup() else { return };
    let source = "\
using System;
using System.Reflection;
namespace N { public class Kept { public static string Secret() => \"kept\"; public class Inner { } } }
class P
{
    static Type Find(string name) => typeof(P).Assembly.GetType(name);
    public static bool Switch => false;
    static void Main()
    {
        var method = Find(string.Concat(\"N.\", Environment.GetEnvironmentVariable(\"NAME\")))?.GetMethod(\"Secret\");
        Console.WriteLine(method?.Invoke(null, null) ?? \"nothing\");
        if (Switch) Console.WriteLine(\"switched\");
    }
}
";
    let dir = setup.dir.join("descriptors");
    fs::create_dir_all(&dir).expect("a folder");
    fs::write(dir.join("d.cs"), source).expect("written");
    let linker = "<linker><assembly fullname=\"d\"><type fullname=\"N.Kept\"><method name=\"Secret\"/><method name=\"None\"/></type>\
                  <type fullname=\"N.Missing\"/></assembly><assembly fullname=\"Nowhere\"/></linker>";
    fs::write(dir.join("d.xml"), linker).expect("written");
    let directives = "<Directives><Application><Assembly Name=\"d\"><Type Name=\"N.Kept\" Dynamic=\"Required All\"/></Assembly></Application></Directives>";
    fs::write(dir.join("rd.xml"), directives).expect("written");
    let substitutions = "<linker><assembly fullname=\"d\"><type fullname=\"P\"><method signature=\"System.Boolean get_Switch()\" body=\"stub\" \
                         value=\"true\"/></type></assembly></linker>";
    fs::write(dir.join("s.xml"), substitutions).expect("written");
    let build = |arguments: &[&str]| {
        let mut command = setup.tools.kiln();
        command.current_dir(&dir).args(["build", "-q", "-O0", "--nowarn", "IL2026;IL2075;CS8603", "d.cs", "-o", "d"]).args(arguments);
        let output = run(&mut command);
        assert_eq!(output.code, 0, "{}", String::from_utf8_lossy(&output.stderr));
        let said: Vec<String> =
            String::from_utf8_lossy(&output.stderr).lines().filter(|l| l.contains("warning IL")).map(str::to_owned).collect();
        let printed = run(std::process::Command::new(dir.join("d")).env("NAME", "Kept"));
        (said, String::from_utf8_lossy(&printed.stdout).into_owned())
    };
    let (said, printed) = build(&["--descriptor", "d.xml", "--substitutions", "s.xml"]);
    assert_eq!(printed, "kept\nswitched\n");
    let codes: Vec<&str> = said.iter().filter_map(|l| l.split("warning ").nth(1)?.split(':').next()).collect();
    assert_eq!(codes, ["IL2007", "IL2008", "IL2009"], "{said:?}");
    assert_eq!(build(&["--descriptor", "rd.xml"]), (Vec::new(), "kept\n".to_owned()));
    let mut why = setup.tools.kiln();
    let why = run(why.current_dir(&dir).args(["why", "-q", "--descriptor", "d.xml", "members `Secret` of N.Kept", "d.cs"]));
    let text = String::from_utf8_lossy(&why.stdout).into_owned();
    assert!(text.contains("kept as it is said by the file `d.xml`"), "{text}");
}
