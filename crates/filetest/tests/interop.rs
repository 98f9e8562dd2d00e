//! Calls of C code: a library made by the system's C compiler, called from one program on CoreCLR and on Kiln.

#![forbid(unsafe_code)]

use kiln_filetest::Tools;
use kiln_filetest::setup::or_skip;
use kiln_filetest::tools::workspace;
use kiln_toolchain::Output;
use std::fs;
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(300);

fn run(command: &mut Command) -> Output {
    let name = format!("{command:?}");
    let done =
        Output::within(command, b"", LIMIT).unwrap_or_else(|e| panic!("{name}: {e}")).unwrap_or_else(|| panic!("{name} does not end"));
    assert_eq!(done.code, 0, "{name}\n{}", String::from_utf8_lossy(&done.stderr));
    done
}

/// Builds `tests/interop/NAME.c` as a library and runs `NAME.cs` with it in every configuration.
fn compare(name: &str) {
    let Some(tools) = or_skip(Tools::prepare()) else { return };
    let dir = tools.target.join("interop");
    fs::create_dir_all(&dir).expect("folder");
    let source = |extension: &str| workspace().join("tests/interop").join(format!("{name}.{extension}"));
    run(Command::new("cc").args(["-shared", "-fPIC", "-O2", "-o"]).arg(dir.join(format!("lib{name}.so"))).arg(source("c")));
    let compiled = tools.compile(&[(name, &source("cs"), Vec::new())]).expect("compiler");
    let dll = &compiled[0].assembly;
    assert!(compiled[0].ok, "{:#?}", compiled[0].diagnostics);
    let expected = run(tools.platform.oracle.command(dll).env("LD_LIBRARY_PATH", &dir)).stdout;
    assert!(expected.iter().filter(|b| **b == b'\n').count() > 10, "the oracle prints little");
    for (options, stress) in [("-O0", false), ("-O", false), ("-O", true)] {
        let program = dir.join(format!("{name}{options}"));
        run(tools.kiln().arg("build").arg(dll).arg("-o").arg(&program).arg(options));
        let mut command = Command::new(&program);
        command.env("LD_LIBRARY_PATH", &dir);
        if stress {
            command.env("KILN_GC_STRESS", "1");
        }
        let printed = run(&mut command).stdout;
        assert_eq!(String::from_utf8_lossy(&printed), String::from_utf8_lossy(&expected), "{command:?}");
    }
}

#[test]
fn structures_travel_by_value_as_c_compilers_pass_them() {
    compare("structs");
}

#[test]
fn native_code_calls_back_from_any_thread_and_does_not_stop_others() {
    compare("callbacks");
}

#[test]
fn what_is_something_else_to_native_code_is_converted() {
    compare("marshalling");
}
