//! `System.Threading.Thread` and `Kiln.Threads`: what the class library asks of threads' records (`kiln_rt::thread::records`).

use core::sync::atomic::{AtomicU32, Ordering};

use kiln_abi::program::exception_kind;
use kiln_pal::{threads, time};
use kiln_rt::finalizer;
use kiln_rt::helpers::RhpThrowHelper;
use kiln_rt::lock::{self, frame};
use kiln_rt::thread::records::{self, Entry, Joined, Parked, Record};

use kiln_rt::mt::Obj;

use crate::text::{self, Text};

#[unsafe(export_name = "Kiln.Threads::NewRecord():System.IntPtr")]
extern "C" fn new_record() -> *mut Record {
    records::new()
}

#[unsafe(export_name = "Kiln.Threads::CurrentRecord():System.IntPtr")]
extern "C" fn current_record() -> *mut Record {
    records::current()
}

#[unsafe(export_name = "Kiln.Threads::RecordId(System.IntPtr):System.Int32")]
unsafe extern "C" fn record_id(record: *mut Record) -> i32 {
    // SAFETY: a live record.
    unsafe { (*record).id }
}

#[unsafe(export_name = "Kiln.Threads::FreeRecord(System.IntPtr):System.Void")]
unsafe extern "C" fn free_record(record: *mut Record) {
    // SAFETY: the finalizer of its Thread: the thread never started or has finished.
    unsafe { records::free(record) }
}

#[unsafe(export_name = "Kiln.Threads::Flags(System.IntPtr):System.Int32")]
unsafe extern "C" fn flags(record: *mut Record) -> i32 {
    // SAFETY: a live record.
    unsafe { (*record).flags.load(Ordering::Acquire) as i32 }
}

#[unsafe(export_name = "Kiln.Threads::SetFlag(System.IntPtr,System.Int32,System.Boolean):System.Void")]
unsafe extern "C" fn set_flag(record: *mut Record, flag: i32, on: i32) {
    // SAFETY: a live record.
    unsafe {
        let flags = &(*record).flags;
        if on != 0 {
            flags.fetch_or(flag as u32, Ordering::AcqRel)
        } else {
            flags.fetch_and(!(flag as u32), Ordering::AcqRel)
        };
    }
}

#[unsafe(export_name = "Kiln.Threads::SetName(System.IntPtr,System.String):System.Void")]
unsafe extern "C" fn set_name(record: *mut Record, name: Obj) {
    let mut text = Text::new();
    // SAFETY: a live record and a string.
    unsafe {
        text.put_utf16(text::units(name));
        records::set_name(record, text.bytes());
    }
    text.free();
}

#[unsafe(export_name = "Kiln.Threads::Start(System.IntPtr,System.Threading.Thread,System.Void*,System.Int32):System.Boolean")]
unsafe extern "C" fn start(record: *mut Record, thread: Obj, entry: *const u8, stack_size: i32) -> i32 {
    // SAFETY: a record that was not started; the entry is compiled code that takes the Thread.
    unsafe {
        let entry = core::mem::transmute::<*const u8, Entry>(entry);
        i32::from(records::start(record, thread, entry, usize::try_from(stack_size).unwrap_or_default()))
    }
}

#[unsafe(export_name = "Kiln.Threads::Join(System.IntPtr,System.Int32):System.Boolean")]
unsafe extern "C" fn join(record: *mut Record, milliseconds: i32) -> i32 {
    // SAFETY: the caller keeps the Thread object alive.
    unsafe {
        match records::wait_for(frame(), record, i64::from(milliseconds)) {
            Joined::Finished => 1,
            Joined::TimeOut => 0,
            Joined::Interrupted => {
                interrupted();
                0
            }
        }
    }
}

#[unsafe(export_name = "System.Environment::get_CurrentManagedThreadId():System.Int32")]
extern "C" fn current_managed_thread_id() -> i32 {
    records::current_id()
}

#[unsafe(export_name = "System.Threading.Thread::InternalGetCurrentThread():System.IntPtr")]
extern "C" fn internal_current() -> *mut Record {
    records::current()
}

#[unsafe(export_name = "System.Threading.Thread::get_OptimalMaxSpinWaitsPerSpinIteration():System.Int32")]
extern "C" fn optimal_spin_waits() -> i32 {
    7
}

#[unsafe(no_mangle)]
extern "C" fn ThreadNative_Sleep(milliseconds: i32) {
    let frame = frame();
    if milliseconds == 0 {
        if !lock::pass(frame) {
            lock::outside(frame, threads::give_way);
        }
        return;
    }
    let never = AtomicU32::new(0);
    let end = time::milliseconds() + i64::from(milliseconds);
    loop {
        let rest = if milliseconds < 0 { -1 } else { end - time::milliseconds() };
        if milliseconds >= 0 && rest <= 0 {
            break;
        }
        if records::park(frame, &never, rest) == Parked::Interrupted {
            return interrupted();
        }
    }
}

/// Waits a little for another thread to go on.
pub fn pause() {
    if !lock::pass(frame()) {
        lock::outside(frame(), || time::sleep_microseconds(100));
    }
}

#[unsafe(no_mangle)]
extern "C" fn ThreadNative_YieldThread() -> i32 {
    i32::from(lock::pass(frame()))
}

#[unsafe(no_mangle)]
extern "C" fn ThreadNative_SpinWait(iterations: i32) {
    // What the caller spins for can only happen when others may run.
    if !lock::pass(frame()) {
        for _ in 0..iterations.min(1000) {
            core::hint::spin_loop();
        }
    }
}

#[unsafe(no_mangle)]
extern "C" fn ThreadNative_GetCurrentOSThreadId() -> u64 {
    threads::id()
}

#[unsafe(no_mangle)]
extern "C" fn GCInterface_WaitForPendingFinalizers() {
    finalizer::wait_for_pending();
}

#[unsafe(no_mangle)]
unsafe extern "C" fn ThreadNative_Interrupt(record: *mut Record) {
    // SAFETY: the handle of a Thread is its record.
    unsafe { records::interrupt(record) }
}

/// Throws ThreadInterruptedException.
pub fn interrupted() {
    // SAFETY: throws; natives that wait have nothing to drop.
    unsafe { RhpThrowHelper(exception_kind::THREAD_INTERRUPTED, core::ptr::null()) }
}

/// No configuration values of the thread pool: -1 ends the enumeration.
#[unsafe(export_name = "System.Threading.ThreadPool::GetNextConfigUInt32Value(System.Int32,System.UInt32&,System.Boolean&,System.Char*&):System.Int32")]
unsafe extern "C" fn next_config(_index: i32, value: *mut u32, is_boolean: *mut u8, name: *mut *const u16) -> i32 {
    // SAFETY: out parameters of the caller.
    unsafe {
        value.write(0);
        is_boolean.write(0);
        name.write(core::ptr::null());
    }
    -1
}
