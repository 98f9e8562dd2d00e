//! What reflection over members needs (ADR 0005): which types are described, and which of their methods must be compiled.
//!
//! Nothing is kept until the program reaches something that asks for it (`abilities`). Then the application's own types, and those of the
//! class library that it names with `typeof`, get their descriptions. Their methods are compiled only when the program can call
//! methods by reflection: all of the application's; of the class library's the constructors, and the members whose names the
//! application has as string literals. A method that is not compiled is described all the same.
//!
//! What may be kept and the abilities that ask for it meet in `rules`; this file says what comes along whatever the abilities.

pub(crate) mod activation;
mod attributes;
mod code;
pub(crate) mod demands;
mod dynamic;
mod inspection;
mod members;
mod names;
mod nested;
mod predictions;
mod proxies;
mod rules;
mod trees;
mod wording;

pub use attributes::attribute_owners;
pub use code::{CodeSyms, method_code};
pub(crate) use predictions::Budget;
pub use proxies::proxy_method;
pub use trees::objects_thunk;

use crate::abilities::Ability;
use crate::cx::Cx;
use crate::event::Event;
use crate::graph::{Graph, Node, Reason};
use crate::policy::Policy;
use kiln_lir::{Function, Inst, Sym};
use kiln_support::FxHashSet;
use kiln_typesys::{MethodDesc, ModuleId, TypeDesc, TypeSystem};
use std::sync::Arc;

/// The result: what the data object describes.
#[derive(Clone, Debug, Default)]
pub struct Reflection {
    /// Type definitions with rows, sorted by module and row.
    pub described: Vec<TypeDesc>,
    /// Closed types whose members have code and offsets, sorted by name.
    pub exact: Vec<TypeDesc>,
    /// Instantiated generic methods, sorted by name.
    pub generic_methods: Vec<MethodDesc>,
    /// Custom attributes are read.
    pub attributes: bool,
    /// Delegates are bound to methods: delegate types need their thunks.
    pub binds: bool,
    /// Stack frames are asked for their methods.
    pub frames: bool,
    /// Delegates are made of functions of objects.
    pub wraps: bool,
    /// Proxies are made: the interfaces among the closed types have their methods.
    pub proxies: bool,
    /// Implementations of interface methods are asked for.
    pub interface_maps: bool,
    /// Types that are found by name only, sorted by name.
    pub findable: Vec<TypeDesc>,
    /// Modules whose own attributes are described.
    pub modules: Vec<ModuleId>,
}

impl Reflection {
    /// The interfaces that proxies may have: none where none are made.
    pub fn proxied<'a>(&'a self, ts: &'a TypeSystem) -> impl Iterator<Item = TypeDesc> + 'a {
        self.exact.iter().copied().filter(move |&t| self.proxies && ts.is_interface(t))
    }

    /// The plan of a marked program; `None` when members are never looked up.
    pub(crate) fn of(ts: &TypeSystem, graph: &Graph, application: &[ModuleId]) -> Option<Self> {
        let can = |a| graph.contains(&Node::Ability(a));
        if !can(Ability::ReadMembers) {
            return None;
        }
        let mut out = Self {
            attributes: can(Ability::ReadAttributes),
            binds: can(Ability::BindDelegates),
            wraps: can(Ability::WrapFunctions),
            proxies: can(Ability::MakeProxies),
            frames: can(Ability::FindFrames),
            interface_maps: can(Ability::MapInterfaces),
            modules: application.to_vec(),
            ..Self::default()
        };
        for (_, node) in graph.iter() {
            match node {
                Node::Described(t) => out.described.push(*t),
                Node::Members(t) => out.exact.push(*t),
                Node::Findable(t) => out.findable.push(*t),
                Node::Instance(m) => out.generic_methods.push(*m),
                _ => {}
            }
        }
        out.modules.sort();
        out.modules.dedup();
        out.described.sort_by_key(|&t| ts.type_def(t).map(|(m, d)| (m, d.token().0)));
        out.findable.sort_by_cached_key(|&t| ts.type_name(t));
        out.exact.sort_by_cached_key(|&t| ts.type_name(t));
        out.generic_methods.sort_by_cached_key(|&m| ts.method_name_full(m));
        Some(out)
    }
}

/// The policy: what of the class library it must recognise, nothing that changes.
#[derive(Debug)]
pub(crate) struct Reflecting {
    application: FxHashSet<ModuleId>,
    program: FxHashSet<ModuleId>,
    /// `Activator.CreateInstance<T>()`.
    create_instance: Option<MethodDesc>,
    inspection: inspection::Inspection,
    wording: wording::Wording,
    /// `System.Linq.Queryable` and `System.Linq.Enumerable`: a query over objects becomes calls of the latter's methods, found by name.
    queries: Option<(TypeDesc, TypeDesc)>,
    /// `System.Runtime.CompilerServices.CallSiteOps`: what the trees of dynamic call sites call, found through delegates.
    call_sites: Option<TypeDesc>,
}

impl Reflecting {
    pub(crate) fn new(ts: &TypeSystem, application: &[ModuleId], program: &[ModuleId]) -> Self {
        let queries = ts.find_type_by_full_name("System.Linq.Queryable").zip(ts.find_type_by_full_name("System.Linq.Enumerable"));
        Self {
            application: application.iter().copied().collect(),
            program: program.iter().copied().collect(),
            create_instance: activation::create_instance(ts),
            inspection: inspection::Inspection::default(),
            wording: wording::Wording::default(),
            queries,
            call_sites: ts.find_type_by_full_name("System.Runtime.CompilerServices.CallSiteOps"),
        }
    }
}

impl Policy for Reflecting {
    fn answer(&mut self, cx: &mut Cx<'_>, event: &Event<'_>) {
        rules::join(cx, event);
        match *event {
            Event::AbilityReached(a) => rules::reached(cx, a),
            Event::MethodReached(m) | Event::MethodInstantiated(m) => {
                self.activation(cx, m);
                self.instance(cx, m);
                self.call_site(cx, m);
                self.asked_by_method(cx, m);
            }
            Event::EntryReached(m) => {
                self.activation(cx, m);
                self.call_site(cx, m);
                self.asked_by_method(cx, m);
            }
            Event::TypeConstructed(t) => {
                if cx.is_own(t) && !rules::is_closure_of_library(cx, t) {
                    cx.need(Node::Candidate(t), Reason::Reflection);
                }
                self.asked_by_type(cx, t);
            }
            Event::TypeActivated(t) => activation::activated(cx, t),
            Event::TypeIdentified(t) => identified(cx, t),
            Event::TypeHeld(t) => {
                members::held(cx, t);
                valued(cx, t);
            }
            Event::HolderFound(t) => members::contents(cx, t),
            Event::TypeOfInterest(t) if cx.is_of_program(t) && cx.ts.is_value_type(t) => valued(cx, t),
            Event::PatternMade => predictions::pattern(cx),
            Event::ArgumentsFound => predictions::found(cx),
            Event::TypeDescribed(t) => members::described(cx, t),
            Event::MembersDescribed(t) => {
                members::members_described(cx, t);
                demands::instance(cx, t);
            }
            Event::MembersDemanded(demand) => demands::of_definition(cx, demand),
            Event::GenericPicked(m) => demands::picked(cx, m),
            Event::MembersCalled(t) => members::members_called(cx, t),
            Event::MethodCallable(m) => members::callable(cx, m),
            Event::GenericCalledVirtually(m) => {
                proxies::generic(cx, m);
                // Which of them is called the runtime may find out; overrides have the annotations of what they override.
                self.asked_by_method(cx, m);
            }
            Event::MethodNamed(m) => cx.need(Node::Token(m), Reason::Reflection),
            Event::TokenUsed(m) => trees::token(cx, m),
            Event::TextFound(t, text) => wording::text(cx, t, text),
            Event::StringsHanded(from, to) => wording::hands(cx, from, to),
            Event::FieldNamed(f) => trees::field(cx, f),
            _ => {}
        }
    }

    /// Code of the application: its literals, and the methods whose addresses it takes.
    fn scan(&self, ts: &TypeSystem, code: &Function, needs: &mut Vec<(Node, Reason)>) {
        let (Sym::Method(method) | Sym::MethodEntry(method)) = &code.sym else { return };
        let Some((module, _)) = ts.method_def(*method).filter(|(module, _)| self.application.contains(module)) else { return };
        let of_program = self.program.contains(&module);
        let here = wording::outermost(ts, ts.method_owner(*method));
        if of_program {
            self.arguments(ts, code, needs);
        }
        self.wording.scan(ts, &self.application, code, needs);
        needs.push((Node::CodeOf(ts.generic_definition(ts.method_owner(*method))), Reason::Part));
        self.inspection.scan(ts, code, needs);
        for (s, _) in &code.sym_names {
            if let Sym::StringLiteral(units) = s
                && let Ok(text) = String::from_utf16(units)
                && text.len() < names::LONGEST
            {
                let text: Arc<str> = text.into();
                needs.push((Node::Literal(text.clone()), Reason::Code));
                let name = if of_program { Node::MemberName(text) } else { Node::Text(here, text) };
                needs.push((name, Reason::Code));
            }
        }
        for (_, inst) in code.blocks.iter().flat_map(|b| &b.insts) {
            if let Inst::SymAddr(Sym::Method(m) | Sym::MethodEntry(m) | Sym::UnboxingStub(m), _) = inst {
                needs.push((Node::AddressTaken(*m), Reason::Code));
            }
        }
    }
}

impl Reflecting {
    /// What the program's own code hands to generic methods, and names the types of, is looked at by them like what objects hold.
    fn arguments(&self, ts: &TypeSystem, code: &Function, needs: &mut Vec<(Node, Reason)>) {
        let closed = |t: &TypeDesc| members::is_closed(ts, *t);
        // Objects of a library's type, that the program makes or asks for, it may hand to another library.
        let of_library = |t: &TypeDesc| {
            closed(t) && ts.type_def(*t).is_some_and(|(module, _)| self.application.contains(&module) && !self.program.contains(&module))
        };
        for (s, _) in &code.sym_names {
            match s {
                Sym::Method(m) | Sym::MethodEntry(m) | Sym::MethodDictionary(m) => {
                    needs.extend(ts.method_args(*m).iter().copied().filter(closed).map(|t| (Node::Content(t), Reason::Code)));
                    // What a generic method makes of its arguments (`Tuple.Create`) no code of the program names.
                    let made = Some(*m).filter(|&m| !ts.method_args(m).is_empty()).and_then(|m| ts.method_sig(m).ok()).map(|sig| sig.ret);
                    let made = made.filter(|&t| closed(&t) && !ts.is_interface(t) && !ts.is_array(t) && predictions::is_of_interest(ts, t));
                    needs.extend(made.filter(|&t| ts.is_generic(t)).map(|t| (Node::Content(t), Reason::Code)));
                }
                Sym::NecessaryType(t) | Sym::ConstructedType(t) if predictions::is_of_interest(ts, *t) || of_library(t) => {
                    needs.push((Node::Content(*t), Reason::Code));
                }
                _ => {}
            }
        }
    }
}

/// A class that is both abstract and sealed.
fn is_static_class(ts: &TypeSystem, t: TypeDesc) -> bool {
    ts.is_abstract(t) && ts.is_sealed(t) && !ts.is_interface(t)
}

/// Generic code over a type may be asked for at run time, if generic types are made there.
fn valued(cx: &mut Cx<'_>, t: TypeDesc) {
    if predictions::is_of_interest(cx.ts, t) {
        cx.need_if(&Node::Ability(Ability::MakeGenericTypes), Node::Value(t), Reason::Reflection);
    }
}

/// A type has an identity in the program.
fn identified(cx: &mut Cx<'_>, t: TypeDesc) {
    // Nobody has an object of a static class to ask for its type: it must be named, or listed.
    if cx.is_of_program(t) && !is_static_class(cx.ts, t) {
        cx.need(Node::Candidate(t), Reason::Reflection);
    }
    if let Some(delegate) = trees::expression_delegate(cx.ts, t) {
        cx.need(Node::Candidate(delegate), Reason::Reflection);
        if let Some(invoke) = cx.ts.delegate_invoke(delegate) {
            cx.need(Node::Token(invoke), Reason::Reflection);
        }
    }
}
