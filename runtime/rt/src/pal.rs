//! The operating system: memory, output, the end of the process, and a growable array on the C heap.

use core::ffi::c_void;

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

/// Ends the process like CoreCLR's fail-fast does: SIGABRT, exit status 134 in a shell.
pub fn abort() -> ! {
    // SAFETY: no preconditions.
    unsafe { libc::abort() }
}

/// Reports an internal error and aborts.
pub fn fatal(what: &str) -> ! {
    print("kiln runtime: ");
    print(what);
    print("\n");
    crate::eh::trace::print_current_stack();
    abort()
}

/// Reserves zeroed memory that costs nothing until touched; null when the system refuses.
pub fn reserve(size: usize) -> usize {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    // SAFETY: a new anonymous mapping touches nothing that exists.
    let p = unsafe { libc::mmap(core::ptr::null_mut(), size, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0) };
    if p == libc::MAP_FAILED { 0 } else { p as usize }
}

/// Returns memory to a reservation's initial state.
///
/// # Safety
/// The range lies in a reservation and its contents are dead.
pub unsafe fn decommit(at: usize, size: usize) {
    // SAFETY: promised.
    unsafe { libc::madvise(at as *mut c_void, size, libc::MADV_DONTNEED) };
}

/// Monotonic time.
pub fn nanoseconds() -> u64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: an out parameter.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut t) };
    t.tv_sec as u64 * 1_000_000_000 + t.tv_nsec as u64
}

/// Value of an environment variable as a number (decimal, or hexadecimal with 0x); None when unset or not a number.
pub fn env_number(name: &core::ffi::CStr) -> Option<u64> {
    // SAFETY: a NUL-terminated name; the result is NUL-terminated or null.
    let value = unsafe {
        let p = libc::getenv(name.as_ptr());
        if p.is_null() {
            return None;
        }
        core::ffi::CStr::from_ptr(p).to_bytes()
    };
    parse_number(value)
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

/// A growable array of plain values on the C heap. Never shrinks; lives as long as the process unless dropped.
#[derive(Debug)]
pub struct Buf<T: Copy> {
    data: *mut T,
    len: usize,
    capacity: usize,
}

impl<T: Copy> Buf<T> {
    /// Empty.
    #[must_use]
    pub const fn new() -> Self {
        Self { data: core::ptr::null_mut(), len: 0, capacity: 0 }
    }

    /// Number of values.
    #[inline(always)]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// No values?
    #[inline(always)]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends a value.
    #[inline(always)]
    pub fn push(&mut self, value: T) {
        if self.len == self.capacity {
            self.grow();
        }
        // SAFETY: there is room.
        unsafe { self.data.add(self.len).write(value) }
        self.len += 1;
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let capacity = (self.capacity * 2).max(64);
        // SAFETY: `data` is null or from realloc.
        let data = unsafe { libc::realloc(self.data.cast(), capacity * size_of::<T>()) };
        if data.is_null() {
            print("Out of memory.\n");
            abort();
        }
        self.data = data.cast();
        self.capacity = capacity;
    }

    /// Takes the last value.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<T> {
        if self.len == 0 {
            return None;
        }
        self.len -= 1;
        // SAFETY: was initialised.
        Some(unsafe { self.data.add(self.len).read() })
    }

    /// Forgets all values beyond `len`.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// All values.
    #[inline(always)]
    pub fn as_slice(&self) -> &[T] {
        if self.data.is_null() {
            return &[];
        }
        // SAFETY: `len` values are initialised.
        unsafe { core::slice::from_raw_parts(self.data, self.len) }
    }

    /// All values.
    #[inline(always)]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        if self.data.is_null() {
            return &mut [];
        }
        // SAFETY: `len` values are initialised.
        unsafe { core::slice::from_raw_parts_mut(self.data, self.len) }
    }

    /// Value at an index; the index must be in range.
    #[inline(always)]
    pub fn get(&self, i: usize) -> T {
        self.as_slice()[i]
    }

    /// Inserts at an index.
    pub fn insert(&mut self, at: usize, value: T) {
        self.push(value);
        let s = self.as_mut_slice();
        s[at..].rotate_right(1);
    }

    /// Removes at an index, keeping the order.
    pub fn remove(&mut self, at: usize) -> T {
        let s = self.as_mut_slice();
        let value = s[at];
        s[at..].rotate_left(1);
        self.len -= 1;
        value
    }

    /// Removes at an index; the last value takes its place.
    pub fn swap_remove(&mut self, at: usize) -> T {
        let value = self.get(at);
        if let Some(last) = self.pop()
            && at < self.len
        {
            self.as_mut_slice()[at] = last;
        }
        value
    }
}

impl<T: Copy> Default for Buf<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Copy> Drop for Buf<T> {
    fn drop(&mut self) {
        // SAFETY: null or from realloc.
        unsafe { libc::free(self.data.cast()) }
    }
}
