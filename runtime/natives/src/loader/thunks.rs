//! Code with a hidden argument under the plain signature: thunks of the runtime (`kiln_rt::thunks`), one for each pair.

use core::ptr::null_mut;

use kiln_abi::helpers::throw_kind;

use kiln_rt::helpers::RhpThrowHelper;

use super::NOTHING;
use crate::members::zeroed;

struct Known {
    code: *const u8,
    context: *const u8,
    thunk: *const u8,
    next: *mut Known,
}

const BUCKETS: usize = 512;
static mut TABLE: [*mut Known; BUCKETS] = [null_mut(); BUCKETS];

/// What calls `code`, a stub that takes its context from a thunk, with a context.
///
/// # Safety
/// The caller is inside.
pub(super) unsafe fn of(code: *const u8, context: *const u8) -> *const u8 {
    // SAFETY: entries live for ever.
    unsafe {
        if code.is_null() || context.is_null() {
            return unavailable as *const () as *const u8;
        }
        let h = (code.addr() >> 4) ^ (context.addr() >> 3).wrapping_mul(0x9E37_79B1);
        let head = &raw mut TABLE[(h ^ (h >> 11)) % BUCKETS];
        let mut at = *head;
        while let Some(k) = at.as_ref() {
            if core::ptr::eq(k.code, code) && core::ptr::eq(k.context, context) {
                return k.thunk;
            }
            at = k.next;
        }
        let thunk = kiln_rt::thunks::make(code, context);
        if thunk == NOTHING {
            return exhausted as *const () as *const u8;
        }
        let k = zeroed::<Known>();
        k.write(Known { code, context, thunk, next: *head });
        *head = k;
        thunk
    }
}

/// Stands for code that nothing compiled.
unsafe extern "C" fn unavailable() {
    let text = c"A generic method has no compiled code for the types that it was made over at run time.";
    // SAFETY: a constant text; called by compiled code, which expects exceptions.
    unsafe { RhpThrowHelper(throw_kind::NOT_SUPPORTED, text.as_ptr()) }
}

/// Stands for a thunk when there are no more of them.
unsafe extern "C" fn exhausted() {
    let text = c"The system has no memory for the code of more generic methods made at run time.";
    // SAFETY: as above.
    unsafe { RhpThrowHelper(throw_kind::NOT_SUPPORTED, text.as_ptr()) }
}
