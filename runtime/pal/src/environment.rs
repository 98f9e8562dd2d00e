//! Environment variables.

use core::ffi::CStr;

/// Value of a variable, until it is changed.
#[must_use]
pub fn get(name: &CStr) -> Option<&'static CStr> {
    // SAFETY: a NUL-terminated name; the result is NUL-terminated or null.
    unsafe {
        let value = libc::getenv(name.as_ptr());
        if value.is_null() { None } else { Some(CStr::from_ptr(value)) }
    }
}

/// Sets a variable; false when the name is not one.
pub fn set(name: &CStr, value: &CStr) -> bool {
    // SAFETY: NUL-terminated; the C library copies.
    unsafe { libc::setenv(name.as_ptr(), value.as_ptr(), 1) == 0 }
}

/// Removes a variable; false when the name is not one.
pub fn unset(name: &CStr) -> bool {
    // SAFETY: NUL-terminated.
    unsafe { libc::unsetenv(name.as_ptr()) == 0 }
}

/// Calls `f` with every entry (`name=value`).
pub fn each(mut f: impl FnMut(&[u8])) {
    unsafe extern "C" {
        static mut environ: *mut *mut core::ffi::c_char;
    }
    // SAFETY: the block ends with a null pointer, its entries with a NUL.
    unsafe {
        let mut at = environ;
        while !at.is_null() && !at.read().is_null() {
            f(CStr::from_ptr(at.read()).to_bytes());
            at = at.add(1);
        }
    }
}

/// Value of a variable as a number (decimal, or hexadecimal with 0x); None when unset or not a number.
#[must_use]
pub fn number(name: &CStr) -> Option<u64> {
    parse_number(get(name)?.to_bytes())
}

fn parse_number(value: &[u8]) -> Option<u64> {
    let (digits, radix) = match value {
        [b'0', b'x' | b'X', rest @ ..] => (rest, 16),
        _ => (value, 10),
    };
    if digits.is_empty() {
        return None;
    }
    let mut n = 0u64;
    for &d in digits {
        n = n.wrapping_mul(radix).wrapping_add(u64::from((d as char).to_digit(radix as u32)?));
    }
    Some(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_decimal_or_hexadecimal() {
        assert_eq!(parse_number(b"10"), Some(10));
        assert_eq!(parse_number(b"0x10"), Some(16));
        assert_eq!(parse_number(b"ten"), None);
        assert_eq!(parse_number(b""), None);
    }
}
