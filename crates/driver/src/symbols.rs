//! Debug symbols of the inputs (`-g`): from the IL offsets that lowering recorded to files, lines and readable names.
//!
//! Symbols are portable PDBs, in the assembly or beside it; a file is used only when its id is the one that the assembly names.

use crate::inputs::LoadedModule;
use crate::names;
use kiln_diag::{Diagnostic, codes};
use kiln_lir::{Function, LineMark, Source, Sym};
use kiln_metadata::{DocumentId, MethodDefId, Module, PortablePdb, SequencePoint};
use kiln_support::ContentHasher;
use kiln_support::FxIndexSet;
use kiln_typesys::{ModuleId, TypeSystem};
use std::path::Path;

/// The symbols of every loaded module, in the modules' order.
#[derive(Debug, Default)]
pub struct Symbols(Vec<Option<PortablePdb>>);

/// The symbols of a module; `Err` says why there are none.
pub(crate) fn find(module: &Module, path: &Path) -> Result<PortablePdb, String> {
    match module.embedded_pdb() {
        Ok(Some(pdb)) => return Ok(pdb),
        Ok(None) => {}
        Err(e) => return Err(format!("its embedded symbols cannot be read: {e}")),
    }
    let file = path.with_extension("pdb");
    if !file.is_file() {
        return Err(format!("it has none inside, and there is no `{}`", file.display()));
    }
    let pdb = std::fs::read(&file).map_err(|e| format!("cannot read `{}`: {e}", file.display()))?;
    let pdb = PortablePdb::parse(pdb).map_err(|e| format!("`{}` is not a portable PDB: {e}", file.display()))?;
    match module.code_view() {
        Ok(Some(view)) if view.id == pdb.id() => Ok(pdb),
        _ => Err(format!("`{}` belongs to another build of the assembly", file.display())),
    }
}

impl Symbols {
    /// Looks for the symbols of all modules. The user hears of a missing file for the application only (the first module), and of an
    /// unusable one for any.
    pub(crate) fn load(modules: &[LoadedModule], warnings: &mut Vec<Diagnostic>) -> Self {
        let mut all = Vec::new();
        for (index, LoadedModule { module, path, .. }) in modules.iter().enumerate() {
            all.push(match find(module, path) {
                Ok(pdb) => Some(pdb),
                Err(why) => {
                    if index == 0 || path.with_extension("pdb").is_file() {
                        let text = format!("no symbols for `{}`: {why}", path.display());
                        let help = "compile it with -debug:embedded or -debug:portable";
                        warnings.push(Diagnostic::warning(codes::NO_SYMBOLS, text).with_help(help));
                    }
                    None
                }
            });
        }
        Self(all)
    }

    /// Adds everything that may reach the output to a hash.
    pub(crate) fn hash(&self, hasher: &mut ContentHasher) {
        for pdb in &self.0 {
            hasher.update(&pdb.as_ref().map_or([0; 20], PortablePdb::id));
        }
    }

    /// The modules that have symbols.
    pub(crate) fn modules(&self, ts: &TypeSystem) -> Vec<ModuleId> {
        ts.modules().into_iter().zip(&self.0).filter(|(_, pdb)| pdb.is_some()).map(|(id, _)| id).collect()
    }

    fn of(&self, module: ModuleId) -> Option<&PortablePdb> {
        self.0.get(module.index())?.as_ref()
    }

    /// Replaces the IL offsets of a function by lines.
    pub(crate) fn resolve(&self, ts: &TypeSystem, f: &mut Function) {
        let origins = std::mem::take(&mut f.origins);
        let (Sym::Method(m) | Sym::Filter(m, _) | Sym::Version(m, _)) = f.sym else { return };
        let Ok(Some(il)) = ts.method_body(m) else { return };
        let Some(pdb) = self.of(il.module) else { return };
        // Damaged symbols cost the lines of the methods they are damaged for.
        let points = pdb.sequence_points(il.def).unwrap_or_default();
        let Some((first, span)) = points.iter().find_map(|p| Some((p, p.span?))) else { return };
        let mut documents: FxIndexSet<DocumentId> = FxIndexSet::default();
        documents.extend(first.document);
        let mut lines: Vec<LineMark> = Vec::new();
        for origin in &origins {
            let (document, line, column) = match origin.offset.and_then(|offset| point_at(&points, offset)) {
                Some((document, line, column)) => (documents.insert_full(document).0 as u32, line, column),
                None => (0, 0, 0),
            };
            let mark = LineMark { block: origin.block, inst: origin.inst, document, line, column };
            match lines.last() {
                Some(last) if last.block == mark.block && (last.document, last.line, last.column) == (document, line, column) => {}
                _ => lines.push(mark),
            }
        }
        let method = pdb.kickoff_method(il.def).ok().flatten().and_then(|kickoff| method_of(ts, il.module, kickoff)).unwrap_or(m);
        let documents = documents.iter().map(|&d| pdb.document_name(d).unwrap_or_default()).collect();
        f.source = Some(Source { name: names::debug_name(ts, method), documents, line: span.start_line, lines });
    }
}

/// The place of an IL offset; `None` for code that the C# compiler hides.
pub(crate) fn point_at(points: &[SequencePoint], offset: u32) -> Option<(DocumentId, u32, u32)> {
    // Code behind a hidden point (the second half of an `await`) counts as the line before it, as in .NET's traces.
    let before = &points[..points.partition_point(|p| p.il_offset <= offset)];
    let (point, span) = before.iter().rev().find_map(|p| Some((p, p.span?)))?;
    Some((point.document?, span.start_line, span.start_column))
}

/// A method by its row, over its own variables.
fn method_of(ts: &TypeSystem, module: ModuleId, row: MethodDefId) -> Option<kiln_typesys::MethodDesc> {
    let method = ts.resolve_method(module, row.token(), &kiln_typesys::GenericArgs::default()).ok()?;
    Some(ts.method_definition(method))
}
