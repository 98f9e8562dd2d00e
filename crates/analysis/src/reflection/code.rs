//! How reflection calls a method: which symbols of its code a description refers to.

use crate::dispatch::object_entry;
use kiln_lir::Sym;
use kiln_lower::{invoker_signature, method_entry};
use kiln_typesys::{MethodDesc, TypeClass, TypeDesc, TypeKind, TypeSystem, WellKnown};

/// The symbols of a method's code (`abi::reflection::MethodCode`).
#[derive(Clone, Debug)]
pub struct CodeSyms {
    /// What a delegate over it holds.
    pub entry: Option<Sym>,
    /// What reflection calls.
    pub call: Sym,
    /// How it is called.
    pub invoker: Sym,
}

/// How reflection calls a method; `None` for what it cannot call.
#[must_use]
pub fn method_code(ts: &TypeSystem, m: MethodDesc) -> Option<CodeSyms> {
    let owner = ts.method_owner(m);
    if ts.is_cctor(m) || ts.contains_vars(owner) || ts.contains_vars_method(m) || ts.method_def(m).is_none() {
        return None;
    }
    let is_static = ts.is_static_method(m);
    if !is_static && ts.is_by_ref_like(owner) {
        return None;
    }
    // Strings are made by static methods with the constructor's parameters.
    if ts.is_ctor(m) && ts.is_well_known(owner, WellKnown::String) {
        let sig = ts.method_sig(m).ok()?;
        let maker = ts.find_methods(owner, "Ctor").into_iter().find(|&c| ts.method_sig(c).is_ok_and(|s| s.params == sig.params))?;
        return method_code(ts, maker);
    }
    if ts.is_delegate(owner) && (ts.is_ctor(m) || !ts.is_delegate_invoke(m)) {
        return None;
    }
    let sig = ts.method_sig(m).ok()?;
    let impossible = |t: TypeDesc| ts.is_by_ref_like(t) || matches!(ts.kind(t), TypeKind::ByRef(e) if ts.is_by_ref_like(e));
    if sig.call_conv == 5 || sig.params.iter().chain([&sig.ret]).any(|&t| impossible(t) || ts.type_class(t) == TypeClass::Unknown) {
        return None;
    }
    let is_abstract = ts.is_abstract_method(m);
    if is_abstract && is_static {
        return None;
    }
    let entry = (!is_abstract).then(|| if is_static { method_entry(ts, m) } else { object_entry(ts, m) });
    let dispatched =
        !is_static && ts.is_virtual(m) && !ts.is_value_type(owner) && (is_abstract || !(ts.is_final(m) || ts.is_sealed(owner)));
    let call = match (&entry, dispatched) {
        (_, true) => Sym::VirtualCall(m),
        (None, _) => return None,
        // An open delegate has the address of a value, an object's value is at a distance: one form is enough.
        (Some(_), _) => method_entry(ts, m),
    };
    Some(CodeSyms { entry, call, invoker: Sym::Invoker(invoker_signature(ts, &sig)) })
}
