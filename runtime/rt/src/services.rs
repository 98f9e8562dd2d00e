//! Services for the natives (`runtime/natives`) under the names they use.

use crate::alloc::{self, heap};
use crate::handles;
use crate::heap::weak::{Handle, kind};
use crate::monitor;
use crate::mt::{Obj, mt_of};
use crate::thread::{self, ThreadBlock};
use kiln_abi::object::{HEADER_FINALIZABLE, HEADER_NO_FINALIZER, HEADER_SIZE};

/// Identity hash code; null has 0.
#[unsafe(no_mangle)]
unsafe extern "C" fn kiln_identity_hash(object: Obj) -> i32 {
    // SAFETY: an object.
    if object.is_null() { 0 } else { unsafe { monitor::kiln_hash_code(object) } }
}

/// Identity hash code if the object has one, else 0.
#[unsafe(no_mangle)]
unsafe extern "C" fn kiln_try_identity_hash(object: Obj) -> i32 {
    // SAFETY: an object.
    if object.is_null() { 0 } else { unsafe { monitor::kiln_try_hash_code(object) } }
}

/// New handle of a `GCHandleType`.
#[unsafe(no_mangle)]
unsafe extern "C" fn kiln_handle_alloc(object: Obj, handle_kind: i32) -> *mut Obj {
    // SAFETY: an object or null.
    unsafe { handles::kiln_handle_new(object, core::ptr::null_mut(), handle_kind as u32).cast() }
}

/// New dependent handle.
#[unsafe(no_mangle)]
unsafe extern "C" fn kiln_dependent_alloc(target: Obj, dependent: Obj) -> *mut Obj {
    // SAFETY: objects or null.
    unsafe { handles::kiln_handle_new(target, dependent, kind::DEPENDENT).cast() }
}

/// Frees a dependent handle.
#[unsafe(no_mangle)]
unsafe extern "C" fn kiln_dependent_free(handle: *mut Handle) {
    // SAFETY: from `kiln_dependent_alloc`.
    unsafe { handles::kiln_handle_free(handle) }
}

/// Stores into a word of a handle. Every collection reads all handles: no barrier.
#[unsafe(no_mangle)]
unsafe extern "C" fn kiln_handle_set(word: *mut Obj, object: Obj) {
    // SAFETY: a word of a live handle.
    unsafe { word.write(object) }
}

/// This thread's block.
#[unsafe(no_mangle)]
extern "C" fn kiln_current_thread() -> *mut ThreadBlock {
    thread::current()
}

/// Bytes in use.
#[unsafe(no_mangle)]
unsafe extern "C" fn kiln_gc_heap_size() -> i64 {
    // SAFETY: plain reads.
    unsafe { alloc::kiln_gc_stat(0) as i64 }
}

/// Bytes allocated since start.
#[unsafe(no_mangle)]
unsafe extern "C" fn kiln_gc_allocated_bytes(_this_thread: i32) -> i64 {
    // SAFETY: plain reads.
    unsafe { alloc::kiln_gc_stat(1) as i64 }
}

/// Collections of at least a generation: minor ones count as generation 0, major ones as all three.
#[unsafe(no_mangle)]
unsafe extern "C" fn kiln_gc_collection_count(generation: i32) -> i32 {
    // SAFETY: plain reads.
    unsafe {
        let major = alloc::kiln_gc_stat(3);
        let all = if generation == 0 { alloc::kiln_gc_stat(2) + major } else { major };
        i32::try_from(all).unwrap_or(i32::MAX)
    }
}

/// Pauses are not timed.
#[unsafe(no_mangle)]
extern "C" fn kiln_gc_pause_nanoseconds() -> i64 {
    0
}

/// GC.SuppressFinalize.
#[unsafe(no_mangle)]
unsafe extern "C" fn kiln_suppress_finalize(object: Obj) {
    // SAFETY: an object.
    unsafe { monitor::kiln_suppress_finalizer(object, 1) }
}

/// GC.ReRegisterForFinalize.
#[unsafe(no_mangle)]
unsafe extern "C" fn kiln_register_finalize(object: Obj) {
    // SAFETY: an object.
    unsafe { monitor::kiln_suppress_finalizer(object, 0) }
}

/// The next object whose finalizer is due, and that finalizer; null when there is none.
#[unsafe(no_mangle)]
unsafe extern "C" fn kiln_next_finalizable(result: *mut Obj) -> *const u8 {
    // SAFETY: the queue holds objects; the caller owns `result`.
    unsafe {
        while let Some(o) = heap().weak.take_finalizer() {
            let header = o.sub(HEADER_SIZE).cast::<u64>();
            let word = header.read();
            header.write(word & !(HEADER_FINALIZABLE | HEADER_NO_FINALIZER));
            let finalizer = (*mt_of(o)).finalizer;
            if word & HEADER_NO_FINALIZER == 0 && !finalizer.is_null() {
                result.write(o);
                return finalizer;
            }
        }
        core::ptr::null()
    }
}

/// Runs what is due.
#[unsafe(no_mangle)]
unsafe extern "C" fn kiln_wait_for_finalizers() {
    // SAFETY: called from a native that may collect.
    unsafe { crate::finalize::kiln_run_finalizers() }
}

/// Where vtable slots point whose method the analysis found unreachable.
#[unsafe(no_mangle)]
unsafe extern "C" fn kiln_unreachable() -> ! {
    crate::pal::print("kiln runtime: a method was called that the compiler had found unreachable\n");
    crate::eh::trace::print_current_stack();
    crate::pal::abort()
}

/// The precompiled core library refers to it; without unwinding panics nothing calls it.
#[cfg(panic = "abort")]
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}
