//! Thunks: code of the runtime that loads a context into the register of nested functions' contexts and goes on elsewhere, with all
//! arguments as they are (`kiln_lir::Function::context`). Nothing is generated: the code is there, and each has two words.

use core::cell::UnsafeCell;

/// How many there are.
pub const CAPACITY: usize = 2048;
/// Bytes of code of each.
pub const SIZE: usize = 16;

/// What a thunk reads.
#[repr(C)]
struct Words {
    context: *const u8,
    code: *const u8,
}

/// The words of all.
#[repr(transparent)]
pub(crate) struct All(UnsafeCell<[Words; CAPACITY]>);
// SAFETY: a thunk's words are written once, by who is inside, before anyone has its address.
unsafe impl Sync for All {}

/// What the assembly reads.
pub(crate) static WORDS: All = All(UnsafeCell::new([const { Words { context: core::ptr::null(), code: core::ptr::null() } }; CAPACITY]));

unsafe extern "C" {
    /// The code of the first; the others follow.
    fn kiln_thunks();
}

/// A thunk that goes on at `code` with `context`; null when there are no more.
///
/// # Safety
/// The caller is inside; both live as long as the program.
#[must_use]
pub unsafe fn make(code: *const u8, context: *const u8) -> *const u8 {
    static mut NEXT: usize = 0;
    // SAFETY: one thread is inside at a time; `NEXT` is below the capacity.
    unsafe {
        if NEXT == CAPACITY {
            return core::ptr::null();
        }
        (WORDS.0.get()).cast::<Words>().add(NEXT).write(Words { context, code });
        let thunk = (kiln_thunks as *const () as *const u8).add(NEXT * SIZE);
        NEXT += 1;
        thunk
    }
}
