//! The personality routine: reads the language-specific data area (Itanium layout, clauses as `kiln_abi::eh_info` says).

use core::ffi::c_void;

use kiln_abi::eh_info::{FILTER_MAGIC, FilterDescriptor};

use super::unwinder::{
    _Unwind_GetCFA, _Unwind_GetGR, _Unwind_GetIP, _Unwind_GetLanguageSpecificData, _Unwind_GetRegionStart, _Unwind_SetIP,
};
use super::{CLASS, Record, capture, filter, land, matches};
use crate::arch::FRAME_REGISTER;
use crate::mt::Mt;

const SEARCH_PHASE: i32 = 1;
const HANDLER_FRAME: i32 = 4;
const URC_FATAL_PHASE1: i32 = 3;
const URC_HANDLER_FOUND: i32 = 6;
const URC_INSTALL_CONTEXT: i32 = 7;
const URC_CONTINUE: i32 = 8;

/// Cursor over the data area.
struct Reader(*const u8);

impl Reader {
    unsafe fn u8(&mut self) -> u8 {
        // SAFETY: a reader starts at a frame's data area or at an address in it, and LLVM wrote the area by the layout that is read here.
        unsafe {
            let v = self.0.read();
            self.0 = self.0.add(1);
            v
        }
    }

    unsafe fn fixed<T: Copy>(&mut self) -> T {
        // SAFETY: as above.
        unsafe {
            let v = self.0.cast::<T>().read_unaligned();
            self.0 = self.0.add(size_of::<T>());
            v
        }
    }

    unsafe fn uleb(&mut self) -> usize {
        let (mut value, mut shift) = (0usize, 0u32);
        loop {
            // SAFETY: as above.
            let b = unsafe { self.u8() };
            value |= usize::from(b & 0x7F).wrapping_shl(shift);
            shift += 7;
            if b & 0x80 == 0 {
                return value;
            }
        }
    }

    unsafe fn sleb(&mut self) -> isize {
        let (mut value, mut shift) = (0isize, 0u32);
        loop {
            // SAFETY: as above.
            let b = unsafe { self.u8() };
            value |= isize::from(i16::from(b & 0x7F)).wrapping_shl(shift);
            shift += 7;
            if b & 0x80 == 0 {
                if b & 0x40 != 0 && shift < 64 {
                    value |= (-1isize).wrapping_shl(shift);
                }
                return value;
            }
        }
    }

    /// A pointer in a DW_EH_PE encoding.
    unsafe fn encoded(&mut self, encoding: u8) -> usize {
        // SAFETY: as above.
        unsafe {
            let at = self.0 as usize;
            let mut value = match encoding & 0x0F {
                0x01 => self.uleb(),
                0x02 => usize::from(self.fixed::<u16>()),
                0x03 => self.fixed::<u32>() as usize,
                0x09 => self.sleb().cast_unsigned(),
                0x0A => isize::from(self.fixed::<i16>()).cast_unsigned(),
                0x0B => (self.fixed::<i32>() as isize).cast_unsigned(),
                _ => self.fixed::<usize>(),
            };
            if value != 0 {
                if encoding & 0x70 == 0x10 {
                    value = value.wrapping_add(at);
                }
                if encoding & 0x80 != 0 {
                    value = (value as *const usize).read();
                }
            }
            value
        }
    }
}

const fn encoded_size(encoding: u8) -> usize {
    match encoding & 0x0F {
        0x02 | 0x0A => 2,
        0x03 | 0x0B => 4,
        _ => 8,
    }
}

/// What a pad does with the exception.
enum Action {
    Nothing,
    Cleanup,
    Catch,
}

/// Personality of compiled code.
#[unsafe(no_mangle)]
unsafe extern "C" fn kiln_personality(_: i32, actions: i32, class: u64, record: *mut Record, context: *mut c_void) -> i32 {
    if class != CLASS {
        return URC_FATAL_PHASE1;
    }
    // SAFETY: the unwinder calls this for a frame whose function names it as its personality, compiled code, with that frame's context; the class
    // says that the record is ours.
    unsafe {
        let mut r = Reader(_Unwind_GetLanguageSpecificData(context));
        if r.0.is_null() {
            return URC_CONTINUE;
        }
        let start = _Unwind_GetRegionStart(context);
        let ip = _Unwind_GetIP(context) - 1;
        let pad_encoding = r.u8();
        let pad_base = if pad_encoding == 0xFF { start } else { r.encoded(pad_encoding) };
        let type_encoding = r.u8();
        let types = if type_encoding == 0xFF {
            0
        } else {
            let offset = r.uleb();
            r.0 as usize + offset
        };
        let site_encoding = r.u8();
        let length = r.uleb();
        let action_table = r.0.add(length);
        while r.0 < action_table {
            let from = r.encoded(site_encoding);
            let size = r.encoded(site_encoding);
            let pad = r.encoded(site_encoding);
            let action = r.uleb();
            if ip < start + from {
                break;
            }
            if ip >= start + from + size {
                continue;
            }
            if pad == 0 {
                break;
            }
            let search = actions & SEARCH_PHASE != 0;
            // The handler frame was decided in phase 1; other frames only clean up.
            let what = if !search && actions & HANDLER_FRAME != 0 {
                Action::Catch
            } else {
                judge(record, context, action_table, action, types, type_encoding, search)
            };
            let sp = _Unwind_GetCFA(context);
            return match what {
                Action::Catch if search => {
                    capture(record, sp);
                    URC_HANDLER_FOUND
                }
                Action::Nothing => URC_CONTINUE,
                _ if search => URC_CONTINUE,
                _ => {
                    land(record, sp);
                    _Unwind_SetIP(context, pad_base + pad);
                    URC_INSTALL_CONTEXT
                }
            };
        }
    }
    URC_CONTINUE
}

unsafe fn judge(
    record: *mut Record,
    context: *mut c_void,
    table: *const u8,
    action: usize,
    types: usize,
    encoding: u8,
    search: bool,
) -> Action {
    if action == 0 {
        return Action::Cleanup;
    }
    // SAFETY: the chain starts behind the call sites of this frame's data area, and the types lie in front of `types`, as the layout says. A
    // clause is null, a MethodTable or a filter's descriptor, told by its first word (`kiln_abi::eh_info`).
    unsafe {
        let mut at = Reader(table.add(action - 1));
        let mut result = Action::Nothing;
        loop {
            let index = at.sleb();
            let next = at.0;
            let step = at.sleb();
            if index == 0 {
                result = Action::Cleanup;
            } else if index > 0 && search {
                let entry = types - index.cast_unsigned() * encoded_size(encoding);
                let clause = Reader(entry as *const u8).encoded(encoding);
                let accepted = if clause != 0 && (clause as *const u64).read_unaligned() == FILTER_MAGIC {
                    let function = (*(clause as *const FilterDescriptor)).function.address();
                    filter(record, function, _Unwind_GetCFA(context), _Unwind_GetGR(context, FRAME_REGISTER))
                } else {
                    matches((*record).object, clause as Mt)
                };
                if accepted {
                    return Action::Catch;
                }
            }
            if step == 0 {
                return result;
            }
            at = Reader(next.offset(step));
        }
    }
}

/// Personality of the runtime's own calls into managed code: catches everything. The data area is one word: the pad, self-relative.
pub unsafe extern "C" fn shim_personality(_: i32, actions: i32, class: u64, record: *mut Record, context: *mut c_void) -> i32 {
    if class != CLASS {
        return URC_FATAL_PHASE1;
    }
    // SAFETY: the unwinder calls this for a frame of `arch::call_filter` or `arch::try_call`, whose data area is one self-relative word; the class
    // says that the record is ours.
    unsafe {
        let sp = _Unwind_GetCFA(context);
        if actions & SEARCH_PHASE != 0 {
            capture(record, sp);
            return URC_HANDLER_FOUND;
        }
        let area = _Unwind_GetLanguageSpecificData(context).cast::<i32>();
        land(record, sp);
        _Unwind_SetIP(context, (area as usize).wrapping_add_signed(area.read() as isize));
    }
    URC_INSTALL_CONTEXT
}
