//! Tells Valgrind's memcheck what of the heap's memory is in use, so that the tests under it (`cargo xtask memcheck`) see every read or write
//! of memory that no object has: a collector that follows a dangling pointer is caught where it does so, not where something else breaks.
//!
//! Only tests tell: in programs these functions are empty.

use super::address::Address;

/// Nobody may touch it.
#[inline(always)]
pub(super) fn freed(from: Address, size: usize) {
    tell(Request::NoAccess, from, size);
}

/// It may be written; what is read before that is nonsense.
#[inline(always)]
pub(super) fn taken(from: Address, size: usize) {
    tell(Request::Undefined, from, size);
}

/// It holds zeros, or whatever was written to it: it may be read.
#[inline(always)]
pub(super) fn cleared(from: Address, size: usize) {
    tell(Request::Defined, from, size);
}

/// Memcheck's requests, by their numbers in valgrind/memcheck.h.
#[derive(Clone, Copy)]
enum Request {
    NoAccess = 0x4D43_0000,
    Undefined = 0x4D43_0001,
    Defined = 0x4D43_0002,
}

#[cfg(test)]
fn tell(what: Request, from: Address, size: usize) {
    if size != 0 {
        crate::arch::valgrind(&[what as usize, from.get(), size, 0, 0, 0]);
    }
}

#[cfg(not(test))]
#[inline(always)]
const fn tell(_: Request, _: Address, _: usize) {}

/// Does this process run under Valgrind?
#[cfg(test)]
pub(super) fn is_running() -> bool {
    const RUNNING_ON_VALGRIND: usize = 0x1001;
    crate::arch::valgrind(&[RUNNING_ON_VALGRIND, 0, 0, 0, 0, 0]) != 0
}
