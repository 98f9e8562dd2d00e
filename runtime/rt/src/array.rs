//! Arrays in memory (`kiln_abi::object`): length, elements, stores.

use kiln_abi::object::{ARRAY_DATA_OFFSET, ARRAY_LENGTH_OFFSET};

use crate::arch::RhpAssignRef;
use crate::mt::Obj;

/// Number of elements of an array of any rank.
///
/// # Safety
/// An array.
pub unsafe fn length(array: Obj) -> usize {
    // SAFETY: promised.
    unsafe { array.add(ARRAY_LENGTH_OFFSET).cast::<u32>().read() as usize }
}

/// First element of a vector.
///
/// # Safety
/// A vector.
pub unsafe fn data(array: Obj) -> *mut u8 {
    // SAFETY: promised.
    unsafe { array.add(ARRAY_DATA_OFFSET) }
}

/// Stores a reference at an index of a vector of references.
///
/// # Safety
/// A vector of references longer than `index`; the value fits its element type.
pub unsafe fn set(array: Obj, index: usize, value: Obj) {
    // SAFETY: in bounds as promised.
    unsafe { RhpAssignRef(data(array).cast::<Obj>().add(index), value) }
}
