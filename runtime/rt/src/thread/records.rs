//! Records of threads (`System.Threading.Thread`, `Kiln.Threads`): number, state, name, start and join.

use core::ffi::{CStr, c_void};
use core::sync::atomic::{AtomicI32, AtomicPtr, AtomicU32, Ordering};

use super::{attach, detach, local};
use crate::handles;
use crate::lock::{self, frame};
use crate::mt::Obj;
use crate::pal::{memory, threads, time, wait};

/// The bits of [`Record::flags`] that the overlay's `Kiln.Threads` knows as well.
pub mod state {
    /// `Thread.Start` was called.
    pub const STARTED: u32 = 1;
    /// The thread has run.
    pub const FINISHED: u32 = 2;
    /// The process does not wait for it.
    pub const BACKGROUND: u32 = 4;
    /// It waits.
    pub const WAITING: u32 = 16;
}
use state::{BACKGROUND, FINISHED, STARTED, WAITING};

/// Compiled code that a thread begins with: takes the Thread object.
pub type Entry = unsafe extern "C" fn(Obj);

/// What the runtime knows of a thread beside its block. Lives until the Thread object is finalized.
pub struct Record {
    /// Managed number, from 1.
    pub id: i32,
    /// See `state`.
    pub flags: AtomicU32,
    entry: Option<Entry>,
    /// Keeps the Thread object alive while it runs.
    object: *mut Obj,
    name: [u8; threads::NAME_LENGTH + 1],
    next: *mut Record,
    /// `Thread.Interrupt` was called, and no wait was ended by that so far.
    interrupted: bool,
    /// What the thread waits on in `park`, else null.
    parked: *const AtomicU32,
}

/// How `park` ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Parked {
    /// The word changed, the time is over, or for no reason: the caller looks.
    Look,
    /// By `Thread.Interrupt`.
    Interrupted,
}

/// What `interrupt` writes to a word that is waited on.
const INTERRUPTED: u32 = 2;

static NEXT_ID: AtomicI32 = AtomicI32::new(1);
/// Started threads (not the main one), linked; changed inside.
static STARTED_LIST: AtomicPtr<Record> = AtomicPtr::new(core::ptr::null_mut());

#[inline(never)]
fn allocate() -> *mut Record {
    let place = memory::allocate(size_of::<Record>()).cast::<Record>();
    let record = Record {
        id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
        flags: AtomicU32::new(0),
        entry: None,
        object: core::ptr::null_mut(),
        name: [0; threads::NAME_LENGTH + 1],
        next: core::ptr::null_mut(),
        interrupted: false,
        parked: core::ptr::null(),
    };
    // SAFETY: fresh memory of the right size.
    unsafe { place.write(record) }
    place
}

/// A record for a thread that may be started.
pub fn new() -> *mut Record {
    // The first number belongs to the main thread, which asks late.
    current();
    allocate()
}

/// Frees a record.
///
/// # Safety
/// From `new`; the thread never started or has finished.
pub unsafe fn free(record: *mut Record) {
    // SAFETY: promised.
    unsafe { memory::free(record.cast()) }
}

/// This thread's record.
#[inline(always)]
pub fn current() -> *mut Record {
    // SAFETY: this thread's block, which nobody else reads.
    let record = unsafe { (*local()).record };
    if record.is_null() { first() } else { record }
}

/// Makes the record of a thread that the runtime did not start.
#[cold]
#[inline(never)]
fn first() -> *mut Record {
    let record = allocate();
    // SAFETY: fresh; this thread's block.
    unsafe {
        (*record).flags.store(STARTED, Ordering::Relaxed);
        (*local()).record = record;
    }
    record
}

/// This thread's managed number, from 1.
#[inline(always)]
#[must_use]
pub fn current_id() -> i32 {
    // SAFETY: this thread's record.
    unsafe { (*current()).id }
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

/// Has someone interrupted this thread, which is about to wait? That was it, then.
#[must_use]
pub fn take_interrupt() -> bool {
    // SAFETY: this thread's record; others change the flag inside, where we are.
    unsafe { core::mem::take(&mut (*current()).interrupted) }
}

/// Waits, outside, while a word is 0, at most `milliseconds` (negative: for ever). Called inside; the word is this wait's own.
pub fn park(frame: usize, word: &AtomicU32, milliseconds: i64) -> Parked {
    if take_interrupt() {
        return Parked::Interrupted;
    }
    let record = current();
    set_waiting(true);
    // SAFETY: this thread's record. Who interrupts reads it inside, and this thread comes inside again before the word's life ends.
    unsafe {
        (*record).parked = word;
        lock::outside(frame, || wait::wait(word, 0, milliseconds));
        (*record).parked = core::ptr::null();
    }
    set_waiting(false);
    if word.load(Ordering::Acquire) == INTERRUPTED && take_interrupt() { Parked::Interrupted } else { Parked::Look }
}

/// `Thread.Interrupt`: ends the wait of a thread, or the next one that it begins.
///
/// # Safety
/// Called inside; a live record.
pub unsafe fn interrupt(record: *mut Record) {
    // SAFETY: promised; a word that a thread waits on lives until that thread is inside again.
    unsafe {
        (*record).interrupted = true;
        if let Some(word) = (*record).parked.as_ref() {
            // One that was woken goes on: its next wait is the one to end.
            let _ = word.compare_exchange(0, INTERRUPTED, Ordering::AcqRel, Ordering::Relaxed);
            wait::wake(word, i32::MAX);
        }
    }
}

/// Names a thread, for debuggers: as much of the UTF-8 text as the system keeps.
///
/// # Safety
/// A live record.
pub unsafe fn set_name(record: *mut Record, text: &[u8]) {
    let mut end = text.len().min(threads::NAME_LENGTH);
    while end > 0 && end < text.len() && text[end] & 0xC0 == 0x80 {
        end -= 1;
    }
    // SAFETY: promised.
    unsafe {
        let name = &mut (*record).name;
        *name = [0; threads::NAME_LENGTH + 1];
        name[..end].copy_from_slice(&text[..end]);
        if record == current() {
            tell_name(record);
        }
    }
}

/// Tells the system this thread's name.
unsafe fn tell_name(record: *const Record) {
    // SAFETY: the caller's record is live; `set_name` leaves a NUL in the last byte at least.
    unsafe { threads::set_name(CStr::from_ptr((*record).name.as_ptr().cast())) }
}

unsafe fn enter_and_attach(stack_end: usize) {
    lock::enter();
    // SAFETY: inside since the line above, and called once, at the start of a thread.
    unsafe { attach(stack_end) }
}

extern "C" fn run(record: *mut c_void) -> *mut c_void {
    let record = record.cast::<Record>();
    // SAFETY: the starter gave us the record; it lives until the Thread object is finalized, which `object` prevents.
    unsafe {
        (*local()).record = record;
        if (*record).name[0] != 0 {
            tell_name(record);
        }
        enter_and_attach(frame());
        if let Some(entry) = (*record).entry {
            entry((*record).object.read());
        }
        unlink(record);
        let at_end = AT_END.load(Ordering::Relaxed);
        if !at_end.is_null() {
            // SAFETY: `at_thread_end` stored a function of this type.
            core::mem::transmute::<*mut (), fn(i32)>(at_end)((*record).id);
        }
        (*record).flags.fetch_or(FINISHED, Ordering::AcqRel);
        wake_joining(record);
        handles::free((*record).object);
        detach();
        lock::leave(0);
    }
    core::ptr::null_mut()
}

/// Takes a record out of the list of started threads. Called inside.
unsafe fn unlink(record: *mut Record) {
    // SAFETY: a record is linked from `start` until its thread calls this, and not freed before its thread has finished.
    unsafe {
        let mut at = STARTED_LIST.load(Ordering::Relaxed);
        if at == record {
            return STARTED_LIST.store((*record).next, Ordering::Relaxed);
        }
        while !at.is_null() {
            if (*at).next == record {
                (*at).next = (*record).next;
                return;
            }
            at = (*at).next;
        }
    }
}

/// Starts a thread; false when the system refuses. 0 stands for the usual stack size.
///
/// # Safety
/// Called inside; a record that was not started, its Thread object, and compiled code that takes that object.
pub unsafe fn start(record: *mut Record, thread: Obj, entry: Entry, stack_size: usize) -> bool {
    // SAFETY: promised.
    unsafe {
        (*record).entry = Some(entry);
        (*record).object = handles::new(thread, core::ptr::null_mut(), handles::HandleKind::Normal);
        (*record).flags.fetch_or(STARTED, Ordering::AcqRel);
        (*record).next = STARTED_LIST.load(Ordering::Relaxed);
        STARTED_LIST.store(record, Ordering::Relaxed);
        if threads::start(run, record.cast(), stack_size) {
            return true;
        }
        STARTED_LIST.store((*record).next, Ordering::Relaxed);
        (*record).flags.fetch_and(!STARTED, Ordering::AcqRel);
        handles::free((*record).object);
        false
    }
}

/// What happens when a thread ends, while it is inside: null or a `fn(i32)`.
static AT_END: AtomicPtr<()> = AtomicPtr::new(core::ptr::null_mut());

/// From now on every thread that ends calls this with its number.
pub fn at_thread_end(work: fn(i32)) {
    AT_END.store(work as *mut (), Ordering::Relaxed);
}

/// A thread that waits for the end of another, on its stack.
struct Joining {
    woken: AtomicU32,
    target: *const Record,
    next: *mut Joining,
}

/// Changed inside.
static JOINING: AtomicPtr<Joining> = AtomicPtr::new(core::ptr::null_mut());

/// Wakes who waits for the end of a thread.
unsafe fn wake_joining(record: *const Record) {
    let mut at = JOINING.load(Ordering::Relaxed);
    // SAFETY: nodes lie on the stacks of threads in `wait_for`, which unlink them before their frames end; the caller is inside.
    unsafe {
        while let Some(joining) = at.as_ref() {
            if core::ptr::eq(joining.target, record) {
                joining.woken.store(1, Ordering::Release);
                wait::wake(&joining.woken, 1);
            }
            at = joining.next;
        }
    }
}

/// How `wait_for` ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Joined {
    /// The thread has finished.
    Finished,
    /// The time is over.
    TimeOut,
    /// By `Thread.Interrupt`.
    Interrupted,
}

/// Waits until a thread has finished, at most `milliseconds` (negative: for ever).
///
/// # Safety
/// Called inside; a record that stays alive; `frame` is the caller's or an outer native's.
pub unsafe fn wait_for(frame: usize, record: *mut Record, milliseconds: i64) -> Joined {
    let end = time::milliseconds() + milliseconds;
    // SAFETY: promised; the node is unlinked before this frame ends, and the list is changed inside.
    unsafe {
        loop {
            if (*record).flags.load(Ordering::Acquire) & FINISHED != 0 {
                return Joined::Finished;
            }
            let rest = if milliseconds < 0 { -1 } else { end - time::milliseconds() };
            if milliseconds >= 0 && rest <= 0 {
                return Joined::TimeOut;
            }
            let mut joining = Joining { woken: AtomicU32::new(0), target: record, next: JOINING.load(Ordering::Relaxed) };
            let joining = &raw mut joining;
            JOINING.store(joining, Ordering::Relaxed);
            let parked = park(frame, &(*joining).woken, rest);
            let mut link = JOINING.as_ptr();
            while *link != joining {
                link = &raw mut (**link).next;
            }
            *link = (*joining).next;
            if parked == Parked::Interrupted {
                return Joined::Interrupted;
            }
        }
    }
}

/// Before the process ends: waits for every foreground thread. Called inside.
pub fn wait_for_foreground_threads() {
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

/// The record of the runtime's own thread.
static RUNTIME_THREAD: AtomicPtr<Record> = AtomicPtr::new(core::ptr::null_mut());

/// Starts the runtime's own thread, which begins with `enter_runtime_thread`. Called inside.
pub(crate) fn start_runtime_thread(body: threads::Body) -> bool {
    let record = new();
    // SAFETY: a fresh record; the body takes nothing.
    unsafe {
        (*record).flags.store(STARTED | BACKGROUND, Ordering::Relaxed);
        RUNTIME_THREAD.store(record, Ordering::Relaxed);
        threads::start(body, core::ptr::null_mut(), 0)
    }
}

/// The runtime's thread becomes one that may run managed code; its stack ends at this frame.
pub(crate) fn enter_runtime_thread(stack_end: usize) {
    // SAFETY: a new thread with its own block.
    unsafe {
        (*local()).record = RUNTIME_THREAD.load(Ordering::Relaxed);
        threads::set_name(c".NET Finalizer");
        enter_and_attach(stack_end);
    }
}

/// Is this the runtime's own thread?
pub(crate) fn is_runtime_thread() -> bool {
    // SAFETY: this thread's block.
    let record = unsafe { (*local()).record };
    !record.is_null() && record == RUNTIME_THREAD.load(Ordering::Relaxed)
}
