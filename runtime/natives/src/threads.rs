//! Threads: records, start, join, sleep (`System.Threading.Thread`, `Kiln.Threads`).

use core::ffi::c_void;
use core::sync::atomic::{AtomicI32, AtomicPtr, AtomicU32, Ordering};

use crate::gil::{self, frame};
use crate::rt::{self, Obj, tls};
use crate::text::{self, Text};

unsafe extern "C" {
    /// Registers this thread's block with the collector: its stack ends at this frame pointer. Called inside.
    fn kiln_thread_attach(stack_end: usize);
    /// Forgets it and frees its thread statics. Called inside.
    fn kiln_thread_detach();
}

const STARTED: u32 = 1;
const FINISHED: u32 = 2;
const BACKGROUND: u32 = 4;
const WAITING: u32 = 16;

struct Record {
    id: i32,
    flags: AtomicU32,
    /// Changes to 1 when the thread has finished.
    done: AtomicU32,
    entry: Option<unsafe extern "C" fn(Obj)>,
    /// Keeps the Thread object alive while it runs.
    object: *mut Obj,
    name: [u8; 16],
    next: *mut Record,
}

static NEXT_ID: AtomicI32 = AtomicI32::new(1);
/// Started threads (not the main one), linked; changed inside.
static STARTED_LIST: AtomicPtr<Record> = AtomicPtr::new(core::ptr::null_mut());

fn new_record() -> *mut Record {
    let record = Record {
        id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
        flags: AtomicU32::new(0),
        done: AtomicU32::new(0),
        entry: None,
        object: core::ptr::null_mut(),
        name: [0; 16],
        next: core::ptr::null_mut(),
    };
    // SAFETY: fresh memory of the right size.
    unsafe {
        let place = libc::malloc(size_of::<Record>()).cast::<Record>();
        if place.is_null() {
            libc::abort();
        }
        place.write(record);
        place
    }
}

/// This thread's record.
fn current() -> *mut Record {
    // SAFETY: this thread's block.
    unsafe {
        let block = tls();
        if (*block).thread.is_null() {
            let record = new_record();
            (*record).flags.store(STARTED, Ordering::Relaxed);
            (*block).thread = record.cast();
        }
        (*block).thread.cast()
    }
}

/// This thread's managed number.
#[must_use]
pub fn current_id() -> i32 {
    // SAFETY: this thread's record.
    unsafe { (*current()).id }
}

/// For locks in the runtime: this thread's managed number, from 1.
#[unsafe(no_mangle)]
pub extern "C" fn kiln_current_thread_id() -> i32 {
    current_id()
}

/// Tells `ThreadState` that this thread waits.
pub fn set_waiting(on: bool) {
    // SAFETY: this thread's record.
    unsafe {
        if on {
            (*current()).flags.fetch_or(WAITING, Ordering::Relaxed);
        } else {
            (*current()).flags.fetch_and(!WAITING, Ordering::Relaxed);
        }
    }
}

#[unsafe(export_name = "Kiln.Threads::NewRecord():System.IntPtr")]
extern "C" fn kiln_new_record() -> *mut u8 {
    // The first number belongs to the main thread, which asks late.
    current();
    new_record().cast()
}

#[unsafe(export_name = "Kiln.Threads::CurrentRecord():System.IntPtr")]
extern "C" fn current_record() -> *mut u8 {
    current().cast()
}

#[unsafe(export_name = "Kiln.Threads::RecordId(System.IntPtr):System.Int32")]
unsafe extern "C" fn record_id(record: *mut u8) -> i32 {
    // SAFETY: a live record.
    unsafe { (*record.cast::<Record>()).id }
}

#[unsafe(export_name = "Kiln.Threads::FreeRecord(System.IntPtr):System.Void")]
unsafe extern "C" fn free_record(record: *mut u8) {
    // SAFETY: the finalizer of its Thread: the thread never started or has finished.
    unsafe { libc::free(record.cast()) }
}

#[unsafe(export_name = "Kiln.Threads::Flags(System.IntPtr):System.Int32")]
unsafe extern "C" fn flags(record: *mut u8) -> i32 {
    // SAFETY: a live record.
    unsafe { (*record.cast::<Record>()).flags.load(Ordering::Acquire) as i32 }
}

#[unsafe(export_name = "Kiln.Threads::SetFlag(System.IntPtr,System.Int32,System.Boolean):System.Void")]
unsafe extern "C" fn set_flag(record: *mut u8, flag: i32, on: i32) {
    // SAFETY: a live record.
    unsafe {
        let flags = &(*record.cast::<Record>()).flags;
        if on != 0 {
            flags.fetch_or(flag as u32, Ordering::AcqRel)
        } else {
            flags.fetch_and(!(flag as u32), Ordering::AcqRel)
        };
    }
}

/// The kernel keeps 15 bytes.
unsafe fn keep_name(record: *mut Record, name: Obj) {
    // SAFETY: a live record and a string.
    unsafe {
        let mut text = Text::new();
        text.put_utf16(text::units(name));
        let mut end = text.bytes().len().min(15);
        while end > 0 && end < text.bytes().len() && text.bytes()[end] & 0xC0 == 0x80 {
            end -= 1;
        }
        (*record).name = [0; 16];
        let name = &mut (*record).name;
        name[..end].copy_from_slice(&text.bytes()[..end]);
        text.free();
    }
}

#[unsafe(export_name = "Kiln.Threads::SetName(System.IntPtr,System.String):System.Void")]
unsafe extern "C" fn set_name(record: *mut u8, name: Obj) {
    let record = record.cast::<Record>();
    // SAFETY: a live record.
    unsafe {
        keep_name(record, name);
        if record == current() {
            libc::prctl(libc::PR_SET_NAME, (*record).name.as_ptr());
        }
    }
}

extern "C" fn run(record: *mut c_void) -> *mut c_void {
    let record = record.cast::<Record>();
    // SAFETY: the starter gave us the record; it lives until the Thread object is finalized, which `object` prevents.
    unsafe {
        (*tls()).thread = record.cast();
        if (*record).name[0] != 0 {
            libc::prctl(libc::PR_SET_NAME, (*record).name.as_ptr());
        }
        kiln_thread_attach_and_enter(frame());
        if let Some(entry) = (*record).entry {
            entry((*record).object.read());
        }
        let mut at = STARTED_LIST.load(Ordering::Relaxed);
        if at == record {
            STARTED_LIST.store((*record).next, Ordering::Relaxed);
        } else {
            while !at.is_null() {
                if (*at).next == record {
                    (*at).next = (*record).next;
                    break;
                }
                at = (*at).next;
            }
        }
        (*record).flags.fetch_or(FINISHED, Ordering::AcqRel);
        (*record).done.store(1, Ordering::Release);
        gil::futex_wake(&(*record).done, i32::MAX);
        rt::kiln_handle_free((*record).object);
        kiln_thread_detach();
        gil::kiln_leave(0);
    }
    core::ptr::null_mut()
}

/// The record of the runtime's own thread.
static RUNTIME_THREAD: AtomicPtr<Record> = AtomicPtr::new(core::ptr::null_mut());

/// Starts the runtime's own thread, which begins with `enter_runtime_thread`. Called inside.
pub(crate) fn start_runtime_thread(body: extern "C" fn(*mut c_void) -> *mut c_void) -> bool {
    // The first number belongs to the main thread, which asks late.
    current();
    let record = new_record();
    // SAFETY: a fresh record; the attributes are initialised before use.
    unsafe {
        (*record).flags.store(STARTED | BACKGROUND, Ordering::Relaxed);
        RUNTIME_THREAD.store(record, Ordering::Relaxed);
        let mut attributes: libc::pthread_attr_t = core::mem::zeroed();
        libc::pthread_attr_init(&mut attributes);
        libc::pthread_attr_setdetachstate(&mut attributes, libc::PTHREAD_CREATE_DETACHED);
        let mut id: libc::pthread_t = core::mem::zeroed();
        let failed = libc::pthread_create(&mut id, &attributes, body, core::ptr::null_mut());
        libc::pthread_attr_destroy(&mut attributes);
        failed == 0
    }
}

/// The runtime's thread becomes one that may run managed code; its stack ends at this frame.
pub(crate) fn enter_runtime_thread(stack_end: usize) {
    // SAFETY: a new thread with its own block.
    unsafe {
        (*tls()).thread = RUNTIME_THREAD.load(Ordering::Relaxed).cast();
        libc::prctl(libc::PR_SET_NAME, c".NET Finalizer".as_ptr());
        kiln_thread_attach_and_enter(stack_end);
    }
}

/// The record of the runtime's own thread, null when there is none.
pub(crate) fn runtime_thread() -> *mut c_void {
    RUNTIME_THREAD.load(Ordering::Relaxed).cast()
}

unsafe fn kiln_thread_attach_and_enter(stack_end: usize) {
    gil::kiln_enter();
    // SAFETY: inside now.
    unsafe { kiln_thread_attach(stack_end) }
}

#[unsafe(export_name = "Kiln.Threads::Start(System.IntPtr,System.Threading.Thread,System.Void*,System.Int32):System.Boolean")]
unsafe extern "C" fn start(record: *mut u8, thread: Obj, entry: *const u8, stack_size: i32) -> i32 {
    let record = record.cast::<Record>();
    // SAFETY: a record that was not started; the entry is compiled code that takes the Thread.
    unsafe {
        (*record).entry = Some(core::mem::transmute::<*const u8, unsafe extern "C" fn(Obj)>(entry));
        (*record).object = rt::kiln_handle_new(thread, core::ptr::null_mut(), 2);
        (*record).flags.fetch_or(STARTED, Ordering::AcqRel);
        (*record).next = STARTED_LIST.load(Ordering::Relaxed);
        STARTED_LIST.store(record, Ordering::Relaxed);
        let mut attributes: libc::pthread_attr_t = core::mem::zeroed();
        libc::pthread_attr_init(&mut attributes);
        libc::pthread_attr_setdetachstate(&mut attributes, libc::PTHREAD_CREATE_DETACHED);
        if stack_size > 0 {
            libc::pthread_attr_setstacksize(&mut attributes, (stack_size as usize).max(128 * 1024).next_multiple_of(4096));
        }
        let mut id: libc::pthread_t = core::mem::zeroed();
        let failed = libc::pthread_create(&mut id, &attributes, run, record.cast());
        libc::pthread_attr_destroy(&mut attributes);
        if failed != 0 {
            STARTED_LIST.store((*record).next, Ordering::Relaxed);
            (*record).flags.fetch_and(!STARTED, Ordering::AcqRel);
            rt::kiln_handle_free((*record).object);
            return 0;
        }
    }
    1
}

#[unsafe(export_name = "Kiln.Threads::Join(System.IntPtr,System.Int32):System.Boolean")]
unsafe extern "C" fn join(record: *mut u8, milliseconds: i32) -> i32 {
    let record = record.cast::<Record>();
    // SAFETY: the caller keeps the Thread object alive.
    unsafe { i32::from(wait_for(frame(), record, i64::from(milliseconds))) }
}

unsafe fn wait_for(frame: usize, record: *mut Record, milliseconds: i64) -> bool {
    let end = crate::wait::now() + milliseconds;
    // SAFETY: a live record.
    unsafe {
        set_waiting(true);
        while (*record).done.load(Ordering::Acquire) == 0 {
            let rest = if milliseconds < 0 { -1 } else { end - crate::wait::now() };
            if milliseconds >= 0 && rest <= 0 {
                break;
            }
            gil::outside(frame, || gil::futex_wait(&(*record).done, 0, rest));
        }
        set_waiting(false);
        (*record).done.load(Ordering::Acquire) != 0
    }
}

/// Before the process ends: waits for every foreground thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kiln_wait_for_foreground_threads() {
    // SAFETY: the list is changed inside only, and read again after every wait.
    unsafe {
        loop {
            let mut at = STARTED_LIST.load(Ordering::Relaxed);
            while !at.is_null() && (*at).flags.load(Ordering::Acquire) & (FINISHED | BACKGROUND) != 0 {
                at = (*at).next;
            }
            if at.is_null() {
                return;
            }
            // A thread may become a background one meanwhile: look again from time to time.
            wait_for(frame(), at, 100);
        }
    }
}

#[unsafe(export_name = "System.Environment::get_CurrentManagedThreadId():System.Int32")]
extern "C" fn current_managed_thread_id() -> i32 {
    current_id()
}

#[unsafe(export_name = "System.Threading.Thread::InternalGetCurrentThread():System.IntPtr")]
extern "C" fn internal_current() -> *mut u8 {
    current().cast()
}

#[unsafe(export_name = "System.Threading.Thread::get_OptimalMaxSpinWaitsPerSpinIteration():System.Int32")]
extern "C" fn optimal_spin_waits() -> i32 {
    7
}

#[unsafe(no_mangle)]
extern "C" fn ThreadNative_Sleep(milliseconds: i32) {
    let frame = frame();
    if milliseconds == 0 {
        if !gil::pass(frame) {
            // SAFETY: plain system call.
            gil::outside(frame, || unsafe { libc::sched_yield() });
        }
        return;
    }
    set_waiting(true);
    let never = AtomicU32::new(0);
    let end = crate::wait::now() + i64::from(milliseconds);
    loop {
        let rest = if milliseconds < 0 { -1 } else { end - crate::wait::now() };
        if milliseconds >= 0 && rest <= 0 {
            break;
        }
        gil::outside(frame, || gil::futex_wait(&never, 0, rest));
    }
    set_waiting(false);
}

/// Waits a little for another thread to go on.
pub fn pause() {
    if !gil::pass(frame()) {
        // SAFETY: plain system call.
        gil::outside(frame(), || unsafe { libc::usleep(100) });
    }
}

#[unsafe(no_mangle)]
extern "C" fn ThreadNative_YieldThread() -> i32 {
    i32::from(gil::pass(frame()))
}

#[unsafe(no_mangle)]
extern "C" fn ThreadNative_SpinWait(iterations: i32) {
    // What the caller spins for can only happen when others may run.
    if !gil::pass(frame()) {
        for _ in 0..iterations.min(1000) {
            core::hint::spin_loop();
        }
    }
}

#[unsafe(no_mangle)]
extern "C" fn ThreadNative_GetCurrentOSThreadId() -> u64 {
    // SAFETY: plain system call.
    unsafe { libc::syscall(libc::SYS_gettid) as u64 }
}

#[unsafe(no_mangle)]
extern "C" fn ThreadNative_Interrupt(_thread: *mut u8) {}

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
