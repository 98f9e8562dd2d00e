//! Manifests: what a program asks of assemblies themselves (ECMA-335 II.22.2, II.22.5, II.22.24), not of their types.

use crate::record;

record! {
    /// One assembly that the program can ask about.
    pub struct Manifest, ManifestFields {
        /// Display name, NUL-terminated.
        pub assembly: *const u8,
        /// `resource_count` resources, in the order of the table.
        pub resources: *const Resource,
        /// Number of them.
        pub resource_count: u64,
        /// `reference_count` display names, NUL-terminated, in the order of the table.
        pub references: *const *const u8,
        /// Number of them.
        pub reference_count: u64,
        /// The public key, or null.
        pub public_key: *const u8,
        /// Its length.
        pub public_key_size: u64,
    }
}

record! {
    /// An embedded resource.
    pub struct Resource, ResourceFields {
        /// Name, NUL-terminated UTF-8.
        pub name: *const u8,
        /// Its bytes.
        pub bytes: *const u8,
        /// Number of them.
        pub size: u64,
    }
}
