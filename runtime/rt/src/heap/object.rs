//! Reading objects: type, size, slots (`kiln_abi::{method_table, object}`), and the forwarding pointer that a collection leaves behind.
//!
//! "An object" in what follows is one whose MethodTable word and, for arrays and strings, length are written.

use kiln_abi::method_table::MethodTable;
use kiln_abi::object::{ARRAY_LENGTH_OFFSET, HEADER_SIZE};

use super::address::{Address, ObjectRef, Slot};
use crate::mt::{Mt, component_size, has_components};

/// Bytes of an object with its header, rounded up to words. It cannot overflow: 2^31 elements of less than 2^16 bytes.
#[inline(always)]
#[must_use]
pub fn size_of(mt: &MethodTable, length: u32) -> usize {
    let elements = if has_components(mt) { length as usize * component_size(mt) } else { 0 };
    (mt.base_size as usize + elements + 7) & !7
}

impl ObjectRef {
    /// Its MethodTable.
    ///
    /// # Safety
    /// An object that was not copied away.
    #[inline(always)]
    #[must_use]
    pub unsafe fn method_table(self) -> &'static MethodTable {
        // SAFETY: the first word of an object is its MethodTable, which the program keeps for ever.
        unsafe { &*self.address().read::<Mt>() }
    }

    /// Number of elements.
    ///
    /// # Safety
    /// An array or a string, copied away or not.
    #[inline(always)]
    #[must_use]
    pub unsafe fn length(self) -> u32 {
        // SAFETY: arrays and strings have their length there, and a forwarding pointer leaves it alone.
        unsafe { (self.address() + ARRAY_LENGTH_OFFSET).read() }
    }

    /// Bytes of the object with its header, given its type.
    ///
    /// # Safety
    /// An object of type `mt`, copied away or not.
    #[inline(always)]
    #[must_use]
    pub unsafe fn size_with(self, mt: &MethodTable) -> usize {
        if !has_components(mt) {
            return size_of(mt, 0);
        }
        // SAFETY: an array or a string.
        size_of(mt, unsafe { self.length() })
    }

    /// Bytes of the object with its header.
    ///
    /// # Safety
    /// An object, copied away or not.
    #[inline(always)]
    #[must_use]
    pub unsafe fn size(self) -> usize {
        // SAFETY: the copy of an object that was copied away has its MethodTable.
        unsafe { self.size_with(self.forwarded().unwrap_or(self).method_table()) }
    }

    /// Where the object was copied to, if it was.
    ///
    /// # Safety
    /// An object, copied away or not.
    #[inline(always)]
    #[must_use]
    pub unsafe fn forwarded(self) -> Option<Self> {
        // SAFETY: the first word is a MethodTable, which is aligned, or what `forward` wrote, whose lowest bit is set; its other bits are a
        // reference and so not zero.
        unsafe {
            let word: usize = self.address().read();
            if word & 1 != 0 { Some(Self::at(Address::new(word & !1))) } else { None }
        }
    }

    /// Leaves a forwarding pointer.
    ///
    /// # Safety
    /// An object of which `to` is a complete copy.
    #[inline(always)]
    pub unsafe fn forward(self, to: Self) {
        // SAFETY: the first word of an object.
        unsafe { self.address().write(to.address().get() | 1) }
    }

    /// Calls `f` with every slot of the object.
    ///
    /// # Safety
    /// An object of type `mt`.
    #[inline(always)]
    pub unsafe fn each_slot(self, mt: &MethodTable, mut f: impl FnMut(Slot)) {
        let layout = mt.gc_layout;
        if layout.is_null() {
            return;
        }
        // SAFETY: a layout is its length, then as many offsets, which lie in the object or the element.
        unsafe {
            let count = layout.read() as usize;
            let offsets = layout.add(1);
            if !has_components(mt) {
                for i in 0..count {
                    f(Slot::at(self.address() + offsets.add(i).read() as usize));
                }
                return;
            }
            let n = self.length() as usize;
            let data = self.elements(mt);
            let size = component_size(mt);
            if size == 8 {
                for i in 0..n {
                    f(Slot::at(data + i * 8));
                }
                return;
            }
            for i in 0..n {
                let element = data + i * size;
                for k in 0..count {
                    f(Slot::at(element + offsets.add(k).read() as usize));
                }
            }
        }
    }

    /// Calls `f` with every slot of the object that begins in `lo..hi`.
    ///
    /// # Safety
    /// An object of type `mt`.
    #[inline(always)]
    pub unsafe fn each_slot_in(self, mt: &MethodTable, lo: Address, hi: Address, mut f: impl FnMut(Slot)) {
        let layout = mt.gc_layout;
        if layout.is_null() {
            return;
        }
        // SAFETY: as in `each_slot`; the elements looked at are the array's.
        unsafe {
            if has_components(mt) {
                let count = layout.read() as usize;
                let offsets = layout.add(1);
                let data = self.elements(mt);
                let size = component_size(mt);
                let first = lo.get().saturating_sub(data.get()) / size;
                let last = hi.get().saturating_sub(data.get()).div_ceil(size).min(self.length() as usize);
                for i in first..last {
                    for k in 0..count {
                        let slot = data + i * size + offsets.add(k).read() as usize;
                        if slot >= lo && slot < hi {
                            f(Slot::at(slot));
                        }
                    }
                }
                return;
            }
            self.each_slot(mt, |s| {
                if s.address() >= lo && s.address() < hi {
                    f(s);
                }
            });
        }
    }

    /// Where an array's elements begin.
    #[inline(always)]
    fn elements(self, mt: &MethodTable) -> Address {
        self.address() + (mt.base_size as usize - HEADER_SIZE)
    }
}
