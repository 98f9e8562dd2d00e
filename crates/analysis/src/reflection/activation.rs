//! Objects that reflection makes by a parameterless constructor: `Activator.CreateInstance<T>()`, and `CreateInstance(Type)` of the types
//! that code outside of CoreLib names.

use super::Reflecting;
use crate::cx::Cx;
use crate::dispatch::has_instances;
use crate::graph::{Node, Reason};
use kiln_lir::Sym;
use kiln_lower::method_entry;
use kiln_typesys::{MethodDesc, TypeDesc, TypeKind, TypeSystem};

/// `Activator.CreateInstance<T>()`.
pub(super) fn create_instance(ts: &TypeSystem) -> Option<MethodDesc> {
    let activator = ts.find_type(ts.corelib(), "System", "Activator")?;
    let all = ts.find_methods(activator, "CreateInstance").into_iter();
    all.into_iter().find(|&m| ts.method_generic_count(m) == 1 && ts.method_sig(m).is_ok_and(|s| s.params.is_empty()))
}

impl Reflecting {
    /// `CreateInstance<T>` needs T's parameterless constructor.
    pub(super) fn activation(&self, cx: &mut Cx<'_>, m: MethodDesc) {
        if self.create_instance == Some(cx.ts.method_definition(m))
            && let Some(&t) = cx.ts.method_args(m).first()
        {
            activate(cx, t);
        }
    }
}

/// A type is named, and objects are made by type.
pub(super) fn by_type(cx: &mut Cx<'_>, t: TypeDesc) {
    if has_instances(cx.ts, t) && cx.ts.default_ctor(t).is_some() {
        activate(cx, t);
    }
}

fn activate(cx: &mut Cx<'_>, t: TypeDesc) {
    let ts = cx.ts;
    if !ts.contains_vars(t) && !matches!(ts.kind(t), TypeKind::RuntimeDetermined { .. }) && !ts.contains_canon(t) {
        cx.need(Node::Activated(t), Reason::Activation);
    }
}

/// Objects of the type may be made by reflection.
pub(super) fn activated(cx: &mut Cx<'_>, t: TypeDesc) {
    cx.need(Sym::ConstructedType(t), Reason::Activation);
    if let Some(entry) = default_ctor(cx.ts, t) {
        cx.need(entry, Reason::Activation);
    }
}

/// The entry of a type's parameterless constructor.
pub(crate) fn default_ctor(ts: &TypeSystem, t: TypeDesc) -> Option<Sym> {
    ts.default_ctor(t).map(|c| method_entry(ts, c))
}
