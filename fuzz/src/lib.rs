//! The bodies of the fuzz targets, shared by the stable driver (`src/main.rs`) and by libFuzzer (`fuzz_targets/`).
//!
//! A target takes any bytes and must return: no panic, no overflow, no endless loop, no huge allocation. Every target is
//! listed in [`TARGETS`], which the driver serves; a target that feeds the IR parsers belongs there too.
#![forbid(unsafe_code)]

mod lir;
mod metadata;
mod mir;
mod program;

pub use lir::lir;
pub use metadata::{il_decode, metadata, signature};
pub use mir::mir;
pub use program::program;

use kiln_metadata::Module;

/// A fuzz target.
pub struct Target {
    /// The name on the command line.
    pub name: &'static str,
    /// What one input runs.
    pub run: fn(&[u8]),
    /// What is missing to run at all: a target that returns at once finds nothing.
    pub missing: fn() -> Option<&'static str>,
    /// Turns a seed file into inputs (an image into its signatures, for example).
    pub seeds: fn(Vec<u8>) -> Vec<Vec<u8>>,
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target { name: "metadata", run: metadata, missing: || None, seeds: |file| vec![file] },
    Target { name: "signature", run: signature, missing: || None, seeds: signature_seeds },
    Target { name: "il_decode", run: il_decode, missing: || None, seeds: body_seeds },
    Target { name: "mir", run: mir, missing: mir::missing, seeds: |file| vec![file] },
    Target { name: "program", run: program, missing: program::missing, seeds: program::seeds },
    Target { name: "lir", run: lir, missing: || None, seeds: lir::seeds },
];

/// How many inputs one file may give.
const MAX_SEEDS: usize = 400;

/// The signature, attribute and marshalling blobs of an image, or the file itself.
fn signature_seeds(file: Vec<u8>) -> Vec<Vec<u8>> {
    let Ok(m) = Module::parse(file.clone()) else {
        return vec![file];
    };
    let mut out = Vec::new();
    out.extend(m.method_defs().into_iter().filter_map(|id| m.method_def(id).ok()).map(|r| r.signature.to_vec()));
    out.extend(m.type_specs().into_iter().filter_map(|id| m.type_spec(id).ok()).map(|r| r.signature.to_vec()));
    out.extend(m.stand_alone_sigs().into_iter().filter_map(|id| m.stand_alone_sig(id).ok()).map(|r| r.signature.to_vec()));
    out.extend(m.custom_attributes().into_iter().filter_map(|id| m.custom_attribute(id).ok()).map(|r| r.value.to_vec()));
    out.extend(m.field_marshals().into_iter().filter_map(|id| m.field_marshal(id).ok()).map(|r| r.native_type.to_vec()));
    out.sort();
    out.dedup();
    thin(out)
}

/// The method bodies of an image (header, code and clauses), or the file itself.
fn body_seeds(file: Vec<u8>) -> Vec<Vec<u8>> {
    let Ok(m) = Module::parse(file.clone()) else {
        return vec![file];
    };
    let mut out = Vec::new();
    for id in m.method_defs() {
        let (Ok(row), Ok(Some(body))) = (m.method_def(id), m.method_body(id)) else {
            continue;
        };
        let Ok(tail) = m.rva_tail(row.rva) else {
            continue;
        };
        let len = 16 + body.code.len() + 8 + body.clauses.len() * 24;
        out.push(tail[..len.min(tail.len())].to_vec());
    }
    thin(out)
}

/// Keeps an even spread of at most [`MAX_SEEDS`].
fn thin(all: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let step = all.len().div_ceil(MAX_SEEDS).max(1);
    all.into_iter().step_by(step).collect()
}
