//! Code of methods for reflection, where the type or the method was made at run time.

use core::ptr::{eq, null};

use kiln_abi::reflection::{GenericMethod, MethodCode, MethodRow, NONE};

use kiln_rt::mt::{self, Mt};

use super::blobs::MOST;
use super::{dictionaries, generics, slots, tables, thunks};
use crate::members::tables as rows;

const STATIC: u16 = 0x10;

/// Code of a method of a type that was made, from that of its template.
///
/// # Safety
/// A made type and a row of its definition; the caller is inside.
pub(crate) unsafe fn code_on(owner: Mt, row: &MethodRow, code: MethodCode) -> MethodCode {
    // SAFETY: promised.
    unsafe {
        // An instance method finds its type in the object; others are told it.
        let with = |c: *const u8, context: *const u8| if c.is_null() { c } else { thunks::of(c, context) };
        if row.attributes & STATIC != 0 {
            let entry = with(code.entry, owner.cast());
            return MethodCode { entry, call: entry, invoker: code.invoker };
        }
        if mt::is_value_type(&*owner) {
            // A box knows its type, the address of a value does not.
            return MethodCode { entry: code.entry, call: with(code.call, owner.cast()), invoker: code.invoker };
        }
        if mt::is_interface(&*owner) {
            let call = if row.slot == NONE { with(code.call, owner.cast()) } else { with(code.call, slots::cell(owner, row.slot as u16)) };
            return MethodCode { entry: with(code.entry, owner.cast()), call, invoker: code.invoker };
        }
        code
    }
}

/// Code of an instantiation of a generic method that nobody compiled; `None` where its canonical form has none.
///
/// # Safety
/// A type, a row of its definition, exact arguments; the caller is inside.
pub(crate) unsafe fn generic_code(owner: Mt, row: &MethodRow, arguments: &[Mt]) -> Option<MethodCode> {
    // SAFETY: promised; records of the program have as many arguments as they say.
    unsafe {
        let (mut forms, mut owner_forms) = ([null(); MOST], [null(); MOST]);
        if arguments.len() > MOST || !tables::canonical_forms(arguments, &mut forms) {
            return None;
        }
        let forms = &forms[..arguments.len()];
        let owner_arguments = rows::arguments(owner);
        let canonical_owner = if owner_arguments.is_empty() {
            owner
        } else if tables::canonical_forms(owner_arguments, &mut owner_forms) {
            super::registry::find(rows::definition(owner), &owner_forms[..owner_arguments.len()])
        } else {
            null()
        };
        let is = |g: &&GenericMethod| {
            eq(g.owner, canonical_owner) && g.token == row.token && core::slice::from_raw_parts(g.arguments, g.count as usize) == forms
        };
        let found = rows::generic_methods().iter().find(is)?;
        let canon = |t: &(usize, &kiln_abi::templates::MethodTemplate)| {
            t.1.token == row.token && eq(t.1.owner, found.owner) && {
                let mut own = [null(); MOST];
                let none = super::blobs::Scope { types: &[], method: &[] };
                let read = super::blobs::Cursor::at(t.1.arguments).map(|mut at| at.types(none, &mut own));
                read.is_some_and(|(count, complete)| complete && own[..count] == *forms)
            }
        };
        let (index, template) = dictionaries::method_templates().iter().enumerate().find(canon)?;
        let dictionary = dictionaries::of_method(index as u32, owner, arguments);
        dictionaries::run_pending();
        let with = |c: *const u8, context: *const u8| if c.is_null() { c } else { thunks::of(c, context) };
        // What dispatches takes the method's handle.
        let dispatches = !eq(found.code.call, found.code.entry) && !mt::is_value_type(&*owner) && !template.handle.is_null();
        let handle = if dispatches { generics::handle(template.handle, owner, arguments).cast() } else { dictionary };
        Some(MethodCode { entry: with(found.code.entry, dictionary), call: with(found.code.call, handle), invoker: found.code.invoker })
    }
}
