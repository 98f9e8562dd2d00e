//! Reflection over members: CoreLib's own natives (`MetadataImport`, `RuntimeMethodHandle`, `RuntimeFieldHandle` …) and those of the
//! overlay (`Kiln.Members`), over the tables in `kiln_abi::reflection` (ADR 0005).
//!
//! A module handle (`RuntimeModule.m_pData`, the scope of `MetadataImport`) is the address of a `ModuleInfo`.

pub(crate) mod fields;
pub(crate) mod handles;
pub(crate) mod index;
pub(crate) mod metadata;
pub(crate) mod methods;
pub(crate) mod overlay;
pub(crate) mod signature;
pub(crate) mod tables;
pub(crate) mod types;
pub(crate) mod variables;

/// Zeroed memory that lives as long as the program. Every `T` here is valid when zero, or written before it is read.
pub(crate) fn zeroed<T>() -> *mut T {
    kiln_pal::memory::allocate_zeroed(size_of::<T>()).cast()
}
