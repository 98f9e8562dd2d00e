//! `System.Runtime.InteropServices.NativeLibrary`: shared libraries by path or name.

use kiln_pal::library::{self, Library};
use kiln_rt::helpers::RhpThrowHelper;

use crate::qcall::NativeHandle;
use crate::text::{self, Text};

unsafe fn open(name: *const u16) -> Library {
    let mut path = Text::new();
    // SAFETY: a NUL-terminated name; the system copies.
    unsafe {
        path.put_utf16(text::wide(name));
        let library = library::open(path.c_str());
        path.free();
        library
    }
}

/// Throws DllNotFoundException.
unsafe fn not_found(name: *const u16) {
    let mut message = Text::new();
    // SAFETY: the message lives on: nothing runs after the throw.
    unsafe {
        message.put(b"Unable to load shared library '");
        message.put_utf16(text::wide(name));
        message.put(b"' or one of its dependencies.\0");
        RhpThrowHelper(kiln_abi::program::exception_kind::DLL_NOT_FOUND, message.bytes().as_ptr().cast());
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn NativeLibrary_LoadFromPath(name: *const u16, throw: i32) -> Library {
    // SAFETY: a NUL-terminated name.
    unsafe {
        let library = open(name);
        if library.is_null() && throw != 0 {
            not_found(name);
        }
        library
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn NativeLibrary_LoadByName(
    name: *const u16,
    _assembly: NativeHandle,
    _has_flags: i32,
    _flags: u32,
    throw: i32,
) -> Library {
    let plain = text_of(name);
    // SAFETY: a NUL-terminated name.
    unsafe {
        let library = library::by_name(plain.bytes());
        plain.free();
        if library.is_null() && throw != 0 {
            not_found(name);
        }
        library
    }
}

fn text_of(name: *const u16) -> Text {
    let mut text = Text::new();
    // SAFETY: a NUL-terminated name.
    text.put_utf16(unsafe { text::wide(name) });
    text
}

#[unsafe(no_mangle)]
unsafe extern "C" fn NativeLibrary_FreeLib(library: Library) {
    // SAFETY: from `open`.
    unsafe { library::close(library) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn NativeLibrary_GetSymbol(library: Library, name: *const u16, throw: i32) -> *const u8 {
    let mut symbol = text_of(name);
    // SAFETY: from `open`; a NUL-terminated name.
    unsafe {
        let address = library::symbol(library, symbol.c_str());
        symbol.free();
        if address.is_null() && throw != 0 {
            let mut message = Text::new();
            message.put(b"Unable to find an entry point named '");
            message.put_utf16(text::wide(name));
            message.put(b"' in shared library.\0");
            RhpThrowHelper(kiln_abi::program::exception_kind::ENTRY_POINT_NOT_FOUND, message.bytes().as_ptr().cast());
        }
        address
    }
}
