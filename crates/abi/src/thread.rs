//! The thread block: one TLS variable named `kiln_thread`, whose first words compiled code uses inline.

/// Offset of the allocation cursor (next free byte of the thread's allocation buffer).
pub const THREAD_ALLOC_PTR: u32 = 0;
/// Offset of the allocation limit.
pub const THREAD_ALLOC_LIMIT: u32 = 8;
/// Name of the TLS variable.
pub const THREAD_SYMBOL: &str = "kiln_thread";
