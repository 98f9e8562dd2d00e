//! Target over LIR's text form: damaged texts are read or refused; what was read prints, reads back and prints the same.

use kiln_lir::text::{Numbered, parse, print};
use kiln_lir::{Function, verify};

fn printed(functions: &[Function]) -> String {
    functions.iter().map(print).collect()
}

/// Any text.
pub fn lir(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(functions) = parse(&text, &mut Numbered::default()) else { return };
    let once = printed(&functions);
    match parse(&once, &mut Numbered::default()) {
        Ok(back) => assert_eq!(printed(&back), once),
        Err(e) => panic!("what was printed does not read back: {e}\n{once}"),
    }
    for f in &functions {
        drop(verify(f));
    }
}

/// The functions of a text one by one: a damaged character makes the rest of a text unread.
pub fn seeds(file: Vec<u8>) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(&file);
    let starts: Vec<usize> = text.match_indices("function @").map(|m| m.0).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let mut out: Vec<Vec<u8>> = starts.iter().zip(ends).map(|(start, end)| text[*start..end].as_bytes().to_vec()).collect();
    if out.is_empty() {
        out.push(file);
    }
    out
}
