//! Between managed and native code (`abi::thread`): C functions run outside, so that others may run managed code; callbacks come inside
//! again, also on threads that the runtime has not seen before.

use kiln_abi::thread::{CallbackFrame, NativeCall};

use crate::arch;
use crate::lock::{self, frame};
use crate::thread;

/// Before a C function runs: the thread leaves, parked at the wrapper's frame.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpPInvokeBegin(record: *mut NativeCall) {
    let here = frame();
    // SAFETY: the record is in the caller's frame, which stays while the C function runs. Our own frame says where it is.
    unsafe {
        let arch::Caller { ip, sp, fp } = arch::caller(here);
        record.write(NativeCall { fp, ip, sp });
        lock::leave(record.addr() | 1);
    }
}

/// After it.
#[unsafe(no_mangle)]
pub extern "C" fn RhpPInvokeEnd() {
    lock::enter();
}

/// Native code calls a method: the thread comes inside, and is made known when it was not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpCallbackBegin(record: *mut CallbackFrame) {
    // SAFETY: this thread's block. The record is in the frame of the callback's entry, which calls RhpCallbackEnd before it ends. A thread with a
    // parked frame, or without a known stack, is outside: it may enter.
    unsafe {
        let t = thread::current();
        let parked = (*t).parked_frame;
        let attached = (*t).stack_end == 0;
        if attached || parked != 0 {
            lock::enter();
        }
        if attached {
            thread::attach(record.addr());
        }
        record.write(CallbackFrame { next: (*t).callbacks, parked, attached: usize::from(attached) });
        (*t).callbacks = record;
    }
}

/// The method has returned: the thread is again what it was.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpCallbackEnd(record: *mut CallbackFrame) {
    // SAFETY: the record that RhpCallbackBegin linked in; callbacks nest, so it is the innermost one. What it says of the thread was true then.
    unsafe {
        let t = thread::current();
        (*t).callbacks = (*record).next;
        if (*record).attached != 0 {
            thread::detach();
            lock::leave(0);
        } else if (*record).parked != 0 {
            lock::leave((*record).parked);
        }
    }
}
