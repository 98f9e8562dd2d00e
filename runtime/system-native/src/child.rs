//! Child processes, and facts about other processes (`Interop.Sys` of System.Diagnostics.Process).

use core::ffi::{c_char, c_int};

use crate::errors::{errno, set_errno};
use crate::retry;

/// Pipe ends of one redirected stream: (child's, ours), or -1.
#[derive(Clone, Copy)]
struct Redirection {
    child: c_int,
    parent: c_int,
}

const NONE: Redirection = Redirection { child: -1, parent: -1 };

fn close(descriptor: c_int) {
    if descriptor >= 0 {
        // SAFETY: a descriptor of ours.
        unsafe {
            libc::close(descriptor);
        }
    }
}

fn redirect(wanted: bool, child_reads: bool) -> Option<Redirection> {
    if !wanted {
        return Some(NONE);
    }
    let mut ends = [0; 2];
    // SAFETY: two words.
    if retry!(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) }) != 0 {
        return None;
    }
    let [read, write] = ends;
    Some(if child_reads { Redirection { child: read, parent: write } } else { Redirection { child: write, parent: read } })
}

/// What the child becomes.
struct Program {
    file: *const c_char,
    arguments: *const *const c_char,
    environment: *const *const c_char,
    folder: *const c_char,
    /// User, group and further groups.
    credentials: Option<(u32, u32, *const u32, usize)>,
}

/// The child's side of the fork: only calls that are safe there. Returns when something failed.
unsafe fn become_program(program: &Program, streams: &[Redirection; 3], mask: &libc::sigset_t) {
    // SAFETY: the parent's memory as it was; this thread is the only one.
    unsafe {
        // Handlers do not outlive exec, but what is ignored does; and ours must not run before it.
        for signal in 1..=64 {
            let mut action: libc::sigaction = core::mem::zeroed();
            if libc::sigaction(signal, core::ptr::null(), &raw mut action) != 0 || action.sa_sigaction == libc::SIG_DFL {
                continue;
            }
            if action.sa_sigaction != libc::SIG_IGN || signal == libc::SIGPIPE {
                action = core::mem::zeroed();
                action.sa_sigaction = libc::SIG_DFL;
                libc::sigaction(signal, &raw const action, core::ptr::null_mut());
            }
        }
        libc::pthread_sigmask(libc::SIG_SETMASK, mask, core::ptr::null_mut());
        for (target, stream) in streams.iter().enumerate() {
            if stream.child >= 0 && retry!(libc::dup2(stream.child, target as c_int)) < 0 {
                return;
            }
        }
        if let Some((user, group, groups, count)) = program.credentials
            && (libc::setgroups(count, groups) != 0 || libc::setgid(group) != 0 || libc::setuid(user) != 0)
        {
            return;
        }
        if !program.folder.is_null() && retry!(libc::chdir(program.folder)) != 0 {
            return;
        }
        libc::execve(program.file, program.arguments, program.environment);
    }
}

/// Starts the program; the error number of the child when it did not come so far.
unsafe fn start(program: &Program, streams: &[Redirection; 3]) -> Result<libc::pid_t, c_int> {
    let mut report = [0; 2];
    // SAFETY: our own words and sets; see `become_program` for the child.
    unsafe {
        if retry!(libc::pipe2(report.as_mut_ptr(), libc::O_CLOEXEC)) != 0 {
            return Err(errno());
        }
        let (mut all, mut before): (libc::sigset_t, libc::sigset_t) = (core::mem::zeroed(), core::mem::zeroed());
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before);
        let child = libc::fork();
        if child == 0 {
            become_program(program, streams, &before);
            let error = errno();
            libc::write(report[1], (&raw const error).cast(), size_of::<c_int>());
            libc::_exit(127);
        }
        let mut error = errno();
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, core::ptr::null_mut());
        close(report[1]);
        if child < 0 {
            close(report[0]);
            return Err(error);
        }
        // The end closes by itself when the program starts.
        let read = retry!(libc::read(report[0], (&raw mut error).cast(), size_of::<c_int>()));
        close(report[0]);
        if read == size_of::<c_int>() as isize {
            retry!(libc::waitpid(child, core::ptr::null_mut(), 0));
            return Err(error);
        }
        Ok(child)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_ForkAndExecProcess(
    file: *const c_char,
    arguments: *const *const c_char,
    environment: *const *const c_char,
    folder: *const c_char,
    redirect_input: i32,
    redirect_output: i32,
    redirect_error: i32,
    set_credentials: i32,
    user: u32,
    group: u32,
    groups: *const u32,
    group_count: i32,
    child: *mut i32,
    input: *mut i32,
    output: *mut i32,
    error: *mut i32,
) -> i32 {
    let credentials = (set_credentials != 0).then_some((user, group, groups, usize::try_from(group_count).unwrap_or(0)));
    let program = Program { file, arguments, environment, folder, credentials };
    let mut streams = [NONE; 3];
    let mut result = Ok(());
    for (index, wanted) in [redirect_input, redirect_output, redirect_error].into_iter().enumerate() {
        match redirect(wanted != 0, index == 0) {
            Some(stream) => streams[index] = stream,
            None => result = Err(errno()),
        }
    }
    // SAFETY: NUL-terminated strings and null-terminated lists of the caller.
    let started = result.and_then(|()| unsafe { start(&program, &streams) });
    for stream in streams {
        close(stream.child);
    }
    // SAFETY: out parameters of the caller.
    unsafe {
        let keep = started.is_ok();
        for (place, stream) in [input, output, error].into_iter().zip(streams) {
            if !keep {
                close(stream.parent);
            }
            place.write(if keep { stream.parent } else { -1 });
        }
        match started {
            Ok(pid) => {
                child.write(pid);
                0
            }
            Err(number) => {
                child.write(-1);
                set_errno(number);
                -1
            }
        }
    }
}

/// Some child that has ended and was not waited for; 0 for none.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_WaitIdAnyExitedNoHangNoWait() -> i32 {
    // SAFETY: plain data.
    unsafe {
        let mut information: libc::siginfo_t = core::mem::zeroed();
        let result = retry!(libc::waitid(libc::P_ALL, 0, &raw mut information, libc::WEXITED | libc::WNOHANG | libc::WNOWAIT));
        if result == 0 && information.si_signo == libc::SIGCHLD {
            information.si_pid()
        } else if result < 0 && errno() != libc::ECHILD {
            -1
        } else {
            0
        }
    }
}

/// The child's number when it has ended (then its status is taken), 0 when it has not.
#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_WaitPidExitedNoHang(pid: i32, exit_code: *mut i32) -> i32 {
    let mut status = 0;
    // SAFETY: our own word; the caller's.
    unsafe {
        let result = retry!(libc::waitpid(pid, &raw mut status, libc::WNOHANG));
        if result > 0 {
            exit_code.write(if libc::WIFSIGNALED(status) { 128 + libc::WTERMSIG(status) } else { libc::WEXITSTATUS(status) });
        }
        result
    }
}

/// `Signals`: none, SIGKILL and SIGSTOP are Linux's numbers.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_Kill(pid: i32, signal: i32) -> i32 {
    // SAFETY: plain system call.
    unsafe { libc::kill(pid, signal) }
}

/// Ticks of `DateTime` at the start of 1970.
const UNIX_EPOCH: i64 = 621_355_968_000_000_000;

/// When the system started, in ticks of `DateTime`.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetBootTimeTicks() -> i64 {
    let ticks = |clock| {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: our own record.
        unsafe {
            libc::clock_gettime(clock, &raw mut time);
        }
        time.tv_sec * 10_000_000 + time.tv_nsec / 100
    };
    UNIX_EPOCH + ticks(libc::CLOCK_REALTIME) - ticks(libc::CLOCK_BOOTTIME)
}

/// -1 may be a result, so success is told by the error number.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetPriority(which: i32, who: i32) -> i32 {
    set_errno(0);
    // SAFETY: plain system call; the kinds are the platform's numbers.
    unsafe { libc::getpriority(which as _, who as libc::id_t) }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_SetPriority(which: i32, who: i32, nice: i32) -> i32 {
    // SAFETY: plain system call.
    unsafe { libc::setpriority(which as _, who as libc::id_t, nice) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_SchedGetAffinity(pid: i32, mask: *mut usize) -> i32 {
    // SAFETY: the set is as large as the call is told; the caller's word.
    unsafe {
        let mut set: libc::cpu_set_t = core::mem::zeroed();
        let result = libc::sched_getaffinity(pid, size_of::<libc::cpu_set_t>(), &raw mut set);
        let bits = (0..usize::BITS as usize).filter(|&cpu| libc::CPU_ISSET(cpu, &set)).fold(0, |bits, cpu| bits | 1 << cpu);
        mask.write(if result == 0 { bits } else { 0 });
        result
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_SchedSetAffinity(pid: i32, mask: *const usize) -> i32 {
    // SAFETY: as above.
    unsafe {
        let mut set: libc::cpu_set_t = core::mem::zeroed();
        for cpu in (0..usize::BITS as usize).filter(|cpu| mask.read() >> cpu & 1 != 0) {
            libc::CPU_SET(cpu, &mut set);
        }
        libc::sched_setaffinity(pid, size_of::<libc::cpu_set_t>(), &raw const set)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetGroupList(name: *const c_char, group: u32, groups: *mut u32, count: *mut i32) -> i32 {
    // SAFETY: a NUL-terminated name; the caller owns `count` words.
    unsafe { libc::getgrouplist(name, group, groups, count) }
}
