//! Text tests of the disassembler (`tests/il`): every body of a test's assembly.

#![forbid(unsafe_code)]

use kiln_il::Disasm;
use kiln_metadata::{Module, TypeDefId};
use kiln_testkit::{Outcome, corelib, run};
use std::fmt::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    run("il", &["il"], |case| {
        let module = Module::parse(corelib::assemble_test(&case.name, &case.text)?).map_err(|e| e.to_string())?;
        let mut out = String::new();
        for n in 0..module.row_count(kiln_metadata::Table::TypeDef) as usize {
            let row = module.type_def(TypeDefId::from_index(n)).map_err(|e| e.to_string())?;
            for id in row.method_list.iter() {
                let method = module.method_def(id).map_err(|e| e.to_string())?;
                let name = format!("{}::{}", row.name, method.name);
                if !case.header.wanted(&name) {
                    continue;
                }
                match module.method_body(id) {
                    Ok(Some(body)) => {
                        let _ = writeln!(out, "{name}");
                        for line in (Disasm { module: Some(&module), body: &body }).to_string().lines() {
                            let _ = writeln!(out, "  {}", line.trim_end());
                        }
                    }
                    Ok(None) => {
                        let _ = writeln!(out, "{name}: no body");
                    }
                    Err(e) => {
                        let _ = writeln!(out, "{name}: {e}");
                    }
                }
            }
        }
        Ok(Outcome::Text(out))
    })
}
