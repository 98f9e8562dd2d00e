//! Joins of virtual, interface and generic virtual calls with constructed types (contract §7; ECMA-335 II.12.2).

mod vectors;

use crate::abilities::Ability;
use crate::cx::Cx;
use crate::event::Event;
use crate::graph::{Meeting, Node, Reason};
use crate::policy::Policy;
use crate::program::{DispatchRow, GvmRow};
use kiln_depgraph::NodeId;
use kiln_lir::Sym;
use kiln_lower::{method_entry, names::unboxing_entry};
use kiln_support::FxHashMap;
use kiln_typesys::{MethodDesc, Resolved, TypeDesc, TypeSystem, Variance, VtableEntry};

/// A row of a table, and the type and the call that need it.
#[derive(Debug)]
pub(crate) struct Joined<T> {
    pub(crate) from: NodeId,
    pub(crate) condition: Option<NodeId>,
    pub(crate) row: T,
}

/// A row of a type's interface dispatch map.
#[derive(Debug)]
pub(crate) struct DispatchRowOf {
    pub(crate) receiver: TypeDesc,
    pub(crate) row: DispatchRow,
}

/// What the joins found, for the runtime's tables.
#[derive(Debug, Default)]
pub(crate) struct Dispatch {
    /// Of types' interface dispatch maps.
    pub(crate) rows: Vec<Joined<DispatchRowOf>>,
    /// Of generic virtual methods.
    pub(crate) generic: Vec<Joined<GvmRow>>,
    /// Whether an interface's definition has generic virtual methods.
    generic_interfaces: FxHashMap<TypeDesc, bool>,
    /// How many pairs of an instantiation and a type were joined, by the method's definition.
    exact: FxHashMap<MethodDesc, u32>,
}

/// Pairs of one definition's instantiations with types that are joined as they are. `Select` of a `Select` and the like pair every element type with
/// every other: beyond this the instantiations that share code are one, and the runtime makes what calls reach (ADR 0015).
const EXACT: u32 = 64;

/// The entry of a method found by dispatch on an object.
#[must_use]
pub fn object_entry(ts: &TypeSystem, m: MethodDesc) -> Sym {
    if ts.is_value_type(ts.method_owner(m)) { unboxing_entry(ts, m) } else { method_entry(ts, m) }
}

/// Objects of exactly this type can exist.
#[must_use]
pub fn has_instances(ts: &TypeSystem, t: TypeDesc) -> bool {
    !ts.is_interface(t)
        && !ts.is_abstract(t)
        && !ts.contains_vars(t)
        && !ts.is_by_ref_like(t)
        && (ts.is_array(t) || ts.type_def(t).is_some())
}

/// The node of virtual calls of a method (class or interface, not generic itself); `m` may be an override.
pub(crate) fn virtual_use(ts: &TypeSystem, m: MethodDesc) -> Node {
    let m = ts.canonical_method(m);
    let owner = ts.method_owner(m);
    if ts.is_interface(owner) {
        return Node::VirtualUse(m);
    }
    let decl =
        ts.vtable_slot(m).and_then(|slot| Ok((slot, ts.vtable(owner)?))).ok().and_then(|(slot, vtable)| match vtable.get(slot as usize) {
            Some(VtableEntry::Method(s)) => Some(ts.canonical_method(s.decl)),
            _ => None,
        });
    Node::VirtualUse(decl.unwrap_or(m))
}

impl Policy for Dispatch {
    fn answer(&mut self, cx: &mut Cx<'_>, event: &Event<'_>) {
        match *event {
            Event::TypeConstructed(t) if has_instances(cx.ts, t) && cx.ts.check_type(t).is_ok() => self.objects(cx, t),
            Event::CellUsed(m) => {
                let calls = virtual_use(cx.ts, m);
                cx.need(calls, Reason::VirtualCall);
                self.called_on_vectors(cx, m);
            }
            Event::CalledVirtually(decl) => self.called(cx, decl),
            Event::GenericCalledVirtually(m) => {
                let at = cx.at();
                let Some(meeting) = generic_call(cx.ts, m) else { return };
                for id in cx.ask(meeting) {
                    if let Some(t) = constructed(cx, id) {
                        cx.pair(id, at, |cx| self.generic(cx, m, t));
                    }
                }
            }
            _ => {}
        }
    }
}

/// The type of a node in a meeting.
fn constructed(cx: &Cx<'_>, id: NodeId) -> Option<TypeDesc> {
    match cx.node(id) {
        Some(Node::Sym(Sym::ConstructedType(t))) => Some(*t),
        _ => None,
    }
}

/// The call of a node in a meeting.
fn call(cx: &Cx<'_>, id: NodeId) -> Option<MethodDesc> {
    match cx.node(id) {
        Some(Node::VirtualUse(m) | Node::Sym(Sym::GvmHandle(m) | Sym::DispatchCell(m))) => Some(*m),
        _ => None,
    }
}

impl Dispatch {
    /// A type got objects.
    fn objects(&mut self, cx: &mut Cx<'_>, t: TypeDesc) {
        let ts = cx.ts;
        let at = cx.at();
        for e in ts.vtable(t).iter().flat_map(|v| v.iter()) {
            let VtableEntry::Method(slot) = e else { continue };
            if ts.is_abstract_method(slot.imp) {
                continue;
            }
            if ts.method_generic_count(slot.imp) > 0 {
                self.generic_calls(cx, Meeting::GenericSlot(slot.decl), t);
                // A call that is made at run time has the canonical form of what it is of.
                let canonical = ts.canonical_method(slot.decl);
                if canonical != slot.decl && ts.contains_canon(ts.method_owner(canonical)) {
                    self.generic_calls(cx, Meeting::GenericSlot(canonical), t);
                }
                continue;
            }
            for id in cx.offer(Meeting::Slot(ts.canonical_method(slot.decl))) {
                cx.pair(at, id, |cx| cx.need(object_entry(ts, slot.imp), Reason::Override));
            }
        }
        let element = ts.vector_element(t);
        if let Some(element) = element {
            self.vector(cx, t, element);
        }
        let of_exact_calls = element.is_some() && !vectors::is_canonical(ts, t);
        let mut seen = Vec::new();
        for &interface in ts.interfaces(t).iter() {
            if of_exact_calls && ts.is_vector_interface(interface) {
                continue;
            }
            let canonical = ts.canonical_type(interface);
            // Several instantiations may have one canonical form; they join it once.
            if seen.contains(&canonical) {
                continue;
            }
            seen.push(canonical);
            for id in cx.offer(Meeting::Interface(canonical)) {
                if let Some(decl) = call(cx, id) {
                    cx.pair(at, id, |cx| self.implement(cx, t, decl));
                }
            }
        }
        let mut seen = Vec::new();
        for &interface in ts.interfaces(t).iter() {
            let keys = [generic_interface(ts, interface), generic_interface(ts, ts.canonical_type(interface))];
            for meeting in keys {
                if !seen.contains(&meeting) && self.has_generic_methods(ts, interface) {
                    seen.push(meeting);
                    self.generic_calls(cx, meeting, t);
                }
            }
        }
    }

    /// A type got objects that calls of generic virtual methods may reach.
    fn generic_calls(&mut self, cx: &mut Cx<'_>, meeting: Meeting, t: TypeDesc) {
        let at = cx.at();
        for id in cx.offer(meeting) {
            if let Some(m) = call(cx, id) {
                cx.pair(at, id, |cx| self.generic(cx, m, t));
            }
        }
    }

    fn has_generic_methods(&mut self, ts: &TypeSystem, interface: TypeDesc) -> bool {
        let definition = ts.generic_definition(interface);
        *self.generic_interfaces.entry(definition).or_insert_with(|| {
            ts.methods(definition).iter().any(|&m| ts.method_generic_count(m) > 0 && ts.is_virtual(m) && !ts.is_static_method(m))
        })
    }

    /// A virtual method is called.
    fn called(&mut self, cx: &mut Cx<'_>, decl: MethodDesc) {
        let ts = cx.ts;
        let at = cx.at();
        let owner = ts.method_owner(decl);
        if ts.is_interface(owner) {
            for id in cx.ask(Meeting::Interface(owner)) {
                if let Some(t) = constructed(cx, id) {
                    cx.pair(id, at, |cx| self.implement(cx, t, decl));
                }
            }
            return;
        }
        let types = cx.ask(Meeting::Slot(decl));
        let Ok(slot) = ts.vtable_slot(decl) else { return };
        for id in types {
            let Some(Ok(vtable)) = constructed(cx, id).map(|t| ts.vtable(t)) else { continue };
            if let Some(VtableEntry::Method(found)) = vtable.get(slot as usize) {
                cx.pair(id, at, |cx| cx.need(object_entry(ts, found.imp), Reason::Override));
            }
        }
    }

    /// One interface method on one type, for each of its instantiations that the type implements.
    fn implement(&mut self, cx: &mut Cx<'_>, t: TypeDesc, decl: MethodDesc) {
        let ts = cx.ts;
        let canonical = ts.method_owner(decl);
        let map = ts.interfaces(t);
        let of_vector = ts.is_array(t) && ts.is_vector_interface(canonical);
        for interface in map.iter().copied().filter(|&i| ts.canonical_type(i) == canonical) {
            let exact = ts.method_on(ts.method_definition(decl), interface);
            if of_vector {
                self.row_of_interface(cx, t, exact);
                continue;
            }
            let slot = ts.interface_slot(exact);
            let target = match ts.resolve_interface(exact, t) {
                Resolved::Method(m) | Resolved::Default(m) => {
                    let s = object_entry(ts, m);
                    cx.need(s.clone(), Reason::Implements);
                    Some(s)
                }
                Resolved::Ambiguous => None,
                Resolved::None => continue,
            };
            let (from, condition) = cx.both();
            self.rows.push(Joined { from, condition, row: DispatchRowOf { receiver: t, row: DispatchRow { interface, slot, target } } });
        }
    }

    /// The canonical form of an instantiation whose definition has as many pairs as are joined as they are.
    /// Those of a generic interface are joined as they are: an object may implement several that have one canonical form.
    fn form_beyond(&mut self, ts: &TypeSystem, m: MethodDesc) -> Option<MethodDesc> {
        let owner = ts.method_owner(m);
        if ts.is_interface(owner) && !ts.type_args(owner).is_empty() {
            return None;
        }
        let form = Some(ts.canonical_method(m)).filter(|&form| form != m && !ts.is_shared_method(m))?;
        let pairs = self.exact.entry(ts.method_definition(m)).or_default();
        *pairs += 1;
        (*pairs > EXACT).then_some(form)
    }

    /// One generic virtual method on one type. Nothing: the type does not implement it, and a call says so.
    fn generic(&mut self, cx: &mut Cx<'_>, m: MethodDesc, t: TypeDesc) {
        let ts = cx.ts;
        if let Some(form) = self.form_beyond(ts, m) {
            cx.need(Sym::GvmHandle(form), Reason::GenericVirtual);
            // The runtime tells the arguments to the code by their tables, and the code may make objects of them (`new T()`).
            for &argument in ts.method_args(m).iter() {
                cx.need(Sym::NecessaryType(argument), Reason::GenericVirtual);
                if has_instances(ts, argument) && ts.default_ctor(argument).is_some() {
                    cx.need(Node::Activated(argument), Reason::Activation);
                }
            }
            cx.need(Node::Ability(Ability::MakeGenericMethods), Reason::GenericVirtual);
            return;
        }
        let (form, shared) = (ts.canonical_type(t), ts.is_shared_method(m));
        // Over `__Canon` beside others, for the sake of what templates name: there are no such objects or calls, and the canonical form is asked too.
        if form != t && ts.contains_canon(t) || shared && ts.canonical_method(m) != m {
            return;
        }
        // Calls of a canonical form find what an object's type has by the canonical form of that.
        if shared && form != t {
            cx.need(Sym::ConstructedType(form), Reason::GenericVirtual);
            return;
        }
        let mut first = true;
        for on in on_receiver(ts, m, t) {
            let target = match resolve_generic(ts, on, t) {
                Resolved::Method(f) | Resolved::Default(f) if crate::generics::method_depth(ts, f) > crate::generics::MAX_DEPTH => {
                    Some(crate::generics::beyond())
                }
                Resolved::Method(f) | Resolved::Default(f) => {
                    Some(object_entry(ts, f)).map(|s| if cx.admits(&s) { s } else { crate::generics::beyond() })
                }
                Resolved::Ambiguous => None,
                Resolved::None => continue,
            };
            if let Some(target) = &target {
                cx.need(target.clone(), Reason::GenericVirtual);
            }
            // Which of several interfaces it is the runtime finds out: the data has a row for each (`data::templates`).
            if std::mem::take(&mut first) {
                let (from, condition) = cx.both();
                self.generic.push(Joined { from, condition, row: GvmRow { receiver: t, handle: m, target } });
            }
        }
    }
}

/// Where calls of a generic virtual method meet types: a class's at the slot on the exact class, an interface's at the exact interface.
fn generic_call(ts: &TypeSystem, m: MethodDesc) -> Option<Meeting> {
    let owner = ts.method_owner(m);
    if ts.is_interface(owner) {
        return Some(generic_interface(ts, owner));
    }
    let slot = ts.vtable_slot(m).ok()?;
    match ts.vtable(owner).ok()?.get(slot as usize)? {
        VtableEntry::Method(s) => Some(Meeting::GenericSlot(s.decl)),
        VtableEntry::Dictionary(_) => None,
    }
}

/// The same of an interface: at its definition if another instantiation may stand for it (ECMA-335 II.9.5).
fn generic_interface(ts: &TypeSystem, interface: TypeDesc) -> Meeting {
    let variant = ts.variance(interface).iter().any(|&v| v != Variance::None);
    Meeting::GenericInterface(if variant { ts.generic_definition(interface) } else { interface })
}

/// A method over `__Canon` stands for calls over whatever the receiver has in its place (`templates`): several interfaces may have one canonical form.
fn on_receiver(ts: &TypeSystem, m: MethodDesc, t: TypeDesc) -> Vec<MethodDesc> {
    let owner = ts.method_owner(m);
    if !ts.contains_canon(owner) {
        return vec![m];
    }
    let is = |x: &TypeDesc| ts.canonical_type(*x) == owner;
    let found: Vec<TypeDesc> = if ts.is_interface(owner) {
        ts.interfaces(t).iter().copied().filter(is).collect()
    } else {
        std::iter::successors(Some(t), |&c| ts.base_type(c)).find(is).into_iter().collect()
    };
    if found.is_empty() { vec![m] } else { found.into_iter().map(|on| ts.method_on(m, on)).collect() }
}

/// What a call of a generic virtual method reaches on objects of a type.
fn resolve_generic(ts: &TypeSystem, m: MethodDesc, t: TypeDesc) -> Resolved {
    let owner = ts.method_owner(m);
    if !ts.can_cast_to(t, owner) {
        return Resolved::None;
    }
    match ts.is_interface(owner) {
        true => ts.resolve_interface(m, t),
        false => ts.resolve_virtual(m, t).map_or(Resolved::None, Resolved::Method),
    }
}
