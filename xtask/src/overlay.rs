//! `cargo xtask overlay`: compiles `corelib/overlay/*.cs` to `corelib/kiln-overlay.dll`, which is embedded in the compiler.
//!
//! The sources use CoreLib's internals, so they are compiled against a reference-only copy of CoreLib whose members were made
//! public: the visibility bits of the TypeDef, MethodDef and Field tables (ECMA-335 II.23.1.15, .10, .5) are patched in place.

use kiln_metadata::{Module, Table};
use kiln_toolchain::{CSharpOptions, Compilation, CsSeverity, find_csc, find_framework};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Low three bits: member accessibility; 6 = public, 0 = compiler controlled (left alone).
const MEMBER_ACCESS: u16 = 7;

fn patch16(bytes: &mut [u8], at: usize, change: impl Fn(u16) -> u16) {
    if let Some(slot) = bytes.get_mut(at..at + 2) {
        let value = change(u16::from_le_bytes([slot[0], slot[1]]));
        slot.copy_from_slice(&value.to_le_bytes());
    }
}

/// A copy of `image` in which every type, method and field is public.
fn publicise(image: Vec<u8>) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut out = image.clone();
    let module = Module::parse(image)?;
    let base = module.bytes().as_ptr().addr();
    let public_member = |flags: u16| if flags & MEMBER_ACCESS == 0 { flags } else { (flags & !MEMBER_ACCESS) | 6 };
    for (table, column) in [(Table::TypeDef, 0), (Table::MethodDef, 6), (Table::Field, 0)] {
        for rid in 1..=module.row_count(table) {
            let at = module.raw_row(table, rid)?.bytes().as_ptr().addr() - base + column;
            match table {
                // NotPublic and Public are top-level; everything else is nested.
                Table::TypeDef => patch16(&mut out, at, |f| (f & !7) | if f & 7 <= 1 { 1 } else { 2 }),
                _ => patch16(&mut out, at, public_member),
            }
        }
    }
    Ok(out)
}

/// Compiles the overlay; returns the assembly's bytes.
fn compile(root: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let framework = find_framework(None)?;
    let work = root.join("target/overlay");
    fs::create_dir_all(&work)?;
    let core = work.join("System.Private.CoreLib.dll");
    fs::write(&core, publicise(fs::read(framework.dir.join("System.Private.CoreLib.dll"))?)?)?;
    let mut sources: Vec<PathBuf> = fs::read_dir(root.join("corelib/overlay"))?
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|x| x == "cs"))
        .collect();
    sources.sort();
    let options = CSharpOptions {
        debug: false,
        nullable: false,
        extra: vec!["-deterministic+".into(), format!("-pathmap:{}=/overlay", root.display())],
        ..CSharpOptions::default()
    };
    let compilation = Compilation {
        name: "Kiln.Overlay".into(),
        sources,
        references: vec![core],
        resources: Vec::new(),
        options: CSharpOptions { library: true, ..options },
    };
    let out = work.join("Kiln.Overlay.dll");
    let done = find_csc()?.compile(&[(&compilation, out.clone())])?;
    let mut failed = false;
    for d in done.iter().flat_map(|c| &c.diagnostics) {
        if d.severity == CsSeverity::Error {
            failed = true;
            eprintln!("{d}");
        }
    }
    if failed {
        return Err("the overlay does not compile".into());
    }
    Ok(fs::read(out)?)
}

/// Writes `corelib/kiln-overlay.dll`, or with `check` compares it with a fresh compilation.
pub fn run(root: &Path, check: bool) -> Result<(), Box<dyn Error>> {
    let bytes = compile(root)?;
    let path = root.join("corelib/kiln-overlay.dll");
    if check {
        if fs::read(&path).ok().as_deref() != Some(&bytes) {
            return Err("corelib/kiln-overlay.dll is not what its sources compile to: run `cargo xtask overlay`".into());
        }
        return Ok(());
    }
    fs::write(&path, &bytes)?;
    println!("wrote {} ({} bytes)", path.display(), bytes.len());
    Ok(())
}
