//! Calls of vectors' generic collection interfaces (ECMA-335 I.8.9.1, II.14.2; contract §7): the interface that is called, not the vector, says
//! which method of SZArrayHelper it is, so one row of the exact interface stands for all vectors that convert to it.
//!
//! A row is there for what exact code calls of an interface that a vector with objects converts to. What is made at run time finds the rows of the
//! canonical form (`templates`).

use super::{Dispatch, DispatchRowOf, Joined, call, constructed, object_entry};
use crate::cx::Cx;
use crate::graph::{Meeting, Reason};
use crate::program::DispatchRow;
use kiln_lir::Sym;
use kiln_typesys::{MethodDesc, Resolved, TypeClass, TypeDesc, TypeSystem, Variance, WellKnown};

/// Whether a vector stands for all that share its code.
pub(super) fn is_canonical(ts: &TypeSystem, vector: TypeDesc) -> bool {
    ts.contains_canon(vector) && ts.canonical_type(vector) == vector
}

impl Dispatch {
    /// A vector got objects.
    pub(super) fn vector(&mut self, cx: &mut Cx<'_>, vector: TypeDesc, element: TypeDesc) {
        if cx.ts.contains_canon(vector) {
            return;
        }
        let at = cx.at();
        for key in keys(cx.ts, element) {
            for id in cx.offer(Meeting::Vectors(key)) {
                if let Some(m) = call(cx, id) {
                    cx.pair(at, id, |cx| self.called_on(cx, vector, m));
                }
            }
        }
    }

    /// An interface method is called.
    pub(super) fn called_on_vectors(&mut self, cx: &mut Cx<'_>, m: MethodDesc) {
        let ts = cx.ts;
        let interface = ts.method_owner(m);
        if !ts.is_vector_interface(interface) {
            return;
        }
        let Some(&argument) = ts.type_args(interface).first() else { return };
        if ts.contains_canon(interface) {
            // Code that is made at run time calls it: on vectors over whatever its arguments are then.
            let vector = ts.sz_array(ts.canonical_type(argument));
            self.row_of_interface(cx, vector, ts.method_on(m, ts.canonical_type(interface)));
            return;
        }
        let at = cx.at();
        for id in cx.ask(Meeting::Vectors(key(ts, argument))) {
            if let Some(vector) = constructed(cx, id) {
                cx.pair(id, at, |cx| self.called_on(cx, vector, m));
            }
        }
    }

    fn called_on(&mut self, cx: &mut Cx<'_>, vector: TypeDesc, m: MethodDesc) {
        if cx.ts.can_cast_to(vector, cx.ts.method_owner(m)) {
            self.row_of_interface(cx, vector, m);
        }
    }

    /// A row of the interface whose method it is.
    pub(super) fn row_of_interface(&mut self, cx: &mut Cx<'_>, vector: TypeDesc, m: MethodDesc) {
        let ts = cx.ts;
        let (Resolved::Method(found) | Resolved::Default(found)) = ts.resolve_interface(m, vector) else { return };
        let target = object_entry(ts, found);
        cx.need(target.clone(), Reason::Implements);
        let (from, condition) = cx.both();
        let interface = ts.method_owner(m);
        if ts.contains_canon(interface) {
            // What vectors that are made at run time are like, whatever else is made there.
            cx.need(Sym::NecessaryType(interface), Reason::Template);
            cx.need(Sym::MethodDictionary(ts.canonical_method(found)), Reason::Template);
        }
        let row = DispatchRow { interface, slot: ts.interface_slot(m), target: Some(target) };
        self.rows.push(Joined { from, condition, row: DispatchRowOf { receiver: interface, row } });
    }
}

/// Where calls of an interface over an argument meet vectors: at a type that their elements have in common.
fn key(ts: &TypeSystem, argument: TypeDesc) -> TypeDesc {
    if ts.is_array(argument) {
        return ts.well_known(WellKnown::Array);
    }
    if ts.type_class(argument) != TypeClass::Ref {
        return ts.reduced_element(argument);
    }
    let variant = ts.is_vector_interface(argument) || ts.variance(argument).iter().any(|&v| v != Variance::None);
    if variant { ts.generic_definition(argument) } else { argument }
}

/// The keys of everything that a vector's elements convert to.
fn keys(ts: &TypeSystem, element: TypeDesc) -> Vec<TypeDesc> {
    let mut out = vec![key(ts, element)];
    if ts.type_class(element) == TypeClass::Ref {
        let bases = std::iter::successors(ts.base_type(element), |&c| ts.base_type(c));
        let interfaces = ts.interfaces(element);
        for t in bases.chain(interfaces.iter().copied()).chain([ts.well_known(WellKnown::Object)]) {
            let key = key(ts, t);
            if !out.contains(&key) {
                out.push(key);
            }
        }
    }
    out
}
