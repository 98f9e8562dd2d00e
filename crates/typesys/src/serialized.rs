//! Types by the names that strings have for them: serialized names of attributes and of `Type.GetType` (ECMA-335 II.23.3).

use crate::TypeSystem;
use crate::desc::*;
use kiln_metadata::{TypeModifier, TypeName};

impl TypeSystem {
    /// The type that a serialized name means: of the module, if it has one of this name, else of any. The name's assembly is not looked at.
    pub fn type_of_name(&self, name: &TypeName, module: Option<ModuleId>) -> Option<TypeDesc> {
        let nested = name.names.join("+");
        let full = if name.namespace.is_empty() { nested.clone() } else { format!("{}.{nested}", name.namespace) };
        let local = module.and_then(|m| self.find_type(m, &name.namespace, &nested));
        let mut t = local.or_else(|| self.find_type_by_full_name(&full))?;
        if !name.args.is_empty() {
            let args: Vec<TypeDesc> = name.args.iter().map(|a| self.type_of_name(a, module)).collect::<Option<_>>()?;
            if self.type_args(t).len() != args.len() {
                return None;
            }
            t = self.instantiate(t, &args);
        }
        for modifier in &name.modifiers {
            t = match modifier {
                TypeModifier::Pointer => self.ptr(t),
                TypeModifier::ByRef => self.byref(t),
                TypeModifier::SzArray => self.sz_array(t),
                TypeModifier::Array(rank) => self.md_array(t, *rank),
            };
        }
        Some(t)
    }
}
