//! Text tests of the analysis (`tests/graph`): what a program reaches, what it does not, and why.
//!
//! A name in a header stands for the nodes whose label contains it. A label is the kind of the node and its name: `ConstructedType C`,
//! `Method C::M(System.Int32):System.Void`, `VirtualUse I::M():System.Void`.

#![forbid(unsafe_code)]

use kiln_analysis::roots::symbols_of;
use kiln_analysis::{AnalysisOptions, Closure, Node, NodeId, Program, Roots, analyze};
use kiln_flow::Demand;
use kiln_testkit::{Case, Outcome, run};
use kiln_typesys::{GenericArgs, TypeSystem};
use std::process::ExitCode;

fn main() -> ExitCode {
    run("graph", &["il"], |case| {
        let ts = case.universe()?;
        let program = analysed(&ts, case.header.whole)?;
        check(case, &ts, &program).map(Outcome::Checked)
    })
}

fn analysed(ts: &TypeSystem, whole: bool) -> Result<Program, String> {
    let app = ts.modules().into_iter().next().ok_or("no module")?;
    let main = ts.module(app).entry_point().ok_or("a graph test has an `.entrypoint`")?;
    let main = ts.resolve_method(app, main.token(), &GenericArgs::empty()).map_err(|e| e.to_string())?;
    let symbols = if whole { symbols_of(ts, app) } else { Vec::new() };
    let roots = Roots { main: Some(main), symbols, ..Roots::default() };
    let options = AnalysisOptions { application: vec![app], program: vec![app], ..AnalysisOptions::default() };
    analyze(ts, &roots, &options, &|_, _, _| {}).and_then(Closure::into_program).map_err(|e| e.to_string())
}

fn check(case: &Case, ts: &TypeSystem, program: &Program) -> Result<usize, String> {
    let labels: Vec<(NodeId, String)> = program.graph.iter().map(|(id, node)| (id, label(ts, node))).collect();
    let find =
        |name: &str| labels.iter().find(|(_, label)| label == name).or_else(|| labels.iter().find(|(_, label)| label.contains(name)));
    let path = |id: NodeId| -> Vec<String> {
        let mut path: Vec<String> =
            program.graph.path(id).into_iter().filter_map(|step| labels.get(step.node.index())).map(|(_, label)| label.clone()).collect();
        path.reverse();
        path
    };
    let missing = |name: &str| {
        let word = name.rsplit(' ').next().unwrap_or(name);
        let near: Vec<&str> = labels.iter().map(|(_, label)| label.as_str()).filter(|label| label.contains(word)).take(20).collect();
        format!("`{name}` is not reached; near it are\n  {}", near.join("\n  "))
    };
    let header = &case.header;
    for name in &header.reached.0 {
        find(name).ok_or_else(|| missing(name))?;
    }
    for name in &header.not_reached.0 {
        if let Some((id, label)) = find(name) {
            return Err(format!("`{name}` is reached, as {label}:\n  {}", path(*id).join("\n  ")));
        }
    }
    for (name, steps) in &header.because {
        let (id, _) = find(name).ok_or_else(|| missing(name))?;
        let path = path(*id);
        let mut at = 0;
        for step in steps {
            match path[at..].iter().position(|label| label.contains(step.as_str())) {
                Some(found) => at += found + 1,
                None => return Err(format!("`{name}` is not reached by way of `{step}`, but\n  {}", path.join("\n  "))),
            }
        }
    }
    Ok(header.reached.0.len() + header.not_reached.0.len() + header.because.len())
}

/// The kind of a node and its name, without the short form of the kind that link names start with (`mt:`) and without the test's assembly.
fn label(ts: &TypeSystem, node: &Node) -> String {
    let name = match node {
        Node::Root(name) => (*name).to_owned(),
        Node::Descriptor(name) => name.to_string(),
        Node::Sym(s) => {
            let name = kiln_lower::sym_name(ts, s).replace("[test]", "");
            let plain = name.split_once(':').filter(|(kind, rest)| kind.bytes().all(|b| b.is_ascii_lowercase()) && !rest.starts_with(':'));
            plain.map_or(name.clone(), |(_, rest)| rest.to_owned())
        }
        Node::TypeDictionary(t)
        | Node::Named(t)
        | Node::Activated(t)
        | Node::Candidate(t)
        | Node::Listed(t)
        | Node::Used(t)
        | Node::Findable(t)
        | Node::Described(t)
        | Node::Members(t)
        | Node::MemberCode(t)
        | Node::CodeOf(t)
        | Node::Content(t)
        | Node::Held(t)
        | Node::Collection(t)
        | Node::Pattern(t)
        | Node::Made(t)
        | Node::Value(t)
        | Node::Pair(_, t)
        | Node::Demanded(Demand { ty: t, .. }) => ts.type_display(*t),
        Node::VirtualUse(m)
        | Node::Token(m)
        | Node::Instance(m)
        | Node::Callable(m)
        | Node::AddressTaken(m)
        | Node::Bound(m)
        | Node::Sought(m)
        | Node::MadeMethod(m)
        | Node::Picked(m)
        | Node::DemandedMethod(m) => ts.method_display(*m),
        Node::Ability(a) => a.to_string(),
        Node::Literal(text) => format!("{text:?}"),
        Node::MemberName(text) => format!("name {text:?}"),
        Node::Text(t, text) => format!("{text:?} in {}", ts.type_name(*t)),
        Node::LooksUp(t) => format!("looks up {}", ts.type_name(*t)),
        Node::Speaks(t) => format!("speaks {}", ts.type_name(*t)),
        Node::Hands(t, to) => format!("hands {} {}", ts.type_name(*t), ts.type_name(*to)),
    };
    let debug = match node {
        Node::Sym(s) => format!("{s:?}"),
        node => format!("{node:?}"),
    };
    format!("{} {name}", debug.split('(').next().unwrap_or_default())
}
