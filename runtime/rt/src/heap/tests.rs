//! Host tests of the collector: random programs against a shadow model, with seeds.

use super::{Heap, Hooks, RootSet, weak::kind};
use crate::mt::{Mt, Obj};
use crate::thread::ThreadBlock;
use kiln_abi::method_table::{MethodTable, flags};
use std::boxed::Box;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::vec::Vec;

const ROOTS: usize = 48;

std::thread_local! {
    static WORLD: Cell<*mut World> = const { Cell::new(core::ptr::null_mut()) };
}

/// What a slot of an object refers to, by identity number (0 = null).
struct Shadow {
    mt: usize,
    length: usize,
    fields: Vec<u64>,
}

struct World {
    heap: Heap,
    thread: Box<ThreadBlock>,
    types: Vec<Mt>,
    /// The first half holds object references, the second half interior pointers.
    roots: Box<[usize; ROOTS]>,
    root_ids: [u64; ROOTS],
    offsets: [usize; ROOTS],
    pins: Vec<(usize, Box<usize>, u64)>,
    shadows: BTreeMap<u64, Shadow>,
    next: u64,
    random: u64,
}

/// kinds: 0 node with 3 references, 1 bytes, 2 references, 3 structs {ref, id-free word, ref}, 4 finalizable node
fn make_types() -> Vec<Mt> {
    let layout = |offsets: &[u32]| {
        let mut v = std::vec![offsets.len() as u32];
        v.extend_from_slice(offsets);
        Box::leak(v.into_boxed_slice()).as_ptr()
    };
    let make = |flag: u32, component: u32, base: u32, layout: *const u32| {
        // SAFETY: integers and raw pointers.
        let mut mt: MethodTable = unsafe { core::mem::zeroed() };
        mt.flags = flag | component;
        mt.base_size = base;
        mt.gc_layout = layout;
        Box::leak(Box::new(mt)) as Mt
    };
    let a = flags::HAS_COMPONENT_SIZE;
    std::vec![
        make(0, 0, 48, layout(&[16, 24, 32])),
        make(a, 1, 24, core::ptr::null()),
        make(a, 8, 24, layout(&[0])),
        make(a, 24, 24, layout(&[0, 16])),
        make(0, 0, 48, layout(&[16, 24, 32])),
    ]
}

fn roots_hook(set: &mut RootSet) {
    let w = WORLD.get();
    // SAFETY: the test's world; the heap is borrowed elsewhere, but only other fields are used.
    unsafe {
        for i in 0..ROOTS {
            let slot = &raw mut (*w).roots[i] as usize;
            if i < ROOTS / 2 { set.add(slot) } else { set.add_interior(slot) }
        }
        for (_, slot, _) in &(*w).pins {
            let slot = &raw const **slot as usize;
            set.add_pinned(slot);
            set.add_interior(slot);
        }
    }
}

fn is_type(word: usize) -> bool {
    // SAFETY: the test's world.
    unsafe { (*WORLD.get()).types.iter().any(|&t| t as usize == word) }
}

impl World {
    fn new(seed: u64, nursery: usize) -> Box<Self> {
        let mut w = Box::new(World {
            heap: Heap::new(),
            // SAFETY: integers and raw pointers.
            thread: Box::new(unsafe { core::mem::zeroed() }),
            types: make_types(),
            roots: Box::new([0; ROOTS]),
            root_ids: [0; ROOTS],
            offsets: [0; ROOTS],
            pins: Vec::new(),
            shadows: BTreeMap::new(),
            next: 1,
            random: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
        });
        WORLD.set(&raw mut *w);
        // SAFETY: the world is boxed and does not move.
        unsafe {
            w.heap.init(Hooks { roots: roots_hook, is_method_table: is_type });
            let t = &raw mut *w.thread;
            w.heap.attach(t);
        }
        w.heap.set_nursery(nursery);
        w.heap.verify = true;
        w
    }

    fn rand(&mut self, n: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as usize % n
    }

    fn offsets_of(kind: usize, length: usize) -> Vec<usize> {
        match kind {
            0 | 4 => std::vec![16, 24, 32],
            2 => (1..length).map(|i| 16 + 8 * i).collect(),
            3 => (1..length).flat_map(|i| [16 + 24 * i, 32 + 24 * i]).collect(),
            _ => Vec::new(),
        }
    }

    /// Where the identity number lies. Arrays keep it in their first element, tagged so that it is no reference.
    fn id_slot(kind: usize) -> usize {
        if kind == 0 || kind == 4 { 8 } else { 16 + if kind == 3 { 8 } else { 0 } }
    }

    fn alloc(&mut self) -> (usize, u64) {
        let kind = self.rand(5);
        let length = match self.rand(60) {
            0 => 1000 + self.rand(3000),
            1..10 => 20 + self.rand(200),
            _ => 2 + self.rand(12),
        };
        let length = if kind == 1 { length * 8 } else { length };
        // SAFETY: allocation as the runtime does it.
        unsafe {
            let mt = self.types[kind];
            let component = crate::mt::component_size(&*mt) * usize::from(kind != 0 && kind != 4);
            let size = ((*mt).base_size as usize + component * length + 7) & !7;
            let t = &raw mut *self.thread;
            let mut a = (*t).alloc_ptr;
            if a != 0 && a + size <= (*t).alloc_limit {
                (*t).alloc_ptr += size;
            } else {
                a = if self.rand(50) == 0 { self.heap.alloc_no_gc(t, size) } else { self.heap.alloc_slow(t, size) };
            }
            assert_ne!(a, 0);
            for i in 0..size / 8 {
                assert_eq!(((a + i * 8) as *const u64).read(), 0, "memory is zeroed");
            }
            let o = (a + 8) as Obj;
            o.cast::<Mt>().write(mt);
            if component != 0 {
                o.add(8).cast::<u32>().write(length as u32);
            }
            let id = self.next;
            self.next += 1;
            // Reference arrays keep a small odd number in element 0: not in the heap's range.
            o.add(Self::id_slot(kind)).cast::<u64>().write(id);
            if kind == 1 {
                for i in 8..length {
                    o.add(16 + i).write((id as usize + i) as u8);
                }
            }
            if kind == 4 {
                self.heap.weak.register_finalizer(o);
            }
            self.shadows.insert(id, Shadow { mt: kind, length, fields: std::vec![0; Self::offsets_of(kind, length).len()] });
            (o as usize, id)
        }
    }

    fn set_root(&mut self, i: usize, o: usize, id: u64) {
        self.root_ids[i] = id;
        self.offsets[i] = 0;
        if o == 0 {
            self.roots[i] = 0;
            return;
        }
        if i >= ROOTS / 2 {
            // Anywhere from the reference itself to one past the end.
            // SAFETY: the object was just allocated or is reachable from a root.
            let size = unsafe { crate::mt::size_with(&*crate::mt::mt_of(o as Obj), o as Obj) } - 8;
            self.offsets[i] = match self.rand(4) {
                0 => size,
                1 => 0,
                _ => self.rand(size + 1),
            };
        }
        self.roots[i] = o + self.offsets[i];
    }

    fn root(&self, i: usize) -> usize {
        if self.root_ids[i] == 0 { 0 } else { self.roots[i] - self.offsets[i] }
    }

    fn step(&mut self) {
        match self.rand(100) {
            0..45 => {
                let (o, id) = self.alloc();
                let i = self.rand(ROOTS);
                self.set_root(i, o, id);
            }
            45..80 => {
                let (from, to) = (self.rand(ROOTS), self.rand(ROOTS));
                let (o, id) = (self.root(from), self.root_ids[from]);
                let (v, vid) = (self.root(to), self.root_ids[to]);
                if id == 0 {
                    return;
                }
                let shadow = &self.shadows[&id];
                let offsets = Self::offsets_of(shadow.mt, shadow.length);
                if offsets.is_empty() {
                    return;
                }
                let k = self.rand(offsets.len());
                self.shadows.get_mut(&id).unwrap().fields[k] = vid;
                // SAFETY: a slot of a live object.
                unsafe {
                    ((o + offsets[k]) as *mut usize).write(v);
                    self.heap.record_store(o + offsets[k], v);
                }
            }
            80..90 => {
                // Load a field into a root.
                let from = self.rand(ROOTS);
                let (o, id) = (self.root(from), self.root_ids[from]);
                if id == 0 {
                    return;
                }
                let shadow = &self.shadows[&id];
                let offsets = Self::offsets_of(shadow.mt, shadow.length);
                if offsets.is_empty() {
                    return;
                }
                let fields = shadow.fields.clone();
                let k = self.rand(offsets.len());
                // SAFETY: a slot of a live object.
                let v = unsafe { ((o + offsets[k]) as *const usize).read() };
                let i = self.rand(ROOTS);
                self.set_root(i, v, fields[k]);
            }
            90..97 => {
                let i = self.rand(ROOTS);
                self.set_root(i, 0, 0);
            }
            97 => {
                if self.pins.len() > 3 || self.rand(2) == 0 {
                    let n = self.pins.len();
                    if n > 0 {
                        let k = self.rand(n);
                        self.pins.swap_remove(k);
                    }
                } else {
                    let i = self.rand(ROOTS);
                    if self.root_ids[i] != 0 {
                        let o = self.root(i);
                        self.pins.push((o, Box::new(o + 8), self.root_ids[i]));
                    }
                }
            }
            _ => {
                // A shadow collection keeps the model small.
                if self.rand(40) == 0 {
                    let live = self.check();
                    self.shadows.retain(|id, _| live.contains_key(id));
                }
            }
        }
    }

    /// Compares everything reachable; returns identity → address.
    fn check(&mut self) -> BTreeMap<u64, usize> {
        let mut seen: BTreeMap<u64, usize> = BTreeMap::new();
        let mut work: Vec<(u64, usize)> = Vec::new();
        for i in 0..ROOTS {
            work.push((self.root_ids[i], self.root(i)));
        }
        for (at, slot, id) in &self.pins {
            assert_eq!(*at + 8, **slot, "a pinned object moved");
            work.push((*id, *at));
        }
        while let Some((id, o)) = work.pop() {
            assert_eq!(id == 0, o == 0, "id {id} at {o:x}");
            if id == 0 {
                continue;
            }
            if let Some(&known) = seen.get(&id) {
                assert_eq!(known, o, "one identity, two objects");
                continue;
            }
            seen.insert(id, o);
            let shadow = &self.shadows[&id];
            // SAFETY: claimed to be an object.
            unsafe {
                assert_eq!((o as *const Mt).read(), self.types[shadow.mt], "type of {id}");
                assert_eq!(((o + Self::id_slot(shadow.mt)) as *const u64).read(), id);
                if shadow.mt == 1 {
                    for i in 8..shadow.length {
                        assert_eq!(((o + 16 + i) as *const u8).read(), (id as usize + i) as u8);
                    }
                }
                for (k, offset) in Self::offsets_of(shadow.mt, shadow.length).into_iter().enumerate() {
                    work.push((shadow.fields[k], ((o + offset) as *const usize).read()));
                }
            }
        }
        seen
    }
}

fn fuzz(seed: u64, steps: usize, nursery: usize, stress: u64) -> super::Stats {
    let mut w = World::new(seed, nursery);
    w.heap.stress = stress;
    // The verifier walks everything: not around every collection of a long run.
    for i in 0..steps {
        w.heap.verify = stress != 0 || i % 64 == 0;
        w.step();
        if w.rand(2000) == 0 {
            // SAFETY: all roots are reported.
            unsafe { w.heap.collect(true) }
            w.check();
        }
        while let Some(o) = w.heap.weak.take_finalizer() {
            // SAFETY: a resurrected object.
            let id = unsafe { o.add(8).cast::<u64>().read() };
            if w.shadows.contains_key(&id) {
                let i = w.rand(ROOTS / 2);
                w.set_root(i, o as usize, id);
            }
        }
    }
    w.check();
    w.heap.stats
}

#[test]
fn random_programs() {
    for seed in 1..=6 {
        let stats = fuzz(seed, 60_000, 256 << 10, 0);
        assert!(stats.minor > 10 && stats.major > 5, "{stats:?}");
    }
}

#[test]
fn collection_at_every_allocation() {
    for seed in 1..=3 {
        let stats = fuzz(seed + 100, 3_000, 64 << 10, 1);
        assert!(stats.minor > 1000 && stats.major > 60, "{stats:?}");
    }
}

#[test]
fn weak_and_dependent_handles() {
    let mut w = World::new(7, 256 << 10);
    let (a, a_id) = w.alloc();
    w.set_root(0, a, a_id);
    let (b, _) = w.alloc();
    let null = core::ptr::null_mut();
    let live = w.heap.weak.allocate(a as Obj, null, kind::WEAK);
    let dead = w.heap.weak.allocate(b as Obj, null, kind::WEAK);
    let (c, c_id) = w.alloc();
    let ephemeron = w.heap.weak.allocate(a as Obj, c as Obj, kind::DEPENDENT);
    let (d, d_id) = w.alloc();
    let strong = w.heap.weak.allocate(d as Obj, null, kind::NORMAL);
    for full in [false, true, true] {
        // SAFETY: all roots are reported; handles stay valid.
        unsafe {
            w.heap.collect(full);
            assert_eq!((*live).object as usize, w.root(0));
            assert!((*dead).object.is_null());
            assert_eq!((*ephemeron).object as usize, w.root(0));
            let shadow = &w.shadows[&c_id];
            assert_eq!((*ephemeron).secondary.add(World::id_slot(shadow.mt)).cast::<u64>().read(), c_id);
            assert_eq!((*strong).object.add(World::id_slot(w.shadows[&d_id].mt)).cast::<u64>().read(), d_id);
        }
    }
    w.set_root(0, 0, 0);
    // SAFETY: as above.
    unsafe {
        w.heap.collect(true);
        assert!((*live).object.is_null() && (*ephemeron).object.is_null() && (*ephemeron).secondary.is_null());
        w.heap.weak.release(strong);
    }
}

#[test]
fn old_memory_is_reused() {
    let mut w = World::new(9, 256 << 10);
    w.heap.verify = false;
    let mut most = 0;
    for round in 0..200 {
        for _ in 0..400 {
            let (o, id) = w.alloc();
            let i = w.rand(ROOTS);
            w.set_root(i, o, id);
        }
        // SAFETY: all roots are reported.
        unsafe { w.heap.collect(round % 2 == 0) }
        let live = w.check();
        w.shadows.retain(|id, _| live.contains_key(id));
        if round > 20 {
            most = most.max(w.heap.used());
        }
    }
    assert!(most < 8 << 20, "{most}");
}
