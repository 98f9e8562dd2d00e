//! The runtime library that is linked into every program: start, collector, exceptions, type system.
//!
//! It implements `kiln_abi::helpers` (the contract's §4–§9) over what the compiler emits. Modules, from the bottom: `pal` (the
//! operating system), `thread` (the thread block), `mt` (reading MethodTables), `heap` (the collector; knows nothing of the
//! modules after it), `roots` (finds the roots: stack walk, statics, handles), `eh` (two-phase exceptions over the platform
//! unwinder), then the helpers by family, `startup` last.

#![cfg_attr(panic = "abort", no_std)]
#![expect(clippy::missing_safety_doc, reason = "helpers are called by compiled code with the arguments that kiln_abi::helpers prescribes")]
#![expect(clippy::deref_addrof, reason = "`&mut STATIC` is what the language itself advises against")]

// Their symbols are the point.
extern crate kiln_natives;
extern crate kiln_system_native;

pub mod alloc;
pub mod asm;
pub mod barrier;
pub mod cast;
pub mod dispatch;
pub mod eh;
pub mod finalize;
pub mod handles;
pub mod header;
pub mod heap;
pub mod mt;
pub mod pal;
pub mod pinvoke;
pub mod roots;
pub mod signals;
pub mod startup;
pub mod statics;
pub mod text;
pub mod thread;
pub mod types;

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
    pal::print("kiln runtime: internal error at line ");
    pal::print_number(u64::from(line));
    if let Some(place) = info.location() {
        pal::print(" of ");
        pal::print(place.file());
    }
    pal::print("\n");
    pal::abort()
}
