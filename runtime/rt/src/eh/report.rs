//! Who is told of exceptions: the program's own listeners (`AppDomain.FirstChanceException`, `UnhandledException`), and the user, when nobody
//! catches one. The text is CoreCLR's: the exception's own `ToString`, or its type and trace where that fails.

use kiln_abi::method_table::{TO_STRING_SLOT, VTABLE_OFFSET};

use crate::arch;
use crate::eh::trace;
use crate::mt::Obj;
use crate::pal;
use crate::thread::Roots;

/// An exception that would leave a callback.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpUnhandled(object: Obj) {
    // SAFETY: an exception.
    unsafe { unhandled(object) }
}

/// What the program wants to know of exceptions: functions of the overlay that take the exception, or null.
#[derive(Clone, Copy)]
struct Listeners {
    thrown: *const u8,
    unhandled: *const u8,
}

static mut LISTENERS: Listeners = Listeners { thrown: core::ptr::null(), unhandled: core::ptr::null() };

/// Sets a listener: 0 of every throw, 1 of the unhandled exception.
///
/// # Safety
/// Called inside; compiled code that takes an exception, or null.
pub unsafe fn listen(what: i32, function: *const u8) {
    // SAFETY: one thread is inside.
    unsafe {
        if what == 0 {
            LISTENERS.thrown = function;
        } else {
            LISTENERS.unhandled = function;
        }
    }
}

/// Calls compiled code with the exception; 0 when it threw itself.
unsafe fn tell(function: *const u8, roots: &Roots<1>) -> usize {
    let mut nested: Obj = core::ptr::null_mut();
    // SAFETY: compiled code that takes an object.
    let result = unsafe { arch::try_call(function, roots.get(0) as usize, 0, 0, &raw mut nested) };
    if nested.is_null() { result } else { 0 }
}

/// `AppDomain.FirstChanceException`. Gives the exception back, which may have moved.
///
/// # Safety
/// Inside; an exception that the caller is about to throw.
pub(super) unsafe fn thrown(object: Obj) -> Obj {
    // SAFETY: an exception; the caller is a throw, whose frames have GC tables.
    unsafe {
        let function = LISTENERS.thrown;
        if function.is_null() {
            return object;
        }
        let mut roots = Roots::new([object]);
        roots.push();
        tell(function, &roots);
        roots.pop();
        roots.get(0)
    }
}

/// Tells the program, prints what CoreCLR prints and aborts.
///
/// # Safety
/// Inside; an exception that nobody catches.
pub(super) unsafe fn unhandled(object: Obj) -> ! {
    // SAFETY: an exception; `ToString` takes nothing and returns a string.
    unsafe {
        let mut roots = Roots::new([object]);
        roots.push();
        let function = LISTENERS.unhandled;
        if !function.is_null() {
            tell(function, &roots);
        }
        let slots = crate::mt::mt_of(roots.get(0)).cast::<u8>().add(VTABLE_OFFSET).cast::<*const u8>();
        let text = tell(slots.add(TO_STRING_SLOT).read(), &roots);
        pal::print("Unhandled exception. ");
        if text != 0 {
            crate::text::print_string(text as Obj);
        } else {
            crate::text::print_type_name(crate::mt::mt_of(roots.get(0)));
            pal::print("\n");
            trace::print_trace(roots.get(0));
        }
        roots.pop();
    }
    pal::print("\n");
    pal::abort()
}
