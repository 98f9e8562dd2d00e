//! Signals that the class library handles: `PosixSignalRegistration`, Console.CancelKeyPress, and SIGCHLD for Process.
//!
//! The handler only writes the signal's number to a pipe. A thread of our own, started with the first registration, reads it
//! and calls the class library, inside like any thread that runs managed code.

use core::ffi::{c_int, c_void};
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicUsize, Ordering};

use kiln_rt::lock::{self, frame};
use kiln_rt::thread;

/// (`PosixSignal`, SIG*).
const SIGNALS: [(i32, c_int); 10] = [
    (-1, libc::SIGHUP),
    (-2, libc::SIGINT),
    (-3, libc::SIGQUIT),
    (-4, libc::SIGTERM),
    (-5, libc::SIGCHLD),
    (-6, libc::SIGCONT),
    (-7, libc::SIGWINCH),
    (-8, libc::SIGTTIN),
    (-9, libc::SIGTTOU),
    (-10, libc::SIGTSTP),
];
/// One more than the largest signal number.
const COUNT: usize = 65;

/// Takes the platform's number and the `PosixSignal`; answers whether it takes care of the signal.
type OnSignal = unsafe extern "C" fn(i32, i32) -> i32;
/// Takes (reap all children, configure the console); answers whether the original handler shall run as well.
type OnChild = unsafe extern "C" fn(i32, i32) -> i32;

static ON_SIGNAL: AtomicPtr<c_void> = AtomicPtr::new(core::ptr::null_mut());
static ON_CHILD: AtomicPtr<c_void> = AtomicPtr::new(core::ptr::null_mut());
/// Writing end of the handler's pipe; negative before the thread was started.
static PIPE: AtomicI32 = AtomicI32::new(-1);
/// Which signals the class library wants to see.
static ENABLED: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];
/// Which have our handler, and what was there before it: SIG_DFL, SIG_IGN or a handler.
static INSTALLED: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];
static ORIGINAL: [AtomicUsize; COUNT] = [const { AtomicUsize::new(0) }; COUNT];

fn index(signal: c_int) -> Option<usize> {
    usize::try_from(signal).ok().filter(|n| (1..COUNT).contains(n))
}

unsafe extern "C" fn handler(signal: c_int) {
    // SAFETY: this thread's error number, which whoever was interrupted still wants; a full pipe loses a repetition.
    unsafe {
        let error = *libc::__errno_location();
        let byte = signal as u8;
        libc::write(PIPE.load(Ordering::Relaxed), (&raw const byte).cast(), 1);
        *libc::__errno_location() = error;
    }
}

fn install(signal: c_int) -> bool {
    let Some(n) = index(signal) else { return false };
    if INSTALLED[n].load(Ordering::Acquire) {
        return true;
    }
    // SAFETY: our own structures; the handler is async-signal-safe.
    unsafe {
        let mut old: libc::sigaction = core::mem::zeroed();
        let mut new: libc::sigaction = core::mem::zeroed();
        if libc::sigaction(signal, core::ptr::null(), &raw mut old) != 0 {
            return false;
        }
        ORIGINAL[n].store(old.sa_sigaction, Ordering::Release);
        new.sa_sigaction = handler as *const () as usize;
        new.sa_flags = libc::SA_RESTART;
        if libc::sigaction(signal, &raw const new, core::ptr::null_mut()) != 0 {
            return false;
        }
    }
    INSTALLED[n].store(true, Ordering::Release);
    true
}

fn restore(signal: c_int) {
    let Some(n) = index(signal) else { return };
    if INSTALLED[n].swap(false, Ordering::AcqRel) {
        // SAFETY: what was there before.
        unsafe {
            let mut old: libc::sigaction = core::mem::zeroed();
            old.sa_sigaction = ORIGINAL[n].load(Ordering::Acquire);
            libc::sigaction(signal, &raw const old, core::ptr::null_mut());
        }
    }
}

/// One signal, inside.
unsafe fn deliver(signal: c_int) {
    let Some(n) = index(signal) else { return };
    // SAFETY: the class library's functions, with the signatures above.
    unsafe {
        let on_child = ON_CHILD.load(Ordering::Acquire);
        if signal == libc::SIGCHLD && !on_child.is_null() {
            let on_child: OnChild = core::mem::transmute(on_child);
            on_child(i32::from(ORIGINAL[n].load(Ordering::Acquire) == libc::SIG_IGN), 1);
        }
        let on_signal = ON_SIGNAL.load(Ordering::Acquire);
        if ENABLED[n].load(Ordering::Acquire) && !on_signal.is_null() {
            let on_signal: OnSignal = core::mem::transmute(on_signal);
            let name = SIGNALS.iter().find(|p| p.1 == signal).map_or(signal, |p| p.0);
            if on_signal(signal, name) != 0 {
                return;
            }
        }
    }
    SystemNative_HandleNonCanceledPosixSignal(signal);
}

extern "C" fn serve(pipe: *mut c_void) -> *mut c_void {
    // SAFETY: the reading end is ours. Inside between enter and leave; this frame stays active all the time.
    unsafe {
        lock::enter();
        thread::attach(frame());
        lock::leave(frame());
        loop {
            let mut signal = 0u8;
            if crate::retry!(libc::read(pipe.addr() as c_int, (&raw mut signal).cast(), 1)) != 1 {
                break;
            }
            lock::enter();
            deliver(c_int::from(signal));
            lock::leave(frame());
        }
        lock::enter();
        thread::detach();
        lock::leave(0);
    }
    core::ptr::null_mut()
}

/// Starts the thread unless it runs. Called inside, so by one thread at a time.
fn start() -> bool {
    if PIPE.load(Ordering::Acquire) >= 0 {
        return true;
    }
    // SAFETY: plain system calls; the thread gets every signal blocked, so that handlers run in the program's threads.
    unsafe {
        let mut ends = [0; 2];
        if libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) != 0 {
            return false;
        }
        libc::fcntl(ends[1], libc::F_SETFL, libc::O_NONBLOCK);
        let (mut all, mut before): (libc::sigset_t, libc::sigset_t) = (core::mem::zeroed(), core::mem::zeroed());
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before);
        let started = kiln_pal::threads::start(serve, core::ptr::without_provenance_mut(ends[0] as usize), 0);
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, core::ptr::null_mut());
        if !started {
            libc::close(ends[0]);
            libc::close(ends[1]);
            return false;
        }
        PIPE.store(ends[1], Ordering::Release);
    }
    true
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_SetPosixSignalHandler(callback: *mut c_void) {
    ON_SIGNAL.store(callback, Ordering::Release);
}

/// `PosixSignal`, or a plain number; 0 for none.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetPlatformSignalNumber(signal: i32) -> i32 {
    match SIGNALS.iter().find(|p| p.0 == signal) {
        Some(pair) => pair.1,
        None => index(signal).map_or(0, |n| n as i32),
    }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_EnablePosixSignalHandling(signal: i32) -> i32 {
    let Some(n) = index(signal) else { return 0 };
    if !start() || !install(signal) {
        return 0;
    }
    ENABLED[n].store(true, Ordering::Release);
    1
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_DisablePosixSignalHandling(signal: i32) {
    let Some(n) = index(signal) else { return };
    ENABLED[n].store(false, Ordering::Release);
    // Process still has to hear of its children.
    if signal != libc::SIGCHLD || ON_CHILD.load(Ordering::Acquire).is_null() {
        restore(signal);
    }
}

/// Does what would have happened without a handler.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_HandleNonCanceledPosixSignal(signal: i32) {
    match signal {
        // Nothing happens by default, or has happened already.
        libc::SIGCHLD | libc::SIGURG | libc::SIGWINCH | libc::SIGCONT => {}
        // SAFETY: plain system calls; a program that goes on has its handler back.
        libc::SIGTSTP | libc::SIGTTIN | libc::SIGTTOU => unsafe {
            restore(signal);
            libc::kill(libc::getpid(), signal);
            if index(signal).is_some_and(|n| ENABLED[n].load(Ordering::Acquire)) {
                install(signal);
            }
        },
        _ => {
            let Some(n) = index(signal) else { return };
            if ORIGINAL[n].load(Ordering::Acquire) == libc::SIG_IGN {
                return;
            }
            restore(signal);
            // SAFETY: plain system call; it ends the process, unless somebody else's handler was there before ours.
            unsafe {
                libc::kill(libc::getpid(), signal);
            }
        }
    }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_RegisterForSigChld(callback: *mut c_void) {
    ON_CHILD.store(callback, Ordering::Release);
    if start() {
        install(libc::SIGCHLD);
    }
}

/// Children never change our terminal settings, so there is nothing to put off.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_SetDelayedSigChildConsoleConfigurationHandler(_callback: *mut c_void) {}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_ConfigureTerminalForChildProcess(_child_uses_terminal: i32) {}
