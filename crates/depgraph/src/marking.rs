//! The worklist: marks nodes and hands them out in the order of discovery.

use crate::graph::{Edge, Graph, Log, NodeId};
use kiln_support::FxHashMap;
use std::collections::VecDeque;
use std::hash::Hash;

/// An edge whose condition is not marked yet.
#[derive(Debug)]
struct Pending<N, R> {
    node: N,
    from: NodeId,
    reason: R,
}

/// Two groups of nodes whose members meet, all with all.
#[derive(Debug, Default)]
struct Meeting {
    offers: Vec<NodeId>,
    asks: Vec<NodeId>,
}

/// A marking under way: nodes `N`, reasons `R`, and names `K` of the meetings of rules.
#[derive(Debug)]
pub struct Marking<N, R, K> {
    graph: Graph<N, R>,
    queue: VecDeque<NodeId>,
    waiting: FxHashMap<N, Vec<Pending<N, R>>>,
    meetings: FxHashMap<K, Meeting>,
}

impl<N: Clone + Eq + Hash, R: Copy, K: Eq + Hash> Marking<N, R, K> {
    /// Nothing is marked.
    #[must_use]
    pub fn new(log: Log) -> Self {
        Self { graph: Graph::new(log), queue: VecDeque::new(), waiting: FxHashMap::default(), meetings: FxHashMap::default() }
    }

    /// What is marked so far.
    #[must_use]
    pub fn graph(&self) -> &Graph<N, R> {
        &self.graph
    }

    /// Ends the marking.
    #[must_use]
    pub fn into_graph(self) -> Graph<N, R> {
        self.graph
    }

    /// The next node whose needs are to be found out; each comes once.
    pub fn take(&mut self) -> Option<NodeId> {
        self.queue.pop_front()
    }

    /// Marks something that is needed without a reason.
    pub fn root(&mut self, node: N) -> NodeId {
        let (id, new) = self.graph.add_root(node);
        if new {
            self.discovered(id);
        }
        id
    }

    /// `from` needs `node`.
    pub fn mark(&mut self, node: N, from: NodeId, reason: R) {
        self.edge(node, Edge { from, condition: None, reason });
    }

    /// `from` needs `node`, and would not without `condition`, which is marked as well.
    pub fn edge(&mut self, node: N, edge: Edge<R>) {
        let (id, new) = self.graph.add(node, edge);
        if new {
            self.discovered(id);
        }
    }

    /// `from` needs `node` if `condition` is marked, now or later.
    pub fn mark_if(&mut self, node: N, from: NodeId, condition: &N, reason: R) {
        match self.graph.find(condition) {
            Some(id) => self.edge(node, Edge { from, condition: Some(id), reason }),
            None => self.waiting.entry(condition.clone()).or_default().push(Pending { node, from, reason }),
        }
    }

    /// Joins the first group of a meeting. The answer is who of the second is there: each pair of members is answered exactly once, to
    /// whoever of them came later, if nobody joins twice.
    pub fn offer(&mut self, meeting: K, id: NodeId) -> Vec<NodeId> {
        let m = self.meetings.entry(meeting).or_default();
        m.offers.push(id);
        m.asks.clone()
    }

    /// Joins the second group of a meeting; see [`Self::offer`].
    pub fn ask(&mut self, meeting: K, id: NodeId) -> Vec<NodeId> {
        let m = self.meetings.entry(meeting).or_default();
        m.asks.push(id);
        m.offers.clone()
    }

    /// Puts a new node into the queue; what waited for it is marked, too.
    fn discovered(&mut self, id: NodeId) {
        self.queue.push_back(id);
        let mut new = vec![id];
        while let Some(condition) = new.pop() {
            if self.waiting.is_empty() {
                return;
            }
            let Some(node) = self.graph.node(condition) else { continue };
            for p in self.waiting.remove(node).unwrap_or_default() {
                let (id, is_new) = self.graph.add(p.node, Edge { from: p.from, condition: Some(condition), reason: p.reason });
                if is_new {
                    self.queue.push_back(id);
                    new.push(id);
                }
            }
        }
    }
}
