//! The marking core over graphs of strings, under every logging strategy.

#![forbid(unsafe_code)]

use kiln_depgraph::{Edge, Graph, Log, Marking, NodeId, Replacement, Unreached};
use std::collections::{BTreeMap, BTreeSet};

type Text = &'static str;

/// What needs what: a small language of rules.
#[derive(Clone, Default)]
struct Rules {
    /// A needs B.
    plain: Vec<(Text, Text)>,
    /// A needs B if C.
    conditional: Vec<(Text, Text, Text)>,
    /// A member of the first group and one of the second need their names joined.
    groups: Vec<(Vec<Text>, Vec<Text>, fn(Text, Text) -> Text)>,
}

/// A marking by the rules; the positions in the log of each node's own edges.
struct Marked {
    graph: Graph<Text, Text>,
    own: BTreeMap<Text, (NodeId, std::ops::Range<usize>)>,
    taken: Vec<Text>,
}

fn mark(rules: &Rules, roots: &[Text], log: Log) -> Marked {
    let mut m: Marking<Text, Text, usize> = Marking::new(log);
    for &root in roots {
        m.root(root);
    }
    let mut own = BTreeMap::new();
    let mut taken = Vec::new();
    while let Some(id) = m.take() {
        let node = *m.graph().node(id).expect("a node that was handed out");
        taken.push(node);
        let start = m.graph().logged();
        for &(_, b) in rules.plain.iter().filter(|r| r.0 == node) {
            m.mark(b, id, "needs");
        }
        own.insert(node, (id, start..m.graph().logged()));
        for &(_, b, c) in rules.conditional.iter().filter(|r| r.0 == node) {
            m.mark_if(b, id, &c, "needs if");
        }
        for (number, (offers, asks, join)) in rules.groups.iter().enumerate() {
            let name = |m: &Marking<Text, Text, usize>, id| *m.graph().node(id).expect("a member");
            if offers.contains(&node) {
                for other in m.offer(number, id) {
                    let both = join(node, name(&m, other));
                    m.edge(both, Edge { from: id, condition: Some(other), reason: "meets" });
                }
            }
            if asks.contains(&node) {
                for other in m.ask(number, id) {
                    let both = join(name(&m, other), node);
                    m.edge(both, Edge { from: other, condition: Some(id), reason: "meets" });
                }
            }
        }
    }
    Marked { graph: m.into_graph(), own, taken }
}

fn names(g: &Graph<Text, Text>) -> BTreeSet<Text> {
    g.iter().map(|(_, n)| *n).collect()
}

/// Marks under every strategy, and checks that it changes nothing but what is known of the edges.
fn under_every_strategy(rules: &Rules, roots: &[Text], expected: &[Text]) {
    let expected: BTreeSet<Text> = expected.iter().copied().collect();
    let all = mark(rules, roots, Log::All);
    for log in [Log::Nothing, Log::First, Log::All] {
        let m = mark(rules, roots, log);
        assert_eq!(names(&m.graph), expected, "{log:?}");
        assert_eq!(m.taken, all.taken, "the order of {log:?}");
        for (id, node) in m.graph.iter() {
            let edge = m.graph.first_edge(id);
            assert_eq!(edge.is_some(), log != Log::Nothing && !roots.contains(node), "{node} under {log:?}");
            if log != Log::Nothing {
                assert_eq!(edge, all.graph.first_edge(id), "{node} under {log:?}");
            }
        }
        assert_eq!(m.graph.logged() > 0, log == Log::All && m.graph.len() > roots.len(), "{log:?}");
    }
    // Without a change, marking again finds the same.
    let edges = all.graph.logged();
    let again = all.graph.clone().retrace(&BTreeMap::new()).expect("nothing new");
    assert_eq!(names(&again.graph), expected);
    assert_eq!(again.graph.logged(), edges);
    for (id, node) in all.graph.iter() {
        let new = again.ids[id.index()].expect("still marked");
        assert_eq!(again.graph.node(new), Some(node));
        assert_eq!(all.graph.path(id).len(), again.graph.path(new).len(), "{node}");
    }
}

#[test]
fn what_is_needed_is_marked_and_nothing_else() {
    let rules = Rules { plain: vec![("main", "a"), ("a", "b"), ("b", "a"), ("x", "y")], ..Rules::default() };
    under_every_strategy(&rules, &["main"], &["main", "a", "b"]);
    under_every_strategy(&rules, &["main", "x"], &["main", "a", "b", "x", "y"]);
    under_every_strategy(&rules, &["y"], &["y"]);
}

#[test]
fn a_condition_may_come_before_or_after_what_it_is_for() {
    let conditional = vec![("a", "b", "c")];
    let before = Rules { plain: vec![("main", "c"), ("c", "a")], conditional: conditional.clone(), ..Rules::default() };
    let after = Rules { plain: vec![("main", "a"), ("a", "x"), ("x", "c")], conditional: conditional.clone(), ..Rules::default() };
    let never = Rules { plain: vec![("main", "a")], conditional, ..Rules::default() };
    under_every_strategy(&before, &["main"], &["main", "a", "b", "c"]);
    under_every_strategy(&after, &["main"], &["main", "a", "b", "c", "x"]);
    under_every_strategy(&never, &["main"], &["main", "a"]);
}

#[test]
fn conditions_set_each_other_off() {
    let conditional = vec![("main", "b", "a"), ("main", "c", "b"), ("main", "d", "c"), ("main", "self", "self")];
    let rules = Rules { plain: vec![("main", "go"), ("go", "a")], conditional, ..Rules::default() };
    under_every_strategy(&rules, &["main"], &["main", "go", "a", "b", "c", "d"]);
}

fn join(a: Text, b: Text) -> Text {
    match (a, b) {
        ("type1", "call1") => "type1.call1",
        ("type2", "call1") => "type2.call1",
        ("type1", "call2") => "type1.call2",
        ("type2", "call2") => "type2.call2",
        _ => unreachable!("{a} and {b} are not of the meeting"),
    }
}

#[test]
fn members_of_two_groups_meet_all_with_all() {
    let groups: Vec<(Vec<Text>, Vec<Text>, fn(Text, Text) -> Text)> = vec![(vec!["type1", "type2"], vec!["call1", "call2"], join)];
    let plain = vec![("main", "type1"), ("type1", "call1"), ("type1.call1", "call2"), ("type1.call2", "type2")];
    let rules = Rules { plain, groups, ..Rules::default() };
    let all = ["main", "type1", "type2", "call1", "call2", "type1.call1", "type2.call1", "type1.call2", "type2.call2"];
    under_every_strategy(&rules, &["main"], &all);
    under_every_strategy(&rules, &["type2"], &["type2"]);
    let m = mark(&rules, &["main"], Log::All);
    assert_eq!(m.taken.len(), all.len(), "each node is handed out once");
}

#[test]
fn the_first_edges_are_shortest_paths_and_all_edges_are_all_reasons() {
    let plain = vec![("main", "a"), ("a", "b"), ("b", "c"), ("c", "goal"), ("main", "d"), ("d", "goal"), ("goal", "a")];
    let rules = Rules { plain, conditional: vec![("main", "goal", "c")], ..Rules::default() };
    let m = mark(&rules, &["main"], Log::All);
    let id = |n: Text| m.graph.find(&n).expect("marked");
    let path: Vec<Text> = m.graph.path(id("goal")).iter().map(|s| *m.graph.node(s.node).expect("a node")).collect();
    assert_eq!(path, ["goal", "d", "main"]);
    let incoming = m.graph.incoming();
    let reasons: Vec<(Text, Text, Option<Text>)> = incoming
        .of(id("goal"))
        .iter()
        .map(|e| (*m.graph.node(e.from).expect("a node"), e.reason, e.condition.and_then(|c| m.graph.node(c).copied())))
        .collect();
    assert_eq!(reasons, [("d", "needs", None), ("main", "needs if", Some("c")), ("c", "needs", None)]);
    assert!(incoming.of(id("main")).is_empty());
    assert!(mark(&rules, &["main"], Log::First).graph.incoming().of(id("goal")).is_empty());
}

#[test]
fn replaced_edges_take_away_what_only_they_needed() {
    let plain = vec![("main", "call"), ("main", "target"), ("call", "slot"), ("main", "type"), ("other", "x"), ("call", "rest")];
    let conditional = vec![("type", "other", "slot"), ("type", "both", "rest")];
    let rules = Rules { plain, conditional, ..Rules::default() };
    let m = mark(&rules, &["main"], Log::All);
    assert!(m.graph.contains(&"x"));
    let (call, dropped) = m.own["call"].clone();
    let new = Replacement { dropped: dropped.clone(), edges: vec![("target", "direct"), ("rest", "needs")] };
    let after = m.graph.clone().retrace(&BTreeMap::from([(call, new)])).expect("nothing new");
    assert_eq!(names(&after.graph), BTreeSet::from(["main", "call", "target", "type", "rest", "both"]));
    let gone = m.graph.find(&"slot").expect("it was marked");
    assert_eq!(after.ids[gone.index()], None);
    let target = after.graph.find(&"target").expect("marked");
    assert_eq!(after.graph.incoming().of(target).len(), 2);

    let wrong = Replacement { dropped, edges: vec![("elsewhere", "direct")] };
    let error = m.graph.retrace(&BTreeMap::from([(call, wrong)])).expect_err("it was never marked");
    assert_eq!(error, Unreached { from: call, node: "elsewhere" });
}

#[test]
fn the_text_of_a_graph_names_nodes_reasons_and_conditions() {
    let rules = Rules { plain: vec![("main", "a<b>"), ("a<b>", "c")], conditional: vec![("main", "d", "c")], ..Rules::default() };
    for (log, links) in [(Log::Nothing, 0), (Log::First, 3), (Log::All, 3)] {
        let text = mark(&rules, &["main"], log).graph.dgml(|n| (*n).to_owned(), str::to_owned);
        assert!(text.contains("<Node Id=\"1\" Label=\"a&lt;b&gt;\"/>"), "{text}");
        assert_eq!(text.matches("<Link ").count(), links, "{text}");
        assert_eq!(text.contains("<Link Source=\"0\" Target=\"3\" Reason=\"needs if\" Condition=\"2\"/>"), links > 0, "{text}");
    }
}
