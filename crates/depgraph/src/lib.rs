//! Marking: what is needed, given what needs what. The core of the whole-program analysis; it knows nothing of .NET.
//!
//! A node is anything that can be needed, or any fact that something else depends on; what it is, and what it needs, the caller knows.
//! Three kinds of edges lead to a node. A plain one: A needs B. A conditional one: A needs B if C is marked as well, in whichever order
//! A and C come. And the edges of a rule over two groups, which the caller makes whenever a member of one meets a member of the other
//! ([`Marking::offer`], [`Marking::ask`]): virtual calls and types that override, lookups and instances.
//!
//! Every edge has a reason. What is kept of them is a choice ([`Log`]): nothing, the first one to every node (a shortest path to it), or all. A
//! graph with all its edges can be marked again with the edges of some nodes replaced ([`Graph::retrace`]), without asking anybody. Ids, orders and
//! texts depend on the order of calls alone, never on hashes.

#![forbid(unsafe_code)]

mod dgml;
mod graph;
mod marking;
mod paths;
mod retrace;

pub use graph::{Edge, Graph, Log, NodeId};
pub use marking::Marking;
pub use paths::{Incoming, PathStep};
pub use retrace::{Replacement, Retraced, Unreached};
