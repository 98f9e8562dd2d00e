//! `libkilnrt.a`: the runtime's crates in one archive, which is linked into every program.
//!
//! Nothing calls natives and system calls but compiled code, so naming their crates is what puts them in. Besides them, the process's
//! entry point and what a program without Rust's standard library has to say about panics.

#![cfg_attr(panic = "abort", no_std)]

extern crate kiln_natives;
extern crate kiln_system_native;

use core::ffi::{c_char, c_int};

/// The C library's start files call it.
#[unsafe(no_mangle)]
unsafe extern "C" fn main(argc: c_int, argv: *const *const c_char) -> c_int {
    // SAFETY: the C library's arguments.
    unsafe { kiln_rt::startup::run(argc, argv) }
}

/// The precompiled core library refers to it.
#[cfg(panic = "abort")]
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() -> i32 {
    // _URC_CONTINUE_UNWIND: exceptions of managed code pass through frames of the runtime that have nothing to clean up.
    8
}

#[cfg(panic = "abort")]
#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    let line = info.location().map_or(0, core::panic::Location::line);
    kiln_pal::print("kiln runtime: internal error at line ");
    kiln_pal::print_number(u64::from(line));
    if let Some(place) = info.location() {
        kiln_pal::print(" of ");
        kiln_pal::print(place.file());
    }
    kiln_pal::print("\n");
    kiln_pal::abort()
}
