//! The end of the process, and where its executable is.

use core::sync::atomic::{AtomicPtr, Ordering};

/// What prints the stack in [`fatal`].
static STACK_PRINTER: AtomicPtr<()> = AtomicPtr::new(core::ptr::null_mut());

/// Says how a report of an internal error shows the stack: only the layer above can read compiled frames.
pub fn set_stack_printer(print: fn()) {
    STACK_PRINTER.store(print as *mut (), Ordering::Relaxed);
}

/// Ends the process like CoreCLR's fail-fast does: SIGABRT, exit status 134 in a shell.
pub fn abort() -> ! {
    // SAFETY: no preconditions.
    unsafe { libc::abort() }
}

/// Reports an internal error and aborts.
pub fn fatal(what: &str) -> ! {
    crate::print("kiln runtime: ");
    crate::print(what);
    crate::print("\n");
    let print = STACK_PRINTER.load(Ordering::Relaxed);
    if !print.is_null() {
        // SAFETY: only `set_stack_printer` writes the word.
        let print: fn() = unsafe { core::mem::transmute(print) };
        print();
    }
    abort()
}

/// Ends the process with a status, after what the C library has to do at the end.
pub fn exit(code: i32) -> ! {
    // SAFETY: the runtime registers nothing that could not run here.
    unsafe { libc::exit(code) }
}

/// Path of the executable; its length, or None when the system does not say.
pub fn executable(room: &mut [u8]) -> Option<usize> {
    // SAFETY: the buffer's own size.
    let n = unsafe { libc::readlink(c"/proc/self/exe".as_ptr(), room.as_mut_ptr().cast(), room.len()) };
    usize::try_from(n).ok().filter(|&n| n > 0)
}

/// Where this program (or shared library) is in memory.
#[must_use]
pub fn image() -> core::ops::Range<usize> {
    unsafe extern "C" {
        // The linker defines both.
        static __ehdr_start: u8;
        static _end: u8;
    }
    (&raw const __ehdr_start).addr()..(&raw const _end).addr()
}

/// Stops for a debugger.
pub fn break_into_debugger() {
    // SAFETY: a signal that a debugger catches; without one it ends the process.
    unsafe {
        libc::raise(libc::SIGTRAP);
    }
}
