//! The worklist: takes nodes in the order of discovery, tells the policies, and compiles what is code.

use crate::closure::Closure;
use crate::code::{Code, CodeSink, is_code};
use crate::cx::{Cx, module_of};
use crate::event::Event;
use crate::features::{FeaturePolicy, FeatureSettings, link_attributes};
use crate::graph::{Node, Reason, node_name};
use crate::messages::Messages;
use crate::policy::Policies;
use crate::program::Warning;
use crate::roots::descriptors::{self, Keep};
use crate::roots::{EntryPoints, Roots, WellKnownTypes, runtime_virtual_uses, symbols_of};
use crate::{AnalysisError, scan};
use kiln_depgraph::{Log, NodeId};
use kiln_lir::{ProgramStub, Sym};
use kiln_lower::{LowerOptions, method_entry};
use kiln_support::{FxHashMap, FxIndexMap};
use kiln_trim::Finding;
use kiln_typesys::{MethodDesc, ModuleId, TypeSystem};
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
    /// Those of them that are the program itself, no libraries: reflection is expected to call whatever they have.
    pub program: Vec<ModuleId>,
    /// Which edges the graph keeps. What is optimised needs all.
    pub log: Log,
    /// Files that say what is kept: their names and texts.
    pub descriptors: Vec<(String, String)>,
    /// Files with attributes that are added to members: their names and texts.
    pub link_attributes: Vec<(String, String)>,
    /// Methods keep their MIR, to be optimised.
    pub keep_mir: bool,
}

/// Finds everything that the roots need. `progress` is told the number of methods done and known and the assembly at work, now and then.
pub fn analyze<'a>(
    ts: &'a TypeSystem,
    roots: &Roots,
    opts: &AnalysisOptions,
    progress: &dyn Fn(usize, usize, &str),
) -> Result<Closure<'a>, AnalysisError> {
    analyze_into(ts, roots, opts, progress, None)
}

/// As [`analyze`]; where nothing is optimised, what is reached is final, and code goes to the sink as it is made.
pub fn analyze_into<'a>(
    ts: &'a TypeSystem,
    roots: &Roots,
    opts: &AnalysisOptions,
    progress: &dyn Fn(usize, usize, &str),
    sink: Option<&mut dyn CodeSink>,
) -> Result<Closure<'a>, AnalysisError> {
    let mut sink = sink.filter(|_| !opts.keep_mir);
    link_attributes::add(ts, &opts.application, &opts.features, &opts.link_attributes)?;
    let policy = FeaturePolicy::new(ts, &opts.features, roots.main.and_then(|m| ts.method_def(m)).map(|(module, _)| module))?;
    let lower = LowerOptions { entry_point: roots.main, ..opts.lower.clone() };
    let entries = EntryPoints::new(ts, roots.main.is_some())?;
    let messages = Messages::new(opts.features.bool("System.Resources.UseSystemResourceKeys") == Some(true));
    let mut a = Closure {
        cx: Cx::new(ts, opts.log, &opts.application, &opts.program),
        policies: Policies::new(ts, &opts.application, &opts.program),
        code: Code::new(ts, policy, messages, lower, opts),
        bodies: FxIndexMap::default(),
        entries,
        well_known: WellKnownTypes::new(ts),
        app_properties: app_properties(opts),
        replaced: std::collections::BTreeMap::new(),
    };
    a.add_roots(roots);
    a.add_descriptors(opts)?;
    let mut counter = Counter::default();
    while let Some(id) = a.cx.marking.take() {
        // The analysis ends when this fails, so nobody sees what the panic left half done.
        match catch_unwind(AssertUnwindSafe(|| a.process(id))) {
            Ok(result) => result?,
            Err(panic) => return Err(panicked(ts, a.cx.node(id), panic.as_ref())),
        }
        if let (Some(sink), Some(body)) = (&mut sink, a.bodies.get_mut(&id)) {
            body.functions.iter_mut().for_each(|f| sink.take(f));
            body.taken = true;
        }
        counter.taken += 1;
        if counter.taken.is_multiple_of(256) {
            counter.report(&a, id, progress);
        }
    }
    a.say_what_flow_finds();
    Ok(a)
}

/// What progress is said with.
#[derive(Debug, Default)]
struct Counter {
    /// Nodes whose needs are known.
    taken: usize,
    /// Nodes that were looked at for code, and how many of them are code.
    seen: usize,
    code: usize,
}

impl Counter {
    /// How many functions are compiled, how many are known to be needed, and whose assembly's method is at work.
    fn report(&mut self, a: &Closure<'_>, at: NodeId, progress: &dyn Fn(usize, usize, &str)) {
        let graph = a.cx.marking.graph();
        let new = (self.seen..graph.len()).filter_map(|i| graph.node(NodeId::new(i)));
        self.code += new.filter(|node| matches!(node, Node::Sym(s) if is_code(s))).count();
        self.seen = graph.len();
        let module = a.cx.node(at).and_then(|node| module_of(a.cx.ts, node));
        progress(a.bodies.len(), self.code, &module.map(|m| a.cx.ts.assembly_name(m)).unwrap_or_default());
    }
}

/// A bug of the compiler, and the node that it was about.
pub(crate) fn panicked(ts: &TypeSystem, node: Option<&Node>, panic: &(dyn std::any::Any + Send)) -> AnalysisError {
    let text = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
    AnalysisError::Panic(node.map(|n| node_name(ts, n)).unwrap_or_default(), text.unwrap_or_default())
}

fn app_properties(opts: &AnalysisOptions) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = opts.features.iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    all.extend(opts.app_properties.iter().cloned());
    all.sort();
    all.dedup_by(|a, b| a.0 == b.0);
    all
}

fn found(f: Finding) -> Warning {
    Warning { code: f.code, place: f.member, method: f.at, offset: f.offset, text: f.text, path: Vec::new() }
}

impl Closure<'_> {
    fn add_roots(&mut self, roots: &Roots) {
        let cx = &mut self.cx;
        let program = cx.marking.root(Node::Root("program"));
        cx.set_at(program);
        for &m in &roots.methods {
            cx.need(method_entry(cx.ts, m), Reason::Root);
        }
        if roots.main.is_some() {
            cx.need(Sym::ProgramStub(ProgramStub::Main), Reason::Root);
        }
        for s in &roots.symbols {
            cx.need(s.clone(), Reason::Root);
        }
        let runtime = cx.marking.root(Node::Root("runtime"));
        cx.set_at(runtime);
        for s in self.entries.all() {
            cx.need(s.clone(), Reason::Root);
        }
        for t in self.well_known.all().into_iter().flatten() {
            cx.need(Sym::ConstructedType(t), Reason::Root);
        }
        let mut uses = Vec::new();
        for d in runtime_virtual_uses(cx.ts) {
            scan::dependency(cx, &d, None, &mut uses);
        }
        for (node, reason) in uses {
            cx.need(node, reason);
        }
    }

    /// What the application's assemblies and the build say that is kept.
    fn add_descriptors(&mut self, opts: &AnalysisOptions) -> Result<(), AnalysisError> {
        let ts = self.cx.ts;
        let mut files = Vec::new();
        for &module in &opts.application {
            if let Ok(Some(bytes)) = ts.module(module).resource_by_name("ILLink.Descriptors.xml") {
                let name = format!("ILLink.Descriptors.xml of {}", ts.assembly_name(module));
                files.push((name, String::from_utf8_lossy(bytes).into_owned(), Some(module)));
            }
        }
        files.extend(opts.descriptors.iter().map(|(name, text)| (name.clone(), text.clone(), None)));
        for (name, text, own) in files {
            let kept = descriptors::read(ts, &name, &text, &opts.features, own)?;
            let root = self.cx.marking.root(Node::Descriptor(name.as_str().into()));
            self.cx.set_at(root);
            for keep in kept.keeps {
                self.keep_as_said(keep);
            }
            for (code, text) in kept.missing {
                self.cx.warn(Warning { code, place: name.clone(), method: None, offset: None, text, path: Vec::new() });
            }
        }
        Ok(())
    }

    fn keep_as_said(&mut self, keep: Keep) {
        let cx = &mut self.cx;
        match keep {
            Keep::Assembly(module) => {
                for s in symbols_of(cx.ts, module) {
                    cx.need(s, Reason::Descriptor);
                }
            }
            Keep::Type(t) => {
                let closed = !cx.ts.contains_vars(t) && cx.ts.check_type(t).is_ok();
                cx.need(if closed { Sym::ConstructedType(t) } else { Sym::NecessaryType(t) }, Reason::Descriptor);
                cx.need(Node::Candidate(t), Reason::Descriptor);
            }
            Keep::Members(demand) => cx.need(Node::Demanded(demand), Reason::Descriptor),
        }
    }

    /// Each where the first instance of its method is.
    fn say_what_flow_finds(&mut self) {
        let findings = self.code.findings();
        if findings.is_empty() {
            return;
        }
        let mut first: FxHashMap<MethodDesc, NodeId> = FxHashMap::default();
        for &id in self.bodies.keys() {
            if let Some(Node::Sym(Sym::Method(m))) = self.cx.node(id) {
                first.entry(self.cx.ts.method_definition(*m)).or_insert(id);
            }
        }
        for f in findings {
            // What is about an assembly is nowhere.
            let Some(at) = f.at else {
                self.cx.warn(found(f));
                continue;
            };
            if let Some(&id) = first.get(&at) {
                self.cx.set_at(id);
                self.cx.warn(found(f));
            }
        }
    }

    fn process(&mut self, id: NodeId) -> Result<(), AnalysisError> {
        let Some(node) = self.cx.node(id).cloned() else { return Ok(()) };
        self.cx.set_at(id);
        let answering = self.cx.marking.graph().logged();
        self.policies.answer(&mut self.cx, &Event::of(&node));
        let answers = answering..self.cx.marking.graph().logged();
        let Node::Sym(s) = &node else { return Ok(()) };
        let admitted = !matches!(s, Sym::Method(_)) || self.cx.admits(s);
        let Some((mut body, warning)) = self.code.body(s, admitted)? else { return Ok(()) };
        if let Some(w) = warning {
            self.cx.warn(w);
        }
        for f in std::mem::take(&mut body.findings) {
            self.cx.warn(found(f));
        }
        let start = self.cx.marking.graph().logged();
        for (needed, reason) in scan::needs(&self.cx, &self.policies, &node, &body.functions) {
            self.cx.marking.mark(needed, id, reason);
        }
        for (needed, reason) in body.found.drain(..) {
            self.cx.marking.mark(needed, id, reason);
        }
        body.edges = start..self.cx.marking.graph().logged();
        body.answers = answers;
        if body.mir.is_some() {
            body.functions = Vec::new();
        }
        self.bodies.insert(id, body);
        Ok(())
    }
}
