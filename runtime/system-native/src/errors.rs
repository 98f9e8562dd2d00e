//! errno and its platform-independent form (`Interop.Error`).

use core::ffi::{c_char, c_int};

/// errno of this thread.
#[must_use]
pub fn errno() -> c_int {
    // SAFETY: the location is valid for the life of the thread.
    unsafe { *libc::__errno_location() }
}

/// Sets errno of this thread.
pub fn set_errno(value: c_int) {
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = value }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetErrNo() -> c_int {
    errno()
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_SetErrNo(value: c_int) {
    set_errno(value);
}

/// (platform, .NET) pairs. ENOTSUP and EOPNOTSUPP are one value on Linux.
const PAIRS: &[(c_int, c_int)] = &[
    (0, 0),
    (libc::E2BIG, 0x10001),
    (libc::EACCES, 0x10002),
    (libc::EADDRINUSE, 0x10003),
    (libc::EADDRNOTAVAIL, 0x10004),
    (libc::EAFNOSUPPORT, 0x10005),
    (libc::EAGAIN, 0x10006),
    (libc::EALREADY, 0x10007),
    (libc::EBADF, 0x10008),
    (libc::EBADMSG, 0x10009),
    (libc::EBUSY, 0x1000a),
    (libc::ECANCELED, 0x1000b),
    (libc::ECHILD, 0x1000c),
    (libc::ECONNABORTED, 0x1000d),
    (libc::ECONNREFUSED, 0x1000e),
    (libc::ECONNRESET, 0x1000f),
    (libc::EDEADLK, 0x10010),
    (libc::EDESTADDRREQ, 0x10011),
    (libc::EDOM, 0x10012),
    (libc::EDQUOT, 0x10013),
    (libc::EEXIST, 0x10014),
    (libc::EFAULT, 0x10015),
    (libc::EFBIG, 0x10016),
    (libc::EHOSTUNREACH, 0x10017),
    (libc::EIDRM, 0x10018),
    (libc::EILSEQ, 0x10019),
    (libc::EINPROGRESS, 0x1001a),
    (libc::EINTR, 0x1001b),
    (libc::EINVAL, 0x1001c),
    (libc::EIO, 0x1001d),
    (libc::EISCONN, 0x1001e),
    (libc::EISDIR, 0x1001f),
    (libc::ELOOP, 0x10020),
    (libc::EMFILE, 0x10021),
    (libc::EMLINK, 0x10022),
    (libc::EMSGSIZE, 0x10023),
    (libc::EMULTIHOP, 0x10024),
    (libc::ENAMETOOLONG, 0x10025),
    (libc::ENETDOWN, 0x10026),
    (libc::ENETRESET, 0x10027),
    (libc::ENETUNREACH, 0x10028),
    (libc::ENFILE, 0x10029),
    (libc::ENOBUFS, 0x1002a),
    (libc::ENODEV, 0x1002c),
    (libc::ENOENT, 0x1002d),
    (libc::ENOEXEC, 0x1002e),
    (libc::ENOLCK, 0x1002f),
    (libc::ENOLINK, 0x10030),
    (libc::ENOMEM, 0x10031),
    (libc::ENOMSG, 0x10032),
    (libc::ENOPROTOOPT, 0x10033),
    (libc::ENOSPC, 0x10034),
    (libc::ENOSYS, 0x10037),
    (libc::ENOTCONN, 0x10038),
    (libc::ENOTDIR, 0x10039),
    (libc::ENOTEMPTY, 0x1003a),
    (libc::ENOTRECOVERABLE, 0x1003b),
    (libc::ENOTSOCK, 0x1003c),
    (libc::ENOTSUP, 0x1003d),
    (libc::ENOTTY, 0x1003e),
    (libc::ENXIO, 0x1003f),
    (libc::EOVERFLOW, 0x10040),
    (libc::EOWNERDEAD, 0x10041),
    (libc::EPERM, 0x10042),
    (libc::EPIPE, 0x10043),
    (libc::EPROTO, 0x10044),
    (libc::EPROTONOSUPPORT, 0x10045),
    (libc::EPROTOTYPE, 0x10046),
    (libc::ERANGE, 0x10047),
    (libc::EROFS, 0x10048),
    (libc::ESPIPE, 0x10049),
    (libc::ESRCH, 0x1004a),
    (libc::ESTALE, 0x1004b),
    (libc::ETIMEDOUT, 0x1004d),
    (libc::ETXTBSY, 0x1004e),
    (libc::EXDEV, 0x1004f),
    (libc::ESOCKTNOSUPPORT, 0x1005e),
    (libc::EPFNOSUPPORT, 0x10060),
    (libc::ESHUTDOWN, 0x1006c),
    (libc::EHOSTDOWN, 0x10070),
    (libc::ENODATA, 0x10071),
];
/// `Error.ENONSTANDARD`: a code .NET has no name for.
const NON_STANDARD: c_int = 0x1_FFFF;

/// errno → `Interop.Error`.
#[unsafe(no_mangle)]
pub extern "C" fn SystemNative_ConvertErrorPlatformToPal(platform: c_int) -> c_int {
    PAIRS.iter().find(|p| p.0 == platform).map_or(NON_STANDARD, |p| p.1)
}

/// `Interop.Error` → errno.
#[unsafe(no_mangle)]
pub extern "C" fn SystemNative_ConvertErrorPalToPlatform(pal: c_int) -> c_int {
    PAIRS.iter().find(|p| p.1 == pal).map_or(-1, |p| p.0)
}

unsafe extern "C" {
    #[link_name = "strerror_r"]
    fn gnu_strerror_r(errnum: c_int, buf: *mut c_char, len: usize) -> *mut c_char;
    fn snprintf(buf: *mut c_char, len: usize, format: *const c_char, ...) -> c_int;
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_StrErrorR(platform: c_int, buffer: *mut c_char, size: i32) -> *const c_char {
    // SAFETY: the caller gives a buffer of `size` bytes; the GNU variant returns the text, in the buffer or static.
    unsafe { gnu_strerror_r(platform, buffer, usize::try_from(size).unwrap_or(0)) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_SNPrintF_1S(buffer: *mut c_char, size: i32, format: *const c_char, text: *const c_char) -> i32 {
    // SAFETY: the class library passes a format with one `%s` (terminfo).
    unsafe { snprintf(buffer, usize::try_from(size).unwrap_or(0), format, text) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_SNPrintF_1I(buffer: *mut c_char, size: i32, format: *const c_char, value: i32) -> i32 {
    // SAFETY: the class library passes a format with one `%d` (terminfo).
    unsafe { snprintf(buffer, usize::try_from(size).unwrap_or(0), format, value) }
}
