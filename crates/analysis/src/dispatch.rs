//! Joins of virtual, interface and generic virtual calls with constructed types (contract §7; ECMA-335 II.12.2).

use crate::graph::{Node, NodeId, Reason};
use crate::program::{DispatchRow, GvmRow};
use crate::worklist::Analyzer;
use kiln_lir::Sym;
use kiln_lower::{method_entry, names::unboxing_entry};
use kiln_support::{FxHashMap, FxHashSet, FxIndexMap, FxIndexSet};
use kiln_typesys::{MethodDesc, Resolved, TypeDesc, TypeSystem, VtableEntry};

/// Incremental state of the joins.
#[derive(Debug, Default)]
pub(crate) struct Joins {
    /// Introducing declaration (canonical) → entries that constructed types put into the slot.
    slots: FxHashMap<MethodDesc, FxIndexMap<Sym, NodeId>>,
    /// Canonical interface → exact implementations (constructed type, exact interface, node of the type).
    implementors: FxHashMap<TypeDesc, Vec<(TypeDesc, TypeDesc, NodeId)>>,
    /// Canonical interface → its methods in use.
    interface_uses: FxHashMap<TypeDesc, FxIndexSet<MethodDesc>>,
    /// Class slots in use.
    pub used_slots: FxHashSet<MethodDesc>,
    /// Generic virtual methods in use.
    handles: Vec<MethodDesc>,
    /// Types that objects may be of.
    instances: Vec<(TypeDesc, NodeId)>,
    /// Rows found.
    pub dispatch: FxIndexMap<TypeDesc, Vec<DispatchRow>>,
    /// Rows found.
    pub gvm: Vec<GvmRow>,
}

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

impl Analyzer<'_> {
    /// A virtual method (class or interface, not generic itself) is called virtually. `m` may be an override.
    pub(crate) fn virtual_use(&mut self, m: MethodDesc, from: NodeId) {
        let ts = self.ts;
        let m = ts.canonical_method(m);
        let owner = ts.method_owner(m);
        if !ts.is_interface(owner) {
            let decl = ts
                .vtable_slot(m)
                .and_then(|slot| Ok((slot, ts.vtable(owner)?)))
                .ok()
                .and_then(|(slot, vtable)| match vtable.get(slot as usize) {
                    Some(VtableEntry::Method(s)) => Some(ts.canonical_method(s.decl)),
                    _ => None,
                })
                .unwrap_or(m);
            self.reach(Node::VirtualUse(decl), from, Reason::VirtualCall);
            return;
        }
        self.reach(Node::VirtualUse(m), from, Reason::VirtualCall);
    }

    /// Processes a new `Node::VirtualUse`.
    pub(crate) fn process_use(&mut self, decl: MethodDesc) {
        let ts = self.ts;
        let owner = ts.method_owner(decl);
        if ts.is_interface(owner) {
            if !self.joins.interface_uses.entry(owner).or_default().insert(decl) {
                return;
            }
            let all = self.joins.implementors.get(&owner).cloned().unwrap_or_default();
            for (t, interface, id) in all {
                self.implement(t, interface, decl, id);
            }
            return;
        }
        self.joins.used_slots.insert(decl);
        let entries: Vec<(Sym, NodeId)> =
            self.joins.slots.get(&decl).map(|m| m.iter().map(|(s, n)| (s.clone(), *n)).collect()).unwrap_or_default();
        for (s, id) in entries {
            self.reach_sym(s, id, Reason::Override);
        }
    }

    /// A type got instances.
    pub(crate) fn join_type(&mut self, t: TypeDesc, id: NodeId) {
        let ts = self.ts;
        match ts.vtable(t) {
            Ok(vtable) => {
                for e in vtable.iter() {
                    let VtableEntry::Method(slot) = e else { continue };
                    if ts.is_abstract_method(slot.imp) || ts.method_generic_count(slot.imp) > 0 {
                        continue;
                    }
                    let decl = ts.canonical_method(slot.decl);
                    let entry = object_entry(ts, slot.imp);
                    let used = self.joins.used_slots.contains(&decl);
                    self.joins.slots.entry(decl).or_default().entry(entry.clone()).or_insert(id);
                    if used {
                        self.reach_sym(entry, id, Reason::Override);
                    }
                }
            }
            Err(e) => self.type_warning(t, &e),
        }
        for &interface in ts.interfaces(t).iter() {
            let canonical = ts.canonical_type(interface);
            self.joins.implementors.entry(canonical).or_default().push((t, interface, id));
            let uses: Vec<MethodDesc> = self.joins.interface_uses.get(&canonical).map(|s| s.iter().copied().collect()).unwrap_or_default();
            for decl in uses {
                self.implement(t, interface, decl, id);
            }
        }
        self.joins.instances.push((t, id));
        for i in 0..self.joins.handles.len() {
            self.join_gvm(self.joins.handles[i], t, id);
        }
    }

    /// One interface method on one type.
    fn implement(&mut self, t: TypeDesc, interface: TypeDesc, decl: MethodDesc, id: NodeId) {
        let ts = self.ts;
        let exact = ts.method_on(ts.method_definition(decl), interface);
        let slot = ts.interface_slot(exact);
        let target = match ts.resolve_interface(exact, t) {
            Resolved::Method(m) | Resolved::Default(m) => {
                let s = if ts.is_abstract_method(m) { return } else { object_entry(ts, m) };
                self.reach_sym(s.clone(), id, Reason::Implements);
                Some(s)
            }
            Resolved::Ambiguous => None,
            Resolved::None => return,
        };
        self.joins.dispatch.entry(t).or_default().push(DispatchRow { interface, slot, target });
    }

    /// A generic virtual method instantiation is in use.
    pub(crate) fn process_gvm_handle(&mut self, m: MethodDesc) {
        self.joins.handles.push(m);
        for i in 0..self.joins.instances.len() {
            let (t, id) = self.joins.instances[i];
            self.join_gvm(m, t, id);
        }
    }

    fn join_gvm(&mut self, m: MethodDesc, t: TypeDesc, id: NodeId) {
        let ts = self.ts;
        let owner = ts.method_owner(m);
        if !ts.can_cast_to(t, owner) {
            return;
        }
        let found = if ts.is_interface(owner) {
            // The receiver may implement another, variance-compatible instantiation.
            let def = ts.generic_definition(owner);
            let all = ts.interfaces(t);
            let exact = all.iter().copied().find(|&i| i == owner);
            let interface = exact.or_else(|| all.iter().copied().find(|&i| ts.generic_definition(i) == def && ts.can_cast_to(i, owner)));
            match interface.map(|i| ts.resolve_interface(ts.method_on(m, i), t)) {
                Some(Resolved::Method(f) | Resolved::Default(f)) => Some(f),
                _ => None,
            }
        } else {
            ts.resolve_virtual(m, t)
        };
        let Some(f) = found.filter(|&f| !ts.is_abstract_method(f)) else { return };
        if crate::generics::method_depth(ts, f) > crate::generics::MAX_DEPTH {
            return;
        }
        let target = object_entry(ts, f);
        self.reach_sym(target.clone(), id, Reason::GenericVirtual);
        self.joins.gvm.push(GvmRow { receiver: t, handle: m, target });
    }
}
