//! `kiln-metadata`: reads ECMA-335 images in place.
//!
//! [`Module::parse`] takes the bytes of a PE image (IL only or ReadyToRun) and answers typed questions about its tables,
//! heaps, signatures, bodies, attributes and resources without copying them. Input is never trusted: whatever is
//! malformed becomes a [`MetadataError`]; nothing panics, recurses without limit or allocates more than a small
//! multiple of the input.
//!
//! Specification: ECMA-335 6th edition, partitions II.22 to II.25, with the augmentations of the dotnet/runtime
//! documentation; the portable PDB format for tables 0x30 to 0x37.
#![forbid(unsafe_code)]

pub mod attribute;
pub mod body;
pub mod bytes;
pub mod error;
pub mod flags;
pub mod identity;
pub mod ids;
pub mod lookup;
pub mod marshal;
pub mod module;
pub mod pdb;
mod pe;
pub mod resources;
pub mod rows;
pub mod sig;
pub mod tables;
pub mod type_name;
pub mod value;

pub use attribute::{AttrType, AttrValue, AttributeArgs, EnumResolver, EnumType, NamedArg};
pub use body::{EhClause, EhKind, MethodBody};
pub use error::{MetadataError, Result};
pub use identity::AssemblyIdentity;
pub use ids::*;
pub use lookup::RowList;
pub use marshal::MarshalSpec;
pub use module::{FoundRows, ImageBytes, Module, RawRow, UserString};
pub use pdb::{CodeView, PortablePdb, SequencePoint, SourceSpan};
pub use pe::{CliHeader, DebugEntry};
pub use resources::{ResourceSet, ResourceValue};
pub use rows::*;
pub use sig::{ArraySig, CallConv, MemberSig, MethodSig, Primitive, PropertySig, SigReader, SigType};
pub use tables::{Column, Table};
pub use type_name::{TypeModifier, TypeName};
pub use value::{ConstantValue, PrimitiveValue};

#[cfg(test)]
mod tests;
