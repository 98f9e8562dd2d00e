//! Generic virtual methods where the receiver or the method was made at run time (contract §7).

use core::ptr::{null, null_mut};

use kiln_abi::dispatch::GvmHandle;
use kiln_abi::templates::{GenericVirtualTemplate, NO_METHOD, Templates};

use kiln_rt::mt::{self, Mt};

use super::blobs::{Cursor, MOST, Scope};
use super::{NOTHING, dictionaries, proxies, tables, template_for, templates, thunks};
use crate::members::{tables as tables_of, zeroed};

/// A handle that was made. What compiled code has of it is its address.
#[repr(C)]
struct Handle {
    handle: GvmHandle,
    template: *const GvmHandle,
    arguments: *const Mt,
    count: usize,
    next: *mut Handle,
}

static mut HANDLES: *mut Handle = null_mut();

/// The handle of an instantiation of a generic virtual method.
///
/// # Safety
/// A template's handle; the caller is inside.
pub(super) unsafe fn handle(template: *const GvmHandle, owner: Mt, arguments: &[Mt]) -> *const GvmHandle {
    // SAFETY: handles live for ever.
    unsafe {
        let mut at = HANDLES;
        while let Some(h) = at.as_ref() {
            let same = core::ptr::eq(h.template, template) && core::ptr::eq(h.handle.owner, owner);
            if same && core::slice::from_raw_parts(h.arguments, h.count) == arguments {
                return &raw const h.handle;
            }
            at = h.next;
        }
        let h = zeroed::<Handle>();
        let record = GvmHandle { owner, name: (*template).name };
        h.write(Handle { handle: record, template, arguments: tables::copied(arguments), count: arguments.len(), next: HANDLES });
        HANDLES = h;
        &raw const (*h).handle
    }
}

/// The template of a handle that was made, and its arguments.
///
/// # Safety
/// A handle; the caller is inside.
pub(super) unsafe fn made(handle: *const GvmHandle) -> Option<(*const GvmHandle, &'static [Mt])> {
    // SAFETY: handles live for ever, and so do as many arguments as they say.
    unsafe {
        let mut at = HANDLES;
        while at.as_ref().is_some_and(|h| !core::ptr::eq(&raw const h.handle, handle)) {
            at = (*at).next;
        }
        at.as_ref().map(|h| (h.template, core::slice::from_raw_parts(h.arguments, h.count)))
    }
}

/// What is called: the type that declares it, the handle that rows have, and the method's arguments where rows do not say them.
#[derive(Clone, Copy)]
struct Called<'a> {
    owner: Mt,
    handle: *const GvmHandle,
    arguments: Option<&'a [Mt]>,
}

/// Code of a generic virtual method on objects of a type; null where the program has none.
///
/// # Safety
/// A type with objects and a handle; the caller is inside.
#[unsafe(export_name = "kiln_generic_virtual")]
unsafe extern "C" fn resolve(receiver: Mt, handle: *const GvmHandle) -> *const u8 {
    // SAFETY: promised.
    unsafe {
        let proxied = proxies::generic(receiver, handle);
        if !proxied.is_null() {
            return proxied;
        }
        let Some(all) = templates().filter(|t| t.generic_count > 0) else { return NOTHING };
        let owner = (*handle).owner;
        if let Some((handle, arguments)) = made(handle) {
            return implementation(all, receiver, Called { owner, handle, arguments: Some(arguments) });
        }
        let code = implementation(all, receiver, Called { owner, handle, arguments: None });
        let calls = core::slice::from_raw_parts(all.calls, all.call_count as usize);
        match calls.iter().find(|c| core::ptr::eq(c.handle, handle)).filter(|_| code.is_null()) {
            None => code,
            Some(call) => {
                let mut stored = [null(); MOST];
                let none = Scope { types: &[], method: &[] };
                let Some((count, true)) = Cursor::at(call.arguments).map(|mut at| at.types(none, &mut stored)) else { return NOTHING };
                implementation(all, receiver, Called { owner, handle: call.canonical, arguments: Some(&stored[..count]) })
            }
        }
    }
}

unsafe fn implementation(all: &Templates, receiver: Mt, called: Called<'_>) -> *const u8 {
    // SAFETY: as of the caller.
    unsafe {
        let rows = core::slice::from_raw_parts(all.generics, all.generic_count as usize);
        // Rows of canonical handles name the form that made and compiled types share code with, others a compiled type itself.
        let form = template_for(receiver).map_or(receiver, |t| t.table);
        let scope = Scope { types: tables_of::arguments(receiver), method: &[] };
        let is = |g: &&GenericVirtualTemplate| {
            let on = |mut at: Cursor| core::ptr::eq(at.ty(scope), called.owner);
            let of_receiver = core::ptr::eq(g.receiver, receiver) || core::ptr::eq(g.receiver, form);
            of_receiver && core::ptr::eq(g.handle, called.handle) && Cursor::at(g.interface).is_none_or(on)
        };
        let Some(found) = rows.iter().find(is) else { return NOTHING };
        if found.method == NO_METHOD {
            return found.code;
        }
        let Some(method) = dictionaries::method_template(found.method) else { return NOTHING };
        let mut stored = [null(); MOST];
        let arguments = match called.arguments {
            Some(arguments) => arguments,
            None => {
                let Some((count, true)) = Cursor::at(found.arguments).map(|mut at| at.types(scope, &mut stored)) else { return NOTHING };
                &stored[..count]
            }
        };
        let owner = declaring(receiver, tables_of::definition(method.owner));
        let dictionary = dictionaries::of_method(found.method, owner, arguments);
        let code = thunks::of(found.code, dictionary);
        dictionaries::run_pending();
        code
    }
}

/// The base type or interface of a type that is an instantiation of a definition.
unsafe fn declaring(mt: Mt, definition: Mt) -> Mt {
    // SAFETY: a type.
    unsafe {
        let mut at = mt;
        while !at.is_null() {
            if tables_of::definition(at) == definition {
                return at;
            }
            at = (*at).parent;
        }
        mt::interfaces(&*mt).iter().copied().find(|&i| tables_of::definition(i) == definition).unwrap_or(definition)
    }
}
