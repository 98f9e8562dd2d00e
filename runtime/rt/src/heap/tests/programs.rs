//! Random programs.

use super::model::{Model, ROOTS};
use crate::heap::Stats;
use crate::heap::allocate::Scope;
use crate::heap::handles::HandleKind;
use crate::heap::memcheck;

const KINDS_OF_HANDLES: [HandleKind; 5] =
    [HandleKind::Weak, HandleKind::WeakTrackResurrection, HandleKind::Normal, HandleKind::Pinned, HandleKind::Dependent];

/// One step of a random program.
fn step(m: &mut Model) {
    match m.rand(100) {
        0..40 => {
            let (o, id) = m.allocate();
            let i = m.rand(ROOTS);
            m.set_root(i, Some(o), id);
        }
        40..65 => store(m),
        65..72 => {
            let Some(from) = m.some_root() else { return };
            let n = m.fields(from.1);
            if n > 0 {
                let k = m.rand(n);
                let (value, id) = m.load(from, k);
                let i = m.rand(ROOTS);
                m.set_root(i, value, id);
            }
        }
        72..75 => {
            if let (Some(from), Some(to)) = (m.some_root(), m.some_root()) {
                m.copy_elements(from, to);
            }
        }
        75..81 => {
            let i = m.rand(ROOTS);
            m.set_root(i, None, 0);
        }
        81..84 => {
            if m.pins() > 3 || m.rand(2) == 0 {
                m.unpin();
            } else if let Some((o, id)) = m.some_root() {
                m.pin(o, id);
            }
        }
        84..92 => handle(m),
        92..95 => finalizers(m),
        95 => {
            if m.rand(2) == 0 {
                m.attach();
            } else {
                m.detach();
            }
        }
        96 => {
            if m.rand(10) == 0 {
                m.collect(Scope::Young);
            }
        }
        97 => {
            if m.rand(8) == 0 {
                m.collect(Scope::Full);
                m.check();
            }
        }
        _ => {
            if m.rand(40) == 0 {
                m.check();
            }
        }
    }
}

fn store(m: &mut Model) {
    let Some(to) = m.some_root() else { return };
    let n = m.fields(to.1);
    if n > 0 {
        let (k, from) = (m.rand(n), m.rand(ROOTS));
        let (value, id) = (m.root(from), m.root_id(from));
        m.store(to, k, value, id);
    }
}

fn handle(m: &mut Model) {
    let n = m.handles.len();
    if n > 24 || n > 0 && m.rand(3) == 0 {
        let i = m.rand(n);
        m.free_handle(i);
    } else if let (Some(first), Some(second)) = (m.some_root(), m.some_root()) {
        let kind = KINDS_OF_HANDLES[m.rand(KINDS_OF_HANDLES.len())];
        m.new_handle(kind, first, (kind == HandleKind::Dependent).then_some(second));
    }
}

/// The finalizer thread: some objects come back to life, some of those with a finalizer again.
fn finalizers(m: &mut Model) {
    while let Some((o, id)) = m.take_finalizer() {
        if m.rand(4) == 0 {
            let i = m.rand(ROOTS);
            m.set_root(i, Some(o), id);
            if m.rand(2) == 0 {
                m.register_finalizer(o, id);
            }
        }
    }
}

/// Runs a program and ends it. `verify`: the heap's verifier looks at every nth step's collections.
fn run(seed: u64, steps: usize, nursery: usize, stress: u64, verify: Option<usize>) -> Stats {
    let mut m = Model::new(seed, nursery);
    m.heap.set_stress(stress);
    for i in 0..steps {
        m.heap.set_verify(verify.is_some_and(|n| i % n == 0));
        step(&mut m);
    }
    let stats = m.heap.stats();
    m.finish();
    stats
}

/// So many seeds, or one where each takes long.
fn seeds(first: u64, count: u64) -> core::ops::Range<u64> {
    first..first + if memcheck::is_running() { 1 } else { count }
}

#[test]
fn a_random_program_sees_its_own_objects() {
    for seed in seeds(1, 20) {
        let stats = run(seed, 20_000, 128 << 10, 0, Some(64));
        assert!(stats.minor > 10 && stats.major > 5, "{stats:?}");
    }
}

#[test]
fn a_random_program_sees_its_own_objects_without_the_verifier() {
    for seed in seeds(31, 40) {
        let stats = run(seed, 20_000, 128 << 10, 0, None);
        assert!(stats.minor > 10 && stats.major > 5, "{stats:?}");
    }
}

#[test]
fn a_collection_at_every_allocation_changes_nothing() {
    for seed in seeds(101, 20) {
        let stats = run(seed, 2_000, 64 << 10, 1, Some(1));
        assert!(stats.extra[0] > 500 && stats.extra[1] > 30 && stats.minor > 0, "{stats:?}");
    }
}

#[test]
fn a_nursery_of_one_block_is_enough() {
    for seed in seeds(201, 20) {
        let stats = run(seed, 15_000, 1, 0, Some(16));
        assert!(stats.minor > 100, "{stats:?}");
    }
}

#[test]
fn two_heaps_of_one_process_know_nothing_of_each_other() {
    let (mut a, mut b) = (Model::new(301, 128 << 10), Model::new(302, 64 << 10));
    for _ in 0..10_000 {
        step(&mut a);
        step(&mut b);
    }
    assert!(a.heap.stats().minor > 3 && b.heap.stats().minor > 3);
    a.finish();
    b.finish();
}
