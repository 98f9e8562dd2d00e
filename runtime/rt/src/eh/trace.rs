//! Stack traces: return addresses in the exception's `_stackTrace` array, texts from the method table.

use kiln_abi::line_info::{self, HAS_LINES};
use kiln_abi::object::{ARRAY_DATA_OFFSET, ARRAY_LENGTH_OFFSET, EXCEPTION_STACK_TRACE};

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

/// Display name of the method that a return address belongs to; None for hidden methods and foreign code.
pub fn method_name(ip: usize) -> Option<&'static [u8]> {
    let entry = crate::roots::find_method(ip.checked_sub(1)?)?;
    if entry.name_offset == u32::MAX {
        return None;
    }
    // SAFETY: offsets point to NUL-terminated names.
    Some(unsafe { crate::text::c_bytes(program().names.add((entry.name_offset & !HAS_LINES) as usize)) })
}

/// File and line of the call that returns to an address, when the program was built with lines.
#[inline(never)]
fn line(ip: usize) -> Option<(&'static [u8], u32)> {
    let entry = crate::roots::find_method(ip.checked_sub(1)?)?;
    if entry.name_offset == u32::MAX || entry.name_offset & HAS_LINES == 0 {
        return None;
    }
    // SAFETY: the record follows the name and ends itself; files are names of the same blob.
    unsafe {
        let name = program().names.add((entry.name_offset & !HAS_LINES) as usize);
        let record = core::slice::from_raw_parts(name.add(crate::text::c_bytes(name).len() + 1), crate::roots::RECORD_LIMIT);
        let (file, line) = line_info::find_line(record, (ip - crate::roots::address(entry)) as u32)?;
        Some((crate::text::c_bytes(program().names.add(file as usize)), line))
    }
}

/// Writes `Name(params) in FILE:line N`, as far as it is known; false for hidden methods and foreign code.
#[inline(never)]
fn put_frame(ip: usize, lead: &[u8], put: &mut dyn FnMut(&[u8])) -> bool {
    let Some(name) = method_name(ip) else { return false };
    put(lead);
    put(name);
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
    for &ip in entries {
        let lead: &[u8] = if first { b"   at " } else { b"\n   at " };
        if ip == MARK {
            put(if first { b"" } else { b"\n" });
            put(b"--- End of stack trace from previous location ---");
        } else if !put_frame(ip as usize, lead, put) {
            continue;
        }
        first = false;
    }
}

/// The text of an exception's trace as a string, or null when it has none. May collect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kiln_stack_trace_string(exception: Obj) -> Obj {
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

/// Start of the function of the `skip`th managed frame from a frame pointer on (beginning with its caller); null behind the last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kiln_frame_function(fp: usize, skip: usize) -> *const u8 {
    let mut left = skip;
    let mut found = core::ptr::null();
    // SAFETY: a live frame of this thread.
    unsafe {
        crate::roots::each_frame(fp, |frame| {
            let Some(method) = crate::roots::find_method(frame.ip.wrapping_sub(1)).filter(|_| frame.managed) else { return true };
            if left == 0 {
                found = crate::roots::address(method) as *const u8;
                return false;
            }
            left -= 1;
            true
        });
    }
    found
}

/// Prints an exception's trace to standard error.
///
/// # Safety
/// An exception object.
pub unsafe fn print_trace(exception: Obj) {
    // SAFETY: promised.
    unsafe { format(exception.add(EXCEPTION_STACK_TRACE).cast::<Obj>().read(), &mut pal::print_bytes) }
}

/// Prints the managed frames of the current stack (for internal errors).
pub fn print_current_stack() {
    print_stack(crate::roots::frame_pointer());
}

/// Prints the managed frames from a frame pointer on.
pub fn print_stack(fp: usize) {
    let mut left = 40;
    // SAFETY: the walker checks that frame pointers ascend within the stack.
    unsafe {
        crate::roots::each_frame(fp, |frame| {
            if put_frame(frame.ip, b"   at ", &mut pal::print_bytes) {
                pal::print("\n");
                left -= 1;
            }
            left > 0
        });
    }
}

/// The text of the current stack from a frame pointer on, for `Environment.StackTrace`. May collect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kiln_current_trace_string(fp: usize) -> Obj {
    let mut text: Buf<u8> = Buf::new();
    // SAFETY: the walker checks that frame pointers ascend within the stack; names are program data.
    unsafe {
        crate::roots::each_frame(fp, |frame| {
            let lead: &[u8] = if text.as_slice().is_empty() { b"   at " } else { b"\n   at " };
            put_frame(frame.ip, lead, &mut |bytes| bytes.iter().for_each(|&b| text.push(b)));
            true
        });
        crate::text::new_string(text.as_slice())
    }
}
