//! Finalizers (ECMA-335 I.8.9.6.7): the queue's side of the finalizer thread (`finalizer`).

use kiln_abi::object::{HEADER_FINALIZABLE, HEADER_NO_FINALIZER, HEADER_SIZE};

use crate::alloc::HEAP;
use crate::heap::address::ObjectRef;
use crate::mt::{Obj, mt_of};
use crate::world::Inside;

/// How many finalizers are due.
///
/// # Safety
/// Called inside.
pub unsafe fn due() -> usize {
    // SAFETY: promised.
    let mut inside = unsafe { Inside::assume() };
    HEAP.get(&mut inside).finalizers.due()
}

/// After a collection: the finalizer thread has work.
pub fn after_collection(inside: &mut Inside<'_>) {
    if HEAP.get(inside).finalizers.due() > 0 {
        crate::finalizer::wake();
    }
}

/// Runs the finalizers that are due. An exception in one has no handler: it ends the program.
///
/// # Safety
/// Called by the finalizer thread, inside.
pub unsafe fn run_due() {
    // SAFETY: promised; nothing is borrowed while a finalizer runs, or while others come inside.
    unsafe {
        while let Some(o) = HEAP.get(&mut Inside::assume()).finalizers.take() {
            let o = o.raw();
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
/// An object, and the caller is inside.
pub unsafe fn register_again(o: Obj) {
    // SAFETY: promised; an object's header word is in front of it.
    unsafe {
        let header = o.sub(HEADER_SIZE).cast::<u64>();
        let word = header.read();
        header.write((word | HEADER_FINALIZABLE) & !HEADER_NO_FINALIZER);
        if word & HEADER_FINALIZABLE == 0
            && !(*mt_of(o)).finalizer.is_null()
            && let Some(o) = ObjectRef::from_raw(o)
        {
            HEAP.get(&mut Inside::assume()).finalizers.register(o);
        }
    }
}
