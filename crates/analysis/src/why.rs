//! `kiln why`: why something is in the program, as text.

use crate::graph::{Graph, Node, Step, named, node_name, path};
use kiln_depgraph::{Edge, NodeId};
use kiln_lir::Sym;
use kiln_support::FxHashMap;
use kiln_typesys::{MethodDesc, TypeSystem};
use std::fmt::Write as _;

/// Most nodes that one question shows.
const NODES: usize = 5;
/// Most reasons shown for one node.
const REASONS: usize = 20;

/// The shortest path to each of the first nodes whose name contains `text`.
#[must_use]
pub fn why(ts: &TypeSystem, graph: &Graph, text: &str) -> Vec<String> {
    let hits = named(ts, graph, text);
    hits.iter()
        .take(NODES)
        .map(|&id| {
            let mut out = String::new();
            steps(&path(ts, graph, id), "  ", &mut out);
            out
        })
        .collect()
}

/// The shortest path to the first instance of each of these methods, by its definition.
#[must_use]
pub fn why_methods(ts: &TypeSystem, graph: &Graph, methods: &[MethodDesc]) -> FxHashMap<MethodDesc, String> {
    let mut out = FxHashMap::default();
    for (id, node) in graph.iter() {
        let Node::Sym(Sym::Method(m)) = node else { continue };
        let definition = ts.method_definition(*m);
        if methods.contains(&definition) && !out.contains_key(&definition) {
            let mut text = String::new();
            steps(&path(ts, graph, id), "  ", &mut text);
            out.insert(definition, text);
        }
    }
    out
}

/// All reasons for each of the first nodes whose name contains `text`, each with the shortest path that goes on from there. The graph
/// has all its edges.
#[must_use]
pub fn why_all(ts: &TypeSystem, graph: &Graph, text: &str) -> Vec<String> {
    let hits = named(ts, graph, text);
    let incoming = graph.incoming();
    let mut out: Vec<String> = hits.iter().take(NODES).map(|&id| reasons(ts, graph, id, &incoming.of(id))).collect();
    if hits.len() > NODES {
        out.push(format!("… and {} more names that contain `{text}`", hits.len() - NODES));
    }
    out
}

fn reasons(ts: &TypeSystem, graph: &Graph, id: NodeId, edges: &[Edge<crate::graph::Reason>]) -> String {
    let name = |id: NodeId| graph.node(id).map(|n| node_name(ts, n)).unwrap_or_default();
    let mut out = name(id);
    let _ = match edges.len() {
        0 => write!(out, ": a root"),
        1 => write!(out, ": 1 reason"),
        n => write!(out, ": {n} reasons"),
    };
    for (number, edge) in (1..).zip(edges.iter().take(REASONS)) {
        let _ = write!(out, "\n  {number}. {} ", edge.reason);
        let mut first = path(ts, graph, edge.from);
        if let (Some(step), Some(c)) = (first.first_mut(), edge.condition) {
            // The condition of this edge is said with it, not with the next.
            let _ = write!(step.name, "{}", condition(Some(&name(c))));
        }
        steps(&first, "       ", &mut out);
    }
    if edges.len() > REASONS {
        let _ = write!(out, "\n  … and {} more", edges.len() - REASONS);
    }
    out
}

fn condition(c: Option<&str>) -> String {
    c.map(|c| format!(" (given {c})")).unwrap_or_default()
}

/// Writes a path, one node a line, the first without a reason before it.
fn steps(path: &[Step], indent: &str, out: &mut String) {
    let mut before: Option<&Step> = None;
    for step in path {
        match before.and_then(|b| Some((b.reason.as_ref()?, b.condition.as_deref()))) {
            None => out.push_str(&step.name),
            Some((reason, given)) => {
                let _ = write!(out, "\n{indent}{reason} {}{}", step.name, condition(given));
            }
        }
        before = Some(step);
    }
}
