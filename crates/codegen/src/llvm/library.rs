//! Which LLVM this process runs: it is loaded dynamically, so the one at hand need not be the one that Kiln was built with.

use std::path::PathBuf;

/// The version of the LLVM that was loaded.
pub(crate) fn version() -> (u32, u32, u32) {
    let (mut major, mut minor, mut patch) = (0, 0, 0);
    // SAFETY: the function writes its three arguments, which are live, and needs no context.
    unsafe { llvm_sys::core::LLVMGetVersion(&raw mut major, &raw mut minor, &raw mut patch) }
    (major, minor, patch)
}

/// The file that it was loaded from; `None` where the system does not say.
#[cfg(unix)]
pub(crate) fn path() -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    let function = llvm_sys::core::LLVMGetVersion as *const std::ffi::c_void;
    let mut info = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    // SAFETY: any address may be asked for; the answer is written to `info`, for which all zero is a value.
    let info = unsafe {
        if libc::dladdr(function, info.as_mut_ptr()) == 0 {
            return None;
        }
        info.assume_init()
    };
    if info.dli_fname.is_null() {
        return None;
    }
    // SAFETY: not null, so it is the loader's own name of a file that stays loaded: NUL-terminated, and it lives as long as the process.
    let name = unsafe { std::ffi::CStr::from_ptr(info.dli_fname) };
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(name.to_bytes())))
}

/// The file that it was loaded from; `None` where the system does not say.
#[cfg(not(unix))]
pub(crate) fn path() -> Option<PathBuf> {
    None
}
