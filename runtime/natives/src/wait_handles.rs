//! Wait handles: events, semaphores and mutexes under `System.Threading.WaitHandle`, as the class library expects of the PAL.
//!
//! All state is read and written inside (see `kiln_rt::lock`), so there is no lock. A waiter lies on the waiting thread's stack, linked into
//! one list; whoever changes a handle wakes the waiters that name it, and they look again.

use core::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use kiln_pal::{error, memory, time, wait as pal_wait};
use kiln_rt::lock::{self, frame};
use kiln_rt::thread::local;
use kiln_rt::thread::records::{self, Parked};

use crate::threads::interrupted;

/// WAIT_TIMEOUT.
const TIMEOUT: i32 = 258;
/// WAIT_ABANDONED_0: added to the index of a mutex whose owner ended without releasing it.
const ABANDONED: i32 = 0x80;
/// ERROR_TOO_MANY_POSTS.
const TOO_MANY_POSTS: i32 = 298;
/// ERROR_NOT_OWNER.
const NOT_OWNER: i32 = 288;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Manual-reset event.
    Manual,
    /// Auto-reset event.
    Auto,
    Semaphore,
    Mutex,
}

struct Handle {
    kind: Kind,
    /// Event: signalled. Semaphore: free count. Mutex: recursion.
    count: i32,
    max: i32,
    /// Mutex: number of the owning thread.
    owner: i32,
    /// Mutex: its owner ended, and nobody has taken it since.
    abandoned: bool,
    /// Mutex: the next one in `OWNED`.
    next_owned: *mut Handle,
}

/// The mutexes that are owned, linked; changed inside.
static OWNED: AtomicPtr<Handle> = AtomicPtr::new(core::ptr::null_mut());

/// Takes a mutex out of the list, if it is in there.
unsafe fn disown(handle: *mut Handle) {
    let mut link = OWNED.as_ptr();
    // SAFETY: owned mutexes are live (`CloseHandle` takes them out); we are inside.
    unsafe {
        while !(*link).is_null() {
            if *link == handle {
                *link = (*handle).next_owned;
                return;
            }
            link = &raw mut (**link).next_owned;
        }
    }
}

/// When a thread ends: what it owns is abandoned.
fn abandon(thread: i32) {
    let mut link = OWNED.as_ptr();
    // SAFETY: as in `disown`.
    unsafe {
        while !(*link).is_null() {
            let handle = *link;
            if (*handle).owner == thread {
                *link = (*handle).next_owned;
                ((*handle).count, (*handle).owner, (*handle).abandoned) = (0, 0, true);
                wake(handle);
            } else {
                link = &raw mut (*handle).next_owned;
            }
        }
    }
}

/// Makes a thread the owner of a mutex that has none.
unsafe fn own(handle: *mut Handle, thread: i32) {
    records::at_thread_end(abandon);
    // SAFETY: a live mutex; we are inside.
    unsafe {
        (*handle).owner = thread;
        (*handle).next_owned = OWNED.load(Ordering::Relaxed);
        OWNED.store(handle, Ordering::Relaxed);
    }
}

impl Handle {
    fn ready(&self, me: i32) -> bool {
        match self.kind {
            Kind::Mutex => self.count == 0 || self.owner == me,
            _ => self.count > 0,
        }
    }
}

/// Takes a handle that is ready: was it abandoned?
unsafe fn take(handle: *mut Handle, me: i32) -> bool {
    // SAFETY: a live handle; we are inside.
    unsafe {
        match (*handle).kind {
            Kind::Manual => {}
            Kind::Auto => (*handle).count = 0,
            Kind::Semaphore => (*handle).count -= 1,
            Kind::Mutex => {
                if (*handle).count == 0 {
                    own(handle, me);
                }
                (*handle).count += 1;
                return core::mem::take(&mut (*handle).abandoned);
            }
        }
    }
    false
}

struct Waiter {
    woken: AtomicU32,
    handles: *const *mut Handle,
    count: usize,
    next: *mut Waiter,
}

static WAITERS: AtomicPtr<Waiter> = AtomicPtr::new(core::ptr::null_mut());

/// Wakes who waits for a handle.
unsafe fn wake(handle: *mut Handle) {
    let mut at = WAITERS.load(Ordering::Relaxed);
    // SAFETY: waiters in the list live on stacks of parked threads; we are inside.
    unsafe {
        while let Some(waiter) = at.as_ref() {
            if core::slice::from_raw_parts(waiter.handles, waiter.count).contains(&handle) {
                waiter.woken.store(1, Ordering::Release);
                pal_wait::wake(&waiter.woken, 1);
            }
            at = waiter.next;
        }
    }
}

unsafe fn unlink(waiter: *mut Waiter) {
    let mut at = WAITERS.load(Ordering::Relaxed);
    // SAFETY: as in `wake`.
    unsafe {
        if at == waiter {
            return WAITERS.store((*waiter).next, Ordering::Relaxed);
        }
        while !at.is_null() {
            if (*at).next == waiter {
                (*at).next = (*waiter).next;
                return;
            }
            at = (*at).next;
        }
    }
}

/// Takes the handles (all, or the first one that is ready) if possible.
unsafe fn try_take(handles: &[*mut Handle], all: bool, me: i32) -> Option<i32> {
    // SAFETY: live handles; we are inside.
    unsafe {
        if all {
            if !handles.iter().all(|h| (**h).ready(me)) {
                return None;
            }
            let mut abandoned = false;
            for h in handles {
                abandoned |= take(*h, me);
            }
            return Some(if abandoned { ABANDONED } else { 0 });
        }
        let index = handles.iter().position(|h| (**h).ready(me))?;
        let abandoned = take(handles[index], me);
        Some(index as i32 + if abandoned { ABANDONED } else { 0 })
    }
}

unsafe fn wait(frame: usize, handles: &[*mut Handle], all: bool, milliseconds: i32) -> i32 {
    let me = records::current_id();
    let end = if milliseconds < 0 { None } else { Some(time::milliseconds() + i64::from(milliseconds)) };
    if records::take_interrupt() {
        interrupted();
    }
    // SAFETY: live handles.
    unsafe {
        loop {
            if let Some(index) = try_take(handles, all, me) {
                return index;
            }
            let rest = end.map_or(-1, |end| (end - time::milliseconds()).max(0));
            if rest == 0 {
                lock::pass(frame);
                return try_take(handles, all, me).unwrap_or(TIMEOUT);
            }
            let mut waiter =
                Waiter { woken: AtomicU32::new(0), handles: handles.as_ptr(), count: handles.len(), next: WAITERS.load(Ordering::Relaxed) };
            let waiter = &raw mut waiter;
            WAITERS.store(waiter, Ordering::Relaxed);
            let parked = records::park(frame, &(*waiter).woken, rest);
            unlink(waiter);
            if parked == Parked::Interrupted {
                interrupted();
            }
        }
    }
}

fn create(kind: Kind, count: i32, max: i32) -> *mut Handle {
    let handle = memory::allocate(size_of::<Handle>()).cast::<Handle>();
    // SAFETY: fresh memory of the right size and alignment.
    unsafe {
        handle.write(Handle { kind, count, max, owner: 0, abandoned: false, next_owned: core::ptr::null_mut() });
        if kind == Kind::Mutex && count != 0 {
            own(handle, records::current_id());
        }
        handle
    }
}

fn fail(number: i32) -> i32 {
    // The marshalling code reads the C library's one.
    error::set(number);
    // SAFETY: this thread's block.
    unsafe { (*local()).last_error = number }
    0
}

#[unsafe(no_mangle)]
extern "C" fn CreateEventExW(_security: usize, _name: *const u16, flags: u32, _access: u32) -> *mut u8 {
    fail(0);
    create(if flags & 1 != 0 { Kind::Manual } else { Kind::Auto }, i32::from(flags & 2 != 0), 1).cast()
}

#[unsafe(no_mangle)]
extern "C" fn CreateSemaphoreExW(_security: usize, initial: i32, max: i32, _name: *const u16, _flags: u32, _access: u32) -> *mut u8 {
    fail(0);
    create(Kind::Semaphore, initial, max).cast()
}

#[unsafe(no_mangle)]
extern "C" fn PAL_CreateMutexW(owned: i32, _name: *const u16, _error: *mut u8, _error_size: u32) -> *mut u8 {
    fail(0);
    create(Kind::Mutex, i32::from(owned != 0), i32::MAX).cast()
}

#[unsafe(no_mangle)]
unsafe extern "C" fn CloseHandle(handle: *mut u8) -> i32 {
    // SAFETY: from `create`; the class library closes a handle when nobody uses it.
    unsafe {
        disown(handle.cast());
        memory::free(handle);
    }
    1
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SetEvent(handle: *mut u8) -> i32 {
    let handle = handle.cast::<Handle>();
    // SAFETY: a live event.
    unsafe {
        (*handle).count = 1;
        wake(handle);
    }
    1
}

#[unsafe(no_mangle)]
unsafe extern "C" fn ResetEvent(handle: *mut u8) -> i32 {
    // SAFETY: a live event.
    unsafe { (*handle.cast::<Handle>()).count = 0 }
    1
}

#[unsafe(no_mangle)]
unsafe extern "C" fn ReleaseSemaphore(handle: *mut u8, count: i32, previous: *mut i32) -> i32 {
    let handle = handle.cast::<Handle>();
    // SAFETY: a live semaphore.
    unsafe {
        let old = (*handle).count;
        let Some(new) = old.checked_add(count).filter(|new| *new <= (*handle).max) else { return fail(TOO_MANY_POSTS) };
        if !previous.is_null() {
            previous.write(old);
        }
        (*handle).count = new;
        wake(handle);
    }
    1
}

#[unsafe(no_mangle)]
unsafe extern "C" fn ReleaseMutex(handle: *mut u8) -> i32 {
    let handle = handle.cast::<Handle>();
    // SAFETY: a live mutex.
    unsafe {
        if (*handle).count == 0 || (*handle).owner != records::current_id() {
            return fail(NOT_OWNER);
        }
        (*handle).count -= 1;
        if (*handle).count == 0 {
            (*handle).owner = 0;
            disown(handle);
            wake(handle);
        }
    }
    1
}

#[unsafe(export_name = "System.Threading.WaitHandle::WaitOneCore(System.IntPtr,System.Int32,System.Boolean):System.Int32")]
unsafe extern "C" fn wait_one(handle: *mut u8, milliseconds: i32, _trivial: i32) -> i32 {
    // SAFETY: a live handle.
    unsafe { wait(frame(), &[handle.cast()], false, milliseconds) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn WaitHandle_CorWaitOnePrioritizedNative(handle: *mut u8, milliseconds: i32) -> i32 {
    // SAFETY: a live handle.
    unsafe { wait(frame(), &[handle.cast()], false, milliseconds) }
}

#[unsafe(export_name = "System.Threading.WaitHandle::WaitMultipleIgnoringSyncContext(System.IntPtr*,System.Int32,System.Boolean,System.Int32):System.Int32")]
unsafe extern "C" fn wait_multiple(handles: *const *mut u8, count: i32, all: i32, milliseconds: i32) -> i32 {
    // SAFETY: `count` live handles, which do not move (the caller keeps them on its stack).
    unsafe { wait(frame(), core::slice::from_raw_parts(handles.cast(), count as usize), all != 0, milliseconds) }
}

#[unsafe(export_name = "System.Threading.WaitHandle::SignalAndWaitNative(System.IntPtr,System.IntPtr,System.Int32):System.Int32")]
unsafe extern "C" fn signal_and_wait(signal: *mut u8, handle: *mut u8, milliseconds: i32) -> i32 {
    // SAFETY: live handles.
    unsafe {
        let done = match (*signal.cast::<Handle>()).kind {
            Kind::Manual | Kind::Auto => SetEvent(signal),
            Kind::Semaphore => ReleaseSemaphore(signal, 1, core::ptr::null_mut()),
            Kind::Mutex => ReleaseMutex(signal),
        };
        if done == 0 {
            return (*local()).last_error;
        }
        wait(frame(), &[handle.cast()], false, milliseconds)
    }
}
