//! Sockets: addresses, options, transfer (`Interop.Sys` of System.Net.Sockets and System.Net.Primitives).
//!
//! Families, levels, option names and flags that cross the border are .NET's (Windows' numbers) and are translated here.

use core::ffi::{c_int, c_void};

use crate::blocking::blocking;
use crate::errors::{SystemNative_ConvertErrorPlatformToPal, errno};
use crate::retry;

type Fd = isize;

/// `Error.SUCCESS`.
const SUCCESS: i32 = 0;

fn fd(handle: Fd) -> c_int {
    c_int::try_from(handle).unwrap_or(-1)
}

/// errno as `Interop.Error`.
fn failure() -> i32 {
    SystemNative_ConvertErrorPlatformToPal(errno())
}

fn code(platform: c_int) -> i32 {
    SystemNative_ConvertErrorPlatformToPal(platform)
}

/// Result of a call that returns 0 or -1.
fn outcome(result: c_int) -> i32 {
    if result == 0 { SUCCESS } else { failure() }
}

fn family_to_platform(family: i32) -> c_int {
    match family {
        0..=2 => family,
        23 => libc::AF_INET6,
        65536 => libc::AF_PACKET,
        65537 => libc::AF_CAN,
        _ => -1,
    }
}

fn family_to_net(family: c_int) -> i32 {
    match family {
        libc::AF_INET6 => 23,
        libc::AF_PACKET => 65536,
        libc::AF_CAN => 65537,
        0..=2 => family,
        _ => -1,
    }
}

/// `SocketFlags` → MSG_*.
fn flags_to_platform(flags: i32) -> c_int {
    [
        (0x1, libc::MSG_OOB),
        (0x2, libc::MSG_PEEK),
        (0x4, libc::MSG_DONTROUTE),
        (0x100, libc::MSG_TRUNC),
        (0x200, libc::MSG_CTRUNC),
        (0x1000, libc::MSG_DONTWAIT),
    ]
    .iter()
    .filter(|p| flags & p.0 != 0)
    .fold(0, |all, p| all | p.1)
}

fn flags_to_net(flags: c_int) -> i32 {
    [(0x1, libc::MSG_OOB), (0x100, libc::MSG_TRUNC), (0x200, libc::MSG_CTRUNC)]
        .iter()
        .filter(|p| flags & p.1 != 0)
        .fold(0, |all, p| all | p.0)
}

/// (`SocketOptionLevel`, `SocketOptionName`) → (level, name).
fn option(level: i32, name: i32) -> Option<(c_int, c_int)> {
    Some(match (level, name) {
        (0xFFFF, name) => (
            libc::SOL_SOCKET,
            match name {
                0x1 => libc::SO_DEBUG,
                0x2 => libc::SO_ACCEPTCONN,
                0x4 => libc::SO_REUSEADDR,
                0x8 => libc::SO_KEEPALIVE,
                0x10 => libc::SO_DONTROUTE,
                0x20 => libc::SO_BROADCAST,
                0x80 => libc::SO_LINGER,
                0x100 => libc::SO_OOBINLINE,
                0x1001 => libc::SO_SNDBUF,
                0x1002 => libc::SO_RCVBUF,
                0x1003 => libc::SO_SNDLOWAT,
                0x1004 => libc::SO_RCVLOWAT,
                0x1005 => libc::SO_SNDTIMEO,
                0x1006 => libc::SO_RCVTIMEO,
                0x1007 => libc::SO_ERROR,
                0x1008 => libc::SO_TYPE,
                _ => return None,
            },
        ),
        (0, name) => (
            libc::IPPROTO_IP,
            match name {
                2 => libc::IP_HDRINCL,
                3 => libc::IP_TOS,
                4 => libc::IP_TTL,
                9 => libc::IP_MULTICAST_IF,
                10 => libc::IP_MULTICAST_TTL,
                11 => libc::IP_MULTICAST_LOOP,
                12 => libc::IP_ADD_MEMBERSHIP,
                13 => libc::IP_DROP_MEMBERSHIP,
                14 => libc::IP_MTU_DISCOVER,
                19 => libc::IP_PKTINFO,
                _ => return None,
            },
        ),
        (41, name) => (
            libc::IPPROTO_IPV6,
            match name {
                9 => libc::IPV6_MULTICAST_IF,
                10 => libc::IPV6_MULTICAST_HOPS,
                11 => libc::IPV6_MULTICAST_LOOP,
                12 => libc::IPV6_ADD_MEMBERSHIP,
                13 => libc::IPV6_DROP_MEMBERSHIP,
                19 => libc::IPV6_RECVPKTINFO,
                21 => libc::IPV6_UNICAST_HOPS,
                27 => libc::IPV6_V6ONLY,
                _ => return None,
            },
        ),
        (6, name) => (
            libc::IPPROTO_TCP,
            match name {
                1 => libc::TCP_NODELAY,
                3 => libc::TCP_KEEPIDLE,
                15 => libc::TCP_FASTOPEN,
                16 => libc::TCP_KEEPCNT,
                17 => libc::TCP_KEEPINTVL,
                _ => return None,
            },
        ),
        _ => return None,
    })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_Socket(family: i32, kind: i32, protocol: i32, result: *mut Fd) -> i32 {
    // SAFETY: plain system call; out parameter of the caller.
    unsafe {
        let socket = libc::socket(family_to_platform(family), kind | libc::SOCK_CLOEXEC, protocol);
        result.write(socket as Fd);
        if socket < 0 { failure() } else { SUCCESS }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_Bind(socket: Fd, protocol: i32, address: *const libc::sockaddr, length: i32) -> i32 {
    // SAFETY: the caller owns the address.
    unsafe {
        if protocol == libc::IPPROTO_TCP {
            // As .NET: a listener may take over a port in TIME_WAIT.
            let on: c_int = 1;
            libc::setsockopt(fd(socket), libc::SOL_SOCKET, libc::SO_REUSEADDR, (&raw const on).cast(), 4);
        }
        outcome(libc::bind(fd(socket), address, length as libc::socklen_t))
    }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_Listen(socket: Fd, backlog: i32) -> i32 {
    // SAFETY: plain system call.
    outcome(unsafe { libc::listen(fd(socket), backlog) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_Accept(socket: Fd, address: *mut libc::sockaddr, length: *mut i32, result: *mut Fd) -> i32 {
    // SAFETY: the caller owns the address buffer and the results.
    unsafe {
        let mut size = if length.is_null() { 0 } else { length.read() as libc::socklen_t };
        let accepted = blocking(|| retry!(libc::accept4(fd(socket), address, &raw mut size, libc::SOCK_CLOEXEC)));
        result.write(accepted as Fd);
        if accepted < 0 {
            return failure();
        }
        if !length.is_null() {
            length.write(size as i32);
        }
        SUCCESS
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_Connect(socket: Fd, address: *const libc::sockaddr, length: i32) -> i32 {
    // SAFETY: the caller owns the address.
    outcome(unsafe { blocking(|| retry!(libc::connect(fd(socket), address, length as libc::socklen_t))) })
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_Connectx(
    _socket: Fd,
    _address: *const u8,
    _length: i32,
    _data: *const u8,
    _size: i32,
    _fast_open: i32,
    _sent: *mut i32,
) -> i32 {
    code(libc::ENOTSUP)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_Disconnect(socket: Fd) -> i32 {
    // SAFETY: an address of the family AF_UNSPEC dissolves the association.
    unsafe {
        let mut none: libc::sockaddr = core::mem::zeroed();
        none.sa_family = libc::AF_UNSPEC as libc::sa_family_t;
        outcome(libc::connect(fd(socket), &raw const none, size_of::<libc::sockaddr>() as libc::socklen_t))
    }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_Shutdown(socket: Fd, how: i32) -> i32 {
    // SAFETY: plain system call; the values 0, 1, 2 are the same.
    outcome(unsafe { libc::shutdown(fd(socket), how) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_Receive(socket: Fd, buffer: *mut c_void, size: i32, flags: i32, received: *mut i32) -> i32 {
    // SAFETY: the caller owns the buffer and the result.
    unsafe {
        let n = blocking(|| retry!(libc::recv(fd(socket), buffer, size as usize, flags_to_platform(flags))));
        received.write(n.max(0) as i32);
        if n < 0 { failure() } else { SUCCESS }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_Send(socket: Fd, buffer: *const c_void, size: i32, flags: i32, sent: *mut i32) -> i32 {
    // SAFETY: the caller owns the buffer and the result.
    unsafe {
        let n = blocking(|| retry!(libc::send(fd(socket), buffer, size as usize, flags_to_platform(flags) | libc::MSG_NOSIGNAL)));
        sent.write(n.max(0) as i32);
        if n < 0 { failure() } else { SUCCESS }
    }
}

/// `Interop.Sys.MessageHeader`.
#[repr(C)]
pub(crate) struct MessageHeader {
    address: *mut c_void,
    vectors: *mut libc::iovec,
    control: *mut c_void,
    address_length: i32,
    vector_count: i32,
    control_length: i32,
    flags: i32,
}

impl MessageHeader {
    pub(crate) unsafe fn platform(&self) -> libc::msghdr {
        // SAFETY: all-zero is a valid header.
        unsafe {
            let mut header: libc::msghdr = core::mem::zeroed();
            header.msg_name = self.address;
            header.msg_namelen = self.address_length as libc::socklen_t;
            header.msg_iov = self.vectors;
            header.msg_iovlen = self.vector_count as usize;
            header.msg_control = self.control;
            header.msg_controllen = self.control_length as usize;
            header
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_ReceiveMessage(socket: Fd, message: *mut MessageHeader, flags: i32, received: *mut i64) -> i32 {
    // SAFETY: the caller owns the header and what it points to.
    unsafe {
        let mut header = (*message).platform();
        let n = blocking(|| retry!(libc::recvmsg(fd(socket), &raw mut header, flags_to_platform(flags))));
        (*message).address_length = header.msg_namelen as i32;
        (*message).control_length = header.msg_controllen as i32;
        (*message).flags = flags_to_net(header.msg_flags);
        received.write(n.max(0) as i64);
        if n < 0 { failure() } else { SUCCESS }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_SendMessage(socket: Fd, message: *mut MessageHeader, flags: i32, sent: *mut i64) -> i32 {
    // SAFETY: the caller owns the header and what it points to.
    unsafe {
        let header = (*message).platform();
        let n = blocking(|| retry!(libc::sendmsg(fd(socket), &raw const header, flags_to_platform(flags) | libc::MSG_NOSIGNAL)));
        sent.write(n.max(0) as i64);
        if n < 0 { failure() } else { SUCCESS }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_SendFile(socket: Fd, file: Fd, offset: i64, count: i64, sent: *mut i64) -> i32 {
    let mut at = offset;
    // SAFETY: results of the caller.
    unsafe {
        let n = blocking(|| retry!(libc::sendfile(fd(socket), fd(file), &raw mut at, count as usize)));
        sent.write(n.max(0) as i64);
        if n < 0 { failure() } else { SUCCESS }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_SetSockOpt(socket: Fd, level: i32, name: i32, value: *const c_void, length: i32) -> i32 {
    let Some((level, name)) = option(level, name) else { return code(libc::ENOTSUP) };
    // SAFETY: the caller owns the value.
    outcome(unsafe { libc::setsockopt(fd(socket), level, name, value, length as libc::socklen_t) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetSockOpt(socket: Fd, level: i32, name: i32, value: *mut c_void, length: *mut i32) -> i32 {
    let Some((platform, option)) = option(level, name) else { return code(libc::ENOTSUP) };
    // SAFETY: the caller owns value and length.
    unsafe {
        let mut size = length.read() as libc::socklen_t;
        if libc::getsockopt(fd(socket), platform, option, value, &raw mut size) != 0 {
            return failure();
        }
        length.write(size as i32);
        if platform == libc::SOL_SOCKET && option == libc::SO_ERROR && size >= 4 {
            let error = value.cast::<i32>();
            error.write_unaligned(code(error.read_unaligned()));
        }
        SUCCESS
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_SetRawSockOpt(socket: Fd, level: i32, name: i32, value: *const c_void, length: i32) -> i32 {
    // SAFETY: the caller owns the value.
    outcome(unsafe { libc::setsockopt(fd(socket), level, name, value, length as libc::socklen_t) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetRawSockOpt(socket: Fd, level: i32, name: i32, value: *mut c_void, length: *mut i32) -> i32 {
    // SAFETY: the caller owns value and length; socklen_t is as wide as i32.
    outcome(unsafe { libc::getsockopt(fd(socket), level, name, value, length.cast()) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetSocketErrorOption(socket: Fd, error: *mut i32) -> i32 {
    let mut value: c_int = 0;
    let mut size: libc::socklen_t = 4;
    // SAFETY: our own variables, the caller's result.
    unsafe {
        if libc::getsockopt(fd(socket), libc::SOL_SOCKET, libc::SO_ERROR, (&raw mut value).cast(), &raw mut size) != 0 {
            return failure();
        }
        error.write(code(value));
    }
    SUCCESS
}

/// `Interop.Sys.LingerOption`.
#[repr(C)]
struct LingerOption {
    on: i32,
    seconds: i32,
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetLingerOption(socket: Fd, result: *mut LingerOption) -> i32 {
    let mut size = size_of::<LingerOption>() as libc::socklen_t;
    // SAFETY: `struct linger` has the same shape.
    outcome(unsafe { libc::getsockopt(fd(socket), libc::SOL_SOCKET, libc::SO_LINGER, result.cast(), &raw mut size) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_SetLingerOption(socket: Fd, value: *const LingerOption) -> i32 {
    // SAFETY: `struct linger` has the same shape.
    outcome(unsafe {
        libc::setsockopt(fd(socket), libc::SOL_SOCKET, libc::SO_LINGER, value.cast(), size_of::<LingerOption>() as libc::socklen_t)
    })
}

fn set_timeout(socket: Fd, name: c_int, milliseconds: i32) -> i32 {
    let time = libc::timeval { tv_sec: i64::from(milliseconds / 1000), tv_usec: i64::from(milliseconds % 1000) * 1000 };
    // SAFETY: our own value.
    outcome(unsafe {
        libc::setsockopt(fd(socket), libc::SOL_SOCKET, name, (&raw const time).cast(), size_of::<libc::timeval>() as libc::socklen_t)
    })
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_SetReceiveTimeout(socket: Fd, milliseconds: i32) -> i32 {
    set_timeout(socket, libc::SO_RCVTIMEO, milliseconds)
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_SetSendTimeout(socket: Fd, milliseconds: i32) -> i32 {
    set_timeout(socket, libc::SO_SNDTIMEO, milliseconds)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetSockName(socket: Fd, address: *mut libc::sockaddr, length: *mut i32) -> i32 {
    // SAFETY: the caller owns both; socklen_t is as wide as i32.
    outcome(unsafe { libc::getsockname(fd(socket), address, length.cast()) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetPeerName(socket: Fd, address: *mut libc::sockaddr, length: *mut i32) -> i32 {
    // SAFETY: as above.
    outcome(unsafe { libc::getpeername(fd(socket), address, length.cast()) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetBytesAvailable(socket: Fd, result: *mut i32) -> i32 {
    // SAFETY: the caller's result.
    outcome(unsafe { libc::ioctl(fd(socket), libc::FIONREAD, result) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetAtOutOfBandMark(socket: Fd, result: *mut i32) -> i32 {
    const SIOCATMARK: libc::c_ulong = 0x8905;
    // SAFETY: the caller's result.
    outcome(unsafe { libc::ioctl(fd(socket), SIOCATMARK, result) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetSocketType(
    socket: Fd,
    family: *mut i32,
    kind: *mut i32,
    protocol: *mut i32,
    listening: *mut i32,
) -> i32 {
    let get = |name| {
        let mut value: c_int = -1;
        let mut size: libc::socklen_t = 4;
        // SAFETY: our own variables.
        unsafe { libc::getsockopt(fd(socket), libc::SOL_SOCKET, name, (&raw mut value).cast(), &raw mut size) };
        value
    };
    // SAFETY: the caller's results.
    unsafe {
        family.write(family_to_net(get(libc::SO_DOMAIN)));
        kind.write(get(libc::SO_TYPE));
        protocol.write(get(libc::SO_PROTOCOL));
        listening.write(i32::from(get(libc::SO_ACCEPTCONN) == 1));
    }
    SUCCESS
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_FcntlSetIsNonBlocking(socket: Fd, on: i32) -> i32 {
    // SAFETY: plain system calls.
    unsafe {
        let flags = libc::fcntl(fd(socket), libc::F_GETFL);
        if flags < 0 {
            return flags;
        }
        libc::fcntl(fd(socket), libc::F_SETFL, if on != 0 { flags | libc::O_NONBLOCK } else { flags & !libc::O_NONBLOCK })
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_FcntlGetIsNonBlocking(socket: Fd, result: *mut i32) -> i32 {
    // SAFETY: plain system call; the caller's result.
    unsafe {
        let flags = libc::fcntl(fd(socket), libc::F_GETFL);
        if flags < 0 {
            return -1;
        }
        result.write(i32::from(flags & libc::O_NONBLOCK != 0));
        0
    }
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_FcntlGetFD(socket: Fd) -> i32 {
    // SAFETY: plain system call.
    unsafe { libc::fcntl(fd(socket), libc::F_GETFD) }
}
