//! Lines of call sites, for stack traces (`-g`): what follows the name of a method in the names blob when
//! [`MethodEntry::name_offset`](crate::program::MethodEntry) has [`HAS_LINES`].
//!
//! `record := count site*count call*`, `site := offset file line`, `call := file line`, all varints: the return offset minus that of the
//! site before, the offset of the file's name in the names blob, and the line. Sites are in the order of their offsets; those without a
//! line are left out. With [`HAS_INLINED`] the lines of the inlined calls follow, by their numbers (`inlined`); a line of 0 is not known.

use crate::gc_info::varint;

/// The flag in `name_offset`.
pub const HAS_LINES: u32 = 1 << 31;
/// The flag in `name_offset` of a method that traces leave out although it has a name (`[StackTraceHidden]`).
pub const HIDDEN: u32 = 1 << 30;
/// The flag in `name_offset` of a method after which traces print no border (the body of an `async` method).
pub const ASYNC: u32 = 1 << 29;
/// The flag in `name_offset` of a method with inlined calls (`inlined`).
pub const HAS_INLINED: u32 = 1 << 28;
/// Offset of the name without the flags.
pub const NAME: u32 = HAS_INLINED - 1;

/// The line of the call that returns to `function start + return_offset`: offset of the file's name, and line.
///
/// `record` begins at the function's record and may extend beyond it.
#[must_use]
pub fn find_line(record: &[u8], return_offset: u32) -> Option<(u32, u32)> {
    let mut bytes = record;
    let mut offset = 0u64;
    for _ in 0..varint(&mut bytes)? {
        offset = offset.wrapping_add(varint(&mut bytes)?);
        let (file, line) = (varint(&mut bytes)?, varint(&mut bytes)?);
        if offset == u64::from(return_offset) {
            return Some((u32::try_from(file).ok()?, u32::try_from(line).ok()?));
        }
    }
    None
}

/// The line of an inlined call: offset of the file's name, and line.
#[must_use]
pub fn find_call_line(record: &[u8], number: u32) -> Option<(u32, u32)> {
    let mut bytes = record;
    let before = varint(&mut bytes)?.checked_mul(3)?.checked_add(u64::from(number.checked_sub(1)?).checked_mul(2)?)?;
    for _ in 0..before {
        varint(&mut bytes)?;
    }
    let (file, line) = (u32::try_from(varint(&mut bytes)?).ok()?, u32::try_from(varint(&mut bytes)?).ok()?);
    (line != 0).then_some((file, line))
}
