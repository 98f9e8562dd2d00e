//! The type universe: everything the compiler knows about types, methods and fields of a set of assemblies.
//!
//! Input: `metadata` modules. Output: interned descs with identity (`TypeDesc`, `MethodDesc`, `FieldDesc`), resolution across
//! assemblies (ECMA-335 II.7.3, II.22), instantiation, canonical forms, class layout (II.10.7), vtables and interface maps
//! (II.12.2), casting rules (I.8.7). No LLVM, no symbols, no I/O. A type or method that does not load is a `TypeSysError` value.

#![forbid(unsafe_code)]

mod access;
mod added;
mod attributes;
mod casting;
pub mod check;
mod constraints;
mod context;
mod defaults;
pub mod desc;
mod dispatch;
pub mod error;
mod fields;
mod layout;
mod marshalling;
mod memo;
mod methods;
mod modules;
mod names;
mod native_form;
mod overlay;
mod resolve;
mod rules;
mod serialized;
mod subst;
mod types;
mod vtable;
mod words;

pub use access::Refused;
pub use added::AddedAttribute;
pub use context::TypeSystem;
pub use desc::*;
pub use error::TypeSysError;
pub use marshalling::ParamMarshal;
pub use native_form::{FieldForm, NativeField, NativeForm, NoForm};
