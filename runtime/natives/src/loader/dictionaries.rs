//! Dictionaries of methods, and filling what was made.

use core::mem::offset_of;
use core::ptr::null_mut;

use kiln_abi::dispatch::{self, DispatchRow, MadeDispatchMap, MethodDictionary};
use kiln_abi::templates::MethodTemplate;

use kiln_rt::mt::Mt;

use super::blobs::{Cursor, Scope};
use super::tables::{Made, copied};
use super::{MAX_DEPTH, NOTHING, arguments as arguments_of, depth, slots, template_for, templates};
use crate::members::zeroed;

/// The dictionary of a generic method that was made.
struct OfMethod {
    template: u32,
    owner: Mt,
    arguments: *const Mt,
    count: usize,
    dictionary: *mut u8,
    next: *mut OfMethod,
}

const BUCKETS: usize = 1024;
static mut METHODS: [*mut OfMethod; BUCKETS] = [null_mut(); BUCKETS];

/// Something whose slots are not filled yet.
#[derive(Clone, Copy)]
enum Pending {
    Type(*mut Made),
    Method(*mut OfMethod),
}

struct Link {
    what: Pending,
    next: *mut Link,
}

static mut PENDING: *mut Link = null_mut();
static mut RUNNING: bool = false;
/// Tables that are being made: until they have their base types and interfaces nobody may ask what converts to what.
static mut MAKING: usize = 0;

/// Makes a table, during which nothing is filled.
///
/// # Safety
/// The caller is inside.
pub(super) unsafe fn making<T>(make: impl FnOnce() -> T) -> T {
    // SAFETY: one thread is inside at a time; nothing throws meanwhile.
    unsafe {
        MAKING += 1;
        let made = make();
        MAKING -= 1;
        made
    }
}

unsafe fn pend(what: Pending) {
    // SAFETY: one thread is inside at a time.
    unsafe {
        let l = zeroed::<Link>();
        l.write(Link { what, next: PENDING });
        PENDING = l;
    }
}

/// Notes a type to be filled.
///
/// # Safety
/// The caller is inside.
pub(super) unsafe fn pend_type(made: *mut Made) {
    // SAFETY: promised.
    unsafe { pend(Pending::Type(made)) }
}

/// Fills what was made. What that makes in turn is filled as well.
///
/// # Safety
/// The caller is inside.
pub(super) unsafe fn run_pending() {
    // SAFETY: links are taken off the list before they are freed.
    unsafe {
        if RUNNING || MAKING > 0 {
            return;
        }
        RUNNING = true;
        while let Some(link) = PENDING.as_mut() {
            PENDING = link.next;
            let what = link.what;
            kiln_pal::memory::free((&raw mut *link).cast());
            match what {
                Pending::Type(made) => fill_type(made),
                Pending::Method(m) => fill_method(m),
            }
        }
        RUNNING = false;
    }
}

unsafe fn fill_type(made: *mut Made) {
    // SAFETY: a type whose tables exist; its dictionary has as many slots as the blob says.
    unsafe {
        let t = &*(*made).template;
        let table = &raw mut (*made).table;
        let element = [(*table).element_type];
        let types = if element[0].is_null() { arguments_of(table) } else { &element[..] };
        let scope = Scope { types, method: &[] };
        if let Some(at) = Cursor::at(t.dictionary).filter(|_| !(*made).dictionary.is_null()) {
            fill(at, (*made).dictionary, scope);
        }
        if let Some(mut at) = Cursor::at(t.dispatch) {
            let count = usize::from(at.u16());
            let size = offset_of!(MadeDispatchMap, entries) + count * size_of::<DispatchRow>();
            let map = kiln_pal::memory::allocate_zeroed(size).cast::<MadeDispatchMap>();
            (*map).count = count as u64;
            let entries = (&raw mut (*map).entries).cast::<DispatchRow>();
            for i in 0..count {
                let interface = at.ty(scope);
                let slot = u64::from(at.u16());
                let target = slots::evaluate(&mut at, scope);
                entries.add(i).write(DispatchRow { interface, slot, target });
            }
            (*table).dispatch_map = dispatch::made(map);
        }
    }
}

/// What vectors have for a method of one of their generic interfaces, which no compiled code calls; null where nothing does.
///
/// # Safety
/// An interface; the caller is inside.
#[unsafe(export_name = "kiln_of_vectors")]
unsafe extern "C" fn of_vectors(interface: Mt, slot: u32) -> *const u8 {
    // SAFETY: the template's rows, as in `fill_type`.
    unsafe {
        let Some(mut at) = template_for(interface).and_then(|t| Cursor::at(t.dispatch)) else { return NOTHING };
        let scope = Scope { types: arguments_of(interface), method: &[] };
        for _ in 0..at.u16() {
            let _ = at.ty(scope);
            let of = u32::from(at.u16());
            let target = slots::evaluate(&mut at, scope);
            if of == slot {
                run_pending();
                return target;
            }
        }
        NOTHING
    }
}

unsafe fn fill(mut at: Cursor, into: *mut *const u8, scope: Scope<'_>) {
    // SAFETY: room for as many slots as the blob says.
    unsafe {
        for i in 0..usize::from(at.u16()) {
            into.add(i).write(slots::evaluate(&mut at, scope));
        }
    }
}

unsafe fn fill_method(m: *mut OfMethod) {
    // SAFETY: a dictionary as the template says.
    unsafe {
        let Some(t) = method_template((*m).template) else { return };
        let scope = Scope { types: arguments_of((*m).owner), method: core::slice::from_raw_parts((*m).arguments, (*m).count) };
        if let Some(at) = Cursor::at(t.dictionary) {
            fill(at, (*m).dictionary.add(offset_of!(MethodDictionary, slots)).cast(), scope);
        }
    }
}

/// All method templates.
pub(super) fn method_templates() -> &'static [MethodTemplate] {
    match templates() {
        // SAFETY: an array of records.
        Some(t) if t.method_count > 0 => unsafe { core::slice::from_raw_parts(t.methods, t.method_count as usize) },
        _ => &[],
    }
}

/// A method template.
pub(super) fn method_template(index: u32) -> Option<&'static MethodTemplate> {
    method_templates().get(index as usize)
}

/// The dictionary of a method over exact arguments; what it holds may be filled later.
///
/// # Safety
/// An owner and arguments whose canonical forms are the template's; the caller is inside.
pub(super) unsafe fn of_method(template: u32, owner: Mt, arguments: &[Mt]) -> *const u8 {
    // SAFETY: promised; entries live for ever.
    unsafe {
        let Some(t) = method_template(template) else { return NOTHING };
        let mix = |h: usize, a: &Mt| (h.rotate_left(7) ^ (a.addr() >> 3)).wrapping_mul(0x9E37_79B1);
        let h = arguments.iter().fold((owner.addr() >> 3) ^ template as usize, mix);
        let head = &raw mut METHODS[(h ^ (h >> 15)) % BUCKETS];
        let mut at = *head;
        while let Some(m) = at.as_ref() {
            if m.template == template && core::ptr::eq(m.owner, owner) && core::slice::from_raw_parts(m.arguments, m.count) == arguments {
                return m.dictionary;
            }
            at = m.next;
        }
        let count = Cursor::at(t.dictionary).map_or(0, |mut c| usize::from(c.u16()));
        let dictionary = kiln_pal::memory::allocate_zeroed(offset_of!(MethodDictionary, slots) + count.max(1) * size_of::<*const u8>());
        (*dictionary.cast::<MethodDictionary>()).owner = owner;
        let m = zeroed::<OfMethod>();
        m.write(OfMethod { template, owner, arguments: copied(arguments), count: arguments.len(), dictionary, next: *head });
        *head = m;
        let deepest = arguments.iter().map(|&a| depth(a) + 1).max().unwrap_or(0).max(depth(owner));
        if deepest <= MAX_DEPTH {
            pend(Pending::Method(m));
        }
        dictionary
    }
}
