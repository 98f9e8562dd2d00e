//! `cargo xtask overlay`: compiles `corelib/overlay` to `corelib/kiln-overlay-<version>.dll`, which is embedded in the compiler.
//!
//! An overlay is for one major version of .NET (`kiln_abi::version`): the sources in the folder are those of all versions, and a folder
//! with the version's name (`corelib/overlay/9.0`) has what only it needs. The symbol `NET9_0` is defined. A version whose framework is not at
//! hand (`KILN_FRAMEWORK_10` names one) is left out.
//!
//! The sources use CoreLib's internals, so they are compiled against a reference-only copy of CoreLib whose members were made
//! public: the visibility bits of the TypeDef, MethodDef and Field tables (ECMA-335 II.23.1.15, .10, .5) are patched in place.

use kiln_abi::version::{FrameworkVersion, SUPPORTED};
use kiln_metadata::{Module, Table};
use kiln_toolchain::{CSharpOptions, Compilation, CsSeverity, Framework, find_csc, find_framework_of};
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

/// The C# files of a folder, sorted.
fn sources_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path());
    let mut sources: Vec<PathBuf> = entries.filter(|p| p.extension().is_some_and(|x| x == "cs")).collect();
    sources.sort();
    sources
}

/// Compiles the overlay of a version; returns the assembly's bytes.
fn compile(root: &Path, version: &FrameworkVersion, framework: &Framework) -> Result<Vec<u8>, Box<dyn Error>> {
    let work = root.join("target/overlay").join(version.name);
    fs::create_dir_all(&work)?;
    let core = work.join("System.Private.CoreLib.dll");
    fs::write(&core, publicise(fs::read(framework.dir.join("System.Private.CoreLib.dll"))?)?)?;
    let folder = root.join("corelib/overlay");
    let mut sources = sources_in(&folder);
    sources.extend(sources_in(&folder.join(version.name)));
    let options = CSharpOptions {
        debug: false,
        nullable: false,
        extra: vec![
            "-deterministic+".into(),
            format!("-pathmap:{}=/overlay", root.display()),
            format!("-define:NET{}", version.name.replace('.', "_")),
        ],
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
        return Err(format!("the overlay for .NET {} does not compile", version.name).into());
    }
    Ok(fs::read(out)?)
}

/// Writes `corelib/kiln-overlay-<version>.dll` for every version whose framework is at hand, or with `check` compares it with a fresh
/// compilation.
pub fn run(root: &Path, check: bool) -> Result<(), Box<dyn Error>> {
    let mut made = 0;
    for version in SUPPORTED {
        let Some(framework) = find_framework_of(u32::from(version.major))? else {
            println!("overlay for .NET {}: not compiled, its framework is not at hand", version.name);
            continue;
        };
        let bytes = compile(root, version, &framework)?;
        let name = format!("corelib/kiln-overlay-{}.dll", version.name);
        let path = root.join(&name);
        made += 1;
        if !check {
            fs::write(&path, &bytes)?;
            println!("wrote {} ({} bytes)", path.display(), bytes.len());
        } else if fs::read(&path).ok().as_deref() != Some(&bytes) {
            return Err(format!("{name} is not what its sources compile to: run `cargo xtask overlay`").into());
        }
    }
    if made == 0 { Err("there is no framework of a version that Kiln knows".into()) } else { Ok(()) }
}
