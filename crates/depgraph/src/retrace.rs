//! Marks a graph again, with the edges of some nodes replaced: what is needed once code has changed.
//!
//! Nothing new is found: an edge holds if it held before and both of its ends are marked again. So the result is a part of the
//! first graph, unless a replacement leads to a node that was never marked, and that is the caller's mistake.

use crate::graph::{Edge, Graph, Log, NodeId};
use kiln_support::FxIndexMap;
use std::collections::{BTreeMap, VecDeque};
use std::hash::Hash;
use std::ops::Range;

/// New edges in place of some that leave a node.
#[derive(Clone, Debug)]
pub struct Replacement<N, R> {
    /// Positions in the log: the unconditional edges in it that leave the node are dropped.
    pub dropped: Range<usize>,
    /// What the node needs instead.
    pub edges: Vec<(N, R)>,
}

/// A graph marked again.
#[derive(Debug)]
pub struct Retraced<N, R> {
    /// What is still marked, with all edges that still hold.
    pub graph: Graph<N, R>,
    /// By the ids of the first graph: the new id; `None` for what is not needed any more.
    pub ids: Vec<Option<NodeId>>,
}

/// A replacement leads to a node that is not in the first graph.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unreached<N> {
    /// Whose edges were replaced.
    pub from: NodeId,
    /// The node.
    pub node: N,
}

/// Lists of edge positions by node, one behind the other.
struct Index {
    starts: Vec<u32>,
    positions: Vec<u32>,
}

impl Index {
    /// Every edge is listed with both nodes that have to be marked for it to hold.
    fn new<R: Copy>(nodes: usize, edges: &[(NodeId, Edge<R>)]) -> Self {
        let ends = |e: &Edge<R>| [Some(e.from), e.condition.filter(|c| *c != e.from)].into_iter().flatten();
        let mut starts = vec![0u32; nodes + 1];
        for (_, edge) in edges {
            ends(edge).for_each(|n| starts[n.index() + 1] += 1);
        }
        for i in 0..nodes {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut positions = vec![0u32; starts[nodes] as usize];
        for (position, (_, edge)) in (0u32..).zip(edges) {
            for n in ends(edge) {
                positions[next[n.index()] as usize] = position;
                next[n.index()] += 1;
            }
        }
        Self { starts, positions }
    }

    fn of(&self, id: NodeId) -> &[u32] {
        &self.positions[self.starts[id.index()] as usize..self.starts[id.index() + 1] as usize]
    }
}

impl<N: Eq + Hash + Clone, R: Copy> Graph<N, R> {
    /// Marks again from the roots. The graph must have all its edges ([`Log::All`]); with fewer, what they led to is not found.
    ///
    /// # Errors
    ///
    /// A replacement that leads to a node that is not in this graph.
    pub fn retrace(self, replaced: &BTreeMap<NodeId, Replacement<N, R>>) -> Result<Retraced<N, R>, Unreached<N>> {
        let mut edges: Vec<(NodeId, Edge<R>)> = Vec::with_capacity(self.records.len());
        for (position, r) in self.records.iter().enumerate() {
            let dropped = replaced.get(&r.from).is_some_and(|x| x.dropped.contains(&position));
            if !dropped || r.condition().is_some() {
                edges.push((r.to, r.edge()));
            }
        }
        for (&from, replacement) in replaced {
            for (node, reason) in &replacement.edges {
                let Some(to) = self.find(node) else { return Err(Unreached { from, node: node.clone() }) };
                edges.push((to, Edge { from, condition: None, reason: *reason }));
            }
        }
        let index = Index::new(self.nodes.len(), &edges);

        let mut nodes: Vec<Option<N>> = self.nodes.into_keys().map(Some).collect();
        let mut ids: Vec<Option<NodeId>> = vec![None; nodes.len()];
        let mut graph = Graph { nodes: FxIndexMap::default(), roots: Vec::new(), log: Log::All, records: Vec::new() };
        let mut queue = VecDeque::new();
        let mut taken = vec![false; edges.len()];
        for root in self.roots {
            if let Some(node) = nodes[root.index()].take() {
                ids[root.index()] = Some(graph.add_root(node).0);
                queue.push_back(root);
            }
        }
        while let Some(at) = queue.pop_front() {
            for &position in index.of(at) {
                let (to, edge) = edges[position as usize];
                let condition = edge.condition.map(|c| ids[c.index()]);
                // The other end may follow; the edge is looked at again then.
                let (Some(from), false) = (ids[edge.from.index()], condition == Some(None)) else { continue };
                if std::mem::replace(&mut taken[position as usize], true) {
                    continue;
                }
                let edge = Edge { from, condition: condition.flatten(), reason: edge.reason };
                match (ids[to.index()], nodes[to.index()].take()) {
                    (None, Some(node)) => {
                        ids[to.index()] = Some(graph.add(node, edge).0);
                        queue.push_back(to);
                    }
                    (Some(to), _) => graph.records.push(crate::graph::Record::new(to, edge)),
                    (None, None) => {}
                }
            }
        }
        Ok(Retraced { graph, ids })
    }
}
