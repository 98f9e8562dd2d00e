//! Addresses, references, slots and indices of the heap as types of their own, so that one is not taken for another. All of them are one word.
//!
//! The heap is address arithmetic over memory that no Rust object owns: the reservation, stacks, static data. Pointers to it are made
//! of numbers (`core::ptr::with_exposed_provenance`): the reservation's pointer is exposed where it is made (`pal::reserve`), and pointers to
//! slots where they enter (`Slot::of`, `ObjectRef::from_raw`). Making such a value is always safe; following one is not.

use core::num::NonZeroUsize;
use core::ops::{Add, Sub};

use crate::mt::Obj;

/// The address of a byte.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Address(usize);

impl Address {
    /// No address.
    pub const ZERO: Self = Self(0);

    /// The address with this number.
    #[inline(always)]
    #[must_use]
    pub const fn new(number: usize) -> Self {
        Self(number)
    }

    /// Its number.
    #[inline(always)]
    #[must_use]
    pub const fn get(self) -> usize {
        self.0
    }

    /// Bytes from `from` to here; huge when this address is below it, so that one comparison tests a range.
    #[inline(always)]
    #[must_use]
    pub const fn distance(self, from: Self) -> usize {
        self.0.wrapping_sub(from.0)
    }

    /// The address that is `bytes` further, in either direction (a negative number of bytes is a huge one).
    #[inline(always)]
    #[must_use]
    pub const fn moved(self, bytes: usize) -> Self {
        Self(self.0.wrapping_add(bytes))
    }

    /// The byte before it.
    #[inline(always)]
    #[must_use]
    pub const fn before(self) -> Self {
        Self(self.0.wrapping_sub(1))
    }

    /// The next address that is a multiple of `alignment`.
    #[inline(always)]
    #[must_use]
    pub const fn aligned(self, alignment: usize) -> Self {
        Self(self.0.next_multiple_of(alignment))
    }

    /// A pointer to it.
    #[inline(always)]
    #[must_use]
    pub const fn ptr<T>(self) -> *mut T {
        core::ptr::with_exposed_provenance_mut(self.0)
    }

    /// Reads a value.
    ///
    /// # Safety
    /// The address is aligned for a `T` and holds one that nobody writes meanwhile.
    #[inline(always)]
    #[must_use]
    pub const unsafe fn read<T: Copy>(self) -> T {
        // SAFETY: promised.
        unsafe { self.ptr::<T>().read() }
    }

    /// Writes a value.
    ///
    /// # Safety
    /// The address is aligned for a `T` and has room for one that nobody uses meanwhile.
    #[inline(always)]
    pub const unsafe fn write<T: Copy>(self, value: T) {
        // SAFETY: promised.
        unsafe { self.ptr::<T>().write(value) }
    }

    /// Sets bytes.
    ///
    /// # Safety
    /// The `size` bytes from here on are writable, and nobody uses them meanwhile.
    #[inline(always)]
    pub const unsafe fn fill(self, byte: u8, size: usize) {
        // SAFETY: promised.
        unsafe { self.ptr::<u8>().write_bytes(byte, size) }
    }
}

impl Add<usize> for Address {
    type Output = Self;

    #[inline(always)]
    fn add(self, bytes: usize) -> Self {
        Self(self.0 + bytes)
    }
}

impl Sub<usize> for Address {
    type Output = Self;

    #[inline(always)]
    fn sub(self, bytes: usize) -> Self {
        Self(self.0 - bytes)
    }
}

/// Bytes between two addresses, the first of which is not below the second.
impl Sub for Address {
    type Output = usize;

    #[inline(always)]
    fn sub(self, from: Self) -> usize {
        self.0 - from.0
    }
}

/// A reference to an object: the address of its MethodTable word. Null is `None` of an `Option`, which is one word as well.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ObjectRef(NonZeroUsize);

impl ObjectRef {
    /// What compiled code or a native passes.
    #[inline(always)]
    #[must_use]
    pub fn from_raw(o: Obj) -> Option<Self> {
        NonZeroUsize::new(o.expose_provenance()).map(Self)
    }

    /// What compiled code or a native takes.
    #[inline(always)]
    #[must_use]
    pub const fn raw(self) -> Obj {
        self.address().ptr()
    }

    /// The reference to an object at this address.
    ///
    /// # Safety
    /// The address is not zero.
    #[inline(always)]
    #[must_use]
    pub const unsafe fn at(a: Address) -> Self {
        // SAFETY: promised.
        Self(unsafe { NonZeroUsize::new_unchecked(a.0) })
    }

    /// Where its MethodTable word is.
    #[inline(always)]
    #[must_use]
    pub const fn address(self) -> Address {
        Address(self.0.get())
    }

    /// Where its memory begins: at the header word.
    #[inline(always)]
    #[must_use]
    pub const fn start(self) -> Address {
        Address(self.0.get() - kiln_abi::object::HEADER_SIZE)
    }
}

/// The address of a word that holds a reference, an interior pointer, or null.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slot(Address);

impl Slot {
    /// The slot at an address.
    #[inline(always)]
    #[must_use]
    pub const fn at(a: Address) -> Self {
        Self(a)
    }

    /// The slot that a pointer points to.
    #[inline(always)]
    #[must_use]
    pub fn of<T>(p: *mut T) -> Self {
        Self(Address(p.expose_provenance()))
    }

    /// Where it is.
    #[inline(always)]
    #[must_use]
    pub const fn address(self) -> Address {
        self.0
    }

    /// What it holds.
    ///
    /// # Safety
    /// The slot is aligned and readable, and nobody writes it meanwhile.
    #[inline(always)]
    #[must_use]
    pub const unsafe fn get(self) -> Address {
        // SAFETY: promised.
        unsafe { self.0.read() }
    }

    /// Replaces what it holds.
    ///
    /// # Safety
    /// The slot is aligned and writable, and nobody uses it meanwhile.
    #[inline(always)]
    pub const unsafe fn set(self, value: Address) {
        // SAFETY: promised.
        unsafe { self.0.write(value) }
    }
}

/// A block of the reservation, from its start (`Space`).
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct BlockIndex(usize);

impl BlockIndex {
    /// The first block, which is the nursery's first.
    pub const FIRST: Self = Self(0);

    /// The block with this number.
    #[inline(always)]
    #[must_use]
    pub const fn new(number: usize) -> Self {
        Self(number)
    }

    /// Its number.
    #[inline(always)]
    #[must_use]
    pub const fn get(self) -> usize {
        self.0
    }

    /// The block after it.
    #[inline(always)]
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The blocks from this one up to, and without, another.
    pub fn up_to(self, end: Self) -> impl DoubleEndedIterator<Item = Self> {
        (self.0..end.0).map(Self)
    }
}

/// A line of a block, from the block's start: less than `LINES`, or `LINES` for its end.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LineIndex(usize);

impl LineIndex {
    /// The block's first line.
    pub const FIRST: Self = Self(0);

    /// The line with this number.
    #[inline(always)]
    #[must_use]
    pub const fn new(number: usize) -> Self {
        Self(number)
    }

    /// Its number.
    #[inline(always)]
    #[must_use]
    pub const fn get(self) -> usize {
        self.0
    }
}
