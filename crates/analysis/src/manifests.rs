//! What the program asks assemblies for: an output holds resources, references and public keys only when code that reads them is
//! reached.

use kiln_typesys::ModuleId;

/// Natives (prefixes of their link names) that read resources.
const RESOURCES: &str = "AssemblyNative_GetResource";
const RESOURCE_NAMES: &str = "AssemblyNative_GetManifestResource";
/// Lists the assemblies that an assembly refers to.
const REFERENCES: &str = "Kiln.Manifests::Reference(";
/// Reads the public key of an assembly.
const PUBLIC_KEY: &str = "Kiln.Manifests::PublicKey(";

/// What the data object says of assemblies.
#[derive(Clone, Debug, Default)]
pub struct Manifests {
    /// The application's own assemblies. Only their resources are kept: the class library reads its own for messages, and those
    /// are in the code already (`messages`).
    pub application: Vec<ModuleId>,
    /// Resources are read.
    pub resources: bool,
    /// References are listed.
    pub references: bool,
    /// Public keys are read.
    pub keys: bool,
}

impl Manifests {
    /// A native was reached.
    pub(crate) fn native(&mut self, name: &str) {
        self.resources |= name.starts_with(RESOURCES) || name.starts_with(RESOURCE_NAMES);
        self.references |= name.starts_with(REFERENCES);
        self.keys |= name.starts_with(PUBLIC_KEY);
    }

    /// Whether there is anything to say.
    #[must_use]
    pub fn any(&self) -> bool {
        self.resources || self.references || self.keys
    }
}
