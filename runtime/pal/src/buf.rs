//! A growable array on the C heap: the runtime has no Rust allocator.

use crate::memory;

/// A growable array of plain values on the C heap. Never shrinks; lives as long as the process unless dropped.
#[derive(Debug)]
pub struct Buf<T: Copy> {
    data: *mut T,
    len: usize,
    capacity: usize,
}

impl<T: Copy> Buf<T> {
    /// Empty.
    #[must_use]
    pub const fn new() -> Self {
        Self { data: core::ptr::null_mut(), len: 0, capacity: 0 }
    }

    /// Number of values.
    #[inline(always)]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// No values?
    #[inline(always)]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends a value.
    #[inline(always)]
    pub fn push(&mut self, value: T) {
        if self.len == self.capacity {
            self.grow();
        }
        // SAFETY: there is room.
        unsafe { self.data.add(self.len).write(value) }
        self.len += 1;
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let capacity = (self.capacity * 2).max(64);
        // SAFETY: `data` is null or from here.
        self.data = unsafe { memory::grow(self.data.cast(), capacity * size_of::<T>()) }.cast();
        self.capacity = capacity;
    }

    /// Takes the last value.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<T> {
        if self.len == 0 {
            return None;
        }
        self.len -= 1;
        // SAFETY: was initialised.
        Some(unsafe { self.data.add(self.len).read() })
    }

    /// Forgets all values beyond `len`.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// All values.
    #[inline(always)]
    pub fn as_slice(&self) -> &[T] {
        if self.data.is_null() {
            return &[];
        }
        // SAFETY: `len` values are initialised.
        unsafe { core::slice::from_raw_parts(self.data, self.len) }
    }

    /// All values.
    #[inline(always)]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        if self.data.is_null() {
            return &mut [];
        }
        // SAFETY: `len` values are initialised.
        unsafe { core::slice::from_raw_parts_mut(self.data, self.len) }
    }

    /// Value at an index; the index must be in range.
    #[inline(always)]
    pub fn get(&self, i: usize) -> T {
        self.as_slice()[i]
    }

    /// Inserts at an index.
    pub fn insert(&mut self, at: usize, value: T) {
        self.push(value);
        let s = self.as_mut_slice();
        s[at..].rotate_right(1);
    }

    /// Removes at an index, keeping the order.
    pub fn remove(&mut self, at: usize) -> T {
        let s = self.as_mut_slice();
        let value = s[at];
        s[at..].rotate_left(1);
        self.len -= 1;
        value
    }

    /// Removes at an index; the last value takes its place.
    pub fn swap_remove(&mut self, at: usize) -> T {
        let value = self.get(at);
        if let Some(last) = self.pop()
            && at < self.len
        {
            self.as_mut_slice()[at] = last;
        }
        value
    }
}

impl<T: Copy> Default for Buf<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Copy> Drop for Buf<T> {
    fn drop(&mut self) {
        // SAFETY: null or from `grow`.
        unsafe { memory::free(self.data.cast()) }
    }
}
