//! Functions of native libraries whose parameters cannot be marshalled for certain: COM, and delegates of no known type.

use super::Scan;
use super::calls::Call;
use crate::names;
use kiln_diag::codes;
use kiln_metadata::flags::type_attributes::{AUTO_LAYOUT, LAYOUT_MASK};
use kiln_typesys::{TypeDesc, TypeKind, TypeSystem, WellKnown};

impl Scan<'_> {
    /// A call of a function of a native library.
    pub(super) fn marshalled(&mut self, call: &Call<'_>) {
        let ts = self.ts;
        if !ts.is_pinvoke(call.definition) || !ts.method_def(call.definition).is_some_and(|(m, _)| self.known.application.contains(&m)) {
            return;
        }
        let Ok(sig) = ts.method_sig(call.definition) else { return };
        if sig.params.iter().chain([&sig.ret]).any(|&t| is_com(ts, t)) {
            let text = format!(
                "`{}` has a parameter or result that is marshalled as COM, which a native program has not",
                names::method(ts, call.definition)
            );
            self.say(codes::COM_MARSHALLING, call.at, text);
        }
        if sig.params.iter().any(|&t| is_named(ts, t, &["Delegate", "MulticastDelegate"])) {
            let text = format!(
                "`{}` takes a delegate of any type, and the code to call it from outside is only made for types that are known",
                names::method(ts, call.definition)
            );
            self.say(codes::ABSTRACT_DELEGATE, call.at, text);
        }
    }
}

fn is_named(ts: &TypeSystem, t: TypeDesc, of: &[&str]) -> bool {
    let (namespace, name) = ts.namespace_and_name(t);
    namespace == "System" && of.contains(&name.as_str())
}

/// Whether values of the type are COM's where nothing says otherwise.
fn is_com(ts: &TypeSystem, t: TypeDesc) -> bool {
    let t = match ts.kind(t) {
        TypeKind::ByRef(e) => e,
        TypeKind::Def { .. } => t,
        _ => return false,
    };
    if ts.is_value_type(t) || t == ts.well_known(WellKnown::Void) || t == ts.well_known(WellKnown::String) || ts.is_delegate(t) {
        return false;
    }
    if ts.is_interface(t) || is_named(ts, t, &["Object", "Array"]) {
        return true;
    }
    let mut bases = std::iter::successors(Some(t), |&t| ts.base_type(t));
    let is_known = bases.any(|b| {
        let (namespace, name) = ts.namespace_and_name(b);
        matches!(
            (namespace.as_str(), name.as_str()),
            ("System.Text", "StringBuilder") | ("System.Runtime.InteropServices", "SafeHandle" | "CriticalHandle") | ("System", "Delegate")
        )
    });
    !is_known && ts.type_flags(t) & LAYOUT_MASK == AUTO_LAYOUT
}
