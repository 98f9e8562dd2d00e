//! Programs for other targets than this machine, by the command line: what they are, that they run in an emulator, and which there are.

#![forbid(unsafe_code)]

use kiln_filetest::Tools;
use kiln_filetest::setup::{or_skip, run};
use kiln_filetest::tools::workspace;
use kiln_target::Target;
use std::fs;

#[test]
fn hello_for_every_other_target_prints_its_line_in_an_emulator() {
    let Some(tools) = or_skip(Tools::prepare()) else { return };
    let source = workspace().join("samples/hello.cs");
    let dir = tools.target.join("targets");
    fs::create_dir_all(&dir).expect("folder");
    for (target, found) in &tools.foreign {
        let Some(foreign) = or_skip(found.as_ref()) else { continue };
        let program = dir.join(format!("hello-{}{}", target.rid, target.executable_suffix));
        let archive = foreign.archive().expect("the runtime library builds");
        let built = run(tools.kiln().arg("build").arg(&source).args(["-r", target.rid, "-o"]).arg(&program).env("KILN_RUNTIME", archive));
        assert_eq!(built.code, 0, "{}", String::from_utf8_lossy(&built.stderr));
        let printed = run(&mut foreign.command(&program));
        assert_eq!(printed.code, 0, "{}", String::from_utf8_lossy(&printed.stderr));
        assert!(printed.stdout.starts_with(b"Hello from Kiln: "), "{}", String::from_utf8_lossy(&printed.stdout));
    }
}

#[test]
fn a_target_that_is_not_supported_is_refused_with_the_list_of_those_that_are() {
    let Some(tools) = or_skip(Tools::prepare()) else { return };
    for rid in ["win-x64", "linux-x46"] {
        for command in ["build", "run"] {
            let refused = run(tools.kiln().args([command, "hello.cs", "-r", rid]));
            let text = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert_eq!(refused.code, 2, "{text}");
            assert!(text.contains("KILN0002") && text.contains(rid), "{text}");
            assert!(Target::ALL.iter().all(|t| text.contains(t.rid)), "{text}");
        }
    }
}
