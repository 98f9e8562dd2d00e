//! Exceptions in two phases over the platform unwinder (ECMA-335 I.12.4.2; Itanium C++ ABI: Exception Handling).
//!
//! A throw makes a [`Record`] and raises it. Phase 1 (search) asks `kiln_personality` per frame that has landing pads: typed
//! clauses compare with the cast logic, filters run right there, below the unwinder, with their results kept in the record. Phase 2
//! enters the pads. Finally code ends with `RhpResume`: phase 2 goes on to the handler that phase 1 found.
//!
//! Records form a stack per thread. An exception that leaves a finally replaces the one that entered it: a record whose pad runs
//! in a frame that a later landing left is dead.

pub mod lsda;
pub mod report;
pub mod trace;
pub mod unwinder;

use core::ffi::c_char;

use kiln_abi::managed::{EXCEPTION_STACK_TRACE, EXCEPTION_STACK_TRACE_STRING};
use kiln_abi::program::exception_kind as kind;

use crate::arch;
use crate::mt::{Mt, Obj, program};
use crate::pal::{self, Buf};
use crate::thread;

/// "KILN.NET": tells our exceptions from C++'s.
pub const CLASS: u64 = 0x4B49_4C4E_2E4E_4554;
/// End of the stack without a handler.
const URC_END_OF_STACK: i32 = 5;

/// Result of one filter in one frame.
#[derive(Clone, Copy)]
struct FilterResult {
    function: usize,
    sp: usize,
    accepted: bool,
}

/// An exception in flight. Starts with the platform's `_Unwind_Exception`.
#[repr(C, align(16))]
pub struct Record {
    class: u64,
    cleanup: usize,
    private: [usize; 2],
    /// The exception (a root).
    pub object: Obj,
    /// The one that was in flight before.
    pub prev: *mut Record,
    /// Frame pointer of the stub that raised it.
    pub throw_fp: usize,
    /// Stack pointer of the frame whose pad runs, 0 while searching.
    pub landing_sp: usize,
    /// Keep the frames that the exception already knows (rethrow), or put a mark after them (foreign).
    keep: Keep,
    /// How many frames the exception knew before; `usize::MAX` until they were counted.
    known: usize,
    /// The innermost frame, when that is no longer on the stack: code that accessed null (`faults`).
    fault: usize,
    frames: Buf<u64>,
    filters: Buf<FilterResult>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    No,
    Rethrow,
    Foreign,
}

/// The innermost exception in flight.
pub fn top() -> *mut Record {
    // SAFETY: this thread's block. Only this module writes the field, so it is null or a record of `push` that was not freed.
    unsafe { (*thread::current()).exceptions.cast() }
}

unsafe fn set_top(r: *mut Record) {
    // SAFETY: this thread's block; nothing borrows from it.
    unsafe { (*thread::current()).exceptions = r.cast() }
}

/// Frees a record.
///
/// # Safety
/// Made by `push`, and taken out of the list.
unsafe fn free(r: *mut Record) {
    // SAFETY: promised, so nothing refers to it any more.
    unsafe {
        core::ptr::drop_in_place(r);
        pal::memory::free(r.cast());
    }
}

/// Removes the records older than `from` that are dead by `is_dead`.
///
/// # Safety
/// A record of this thread's list, or null.
unsafe fn remove_older(from: *mut Record, mut is_dead: impl FnMut(&Record) -> bool) {
    // SAFETY: promised. Records are linked by `push` alone, so the list ends with null, and one that is unlinked here is freed at once.
    unsafe {
        let mut at = from;
        while !at.is_null() && !(*at).prev.is_null() {
            let old = (*at).prev;
            if is_dead(&*old) {
                (*at).prev = (*old).prev;
                free(old);
            } else {
                at = old;
            }
        }
    }
}

/// Frames nested in one physical frame at most (finally in finally); older records of that frame were replaced.
const SAME_FRAME: usize = 16;

/// Makes the record of an exception that is about to be raised by the stub with frame pointer `fp`.
///
/// # Safety
/// An exception; the stub's frame is live.
unsafe fn push(object: Obj, fp: usize, keep: Keep) -> *mut Record {
    // SAFETY: fresh memory of the right size, written before it is linked in.
    unsafe {
        let r = pal::memory::allocate(size_of::<Record>()).cast::<Record>();
        r.write(Record {
            class: CLASS,
            cleanup: 0,
            private: [0; 2],
            object,
            prev: top(),
            throw_fp: fp,
            landing_sp: 0,
            keep,
            known: usize::MAX,
            fault: 0,
            frames: Buf::new(),
            filters: Buf::new(),
        });
        set_top(r);
        if !(*r).prev.is_null() {
            let (mut sp, mut same) = (0, 0);
            remove_older(r, |old| {
                if old.landing_sp == sp {
                    same += 1;
                } else {
                    (sp, same) = (old.landing_sp, 0);
                }
                old.landing_sp != 0 && (old.landing_sp < fp || same > SAME_FRAME)
            });
        }
        r
    }
}

/// Creates an exception of a `throw_kind` or `exception_kind`.
///
/// # Safety
/// `message` is a string or null; may collect.
pub unsafe fn create(kind: i32, message: Obj) -> Obj {
    let entry = program().entries.create_exception;
    if entry.is_null() {
        pal::print("exception kind ");
        pal::print_number(kind.unsigned_abs().into());
        pal::fatal(" was raised, but the program has no create_exception");
    }
    // SAFETY: compiled code with this signature (`kiln_abi::program::ManagedEntryPoints`); the caller holds no reference that it did not pass.
    unsafe {
        let f: extern "C" fn(i32, Obj, Obj) -> Obj = core::mem::transmute(entry);
        // What says that there is no memory must not ask for any that there is not.
        let emergency = kind == kind::OUT_OF_MEMORY;
        if emergency {
            crate::alloc::set_emergency(true);
        }
        let object = f(kind, message, core::ptr::null_mut());
        if emergency {
            crate::alloc::set_emergency(false);
        }
        object
    }
}

/// Throws an exception of a kind with a text.
///
/// # Safety
/// Called where an exception may be thrown.
pub unsafe fn throw_text(kind: i32, text: &[u8]) -> ! {
    // SAFETY: promised.
    unsafe {
        let message = crate::text::new_string(text);
        arch::throw_new(kind, message);
    }
    pal::abort()
}

/// Throws an exception of a kind with its own message.
///
/// # Safety
/// Called where an exception may be thrown.
pub unsafe fn throw_kind(kind: i32) -> ! {
    // SAFETY: promised.
    unsafe { arch::throw_new(kind, core::ptr::null_mut()) }
    pal::abort()
}

/// Makes the record of an exception of a kind; called by a stub with its frame pointer, like all that follow.
pub unsafe extern "C" fn prepare_kind(kind: i32, message: Obj, fp: usize) -> *mut Record {
    // SAFETY: called by the stub.
    unsafe {
        let object = report::thrown(create(kind, message));
        push(object, fp, Keep::No)
    }
}

/// Of `throw`.
pub unsafe extern "C" fn prepare_throw(object: Obj, _: usize, fp: usize) -> *mut Record {
    // SAFETY: called by the stub with its own frame pointer; compiled code throws exceptions or null, and the build compared the offsets of their
    // fields with CoreLib's. What is written is null, so it needs no barrier.
    unsafe {
        if object.is_null() {
            return prepare_kind(kind::NULL_REFERENCE, core::ptr::null_mut(), fp);
        }
        let t = thread::current();
        if (*t).foreign_raise != 0 {
            (*t).foreign_raise = 0;
            return push(report::thrown(object), fp, Keep::Foreign);
        }
        object.add(EXCEPTION_STACK_TRACE).cast::<Obj>().write(core::ptr::null_mut());
        object.add(EXCEPTION_STACK_TRACE_STRING).cast::<Obj>().write(core::ptr::null_mut());
        push(report::thrown(object), fp, Keep::No)
    }
}

/// Of `rethrow`.
pub unsafe extern "C" fn prepare_rethrow(object: Obj, _: usize, fp: usize) -> *mut Record {
    // SAFETY: called by the stub.
    unsafe {
        if object.is_null() {
            return prepare_kind(kind::NULL_REFERENCE, core::ptr::null_mut(), fp);
        }
        push(report::thrown(object), fp, Keep::Rethrow)
    }
}

/// Of the end of a finally: the one in flight goes on.
pub unsafe extern "C" fn prepare_resume(_: usize, _: usize, fp: usize) -> *mut Record {
    let r = top();
    if r.is_null() {
        pal::fatal("RhpResume without an exception");
    }
    // SAFETY: the innermost record is the one whose pad ends here.
    unsafe {
        (*r).throw_fp = fp;
        (*r).landing_sp = 0;
    }
    r
}

macro_rules! prepare {
    ($($name:ident $kind:ident)*) => { $(
        /// Of an exception without arguments.
        pub unsafe extern "C" fn $name(_: usize, _: usize, fp: usize) -> *mut Record {
            // SAFETY: called by the stub.
            unsafe { prepare_kind(kind::$kind, core::ptr::null_mut(), fp) }
        }
    )* };
}
prepare! {
    prepare_null_reference NULL_REFERENCE
    prepare_index_out_of_range INDEX_OUT_OF_RANGE
    prepare_overflow OVERFLOW
    prepare_divide_by_zero DIVIDE_BY_ZERO
    prepare_arithmetic ARITHMETIC
}

/// Of an access near null that no check stands for.
pub unsafe extern "C" fn prepare_fault(_: usize, _: usize, fp: usize) -> *mut Record {
    // SAFETY: called by the stub; this thread's block.
    unsafe {
        let accessed = core::mem::take(&mut (*thread::local()).fault);
        let r = prepare_kind(kind::NULL_REFERENCE, core::ptr::null_mut(), fp);
        (*r).fault = accessed;
        r
    }
}

/// Of an exception of a kind with a text or null.
pub unsafe extern "C" fn prepare_helper(kind: i32, message: *const c_char, fp: usize) -> *mut Record {
    // SAFETY: called by the stub; the text is NUL-terminated or null.
    unsafe {
        let message = if message.is_null() { core::ptr::null_mut() } else { crate::text::new_string(crate::text::c_bytes(message.cast())) };
        prepare_kind(kind, message, fp)
    }
}

/// The raise came back: nobody catches the exception.
pub unsafe extern "C" fn unhandled(code: i32) -> ! {
    let r = top();
    // SAFETY: called by the stub that raised the innermost record, whose frame is live.
    unsafe {
        if code != URC_END_OF_STACK || r.is_null() {
            pal::print("unwinder code ");
            pal::print_number(code.unsigned_abs().into());
            pal::fatal(" while raising an exception");
        }
        capture(r, usize::MAX);
        attach(r);
        report::unhandled((*r).object)
    }
}

/// Notes the frames from the throw up to the one whose stack pointer is `sp`: the first whose frame pointer is not below that.
unsafe fn capture(r: *mut Record, sp: usize) {
    // SAFETY: in the search phase nothing was unwound yet: the stub's frame, which `throw_fp` names, and all above it are live.
    unsafe {
        (*r).frames.truncate(0);
        if (*r).fault != 0 {
            (*r).frames.push((*r).fault as u64);
        }
        crate::roots::each_frame((*r).throw_fp, |frame| {
            if frame.managed {
                (*r).frames.push(frame.ip as u64);
            }
            frame.fp < sp && (*r).frames.len() < 1 << 16
        });
    }
}

/// Puts the noted frames into the exception. Does not collect.
unsafe fn attach(r: *mut Record) {
    // SAFETY: a live exception object.
    unsafe {
        let object = (*r).object;
        let slot = object.add(EXCEPTION_STACK_TRACE).cast::<Obj>();
        let old = trace::frames(slot.read());
        let mut new = (*r).frames.as_slice();
        if new.is_empty() {
            return;
        }
        // A filter that read the trace left frames of this throw in it.
        if (*r).known == usize::MAX {
            (*r).known = if (*r).keep == Keep::No { 0 } else { old.len() };
        }
        let keep = &old[..(*r).known.min(old.len())];
        let mark = (*r).keep == Keep::Foreign && !keep.is_empty();
        if (*r).keep == Keep::Rethrow
            && let (Some(&last), Some(&first)) = (keep.last(), new.first())
            && trace::same_method(last, first)
        {
            new = new.get(1..).unwrap_or(&[]);
        }
        let array = trace::new_array(keep.len() + usize::from(mark) + new.len());
        if array.is_null() {
            return;
        }
        let to = trace::frames_mut(array);
        to[..keep.len()].copy_from_slice(keep);
        if mark {
            to[keep.len()] = trace::MARK;
        }
        let at = keep.len() + usize::from(mark);
        to[at..].copy_from_slice(new);
        crate::barrier::store(slot, array);
        (*r).frames.truncate(0);
    }
}

/// Phase 2 enters a pad of the frame with this stack pointer: what belongs to deeper frames is gone.
unsafe fn land(r: *mut Record, sp: usize) {
    // SAFETY: the lists hold records in live or just unwound frames, which are still readable.
    unsafe {
        (*r).landing_sp = sp;
        let t = thread::current();
        while !(*t).local_roots.is_null() && ((*t).local_roots as usize) < sp {
            (*t).local_roots = (*(*t).local_roots).next;
        }
        while !(*t).filter_frames.is_null() && ((*t).filter_frames as usize) < sp {
            (*t).filter_frames = (*(*t).filter_frames).next;
        }
        remove_older(r, |old| old.landing_sp != 0 && old.landing_sp < sp);
    }
}

/// Does the exception match a clause's type (null: any)?
unsafe fn matches(object: Obj, mt: Mt) -> bool {
    // SAFETY: a live object and a MethodTable.
    mt.is_null() || unsafe { crate::cast::is_instance(mt, object) }
}

/// Asks a filter of a frame, once.
unsafe fn filter(r: *mut Record, function: usize, sp: usize, fp: usize) -> bool {
    // SAFETY: runs in the search phase, with the whole stack intact: registered frames are on it. The function is a filter of the frame whose
    // record is passed (`lower` pairs them), called at a point where every root is known; the record itself is one.
    unsafe {
        if let Some(known) = (*r).filters.as_slice().iter().find(|f| f.function == function && f.sp == sp) {
            return known.accepted;
        }
        let mut frame = core::ptr::null_mut();
        let mut at = (*thread::current()).filter_frames;
        while !at.is_null() {
            if (at as usize) >= sp && (at as usize) < fp {
                frame = (*at).frame;
                break;
            }
            at = (*at).next;
        }
        // The filter may read the trace: it reaches up to the filter's own frame.
        capture(r, sp);
        attach(r);
        let accepted = arch::call_filter((*r).object, frame, function as *const u8, (*r).throw_fp) != 0;
        (*r).filters.push(FilterResult { function, sp, accepted });
        accepted
    }
}

/// Landing pad: does the current exception match?
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpMatchCatch(mt: Mt) -> i32 {
    // SAFETY: compiled code calls this in a landing pad only, where phase 2 came with the innermost record; `mt` is a type of the program or null.
    unsafe { i32::from(matches((*top()).object, mt)) }
}

/// Landing pad: did the filter accept?
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpMatchFilter(function: *const u8) -> i32 {
    // SAFETY: in a landing pad, as `RhpMatchCatch`.
    unsafe {
        let r = top();
        let sp = (*r).landing_sp;
        i32::from((*r).filters.as_slice().iter().any(|f| f.accepted && f.function == function as usize && f.sp == sp))
    }
}

/// Landing pad: takes the current exception.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpBeginCatch() -> Obj {
    // SAFETY: in a landing pad, as `RhpMatchCatch`. Nobody has the record but this thread's list, which loses it here.
    unsafe {
        let r = top();
        attach(r);
        let object = (*r).object;
        set_top((*r).prev);
        free(r);
        object
    }
}

/// A filter ended by an exception: forget it.
pub unsafe extern "C" fn drop_exception() {
    // SAFETY: called by the pad of `arch::call_filter`, where phase 2 came with the innermost record.
    unsafe {
        let r = top();
        set_top((*r).prev);
        free(r);
    }
}

/// Registers a frame with filters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpPushFilterFrame(record: *mut thread::FilterFrame) {
    // SAFETY: the record lives in the caller's frame until it is popped.
    unsafe {
        let t = thread::current();
        (*record).next = (*t).filter_frames;
        (*t).filter_frames = record;
    }
}

/// Removes it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn RhpPopFilterFrame(record: *mut thread::FilterFrame) {
    // SAFETY: registered before; a landing may have removed it already, together with deeper ones.
    unsafe {
        let t = thread::current();
        if (*t).filter_frames as usize <= record as usize && !(*t).filter_frames.is_null() {
            (*t).filter_frames = (*record).next;
        }
    }
}
