//! RuntimeType objects: one per MethodTable on demand, outside of the moving heap, kept in the MethodTable's auxiliary data.

use kiln_abi::managed::RUNTIME_TYPE_HANDLE;
use kiln_abi::object::HEADER_SIZE;

use crate::heap::address::{ObjectRef, Slot};
use crate::mt::{Mt, Obj, program};
use crate::pal::{self, Buf};

static mut OBJECTS: Buf<Obj> = Buf::new();

/// Type object of a MethodTable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpGetRuntimeType(mt: Mt) -> Obj {
    // SAFETY: a MethodTable.
    unsafe {
        let aux = (*mt).aux;
        if !aux.is_null() && !(*aux).runtime_type.is_null() {
            return (*aux).runtime_type;
        }
        create(mt)
    }
}

#[cold]
#[inline(never)]
unsafe fn create(mt: Mt) -> Obj {
    let runtime_type = program().well_known.runtime_type;
    if runtime_type.is_null() {
        pal::fatal("a type object was asked for, but the program has no System.RuntimeType");
    }
    // SAFETY: an object of that type outside of the heap, zeroed.
    unsafe {
        let o = outside(runtime_type);
        o.add(RUNTIME_TYPE_HANDLE).cast::<Mt>().write(mt);
        let aux = (*mt).aux;
        if aux.is_null() {
            pal::fatal("a type object was asked for of a type without auxiliary data");
        }
        (*aux).runtime_type = o;
        o
    }
}

/// The MethodTable that a RuntimeType stands for.
///
/// # Safety
/// A System.RuntimeType.
pub unsafe fn handle_of(runtime_type: Obj) -> Mt {
    // SAFETY: fixed field of RuntimeType.
    unsafe { runtime_type.add(RUNTIME_TYPE_HANDLE).cast::<Mt>().read() }
}

/// A zeroed object of a fixed-size type that never moves or dies; its references are roots.
unsafe fn outside(mt: Mt) -> Obj {
    // SAFETY: fresh memory of the right size.
    unsafe {
        let memory = pal::memory::allocate_zeroed(((*mt).base_size as usize + 15) & !7);
        let o = memory.add(HEADER_SIZE);
        o.cast::<Mt>().write(mt);
        (*(&raw mut OBJECTS)).push(o);
        o
    }
}

/// Calls `f` with the address of every reference slot in these objects.
///
/// # Safety
/// One thread.
pub unsafe fn each_slot(mut f: impl FnMut(Slot)) {
    // SAFETY: the objects are immortal.
    unsafe {
        for &o in (*(&raw const OBJECTS)).as_slice() {
            if let Some(o) = ObjectRef::from_raw(o) {
                o.each_slot(o.method_table(), &mut f);
            }
        }
    }
}
