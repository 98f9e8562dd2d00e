//! Start and end of a program.

use core::ffi::{c_char, c_int};

use crate::alloc::heap;
use crate::heap::Hooks;
use crate::mt::{Obj, program};
use crate::pal::{self, Buf};
use crate::{roots, signals, text, thread};

/// Environment.ExitCode: the status when Main returns nothing (or zero).
#[unsafe(no_mangle)]
pub static mut kiln_exit_code: i32 = 0;
/// The program's arguments, for natives.
#[unsafe(no_mangle)]
pub static mut kiln_argc: c_int = 0;
/// See `kiln_argc`.
#[unsafe(no_mangle)]
pub static mut kiln_argv: *const *const c_char = core::ptr::null();

/// Everything before managed code may run. `fp` is the frame pointer where stack walks end.
unsafe fn init(fp: usize) {
    if program().version != kiln_abi::program::PROGRAM_VERSION {
        pal::print("kiln runtime: the program was made for another version of the runtime\n");
        pal::abort();
    }
    // SAFETY: called once, on the main thread, before anything else.
    unsafe {
        roots::init();
        let h = heap();
        h.init(Hooks { roots: roots::gather, is_method_table: roots::is_method_table });
        crate::asm::kiln_barrier = h.barrier();
        if let Some(n) = pal::env_number(c"KILN_GC_STRESS") {
            h.stress = n;
        }
        h.verify = pal::env_number(c"KILN_GC_VERIFY").is_some_and(|n| n != 0);
        if let Some(n) = pal::env_number(c"KILN_GC_NURSERY") {
            h.set_nursery(n as usize);
        }
        if let Some(n) = hex_setting(c"DOTNET_GCHeapHardLimit") {
            h.set_limit(n as usize);
        }
        kiln_natives::gil::kiln_enter();
        thread::kiln_thread_attach(fp);
        signals::init();
    }
}

/// .NET reads its settings as hexadecimal.
fn hex_setting(name: &core::ffi::CStr) -> Option<u64> {
    // SAFETY: NUL-terminated.
    let value = unsafe {
        let p = libc::getenv(name.as_ptr());
        if p.is_null() {
            return None;
        }
        core::ffi::CStr::from_ptr(p).to_str().ok()?
    };
    u64::from_str_radix(value.trim_start_matches("0x"), 16).ok().filter(|&n| n != 0)
}

/// A NUL-terminated UTF-16 copy that lives as long as the process.
unsafe fn utf16(bytes: &[u8]) -> *const u16 {
    let mut out: Buf<u16> = Buf::new();
    text::each_unit(bytes, |u| out.push(u));
    out.push(0);
    let p = out.as_slice().as_ptr();
    core::mem::forget(out);
    p
}

/// Path of the executable, or what it was called.
unsafe fn executable(argv0: &[u8], room: &mut [u8; 4096]) -> usize {
    // SAFETY: the buffer's own size.
    let n = unsafe { libc::readlink(c"/proc/self/exe".as_ptr(), room.as_mut_ptr().cast(), room.len()) };
    if let Ok(n) = usize::try_from(n)
        && n > 0
    {
        return n;
    }
    let n = argv0.len().min(room.len());
    room[..n].copy_from_slice(&argv0[..n]);
    n
}

/// The managed argument array.
unsafe fn arguments(argc: c_int, argv: *const *const c_char) -> Obj {
    let p = program();
    // SAFETY: the C runtime's arguments; entries have the documented signatures.
    unsafe {
        let count = (argc - 1).max(0) as usize;
        let argument = |i: usize| text::c_bytes(argv.add(i).read().cast());
        if p.entries.initialize_command_line_args.is_null() {
            let mt = p.well_known.string_array;
            if mt.is_null() {
                return core::ptr::null_mut();
            }
            let mut list = thread::Roots::new([crate::alloc::new_array(mt, count)]);
            list.push();
            for i in 0..count {
                let s = text::new_string(argument(i + 1));
                crate::barrier::store(list.get(0).add(16 + 8 * i).cast(), s);
            }
            list.pop();
            return list.get(0);
        }
        let mut room = [0; 4096];
        let n = executable(if argc > 0 { argument(0) } else { b"" }, &mut room);
        let path = utf16(&room[..n]);
        let mut list: Buf<*const u16> = Buf::new();
        for i in 0..count {
            list.push(utf16(argument(i + 1)));
        }
        list.push(core::ptr::null());
        let f: extern "C" fn(*const u16, i32, *const *const u16) -> Obj = core::mem::transmute(p.entries.initialize_command_line_args);
        let result = f(path, count as i32, list.as_slice().as_ptr());
        core::mem::forget(list);
        result
    }
}

unsafe fn setup_app_context() {
    let p = program();
    if p.entries.app_context_setup.is_null() || p.app_property_count == 0 {
        return;
    }
    // SAFETY: alternating keys and values, as the header says.
    unsafe {
        let (mut keys, mut values): (Buf<*const u16>, Buf<*const u16>) = (Buf::new(), Buf::new());
        for i in 0..p.app_property_count as usize {
            keys.push(p.app_properties.add(2 * i).read());
            values.push(p.app_properties.add(2 * i + 1).read());
        }
        let f: extern "C" fn(*const *const u16, *const *const u16, i32) = core::mem::transmute(p.entries.app_context_setup);
        f(keys.as_slice().as_ptr(), values.as_slice().as_ptr(), p.app_property_count as i32);
    }
}

/// Ends the process as after Main: `ProcessExit` handlers, then the status.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kiln_exit(code: i32) {
    static mut ENDING: bool = false;
    // SAFETY: one thread.
    unsafe {
        kiln_exit_code = code;
        let f = program().entries.on_process_exit;
        if !ENDING && !f.is_null() {
            ENDING = true;
            let f: extern "C" fn() = core::mem::transmute(f);
            f();
        }
        libc::exit(kiln_exit_code)
    }
}

#[cfg(not(test))]
#[unsafe(no_mangle)]
unsafe extern "C" fn main(argc: c_int, argv: *const *const c_char) -> c_int {
    // SAFETY: the C runtime's arguments.
    unsafe { run(argc, argv) }
}

#[inline(never)]
#[cfg_attr(test, expect(dead_code, reason = "tests have their own main"))]
unsafe fn run(argc: c_int, argv: *const *const c_char) -> c_int {
    // SAFETY: the C runtime's arguments; entries have the documented signatures.
    unsafe {
        kiln_argc = argc;
        kiln_argv = argv;
        init(roots::frame_pointer());
        setup_app_context();
        let arguments = arguments(argc, argv);
        let main = program().entries.main;
        if main.is_null() {
            pal::fatal("the program has no entry point");
        }
        let main: extern "C" fn(Obj) -> i32 = core::mem::transmute(main);
        let code = main(arguments);
        kiln_natives::threads::kiln_wait_for_foreground_threads();
        kiln_exit(if code == 0 { kiln_exit_code } else { code });
        0
    }
}
