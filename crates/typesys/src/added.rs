//! Attributes that a file adds to what an assembly says of its own (`ILLink.LinkAttributes.xml`). Who asks for an attribute of .NET's trimming
//! asks for these, too; nothing else sees them.

use crate::{ModuleId, TypeSystem};
use kiln_metadata::HasCustomAttribute;
use std::rc::Rc;

/// One attribute. All values are as they are written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AddedAttribute {
    /// Full name of its class.
    pub class: String,
    /// Arguments of its constructor.
    pub arguments: Vec<String>,
    /// Names and values of its properties and fields.
    pub named: Vec<(String, String)>,
}

impl AddedAttribute {
    /// The value of a property or field.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&str> {
        self.named.iter().find(|n| n.0 == name).map(|n| n.1.as_str())
    }
}

impl TypeSystem {
    /// Adds an attribute to a row of a module.
    pub fn add_attribute(&self, module: ModuleId, on: impl Into<HasCustomAttribute>, attribute: AddedAttribute) {
        self.added.borrow_mut().entry((module, on.into())).or_default().push(Rc::new(attribute));
    }

    /// What was added to a row, of a class.
    #[must_use]
    pub fn added_attributes(
        &self,
        module: ModuleId,
        on: impl Into<HasCustomAttribute>,
        namespace: &str,
        name: &str,
    ) -> Vec<Rc<AddedAttribute>> {
        let added = self.added.borrow();
        if added.is_empty() {
            return Vec::new();
        }
        let is = |a: &&Rc<AddedAttribute>| a.class.strip_prefix(namespace).and_then(|rest| rest.strip_prefix('.')) == Some(name);
        added.get(&(module, on.into())).into_iter().flatten().filter(is).cloned().collect()
    }
}
