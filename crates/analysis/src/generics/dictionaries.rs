//! Dictionaries: every exact instance of a context fills every slot that shared code reads (contract §6).

use super::{Found, method_context, resolve_lookup, type_context};
use crate::cx::Cx;
use crate::event::Event;
use crate::graph::{Meeting, Node, Reason};
use crate::policy::Policy;
use kiln_depgraph::NodeId;
use kiln_lir::{Lookup, LookupCtx, Sym};
use kiln_typesys::{GenericArgs, TypeSystem};

/// The policy; its state is who meets whom.
#[derive(Debug)]
pub(crate) struct Dictionaries;

impl Policy for Dictionaries {
    fn answer(&mut self, cx: &mut Cx<'_>, event: &Event<'_>) {
        match *event {
            Event::TypeInstantiated(t) => {
                if let Some((context, args)) = type_context(cx.ts, t) {
                    instance(cx, context, &args);
                }
            }
            Event::MethodInstantiated(m) => {
                let owner = cx.ts.method_owner(m);
                let shared = type_context(cx.ts, owner).is_some();
                cx.need(if shared { Sym::ConstructedType(owner) } else { Sym::NecessaryType(owner) }, Reason::Part);
                let (context, args) = method_context(cx.ts, m);
                instance(cx, context, &args);
            }
            Event::LookupDone(context, lookup) => {
                let at = cx.at();
                for id in cx.ask(Meeting::Context(context)) {
                    if let Some(args) = cx.node(id).and_then(|n| arguments(cx.ts, n)) {
                        cx.pair(id, at, |cx| fill(cx, &lookup, &args));
                    }
                }
            }
            _ => {}
        }
    }
}

/// A new dictionary.
fn instance(cx: &mut Cx<'_>, context: LookupCtx, args: &GenericArgs) {
    let at = cx.at();
    for id in cx.offer(Meeting::Context(context)) {
        if let Some(lookup) = lookup(cx, id) {
            cx.pair(at, id, |cx| fill(cx, &lookup, args));
        }
    }
}

fn lookup(cx: &Cx<'_>, id: NodeId) -> Option<Lookup> {
    match cx.node(id) {
        Some(Node::Sym(Sym::DictSlotOffset(_, l))) => Some(*l),
        _ => None,
    }
}

fn arguments(ts: &TypeSystem, instance: &Node) -> Option<GenericArgs> {
    match instance {
        Node::TypeDictionary(t) => type_context(ts, *t).map(|(_, args)| args),
        Node::Sym(Sym::MethodDictionary(m)) => Some(method_context(ts, *m).1),
        _ => None,
    }
}

fn fill(cx: &mut Cx<'_>, l: &Lookup, args: &GenericArgs) {
    crate::templates::comparer(cx, l, args);
    match resolve_lookup(cx.ts, l, args) {
        Found::Sym(s) if cx.admits(&s) => cx.need_named(s, Reason::Dictionary),
        Found::Sym(_) => cx.need(super::beyond(), Reason::Dictionary),
        found => {
            cx.need(super::beyond(), Reason::Dictionary);
            // Of what the runtime makes, it says so itself.
            if args.type_args.iter().chain(args.method_args.iter()).any(|&a| cx.ts.contains_canon(a)) {
                return;
            }
            match found {
                Found::TooDeep(s) => cx.warn_too_deep(*l, &s),
                Found::Nothing(text) => cx.warn_lookup(*l, text),
                Found::Sym(_) => {}
            }
        }
    }
}
