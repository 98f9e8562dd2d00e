//! The type loader: instantiations that nobody compiled, made of the program's templates (`kiln_abi::templates`, ADR 0015).
//!
//! A type is made once and lives as long as the program, outside of the heap. It is entered in the registry (with what the compiler made) before
//! anything of it is worked out, so what refers to itself finds itself; dictionaries and dispatch maps are filled when all tables exist
//! (`pending`). Nothing here calls managed code or allocates objects: whoever is inside (`kiln_rt::lock`) has it to itself from the first
//! table to the last slot.

mod blobs;
pub(crate) mod check;
mod dictionaries;
mod errors;
mod generics;
pub(crate) mod members;
mod proxies;
mod registry;
mod slots;
mod tables;
mod thunks;

use core::ptr::null;

use kiln_abi::method_table::{MADE_AT_RUN_TIME, flags};
use kiln_abi::templates::{Templates, TypeTemplate};

use kiln_rt::mt::{self, Mt};

use crate::members::{tables as rows, types};

pub(crate) use tables::{interfaces_over, vector};

/// Deeper nesting of arguments comes from recursion that would not end, as in the compiler's own bound (contract §6).
const MAX_DEPTH: usize = 16;

/// The program's templates.
fn templates() -> Option<&'static Templates> {
    // SAFETY: null or immutable data of the program.
    rows::reflection().and_then(|r| unsafe { r.templates.as_ref() })
}

/// The instantiation of a definition over exact arguments: one that was compiled, or one made of a template. Null where nothing was
/// compiled that it could be made of.
///
/// # Safety
/// A definition and as many closed types as it has parameters; the caller is inside.
pub(crate) unsafe fn instantiation(definition: Mt, arguments: &[Mt]) -> Mt {
    // SAFETY: promised.
    unsafe {
        let made = tables::instantiation(definition, arguments);
        dictionaries::run_pending();
        made
    }
}

/// The same for `Type.MakeGenericType`: throws ArgumentException for arguments that the definition does not admit. Where there is no code, the
/// identity of the type is made.
///
/// # Safety
/// A definition and types; the caller is inside, in a native that may throw.
pub(crate) unsafe fn checked_instantiation(definition: Mt, arguments: &[Mt]) -> Mt {
    // SAFETY: promised.
    unsafe {
        if arguments.iter().any(|a| (**a).flags & flags::CONTAINS_GENERIC_VARIABLES != 0) {
            return types::instantiation(definition, arguments);
        }
        if mt::info(definition).is_some_and(|i| usize::from(i.generic_arity) != arguments.len()) {
            errors::number(definition);
        }
        if let Some(index) = check::violated(definition, arguments) {
            errors::violates(definition, arguments, index);
        }
        let made = instantiation(definition, arguments);
        // Without code there is the identity: it can be asked what it is, and who makes objects of it is told.
        if made.is_null() { types::instantiation(definition, arguments) } else { made }
    }
}

/// Throws NotSupportedException if objects of a type are made that nothing compiled.
///
/// # Safety
/// A type; in a native that may throw.
pub(crate) unsafe fn check_available(mt: Mt) {
    // SAFETY: promised.
    unsafe {
        let identity = (*mt).base_size == 0 || (*mt).num_virtuals == 0 && !mt::is_array(&*mt);
        let closed = (*mt).flags & flags::CONTAINS_GENERIC_VARIABLES == 0;
        let none = mt::is_interface(&*mt) || tables::is_abstract(mt) || (*mt).flags & flags::IS_BY_REF_LIKE != 0;
        if identity && closed && !none && !arguments(mt).is_empty() {
            errors::unavailable(rows::definition(mt), arguments(mt));
        }
    }
}

/// The template of an instantiation, whether it was made of it or compiled.
pub(crate) fn template_for(mt: Mt) -> Option<&'static TypeTemplate> {
    // SAFETY: null or a type; the mark says that it is the table of a `Made`.
    unsafe {
        if mt.is_null() || templates().is_none() || (*mt).flags & flags::CONTAINS_GENERIC_VARIABLES != 0 {
            return None;
        }
        if (*mt).origin == MADE_AT_RUN_TIME {
            // A proxy has none.
            return (*tables::Made::of(mt)).template.as_ref();
        }
        if arguments(mt).is_empty() { None } else { tables::template(rows::definition(mt), arguments(mt)) }
    }
}

/// The types that are arguments of another, or nothing.
fn arguments(mt: Mt) -> &'static [Mt] {
    if mt.is_null() { &[] } else { rows::arguments(mt) }
}

/// A type as deep as its arguments go.
fn depth(mt: Mt) -> usize {
    // SAFETY: a type.
    unsafe {
        if mt.is_null() {
            return 0;
        }
        if !(*mt).element_type.is_null() {
            return depth((*mt).element_type) + 1;
        }
        1 + arguments(mt).iter().map(|&a| depth(a)).max().unwrap_or(0)
    }
}

/// What stands in a slot that holds nothing.
const NOTHING: *const u8 = null();
