//! Where the references are: stacks (by frame pointer and GC tables), statics, thread statics, type objects, local roots, exceptions.

use core::sync::atomic::{AtomicUsize, Ordering};

use kiln_abi::gc_info::{self, SlotBase, SlotKind};
use kiln_abi::program::MethodEntry;

use crate::arch::{self, frame_pointer};
use crate::eh::unwinder::{_Unwind_Find_FDE, Bases};
use crate::heap::address::{Address, Slot};
use crate::heap::collect::Embedder;
use crate::heap::root_set::RootSet;
use crate::heap::tlab::Threads;
use crate::mt::{Obj, program};
use crate::thread;
use crate::world::{StoppedCell, WorldStopped};

/// One frame on the way up the stack.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Return address into the frame's function.
    pub ip: usize,
    /// Its stack pointer at the call.
    pub sp: usize,
    /// Its frame pointer.
    pub fp: usize,
    /// Compiled code (not the runtime or a library)?
    pub managed: bool,
}

/// Address of the first method's code, and of the last one's. Written once, before managed code runs.
static CODE: (AtomicUsize, AtomicUsize) = (AtomicUsize::new(usize::MAX), AtomicUsize::new(0));

/// Notes the program's bounds.
pub fn init() {
    let list = methods();
    if let (Some(first), Some(last)) = (list.first(), list.last()) {
        CODE.0.store(address(first), Ordering::Relaxed);
        CODE.1.store(address(last), Ordering::Relaxed);
    }
}

fn methods() -> &'static [MethodEntry] {
    let p = program();
    if p.methods.is_null() {
        return &[];
    }
    // SAFETY: the header's own count.
    unsafe { core::slice::from_raw_parts(p.methods, p.method_count as usize) }
}

/// Where a method's code starts.
#[inline(always)]
pub(crate) fn address(m: &MethodEntry) -> usize {
    m.function.address()
}

/// The compiled method that contains an address.
pub fn find_method(ip: usize) -> Option<&'static MethodEntry> {
    let last = CODE.1.load(Ordering::Relaxed);
    if ip < CODE.0.load(Ordering::Relaxed) {
        return None;
    }
    let list = methods();
    let i = list.partition_point(|m| address(m) <= ip);
    let found = list.get(i.checked_sub(1)?)?;
    if address(found) == last {
        // Nothing says where the last one ends but its unwind information.
        let mut bases = Bases { text: 0, data: 0, function: 0 };
        // SAFETY: an out parameter.
        let fde = unsafe { _Unwind_Find_FDE(ip as *const u8, &raw mut bases) };
        if fde.is_null() || bases.function != last {
            return None;
        }
    }
    Some(found)
}

/// Calls `f` with return address, stack pointer at the call and frame pointer of the frames of a thread, from `from` on
/// (`ThreadBlock::parked_frame`) until it returns false.
///
/// # Safety
/// `from` is the frame pointer of a live frame of the thread (its caller is the first), or a `NativeCall`; the thread is this one, or parked.
#[inline(always)]
unsafe fn walk(t: *const thread::ThreadBlock, from: usize, mut f: impl FnMut(usize, usize, usize) -> bool) {
    // SAFETY: frame pointers of compiled code ascend up to the thread's first frame; native frames between a callback and the call that
    // led to it are passed over.
    unsafe {
        let end = (*t).stack_end;
        let mut callback = (*t).callbacks;
        let mut fp = from;
        loop {
            let (ip, sp, next) = if fp & 1 != 0 {
                let call = (fp & !1) as *const thread::NativeCall;
                ((*call).ip, (*call).sp, (*call).fp)
            } else if fp != 0 && fp < end && fp.is_multiple_of(8) {
                let caller = arch::caller(fp);
                (caller.ip, caller.sp, caller.fp)
            } else {
                return;
            };
            if !f(ip, sp, next) {
                return;
            }
            while !callback.is_null() && callback.addr() < sp {
                callback = (*callback).next;
            }
            if !callback.is_null() && callback.addr() < next {
                // This was the frame of a callback's entry.
                let parked = (*callback).parked;
                let attached = (*callback).attached != 0;
                callback = (*callback).next;
                if attached {
                    return;
                }
                if parked != 0 {
                    fp = parked;
                    continue;
                }
            }
            if next <= fp & !1 {
                return;
            }
            fp = next;
        }
    }
}

/// Calls `f` for the frames from the one with frame pointer `fp` upwards (beginning with its caller) until it returns false.
///
/// # Safety
/// `fp` is the frame pointer of a live frame of this thread.
pub unsafe fn each_frame(fp: usize, mut f: impl FnMut(&Frame) -> bool) {
    // SAFETY: promised.
    unsafe {
        walk(thread::current(), fp, |ip, sp, fp| f(&Frame { ip, sp, fp, managed: find_method(ip.wrapping_sub(1)).is_some() }));
    }
}

/// How many return addresses are remembered.
const CACHE: usize = 1024;

/// A return address and the slots of its call.
#[derive(Clone, Copy)]
struct Site {
    ip: usize,
    slots: Option<&'static [u8]>,
}

/// The slots of recently seen return addresses.
static SITES: StoppedCell<[Site; CACHE]> = StoppedCell::new([Site { ip: 0, slots: None }; CACHE]);

/// The slots of the call that returns to `ip`; None for frames that are not compiled code.
fn site(sites: &mut [Site; CACHE], ip: usize) -> Option<gc_info::Slots<'static>> {
    let cached = &mut sites[(ip ^ ip >> 10) % CACHE];
    if cached.ip != ip {
        cached.slots = find_slots(ip);
        cached.ip = ip;
    }
    cached.slots.map(gc_info::Slots::new)
}

/// Longest record that is read: none comes near.
pub const RECORD_LIMIT: usize = 1 << 26;

/// The GC record of a method; what comes behind it in memory too.
pub(crate) fn record(m: &MethodEntry) -> Option<&'static [u8]> {
    // SAFETY: the record ends itself.
    (m.gc_offset != u32::MAX).then(|| unsafe { core::slice::from_raw_parts(program().gc_bytes.add(m.gc_offset as usize), RECORD_LIMIT) })
}

fn find_slots(ip: usize) -> Option<&'static [u8]> {
    let m = find_method(ip - 1)?;
    Some(gc_info::find_site(record(m)?, (ip - address(m)) as u32)?.bytes())
}

/// Is this the return address of a call where a collection may happen? False in functions whose calls are not listed: nothing in
/// them is optimised.
pub(crate) fn is_site(ip: usize) -> bool {
    let Some(m) = find_method(ip - 1) else { return false };
    record(m).is_some_and(|bytes| gc_info::return_offsets(bytes).any(|offset| offset as usize == ip - address(m)))
}

/// What the frames of a thread hold.
///
/// # Safety
/// As for `walk`.
unsafe fn stack(world: &mut WorldStopped<'_>, roots: &mut RootSet, t: *const thread::ThreadBlock, from: usize) {
    let sites = SITES.get(world);
    // SAFETY: the thread is stopped in the runtime or in native code; its frames are live, and the tables say where they keep references.
    unsafe {
        walk(t, from, |ip, sp, fp| {
            let Some(slots) = site(sites, ip) else { return true };
            let place = |base, offset: i32| {
                let from = match base {
                    SlotBase::Sp => sp,
                    SlotBase::Fp => fp,
                };
                Slot::at(Address::new(from.wrapping_add_signed(offset as isize)))
            };
            for s in slots {
                let at = place(s.base, s.offset);
                match s.kind {
                    SlotKind::Root => roots.add_interior(at),
                    SlotKind::Pinned => {
                        roots.add_pinned(at);
                        roots.add_interior(at);
                    }
                    SlotKind::Derived { base, offset } => roots.add_derived(at, place(base, offset)),
                }
            }
            true
        });
    }
}

/// The compiled program as the collector sees it.
#[derive(Debug)]
pub struct Program;

// SAFETY: compiled code keeps references in static slots (the program header lists them), thread statics (their descriptors do), and the slots
// of its frames (the GC tables do); the runtime and natives keep them in type objects, thread blocks, `LocalRoots`, and exceptions in
// flight. Handles and finalizers are the heap's own. All of these stay as they are while the world is stopped.
unsafe impl Embedder for Program {
    fn roots(&mut self, world: &mut WorldStopped<'_>, threads: &Threads, set: &mut RootSet) {
        let p = program();
        // SAFETY: the header's own count of static slots; attached threads' blocks are valid, and their threads are this one or stopped.
        unsafe {
            for i in 0..p.static_ref_count as usize {
                set.add(Slot::of(p.static_refs.add(i).read()));
            }
            crate::types::each_slot(|slot| set.add(slot));
            for t in threads.iter() {
                thread_roots(world, set, t);
            }
        }
    }

    fn is_method_table(&self, word: Address) -> bool {
        is_method_table(word.get())
    }
}

/// What one thread holds.
///
/// # Safety
/// An attached thread that is this one, or stopped.
unsafe fn thread_roots(world: &mut WorldStopped<'_>, roots: &mut RootSet, t: *mut thread::ThreadBlock) {
    // SAFETY: promised: nobody changes the thread's lists. Each of them ends with null.
    unsafe {
        let fp = if t == thread::current() { frame_pointer() } else { (*t).parked_frame };
        stack(world, roots, t, fp);
        roots.add(Slot::of(&raw mut (*t).thread_object));
        let mut local = (*t).local_roots;
        while !local.is_null() {
            for i in 0..(*local).count {
                roots.add_interior(Slot::of((*local).slots.add(i)));
            }
            local = (*local).next;
        }
        let mut record = (*t).exceptions.cast::<crate::eh::Record>();
        while !record.is_null() {
            roots.add(Slot::of(&raw mut (*record).object));
            record = (*record).prev;
        }
        for i in 0..(*t).thread_static_count {
            let block = (*t).thread_statics.add(i);
            if (*block).data.is_null() {
                continue;
            }
            let d = &*(*block).descriptor;
            for k in 0..d.ref_count as usize {
                roots.add(Slot::of((*block).data.add(d.ref_offsets.add(k).read() as usize).cast::<Obj>()));
            }
        }
    }
}

/// Is this the address of a MethodTable that the program has?
fn is_method_table(word: usize) -> bool {
    let p = program();
    if word == 0 || !word.is_multiple_of(8) {
        return false;
    }
    // SAFETY: the header's own count.
    unsafe {
        // The list holds the constructed types in no order.
        (0..p.type_count as usize).any(|i| p.types.add(i).read() as usize == word) || plausible(word)
    }
}

/// A word that points to something with the shape of a MethodTable. The list may leave out types that are only allocated.
///
/// # Safety
/// A multiple of 8.
unsafe fn plausible(word: usize) -> bool {
    let p = program();
    let near = p.well_known.object as usize;
    // SAFETY: near the program's other MethodTables, so readable.
    word.abs_diff(near) < 1 << 28
        && unsafe { (*(word as *const kiln_abi::method_table::MethodTable)).base_size >= kiln_abi::object::STRING_BASE_SIZE }
}
