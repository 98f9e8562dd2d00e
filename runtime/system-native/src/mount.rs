//! Mounted file systems (`Interop.Sys` of System.IO.FileSystem.DriveInfo).

use core::ffi::{c_char, c_void};

type OnMount = unsafe extern "C" fn(*mut c_void, *const c_char);

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetAllMountPoints(on_mount: OnMount, context: *mut c_void) -> i32 {
    // SAFETY: plain data; the file is read to its end; the callback takes a NUL-terminated path for the duration of the call.
    unsafe {
        let file = libc::setmntent(c"/proc/mounts".as_ptr(), c"re".as_ptr());
        if file.is_null() {
            return -1;
        }
        let mut entry: libc::mntent = core::mem::zeroed();
        let mut room = [0 as c_char; 4096];
        while !libc::getmntent_r(file, &raw mut entry, room.as_mut_ptr(), room.len() as i32).is_null() {
            on_mount(context, entry.mnt_dir);
        }
        // endmntent's result is 1 whatever happens.
        libc::endmntent(file);
    }
    0
}

/// `Interop.Sys.MountPointInformation`.
#[repr(C)]
struct MountPointInformation {
    available: u64,
    free: u64,
    size: u64,
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetSpaceInfoForMountPoint(name: *const c_char, out: *mut MountPointInformation) -> i32 {
    // SAFETY: plain data; a NUL-terminated path; the caller's record.
    unsafe {
        let mut status: libc::statvfs = core::mem::zeroed();
        let result = crate::retry!(libc::statvfs(name, &raw mut status));
        let information = if result == 0 {
            MountPointInformation {
                available: status.f_frsize * status.f_bavail,
                free: status.f_frsize * status.f_bfree,
                size: status.f_frsize * status.f_blocks,
            }
        } else {
            MountPointInformation { available: 0, free: 0, size: 0 }
        };
        out.write(information);
        result
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetFormatInfoForMountPoint(name: *const c_char, text: *mut c_char, size: i32, format: *mut i64) -> i32 {
    // SAFETY: the caller's.
    unsafe { format_of(name, text, size, format) }
}

/// The name since .NET 10.
#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetFileSystemTypeNameForMountPoint(
    name: *const c_char,
    text: *mut c_char,
    size: i32,
    format: *mut i64,
) -> i32 {
    // SAFETY: the caller's.
    unsafe { format_of(name, text, size, format) }
}

/// Linux has a number for the format, and no name.
unsafe fn format_of(name: *const c_char, text: *mut c_char, size: i32, format: *mut i64) -> i32 {
    // SAFETY: plain data; a NUL-terminated path; the caller's buffer and word.
    unsafe {
        let mut status: libc::statfs = core::mem::zeroed();
        let result = crate::retry!(libc::statfs(name, &raw mut status));
        if size > 0 {
            text.write(0);
        }
        format.write(if result == 0 { status.f_type } else { -1 });
        result
    }
}
