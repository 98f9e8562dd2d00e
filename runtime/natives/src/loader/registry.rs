//! All instantiations, by definition and arguments: those of the compiler and those made since.

use core::ptr::null_mut;

use kiln_abi::templates::TypeTemplate;

use kiln_rt::mt::{self, Mt};

use super::templates;
use crate::lookup;
use crate::members::tables as rows;
use crate::members::zeroed;

/// One instantiation.
struct Entry {
    table: Mt,
    /// What instantiations with this canonical form are made of; of the canonical form itself.
    template: *const TypeTemplate,
    next: *mut Entry,
}

const BUCKETS: usize = 4096;
static mut TABLE: [*mut Entry; BUCKETS] = [null_mut(); BUCKETS];
static mut FILLED: bool = false;

fn bucket(definition: Mt, arguments: &[Mt]) -> usize {
    let mix = |h: usize, a: &Mt| (h.rotate_left(7) ^ (a.addr() >> 3)).wrapping_mul(0x9E37_79B1);
    let h = arguments.iter().fold(definition.addr() >> 3, mix);
    (h ^ (h >> 15)) % BUCKETS
}

/// Enters an instantiation, which is not there yet.
///
/// # Safety
/// A type whose description says what it is an instantiation of; the caller is inside.
pub(super) unsafe fn enter(table: Mt, template: *const TypeTemplate) {
    // SAFETY: entries live for ever; one thread is inside at a time.
    unsafe {
        let Some(info) = mt::info(table).filter(|i| !i.generic_definition.is_null() && !i.generic_args.is_null()) else { return };
        let head = &raw mut TABLE[bucket(info.generic_definition, rows::arguments(table))];
        let e = zeroed::<Entry>();
        e.write(Entry { table, template, next: *head });
        *head = e;
    }
}

unsafe fn entry(definition: Mt, arguments: &[Mt]) -> *mut Entry {
    // SAFETY: as above.
    unsafe {
        fill();
        let mut at = TABLE[bucket(definition, arguments)];
        while !at.is_null() {
            let is = |i: kiln_abi::type_info::TypeInfo| core::ptr::eq(i.generic_definition, definition);
            if mt::info((*at).table).is_some_and(is) && rows::arguments((*at).table) == arguments {
                return at;
            }
            at = (*at).next;
        }
        null_mut()
    }
}

/// The instantiation of a definition, or null.
///
/// # Safety
/// Types; the caller is inside.
pub(super) unsafe fn find(definition: Mt, arguments: &[Mt]) -> Mt {
    // SAFETY: promised.
    unsafe { entry(definition, arguments).as_ref().map_or(core::ptr::null(), |e| e.table) }
}

/// The template over exactly these arguments.
///
/// # Safety
/// Types; the caller is inside.
pub(super) unsafe fn template(definition: Mt, arguments: &[Mt]) -> Option<&'static TypeTemplate> {
    // SAFETY: promised; templates are data of the program.
    unsafe { entry(definition, arguments).as_ref().and_then(|e| e.template.as_ref()) }
}

/// Any template of a definition: all say the same of base types and interfaces.
///
/// # Safety
/// A type; the caller is inside.
pub(super) unsafe fn any_template(definition: Mt) -> Option<&'static TypeTemplate> {
    let of = |t: &&TypeTemplate| rows::definition(t.table) == definition;
    all_templates().iter().find(of)
}

/// The templates of types.
pub(super) fn all_templates() -> &'static [TypeTemplate] {
    match templates() {
        // SAFETY: an array of records.
        Some(t) if t.type_count > 0 => unsafe { core::slice::from_raw_parts(t.types, t.type_count as usize) },
        _ => &[],
    }
}

/// Enters what the compiler made, once.
///
/// # Safety
/// The caller is inside.
pub(super) unsafe fn fill() {
    // SAFETY: as above.
    unsafe {
        if FILLED {
            return;
        }
        FILLED = true;
        // What is entered last is found first: a template has its record.
        for list in [rows::instantiations(), lookup::types()] {
            for &t in list {
                enter(t, core::ptr::null());
            }
        }
        for t in all_templates() {
            enter(t.table, t);
        }
    }
}
