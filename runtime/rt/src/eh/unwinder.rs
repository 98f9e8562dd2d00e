//! The platform's unwinder (Itanium C++ ABI: Exception Handling, libgcc's or LLVM's).

use core::ffi::c_void;

/// Where the unwind information of a function was found.
#[repr(C)]
pub struct Bases {
    /// Base of text-relative addresses.
    pub text: usize,
    /// Base of data-relative addresses.
    pub data: usize,
    /// Start of the function.
    pub function: usize,
}

unsafe extern "C" {
    /// Raises an exception; comes back only when nobody catches it, with a `_Unwind_Reason_Code`.
    pub fn _Unwind_RaiseException(exception: *mut c_void) -> i32;
    /// Goes on with the second phase of an exception.
    pub fn _Unwind_Resume(exception: *mut c_void);
    /// Calls `visit` with the context of each frame from the caller's on, and `argument`, until it gives something other than 0.
    pub fn _Unwind_Backtrace(visit: unsafe extern "C" fn(*mut c_void, *mut c_void) -> i32, argument: *mut c_void) -> i32;
    /// The unwind information of the function that contains an address, or null.
    pub fn _Unwind_Find_FDE(pc: *const u8, bases: *mut Bases) -> *const u8;
    /// The frame's language-specific data area, or null.
    pub fn _Unwind_GetLanguageSpecificData(context: *mut c_void) -> *const u8;
    /// The frame's return address.
    pub fn _Unwind_GetIP(context: *mut c_void) -> usize;
    /// Start of the frame's function.
    pub fn _Unwind_GetRegionStart(context: *mut c_void) -> usize;
    /// The stack pointer in the frame at the call.
    pub fn _Unwind_GetCFA(context: *mut c_void) -> usize;
    /// A register of the frame.
    pub fn _Unwind_GetGR(context: *mut c_void, register: i32) -> usize;
    /// Where the frame goes on.
    pub fn _Unwind_SetIP(context: *mut c_void, ip: usize);
}
