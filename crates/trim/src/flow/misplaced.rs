//! `[DynamicallyAccessedMembers]` on what is no type, on a method, or twice on a property.

use super::{Flow, backing};
use crate::check::Finding;
use crate::names;
use kiln_diag::{Code, codes};
use kiln_flow::promised;
use kiln_metadata::flags::method_semantics;
use kiln_metadata::{MethodDefId, PropertyId};
use kiln_typesys::{MethodDesc, ModuleId, TypeDesc, TypeKind, TypeSystem, WellKnown};

/// Whether types flow through a place of this type.
fn carries_types(ts: &TypeSystem, t: TypeDesc) -> bool {
    let t = match ts.kind(t) {
        TypeKind::ByRef(e) => e,
        _ => t,
    };
    if t == ts.well_known(WellKnown::String) {
        return true;
    }
    let mut bases = std::iter::successors(Some(t), |&t| ts.base_type(t));
    let (namespace, name) = ts.namespace_and_name(t);
    namespace == "System.Reflection" && name == "IReflect"
        || bases.any(|b| ts.namespace_and_name(b) == ("System".to_owned(), "Type".to_owned()))
}

fn is_no_type(ts: &TypeSystem, t: Option<TypeDesc>) -> bool {
    t.is_some_and(|t| !carries_types(ts, t))
}

/// `where` stands for the place.
fn no_type(place: &str) -> String {
    format!("`[DynamicallyAccessedMembers]` stands on {place}, which is no type and no name of one")
}

impl Flow {
    /// All that is wrong in a type, of which `at` was reached.
    pub(super) fn misplaced(&mut self, ts: &TypeSystem, t: TypeDesc, at: MethodDesc, out: &mut Vec<Finding>) {
        let mut said = Vec::new();
        for &m in ts.methods(t).iter() {
            self.on_method(ts, t, m, &mut said);
        }
        let Some((module, row)) = ts.type_def(t) else { return };
        let metadata = ts.module(module);
        for &f in ts.fields(t).iter() {
            if !promised(ts, module, ts.field_def(f).1).is_empty() && is_no_type(ts, ts.field_type(f).ok()) {
                said.push((codes::PROMISE_ON_FIELD, at, no_type(&format!("`{}`", names::field(ts, f)))));
            }
        }
        for p in metadata.properties_of(row).into_iter().flatten() {
            on_property(ts, t, p, &mut said);
        }
        for (code, at, text) in said {
            self.say_of(ts, code, t, at, text, out);
        }
    }

    fn on_method(&mut self, ts: &TypeSystem, t: TypeDesc, m: MethodDesc, out: &mut Vec<(Code, MethodDesc, String)>) {
        let (Some((module, def)), Ok(sig)) = (ts.method_def(m), ts.method_sig(m)) else { return };
        let Some(of) = self.known.promises.annotations.of_method(ts, m) else { return };
        let name = names::method(ts, m);
        if !of.this.is_empty() && (ts.is_static_method(m) || !carries_types(ts, t)) {
            let text =
                format!("`[DynamicallyAccessedMembers]` stands on `{name}`, a method: write `[return: …]`, or put it on a parameter");
            out.push((codes::PROMISE_ON_METHOD, m, text));
        }
        let metadata = ts.module(module);
        for id in metadata.params_of(def).into_iter().flatten() {
            let Ok(param) = metadata.param(id) else { continue };
            if promised(ts, module, id).is_empty() {
                continue;
            }
            let (code, what, ty) = match usize::from(param.sequence).checked_sub(1) {
                None => (codes::PROMISE_ON_RESULT, format!("the result of `{name}`"), Some(sig.ret)),
                Some(i) => (codes::PROMISE_ON_PARAMETER, format!("the parameter `{}` of `{name}`", param.name), sig.params.get(i).copied()),
            };
            if is_no_type(ts, ty) {
                out.push((code, m, no_type(&what)));
            }
        }
    }
}

fn on_property(ts: &TypeSystem, t: TypeDesc, p: PropertyId, out: &mut Vec<(Code, MethodDesc, String)>) {
    let Some((module, _)) = ts.type_def(t) else { return };
    let metadata = ts.module(module);
    if promised(ts, module, p).is_empty() {
        return;
    }
    let accessor = |which| metadata.accessor(p, which).ok().flatten();
    let (getter, setter) = (accessor(method_semantics::GETTER), accessor(method_semantics::SETTER));
    let find = |def: MethodDefId| ts.methods(t).iter().copied().find(|&m| ts.method_def(m) == Some((module, def)));
    let Some(m) = getter.or(setter).and_then(find) else { return };
    let ty = ts.method_sig(m).ok().and_then(|sig| if getter.is_some() { Some(sig.ret) } else { sig.params.last().copied() });
    let name = names::method(ts, m);
    let name = name.rsplit_once('.').map_or(name.as_str(), |n| n.0);
    if is_no_type(ts, ty) {
        out.push((codes::PROMISE_ON_PROPERTY, m, no_type(&format!("`{name}`"))));
    }
    on_backing(ts, (module, p), (getter.and_then(find), setter.and_then(find)), (m, name), out);
    for (def, of_result) in [(getter, true), (setter, false)] {
        let Some(def) = def else { continue };
        let conflicts = metadata.params_of(def).into_iter().flatten().any(|id| {
            let is_value = metadata.param(id).is_ok_and(|row| (row.sequence == 0) == of_result);
            is_value && !promised(ts, module, id).is_empty()
        });
        if let Some(m) = find(def).filter(|_| conflicts) {
            let text = format!("`[DynamicallyAccessedMembers]` stands on `{name}` and on its accessor: that of the accessor counts");
            out.push((codes::PROMISES_OF_PROPERTY_CONFLICT, m, text));
        }
    }
}

/// The field behind a property.
fn on_backing(
    ts: &TypeSystem,
    (module, p): (ModuleId, PropertyId),
    (getter, setter): (Option<MethodDesc>, Option<MethodDesc>),
    (at, name): (MethodDesc, &str),
    out: &mut Vec<(Code, MethodDesc, String)>,
) {
    let read = getter.and_then(|m| backing::field(ts, m, false));
    let written = setter.and_then(|m| backing::field(ts, m, true));
    if let (Some(read), Some(written)) = (read, written)
        && read != written
    {
        let text = format!(
            "`[DynamicallyAccessedMembers]` stands on `{name}`, which gets from `{}` and sets `{}`: put it on these",
            names::field(ts, read),
            names::field(ts, written)
        );
        out.push((codes::BACKING_FIELD_UNCLEAR, at, text));
        return;
    }
    let Some(f) = read.or(written) else { return };
    let (own, of_property) = (promised(ts, module, ts.field_def(f).1), promised(ts, module, p));
    if !own.is_empty() && own != of_property {
        let text = format!(
            "`[DynamicallyAccessedMembers]` stands on `{name}` for {of_property} and on the field behind it for {own}: keep that of the property"
        );
        out.push((codes::BACKING_FIELD_CONFLICT, at, text));
    }
}
