//! Inlined calls of compiled functions (`abi::inlined`): which of them call sites are left in, and their methods by number.

use super::{InlinedCall, MethodRecord};
use kiln_abi::gc_info;
use kiln_abi::inlined::{self, Call};
use kiln_support::{FxHashMap, FxIndexMap};
use kiln_typesys::MethodDesc;

/// Methods of inlined calls by number.
pub(super) type Numbers<'a> = FxIndexMap<MethodDesc, &'a InlinedCall>;

/// The calls of a function that its call sites are in, numbered anew.
pub(super) struct Inlined<'a> {
    record: &'a MethodRecord,
    /// Indices of the calls that are left.
    calls: Vec<usize>,
    /// New numbers by old ones.
    numbers: Vec<u32>,
}

impl<'a> Inlined<'a> {
    /// Those of a function that has a name: others are in no trace.
    pub(super) fn of(record: &'a MethodRecord) -> Self {
        let mut used = vec![false; record.inlined.len() + 1];
        if record.display.is_some() {
            for place in &record.places {
                if let Some(used) = used.get_mut(place.inlined as usize) {
                    *used = true;
                }
            }
        }
        for (index, call) in record.inlined.iter().enumerate().rev() {
            if used[index + 1] && (call.outer as usize) <= index {
                used[call.outer as usize] = true;
            }
        }
        let calls: Vec<usize> = (0..record.inlined.len()).filter(|&index| used[index + 1]).collect();
        let mut numbers = vec![0; used.len()];
        for (number, &index) in (1..).zip(&calls) {
            numbers[index + 1] = number;
        }
        Self { record, calls, numbers }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    pub(super) fn calls(&self) -> impl Iterator<Item = &'a InlinedCall> {
        self.calls.iter().map(|&index| &self.record.inlined[index])
    }

    fn number(&self, old: u32) -> u32 {
        self.numbers.get(old as usize).copied().unwrap_or_default()
    }

    /// Appends what lies behind the function's GC record.
    pub(super) fn encode(&self, methods: &Numbers<'_>, gc: &mut Vec<u8>) {
        if self.is_empty() {
            return;
        }
        let places: FxHashMap<u32, u32> = self.record.places.iter().map(|p| (p.return_offset, self.number(p.inlined))).collect();
        let calls: Vec<Call> = self
            .calls()
            .map(|c| Call { method: methods.get_index_of(&c.method).unwrap_or_default() as u32, outer: self.number(c.outer) })
            .collect();
        let sites: Vec<(u32, u32)> = (0..)
            .zip(gc_info::return_offsets(gc))
            .filter_map(|(number, offset)| Some((number, *places.get(&offset).filter(|call| **call != 0)?)))
            .collect();
        inlined::encode(&calls, &sites, |mut value| {
            while value >= 0x80 {
                gc.push(value as u8 | 0x80);
                value >>= 7;
            }
            gc.push(value as u8);
        });
    }
}

/// The methods of all inlined calls; those of most calls have the least numbers, which are the shortest.
pub(super) fn numbers(methods: &[MethodRecord]) -> Numbers<'_> {
    let mut counts: FxIndexMap<MethodDesc, (usize, &InlinedCall)> = FxIndexMap::default();
    for record in methods {
        for call in Inlined::of(record).calls() {
            counts.entry(call.method).or_insert((0, call)).0 += 1;
        }
    }
    let mut sorted: Vec<_> = counts.into_values().collect();
    sorted.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    sorted.into_iter().map(|(_, call)| (call.method, call)).collect()
}

/// The methods of all inlined calls, by number.
pub(crate) fn methods(methods: &[MethodRecord]) -> Vec<MethodDesc> {
    numbers(methods).into_keys().collect()
}
