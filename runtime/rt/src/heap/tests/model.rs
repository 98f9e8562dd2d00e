//! A heap, a program that uses it, and a model of the graph that the program made: which objects there are, by identity numbers that they
//! carry, and what refers to what. After each collection the heap must agree with the model.

use std::boxed::Box;
use std::cell::UnsafeCell;
use std::collections::{BTreeMap, BTreeSet};
use std::vec::Vec;

use kiln_abi::method_table::{MethodTable, flags};

use crate::heap::Heap;
use crate::heap::address::{Address, ObjectRef, Slot};
use crate::heap::allocate::{Answer, Request, Scope};
use crate::heap::collect::Embedder;
use crate::heap::handles::{Handle, HandleKind};
use crate::heap::object::size_of;
use crate::heap::root_set::RootSet;
use crate::heap::tlab::{Threads, Tlab};
use crate::mt::Mt;
use crate::thread::ThreadBlock;
use crate::world::WorldStopped;

/// Slots outside of the heap: the first half holds references, the second half interior pointers.
pub(super) const ROOTS: usize = 48;
/// Each space of the heap: a small one, because memcheck keeps account of all of it.
pub(super) const SPACE: usize = 16 << 20;
/// An object's number; 0 is null.
pub(super) type Id = u64;

/// A type of the test's program.
pub(super) struct Kind {
    mt: Mt,
    /// Offset of the object's number.
    id: usize,
    /// Bytes of an element, 0 for a type without.
    component: usize,
    /// Offsets of references, in the object or in an element.
    references: &'static [usize],
    /// The first element that has references: the number may be in their place in earlier ones.
    first: usize,
    pub(super) finalizable: bool,
}

/// Names of the kinds: their index.
pub(super) const NODE: usize = 0;
pub(super) const BYTES: usize = 1;
pub(super) const REFERENCES: usize = 2;
pub(super) const STRUCTS: usize = 3;
pub(super) const FINALIZABLE: usize = 4;
pub(super) const LEAF: usize = 5;
pub(super) const PAIRS: usize = 6;
pub(super) const KINDS: usize = 7;

fn kinds() -> Vec<Kind> {
    let make = |base: u32, component: usize, references: &'static [usize], id: usize, first: usize| {
        // SAFETY: integers and raw pointers.
        let mut mt: MethodTable = unsafe { core::mem::zeroed() };
        mt.flags = component as u32 | if component != 0 { flags::HAS_COMPONENT_SIZE } else { 0 };
        mt.base_size = base;
        if !references.is_empty() {
            let layout: Vec<u32> = [references.len() as u32].into_iter().chain(references.iter().map(|&o| o as u32)).collect();
            mt.gc_layout = Box::leak(layout.into_boxed_slice()).as_ptr();
        }
        Kind { mt: Box::leak(Box::new(mt)), id, component, references, first, finalizable: false }
    };
    std::vec![
        make(48, 0, &[16, 24, 32], 8, 0),
        make(24, 1, &[], 16, 0),
        make(24, 8, &[0], 16, 1),
        make(24, 24, &[0, 16], 24, 0),
        Kind { finalizable: true, ..make(48, 0, &[16, 24, 32], 8, 0) },
        make(24, 0, &[], 8, 0),
        make(24, 16, &[8], 16, 0),
    ]
}

impl Kind {
    /// How many references an object has.
    fn fields(&self, length: usize) -> usize {
        let elements = if self.component == 0 { 1 } else { length.saturating_sub(self.first) };
        elements * self.references.len()
    }

    /// Offset of one of them.
    fn offset(&self, k: usize) -> usize {
        let n = self.references.len();
        if self.component == 0 { self.references[k] } else { 16 + (self.first + k / n) * self.component + self.references[k % n] }
    }
}

/// The bytes of an object that tell it from others: all of a short one's.
fn bytes(length: usize) -> impl Iterator<Item = usize> {
    (8..length).step_by(if length < 1 << 16 { 1 } else { 509 })
}

/// What the model knows of an object.
pub(super) struct Shadow {
    pub(super) kind: usize,
    length: usize,
    pub(super) fields: Vec<Id>,
}

/// A slot outside of the heap: the collector writes it behind our back.
struct Word(UnsafeCell<usize>);

impl Word {
    fn new(value: usize) -> Box<Self> {
        Box::new(Self(UnsafeCell::new(value)))
    }

    fn get(&self) -> usize {
        // SAFETY: collections are over when this is called.
        unsafe { self.0.get().read() }
    }

    fn set(&self, value: usize) {
        // SAFETY: as above.
        unsafe { self.0.get().write(value) }
    }

    fn slot(&self) -> Slot {
        Slot::of(self.0.get())
    }
}

struct Pin {
    at: usize,
    word: Box<Word>,
    id: Id,
}

/// What the program holds: the heap's embedder.
pub(super) struct Program {
    kinds: Vec<Kind>,
    roots: Box<[Word]>,
    pins: Vec<Pin>,
    /// Words that follow a root at a distance: the root's index, the word, the distance.
    derived: Vec<(usize, Box<Word>, usize)>,
    /// A test's mistake: this root is not reported.
    pub(super) forget: Option<usize>,
}

// SAFETY: what `Model` uses after a collection is reached from these slots, and from handles and finalizers, which the heap has.
unsafe impl Embedder for Program {
    fn roots(&mut self, _: &mut WorldStopped<'_>, _: &Threads, set: &mut RootSet) {
        // SAFETY: the words are boxed, and nobody uses them during the collection.
        unsafe {
            for (i, word) in self.roots.iter().enumerate() {
                match i {
                    _ if self.forget == Some(i) => {}
                    0..24 => set.add(word.slot()),
                    _ => set.add_interior(word.slot()),
                }
            }
            for pin in &self.pins {
                set.add_pinned(pin.word.slot());
                set.add_interior(pin.word.slot());
            }
            for (base, word, _) in &self.derived {
                set.add_derived(word.slot(), self.roots[*base].slot());
            }
        }
    }

    fn is_method_table(&self, word: Address) -> bool {
        self.kinds.iter().any(|k| k.mt as usize == word.get())
    }
}

/// A handle and what it should hold.
pub(super) struct Held {
    handle: *mut Handle,
    kind: HandleKind,
    /// 0: null, or cleared.
    object: Id,
    secondary: Id,
    /// Where a pinned object is.
    at: usize,
}

pub(super) struct Model {
    pub(super) heap: Heap,
    pub(super) program: Program,
    /// Attached threads; every allocation is some thread's.
    threads: Vec<*mut ThreadBlock>,
    /// The number of what each root refers to, and its distance from the object's reference.
    root_ids: [Id; ROOTS],
    offsets: [usize; ROOTS],
    pub(super) handles: Vec<Held>,
    pub(super) shadows: BTreeMap<Id, Shadow>,
    /// Objects whose finalizer is to be seen as due, as often as they were registered.
    pub(super) registered: Vec<Id>,
    next: Id,
    random: u64,
}

impl Model {
    /// A heap with a nursery of some size; `seed` decides everything that is random.
    pub(super) fn new(seed: u64, nursery: usize) -> Self {
        let mut heap = Heap::unreserved();
        heap.reserve(SPACE);
        heap.set_nursery(nursery);
        let mut model = Self {
            heap,
            program: Program {
                kinds: kinds(),
                roots: (0..ROOTS).map(|_| Word(UnsafeCell::new(0))).collect(),
                pins: Vec::new(),
                derived: Vec::new(),
                forget: None,
            },
            threads: Vec::new(),
            root_ids: [0; ROOTS],
            offsets: [0; ROOTS],
            handles: Vec::new(),
            shadows: BTreeMap::new(),
            registered: Vec::new(),
            next: 1,
            random: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
        };
        model.attach();
        model
    }

    /// xorshift (Marsaglia 2003).
    pub(super) fn rand(&mut self, n: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as usize % n
    }

    // ---- threads

    pub(super) fn attach(&mut self) {
        if self.threads.len() == 4 {
            return;
        }
        // SAFETY: integers and raw pointers.
        let t = Box::into_raw(Box::new(unsafe { core::mem::zeroed::<ThreadBlock>() }));
        self.threads.push(t);
        // SAFETY: the block is freed after `detach`.
        unsafe { self.heap.attach(t) }
    }

    pub(super) fn detach(&mut self) {
        if self.threads.len() > 1 {
            let n = self.threads.len();
            let i = self.rand(n);
            let t = self.threads.swap_remove(i);
            // SAFETY: attached once.
            unsafe {
                self.heap.detach(t);
                drop(Box::from_raw(t));
            }
        }
    }

    // ---- objects

    /// A length with which an object has about so many bytes.
    fn length_for(&self, kind: usize, bytes: usize) -> usize {
        (bytes.saturating_sub(24) / self.program.kinds[kind].component.max(1)).max(8)
    }

    /// A random object. Sizes prefer the borders: lines, the large-object limit, pages.
    pub(super) fn allocate(&mut self) -> (ObjectRef, Id) {
        let kind = self.rand(KINDS);
        let length = match self.rand(60) {
            0 => 1000 + self.rand(3000),
            1 => self.length_for(kind, 4096),
            2 => self.length_for(kind, 8192),
            3 => self.length_for(kind, 8200),
            4 => self.length_for(kind, 3 * 4096),
            5..10 => 20 + self.rand(200),
            10 => self.length_for(kind, 256),
            _ => 2 + self.rand(12),
        };
        self.allocate_kind(kind, if kind == BYTES { length.max(8) } else { length })
    }

    /// An object of a kind. References to it must be held at once: it is not in any slot.
    pub(super) fn allocate_kind(&mut self, kind: usize, length: usize) -> (ObjectRef, Id) {
        // SAFETY: a MethodTable of ours.
        let mt = unsafe { &*self.program.kinds[kind].mt };
        let size = size_of(mt, length as u32);
        let without_collecting = self.rand(50) == 0;
        let a = self.memory(size, without_collecting).expect("there is memory");
        // SAFETY: fresh memory of this size.
        unsafe {
            for i in 0..size / 8 {
                assert_eq!((a + i * 8).read::<u64>(), 0, "memory is zeroed");
            }
            let o = ObjectRef::at(a + 8);
            o.address().write::<Mt>(mt);
            let id = self.next;
            self.next += 1;
            let k = &self.program.kinds[kind];
            if k.component != 0 {
                (o.address() + 8).write(length as u32);
            }
            (o.address() + k.id).write(id);
            if kind == BYTES {
                for i in bytes(length) {
                    (o.address() + 16 + i).write((id as usize + i) as u8);
                }
            }
            let fields = std::vec![0; k.fields(length)];
            if k.finalizable {
                self.register_finalizer(o, id);
            }
            self.shadows.insert(id, Shadow { kind, length, fields });
            (o, id)
        }
    }

    /// Memory of a random thread.
    pub(super) fn memory(&mut self, size: usize, without_collecting: bool) -> Option<Address> {
        let n = self.threads.len();
        let i = self.rand(n);
        // SAFETY: all threads are this one. What the memory is for is made of it before anything is collected.
        unsafe {
            let t = Tlab::of(self.threads[i]);
            if let Some(a) = t.take(size) {
                return Some(a);
            }
            if without_collecting {
                return self.heap.allocate_without_collecting(t, size);
            }
            let mut request = Request::new(size);
            loop {
                match self.heap.advance(&mut request, t) {
                    Answer::Memory(a) => return Some(a),
                    Answer::Exhausted => return None,
                    Answer::Collect(scope) => self.collect(scope),
                }
            }
        }
    }

    /// Makes an object of bytes of some memory.
    pub(super) fn adopt_bytes(&mut self, a: Address, size: usize) -> (ObjectRef, Id) {
        let (length, id) = (size - 24, self.next);
        self.next += 1;
        // SAFETY: fresh memory of this size.
        let o = unsafe {
            let o = ObjectRef::at(a + 8);
            o.address().write::<Mt>(self.program.kinds[BYTES].mt);
            (o.address() + 8).write(length as u32);
            (o.address() + 16).write(id);
            for i in bytes(length) {
                (o.address() + 16 + i).write((id as usize + i) as u8);
            }
            o
        };
        self.shadows.insert(id, Shadow { kind: BYTES, length, fields: Vec::new() });
        (o, id)
    }

    pub(super) fn register_finalizer(&mut self, o: ObjectRef, id: Id) {
        self.heap.finalizers.register(o);
        self.registered.push(id);
    }

    /// The number that an object carries.
    pub(super) fn id_of(&self, o: ObjectRef) -> Id {
        // SAFETY: claimed to be an object; a wrong one has a wrong type.
        unsafe {
            let mt: Mt = o.address().read();
            let kind = self.program.kinds.iter().find(|k| k.mt == mt).expect("an object of a known type");
            (o.address() + kind.id).read()
        }
    }

    // ---- roots

    /// Makes a root refer to an object; an interior root to anywhere from its reference to one past its end.
    pub(super) fn set_root(&mut self, i: usize, o: Option<ObjectRef>, id: Id) {
        self.root_ids[i] = id;
        self.offsets[i] = 0;
        let Some(o) = o else { return self.program.roots[i].set(0) };
        if i >= ROOTS / 2 {
            // SAFETY: an object that was just allocated, or is reachable.
            let size = unsafe { o.size() } - 8;
            self.offsets[i] = match self.rand(4) {
                0 => size,
                1 => 0,
                _ => self.rand(size + 1),
            };
        }
        self.program.roots[i].set(o.address().get() + self.offsets[i]);
    }

    /// What a root refers to.
    pub(super) fn root(&self, i: usize) -> Option<ObjectRef> {
        let a = Address::new(self.program.roots[i].get());
        // SAFETY: not null.
        (self.root_ids[i] != 0).then(|| unsafe { ObjectRef::at(a - self.offsets[i]) })
    }

    /// Its number.
    pub(super) fn root_id(&self, i: usize) -> Id {
        self.root_ids[i]
    }

    /// A root that refers to something, if a random one does.
    pub(super) fn some_root(&mut self) -> Option<(ObjectRef, Id)> {
        let i = self.rand(ROOTS);
        Some((self.root(i)?, self.root_ids[i]))
    }

    /// Holds an object in its place through a root of its own.
    pub(super) fn pin(&mut self, o: ObjectRef, id: Id) {
        let at = o.address().get();
        self.program.pins.push(Pin { at, word: Word::new(at + 8), id });
    }

    pub(super) fn unpin(&mut self) {
        let n = self.program.pins.len();
        if n > 0 {
            let k = self.rand(n);
            self.program.pins.swap_remove(k);
        }
    }

    pub(super) fn pins(&self) -> usize {
        self.program.pins.len()
    }

    // ---- fields

    /// Number of reference fields.
    pub(super) fn fields(&self, id: Id) -> usize {
        self.shadows[&id].fields.len()
    }

    fn field(&self, o: ObjectRef, id: Id, k: usize) -> Slot {
        let shadow = &self.shadows[&id];
        Slot::at(o.address() + self.program.kinds[shadow.kind].offset(k))
    }

    /// Stores a reference as compiled code does.
    pub(super) fn store(&mut self, (o, id): (ObjectRef, Id), k: usize, value: Option<ObjectRef>, value_id: Id) {
        let slot = self.field(o, id, k);
        let v = value.map_or(Address::ZERO, ObjectRef::address);
        // SAFETY: a slot of a live object.
        unsafe { slot.set(v) }
        self.heap.cards().record_store(slot, v);
        self.shadows.get_mut(&id).expect("alive").fields[k] = value_id;
    }

    /// Loads a reference.
    pub(super) fn load(&self, (o, id): (ObjectRef, Id), k: usize) -> (Option<ObjectRef>, Id) {
        // SAFETY: a slot of a live object.
        let v = unsafe { self.field(o, id, k).get() };
        (ObjectRef::from_raw(v.ptr()), self.shadows[&id].fields[k])
    }

    /// Copies elements of one array of references to another as a block (`RhpBulkMoveWithBarrier`).
    pub(super) fn copy_elements(&mut self, (from, from_id): (ObjectRef, Id), (to, to_id): (ObjectRef, Id)) {
        let shared = self.fields(from_id).min(self.fields(to_id));
        if self.shadows[&from_id].kind != REFERENCES || self.shadows[&to_id].kind != REFERENCES || shared == 0 {
            return;
        }
        let first = self.rand(shared);
        let n = 1 + self.rand(shared - first);
        let (source, target) = (self.field(from, from_id, first), self.field(to, to_id, first));
        // SAFETY: elements of live arrays.
        unsafe { core::ptr::copy(source.address().ptr::<u64>(), target.address().ptr::<u64>(), n) }
        self.heap.cards().record_range(target.address(), n * 8);
        let moved = self.shadows[&from_id].fields[first..first + n].to_vec();
        self.shadows.get_mut(&to_id).expect("alive").fields[first..first + n].copy_from_slice(&moved);
    }

    // ---- handles

    pub(super) fn new_handle(&mut self, kind: HandleKind, (o, id): (ObjectRef, Id), second: Option<(ObjectRef, Id)>) -> usize {
        let handle = self.heap.handles.allocate(Some(o), second.map(|s| s.0), kind);
        let secondary = second.map_or(0, |s| s.1);
        self.handles.push(Held { handle, kind, object: id, secondary, at: o.address().get() });
        self.handles.len() - 1
    }

    pub(super) fn free_handle(&mut self, i: usize) {
        let held = self.handles.swap_remove(i);
        // SAFETY: it was made above and is freed once.
        unsafe { self.heap.handles.release(held.handle) }
    }

    /// What a handle holds.
    pub(super) fn held(&self, i: usize) -> (Option<ObjectRef>, Option<ObjectRef>) {
        // SAFETY: not yet freed.
        unsafe { ((*self.handles[i].handle).object, (*self.handles[i].handle).secondary) }
    }

    // ---- collections

    /// Numbers of the objects whose finalizers are due.
    fn queue(&self) -> Vec<Id> {
        let queue = &self.heap.finalizers;
        queue.queued().map(|i| self.id_of(queue.queue.get(i))).collect()
    }

    /// Collects, and compares what must have happened to handles, finalizers, pins, and derived pointers.
    pub(super) fn collect(&mut self, scope: Scope) {
        let look = scope == Scope::Full || self.rand(4) == 0;
        let before = if look { self.reachable(&self.queue()) } else { BTreeSet::new() };
        self.program.derived.clear();
        for _ in 0..3 {
            let (base, distance) = (self.rand(ROOTS), self.rand(1 << 16).wrapping_sub(1 << 15));
            let word = Word::new(self.program.roots[base].get().wrapping_add(distance));
            self.program.derived.push((base, word, distance));
        }
        let major = self.heap.stats().major;
        // SAFETY: all threads are this one, and the heap is ours.
        let mut world = unsafe { WorldStopped::assume() };
        self.heap.collect(&mut world, &mut self.program, scope);
        for (base, word, distance) in &self.program.derived {
            assert_eq!(word.get(), self.program.roots[*base].get().wrapping_add(*distance), "a derived pointer follows its base");
        }
        for pin in &self.program.pins {
            assert_eq!(pin.at + 8, pin.word.get(), "a pinned object stays in its place");
        }
        if look {
            self.compare_handles(&before, self.heap.stats().major > major);
        }
        // A handle that was cleared stays so, even if its object is resurrected.
        for i in 0..self.handles.len() {
            if self.held(i).0.is_none() {
                (self.handles[i].object, self.handles[i].secondary) = (0, 0);
            }
        }
    }

    /// `before`: what was reachable; `full`: everything was collected.
    fn compare_handles(&mut self, before: &BTreeSet<Id>, full: bool) {
        let after = self.reachable(&self.queue());
        for i in 0..self.handles.len() {
            let (object, secondary) = self.held(i);
            let h = &self.handles[i];
            if h.object == 0 {
                assert!(object.is_none() && secondary.is_none(), "a cleared handle stays so");
                continue;
            }
            if let Some(o) = object {
                assert_eq!(self.id_of(o), h.object, "{:?} handle", h.kind);
                assert_eq!(secondary.map_or(0, |s| self.id_of(s)), h.secondary, "the second object of a {:?} handle", h.kind);
                assert!(!full || after.contains(&h.object), "a {:?} handle refers to an object that was freed", h.kind);
                assert!(h.kind != HandleKind::Pinned || h.at == o.address().get(), "a pinned object stays in its place");
            } else {
                let strong = matches!(h.kind, HandleKind::Normal | HandleKind::Pinned);
                assert!(!strong && !before.contains(&h.object), "a {:?} handle was cleared though its object is alive", h.kind);
                let long = h.kind != HandleKind::Weak;
                assert!(!long || !after.contains(&h.object), "a {:?} handle was cleared though its object was resurrected", h.kind);
                assert!(secondary.is_none(), "a cleared handle has no second object");
            }
        }
        if full {
            for &o in self.heap.finalizers.registered.as_slice() {
                assert!(after.contains(&self.id_of(o)), "a dead object's finalizer is not due");
            }
            self.shadows.retain(|id, _| after.contains(id));
        }
    }

    /// Takes an object whose finalizer is due.
    pub(super) fn take_finalizer(&mut self) -> Option<(ObjectRef, Id)> {
        let o = self.heap.finalizers.take()?;
        let id = self.id_of(o);
        let i = self.registered.iter().position(|&r| r == id).expect("a finalizer is due once for each registration");
        self.registered.swap_remove(i);
        Some((o, id))
    }

    // ---- the model

    /// What is alive, by the model: from roots, pins, strong handles and `more`, and dependent handles to a fixed point.
    fn reachable(&self, more: &[Id]) -> BTreeSet<Id> {
        let mut seen = BTreeSet::new();
        let mut work: Vec<Id> = more.to_vec();
        work.extend(self.root_ids);
        work.extend(self.program.pins.iter().map(|p| p.id));
        work.extend(self.handles.iter().filter(|h| matches!(h.kind, HandleKind::Normal | HandleKind::Pinned)).map(|h| h.object));
        loop {
            while let Some(id) = work.pop() {
                if id != 0 && seen.insert(id) {
                    work.extend(&self.shadows[&id].fields);
                }
            }
            let dependent = self.handles.iter().filter(|h| h.kind == HandleKind::Dependent);
            work.extend(
                dependent.filter(|h| seen.contains(&h.object) && h.secondary != 0 && !seen.contains(&h.secondary)).map(|h| h.secondary),
            );
            if work.is_empty() {
                return seen;
            }
        }
    }

    /// Compares everything that is reachable from roots, pins and strong handles.
    pub(super) fn check(&self) {
        let mut seen: BTreeMap<Id, ObjectRef> = BTreeMap::new();
        let mut work: Vec<(Id, Option<ObjectRef>)> = Vec::new();
        for i in 0..ROOTS {
            work.push((self.root_ids[i], self.root(i)));
        }
        for pin in &self.program.pins {
            // SAFETY: not null.
            work.push((pin.id, Some(unsafe { ObjectRef::at(Address::new(pin.at)) })));
        }
        for (i, h) in self.handles.iter().enumerate() {
            if matches!(h.kind, HandleKind::Normal | HandleKind::Pinned) {
                work.push((h.object, self.held(i).0));
            }
        }
        while let Some((id, o)) = work.pop() {
            assert_eq!(id == 0, o.is_none(), "object {id} at {o:x?}");
            let Some(o) = o else { continue };
            if let Some(&known) = seen.get(&id) {
                assert_eq!(known, o, "one identity, two objects");
                continue;
            }
            seen.insert(id, o);
            let shadow = &self.shadows[&id];
            assert_eq!(self.id_of(o), id, "an object's number");
            let kind = &self.program.kinds[shadow.kind];
            // SAFETY: an object.
            unsafe {
                assert_eq!(o.address().read::<Mt>(), kind.mt, "the type of object {id}");
                if kind.component != 0 {
                    assert_eq!(o.length() as usize, shadow.length, "the length of object {id}");
                }
                if shadow.kind == BYTES {
                    for i in bytes(shadow.length) {
                        assert_eq!((o.address() + 16 + i).read::<u8>(), (id as usize + i) as u8, "byte {i} of object {id}");
                    }
                }
            }
            for k in 0..shadow.fields.len() {
                let (value, value_id) = self.load((o, id), k);
                work.push((value_id, value));
            }
        }
    }

    /// The program lets go of everything: all finalizers become due, once, and nothing stays in use.
    pub(super) fn finish(mut self) {
        self.check();
        for i in 0..ROOTS {
            self.set_root(i, None, 0);
        }
        self.program.pins.clear();
        while !self.handles.is_empty() {
            self.free_handle(0);
        }
        loop {
            self.collect(Scope::Full);
            if self.heap.finalizers.due() == 0 {
                break;
            }
            while self.take_finalizer().is_some() {}
        }
        assert!(self.registered.is_empty(), "finalizers that never became due: {:?}", self.registered);
        assert_eq!(self.heap.used(), 0, "bytes in use when nothing is");
        assert_eq!(self.heap.young_bytes(), 0, "bytes of the nursery in use when nothing is");
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        for &t in &self.threads {
            // SAFETY: the heap, which has the blocks, goes as well.
            unsafe { drop(Box::from_raw(t)) }
        }
    }
}
