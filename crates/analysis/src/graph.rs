//! The nodes that were reached and the edge by which each was reached first.
//!
//! The worklist is first-in-first-out, so the stored edges form shortest paths from the roots.

use kiln_lir::Sym;
use kiln_support::{FxIndexMap, entity_impl, index_map};
use kiln_typesys::{MethodDesc, TypeDesc, TypeSystem};
use std::fmt;

entity_impl!(/// A node of the graph, in the order of discovery.
    NodeId, "n");

/// Something the program needs.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    /// What the program starts from, by name.
    Root(&'static str),
    /// Code or data with a symbol.
    Sym(Sym),
    /// A virtual or interface method is called virtually (introducing declaration, canonical form).
    VirtualUse(MethodDesc),
    /// The dictionary of an exact instantiated type.
    TypeDictionary(TypeDesc),
}

/// Why an edge exists.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reason {
    /// The compiler or the runtime needs it in every program.
    Root,
    /// Code refers to it.
    Code,
    /// Code calls it virtually.
    VirtualCall,
    /// It is the base class.
    Base,
    /// It is implemented.
    Interface,
    /// It is the element type, a generic argument, the definition or the enclosing type.
    Part,
    /// It overrides a virtual method in use on a constructed type.
    Override,
    /// It implements an interface method in use on a constructed type.
    Implements,
    /// It implements a generic virtual method in use.
    GenericVirtual,
    /// It is in a generic dictionary.
    Dictionary,
    /// It is the class constructor of statics in use.
    ClassConstructor,
    /// It is the finalizer.
    Finalizer,
    /// The type can be created by reflection.
    Activation,
    /// Delegates of the type can be combined.
    Delegate,
    /// Boxing a `Nullable<T>` makes it.
    Boxing,
    /// Reflection may look at it.
    Reflection,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Root => "needed by every program",
            Self::Code => "referenced by",
            Self::VirtualCall => "called virtually by",
            Self::Base => "base class of",
            Self::Interface => "interface of",
            Self::Part => "part of",
            Self::Override => "override in constructed type",
            Self::Implements => "interface implementation in constructed type",
            Self::GenericVirtual => "implements generic virtual method in constructed type",
            Self::Dictionary => "in the generic dictionary of",
            Self::ClassConstructor => "class constructor for",
            Self::Finalizer => "finalizer of",
            Self::Activation => "activated by reflection from",
            Self::Delegate => "invocation of combined delegates of",
            Self::Boxing => "boxed form of",
            Self::Reflection => "kept for reflection by",
        })
    }
}

/// All nodes with their first edges.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: FxIndexMap<Node, Option<(NodeId, Reason)>>,
}

impl Graph {
    /// Adds a node; `None` when it was there.
    pub(crate) fn add(&mut self, node: Node, from: Option<(NodeId, Reason)>) -> Option<NodeId> {
        let (index, new) = match self.nodes.entry(node) {
            index_map::Entry::Occupied(e) => (e.index(), false),
            index_map::Entry::Vacant(e) => {
                let i = e.index();
                e.insert(from);
                (i, true)
            }
        };
        new.then(|| NodeId::new(index))
    }

    /// The node with this id.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get_index(id.index()).map(|(n, _)| n)
    }

    /// The id of a node.
    #[must_use]
    pub fn find(&self, node: &Node) -> Option<NodeId> {
        self.nodes.get_index_of(node).map(NodeId::new)
    }

    /// Whether the node was reached.
    #[must_use]
    pub fn contains(&self, node: &Node) -> bool {
        self.nodes.contains_key(node)
    }

    /// Nodes in order of discovery.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.keys().enumerate().map(|(i, n)| (NodeId::new(i), n))
    }

    /// Number of nodes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Nothing was reached.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The path to a node, from the node back to its root: each with the reason that leads to it.
    #[must_use]
    pub fn path(&self, id: NodeId) -> Vec<(NodeId, Reason)> {
        let mut out = Vec::new();
        let mut at = Some(id);
        while let Some(i) = at {
            let Some((_, edge)) = self.nodes.get_index(i.index()) else { break };
            out.push((i, edge.map_or(Reason::Root, |e| e.1)));
            at = edge.map(|e| e.0);
        }
        out
    }

    /// `kiln why`: the shortest paths to the nodes whose name contains `text` (exact names first), at most `limit`.
    #[must_use]
    pub fn why(&self, ts: &TypeSystem, text: &str, limit: usize) -> Vec<String> {
        let mut hits: Vec<(bool, NodeId)> = Vec::new();
        for (id, n) in self.iter() {
            let name = node_name(ts, n);
            if name.contains(text) {
                hits.push((name != text, id));
            }
        }
        hits.sort();
        hits.iter()
            .take(limit)
            .map(|&(_, id)| {
                let mut out = String::new();
                let mut before: Option<Reason> = None;
                for (i, reason) in self.path(id) {
                    let Some(n) = self.node(i) else { continue };
                    match before {
                        None => out.push_str(&node_name(ts, n)),
                        Some(r) => out.push_str(&format!("\n  {r} {}", node_name(ts, n))),
                    }
                    before = Some(reason);
                }
                out
            })
            .collect()
    }
}

/// Name of a node for people.
#[must_use]
pub fn node_name(ts: &TypeSystem, n: &Node) -> String {
    match n {
        Node::Root(s) => format!("root `{s}`"),
        Node::Sym(s) => kiln_lower::sym_name(ts, s),
        Node::VirtualUse(m) => format!("virtual calls of {}", ts.method_display(*m)),
        Node::TypeDictionary(t) => format!("dictionary of {}", ts.type_display(*t)),
    }
}
