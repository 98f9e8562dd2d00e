//! Frames that inlining removed, for stack traces: which inlined call each call site of a function is in.
//!
//! Behind the GC record (`gc_info`) of a method whose [`MethodEntry::name_offset`](crate::program::MethodEntry) has
//! [`HAS_INLINED`](crate::line_info::HAS_INLINED). All numbers are varints:
//!
//! ```text
//! inlined := call_count call*call_count  site_count site*site_count
//! call    := method << 1 | is_inner  [outer when is_inner]
//! site    := (call - 1) << 2 | min(gap, 3)  [gap - 3 when gap >= 3]
//! ```
//!
//! * Calls are numbered from 1, an outer one before those in it; 0 is the function itself. `method` is an index in
//!   [`ProgramHeader::inlined_methods`](crate::program::ProgramHeader), `outer` the number of the call that this one is in; it is in the
//!   function itself when it is not `is_inner`.
//! * A site is a call site of the GC record, by its number there: `gap` sites that are in no inlined call lie between it and the one before.
//!   Sites that are in none are left out.

use crate::gc_info::{behind_record, site_number, varint};

/// A call to write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Call {
    /// Index of the method.
    pub method: u32,
    /// The call that this one is in; 0: none.
    pub outer: u32,
}

/// Where a call site is: its number in the GC record, and the number of the call.
pub type Site = (u32, u32);

/// Writes what lies behind a GC record, a number at a time. Sites are in ascending order.
pub fn encode(calls: &[Call], sites: &[Site], mut put: impl FnMut(u64)) {
    put(calls.len() as u64);
    for call in calls {
        put(u64::from(call.method) << 1 | u64::from(call.outer != 0));
        if call.outer != 0 {
            put(u64::from(call.outer));
        }
    }
    put(sites.len() as u64);
    let mut next = 0;
    for &(number, call) in sites {
        let gap = u64::from(number.wrapping_sub(next));
        put((u64::from(call.wrapping_sub(1)) << 2) | if gap < 3 { gap } else { 3 });
        if gap >= 3 {
            put(gap - 3);
        }
        next = number.wrapping_add(1);
    }
}

/// The inlined calls that a call site is in, innermost first: number and method of each.
#[derive(Clone, Debug)]
pub struct Calls<'a> {
    /// From the first call on.
    calls: &'a [u8],
    next: u64,
}

impl<'a> Calls<'a> {
    /// Those of the call that returns to `function start + return_offset`; nothing for a call in the function itself.
    ///
    /// `record` begins at the function's GC record and may extend beyond what lies behind that.
    #[must_use]
    pub fn of_site(record: &'a [u8], return_offset: u32) -> Self {
        let none = Self { calls: &[], next: 0 };
        site_number(record, return_offset).and_then(|number| Self::of_number(record, number)).unwrap_or(none)
    }

    fn of_number(record: &'a [u8], wanted: u64) -> Option<Self> {
        let mut bytes = behind_record(record)?;
        let count = varint(&mut bytes)?;
        let calls = bytes;
        for _ in 0..count {
            if varint(&mut bytes)? & 1 != 0 {
                varint(&mut bytes)?;
            }
        }
        let mut number = 0u64;
        for _ in 0..varint(&mut bytes)? {
            let site = varint(&mut bytes)?;
            let gap = if site & 3 < 3 { site & 3 } else { varint(&mut bytes)?.wrapping_add(3) };
            number = number.wrapping_add(gap);
            if number >= wanted {
                let next = if number == wanted { (site >> 2).wrapping_add(1) } else { 0 };
                return Some(Self { calls, next });
            }
            number = number.wrapping_add(1);
        }
        None
    }
}

impl Iterator for Calls<'_> {
    type Item = (u32, u32);

    fn next(&mut self) -> Option<(u32, u32)> {
        let number = self.next;
        let (mut bytes, mut head, mut outer) = (self.calls, 0, 0);
        for _ in 0..number {
            head = varint(&mut bytes)?;
            outer = if head & 1 != 0 { varint(&mut bytes)? } else { 0 };
        }
        if number == 0 {
            return None;
        }
        // What is not before it is damage, and no way to go on.
        self.next = if outer < number { outer } else { 0 };
        Some((u32::try_from(number).ok()?, u32::try_from(head >> 1).ok()?))
    }
}
