//! Network interfaces, states of connections, and multicast options and control messages of sockets (`Interop.Sys` of
//! System.Net.NetworkInformation and System.Net.Sockets).

use core::ffi::{c_int, c_void};
use core::ptr::null_mut;

use crate::errors::{SystemNative_ConvertErrorPlatformToPal, errno};
use crate::socket::MessageHeader;

/// `Interop.Sys.NetworkInterfaceInfo`.
#[repr(C)]
struct Interface {
    name: [u8; 16],
    speed: i64,
    index: i32,
    mtu: i32,
    kind: u16,
    state: u8,
    address_size: u8,
    address: [u8; 8],
    multicast: u8,
    padding: [u8; 3],
}

/// `Interop.Sys.IpAddressInfo`.
#[repr(C)]
struct Address {
    index: i32,
    bytes: [u8; 16],
    size: u8,
    prefix: u8,
    padding: [u8; 2],
}

const _: () = assert!(size_of::<Interface>() == 48 && size_of::<Address>() == 24);

/// `OperationalStatus` and `NetworkInterfaceType`.
const UP: u8 = 1;
const DOWN: u8 = 2;
const UNKNOWN: u16 = 1;
const ETHERNET: u16 = 6;
const POINT_TO_POINT: u16 = 23;
const LOOPBACK: u16 = 24;
const TUNNEL: u16 = 131;

fn kind(flags: u32, hardware: u16) -> u16 {
    if flags & libc::IFF_LOOPBACK as u32 != 0 {
        return LOOPBACK;
    }
    match hardware {
        libc::ARPHRD_ETHER | libc::ARPHRD_EETHER => ETHERNET,
        libc::ARPHRD_PPP => POINT_TO_POINT,
        libc::ARPHRD_LOOPBACK => LOOPBACK,
        libc::ARPHRD_TUNNEL | libc::ARPHRD_TUNNEL6 | libc::ARPHRD_SIT | libc::ARPHRD_IPGRE => TUNNEL,
        _ => UNKNOWN,
    }
}

/// The largest packet of an interface.
unsafe fn mtu(name: &[u8; 16]) -> i32 {
    // SAFETY: all-zero is a valid request, with as many bytes for the name; it lives across the call; the socket is closed again.
    unsafe {
        let mut request: libc::ifreq = core::mem::zeroed();
        core::ptr::copy_nonoverlapping(name.as_ptr(), request.ifr_name.as_mut_ptr().cast::<u8>(), name.len());
        let socket = libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0);
        if socket < 0 {
            return 0;
        }
        let found = libc::ioctl(socket, libc::SIOCGIFMTU, &raw mut request);
        libc::close(socket);
        if found == 0 { request.ifr_ifru.ifru_mtu } else { 0 }
    }
}

/// How many leading bits of a mask are set.
fn prefix(mask: &[u8]) -> u8 {
    mask.iter().map(|b| b.leading_ones() as u8).take_while(|n| *n > 0).sum()
}

/// The bytes of an address of the internet; none of another family.
unsafe fn internet(address: *const libc::sockaddr) -> Option<([u8; 16], u8)> {
    let mut bytes = [0; 16];
    // SAFETY: null or an address whose family says what it is.
    unsafe {
        match c_int::from(address.as_ref()?.sa_family) {
            libc::AF_INET => {
                let v4 = address.cast::<libc::sockaddr_in>().read_unaligned().sin_addr.s_addr;
                bytes[..4].copy_from_slice(&v4.to_ne_bytes());
                Some((bytes, 4))
            }
            libc::AF_INET6 => Some((address.cast::<libc::sockaddr_in6>().read_unaligned().sin6_addr.s6_addr, 16)),
            _ => None,
        }
    }
}

unsafe fn name_of(entry: &libc::ifaddrs) -> [u8; 16] {
    let mut name = [0; 16];
    // SAFETY: a NUL-terminated name; the last byte stays 0.
    for (to, from) in name[..15].iter_mut().zip(unsafe { core::ffi::CStr::from_ptr(entry.ifa_name) }.to_bytes()) {
        *to = *from;
    }
    name
}

unsafe fn interface(entry: &libc::ifaddrs) -> Interface {
    // SAFETY: an entry of `getifaddrs`; one of the packet family has a `sockaddr_ll`.
    unsafe {
        let name = name_of(entry);
        let running = (libc::IFF_UP | libc::IFF_RUNNING) as u32;
        let mut out = Interface {
            name,
            speed: 0,
            index: libc::if_nametoindex(entry.ifa_name).cast_signed(),
            mtu: mtu(&name),
            kind: kind(entry.ifa_flags, u16::MAX),
            state: if entry.ifa_flags & running == running { UP } else { DOWN },
            address_size: 0,
            address: [0; 8],
            multicast: u8::from(entry.ifa_flags & libc::IFF_MULTICAST as u32 != 0),
            padding: [0; 3],
        };
        if entry.ifa_addr.as_ref().is_some_and(|a| c_int::from(a.sa_family) == libc::AF_PACKET) {
            let link = entry.ifa_addr.cast::<libc::sockaddr_ll>().read_unaligned();
            out.kind = kind(entry.ifa_flags, link.sll_hatype);
            out.address_size = link.sll_halen.min(8);
            out.address = link.sll_addr;
        }
        out
    }
}

/// Interfaces and their addresses, in one block that the caller frees: the interfaces first.
#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetNetworkInterfaces(
    interface_count: *mut i32,
    interfaces: *mut *mut c_void,
    address_count: *mut i32,
    addresses: *mut *mut c_void,
) -> i32 {
    // SAFETY: the list lives until it is freed; the block has room for an interface and an address of each entry; the results are the caller's.
    unsafe {
        let mut list: *mut libc::ifaddrs = null_mut();
        if libc::getifaddrs(&raw mut list) != 0 {
            return -1;
        }
        let mut entries = 0;
        let mut at = list;
        while let Some(entry) = at.as_ref() {
            entries += 1;
            at = entry.ifa_next;
        }
        let all = libc::calloc(entries + 1, size_of::<Interface>() + size_of::<Address>()).cast::<Interface>();
        if all.is_null() {
            libc::freeifaddrs(list);
            return -1;
        }
        let mut count = 0;
        let mut at = list;
        while let Some(entry) = at.as_ref() {
            at = entry.ifa_next;
            let name = name_of(entry);
            let known = (0..count).find(|&i| (*all.add(i)).name == name);
            let described = entry.ifa_addr.as_ref().is_some_and(|a| c_int::from(a.sa_family) == libc::AF_PACKET);
            if known.is_none() || described {
                let i = known.unwrap_or(count);
                all.add(i).write(interface(entry));
                count = count.max(i + 1);
            }
        }
        let first = all.add(count).cast::<Address>();
        let mut found = 0;
        at = list;
        while let Some(entry) = at.as_ref() {
            at = entry.ifa_next;
            let Some((bytes, size)) = internet(entry.ifa_addr) else { continue };
            let mask = internet(entry.ifa_netmask).map_or(0, |(mask, n)| prefix(&mask[..usize::from(n)]));
            let index = libc::if_nametoindex(entry.ifa_name).cast_signed();
            first.add(found).write(Address { index, bytes, size, prefix: mask, padding: [0; 2] });
            found += 1;
        }
        libc::freeifaddrs(list);
        interface_count.write(count as i32);
        interfaces.write(all.cast());
        address_count.write(found as i32);
        addresses.write(first.cast());
    }
    0
}

/// A state of Linux's as `TcpState`.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_MapTcpState(state: i32) -> i32 {
    /// By Linux's numbers, from 1.
    const STATES: [i32; 11] = [5, 3, 4, 6, 7, 11, 1, 8, 10, 2, 9];
    usize::try_from(state).ok().and_then(|n| STATES.get(n.wrapping_sub(1))).copied().unwrap_or(0)
}

/// `MulticastOption`: joins, leaves, or the interface that is sent by.
const JOIN: i32 = 0;
const LEAVE: i32 = 1;
const INTERFACE: i32 = 2;

/// `Interop.Sys.IPv4MulticastOption`.
#[repr(C)]
struct Multicast4 {
    group: u32,
    local: u32,
    index: i32,
    padding: i32,
}

/// `Interop.Sys.IPAddress`.
#[repr(C)]
struct IpAddress {
    bytes: [u8; 16],
    is_v6: u32,
    scope: u32,
}

/// `Interop.Sys.IPv6MulticastOption`.
#[repr(C)]
struct Multicast6 {
    group: IpAddress,
    index: i32,
    padding: i32,
}

fn option4(option: i32) -> Option<c_int> {
    match option {
        JOIN => Some(libc::IP_ADD_MEMBERSHIP),
        LEAVE => Some(libc::IP_DROP_MEMBERSHIP),
        INTERFACE => Some(libc::IP_MULTICAST_IF),
        _ => None,
    }
}

fn option6(option: i32) -> Option<c_int> {
    match option {
        JOIN => Some(libc::IPV6_ADD_MEMBERSHIP),
        LEAVE => Some(libc::IPV6_DROP_MEMBERSHIP),
        INTERFACE => Some(libc::IPV6_MULTICAST_IF),
        _ => None,
    }
}

fn invalid() -> i32 {
    SystemNative_ConvertErrorPlatformToPal(libc::EINVAL)
}

fn outcome(result: c_int) -> i32 {
    if result == 0 { 0 } else { SystemNative_ConvertErrorPlatformToPal(errno()) }
}

fn fd(socket: isize) -> c_int {
    c_int::try_from(socket).unwrap_or(-1)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_SetIPv4MulticastOption(socket: isize, option: i32, value: *const Multicast4) -> i32 {
    let Some(name) = option4(option) else { return invalid() };
    // SAFETY: the caller owns the value.
    unsafe {
        let v = &*value;
        let request = libc::ip_mreqn {
            imr_multiaddr: libc::in_addr { s_addr: v.group },
            imr_address: libc::in_addr { s_addr: v.local },
            imr_ifindex: v.index,
        };
        outcome(libc::setsockopt(fd(socket), libc::IPPROTO_IP, name, (&raw const request).cast(), size_of_val(&request) as u32))
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetIPv4MulticastOption(socket: isize, option: i32, value: *mut Multicast4) -> i32 {
    let Some(name) = option4(option) else { return invalid() };
    // SAFETY: plain data that lives across the call; the caller owns the result.
    unsafe {
        let mut request: libc::ip_mreqn = core::mem::zeroed();
        let mut size = size_of_val(&request) as libc::socklen_t;
        let result = outcome(libc::getsockopt(fd(socket), libc::IPPROTO_IP, name, (&raw mut request).cast(), &raw mut size));
        if result == 0 {
            let (group, local) = (request.imr_multiaddr.s_addr, request.imr_address.s_addr);
            value.write(Multicast4 { group, local, index: request.imr_ifindex, padding: 0 });
        }
        result
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_SetIPv6MulticastOption(socket: isize, option: i32, value: *const Multicast6) -> i32 {
    let Some(name) = option6(option) else { return invalid() };
    // SAFETY: the caller owns the value.
    unsafe {
        let group = libc::in6_addr { s6_addr: (*value).group.bytes };
        let request = libc::ipv6_mreq { ipv6mr_multiaddr: group, ipv6mr_interface: (*value).index.cast_unsigned() };
        outcome(libc::setsockopt(fd(socket), libc::IPPROTO_IPV6, name, (&raw const request).cast(), size_of_val(&request) as u32))
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetIPv6MulticastOption(socket: isize, option: i32, value: *mut Multicast6) -> i32 {
    let Some(name) = option6(option) else { return invalid() };
    // SAFETY: plain data that lives across the call; the caller owns the result.
    unsafe {
        let mut request: libc::ipv6_mreq = core::mem::zeroed();
        let mut size = size_of_val(&request) as libc::socklen_t;
        let result = outcome(libc::getsockopt(fd(socket), libc::IPPROTO_IPV6, name, (&raw mut request).cast(), &raw mut size));
        if result == 0 {
            let group = IpAddress { bytes: request.ipv6mr_multiaddr.s6_addr, is_v6: 1, scope: 0 };
            value.write(Multicast6 { group, index: request.ipv6mr_interface.cast_signed(), padding: 0 });
        }
        result
    }
}

/// Room for the control messages that say where a packet went.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetControlMessageBufferSize(v4: i32, v6: i32) -> i32 {
    // SAFETY: arithmetic.
    let space = |n: usize| unsafe { libc::CMSG_SPACE(n as u32) };
    let v4 = if v4 != 0 { space(size_of::<libc::in_pktinfo>()) } else { 0 };
    let v6 = if v6 != 0 { space(size_of::<libc::in6_pktinfo>()) } else { 0 };
    (v4 + v6) as i32
}

/// Sockets of both families say where packets of the older one went.
#[unsafe(no_mangle)]
extern "C" fn SystemNative_PlatformSupportsDualModeIPv4PacketInfo() -> i32 {
    1
}

/// `Interop.Sys.IPPacketInformation`.
#[repr(C)]
struct PacketInformation {
    address: IpAddress,
    index: i32,
    padding: i32,
}

/// Where a packet went, from its control messages; 0 when none of them says so.
#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_TryGetIPPacketInformation(message: *mut MessageHeader, v4: i32, result: *mut PacketInformation) -> i32 {
    // SAFETY: the caller owns the header with its control messages, and the result.
    unsafe {
        let header = (*message).platform();
        let mut at = libc::CMSG_FIRSTHDR(&raw const header);
        while let Some(control) = at.as_ref() {
            let data = libc::CMSG_DATA(at);
            let mut bytes = [0; 16];
            match (control.cmsg_level, control.cmsg_type, v4 != 0) {
                (libc::IPPROTO_IP, libc::IP_PKTINFO, true) => {
                    let info = data.cast::<libc::in_pktinfo>().read_unaligned();
                    bytes[..4].copy_from_slice(&info.ipi_addr.s_addr.to_ne_bytes());
                    let address = IpAddress { bytes, is_v6: 0, scope: 0 };
                    result.write(PacketInformation { address, index: info.ipi_ifindex, padding: 0 });
                    return 1;
                }
                (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, false) => {
                    let info = data.cast::<libc::in6_pktinfo>().read_unaligned();
                    let address = IpAddress { bytes: info.ipi6_addr.s6_addr, is_v6: 1, scope: 0 };
                    result.write(PacketInformation { address, index: info.ipi6_ifindex.cast_signed(), padding: 0 });
                    return 1;
                }
                _ => {}
            }
            at = libc::CMSG_NXTHDR(&raw const header, at);
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::{SystemNative_MapTcpState, prefix};

    #[test]
    fn a_mask_has_as_many_bits_as_it_begins_with() {
        assert_eq!(prefix(&[255, 255, 240, 0]), 20);
        assert_eq!(prefix(&[0, 0, 0, 0]), 0);
        assert_eq!(prefix(&[255; 16]), 128);
    }

    #[test]
    fn states_of_connections_are_those_of_net() {
        const ESTABLISHED: i32 = 5;
        const LISTEN: i32 = 2;
        assert_eq!(SystemNative_MapTcpState(1), ESTABLISHED);
        assert_eq!(SystemNative_MapTcpState(10), LISTEN);
        assert_eq!((SystemNative_MapTcpState(0), SystemNative_MapTcpState(12)), (0, 0));
    }
}
