//! Text between UTF-8 (tables, the system) and UTF-16 (System.String), with a byte buffer outside of the managed heap.

use core::ffi::{CStr, c_char};

use kiln_abi::object;

use kiln_pal::memory;
use kiln_rt::helpers::{RhpNewArray, RhpThrowHelper};
use kiln_rt::mt::{self, Obj};

/// Longest string: .NET's limit.
const MAX_STRING: usize = 0x3FFF_FFDF;

/// A growing byte buffer on the C heap.
pub struct Text {
    bytes: *mut u8,
    len: usize,
    capacity: usize,
}

impl Text {
    /// Empty, no allocation.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: core::ptr::null_mut(), len: 0, capacity: 0 }
    }

    /// Appends bytes.
    pub fn put(&mut self, bytes: &[u8]) {
        if self.capacity - self.len < bytes.len() {
            let capacity = (self.len + bytes.len()).max(self.capacity * 2).max(128);
            // SAFETY: `bytes` is null or from this function.
            self.bytes = unsafe { memory::grow(self.bytes, capacity) };
            self.capacity = capacity;
        }
        // SAFETY: the capacity was made sufficient above.
        unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), self.bytes.add(self.len), bytes.len()) }
        self.len += bytes.len();
    }

    /// Appends a NUL-terminated string.
    ///
    /// # Safety
    /// `text` is null or NUL-terminated.
    pub unsafe fn put_c(&mut self, text: *const u8) {
        // SAFETY: promised.
        self.put(unsafe { c_bytes(text) });
    }

    /// Appends a UTF-16 string as UTF-8.
    pub fn put_utf16(&mut self, units: &[u16]) {
        for c in char::decode_utf16(units.iter().copied()) {
            let mut room = [0; 4];
            let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.put(c.encode_utf8(&mut room).as_bytes());
        }
    }

    /// What was written.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: `len` bytes are initialised.
        unsafe { core::slice::from_raw_parts(self.bytes, self.len) }
    }

    /// What was written, up to the first NUL, for C.
    #[must_use]
    pub fn c_str(&mut self) -> &CStr {
        self.put(b"\0");
        // SAFETY: ends with a NUL, which a later `put` leaves there.
        unsafe { CStr::from_ptr(self.bytes.cast()) }
    }

    /// Forgets what was written.
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// Returns the memory. Not `Drop`: an exception may unwind over the owner's frame, and nothing runs there then.
    pub fn free(self) {
        // SAFETY: null or from `put`, and not used again.
        unsafe { memory::free(self.bytes) }
    }

    /// Gives the memory away (to `free`).
    #[must_use]
    pub fn into_raw(self) -> *mut u8 {
        self.bytes
    }

    /// Makes a managed string of it and frees it.
    ///
    /// # Safety
    /// Called from managed code's thread; may collect.
    pub unsafe fn into_string(self) -> Obj {
        // SAFETY: the bytes are outside of the managed heap, so they survive the allocation.
        let string = unsafe { string_from_utf8(self.bytes()) };
        self.free();
        string
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::new()
    }
}

/// Bytes of a NUL-terminated string; null is empty.
///
/// # Safety
/// `text` is null or NUL-terminated and lives as long as the result is used.
pub unsafe fn c_bytes<'a>(text: *const u8) -> &'a [u8] {
    if text.is_null() {
        return &[];
    }
    // SAFETY: promised.
    unsafe { CStr::from_ptr(text.cast::<c_char>()) }.to_bytes()
}

/// Allocates a string of zeros.
///
/// # Safety
/// May collect and throw.
pub unsafe fn allocate(length: isize) -> Obj {
    // SAFETY: a string is laid out like a vector with component size 2 (its MethodTable says so).
    unsafe {
        if length < 0 || length as usize > MAX_STRING {
            // Too long for any string: .NET 10 gives no reason either.
            RhpThrowHelper(kiln_abi::program::exception_kind::OUT_OF_MEMORY, core::ptr::null());
        }
        RhpNewArray(mt::well_known().string, length)
    }
}

/// Characters of a string object, writable while it is not published.
///
/// # Safety
/// `string` is a string.
pub unsafe fn chars(string: Obj) -> *mut u16 {
    // SAFETY: fixed offset.
    unsafe { string.add(object::STRING_CHARS_OFFSET).cast() }
}

/// UTF-16 units of a string object; null is empty.
///
/// # Safety
/// `string` is a string or null; no collection may happen while the result is used.
pub unsafe fn units<'a>(string: Obj) -> &'a [u16] {
    if string.is_null() {
        return &[];
    }
    // SAFETY: fixed fields of a string.
    unsafe {
        let length = string.add(object::STRING_LENGTH_OFFSET).cast::<i32>().read();
        core::slice::from_raw_parts(chars(string), usize::try_from(length).unwrap_or(0))
    }
}

/// Units of a NUL-terminated UTF-16 string; null is empty.
///
/// # Safety
/// As described; lives as long as the result is used.
pub unsafe fn wide<'a>(text: *const u16) -> &'a [u16] {
    if text.is_null() {
        return &[];
    }
    let mut length = 0;
    // SAFETY: promised.
    unsafe {
        while text.add(length).read() != 0 {
            length += 1;
        }
        core::slice::from_raw_parts(text, length)
    }
}

/// Splits bytes into characters; ill-formed sequences become U+FFFD.
pub fn decode(bytes: &[u8]) -> impl Iterator<Item = char> + '_ {
    bytes.utf8_chunks().flat_map(|chunk| {
        let bad = if chunk.invalid().is_empty() { None } else { Some(char::REPLACEMENT_CHARACTER) };
        chunk.valid().chars().chain(bad)
    })
}

/// Makes a managed string of UTF-8 bytes outside of the managed heap.
///
/// # Safety
/// May collect and throw.
pub unsafe fn string_from_utf8(bytes: &[u8]) -> Obj {
    let length: usize = decode(bytes).map(char::len_utf16).sum();
    // SAFETY: the string has room for exactly these units.
    unsafe {
        let string = allocate(length as isize);
        let mut to = chars(string);
        for c in decode(bytes) {
            let mut room = [0; 2];
            for unit in c.encode_utf16(&mut room) {
                to.write(*unit);
                to = to.add(1);
            }
        }
        string
    }
}

/// Makes a managed string of UTF-16 units outside of the managed heap.
///
/// # Safety
/// May collect and throw.
pub unsafe fn string_from_utf16(units: &[u16]) -> Obj {
    // SAFETY: the string has room for exactly these units.
    unsafe {
        let string = allocate(units.len() as isize);
        core::ptr::copy_nonoverlapping(units.as_ptr(), chars(string), units.len());
        string
    }
}

#[unsafe(export_name = "System.String::FastAllocateString(System.Int32):System.String")]
unsafe extern "C" fn fast_allocate_string(length: i32) -> Obj {
    // SAFETY: called by managed code.
    unsafe { allocate(length as isize) }
}

/// Are two texts equal if case does not matter? As the invariant culture sees it: characters of one UTF-16 unit have one lower case.
#[must_use]
pub fn equal_ignoring_case(a: &[u8], b: &[u8]) -> bool {
    let folded = |text| decode(text).map(lower_case);
    if a.is_ascii() && b.is_ascii() { a.eq_ignore_ascii_case(b) } else { folded(a).eq(folded(b)) }
}

fn lower_case(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(l), None) if c.len_utf16() == 1 => l,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_grows_and_recodes() {
        let mut text = Text::new();
        for _ in 0..100 {
            text.put(b"abc");
        }
        text.put_utf16(&[0xD83D, 0xDE00, 0xD800, 0x41]);
        assert_eq!(text.bytes().len(), 300 + 4 + 3 + 1);
        assert!(text.bytes().ends_with("😀\u{FFFD}A".as_bytes()));
        text.free();
        assert_eq!(decode(b"a\xFFb\xE2\x82").collect::<String>(), "a\u{FFFD}b\u{FFFD}");
    }

    #[test]
    fn case_is_ignored_as_the_invariant_culture_does() {
        for (a, b, equal) in [
            ("aBc", "Abc", true),
            ("Ёж", "ёЖ", true),
            ("ｂＵＧ", "Ｂｕｇ", true),
            ("ab", "abc", false),
            ("𐐀", "𐐨", false),
            ("İ", "i̇", false),
        ] {
            assert_eq!(equal_ignoring_case(a.as_bytes(), b.as_bytes()), equal, "{a} {b}");
        }
    }
}
