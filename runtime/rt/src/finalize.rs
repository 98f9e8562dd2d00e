//! Finalizers (ECMA-335 I.8.9.6.7): the queue's side of the finalizer thread (`finalizer`).

use kiln_abi::object::{HEADER_FINALIZABLE, HEADER_NO_FINALIZER, HEADER_SIZE};

use crate::alloc::heap;
use crate::mt::{Obj, mt_of};

/// How many finalizers are due.
pub fn due() -> usize {
    // SAFETY: the caller may run managed code.
    unsafe { heap().weak.due() }
}

/// After a collection: the finalizer thread has work.
///
/// # Safety
/// The caller may run managed code.
pub unsafe fn after_collection() {
    // SAFETY: promised.
    if unsafe { heap().weak.due() } > 0 {
        crate::finalizer::wake();
    }
}

/// Runs the finalizers that are due. An exception in one has no handler: it ends the program.
///
/// # Safety
/// Called by the finalizer thread, inside.
pub unsafe fn run_due() {
    // SAFETY: called by the finalizer thread, inside.
    unsafe {
        while let Some(o) = heap().weak.take_finalizer() {
            let header = o.sub(HEADER_SIZE).cast::<u64>();
            let word = header.read();
            header.write(word & !(HEADER_FINALIZABLE | HEADER_NO_FINALIZER));
            let finalizer = (*mt_of(o)).finalizer;
            if word & HEADER_NO_FINALIZER != 0 || finalizer.is_null() {
                continue;
            }
            // `Finalize` is an instance method without parameters: the object is its only argument.
            let finalize: unsafe extern "C" fn(Obj) = core::mem::transmute(finalizer);
            finalize(o);
            // Others may come in between two finalizers.
            crate::lock::RhpPoll();
        }
    }
}

/// GC.ReRegisterForFinalize.
///
/// # Safety
/// An object.
pub unsafe fn register_again(o: Obj) {
    // SAFETY: promised.
    unsafe {
        let header = o.sub(HEADER_SIZE).cast::<u64>();
        let word = header.read();
        header.write((word | HEADER_FINALIZABLE) & !HEADER_NO_FINALIZER);
        if word & HEADER_FINALIZABLE == 0 && !(*mt_of(o)).finalizer.is_null() {
            heap().weak.register_finalizer(o);
        }
    }
}
