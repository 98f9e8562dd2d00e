//! The verifier: walks everything reachable and checks what the collector relies on.

use super::Heap;
use super::address::{Address, BlockIndex, ObjectRef, Slot};
use super::collect::Embedder;
use super::root_set::RootSet;
use super::space::{BlockState, NURSERY_BLOCKS};
use crate::pal::{self, Buf};
use crate::world::WorldStopped;

/// What an object was found through.
#[derive(Clone, Copy)]
enum From {
    /// This slot.
    Slot(Slot),
    /// A handle, or a list of finalizers.
    Weak,
}

fn fail(what: &str, value: Address, from: From) -> ! {
    pal::print("heap verification: ");
    pal::print(what);
    pal::print(": ");
    pal::print_hex(value.get() as u64);
    match from {
        From::Slot(slot) => {
            pal::print(" from ");
            pal::print_hex(slot.address().get() as u64);
        }
        From::Weak => pal::print(" from a handle or a finalizer"),
    }
    pal::print("\n");
    pal::fatal("the heap is damaged")
}

impl Heap {
    /// Checks one reference; true when the object is in the heap and was not seen before.
    ///
    /// # Safety
    /// No collection is going on; buffers are closed.
    unsafe fn verify_object(&mut self, o: ObjectRef, from: From, embedder: &dyn Embedder, seen: &mut Seen) -> bool {
        let a = o.address();
        if !self.space.contains(a) || !seen.insert(a.get()) {
            return false;
        }
        // SAFETY: in the reservation, which is readable.
        unsafe {
            let state = self.space.state_of(a);
            if self.space.in_nursery(a) {
                if !matches!(state, BlockState::Young | BlockState::Pinned) {
                    fail("reference into a free nursery block", a, from);
                }
            } else if !self.space.in_large(a) {
                if state != BlockState::Old {
                    fail("reference into a free block", a, from);
                }
                if !self.space.marked(o) {
                    fail("old object without mark", a, from);
                }
            }
            if !embedder.is_method_table(a.read()) {
                fail("no MethodTable", a, from);
            }
            if self.find(a) != Some(o) {
                fail("not an object start", a, from);
            }
        }
        true
    }

    /// Checks everything reachable; `before` a collection also that old references to young objects lie on dirty cards.
    ///
    /// # Safety
    /// No collection is going on; buffers are closed.
    pub(super) unsafe fn verify_heap(&mut self, world: &mut WorldStopped<'_>, embedder: &mut dyn Embedder, before: bool) {
        let mut seen = Seen::new();
        let mut work: Buf<(Address, From)> = Buf::new();
        let mut roots = RootSet::new();
        roots.clear(self.space.base(), self.space.end());
        embedder.roots(world, &self.threads, &mut roots);
        // SAFETY: what is reached is checked to be an object before it is read. What look-ups note about the nursery is forgotten.
        unsafe {
            self.space.forget_starts(BlockIndex::new(NURSERY_BLOCKS));
            for &slot in roots.exact.as_slice() {
                work.push((slot.get(), From::Slot(slot)));
            }
            for &slot in roots.interior.as_slice() {
                match self.find(slot.get()) {
                    Some(o) => work.push((o.address(), From::Slot(slot))),
                    None => fail("root that points to no object", slot.get(), From::Slot(slot)),
                }
            }
            self.each_weak(|o| work.push((o.address(), From::Weak)));
            while let Some((a, from)) = work.pop() {
                if a == Address::ZERO || !self.verify_object(ObjectRef::at(a), from, embedder, &mut seen) {
                    continue;
                }
                let o = ObjectRef::at(a);
                o.each_slot(o.method_table(), |slot| {
                    let v = slot.get();
                    if before && self.misses_card(o, slot, v) {
                        fail("reference to a young object without dirty card", v, From::Slot(slot));
                    }
                    work.push((v, From::Slot(slot)));
                });
            }
            self.space.forget_starts(BlockIndex::new(NURSERY_BLOCKS));
        }
    }

    /// Would a minor collection miss this reference?
    ///
    /// # Safety
    /// A slot of an object of the heap, and what it holds.
    unsafe fn misses_card(&self, o: ObjectRef, slot: Slot, v: Address) -> bool {
        let young = self.space.in_nursery(v) || v != Address::ZERO && self.is_young_large_address(v);
        // SAFETY: a slot of the heap that is not in the nursery has a card.
        young && !self.space.in_nursery(slot.address()) && !self.is_young_large(o) && !unsafe { self.space.cards().is_dirty(slot) }
    }

    /// Is this an address of a large object that no collection has seen?
    fn is_young_large_address(&self, v: Address) -> bool {
        // SAFETY: only asked for what is not zero.
        self.space.in_large(v) && self.is_young_large(unsafe { ObjectRef::at(v) })
    }
}

/// A set of addresses (open addressing).
struct Seen {
    slots: Buf<usize>,
    count: usize,
}

impl Seen {
    fn new() -> Self {
        Self { slots: Self::empty(1024), count: 0 }
    }

    fn empty(size: usize) -> Buf<usize> {
        let mut slots = Buf::new();
        for _ in 0..size {
            slots.push(0);
        }
        slots
    }

    fn put(slots: &mut [usize], v: usize) -> bool {
        let mask = slots.len() - 1;
        let mut i = (v >> 3).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32 & mask;
        loop {
            if slots[i] == v {
                return false;
            }
            if slots[i] == 0 {
                slots[i] = v;
                return true;
            }
            i = (i + 1) & mask;
        }
    }

    fn insert(&mut self, v: usize) -> bool {
        if self.count * 2 > self.slots.len() {
            let mut bigger = Self::empty(self.slots.len() * 2);
            for &old in self.slots.as_slice() {
                if old != 0 {
                    Self::put(bigger.as_mut_slice(), old);
                }
            }
            self.slots = bigger;
        }
        let new = Self::put(self.slots.as_mut_slice(), v);
        self.count += usize::from(new);
        new
    }
}
