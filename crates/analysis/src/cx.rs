//! What a policy has in hand: the type system, the marking, and the node that is being answered.

use crate::generics::expansion::Expansion;
use crate::graph::{Marking, Meeting, Node, Reason};
use crate::program::Warning;
use crate::reflection::Budget;
use kiln_depgraph::{Edge, Log, NodeId};
use kiln_diag::codes;
use kiln_lir::{Lookup, Sym};
use kiln_lower::method_entry;
use kiln_support::FxHashSet;
use kiln_typesys::{ModuleId, TypeDesc, TypeSystem, WellKnown};

/// A warning, and the nodes without which there is none.
#[derive(Debug)]
pub(crate) struct Raised {
    pub(crate) from: NodeId,
    pub(crate) condition: Option<NodeId>,
    /// One lookup is warned of once, however many instances cannot fill it.
    pub(crate) lookup: Option<Lookup>,
    pub(crate) warning: Warning,
}

/// The context of an answer.
pub(crate) struct Cx<'a> {
    pub(crate) ts: &'a TypeSystem,
    pub(crate) marking: Marking,
    pub(crate) raised: Vec<Raised>,
    pub(crate) expansion: Expansion,
    /// What is promised of types, read so far.
    pub(crate) annotations: kiln_flow::Annotations,
    /// What was predicted.
    pub(crate) predicted: Budget,
    application: FxHashSet<ModuleId>,
    program: FxHashSet<ModuleId>,
    /// Whose needs are being marked.
    at: NodeId,
    /// What else those needs depend on.
    condition: Option<NodeId>,
}

impl<'a> Cx<'a> {
    pub(crate) fn new(ts: &'a TypeSystem, log: Log, application: &[ModuleId], program: &[ModuleId]) -> Self {
        let application = application.iter().copied().collect();
        let program = program.iter().copied().collect();
        Self {
            ts,
            marking: Marking::new(log),
            raised: Vec::new(),
            expansion: Expansion::default(),
            annotations: kiln_flow::Annotations::default(),
            predicted: Budget::default(),
            application,
            program,
            at: NodeId(0),
            condition: None,
        }
    }

    /// Answers are about this node from now on.
    pub(crate) fn set_at(&mut self, id: NodeId) {
        self.at = id;
        self.condition = None;
    }

    /// Answers inside of `answer` are about `from`, and hold as long as `condition` does.
    pub(crate) fn pair(&mut self, from: NodeId, condition: NodeId, answer: impl FnOnce(&mut Self)) {
        let before = (self.at, self.condition);
        (self.at, self.condition) = (from, Some(condition));
        answer(self);
        (self.at, self.condition) = before;
    }

    /// The node with this id.
    pub(crate) fn node(&self, id: NodeId) -> Option<&Node> {
        self.marking.graph().node(id)
    }

    /// The node that is being answered needs `node`.
    pub(crate) fn need(&mut self, node: impl Into<Node>, reason: Reason) {
        let node = normal(self.ts, node.into());
        self.marking.edge(node, Edge { from: self.at, condition: self.condition, reason });
    }

    /// The node that is being answered needs `node` if `condition` is marked, now or later.
    pub(crate) fn need_if(&mut self, condition: &Node, node: impl Into<Node>, reason: Reason) {
        let node = normal(self.ts, node.into());
        debug_assert!(self.condition.is_none(), "one edge has one condition");
        self.marking.mark_if(node, self.at, condition, reason);
    }

    /// As [`Self::need`], of a symbol that code or a dictionary names.
    pub(crate) fn need_named(&mut self, s: Sym, reason: Reason) {
        let module = self.node(self.at).and_then(|n| module_of(self.ts, n));
        for node in self.names(&s, module) {
            self.need(node, reason);
        }
        self.need(s, reason);
    }

    /// What it means beyond the symbol itself that code of a module names it.
    pub(crate) fn names(&self, s: &Sym, module: Option<ModuleId>) -> impl Iterator<Item = Node> + use<> {
        let mut out = [None, None];
        let own = module.is_some_and(|m| self.application.contains(&m));
        if let (Sym::NecessaryType(t) | Sym::ConstructedType(t), Some(module)) = (s, module) {
            out[0] = (module != self.ts.corelib()).then_some(Node::Named(*t));
            let node = if matches!(s, Sym::NecessaryType(_)) { Node::Candidate(*t) } else { Node::Used(*t) };
            let is_vector = matches!(s, Sym::ConstructedType(_)) && self.ts.is_array(*t);
            out[1] = (own && (is_vector || self.ts.type_def(*t).is_some())).then_some(node);
        }
        out.into_iter().flatten()
    }

    /// Whether the application brings the type.
    pub(crate) fn is_own(&self, t: TypeDesc) -> bool {
        self.ts.type_def(t).is_some_and(|(module, _)| self.application.contains(&module))
    }

    /// Whether code of others than the class library can come by the type: it is no secret of the class library's, nor over one.
    pub(crate) fn can_be_named(&self, t: TypeDesc) -> bool {
        let ts = self.ts;
        match ts.element_type(t) {
            Some(e) => self.can_be_named(e),
            None if ts.type_def(t).is_none() => true,
            None => {
                (self.is_own(t) || ts.is_visible(t) || ts.is_well_known(t, WellKnown::Canon))
                    && ts.type_args(t).iter().all(|&a| self.can_be_named(a))
            }
        }
    }

    /// The application's modules, in order.
    pub(crate) fn application(&self) -> Vec<ModuleId> {
        let mut modules: Vec<ModuleId> = self.application.iter().copied().collect();
        modules.sort();
        modules
    }

    /// Whether the application brings the module.
    pub(crate) fn is_application(&self, module: ModuleId) -> bool {
        self.application.contains(&module)
    }

    /// Whether a module is the program's itself.
    pub(crate) fn is_program(&self, module: ModuleId) -> bool {
        self.program.contains(&module)
    }

    /// Whether a type is the program's itself.
    pub(crate) fn is_of_program(&self, t: TypeDesc) -> bool {
        self.ts.type_def(t).is_some_and(|(module, _)| self.program.contains(&module))
    }

    /// The application is a single assembly.
    pub(crate) fn is_one_module(&self) -> bool {
        self.application.len() == 1
    }

    /// Joins the first group of a meeting; who of the second is there.
    pub(crate) fn offer(&mut self, meeting: Meeting) -> Vec<NodeId> {
        self.marking.offer(meeting, self.at)
    }

    /// Joins the second group of a meeting; who of the first is there.
    pub(crate) fn ask(&mut self, meeting: Meeting) -> Vec<NodeId> {
        self.marking.ask(meeting, self.at)
    }

    /// The node that is being answered.
    pub(crate) fn at(&self) -> NodeId {
        self.at
    }

    /// The node and the condition that is being answered.
    pub(crate) fn both(&self) -> (NodeId, Option<NodeId>) {
        (self.at, self.condition)
    }

    /// Whether an instantiation that the node that is being answered needs is within the bounds of expansion. The first that is not is
    /// warned of.
    pub(crate) fn admits(&mut self, s: &Sym) -> bool {
        let admitted = self.expansion.admits(self.ts, s);
        if !admitted && self.expansion.left_out() == 1 {
            let at = self.node(self.at).map(|n| crate::graph::definition_name(self.ts, n)).unwrap_or_default();
            let needed = crate::graph::definition_name(self.ts, &Node::Sym(s.clone()));
            let who = if at == needed {
                format!("{at} makes larger instantiations of itself")
            } else {
                format!("{at} and {needed} make larger instantiations of each other")
            };
            let text = format!("{who} without end: those that are nested deepest are left out, and code that needs one throws");
            self.warn(Warning {
                code: codes::EXPANSION,
                place: short(kiln_lower::sym_name(self.ts, s)),
                method: None,
                offset: None,
                text,
                path: Vec::new(),
            });
        }
        admitted
    }

    /// Something about the node that is being answered will throw.
    pub(crate) fn warn(&mut self, warning: Warning) {
        self.raised.push(Raised { from: self.at, condition: self.condition, lookup: None, warning });
    }

    /// Generic recursion was cut off before what a lookup finds for the instance that is being answered.
    pub(crate) fn warn_too_deep(&mut self, lookup: Lookup, needed: &Sym) {
        let ts = self.ts;
        let at = self.node(self.at).cloned();
        let module = at.as_ref().and_then(|n| module_of(ts, n)).filter(|m| self.application.contains(m));
        let (Some(at), Some(_)) = (at, module) else {
            self.warn_lookup(lookup, format!("{} is nested too deeply", kiln_lower::sym_name(ts, needed)));
            return;
        };
        let (place, method) = match &at {
            Node::Sym(Sym::MethodDictionary(m)) => (kiln_trim::member_name(ts, *m), Some(ts.method_definition(*m))),
            Node::TypeDictionary(t) => (kiln_trim::type_name(ts, *t), None),
            n => (crate::graph::definition_name(ts, n), None),
        };
        // One for all instantiations and lookups.
        self.warn(Warning { code: codes::GENERIC_RECURSION, place, method, offset: None, text: RECURSION.to_owned(), path: Vec::new() });
    }

    /// A lookup finds nothing for the instance that is being answered.
    pub(crate) fn warn_lookup(&mut self, lookup: Lookup, text: String) {
        let place = self.node(self.at).map(|n| crate::graph::node_name(self.ts, n)).unwrap_or_default();
        let warning =
            Warning { code: codes::TYPE_LOAD, place: short(place), method: None, offset: None, text: short(text), path: Vec::new() };
        self.raised.push(Raised { from: self.at, condition: self.condition, lookup: Some(lookup), warning });
    }
}

/// What is said of generic code of the application that goes beyond the bounds.
pub(crate) const RECURSION: &str =
    "makes larger and larger instantiations of itself, or of others; one that is nested deeper than was compiled throws when it is needed";

/// Longer texts are cut off: names of types that are nested deeply may be longer than a screen.
const LONGEST: usize = 600;

/// A text for people.
fn short(mut text: String) -> String {
    if let Some((at, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(at);
        text.push('…');
    }
    text
}

/// One node stands for one thing: an entry that is the method's own code is the method.
pub(crate) fn normal(ts: &TypeSystem, node: Node) -> Node {
    match node {
        Node::Sym(Sym::MethodEntry(m)) => Node::Sym(method_entry(ts, m)),
        node => node,
    }
}

/// The module whose code a node is.
pub(crate) fn module_of(ts: &TypeSystem, node: &Node) -> Option<ModuleId> {
    match node {
        Node::Sym(Sym::Method(m) | Sym::MethodEntry(m) | Sym::MethodDictionary(m)) => ts.method_def(*m).map(|d| d.0),
        Node::TypeDictionary(t) => ts.type_def(*t).map(|d| d.0),
        _ => None,
    }
}
