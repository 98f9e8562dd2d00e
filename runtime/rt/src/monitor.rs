//! Monitors (ECMA-335 I.12.6.5, `System.Threading.Monitor`): recursion count and owner live in the object's header word; who waits lies
//! in lists.
//!
//! Everything happens inside (see `lock`), so header and lists need no atomics. An object may move while a thread waits for it:
//! each waiter holds its object in a local root and is found by comparing that.

use core::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use kiln_abi::object::{HEADER_LOCK_MASK, HEADER_LOCK_SHIFT, HEADER_OWNER_SHIFT, HEADER_SIZE};

use crate::mt::Obj;
use crate::pal::time;
use crate::pal::wait::wake as pal_wake;
use crate::thread::records::{self, Parked};
use crate::thread::{LocalRoots, pop_roots, push_roots};

const COUNT_ONE: u64 = 1 << HEADER_LOCK_SHIFT;
const LOCK_BITS: u64 = u64::MAX << HEADER_LOCK_SHIFT;

const WOKEN: u32 = 1;

/// A waiting thread, on its stack.
struct Waiter {
    /// 0 waiting, `WOKEN`, or what `records::interrupt` writes.
    woken: AtomicU32,
    object: Obj,
    next: *mut Waiter,
}

/// A list of waiters, oldest first.
struct List(AtomicPtr<Waiter>);

/// For the lock to become free.
static ENTERING: List = List(AtomicPtr::new(core::ptr::null_mut()));
/// For a pulse.
static PULSED: List = List(AtomicPtr::new(core::ptr::null_mut()));

impl List {
    unsafe fn push(&self, waiter: *mut Waiter) {
        // SAFETY: a node lies on the stack of a thread in `sleep`, which removes it before its frame ends. The list is only touched inside.
        unsafe {
            (*waiter).next = core::ptr::null_mut();
            let mut at = self.0.load(Ordering::Relaxed);
            if at.is_null() {
                return self.0.store(waiter, Ordering::Relaxed);
            }
            while !(*at).next.is_null() {
                at = (*at).next;
            }
            (*at).next = waiter;
        }
    }

    unsafe fn remove(&self, waiter: *mut Waiter) {
        // SAFETY: as in `push`.
        unsafe {
            let mut at = self.0.load(Ordering::Relaxed);
            if at == waiter {
                return self.0.store((*waiter).next, Ordering::Relaxed);
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

    /// Wakes the oldest waiters for an object.
    unsafe fn wake(&self, object: Obj, all: bool) {
        // SAFETY: as in `push`; the collector keeps `object` up to date in every node.
        unsafe {
            let mut at = self.0.load(Ordering::Relaxed);
            while !at.is_null() {
                let waiter = &*at;
                if (&raw const waiter.object).read_volatile() == object && waiter.woken.load(Ordering::Relaxed) == 0 {
                    waiter.woken.store(WOKEN, Ordering::Release);
                    pal_wake(&waiter.woken, 1);
                    if !all {
                        return;
                    }
                }
                at = waiter.next;
            }
        }
    }
}

/// Sleeps until woken, interrupted or the time is over; returns the object, which may have moved, whether it was woken and how the wait ended.
unsafe fn sleep(frame: usize, list: &List, object: Obj, milliseconds: i64) -> (Obj, bool, Parked) {
    let mut waiter = Waiter { woken: AtomicU32::new(0), object, next: core::ptr::null_mut() };
    let waiter = &raw mut waiter;
    let mut roots = LocalRoots { next: core::ptr::null_mut(), count: 1, slots: core::ptr::null_mut() };
    let roots = &raw mut roots;
    // SAFETY: both records stay in this frame until they are removed below.
    unsafe {
        (*roots).slots = &raw mut (*waiter).object;
        push_roots(roots);
        list.push(waiter);
        let parked = records::park(frame, &(*waiter).woken, milliseconds);
        list.remove(waiter);
        pop_roots(roots);
        ((&raw const (*waiter).object).read_volatile(), (*waiter).woken.load(Ordering::Acquire) == WOKEN, parked)
    }
}

unsafe fn header(object: Obj) -> *mut u64 {
    // SAFETY: the word before the MethodTable.
    unsafe { object.sub(HEADER_SIZE).cast() }
}

fn me() -> u64 {
    (records::current_id() as u64) << HEADER_OWNER_SHIFT
}

/// How often this thread has entered; 0 when it does not own the lock.
///
/// # Safety
/// Called inside; an object.
pub unsafe fn owned(object: Obj) -> u64 {
    // SAFETY: an object.
    let word = unsafe { header(object).read() };
    let count = (word >> HEADER_LOCK_SHIFT) & HEADER_LOCK_MASK;
    if word >> HEADER_OWNER_SHIFT == me() >> HEADER_OWNER_SHIFT { count } else { 0 }
}

unsafe fn try_enter(object: Obj) -> bool {
    // SAFETY: an object.
    unsafe {
        let word = header(object).read();
        if word & LOCK_BITS == 0 {
            header(object).write(word | COUNT_ONE | me());
            return true;
        }
        if word >> HEADER_OWNER_SHIFT == me() >> HEADER_OWNER_SHIFT {
            header(object).write(word + COUNT_ONE);
            return true;
        }
        false
    }
}

/// How `enter` ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entered {
    /// This thread has the lock.
    Yes,
    /// The time is over.
    TimeOut,
    /// By `Thread.Interrupt`, before it had the lock.
    Interrupted,
}

/// Enters, or gives up after the time (negative: never); the object may have moved meanwhile.
///
/// # Safety
/// Called inside; an object; `frame` is the caller's or an outer native's.
#[inline(never)]
pub unsafe fn enter(frame: usize, mut object: Obj, milliseconds: i32) -> (Obj, Entered) {
    let mut end = None;
    // SAFETY: an object.
    unsafe {
        loop {
            if try_enter(object) {
                return (object, Entered::Yes);
            }
            let rest = if milliseconds < 0 {
                -1
            } else {
                let end = *end.get_or_insert_with(|| time::milliseconds() + i64::from(milliseconds));
                (end - time::milliseconds()).max(0)
            };
            if rest == 0 {
                return (object, Entered::TimeOut);
            }
            let (moved, _, parked) = sleep(frame, &ENTERING, object, rest);
            object = moved;
            if parked == Parked::Interrupted {
                return (object, Entered::Interrupted);
            }
        }
    }
}

/// Leaves, once.
///
/// # Safety
/// Called inside; an object that this thread has entered.
pub unsafe fn leave(object: Obj) {
    // SAFETY: promised.
    unsafe {
        let word = header(object).read() - COUNT_ONE;
        if (word >> HEADER_LOCK_SHIFT) & HEADER_LOCK_MASK != 0 {
            return header(object).write(word);
        }
        header(object).write(word & !LOCK_BITS);
        if !ENTERING.0.load(Ordering::Relaxed).is_null() {
            ENTERING.wake(object, false);
        }
    }
}

/// How `wait` ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Waited {
    /// By a pulse.
    Pulsed,
    /// The time is over.
    TimeOut,
    /// By `Thread.Interrupt`.
    Interrupted,
}

/// Gives the lock up until another thread pulses, the time is over or this thread is interrupted. Then enters again as often as before.
///
/// # Safety
/// Called inside; an object that this thread has entered; `frame` is the caller's or an outer native's.
pub unsafe fn wait(frame: usize, object: Obj, milliseconds: i64) -> Waited {
    if records::take_interrupt() {
        return Waited::Interrupted;
    }
    // SAFETY: promised.
    unsafe {
        let count = owned(object);
        let word = header(object).read();
        header(object).write(word & !LOCK_BITS);
        ENTERING.wake(object, false);
        let (mut object, woken, parked) = sleep(frame, &PULSED, object, milliseconds);
        let mut interrupted = parked == Parked::Interrupted;
        loop {
            // The caller has the lock again whatever happens.
            let (moved, entered) = enter(frame, object, -1);
            object = moved;
            if entered == Entered::Yes {
                break;
            }
            interrupted = true;
        }
        let word = header(object).read();
        header(object).write(word + (count - 1) * COUNT_ONE);
        match (interrupted, woken) {
            (true, _) => Waited::Interrupted,
            (_, true) => Waited::Pulsed,
            _ => Waited::TimeOut,
        }
    }
}

/// Wakes a thread that waits for a pulse, or all of them.
///
/// # Safety
/// Called inside; an object.
pub unsafe fn pulse(object: Obj, all: bool) {
    // SAFETY: promised.
    unsafe { PULSED.wake(object, all) }
}
