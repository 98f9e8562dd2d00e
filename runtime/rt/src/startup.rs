//! Start and end of a program.

use core::ffi::{c_char, c_int};
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};

use crate::alloc::HEAP;
use crate::mt::{Obj, program};
use crate::pal::{self, Buf};
use crate::world::Inside;
use crate::{faults, lock, roots, text, thread};

/// Environment.ExitCode: the status when Main returns nothing (or zero).
pub static EXIT_CODE: AtomicI32 = AtomicI32::new(0);

static STARTED: AtomicU64 = AtomicU64::new(0);

/// When the program began, on the clock of `pal::nanoseconds`.
pub fn started() -> u64 {
    STARTED.load(Ordering::Relaxed)
}

/// What the processor has, for compiled code (`abi::processor`).
#[unsafe(export_name = "kiln_processor")]
static PROCESSOR: AtomicU64 = AtomicU64::new(0);
const _: () = assert!(matches!(kiln_abi::processor::PROCESSOR_SYMBOL.as_bytes(), b"kiln_processor"));

/// The status of a program that cannot run on this processor: what a shell shows for an illegal instruction.
const NO_SUCH_INSTRUCTIONS: i32 = 132;

/// Everything before managed code may run. `fp` is the frame pointer where stack walks end.
unsafe fn init(fp: usize) {
    STARTED.store(pal::nanoseconds(), Ordering::Relaxed);
    if program().version != kiln_abi::program::PROGRAM_VERSION {
        pal::print("kiln runtime: the program was made for another version of the runtime\n");
        pal::abort();
    }
    let instruction_sets = crate::arch::instruction_sets();
    if instruction_sets & program().instruction_sets != program().instruction_sets {
        pal::print("kiln runtime: the program was compiled for processors with more instruction sets than this one has\n");
        pal::process::exit(NO_SUCH_INSTRUCTIONS);
    }
    PROCESSOR.store(instruction_sets, Ordering::Relaxed);
    // SAFETY: called once, on the main thread, before any other thread exists and before managed code runs; this thread goes inside first.
    unsafe {
        pal::process::set_stack_printer(crate::eh::trace::print_current_stack);
        lock::enter();
        roots::init();
        let mut inside = Inside::assume();
        let h = HEAP.get(&mut inside);
        h.reserve(crate::heap::space::SPACE);
        crate::barrier::publish(*h.cards());
        if let Some(n) = pal::env_number(c"KILN_GC_STRESS") {
            h.set_stress(n);
        }
        h.set_verify(pal::env_number(c"KILN_GC_VERIFY").is_some_and(|n| n != 0));
        if let Some(n) = pal::env_number(c"KILN_GC_NURSERY") {
            h.set_nursery(n as usize);
        }
        if let Some(n) = hex_setting(c"DOTNET_GCHeapHardLimit") {
            h.set_limit(n as usize);
        }
        thread::attach(fp);
        faults::init();
    }
}

/// .NET reads its settings as hexadecimal.
fn hex_setting(name: &core::ffi::CStr) -> Option<u64> {
    let value = pal::environment::get(name)?.to_str().ok()?;
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
fn executable(argv0: &[u8], room: &mut [u8; 4096]) -> usize {
    if let Some(n) = pal::process::executable(room) {
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
                crate::array::set(list.get(0), i, s);
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
    // SAFETY: as many properties as the header says.
    unsafe {
        let (mut keys, mut values): (Buf<*const u16>, Buf<*const u16>) = (Buf::new(), Buf::new());
        for i in 0..p.app_property_count as usize {
            let property = &*p.app_properties.add(i);
            keys.push(property.key);
            values.push(property.value);
        }
        let f: extern "C" fn(*const *const u16, *const *const u16, i32) = core::mem::transmute(p.entries.app_context_setup);
        f(keys.as_slice().as_ptr(), values.as_slice().as_ptr(), p.app_property_count as i32);
    }
}

/// Ends the process as after Main: `ProcessExit` handlers, then the status.
///
/// # Safety
/// Called inside, where an exception may be thrown.
pub unsafe fn exit(code: i32) -> ! {
    static ENDING: AtomicBool = AtomicBool::new(false);
    EXIT_CODE.store(code, Ordering::Relaxed);
    let f = program().entries.on_process_exit;
    if !f.is_null() && !ENDING.swap(true, Ordering::Relaxed) {
        // SAFETY: compiled code without parameters.
        unsafe {
            let f: extern "C" fn() = core::mem::transmute(f);
            f();
        }
    }
    pal::process::exit(EXIT_CODE.load(Ordering::Relaxed))
}

/// The whole program.
///
/// # Safety
/// Called once, by `main` with its arguments.
#[inline(never)]
pub unsafe fn run(argc: c_int, argv: *const *const c_char) -> ! {
    // SAFETY: the C runtime's arguments; entries have the documented signatures.
    unsafe {
        init(lock::frame());
        setup_app_context();
        let arguments = arguments(argc, argv);
        let main = program().entries.main;
        if main.is_null() {
            pal::fatal("the program has no entry point");
        }
        let main: extern "C" fn(Obj) -> i32 = core::mem::transmute(main);
        let code = main(arguments);
        thread::records::wait_for_foreground_threads();
        exit(if code == 0 { EXIT_CODE.load(Ordering::Relaxed) } else { code })
    }
}
