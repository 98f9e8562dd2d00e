//! Memory: reservations for the collector's heap, and the C heap for everything else.

use core::ffi::c_void;

/// Reserves zeroed memory that costs nothing until touched; 0 when the system refuses.
#[must_use]
pub fn reserve(size: usize) -> usize {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    // SAFETY: a new anonymous mapping touches nothing that exists.
    let p = unsafe { libc::mmap(core::ptr::null_mut(), size, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0) };
    if p == libc::MAP_FAILED { 0 } else { p as usize }
}

/// Returns memory to a reservation's initial state.
///
/// # Safety
/// The range lies in a reservation and its contents are dead.
pub unsafe fn decommit(at: usize, size: usize) {
    // SAFETY: promised.
    unsafe { libc::madvise(at as *mut c_void, size, libc::MADV_DONTNEED) };
}

/// Memory of the C heap. Not initialised; aligned for every type without SIMD fields.
#[must_use]
pub fn allocate(size: usize) -> *mut u8 {
    // SAFETY: no preconditions.
    checked(unsafe { libc::malloc(size) })
}

/// The same, zeroed.
#[must_use]
pub fn allocate_zeroed(size: usize) -> *mut u8 {
    // SAFETY: no preconditions.
    checked(unsafe { libc::calloc(1, size) })
}

/// Another size for a block; what it held moves over.
///
/// # Safety
/// Null or from this module, and not freed.
#[must_use]
pub unsafe fn grow(block: *mut u8, size: usize) -> *mut u8 {
    // SAFETY: promised.
    checked(unsafe { libc::realloc(block.cast(), size) })
}

/// Gives a block back.
///
/// # Safety
/// Null or from this module, not freed before, not used again.
pub unsafe fn free(block: *mut u8) {
    // SAFETY: promised.
    unsafe { libc::free(block.cast()) }
}

/// The C library's functions that compiled code copies and fills memory with.
#[must_use]
pub fn functions() -> [*const (); 3] {
    [libc::memcpy as *const (), libc::memmove as *const (), libc::memset as *const ()]
}

#[inline(always)]
fn checked(block: *mut c_void) -> *mut u8 {
    if block.is_null() {
        exhausted();
    }
    block.cast()
}

#[cold]
#[inline(never)]
fn exhausted() -> ! {
    crate::print("Out of memory.\n");
    crate::abort()
}

/// The machine's memory in bytes: (all, free).
#[must_use]
pub fn physical() -> (i64, i64) {
    // SAFETY: plain questions.
    unsafe {
        let page = libc::sysconf(libc::_SC_PAGESIZE).max(1);
        (libc::sysconf(libc::_SC_PHYS_PAGES).max(1) * page, libc::sysconf(libc::_SC_AVPHYS_PAGES).max(0) * page)
    }
}
