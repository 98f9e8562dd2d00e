//! Proxies (`System.Reflection.DispatchProxy`): the runtime makes types that implement interfaces; the code of their methods is one per
//! signature (`abi::proxies`).
//!
//! Which interfaces: those that are described, as what the program hands to `DispatchProxy.Create` is.

use super::members;
use crate::abilities::Ability;
use crate::cx::Cx;
use crate::graph::{Node, Reason};
use kiln_lir::Sym;
use kiln_lower::objects_signature;
use kiln_typesys::{MethodDesc, TypeDesc, TypeKind, TypeSystem};

/// What implements an interface's method on proxies; `None` where a parameter or the result cannot be an object.
#[must_use]
pub fn proxy_method(ts: &TypeSystem, m: MethodDesc) -> Option<Sym> {
    let sig = ts.method_sig(m).ok().filter(|_| ts.is_virtual(m) && !ts.is_static_method(m))?;
    // A template's method would have to know the arguments to box a value.
    let boxes_unknown = |t: TypeDesc| {
        let t = if let TypeKind::ByRef(e) = ts.kind(t) { e } else { t };
        ts.contains_canon(t) && ts.is_value_type(t)
    };
    if sig.params.iter().chain([&sig.ret]).any(|&p| boxes_unknown(p)) {
        return None;
    }
    objects_signature(ts, &sig).map(Sym::ProxyMethod)
}

/// Proxies may have an interface, and with it those that it inherits.
pub(super) fn interface(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    for &m in ts.methods(t).iter().filter(|&&m| ts.method_generic_count(m) == 0) {
        if let Some(code) = proxy_method(ts, m) {
            cx.need(code, Reason::Reflection);
        }
    }
    for &i in ts.interfaces(t).iter() {
        members::describe(cx, i);
    }
}

/// A generic method is called virtually: the receiver may be a proxy.
pub(super) fn generic(cx: &mut Cx<'_>, m: MethodDesc) {
    let ts = cx.ts;
    if !ts.is_interface(ts.method_owner(m)) || ts.contains_vars_method(m) || ts.is_runtime_determined_method(m) {
        return;
    }
    if let Some(code) = proxy_method(ts, m) {
        cx.need_if(&Node::Ability(Ability::MakeProxies), code, Reason::Reflection);
    }
}
