//! Single properties, each in the smallest program that shows it.

use super::model::{BYTES, FINALIZABLE, LEAF, Model, NODE, PAIRS, REFERENCES, ROOTS, SPACE, STRUCTS};
use crate::heap::allocate::Scope;
use crate::heap::handles::HandleKind;
use crate::heap::quiet::Quiet;
use crate::heap::{LARGE, address::ObjectRef};

const NURSERY: usize = 256 << 10;

/// A heap that overwrites what it frees, so that a dangling reference shows.
fn model(seed: u64) -> Model {
    let mut m = Model::new(seed, NURSERY);
    m.heap.set_stress(u64::MAX);
    m
}

/// An object held by a root.
fn rooted(m: &mut Model, i: usize, kind: usize, length: usize) -> (ObjectRef, u64) {
    let (o, id) = m.allocate_kind(kind, length);
    m.set_root(i, Some(o), id);
    (o, id)
}

/// What a root holds, with its number.
fn get(m: &Model, i: usize) -> (ObjectRef, u64) {
    (m.root(i).expect("a live root"), m.root_id(i))
}

#[test]
fn a_survivor_leaves_the_nursery() {
    let mut m = model(1);
    let (before, _) = rooted(&mut m, 0, NODE, 0);
    m.collect(Scope::Young);
    let (after, _) = get(&m, 0);
    assert!(m.heap.in_nursery(before.address()) && !m.heap.in_nursery(after.address()));
    assert_eq!(m.heap.young_bytes(), 0);
    m.finish();
}

#[test]
fn an_old_object_keeps_a_young_one_alive_through_its_card() {
    let mut m = model(2);
    rooted(&mut m, 0, NODE, 0);
    m.collect(Scope::Young);
    let (o, id) = m.allocate_kind(LEAF, 0);
    let old = get(&m, 0);
    m.store(old, 1, Some(o), id);
    m.collect(Scope::Young);
    assert_eq!(m.id_of(m.load(get(&m, 0), 1).0.expect("still there")), id);
    m.finish();
}

#[test]
fn an_old_array_keeps_what_was_copied_into_it_as_a_block() {
    let mut m = model(3);
    rooted(&mut m, 0, REFERENCES, 900);
    m.collect(Scope::Young);
    rooted(&mut m, 1, REFERENCES, 900);
    for k in 0..899 {
        let (o, id) = m.allocate_kind(LEAF, 0);
        let from = get(&m, 1);
        m.store(from, k, Some(o), id);
    }
    for _ in 0..8 {
        let (from, to) = (get(&m, 1), get(&m, 0));
        m.copy_elements(from, to);
    }
    m.set_root(1, None, 0);
    m.collect(Scope::Young);
    m.check();
    m.finish();
}

#[test]
fn an_old_large_object_keeps_young_ones_of_both_sizes_alive() {
    let mut m = model(4);
    rooted(&mut m, 0, REFERENCES, 5000);
    m.collect(Scope::Young);
    for (k, length) in [(4000, 10), (4998, 2 * LARGE)] {
        let (o, id) = m.allocate_kind(BYTES, length);
        let old = get(&m, 0);
        m.store(old, k, Some(o), id);
    }
    m.collect(Scope::Young);
    m.check();
    m.collect(Scope::Full);
    m.check();
    m.finish();
}

#[test]
fn an_old_array_of_structures_is_scanned_card_by_card() {
    for kind in [STRUCTS, PAIRS] {
        for length in [100, 3000] {
            let mut m = model(14);
            rooted(&mut m, 0, kind, length);
            m.collect(Scope::Young);
            for k in 0..m.fields(get(&m, 0).1) {
                if m.rand(3) == 0 {
                    let (o, id) = m.allocate_kind(LEAF, 0);
                    let old = get(&m, 0);
                    m.store(old, k, Some(o), id);
                }
            }
            m.collect(Scope::Young);
            m.check();
            m.finish();
        }
    }
}

#[test]
fn a_pinned_block_stays_young_and_its_objects_are_found_again() {
    let mut m = model(5);
    let (pinned, id) = rooted(&mut m, 0, NODE, 0);
    m.pin(pinned, id);
    rooted(&mut m, 1, NODE, 0);
    m.collect(Scope::Young);
    // The neighbour lies in the same block: an old object refers to it now, and a pinned one to a new one.
    rooted(&mut m, 2, NODE, 0);
    let (o, new_id) = m.allocate_kind(LEAF, 0);
    let first = get(&m, 0);
    m.store(first, 0, Some(o), new_id);
    let (second, third) = (get(&m, 1), get(&m, 2));
    m.store(third, 0, Some(second.0), second.1);
    m.set_root(1, None, 0);
    for scope in [Scope::Young, Scope::Full, Scope::Young] {
        m.collect(scope);
        m.check();
        assert!(m.heap.in_nursery(get(&m, 0).0.address()));
    }
    m.unpin();
    m.collect(Scope::Young);
    m.check();
    assert!(!m.heap.in_nursery(get(&m, 0).0.address()));
    m.finish();
}

#[test]
fn an_old_pinned_object_is_not_evacuated() {
    let mut m = model(6);
    rooted(&mut m, 0, NODE, 0);
    m.collect(Scope::Young);
    let (o, id) = get(&m, 0);
    m.new_handle(HandleKind::Pinned, (o, id), None);
    rooted(&mut m, 1, LEAF, 0);
    m.collect(Scope::Young);
    let moves = get(&m, 1).0;
    // Under stress every block without pins is evacuated.
    m.collect(Scope::Full);
    assert_eq!(get(&m, 0).0, o);
    assert_eq!(get(&m, 1).0, moves, "it shares the pinned object's block");
    m.free_handle(0);
    m.collect(Scope::Full);
    assert_ne!(get(&m, 0).0, o);
    m.finish();
}

#[test]
fn weak_handles_are_cleared_in_their_order() {
    let mut m = model(7);
    let o = rooted(&mut m, 0, FINALIZABLE, 0);
    let short = m.new_handle(HandleKind::Weak, o, None);
    let long = m.new_handle(HandleKind::WeakTrackResurrection, o, None);
    m.set_root(0, None, 0);
    m.collect(Scope::Full);
    assert!(m.held(short).0.is_none() && m.held(long).0.is_some());
    assert_eq!(m.take_finalizer().map(|(_, id)| id), Some(o.1));
    m.collect(Scope::Full);
    assert!(m.held(long).0.is_none());
    m.finish();
}

#[test]
fn dependent_handles_form_chains() {
    let mut m = model(8);
    let objects: [_; 4] = core::array::from_fn(|i| rooted(&mut m, i, NODE, 0));
    // In an order that takes more than one round.
    for i in (0..3).rev() {
        m.new_handle(HandleKind::Dependent, objects[i], Some(objects[i + 1]));
    }
    for i in 1..4 {
        m.set_root(i, None, 0);
    }
    for scope in [Scope::Young, Scope::Full] {
        m.collect(scope);
        for i in 0..3 {
            let (object, secondary) = m.held(i);
            assert!(object.is_some() && secondary.is_some());
        }
    }
    m.set_root(0, None, 0);
    m.collect(Scope::Full);
    for i in 0..3 {
        assert_eq!(m.held(i), (None, None));
    }
    m.finish();
}

#[test]
fn interior_pointers_find_objects_at_every_border() {
    let mut m = model(9);
    // The last byte of a line, of a large object's page, and everything in between: interior roots are made at random distances.
    for round in 0..40 {
        for i in ROOTS / 2..ROOTS {
            let bytes = [256, 512, LARGE, LARGE + 8, 4096 * 3, 24, 40][(round + i) % 7] - 24;
            rooted(&mut m, i, BYTES, bytes.max(8));
        }
        m.collect(if round % 2 == 0 { Scope::Young } else { Scope::Full });
        m.check();
    }
    m.finish();
}

#[test]
fn memory_of_the_old_space_is_used_again() {
    let mut m = Model::new(10, NURSERY);
    let mut most = 0;
    for round in 0..80 {
        for _ in 0..400 {
            let (o, id) = m.allocate();
            let i = m.rand(ROOTS);
            m.set_root(i, Some(o), id);
        }
        m.collect(if round % 2 == 0 { Scope::Full } else { Scope::Young });
        m.check();
        while m.take_finalizer().is_some() {}
        if round > 20 {
            most = most.max(m.heap.used());
        }
    }
    assert!(most < 8 << 20, "{most}");
    m.finish();
}

#[test]
fn a_limit_is_kept_and_what_does_not_fit_is_refused() {
    let mut m = model(11);
    m.heap.set_limit(4 << 20);
    let (mut served, mut refused) = (0, 0);
    for i in 0..ROOTS / 2 {
        match m.memory(1 << 20, false) {
            Some(a) => {
                let (o, id) = m.adopt_bytes(a, 1 << 20);
                m.set_root(i, Some(o), id);
                served += 1;
            }
            None => refused += 1,
        }
        assert!(m.heap.used() <= 4 << 20);
    }
    assert!(served >= 3 && refused > 0, "{served} {refused}");
    m.set_root(0, None, 0);
    let a = m.memory(1 << 20, false).expect("what was freed can be had again");
    m.adopt_bytes(a, 1 << 20);
    m.finish();
}

#[test]
fn a_full_space_of_large_objects_refuses_more_and_takes_more_when_some_die() {
    let mut m = model(15);
    let size = SPACE / 8;
    for i in 0..8 {
        let a = m.memory(size, false).expect("there is room");
        let (o, id) = m.adopt_bytes(a, size);
        m.set_root(i, Some(o), id);
    }
    assert_eq!(m.memory(LARGE + 8, false), None);
    assert_eq!(m.memory(LARGE + 8, true), None);
    m.check();
    m.set_root(3, None, 0);
    m.collect(Scope::Full);
    let a = m.memory(size, false).expect("there is room again");
    m.adopt_bytes(a, size);
    m.finish();
}

#[test]
fn absurd_sizes_are_refused() {
    let mut m = model(12);
    for size in [1 << 47, 1 << 40, isize::MAX as usize & !7] {
        assert_eq!(m.memory(size, false), None, "{size:x}");
        assert_eq!(m.memory(size, true), None, "{size:x}");
    }
    m.finish();
}

#[test]
fn freed_handles_are_used_again() {
    let mut m = model(13);
    let o = rooted(&mut m, 0, NODE, 0);
    for _ in 0..1000 {
        m.new_handle(HandleKind::Normal, o, None);
        m.free_handle(0);
    }
    assert!(m.heap.handles.len() < 1000);
    m.finish();
}

#[test]
fn what_lies_beside_a_pinned_object_leaves_the_nursery() {
    let mut m = model(16);
    rooted(&mut m, 1, NODE, 0);
    let (pinned, id) = rooted(&mut m, 0, NODE, 0);
    m.pin(pinned, id);
    rooted(&mut m, 2, NODE, 0);
    m.collect(Scope::Young);
    assert_eq!(get(&m, 0).0, pinned);
    assert!(!m.heap.in_nursery(get(&m, 1).0.address()) && !m.heap.in_nursery(get(&m, 2).0.address()));
    assert_eq!((m.heap.young_bytes(), m.heap.stats().last.pinned), (48, 1));
    m.finish();
}

#[test]
fn gaps_between_pinned_objects_are_allocated_in() {
    let mut m = model(17);
    // Pins in every block of a nursery of eight, then many times as many objects as fit in it.
    for i in 0..24 {
        let o = rooted(&mut m, i, NODE, 0);
        m.new_handle(HandleKind::Pinned, o, None);
        for _ in 0..200 {
            m.allocate_kind(NODE, 0);
        }
    }
    for _ in 0..40_000 {
        let (o, id) = m.allocate_kind(NODE, 0);
        assert!(m.heap.in_nursery(o.address()));
        let i = 24 + m.rand(ROOTS - 24);
        m.set_root(i, Some(o), id);
    }
    m.check();
    assert_eq!(m.heap.stats().last.pinned, 24);
    m.finish();
}

#[test]
fn one_pinned_object_in_a_few_does_not_exhaust_the_memory() {
    let mut m = model(18);
    let count = if crate::heap::memcheck::is_running() { 500 } else { 20_000 };
    for i in 0..count {
        let o = m.allocate_kind(NODE, 0);
        if i % 7 == 0 {
            m.new_handle(HandleKind::Pinned, o, None);
        }
    }
    m.collect(Scope::Full);
    m.check();
    while !m.handles.is_empty() {
        m.free_handle(m.handles.len() - 1);
    }
    m.collect(Scope::Young);
    assert_eq!(m.heap.young_bytes(), 0);
    m.finish();
}

#[test]
fn memory_of_large_objects_is_used_again_and_reads_as_zero() {
    let mut m = Model::new(19, NURSERY);
    // Small ones are cleared at once, large ones by the system when they are touched.
    for length in [LARGE + 100, 300 << 10, 2 << 20] {
        for _ in 0..30 {
            let (o, id) = m.allocate_kind(BYTES, length);
            m.set_root(0, Some(o), id);
        }
        m.check();
    }
    assert!(m.heap.stats().minor < 30, "{:?}", m.heap.stats());
    m.finish();
}

#[test]
fn large_objects_that_all_survive_put_collections_off() {
    let mut m = Model::new(20, NURSERY);
    for i in 0..ROOTS / 2 {
        let (o, id) = m.allocate_kind(BYTES, 500 << 10);
        m.set_root(i, Some(o), id);
    }
    assert_eq!(m.heap.stats().minor, 1);
    m.finish();
}

#[test]
fn nothing_is_collected_while_collections_are_put_off() {
    let mut m = Model::new(21, NURSERY);
    m.heap.begin_quiet(2 << 20);
    for _ in 0..20_000 {
        m.allocate_kind(NODE, 0);
    }
    m.allocate_kind(BYTES, 900 << 10);
    assert_eq!((m.heap.stats().minor, m.heap.end_quiet()), (0, Quiet::On(2 << 20)));
    m.heap.begin_quiet(1 << 20);
    for _ in 0..100_000 {
        m.allocate_kind(NODE, 0);
    }
    assert!(m.heap.stats().minor > 0);
    assert_eq!(m.heap.end_quiet(), Quiet::Exceeded);
    m.heap.begin_quiet(1 << 20);
    let scope = m.heap.request(0);
    m.collect(scope);
    assert_eq!((m.heap.end_quiet(), m.heap.end_quiet()), (Quiet::Induced, Quiet::Off));
    m.finish();
}

#[test]
fn generations_follow_the_collections_that_were_asked_for() {
    let mut m = Model::new(22, NURSERY);
    rooted(&mut m, 0, NODE, 0);
    // Large here and on .NET; then large here alone, which .NET has in its young generations.
    rooted(&mut m, 1, BYTES, 100_000);
    rooted(&mut m, 3, BYTES, 2 * LARGE);
    let generation = |m: &Model, i| m.heap.generation(get(m, i).0);
    assert_eq!((generation(&m, 0), generation(&m, 1), generation(&m, 3)), (Some(0), Some(2), Some(0)));
    for (asked, expected, large) in [(0, 1, 1), (0, 1, 2), (1, 2, 2), (2, 2, 2)] {
        let scope = m.heap.request(asked);
        m.collect(scope);
        assert_eq!((generation(&m, 0), generation(&m, 3)), (Some(expected), Some(large)), "after {asked}");
        assert_eq!(generation(&m, 1), Some(2));
    }
    rooted(&mut m, 2, NODE, 0);
    let scope = m.heap.request(2);
    m.collect(scope);
    assert_eq!((generation(&m, 0), generation(&m, 2)), (Some(2), Some(1)));
    let stats = m.heap.stats();
    assert_eq!((stats.minor, stats.middle, stats.major, stats.last.generation), (5, 3, 2, 2));
    m.finish();
}

#[test]
fn in_an_emergency_there_is_memory_beyond_the_limit() {
    let mut m = Model::new(23, NURSERY);
    m.heap.set_limit(1 << 20);
    while m.memory(64 << 10, false).is_some_and(|a| {
        let (o, id) = m.adopt_bytes(a, 64 << 10);
        let i = m.shadows.len() % (ROOTS / 2);
        m.set_root(i, Some(o), id);
        m.shadows.len() < ROOTS / 2
    }) {}
    assert_eq!(m.memory(64 << 10, false), None);
    let before = m.heap.stats().minor;
    m.heap.set_emergency(true);
    for _ in 0..100 {
        m.allocate_kind(NODE, 0);
    }
    assert_eq!(m.heap.stats().minor, before);
    m.heap.set_emergency(false);
    m.finish();
}
