//! Stack traces: return addresses in the exception's `_stackTrace` array, texts from the method table.

use kiln_abi::inlined::Calls;
use kiln_abi::line_info::{self, ASYNC, HAS_INLINED, HAS_LINES, HIDDEN, NAME};
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

/// A frame of a trace: a return address, and how many of the calls that were inlined there lie within it. A word holds both: addresses of
/// code have 48 bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Frame(u64);

const DEPTH_SHIFT: u32 = 48;

impl Frame {
    /// The frame of a word.
    pub const fn of(word: u64) -> Self {
        Self(word)
    }

    /// The word of a frame.
    pub const fn word(self) -> u64 {
        self.0
    }

    const fn ip(self) -> usize {
        (self.0 & ((1 << DEPTH_SHIFT) - 1)) as usize
    }

    const fn depth(self) -> usize {
        (self.0 >> DEPTH_SHIFT) as usize
    }

    fn info(self) -> Option<Info> {
        let entry = named(self.ip())?;
        let mut from = None;
        let mut calls = inlined_calls(entry, self.ip());
        for _ in 0..self.depth() {
            from = Some(calls.next()?.0);
        }
        Some(Info { entry, at: (self.ip() - crate::roots::address(entry)) as u32, from, inlined: calls.next().map(|(_, method)| method) })
    }
}

/// What is known of a frame.
struct Info {
    /// The function that it is in.
    entry: &'static MethodEntry,
    /// Return offset in that.
    at: u32,
    /// The inlined call that its code makes; `None`: it makes the call that returns there.
    from: Option<u32>,
    /// The method of the inlined call that it is.
    inlined: Option<u32>,
}

impl Info {
    /// The method's entry among those of inlined calls.
    fn inlined_method(&self) -> Option<&'static u32> {
        let (index, p) = (u64::from(self.inlined?), program());
        // SAFETY: an array of the program, below its length.
        (index < p.inlined_method_count).then(|| unsafe { &*p.inlined_methods.add(index as usize) })
    }

    /// Offset of the name, with its flags.
    fn name(&self) -> u32 {
        self.inlined_method().copied().unwrap_or(self.entry.name_offset)
    }

    /// Writes the display name of the method.
    fn put_name(&self, put: &mut dyn FnMut(&[u8])) {
        let _ = names::read_name(&mut blob(self.name() & NAME), blob(0), put);
    }

    /// File and line, when the program was built with lines.
    fn line(&self) -> Option<(&'static [u8], u32)> {
        if self.entry.name_offset & HAS_LINES == 0 {
            return None;
        }
        let mut record = blob(self.entry.name_offset & NAME);
        names::skip_name(&mut record)?;
        let (file, line) = match self.from {
            None => line_info::find_line(record, self.at),
            Some(call) => line_info::find_call_line(record, call),
        }?;
        // SAFETY: names of files are in the blob, NUL-terminated.
        Some((unsafe { crate::text::c_bytes(program().names.add(file as usize)) }, line))
    }
}

/// The entry of the method that a return address belongs to; None for stubs and foreign code, which have no name.
fn named(ip: usize) -> Option<&'static MethodEntry> {
    crate::roots::find_method(ip.checked_sub(1)?).filter(|entry| entry.name_offset != u32::MAX)
}

/// The inlined calls that a return address is in.
fn inlined_calls(entry: &MethodEntry, ip: usize) -> Calls<'static> {
    let record = crate::roots::record(entry).filter(|_| entry.name_offset & HAS_INLINED != 0);
    Calls::of_site(record.unwrap_or(&[]), (ip - crate::roots::address(entry)) as u32)
}

/// The frames that a return address stands for, innermost first; none for stubs and foreign code.
fn frames_at(ip: usize) -> impl Iterator<Item = Frame> {
    let count = named(ip).map_or(0, |entry| 1 + inlined_calls(entry, ip).count());
    (0..count as u64).map(move |depth| Frame(ip as u64 | depth << DEPTH_SHIFT))
}

/// The names blob from an offset on. Its records end themselves.
fn blob(offset: u32) -> &'static [u8] {
    // SAFETY: program data; nothing is read behind the end of the record that starts there.
    unsafe { core::slice::from_raw_parts(program().names.add(offset as usize), crate::roots::RECORD_LIMIT) }
}

/// File and line of a frame, when the program was built with lines.
#[inline(never)]
pub fn line(frame: Frame) -> Option<(&'static [u8], u32)> {
    frame.info()?.line()
}

/// Writes `Name(params) in FILE:line N`, as far as it is known; false for what traces leave out, unless `all`, and for foreign code.
#[inline(never)]
fn put_frame(frame: Frame, all: bool, lead: &[u8], put: &mut dyn FnMut(&[u8])) -> bool {
    let Some(info) = frame.info().filter(|info| all || info.name() & HIDDEN == 0) else { return false };
    put(lead);
    info.put_name(put);
    if let Some((file, line)) = info.line() {
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
        let mut frames = frames_at(ip as usize).peekable();
        while let Some(frame) = frames.next() {
            // The last frame is there even when it asks to be left out.
            let all = i + 1 == entries.len() && frames.peek().is_none();
            let lead: &[u8] = if first { b"   at " } else { b"\n   at " };
            border = put_frame(frame, all, lead, put);
            first &= !border;
            border &= frame.info().is_none_or(|info| info.name() & ASYNC == 0);
        }
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
/// Writes at most `capacity` words and gives the number of frames.
///
/// # Safety
/// An exception or null, a live frame of this thread, room for `capacity` words.
pub unsafe fn list_frames(exception: Obj, fp: usize, to: *mut u64, capacity: usize) -> usize {
    let mut count = 0;
    let mut put = |word: u64| {
        if count < capacity {
            // SAFETY: room for `capacity` entries.
            unsafe { to.add(count).write(word) };
        }
        count += 1;
    };
    // SAFETY: an exception object, or a live frame of this thread.
    unsafe {
        if exception.is_null() {
            crate::roots::each_frame(fp, |frame| {
                frames_at(frame.ip).for_each(|f| put(f.word()));
                true
            });
        } else {
            for &ip in frames(exception.add(EXCEPTION_STACK_TRACE).cast::<Obj>().read()) {
                if ip == MARK {
                    put(MARK);
                }
                frames_at(ip as usize).for_each(|f| put(f.word()));
            }
        }
    }
    count
}

/// The name of a frame's method, as traces print it, and its flags (`line_info`); null for what is not compiled code. May collect.
///
/// # Safety
/// Called inside.
pub unsafe fn frame_name(frame: Frame) -> (Obj, u32) {
    let Some(info) = frame.info() else { return (core::ptr::null_mut(), 0) };
    let mut text: Buf<u8> = Buf::new();
    info.put_name(&mut |piece| piece.iter().for_each(|&b| text.push(b)));
    // SAFETY: promised.
    (unsafe { crate::text::new_string(text.as_slice()) }, info.name() & !NAME)
}

/// What the program's tables know a frame's method by: the start of its function, or of an inlined call the method's entry among those;
/// 0 for what is not compiled code.
pub fn frame_method(frame: Frame) -> usize {
    frame
        .info()
        .map_or(0, |info| info.inlined_method().map_or_else(|| crate::roots::address(info.entry), |m| core::ptr::from_ref(m).addr()))
}

/// The offset of a frame's code in its function; 0 for what is not compiled code.
pub fn frame_offset(frame: Frame) -> u32 {
    frame.info().map_or(0, |info| info.at)
}

/// Prints an exception's trace to standard error.
///
/// # Safety
/// An exception object.
pub unsafe fn print_trace(exception: Obj) {
    // SAFETY: promised.
    unsafe { format(exception.add(EXCEPTION_STACK_TRACE).cast::<Obj>().read(), &mut pal::print_bytes) }
}

/// Prints the frames of an address (for internal errors).
pub fn print_frame(ip: usize) {
    for frame in frames_at(ip) {
        if put_frame(frame, true, b"   at ", &mut pal::print_bytes) {
            pal::print("\n");
        }
    }
}

/// Prints the managed frames of the current stack (for internal errors).
pub fn print_current_stack() {
    print_stack(crate::arch::frame_pointer());
}

/// Prints the managed frames from a frame pointer on.
pub fn print_stack(fp: usize) {
    let mut left = 40i32;
    // SAFETY: the walker checks that frame pointers ascend within the stack.
    unsafe {
        crate::roots::each_frame(fp, |frame| {
            for frame in frames_at(frame.ip) {
                if put_frame(frame, false, b"   at ", &mut pal::print_bytes) {
                    pal::print("\n");
                    left -= 1;
                }
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
            for frame in frames_at(frame.ip) {
                let lead: &[u8] = if text.as_slice().is_empty() { b"   at " } else { b"\n   at " };
                put_frame(frame, false, lead, &mut |bytes| bytes.iter().for_each(|&b| text.push(b)));
            }
            true
        });
        crate::text::new_string(text.as_slice())
    }
}
