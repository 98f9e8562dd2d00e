//! Standard error, without buffers and locks: reports of the runtime, also in a handler of faults.

/// Writes text to standard error.
pub fn print(text: &str) {
    print_bytes(text.as_bytes());
}

/// Writes bytes to standard error, completely if possible.
pub fn print_bytes(mut bytes: &[u8]) {
    while !bytes.is_empty() {
        // SAFETY: the slice is readable.
        let n = unsafe { libc::write(2, bytes.as_ptr().cast(), bytes.len()) };
        let Ok(n) = usize::try_from(n) else { return };
        if n == 0 {
            return;
        }
        bytes = bytes.get(n..).unwrap_or(&[]);
    }
}

/// Writes a number in decimal to standard error.
pub fn print_number(mut value: u64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    print_bytes(&digits[at..]);
}

/// Writes a number in hexadecimal to standard error.
pub fn print_hex(value: u64) {
    let mut digits = [b'0'; 18];
    digits[1] = b'x';
    for (i, d) in digits[2..].iter_mut().enumerate() {
        *d = b"0123456789abcdef"[(value >> (60 - 4 * i)) as usize & 15];
    }
    print_bytes(&digits);
}
