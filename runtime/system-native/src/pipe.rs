//! Pipes and the peers of local sockets (`Interop.Sys` of System.IO.Pipes).

use core::ffi::c_int;

use crate::retry;

fn fd(handle: isize) -> c_int {
    c_int::try_from(handle).unwrap_or(-1)
}

/// `PipeFlags.O_CLOEXEC`.
const CLOEXEC: i32 = 0x10;

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_Pipe(descriptors: *mut c_int, flags: i32) -> i32 {
    let flags = if flags & CLOEXEC != 0 { libc::O_CLOEXEC } else { 0 };
    // SAFETY: the caller owns two words.
    retry!(unsafe { libc::pipe2(descriptors, flags) })
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_FcntlCanGetSetPipeSz() -> i32 {
    1
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_FcntlGetPipeSz(pipe: isize) -> i32 {
    // SAFETY: plain system call.
    retry!(unsafe { libc::fcntl(fd(pipe), libc::F_GETPIPE_SZ) })
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_FcntlSetPipeSz(pipe: isize, size: i32) -> i32 {
    // SAFETY: plain system call.
    retry!(unsafe { libc::fcntl(fd(pipe), libc::F_SETPIPE_SZ, size) })
}

/// Effective user of the process at the other end.
#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetPeerID(socket: isize, user: *mut u32) -> i32 {
    let mut peer = libc::ucred { pid: 0, uid: 0, gid: 0 };
    let mut size = size_of::<libc::ucred>() as libc::socklen_t;
    // SAFETY: our own record; the caller's word.
    unsafe {
        let result = libc::getsockopt(fd(socket), libc::SOL_SOCKET, libc::SO_PEERCRED, (&raw mut peer).cast(), &raw mut size);
        if result == 0 {
            user.write(peer.uid);
        }
        result
    }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_SetEUid(user: u32) -> i32 {
    // SAFETY: plain system call.
    unsafe { libc::seteuid(user) }
}
