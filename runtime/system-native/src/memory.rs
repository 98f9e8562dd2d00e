//! Memory and random bytes.

use core::ffi::c_void;

macro_rules! alloc_calls {
    ($($name:ident($($arg:ident: $ty:ty),*) -> $ret:ty = $call:expr;)*) => { $(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name($($arg: $ty),*) -> $ret {
            // SAFETY: the C allocator's own contract.
            unsafe { $call }
        }
    )* };
}

alloc_calls! {
    SystemNative_Malloc(size: usize) -> *mut c_void = libc::malloc(size);
    SystemNative_Calloc(n: usize, size: usize) -> *mut c_void = libc::calloc(n, size);
    SystemNative_Realloc(p: *mut c_void, size: usize) -> *mut c_void = libc::realloc(p, size);
    SystemNative_Free(p: *mut c_void) -> () = libc::free(p);
    SystemNative_AlignedAlloc(align: usize, size: usize) -> *mut c_void = libc::aligned_alloc(align, size);
    SystemNative_AlignedFree(p: *mut c_void) -> () = libc::free(p);
    SystemNative_MUnmap(p: *mut c_void, size: u64) -> i32 = libc::munmap(p, size as usize);
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_AlignedRealloc(p: *mut c_void, align: usize, size: usize) -> *mut c_void {
    // SAFETY: the C allocator's own contract; the old size bounds the copy.
    unsafe {
        let new = libc::aligned_alloc(align, size);
        if !new.is_null() && !p.is_null() {
            core::ptr::copy_nonoverlapping(p.cast::<u8>(), new.cast::<u8>(), libc::malloc_usable_size(p).min(size));
            libc::free(p);
        }
        new
    }
}

unsafe fn random(buffer: *mut u8, size: i32) -> i32 {
    let mut done = 0usize;
    let size = usize::try_from(size).unwrap_or(0);
    while done < size {
        // SAFETY: inside the caller's buffer.
        let n = crate::retry!(unsafe { libc::getrandom(buffer.add(done).cast(), size - done, 0) });
        if n < 0 {
            return -1;
        }
        done += n as usize;
    }
    0
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetNonCryptographicallySecureRandomBytes(buffer: *mut u8, size: i32) {
    // SAFETY: the caller owns the buffer.
    let _ = unsafe { random(buffer, size) };
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetCryptographicallySecureRandomBytes(buffer: *mut u8, size: i32) -> i32 {
    // SAFETY: the caller owns the buffer.
    unsafe { random(buffer, size) }
}
