//! The verifier: walks everything reachable and checks what the collector relies on.

use super::{Heap, state};
use crate::mt::{Obj, each_ref, mt_of};
use crate::pal::{self, Buf};

impl Heap {
    fn verify_fail(&self, what: &str, value: usize, from: usize) -> ! {
        pal::print("heap verification: ");
        pal::print(what);
        pal::print(": ");
        pal::print_hex(value as u64);
        pal::print(" from ");
        pal::print_hex(from as u64);
        pal::print("\n");
        pal::fatal("the heap is damaged")
    }

    /// Checks one reference; true when the object was not seen before.
    unsafe fn verify_object(&mut self, o: usize, from: usize, seen: &mut Seen) -> bool {
        if o == 0 || !self.contains(o) || !seen.insert(o) {
            return false;
        }
        // SAFETY: in the reservation.
        unsafe {
            if self.in_nursery(o) {
                let s = self.state(o);
                if s != state::YOUNG && s != state::PINNED {
                    self.verify_fail("reference into a free nursery block", o, from);
                }
            } else if !self.in_large(o) {
                if self.state(o) != state::OLD {
                    self.verify_fail("reference into a free block", o, from);
                }
                if !self.marked(o) {
                    self.verify_fail("old object without mark", o, from);
                }
            }
            let mt = (o as *const usize).read();
            let known = self.hooks.is_some_and(|h| (h.is_method_table)(mt));
            if !known {
                self.verify_fail("no MethodTable", o, from);
            }
            if self.find(o) as usize != o {
                self.verify_fail("not an object start", o, from);
            }
        }
        true
    }

    /// Checks everything reachable; `before` a collection also that old references to young objects lie on dirty cards.
    pub(super) unsafe fn verify_heap(&mut self, before: bool) {
        let mut seen = Seen::new();
        let mut work: Buf<(usize, usize)> = Buf::new();
        // SAFETY: the heap is at rest; look-up notes are rebuilt by the collection that follows.
        unsafe {
            core::ptr::write_bytes(self.parsed as *mut u8, 0, super::NURSERY >> super::BLOCK_SHIFT);
            let mut roots = super::RootSet::new();
            roots.clear(self.base, self.end);
            if let Some(hooks) = self.hooks {
                (hooks.roots)(&mut roots);
            }
            for &slot in roots.exact.as_slice() {
                work.push(((slot as *const usize).read(), slot));
            }
            for &slot in roots.interior.as_slice() {
                let v = (slot as *const usize).read();
                let o = self.find(v) as usize;
                if o == 0 {
                    self.verify_fail("root that points to no object", v, slot);
                }
                work.push((o, slot));
            }
            self.weak_slots(|o| work.push((o, 1)));
            let heap: *const Heap = self;
            while let Some((o, from)) = work.pop() {
                if !self.verify_object(o, from, &mut seen) {
                    continue;
                }
                each_ref(&*mt_of(o as Obj), o as Obj, |s| {
                    let (s, v) = (s as usize, s.cast::<usize>().read());
                    if before && (*heap).in_nursery(v) && !(*heap).in_nursery(s) && !(*heap).is_young_large(o) && *(*heap).card_of(s) == 0 {
                        (*heap).verify_fail("reference to a young object without dirty card", v, s);
                    }
                    work.push((v, s));
                });
            }
            core::ptr::write_bytes(self.parsed as *mut u8, 0, super::NURSERY >> super::BLOCK_SHIFT);
        }
    }
}

/// A set of addresses (open addressing).
struct Seen {
    slots: Buf<usize>,
    count: usize,
}

impl Seen {
    fn new() -> Self {
        let mut slots = Buf::new();
        for _ in 0..1024 {
            slots.push(0);
        }
        Self { slots, count: 0 }
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
            let mut bigger: Buf<usize> = Buf::new();
            for _ in 0..self.slots.len() * 2 {
                bigger.push(0);
            }
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
