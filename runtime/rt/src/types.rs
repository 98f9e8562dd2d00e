//! RuntimeType objects: one per MethodTable on demand, outside of the moving heap, kept in the MethodTable's auxiliary data.

use core::mem::offset_of;
use core::sync::atomic::{AtomicPtr, Ordering};

use kiln_abi::managed::RUNTIME_TYPE_HANDLE;
use kiln_abi::method_table::BEYOND_BASE_SIZE;

use crate::heap::address::{ObjectRef, Slot};
use crate::heap::object::size_of;
use crate::mt::{Mt, Obj, program};
use crate::pal;

/// An object that never dies, with the link of the list of all of them in front of its header word.
#[repr(C)]
struct Immortal {
    next: *mut Immortal,
    header: u64,
    method_table: Mt,
}

/// All of them. It only grows, at its head.
static OBJECTS: AtomicPtr<Immortal> = AtomicPtr::new(core::ptr::null_mut());

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

/// A type was asked for that generic recursion would have made beyond the compiler's limit.
///
/// # Safety
/// Called where an exception may be thrown.
#[cold]
pub unsafe fn beyond() -> ! {
    let text = b"The program makes generic types out of each other without end, and got further than was compiled.";
    // SAFETY: promised.
    unsafe { crate::eh::throw_text(kiln_abi::helpers::throw_kind::TYPE_LOAD, text) }
}

#[cold]
#[inline(never)]
unsafe fn create(mt: Mt) -> Obj {
    // SAFETY: a MethodTable; called where an exception may be thrown.
    unsafe {
        if (*mt).base_size == BEYOND_BASE_SIZE {
            beyond();
        }
    }
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
///
/// # Safety
/// The MethodTable of a class.
pub unsafe fn outside(mt: Mt) -> Obj {
    // SAFETY: promised; the memory has room for the link and the object, and is nobody else's until the list has it.
    unsafe {
        let size = offset_of!(Immortal, header) + size_of(&*mt, 0);
        let new = pal::memory::allocate_zeroed(size).cast::<Immortal>();
        (*new).method_table = mt;
        let mut head = OBJECTS.load(Ordering::Relaxed);
        loop {
            (*new).next = head;
            match OBJECTS.compare_exchange_weak(head, new, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return (&raw mut (*new).method_table).cast(),
                Err(other) => head = other,
            }
        }
    }
}

/// Calls `f` with every slot of these objects.
pub fn each_slot(mut f: impl FnMut(Slot)) {
    let mut at = OBJECTS.load(Ordering::Acquire);
    while !at.is_null() {
        // SAFETY: what the list has is never freed, and its links are not written any more; each is an object of its type.
        unsafe {
            if let Some(o) = ObjectRef::from_raw((&raw mut (*at).method_table).cast()) {
                o.each_slot(o.method_table(), &mut f);
            }
            at = (*at).next;
        }
    }
}
