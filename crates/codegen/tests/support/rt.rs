//! Test runtime: a semispace collector that moves every object at every allocation, exceptions over libgcc's unwinder.
//! Compiled by the test with rustc, together with the generated `tables.rs` (functions and their GC records).
#![allow(static_mut_refs, dead_code, non_upper_case_globals, unsafe_op_in_unsafe_fn, reason = "a test program with one thread")]

use gc_info::{SlotBase, SlotKind};
use std::arch::global_asm;

include!("tables.rs");

#[repr(C)]
pub struct Mt {
    size: u64,
    ref_count: u64,
    refs: [u64; 2],
}
#[unsafe(no_mangle)]
pub static MT_NODE: Mt = Mt { size: 24, ref_count: 1, refs: [8, 0] };
#[unsafe(no_mangle)]
pub static MT_ARR: Mt = Mt { size: 72, ref_count: 0, refs: [0, 0] };
#[unsafe(no_mangle)]
pub static MT_E1: Mt = Mt { size: 16, ref_count: 0, refs: [0, 0] };
#[unsafe(no_mangle)]
pub static MT_E2: Mt = Mt { size: 16, ref_count: 0, refs: [0, 1] };

#[unsafe(no_mangle)]
pub static FROZEN: [u64; 3] = [0, 0, 9];

const SEMI: usize = 8 << 20;
static mut FROM: *mut u8 = std::ptr::null_mut();
static mut TO: *mut u8 = std::ptr::null_mut();
static mut TOP: usize = 0;
static mut STARTS: Vec<usize> = Vec::new();
static mut NEW_STARTS: Vec<usize> = Vec::new();
static mut STATS: [usize; 5] = [0; 5]; // collections, roots, derived, interior, pinned
static mut EXCEPTIONS: Vec<(u64, *mut Header, bool)> = Vec::new();

unsafe fn copy(object: u64) -> u64 {
    let mt = *(object as *const u64);
    if mt & 1 == 1 {
        return mt & !1;
    }
    let size = (*(mt as *const Mt)).size as usize;
    let new = TO.add(TOP) as u64;
    std::ptr::copy_nonoverlapping(object as *const u8, new as *mut u8, size);
    TOP += size;
    NEW_STARTS.push(new as usize);
    *(object as *mut u64) = new | 1;
    new
}
unsafe fn forward(p: u64) -> u64 {
    let place = p as usize;
    if place < FROM as usize || place >= FROM as usize + SEMI {
        let poison = 0xdbdb_dbdb_dbdb_dbdb;
        assert!(p != poison, "stale root");
        return p;
    }
    let start = match STARTS.binary_search(&place) {
        Ok(i) => STARTS[i],
        Err(i) => {
            STATS[3] += 1;
            STARTS[i - 1]
        }
    } as u64;
    copy(start) + (p - start)
}
unsafe fn site(pc: usize) -> Option<(usize, gc_info::Slots<'static>)> {
    let (start, record) = FUNCTIONS.iter().map(|f| (f.0 as usize, f.1)).filter(|f| f.0 < pc).max_by_key(|f| f.0)?;
    Some((start, gc_info::find_site(record, u32::try_from(pc - start).ok()?)?))
}
unsafe fn collect(frame: *const u64) {
    STATS[0] += 1;
    let used = TOP;
    TOP = 0;
    NEW_STARTS.clear();
    let mut frame = frame;
    loop {
        let (fp, pc, sp) = (*frame, *frame.add(1) as usize, frame as u64 + 16);
        let Some((_, slots)) = site(pc) else { break };
        let place = |base, offset: i32| (if base == SlotBase::Sp { sp } else { fp }).wrapping_add_signed(i64::from(offset)) as *mut u64;
        let mut derived = Vec::new();
        for slot in slots.clone() {
            if let SlotKind::Derived { base, offset } = slot.kind {
                STATS[2] += 1;
                let at = place(slot.base, slot.offset);
                let base = place(base, offset);
                if *base != 0 {
                    derived.push((at, base, (*at).wrapping_sub(*base)));
                }
            }
        }
        for slot in slots {
            if !matches!(slot.kind, SlotKind::Derived { .. }) {
                STATS[1] += 1;
                STATS[4] += usize::from(slot.kind == SlotKind::Pinned);
                let at = place(slot.base, slot.offset);
                *at = forward(*at);
            }
        }
        for (at, base, difference) in derived {
            *at = (*base).wrapping_add(difference);
        }
        frame = fp as *const u64;
    }
    for e in EXCEPTIONS.iter_mut() {
        e.0 = forward(e.0);
    }
    let mut scan = 0;
    while scan < TOP {
        let object = TO.add(scan) as u64;
        let mt = &*(*(object as *const u64) as *const Mt);
        for r in 0..mt.ref_count as usize {
            let at = (object + mt.refs[r]) as *mut u64;
            if *at != 0 {
                *at = copy(*at);
            }
        }
        scan += mt.size as usize;
    }
    std::ptr::write_bytes(FROM, 0xdb, used);
    std::mem::swap(&mut FROM, &mut TO);
    std::mem::swap(&mut STARTS, &mut NEW_STARTS);
}
#[unsafe(no_mangle)]
unsafe extern "C" fn test_alloc_slow(mt: *const Mt, frame: *const u64) -> u64 {
    collect(frame);
    let object = FROM.add(TOP) as u64;
    let size = (*mt).size as usize;
    assert!(TOP + size < SEMI);
    TOP += size;
    std::ptr::write_bytes(object as *mut u8, 0, size);
    *(object as *mut u64) = mt as u64;
    STARTS.push(object as usize);
    object
}
global_asm!(
    ".globl RhpNewObject\nRhpNewObject:\n.cfi_startproc\npush rbp\n.cfi_def_cfa_offset 16\n.cfi_offset rbp,-16\nmov rbp,rsp\n.cfi_def_cfa_register rbp",
    "mov rsi,rbp\ncall test_alloc_slow\npop rbp\n.cfi_def_cfa rsp,8\nret\n.cfi_endproc",
    ".globl RhpThrowEx\nRhpThrowEx:\n.cfi_startproc\npush rbp\n.cfi_def_cfa_offset 16\n.cfi_offset rbp,-16\nmov rbp,rsp\n.cfi_def_cfa_register rbp",
    "call test_throw\nmov rdi,rax\ncall _Unwind_RaiseException@PLT\nud2\n.cfi_endproc",
    ".globl RhpResume\nRhpResume:\n.cfi_startproc\npush rbp\n.cfi_def_cfa_offset 16\n.cfi_offset rbp,-16\nmov rbp,rsp\n.cfi_def_cfa_register rbp",
    "call test_current\nmov rdi,rax\ncall _Unwind_RaiseException@PLT\nud2\n.cfi_endproc",
    ".section .tbss,\"awT\",@nobits\n.globl kiln_thread\n.balign 16\nkiln_thread: .zero 64\n.text"
);
#[repr(C)]
pub struct Header {
    words: [u64; 16],
}
unsafe extern "C" {
    fn _Unwind_GetLanguageSpecificData(c: *mut u8) -> *const u8;
    fn _Unwind_GetIP(c: *mut u8) -> u64;
    fn _Unwind_GetRegionStart(c: *mut u8) -> u64;
    fn _Unwind_SetIP(c: *mut u8, ip: u64);
}
#[unsafe(no_mangle)]
unsafe extern "C" fn test_throw(e: u64) -> *mut Header {
    let header = Box::into_raw(Box::new(Header { words: [0; 16] }));
    EXCEPTIONS.push((e, header, false));
    header
}
#[unsafe(no_mangle)]
unsafe extern "C" fn test_current() -> *mut Header {
    EXCEPTIONS.last().unwrap().1
}
#[unsafe(no_mangle)]
unsafe extern "C" fn RhpPoll() {}
#[unsafe(no_mangle)]
unsafe extern "C" fn RhpMatchCatch(mt: u64) -> i32 {
    i32::from(*(EXCEPTIONS.last().unwrap().0 as *const u64) == mt)
}
#[unsafe(no_mangle)]
unsafe extern "C" fn RhpMatchFilter(_: u64) -> i32 {
    i32::from(EXCEPTIONS.last().unwrap().2)
}
#[unsafe(no_mangle)]
unsafe extern "C" fn RhpBeginCatch() -> u64 {
    let (object, header, _) = EXCEPTIONS.pop().unwrap();
    drop(Box::from_raw(header));
    object
}
unsafe fn read<T: Copy>(p: &mut *const u8) -> T {
    let v = std::ptr::read_unaligned(p.cast());
    *p = p.add(size_of::<T>());
    v
}
unsafe fn uleb(p: &mut *const u8) -> u64 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let b: u8 = read(p);
        value |= u64::from(b & 127) << shift;
        shift += 7;
        if b < 128 {
            return value;
        }
    }
}
unsafe fn sleb(p: &mut *const u8) -> i64 {
    let start = *p;
    let value = uleb(p);
    let bits = 7 * p.offset_from(start);
    if bits < 64 { (value << (64 - bits)) as i64 >> (64 - bits) } else { value as i64 }
}
unsafe fn encoded(encoding: u8, p: &mut *const u8) -> u64 {
    let at = *p as u64;
    let mut v = match encoding & 15 {
        1 => uleb(p),
        3 => u64::from(read::<u32>(p)),
        11 => read::<i32>(p) as u64,
        _ => read(p),
    };
    if v != 0 && encoding & 0x70 == 0x10 {
        v = v.wrapping_add(at);
    }
    if v != 0 && encoding & 0x80 != 0 {
        v = *(v as *const u64);
    }
    v
}
#[unsafe(no_mangle)]
unsafe extern "C" fn kiln_personality(_: i32, actions: i32, _: u64, _: *mut Header, context: *mut u8) -> i32 {
    let mut p = _Unwind_GetLanguageSpecificData(context);
    if p.is_null() {
        return 8;
    }
    let ip = _Unwind_GetIP(context) - 1;
    let start = _Unwind_GetRegionStart(context);
    assert_eq!(read::<u8>(&mut p), 0xff);
    let type_encoding: u8 = read(&mut p);
    let types = if type_encoding == 0xff {
        0
    } else {
        assert_eq!(type_encoding, 0x9b);
        let o = uleb(&mut p);
        p as u64 + o
    };
    let encoding: u8 = read(&mut p);
    let len = uleb(&mut p);
    let end = p as u64 + len;
    while (p as u64) < end {
        let (s, l, pad, action) = (encoded(encoding, &mut p), encoded(encoding, &mut p), encoded(encoding, &mut p), uleb(&mut p));
        if ip < start + s || ip >= start + s + l {
            continue;
        }
        if pad == 0 {
            return 8;
        }
        let (mut catches, mut cleanup) = (false, action == 0);
        let mut q = (end + action.wrapping_sub(1)) as *const u8;
        while action != 0 {
            let filter = sleb(&mut q);
            let at = q as i64;
            let next = sleb(&mut q);
            if filter > 0 {
                let mut t = (types - filter as u64 * 4) as *const u8;
                let clause = encoded(type_encoding, &mut t);
                let exception = EXCEPTIONS.last_mut().unwrap();
                if *(clause as *const u64) == 0xFFFF_FFFF_4B69_6C6E {
                    if actions & 1 != 0 {
                        let field = clause + 8;
                        let function = field.wrapping_add_signed(i64::from(*(field as *const i32)));
                        let function: extern "C" fn(u64, u64) -> i32 = std::mem::transmute(function);
                        exception.2 = function(exception.0, 0) != 0;
                    }
                    catches |= exception.2;
                } else {
                    catches |= *(exception.0 as *const u64) == clause;
                }
            } else {
                cleanup = true;
            }
            if next == 0 {
                break;
            }
            q = (at + next) as *const u8;
        }
        if actions & 1 != 0 {
            return if catches { 6 } else { 8 };
        }
        if !catches && !cleanup {
            return 8;
        }
        _Unwind_SetIP(context, start + pad);
        return 7;
    }
    8
}

unsafe extern "C-unwind" {
    fn managed_main(n: u64, stop: u64) -> u64;
    fn arith(a: i64, b: i32) -> i64;
    fn filtered(x: i64) -> i64;
    fn floats(x: f64) -> f64;
    fn thread_word() -> i64;
    fn frozen(x: i64) -> i64;
    fn derived(x: i64, index: i64) -> i64;
}
fn expect(n: u64, stop: u64) -> u64 {
    let (mut cell, mut p, mut sum) = (0u64, 0u64, 0u64);
    for i in 0..n {
        p += i;
        cell += 1;
        if i % 7 == 3 {
            sum += i + 1000 + i;
            cell += 10;
        } else if i == stop {
            return (i + 1000) * 1_000_000 + cell + 100;
        } else {
            sum += 1;
            cell += 10;
        }
    }
    sum + p + cell + n * (n - 1) / 2 + n + (n - 1)
}
fn expect_arith(a: i64, b: i32) -> i64 {
    let mut sum = 0i64;
    for i in 0..a {
        sum += match i % 4 {
            0 => i64::from(b),
            1 => i * 3,
            2 => i64::from((i as i32).count_ones()),
            _ => -1,
        };
    }
    sum
}
#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    unsafe {
        FROM = std::alloc::alloc(std::alloc::Layout::from_size_align(SEMI, 4096).unwrap());
        TO = std::alloc::alloc(std::alloc::Layout::from_size_align(SEMI, 4096).unwrap());
        assert_eq!(arith(10, -5), expect_arith(10, -5));
        assert_eq!(arith(101, 77), expect_arith(101, 77));
        assert_eq!(arith(-1, i32::MAX), 0);
        assert_eq!(floats(2.0), 2.0f64.powf(2.5).floor() + f64::from(i32::MAX));
        assert_eq!(thread_word(), 42);
        assert_eq!((frozen(0), frozen(1)), (7, 1009));
        assert_eq!((derived(0, 2), derived(1, 2)), (10, 55));
        assert_eq!(filtered(7), 107);
        assert_eq!(filtered(8), -8);
        for (n, stop) in [(10u64, 1000u64), (200, 1000), (200, 150), (300, 8)] {
            assert_eq!(managed_main(n, stop), expect(n, stop), "n={n} stop={stop}");
            assert!(EXCEPTIONS.is_empty());
        }
        println!("collections {} roots {} derived {} interior {} pinned {}", STATS[0], STATS[1], STATS[2], STATS[3], STATS[4]);
        assert!(STATS[0] > 1000 && STATS[1] > 4000 && STATS[3] > 0 && STATS[4] > 0);
        // A word of a frame that is described once holds a reference by itself.
        assert_eq!(STATS[2] > 0, STATEPOINTS);
    }
    0
}
