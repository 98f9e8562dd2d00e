//! Custom attributes by the name of their class (ECMA-335 II.22.10, II.23.3).

use crate::TypeSystem;
use crate::desc::*;
use kiln_metadata::{AssemblyId, CustomAttributeId, HasCustomAttribute};

impl TypeSystem {
    /// The value blob of the first attribute of this class.
    pub fn custom_attribute(&self, owner: impl Into<AttrOwner>, full_name: &str) -> Option<Vec<u8>> {
        let (module, id) = self.find_attribute(owner.into(), full_name)?;
        let data = self.module_data(module);
        data.metadata.custom_attribute(id).ok().map(|row| row.value.to_vec())
    }

    /// Whether there is an attribute of this class.
    pub fn has_attribute(&self, owner: impl Into<AttrOwner>, full_name: &str) -> bool {
        self.find_attribute(owner.into(), full_name).is_some()
    }

    /// Whether an assembly lets another one see what is internal (`[InternalsVisibleTo]`).
    pub(crate) fn is_friend(&self, of: ModuleId, friend: ModuleId) -> bool {
        self.names_assembly(of, "InternalsVisibleToAttribute", &self.assembly_name(friend))
    }

    /// Whether an assembly asks to see everything of another one (`[IgnoresAccessChecksTo]`).
    pub(crate) fn has_ignored(&self, own: ModuleId, other: &str) -> bool {
        self.names_assembly(own, "IgnoresAccessChecksToAttribute", other)
    }

    /// Whether an attribute of an assembly has the name of another one.
    fn names_assembly(&self, of: ModuleId, attribute: &str, name: &str) -> bool {
        let metadata = self.module(of);
        metadata.custom_attributes_of(AssemblyId(1)).into_iter().any(|id| {
            metadata.attribute_name(id) == Ok(("System.Runtime.CompilerServices", attribute))
                && metadata.decode_attribute(id, &mut |_| None).is_ok_and(|value| {
                    let text = value.fixed.first().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
                    text.split(',').next().is_some_and(|simple| simple.trim().eq_ignore_ascii_case(name))
                })
        })
    }

    pub(crate) fn find_attribute(&self, owner: AttrOwner, full_name: &str) -> Option<(ModuleId, CustomAttributeId)> {
        let (module, parent): (ModuleId, HasCustomAttribute) = match owner {
            AttrOwner::Type(t) => {
                let (m, d) = self.type_def(t)?;
                (m, d.into())
            }
            AttrOwner::Method(m) => {
                let (m, d) = self.method_def(m)?;
                (m, d.into())
            }
            AttrOwner::Field(f) => {
                let (m, d) = self.field_def(f);
                (m, d.into())
            }
            AttrOwner::Assembly(m) => (m, kiln_metadata::AssemblyId(1).into()),
        };
        let (ns, name) = full_name.rsplit_once('.').unwrap_or(("", full_name));
        let data = self.module_data(module);
        let id = data.metadata.find_attribute(parent, ns, name).ok().flatten()?;
        Some((module, id))
    }
}
