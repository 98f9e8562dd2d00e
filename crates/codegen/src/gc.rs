//! GC facts of compiled functions, and their encoding (`kiln_abi::gc_info`, contract §9).

use kiln_abi::gc_info::{GcSlot, encode_fault};
use kiln_support::FxIndexSet;

/// One call that is a GC point.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GcSite {
    /// Return address minus function start.
    pub return_offset: u32,
    /// Slots that hold references during the call, sorted, each once.
    pub slots: Vec<GcSlot>,
    /// Where the call is in the source of its function.
    pub place: SitePlace,
}

/// Where a call is: what stack traces tell of it. It goes through LLVM as the id of the call's statepoint.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct SitePlace {
    /// The inlined call that it is in (`kiln_lir::Function::scopes`); 0 is the function itself.
    pub scope: u32,
    /// File, an index in the documents of the function's source; only with `-g`.
    pub document: u32,
    /// Line, from 1; 0: not known.
    pub line: u32,
}

impl SitePlace {
    /// What is no place is another id, and what does not fit is not told.
    const KNOWN: u64 = 1 << 63;
    const LINE_BITS: u32 = 24;
    const DOCUMENT_BITS: u32 = 16;
    /// The id of all ones is not of a call.
    const MAX_SCOPE: u32 = (1 << (63 - Self::LINE_BITS - Self::DOCUMENT_BITS)) - 1;

    /// The id of the statepoint; `None` for a place that says nothing.
    pub(crate) fn id(self) -> Option<u64> {
        let SitePlace { scope, document, line } = self;
        if self == Self::default() || scope >= Self::MAX_SCOPE {
            return None;
        }
        let fits = document >> Self::DOCUMENT_BITS == 0 && line >> Self::LINE_BITS == 0;
        let (document, line) = if fits { (document, line) } else { (0, 0) };
        let scope = u64::from(scope) << (Self::LINE_BITS + Self::DOCUMENT_BITS);
        Some(Self::KNOWN | scope | u64::from(document) << Self::LINE_BITS | u64::from(line))
    }

    /// The place of an id.
    pub(crate) fn of(id: u64) -> Self {
        if id & Self::KNOWN == 0 {
            return Self::default();
        }
        let bits = |from: u32, count: u32| ((id & !Self::KNOWN) >> from) as u32 & ((1 << count) - 1);
        Self {
            scope: bits(Self::LINE_BITS + Self::DOCUMENT_BITS, 63 - Self::LINE_BITS - Self::DOCUMENT_BITS),
            document: bits(Self::LINE_BITS, Self::DOCUMENT_BITS),
            line: bits(0, Self::LINE_BITS),
        }
    }
}

/// All calls of one function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GcFunction {
    /// Link name.
    pub symbol: String,
    /// Bytes of the frame below the return address; `None` when it varies (`localloc`).
    pub frame_size: Option<u64>,
    /// Sites by ascending return offset.
    pub sites: Vec<GcSite>,
    /// Instructions whose fault is a null reference, ascending, and where the function then goes on; offsets from its start.
    pub faults: Vec<(u32, u32)>,
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value as u8) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn encode_slot(out: &mut Vec<u8>, slot: &GcSlot) {
    let (head, of) = slot.encode();
    varint(out, head);
    if let Some(of) = of {
        varint(out, of);
    }
}

/// Encodes the record of a function.
#[must_use]
pub fn encode_gc(function: &GcFunction) -> Vec<u8> {
    let mut out = Vec::new();
    let mut sets: FxIndexSet<Vec<u8>> = FxIndexSet::default();
    varint(&mut out, (function.sites.len() as u64) << 1 | u64::from(!function.faults.is_empty()));
    let mut last = 0;
    for site in &function.sites {
        let mut set = Vec::new();
        for slot in &site.slots {
            encode_slot(&mut set, slot);
        }
        let index = if set.is_empty() { 0 } else { sets.insert_full(set).0 as u64 + 1 };
        varint(&mut out, u64::from(site.return_offset.wrapping_sub(last)));
        varint(&mut out, index);
        last = site.return_offset;
    }
    varint(&mut out, sets.len() as u64);
    for set in sets {
        varint(&mut out, set.len() as u64);
        out.extend(set);
    }
    if !function.faults.is_empty() {
        varint(&mut out, function.faults.len() as u64);
        let mut before = (0, 0);
        for &fault in &function.faults {
            let (instruction, handler) = encode_fault(before, fault);
            varint(&mut out, instruction);
            varint(&mut out, handler);
            before = fault;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiln_abi::gc_info::{self, SlotBase, SlotKind};

    #[test]
    fn records_survive_encoding() {
        let root = |offset| GcSlot { base: SlotBase::Sp, offset, kind: SlotKind::Root };
        let slots = vec![
            root(0),
            root(4096),
            GcSlot { base: SlotBase::Fp, offset: -16, kind: SlotKind::Pinned },
            GcSlot { base: SlotBase::Fp, offset: -24, kind: SlotKind::Derived { base: SlotBase::Sp, offset: 4096 } },
        ];
        let function = GcFunction {
            symbol: "f".to_owned(),
            frame_size: Some(8),
            sites: vec![
                GcSite { return_offset: 5, slots: vec![], place: SitePlace::default() },
                GcSite { return_offset: 70000, slots: slots.clone(), place: SitePlace::default() },
                GcSite { return_offset: 70005, slots: vec![root(8)], place: SitePlace::default() },
                GcSite { return_offset: 70010, slots: slots.clone(), place: SitePlace::default() },
            ],
            faults: vec![(3, 69990), (300, 69990), (69000, 70005)],
        };
        let mut bytes = encode_gc(&function);
        let len = bytes.len();
        bytes.extend([0xff; 4]);
        for site in &function.sites {
            let found: Vec<_> = gc_info::find_site(&bytes, site.return_offset).expect("site").collect();
            assert_eq!(found, site.slots);
        }
        assert!(gc_info::find_site(&bytes, 6).is_none());
        assert_eq!(gc_info::return_offsets(&bytes).collect::<Vec<_>>(), [5, 70000, 70005, 70010]);
        for (instruction, handler) in &function.faults {
            assert_eq!(gc_info::find_fault(&bytes, *instruction), Some(*handler));
        }
        assert_eq!(gc_info::find_fault(&bytes, 4), None);
        assert_eq!(gc_info::find_fault(&encode_gc(&GcFunction { faults: vec![], ..function.clone() }), 3), None);
        for cut in 0..len {
            let _ = gc_info::find_fault(&bytes[..cut], 69000);
            let _ = gc_info::find_site(&bytes[..cut], 70010).map(Iterator::count);
        }
    }

    #[test]
    fn a_place_survives_as_an_id() {
        let place = |scope, document, line| SitePlace { scope, document, line };
        assert_eq!(place(0, 0, 0).id(), None);
        for p in [place(1, 0, 0), place(0, 3, 7), place((1 << 23) - 2, (1 << 16) - 1, (1 << 24) - 1)] {
            assert_eq!(p.id().map(SitePlace::of), Some(p));
        }
        assert_eq!(place(2, 1 << 16, 5).id().map(SitePlace::of), Some(place(2, 0, 0)));
        assert_eq!(place((1 << 23) - 1, 0, 5).id(), None);
        // LLVM's own.
        assert_eq!(SitePlace::of(0xABCD_EF00), SitePlace::default());
    }
}
