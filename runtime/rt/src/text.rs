//! Strings: from UTF-8 to System.String and back, type names.

use kiln_abi::object::{STRING_CHARS_OFFSET, STRING_LENGTH_OFFSET};
use kiln_abi::type_info::TypeInfo;

use crate::mt::{Mt, Obj, program};
use crate::pal;

/// The bytes of a NUL-terminated text; empty for null.
///
/// # Safety
/// Null or NUL-terminated, valid for `'a`.
pub unsafe fn c_bytes<'a>(text: *const u8) -> &'a [u8] {
    if text.is_null() {
        return &[];
    }
    // SAFETY: promised.
    unsafe { core::ffi::CStr::from_ptr(text.cast()).to_bytes() }
}

/// Calls `f` with the UTF-16 units of UTF-8 text (malformed parts become U+FFFD).
pub fn each_unit(text: &[u8], mut f: impl FnMut(u16)) {
    for chunk in text.utf8_chunks() {
        for unit in chunk.valid().encode_utf16() {
            f(unit);
        }
        if !chunk.invalid().is_empty() {
            f(0xFFFD);
        }
    }
}

/// A new string. May collect.
///
/// # Safety
/// The heap is initialised.
pub unsafe fn new_string(text: &[u8]) -> Obj {
    let mut n = 0;
    each_unit(text, |_| n += 1);
    // SAFETY: the string has room for `n` units.
    unsafe {
        let s = crate::alloc::new_array(program().well_known.string, n);
        let mut to = s.add(STRING_CHARS_OFFSET).cast::<u16>();
        each_unit(text, |unit| {
            to.write(unit);
            to = to.add(1);
        });
        s
    }
}

/// Units of a string.
///
/// # Safety
/// A string; valid until the next collection.
pub unsafe fn units<'a>(s: Obj) -> &'a [u16] {
    // SAFETY: promised.
    unsafe {
        let n = s.add(STRING_LENGTH_OFFSET).cast::<u32>().read() as usize;
        core::slice::from_raw_parts(s.add(STRING_CHARS_OFFSET).cast(), n)
    }
}

/// Prints a string to standard error.
///
/// # Safety
/// A string.
pub unsafe fn print_string(s: Obj) {
    let mut out: pal::Buf<u8> = pal::Buf::new();
    // SAFETY: promised.
    for c in char::decode_utf16(unsafe { units(s) }.iter().copied()) {
        let mut room = [0; 4];
        for &b in c.unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf8(&mut room).as_bytes() {
            out.push(b);
        }
    }
    pal::print_bytes(out.as_slice());
}

/// Passes the name of a type as `Type.ToString` shows it (`Ns.Outer+Inner[Argument,Argument][]`) in pieces.
///
/// # Safety
/// A MethodTable or null.
pub unsafe fn type_name(mt: Mt, put: &mut dyn FnMut(&[u8])) {
    // SAFETY: descriptions are immutable program data.
    unsafe {
        let Some((table, info)) = mt.as_ref().and_then(|mt| Some((mt, crate::mt::info(mt)?))) else { return put(b"?") };
        if info.name.is_null() {
            type_name(table.element_type, put);
            if crate::mt::is_sz_array(table) {
                return put(b"[]");
            }
            put(if info.rank == 1 { b"[*" } else { b"[" });
            (1..info.rank).for_each(|_| put(b","));
            return put(b"]");
        }
        path(&info, put);
        if info.generic_args.is_null() {
            return;
        }
        for i in 0..info.generic_arity as usize {
            put(if i == 0 { b"[" } else { b"," });
            type_name(info.generic_args.add(i).read(), put);
        }
        if info.generic_arity != 0 {
            put(b"]");
        }
    }
}

/// `Ns.Outer+Inner`.
unsafe fn path(info: &TypeInfo, put: &mut dyn FnMut(&[u8])) {
    // SAFETY: promised by the caller.
    unsafe {
        if let Some(outer) = crate::mt::info(info.declaring) {
            path(&outer, put);
            put(b"+");
        } else if !c_bytes(info.namespace).is_empty() {
            put(c_bytes(info.namespace));
            put(b".");
        }
        put(c_bytes(info.name));
    }
}

/// Prints the full name of a type to standard error.
///
/// # Safety
/// A MethodTable or null.
pub unsafe fn print_type_name(mt: Mt) {
    // SAFETY: promised.
    unsafe { type_name(mt, &mut |bytes| pal::print_bytes(bytes)) }
}

/// The name of a class with its namespace, without generic arguments and outer classes, as a string (what TypeInitializationException
/// has). May collect.
///
/// # Safety
/// A MethodTable.
pub unsafe fn type_name_string(mt: Mt) -> Obj {
    let mut name: pal::Buf<u8> = pal::Buf::new();
    // SAFETY: promised.
    unsafe {
        if let Some(info) = crate::mt::info(mt) {
            let mut put = |bytes: &[u8]| bytes.iter().for_each(|&b| name.push(b));
            if info.declaring.is_null() && !c_bytes(info.namespace).is_empty() {
                put(c_bytes(info.namespace));
                put(b".");
            }
            put(c_bytes(info.name));
        }
        new_string(name.as_slice())
    }
}
