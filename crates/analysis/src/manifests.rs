//! What the program asks assemblies for: an output holds resources, references and public keys only when code that reads them is
//! reached.

use crate::abilities::Ability;
use crate::graph::{Graph, Node};
use kiln_metadata::Module;
use kiln_typesys::ModuleId;

/// What the data object says of assemblies.
#[derive(Clone, Debug, Default)]
pub struct Manifests {
    /// The application's own assemblies. Only their resources are kept: the class library reads its own for messages, and those
    /// are in the code already (`messages`).
    pub application: Vec<ModuleId>,
    /// Assemblies without code: resources of the application's in other languages.
    pub satellites: Vec<Module>,
    /// Resources are read.
    pub resources: bool,
    /// References are listed.
    pub references: bool,
    /// Public keys are read.
    pub keys: bool,
}

impl Manifests {
    /// What a marked program asks for.
    pub(crate) fn of(graph: &Graph, application: Vec<ModuleId>) -> Self {
        let can = |a| graph.contains(&Node::Ability(a));
        Self {
            application,
            satellites: Vec::new(),
            resources: can(Ability::ReadResources),
            references: can(Ability::ListReferences),
            keys: can(Ability::ReadPublicKeys),
        }
    }

    /// Whether there is anything to say.
    #[must_use]
    pub fn any(&self) -> bool {
        self.resources || self.references || self.keys
    }
}
