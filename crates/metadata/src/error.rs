//! The one error type of the reader: what was wrong with which bytes.

use crate::Table;

/// Why a piece of an image could not be read. Input is never trusted: every accessor may answer one of these.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// The file is not a PE image (or the PE headers are damaged).
    #[error("not a valid PE image: {0}")]
    BadPe(&'static str),
    /// A PE image without a CLI header: a native library.
    #[error("the image has no CLI header (it is native code)")]
    NotManaged,
    /// The metadata root or its `#~` stream is damaged (ECMA-335 II.24.2).
    #[error("invalid metadata root: {0}")]
    BadRoot(&'static str),
    /// Data ended inside an item.
    #[error("data ends inside {what} at offset {offset:#x}")]
    Truncated {
        /// The item that was read.
        what: &'static str,
        /// Where, relative to the blob or structure that was read.
        offset: usize,
    },
    /// An RVA that no section of the image covers.
    #[error("RVA {rva:#x} (+{size} bytes) is outside the image's sections")]
    BadRva {
        /// The address.
        rva: u32,
        /// How many bytes were wanted there.
        size: u32,
    },
    /// A row number outside its table.
    #[error("row {rid} is outside table {table:?}")]
    BadRow {
        /// The table.
        table: Table,
        /// The 1-based row number.
        rid: u32,
    },
    /// A list column that points outside its target table or runs backwards.
    #[error("row {rid} of table {table:?} has an invalid list")]
    BadList {
        /// The table that owns the column.
        table: Table,
        /// The 1-based row number.
        rid: u32,
    },
    /// A heap offset outside the heap.
    #[error("offset {offset:#x} is invalid in heap {heap}")]
    BadHeapOffset {
        /// `#Strings`, `#US`, `#Blob` or `#GUID`.
        heap: &'static str,
        /// The offset.
        offset: u32,
    },
    /// A name that is not UTF-8.
    #[error("the string at {heap}+{offset:#x} is not UTF-8")]
    BadUtf8 {
        /// The heap or structure.
        heap: &'static str,
        /// The offset in it.
        offset: u32,
    },
    /// A coded index with a tag that means nothing (ECMA-335 II.24.2.6).
    #[error("{raw:#x} is not a valid {kind} coded index")]
    BadCodedIndex {
        /// Name of the coded index kind.
        kind: &'static str,
        /// The encoded value.
        raw: u32,
    },
    /// A required reference was null.
    #[error("a {0} reference is null")]
    NullReference(&'static str),
    /// A token of the wrong table.
    #[error("token {token:#010x} is not a {expected}")]
    BadToken {
        /// The raw token.
        token: u32,
        /// What was expected.
        expected: &'static str,
    },
    /// A signature blob that does not follow ECMA-335 II.23.2.
    #[error("invalid signature at byte {offset}: {reason}")]
    BadSignature {
        /// What was violated.
        reason: &'static str,
        /// Offset in the blob.
        offset: usize,
    },
    /// A method body that does not follow ECMA-335 II.25.4.
    #[error("invalid method body: {0}")]
    BadBody(&'static str),
    /// A custom attribute blob that does not follow ECMA-335 II.23.3.
    #[error("invalid custom attribute value: {0}")]
    BadAttribute(&'static str),
    /// A marshalling descriptor that does not follow ECMA-335 II.23.4.
    #[error("invalid marshalling descriptor: {0}")]
    BadMarshal(&'static str),
    /// A `.resources` file or manifest resource that is damaged.
    #[error("invalid resources data: {0}")]
    BadResource(&'static str),
    /// Portable PDB data that is damaged.
    #[error("invalid portable PDB: {0}")]
    BadPdb(&'static str),
}

/// Shorthand used through the crate.
pub type Result<T, E = MetadataError> = core::result::Result<T, E>;
