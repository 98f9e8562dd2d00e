//! Process, users, system facts.

use core::ffi::{c_char, c_int};
use kiln_abi::managed::system_native::{Passwd, ProcessCpuInformation};

#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetPid() -> i32 {
    // SAFETY: plain system call.
    unsafe { libc::getpid() }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetEUid() -> u32 {
    // SAFETY: plain system call.
    unsafe { libc::geteuid() }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetEGid() -> u32 {
    // SAFETY: plain system call.
    unsafe { libc::getegid() }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetGroups(n: i32, groups: *mut u32) -> i32 {
    // SAFETY: the caller owns `n` words.
    unsafe { libc::getgroups(n, groups) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetCwd(buffer: *mut c_char, size: i32) -> *mut c_char {
    // SAFETY: the caller owns the buffer.
    unsafe { libc::getcwd(buffer, usize::try_from(size).unwrap_or(0)) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetHostName(buffer: *mut c_char, size: i32) -> i32 {
    // SAFETY: the caller owns the buffer.
    unsafe { libc::gethostname(buffer, usize::try_from(size).unwrap_or(0)) }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetProcessPath() -> *mut c_char {
    // SAFETY: realpath allocates the result; the caller frees it.
    unsafe { libc::realpath(c"/proc/self/exe".as_ptr(), core::ptr::null_mut()) }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_SchedGetCpu() -> i32 {
    // SAFETY: plain call.
    unsafe { libc::sched_getcpu() }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_TryGetUInt32OSThreadId() -> u32 {
    // SAFETY: plain system call.
    unsafe { libc::syscall(libc::SYS_gettid) as u32 }
}

/// `Interop.Sys.SysConfName`.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_SysConf(name: i32) -> i64 {
    let name = match name {
        1 => libc::_SC_CLK_TCK,
        2 => libc::_SC_PAGESIZE,
        3 => libc::_SC_NPROCESSORS_ONLN,
        _ => return -1,
    };
    // SAFETY: plain call.
    unsafe { libc::sysconf(name) }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetOSArchitecture() -> i32 {
    kiln_pal::processors::ARCHITECTURE
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetUnixRelease() -> *mut c_char {
    // SAFETY: plain data; all-zero is valid.
    let mut names: libc::utsname = unsafe { core::mem::zeroed() };
    // SAFETY: `names` lives across the call; strdup copies a NUL-terminated field, the caller frees it.
    unsafe { if libc::uname(&raw mut names) == 0 { libc::strdup(names.release.as_ptr()) } else { core::ptr::null_mut() } }
}

/// Puts what a look-up found: 0 found, -1 no such user, else an errno.
unsafe fn put_user(error: c_int, found: *const libc::passwd, out: *mut Passwd) -> c_int {
    if error != 0 {
        return error;
    }
    // SAFETY: null or the entry that was found.
    let Some(entry) = (unsafe { found.as_ref() }) else { return -1 };
    // SAFETY: the caller owns `out`.
    unsafe {
        *out = Passwd {
            name: entry.pw_name,
            password: entry.pw_passwd,
            uid: entry.pw_uid,
            gid: entry.pw_gid,
            info: entry.pw_gecos,
            home: entry.pw_dir,
            shell: entry.pw_shell,
        };
    }
    0
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetPwUidR(uid: u32, out: *mut Passwd, buffer: *mut c_char, size: i32) -> c_int {
    // SAFETY: plain data; the caller owns the buffer and `out`; `entry` and `found` live across the call.
    unsafe {
        let mut entry: libc::passwd = core::mem::zeroed();
        let mut found = core::ptr::null_mut();
        let error = libc::getpwuid_r(uid, &raw mut entry, buffer, usize::try_from(size).unwrap_or(0), &raw mut found);
        put_user(error, found, out)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetPwNamR(name: *const c_char, out: *mut Passwd, buffer: *mut c_char, size: i32) -> c_int {
    // SAFETY: as above, with a NUL-terminated name.
    unsafe {
        let mut entry: libc::passwd = core::mem::zeroed();
        let mut found = core::ptr::null_mut();
        let error = libc::getpwnam_r(name, &raw mut entry, buffer, usize::try_from(size).unwrap_or(0), &raw mut found);
        put_user(error, found, out)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_Log(buffer: *const u8, size: i32) {
    // SAFETY: the caller owns the bytes.
    let _ = unsafe { libc::write(1, buffer.cast(), usize::try_from(size).unwrap_or(0)) };
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_LogError(buffer: *const u8, size: i32) {
    // SAFETY: the caller owns the bytes.
    let _ = unsafe { libc::write(2, buffer.cast(), usize::try_from(size).unwrap_or(0)) };
}

/// Percent of the machine's processors that this process used since the last call.
#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetCpuUtilization(previous: *mut ProcessCpuInformation) -> f64 {
    // SAFETY: plain data; all-zero is valid.
    let mut usage: libc::rusage = unsafe { core::mem::zeroed() };
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: both live across the calls.
    unsafe {
        libc::getrusage(libc::RUSAGE_SELF, &raw mut usage);
        libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now);
    }
    let ns = |t: libc::timeval| t.tv_sec as u64 * 1_000_000_000 + t.tv_usec as u64 * 1000;
    let (time, kernel, user) = (now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64, ns(usage.ru_stime), ns(usage.ru_utime));
    // SAFETY: the caller owns the record.
    let previous = unsafe { &mut *previous };
    // SAFETY: plain call.
    let cpus = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) }.max(1) as u64;
    let total = time.saturating_sub(previous.time) * cpus;
    let busy = kernel.saturating_sub(previous.kernel) + user.saturating_sub(previous.user);
    let first = previous.time == 0;
    *previous = ProcessCpuInformation { time, kernel, user };
    if first || total == 0 { 0.0 } else { busy as f64 * 100.0 / total as f64 }
}

/// `Linux 6.1.0 #1 SMP …` into a buffer; where it does not fit, the capacity says how much it needs.
#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetUnixVersion(version: *mut c_char, capacity: *mut i32) -> i32 {
    // SAFETY: plain data that lives across the calls; the caller owns the buffer and its capacity.
    unsafe {
        let mut names: libc::utsname = core::mem::zeroed();
        if libc::uname(&raw mut names) < 0 {
            capacity.write(0);
            return -1;
        }
        let (system, release, build) = (names.sysname.as_ptr(), names.release.as_ptr(), names.version.as_ptr());
        let room = *capacity;
        let needed = libc::snprintf(version, usize::try_from(room).unwrap_or(0), c"%s %s %s".as_ptr(), system, release, build);
        if needed < room {
            return 0;
        }
        capacity.write(needed + 1);
        -1
    }
}

/// The name of a group, which the caller frees; null when there is none.
#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetGroupName(gid: u32) -> *mut c_char {
    let mut size = 1024;
    // SAFETY: the buffer has the size that is said, and lives until the name is copied.
    unsafe {
        loop {
            let buffer = libc::malloc(size).cast::<c_char>();
            if buffer.is_null() {
                return core::ptr::null_mut();
            }
            let mut group: libc::group = core::mem::zeroed();
            let mut found = core::ptr::null_mut();
            let error = libc::getgrgid_r(gid, &raw mut group, buffer, size, &raw mut found);
            let name = if error == 0 && !found.is_null() { libc::strdup(group.gr_name) } else { core::ptr::null_mut() };
            libc::free(buffer.cast());
            if error != libc::ERANGE {
                return name;
            }
            size *= 2;
        }
    }
}

/// The program itself as a library: what it and its libraries export is looked up in it.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetDefaultSearchOrderPseudoHandle() -> isize {
    // SAFETY: no name.
    unsafe { libc::dlopen(core::ptr::null(), libc::RTLD_LAZY) as isize }
}

/// `priority` has the system's numbers.
#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_SysLog(priority: i32, message: *const c_char, argument: *const c_char) {
    // SAFETY: NUL-terminated texts; the message has one place for a text.
    unsafe { libc::syslog(priority, message, argument) }
}
