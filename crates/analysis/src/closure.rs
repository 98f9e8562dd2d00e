//! The closed program (ADR 0008): everything that the roots need, before it is optimised. Facts about the whole are taken from here; then
//! methods may be changed; then what is still needed is marked again, and becomes the `Program`.

use crate::abilities::Ability;
use crate::analyzer::panicked;
use crate::code::{Body, Code, CodeSink};
use crate::cx::Cx;
use crate::dispatch::has_instances;
use crate::graph::{Graph, Node, Reason, node_name};
use crate::policy::Policies;
use crate::program::Program;
use crate::roots::{EntryPoints, WellKnownTypes};
use crate::{AnalysisError, project, scan};
use kiln_depgraph::{NodeId, Replacement};
use kiln_lir::{Function, Sym};
use kiln_lower::{LowerOptions, lower_method};
use kiln_mir as mir;
use kiln_support::{FxHashMap, FxIndexMap, FxIndexSet};
use kiln_typesys::{MethodDesc, TypeDesc, TypeSystem};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Optimises the methods of a closed program.
pub trait Optimize {
    /// First, on every method: what needs no other method's code. Whether anything changed.
    fn alone(&mut self, method: &mut mir::Function) -> bool;
    /// Then, once: the order for [`Self::together`].
    fn order(&mut self, methods: &[mir::Function]) -> Vec<usize>;
    /// Last, on the methods in that order: what needs the code of others. Whether anything changed.
    fn together(&mut self, methods: &mut [mir::Function], index: usize) -> bool;
}

/// How many instructions of optimised methods are held until they are emitted. Those of a larger program are lowered once more instead:
/// LIR takes several times what MIR does.
const MOST_HELD: usize = 1 << 20;

/// What an analysis found.
pub struct Closure<'a> {
    pub(crate) cx: Cx<'a>,
    pub(crate) policies: Policies,
    pub(crate) code: Code<'a>,
    pub(crate) bodies: FxIndexMap<NodeId, Body>,
    pub(crate) entries: EntryPoints,
    pub(crate) well_known: WellKnownTypes,
    pub(crate) app_properties: Vec<(String, String)>,
    /// What changed methods need instead of what they needed.
    pub(crate) replaced: BTreeMap<NodeId, Replacement<Node, Reason>>,
}

impl Closure<'_> {
    /// What following types and names, for members that reflection needs and for warnings, took of the analysis.
    #[must_use]
    pub fn data_flow(&self) -> std::time::Duration {
        self.code.flow_time
    }

    /// The types that objects may be exactly of, in the order of discovery, and whether the program constructs them: if reflection makes
    /// objects without a constructor, it may do so of every type with an identity.
    pub fn object_types(&self) -> impl Iterator<Item = (TypeDesc, bool)> {
        let ts = self.cx.ts;
        let graph = self.cx.marking.graph();
        let any = graph.contains(&Node::Ability(Ability::AllocateObjects));
        graph
            .iter()
            .filter_map(move |(_, node)| match node {
                Node::Sym(Sym::ConstructedType(t)) => Some((*t, true)),
                Node::Sym(Sym::NecessaryType(t)) if any => Some((*t, graph.contains(&Node::Sym(Sym::ConstructedType(*t))))),
                _ => None,
            })
            .filter(move |&(t, _)| has_instances(ts, t) && ts.check_type(t).is_ok())
    }

    /// The interfaces that types which are made at run time may implement.
    pub fn open_interfaces(&self) -> impl Iterator<Item = TypeDesc> {
        let (ts, graph) = (self.cx.ts, self.cx.marking.graph());
        let proxies = graph.contains(&Node::Ability(Ability::MakeProxies));
        graph.iter().filter_map(move |(_, node)| match node {
            Node::Members(t) if proxies && ts.is_interface(*t) => Some(*t),
            _ => None,
        })
    }

    /// Optimises the methods that have MIR; those that change are lowered again. The answer is their number.
    ///
    /// # Errors
    ///
    /// A bug: a changed method that cannot be lowered any more, or a panic.
    pub fn rewrite(&mut self, optimize: &mut dyn Optimize) -> Result<usize, AnalysisError> {
        let (mut ids, mut methods) = (Vec::new(), Vec::new());
        for (&id, body) in &mut self.bodies {
            if let Some(method) = body.mir.take() {
                ids.push(id);
                methods.push(method);
            }
        }
        let mut changed = vec![false; methods.len()];
        for (i, method) in methods.iter_mut().enumerate() {
            changed[i] = self.guarded(ids[i], || optimize.alone(method))?;
        }
        for i in optimize.order(&methods) {
            changed[i] |= self.guarded(ids[i], || optimize.together(&mut methods, i))?;
        }
        let mut held = 0;
        let owners: FxHashMap<MethodDesc, NodeId> = methods.iter().zip(&ids).map(|(m, &id)| (m.method, id)).collect();
        for ((method, id), changed) in methods.into_iter().zip(ids).zip(changed) {
            if !changed {
                self.keep(id, method);
                continue;
            }
            let functions = self.guarded(id, || lowered_again(self.cx.ts, &method, &self.code.lower))??;
            let mut edges = self.needs_of_inlined(&method, &functions, &owners);
            if let Some(body) = self.bodies.get(&id) {
                // What the source says, and to whom, does not change where a call is inlined.
                let said = |node: &Node, reason| reason == Reason::DataFlow || matches!(node, Node::Hands(..) | Node::LooksUp(_));
                let found = self.cx.marking.graph().needs_at(body.edges.clone()).filter(|&(node, reason)| said(node, reason));
                edges.extend(found.map(|(node, reason)| (node.clone(), reason)));
            }
            // Inlining may lose what lowering knew (that a reference is not null, behind the callee's blocks), and a handler that nothing could
            // reach comes back with what it names. That would be a program that was not analysed: the method stays as it was.
            let graph = self.cx.marking.graph();
            if edges.iter().any(|(node, _)| !graph.contains(node)) {
                if let Some(unchanged) = self.code.body(&Sym::Method(method.method), true)?.and_then(|(body, _)| body.mir) {
                    self.keep(id, unchanged);
                }
                continue;
            }
            if let Some(body) = self.bodies.get_mut(&id) {
                held += functions.iter().flat_map(|f| &f.blocks).map(|b| b.insts.len()).sum::<usize>();
                if held <= MOST_HELD {
                    body.functions = functions;
                } else {
                    body.mir = Some(method);
                }
                self.replaced.insert(id, Replacement { dropped: body.edges.clone(), edges });
            }
        }
        Ok(self.replaced.len())
    }

    /// A method stays as it was; it is lowered when it is known to be part of the program.
    fn keep(&mut self, id: NodeId, method: mir::Function) {
        if let Some(body) = self.bodies.get_mut(&id) {
            body.mir = Some(method);
        }
    }

    fn guarded<R>(&self, id: NodeId, run: impl FnOnce() -> R) -> Result<R, AnalysisError> {
        catch_unwind(AssertUnwindSafe(run)).map_err(|panic| panicked(self.cx.ts, self.cx.node(id), panic.as_ref()))
    }

    /// What changed code needs. What it means that a symbol is named (for reflection) depends on whose code names it: that of an inlined
    /// method means what it meant there, and nothing more. And a method that does something by reflection does it wherever its code is.
    fn needs_of_inlined(
        &self,
        method: &mir::Function,
        functions: &[Function],
        owners: &FxHashMap<MethodDesc, NodeId>,
    ) -> Vec<(Node, Reason)> {
        let ts = self.cx.ts;
        let graph = self.cx.marking.graph();
        let node = Node::Sym(Sym::Method(method.method));
        let mut edges = scan::needs(&self.cx, &self.policies, &node, functions);
        let callees: FxIndexSet<MethodDesc> = method.scopes.iter().map(|s| ts.canonical_method(s.callee)).collect();
        if callees.is_empty() {
            return edges;
        }
        edges.retain(|(node, _)| matches!(node, Node::Sym(_) | Node::VirtualUse(_)) || graph.contains(node));
        // What is inlined everywhere would have no code left for those who call it by reflection.
        let by_reflection = [Ability::Call, Ability::BindDelegates, Ability::InvokeDelegates, Ability::MakeLambdas, Ability::FindFrames];
        if by_reflection.into_iter().any(|a| graph.contains(&Node::Ability(a))) {
            let code = callees.iter().map(|&m| Node::Sym(Sym::Method(m))).filter(|node| graph.contains(node));
            edges.extend(code.map(|node| (node, Reason::Reflection)));
        }
        for body in callees.iter().filter_map(|m| self.bodies.get(owners.get(m)?)) {
            let named = graph
                .needs_at(body.edges.clone())
                .filter(|(node, reason)| *reason == Reason::DataFlow || !matches!(node, Node::Sym(_) | Node::VirtualUse(_)));
            let done = graph.needs_at(body.answers.clone());
            let done = done.filter(|(_, reason)| matches!(reason, Reason::Ability | Reason::Activation | Reason::Reflection));
            edges.extend(named.chain(done).map(|(node, reason)| (node.clone(), reason)));
        }
        edges
    }

    /// Marks what is still needed, and lists it.
    ///
    /// # Errors
    ///
    /// A bug: changed code needs what the closed program does not have.
    pub fn into_program(self) -> Result<Program, AnalysisError> {
        self.into_program_and(None)
    }

    /// As [`Self::into_program`]; code goes to the sink, if it has not yet.
    ///
    /// # Errors
    ///
    /// As [`Self::into_program`].
    pub fn into_program_and(self, mut sink: Option<&mut dyn CodeSink>) -> Result<Program, AnalysisError> {
        let Self { cx, policies, code, mut bodies, entries, well_known, app_properties, replaced, .. } = self;
        let application = cx.application();
        let (ts, mut raised, expansion) = (cx.ts, cx.raised, cx.expansion);
        let first: Graph = cx.marking.into_graph();
        project::paths(ts, &first, &application, &mut raised);
        let (graph, ids) = if replaced.is_empty() {
            (first, None)
        } else {
            let from = |id| first.node(id).map(|n| node_name(ts, n)).unwrap_or_default();
            let names: BTreeMap<NodeId, String> = replaced.keys().map(|&id| (id, from(id))).collect();
            let retraced = first.retrace(&replaced).map_err(|e| {
                let from = names.get(&e.from).cloned().unwrap_or_default();
                AnalysisError::Optimized(from, format!("it needs {}, which the closed program does not have", node_name(ts, &e.node)))
            })?;
            (retraced.graph, Some(retraced.ids))
        };
        let kept = project::Kept::new(ids);
        let mut program = project::lists(ts, &graph);
        bodies.retain(|&id, _| kept.is(id));
        for body in bodies.values_mut() {
            if let Some(method) = body.mir.take() {
                let node = Node::Sym(Sym::Method(method.method));
                let lowered = catch_unwind(AssertUnwindSafe(|| lowered_again(ts, &method, &code.lower)));
                body.functions = lowered.map_err(|panic| panicked(ts, Some(&node), panic.as_ref()))??;
            }
            if let Some(sink) = sink.as_mut().filter(|_| !body.taken) {
                body.functions.iter_mut().for_each(|f| sink.take(f));
            }
        }
        project::code(ts, &mut program, bodies);
        project::dispatch(ts, &mut program, policies.dispatch, &kept);
        project::warnings(&mut program, raised, &kept);
        project::reflection(ts, &mut program, &graph, application);
        program.refused = expansion.into_refused();
        program.entries = entries;
        program.well_known = well_known;
        program.app_properties = app_properties;
        program.graph = graph;
        Ok(program)
    }
}

/// The functions of a method that has been lowered before.
fn lowered_again(ts: &TypeSystem, method: &mir::Function, options: &LowerOptions) -> Result<Vec<Function>, AnalysisError> {
    lower_method(ts, method, options).map_err(|e| AnalysisError::Optimized(ts.method_display(method.method), e.to_string()))
}

impl std::fmt::Debug for Closure<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let nodes = self.cx.marking.graph().len();
        f.debug_struct("Closure").field("nodes", &nodes).field("bodies", &self.bodies.len()).finish_non_exhaustive()
    }
}
