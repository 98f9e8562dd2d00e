//! From the marked graph to the lists of a `Program`: everything is sorted by name, so that the order of discovery does not show.

use crate::code::{Body, Source};
use crate::cx::Raised;
use crate::dispatch::{Dispatch, DispatchRowOf, has_instances, object_entry};
use crate::graph::{Graph, Node};
use crate::manifests::Manifests;
use crate::program::{DispatchRow, Program, Warning};
use crate::reflection::{Reflection, activation::default_ctor};
use crate::types::{finalizer, multicast};
use kiln_depgraph::NodeId;
use kiln_lir::{Lookup, LookupCtx, Sym};
use kiln_lower::{method_entry, sym_name};
use kiln_metadata::TypeDefId;
use kiln_support::{FxHashSet, FxIndexMap};
use kiln_typesys::{FieldDesc, MethodDesc, ModuleId, Resolved, TypeDesc, TypeSystem, Variance};

/// Which nodes of the first graph are in the final one.
pub(crate) struct Kept {
    ids: Option<Vec<Option<NodeId>>>,
}

impl Kept {
    /// `None`: all.
    pub(crate) fn new(ids: Option<Vec<Option<NodeId>>>) -> Self {
        Self { ids }
    }

    pub(crate) fn is(&self, id: NodeId) -> bool {
        self.ids.as_ref().is_none_or(|ids| ids.get(id.index()).is_some_and(Option::is_some))
    }

    fn are(&self, from: NodeId, condition: Option<NodeId>) -> bool {
        self.is(from) && condition.is_none_or(|c| self.is(c))
    }
}

fn by_type(ts: &TypeSystem, v: &mut [TypeDesc]) {
    v.sort_by_cached_key(|&t| ts.type_name(t));
}

fn by_method(ts: &TypeSystem, v: &mut [MethodDesc]) {
    v.sort_by_cached_key(|&m| ts.method_name_full(m));
}

fn by_field(ts: &TypeSystem, v: &mut [FieldDesc]) {
    v.sort_by_cached_key(|&f| sym_name(ts, &Sym::FieldRva(f)));
}

/// What follows from nodes alone.
pub(crate) fn lists(ts: &TypeSystem, graph: &Graph) -> Program {
    let mut p = Program::default();
    let mut types: FxIndexMap<TypeDesc, bool> = FxIndexMap::default();
    let mut natives: FxIndexMap<String, String> = FxIndexMap::default();
    let mut lookups: Vec<(String, LookupCtx, Lookup)> = Vec::new();
    for (_, node) in graph.iter() {
        match node {
            Node::Sym(s) => symbol(ts, s, &mut p, &mut types, &mut natives, &mut lookups),
            Node::VirtualUse(m) if !ts.is_interface(ts.method_owner(*m)) => {
                p.used_slots.insert(*m);
            }
            Node::TypeDictionary(t) => p.type_dictionaries.push(*t),
            Node::Activated(t) => {
                if let Some(entry) = default_ctor(ts, *t) {
                    p.default_ctors.insert(*t, entry);
                }
            }
            _ => {}
        }
    }
    let mut types: Vec<(String, TypeDesc, bool)> = types.into_iter().map(|(t, c)| (ts.type_name(t), t, c)).collect();
    types.sort();
    p.types = types.into_iter().map(|(_, t, c)| (t, c)).collect();
    objects(ts, &mut p);
    lookups.sort_by(|a, b| a.0.cmp(&b.0));
    for (_, context, lookup) in lookups {
        p.layouts.entry(context).or_default().insert(lookup);
    }
    p.natives = natives.into_iter().collect();
    p.natives.sort();
    p.cstrings.sort();
    p.pinvoke_cells.sort();
    p.strings.sort_by_cached_key(|s| sym_name(ts, s));
    p.statics.sort_by_cached_key(|s| ts.type_name(s.0));
    by_type(ts, &mut p.type_dictionaries);
    by_type(ts, &mut p.thread_statics);
    by_method(ts, &mut p.method_dictionaries);
    by_method(ts, &mut p.cells);
    by_method(ts, &mut p.gvm_handles);
    by_method(ts, &mut p.method_handles);
    by_field(ts, &mut p.field_handles);
    by_field(ts, &mut p.rvas);
    by_method(ts, &mut p.native_delegates);
    by_type(ts, &mut p.native_forms);
    p.stats.types = p.types.len();
    p.stats.constructed = p.types.values().filter(|&&c| c).count();
    p
}

fn symbol(
    ts: &TypeSystem,
    s: &Sym,
    p: &mut Program,
    types: &mut FxIndexMap<TypeDesc, bool>,
    natives: &mut FxIndexMap<String, String>,
    lookups: &mut Vec<(String, LookupCtx, Lookup)>,
) {
    match s {
        Sym::NecessaryType(t) => {
            types.entry(*t).or_insert(false);
        }
        Sym::ConstructedType(t) => {
            types.insert(*t, true);
        }
        Sym::Statics(t) => p.statics.push((*t, ts.has_cctor(*t).map(|c| method_entry(ts, c)))),
        Sym::ThreadStatics(t) => p.thread_statics.push(*t),
        Sym::StringLiteral(_) => p.strings.push(s.clone()),
        Sym::DispatchCell(m) => p.cells.push(*m),
        Sym::MethodDictionary(m) => p.method_dictionaries.push(*m),
        Sym::DictSlotOffset(ctx, l) => lookups.push((sym_name(ts, s), *ctx, *l)),
        Sym::GvmHandle(m) => p.gvm_handles.push(*m),
        Sym::FieldHandle(f) => p.field_handles.push(*f),
        Sym::MethodHandle(m) => p.method_handles.push(*m),
        Sym::FieldRva(f) => p.rvas.push(*f),
        Sym::NativeForm(t) => p.native_forms.push(*t),
        Sym::DelegateNative(m) => p.native_delegates.push(*m),
        Sym::Native(native) => {
            let (name, library) = &**native;
            natives.entry(name.clone()).or_insert_with(|| library.clone());
        }
        Sym::CString(t) => p.cstrings.push(t.clone()),
        Sym::PInvokeCell(cell) => p.pinvoke_cells.push((**cell).clone()),
        // Code comes from the bodies; filters come with their method, and helpers are the runtime's.
        _ => {}
    }
}

/// Finalizers and thunks of the types with objects.
fn objects(ts: &TypeSystem, p: &mut Program) {
    for (&t, _) in p.types.iter().filter(|(_, constructed)| **constructed) {
        if !has_instances(ts, t) || ts.check_type(t).is_err() {
            continue;
        }
        p.finalizers.extend(finalizer(ts, t).map(|f| (t, f)));
        p.multicast.extend(multicast(ts, t).map(|f| (t, f)));
    }
}

/// Functions, and counts of them.
pub(crate) fn code(ts: &TypeSystem, p: &mut Program, bodies: FxIndexMap<NodeId, Body>) {
    p.functions.reserve_exact(bodies.values().map(|body| body.functions.len()).sum());
    for (_, body) in bodies {
        match (body.source, body.functions.first().map(|f| &f.sym)) {
            (Source::Il, Some(Sym::Method(m))) => count(ts, p, *m),
            (Source::Stub, _) => p.stats.stubs += 1,
            _ => {}
        }
        p.functions.extend(body.functions);
    }
    p.functions.sort_by(|a, b| a.name.cmp(&b.name));
    p.functions.dedup_by(|a, b| a.name == b.name);
}

fn count(ts: &TypeSystem, p: &mut Program, m: MethodDesc) {
    let size = ts.method_body(m).ok().flatten().and_then(|il| il.body().map(|b| b.code.len()).ok()).unwrap_or(0);
    p.stats.methods += 1;
    p.stats.il_bytes += size;
    let e = p.stats.namespaces.entry(ts.namespace_and_name(ts.method_owner(m)).0).or_default();
    e.0 += 1;
    e.1 += size;
}

/// The tables of interface and generic virtual dispatch.
pub(crate) fn dispatch(ts: &TypeSystem, p: &mut Program, found: Dispatch, kept: &Kept) {
    let mut rows: FxIndexMap<TypeDesc, Vec<DispatchRow>> = FxIndexMap::default();
    for j in found.rows.into_iter().filter(|j| kept.are(j.from, j.condition)) {
        let DispatchRowOf { receiver, row } = j.row;
        rows.entry(receiver).or_default().push(row);
    }
    let mut rows: Vec<(String, TypeDesc, Vec<DispatchRow>)> = rows.into_iter().map(|(t, r)| (ts.type_name(t), t, r)).collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    for (_, t, rows) in &mut rows {
        variant_rows(ts, *t, &p.cells, rows);
        rows.sort_by_cached_key(|r| (ts.type_name(r.interface), r.slot));
        rows.dedup_by(|a, b| a.interface == b.interface && a.slot == b.slot);
    }
    p.dispatch = rows.into_iter().map(|(_, t, r)| (t, r)).collect();
    p.gvm = found.generic.into_iter().filter(|j| kept.are(j.from, j.condition)).map(|j| j.row).collect();
    p.gvm.sort_by_cached_key(|r| (ts.type_name(r.receiver), ts.method_name_full(r.handle)));
}

/// A call over an interface that a type only converts to by variance finds the type's row of the one it has. Where it has several
/// instantiations, which one answers is decided here: a row for each interface that is called.
fn variant_rows(ts: &TypeSystem, t: TypeDesc, cells: &[MethodDesc], rows: &mut Vec<DispatchRow>) {
    let is_variant = |i: TypeDesc| ts.variance(i).iter().any(|v| *v != Variance::None);
    let mut seen: FxHashSet<(ModuleId, TypeDefId)> = FxHashSet::default();
    let mut several: FxHashSet<(ModuleId, TypeDefId)> = FxHashSet::default();
    let map = ts.interfaces(t);
    for def in map.iter().filter(|&&i| is_variant(i)).filter_map(|&i| ts.type_def(i)) {
        if !seen.insert(def) {
            several.insert(def);
        }
    }
    if several.is_empty() {
        return;
    }
    for &m in cells {
        let interface = ts.method_owner(m);
        if !ts.type_def(interface).is_some_and(|def| several.contains(&def)) || map.contains(&interface) || !ts.can_cast_to(t, interface) {
            continue;
        }
        let target = match ts.resolve_interface(m, t) {
            Resolved::Method(f) | Resolved::Default(f) => Some(object_entry(ts, f)),
            Resolved::Ambiguous => None,
            Resolved::None => continue,
        };
        rows.push(DispatchRow { interface, slot: ts.interface_slot(m), target });
    }
}

/// By which of the application's members what is said about the source is reached, before optimisation takes some of them away.
pub(crate) fn paths(ts: &TypeSystem, graph: &Graph, application: &[ModuleId], raised: &mut [Raised]) {
    let is_own = |m: MethodDesc| ts.method_def(m).is_some_and(|(module, _)| application.contains(&module));
    for r in raised.iter_mut().filter(|r| r.warning.code.is_of_source()) {
        let steps = graph.path(r.from);
        let methods = steps.iter().rev().filter_map(|step| match graph.node(step.node)? {
            Node::Sym(Sym::Method(m) | Sym::MethodEntry(m)) if is_own(*m) => {
                Some(kiln_trim::member_name(ts, kiln_trim::user_member(ts, *m)))
            }
            _ => None,
        });
        r.warning.path = methods.collect();
        r.warning.path.dedup();
    }
}

/// Each warning once, in the order of discovery. What is about the source is said whatever optimisation leaves of it.
pub(crate) fn warnings(p: &mut Program, raised: Vec<Raised>, kept: &Kept) {
    let mut lookups: FxHashSet<Lookup> = FxHashSet::default();
    let mut said: FxHashSet<(String, String, Option<(Option<MethodDesc>, u32)>)> = FxHashSet::default();
    for r in raised.into_iter().filter(|r| r.warning.code.is_of_source() || kept.are(r.from, r.condition)) {
        let Warning { place, text, .. } = &r.warning;
        let new = match r.lookup {
            Some(l) => lookups.insert(l),
            // The source is told line by line.
            None => {
                let at = r.warning.offset.filter(|_| r.warning.code.is_of_source()).map(|offset| (r.warning.method, offset));
                said.insert((place.clone(), text.clone(), at))
            }
        };
        if new {
            p.warnings.push(r.warning);
        }
    }
}

/// What reflection and the assemblies' manifests hold.
pub(crate) fn reflection(ts: &TypeSystem, p: &mut Program, graph: &Graph, application: Vec<ModuleId>) {
    p.reflection = Reflection::of(ts, graph, &application);
    p.manifests = Manifests::of(graph, application);
}
