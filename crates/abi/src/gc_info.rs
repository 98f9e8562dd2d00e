//! GC records: which frame slots of a function hold references at each call site, and which of its instructions check for null by faulting.
//!
//! One record per function with call sites; the program table (`program::MethodEntry::gc_offset`) points to it. All numbers are
//! LEB128 varints:
//!
//! ```text
//! record := (site_count << 1 | has_faults) (return_offset_delta, set_index)*site_count  set_count set*set_count  faults when has_faults
//! set    := byte_length slot*            (byte_length of the slots that follow)
//! slot   := (zigzag(offset / 8) << 3 | base << 2 | kind) [zigzag(base_slot_offset / 8) << 1 | base_of_base_slot when kind = 2]
//! faults := count (instruction_offset_delta, zigzag(handler_offset_delta))*count
//! ```
//!
//! * `return_offset`: return address of the call minus the function's start, ascending (it may equal the function's size when
//!   the call does not return: look the function up with `return address - 1`). Deltas start from 0. No call returns to the start: 0
//!   stands for every call of the function ([`ANY_CALL`]), which then has one site.
//! * `set_index` 0 is the empty set and is not stored; index `n` is the n-th stored set.
//! * `base`: 0 the slot is at SP + offset (SP at the call, before the return address is pushed), 1 at FP + offset.
//! * `kind`: 0 root (object reference, byref into an object, stack address or null: treat it as possibly interior),
//!   1 pinned root, 2 derived pointer: when the base slot's value is not null, new = new base + (old - old base); a null base
//!   means that the pointer is not into the moving heap and stays. Base slots are listed as roots as well. A collector that moves must
//!   compute the differences of all derived slots of a frame before it updates any root.
//!
//! * A fault at `instruction_offset` at an address near null is a null reference, and the function goes on at `handler_offset`.
//!   Both are relative to the function's start; deltas are from the entry before, at first from 0.
//!
//! The decoder neither allocates nor panics; bytes that end early end the iteration.

/// Register that a slot is relative to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum SlotBase {
    /// Stack pointer at the call.
    Sp,
    /// Frame pointer.
    Fp,
}

/// What a slot holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum SlotKind {
    /// Reference or byref.
    Root,
    /// Reference to an object that must not move while it is here.
    Pinned,
    /// Pointer derived from the base in another slot.
    Derived {
        /// Register of the base slot.
        base: SlotBase,
        /// Byte offset of the base slot.
        offset: i32,
    },
}

/// One word of the frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct GcSlot {
    /// Register the offset is relative to.
    pub base: SlotBase,
    /// Byte offset, a multiple of 8.
    pub offset: i32,
    /// Content.
    pub kind: SlotKind,
}

/// Return offset of a site that stands for every call of its function.
pub const ANY_CALL: u32 = 0;

/// Tag bits of [`SlotKind`].
const KIND_ROOT: u64 = 0;
/// See [`SlotKind::Pinned`].
const KIND_PINNED: u64 = 1;
/// See [`SlotKind::Derived`].
const KIND_DERIVED: u64 = 2;

/// bytes → words, then zigzag.
const fn zigzag(offset: i32) -> u64 {
    let words = (offset / 8) as i64;
    ((words << 1) ^ (words >> 63)) as u64
}

const fn base_bit(base: SlotBase) -> u64 {
    match base {
        SlotBase::Sp => 0,
        SlotBase::Fp => 1,
    }
}

impl GcSlot {
    /// The numbers that a record has for the slot: its head, and of a derived pointer the base slot.
    #[must_use]
    pub const fn encode(&self) -> (u64, Option<u64>) {
        let (kind, of) = match self.kind {
            SlotKind::Root => (KIND_ROOT, None),
            SlotKind::Pinned => (KIND_PINNED, None),
            SlotKind::Derived { base, offset } => (KIND_DERIVED, Some(zigzag(offset) << 1 | base_bit(base))),
        };
        (zigzag(self.offset) << 3 | base_bit(self.base) << 2 | kind, of)
    }
}

/// Reads one varint and advances.
pub(crate) fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    let mut shift = 0u32;
    loop {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        if shift < 64 {
            value |= u64::from(first & 0x7f) << shift;
        }
        if first & 0x80 == 0 {
            return Some(value);
        }
        shift = shift.saturating_add(7);
    }
}

/// zigzag⁻¹.
fn signed(value: u64) -> i64 {
    (value >> 1) as i64 ^ (value & 1).wrapping_neg() as i64
}

/// zigzag⁻¹, then words → bytes.
fn words(value: u64) -> i32 {
    (signed(value) as i32).wrapping_mul(8)
}

/// The numbers of a fault's entry behind another one, or behind (0, 0).
#[must_use]
pub const fn encode_fault(before: (u32, u32), fault: (u32, u32)) -> (u64, u64) {
    let delta = fault.1 as i64 - before.1 as i64;
    (fault.0.wrapping_sub(before.0) as u64, ((delta << 1) ^ (delta >> 63)) as u64)
}

const fn base(bit: u64) -> SlotBase {
    if bit & 1 == 0 { SlotBase::Sp } else { SlotBase::Fp }
}

/// The slots of one call site, in storage order.
#[derive(Clone, Debug)]
pub struct Slots<'a> {
    bytes: &'a [u8],
}

impl<'a> Slots<'a> {
    /// The slots encoded in a set's bytes, as [`Slots::bytes`] gave them.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The encoded slots not yet read.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

impl Iterator for Slots<'_> {
    type Item = GcSlot;

    fn next(&mut self) -> Option<GcSlot> {
        let head = varint(&mut self.bytes)?;
        let kind = match head & 3 {
            KIND_ROOT => SlotKind::Root,
            KIND_PINNED => SlotKind::Pinned,
            _ => {
                let of = varint(&mut self.bytes)?;
                SlotKind::Derived { base: base(of), offset: words(of >> 1) }
            }
        };
        Some(GcSlot { base: base(head >> 2), offset: words(head >> 3), kind })
    }
}

/// Finds the slots of the call that returns to `function start + return_offset`.
///
/// `record` begins at the function's record and may extend beyond it. `None`: the function has no such call site.
#[must_use]
pub fn find_site(record: &[u8], return_offset: u32) -> Option<Slots<'_>> {
    let mut bytes = record;
    let count = varint(&mut bytes)? >> 1;
    let mut offset = 0u64;
    let mut found = None;
    for _ in 0..count {
        offset = offset.wrapping_add(varint(&mut bytes)?);
        let set = varint(&mut bytes)?;
        if offset == u64::from(return_offset) || offset == u64::from(ANY_CALL) {
            found = Some(set);
        }
    }
    let index = found?;
    if index == 0 {
        return Some(Slots { bytes: &[] });
    }
    let sets = varint(&mut bytes)?;
    if index > sets {
        return None;
    }
    let mut each = 1;
    loop {
        let len = usize::try_from(varint(&mut bytes)?).ok()?;
        let set = bytes.get(..len)?;
        if each == index {
            return Some(Slots { bytes: set });
        }
        bytes = bytes.get(len..)?;
        each += 1;
    }
}

/// Where a function goes on when its instruction at an offset faults near null. `None`: the instruction is no null check.
#[must_use]
pub fn find_fault(record: &[u8], instruction_offset: u32) -> Option<u32> {
    let (mut bytes, has_faults) = behind_sets(record)?;
    if !has_faults {
        return None;
    }
    let (mut instruction, mut handler) = (0u64, 0i64);
    for _ in 0..varint(&mut bytes)? {
        instruction = instruction.wrapping_add(varint(&mut bytes)?);
        handler = handler.wrapping_add(signed(varint(&mut bytes)?));
        if instruction == u64::from(instruction_offset) {
            return u32::try_from(handler).ok();
        }
    }
    None
}

/// What lies behind the sets of a record, and whether that begins with its faults.
fn behind_sets(record: &[u8]) -> Option<(&[u8], bool)> {
    let mut bytes = record;
    let head = varint(&mut bytes)?;
    for _ in 0..head >> 1 {
        varint(&mut bytes)?;
        varint(&mut bytes)?;
    }
    for _ in 0..varint(&mut bytes)? {
        let len = usize::try_from(varint(&mut bytes)?).ok()?;
        bytes = bytes.get(len..)?;
    }
    Some((bytes, head & 1 != 0))
}

/// What lies behind a record.
pub(crate) fn behind_record(record: &[u8]) -> Option<&[u8]> {
    let (mut bytes, has_faults) = behind_sets(record)?;
    if has_faults {
        for _ in 0..varint(&mut bytes)? {
            varint(&mut bytes)?;
            varint(&mut bytes)?;
        }
    }
    Some(bytes)
}

/// The number of the call site that returns to `function start + return_offset`, from 0.
pub(crate) fn site_number(record: &[u8], return_offset: u32) -> Option<u64> {
    (0..).zip(return_offsets(record)).find(|(_, offset)| *offset == return_offset).map(|(number, _)| number)
}

/// Every return offset of a record, ascending; [`ANY_CALL`] alone where a record does not list them.
pub fn return_offsets(record: &[u8]) -> impl Iterator<Item = u32> + '_ {
    let mut bytes = record;
    let count = varint(&mut bytes).unwrap_or(0) >> 1;
    let mut offset = 0u64;
    (0..count).map_while(move |_| {
        offset = offset.wrapping_add(varint(&mut bytes)?);
        varint(&mut bytes)?;
        u32::try_from(offset).ok()
    })
}
