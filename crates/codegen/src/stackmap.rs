//! LLVM's stack map section, version 3 (<https://llvm.org/docs/StackMaps.html>), read into GC sites.
//!
//! A statepoint's locations are: calling convention, flags, number of deopt locations (constants), the deopt locations, then
//! pairs (base, derived). Deopt locations here are pairs (address of an alloca, number of its layout) made by `late`. A frame that is
//! described once (`emit/frame.rs`) has one record of such pairs, with the id [`FRAME`].

use crate::elf::ObjectInfo;
use crate::faultmap;
use crate::gc::{GcFunction, GcSite, SitePlace};
use crate::late::Layouts;
use kiln_abi::gc_info::{ANY_CALL, GcSlot, SlotBase, SlotKind};
use kiln_target::{FrameRegisters, FrameShape};
use std::collections::BTreeMap;

const INDIRECT: u8 = 3;
const DIRECT: u8 = 2;
const CONSTANT: u8 = 4;
const CONSTANT_INDEX: u8 = 5;

/// Id of the record that holds for every call of its function.
pub(crate) const FRAME: u64 = u64::MAX;

#[derive(Clone, Copy)]
struct Location {
    kind: u8,
    size: u16,
    register: u16,
    offset: i32,
}

pub(crate) struct Reader<'d> {
    data: &'d [u8],
    at: usize,
}

impl<'d> Reader<'d> {
    pub(crate) fn new(data: &'d [u8]) -> Self {
        Self { data, at: 0 }
    }
    pub(crate) fn at(&self) -> usize {
        self.at
    }
    fn take<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let bytes = self.data.get(self.at..self.at + N).and_then(|b| <[u8; N]>::try_from(b).ok()).ok_or("stack map ends early")?;
        self.at += N;
        Ok(bytes)
    }
    pub(crate) fn u8(&mut self) -> Result<u8, String> {
        Ok(self.take::<1>()?[0])
    }
    pub(crate) fn u16(&mut self) -> Result<u16, String> {
        Ok(u16::from_le_bytes(self.take()?))
    }
    pub(crate) fn u32(&mut self) -> Result<u32, String> {
        Ok(u32::from_le_bytes(self.take()?))
    }
    pub(crate) fn u64(&mut self) -> Result<u64, String> {
        Ok(u64::from_le_bytes(self.take()?))
    }
    fn align8(&mut self) {
        self.at = self.at.next_multiple_of(8);
    }
    fn location(&mut self) -> Result<Location, String> {
        let kind = self.u8()?;
        self.u8()?;
        let size = self.u16()?;
        let register = self.u16()?;
        self.u16()?;
        Ok(Location { kind, size, register, offset: self.u32()? as i32 })
    }
}

/// Reads all functions' sites, in section order.
pub(crate) fn read(object: &ObjectInfo<'_>, registers: &FrameRegisters, layouts: &Layouts) -> Result<Vec<GcFunction>, String> {
    if object.stackmaps.data.is_empty() {
        return Ok(Vec::new());
    }
    let mut r = Reader::new(object.stackmaps.data);
    let version = r.u8()?;
    if version != 3 {
        return Err(format!("stack map version {version}"));
    }
    r.take::<3>()?;
    let (function_count, constant_count, _) = (r.u32()?, r.u32()?, r.u32()?);
    let mut functions = Vec::new();
    for _ in 0..function_count {
        let symbol = object.stackmaps.function_at(r.at)?.to_owned();
        r.u64()?;
        functions.push((symbol, r.u64()?, r.u64()?));
    }
    for _ in 0..constant_count {
        r.u64()?;
    }
    let mut result = Vec::new();
    let mut faults = faultmap::read(&object.faultmaps)?;
    for (symbol, frame, records) in functions {
        let in_symbol = |e: String| format!("{e} in {symbol}");
        let places = Places { registers, size: (frame != u64::MAX).then_some(frame), distance: object.distance_of(&symbol) };
        let mut sites = BTreeMap::new();
        for _ in 0..records {
            let id = r.u64()?;
            let place = if id == FRAME { SitePlace::default() } else { SitePlace::of(id) };
            let return_offset = r.u32()?;
            r.u16()?;
            let count = r.u16()?;
            let locations = (0..count).map(|_| r.location()).collect::<Result<Vec<_>, _>>()?;
            r.align8();
            r.u16()?;
            let live_outs = usize::from(r.u16()?);
            r.at += 4 * live_outs;
            r.align8();
            let mut slots = SlotSet { places: &places, of: BTreeMap::new() };
            let at = if id == FRAME {
                slots.allocas(&locations, layouts).map_err(in_symbol)?;
                ANY_CALL
            } else {
                slots.site(&locations, layouts).map_err(in_symbol)?;
                return_offset
            };
            let slots = slots.of.into_iter().map(|((base, offset), kind)| GcSlot { base, offset, kind }).collect();
            sites.insert(at, (slots, place));
        }
        let sites = sites.into_iter().map(|(return_offset, (slots, place))| GcSite { return_offset, slots, place }).collect();
        let faults = faults.remove(&symbol).unwrap_or_default();
        result.push(GcFunction { symbol, frame_size: places.size, sites, faults });
    }
    // A null check leads to a call that throws.
    if let Some(symbol) = faults.into_keys().next() {
        return Err(format!("null checks without a call in {symbol}"));
    }
    let order: kiln_support::FxHashMap<&str, usize> = object.functions.iter().enumerate().map(|(i, f)| (f.symbol.as_str(), i)).collect();
    result.sort_by_key(|f| order.get(f.symbol.as_str()).copied());
    Ok(result)
}

/// What turns a location of a function into a slot.
struct Places<'a> {
    registers: &'a FrameRegisters,
    /// Bytes of the frame; nothing when they vary.
    size: Option<u64>,
    /// From the frame pointer to the canonical address; only where that differs by function.
    distance: Option<i64>,
}

impl Places<'_> {
    /// Register and offset of a location.
    fn of(&self, location: Location) -> Result<(SlotBase, i32), String> {
        if location.register == self.registers.fp {
            return Ok((SlotBase::Fp, location.offset));
        }
        if location.register != self.registers.sp {
            return Err(format!("stack map location relative to register {}", location.register));
        }
        match self.registers.shape {
            FrameShape::Fixed(_) => Ok((SlotBase::Sp, location.offset)),
            // The walker does not know the stack pointer; the frame pointer is `size - distance` above it.
            FrameShape::PerFunction => {
                let size = self.size.ok_or("a slot relative to the stack pointer in a frame that varies")?;
                let distance = self.distance.ok_or("a slot relative to the stack pointer in a frame without a frame pointer")?;
                let above = i64::try_from(size).map_err(|e| e.to_string())? - distance;
                let offset = i32::try_from(i64::from(location.offset) - above).map_err(|e| e.to_string())?;
                Ok((SlotBase::Fp, offset))
            }
        }
    }
}

/// Slots of a record by place; of several entries for one place the strictest wins (pinned over root, root over derived).
struct SlotSet<'a> {
    places: &'a Places<'a>,
    of: BTreeMap<(SlotBase, i32), SlotKind>,
}

impl SlotSet<'_> {
    fn add(&mut self, base: SlotBase, offset: i32, kind: SlotKind) -> Result<(), String> {
        if offset % 8 != 0 {
            return Err(format!("reference at unaligned frame offset {offset}"));
        }
        let place = self.of.entry((base, offset)).or_insert(kind);
        let rank = |k: SlotKind| match k {
            SlotKind::Pinned => 2,
            SlotKind::Root => 1,
            SlotKind::Derived { .. } => 0,
        };
        if rank(kind) > rank(*place) {
            *place = kind;
        }
        Ok(())
    }

    /// Pairs of an alloca's address and the number of its layout.
    fn allocas(&mut self, locations: &[Location], layouts: &Layouts) -> Result<(), String> {
        for entry in locations.chunks(2) {
            let [address, layout] = entry else { return Err("odd number of locations of slots".to_owned()) };
            if address.kind != DIRECT || layout.kind != CONSTANT {
                return Err(format!("locations of slots of kinds {} and {}", address.kind, layout.kind));
            }
            let layout = layouts.get(layout.offset as usize).ok_or("unknown slot layout")?;
            let kind = if layout.pinned { SlotKind::Pinned } else { SlotKind::Root };
            let (base, at) = self.places.of(*address)?;
            for offset in &layout.offsets {
                self.add(base, at + *offset as i32, kind)?;
            }
        }
        Ok(())
    }

    /// The locations of a statepoint.
    fn site(&mut self, locations: &[Location], layouts: &Layouts) -> Result<(), String> {
        let deopt_count = locations.get(2).filter(|l| l.kind == CONSTANT).ok_or("statepoint without header")?.offset as usize;
        let deopt = locations.get(3..3 + deopt_count).ok_or("statepoint with too few deopt locations")?;
        self.allocas(deopt, layouts)?;
        for pair in locations[3 + deopt_count..].chunks(2) {
            let [base, derived] = pair else {
                // After the pairs LLVM lists the allocas among them once more, one by one.
                match pair {
                    [one] if one.kind == DIRECT => continue,
                    _ => return Err("odd number of reference locations".to_owned()),
                }
            };
            match (base.kind, derived.kind) {
                (_, CONSTANT | CONSTANT_INDEX) => continue,
                // A constant base (null) stands for memory that does not move.
                (CONSTANT | CONSTANT_INDEX, INDIRECT) => continue,
                // Byrefs to the stack: an alloca's address needs no relocation, nor does what is derived from it.
                (DIRECT, DIRECT | INDIRECT) => continue,
                (INDIRECT, INDIRECT) => {}
                (a, b) => return Err(format!("reference locations of kinds {a} and {b}")),
            }
            let (base_at, derived_at) = (self.places.of(*base)?, self.places.of(*derived)?);
            // A vector of references is one location with a multiple of the word size.
            for word in 0..i32::from((derived.size / 8).max(1)) {
                let step = if base.size == derived.size { 8 * word } else { 0 };
                let (base_at, derived_at) = ((base_at.0, base_at.1 + step), (derived_at.0, derived_at.1 + 8 * word));
                self.add(base_at.0, base_at.1, SlotKind::Root)?;
                if base_at != derived_at {
                    self.add(derived_at.0, derived_at.1, SlotKind::Derived { base: base_at.0, offset: base_at.1 })?;
                }
            }
        }
        Ok(())
    }
}
