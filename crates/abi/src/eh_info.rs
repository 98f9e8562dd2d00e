//! What the clauses of a landing pad look like in the language-specific data area (LSDA) of compiled code, for `kiln_personality`.
//!
//! Compiled code uses the Itanium LSDA (`.gcc_except_table`) unchanged. Type-table entries are encoded 0x9b
//! (indirect, pc-relative, sdata4) on x86-64 ELF; after decoding, an entry is one of
//! * null: catches everything;
//! * the address of a MethodTable: a typed catch clause (ECMA-335 I.12.4.2.5), matches objects whose type derives from it;
//! * the address of a [`FilterDescriptor`], told apart by its first eight bytes: in a MethodTable these are flags and
//!   base size, and no type has a base size of `0xFFFF_FFFF`.
//!
//! The call-site table has one entry per call that can unwind into a pad; action 0 with a pad is a cleanup (finally/fault).
//! Landing pads do not read the exception pointer or selector registers: they ask the runtime (`RhpMatchCatch`, …).
//! Functions without landing pads have no personality and no LSDA.

/// First word of a [`FilterDescriptor`].
pub const FILTER_MAGIC: u64 = 0xFFFF_FFFF_4B69_6C6E;

/// Stands for an exception filter in a type table (read-only data, position independent).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct FilterDescriptor {
    /// [`FILTER_MAGIC`].
    pub magic: u64,
    /// Address of the filter function `(exception: Ref, frame: Ptr) -> i32` minus the address of this field.
    pub function_rel: i32,
    /// Zero.
    pub reserved: u32,
}

/// Name of the personality routine that the runtime defines.
pub const PERSONALITY_SYMBOL: &str = "kiln_personality";
