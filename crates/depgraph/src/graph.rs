//! The marked nodes, and as many of the edges between them as were asked for.

use kiln_support::{FxIndexMap, entity_impl, index_map};
use std::hash::Hash;

entity_impl!(/// A node of one graph, in the order of discovery.
    NodeId, "n");

/// Which edges are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Log {
    /// None: only what is marked is known.
    Nothing,
    /// The one by which a node was marked. Nodes are taken first-in-first-out, so these form shortest paths from the roots.
    #[default]
    First,
    /// All: every answer to "why", and a graph that can be marked again.
    All,
}

/// Why a node is marked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Edge<R> {
    /// What needs it.
    pub from: NodeId,
    /// The other node without which it would not be needed.
    pub condition: Option<NodeId>,
    /// Why.
    pub reason: R,
}

/// An edge in the log; `NONE` is no condition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<R> {
    pub(crate) to: NodeId,
    pub(crate) from: NodeId,
    condition: u32,
    reason: R,
}

const NONE: u32 = u32::MAX;

impl<R: Copy> Record<R> {
    pub(crate) fn new(to: NodeId, edge: Edge<R>) -> Self {
        Self { to, from: edge.from, condition: edge.condition.map_or(NONE, |c| c.0), reason: edge.reason }
    }

    pub(crate) fn condition(&self) -> Option<NodeId> {
        (self.condition != NONE).then_some(NodeId(self.condition))
    }

    pub(crate) fn edge(&self) -> Edge<R> {
        Edge { from: self.from, condition: self.condition(), reason: self.reason }
    }
}

/// Marked nodes with their edges.
#[derive(Clone, Debug)]
pub struct Graph<N, R> {
    /// Nodes in the order of discovery, each with the edge by which it was discovered; roots have none.
    pub(crate) nodes: FxIndexMap<N, Option<Edge<R>>>,
    pub(crate) roots: Vec<NodeId>,
    pub(crate) log: Log,
    pub(crate) records: Vec<Record<R>>,
}

impl<N, R> Default for Graph<N, R> {
    fn default() -> Self {
        Self::new(Log::default())
    }
}

impl<N, R> Graph<N, R> {
    /// A graph without nodes.
    #[must_use]
    pub fn new(log: Log) -> Self {
        Self { nodes: FxIndexMap::default(), roots: Vec::new(), log, records: Vec::new() }
    }

    /// Which edges it keeps.
    #[must_use]
    pub fn log(&self) -> Log {
        self.log
    }

    /// Number of nodes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Nothing is marked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node with this id.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&N> {
        self.nodes.get_index(id.index()).map(|(n, _)| n)
    }

    /// Nodes in the order of discovery.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &N)> {
        self.nodes.keys().enumerate().map(|(i, n)| (NodeId::new(i), n))
    }

    /// What the unconditional edges at these positions of the log lead to.
    pub fn needs_at(&self, positions: std::ops::Range<usize>) -> impl Iterator<Item = (&N, R)>
    where
        R: Copy,
    {
        let records = self.records.get(positions).unwrap_or_default().iter();
        records.filter(|r| r.condition().is_none()).filter_map(|r| Some((self.node(r.to)?, r.edge().reason)))
    }

    /// Number of edges in the log: the position that the next one will have.
    #[must_use]
    pub fn logged(&self) -> usize {
        self.records.len()
    }
}

impl<N: Eq + Hash, R: Copy> Graph<N, R> {
    /// The id of a node; `None` when it is not marked.
    #[must_use]
    pub fn find(&self, node: &N) -> Option<NodeId> {
        self.nodes.get_index_of(node).map(NodeId::new)
    }

    /// Whether the node is marked.
    #[must_use]
    pub fn contains(&self, node: &N) -> bool {
        self.nodes.contains_key(node)
    }

    /// The edge by which a node was discovered; `None` for roots, and where no edges are kept.
    #[must_use]
    pub fn first_edge(&self, id: NodeId) -> Option<Edge<R>> {
        self.nodes.get_index(id.index()).and_then(|(_, e)| *e)
    }

    /// Marks a node that nothing needs but the program itself. The answer is its id, and whether it is new.
    pub(crate) fn add_root(&mut self, node: N) -> (NodeId, bool) {
        let (index, new) = self.insert(node, None);
        if new {
            self.roots.push(index);
        }
        (index, new)
    }

    /// Marks a node, and logs the edge. The answer is its id, and whether it is new.
    pub(crate) fn add(&mut self, node: N, edge: Edge<R>) -> (NodeId, bool) {
        let first = (self.log != Log::Nothing).then_some(edge);
        let (id, new) = self.insert(node, first);
        if self.log == Log::All {
            self.records.push(Record::new(id, edge));
        }
        (id, new)
    }

    fn insert(&mut self, node: N, first: Option<Edge<R>>) -> (NodeId, bool) {
        match self.nodes.entry(node) {
            index_map::Entry::Occupied(e) => (NodeId::new(e.index()), false),
            index_map::Entry::Vacant(e) => {
                let id = NodeId::new(e.index());
                e.insert(first);
                (id, true)
            }
        }
    }
}
