//! Objects in memory. An object pointer points at the MethodTable word; the header word is at -8.

/// An object reference or null, as the runtime holds it.
pub type Obj = *mut u8;

/// Offset of the MethodTable word.
pub const METHOD_TABLE_OFFSET: usize = 0;
/// Size of the header word in front of the MethodTable pointer (hash code, lock, GC bits).
pub const HEADER_SIZE: usize = 8;
/// Header word, bits 0..26: identity hash code (never 0), valid when [`HEADER_HAS_HASH`] is set.
pub const HEADER_HASH_MASK: u64 = 0x03FF_FFFF;
/// Header word: the hash code is valid.
pub const HEADER_HAS_HASH: u64 = 1 << 26;
/// Header word: the finalizer is suppressed.
pub const HEADER_NO_FINALIZER: u64 = 1 << 27;
/// Header word: a finalizer is due (registered with the collector).
pub const HEADER_FINALIZABLE: u64 = 1 << 28;
/// Header word: not an object but unused memory between objects of a nursery block; its bytes are in [`HEADER_HASH_MASK`].
pub const HEADER_GAP: u64 = 1 << 29;
/// Header word: lock recursion count in bits 32..48 (0 = free).
pub const HEADER_LOCK_SHIFT: u32 = 32;
/// Width mask of the recursion count.
pub const HEADER_LOCK_MASK: u64 = 0xFFFF;
/// Header word: owner's managed thread id in bits 48..64.
pub const HEADER_OWNER_SHIFT: u32 = 48;
/// Smallest object incl. header: header, MethodTable, one word.
pub const MIN_OBJECT_SIZE: usize = 24;
/// String: i32 length.
pub const STRING_LENGTH_OFFSET: usize = 8;
/// String: first UTF-16 unit.
pub const STRING_CHARS_OFFSET: usize = 12;
/// String: MethodTable base size (header + MT + length + terminator).
pub const STRING_BASE_SIZE: u32 = 22;
/// Array: u32 length (total number of elements).
pub const ARRAY_LENGTH_OFFSET: usize = 8;
/// SZ array: first element.
pub const ARRAY_DATA_OFFSET: usize = 16;
/// SZ array base size (header + MT + length word).
pub const ARRAY_BASE_SIZE: u32 = 24;
/// Multi-dimensional array of rank r: i32 lengths[r] from here, i32 lower_bounds[r] after, then the data.
pub const MD_ARRAY_BOUNDS_OFFSET: usize = 16;
/// First field of a boxed value.
pub const BOX_DATA_OFFSET: usize = 8;
/// What the base size of a boxed value has beside the value (header word and MethodTable).
pub const BOX_BASE_SIZE: u32 = (HEADER_SIZE + BOX_DATA_OFFSET) as u32;

/// Base size of a multi-dimensional array: lengths and lower bounds lie between the length word and the data.
#[must_use]
pub const fn md_array_base_size(rank: u32) -> u32 {
    ARRAY_BASE_SIZE + 8 * rank
}

/// Rank of an array by its base size; 0 of a vector.
#[must_use]
pub const fn rank_of_array(base_size: u32) -> u32 {
    (base_size - ARRAY_BASE_SIZE) / 8
}
