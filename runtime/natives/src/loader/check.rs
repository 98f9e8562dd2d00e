//! Constraints of type parameters (ECMA-335 II.10.1.7): whether arguments meet them.

use core::ptr::{eq, null};

use kiln_abi::method_table::{flags, kind_flags};
use kiln_abi::templates::Constraints;

use kiln_rt::cast::castable;
use kiln_rt::mt::{self, Mt};

use super::blobs::{Cursor, Scope};
use super::{dictionaries, templates};

const REFERENCE_TYPE: u16 = 4;
const NOT_NULLABLE_VALUE_TYPE: u16 = 8;
const DEFAULT_CONSTRUCTOR: u16 = 0x10;
const ALLOWS_BY_REF_LIKE: u16 = 0x20;

/// The first argument that a definition does not admit.
///
/// # Safety
/// A definition and as many closed types as it has parameters; the caller is inside.
pub(crate) unsafe fn violated(definition: Mt, arguments: &[Mt]) -> Option<usize> {
    // SAFETY: promised; records of the program.
    unsafe {
        let all = templates()?;
        let all: &[Constraints] = match all.constraint_count {
            0 => &[],
            n => core::slice::from_raw_parts(all.constraints, n as usize),
        };
        let by_ref_like = |a: &Mt| !a.is_null() && (**a).flags & flags::IS_BY_REF_LIKE != 0;
        // A definition without constraints has no row.
        let Some(found) = all.iter().find(|c| eq(c.definition, definition)) else { return arguments.iter().position(by_ref_like) };
        let mut at = Cursor::at(found.parameters as u32)?;
        let scope = Scope { types: arguments, method: &[] };
        let mut result = None;
        for i in 0..usize::from(at.u8()) {
            let attributes = at.u16();
            let argument = arguments.get(i).copied().unwrap_or(null());
            let mut meets = !argument.is_null() && special(argument, attributes);
            meets &= attributes & ALLOWS_BY_REF_LIKE != 0 || !by_ref_like(&argument);
            for _ in 0..at.u8() {
                let constraint = at.ty(scope);
                meets &= constraint.is_null() || !argument.is_null() && castable(argument, constraint);
            }
            if !meets && result.is_none() {
                result = Some(i);
            }
        }
        dictionaries::run_pending();
        result
    }
}

/// Whether an argument of a generic method meets what is known of its parameter: attributes, and constraints that are closed or parameters themselves.
///
/// # Safety
/// GenericParamAttributes and types of the program, closed or variables; the caller is inside.
pub(crate) unsafe fn meets(argument: Mt, attributes: u16, constraints: impl Iterator<Item = Mt>) -> bool {
    // SAFETY: promised.
    unsafe {
        let is_open = |t: Mt| (*t).flags & flags::CONTAINS_GENERIC_VARIABLES != 0;
        if argument.is_null() || is_open(argument) {
            return true;
        }
        let by_ref_like = (*argument).flags & flags::IS_BY_REF_LIKE != 0;
        special(argument, attributes)
            && (!by_ref_like || attributes & ALLOWS_BY_REF_LIKE != 0)
            && constraints.filter(|&c| !c.is_null() && !is_open(c)).all(|c| castable(argument, c))
    }
}

/// What is said by attributes: `class`, `struct`, `new()`.
unsafe fn special(argument: Mt, attributes: u16) -> bool {
    // SAFETY: a type.
    unsafe {
        let is_value = mt::is_value_type(&*argument);
        let constructs = is_value
            || (*argument).flags & flags::HAS_DEFAULT_CTOR != 0
                && !mt::has_components(&*argument)
                && (*argument).kind_flags & kind_flags::HIDDEN_CTOR == 0;
        !(attributes & REFERENCE_TYPE != 0 && is_value
            || attributes & NOT_NULLABLE_VALUE_TYPE != 0 && (!is_value || mt::is_nullable(&*argument))
            || attributes & DEFAULT_CONSTRUCTOR != 0 && !constructs)
    }
}
