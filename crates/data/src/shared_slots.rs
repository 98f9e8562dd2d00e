//! Interface methods that one vtable slot implements in every receiver there is (contract §7): calls with many receivers need no search.
//!
//! From the dispatch rows of the closed program. A slot that only such calls use is filled all the same.

use crate::image::Image;
use kiln_analysis::object_entry;
use kiln_support::{FxHashMap, FxHashSet, FxIndexMap};
use kiln_typesys::{MethodDesc, Resolved, TypeDesc, Variance, VtableEntry};

/// The slots by interface method, and those that must be filled by receiver.
#[derive(Default)]
pub(crate) struct SharedSlots {
    pub by_method: FxHashMap<MethodDesc, u32>,
    pub filled: FxHashSet<(TypeDesc, u32)>,
}

/// Finds them for every method that has a cell.
pub(crate) fn find(image: &Image<'_>) -> SharedSlots {
    let ts = image.ts;
    let mut receivers: FxIndexMap<(TypeDesc, u32), Vec<TypeDesc>> = FxIndexMap::default();
    for (t, rows) in &image.program.dispatch {
        for row in rows {
            receivers.entry((row.interface, row.slot)).or_default().push(*t);
        }
    }
    // Proxies, which the runtime makes, implement an interface elsewhere.
    let plan = image.program.reflection.iter();
    let open: FxHashSet<TypeDesc> = plan.flat_map(|plan| plan.proxied(ts)).map(|t| ts.generic_definition(t)).collect();
    let mut out = SharedSlots::default();
    for &m in &image.program.cells {
        let interface = ts.method_owner(m);
        // A variant interface is found on receivers of other instantiations too.
        if ts.variance(interface).iter().any(|v| *v != Variance::None) || open.contains(&ts.generic_definition(interface)) {
            continue;
        }
        let Some(types) = receivers.get(&(interface, ts.interface_slot(m))).filter(|t| t.len() > 1) else { continue };
        // What is made at run time is like its template.
        let canonical = ts.canonical_type(interface);
        let made = Some(canonical).filter(|&c| c != interface).and_then(|c| receivers.get(&(c, ts.interface_slot(m))));
        let made: Vec<TypeDesc> = made.into_iter().flatten().copied().collect();
        let of_made = made.iter().map(|&t| slot_on(image, ts.method_on(m, canonical), t));
        let slots: Option<Vec<u32>> = types.iter().map(|&t| slot_on(image, m, t)).chain(of_made).collect();
        let Some(slots) = slots else { continue };
        if let Some(&first) = slots.first()
            && slots.iter().all(|s| *s == first)
        {
            out.by_method.insert(m, first);
            out.filled.extend(types.iter().chain(&made).map(|&t| (t, first)));
        }
    }
    out
}

/// The vtable slot of a receiver that holds just what the interface call reaches.
fn slot_on(image: &Image<'_>, m: MethodDesc, t: TypeDesc) -> Option<u32> {
    let ts = image.ts;
    // Vectors have their rows at the interface.
    if ts.is_interface(t) {
        return None;
    }
    let Resolved::Method(target) = ts.resolve_interface(m, t) else { return None };
    if ts.is_interface(ts.method_owner(target)) || !ts.is_virtual(target) {
        return None;
    }
    let slot = ts.vtable_slot(target).ok()?;
    match ts.vtable(t).ok()?.get(slot as usize)? {
        VtableEntry::Method(e) if object_entry(ts, e.imp) == object_entry(ts, target) => Some(slot),
        _ => None,
    }
}
