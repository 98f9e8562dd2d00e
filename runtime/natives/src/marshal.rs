//! `System.Runtime.InteropServices.Marshal`: sizes of structures, the last P/Invoke error and messages of errors.

use kiln_rt::helpers::RhpThrowHelper;
use kiln_rt::mt;
use kiln_rt::thread::local;

use crate::qcall::TypeHandle;

/// Size of an unmanaged structure; blittable ones are what they are.
#[unsafe(no_mangle)]
unsafe extern "C" fn MarshalNative_SizeOfHelper(ty: TypeHandle, throw: i32) -> i32 {
    // SAFETY: a type with the compiler's description.
    unsafe {
        let size = mt::info(ty.handle).map_or(0, |info| info.value_size) as i32;
        if size == 0 && throw != 0 {
            RhpThrowHelper(
                kiln_abi::program::exception_kind::ARGUMENT,
                c"Type cannot be marshaled as an unmanaged structure; no meaningful size or offset can be computed.".as_ptr(),
            );
        }
        size
    }
}

#[unsafe(export_name = "System.Runtime.InteropServices.Marshal::GetLastPInvokeError():System.Int32")]
extern "C" fn last_pinvoke_error() -> i32 {
    // SAFETY: this thread's block.
    unsafe { (*local()).last_error }
}

#[unsafe(export_name = "System.Runtime.InteropServices.Marshal::SetLastPInvokeError(System.Int32):System.Void")]
extern "C" fn set_last_pinvoke_error(error: i32) {
    // SAFETY: this thread's block.
    unsafe { (*local()).last_error = error }
}

#[unsafe(no_mangle)]
extern "C" fn FormatMessageW(
    _flags: i32,
    _source: usize,
    _id: u32,
    _language: i32,
    _buffer: *mut u8,
    _size: i32,
    _arguments: usize,
) -> i32 {
    // SAFETY: this thread's block.
    unsafe { (*local()).last_error = 317 }
    0
}
