//! Files: open, read, write, seek, status, locks, links (`Interop.Sys`: Open, FStat, …).

use crate::blocking::blocking;
use crate::errors::{errno, set_errno};
use crate::retry;
use core::ffi::{c_char, c_int, c_void};
use kiln_abi::managed::system_native::FileStatus;

type Fd = isize;

fn fd(handle: Fd) -> c_int {
    c_int::try_from(handle).unwrap_or(-1)
}

fn count(n: i32) -> usize {
    usize::try_from(n).unwrap_or(0)
}

/// `Interop.Sys.OpenFlags` → open(2) flags.
pub(crate) fn open_flags(pal: i32) -> Option<c_int> {
    let mut flags = match pal & 0xf {
        0 => libc::O_RDONLY,
        1 => libc::O_WRONLY,
        2 => libc::O_RDWR,
        _ => return None,
    };
    for (bit, flag) in [
        (0x10, libc::O_CLOEXEC),
        (0x20, libc::O_CREAT),
        (0x40, libc::O_EXCL),
        (0x80, libc::O_TRUNC),
        (0x100, libc::O_SYNC),
        (0x200, libc::O_NOFOLLOW),
    ] {
        if pal & bit != 0 {
            flags |= flag;
        }
    }
    Some(flags)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_Open(path: *const c_char, flags: i32, mode: i32) -> Fd {
    let Some(flags) = open_flags(flags) else {
        set_errno(libc::EINVAL);
        return -1;
    };
    // SAFETY: `path` is a NUL-terminated string of the caller.
    let r = retry!(unsafe { libc::open(path, flags, mode as libc::mode_t) });
    r as Fd
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_Close(handle: Fd) -> i32 {
    // SAFETY: plain system call. EINTR still closes on Linux.
    let r = unsafe { libc::close(fd(handle)) };
    if r < 0 && errno() == libc::EINTR { 0 } else { r }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_Dup(handle: Fd) -> Fd {
    // SAFETY: plain system call.
    retry!(unsafe { libc::fcntl(fd(handle), libc::F_DUPFD_CLOEXEC, 0) }) as Fd
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_Read(handle: Fd, buffer: *mut c_void, size: i32) -> i32 {
    // SAFETY: the caller owns `size` bytes at `buffer`.
    blocking(|| retry!(unsafe { libc::read(fd(handle), buffer, count(size)) }) as i32)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_Write(handle: Fd, buffer: *const c_void, size: i32) -> i32 {
    // SAFETY: the caller owns `size` bytes at `buffer`.
    blocking(|| retry!(unsafe { libc::write(fd(handle), buffer, count(size)) }) as i32)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_PRead(handle: Fd, buffer: *mut c_void, size: i32, offset: i64) -> i32 {
    // SAFETY: as Read.
    retry!(unsafe { libc::pread(fd(handle), buffer, count(size), offset) }) as i32
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_PWrite(handle: Fd, buffer: *const c_void, size: i32, offset: i64) -> i32 {
    // SAFETY: as Write.
    retry!(unsafe { libc::pwrite(fd(handle), buffer, count(size), offset) }) as i32
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_PReadV(handle: Fd, vectors: *const libc::iovec, n: i32, offset: i64) -> i64 {
    // SAFETY: `IOVector` is laid out like iovec; the caller owns the buffers.
    retry!(unsafe { libc::preadv(fd(handle), vectors, n, offset) }) as i64
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_PWriteV(handle: Fd, vectors: *const libc::iovec, n: i32, offset: i64) -> i64 {
    // SAFETY: as PReadV.
    retry!(unsafe { libc::pwritev(fd(handle), vectors, n, offset) }) as i64
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_LSeek(handle: Fd, offset: i64, whence: i32) -> i64 {
    // SAFETY: plain system call; SEEK_SET, SEEK_CUR and SEEK_END are 0, 1, 2 on both sides.
    retry!(unsafe { libc::lseek(fd(handle), offset, whence) })
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_FTruncate(handle: Fd, length: i64) -> i32 {
    // SAFETY: plain system call.
    retry!(unsafe { libc::ftruncate(fd(handle), length) })
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_FSync(handle: Fd) -> i32 {
    // SAFETY: plain system call.
    retry!(unsafe { libc::fsync(fd(handle)) })
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_FAllocate(handle: Fd, offset: i64, length: i64) -> i32 {
    // SAFETY: plain system call.
    retry!(unsafe { libc::fallocate(fd(handle), 0, offset, length) })
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_FLock(handle: Fd, operation: i32) -> i32 {
    // SAFETY: plain system call; the LOCK_* values are the same.
    blocking(|| retry!(unsafe { libc::flock(fd(handle), operation) }))
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_LockFileRegion(handle: Fd, offset: i64, length: i64, kind: i16) -> i32 {
    let kind = match kind {
        0 => libc::F_RDLCK,
        1 => libc::F_WRLCK,
        2 => libc::F_UNLCK,
        _ => {
            set_errno(libc::EINVAL);
            return -1;
        }
    };
    // SAFETY: `flock` is plain data; all-zero is valid.
    let mut lock: libc::flock = unsafe { core::mem::zeroed() };
    lock.l_type = kind as i16;
    lock.l_whence = libc::SEEK_SET as i16;
    lock.l_start = offset;
    lock.l_len = length;
    // SAFETY: `lock` lives across the call.
    retry!(unsafe { libc::fcntl(fd(handle), libc::F_SETLK, &raw const lock) })
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_PosixFAdvise(handle: Fd, offset: i64, length: i64, advice: i32) -> i32 {
    // SAFETY: plain system call; advice values are Linux's.
    unsafe { libc::posix_fadvise(fd(handle), offset, length, advice) }
}

/// Birth time is known.
const HAS_BIRTH_TIME: i32 = 1;

fn fill(s: &libc::statx, out: &mut FileStatus) {
    let known = s.stx_mask & libc::STATX_BTIME != 0;
    *out = FileStatus {
        flags: if known { HAS_BIRTH_TIME } else { 0 },
        mode: i32::from(s.stx_mode),
        uid: s.stx_uid,
        gid: s.stx_gid,
        size: s.stx_size as i64,
        atime: s.stx_atime.tv_sec,
        atime_nsec: i64::from(s.stx_atime.tv_nsec),
        mtime: s.stx_mtime.tv_sec,
        mtime_nsec: i64::from(s.stx_mtime.tv_nsec),
        ctime: s.stx_ctime.tv_sec,
        ctime_nsec: i64::from(s.stx_ctime.tv_nsec),
        birth_time: if known { s.stx_btime.tv_sec } else { 0 },
        birth_time_nsec: if known { i64::from(s.stx_btime.tv_nsec) } else { 0 },
        dev: libc::makedev(s.stx_dev_major, s.stx_dev_minor) as i64,
        rdev: libc::makedev(s.stx_rdev_major, s.stx_rdev_minor) as i64,
        ino: s.stx_ino as i64,
        user_flags: 0,
    };
}

unsafe fn status(dir: c_int, path: *const c_char, flags: c_int, out: *mut FileStatus) -> i32 {
    // SAFETY: plain data, all-zero is valid.
    let mut s: libc::statx = unsafe { core::mem::zeroed() };
    // SAFETY: `path` is NUL-terminated, `s` lives across the call.
    let r = retry!(unsafe { libc::statx(dir, path, flags, libc::STATX_BASIC_STATS | libc::STATX_BTIME, &raw mut s) });
    if r == 0 {
        // SAFETY: the caller owns `out`.
        fill(&s, unsafe { &mut *out });
    }
    r
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_Stat(path: *const c_char, out: *mut FileStatus) -> i32 {
    // SAFETY: passed on.
    unsafe { status(libc::AT_FDCWD, path, 0, out) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_LStat(path: *const c_char, out: *mut FileStatus) -> i32 {
    // SAFETY: passed on.
    unsafe { status(libc::AT_FDCWD, path, libc::AT_SYMLINK_NOFOLLOW, out) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_FStat(handle: Fd, out: *mut FileStatus) -> i32 {
    // SAFETY: an empty path with AT_EMPTY_PATH means the descriptor itself.
    unsafe { status(fd(handle), c"".as_ptr(), libc::AT_EMPTY_PATH, out) }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetFileSystemType(handle: Fd) -> u32 {
    // SAFETY: plain data, all-zero is valid.
    let mut s: libc::statfs = unsafe { core::mem::zeroed() };
    // SAFETY: `s` lives across the call.
    let r = retry!(unsafe { libc::fstatfs(fd(handle), &raw mut s) });
    if r == 0 { s.f_type as u32 } else { 0 }
}

macro_rules! path_calls {
    ($($name:ident($($arg:ident: $ty:ty),*) = $call:expr;)*) => { $(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name($($arg: $ty),*) -> i32 {
            // SAFETY: the caller's paths are NUL-terminated.
            retry!(unsafe { $call })
        }
    )* };
}

path_calls! {
    SystemNative_Access(path: *const c_char, mode: i32) = libc::access(path, mode);
    SystemNative_Unlink(path: *const c_char) = libc::unlink(path);
    SystemNative_Rename(from: *const c_char, to: *const c_char) = libc::rename(from, to);
    SystemNative_Link(from: *const c_char, to: *const c_char) = libc::link(from, to);
    SystemNative_SymLink(target: *const c_char, path: *const c_char) = libc::symlink(target, path);
    SystemNative_MkDir(path: *const c_char, mode: i32) = libc::mkdir(path, mode as libc::mode_t);
    SystemNative_RmDir(path: *const c_char) = libc::rmdir(path);
    SystemNative_ChDir(path: *const c_char) = libc::chdir(path);
    SystemNative_ChMod(path: *const c_char, mode: i32) = libc::chmod(path, mode as libc::mode_t);
    SystemNative_FChMod(handle: Fd, mode: i32) = libc::fchmod(fd(handle), mode as libc::mode_t);
    SystemNative_FUTimens(handle: Fd, times: *const libc::timespec) = libc::futimens(fd(handle), times);
    SystemNative_UTimensat(path: *const c_char, times: *const libc::timespec) = libc::utimensat(libc::AT_FDCWD, path, times, libc::AT_SYMLINK_NOFOLLOW);
    SystemNative_FcntlSetFD(handle: Fd, flags: i32) = libc::fcntl(fd(handle), libc::F_SETFD, flags);
}

/// The path without links, in memory that the caller frees; null when it leads nowhere.
#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_RealPath(path: *const c_char) -> *mut c_char {
    // SAFETY: `path` is NUL-terminated.
    unsafe { libc::realpath(path, core::ptr::null_mut()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_ReadLink(path: *const c_char, buffer: *mut c_char, size: i32) -> i32 {
    // SAFETY: the caller owns the buffer.
    retry!(unsafe { libc::readlink(path, buffer, count(size)) }) as i32
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_MksTemps(template: *mut c_char, suffix: i32) -> Fd {
    // SAFETY: the caller's template is writable and NUL-terminated.
    retry!(unsafe { libc::mkstemps(template, suffix) }) as Fd
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_MkdTemp(template: *mut c_char) -> *mut c_char {
    // SAFETY: as above.
    unsafe { libc::mkdtemp(template) }
}

/// Copies the whole content; `copy_file_range` first, a loop over a buffer where the file system cannot.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_CopyFile(from: Fd, to: Fd, length: i64) -> i32 {
    let (src, dst) = (fd(from), fd(to));
    let mut left = length;
    while left > 0 {
        // SAFETY: null offsets: the descriptors' own positions are used.
        let n = retry!(unsafe { libc::copy_file_range(src, core::ptr::null_mut(), dst, core::ptr::null_mut(), left as usize, 0) });
        if n <= 0 {
            break;
        }
        left -= n as i64;
    }
    let mut buffer = [0u8; 16 << 10];
    loop {
        // SAFETY: the buffer is ours.
        let n = retry!(unsafe { libc::read(src, buffer.as_mut_ptr().cast(), buffer.len()) });
        if n <= 0 {
            return n as i32;
        }
        let mut done = 0;
        while done < n {
            // SAFETY: inside the buffer.
            let w = retry!(unsafe { libc::write(dst, buffer.as_ptr().add(done as usize).cast(), (n - done) as usize) });
            if w < 0 {
                return -1;
            }
            done += w;
        }
    }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_CanGetHiddenFlag() -> i32 {
    0
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_LChflagsCanSetHiddenFlag() -> i32 {
    0
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_FChflags(_handle: Fd, _flags: u32) -> i32 {
    set_errno(libc::ENOTSUP);
    -1
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_LChflags(_path: *const c_char, _flags: u32) -> i32 {
    set_errno(libc::ENOTSUP);
    -1
}

/// `Interop.Sys.PollEvent`: as the C library's, with the result in the same place.
#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_Poll(events: *mut libc::pollfd, count: u32, milliseconds: i32, triggered: *mut u32) -> i32 {
    // SAFETY: the caller owns `count` events and the result; the flags have the same values.
    unsafe {
        let n = blocking(|| libc::poll(events, libc::nfds_t::from(count), milliseconds));
        if n < 0 {
            triggered.write(0);
            return crate::errors::SystemNative_ConvertErrorPlatformToPal(crate::errors::errno());
        }
        triggered.write(n as u32);
    }
    0
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_MkFifo(path: *const c_char, mode: u32) -> i32 {
    // SAFETY: a NUL-terminated path.
    retry!(unsafe { libc::mkfifo(path, mode) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_MkNod(path: *const c_char, mode: u32, major: u32, minor: u32) -> i32 {
    // SAFETY: a NUL-terminated path.
    retry!(unsafe { libc::mknod(path, mode, libc::makedev(major, minor)) })
}

/// The two numbers of a device.
#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetDeviceIdentifiers(device: u64, major: *mut u32, minor: *mut u32) {
    // SAFETY: the caller owns the results.
    unsafe {
        major.write(libc::major(device));
        minor.write(libc::minor(device));
    }
}
