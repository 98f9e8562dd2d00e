//! Identity hash codes and the finalizer bit in the header word (`kiln_abi::object::HEADER_*`).

use kiln_abi::object::{HEADER_HAS_HASH, HEADER_HASH_MASK, HEADER_NO_FINALIZER, HEADER_SIZE};

use crate::mt::Obj;
use crate::world::{Inside, InsideCell};

/// The header word of an object. Several threads may have the object, but only one is inside.
///
/// # Safety
/// An object.
unsafe fn header(o: Obj) -> *mut u64 {
    // SAFETY: an object's header word is in front of it.
    unsafe { o.sub(HEADER_SIZE).cast() }
}

static SEED: InsideCell<u32> = InsideCell::new(0x2545_F491);

/// RuntimeHelpers.GetHashCode of an object: made at first use, kept in the header, so it survives moves.
///
/// # Safety
/// Called inside; an object or null.
pub unsafe fn hash_code(o: Obj) -> i32 {
    if o.is_null() {
        return 0;
    }
    // SAFETY: promised; one thread is inside.
    unsafe {
        let h = header(o);
        let word = h.read();
        if word & HEADER_HAS_HASH != 0 {
            return (word & HEADER_HASH_MASK) as i32;
        }
        // xorshift (Marsaglia 2003).
        let mut inside = Inside::assume();
        let seed = SEED.get(&mut inside);
        let mut x = *seed;
        loop {
            x ^= x << 13;
            x ^= x >> 17;
            x ^= x << 5;
            if u64::from(x) & HEADER_HASH_MASK != 0 {
                break;
            }
        }
        *seed = x;
        let code = u64::from(x) & HEADER_HASH_MASK;
        h.write(word & !HEADER_HASH_MASK | HEADER_HAS_HASH | code);
        code as i32
    }
}

/// The hash code if there is one already, else 0.
///
/// # Safety
/// Called inside; an object or null.
pub unsafe fn try_hash_code(o: Obj) -> i32 {
    if o.is_null() {
        return 0;
    }
    // SAFETY: promised.
    unsafe {
        let word = header(o).read();
        if word & HEADER_HAS_HASH != 0 { (word & HEADER_HASH_MASK) as i32 } else { 0 }
    }
}

/// GC.SuppressFinalize.
///
/// # Safety
/// Called inside; an object.
pub unsafe fn suppress_finalizer(o: Obj) {
    // SAFETY: promised.
    unsafe {
        let h = header(o);
        h.write(h.read() | HEADER_NO_FINALIZER);
    }
}
