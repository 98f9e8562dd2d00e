//! Text tests of code generation: `tests/llvm/*.lir` as LLVM IR, `tests/asm/*.lir` as assembly and the places of references during calls.
//!
//! Nothing but LLVM is needed: no C#, no framework. The form of the files is `docs/internals/lir.md`.

#![forbid(unsafe_code)]

#[path = "support/coverage.rs"]
mod coverage;
#[path = "support/normal.rs"]
mod normal;

use kiln_codegen::{CodegenOptions, OptLevel, Unit, compile_unit, emit_asm, emit_llvm_ir};
use kiln_lir::text::{Numbered, parse};
use kiln_lir::{Function, verify};
use kiln_target::Target;
use kiln_testkit::{Case, Header, Outcome, cases, run_with};
use libtest_mimic::{Failed, Trial};
use std::process::ExitCode;

/// What the files have between them, and how many there are at least.
const STAGES: [&str; 2] = ["llvm", "asm"];
const FILES: usize = 60;

fn main() -> ExitCode {
    let stages = STAGES.map(|stage| (stage, &["lir"][..]));
    let more = vec![Trial::test("everything_that_lir_has_is_in_a_file", everything)];
    run_with(&stages, more, |case| render(case).map(Outcome::Text))
}

fn options(header: &Header) -> Result<CodegenOptions, String> {
    let opt = match header.opt.as_deref() {
        Some("O0") => OptLevel::O0,
        Some("O1") => OptLevel::O1,
        None | Some("O2") => OptLevel::O2,
        Some("Os") => OptLevel::Size,
        Some(other) => return Err(format!("opt = {other:?}")),
    };
    let target = Target::parse(header.target.as_deref().unwrap_or("linux-x64")).map_err(|e| e.to_string())?;
    Ok(CodegenOptions { opt, target, shared: header.shared, verify: true, ..CodegenOptions::default() })
}

/// The functions of a file, all of which obey LIR's rules.
fn functions(case: &Case) -> Result<Vec<Function>, String> {
    let functions = parse(&case.text, &mut Numbered::default()).map_err(|e| e.to_string())?;
    functions.iter().try_for_each(verify).map_err(|e| e.to_string())?;
    Ok(functions)
}

fn render(case: &Case) -> Result<String, String> {
    let (functions, options) = (functions(case)?, options(&case.header)?);
    let unit = Unit { name: &case.name, functions: functions.iter().collect() };
    if case.header.test == "llvm" {
        return emit_llvm_ir(&unit, &options, case.header.r#final).map(|text| normal::llvm(&text)).map_err(|e| e.to_string());
    }
    let assembly = emit_asm(&unit, &options).map_err(|e| e.to_string())?;
    let compiled = compile_unit(&unit, &options).map_err(|e| e.to_string())?;
    Ok(normal::asm(&assembly) + &normal::gc(&compiled))
}

/// Every instruction, operation, flag and attribute occurs in a file.
fn everything() -> Result<(), Failed> {
    let mut all = Vec::new();
    let mut files = 0;
    for stage in STAGES {
        for case in cases(stage, &["lir"])? {
            files += 1;
            all.extend(functions(&case)?);
        }
    }
    let missing = coverage::missing(&all);
    if !missing.is_empty() {
        return Err(format!("in no file: {}", missing.join(", ")).into());
    }
    if files < FILES { Err(format!("{files} files").into()) } else { Ok(()) }
}
