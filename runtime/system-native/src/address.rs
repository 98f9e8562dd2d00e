//! Socket addresses and names (`Interop.Sys` of System.Net.Primitives and System.Net.NameResolution).

use core::ffi::c_char;

use crate::blocking::blocking;
use crate::errors::SystemNative_ConvertErrorPlatformToPal;

/// `Error.SUCCESS`.
const SUCCESS: i32 = 0;

fn bad() -> i32 {
    SystemNative_ConvertErrorPlatformToPal(libc::EFAULT)
}

fn unsupported() -> i32 {
    SystemNative_ConvertErrorPlatformToPal(libc::EAFNOSUPPORT)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetSocketAddressSizes(v4: *mut i32, v6: *mut i32, unix: *mut i32, max: *mut i32) -> i32 {
    // SAFETY: the caller's results.
    unsafe {
        v4.write(size_of::<libc::sockaddr_in>() as i32);
        v6.write(size_of::<libc::sockaddr_in6>() as i32);
        unix.write(size_of::<libc::sockaddr_un>() as i32);
        max.write(size_of::<libc::sockaddr_storage>() as i32);
    }
    SUCCESS
}

#[unsafe(no_mangle)]
extern "C" fn SystemNative_GetMaximumAddressSize() -> i32 {
    size_of::<libc::sockaddr_storage>() as i32
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetDomainSocketSizes(path_offset: *mut i32, path_size: *mut i32, address_size: *mut i32) {
    // SAFETY: the caller's results.
    unsafe {
        path_offset.write(core::mem::offset_of!(libc::sockaddr_un, sun_path) as i32);
        path_size.write(108);
        address_size.write(size_of::<libc::sockaddr_un>() as i32);
    }
}

/// The family word of an address, in .NET's numbers.
unsafe fn family(address: *const u8, length: i32) -> Option<i32> {
    if address.is_null() || length < 2 {
        return None;
    }
    // SAFETY: long enough.
    Some(i32::from(unsafe { address.cast::<u16>().read_unaligned() }))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetAddressFamily(address: *const u8, length: i32, result: *mut i32) -> i32 {
    // SAFETY: the caller owns the address.
    unsafe {
        let Some(value) = family(address, length) else { return bad() };
        result.write(match value {
            libc::AF_INET6 => 23,
            0..=2 => value,
            _ => -1,
        });
    }
    SUCCESS
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_SetAddressFamily(address: *mut u8, length: i32, value: i32) -> i32 {
    if address.is_null() || length < 2 {
        return bad();
    }
    let platform = match value {
        23 => libc::AF_INET6,
        0..=2 => value,
        _ => return unsupported(),
    };
    // SAFETY: long enough.
    unsafe { address.cast::<u16>().write_unaligned(platform as u16) }
    SUCCESS
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetPort(address: *const u8, length: i32, port: *mut u16) -> i32 {
    // SAFETY: the caller owns the address; the port is at the same place in both families.
    unsafe {
        match family(address, length) {
            Some(libc::AF_INET | libc::AF_INET6) if length >= 4 => port.write(u16::from_be(address.add(2).cast::<u16>().read_unaligned())),
            Some(_) => return unsupported(),
            None => return bad(),
        }
    }
    SUCCESS
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_SetPort(address: *mut u8, length: i32, port: u16) -> i32 {
    // SAFETY: as above.
    unsafe {
        match family(address, length) {
            Some(libc::AF_INET | libc::AF_INET6) if length >= 4 => address.add(2).cast::<u16>().write_unaligned(port.to_be()),
            Some(_) => return unsupported(),
            None => return bad(),
        }
    }
    SUCCESS
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetIPv4Address(address: *const u8, length: i32, result: *mut u32) -> i32 {
    if address.is_null() || length < 8 {
        return bad();
    }
    // SAFETY: long enough; .NET keeps the network's byte order.
    unsafe { result.write(address.add(4).cast::<u32>().read_unaligned()) }
    SUCCESS
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_SetIPv4Address(address: *mut u8, length: i32, value: u32) -> i32 {
    if address.is_null() || length < 8 {
        return bad();
    }
    // SAFETY: long enough.
    unsafe {
        address.cast::<u16>().write_unaligned(libc::AF_INET as u16);
        address.add(4).cast::<u32>().write_unaligned(value);
    }
    SUCCESS
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetIPv6Address(address: *const u8, length: i32, result: *mut u8, size: i32, scope: *mut u32) -> i32 {
    if address.is_null() || length < 28 || size < 16 {
        return bad();
    }
    // SAFETY: long enough.
    unsafe {
        core::ptr::copy_nonoverlapping(address.add(8), result, 16);
        scope.write(address.add(24).cast::<u32>().read_unaligned());
    }
    SUCCESS
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_SetIPv6Address(address: *mut u8, length: i32, value: *const u8, size: i32, scope: u32) -> i32 {
    if address.is_null() || length < 28 || size < 16 {
        return bad();
    }
    // SAFETY: long enough.
    unsafe {
        address.cast::<u16>().write_unaligned(libc::AF_INET6 as u16);
        address.add(4).cast::<u32>().write_unaligned(0);
        core::ptr::copy_nonoverlapping(value, address.add(8), 16);
        address.add(24).cast::<u32>().write_unaligned(scope);
    }
    SUCCESS
}

/// `Interop.Sys.IPAddress`.
#[repr(C)]
#[derive(Clone, Copy)]
struct IpAddress {
    bytes: [u8; 16],
    is_v6: u32,
    scope: u32,
}

/// `Interop.Sys.HostEntry`.
#[repr(C)]
struct HostEntry {
    name: *mut c_char,
    aliases: *mut *mut c_char,
    addresses: *mut IpAddress,
    count: i32,
}

/// EAI_* → `GetAddrInfoErrorFlags`.
fn lookup_error(error: i32) -> i32 {
    match error {
        0 => 0,
        libc::EAI_AGAIN => 1,
        libc::EAI_BADFLAGS => 2,
        libc::EAI_FAIL => 3,
        libc::EAI_FAMILY => 4,
        libc::EAI_NONAME | libc::EAI_NODATA => 5,
        libc::EAI_MEMORY => 6,
        _ => -1,
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetHostEntryForName(name: *const c_char, wanted: i32, entry: *mut HostEntry) -> i32 {
    // SAFETY: the caller owns name and result; the list is walked before it is freed.
    unsafe {
        entry.write(HostEntry { name: core::ptr::null_mut(), aliases: core::ptr::null_mut(), addresses: core::ptr::null_mut(), count: 0 });
        let mut hints: libc::addrinfo = core::mem::zeroed();
        hints.ai_flags = libc::AI_CANONNAME;
        hints.ai_socktype = libc::SOCK_STREAM;
        hints.ai_family = match wanted {
            23 => libc::AF_INET6,
            _ => wanted,
        };
        let mut list = core::ptr::null_mut();
        let error = blocking(|| libc::getaddrinfo(name, core::ptr::null(), &raw const hints, &raw mut list));
        if error != 0 {
            return lookup_error(error);
        }
        let mut count = 0;
        let mut at = list;
        while !at.is_null() {
            count += 1;
            at = (*at).ai_next;
        }
        (*entry).addresses = libc::calloc(count.max(1), size_of::<IpAddress>()).cast();
        let canonical = (*list).ai_canonname;
        (*entry).name = libc::strdup(if canonical.is_null() { name } else { canonical });
        at = list;
        while !at.is_null() && !(*entry).addresses.is_null() {
            let mut address = IpAddress { bytes: [0; 16], is_v6: 0, scope: 0 };
            let from = (*at).ai_addr.cast::<u8>();
            let known = match (*at).ai_family {
                libc::AF_INET => {
                    core::ptr::copy_nonoverlapping(from.add(4), address.bytes.as_mut_ptr(), 4);
                    true
                }
                libc::AF_INET6 => {
                    core::ptr::copy_nonoverlapping(from.add(8), address.bytes.as_mut_ptr(), 16);
                    address.is_v6 = 1;
                    address.scope = from.add(24).cast::<u32>().read_unaligned();
                    true
                }
                _ => false,
            };
            if known {
                (*entry).addresses.add((*entry).count as usize).write(address);
                (*entry).count += 1;
            }
            at = (*at).ai_next;
        }
        libc::freeaddrinfo(list);
    }
    0
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_FreeHostEntry(entry: *mut HostEntry) {
    // SAFETY: filled by `SystemNative_GetHostEntryForName`.
    unsafe {
        libc::free((*entry).name.cast());
        libc::free((*entry).addresses.cast());
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetNameInfo(
    address: *const u8,
    length: u32,
    is_v6: u8,
    host: *mut c_char,
    host_size: u32,
    service: *mut c_char,
    service_size: u32,
    flags: i32,
) -> i32 {
    /// `GetNameInfoFlags`: 1 name required, 2 numeric host.
    const PAIRS: [(i32, i32); 2] = [(1, libc::NI_NAMEREQD), (2, libc::NI_NUMERICHOST)];
    // SAFETY: the caller owns all buffers.
    unsafe {
        let mut room: libc::sockaddr_storage = core::mem::zeroed();
        let at = (&raw mut room).cast::<u8>();
        let size = if is_v6 != 0 { size_of::<libc::sockaddr_in6>() } else { size_of::<libc::sockaddr_in>() };
        at.cast::<u16>().write(if is_v6 != 0 { libc::AF_INET6 } else { libc::AF_INET } as u16);
        core::ptr::copy_nonoverlapping(address, at.add(if is_v6 != 0 { 8 } else { 4 }), (length as usize).min(16));
        let flags = PAIRS.iter().filter(|p| flags & p.0 != 0).fold(0, |all, p| all | p.1);
        lookup_error(blocking(|| libc::getnameinfo(at.cast(), size as libc::socklen_t, host, host_size, service, service_size, flags)))
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_GetDomainName(buffer: *mut c_char, size: i32) -> i32 {
    // SAFETY: the caller owns the buffer.
    unsafe { libc::getdomainname(buffer, size as usize) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn SystemNative_InterfaceNameToIndex(name: *const c_char) -> u32 {
    // SAFETY: NUL-terminated.
    unsafe { libc::if_nametoindex(name) }
}
