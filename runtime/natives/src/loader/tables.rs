//! MethodTables of instantiations, as copies of their template's with what the arguments decide.

use core::mem::offset_of;
use core::ptr::{null, null_mut};

use kiln_abi::method_table::{AuxData, BEYOND_BASE_SIZE, MADE_AT_RUN_TIME, MethodTable, VTABLE_OFFSET, flags, kind_flags};
use kiln_abi::statics::{StaticsHeader, ThreadStaticsDescriptor};
use kiln_abi::templates::{NO_SLOT, TypeTemplate};
use kiln_abi::type_info::{self, TypeInfo};

use kiln_rt::mt::{self, Mt};

use super::blobs::{Cursor, MOST, Scope};
use super::{MAX_DEPTH, arguments as arguments_of, depth, dictionaries, registry, templates, thunks};
use crate::members::{tables as rows, types, zeroed};
use crate::types::element;

/// A type made of a template. Its MethodTable is the last field; the vtable follows.
#[repr(C)]
pub(super) struct Made {
    pub info: TypeInfo,
    pub aux: AuxData,
    /// Null for a proxy.
    pub template: *const TypeTemplate,
    pub thread_statics: *const ThreadStaticsDescriptor,
    /// Slots of its own dictionary, or null.
    pub dictionary: *mut *const u8,
    pub table: MethodTable,
}

impl Made {
    /// What is around the MethodTable of a type that is marked so.
    pub fn of(mt: Mt) -> *mut Self {
        mt.cast_mut().wrapping_byte_sub(offset_of!(Self, table)).cast()
    }

    /// A vtable slot.
    unsafe fn slot(&raw_table: &*mut MethodTable, index: usize) -> *mut *const u8 {
        raw_table.wrapping_byte_add(VTABLE_OFFSET).cast::<*const u8>().wrapping_add(index)
    }
}

/// The canonical form of an argument (contract §2); null where the program has no such type.
unsafe fn canonical(mt: Mt) -> Mt {
    // SAFETY: a type.
    unsafe {
        if !mt::is_value_type(&*mt) {
            return templates().map_or(null(), |t| t.canon);
        }
        let own = arguments_of(mt);
        if own.is_empty() {
            return mt;
        }
        let mut forms = [null(); MOST];
        let count = own.len().min(MOST);
        for (form, &a) in forms.iter_mut().zip(own) {
            *form = canonical(a);
            if form.is_null() {
                return null();
            }
        }
        if forms[..count] == *own { mt } else { registry::find(rows::definition(mt), &forms[..count]) }
    }
}

/// The template of an instantiation.
pub(super) unsafe fn template(definition: Mt, arguments: &[Mt]) -> Option<&'static TypeTemplate> {
    // SAFETY: types.
    unsafe {
        let mut forms = [null(); MOST];
        for (form, &a) in forms.iter_mut().zip(arguments) {
            *form = canonical(a);
            if form.is_null() {
                return None;
            }
        }
        registry::template(definition, &forms[..arguments.len().min(MOST)])
    }
}

/// The canonical forms of some types, where the program has them.
pub(super) unsafe fn canonical_forms(types: &[Mt], into: &mut [Mt; MOST]) -> bool {
    // SAFETY: types.
    unsafe {
        for (form, &a) in into.iter_mut().zip(types) {
            *form = canonical(a);
            if form.is_null() {
                return false;
            }
        }
    }
    true
}

/// See `super::instantiation`; what is made is filled later.
pub(super) unsafe fn instantiation(definition: Mt, arguments: &[Mt]) -> Mt {
    // SAFETY: promised.
    unsafe {
        let known = registry::find(definition, arguments);
        if !known.is_null() || templates().is_none() || arguments.len() > MOST {
            return known;
        }
        match template(definition, arguments) {
            Some(t) => make(t, definition, arguments),
            None => null(),
        }
    }
}

/// The same, or a table that identifies the type and has no objects.
pub(super) unsafe fn instantiation_or_identity(definition: Mt, arguments: &[Mt]) -> Mt {
    // SAFETY: promised.
    unsafe {
        let made = instantiation(definition, arguments);
        if made.is_null() { types::instantiation(definition, arguments) } else { made }
    }
}

unsafe fn make(t: &'static TypeTemplate, definition: Mt, arguments: &[Mt]) -> Mt {
    // SAFETY: a template of the definition over the arguments' canonical forms.
    unsafe {
        let made = copy(t);
        (*made).info.generic_definition = definition;
        (*made).info.generic_args = copied(arguments);
        registry::enter(&raw const (*made).table, null());
        dictionaries::making(|| complete(made, t, arguments));
        &raw const (*made).table
    }
}

/// The vector type over references that has an element type, if the program has vectors as templates. It is not registered here.
pub(crate) unsafe fn vector(of: Mt, register: impl FnOnce(*mut MethodTable)) -> Option<Mt> {
    // SAFETY: a reference type.
    unsafe {
        if matches!((*of).cor_element_type, element::PTR | element::FNPTR | element::BYREF) {
            return None;
        }
        registry::fill();
        let is_vector = |t: &&TypeTemplate| mt::is_sz_array(&*t.table);
        let t = registry::all_templates().iter().find(is_vector)?;
        let made = copy(t);
        let table = &raw mut (*made).table;
        (*table).element_type = of;
        register(table);
        dictionaries::making(|| complete(made, t, &[of]));
        dictionaries::run_pending();
        Some(table)
    }
}

/// A copy of a template's table, with a description and auxiliary data of its own.
unsafe fn copy(t: &'static TypeTemplate) -> *mut Made {
    // SAFETY: a MethodTable is as long as its vtable says; fresh memory.
    unsafe {
        let model = t.table;
        let size = offset_of!(Made, table) + VTABLE_OFFSET + size_of::<*const u8>() * usize::from((*model).num_virtuals);
        let made = kiln_pal::memory::allocate_zeroed(size).cast::<Made>();
        let table = &raw mut (*made).table;
        core::ptr::copy_nonoverlapping(model.cast::<u8>(), table.cast::<u8>(), size - offset_of!(Made, table));
        if let Some(info) = mt::info(model) {
            (*made).info = info;
        }
        (*made).template = t;
        (*table).origin = MADE_AT_RUN_TIME;
        (*table).type_info = type_info::made(&raw const (*made).info);
        (*table).aux = &raw mut (*made).aux;
        (*table).interface_count = 0;
        (*table).interface_map = null();
        (*table).dispatch_map = null();
        made
    }
}

/// What follows from the arguments, but for what is filled later.
unsafe fn complete(made: *mut Made, t: &'static TypeTemplate, arguments: &[Mt]) {
    // SAFETY: a new copy of the template; nobody else has it yet.
    unsafe {
        let table = &raw mut (*made).table;
        let too_deep = depth(table) > MAX_DEPTH;
        if too_deep {
            (*table).base_size = BEYOND_BASE_SIZE;
        }
        if t.dictionary_slot != NO_SLOT {
            let count = Cursor::at(t.dictionary).map_or(0, |mut c| usize::from(c.u16()));
            // An empty dictionary still has an address.
            (*made).dictionary = kiln_pal::memory::allocate_zeroed(count.max(1) * size_of::<*const u8>()).cast();
            Made::slot(&table, t.dictionary_slot as usize).write((*made).dictionary.cast());
        }
        if too_deep {
            return;
        }
        let scope = Scope { types: arguments, method: &[] };
        auxiliary(made, t);
        if let Some(mut at) = Cursor::at(t.supertypes) {
            if at.u8() != 0 {
                (*table).parent = at.ty(scope);
            }
            interfaces(table, &mut at, scope);
        }
        inherit(table, t);
        dictionaries::pend_type(made);
    }
}

/// Dictionaries of base types are in the same slots there.
unsafe fn inherit(table: *mut MethodTable, t: &TypeTemplate) {
    // SAFETY: a base type's vtable is the beginning of this one's.
    unsafe {
        let parent = (*table).parent.cast_mut();
        if let Some(mut at) = Cursor::at(t.inherited).filter(|_| !parent.is_null()) {
            for _ in 0..at.u16() {
                let slot = at.u32() as usize;
                if slot < usize::from((*parent).num_virtuals) {
                    Made::slot(&table, slot).write(Made::slot(&parent, slot).read());
                }
            }
        }
    }
}

/// Constructors, statics.
unsafe fn auxiliary(made: *mut Made, t: &TypeTemplate) {
    // SAFETY: a new copy of the template.
    unsafe {
        let table = &raw const (*made).table;
        let Some(model) = (*t.table).aux.as_ref() else { return };
        (*made).aux.flags = model.flags;
        // A value type's constructor takes the type; a delegate type has its thunk there.
        let takes_type = mt::is_value_type(&*table) && !model.default_ctor.is_null();
        (*made).aux.default_ctor = if takes_type { thunks::of(model.default_ctor, table.cast()) } else { model.default_ctor };
        if let Some(block) = t.statics.as_ref() {
            (*made).aux.statics = statics(table, block, t).cast();
        }
    }
}

/// A statics block like a template's. It is in an object that never dies, whose references are roots.
unsafe fn statics(table: Mt, model: &StaticsHeader, t: &TypeTemplate) -> *mut StaticsHeader {
    /// The MethodTable word of the object in front of the block.
    const FRONT: usize = size_of::<Mt>();
    // SAFETY: a layout is its length, then as many offsets; fresh memory of the size that the object's own table says.
    unsafe {
        let count = t.static_refs.as_ref().map_or(0, |n| *n as usize);
        let layout = kiln_pal::memory::allocate_zeroed((count + 2) * size_of::<u32>()).cast::<u32>();
        layout.write(count as u32 + 1);
        layout.add(1).write((FRONT + offset_of!(StaticsHeader, exception)) as u32);
        for i in 1..=count {
            layout.add(i + 1).write(FRONT as u32 + t.static_refs.add(i).read());
        }
        let shape = zeroed::<MethodTable>();
        (*shape).flags = flags::CONTAINS_GC_POINTERS;
        (*shape).base_size = (size_of::<u64>() + FRONT + t.statics_size as usize).next_multiple_of(8) as u32;
        (*shape).gc_layout = layout;
        let block = kiln_rt::types::outside(shape).add(FRONT).cast::<StaticsHeader>();
        let cctor = if model.cctor.is_null() { null() } else { thunks::of(model.cctor, table.cast()) };
        block.write(StaticsHeader { state: model.state, thread: 0, cctor, exception: null_mut(), method_table: table });
        block
    }
}

/// The interfaces that a blob says, each once.
unsafe fn interfaces(table: *mut MethodTable, at: &mut Cursor, scope: Scope<'_>) {
    // SAFETY: the blob goes on with a count and as many types.
    unsafe {
        let count = usize::from(at.u16());
        let map = kiln_pal::memory::allocate_zeroed(count.max(1) * size_of::<Mt>()).cast::<Mt>();
        let mut found = 0;
        for _ in 0..count {
            let i = at.ty(scope);
            if !i.is_null() && !core::slice::from_raw_parts(map, found).contains(&i) {
                map.add(found).write(i);
                found += 1;
            }
        }
        (*table).interface_map = map;
        (*table).interface_count = found as u16;
    }
}

/// Gives a table that only identifies an instantiation its base type and interfaces, where the program knows them.
pub(crate) unsafe fn interfaces_over(table: *mut MethodTable, definition: Mt, arguments: &[Mt]) {
    // SAFETY: a new table.
    unsafe {
        let Some(mut at) = registry::any_template(definition).and_then(|t| Cursor::at(t.supertypes)) else { return };
        let scope = Scope { types: arguments, method: &[] };
        dictionaries::making(|| {
            if at.u8() != 0 {
                (*table).parent = at.ty(scope);
            }
            interfaces(table, &mut at, scope);
        });
        dictionaries::run_pending();
    }
}

/// A copy of some types that lives as long as the program.
pub(super) fn copied(types: &[Mt]) -> *const Mt {
    let copy = kiln_pal::memory::allocate_zeroed(types.len().max(1) * size_of::<Mt>()).cast::<Mt>();
    // SAFETY: room for as many.
    unsafe { core::ptr::copy_nonoverlapping(types.as_ptr(), copy, types.len()) };
    copy
}

/// The statics block of an instantiation, or null.
pub(super) unsafe fn statics_of(mt: Mt) -> *const u8 {
    // SAFETY: null or a type; auxiliary data is writable.
    unsafe {
        let Some(aux) = mt.as_ref().and_then(|m| m.aux.as_mut()) else { return null() };
        if aux.statics.is_null()
            && let Some(t) = template(rows::definition(mt), arguments_of(mt))
            && let Some(block) = t.statics.as_ref()
        {
            aux.statics = statics(mt, block, t).cast();
        }
        aux.statics
    }
}

/// The thread statics of an instantiation, or null.
pub(super) unsafe fn thread_statics_of(mt: Mt) -> *const u8 {
    static mut NEXT: u32 = 0;
    // SAFETY: null or a type; one thread is inside at a time.
    unsafe {
        let Some(all) = templates().filter(|_| !mt.is_null()) else { return null() };
        if (*mt).origin != MADE_AT_RUN_TIME {
            let known = if all.thread_statics_count == 0 {
                &[][..]
            } else {
                core::slice::from_raw_parts(all.thread_statics, all.thread_statics_count as usize)
            };
            return known.iter().find(|k| core::ptr::eq(k.table, mt)).map_or(null(), |k| k.descriptor.cast());
        }
        let made = Made::of(mt);
        if (*made).thread_statics.is_null()
            && let Some(model) = (*made).template.as_ref().and_then(|t| t.thread_statics.as_ref())
        {
            let index = mt::program().thread_static_count as u32 + NEXT;
            NEXT += 1;
            let d = zeroed::<ThreadStaticsDescriptor>();
            d.write(ThreadStaticsDescriptor { index, ..*model });
            (*made).thread_statics = d;
        }
        (*made).thread_statics.cast()
    }
}

/// Whether a type is abstract.
pub(super) unsafe fn is_abstract(mt: Mt) -> bool {
    // SAFETY: a type.
    unsafe { (*mt).kind_flags & kind_flags::ABSTRACT != 0 }
}
