//! `Kiln.Interop` and `Kiln.Structures`: C functions for delegates and delegates for C functions (`abi::interop`). A C function of a delegate is a thunk of the
//! runtime, which brings the word that holds the delegate; whose thunk is whose the overlay keeps.

use core::ptr::null;

use kiln_abi::interop::{Interop, NativeDelegate, NativeForm};
use kiln_rt::mt::{Mt, program};
use kiln_rt::thunks;

fn interop() -> Option<&'static Interop> {
    // SAFETY: null or immutable data of the program.
    unsafe { program().interop.as_ref() }
}

fn of(mt: Mt) -> Option<&'static NativeDelegate> {
    let interop = interop()?;
    // SAFETY: an array of records of the program.
    let all = unsafe { core::slice::from_raw_parts(interop.delegates, interop.delegate_count as usize) };
    all.iter().find(|d| core::ptr::eq(d.table, mt))
}

/// What a structure is to native code, if its bytes differ there.
pub(crate) fn form(mt: Mt) -> Option<&'static NativeForm> {
    let interop = interop()?;
    // SAFETY: an array of addresses of records of the program.
    let all = unsafe { core::slice::from_raw_parts(interop.forms.cast::<&NativeForm>(), interop.form_count as usize) };
    all.iter().find(|f| core::ptr::eq(f.table, mt)).copied()
}

#[unsafe(export_name = "Kiln.Structures::Describe(System.Runtime.CompilerServices.MethodTable*):System.Void*")]
extern "C" fn describe(mt: Mt) -> *const NativeForm {
    form(mt).map_or(null(), |f| f)
}

/// The C function that calls delegates of a type, or null.
#[unsafe(export_name = "Kiln.Interop::Entry(System.Runtime.CompilerServices.MethodTable*):System.Void*")]
extern "C" fn entry(mt: Mt) -> *const u8 {
    of(mt).map_or(null(), |d| d.entry)
}

/// What delegates of a type over a C function call, or null.
#[unsafe(export_name = "Kiln.Interop::Call(System.Runtime.CompilerServices.MethodTable*):System.Void*")]
extern "C" fn call(mt: Mt) -> *const u8 {
    of(mt).map_or(null(), |d| d.call)
}

/// A thunk that goes on at `code` and brings `word`; null when the system has no room for more.
#[unsafe(export_name = "Kiln.Interop::MakeThunk(System.Void*,System.Void*):System.Void*")]
unsafe extern "C" fn make(code: *const u8, word: *const u8) -> *const u8 {
    // SAFETY: this thread is inside; code of the program, and a word that the overlay frees only when the thunk has another.
    unsafe { thunks::make(code, word) }
}

/// The same thunk for something else.
#[unsafe(export_name = "Kiln.Interop::SetThunk(System.Void*,System.Void*,System.Void*):System.Void")]
unsafe extern "C" fn set(thunk: *const u8, code: *const u8, word: *const u8) {
    // SAFETY: as above; the thunk is one that `make` gave.
    unsafe { thunks::set(thunk, code, word) }
}
