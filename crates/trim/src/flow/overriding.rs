//! What a member asks and promises of types must be what the member that it overrides or implements does: callers see either.

use super::Flow;
use crate::check::Finding;
use crate::names;
use kiln_diag::{Code, codes};
use kiln_flow::{Members, OfMethod};
use kiln_metadata::TypeOrMethodDef;
use kiln_typesys::{MethodDesc, TypeSystem};

impl Flow {
    /// Compares a method with one that it overrides or implements.
    pub(crate) fn overriding(&mut self, ts: &TypeSystem, own: MethodDesc, base: MethodDesc, out: &mut Vec<Finding>) {
        let annotations = &mut self.known.promises.annotations;
        let (here, there) = (annotations.of_method(ts, own), annotations.of_method(ts, base));
        if here.is_some() || there.is_some() {
            let (here, there) = (here.unwrap_or_default(), there.unwrap_or_default());
            for (code, what, here, there) in differences(ts, own, &here, &there) {
                self.differs(ts, (own, base), code, &what, (here, there), out);
            }
        }
        let generic = |m: MethodDesc| ts.method_def(m).map(|(module, row)| (module, TypeOrMethodDef::from(row)));
        for index in 0..ts.method_generic_count(own) {
            let mut of = |m| {
                let asked = self.known.promises.annotations.of_method_parameters(ts, m);
                asked.iter().find(|p| p.0 == index).map_or(Members::NONE, |p| p.1)
            };
            let (here, there) = (of(own), of(base));
            if here != there && generic(own).is_some() {
                let what = format!("its type parameter `{}`", names::method_parameter(ts, own, index));
                self.differs(ts, (own, base), codes::TYPE_PARAMETER_MISMATCH, &what, (here, there), out);
            }
        }
    }

    fn differs(
        &mut self,
        ts: &TypeSystem,
        (own, base): (MethodDesc, MethodDesc),
        code: Code,
        what: &str,
        (here, there): (Members, Members),
        out: &mut Vec<Finding>,
    ) {
        if self.known.suppressions.covers(ts, &[own], code.as_str()) {
            return;
        }
        let said = |m: Members| if m.is_empty() { "nothing".to_owned() } else { m.to_string() };
        let verb = if ts.is_interface(ts.method_owner(base)) { "implements" } else { "overrides" };
        let text = format!(
            "`{own_name}` asks for {} of {what}, and `{}`, which it {verb}, for {}: make `[DynamicallyAccessedMembers]` the same on both",
            said(here),
            names::method(ts, base),
            said(there),
            own_name = names::method(ts, own),
        );
        out.push(Finding { code, member: names::method(ts, own), at: Some(own), offset: None, text });
    }
}

/// Code, what differs, and how, of everything but type parameters.
fn differences(ts: &TypeSystem, own: MethodDesc, here: &OfMethod, there: &OfMethod) -> Vec<(Code, String, Members, Members)> {
    let mut out = Vec::new();
    if here.this != there.this {
        out.push((codes::THIS_MISMATCH, "`this`".to_owned(), here.this, there.this));
    }
    if here.result != there.result {
        out.push((codes::RESULT_MISMATCH, "what it returns".to_owned(), here.result, there.result));
    }
    for index in 0..ts.method_sig(own).map_or(0, |sig| sig.params.len()) {
        let (a, b) = (here.argument(index, true), there.argument(index, true));
        if a != b {
            out.push((codes::PARAMETER_MISMATCH, format!("its parameter `{}`", names::parameter(ts, own, index)), a, b));
        }
    }
    out
}
