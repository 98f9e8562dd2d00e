//! Between managed and native code (`abi::thread`): C functions run outside, so that others may run managed code; callbacks come inside
//! again, also on threads that the runtime has not seen before.

use kiln_abi::thread::{CallbackFrame, NativeCall, ThreadBlock};

use crate::gil::{self, frame};

unsafe extern "C" {
    /// This thread's block.
    fn kiln_current_thread() -> *mut ThreadBlock;
    /// Registers this thread's block with the collector: walks of its stack end at this address. Called inside.
    fn kiln_thread_attach(stack_end: usize);
    /// Forgets it and frees its thread statics. Called inside.
    fn kiln_thread_detach();
}

#[unsafe(no_mangle)]
unsafe extern "C" fn RhpPInvokeBegin(record: *mut NativeCall) {
    let here = frame();
    // SAFETY: the record is in the caller's frame, which stays while the C function runs. Our own frame says where it is.
    unsafe {
        record.write(NativeCall { fp: (here as *const usize).read(), ip: ((here + 8) as *const usize).read(), sp: here + 16 });
        gil::kiln_leave(record.addr() | 1);
    }
}

#[unsafe(no_mangle)]
extern "C" fn RhpPInvokeEnd() {
    gil::kiln_enter();
}

#[unsafe(no_mangle)]
unsafe extern "C" fn RhpCallbackBegin(record: *mut CallbackFrame) {
    // SAFETY: this thread's block; the record is in the caller's frame until RhpCallbackEnd.
    unsafe {
        let t = kiln_current_thread();
        let parked = (*t).parked_frame;
        let attached = (*t).stack_end == 0;
        if attached || parked != 0 {
            gil::kiln_enter();
        }
        if attached {
            kiln_thread_attach(record.addr());
        }
        record.write(CallbackFrame { next: (*t).callbacks, parked, attached: usize::from(attached) });
        (*t).callbacks = record;
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn RhpCallbackEnd(record: *mut CallbackFrame) {
    // SAFETY: the innermost record of this thread.
    unsafe {
        let t = kiln_current_thread();
        (*t).callbacks = (*record).next;
        if (*record).attached != 0 {
            kiln_thread_detach();
            gil::kiln_leave(0);
        } else if (*record).parked != 0 {
            gil::kiln_leave((*record).parked);
        }
    }
}
