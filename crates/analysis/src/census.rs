//! How much of a program comes from which definition: nodes by kind and by the generic definition they are of. What multiplies stands first.

use crate::graph::{Graph, Node, node_name};
use kiln_flow::Demand;
use kiln_lir::{LookupCtx, Sym};
use kiln_support::FxIndexMap;
use kiln_typesys::{MethodDesc, TypeDesc, TypeSystem};

/// Most definitions that are listed.
const ROWS: usize = 60;

/// What a node is of.
enum Of {
    Type(TypeDesc),
    Method(MethodDesc),
    Other,
}

fn subject(node: &Node) -> (&'static str, Of) {
    use Of::{Method, Other, Type};
    match node {
        Node::Root(_) | Node::Descriptor(_) | Node::Ability(_) | Node::Literal(_) | Node::MemberName(_) => ("other", Other),
        Node::Sym(s) => match s {
            Sym::Method(m) => ("code", Method(*m)),
            Sym::MethodEntry(m) | Sym::UnboxingStub(m) | Sym::UnmanagedEntry(m) | Sym::VirtualCall(m) => ("stub", Method(*m)),
            Sym::DelegateShuffle(m) | Sym::DelegateMulticast(m) => ("thunk", Method(*m)),
            Sym::ConstructedType(t) => ("type with objects", Type(*t)),
            Sym::NecessaryType(t) => ("type", Type(*t)),
            Sym::Statics(t) | Sym::ThreadStatics(t) => ("statics", Type(*t)),
            Sym::DispatchCell(m) => ("dispatch cell", Method(*m)),
            Sym::MethodDictionary(m) => ("method dictionary", Method(*m)),
            Sym::DictSlotOffset(LookupCtx::Type(t), _) => ("lookup", Type(*t)),
            Sym::DictSlotOffset(LookupCtx::Method(m), _) => ("lookup", Method(*m)),
            Sym::GvmHandle(m) => ("generic virtual call", Method(*m)),
            Sym::MethodHandle(m) => ("handle", Method(*m)),
            Sym::Invoker(_) => ("invoker", Other),
            _ => ("other", Other),
        },
        Node::VirtualUse(m) => ("virtual call", Method(*m)),
        Node::TypeDictionary(t) => ("type dictionary", Type(*t)),
        Node::Demanded(Demand { ty: t, .. })
        | Node::Content(t)
        | Node::Held(t)
        | Node::Pattern(t)
        | Node::Made(t)
        | Node::Value(t)
        | Node::Pair(_, t)
        | Node::Collection(t)
        | Node::Named(t)
        | Node::Candidate(t)
        | Node::Activated(t)
        | Node::Listed(t)
        | Node::Used(t)
        | Node::Findable(t) => ("interest", Type(*t)),
        Node::Described(t)
        | Node::Members(t)
        | Node::MemberCode(t)
        | Node::CodeOf(t)
        | Node::Text(t, _)
        | Node::LooksUp(t)
        | Node::Speaks(t)
        | Node::Hands(t, _) => ("described", Type(*t)),
        Node::Token(m)
        | Node::Instance(m)
        | Node::Callable(m)
        | Node::AddressTaken(m)
        | Node::Bound(m)
        | Node::Sought(m)
        | Node::Picked(m)
        | Node::MadeMethod(m)
        | Node::DemandedMethod(m) => ("reflected method", Method(*m)),
    }
}

/// How many things have a name that contains `text`, by kind, and of which definitions the most are; as lines.
#[must_use]
pub fn census(ts: &TypeSystem, graph: &Graph, text: &str) -> Vec<String> {
    let mut kinds: FxIndexMap<&'static str, usize> = FxIndexMap::default();
    let mut rows: FxIndexMap<(&'static str, String), usize> = FxIndexMap::default();
    for (_, node) in graph.iter() {
        if !text.is_empty() && !node_name(ts, node).contains(text) {
            continue;
        }
        let (kind, of) = subject(node);
        *kinds.entry(kind).or_default() += 1;
        let definition = match of {
            Of::Type(t) => ts.type_display(ts.generic_definition(t)),
            Of::Method(m) => ts.method_display(ts.method_definition(m)),
            Of::Other => continue,
        };
        *rows.entry((kind, definition)).or_default() += 1;
    }
    let mut kinds: Vec<(usize, &str)> = kinds.into_iter().map(|(k, n)| (n, k)).collect();
    kinds.sort_by(|a, b| b.cmp(a));
    let mut rows: Vec<(usize, (&str, String))> = rows.into_iter().map(|(k, n)| (n, k)).collect();
    rows.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    if kinds.is_empty() {
        return Vec::new();
    }
    let mut out: Vec<String> = kinds.into_iter().map(|(n, kind)| format!("{n:8}  {kind}")).collect();
    out.push(String::new());
    out.extend(rows.into_iter().take(ROWS).map(|(n, (kind, of))| format!("{n:8}  {kind}: {of}")));
    out
}
