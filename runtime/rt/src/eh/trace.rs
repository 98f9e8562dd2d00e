//! Stack traces: return addresses in the exception's `_stackTrace` array, texts from the method table.

use kiln_abi::line_info::{self, ASYNC, HAS_LINES, HIDDEN, NAME};
use kiln_abi::managed::EXCEPTION_STACK_TRACE;
use kiln_abi::names;
use kiln_abi::object::{ARRAY_DATA_OFFSET, ARRAY_LENGTH_OFFSET};
use kiln_abi::program::MethodEntry;

use crate::mt::{Obj, component_size, mt_of, program};
use crate::pal::{self, Buf};

/// An entry that stands for the border between a captured trace and its continuation (ExceptionDispatchInfo).
pub const MARK: u64 = 0;

/// The entries of a trace array (null: none).
///
/// # Safety
/// Null or an array of plain data that this module made; valid until the next collection.
pub unsafe fn frames<'a>(array: Obj) -> &'a [u64] {
    if array.is_null() {
        return &[];
    }
    // SAFETY: promised.
    unsafe { frames_mut(array) }
}

/// As `frames`, for a new array.
///
/// # Safety
/// As `frames`.
pub unsafe fn frames_mut<'a>(array: Obj) -> &'a mut [u64] {
    // SAFETY: promised.
    unsafe {
        let n = array.add(ARRAY_LENGTH_OFFSET).cast::<u32>().read() as usize * component_size(&*mt_of(array)) / 8;
        core::slice::from_raw_parts_mut(array.add(ARRAY_DATA_OFFSET).cast(), n)
    }
}

/// A trace array of `n` entries, made without collecting; null when the program has no suitable array type.
///
/// # Safety
/// The heap is initialised.
pub unsafe fn new_array(n: usize) -> Obj {
    let w = &program().well_known;
    let Some(&mt) = [w.int64_array, w.uint64_array, w.byte_array].iter().find(|mt| !mt.is_null()) else {
        return core::ptr::null_mut();
    };
    // SAFETY: an array of 8-byte or 1-byte elements.
    unsafe {
        let length = n * 8 / component_size(&*mt);
        crate::alloc::new_array_no_gc(mt, length)
    }
}

/// Do two return addresses belong to one method?
pub fn same_method(a: u64, b: u64) -> bool {
    match (crate::roots::find_method(a as usize - 1), crate::roots::find_method(b as usize - 1)) {
        (Some(a), Some(b)) => core::ptr::eq(a, b),
        _ => false,
    }
}

/// The entry of the method that a return address belongs to; None for stubs and foreign code, which have no name.
fn named(ip: usize) -> Option<&'static MethodEntry> {
    crate::roots::find_method(ip.checked_sub(1)?).filter(|entry| entry.name_offset != u32::MAX)
}

/// The names blob from an offset on. Its records end themselves.
fn blob(offset: u32) -> &'static [u8] {
    // SAFETY: program data; nothing is read behind the end of the record that starts there.
    unsafe { core::slice::from_raw_parts(program().names.add(offset as usize), crate::roots::RECORD_LIMIT) }
}

/// Writes the display name of a method.
fn put_name(entry: &MethodEntry, put: &mut dyn FnMut(&[u8])) {
    let _ = names::read_name(&mut blob(entry.name_offset & NAME), blob(0), put);
}

/// File and line of the call that returns to an address, when the program was built with lines.
#[inline(never)]
pub fn line(ip: usize) -> Option<(&'static [u8], u32)> {
    let entry = named(ip).filter(|entry| entry.name_offset & HAS_LINES != 0)?;
    let mut record = blob(entry.name_offset & NAME);
    names::skip_name(&mut record)?;
    let (file, line) = line_info::find_line(record, (ip - crate::roots::address(entry)) as u32)?;
    // SAFETY: names of files are in the blob, NUL-terminated.
    Some((unsafe { crate::text::c_bytes(program().names.add(file as usize)) }, line))
}

/// Writes `Name(params) in FILE:line N`, as far as it is known; false for what traces leave out, unless `all`, and for foreign code.
#[inline(never)]
fn put_frame(ip: usize, all: bool, lead: &[u8], put: &mut dyn FnMut(&[u8])) -> bool {
    let Some(entry) = named(ip).filter(|entry| all || entry.name_offset & HIDDEN == 0) else { return false };
    put(lead);
    put_name(entry, put);
    if let Some((file, line)) = line(ip) {
        put(b" in ");
        put(file);
        put(b":line ");
        let (mut digits, mut at, mut rest) = ([0u8; 10], 10, line);
        while at == 10 || rest > 0 {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        put(&digits[at..]);
    }
    true
}

/// Writes the lines of a trace, separated by line feeds.
unsafe fn format(array: Obj, put: &mut dyn FnMut(&[u8])) {
    // SAFETY: promised by the callers.
    let entries = unsafe { frames(array) };
    let mut first = true;
    // A border is printed behind a frame that was; `await` makes too many of them to be of use.
    let mut border = false;
    for (i, &ip) in entries.iter().enumerate() {
        if ip == MARK {
            if border {
                put(b"\n--- End of stack trace from previous location ---");
            }
            border = false;
            continue;
        }
        // The last frame is there even when it asks to be left out.
        let lead: &[u8] = if first { b"   at " } else { b"\n   at " };
        border = put_frame(ip as usize, i + 1 == entries.len(), lead, put);
        first &= !border;
        border &= named(ip as usize).is_none_or(|entry| entry.name_offset & ASYNC == 0);
    }
}

/// The text of an exception's trace as a string, or null when it has none. May collect.
///
/// # Safety
/// An exception.
pub unsafe fn stack_trace_string(exception: Obj) -> Obj {
    // SAFETY: an exception object.
    unsafe {
        let array = exception.add(EXCEPTION_STACK_TRACE).cast::<Obj>().read();
        if array.is_null() {
            return core::ptr::null_mut();
        }
        let mut text: Buf<u8> = Buf::new();
        format(array, &mut |bytes| bytes.iter().for_each(|&b| text.push(b)));
        crate::text::new_string(text.as_slice())
    }
}

/// The frames of an exception (with marks), or those of the current stack from a frame pointer on; stubs are left out.
/// Writes at most `capacity` return addresses and gives their number.
///
/// # Safety
/// An exception or null, a live frame of this thread, room for `capacity` addresses.
pub unsafe fn list_frames(exception: Obj, fp: usize, to: *mut u64, capacity: usize) -> usize {
    let mut count = 0;
    let mut put = |ip: u64| {
        if ip == MARK || named(ip as usize).is_some() {
            if count < capacity {
                // SAFETY: room for `capacity` entries.
                unsafe { to.add(count).write(ip) };
            }
            count += 1;
        }
    };
    // SAFETY: an exception object, or a live frame of this thread.
    unsafe {
        if exception.is_null() {
            crate::roots::each_frame(fp, |frame| {
                put(frame.ip as u64);
                true
            });
        } else {
            frames(exception.add(EXCEPTION_STACK_TRACE).cast::<Obj>().read()).iter().for_each(|&ip| put(ip));
        }
    }
    count
}

/// The name of a frame's method, as traces print it, and its flags (`line_info`); null for what is not compiled code. May collect.
///
/// # Safety
/// Called inside.
pub unsafe fn frame_name(ip: usize) -> (Obj, u32) {
    let Some(entry) = named(ip) else { return (core::ptr::null_mut(), 0) };
    let mut text: Buf<u8> = Buf::new();
    put_name(entry, &mut |piece| piece.iter().for_each(|&b| text.push(b)));
    // SAFETY: promised.
    (unsafe { crate::text::new_string(text.as_slice()) }, entry.name_offset & !NAME)
}

/// Start of a frame's function; 0 for what is not compiled code.
pub fn frame_function(ip: usize) -> usize {
    ip.checked_sub(1).and_then(crate::roots::find_method).map_or(0, crate::roots::address)
}

/// Prints an exception's trace to standard error.
///
/// # Safety
/// An exception object.
pub unsafe fn print_trace(exception: Obj) {
    // SAFETY: promised.
    unsafe { format(exception.add(EXCEPTION_STACK_TRACE).cast::<Obj>().read(), &mut pal::print_bytes) }
}

/// Prints the frame of an address (for internal errors).
pub fn print_frame(ip: usize) {
    if put_frame(ip, true, b"   at ", &mut pal::print_bytes) {
        pal::print("\n");
    }
}

/// Prints the managed frames of the current stack (for internal errors).
pub fn print_current_stack() {
    print_stack(crate::arch::frame_pointer());
}

/// Prints the managed frames from a frame pointer on.
pub fn print_stack(fp: usize) {
    let mut left = 40;
    // SAFETY: the walker checks that frame pointers ascend within the stack.
    unsafe {
        crate::roots::each_frame(fp, |frame| {
            if put_frame(frame.ip, false, b"   at ", &mut pal::print_bytes) {
                pal::print("\n");
                left -= 1;
            }
            left > 0
        });
    }
}

/// The text of the current stack from a frame pointer on, for `Environment.StackTrace`. May collect.
///
/// # Safety
/// Called inside; a live frame of this thread.
pub unsafe fn current_trace_string(fp: usize) -> Obj {
    let mut text: Buf<u8> = Buf::new();
    // SAFETY: the walker checks that frame pointers ascend within the stack; names are program data.
    unsafe {
        crate::roots::each_frame(fp, |frame| {
            let lead: &[u8] = if text.as_slice().is_empty() { b"   at " } else { b"\n   at " };
            put_frame(frame.ip, false, lead, &mut |bytes| bytes.iter().for_each(|&b| text.push(b)));
            true
        });
        crate::text::new_string(text.as_slice())
    }
}
