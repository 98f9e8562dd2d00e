//! `CompressionNative_*`: deflate, zlib and gzip streams for System.IO.Compression, over zlib-rs.
//!
//! The class library's stream structure is its own; zlib's lies on the C heap behind it, as does all that zlib asks for.

use core::ffi::{c_char, c_int, c_uint, c_void};

use libz_rs_sys as z;

/// `ZLibNative.ZStream`.
#[repr(C)]
struct Stream {
    next_in: *const u8,
    next_out: *mut u8,
    message: *const c_char,
    state: *mut z::z_stream,
    available_in: u32,
    available_out: u32,
}

unsafe extern "C" fn allocate(_opaque: *mut c_void, count: c_uint, size: c_uint) -> *mut c_void {
    // SAFETY: the C allocator's own contract.
    unsafe { libc::calloc(count as usize, size as usize) }
}

unsafe extern "C" fn release(_opaque: *mut c_void, memory: *mut c_void) {
    // SAFETY: from `allocate`.
    unsafe { libc::free(memory) }
}

/// Makes zlib's structure for a new stream, or null without memory.
unsafe fn start() -> *mut z::z_stream {
    // SAFETY: zeroed memory is a stream that was not initialised, but for the function pointers set here.
    unsafe {
        let state = libc::calloc(1, size_of::<z::z_stream>()).cast::<z::z_stream>();
        if !state.is_null() {
            (*state).zalloc = Some(allocate);
            (*state).zfree = Some(release);
        }
        state
    }
}

/// Runs one call on the structure behind `stream`, which sees the caller's buffers.
unsafe fn with(stream: *mut Stream, call: unsafe extern "C" fn(*mut z::z_stream, c_int) -> c_int, flush: c_int) -> c_int {
    // SAFETY: the caller's stream, initialised before; its buffers are pinned during the call.
    unsafe {
        let (outer, inner) = (&mut *stream, (*stream).state);
        if inner.is_null() {
            return z::Z_STREAM_ERROR;
        }
        (*inner).next_in = outer.next_in;
        (*inner).avail_in = outer.available_in;
        (*inner).next_out = outer.next_out;
        (*inner).avail_out = outer.available_out;
        let result = call(inner, flush);
        outer.next_in = (*inner).next_in;
        outer.available_in = (*inner).avail_in;
        outer.next_out = (*inner).next_out;
        outer.available_out = (*inner).avail_out;
        outer.message = (*inner).msg;
        result
    }
}

/// Puts the structure behind the stream when it was initialised, else gives it back.
unsafe fn finish_start(stream: *mut Stream, state: *mut z::z_stream, result: c_int) -> c_int {
    // SAFETY: the caller's stream; the structure is from `start`.
    unsafe {
        (*stream).message = (*state).msg;
        if result == z::Z_OK {
            (*stream).state = state;
        } else {
            (*stream).state = core::ptr::null_mut();
            libc::free(state.cast());
        }
    }
    result
}

unsafe fn end(stream: *mut Stream, call: unsafe extern "C" fn(*mut z::z_stream) -> c_int) -> c_int {
    // SAFETY: the caller's stream.
    unsafe {
        let state = (*stream).state;
        if state.is_null() {
            return z::Z_STREAM_ERROR;
        }
        let result = call(state);
        libc::free(state.cast());
        (*stream).state = core::ptr::null_mut();
        result
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CompressionNative_DeflateInit2_(
    stream: *mut Stream,
    level: c_int,
    method: c_int,
    window_bits: c_int,
    memory_level: c_int,
    strategy: c_int,
) -> c_int {
    // SAFETY: the caller's stream.
    unsafe {
        let state = start();
        if state.is_null() {
            return z::Z_MEM_ERROR;
        }
        let size = size_of::<z::z_stream>() as c_int;
        let result = z::deflateInit2_(state, level, method, window_bits, memory_level, strategy, z::zlibVersion(), size);
        finish_start(stream, state, result)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CompressionNative_Deflate(stream: *mut Stream, flush: c_int) -> c_int {
    // SAFETY: the caller's stream.
    unsafe { with(stream, z::deflate, flush) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CompressionNative_DeflateEnd(stream: *mut Stream) -> c_int {
    // SAFETY: the caller's stream.
    unsafe { end(stream, z::deflateEnd) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CompressionNative_InflateInit2_(stream: *mut Stream, window_bits: c_int) -> c_int {
    // SAFETY: the caller's stream.
    unsafe {
        let state = start();
        if state.is_null() {
            return z::Z_MEM_ERROR;
        }
        let result = z::inflateInit2_(state, window_bits, z::zlibVersion(), size_of::<z::z_stream>() as c_int);
        finish_start(stream, state, result)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CompressionNative_Inflate(stream: *mut Stream, flush: c_int) -> c_int {
    // SAFETY: the caller's stream.
    unsafe { with(stream, z::inflate, flush) }
}

/// Begins another stream, of its own form.
#[unsafe(no_mangle)]
unsafe extern "C" fn CompressionNative_InflateReset2_(stream: *mut Stream, window_bits: c_int) -> c_int {
    // SAFETY: the caller's stream.
    unsafe { with(stream, z::inflateReset2, window_bits) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CompressionNative_InflateEnd(stream: *mut Stream) -> c_int {
    // SAFETY: the caller's stream.
    unsafe { end(stream, z::inflateEnd) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CompressionNative_Crc32(crc: u32, data: *const u8, size: i32) -> u32 {
    // SAFETY: the caller owns `size` bytes.
    unsafe { z::crc32(crc.into(), data, size as c_uint) as u32 }
}
