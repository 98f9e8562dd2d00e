//! Everything of a program that is not code → one ELF object: MethodTables, type descriptions, dictionaries, dispatch cells and
//! maps, statics, frozen objects, the method table with GC records, the program header (layouts: `kiln_abi`; contract §4, §6, §7, §9).
//!
//! From the analysis' `Program` and the GC records of the compiled functions, in link order. The same program gives the same bytes.

#![forbid(unsafe_code)]

mod beyond;
mod dictionaries;
mod enum_order;
mod frozen;
mod handles;
mod image;
mod interop;
mod link_name;
mod manifests;
mod method_tables;
mod methods;
mod names;
mod program;
mod record;
mod reflection;
mod shared_slots;
mod statics;
mod templates;
mod type_info;

pub use link_name::LinkName;
pub use methods::{CallPlace, InlinedCall, MethodRecord};

use image::Image;
use kiln_analysis::Program;

use kiln_target::Target;
use kiln_typesys::{TypeSysError, TypeSystem};

/// What the analysis does not know.
#[derive(Clone, Debug)]
pub struct DataOptions {
    /// What the object is for.
    pub target: &'static Target,
    /// Instruction sets that the program does not run without, by `abi::processor`'s bits.
    pub instruction_sets: u64,
    /// Every compiled function in link order.
    pub methods: Vec<MethodRecord>,
}

/// Bytes of one symbol, for size reports.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SizeRow {
    /// Symbol.
    pub name: LinkName,
    /// `code`, `type`, `dictionary`, `string`, `static`, `gc`, `names`, …
    pub category: &'static str,
    /// Bytes.
    pub size: u64,
}

impl SizeRow {
    /// A row for a function.
    #[must_use]
    pub fn code(name: &str, size: u64) -> Self {
        Self { name: name.into(), category: "code", size }
    }
}

/// The object file and where its bytes are.
#[derive(Clone, Debug)]
pub struct Data {
    /// ELF relocatable.
    pub object: Vec<u8>,
    /// One row per symbol.
    pub sizes: Vec<SizeRow>,
}

/// Why the data cannot be made: always a disagreement between stages.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The type system refused something the analysis had accepted.
    #[error(transparent)]
    Type(#[from] TypeSysError),
    /// The object writer refused.
    #[error("object file: {0}")]
    Object(String),
    /// The class library is not as the runtime expects it.
    #[error("the class library is not of a version that Kiln knows: {0}")]
    Library(&'static str),
    /// A table does not fit its field.
    #[error("{0} is too large")]
    TooLarge(&'static str),
}

/// Makes the object.
///
/// # Errors
///
/// See [`DataError`].
pub fn emit_data(ts: &TypeSystem, program: &Program, options: &DataOptions) -> Result<Data, DataError> {
    let mut image = Image::new(ts, program, options.target);
    let shared = shared_slots::find(&image);
    (image.shared_slots, image.filled_slots) = (shared.by_method, shared.filled);
    method_tables::emit(&mut image)?;
    dictionaries::emit(&mut image)?;
    statics::emit(&mut image)?;
    frozen::emit(&mut image);
    handles::emit(&mut image)?;
    methods::emit(&mut image, &options.methods)?;
    program::emit(&mut image, &options.methods, options.instruction_sets)?;
    image.finish()
}
