//! Finding types that the compiler made: by name, and as instantiations or arrays of others.

use core::sync::atomic::{AtomicPtr, Ordering};

use kiln_abi::method_table::{AuxData, MethodTable, flags};
use kiln_abi::object::{MIN_OBJECT_SIZE, rank_of_array};
use kiln_abi::reflection::TypeRow;
use kiln_abi::type_info::{self, TypeInfo};

use kiln_rt::helpers::{RhpGetRuntimeType, RhpThrowHelper};
use kiln_rt::mt::{self, Mt};

use crate::loader;
use crate::members::tables;
use crate::names::{self, Kind};
use crate::qcall::{NativeHandle, ObjectHandle};
use crate::text::{Text, c_bytes, equal_ignoring_case, wide};

/// Every type of the program.
pub(crate) fn types() -> &'static [Mt] {
    // SAFETY: the header's list is complete and immutable.
    unsafe {
        let header = &kiln_rt::mt::program();
        if header.type_count == 0 { &[] } else { core::slice::from_raw_parts(header.types, header.type_count as usize) }
    }
}

/// An array of an element type, if the program has it; rank 0 is a vector.
#[must_use]
pub fn array_of(element: Mt, rank: u32) -> Mt {
    types()
        .iter()
        .copied()
        .find(|&mt| {
            // SAFETY: a type.
            unsafe {
                if !mt::is_array(&*mt) || !core::ptr::eq((*mt).element_type, element) {
                    return false;
                }
                let vector = mt::category(&*mt) == flags::CATEGORY_SZ_ARRAY;
                if rank == 0 { vector } else { !vector && rank_of_array((*mt).base_size) == rank }
            }
        })
        .unwrap_or(core::ptr::null())
}

/// `Type.MakeGenericType`: throws ArgumentException for arguments that the definition does not admit, and NotSupportedException where
/// there is no code.
#[unsafe(export_name = "Kiln.Natives::FindInstantiation(System.Runtime.CompilerServices.MethodTable*,System.Runtime.CompilerServices.MethodTable**,System.Int32):System.Runtime.CompilerServices.MethodTable*")]
unsafe extern "C" fn find_instantiation(definition: Mt, arguments: *const Mt, count: i32) -> Mt {
    // SAFETY: `count` types.
    unsafe { loader::checked_instantiation(definition, core::slice::from_raw_parts(arguments, count as usize)) }
}

/// The path that is looked for: `Ns.Outer+Inner`, no arguments.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    path: &'a [u8],
    ignore_case: bool,
}

/// Does a type have this path in this assembly?
unsafe fn is_named(mt: Mt, assembly: &[u8], wanted: Wanted<'_>, scratch: &mut Text) -> bool {
    // SAFETY: a type with the compiler's description.
    unsafe {
        let Some(info) = mt::info(mt) else { return false };
        if mt::is_array(&*mt) || info.name.is_null() || !info.generic_definition.is_null() || c_bytes(info.assembly) != assembly {
            return false;
        }
        scratch.clear();
        names::path(scratch, &info);
        if wanted.ignore_case { equal_ignoring_case(scratch.bytes(), wanted.path) } else { scratch.bytes() == wanted.path }
    }
}

/// A type with this path in any assembly.
unsafe fn named_anywhere(wanted: Wanted<'_>, scratch: &mut Text) -> Mt {
    // SAFETY: types with the compiler's descriptions.
    unsafe {
        for &mt in types() {
            for candidate in [mt, mt::info(mt).map_or(core::ptr::null(), |i| i.generic_definition)] {
                if let Some(info) = mt::info(candidate)
                    && is_named(candidate, c_bytes(info.assembly), wanted, scratch)
                {
                    return candidate;
                }
            }
        }
    }
    core::ptr::null()
}

/// A type of an assembly by its name and the names of the types nested in it; null when there is none.
#[unsafe(no_mangle)]
unsafe extern "C" fn AssemblyNative_GetTypeCore(
    assembly: NativeHandle,
    name: *const u8,
    nested: *const *const u8,
    count: i32,
    result: ObjectHandle,
) {
    let mut path = Text::new();
    // SAFETY: NUL-terminated names.
    unsafe {
        path.put_c(name);
        for index in 0..usize::try_from(count).unwrap_or(0) {
            path.put(b"+");
            path.put_c(nested.add(index).read());
        }
        find_in(assembly, Wanted { path: path.bytes(), ignore_case: false }, result);
        path.free();
    }
}

/// The same in UTF-16, where case does not matter.
#[unsafe(no_mangle)]
unsafe extern "C" fn AssemblyNative_GetTypeCoreIgnoreCase(
    assembly: NativeHandle,
    name: *const u16,
    nested: *const *const u16,
    count: i32,
    result: ObjectHandle,
) {
    let mut path = Text::new();
    // SAFETY: NUL-terminated names.
    unsafe {
        path.put_utf16(wide(name));
        for index in 0..usize::try_from(count).unwrap_or(0) {
            path.put(b"+");
            path.put_utf16(wide(nested.add(index).read()));
        }
        find_in(assembly, Wanted { path: path.bytes(), ignore_case: true }, result);
        path.free();
    }
}

unsafe fn find_in(assembly: NativeHandle, wanted: Wanted<'_>, result: ObjectHandle) {
    let mut scratch = Text::new();
    // SAFETY: the assembly's handle is its display name (see the overlay).
    unsafe {
        let assembly = c_bytes(assembly.handle);
        let mut found = core::ptr::null();
        for &mt in types() {
            if is_named(mt, assembly, wanted, &mut scratch) {
                found = mt;
                break;
            }
            // A generic definition is known through its instantiations.
            if let Some(info) = mt::info(mt)
                && !info.generic_definition.is_null()
                && is_named(info.generic_definition, assembly, wanted, &mut scratch)
            {
                found = info.generic_definition;
                break;
            }
        }
        // What there are no objects of is known by its description only.
        if found.is_null()
            && let Some(module) = tables::modules().iter().find(|m| c_bytes(m.assembly) == assembly)
        {
            let described = tables::rows::<TypeRow>(module).iter().map(|r| tables::table_of(module, r));
            found = described.filter(|t| !t.is_null()).find(|&t| is_named(t, assembly, wanted, &mut scratch)).unwrap_or(found);
        }
        // What text names may have neither.
        if found.is_null() {
            let rest = tables::instantiations().iter().copied();
            found = rest.into_iter().find(|&t| is_named(t, assembly, wanted, &mut scratch)).unwrap_or(found);
        }
        // A facade has no types of its own: it stands for the assembly that its types are forwarded to.
        if found.is_null()
            && !types().iter().any(|mt| mt::info(*mt).is_some_and(|i| !i.assembly.is_null() && c_bytes(i.assembly) == assembly))
        {
            found = named_anywhere(wanted, &mut scratch);
        }
        scratch.free();
        result.set(if found.is_null() { core::ptr::null_mut() } else { RhpGetRuntimeType(found) });
    }
}

/// Pointer and byref types made at run time, linked.
static DERIVED: AtomicPtr<Derived> = AtomicPtr::new(core::ptr::null_mut());

#[repr(C)]
struct Derived {
    table: MethodTable,
    aux: AuxData,
    info: TypeInfo,
    next: *mut Derived,
}

/// The pointer or byref type (by its ELEMENT_TYPE) of a type. Such types have no objects, so a table without slots will do.
///
/// # Safety
/// `element` is a type; the caller is inside (see `kiln_rt::lock`).
#[must_use]
pub unsafe fn derived_from(element: Mt, kind: u8) -> Mt {
    // SAFETY: the list only grows; fresh zeroed memory is a valid table.
    unsafe {
        for &mt in types() {
            if (*mt).cor_element_type == kind && core::ptr::eq((*mt).element_type, element) {
                return mt;
            }
        }
        let mut at = DERIVED.load(Ordering::Relaxed);
        while !at.is_null() {
            if (*at).table.cor_element_type == kind && core::ptr::eq((*at).table.element_type, element) {
                return &raw const (*at).table;
            }
            at = (*at).next;
        }
        let made = kiln_pal::memory::allocate_zeroed(size_of::<Derived>()).cast::<Derived>();
        (*made).table.base_size = MIN_OBJECT_SIZE as u32;
        (*made).table.cor_element_type = kind;
        (*made).table.element_type = element;
        (*made).table.aux = &raw mut (*made).aux;
        (*made).table.type_info = type_info::made(&raw const (*made).info);
        (*made).next = DERIVED.load(Ordering::Relaxed);
        DERIVED.store(made, Ordering::Relaxed);
        &raw const (*made).table
    }
}

/// Throws NotSupportedException: a type was asked for that the compiler did not see.
///
/// # Safety
/// `mt` is a type with the compiler's description.
pub unsafe fn missing(what: &[u8], mt: Mt) {
    let mut text = Text::new();
    // SAFETY: promised; the message lives on: nothing runs after the throw.
    unsafe {
        text.put(b"'");
        names::write(&mut text, mt, Kind::Display);
        text.put(b"' ");
        text.put(what);
        text.put(b" was not made at compile time.\0");
        RhpThrowHelper(kiln_abi::helpers::throw_kind::NOT_SUPPORTED, text.bytes().as_ptr().cast());
    }
}
