//! `--emit`: the text of a stage for the functions whose name contains the filter.

use crate::analysis::Optimized;
use crate::cache::Entry;
use crate::error::BuildError;
use crate::options::{BuildOptions, Emit};
use kiln_analysis::{FeaturePolicy, FeatureSettings, Program};
use kiln_codegen::{Code, CodegenOptions, Unit, emit_asm, emit_llvm_ir, join};
use kiln_importer::{ImportOptions, import_method};
use kiln_lir::Sym;
use kiln_typesys::TypeSystem;
use std::fmt::Write as _;
use std::fs;

/// The text, or `None` when the executable is wanted.
pub(crate) fn text(
    ts: &TypeSystem,
    program: &Program,
    optimized: &Optimized,
    features: &FeatureSettings,
    options: &BuildOptions,
    codegen: &CodegenOptions,
) -> Result<Option<String>, BuildError> {
    let wanted = |name: &str| options.filter.as_ref().is_none_or(|f| name.contains(f.as_str()));
    let functions = || program.functions.iter().filter(|f| wanted(&f.name));
    let mut out = String::new();
    match options.emit {
        // These come after code generation.
        Emit::Link | Emit::Obj | Emit::Map => return Ok(None),
        Emit::Mir | Emit::MirOpt => {
            let policy =
                FeaturePolicy::new(ts, features, ts.modules().first().copied()).map_err(|e| BuildError::internal("features", e))?;
            for f in functions() {
                let Sym::Method(m) = f.sym else { continue };
                // What the optimiser did not want is as it was imported.
                if let Some(text) = optimized.texts.get(&m) {
                    let _ = writeln!(out, "{text}");
                } else if let Ok(mir) = import_method(ts, m, &policy, &ImportOptions::default()) {
                    let _ = writeln!(out, "{}", kiln_mir::text::print(&mir, ts));
                }
            }
        }
        Emit::Lir => {
            for f in functions() {
                let _ = writeln!(out, "{}", kiln_lir::text::print(f));
            }
        }
        Emit::LlvmIr | Emit::Asm => {
            for f in functions() {
                let unit = Unit { name: &f.name, functions: vec![f] };
                let text = if options.emit == Emit::Asm { emit_asm(&unit, codegen) } else { emit_llvm_ir(&unit, codegen, false) };
                out.push_str(&text.map_err(|e| BuildError::internal("code generation", e))?);
            }
        }
    }
    Ok(Some(out))
}

/// `--emit=obj`: the objects that would be linked, in a folder: one of every function whose name contains the filter, and the data.
pub(crate) fn objects<'a>(
    options: &BuildOptions,
    entries: impl Iterator<Item = (&'a str, &'a Entry)>,
    data: &[u8],
) -> Result<(), BuildError> {
    let folder = &options.output;
    fs::create_dir_all(folder).map_err(|e| BuildError::write(folder, &e))?;
    let write = |name: String, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(|e| BuildError::write(&path, &e))
    };
    let wanted = |name: &str| options.filter.as_ref().is_none_or(|f| name.contains(f.as_str()));
    for (number, (name, entry)) in entries.enumerate().filter(|(_, (name, _))| wanted(name)) {
        // The number keeps overloads and instantiations apart, and names as long as a page are cut.
        let readable: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '_' }).take(100).collect();
        let object = match &entry.code {
            Code::Object(object) => object.clone(),
            Code::Piece(piece) => join([piece].into_iter(), options.target).map_err(|e| BuildError::internal("objects", e))?,
        };
        write(format!("{number:05}-{readable}.o"), &object)?;
    }
    if options.filter.is_none() {
        write("data.o".to_owned(), data)?;
    }
    Ok(())
}
