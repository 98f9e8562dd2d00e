//! The graph as DGML, the XML format of directed graphs that Visual Studio and other viewers show.

use crate::graph::Graph;
use std::fmt::Write as _;
use std::hash::Hash;

impl<N: Eq + Hash, R: Copy> Graph<N, R> {
    /// All nodes and all edges that are kept; `name` and `reason` say them for people.
    #[must_use]
    pub fn dgml(&self, name: impl Fn(&N) -> String, reason: impl Fn(R) -> String) -> String {
        let mut out = String::from(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<DirectedGraph xmlns=\"http://schemas.microsoft.com/vs/2009/dgml\">\n",
        );
        out.push_str("  <Nodes>\n");
        for (id, node) in self.iter() {
            let _ = writeln!(out, "    <Node Id=\"{}\" Label=\"{}\"/>", id.0, escaped(&name(node)));
        }
        out.push_str("  </Nodes>\n  <Links>\n");
        let first = self.iter().filter(|_| self.records.is_empty()).filter_map(|(id, _)| Some((id, self.first_edge(id)?)));
        for (to, edge) in first.chain(self.records.iter().map(|r| (r.to, r.edge()))) {
            let _ = write!(out, "    <Link Source=\"{}\" Target=\"{}\" Reason=\"{}\"", edge.from.0, to.0, escaped(&reason(edge.reason)));
            if let Some(c) = edge.condition {
                let _ = write!(out, " Condition=\"{}\"", c.0);
            }
            out.push_str("/>\n");
        }
        out.push_str("  </Links>\n</DirectedGraph>\n");
        out
    }
}

/// Text inside of an attribute's quotes. What XML 1.0 cannot hold at all becomes a question mark.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('?'),
            c => out.push(c),
        }
    }
    out
}
