//! The worklist: takes nodes in order of discovery and follows what they need.

use crate::dispatch::Joins;
use crate::generics::{MAX_DEPTH, method_depth};
use crate::graph::{Graph, Node, NodeId, Reason};
use crate::manifests::Manifests;
use crate::messages::Messages;
use crate::policy::FeaturePolicy;
use crate::program::{Program, Warning};
use crate::reflection::Members;
use crate::roots::{EntryPoints, Roots, WellKnownTypes, runtime_virtual_uses};
use crate::stats::Stats;
use crate::throwing::throw_function;
use crate::{AnalysisError, FeatureSettings};
use kiln_abi::helpers::throw_kind;
use kiln_diag::codes;
use kiln_importer::{ImportOptions, import_method};
use kiln_lir::{Dep, Function, Lookup, LookupCtx, Sym};
use kiln_lower::{LowerError, LowerOptions, lower_method, lower_stub, sym_name};
use kiln_support::{FxHashMap, FxIndexMap, FxIndexSet};
use kiln_typesys::{FieldDesc, GenericArgs, MethodDesc, ModuleId, TypeDesc, TypeSysError, TypeSystem, WellKnown};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Choices of an analysis.
#[derive(Clone, Debug, Default)]
pub struct AnalysisOptions {
    /// Feature switches.
    pub features: FeatureSettings,
    /// Lowering choices (the entry point is filled in).
    pub lower: LowerOptions,
    /// Further AppContext properties.
    pub app_properties: Vec<(String, String)>,
    /// Modules that are not the class library's: what reflection is expected to look at.
    pub application: Vec<ModuleId>,
}

/// The native of `RuntimeHelpers.RunClassConstructor`.
const RUN_CLASS_CONSTRUCTOR: &str = "ReflectionInvocation_RunClassConstructor";

/// State of the analysis.
pub(crate) struct Analyzer<'a> {
    pub ts: &'a TypeSystem,
    policy: FeaturePolicy,
    messages: Messages,
    lower: LowerOptions,
    pub graph: Graph,
    queue: VecDeque<NodeId>,
    pub joins: Joins,
    functions: Vec<Function>,
    pub types: FxIndexMap<TypeDesc, bool>,
    pub layouts: FxIndexMap<LookupCtx, FxIndexSet<Lookup>>,
    pub instances: FxHashMap<LookupCtx, Vec<(GenericArgs, NodeId)>>,
    pub type_dictionaries: Vec<TypeDesc>,
    pub method_dictionaries: Vec<MethodDesc>,
    pub statics: Vec<(TypeDesc, Option<Sym>)>,
    pub finalizers: FxIndexMap<TypeDesc, Sym>,
    pub multicast: FxIndexMap<TypeDesc, Sym>,
    pub default_ctors: FxIndexMap<TypeDesc, Sym>,
    /// `Activator.CreateInstance<T>()`.
    pub create_instance: Option<MethodDesc>,
    /// What `Activator.CreateInstance(Type)` ends in.
    type_activator: Option<MethodDesc>,
    /// It was reached.
    pub creates_by_type: bool,
    /// `Type.MakeGenericType`.
    generic_maker: Option<MethodDesc>,
    /// It was reached.
    pub makes_generics: bool,
    /// What runs class constructors by type was reached.
    pub runs_cctors: bool,
    /// What reflection over members needs.
    pub members: Members,
    /// What is asked of assemblies.
    pub manifests: Manifests,
    /// Types that code outside of CoreLib names.
    pub named_types: FxIndexSet<TypeDesc>,
    thread_statics: Vec<TypeDesc>,
    strings: Vec<Sym>,
    cstrings: Vec<String>,
    cells: Vec<MethodDesc>,
    gvm_handles: Vec<MethodDesc>,
    field_handles: Vec<FieldDesc>,
    method_handles: Vec<MethodDesc>,
    rvas: Vec<FieldDesc>,
    natives: FxIndexMap<String, String>,
    pinvoke_cells: Vec<(String, String)>,
    warnings: Vec<Warning>,
    /// Lookups that some instance cannot fill: one warning each.
    pub warned_lookups: FxIndexSet<Lookup>,
    stats: Stats,
}

/// Finds everything that the roots need. `progress` is told the number of nodes done and known, now and then.
pub fn analyze(ts: &TypeSystem, roots: &Roots, opts: &AnalysisOptions, progress: &dyn Fn(usize, usize)) -> Result<Program, AnalysisError> {
    let policy = FeaturePolicy::new(ts, &opts.features)?;
    let lower = LowerOptions { entry_point: roots.main, ..opts.lower.clone() };
    let entries = EntryPoints::new(ts, roots.main.is_some())?;
    let well_known = WellKnownTypes::new(ts);
    let mut a = Analyzer::new(ts, policy, lower);
    a.members = Members::new(ts, opts.application.iter().copied());
    a.manifests.application.clone_from(&opts.application);
    a.messages.keys_only = opts.features.bool("System.Resources.UseSystemResourceKeys") == Some(true);
    a.add_roots(roots, &entries, &well_known);
    let mut done = 0;
    while let Some(id) = a.queue.pop_front() {
        // The analysis ends when this fails, so nobody sees what the panic left half done.
        match catch_unwind(AssertUnwindSafe(|| a.process(id))) {
            Ok(result) => result?,
            Err(panic) => {
                let text = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
                let place = a.graph.node(id).map(|n| crate::graph::node_name(ts, n)).unwrap_or_default();
                return Err(AnalysisError::Panic(place, text.unwrap_or_default()));
            }
        }
        done += 1;
        if done % 256 == 0 {
            progress(done, a.graph.len());
        }
    }
    progress(done, done);
    Ok(a.finish(opts, entries, well_known))
}

impl<'a> Analyzer<'a> {
    fn new(ts: &'a TypeSystem, policy: FeaturePolicy, lower: LowerOptions) -> Self {
        let create_instance = ts.find_type(ts.corelib(), "System", "Activator").and_then(|t| {
            ts.find_methods(t, "CreateInstance")
                .into_iter()
                .find(|&m| ts.method_generic_count(m) == 1 && ts.method_sig(m).is_ok_and(|s| s.params.is_empty()))
        });
        Self {
            ts,
            policy,
            messages: Messages::default(),
            lower,
            create_instance,
            type_activator: ts.find_method(ts.well_known(WellKnown::RuntimeType), "CreateInstanceDefaultCtor", 2),
            creates_by_type: false,
            generic_maker: ts.find_method(ts.well_known(WellKnown::RuntimeType), "MakeGenericType", 1),
            makes_generics: false,
            runs_cctors: false,
            members: Members::default(),
            manifests: Manifests::default(),
            named_types: FxIndexSet::default(),
            graph: Graph::default(),
            queue: VecDeque::new(),
            joins: Joins::default(),
            functions: Vec::new(),
            types: FxIndexMap::default(),
            layouts: FxIndexMap::default(),
            instances: FxHashMap::default(),
            type_dictionaries: Vec::new(),
            method_dictionaries: Vec::new(),
            statics: Vec::new(),
            finalizers: FxIndexMap::default(),
            multicast: FxIndexMap::default(),
            default_ctors: FxIndexMap::default(),
            thread_statics: Vec::new(),
            strings: Vec::new(),
            cstrings: Vec::new(),
            cells: Vec::new(),
            gvm_handles: Vec::new(),
            field_handles: Vec::new(),
            method_handles: Vec::new(),
            rvas: Vec::new(),
            natives: FxIndexMap::default(),
            pinvoke_cells: Vec::new(),
            warnings: Vec::new(),
            warned_lookups: FxIndexSet::default(),
            stats: Stats::default(),
        }
    }

    fn root(&mut self, name: &'static str) -> NodeId {
        let n = Node::Root(name);
        match self.graph.find(&n) {
            Some(id) => id,
            None => self.graph.add(n, None).unwrap_or(NodeId(0)),
        }
    }

    fn add_roots(&mut self, roots: &Roots, entries: &EntryPoints, well_known: &WellKnownTypes) {
        let main = self.root("program");
        for &m in &roots.methods {
            let s = kiln_lower::method_entry(self.ts, m);
            self.reach_sym(s, main, Reason::Root);
        }
        if roots.main.is_some() {
            self.reach_sym(Sym::ProgramStub("main"), main, Reason::Root);
        }
        let runtime = self.root("runtime");
        for s in entries.list.iter().flatten() {
            self.reach_sym(s.clone(), runtime, Reason::Root);
        }
        for t in well_known.list().into_iter().flatten() {
            self.reach_sym(Sym::ConstructedType(t), runtime, Reason::Root);
        }
        for d in runtime_virtual_uses(self.ts) {
            self.dependency(&d, runtime);
        }
    }

    /// Adds a node.
    pub(crate) fn reach(&mut self, node: Node, from: NodeId, reason: Reason) {
        if let Some(id) = self.graph.add(node, Some((from, reason))) {
            self.queue.push_back(id);
        }
    }

    /// Adds a symbol.
    pub(crate) fn reach_sym(&mut self, s: Sym, from: NodeId, reason: Reason) {
        let s = match s {
            Sym::MethodEntry(m) => kiln_lower::method_entry(self.ts, m),
            s => s,
        };
        if let (Sym::NecessaryType(t) | Sym::ConstructedType(t), Reason::Code | Reason::Dictionary) = (&s, reason) {
            let module = self.note_named_type(*t, from);
            if matches!(s, Sym::NecessaryType(_)) {
                self.reflection_named(*t, module, from);
            }
        }
        self.reach(Node::Sym(s), from, reason);
    }

    fn process(&mut self, id: NodeId) -> Result<(), AnalysisError> {
        let Some(node) = self.graph.node(id).cloned() else { return Ok(()) };
        let s = match node {
            Node::Root(_) => return Ok(()),
            Node::VirtualUse(m) => {
                self.process_use(m);
                return Ok(());
            }
            Node::TypeDictionary(t) => {
                self.type_dictionary(t, id);
                return Ok(());
            }
            Node::Sym(s) => s,
        };
        match s {
            Sym::Method(m) => self.method(m, id),
            Sym::MethodEntry(m) | Sym::UnboxingStub(m) => {
                self.activation(m, id);
                self.stub(s, Some(m), id)?;
            }
            Sym::DelegateShuffle(m) | Sym::DelegateMulticast(m) => self.stub(s, Some(m), id)?,
            Sym::VirtualCall(m) | Sym::UnmanagedEntry(m) => self.stub(s, Some(m), id)?,
            Sym::Invoker(_) | Sym::DelegateObjects(_) | Sym::ThrowStub(_) | Sym::ProgramStub(_) => self.stub(s, None, id)?,
            Sym::ConstructedType(t) => self.constructed_type(t, id),
            Sym::NecessaryType(t) => self.necessary_type(t, id),
            Sym::Statics(t) => self.statics(t, id),
            Sym::ThreadStatics(t) => self.thread_statics.push(t),
            Sym::StringLiteral(_) => self.strings.push(s),
            Sym::DispatchCell(m) => {
                self.cells.push(m);
                self.reach_sym(Sym::NecessaryType(self.ts.method_owner(m)), id, Reason::Part);
                self.virtual_use(m, id);
            }
            Sym::MethodDictionary(m) => self.method_dictionary(m, id),
            Sym::DictSlotOffset(ctx, l) => self.add_lookup(ctx, l),
            Sym::GvmHandle(m) => {
                self.gvm_handles.push(m);
                self.reach_sym(Sym::NecessaryType(self.ts.method_owner(m)), id, Reason::Part);
                self.process_gvm_handle(m);
            }
            Sym::FieldHandle(f) => {
                self.field_handles.push(f);
                self.reach_sym(Sym::NecessaryType(self.ts.field_owner(f)), id, Reason::Part);
                self.reflection_field_token(f, id);
            }
            Sym::MethodHandle(m) => {
                self.method_handles.push(m);
                self.reach_sym(Sym::NecessaryType(self.ts.method_owner(m)), id, Reason::Part);
                self.reflection_method_token(m, id);
            }
            Sym::FieldRva(f) => self.rvas.push(f),
            Sym::Native(name, library) => {
                if name == RUN_CLASS_CONSTRUCTOR {
                    self.run_cctors(id);
                }
                self.reflection_native(&name, id);
                self.manifests.native(&name);
                self.natives.entry(name).or_insert(library);
            }
            Sym::CString(t) => self.cstrings.push(t),
            Sym::PInvokeCell(l, e) => self.pinvoke_cells.push((l, e)),
            // Filters come with their method; helpers are the runtime's.
            Sym::Filter(..) | Sym::Helper(_) => {}
        }
        Ok(())
    }

    /// Everything that a dependency without a symbol brings.
    fn dependency(&mut self, d: &Dep, from: NodeId) {
        match d {
            Dep::VirtualUse(m) => self.virtual_use(*m, from),
            // The exact handles (symbols or lookups) are what joins with types.
            Dep::GenericVirtualUse(_) => {}
            Dep::Lookup(ctx, l) => self.add_lookup(*ctx, *l),
            Dep::Constructed(t) => self.reach_sym(Sym::ConstructedType(*t), from, Reason::Code),
        }
    }

    fn add_function(&mut self, f: Function, from: NodeId) {
        self.reflection_code(&f, from);
        for (s, _) in &f.sym_names {
            self.reach_sym(s.clone(), from, Reason::Code);
        }
        for d in &f.deps {
            self.dependency(d, from);
        }
        self.functions.push(f);
    }

    fn method(&mut self, m: MethodDesc, id: NodeId) {
        let ts = self.ts;
        self.activation(m, id);
        self.reflection_method(m, id);
        self.reflection_instance(m, id);
        if self.type_activator == Some(m) {
            self.create_by_type(id);
        }
        if self.generic_maker == Some(m) {
            self.make_generics(id);
        }
        let is_stub = ts.overlay_of(m).is_none() && (ts.is_pinvoke(m) || ts.is_internal_call(m) || ts.is_runtime_impl(m));
        let made = if method_depth(ts, m) > MAX_DEPTH + 2 {
            Err((codes::TYPE_LOAD, throw_kind::TYPE_LOAD, None, "generic recursion never ends".to_owned()))
        } else if is_stub {
            self.stats.stubs += 1;
            lower_stub(ts, &Sym::Method(m), &self.lower).map(|f| vec![f]).map_err(lower_failure)
        } else if let Some(mir) = self.messages.body(ts, m) {
            self.stats.stubs += 1;
            lower_method(ts, &mir, &self.lower).map_err(lower_failure)
        } else {
            match import_method(ts, m, &self.policy, &ImportOptions::default()) {
                Ok(mir) => {
                    self.count(m);
                    lower_method(ts, &mir, &self.lower).map_err(lower_failure)
                }
                Err(e) => Err((e.code(), e.throw_kind(), e.offset, e.kind.to_string())),
            }
        };
        match made {
            Ok(functions) => {
                for f in functions {
                    self.add_function(f, id);
                }
            }
            Err((code, kind, offset, text)) => {
                self.warnings.push(Warning { code, place: ts.method_display(m), offset, text: text.clone() });
                let f = self.throwing(m, kind, &text);
                self.add_function(f, id);
            }
        }
    }

    /// A body that throws in place of a method.
    fn throwing(&self, m: MethodDesc, kind: i32, text: &str) -> Function {
        let ts = self.ts;
        let sym = Sym::Method(m);
        let name = sym_name(ts, &sym);
        let text = format!("{}: {text}", ts.method_display(m));
        throw_function(ts, sym, name, kind, &text)
    }

    fn stub(&mut self, s: Sym, m: Option<MethodDesc>, id: NodeId) -> Result<(), AnalysisError> {
        let ts = self.ts;
        match lower_stub(ts, &s, &self.lower) {
            Ok(f) => {
                self.stats.stubs += 1;
                self.add_function(f, id);
            }
            Err(e) => {
                let name = sym_name(ts, &s);
                let (code, kind, offset, text) = lower_failure(e);
                if m.is_none() {
                    return Err(AnalysisError::Stub(name, text));
                }
                self.warnings.push(Warning { code, place: name.clone(), offset, text: text.clone() });
                let f = throw_function(ts, s, name, kind, &text);
                self.add_function(f, id);
            }
        }
        Ok(())
    }

    fn count(&mut self, m: MethodDesc) {
        let ts = self.ts;
        let size = ts.method_body(m).ok().flatten().and_then(|il| il.body().map(|b| b.code.len()).ok()).unwrap_or(0);
        self.stats.methods += 1;
        self.stats.il_bytes += size;
        let e = self.stats.namespaces.entry(ts.namespace_and_name(ts.method_owner(m)).0).or_default();
        e.0 += 1;
        e.1 += size;
    }

    pub(crate) fn type_warning(&mut self, t: TypeDesc, e: &TypeSysError) {
        let w = Warning { code: codes::TYPE_LOAD, place: self.ts.type_display(t), offset: None, text: e.to_string() };
        if !self.warnings.contains(&w) {
            self.warnings.push(w);
        }
    }

    pub(crate) fn lookup_warning(&mut self, id: NodeId, text: String) {
        let place = self.graph.node(id).map(|n| crate::graph::node_name(self.ts, n)).unwrap_or_default();
        self.warnings.push(Warning { code: codes::TYPE_LOAD, place, offset: None, text });
    }

    fn finish(self, opts: &AnalysisOptions, entries: EntryPoints, well_known: WellKnownTypes) -> Program {
        let ts = self.ts;
        let mut functions = self.functions;
        functions.sort_by(|a, b| a.name.cmp(&b.name));
        functions.dedup_by(|a, b| a.name == b.name);
        let mut stats = self.stats;
        stats.types = self.types.len();
        stats.constructed = self.types.values().filter(|&&c| c).count();
        let mut types: Vec<(String, TypeDesc, bool)> = self.types.into_iter().map(|(t, c)| (ts.type_name(t), t, c)).collect();
        types.sort();
        let by_type = |mut v: Vec<TypeDesc>| {
            v.sort_by_cached_key(|&t| ts.type_name(t));
            v
        };
        let by_method = |mut v: Vec<MethodDesc>| {
            v.sort_by_cached_key(|&m| ts.method_name_full(m));
            v
        };
        let by_field = |mut v: Vec<FieldDesc>| {
            v.sort_by_cached_key(|&f| sym_name(ts, &Sym::FieldRva(f)));
            v
        };
        let mut statics = self.statics;
        statics.sort_by_cached_key(|s| ts.type_name(s.0));
        let mut strings = self.strings;
        strings.sort_by_cached_key(|s| sym_name(ts, s));
        let mut cstrings = self.cstrings;
        cstrings.sort();
        let mut natives: Vec<(String, String)> = self.natives.into_iter().collect();
        natives.sort();
        let mut pinvoke_cells = self.pinvoke_cells;
        pinvoke_cells.sort();
        let mut dispatch: Vec<(String, TypeDesc, Vec<crate::DispatchRow>)> =
            self.joins.dispatch.into_iter().map(|(t, r)| (ts.type_name(t), t, r)).collect();
        dispatch.sort_by(|a, b| a.0.cmp(&b.0));
        for d in &mut dispatch {
            d.2.sort_by_cached_key(|r| (ts.type_name(r.interface), r.slot));
            d.2.dedup_by(|a, b| a.interface == b.interface && a.slot == b.slot);
        }
        let mut gvm = self.joins.gvm;
        gvm.sort_by_cached_key(|r| (ts.type_name(r.receiver), ts.method_name_full(r.handle)));
        let mut app_properties: Vec<(String, String)> = opts.features.iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        app_properties.extend(opts.app_properties.iter().cloned());
        app_properties.sort();
        app_properties.dedup_by(|a, b| a.0 == b.0);
        Program {
            functions,
            types: types.into_iter().map(|(_, t, c)| (t, c)).collect(),
            used_slots: self.joins.used_slots,
            dispatch: dispatch.into_iter().map(|(_, t, r)| (t, r)).collect(),
            gvm,
            layouts: self.layouts,
            type_dictionaries: by_type(self.type_dictionaries),
            method_dictionaries: by_method(self.method_dictionaries),
            statics,
            thread_statics: by_type(self.thread_statics),
            strings,
            cstrings,
            cells: by_method(self.cells),
            gvm_handles: by_method(self.gvm_handles),
            field_handles: by_field(self.field_handles),
            method_handles: by_method(self.method_handles),
            rvas: by_field(self.rvas),
            natives,
            pinvoke_cells,
            default_ctors: self.default_ctors,
            multicast: self.multicast,
            finalizers: self.finalizers,
            entries,
            well_known,
            reflection: self.members.finish(ts),
            manifests: self.manifests,
            app_properties,
            warnings: self.warnings,
            graph: self.graph,
            stats,
        }
    }
}

type Failure = (kiln_diag::Code, i32, Option<u32>, String);

fn lower_failure(e: LowerError) -> Failure {
    match e {
        LowerError::Type(t) => (codes::TYPE_LOAD, throw_kind::TYPE_LOAD, None, t.to_string()),
        LowerError::Unsupported(t) => (codes::UNSUPPORTED_IL, throw_kind::PLATFORM_NOT_SUPPORTED, None, t),
    }
}
