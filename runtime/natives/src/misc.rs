//! Interned strings, processor features, native libraries, and natives whose answer is constant.

use core::ffi::c_char;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use crate::rt::{self, Obj, StringHandle, TypeHandle, tls};
use crate::text::{self, Text};

/// Strong handles of strings interned at run time, an open hash table; changed inside (see `gil`). The program's literals are not
/// in it: they lie in the frozen section.
static TABLE: AtomicPtr<*mut Obj> = AtomicPtr::new(core::ptr::null_mut());
static CAPACITY: AtomicUsize = AtomicUsize::new(0);
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// FNV-1a.
fn hash(units: &[u16]) -> usize {
    units.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, u| (h ^ u64::from(*u)).wrapping_mul(0x0100_0000_01b3)) as usize
}

/// The literal with these characters, if the program has one.
unsafe fn literal(units: &[u16]) -> Option<Obj> {
    let string = rt::well_known().string;
    // SAFETY: the section is a sequence of frozen objects, each with its header word in front, 8-aligned.
    unsafe {
        let (mut at, end) = (rt::kiln_program.frozen_start.cast_mut(), rt::kiln_program.frozen_end.cast_mut());
        while at.addr() + 24 <= end.addr() {
            let object = at.add(8);
            let mt = rt::mt_of(object);
            if mt.is_null() {
                at = at.add(8);
                continue;
            }
            if core::ptr::eq(mt, string) && text::units(object) == units {
                return Some(object);
            }
            let table = &*mt;
            let mut size = table.base_size as usize;
            if table.flags & kiln_abi::method_table::flags::HAS_COMPONENT_SIZE != 0 {
                size += rt::array_length(object) * (table.flags & 0xFFFF) as usize;
            }
            at = at.add(size.next_multiple_of(8));
        }
        None
    }
}

unsafe fn slot(table: *mut *mut Obj, capacity: usize, units: &[u16]) -> *mut *mut Obj {
    let mut index = hash(units) & (capacity - 1);
    // SAFETY: the table is never full.
    unsafe {
        loop {
            let slot = table.add(index);
            let handle = slot.read();
            if handle.is_null() || text::units(handle.read()) == units {
                return slot;
            }
            index = (index + 1) & (capacity - 1);
        }
    }
}

unsafe fn grow() {
    let old = TABLE.load(Ordering::Relaxed);
    let old_capacity = CAPACITY.load(Ordering::Relaxed);
    let capacity = (old_capacity * 2).max(64);
    // SAFETY: fresh zeroed memory; every old handle moves over.
    unsafe {
        let table = libc::calloc(capacity, 8).cast::<*mut Obj>();
        if table.is_null() {
            libc::abort();
        }
        for index in 0..old_capacity {
            let handle = old.add(index).read();
            if !handle.is_null() {
                slot(table, capacity, text::units(handle.read())).write(handle);
            }
        }
        libc::free(old.cast());
        TABLE.store(table, Ordering::Relaxed);
        CAPACITY.store(capacity, Ordering::Relaxed);
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn String_Intern(string: StringHandle) {
    // SAFETY: a stack slot with a string; nothing below allocates on the managed heap.
    unsafe {
        if let Some(object) = literal(text::units(string.get())) {
            return string.set(object);
        }
        if COUNT.load(Ordering::Relaxed) * 2 >= CAPACITY.load(Ordering::Relaxed) {
            grow();
        }
        let slot = slot(TABLE.load(Ordering::Relaxed), CAPACITY.load(Ordering::Relaxed), text::units(string.get()));
        if slot.read().is_null() {
            slot.write(rt::kiln_handle_new(string.get(), core::ptr::null_mut(), 2));
            COUNT.fetch_add(1, Ordering::Relaxed);
        }
        string.set(slot.read().read());
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn String_IsInterned(string: StringHandle) {
    // SAFETY: as above.
    unsafe {
        if let Some(object) = literal(text::units(string.get())) {
            return string.set(object);
        }
        let mut found = core::ptr::null_mut();
        if CAPACITY.load(Ordering::Relaxed) != 0 {
            let handle = slot(TABLE.load(Ordering::Relaxed), CAPACITY.load(Ordering::Relaxed), text::units(string.get())).read();
            if !handle.is_null() {
                found = handle.read();
            }
        }
        string.set(found);
    }
}

#[cfg(target_arch = "x86_64")]
#[unsafe(no_mangle)]
unsafe extern "C" fn X86BaseCpuId(result: *mut i32, function: i32, sub_function: i32) {
    let r = core::arch::x86_64::__cpuid_count(function as u32, sub_function as u32);
    // SAFETY: four words of the caller.
    unsafe {
        for (index, word) in [r.eax, r.ebx, r.ecx, r.edx].into_iter().enumerate() {
            result.add(index).write(word as i32);
        }
    }
}

unsafe fn open(name: *const u16) -> *mut u8 {
    let mut path = Text::new();
    // SAFETY: a NUL-terminated name; dlopen copies.
    unsafe {
        path.put_utf16(text::wide(name));
        path.put(b"\0");
        let library = libc::dlopen(path.bytes().as_ptr().cast::<c_char>(), libc::RTLD_LAZY);
        path.free();
        library.cast()
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
        rt::RhpThrowHelper(kiln_abi::program::exception_kind::DLL_NOT_FOUND, message.bytes().as_ptr().cast());
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn NativeLibrary_LoadFromPath(name: *const u16, throw: i32) -> *mut u8 {
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
    _assembly: rt::NativeHandle,
    _has_flags: i32,
    _flags: u32,
    throw: i32,
) -> *mut u8 {
    let plain = text_of(name);
    // SAFETY: a NUL-terminated name; the variations are those of .NET on Unix.
    unsafe {
        let mut library = core::ptr::null_mut();
        for (prefix, suffix) in [(&b""[..], &b""[..]), (b"lib", b".so"), (b"", b".so"), (b"lib", b"")] {
            let mut path = Text::new();
            path.put(prefix);
            path.put(plain.bytes());
            path.put(suffix);
            path.put(b"\0");
            library = libc::dlopen(path.bytes().as_ptr().cast::<c_char>(), libc::RTLD_LAZY);
            path.free();
            if !library.is_null() {
                break;
            }
        }
        plain.free();
        if library.is_null() && throw != 0 {
            not_found(name);
        }
        library.cast()
    }
}

fn text_of(name: *const u16) -> Text {
    let mut text = Text::new();
    // SAFETY: a NUL-terminated name.
    text.put_utf16(unsafe { text::wide(name) });
    text
}

#[unsafe(no_mangle)]
unsafe extern "C" fn NativeLibrary_FreeLib(library: *mut u8) {
    // SAFETY: from dlopen.
    unsafe {
        libc::dlclose(library.cast());
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn NativeLibrary_GetSymbol(library: *mut u8, name: *const u16, throw: i32) -> *mut u8 {
    let mut symbol = text_of(name);
    symbol.put(b"\0");
    // SAFETY: from dlopen; a NUL-terminated name.
    unsafe {
        let address = libc::dlsym(library.cast(), symbol.bytes().as_ptr().cast());
        symbol.free();
        if address.is_null() && throw != 0 {
            let mut message = Text::new();
            message.put(b"Unable to find an entry point named '");
            message.put_utf16(text::wide(name));
            message.put(b"' in shared library.\0");
            rt::RhpThrowHelper(kiln_abi::program::exception_kind::ENTRY_POINT_NOT_FOUND, message.bytes().as_ptr().cast());
        }
        address.cast()
    }
}

/// Size of an unmanaged structure; blittable ones are what they are.
#[unsafe(no_mangle)]
unsafe extern "C" fn MarshalNative_SizeOfHelper(ty: TypeHandle, throw: i32) -> i32 {
    // SAFETY: a type with the compiler's description.
    unsafe {
        let size = rt::info(ty.handle).map_or(0, |info| info.value_size) as i32;
        if size == 0 && throw != 0 {
            rt::RhpThrowHelper(
                kiln_abi::program::exception_kind::ARGUMENT,
                c"Type cannot be marshaled as an unmanaged structure; no meaningful size or offset can be computed.".as_ptr(),
            );
        }
        size
    }
}

/// Does a stream class implement the old asynchronous pattern itself? The answer "no" is always correct, only slower.
#[unsafe(export_name = "System.IO.Stream::HasOverriddenBeginEndRead():System.Boolean")]
extern "C" fn overridden_begin_read(_stream: Obj) -> i32 {
    0
}

#[unsafe(export_name = "System.IO.Stream::HasOverriddenBeginEndWrite():System.Boolean")]
extern "C" fn overridden_begin_write(_stream: Obj) -> i32 {
    0
}

#[unsafe(no_mangle)]
extern "C" fn IsEventSourceLoggingEnabled() -> i32 {
    0
}

#[unsafe(no_mangle)]
extern "C" fn FormatMessageW(
    _flags: i32,
    _source: usize,
    _id: u32,
    _language: i32,
    _buffer: *mut u8,
    _size: i32,
    _arguments: usize,
) -> i32 {
    // SAFETY: this thread's block.
    unsafe { (*tls()).last_error = 317 }
    0
}
