//! Socket event ports over epoll (`Interop.Sys` of System.Net.Sockets).

use core::ffi::c_int;

use crate::blocking::blocking;
use crate::errors::{SystemNative_ConvertErrorPlatformToPal, errno};
use crate::retry;

/// `Interop.Sys.SocketEvent`.
#[repr(C)]
struct SocketEvent {
    data: usize,
    events: i32,
    padding: u32,
}

/// (`SocketEvents`, EPOLL*).
const PAIRS: [(i32, c_int); 5] =
    [(1, libc::EPOLLIN), (2, libc::EPOLLOUT), (4, libc::EPOLLRDHUP), (8, libc::EPOLLHUP), (16, libc::EPOLLERR)];

fn failure() -> i32 {
    SystemNative_ConvertErrorPlatformToPal(errno())
}

fn fd(handle: isize) -> c_int {
    c_int::try_from(handle).unwrap_or(-1)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_CreateSocketEventPort(result: *mut isize) -> i32 {
    // SAFETY: plain system call; the caller's result.
    unsafe {
        let port = libc::epoll_create1(libc::EPOLL_CLOEXEC);
        result.write(port as isize);
        if port < 0 { failure() } else { 0 }
    }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_CloseSocketEventPort(port: isize) -> i32 {
    // SAFETY: plain system call.
    if unsafe { libc::close(fd(port)) } == 0 { 0 } else { failure() }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_CreateSocketEventBuffer(count: i32, result: *mut *mut SocketEvent) -> i32 {
    // SAFETY: the caller's result.
    unsafe {
        let buffer = libc::calloc(count as usize, size_of::<SocketEvent>());
        result.write(buffer.cast());
        if buffer.is_null() { SystemNative_ConvertErrorPlatformToPal(libc::ENOMEM) } else { 0 }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_FreeSocketEventBuffer(buffer: *mut SocketEvent) -> i32 {
    // SAFETY: from `SystemNative_CreateSocketEventBuffer`.
    unsafe { libc::free(buffer.cast()) }
    0
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_TryChangeSocketEventRegistration(port: isize, socket: isize, current: i32, new: i32, data: usize) -> i32 {
    if current == new {
        return 0;
    }
    let operation = if current == 0 {
        libc::EPOLL_CTL_ADD
    } else if new == 0 {
        libc::EPOLL_CTL_DEL
    } else {
        libc::EPOLL_CTL_MOD
    };
    let flags = PAIRS.iter().filter(|p| new & p.0 != 0).fold(libc::EPOLLET, |all, p| all | p.1);
    let mut event = libc::epoll_event { events: flags as u32, u64: data as u64 };
    // SAFETY: our own event.
    if unsafe { libc::epoll_ctl(fd(port), operation, fd(socket), &raw mut event) } == 0 { 0 } else { failure() }
}

/// Events taken at a time.
const BATCH: usize = 256;

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_WaitForSocketEvents(port: isize, buffer: *mut SocketEvent, count: *mut i32) -> i32 {
    // SAFETY: the caller owns `count` events.
    unsafe {
        let mut events: [libc::epoll_event; BATCH] = core::mem::zeroed();
        let wanted = count.read().clamp(1, BATCH as i32);
        let n = blocking(|| retry!(libc::epoll_wait(fd(port), events.as_mut_ptr(), wanted, -1)));
        if n < 0 {
            count.write(0);
            return failure();
        }
        for (index, event) in events.iter().take(n as usize).enumerate() {
            // A hang-up is seen by reading and writing; epoll reports it for sockets that were never connected, too.
            let mut flags = event.events as c_int;
            if flags & libc::EPOLLHUP != 0 {
                flags = (flags & !libc::EPOLLHUP) | libc::EPOLLIN | libc::EPOLLOUT;
            }
            let translated = PAIRS.iter().filter(|p| flags & p.1 != 0).fold(0, |all, p| all | p.0);
            buffer.add(index).write(SocketEvent { data: event.u64 as usize, events: translated, padding: 0 });
        }
        count.write(n);
    }
    0
}
