//! Type parameters as types (`!0`, `!!0`; II.23.2.12), made on demand: one per definition or generic method and position.

use core::ptr::{null, null_mut};

use kiln_abi::method_table::{AuxData, MethodTable, flags};
use kiln_abi::object::MIN_OBJECT_SIZE;
use kiln_abi::reflection::{GenericParamRow, ModuleInfo};
use kiln_abi::type_info::{self, TypeInfo};

use kiln_rt::mt::{self, Mt};

use super::handles::MethodHandle;
use super::{tables, zeroed};
use crate::types::element;

/// A type parameter. Its MethodTable comes first.
#[repr(C)]
pub(crate) struct Variable {
    table: MethodTable,
    aux: AuxData,
    info: TypeInfo,
    pub module: &'static ModuleInfo,
    pub row: &'static GenericParamRow,
    /// The definition that declares it, or the one of the method.
    pub owner: Mt,
    /// The generic method that declares it, or null.
    pub method: *const MethodHandle,
}

/// The parameters of a definition or method, made together.
struct Group {
    owner: Mt,
    method: *const MethodHandle,
    tables: *const Mt,
    count: usize,
    next: *mut Group,
}

static mut GROUPS: *mut Group = null_mut();

unsafe fn make(module: &'static ModuleInfo, row: &'static GenericParamRow, owner: Mt, method: *const MethodHandle) -> Mt {
    // SAFETY: fresh zeroed memory is a valid table.
    unsafe {
        let v = zeroed::<Variable>();
        let object = mt::well_known().object;
        (*v).table.base_size = MIN_OBJECT_SIZE as u32;
        (*v).table.flags = flags::CONTAINS_GENERIC_VARIABLES;
        (*v).table.cor_element_type = if method.is_null() { element::VAR } else { element::MVAR };
        (*v).table.parent = object;
        (*v).table.aux = &raw mut (*v).aux;
        (*v).table.type_info = type_info::made(&raw const (*v).info);
        (*v).info.namespace = mt::info(owner).map_or(null(), |i| i.namespace);
        (*v).info.name = tables::heap(module, row.name);
        (*v).info.assembly = module.assembly;
        (*v).info.declaring = owner;
        (*v).info.token = row.token;
        // Public, as CoreCLR says of type parameters.
        (*v).info.attributes = 1;
        core::ptr::write(&raw mut (*v).module, module);
        core::ptr::write(&raw mut (*v).row, row);
        (*v).owner = owner;
        (*v).method = method;
        &raw const (*v).table
    }
}

unsafe fn group(module: &'static ModuleInfo, token: u32, owner: Mt, method: *const MethodHandle) -> &'static [Mt] {
    // SAFETY: the list only grows; one thread is inside at a time.
    unsafe {
        let mut at = GROUPS;
        while !at.is_null() {
            if core::ptr::eq((*at).owner, owner) && core::ptr::eq((*at).method, method) {
                return core::slice::from_raw_parts((*at).tables, (*at).count);
            }
            at = (*at).next;
        }
        let params = tables::rows::<GenericParamRow>(module);
        let count = params.iter().filter(|p| p.owner == token).count();
        let list = kiln_pal::memory::allocate_zeroed(count.max(1) * size_of::<Mt>()).cast::<Mt>();
        for p in params.iter().filter(|p| p.owner == token && usize::from(p.index) < count) {
            list.add(usize::from(p.index)).write(make(module, p, owner, method));
        }
        let g = zeroed::<Group>();
        g.write(Group { owner, method, tables: list, count, next: GROUPS });
        GROUPS = g;
        core::slice::from_raw_parts(list, count)
    }
}

/// The parameters of a generic definition; none where it was not kept.
pub(crate) fn of_type(definition: Mt) -> &'static [Mt] {
    match tables::type_row(definition) {
        // SAFETY: a kept definition.
        Some((module, row)) => unsafe { group(module, row.token, definition, null()) },
        None => &[],
    }
}

/// The parameters of a generic method definition.
///
/// # Safety
/// A handle without arguments.
pub(crate) unsafe fn of_method(method: *const MethodHandle) -> &'static [Mt] {
    // SAFETY: promised.
    unsafe { group((*method).module, (*method).row.token, (*method).owner, method) }
}

/// The parameter that a type is, if it is one.
pub(crate) fn variable(mt: Mt) -> Option<&'static Variable> {
    // SAFETY: such tables are made here only, at the start of a `Variable`.
    unsafe { matches!((*mt).cor_element_type, element::VAR | element::MVAR).then(|| &*mt.cast::<Variable>()) }
}
