//! `System.Threading.Monitor`: the class library's side of `kiln_rt::monitor`.

use kiln_abi::program::exception_kind;
use kiln_rt::helpers::RhpThrowHelper;
use kiln_rt::lock::frame;
use kiln_rt::monitor::{self, Entered, Waited};
use kiln_rt::mt::Obj;

use crate::qcall::ObjectHandle;
use crate::threads::interrupted;

fn not_owner() {
    // SAFETY: throws.
    unsafe { RhpThrowHelper(exception_kind::SYNCHRONIZATION_LOCK, core::ptr::null()) }
}

fn null_argument() {
    // SAFETY: throws. Without a parameter's name, as in CoreCLR.
    unsafe { RhpThrowHelper(exception_kind::ARGUMENT_NULL, core::ptr::null()) }
}

/// Enters for ever; throws when interrupted.
unsafe fn enter(frame: usize, object: Obj) {
    // SAFETY: the caller's object and frame.
    unsafe {
        if monitor::enter(frame, object, -1).1 == Entered::Interrupted {
            interrupted();
        }
    }
}

#[unsafe(export_name = "System.Threading.Monitor::Enter(System.Object):System.Void")]
unsafe extern "C" fn monitor_enter(object: Obj) {
    if object.is_null() {
        return null_argument();
    }
    // SAFETY: an object.
    unsafe { enter(frame(), object) }
}

#[unsafe(export_name = "System.Threading.Monitor::ReliableEnter(System.Object,System.Boolean&):System.Void")]
unsafe extern "C" fn reliable_enter(object: Obj, taken: *mut u8) {
    if object.is_null() {
        return null_argument();
    }
    // SAFETY: an object; `taken` is a local of the caller, which does not move.
    unsafe {
        enter(frame(), object);
        taken.write(1);
    }
}

#[unsafe(export_name = "System.Threading.Monitor::ReliableEnterTimeout(System.Object,System.Int32,System.Boolean&):System.Void")]
unsafe extern "C" fn reliable_enter_timeout(object: Obj, milliseconds: i32, taken: *mut u8) {
    if object.is_null() {
        return null_argument();
    }
    // SAFETY: as above.
    unsafe {
        if milliseconds < -1 {
            return RhpThrowHelper(exception_kind::ARGUMENT_OUT_OF_RANGE, c"millisecondsTimeout".as_ptr());
        }
        let done = monitor::enter(frame(), object, milliseconds).1;
        if done == Entered::Interrupted {
            return interrupted();
        }
        taken.write(u8::from(done == Entered::Yes));
    }
}

#[unsafe(export_name = "System.Threading.Monitor::Exit(System.Object):System.Void")]
unsafe extern "C" fn monitor_exit(object: Obj) {
    if object.is_null() {
        return null_argument();
    }
    // SAFETY: an object.
    unsafe {
        if monitor::owned(object) == 0 {
            return not_owner();
        }
        monitor::leave(object);
    }
}

#[unsafe(export_name = "System.Threading.Monitor::IsEnteredNative(System.Object):System.Boolean")]
unsafe extern "C" fn is_entered(object: Obj) -> i32 {
    // SAFETY: an object.
    unsafe { i32::from(monitor::owned(object) != 0) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn Monitor_Wait(handle: ObjectHandle, milliseconds: i32) -> i32 {
    // SAFETY: the slot holds an object.
    unsafe {
        if monitor::owned(handle.get()) == 0 {
            not_owner();
            return 0;
        }
        match monitor::wait(frame(), handle.get(), i64::from(milliseconds)) {
            Waited::Pulsed => 1,
            Waited::TimeOut => 0,
            Waited::Interrupted => {
                interrupted();
                0
            }
        }
    }
}

#[inline(never)]
unsafe fn pulse(handle: ObjectHandle, all: bool) {
    // SAFETY: the slot holds an object.
    unsafe {
        if monitor::owned(handle.get()) == 0 {
            return not_owner();
        }
        monitor::pulse(handle.get(), all);
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn Monitor_Pulse(handle: ObjectHandle) {
    // SAFETY: the slot holds an object.
    unsafe { pulse(handle, false) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn Monitor_PulseAll(handle: ObjectHandle) {
    // SAFETY: the slot holds an object.
    unsafe { pulse(handle, true) }
}

#[unsafe(no_mangle)]
extern "C" fn Monitor_GetLockContentionCount() -> i64 {
    0
}
