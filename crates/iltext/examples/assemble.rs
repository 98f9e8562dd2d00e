//! Assembles IL texts to one file: `cargo run -p kiln-iltext --example assemble -- OUTPUT.dll INPUT.il…`.

use kiln_iltext::{Source, assemble};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((output, inputs)) = arguments.split_first() else {
        eprintln!("usage: assemble OUTPUT.dll INPUT.il…");
        return ExitCode::from(2);
    };
    let texts: Result<Vec<String>, _> = inputs.iter().map(std::fs::read_to_string).collect();
    let result = texts.map_err(|e| e.to_string()).and_then(|texts| {
        let sources: Vec<Source<'_>> = inputs.iter().zip(&texts).map(|(name, text)| Source { name, text }).collect();
        let bytes = assemble(&sources).map_err(|e| e.to_string())?;
        std::fs::write(output, bytes).map_err(|e| e.to_string())
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
