//! Class constructors (ECMA-335 II.10.5.3) and thread statics.

use core::sync::atomic::{AtomicPtr, Ordering};

use kiln_abi::statics::{
    STATICS_FAILED as FAILED, STATICS_NOT_RUN as NOT_RUN, STATICS_READY as READY, STATICS_RUNNING as RUNNING, StaticsHeader,
    ThreadStaticsDescriptor,
};

use crate::arch;
use crate::lock;
use crate::mt::{Obj, program};
use crate::pal;
use crate::text;
use crate::thread::{self, Roots, ThreadStaticBlock};

/// Runs the class constructor of a statics block.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpRunClassConstructor(block: *mut StaticsHeader) {
    // SAFETY: compiled code passes a block of its static data, which is never freed. Only who is inside touches it, and this thread is inside:
    // it leaves within the constructor and within `wait`, and reads the state again after both.
    unsafe {
        match (*block).state {
            NOT_RUN => {
                (*block).state = RUNNING;
                (*block).thread = thread::records::current_id();
                let mut exception: Obj = core::ptr::null_mut();
                if !(*block).cctor.is_null() {
                    arch::try_call((*block).cctor, 0, 0, 0, &raw mut exception);
                }
                if exception.is_null() {
                    (*block).state = READY;
                } else {
                    fail(block, exception);
                }
            }
            FAILED => arch::RhpThrowEx((*block).exception),
            RUNNING => {
                // This thread sees what there is (II.10.5.3.3), and so does one whose waiting would never end; others wait.
                wait(block);
                if (*block).state == FAILED {
                    arch::RhpThrowEx((*block).exception);
                }
            }
            _ => {}
        }
    }
}

/// A thread that waits for another one's class constructor. Lives on its stack.
struct Waiter {
    thread: i32,
    block: *mut StaticsHeader,
    next: *mut Waiter,
}

/// All of them; changed inside only.
static WAITERS: AtomicPtr<Waiter> = AtomicPtr::new(core::ptr::null_mut());

/// Does the thread that runs this constructor wait, through any number of others, for one that `me` runs?
unsafe fn waits_for(mut block: *mut StaticsHeader, me: i32) -> bool {
    // SAFETY: blocks are static. Waiters lie on the stacks of threads that are in `wait`, which unlinks them before its frame ends; this thread
    // is inside, so that none of them goes on. A chain of waiting threads has no cycle, since whoever
    // would close one does not wait.
    unsafe {
        loop {
            if (*block).state != RUNNING {
                return false;
            }
            if (*block).thread == me {
                return true;
            }
            let mut w = WAITERS.load(Ordering::Relaxed);
            while !w.is_null() && (*w).thread != (*block).thread {
                w = (*w).next;
            }
            if w.is_null() {
                return false;
            }
            block = (*w).block;
        }
    }
}

/// Waits until another thread has run a class constructor, unless that thread waits for this one.
#[cold]
#[inline(never)]
unsafe fn wait(block: *mut StaticsHeader) {
    let me = thread::records::current_id();
    // SAFETY: the waiter is unlinked before its frame ends, and the list is only changed inside. The frame pointer is that of this function,
    // which stays active while the thread is outside.
    unsafe {
        if waits_for(block, me) {
            return;
        }
        let mut waiter = Waiter { thread: me, block, next: WAITERS.load(Ordering::Relaxed) };
        WAITERS.store(&raw mut waiter, Ordering::Relaxed);
        // Another thread changes it meanwhile.
        while (&raw const (*block).state).read_volatile() == RUNNING {
            lock::outside(lock::frame(), || pal::time::sleep_microseconds(1000));
        }
        let mut at = WAITERS.load(Ordering::Relaxed);
        if at == &raw mut waiter {
            WAITERS.store(waiter.next, Ordering::Relaxed);
        } else {
            while (*at).next != &raw mut waiter {
                at = (*at).next;
            }
            (*at).next = waiter.next;
        }
    }
}

#[cold]
#[inline(never)]
unsafe fn fail(block: *mut StaticsHeader, exception: Obj) {
    // SAFETY: a static block, as in the caller; `exception` was caught just now, and a root holds it over the calls that may collect. The entry
    // is compiled code that takes and gives objects (`kiln_abi::program`).
    unsafe {
        let entry = program().entries.create_type_init_exception;
        if entry.is_null() {
            (*block).exception = exception;
        } else {
            let mut roots = Roots::new([exception]);
            roots.push();
            let name = text::type_name_string((*block).method_table);
            roots.pop();
            let f: extern "C" fn(Obj, Obj) -> Obj = core::mem::transmute(entry);
            (*block).exception = f(roots.get(0), name);
        }
        (*block).state = FAILED;
        arch::RhpThrowEx((*block).exception);
    }
}

/// This thread's block for a descriptor.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpThreadStaticBase(descriptor: *const ThreadStaticsDescriptor) -> *mut u8 {
    // SAFETY: compiled code passes a descriptor of its static data, which is never written. The list belongs to this thread, and `i` is below
    // its length.
    unsafe {
        let t = thread::current();
        let i = (*descriptor).index as usize;
        if i < (*t).thread_static_count {
            let data = (*(*t).thread_statics.add(i)).data;
            if !data.is_null() {
                return data;
            }
        }
        new_block(descriptor)
    }
}

#[cold]
#[inline(never)]
unsafe fn new_block(descriptor: *const ThreadStaticsDescriptor) -> *mut u8 {
    // SAFETY: as in the caller. The new list has `n > i` zeroed entries, of which the old ones are written over the first.
    unsafe {
        let t = thread::current();
        let i = (*descriptor).index as usize;
        if i >= (*t).thread_static_count {
            let n = (program().thread_static_count as usize).max(i + 1);
            let list = pal::memory::allocate_zeroed(n * size_of::<ThreadStaticBlock>()).cast::<ThreadStaticBlock>();
            if (*t).thread_static_count != 0 {
                core::ptr::copy_nonoverlapping((*t).thread_statics, list, (*t).thread_static_count);
            }
            (*t).thread_statics = list;
            (*t).thread_static_count = n;
        }
        let data = pal::memory::allocate_zeroed(((*descriptor).size as usize).max(16));
        (*t).thread_statics.add(i).write(ThreadStaticBlock { data, descriptor });
        data
    }
}
