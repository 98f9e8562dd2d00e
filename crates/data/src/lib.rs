//! The program's data: everything that is not code, as one ELF object.
//!
//! From the analysis' `Program` and the GC records that code generation made to MethodTables, dictionaries, statics, frozen strings
//! and the tables of `kiln_program`. Layouts are those of `kiln_abi`; link names those of `kiln_lower::sym_name`. The bytes depend on
//! nothing but the inputs.

#![forbid(unsafe_code)]

mod emit;
mod method_table;
mod program;
mod statics;
mod type_info;
pub mod writer;

pub use emit::{DataObject, DataOptions, MethodRecord, emit_data, missing_natives};
pub use writer::SizeRow;

/// Why the data object could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A type that the analysis accepted does not load.
    #[error("{0}: {1}")]
    Type(String, kiln_typesys::TypeSysError),
    /// A limit of the format.
    #[error("{0}")]
    Limit(String),
    /// The object writer refused.
    #[error("object file: {0}")]
    Object(#[from] object::write::Error),
}
