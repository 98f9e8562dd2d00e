//! Types that signatures name and the program has no objects of: described at run time, for names and identity only.

use core::ptr::null_mut;

use kiln_abi::method_table::kind_flags::OF_VECTORS;
use kiln_abi::method_table::{AuxData, MethodTable, flags};
use kiln_abi::object::md_array_base_size;
use kiln_abi::type_info::{self, TypeInfo};

use kiln_rt::mt::{self, Mt};

use kiln_abi::reflection::ModuleInfo;

use super::signature::{self, Context};
use super::{tables, zeroed};
use crate::lookup;
use crate::types::element;

#[repr(C)]
struct Described {
    table: MethodTable,
    aux: AuxData,
    info: TypeInfo,
    rank: u32,
    /// The table of an array type that has objects, and so a vtable; else null.
    full: *const MethodTable,
    next: *mut Described,
}

static mut ARRAYS: *mut Described = null_mut();
static mut INSTANTIATIONS: *mut Described = null_mut();

/// The array type of an element type; rank 0 is a vector. Null for null.
///
/// # Safety
/// A type or null; the caller is inside (see `kiln_rt::lock`).
pub(crate) unsafe fn array(of: Mt, rank: u32) -> Mt {
    // SAFETY: the list only grows.
    unsafe {
        if of.is_null() {
            return of;
        }
        let made = lookup::array_of(of, rank);
        if !made.is_null() {
            return made;
        }
        let mut at = ARRAYS;
        while !at.is_null() {
            if (*at).rank == rank && core::ptr::eq((*at).table.element_type, of) {
                return if (*at).full.is_null() { &raw const (*at).table } else { (*at).full };
            }
            at = (*at).next;
        }
        let vector = rank == 0;
        if (*of).flags & flags::CONTAINS_GENERIC_VARIABLES == 0
            && let Some(made) =
                if vector && !mt::is_value_type(&*of) { Some(vector_of_references(of)) } else { array_with_objects(of, rank) }
        {
            return made;
        }
        let d = zeroed::<Described>();
        (*d).table.flags = flags::HAS_COMPONENT_SIZE
            | if vector { flags::CATEGORY_SZ_ARRAY } else { flags::CATEGORY_ARRAY }
            | (*of).flags & flags::CONTAINS_GENERIC_VARIABLES
            | 8;
        (*d).table.base_size = md_array_base_size(rank);
        (*d).table.cor_element_type = if vector { element::SZARRAY } else { element::ARRAY };
        (*d).table.element_type = of;
        (*d).table.parent = mt::well_known().array;
        (*d).table.aux = &raw mut (*d).aux;
        (*d).table.type_info = type_info::made(&raw const (*d).info);
        (*d).rank = rank;
        (*d).info.rank = rank.max(1) as u16;
        (*d).next = ARRAYS;
        ARRAYS = d;
        &raw const (*d).table
    }
}

/// A vector type over references: as `object[]`, but for the element type. Its generic interfaces are those of `object[]`.
unsafe fn vector_of_references(of: Mt) -> Mt {
    // SAFETY: promised; nothing of the table but its description is particular to its elements.
    unsafe {
        let enter = |table: *mut MethodTable| {
            let d = zeroed::<Described>();
            (*d).table.element_type = of;
            (*d).full = table;
            (*d).next = ARRAYS;
            ARRAYS = d;
        };
        if let Some(made) = crate::loader::vector(of, enter) {
            return made;
        }
        let table = copy_of_vector(of, 0);
        // What casts compare.
        (*type_info::made_at((*table).type_info).cast_mut()).rank = 1;
        table
    }
}

/// The table of `object[]` with other elements, in the list under a rank.
unsafe fn copy_of_vector(of: Mt, rank: u32) -> *mut MethodTable {
    use kiln_abi::method_table::VTABLE_OFFSET;
    // SAFETY: a MethodTable is as long as its vtable says; the copy lives as long as the program.
    unsafe {
        let model = mt::well_known().object_array;
        let size = VTABLE_OFFSET + 8 * usize::from((*model).num_virtuals);
        let copy = kiln_pal::memory::allocate_zeroed(size_of::<Described>() + size);
        // The description is in front of the table; the list is of tables at the start of a `Described`.
        let table = copy.add(size_of::<Described>());
        core::ptr::copy_nonoverlapping(model.cast::<u8>(), table, size);
        let table = table.cast::<MethodTable>();
        let d = copy.cast::<Described>();
        (*table).element_type = of;
        (*table).aux = &raw mut (*d).aux;
        (*table).type_info = type_info::made(&raw const (*d).info);
        (*d).table.element_type = of;
        (*d).info.rank = rank.max(1) as u16;
        (*d).rank = rank;
        (*d).full = table;
        (*d).next = ARRAYS;
        ARRAYS = d;
        table
    }
}

/// An array type over values, or of a rank, that has objects. It has the interfaces of `System.Array` alone, implemented as those of `object[]` are: a vector over values that the
/// compiler did not see is none of the generic ones, for which there is no code. None where elements have no size.
unsafe fn array_with_objects(of: Mt, rank: u32) -> Option<Mt> {
    // SAFETY: promised; a layout is its length, then as many offsets.
    unsafe {
        let (size, layout) = if mt::is_value_type(&*of) {
            let size = mt::info(of)?.value_size;
            (u16::try_from(size).ok().filter(|&s| s != 0)?, element_layout((*of).gc_layout))
        } else if matches!((*of).cor_element_type, element::PTR | element::FNPTR) {
            (8, core::ptr::null())
        } else {
            (8, (*mt::well_known().object_array).gc_layout)
        };
        if (*of).cor_element_type == element::BYREF || (*of).flags & flags::IS_BY_REF_LIKE != 0 && mt::is_value_type(&*of) {
            return None;
        }
        let base = mt::well_known().array;
        let table = copy_of_vector(of, rank);
        let refs = if layout.is_null() { 0 } else { flags::CONTAINS_GC_POINTERS };
        let category = if rank == 0 { flags::CATEGORY_SZ_ARRAY } else { flags::CATEGORY_ARRAY };
        (*table).flags = flags::HAS_COMPONENT_SIZE | category | refs | u32::from(size);
        (*table).base_size = md_array_base_size(rank);
        (*table).cor_element_type = if rank == 0 { element::SZARRAY } else { element::ARRAY };
        (*table).gc_layout = layout;
        ((*table).interface_count, (*table).interface_map) = ((*base).interface_count, (*base).interface_map);
        (*table).kind_flags &= !OF_VECTORS;
        Some(table)
    }
}

/// The layout of array elements, from that of the boxed value: offsets from the element's start.
unsafe fn element_layout(boxed: *const u32) -> *const u32 {
    if boxed.is_null() {
        return boxed;
    }
    // SAFETY: a layout is its length, then as many offsets, which lie behind the MethodTable word; the copy lives as long as the program.
    unsafe {
        let count = boxed.read() as usize;
        let copy = kiln_pal::memory::allocate_zeroed((count + 1) * size_of::<u32>()).cast::<u32>();
        copy.write(count as u32);
        for i in 1..=count {
            copy.add(i).write(boxed.add(i).read() - kiln_abi::object::BOX_DATA_OFFSET as u32);
        }
        copy
    }
}

/// One of the generic interfaces of vectors, by its definition, of a vector with these elements; null where the vector does not have them.
#[unsafe(export_name = "Kiln.Natives::VectorInterface(System.Runtime.CompilerServices.MethodTable*,System.Runtime.CompilerServices.MethodTable*):System.Runtime.CompilerServices.MethodTable*")]
unsafe extern "C" fn vector_interface(vector: Mt, definition: Mt) -> Mt {
    // SAFETY: a vector's and a definition's table; natives are inside.
    unsafe {
        if (*vector).kind_flags & OF_VECTORS == 0 {
            return core::ptr::null();
        }
        let element = [(*vector).element_type];
        let made = crate::loader::instantiation(definition, &element);
        if made.is_null() { instantiation(definition, &element) } else { made }
    }
}

/// How many interfaces a generic definition has, and whether it has a base type; None where it was not kept.
fn supertypes(definition: Mt) -> Option<(&'static ModuleInfo, *const u8)> {
    let (module, row) = tables::type_row(definition)?;
    (row.supertypes != 0).then(|| (module, tables::heap(module, row.supertypes)))
}

/// Number of interfaces of a generic definition, over its own parameters; -1 where it was not kept.
#[unsafe(export_name = "Kiln.Natives::OpenInterfaceCount(System.Runtime.CompilerServices.MethodTable*):System.Int32")]
unsafe extern "C" fn open_interface_count(definition: Mt) -> i32 {
    // SAFETY: the blob begins with a byte and this number.
    supertypes(definition).map_or(-1, |(_, blob)| unsafe { i32::from(blob.add(1).cast::<u16>().read_unaligned()) })
}

/// An interface of a generic definition, or with -1 its base type; null where the program does not have it.
#[unsafe(export_name = "Kiln.Natives::OpenSupertype(System.Runtime.CompilerServices.MethodTable*,System.Int32):System.Runtime.CompilerServices.MethodTable*")]
unsafe extern "C" fn open_supertype(definition: Mt, index: i32) -> Mt {
    let Some((module, blob)) = supertypes(definition) else { return core::ptr::null() };
    let context = Context { module, owner: definition, method: core::ptr::null() };
    // SAFETY: a blob as `abi::reflection::TypeRow` says.
    unsafe {
        let has_base = i32::from(blob.read());
        if index < 0 && has_base == 0 || index >= i32::from(blob.add(1).cast::<u16>().read_unaligned()) {
            return core::ptr::null();
        }
        let mut at = blob.add(3);
        for _ in 0..index + has_base {
            signature::read_type(&mut at, &context);
        }
        signature::read_type(&mut at, &context)
    }
}

/// The instantiation of a definition.
///
/// # Safety
/// A definition and as many types as it has parameters; the caller is inside (see `kiln_rt::lock`).
pub(crate) unsafe fn instantiation(definition: Mt, arguments: &[Mt]) -> Mt {
    // SAFETY: the list only grows.
    unsafe {
        let open = arguments.iter().any(|a| (**a).flags & flags::CONTAINS_GENERIC_VARIABLES != 0);
        let made = if open { core::ptr::null() } else { crate::loader::instantiation(definition, arguments) };
        if !made.is_null() {
            return made;
        }
        if super::variables::of_type(definition) == arguments {
            return definition;
        }
        let mut at = INSTANTIATIONS;
        while !at.is_null() {
            let info = &(*at).info;
            if core::ptr::eq(info.generic_definition, definition)
                && core::slice::from_raw_parts(info.generic_args, usize::from(info.generic_arity)) == arguments
            {
                return &raw const (*at).table;
            }
            at = (*at).next;
        }
        let Some(info) = mt::info(definition) else { return definition };
        let copy = kiln_pal::memory::allocate_zeroed(arguments.len().max(1) * size_of::<Mt>()).cast::<Mt>();
        core::ptr::copy_nonoverlapping(arguments.as_ptr(), copy, arguments.len());
        let d = zeroed::<Described>();
        core::ptr::copy_nonoverlapping(definition, &raw mut (*d).table, 1);
        (*d).info = info;
        (*d).table.flags =
            (*definition).flags & !(flags::GENERICS_MASK | flags::CONTAINS_GENERIC_VARIABLES) | flags::GENERICS_INSTANTIATION;
        if open {
            (*d).table.flags |= flags::CONTAINS_GENERIC_VARIABLES;
        }
        (*d).table.num_virtuals = 0;
        (*d).table.base_size = 0;
        (*d).table.aux = &raw mut (*d).aux;
        (*d).table.type_info = type_info::made(&raw const (*d).info);
        (*d).info.generic_definition = definition;
        (*d).info.generic_args = copy;
        (*d).info.generic_arity = arguments.len() as u16;
        (*d).next = INSTANTIATIONS;
        INSTANTIATIONS = d;
        if !open {
            crate::loader::interfaces_over(&raw mut (*d).table, definition, arguments);
        }
        &raw const (*d).table
    }
}
