//! The major versions of .NET whose class library Kiln compiles, and what is particular to each: a file per version.
//!
//! To add one: its file here and its line in [`SUPPORTED`]; the overlay's bodies that differ in `corelib/overlay/<name>/`. Natives need no
//! table: their link names have their whole signatures, so those of all versions lie side by side, and a program links what it calls.

use crate::managed::{ManagedField, ManagedNumbers};

mod common;
mod net10;
mod net9;

/// One major version.
#[derive(Debug)]
pub struct FrameworkVersion {
    /// Its number, also that of CoreLib's assembly version.
    pub major: u16,
    /// `9.0`: the name of its overlay.
    pub name: &'static str,
    /// Fields whose places are not those of all versions.
    pub fields: &'static [ManagedField],
    /// Numbers of CoreLib's code that are not those of all versions.
    pub numbers: &'static [ManagedNumbers],
    /// A value type that contains itself is said to be one.
    pub tells_recursive_field: bool,
}

impl FrameworkVersion {
    /// All fields whose places are known.
    pub fn all_fields(&self) -> impl Iterator<Item = &'static ManagedField> {
        crate::managed::FIELDS.iter().chain(crate::managed::system_native::FIELDS).chain(self.fields)
    }

    /// All numbers of CoreLib's code that are known.
    pub fn all_numbers(&self) -> impl Iterator<Item = &'static ManagedNumbers> {
        common::NUMBERS.iter().chain(self.numbers)
    }

    /// The version with a number.
    #[must_use]
    pub fn find(major: u16) -> Option<&'static Self> {
        SUPPORTED.iter().find(|version| version.major == major)
    }
}

/// All of them, the newest last.
pub const SUPPORTED: &[FrameworkVersion] = &[net9::VERSION, net10::VERSION];
