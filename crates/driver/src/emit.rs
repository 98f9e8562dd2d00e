//! `--emit`: the text of a stage for the functions whose name contains the filter.

use crate::error::BuildError;
use crate::options::{BuildOptions, Emit};
use kiln_analysis::{FeaturePolicy, FeatureSettings, Program};
use kiln_codegen::{CodegenOptions, Unit, emit_asm, emit_llvm_ir};
use kiln_importer::{ImportOptions, import_method};
use kiln_lir::Sym;
use kiln_typesys::TypeSystem;
use std::fmt::Write as _;

/// The text, or `None` when the executable is wanted.
pub(crate) fn text(
    ts: &TypeSystem,
    program: &Program,
    options: &BuildOptions,
    codegen: &CodegenOptions,
) -> Result<Option<String>, BuildError> {
    let wanted = |name: &str| options.filter.as_ref().is_none_or(|f| name.contains(f.as_str()));
    let functions = || program.functions.iter().filter(|f| wanted(&f.name));
    let mut out = String::new();
    match options.emit {
        Emit::Link => return Ok(None),
        Emit::Mir => {
            let features = FeatureSettings::with_user(options.features.iter().map(|(k, v)| (k.as_str(), v.as_str())));
            let policy = FeaturePolicy::new(ts, &features).map_err(|e| BuildError::internal("features", e))?;
            for f in functions() {
                if let Sym::Method(m) = f.sym {
                    if let Ok(mir) = import_method(ts, m, &policy, &ImportOptions::default()) {
                        let _ = writeln!(out, "{}", kiln_mir::text::print(&mir, ts));
                    }
                }
            }
        }
        Emit::Lir => {
            for f in functions() {
                let _ = writeln!(out, "{}", kiln_lir::print::print(f));
            }
        }
        Emit::LlvmIr | Emit::Asm => {
            for f in functions() {
                let unit = Unit { name: &f.name, functions: vec![f] };
                let text = if options.emit == Emit::Asm { emit_asm(&unit, codegen) } else { emit_llvm_ir(&unit, codegen, false) };
                out.push_str(&text.map_err(|e| BuildError::internal("code generation", e))?);
            }
        }
        Emit::Obj | Emit::Map => {
            for f in functions() {
                let _ = writeln!(out, "{}", f.name);
            }
        }
    }
    Ok(Some(out))
}
