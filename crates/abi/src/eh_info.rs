//! What the clauses of a landing pad look like in the language-specific data area (LSDA) of compiled code, for `kiln_personality`.
//!
//! Compiled code uses the Itanium LSDA (`.gcc_except_table`) unchanged. Type-table entries are encoded 0x9b
//! (indirect, pc-relative, sdata4), wider on some targets; after decoding, an entry is one of
//! * null: catches everything;
//! * the address of a MethodTable: a typed catch clause (ECMA-335 I.12.4.2.5), matches objects whose type derives from it;
//! * the address of a [`FilterDescriptor`], told apart by its first eight bytes: in a MethodTable these are flags and
//!   base size, and no type has a base size of `0xFFFF_FFFF`.
//!
//! The call-site table has one entry per call that can unwind into a pad; action 0 with a pad is a cleanup (finally/fault).
//! Landing pads do not read the exception pointer or selector registers: they ask the runtime (`RhpMatchCatch`, …).
//! Functions without landing pads have no personality and no LSDA.

use crate::record;
use crate::record::Relative;

/// First word of a [`FilterDescriptor`].
pub const FILTER_MAGIC: u64 = 0xFFFF_FFFF_4B69_6C6E;

record! {
    /// Stands for an exception filter in a type table (read-only data, position independent).
    pub struct FilterDescriptor {
        /// [`FILTER_MAGIC`].
        pub magic: u64,
        /// The filter function `(exception: Ref, frame: Ptr) -> i32`.
        pub function: Relative,
    }
}

// It is told apart by its first word, and code generation writes it as two numbers and the padding behind them.
const _: () = assert!(core::mem::offset_of!(FilterDescriptor, magic) == 0);
const _: () = assert!(core::mem::offset_of!(FilterDescriptor, function) == 8 && size_of::<FilterDescriptor>() == 16);

/// Name of the personality routine that the runtime defines.
pub const PERSONALITY_SYMBOL: &str = "kiln_personality";
