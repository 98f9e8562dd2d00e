//! What slots of dictionaries and dispatch maps hold (`kiln_abi::templates::slot`).

use core::ptr::{null, null_mut};

use kiln_abi::dispatch::{DispatchCell, GvmHandle};
use kiln_abi::reflection::MemberToken;
use kiln_abi::templates::{comparer, slot};

use kiln_rt::cast::castable;
use kiln_rt::mt::Mt;

use super::blobs::{Cursor, MOST, Scope};
use super::{NOTHING, dictionaries, generics, tables, templates, thunks};
use crate::members::zeroed;

/// Works out the slot at a cursor, which moves behind it.
///
/// # Safety
/// The blob goes on with a slot; the caller is inside.
pub(super) unsafe fn evaluate(at: &mut Cursor, scope: Scope<'_>) -> *const u8 {
    // SAFETY: promised.
    unsafe {
        match at.u8() {
            slot::TYPE => at.ty(scope).cast(),
            slot::STATICS => tables::statics_of(at.ty(scope)),
            slot::THREAD_STATICS => tables::thread_statics_of(at.ty(scope)),
            slot::DICTIONARY => method(at, scope),
            slot::CODE => address(at),
            slot::CODE_OF_TYPE => {
                let (code, owner) = (address(at), at.ty(scope));
                thunks::of(code, owner.cast())
            }
            slot::CODE_OF_METHOD => {
                let (code, dictionary) = (address(at), method(at, scope));
                thunks::of(code, dictionary)
            }
            slot::CELL => {
                let interface = at.ty(scope);
                cell(interface, at.u16())
            }
            slot::GENERIC_VIRTUAL => {
                let (template, owner) = (address(at), at.ty(scope));
                let mut arguments = [null(); MOST];
                let (count, complete) = at.types(scope, &mut arguments);
                if complete { generics::handle(template.cast::<GvmHandle>(), owner, &arguments[..count]).cast() } else { NOTHING }
            }
            slot::EQUALITY_COMPARER => comparer_of(at.ty(scope), comparer::EQUATABLE).cast(),
            slot::COMPARER => comparer_of(at.ty(scope), comparer::COMPARABLE).cast(),
            slot::MEMBER => {
                let owner = at.ty(scope);
                let token = at.u32();
                let mut arguments = [null(); MOST];
                let (count, _) = at.types(scope, &mut arguments);
                let t = zeroed::<MemberToken>();
                t.write(MemberToken { owner, arguments: tables::copied(&arguments[..count]), count: count as u32, token });
                t.cast()
            }
            _ => NOTHING,
        }
    }
}

unsafe fn address(at: &mut Cursor) -> *const u8 {
    // SAFETY: an index of the list.
    unsafe {
        let index = at.u32() as usize;
        templates().map_or(NOTHING, |t| t.addresses.add(index).read())
    }
}

/// The dictionary of a method: its index, owner and arguments follow.
unsafe fn method(at: &mut Cursor, scope: Scope<'_>) -> *const u8 {
    // SAFETY: promised.
    unsafe {
        let index = at.u32();
        let owner = at.ty(scope);
        let mut arguments = [null(); MOST];
        let (count, complete) = at.types(scope, &mut arguments);
        // A class without objects that nothing asks for has no table, and its methods need none.
        let has_owner = dictionaries::method_template(index).is_some_and(|t| !t.owner.is_null());
        if has_owner && owner.is_null() || !complete { NOTHING } else { dictionaries::of_method(index, owner, &arguments[..count]) }
    }
}

/// A new dispatch cell.
///
/// # Safety
/// An interface and a slot of it.
pub(super) unsafe fn cell(interface: Mt, slot: u16) -> *const u8 {
    // SAFETY: fresh memory; the runtime's empty entry is never written.
    unsafe {
        let c = zeroed::<DispatchCell>();
        let entry = (&raw const kiln_rt::dispatch::kiln_empty_dispatch_entry).cast();
        c.write(DispatchCell { entry, interface, slot, misses: 0, vtable_offset: 0, active_offset: 0 });
        c.cast()
    }
}

/// The class of a default comparer: as `default_comparer_type` of the compiler decides for types that are no enums or `Nullable`s.
unsafe fn comparer_of(mt: Mt, kind: usize) -> Mt {
    // SAFETY: null or a type.
    unsafe {
        let Some(all) = templates().filter(|_| !mt.is_null()) else { return null() };
        let [interface, generic, object] = [all.comparers[kind], all.comparers[kind + 1], all.comparers[kind + 2]];
        if !interface.is_null() && !generic.is_null() {
            let wanted = tables::instantiation_or_identity(interface, &[mt]);
            if castable(mt, wanted) {
                let found = tables::instantiation(generic, &[mt]);
                if !found.is_null() {
                    return found;
                }
            }
        }
        if object.is_null() { null_mut::<kiln_abi::method_table::MethodTable>() } else { tables::instantiation(object, &[mt]) }
    }
}
