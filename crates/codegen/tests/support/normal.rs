//! Output without what says nothing about code generation.

use kiln_abi::gc_info::{GcSlot, SlotBase, SlotKind};
use kiln_codegen::CompiledUnit;
use std::fmt::Write;

/// LLVM IR without the module's head, and without the attributes that all functions have.
pub fn llvm(text: &str) -> String {
    let noise = |line: &&str| {
        let head = ["; ModuleID", "source_filename", "target datalayout", "target triple"].iter().any(|start| line.starts_with(start));
        head || line.starts_with("attributes ") && line.contains("\"target-cpu\"")
    };
    squeeze(text.lines().filter(|line| !noise(line)))
}

/// Assembly: the labels that are jumped to and the instructions of the code section.
pub fn asm(text: &str) -> String {
    let mut code = true;
    let kept = text.lines().filter(|line| {
        let text = line.trim();
        if let Some(section) = text.strip_prefix(".section") {
            code = section.trim().starts_with(".text");
        } else if text == ".text" {
            code = true;
        }
        let noise = [".Lfunc_", ".Ltmp", "//", "#"].iter().any(|start| text.starts_with(start));
        code && !noise && (!text.starts_with('.') || text.ends_with(':'))
    });
    squeeze(kept)
}

/// Lines without trailing space, with at most one empty line between them.
fn squeeze<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::new();
    let mut empty = true;
    for line in lines.map(str::trim_end) {
        if !line.is_empty() || !empty {
            let _ = writeln!(out, "{line}");
        }
        empty = line.is_empty();
    }
    out.trim_end().to_owned() + "\n"
}

/// Where references are during each call.
pub fn gc(unit: &CompiledUnit) -> String {
    let mut out = String::new();
    for function in &unit.gc {
        let _ = writeln!(out, "\nreferences in {}:", function.symbol);
        for (index, site) in function.sites.iter().enumerate() {
            let slots: Vec<String> = site.slots.iter().map(slot).collect();
            let _ = writeln!(out, "  call {index}: [{}]", slots.join(", "));
        }
    }
    out
}

fn place(base: SlotBase, offset: i32) -> String {
    format!("{}{offset:+}", if base == SlotBase::Fp { "fp" } else { "sp" })
}

fn slot(slot: &GcSlot) -> String {
    let at = place(slot.base, slot.offset);
    match slot.kind {
        SlotKind::Root => at,
        SlotKind::Pinned => format!("{at} pinned"),
        SlotKind::Derived { base, offset } => format!("{at} from {}", place(base, offset)),
    }
}
