//! Answers to "why": paths from a node back to a root.

use crate::graph::{Edge, Graph, NodeId};
use std::hash::Hash;

/// A node on a path, and the edge by which it is needed; the last node is a root and has none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PathStep<R> {
    /// The node.
    pub node: NodeId,
    /// Leads on to the root: its `from` is the next step's node.
    pub edge: Option<Edge<R>>,
}

impl<N: Eq + Hash, R: Copy> Graph<N, R> {
    /// The path by which a node was discovered, from the node back to its root.
    #[must_use]
    pub fn path(&self, id: NodeId) -> Vec<PathStep<R>> {
        let mut out = Vec::new();
        let mut at = Some(id);
        while let Some(node) = at {
            let edge = self.first_edge(node);
            out.push(PathStep { node, edge });
            at = edge.map(|e| e.from);
        }
        out
    }

    /// The logged edges by their targets.
    #[must_use]
    pub fn incoming(&self) -> Incoming<R> {
        let mut edges: Vec<(NodeId, Edge<R>)> = self.records.iter().map(|r| (r.to, r.edge())).collect();
        // Stable: edges to one node stay in the order in which they came.
        edges.sort_by_key(|(to, _)| *to);
        Incoming { edges }
    }
}

/// All logged edges, by target.
#[derive(Clone, Debug)]
pub struct Incoming<R> {
    edges: Vec<(NodeId, Edge<R>)>,
}

impl<R: Copy + PartialEq> Incoming<R> {
    /// Every reason for a node, each once: two edges from the same node for the same reason are one.
    #[must_use]
    pub fn of(&self, id: NodeId) -> Vec<Edge<R>> {
        let start = self.edges.partition_point(|(to, _)| *to < id);
        let mut out: Vec<Edge<R>> = Vec::new();
        for (_, edge) in self.edges[start..].iter().take_while(|(to, _)| *to == id) {
            if !out.iter().any(|e| e.from == edge.from && e.reason == edge.reason) {
                out.push(*edge);
            }
        }
        out
    }
}
