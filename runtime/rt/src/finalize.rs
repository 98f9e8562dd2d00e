//! Finalizers (ECMA-335 I.8.9.6.7). They run on the calling thread, when it waits for them (`GC.WaitForPendingFinalizers`); there is
//! no finalizer thread yet. As on .NET, they do not run at exit.

use kiln_abi::object::{HEADER_FINALIZABLE, HEADER_NO_FINALIZER, HEADER_SIZE};

use crate::alloc::heap;
use crate::asm;
use crate::mt::{Obj, mt_of};
use crate::thread::Roots;

/// Runs the finalizers that are due. An exception in one reaches the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kiln_run_finalizers() {
    // SAFETY: called from a native that may collect.
    unsafe {
        while let Some(o) = heap().weak.take_finalizer() {
            let header = o.sub(HEADER_SIZE).cast::<u64>();
            let word = header.read();
            header.write(word & !(HEADER_FINALIZABLE | HEADER_NO_FINALIZER));
            let finalizer = (*mt_of(o)).finalizer;
            if word & HEADER_NO_FINALIZER != 0 || finalizer.is_null() {
                continue;
            }
            let mut roots = Roots::new([o]);
            roots.push();
            let mut exception: Obj = core::ptr::null_mut();
            asm::kiln_try_call(finalizer, roots.get(0) as usize, 0, 0, &raw mut exception);
            roots.pop();
            if !exception.is_null() {
                asm::RhpThrowEx(exception);
            }
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
