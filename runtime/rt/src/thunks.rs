//! Thunks: code of the runtime that loads a context into the register of nested functions' contexts and goes on elsewhere, with all
//! arguments as they are (`kiln_lir::Function::context`). Nothing is generated: the code is in the program's file, and each has two words.
//! When all are taken the pages of their code are mapped once more, with words of their own (`kiln_pal::image`).

use core::cell::UnsafeCell;
use core::ptr::{null, null_mut};

use kiln_pal::image;

/// How many the file has.
pub const CAPACITY: usize = 512;
/// Bytes of code of each, and of its words.
pub const SIZE: usize = 16;

/// What a thunk reads.
#[repr(C)]
struct Words {
    context: *const u8,
    code: *const u8,
}

/// The words of all; pages of their own, as the code is.
#[repr(C, align(4096))]
pub(crate) struct All(UnsafeCell<[Words; CAPACITY]>);
// SAFETY: a thunk's words are written by who is inside, before anyone has its address, or when nobody uses it any more.
unsafe impl Sync for All {}

const _: () = assert!(size_of::<Words>() == SIZE && (CAPACITY * SIZE).is_multiple_of(image::PAGE));

/// What the assembly reads.
pub(crate) static WORDS: All = All(UnsafeCell::new([const { Words { context: null(), code: null() } }; CAPACITY]));

unsafe extern "C" {
    /// The code of the first; the others follow.
    fn kiln_thunks();
}

/// A thunk that goes on at `code` with `context`; null when the system gives no room for more.
///
/// # Safety
/// The caller is inside; both live as long as the program.
#[must_use]
pub unsafe fn make(code: *const u8, context: *const u8) -> *const u8 {
    // Of those that are being given out: the number of the next, their code and their words. Those of the file come first.
    static mut NEXT: usize = 0;
    static mut PAGES: (*const u8, *mut Words) = (null(), null_mut());
    let file = kiln_thunks as *const () as *const u8;
    let words = WORDS.0.get().cast::<Words>();
    // SAFETY: one thread is inside at a time; `NEXT` is below the capacity; a copy has its words as far behind its code as the file's are.
    unsafe {
        if PAGES.0.is_null() {
            PAGES = (file, words);
        }
        if NEXT == CAPACITY {
            let copy = image::copy(file, CAPACITY * SIZE, words.cast(), CAPACITY * SIZE);
            if copy.is_null() {
                return null();
            }
            PAGES = (copy, copy.add(words.addr() - file.addr()).cast_mut().cast());
            NEXT = 0;
        }
        PAGES.1.add(NEXT).write(Words { context, code });
        let thunk = PAGES.0.add(NEXT * SIZE);
        NEXT += 1;
        thunk
    }
}

/// Gives a thunk another code and context.
///
/// # Safety
/// The caller is inside; `make` gave the thunk, and nobody is about to use it for what it was. Both live as long as the program.
pub unsafe fn set(thunk: *const u8, code: *const u8, context: *const u8) {
    let file = kiln_thunks as *const () as *const u8;
    // SAFETY: the words of a thunk lie as far behind it in a copy as in the file, and are of its size.
    unsafe {
        let words = thunk.add(WORDS.0.get().addr() - file.addr()).cast_mut().cast::<Words>();
        words.write(Words { context, code });
    }
}
