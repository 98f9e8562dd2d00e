//! Debug symbols of the inputs (`-g`): from the IL offsets that lowering recorded to files, lines and readable names.
//!
//! Symbols are portable PDBs, in the assembly or beside it; a file is used only when its id is the one that the assembly names.

use crate::inputs::LoadedModule;
use crate::names;
use kiln_diag::{Diagnostic, codes};
use kiln_lir::{Function, LineMark, ScopeSource, Source, SourcePlace, Sym};
use kiln_metadata::{DocumentId, MethodDefId, Module, PortablePdb, SequencePoint};
use kiln_support::ContentHasher;
use kiln_support::FxIndexSet;
use kiln_typesys::{MethodDesc, ModuleId, TypeSystem};
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

    /// The symbols of a method's code; nothing where there are none.
    fn points(&self, ts: &TypeSystem, m: MethodDesc) -> Points<'_> {
        let Ok(Some(il)) = ts.method_body(m) else { return Points::default() };
        let Some(pdb) = self.of(il.module) else { return Points::default() };
        // Damaged symbols cost the lines of the methods they are damaged for.
        let points = pdb.sequence_points(il.def).unwrap_or_default();
        let start = points.iter().find_map(|p| Some((p.document, p.span?)));
        let Some((document, span)) = start else { return Points::default() };
        let method = pdb.kickoff_method(il.def).ok().flatten().and_then(|kickoff| method_of(ts, il.module, kickoff)).unwrap_or(m);
        Points {
            file: Some((pdb, il.module)),
            points,
            start: document.map(|d| (d, span.start_line, span.start_column)),
            method: Some(method),
        }
    }

    /// Replaces the IL offsets of a function by lines.
    pub(crate) fn resolve(&self, ts: &TypeSystem, f: &mut Function) {
        let origins = std::mem::take(&mut f.origins);
        let (Sym::Method(m) | Sym::Filter(m, _) | Sym::Version(m, _)) = f.sym else { return };
        let mut scopes = vec![self.points(ts, m)];
        scopes.extend(f.scopes.iter().map(|s| if let Sym::Method(m) = s.callee { self.points(ts, m) } else { Points::default() }));
        if scopes.iter().all(|p| p.start.is_none()) {
            return;
        }
        let mut documents = Documents::default();
        let own = scopes[0].start.map(|p| documents.place(&scopes[0], Some(p)));
        for (number, scope) in (1..).zip(&mut f.scopes) {
            let caller = &scopes[scope.call.scope.index()];
            let (points, call) = (&scopes[number], caller.at(scope.call.offset));
            let name = points.method.map(|m| names::debug_name(ts, m)).unwrap_or_default();
            let (start, call) = (documents.place(points, points.start), documents.place(caller, call));
            scope.source = Some(ScopeSource { name, start, call });
        }
        let mut lines: Vec<LineMark> = Vec::new();
        for origin in &origins {
            let mut at = origin.place;
            // What has no source is part of the line that calls it.
            while let Some(place) = at
                && scopes[place.scope.index()].start.is_none()
            {
                at = f.scope(place.scope).map(|s| s.call);
            }
            let scope = at.map(|p| p.scope).unwrap_or_default();
            let place = at.map_or_else(SourcePlace::default, |p| {
                let points = &scopes[p.scope.index()];
                documents.place(points, points.at(p.offset))
            });
            let mark = LineMark { block: origin.block, inst: origin.inst, scope, place };
            match lines.last() {
                Some(last) if last.block == mark.block && (last.scope, last.place) == (scope, place) => {}
                _ => lines.push(mark),
            }
        }
        let name = names::debug_name(ts, scopes[0].method.unwrap_or(m));
        f.source = Some(Source { name, documents: documents.names, line: own.map_or(0, |p| p.line), lines });
    }
}

/// The source of a method's code.
#[derive(Default)]
struct Points<'a> {
    file: Option<(&'a PortablePdb, ModuleId)>,
    points: Vec<SequencePoint>,
    start: Option<PdbPlace>,
    /// The method that the user wrote.
    method: Option<MethodDesc>,
}

/// Document of a module's symbols, line, column.
type PdbPlace = (DocumentId, u32, u32);

impl Points<'_> {
    fn at(&self, offset: u32) -> Option<PdbPlace> {
        point_at(&self.points, offset)
    }
}

/// The documents of a function, which may be of several modules.
#[derive(Default)]
struct Documents {
    ids: FxIndexSet<(ModuleId, DocumentId)>,
    names: Vec<String>,
}

impl Documents {
    fn place(&mut self, points: &Points<'_>, place: Option<PdbPlace>) -> SourcePlace {
        let (Some((pdb, module)), Some((document, line, column))) = (points.file, place) else { return SourcePlace::default() };
        let (index, is_new) = self.ids.insert_full((module, document));
        if is_new {
            self.names.push(pdb.document_name(document).unwrap_or_default());
        }
        SourcePlace { document: index as u32, line, column }
    }
}

/// The place of an IL offset; `None` for code that the C# compiler hides.
pub(crate) fn point_at(points: &[SequencePoint], offset: u32) -> Option<PdbPlace> {
    // Code behind a hidden point (the second half of an `await`) counts as the line before it, as in .NET's traces.
    let before = &points[..points.partition_point(|p| p.il_offset <= offset)];
    let (point, span) = before.iter().rev().find_map(|p| Some((p, p.span?)))?;
    Some((point.document?, span.start_line, span.start_column))
}

/// A method by its row, over its own variables.
fn method_of(ts: &TypeSystem, module: ModuleId, row: MethodDefId) -> Option<MethodDesc> {
    let method = ts.resolve_method(module, row.token(), &kiln_typesys::GenericArgs::default()).ok()?;
    Some(ts.method_definition(method))
}
