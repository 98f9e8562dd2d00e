//! `TypeSysError`: why a type, method or field does not load. A value, never a panic (ECMA-335 II.22, II.23.2 give the rules).

use crate::desc::ModuleId;
use kiln_metadata::MetadataError;

/// Why something does not load. Cheap to clone: answers are memoised, failures too.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TypeSysError {
    /// The metadata of a module is damaged.
    #[error("{module}: {source}")]
    Metadata {
        /// Simple name of the module.
        module: String,
        /// What was wrong.
        source: MetadataError,
    },
    /// No module of the set defines the basic types.
    #[error("System.Private.CoreLib is not among the inputs")]
    NoCoreLib,
    /// A module without an assembly manifest.
    #[error("{0} is not an assembly")]
    NotAnAssembly(String),
    /// Two modules with one simple name.
    #[error("two assemblies named {0}")]
    DuplicateAssembly(String),
    /// A type the compiler itself needs is missing in the class library.
    #[error("the class library has no type {0}")]
    MissingWellKnown(String),
    /// A referenced assembly is not among the inputs.
    #[error("assembly {name} is not among the inputs (referenced by {from})")]
    MissingAssembly {
        /// Simple name.
        name: String,
        /// As it is referenced: with version, culture and token.
        identity: String,
        /// Who refers to it.
        from: String,
    },
    /// A referenced type does not exist.
    #[error("Could not load type '{name}' from assembly '{assembly}'.")]
    MissingType {
        /// Full name.
        name: String,
        /// Identity of where it should be.
        assembly: String,
    },
    /// A reference to a method that does not exist: what it says of it.
    #[error("Method not found: '{0}'.")]
    MethodNotFound(String),
    /// A reference to a field that does not exist.
    #[error("Field not found: '{0}'.")]
    FieldNotFound(String),
    /// A referenced method does not exist.
    #[error("method {0} does not exist")]
    MissingMethod(String),
    /// A referenced field does not exist.
    #[error("field {0} does not exist")]
    MissingField(String),
    /// A token of the wrong table or without meaning here.
    #[error("{module}: token {token:#010x} is not a {expected}")]
    BadToken {
        /// Module.
        module: ModuleId,
        /// Raw token.
        token: u32,
        /// What was expected.
        expected: &'static str,
    },
    /// A type breaks a rule of the type system.
    #[error("type {ty} does not load: {reason}")]
    BadType {
        /// Type.
        ty: String,
        /// Rule.
        reason: String,
    },
    /// A type of explicit layout in which an object reference shares bytes with something else, or is not aligned.
    #[error(
        "Could not load type '{ty}' from assembly '{assembly}' because it contains an object field at offset {offset} that is incorrectly aligned or \
         overlapped by a non-object field."
    )]
    ObjectOverlap {
        /// Type.
        ty: String,
        /// Its assembly.
        assembly: String,
        /// Offset of the first field that does not fit.
        offset: u32,
    },
    /// A type that the runtime does not load, in its own words.
    #[error("{0}")]
    NotLoaded(String),
    /// A generic method over arguments that break a constraint, in the runtime's own words.
    #[error("{0}")]
    Violated(String),
    /// A generic instantiation or a chain of bases or fields is nested too deeply (usually: grows without end).
    #[error("type {0} is nested too deeply")]
    TooDeep(String),
    /// A type contains itself by value, or is its own base.
    #[error("type {0} contains itself")]
    Recursive(String),
    /// A replacement method of an overlay names nothing, or does not fit.
    #[error("overlay: {0}")]
    Overlay(String),
}

/// Shorthand.
pub type Result<T, E = TypeSysError> = core::result::Result<T, E>;
